"""What a page shows when there is nothing to show yet: why, and the next step."""

from __future__ import annotations

from typing import Never

import streamlit as st

from app_pages import _data, _state
from scenarios.jobs import Job
from scenarios.tongue import say as _
from scenarios.view import PlanView


def empty(title: str, text: str, button: str = "", page: str = "") -> None:
    """A quiet box with one thing to do."""
    with st.container(border=True, horizontal_alignment="center"):
        st.space("small")
        st.markdown(f"#### {title}", text_alignment="center")
        st.markdown(text, text_alignment="center")
        if button and st.button(button, type="primary"):
            st.switch_page(page)
        st.space("small")


def plan_or_stop(what: str) -> tuple[Job, PlanView]:
    """The plan in view, or the way to one and the end of this run."""
    from app_pages.frame import HERE

    state = _state.current()
    job = _data.job_of(state.plan) if state.plan else None
    view = _data.view_of(job) if job is not None and job.has_plan else None
    if job is not None and view is not None:
        return job, view
    page = str(HERE / "plan.py")
    if job is not None and job.running:
        empty(_("The plan is being made"), _("{what} appears here when it is done.", what=what), _("Watch it"), page)
    elif job is not None:
        empty(_("This run left no plan"), _("See what happened, or plan again."), _("Go to Plan"), page)
    else:
        told = _("{what} appears here once the scenario is planned.", what=what)
        empty(_("No plan yet"), told, _("Go to Plan"), page)
    return _stop()


def _stop() -> Never:
    st.stop()
    raise RuntimeError("the run goes on after its stop")
