"""Plan: start it, watch it, stop it; then what was achieved, what is short, and the cheapest ways out."""

from __future__ import annotations

import streamlit as st

from app_pages import _data, _state
from app_pages._head import open_scenario, title_row
from app_pages._progress import show_progress
from app_pages._result import show_end, show_figures, show_plan
from app_pages._solve import ask, delete_plan, headline, live
from app_pages._ways import show_added, show_ways
from scenarios.tongue import say as _

source, _loaded = open_scenario()
job = _data.job_of(_state.current().plan)
title_row(source, source.label)
if job is None or not job.running:
    ask(source)
_state.saw(source.draft)
show_added(source)
if job is None:
    st.caption(_("The plan appears here: posts, patrols, names, and papers to print."))
    st.stop()
if job.running:
    live(job.id, job.state)
    st.stop()
headline(job)
show_end(job)
view = _data.standing_view(source, job) if job.has_plan else None
if view is not None:
    show_plan(view)
    if view.short or view.breaches or any(seats.n_short for seats in view.seats):
        show_ways(source, job)
    show_figures(view)
with st.expander(_("How the search went")):
    show_progress(job)
    delete_plan(source, job)
