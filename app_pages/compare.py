"""Compare: plans side by side in the same figures, what differs on the map, by place and by person."""

from __future__ import annotations

import streamlit as st

from app_pages import _state
from app_pages._compare import (
    Shown,
    change_part,
    choose_plans,
    compared,
    curve_part,
    figure_part,
    read_plans,
    summary_part,
)
from app_pages._compare_map import map_part
from app_pages._compare_whatifs import plan_whatifs
from app_pages._empty import empty
from app_pages.frame import HERE
from scenarios import drafts, jobs
from scenarios.tongue import language
from scenarios.tongue import say as _

source = drafts.find(_state.current().scenario)
every = {one.ref: one for one in drafts.sources() if one.base == source.base}
ready = {job.id: job for job in jobs.jobs() if job.has_plan and job.source in every}
st.markdown("### " + _("Compare plans"))
plan_whatifs(source, every, few=len(ready) < 2)
if len(ready) < 2:
    one, none = _("There is one of this scenario so far."), _("There is none of this scenario so far.")
    more = _("Plan it, and plan a what-if of it.")
    empty(_("Two plans are needed"), f"{one if ready else none} {more}", _("Go to Plan"), str(HERE / "plan.py"))
    st.stop()
chosen = choose_plans(source, every, ready)
shown: list[Shown] = read_plans(chosen, every)
if len(shown) < 2:
    st.info(_("Choose at least one plan to set beside it."))
    st.stop()
found = compared(shown)
summary_part(found, shown)
titles = [_("Figures"), _("On the map"), _("Places and people"), _("What one more post buys")]
# Only the open tab is made: a map and its ground travel when they are looked at.
figures, where, who, curve = st.tabs(titles, key=f"compare_tabs-{language()}", on_change="rerun")
if figures.open:
    with figures:
        figure_part(found, shown)
if where.open:
    with where:
        map_part(shown)
if who.open:
    with who:
        change_part(found, shown)
if curve.open:
    with curve:
        curve_part(shown)
