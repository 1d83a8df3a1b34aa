"""The parts of Patrols: rounds, promises, cards and variants, each with its table."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from app_pages._patrol_charts import gap_chart, round_chart
from app_pages._preview import show_document, show_print_view
from app_pages._tables import days_of
from app_pages._words import Told, lasting
from scenarios.jobs import Job
from scenarios.manned import Manned
from scenarios.planform import read_plan
from scenarios.publish.orders import Order
from scenarios.publish.parts import crews
from scenarios.publish.sheet import Press
from scenarios.rounds import Promise, calls, place_names, variants
from scenarios.tongue import mark, says
from scenarios.tongue import say as _
from scenarios.view import PlanView, TourView

MODES = Told({
    "car": mark("car"), "bike": mark("bicycle"), "foot": mark("on foot"), "drone": mark("drone"),
    "camera": mark("camera"),
})  # fmt: skip
DAY, CREW = "patrols_day", "patrols_crew"
MOST_ROWS = 24


def chosen_day(view: PlanView) -> tuple[int, int]:
    """The span looked at: one day where there are several, kept over a change of page."""
    days = days_of(view)
    if len(days) < 2:
        return 0, view.horizon_s
    every = _("All days")
    spans = {every: (0, view.horizon_s)} | days
    kept = st.session_state.get(f"kept_{DAY}")
    default = kept if kept in spans else next(iter(days))
    day = st.segmented_control(_("Day"), list(spans), default=default, required=True, key=DAY) or default
    st.session_state[f"kept_{DAY}"] = day
    return spans[day]


def shown(view: PlanView, first_s: int, last_s: int) -> list[TourView]:
    """Tours of the span, by call sign and time."""
    there = (t for t in view.tours if t.depart_s < last_s and first_s < t.return_s)
    return sorted(there, key=lambda t: (t.call_sign, t.depart_s))


def round_part(view: PlanView, first_s: int, last_s: int) -> None:
    """The timeline of all crews, then the same as tables: one row a tour, and the stops of the tour chosen."""
    tours = shown(view, first_s, last_s)
    if not tours:
        st.caption(_("No crew is out in this span."))
        return
    manned = Manned.of(view)
    idle = [t.call_sign for t in tours if not manned.rides(t)]
    if idle:
        st.warning(_("Without a full crew, so that nothing of theirs counts: {who}.", who=", ".join(idle)))
    drawn = round_chart(view, tours, first_s, last_s, dark=st.context.theme.type == "dark")
    st.altair_chart(drawn, alt=_("Tours of each crew over time; the table below has the same"))
    how = _("Thin bar: on the way. Tall mark: at a place. Frame: a break. Choose a row of the table to see its stops.")
    st.caption(how)
    found = st.dataframe(
        pd.DataFrame([_tour_row(view, tour) for tour in tours]), hide_index=True, on_select="rerun",
        selection_mode="single-row", key=f"tours-{first_s}-{last_s}", height="content" if len(tours) < 12 else 420,
        alt=_("Tours with departure, stops and length"),
    )  # fmt: skip
    rows = found.selection.rows
    tour = tours[rows[0]] if rows and rows[0] < len(tours) else tours[0]
    st.markdown("##### " + _("{sign}, {when}", sign=tour.call_sign, when=view.span(tour.depart_s, tour.return_s)))
    st.dataframe(_stop_rows(view, tour), hide_index=True, height="content" if len(tour.stops) < 14 else 480,
                 alt=_("Stops of {sign} in order", sign=tour.call_sign))  # fmt: skip


def _tour_row(view: PlanView, tour: TourView) -> dict[str, object]:
    return {
        _("Crew"): tour.call_sign, _("When"): view.span(tour.depart_s, tour.return_s),
        _("Unit"): view.units.get(tour.unit, tour.unit), _("How"): MODES.get(tour.mode, tour.mode),
        _("Stops"): len(tour.stops), _("km"): round(tour.km, 1),
        _("Breaks"): ", ".join(f"{view.hhmm(a)}-{view.hhmm(b)}" for a, b in tour.rests) or "–",
        _("Who rides"): ", ".join(dict.fromkeys(m.name for m in tour.members)) or _("nobody"),
    }  # fmt: skip


def _stop_rows(view: PlanView, tour: TourView) -> pd.DataFrame:
    rows = []
    for number, stop in enumerate(tour.stops, start=1):
        window = f"{view.hhmm(stop.earliest_s)}-{view.hhmm(stop.latest_s)}" if stop.latest_s > stop.earliest_s else "–"
        rows.append({
            _("No."): number, _("Arrives"): view.hhmm(stop.arrive_s), _("Leaves"): view.hhmm(stop.leave_s),
            _("Place"): stop.name, _("May arrive"): window, _("Task"): stop.task,
        })  # fmt: skip
    return pd.DataFrame(rows)


def promise_part(view: PlanView, every: Sequence[Promise], first_s: int, last_s: int) -> None:
    """What was promised, what is kept, and when a place stays unseen too long."""
    mine = [p for p in every if p.start_s < last_s and first_s < p.end_s]
    windows = [c for c in calls(view) if c.start_s < last_s and first_s < c.end_s]
    if not mine and not windows:
        st.caption(_("Nothing is promised in this span: no site or rail section has a longest gap."))
        return
    broken = sum(not p.kept for p in mine)
    with st.container(horizontal=True):
        if broken:
            st.badge(says("{n} promise is not kept", "{n} promises are not kept", broken), color="red",
                     icon=":material/error:")  # fmt: skip
        if broken < len(mine):
            kept = len(mine) - broken
            st.badge(says("{n} promise is kept", "{n} promises are kept", kept), color="green",
                     icon=":material/check_circle:")  # fmt: skip
    if mine:
        only = st.toggle(_("Only what is not kept"), key="patrols_broken") if broken else False
        listed = [p for p in mine if not (only and p.kept)]
        drawn = gap_chart(view, listed[:MOST_ROWS], first_s, last_s, dark=st.context.theme.type == "dark")
        st.altair_chart(drawn, alt=_("When each place is unseen, against its promise; the table below has the same"))
        how = _("Tall mark: a crew is there. Thin bar: unseen within the promise. Thick red bar: unseen for too long.")
        st.caption(how)
        if len(listed) > MOST_ROWS:
            st.caption(_("The {most} with the least left of their promise are drawn; the table has all {n}.",
                         most=MOST_ROWS, n=len(listed)))  # fmt: skip
        st.dataframe(
            pd.DataFrame([_promise_row(view, p) for p in listed]), hide_index=True,
            height="content" if len(listed) < 12 else 460, alt=_("Promises and the longest unseen stretch"),
        )  # fmt: skip
    if windows:
        st.markdown("##### " + _("Calls at set times"))
        st.dataframe(
            pd.DataFrame([
                {
                    _("Kept"): _("✓ yes") if c.visit_s is not None else _("▲ no"), _("Place"): c.name,
                    _("Between"): view.span(c.start_s, c.end_s),
                    _("Crew arrives"): view.hhmm(c.visit_s) if c.visit_s is not None else "–",
                }
                for c in windows
            ]),
            hide_index=True, height="content" if len(windows) < 12 else 420, alt=_("Spans in which a crew must call"),
        )  # fmt: skip


def _promise_row(view: PlanView, p: Promise) -> dict[str, object]:
    return {
        _("Kept"): _("✓ yes") if p.kept else _("▲ no"), _("Place"): p.name,
        _("When promised"): view.span(p.start_s, p.end_s),
        _("Promised"): lasting(p.promised_s), _("Longest unseen"): lasting(p.longest_s),
        _("From"): view.hhmm(p.longest_from_s), _("To"): view.hhmm(p.longest_from_s + p.longest_s),
        _("Visits"): len(p.visits),
    }  # fmt: skip


def card_of(view: PlanView, press: Press, stamp: str) -> None:
    """One crew's cards: looked at, then taken along."""
    names = crews(view)
    if st.session_state.get(CREW) not in names:
        st.session_state[CREW] = st.session_state.get(f"kept_{CREW}")
    if st.session_state[CREW] not in names:
        st.session_state[CREW] = next(iter(names))
    sign = st.selectbox(_("Crew"), list(names), key=CREW, format_func=lambda one: names[one])
    st.session_state[f"kept_{CREW}"] = sign
    order = Order("route_cards", (sign,))
    if st.session_state.get("print_view"):
        show_print_view(order, press, stamp)
    else:
        show_document(order, press, stamp)


def variant_part(view: PlanView, job: Job) -> None:
    """Plans of near-equal value, so that nobody can guess when a crew comes: when each place is seen in each."""
    path = job.out / "plan.json"
    others = read_plan(path).variants if path.is_file() else ()
    if not others:
        st.caption(_("No variants in this plan. A scenario may ask for some, so that nobody knows when a crew comes."))
        return
    found = variants(view, others)
    st.caption(_("{n} plans of near-equal value for the same crews: use another one each day.", n=len(found)))
    names = place_names(view)
    rows = [
        {_("Place"): name}
        | {
            (_("This plan") if one.number == 1 else _("Variant {n}", n=one.number)): ", ".join(
                f"{view.hhmm(arrive)} {sign}" for arrive, _leave, sign in one.visits.get(place, ())
            ) or "–"
            for one in found
        }
        for place, name in names.items()
        if any(place in one.visits for one in found)
    ]  # fmt: skip
    st.dataframe(pd.DataFrame(rows), hide_index=True, row_height=52, alt=_("Visits to each place in every variant"))
