"""Asking for a plan, and the search as it goes: how long, since when, how far, and the way to end it."""

from __future__ import annotations

import streamlit as st

from app_pages import _state
from app_pages._progress import show_progress
from app_pages._sign import show_publish
from app_pages._unsent import Unsent
from app_pages._ways import forget_added
from app_pages._words import lasting, state_colour, state_mark, when_text
from scenarios import drafts, jobs, standing
from scenarios.tongue import mark
from scenarios.tongue import say as _

TIMES = {
    mark("10 seconds"): 10, mark("30 seconds"): 30, mark("1 minute"): 60, mark("2 minutes"): 120,
    mark("5 minutes"): 300, mark("15 minutes"): 900,
}  # fmt: skip


@st.fragment
def ask(source: drafts.Source) -> None:
    """How long to search, and the button; it is asked for the same way again until somebody chooses another."""
    form = Unsent("plan", source.ref)
    with st.container(border=True):
        cells = st.columns([2, 1, 1, 1], vertical_alignment="bottom")
        with cells[0]:
            time = form.slide(_("Search for up to"), "time", list(TIMES), start="1 minute", format_func=_)
        with cells[1]:
            workers = form.number(_("Cores"), "cores", 1, 64, start=2, help=_("How many processor cores to use."))
        with cells[2]:
            told = _("Another number may find another plan.")
            seed = form.number(_("Variant"), "variant", 0, 99_999, start=0, help=told)
        again = form.yes(
            _("The same plan each time"), "again",
            help=_("A fixed amount of work in place of the clock: the same input gives the same plan again."),
        )  # fmt: skip
        go = cells[3].button(_("Plan now"), type="primary", width="stretch", key="plan_now")
    if go:
        options = jobs.Options(float(TIMES[time]), int(seed), int(workers), again)
        job = drafts.plan(source, options, who=_state.person())
        forget_added()
        _state.choose(plan=job.id)
        st.rerun()


def headline(now: jobs.Job) -> None:
    """How it stands, when it began, the way to end it, and where its papers are."""
    from app_pages.frame import HERE

    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(state_mark(now), color=state_colour(now))
        st.caption(_("started {when}, up to {time}", when=when_text(now.created), time=lasting(now.options.seconds)))
        if now.running and st.button(_("Stop and keep the best plan"), key="stop", icon=":material/stop_circle:"):
            jobs.stop(now.id)
        if now.has_plan:
            show_publish(now.id)
            if st.button(_("Papers"), key="to_papers", icon=":material/print:"):
                st.switch_page(str(HERE / "papers.py"))


@st.fragment(run_every="1s")
def live(job_id: str, state_before: str) -> None:
    """The running job, anew each second; a full run at each change of state mends the rest of the page."""
    try:
        now = jobs.read(job_id)
    except KeyError:  # deleted in another tab
        st.rerun()
    headline(now)
    show_progress(now)
    if now.state != state_before:
        st.rerun()


def delete_plan(source: drafts.Source, job: jobs.Job) -> None:
    """The plan and all that was made of it, after a second word."""
    with st.popover(_("Delete this plan and its papers"), icon=":material/delete:"):
        sign = standing.sign(source, job.id)
        if sign.published_at is not None:
            when = when_text(sign.published_at)
            st.warning(_("It was given out {when} by {who}: people may hold it.", when=when, who=sign.published_by))
        st.caption(_("This cannot be undone."))
        if st.button(_("Delete"), key=f"delete-{job.id}", type="primary", icon=":material/delete:"):
            jobs.delete(job.id)
            _state.choose(plan="")
            st.rerun()
