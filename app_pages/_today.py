"""The parts of Today that only show: the event's clock, the counts, and who stands where now."""

from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd
import streamlit as st

from scenarios.today.board import Board, now_in, opening
from scenarios.tongue import say as _
from scenarios.tongue.dates import long_day, weekday_moment
from scenarios.view import PlanView

STEP_S = 300
AT = "today_at"
FOLLOW = "today_follow"


def clock(view: PlanView) -> int:
    """The moment the page is about: the clock's where the event runs and nobody chose another, else the chosen one."""
    running = now_in(view, datetime.now(UTC))
    kept = st.session_state.get(f"kept_{AT}", _from_address(view))
    cells = st.columns([2, 5, 2], vertical_alignment="center")
    follow = False
    if running is not None:
        follow = cells[2].toggle(_("Follow the clock"), st.session_state.get(f"kept_{FOLLOW}", True), key=FOLLOW)
        st.session_state[f"kept_{FOLLOW}"] = follow
    if follow and running is not None:
        now_s = running
        cells[1].caption(_("The event runs: the page goes with the clock."))
        _tick()
    else:
        now_s = _chosen(view, opening(view) if kept is None else kept, cells[1])
        if running is None:
            cells[2].caption(_("The event is not running: choose a moment."))
    when = view.clock(now_s)
    with cells[0]:
        st.metric(long_day(when), f"{when:%H:%M}")
    return now_s


def _from_address(view: PlanView) -> int | None:
    """The moment in the address, so that F5 and a link show the same."""
    text = st.query_params.get("at", "")
    return int(text) if text.isdecimal() and len(text) < 9 and int(text) < view.horizon_s else None


def _chosen(view: PlanView, kept: int, cell: object) -> int:
    options = list(range(0, view.horizon_s, STEP_S)) or [0]
    value = min(options, key=lambda second: abs(second - kept))
    slider = getattr(cell, "select_slider")  # noqa: B009 - a column has every call of the page
    now_s = int(slider(
        _("Moment"), options, value, key=AT, format_func=lambda second: weekday_moment(view.clock(second)),
        label_visibility="collapsed",
    ))  # fmt: skip
    st.session_state[f"kept_{AT}"] = now_s
    st.query_params["at"] = str(now_s)
    return now_s


@st.fragment(run_every="30s")
def _tick() -> None:
    """The whole page anew when a minute has passed."""
    minute = int(datetime.now(UTC).timestamp() // 60)
    before = st.session_state.setdefault("today_minute", minute)
    st.session_state["today_minute"] = minute
    if minute != before:
        st.rerun()


def counts(state: Board, now_s: int) -> None:
    """Four figures of this moment."""
    on_duty = state.on_duty(now_s)
    here = sum(line.state == "here" for line in on_duty)
    cells = st.columns(4)
    cells[0].metric(_("On duty by the plan"), f"{len(on_duty):,}", border=True)
    cells[1].metric(_("of them reported"), f"{here:,}", border=True)
    cells[2].metric(_("Report time passed"), f"{state.count('late'):,}", border=True)
    cells[3].metric(_("Due within two hours"), f"{state.count('due'):,}", border=True)


def places_now(view: PlanView, state: Board, now_s: int) -> None:
    """What is manned at this moment, and how many of them have reported."""
    rows = [
        {
            _("Unit"): view.units.get(place.unit, place.unit), _("Place"): place.name,
            _("Planned"): place.planned, _("Reported"): place.here,
            _("State"): _("all there") if place.here >= place.planned else _("{n} open", n=place.planned - place.here),
        }
        for place in state.places(now_s)
    ]  # fmt: skip
    if not rows:
        st.caption(_("By the plan nobody is on duty at this moment."))
        return
    st.dataframe(pd.DataFrame(rows), hide_index=True, height="content" if len(rows) < 12 else 420,
                 alt=_("Posts and places that are manned now, with how many have reported"))  # fmt: skip
