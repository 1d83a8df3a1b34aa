"""Duties changed by hand: choose a seat, see what a change would break and cost, do it, pin it, take it back."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from app_pages import _data, _state
from app_pages._changes import save, show_conflict, show_faults, show_steps
from app_pages._words import count
from geodata.errors import GeodataError
from scenarios import drafts, handplans
from scenarios.errors import ScenarioError
from scenarios.handwork import Edit, Effect, Handwork, Judged, Seats, after, known_seats
from scenarios.jobs import Job
from scenarios.store.operations import Assign, Move, Operation, Pin, Swap, Unpin
from scenarios.store.rows import PINS, pin_key
from scenarios.view import PlanView

MOST = 1000
"""So many seats or people in one list; the filters narrow it."""
SEAT, PICKS, BEFORE = "roster_seat", "roster_picks", "roster_before"
WAYS = {"replace": "Replace", "swap": "Swap", "move": "Move", "empty": "Empty the seat"}


def copy_first(source: drafts.Source, job: Job) -> None:
    """A shipped scenario stays as it is: the plan is taken along into a draft."""
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown("Duties are changed in a copy of your own; this scenario and its plan stay as they are.")
        if st.button("Make a copy to work on", key="own_copy", type="primary", icon=":material/content_copy:"):
            try:
                draft, plan = handplans.own_copy(source, job, who=_state.person())
            except drafts.StoreError as error:
                show_faults(error, "nothing was copied.")
                return
            _state.choose(scenario=draft.id, plan=plan)
            st.rerun()


def standing_roster(source: drafts.Source, job: Job) -> tuple[Handwork, Judged] | None:
    """The roster as it stands, laid out and judged; None where it cannot be."""
    if source.draft is None or not handplans.can_be_laid_out(job):
        return None
    try:
        work = _data.handwork_of(source, job)
    except (ScenarioError, GeodataError) as error:
        show_faults(error, "the duties cannot be judged.")
        return None
    return work, handplans.as_it_stands(work, source.draft, job)


def show_state(source: drafts.Source, work: Handwork, now: Judged) -> None:
    """Undo and redo, what is broken as it stands, and what the last change did."""
    show_conflict(source)
    breaches = (*work.others, *work.sentences(now.roster.breaches))
    planned = handplans.as_planned(work)
    with st.container(horizontal=True, vertical_alignment="center", key="roster_state"):
        if breaches:
            st.badge(f"{count(len(breaches), 'hard rule')} broken", color="red", icon=":material/error:")
        else:
            st.badge("no hard rule broken", color="green", icon=":material/check_circle:")
        if now.n_short:
            st.badge(f"{count(now.n_short, 'seat')} empty", color="orange", icon=":material/person_off:")
        if now is not planned:
            st.caption(f"Against the plan as it was made: {points(now.costs - planned.costs)}.")
        show_steps(source)
    if breaches:
        with st.expander(f"What is broken ({len(breaches)})", expanded=len(breaches) <= 3):
            st.markdown("\n".join(f"- {line}" for line in breaches[:100]))
    before: Seats | None = st.session_state.get(BEFORE, {}).get(source.ref)
    if before is not None and before != now.seats:
        show_effect("The last change", work.effect(work.judge(before), now))


def points(n: int) -> str:
    """What a change of costs means."""
    return "costs the same" if n == 0 else f"costs {abs(n):,} points {'more' if n > 0 else 'less'}"


def show_effect(title: str, effect: Effect) -> None:
    """What a change breaks, mends and costs: words and signs, not colour alone."""
    head = [f"breaks {count(len(effect.broken), 'rule')}"] if effect.broken else []
    head += [f"mends {count(len(effect.mended), 'rule')}"] if effect.mended else []
    if effect.short:
        head.append(f"{'leaves' if effect.short > 0 else 'fills'} {count(abs(effect.short), 'seat')}"
                    f"{' empty' if effect.short > 0 else ''}")  # fmt: skip
    head.append(points(effect.costs))
    lines = [f"- :material/close: {line}" for line in effect.broken[:12]]
    lines += [f"- :material/check: No longer: {line}" for line in effect.mended[:12]]
    lines += [f"- {name}: {by:+,}" for name, by in effect.by_rule[:8]]
    box = st.error if effect.broken else st.warning if effect.short > 0 else st.info
    box(f"**{title}** {', '.join(head)}." + "".join(f"\n{line}" for line in lines))


def edit_seat(
    source: drafts.Source, job: Job, work: Handwork, now: Judged, view: PlanView, shown: Sequence[str]
) -> None:
    """The panel: a seat, a way to change it, what that would do, and the button."""
    names = {p.id: p.name for p in view.people}
    groups = {its.id: its for its in view.seats}

    def text(seat: str) -> str:
        its = groups.get(seat.rpartition("/")[0])
        who = names.get(now.seats.get(seat, ""), now.seats.get(seat, "empty"))
        return f"{view.span(its.start_s, its.end_s)}  {its.place_name}  ·  {who}  ({seat})" if its else f"{seat}  {who}"

    options = list(shown[:MOST])
    chosen = st.session_state.get(SEAT)
    if chosen not in options and chosen in shown:
        options.insert(0, chosen)
    if len(shown) > MOST:
        st.caption(f"The first {MOST} of {len(shown):,} seats are listed; a unit, a day or a name brings others.")
    if not options:
        st.info("No seat fits the filters.")
        return
    if chosen not in options:
        pick(options[0])
    # A list of its own for each state: the words of an option change when somebody else has the seat.
    revision = source.draft.revision if source.draft is not None else 0
    stamp = f"{revision}-{st.session_state.get(PICKS, 0)}"
    at = options.index(st.session_state[SEAT])
    seat = st.selectbox("Seat", options, at, key=f"seat-{stamp}", format_func=text)
    st.session_state[SEAT] = seat
    holder = now.seats.get(seat)
    ways = list(WAYS) if holder else ["replace"]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        way = st.segmented_control(
            "What to do", ways, default=ways[0], required=True, key=f"way-{bool(holder)}-{revision}",
            format_func=lambda one: WAYS[one] if holder else "Fill the seat",
        )  # fmt: skip
        if holder:
            pin_button(source, names.get(holder, holder), holder, seat.rpartition("/")[0])
    edit = CHOICES[way or ways[0]](work, now, job.id, seat, options, text, f"{way}-{seat}-{stamp}")
    if edit is None:
        return
    effect = work.effect(now, work.judge(after(now.seats, edit)))
    show_effect("This would change nothing else: it" if effect.nothing else "This", effect)
    if st.button("Do it", key="do_edit", type="primary", icon=":material/check:"):
        st.session_state[BEFORE] = {**st.session_state.get(BEFORE, {}), source.ref: now.seats}
        do(source, edit, "The duty is changed.")


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
    title = f"Unpin {name}" if held else f"Pin {name}"
    note = "Whatever plan is made next, this person does this duty. A pin is part of what a plan is made from."
    if st.button(title, key="pin", icon=":material/keep_off:" if held else ":material/keep:", help=note):
        do(source, Unpin(person, group) if held else Pin(person, group), f"{title}: done.")


# ---------------------------------------------------------------- ways to change a seat
Words = Callable[[str], str]


def replacing(
    work: Handwork, now: Judged, plan: str, seat: str, _shown: Sequence[str], _text: Words, key: str
) -> Edit | None:
    """The ranked list: who can, the best first; on request those who cannot, with the reason."""
    if work.large and not st.toggle("Rank everybody for this seat (takes some seconds)", key="roster_rank"):
        others = [one for one in work.everybody() if one != now.seats.get(seat)]
        return Assign(plan, seat, st.selectbox("Who", others, key=f"any-{key}", format_func=work.teller.name))
    listed = work.candidates(now.seats, seat)
    able = {one.person: text for one, text in listed.rows if one.state != "excluded"}
    others = {one.person: f"Breaks rules  ·  {text}" for one, text in listed.rows if one.state == "excluded"}
    everybody = st.toggle(f"Also who would break rules ({len(others)})", key="roster_everybody")
    choice = able | others if everybody else able
    if not choice:
        st.info("Nobody can take this seat without breaking a rule.")
        return None
    title = f"Who, the best first ({len(able)} can)"
    person = st.selectbox(title, list(choice)[:MOST], key=key, format_func=lambda one: choice[one])
    return Assign(plan, seat, person)


def swapping(
    _work: Handwork, now: Judged, plan: str, seat: str, shown: Sequence[str], text: Words, key: str
) -> Edit | None:
    """Another seat that somebody else has."""
    others = [one for one in shown if one in now.seats and now.seats[one] != now.seats[seat]]
    if not others:
        st.info("No other filled seat fits the filters.")
        return None
    return Swap(plan, seat, st.selectbox("With", others, key=key, format_func=text))


def moving(
    work: Handwork, now: Judged, plan: str, seat: str, _shown: Sequence[str], text: Words, key: str
) -> Edit | None:
    """An empty seat for the same person."""
    empty = [one for one in known_seats(work) if one not in now.seats][:MOST]
    if not empty:
        st.info("Every seat is filled: swap two people, or empty the other seat first.")
        return None
    return Move(plan, now.seats[seat], seat, st.selectbox("To", empty, key=key, format_func=text))


def emptying(
    _work: Handwork, _now: Judged, plan: str, seat: str, _shown: Sequence[str], _text: Words, _key: str
) -> Edit | None:
    """Nobody."""
    return Assign(plan, seat, None)


CHOICES = {"replace": replacing, "swap": swapping, "move": moving, "empty": emptying}
