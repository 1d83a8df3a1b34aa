"""Who did what and when, from what to what: entries are added, never changed, and read.

Entries with a revision are at once the log of the rows' writes: undo and conflicts read them from here, so what
the trail tells is what was done.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from scenarios.store.tables import TRAIL
from scenarios.store.texts import dumps, loads, now

#: What an entry of the whole store stands under.
WHOLE = ""
Values = Mapping[str, Any]


@dataclass(frozen=True)
class Entry:
    """One line of the trail.

    Attributes
    ----------
    revision
        The scenario's revision that it made; None where no row was written (a plan published, a store restored).
    what
        One word: ``edit``, ``undo``, ``redo``, ``left out``, ``created``, ``deleted``, ``version``, ``plan``,
        ``published``, ``imported``, ``restored`` and so on.
    text
        The same in a sentence.
    before, after
        What stood there and what stands there now, by ``sheet/key``; None for nothing.
    origin
        SHA-256 of the file that the entry came with; empty where it was made in this store.
    """

    at: str
    who: str
    scenario: str
    revision: int | None
    what: str
    text: str
    before: Values = field(default_factory=dict)
    after: Values = field(default_factory=dict)
    origin: str = ""


def note(
    conn: Connection,
    scenario: str,
    who: str,
    what: str,
    text: str,
    *,
    revision: int | None = None,
    before: Values | None = None,
    after: Values | None = None,
) -> Entry:
    """Add an entry within the transaction that does what it tells."""
    entry = Entry(now(), who, scenario, revision, what, text, before or {}, after or {})
    add_all(conn, [entry])
    return entry


def add_all(conn: Connection, entries: Iterable[Entry]) -> None:
    """Add entries as they are; only ``parcel`` gives any but new ones."""
    rows = [
        {
            "at": e.at, "who": e.who, "scenario": e.scenario, "revision": e.revision, "what": e.what, "text": e.text,
            "before": dumps(dict(e.before)), "after": dumps(dict(e.after)), "origin": e.origin,
        }
        for e in entries
    ]  # fmt: skip
    if rows:
        conn.execute(insert(TRAIL), rows)


def read_trail(conn: Connection, scenario: str | None = None, last: int | None = None) -> tuple[Entry, ...]:
    """The entries of a scenario (``WHOLE``: of the store; None: all), the oldest first; ``last`` the newest n only."""
    asked = select(TRAIL).order_by(TRAIL.c.id.desc())
    if scenario is not None:
        asked = asked.where(TRAIL.c.scenario == scenario)
    if last is not None:
        asked = asked.limit(last)
    return tuple(_entry(row) for row in reversed(conn.execute(asked).all()))


def since(conn: Connection, scenario: str, revision: int) -> tuple[Entry, ...]:
    """Every write to a scenario's rows after a revision, in order."""
    asked = select(TRAIL).where(TRAIL.c.scenario == scenario, TRAIL.c.revision > revision)
    return tuple(_entry(row) for row in conn.execute(asked.order_by(TRAIL.c.revision)).all())


def entry_at(conn: Connection, scenario: str, revision: int) -> Entry:
    """The write that made a revision."""
    asked = select(TRAIL).where(TRAIL.c.scenario == scenario, TRAIL.c.revision == revision)
    return _entry(conn.execute(asked).one())


def _entry(row: Row[Any]) -> Entry:
    return Entry(
        row.at, row.who, row.scenario, row.revision, row.what, row.text, loads(row.before), loads(row.after), row.origin
    )
