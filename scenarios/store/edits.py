"""Doing, undoing and redoing, for each scenario and each person; every edit is saved as it is made.

One transaction an edit: rows, revision, undo state and trail change together or not at all. Undo takes back the
person's own last edit and nobody else's: where another has written the same row since, it is a conflict.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from scenarios.store import seats
from scenarios.store.conflict import Choice, Conflict, Difference, clashing, told
from scenarios.store.errors import StoreError, refuse
from scenarios.store.operations import Operation
from scenarios.store.place import Store
from scenarios.store.rows import (
    CHECKINS,
    Key,
    Write,
    applied,
    as_maps,
    from_maps,
    inverse,
    net,
    read_rows,
    write_rows,
)
from scenarios.store.sentences import sentence_of
from scenarios.store.tables import EDITS, SCENARIOS
from scenarios.store.texts import one_line
from scenarios.store.trail import Entry, entry_at, note, since
from scenarios.tongue import ENGLISH, speaking
from scenarios.tongue import say as _

DONE, UNDONE, DROPPED = "done", "undone", "dropped"


@dataclass(frozen=True)
class Now:
    """A scenario as an operation finds it, within a transaction."""

    conn: Connection
    scenario: str
    pending: tuple[Write, ...] = ()

    @cached_property
    def rows(self) -> Mapping[Key, Any]:
        """Every row, with writes that are about to be made."""
        return applied(read_rows(self.conn, self.scenario), self.pending)

    def seats(self, plan: str) -> seats.Planned:
        """The seats of one of the scenario's plans."""
        return seats.planned(self.conn, self.scenario, plan)


def revision_of(store: Store, scenario: str) -> int:
    """How often the scenario was written.

    Raises
    ------
    KeyError
        There is no such scenario (any more).
    """
    with store.reading() as conn:
        return _revision(conn, scenario)


def _revision(conn: Connection, scenario: str, *, hold: bool = False) -> int:
    asked = select(SCENARIOS.c.revision).where(SCENARIOS.c.id == scenario, SCENARIOS.c.deleted_at.is_(None))
    found = conn.execute(asked.with_for_update() if hold else asked).scalar_one_or_none()
    if found is None:
        raise KeyError(scenario)
    return int(found)


def apply(store: Store, scenario: str, operation: Operation, *, who: str, seen: int) -> int:
    """Do an operation and save it.

    Parameters
    ----------
    seen
        The revision that the person had before their eyes.

    Returns
    -------
    int
        The revision that stands now; ``seen`` where nothing had to be written.

    Raises
    ------
    Conflict
        The scenario was changed since ``seen``; nothing was written. An operation that ``merges`` goes on where the
        others wrote about other things.
    StoreError
        The operation cannot be done.
    KeyError
        There is no such scenario (any more).
    """
    with store.writing() as conn:
        return apply_in(conn, scenario, operation, who=who, seen=seen)


def apply_in(conn: Connection, scenario: str, operation: Operation, *, who: str, seen: int) -> int:
    """``apply`` within a transaction."""
    revision = _revision(conn, scenario, hold=True)
    view = Now(conn, scenario)
    if revision < seen:
        raise refuse("edit", _("what the store holds"), _("a backup was put in its place: look again"))
    if revision > seen:
        difference = _difference(view, operation, seen, revision)
        if difference.clashes or not (getattr(operation, "merges", False) or only_checkins(difference.theirs)):
            raise Conflict(difference)
    writes = net(operation.writes(view))
    return _save(conn, scenario, who, writes, _kept(operation, view)) if writes else revision


def _kept(operation: Operation, view: Now) -> str:
    """What an operation does, as the trail keeps it: in English, whoever is at work."""
    with speaking(ENGLISH):
        return operation.say(view)


def resolve(store: Store, difference: Difference, choice: Choice, *, who: str) -> int:
    """What the second person chose.

    ``both`` does the operation over what the others did; ``mine`` takes back what they did since, as one edit with
    the operation, that can be undone (who has reported stays, where the operation is about something else);
    ``theirs`` leaves all as it is, and keeps what was wanted in the trail.

    Raises
    ------
    Conflict
        It has been changed once more since the conflict was told.
    StoreError
        The choice is not among those offered, or the operation can no longer be done.
    """
    if choice not in difference.choices:
        expected = _("one of {names}", names=", ".join(difference.choices))
        raise refuse("conflict", expected, _("choose again"), value=choice)
    scenario, wanted = difference.scenario, difference.operation
    with store.writing() as conn:
        revision = _revision(conn, scenario, hold=True)
        if choice == "theirs" or wanted is None:
            note(conn, scenario, who, "left out", f"Not done, since others were first: {difference.noted}")
            return revision
        if revision > difference.now:
            raise Conflict(_difference(Now(conn, scenario), wanted, difference.seen, revision))
        gone = _in_the_way(difference, Now(conn, scenario)) if choice == "mine" else ()
        theirs = inverse(gone)
        view = Now(conn, scenario, theirs)
        text = _kept(wanted, view)
        if theirs:
            with speaking(ENGLISH):
                text = f"{text} Taken back for it: {' '.join(_taken_back(difference, gone).sentences())}"
        writes = net([*theirs, *wanted.writes(view)])
        return _save(conn, scenario, who, writes, text) if writes else revision


def difference(store: Store, scenario: str, operation: Operation, *, seen: int) -> Difference:
    """What stands between an operation and the scenario as it is, without doing anything; errors as for ``apply``."""
    with store.reading() as conn:
        return _difference(Now(conn, scenario), operation, seen, _revision(conn, scenario))


def _written(entries: Sequence[Entry]) -> list[Write]:
    return [write for entry in entries for write in from_maps(entry.before, entry.after)]


