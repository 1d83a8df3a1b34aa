"""What a planner can do to a scenario, typed: each operation says which rows it writes, and what it is in words.

An operation reads the rows as they are and answers with writes that carry what stood there before, so its inverse is
known the moment it is made. What cannot be done (a seat that is filled, a change that is gone) is refused by name.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from scenarios.draft_patch import KINDS, patch_text, say
from scenarios.store.errors import refuse
from scenarios.store.rows import CHANGES, NAME, PINS, Key, Write, duties_sheet, pin_key
from scenarios.store.texts import dumps, loads, one_line
from scenarios.tongue import say as _

MOST_ROWS = 20_000
"""More changes than this in one scenario are a slip."""


class Seats(Protocol):
    """A kept plan's seats: who sits where as it was planned."""

    def person(self, seat: str) -> str | None:
        """Who was planned for a seat; KeyError where the plan has no such seat."""


class View(Protocol):
    """A scenario as an operation finds it."""

    @property
    def rows(self) -> Mapping[Key, Any]:
        """Every row."""

    def seats(self, plan: str) -> Seats:
        """The seats of one of the scenario's plans; StoreError where there is no such plan."""


class Operation(Protocol):
    """What ``edits.apply`` takes."""

    def writes(self, view: View) -> tuple[Write, ...]:
        """The rows it writes; none where everything already is so."""

    def say(self, view: View) -> str:
        """The operation in a sentence, told before it is done."""


def sound_change(kind: Any, values: Any) -> None:
    """Refuse a change that could not be shown or written as a what-if."""
    if kind not in KINDS:
        kinds = _("a kind of change ({names})", names=", ".join(KINDS))
        raise refuse("edit", kinds, _("use a newer Vedette"), value=str(kind))
    try:
        say(kind, values)
        patch_text("", "", [(kind, values)])
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError) as error:
        remedy = _("mend or leave out: {error!r}", error=error)[:200]
        raise refuse("edit", _("the values of a {kind}", kind=kind), remedy) from None


def sound_id(text: Any, what: str) -> str:
    """Refuse an id that is none."""
    if not isinstance(text, str) or not text or len(text) > 200 or one_line(text, 200) != text:
        raise refuse("edit", _("the id of a {what}", what=_(what)), _("ids are short, on one line"), value=repr(text))
    return text


def _change(view: View, change: str) -> Mapping[str, Any]:
    row: Mapping[str, Any] | None = view.rows.get((CHANGES, change))
    if row is None:
        raise refuse("edit", _("a change that is there"), _("it was taken back already"), value=str(change))
    return row


@dataclass(frozen=True)
class Rename:
    """Give the scenario another name."""

    name: str

    def writes(self, view: View) -> tuple[Write, ...]:
        """The name's row."""
        clean, before = one_line(self.name), view.rows.get(NAME)
        return (Write(*NAME, before, clean),) if clean and clean != before else ()

    def say(self, view: View) -> str:
        """From what to what."""
        return _('"{before}" is now called "{name}".', before=view.rows.get(NAME, ""), name=one_line(self.name))


@dataclass(frozen=True)
class AddChange:
    """Add a change at the end of the list."""

    kind: str
    values: Mapping[str, Any]
    id: str = field(default_factory=lambda: secrets.token_hex(4))

    def writes(self, view: View) -> tuple[Write, ...]:
        """One row."""
        sound_change(self.kind, self.values)
        sound_id(self.id, "change")
        rows = view.rows
        places = [row["place"] for (sheet, _), row in rows.items() if sheet == CHANGES]
        if (CHANGES, self.id) in rows:
            raise refuse("edit", _("a new id"), _("it is used already"), value=self.id)
        if len(places) >= MOST_ROWS:
            raise refuse("edit", _("at most {n} changes", n=MOST_ROWS), _("keep this as a scenario of its own"))
        place = max(places, default=0) + 1
        # Through the text and back: what is kept is what will be read.
        values = loads(dumps(dict(self.values)))
        return (Write(CHANGES, self.id, None, {"kind": self.kind, "values": values, "place": place}),)

    def say(self, view: View) -> str:
        """The change's own sentence."""
        return say(self.kind, self.values)


@dataclass(frozen=True)
class SetChange:
    """Give a change other values."""

    id: str
    values: Mapping[str, Any]

    def writes(self, view: View) -> tuple[Write, ...]:
        """The change's row."""
        before = _change(view, self.id)
        sound_change(before["kind"], self.values)
        after = {**before, "values": loads(dumps(dict(self.values)))}
        return (Write(CHANGES, self.id, before, after),) if after != before else ()

    def say(self, view: View) -> str:
        """Both sentences."""
        row = _change(view, self.id)
        return _("{now} Before: {before}", now=say(row["kind"], self.values), before=say(row["kind"], row["values"]))


@dataclass(frozen=True)
class RemoveChange:
    """Take a change back."""

    id: str

    def writes(self, view: View) -> tuple[Write, ...]:
        """The change's row, gone."""
        return (Write(CHANGES, self.id, _change(view, self.id), None),)

    def say(self, view: View) -> str:
        """What is taken back."""
        row = _change(view, self.id)
        return _("Taken back: {what}", what=say(row["kind"], row["values"]))


