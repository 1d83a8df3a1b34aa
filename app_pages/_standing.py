"""The roster of a plan as it stands: laid out and judged, what is broken, what the last change did, the way back."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from app_pages import _data, _state
from app_pages._changes import show_conflict, show_faults, show_steps
from geodata.errors import GeodataError
from scenarios import drafts, handplans
from scenarios.errors import ScenarioError
from scenarios.handwork import Effect, Handwork, Judged, Seats
from scenarios.jobs import Job
from scenarios.tongue import say as _
from scenarios.tongue import says
from scenarios.view import PlanView

BEFORE = "roster_before"
"""The seats before this tab's last change, by scenario."""


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


def show_state(source: drafts.Source, its: Standing) -> None:
    """Undo and redo, what is broken as it stands, and what the last change did."""
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
        show_steps(source)
    if breaches:
        with st.expander(_("What is broken ({n})", n=len(breaches)), expanded=len(breaches) <= 3):
            st.markdown("\n".join(f"- {line}" for line in breaches[:100]))
    before: Seats | None = st.session_state.get(BEFORE, {}).get(source.ref)
    if before is not None and before != now.seats:
        show_effect(_("The last change"), work.effect(work.judge(before), now))


def points(n: int) -> str:
    """What a change of costs means."""
    if n == 0:
        return _("costs the same")
    return _("costs {n:,} points more", n=n) if n > 0 else _("costs {n:,} points less", n=-n)


def show_effect(title: str, effect: Effect) -> None:
    """What a change breaks, mends and costs: words and signs, not colour alone."""
    head = [says("breaks {n} rule", "breaks {n} rules", len(effect.broken))] if effect.broken else []
    head += [says("mends {n} rule", "mends {n} rules", len(effect.mended))] if effect.mended else []
    if effect.short > 0:
        head.append(says("leaves {n} seat empty", "leaves {n} seats empty", effect.short))
    elif effect.short:
        head.append(says("fills {n} seat", "fills {n} seats", -effect.short))
    head.append(points(effect.costs))
    lines = [f"- :material/close: {line}" for line in effect.broken[:12]]
    lines += ["- :material/check: " + _("No longer: {line}", line=line) for line in effect.mended[:12]]
    lines += [f"- {name}: {by:+,}" for name, by in effect.by_rule[:8]]
    box = st.error if effect.broken else st.warning if effect.short > 0 else st.info
    box(f"**{title}** " + _("{what}.", what=_(", ").join(head)) + "".join(f"\n{line}" for line in lines))