def only_checkins(entries: Sequence[Entry]) -> bool:
    """Whether these edits only told who has reported: no other edit builds on that."""
    return all(write.sheet == CHECKINS for write in _written(entries))


def _in_the_way(difference: Difference, view: Now) -> tuple[Write, ...]:
    """What others wrote that is taken back for an edit: check-ins only for one that is about check-ins."""
    theirs, wanted = net(_written(difference.theirs)), difference.operation
    then = replace(view, pending=inverse(theirs))
    if wanted is not None and any(write.sheet == CHECKINS for write in wanted.writes(then)):
        return theirs
    return tuple(write for write in theirs if write.sheet != CHECKINS)


def _taken_back(difference: Difference, gone: Sequence[Write]) -> Difference:
    """The same with those edits only of which something is taken back."""
    rows = {write.row for write in gone}
    its = tuple(e for e in difference.theirs if any(w.row in rows for w in from_maps(e.before, e.after)))
    return replace(difference, theirs=its)


def _difference(view: Now, operation: Operation, seen: int, revision: int) -> Difference:
    theirs = since(view.conn, view.scenario, seen)
    written = _written(theirs)
    # What the operation would have written where it was seen: the rows as they were then.
    then = replace(view, pending=inverse(net(written)))
    # And where it stands: what others have added meanwhile may go along with what it takes out.
    clashes = clashing((*operation.writes(then), *_written_over(operation, view)), written)
    noted = _kept(operation, then)
    return Difference(view.scenario, seen, revision, operation.say(then), theirs, clashes, operation, noted)


def _written_over(operation: Operation, view: Now) -> tuple[Write, ...]:
    """What an operation would write over the rows that stand; nothing where it can no longer be done."""
    try:
        return operation.writes(view)
    except StoreError:
        return ()


def _save(conn: Connection, scenario: str, who: str, writes: Sequence[Write], text: str) -> int:
    """A new edit: what was undone before it can no longer be redone."""
    mine = (EDITS.c.scenario == scenario) & (EDITS.c.who == who)
    conn.execute(update(EDITS).where(mine, EDITS.c.state == UNDONE).values(state=DROPPED))
    revision = _write(conn, scenario, who, writes, text, "edit")
    conn.execute(insert(EDITS).values(scenario=scenario, revision=revision, who=who, state=DONE))
    return revision


def _write(conn: Connection, scenario: str, who: str, writes: Sequence[Write], text: str, what: str) -> int:
    write_rows(conn, scenario, writes)
    counted = update(SCENARIOS).where(SCENARIOS.c.id == scenario).values(revision=SCENARIOS.c.revision + 1)
    revision = conn.execute(counted.returning(SCENARIOS.c.revision)).scalar_one()
    before, after = as_maps(writes)
    note(conn, scenario, who, what, text, revision=revision, before=before, after=after)
    return int(revision)


@dataclass(frozen=True)
class Steps:
    """What a person can take back and do again: the sentences, None where there is nothing."""

    undo: str | None
    redo: str | None


def steps(store: Store, scenario: str, who: str) -> Steps:
    """The next undo and redo of a person."""
    with store.reading() as conn:
        found = [_next(conn, scenario, who, way) for way in (DONE, UNDONE)]
        texts = [None if n is None else sentence_of(entry_at(conn, scenario, n)) for n in found]
    return Steps(*texts)


def _next(conn: Connection, scenario: str, who: str, state: str) -> int | None:
    of = func.max(EDITS.c.revision) if state == DONE else func.min(EDITS.c.revision)
    mine = (EDITS.c.scenario == scenario) & (EDITS.c.who == who) & (EDITS.c.state == state)
    found = conn.execute(select(of).where(mine)).scalar_one_or_none()
    return None if found is None else int(found)


def undo(store: Store, scenario: str, *, who: str) -> str | None:
    """Take back the person's last edit; returns its sentence, None where there is none.

    Raises
    ------
    Conflict
        Others have written the same rows since; nothing was done.
    """
    return _step(store, scenario, who, DONE, UNDONE, "undo")


def redo(store: Store, scenario: str, *, who: str) -> str | None:
    """Do again what was undone last; returns its sentence, None where there is none. Raises like ``undo``."""
    return _step(store, scenario, who, UNDONE, DONE, "redo")


def _step(store: Store, scenario: str, who: str, state: str, becomes: str, what: str) -> str | None:
    with store.writing() as conn:
        revision = _revision(conn, scenario, hold=True)
        number = _next(conn, scenario, who, state)
        if number is None:
            return None
        entry = entry_at(conn, scenario, number)
        writes: Sequence[Write] = from_maps(entry.before, entry.after)
        writes = inverse(writes) if what == "undo" else writes
        rows = Now(conn, scenario).rows
        stale = [write for write in writes if rows.get(write.row) != write.before]
        text = f"{'Undone' if what == 'undo' else 'Done again'}: {entry.text}"
        if stale:
            rows_stale = {write.row for write in stale}
            later = [
                e for e in since(conn, scenario, number)
                if any(w.row in rows_stale for w in from_maps(e.before, e.after))
            ]  # fmt: skip
            before, after = as_maps(writes)
            wanted = sentence_of(replace(entry, what=what, text=text, before=before, after=after))
            raise Conflict(Difference(scenario, number, revision, wanted, tuple(later), told(stale), None, text))
        _write(conn, scenario, who, writes, one_line(text, 2000), what)
        mine = (EDITS.c.scenario == scenario) & (EDITS.c.revision == number)
        conn.execute(update(EDITS).where(mine).values(state=becomes))
        return sentence_of(entry)