@dataclass(frozen=True)
class Pin:
    """Settle that a person does (``on``) or does not do duty in a seat group, whatever plan is made."""

    person: str
    group: str
    on: bool = True

    def writes(self, view: View) -> tuple[Write, ...]:
        """One row for the pair."""
        person, group = sound_id(self.person, "person"), sound_id(self.group, "seat group")
        key = pin_key(person, group)
        before, after = view.rows.get((PINS, key)), {"person": person, "group": group, "on": self.on}
        return (Write(PINS, key, before, after),) if before != after else ()

    def say(self, view: View) -> str:
        """Which pair."""
        if self.on:
            return _("{person} is pinned to {group}.", person=self.person, group=self.group)
        return _("{person} is kept out of {group}.", person=self.person, group=self.group)


@dataclass(frozen=True)
class Unpin:
    """Lift a pin."""

    person: str
    group: str

    def writes(self, view: View) -> tuple[Write, ...]:
        """The pair's row, gone."""
        key = pin_key(self.person, self.group)
        before = view.rows.get((PINS, key))
        return () if before is None else (Write(PINS, key, before, None),)

    def say(self, view: View) -> str:
        """Which pair."""
        return _("{person} is no longer pinned to {group}.", person=self.person, group=self.group)


def sitting(view: View, plan: str, seat: str) -> str | None:
    """Who has a seat now: by hand, else as planned.

    Raises
    ------
    StoreError
        The plan has no such seat.
    """
    try:
        planned = view.seats(plan).person(seat)
    except KeyError:
        raise refuse("edit", _("a seat of this plan"), _("see the duty sheet"), value=seat) from None
    row = view.rows.get((duties_sheet(plan), seat))
    person: str | None = planned if row is None else row["person"]
    return person


def _seat_write(view: View, plan: str, seat: str, person: str | None) -> Write:
    sheet = duties_sheet(plan)
    before = view.rows.get((sheet, seat))
    # As planned again: no row is needed to say so.
    after = None if view.seats(plan).person(seat) == person else {"person": person}
    return Write(sheet, seat, before, after)


@dataclass(frozen=True)
class Assign:
    """Put a person into a seat of a plan, or empty it (``person`` None)."""

    plan: str
    seat: str
    person: str | None

    def writes(self, view: View) -> tuple[Write, ...]:
        """The seat's row."""
        if self.person is not None:
            sound_id(self.person, "person")
        if sitting(view, self.plan, self.seat) == self.person:
            return ()
        return (_seat_write(view, self.plan, self.seat, self.person),)

    def say(self, view: View) -> str:
        """Who for whom."""
        before = sitting(view, self.plan, self.seat)
        if self.person and before:
            return _("{seat} goes to {person}, in place of {other}.", seat=self.seat, person=self.person, other=before)
        if self.person:
            return _("{seat} goes to {person}.", seat=self.seat, person=self.person)
        if before:
            return _("{seat} is emptied, in place of {other}.", seat=self.seat, other=before)
        return _("{seat} is emptied.", seat=self.seat)


@dataclass(frozen=True)
class Move:
    """A person leaves one seat for another that is empty."""

    plan: str
    person: str
    seat: str
    to: str

    def writes(self, view: View) -> tuple[Write, ...]:
        """Both seats' rows."""
        there, goal = sitting(view, self.plan, self.seat), sitting(view, self.plan, self.to)
        if there != self.person:
            expected = _("{person} in {seat}", person=self.person, seat=self.seat)
            raise refuse("edit", expected, _("{person} is there now", person=there or _("nobody")))
        if goal is not None:
            remedy = _("{person} is there: swap the two, or empty it first", person=goal)
            raise refuse("edit", _("an empty seat, not {seat}", seat=self.to), remedy)
        return (
            _seat_write(view, self.plan, self.seat, None),
            _seat_write(view, self.plan, self.to, self.person),
        )

    def say(self, view: View) -> str:
        """From where to where."""
        return _("{person} moves from {seat} to {to}.", person=self.person, seat=self.seat, to=self.to)


@dataclass(frozen=True)
class Swap:
    """Two people change seats."""

    plan: str
    seat: str
    other: str

    def writes(self, view: View) -> tuple[Write, ...]:
        """Both seats' rows."""
        here, there = sitting(view, self.plan, self.seat), sitting(view, self.plan, self.other)
        if here is None or there is None:
            empty = self.seat if here is None else self.other
            raise refuse("edit", _("two seats that are filled"), _("move the person instead"), value=empty)
        if here == there:
            return ()
        return (
            _seat_write(view, self.plan, self.seat, there),
            _seat_write(view, self.plan, self.other, here),
        )

    def say(self, view: View) -> str:
        """Who with whom."""
        here, there = sitting(view, self.plan, self.seat), sitting(view, self.plan, self.other)
        return _("{one} ({seat}) and {other} ({to}) swap seats.", one=here, seat=self.seat, other=there, to=self.other)
