"""What an entry of the trail did, in the reader's language: English as it is kept, others told anew from its writes."""

from __future__ import annotations

from collections.abc import Sequence

from scenarios.store.row_operations import MOST_NAMES, told, told_one
from scenarios.store.rows import CHANGES, CHECKINS, NAME, PINS, Write, from_maps, inverse
from scenarios.store.trail import Entry
from scenarios.tongue import ENGLISH, language, mark, says
from scenarios.tongue import say as _

_WRAPPED = {"undo": mark("Undone: {what}"), "redo": mark("Done again: {what}")}


def sentence_of(entry: Entry) -> str:
    """The entry in one sentence; one that wrote no rows is told as it is kept."""
    if language() == ENGLISH or entry.revision is None or entry.what not in {"edit", "undo", "redo"}:
        return entry.text
    writes = from_maps(entry.before, entry.after)
    # What is undone is told as it was done: the writes of an undo are the other way round.
    said = _told(inverse(writes) if entry.what == "undo" else writes)
    return _(_WRAPPED[entry.what], what=said) if entry.what in _WRAPPED else said


def _told(writes: Sequence[Write]) -> str:
    if len(writes) > MOST_NAMES:
        if all(write.sheet == CHANGES for write in writes):
            return told(writes)
        if all(write.sheet == CHECKINS for write in writes):
            return checkins_counted(len(writes), back=all(write.after is None for write in writes))
        return says("{n} row is changed.", "{n} rows are changed.", len(writes))
    return " ".join(_one(write) for write in writes)


def _one(write: Write) -> str:
    row = write.after if write.after is not None else write.before
    if write.sheet == CHANGES:
        return told_one(write)
    if write.row == NAME:
        return _('It is now called "{name}".', name=write.after)
    if write.sheet == PINS:
        return pin_words(row["person"], row["group"], row["on"] if write.after is not None else None)
    if write.sheet == CHECKINS:
        return checkin_words(row["person"], row["group"], None if write.after is None else row["at"])
    if write.after is None:
        return _("{seat} is as it was planned.", seat=write.key)
    if row["person"] is None:
        return _("{seat} is emptied.", seat=write.key)
    return _("{seat} goes to {person}.", seat=write.key, person=row["person"])


def pin_words(person: str, group: str, on: bool | None) -> str:
    """A pin in a sentence; None where it is lifted."""
    if on is None:
        return _("{person} is no longer pinned to {group}.", person=person, group=group)
    if on:
        return _("{person} is pinned to {group}.", person=person, group=group)
    return _("{person} is kept out of {group}.", person=person, group=group)


def checkin_words(person: str, group: str, at: str | None) -> str:
    """A check-in in a sentence; None where it is taken back."""
    if at is None:
        return _("{person} is no longer checked in for {group}.", person=person, group=group)
    return _("{person} is in for {group}, {at}.", person=person, group=group, at=at)


def checkins_counted(n: int, *, back: bool) -> str:
    """Many check-ins in a sentence; ``back`` where all are taken back."""
    if back:
        return says("{n} check-in is taken back.", "{n} check-ins are taken back.", n)
    return says("{n} check-in is noted.", "{n} check-ins are noted.", n)
