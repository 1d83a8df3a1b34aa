"""The roster of a plan as it stands: laid out and judged, what is broken, what the last change did, the way back."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from app_pages import _data, _state
from app_pages._changes import show_conflict, show_faults, show_steps
from app_pages._effects import last_effect, points, show_effect
from app_pages._unsent import carry
from geodata.errors import GeodataError
from scenarios import drafts, handplans
from scenarios.errors import ScenarioError
from scenarios.handwork import Handwork, Judged
from scenarios.jobs import Job
from scenarios.tongue import say as _
from scenarios.tongue import says
from scenarios.view import PlanView


@dataclass(frozen=True, eq=False)
class Standing:
    """The roster as it stands: laid out, judged, and as people see it."""

    work: Handwork
    now: Judged
    view: PlanView


def copy_first(source: drafts.Source, job: Job) -> None:
    """A shipped scenario stays as it is: the plan is taken along into a draft."""
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(_("Duties are changed in a copy of your own; this scenario and its plan stay as they are."))
        if st.button(_("Make a copy to work on"), key="own_copy", type="primary", icon=":material/content_copy:"):
            take_along(source, job)


def take_along(source: drafts.Source, job: Job) -> None:
    """Copy scenario and plan into a draft, and go on there."""
    try:
        draft, plan = handplans.own_copy(source, job, who=_state.person())
    except drafts.StoreError as error:
        show_faults(error, _("nothing was copied."))
        return
    carry(source.ref, draft.id)
    _state.choose(scenario=draft.id, plan=plan)
    st.rerun()


def standing_roster(source: drafts.Source, job: Job, made: PlanView) -> Standing | None:
    """The roster as it stands; None, and why, where it cannot be laid out."""
    if source.draft is None or not handplans.can_be_laid_out(job):
        st.info(_("The duties of this plan cannot be changed: its plan file is gone. Plan again."))
        return None
    try:
        work = _data.handwork_of(source, job)
    except (ScenarioError, GeodataError) as error:
        show_faults(error, _("the duties cannot be judged."))
        return None
    now = handplans.as_it_stands(work, source.draft, job)
    return Standing(work, now, work.view(made, now))


def show_state(source: drafts.Source, its: Standing, *, last: bool = True) -> None:
    """Undo and redo, what is broken as it stands, and what the last change did.

    Without ``last`` it is one line of one height: the timeline below tells the last change itself.
    """
    show_conflict(source)
    work, now, breaches = its.work, its.now, its.view.breaches
    planned = handplans.as_planned(work)
    with st.container(horizontal=True, vertical_alignment="center", key="roster_state"):
        if breaches:
            told = says("{n} hard rule broken", "{n} hard rules broken", len(breaches))
            st.badge(told, color="red", icon=":material/error:")
        else:
            st.badge(_("no hard rule broken"), color="green", icon=":material/check_circle:")
        if now.n_short:
            told = says("{n} seat empty", "{n} seats empty", now.n_short)
            st.badge(told, color="orange", icon=":material/person_off:")
        if now is not planned:
            cost = points(now.costs - planned.costs)
            st.caption(_("Against the plan as it was made: {points}.", points=cost))
        if breaches and not last:
            with st.popover(_("What is broken ({n})", n=len(breaches)), width="content"):
                st.markdown("\n".join(f"- {line}" for line in breaches[:100]))
        show_steps(source)
    if breaches and last:
        with st.expander(_("What is broken ({n})", n=len(breaches)), expanded=len(breaches) <= 3):
            st.markdown("\n".join(f"- {line}" for line in breaches[:100]))
    effect = last_effect(source, work, now) if last else None
    if effect is not None:
        show_effect(_("The last change"), effect)
