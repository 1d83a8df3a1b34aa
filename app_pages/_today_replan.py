"""The plan mended for what happened: the replan in its own process, whom it changes, and taking it over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import pandas as pd
import streamlit as st

from app_pages import _data, _state
from app_pages._changes import save, show_faults
from app_pages._words import STAGES
from geodata.errors import GeodataError
from scenarios import drafts, handplans, jobs
from scenarios.errors import ScenarioError
from scenarios.jobs import Job
from scenarios.today import replans
from scenarios.today.changelist import told
from scenarios.tongue import say as _
from scenarios.tongue import says
from scenarios.view import PlanView

SECONDS = 20.0


def start_the_day(source: drafts.Source, job: Job) -> None:
    """A shipped scenario stays as it is: the plan is taken along into a draft, where the day is noted."""
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(_("Check-ins and what happens are kept in a copy of your own; scenario and plan stay as they are."))
        if not st.button(_("Start the day"), key="start_day", type="primary", icon=":material/today:"):
            return
        try:
            draft, plan = handplans.own_copy(source, job, who=_state.person())
        except drafts.StoreError as error:
            show_faults(error, _("nothing was copied."))
            return
        _state.choose(scenario=draft.id, plan=plan)
        st.rerun()


def mended(source: drafts.Source, job: Job, view: PlanView, now_s: int) -> None:
    """What has changed since the plan in view, the way to mend it, and what came of that."""
    draft, found = source.draft, replans.since(source, job.id)
    waiting = replans.proposals(source, job.id) if found.anything else ()
    if draft is None or not found.known:
        st.info(_("It is not known what this plan was made from: plan again to mend it here."))
        return
    if not found.anything:
        return
    with st.container(border=True, key="mended"):
        st.markdown("##### " + _("Since this plan"))
        for key, line in found.lines:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f":material/edit: {line}", width="stretch")
                if key and st.button(_("Take back"), key=f"today-undo-{key}", icon=":material/delete:"):
                    save(source, lambda who, seen, its=key: drafts.take_back(draft, its, seen=seen, who=who))
        if found.pins:
            st.caption(says("{n} pin was changed.", "{n} pins were changed.", found.pins))
        running = bool(waiting) and waiting[0].job.running
        kind: Literal["primary", "secondary"] = "secondary" if waiting else "primary"
        if not running and st.button(
            _("Replan with the fewest changes"), key="replan", type=kind, icon=":material/autorenew:"
        ):
            _guarded(lambda: replans.ask(source, job.id, now_s, seconds=SECONDS))
        if waiting:
            proposal(source, view, waiting)


def _guarded(do: Callable[[], object]) -> None:
    try:
        do()
    except (ScenarioError, GeodataError) as error:
        show_faults(error, _("nothing was planned."))
        return
    st.rerun()


def proposal(source: drafts.Source, view: PlanView, found: Sequence[replans.Proposal]) -> None:
    """The newest replan of this plan: while it runs, then what it changes and the way to take it over."""
    newest = found[0]
    if newest.job.running:
        _live(newest.job.id, newest.changes is not None)
    _show(source, newest, view)
    for older in found[1:]:
        if not older.job.running:
            replans.discard(older)


@st.fragment(run_every="1s")
def _live(job_id: str, had: bool) -> None:
    """How far it is; the whole page anew when there is more to show."""
    try:
        now = jobs.read(job_id)
    except KeyError:
        st.rerun()
    stages = [e.engine for e in now.events if e.kind == "stage"]
    words = STAGES.get(stages[-1], _("looking for the fewest changes")) if stages else _("reading the plan")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":blue[:material/progress_activity:] {words} ({now.elapsed_s:.0f} s)")
        if not had and st.button(_("Stop"), key="stop_replan", icon=":material/stop_circle:"):
            jobs.stop(job_id)
    if not now.running or (not had and any(e.kind == "changes" for e in now.events)):
        st.rerun()


def _show(source: drafts.Source, one: replans.Proposal, view: PlanView) -> None:
    job, changes = one.job, one.changes
    if changes is None:
        if not job.running:
            faults = job.result.faults if job.result is not None else ()
            st.error(_("The replan left nothing.") + "".join(f"\n- {line}" for line in faults))
            _buttons(source, one, can=False)
        return
    found = told(changes, view, _data.view_of(job))
    (st.success if found.plan else st.warning)(found.headline)
    if found.doubts:
        st.warning("\n".join(f"- {line}" for line in found.doubts[:12]))
    if found.people:
        rows = [
            {
                _("Who"): p.name, _("Gives up"): "; ".join(p.left) or "–", _("Takes"): "; ".join(p.taken) or "–",
                _("In any case"): _("yes") if p.forced else _("no"), _("Tell also"): ", ".join(p.tell),
                _("Unit"): p.unit,
            }
            for p in found.people
        ]  # fmt: skip
        st.dataframe(pd.DataFrame(rows), hide_index=True, row_height=52, alt=_("People whose duties change"))
    _buttons(source, one, can=found.plan)


def _buttons(source: drafts.Source, one: replans.Proposal, *, can: bool) -> None:
    fits = replans.fits(source, one)
    if not fits:
        st.info(_("The scenario was changed after this replan was asked for: replan again."))
    with st.container(horizontal=True, key="proposal"):
        ready = can and fits and not one.job.running
        if st.button(_("Take it over"), key="take_over", type="primary", icon=":material/check:", disabled=not ready):
            try:
                plan = replans.take_over(source, one, who=_state.person())
            except drafts.StoreError as error:
                show_faults(error, _("nothing was taken over."))
                return
            _state.choose(plan=plan)
            st.toast(_("The mended plan is now the plan of this draft."), icon=":material/check:")
            st.rerun()
        notice = one.job.out / "changes.md"
        if notice.is_file():
            st.download_button(
                _("Change notice"), data=notice.read_bytes, file_name="change-notice.md", mime="text/markdown",
                icon=":material/download:", on_click="ignore",
            )  # fmt: skip
        if not one.job.running and st.button(_("Discard"), key="discard", icon=":material/delete:"):
            replans.discard(one)
            st.rerun()
