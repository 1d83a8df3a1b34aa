"""Plan: start it, watch it, stop it; then what was achieved, what is short, and the papers."""

from __future__ import annotations

import streamlit as st

from app_pages import _data, _state
from app_pages._changes import show_faults
from app_pages._progress import show_progress
from app_pages._result import show_end, show_papers, show_plan
from app_pages._sign import show_publish
from app_pages._words import state_colour, state_mark, when_text
from geodata.errors import GeodataError
from scenarios import drafts, jobs
from scenarios.errors import ScenarioError

TIMES = {
    "10 seconds": 10,
    "30 seconds": 30,
    "1 minute": 60,
    "2 minutes": 120,
    "5 minutes": 300,
    "15 minutes": 900,
}

STOP = "Stop and keep the best plan"


def ask() -> None:
    """How long to search, and the button."""
    source = drafts.find(state.scenario)
    with st.form("start", border=True):
        cells = st.columns([2, 1, 1, 1], vertical_alignment="bottom")
        time = cells[0].select_slider("Search for up to", list(TIMES), value="1 minute", key="time")
        workers = cells[1].number_input("Cores", 1, 64, 2, help="How many processor cores to use.")
        seed = cells[2].number_input(
            "Variant", 0, 99_999, 0, help="Another number may find another plan."
        )
        again = st.checkbox(
            "The same plan each time",
            help="A fixed amount of work in place of the clock: the same input gives the same plan again.",
        )
        go = cells[3].form_submit_button("Plan now", type="primary", width="stretch")
    if go:
        options = jobs.Options(float(TIMES[time]), int(seed), int(workers), again)
        job = drafts.plan(source, options)
        _state.choose(plan=job.id)
        st.rerun()


state = _state.current()
job = _data.job_of(state.plan) if state.plan else None
source = drafts.find(state.scenario)
st.markdown(f"### {source.label}")
try:
    loaded = _data.scenario_of(source)
except (ScenarioError, GeodataError) as error:
    show_faults(error)
    st.stop()
if job is None or not job.running:
    ask()
if job is None:
    st.caption("The plan appears here: posts, patrols, names, and papers to print.")
    st.stop()


def headline(now: jobs.Job) -> None:
    """How it stands, when it began, and the way to end it."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(state_mark(now), color=state_colour(now))
        st.caption(f"started {when_text(now.created)}, up to {now.options.seconds:.0f} s")
        if now.running and st.button(STOP, key="stop", icon=":material/stop_circle:"):
            jobs.stop(now.id)
        if now.has_plan:
            show_publish(now.id)


@st.fragment(run_every="1s" if job.running else None)
def live(job_id: str, state_before: str) -> None:
    """The running job, anew each second; a full run at each change of state mends the rest of the page."""
    now = jobs.read(job_id)
    headline(now)
    show_progress(now)
    if now.state != state_before:
        st.rerun()


view = _data.view_of(job) if job.has_plan else None
if job.running:
    live(job.id, job.state)
    st.stop()
headline(job)
show_end(job)
if view is not None:
    show_plan(view)
    show_papers(job)
with st.expander("How the search went"):
    show_progress(job)
    if st.button("Delete this plan and its papers", icon=":material/delete:"):
        jobs.delete(job.id)
        _state.choose(plan="")
        st.rerun()
