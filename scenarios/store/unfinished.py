"""What somebody has typed into a form and not sent yet: kept so that no reload, crash or change of page loses it.

No input of any plan, no edit and no entry of the trail: nothing of it is undone, exported, or told to others. It goes
when it is sent, when its time is over, and when the same person has begun too many others since.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from scenarios.store.errors import refuse
from scenarios.store.place import Store
from scenarios.store.tables import UNFINISHED
from scenarios.store.texts import dumps, loads
from scenarios.tongue import say as _

Values = dict[str, Any]
DAYS = 30
"""How long an entry is kept after it was touched last, unless told otherwise."""
DAYS_ABOUT_PEOPLE = 2.0
"""The same where it says something about a person."""
MOST_ENTRIES = 100
"""So many entries of one person; the oldest goes first."""
MOST_CHARS = 50_000
"""One entry, as JSON; 1,500 corners of a perimeter are less."""


def unfinished(store: Store, who: str, ref: str, form: str) -> Values:
    """The fields of a form as they were left; empty where nothing is kept or its time is over."""
    with store.reading() as conn:
        return _read(conn, who, ref, form)


def keep_fields(
    store: Store, who: str, ref: str, form: str, fields: Mapping[str, Any], *, days: float = DAYS
) -> None:
    """Set fields of a form, leaving its others as they are: what was typed last stands, from whichever tab.

    Parameters
    ----------
    ref
        A scenario's id, the ref of a shipped one or a folder, or "".
    fields
        Field -> plain value; None forgets the field.
    days
        How long it is kept from now on; less for what is about people.

    Raises
    ------
    StoreError
        It is too long or no plain value; what was kept before stays.
    """
    with store.writing() as conn:
        if not store.is_file:  # two tabs: a file has one writer at a time anyway
            conn.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"{who}\n{ref}\n{form}"))))
        before = _read(conn, who, ref, form)
        after = {name: value for name, value in {**before, **fields}.items() if value is not None}
        text = dumps(after)
        if len(text) > MOST_CHARS:
            raise refuse("edit", _("at most {n:,} characters in all", n=MOST_CHARS), _("send it or shorten it"))
        conn.execute(delete(UNFINISHED).where(_its(who, ref, form)))
        if after:
            at = datetime.now(UTC)
            conn.execute(
                insert(UNFINISHED).values(
                    who=who, ref=ref, form=form, value=text, at=_written(at), until=_written(at + timedelta(days=days))
                )
            )
        _sweep(conn, who)


def forget(store: Store, who: str, ref: str, form: str) -> None:
    """It was sent, or thrown away."""
    with store.writing() as conn:
        conn.execute(delete(UNFINISHED).where(_its(who, ref, form)))


def carry(store: Store, who: str, before: str, after: str) -> None:
    """A draft was begun over a scenario: what this person has not sent yet goes along. What is there already stays."""
    with store.writing() as conn:
        mine = UNFINISHED.c.who == who
        there = set(conn.execute(select(UNFINISHED.c.form).where(mine, UNFINISHED.c.ref == after)).scalars())
        its = mine & (UNFINISHED.c.ref == before) & UNFINISHED.c.form.not_in(there)
        conn.execute(update(UNFINISHED).where(its).values(ref=after))


def sweep(store: Store) -> int:
    """Remove what is over, whoever's it is; returns how many entries that were."""
    with store.writing() as conn:
        return _over(conn)


def _its(who: str, ref: str, form: str) -> ColumnElement[bool]:
    return (UNFINISHED.c.who == who) & (UNFINISHED.c.ref == ref) & (UNFINISHED.c.form == form)


def _read(conn: Connection, who: str, ref: str, form: str) -> Values:
    asked = select(UNFINISHED.c.value).where(_its(who, ref, form), UNFINISHED.c.until > _written(datetime.now(UTC)))
    text = conn.execute(asked).scalar_one_or_none()
    found = loads(text) if text is not None else {}
    return found if isinstance(found, dict) else {}


def _written(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds")


def _sweep(conn: Connection, who: str) -> None:
    """Entries whose time is over, anybody's, and this person's oldest beyond the most."""
    _over(conn)
    kept = select(UNFINISHED.c.ref, UNFINISHED.c.form).where(UNFINISHED.c.who == who)
    newest_first = kept.order_by(UNFINISHED.c.at.desc(), UNFINISHED.c.ref, UNFINISHED.c.form)
    for ref, form in conn.execute(newest_first.offset(MOST_ENTRIES)).all():
        conn.execute(delete(UNFINISHED).where(_its(who, ref, form)))


def _over(conn: Connection) -> int:
    return conn.execute(delete(UNFINISHED).where(UNFINISHED.c.until <= _written(datetime.now(UTC)))).rowcount
