"""Duties changed by hand: choose a seat, see what a change would break and cost, do it, pin it, take it back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from app_pages._changes import save
from app_pages._effects import BEFORE, show_effect
from app_pages._standing import Standing
from scenarios import drafts
from scenarios.handwork import Edit, Effect, after, known_seats
from scenarios.jobs import Job
from scenarios.store.operations import Assign, Move, Operation, Pin, Swap, Unpin
from scenarios.store.rows import PINS, pin_key
from scenarios.tongue import mark, says
from scenarios.tongue import say as _

if TYPE_CHECKING:
    from app_pages._roster import Filters

MOST = 500
"""So many people in one list; the filters narrow it."""
FEW = 150
"""So many seats in one: it travels after each edit, since who has them is in its words; a click on a bar takes any."""
SEAT, PICKS = "roster_seat", "roster_picks"
WAYS = {"replace": mark("Replace"), "swap": mark("Swap"), "move": mark("Move"), "empty": mark("Empty the seat")}


class Panel:
    """What the box works on: the roster as it stands, and the seats that fit the filters."""

    def __init__(self, source: drafts.Source, job: Job, its: Standing, seats: list[str]) -> None:
        self.source, self.job, self.work, self.now, self.view = source, job, its.work, its.now, its.view
        self.seats = seats
        self.names = {p.id: p.name for p in its.view.people}
        self.groups = {s.id: s for s in its.view.seats}

    def text(self, seat: str) -> str:
        """When and where a seat is, and who has it."""
        its, holder = self.groups.get(seat.rpartition("/")[0]), self.now.seats.get(seat)
        who = self.names.get(holder, holder) if holder else _("empty")
        span = self.view.span(its.start_s, its.end_s) if its else ""
        return f"{span}  {its.place_name}  ·  {who}  ({seat})" if its else f"{seat}  {who}"


def panel(source: drafts.Source, job: Job, its: Standing, chosen: Filters) -> None:
    """The box in which a duty is changed; what is chosen in it draws nothing else anew."""
    # What ranking needs takes seconds for thousands of people: it is made ready while a seat is looked for.
    threading.Thread(target=its.work.warm, name="rank", daemon=True).start()
    with st.container(border=True, key="edit_duty"):
        _edit(Panel(source, job, its, chosen.seats(its.view, known_seats(its.work))))


@st.fragment
def _edit(its: Panel) -> None:
    """A seat, a way to change it, what that would do, and the button."""
    options = its.seats[:FEW]
    chosen = st.session_state.get(SEAT)
    if chosen not in options and chosen in its.seats:
        options.insert(0, chosen)
    if not options:
        st.info(_("No seat fits the filters."))
        return
    if len(its.seats) > FEW:
        st.caption(_("The first {few:,} of {n:,}; a unit, a day or a name brings others.", few=FEW, n=len(its.seats)))
    # A list of its own for each state: the words of an option change when somebody else has the seat.
    revision = its.source.draft.revision if its.source.draft is not None else 0
    stamp = f"{revision}-{st.session_state.get(PICKS, 0)}"
    seat = st.selectbox(
        _("Seat"), options, options.index(chosen) if chosen in options else None, key=f"seat-{stamp}",
        format_func=its.text, placeholder=_("Choose a seat here, or by a click on its bar or its row"),
    )  # fmt: skip
    st.session_state[SEAT] = seat
    if seat is None:
        return
    holder = its.now.seats.get(seat)
    ways = list(WAYS) if holder else ["replace"]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        way = st.segmented_control(
            _("What to do"), ways, default=ways[0], required=True, key=f"way-{bool(holder)}-{revision}",
            format_func=lambda one: _(WAYS[one]) if holder else _("Fill the seat"),
        ) or ways[0]  # fmt: skip
        if holder:
            pin_button(its.source, its.names.get(holder, holder), holder, seat.rpartition("/")[0])
    found = CHOICES[way](its, seat, f"{way}-{seat}-{stamp}")
    if found is None:
        return
    edit, effect = found
    effect = effect or its.work.effect(its.now, its.work.judge(after(its.now.seats, edit)))
    show_effect(_("This would change nothing else: it") if effect.nothing else _("This"), effect)
    if st.button(_("Do it"), key="do_edit", type="primary", icon=":material/check:"):
        st.session_state[BEFORE] = {**st.session_state.get(BEFORE, {}), its.source.ref: its.now.seats}
        do(its.source, edit, _("The duty is changed."))


def pick(seat: str) -> None:
    """Take a seat into the panel, from wherever it was chosen."""
    st.session_state[SEAT] = seat
    st.session_state[PICKS] = st.session_state.get(PICKS, 0) + 1


def do(source: drafts.Source, operation: Operation, said: str) -> None:
    """Save one operation over what this tab has shown."""
    if source.draft is not None:
        draft = source.draft
        save(source, lambda who, seen: drafts.edit(draft, operation, seen=seen, who=who), said)


def pin_button(source: drafts.Source, name: str, person: str, group: str) -> None:
    """Pin who has the seat, or lift the pin."""
    rows = source.draft.rows if source.draft is not None else {}
    pin = rows.get((PINS, pin_key(person, group)))
    held = pin is not None and pin["on"]
    title = _("Unpin {name}", name=name) if held else _("Pin {name}", name=name)
    note = _("Whatever plan is made next, this person does this duty. A pin is part of what a plan is made from.")
    if st.button(title, key="pin", icon=":material/keep_off:" if held else ":material/keep:", help=note):
        do(source, Unpin(person, group) if held else Pin(person, group), _("{title}: done.", title=title))


# ---------------------------------------------------------------- ways to change a seat
Found = tuple[Edit, Effect | None] | None
"""An edit, and what it does where that is known already."""


def replacing(its: Panel, seat: str, key: str) -> Found:
    """The ranked list: who can, the best first; on request those who cannot, with the reason."""
    rows = {one.person: (one, text) for one, text in its.work.candidates(its.now, seat).rows}
    free, leaving, others = (
        [who for who, (one, _text) in rows.items() if one.state == state] for state in ("free", "chain", "excluded")
    )
    everybody = st.toggle(_("Also who would break rules ({n})", n=len(others)), key="roster_everybody")
    listed = (free + leaving)[:MOST] + (others if everybody else [])
    if not listed:
        st.info(_("Nobody can take this seat without breaking a rule."))
        return None
    counts = _(", ").join((
        says("{n} is free", "{n} are free", len(free)),
        says("{n} would leave another seat", "{n} would leave another seat", len(leaving)),
    ))  # fmt: skip
    person = st.selectbox(
        _("Who, the best first ({counts})", counts=counts), listed, key=key,
        format_func=lambda who: rows[who][1] if who not in others else _("Breaks rules: {text}", text=rows[who][1]),
    )  # fmt: skip
    one = rows[person][0]
    if one.state == "excluded":
        return Assign(its.job.id, seat, person), None
    return its.work.edit_of(its.now, its.job.id, seat, one), its.work.foreseen(its.now, one)


def swapping(its: Panel, seat: str, key: str) -> Found:
    """Another seat that somebody else has."""
    others = [one for one in its.seats if one in its.now.seats and its.now.seats[one] != its.now.seats[seat]][:MOST]
    if not others:
        st.info(_("No other filled seat fits the filters."))
        return None
    return Swap(its.job.id, seat, st.selectbox(_("With"), others, key=key, format_func=its.text)), None


def moving(its: Panel, seat: str, key: str) -> Found:
    """An empty seat for the same person."""
    empty = [one for one in known_seats(its.work) if one not in its.now.seats][:MOST]
    if not empty:
        st.info(_("Every seat is filled: swap two people, or empty the other seat first."))
        return None
    to = st.selectbox(_("To"), empty, key=key, format_func=its.text)
    return Move(its.job.id, its.now.seats[seat], seat, to), None


def emptying(its: Panel, seat: str, _key: str) -> Found:
    """Nobody."""
    return Assign(its.job.id, seat, None), None


CHOICES: dict[str, Callable[[Panel, str, str], Found]] = {
    "replace": replacing, "swap": swapping, "move": moving, "empty": emptying,
}  # fmt: skip
