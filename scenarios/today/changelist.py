"""Who is affected by a replan: what was, what is, why, and whom to tell, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from scenarios.tongue import language, says
from scenarios.tongue import say as _
from scenarios.tongue.dates import weekday_moment
from scenarios.view import PersonView, PlanView, SeatsView


@dataclass(frozen=True)
class Affected:
    """One person whose duties change; ``forced`` where what happened itself takes or moves a duty of theirs."""

    person: str
    name: str
    unit: str
    left: tuple[str, ...]
    taken: tuple[str, ...]
    forced: bool
    tell: tuple[str, ...]


@dataclass(frozen=True)
class Told:
    """A replan in words.

    Attributes
    ----------
    headline
        How many people change, and whether fewer is proven impossible.
    doubts
        What is not as it should be: seats that stay empty, rules that posts or patrols break, parts searched again.
    plan
        Whether there is a plan to take over.
    """

    headline: str
    people: tuple[Affected, ...]
    doubts: tuple[str, ...]
    plan: bool


def told(changes: Mapping[str, Any], old: PlanView, new: PlanView | None) -> Told:
    """What ``changes.json`` says, by the names of the plan people hold and of the mended one, once it is laid out."""
    after = new if new is not None else old
    was, now = _seats(old), _seats(after)
    people = {p.id: p for p in (*old.people, *after.people)}
    rows = tuple(_affected(one, was, now, people, after) for one in changes["changes"])
    plan = changes["status"] in {"planned", "short", "broken"}
    return Told(_headline(changes, plan), rows, tuple(_doubts(changes)), plan)


def _seats(view: PlanView) -> dict[str, SeatsView]:
    return {its.id: its for its in view.seats}


def _headline(changes: Mapping[str, Any], plan: bool) -> str:
    if not plan:
        return _("No mended plan was found in the time. That does not mean none exists.")
    n = len(changes["changes"])
    if not n:
        return _("Nobody's duties change.")
    forced = sum(1 for one in changes["changes"] if one["forced"])
    people = says("{n} person changes", "{n} people change", n)
    if forced:
        people = _("{people}, {forced} of them in any case", people=people, forced=forced)
    if changes["proven_least"]:
        return _("{people}; fewer is proven impossible.", people=people)
    return _("{people}; whether fewer would do is not proven.", people=people)


def _doubts(changes: Mapping[str, Any]) -> Iterable[str]:
    if not changes["kept"].get("siting", True):
        yield _("Posts were chosen again: what happened touches them.")
    if not changes["kept"].get("patrols", True):
        yield _("Patrols were given up or routed again.")
    words = changes.get("words", {}).get(language(), changes)
    yield from (_("Stays empty: {what}", what=line) for line in words["short"])
    yield from (_("Breaks a rule: {what}", what=line) for line in words["breaches"])


def _affected(
    one: Mapping[str, Any], was: Mapping[str, SeatsView], now: Mapping[str, SeatsView],
    people: Mapping[str, PersonView], view: PlanView,
) -> Affected:  # fmt: skip
    person = people.get(one["person"])
    left = tuple(seat_text(view, was.get(g), g) for g in _in_order((*one["left"], *one["moved"]), was))
    taken = tuple(seat_text(view, now.get(g), g) for g in _in_order((*one["taken"], *one["moved"]), now))
    concerned = [was.get(g) for g in one["left"]] + [now.get(g) for g in (*one["taken"], *one["moved"])]
    leads = [view.leads.get(its.lead, its.lead) for its in concerned if its is not None and its.lead]
    name = person.name if person is not None else one["person"]
    unit = view.units.get(person.unit, person.unit) if person is not None else ""
    tell = tuple(dict.fromkeys(lead for lead in leads if lead != name))
    return Affected(one["person"], name, unit, left, taken, bool(one["forced"]), tell)


def _in_order(groups: Iterable[str], seats: Mapping[str, SeatsView]) -> list[str]:
    return sorted(groups, key=lambda g: (seats[g].start_s if g in seats else 0, g))


def seat_text(view: PlanView, seat: SeatsView | None, group: str) -> str:
    """``Fri 18:00-22:30 Market Square``; the group's own id where the plan does not know it."""
    if seat is None:
        return group
    return f"{weekday_moment(view.clock(seat.start_s))}-{view.hhmm(seat.end_s)} {seat.place_name}"
