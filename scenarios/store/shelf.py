"""The scenarios of the store: made, listed, copied, removed and brought back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from scenarios import jobs
from scenarios.store import projects
from scenarios.store.place import Store
from scenarios.store.rows import (
    CHANGES,
    NAME,
    PINS,
    Key,
    Write,
    as_maps,
    names_of,
    read_rows,
    rows_of_all,
    write_rows,
)
from scenarios.store.tables import SCENARIOS
from scenarios.store.texts import now
from scenarios.store.trail import note
from scenarios.tongue import say as _


@dataclass(frozen=True)
class Stored:
    """A scenario of the store.

    Attributes
    ----------
    parent
        What it goes over: a shipped name, ``name+whatif`` or a folder; "" where it has files of its own.
    base
        The list of its own files, if it has any.
    revision
        Counts its writes; hand it back with an edit, so that nothing is overwritten unseen.
    rows
        Everything that people changed.
    """

    id: str
    name: str
    project: str
    parent: str
    base: str | None
    revision: int
    created_at: str
    created_by: str
    rows: Mapping[Key, Any]


def changes_of(rows: Mapping[Key, Any]) -> list[tuple[str, str, Mapping[str, Any]]]:
    """Id, kind and values of each change, in the order of the list."""
    found = [(row["place"], key, row) for (sheet, key), row in rows.items() if sheet == CHANGES]
    return [(key, row["kind"], row["values"]) for _, key, row in sorted(found, key=lambda one: one[:2])]


def pins_of(rows: Mapping[Key, Any]) -> list[Mapping[str, Any]]:
    """Every pin, in the order of people and groups."""
    found = [row for (sheet, _), row in rows.items() if sheet == PINS]
    return sorted(found, key=lambda row: (row["person"], row["group"]))


def create(
    store: Store,
    name: str,
    *,
    who: str,
    parent: str = "",
    base: str | None = None,
    project: str | None = None,
    changes: Sequence[tuple[str, str, Mapping[str, Any]]] = (),
    scenario: str | None = None,
    what: str = "created",
) -> str:
    """A new scenario; returns its id. Its first rows are no edit: there is nothing to undo yet."""
    with store.writing() as conn:
        return add(
            conn, name, who=who, parent=parent, base=base, project=project, changes=changes, scenario=scenario,
            what=what,
        )  # fmt: skip


def add(
    conn: Connection,
    name: str,
    *,
    who: str,
    parent: str = "",
    base: str | None = None,
    project: str | None = None,
    changes: Sequence[tuple[str, str, Mapping[str, Any]]] = (),
    scenario: str | None = None,
    what: str = "created",
) -> str:
    """``create`` within a transaction."""
    scenario = scenario or jobs.new_id()
    title = projects.sound_name(name)
    conn.execute(
        insert(SCENARIOS).values(
            id=scenario, project=project or projects.first(conn, who), parent=parent, base=base, revision=0,
            created_at=now(), created_by=who,
        )
    )  # fmt: skip
    writes = [Write(*NAME, None, title)]
    writes += [
        Write(CHANGES, key, None, {"kind": kind, "values": dict(values), "place": place})
        for place, (key, kind, values) in enumerate(changes, start=1)
    ]
    write_rows(conn, scenario, writes)
    _, after = as_maps(writes)
    text = f'Scenario "{title}" is made{f" over {parent}" if parent else ""}.'
    note(conn, scenario, who, what, text, after=after)
    return scenario


def shelf(store: Store, project: str | None = None) -> tuple[Stored, ...]:
    """Every scenario with its rows, by name."""
    asked = select(SCENARIOS).where(SCENARIOS.c.deleted_at.is_(None))
    if project is not None:
        asked = asked.where(SCENARIOS.c.project == project)
    with store.reading() as conn:
        found = conn.execute(asked).all()
        rows = rows_of_all(conn, [row.id for row in found])
    its = [_stored(row, str(rows[row.id].get(NAME, "")), rows[row.id]) for row in found]
    return tuple(sorted(its, key=lambda one: (one.name, one.id)))


def known_ids(store: Store) -> frozenset[str]:
    """The id of every scenario that ever was here, removed ones too."""
    with store.reading() as conn:
        return known_in(conn)


def known_in(conn: Connection) -> frozenset[str]:
    """``known_ids`` within a transaction."""
    return frozenset(conn.execute(select(SCENARIOS.c.id)).scalars())


def read(store: Store, scenario: str) -> Stored:
    """One scenario with its rows; KeyError where there is none."""
    with store.reading() as conn:
        return read_in(conn, scenario)


def read_in(conn: Connection, scenario: str) -> Stored:
    """``read`` within a transaction."""
    asked = select(SCENARIOS).where(SCENARIOS.c.id == scenario, SCENARIOS.c.deleted_at.is_(None))
    row = conn.execute(asked).one_or_none()
    if row is None:
        raise KeyError(scenario)
    rows = read_rows(conn, scenario)
    return _stored(row, str(rows.get(NAME, "")), rows)


def duplicate(store: Store, scenario: str, *, who: str) -> str:
    """A copy with the same changes and pins, and no history; returns its id."""
    with store.writing() as conn:
        old = read_in(conn, scenario)
        new = add(
            conn, _("{name} (copy)", name=old.name), who=who, parent=old.parent, base=old.base, project=old.project,
            changes=changes_of(old.rows),
        )  # fmt: skip
        pins = [Write(*row, None, value) for row, value in old.rows.items() if row[0] == PINS]
        write_rows(conn, new, pins)
        _before, after = as_maps(pins)
        note(conn, new, who, "copied", f'It is a copy of "{old.name}".', after={**after, "copy/of": scenario})
    return new


def delete(store: Store, scenario: str, *, who: str) -> None:
    """Take a scenario off the shelf; ``bring_back`` undoes it. Its plans and its trail stay."""
    _set_deleted(store, scenario, who, now())


def bring_back(store: Store, scenario: str, *, who: str) -> None:
    """Put a removed scenario on the shelf again."""
    _set_deleted(store, scenario, who, None)


def _set_deleted(store: Store, scenario: str, who: str, at: str | None) -> None:
    there = SCENARIOS.c.deleted_at.is_(None) if at else SCENARIOS.c.deleted_at.is_not(None)
    with store.writing() as conn:
        done = conn.execute(update(SCENARIOS).where(SCENARIOS.c.id == scenario, there).values(deleted_at=at))
        if done.rowcount == 0:
            raise KeyError(scenario)
        name = names_of(conn).get(scenario, "")
        what, text = ("deleted", "is removed") if at else ("brought back", "is there again")
        note(conn, scenario, who, what, f'Scenario "{name}" {text}.')


def _stored(row: Row[Any], name: str, rows: Mapping[Key, Any]) -> Stored:
    return Stored(
        row.id, name, row.project, row.parent, row.base, row.revision, row.created_at, row.created_by, rows
    )
