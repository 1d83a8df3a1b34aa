"""The rows of a scenario: sheet and key -> a plain value. All that people change is a row.

==================  ===========================  =================================================
sheet               key                          value
==================  ===========================  =================================================
``scenario``        ``name``                     what people call it
``changes``         a change's id                ``kind``, ``values`` (``draft_patch``), ``place`` in the list
``pins``            person and seat group        ``person``, ``group``, ``on``
``duties:PLAN``     a seat (``G/3``)             ``person`` (an id, or none) in place of the plan's
``checkins``        person and seat group        ``person``, ``group``, ``at``: who has reported, no input of a plan
==================  ===========================  =================================================
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from scenarios.store.tables import ROWS
from scenarios.store.texts import dumps, loads

NAME = ("scenario", "name")
CHANGES = "changes"
PINS = "pins"
CHECKINS = "checkins"
Key = tuple[str, str]


@dataclass(frozen=True)
class Write:
    """One row set from ``before`` to ``after``; None where there is no row."""

    sheet: str
    key: str
    before: Any
    after: Any

    @property
    def row(self) -> Key:
        """Which row."""
        return self.sheet, self.key

    @property
    def inverse(self) -> Write:
        """The write that takes this one back."""
        return Write(self.sheet, self.key, self.after, self.before)


def duties_sheet(plan: str) -> str:
    """The sheet of a plan's duties set by hand."""
    return f"duties:{plan}"


def pin_key(person: str, group: str) -> str:
    """Both ids as one key, whatever characters they hold."""
    return dumps([person, group])


def read_rows(conn: Connection, scenario: str) -> dict[Key, Any]:
    """Every row of a scenario."""
    asked = select(ROWS.c.sheet, ROWS.c.key, ROWS.c.value).where(ROWS.c.scenario == scenario)
    return {(row.sheet, row.key): loads(row.value) for row in conn.execute(asked)}


def rows_of_all(conn: Connection, scenarios: Sequence[str]) -> dict[str, dict[Key, Any]]:
    """Every row of several scenarios, in one question."""
    found: dict[str, dict[Key, Any]] = {name: {} for name in scenarios}
    for row in conn.execute(select(ROWS)):
        if row.scenario in found:
            found[row.scenario][row.sheet, row.key] = loads(row.value)
    return found


def names_of(conn: Connection) -> dict[str, str]:
    """The name of every scenario."""
    asked = select(ROWS.c.scenario, ROWS.c.value).where(ROWS.c.sheet == NAME[0], ROWS.c.key == NAME[1])
    return {row.scenario: loads(row.value) for row in conn.execute(asked)}


def write_rows(conn: Connection, scenario: str, writes: Iterable[Write]) -> None:
    """Put writes into the rows; that ``before`` holds is the caller's business."""
    for write in writes:
        mine = (ROWS.c.scenario == scenario) & (ROWS.c.sheet == write.sheet) & (ROWS.c.key == write.key)
        conn.execute(delete(ROWS).where(mine))
        if write.after is not None:
            value = dumps(write.after)
            conn.execute(insert(ROWS).values(scenario=scenario, sheet=write.sheet, key=write.key, value=value))


def net(writes: Iterable[Write]) -> tuple[Write, ...]:
    """Writes one after the other as one for each row; rows that come out as they were are left out."""
    found: dict[Key, Write] = {}
    for write in writes:
        first = found.get(write.row, write)
        found[write.row] = Write(*write.row, first.before, write.after)
    return tuple(w for w in found.values() if w.before != w.after)


def inverse(writes: Sequence[Write]) -> tuple[Write, ...]:
    """What takes writes back, the last one first."""
    return tuple(write.inverse for write in reversed(writes))


def applied(rows: Mapping[Key, Any], writes: Iterable[Write]) -> dict[Key, Any]:
    """Rows after writes."""
    after = dict(rows)
    for write in writes:
        if write.after is None:
            after.pop(write.row, None)
        else:
            after[write.row] = write.after
    return after


def as_maps(writes: Iterable[Write]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Writes as the trail keeps them: before and after by ``sheet/key``."""
    every = list(writes)
    names = [f"{w.sheet}/{w.key}" for w in every]
    return {n: w.before for n, w in zip(names, every, strict=True)}, {
        n: w.after for n, w in zip(names, every, strict=True)
    }


def from_maps(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Write, ...]:
    """Writes again from what the trail keeps; a sheet's name holds no slash."""
    found = []
    for name, value in after.items():
        sheet, _, key = name.partition("/")
        found.append(Write(sheet, key, before.get(name), value))
    return tuple(found)
