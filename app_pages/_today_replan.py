"""The plan mended for what happened: the replan in its own process, whom it changes, and taking it over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Literal

import pandas as pd
import streamlit as st

from app_pages import _data, _state
from app_pages._changes import save, show_faults
from app_pages._standing import take_along
from app_pages._words import STAGES
from geodata.errors import GeodataError
from scenarios import drafts, jobs
from scenarios.errors import ScenarioError
from scenarios.jobs import Job
from scenarios.publish.changenotice import change_notice
from scenarios.publish.sheet import Press, printable
from scenarios.today import replans
from scenarios.today.changelist import Told, told
from scenarios.tongue import language, says, speaking
from scenarios.tongue import say as _
from scenarios.tongue.dates import long_day
from scenarios.view import PlanView

SECONDS = 20.0
WRAPPED = 40
"""So many people stand in a table whose lines break."""


def start_the_day(source: drafts.Source, job: Job) -> None:
    """A shipped scenario stays as it is: the plan is taken along into a draft, where the day is noted."""
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(_("Check-ins and what happens are kept in a copy of your own; scenario and plan stay as they are."))
        if st.button(_("Start the day"), key="start_day", type="primary", icon=":material/today:"):
            take_along(source, job)


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
    _changes(found)
    _buttons(source, one, can=found.plan, notice=found, view=view)


def _changes(found: Told) -> None:
    """What a replan changes for whom."""
    (st.success if found.plan else st.warning)(found.headline)
    if found.doubts:
        st.warning("\n".join(f"- {line}" for line in found.doubts[:12]))
    if not found.people:
        return
    rows = pd.DataFrame([
        {
            _("Who"): p.name, _("Gives up"): "; ".join(p.left) or "–", _("Takes"): "; ".join(p.taken) or "–",
            _("In any case"): _("yes") if p.forced else _("no"), _("Tell also"): ", ".join(p.tell), _("Unit"): p.unit,
        }
        for p in found.people
    ])  # fmt: skip
    if len(rows) <= WRAPPED:  # duties are whole sentences: lines that break are read, cut ones are not
        st.table(rows.set_index(_("Who")))
    else:
        st.dataframe(rows, hide_index=True, height=480, alt=_("People whose duties change"))


def came_from(job: Job, view: PlanView) -> None:
    """What the plan in view changed against the one before, where it was taken over from a replan."""
    one = replans.taken_over(job)
    changes = one.changes if one is not None else None
    if one is None or changes is None:
        return
    before = _data.job_of(one.plan)
    old = _data.view_of(before) if before is not None and before.has_plan else None
    found = told(changes, old or view, view)
    with st.expander(_("What this plan changed"), icon=":material/published_with_changes:"):
        _changes(found)
        _notice(one, found, view)


def _notice(one: replans.Proposal, found: Told, view: PlanView) -> None:
    """The change notice, set when it is asked for; wholly in English where no font holds the reader's language."""
    code = printable(language())
    if code != language():
        with speaking(code):
            found, view = _anew(one, found, view)
    # Words are asked for here: the button's own thread knows no reader.
    with speaking(code):
        when = view.clock(one.at_s)
        press, asof = Press(replace(view, language=code, words={})), f"{long_day(when)} {when:%H:%M}"

    def made() -> bytes:
        return change_notice(press, found, one.said_in(code), asof)

    st.download_button(
        _("Change notice"), data=made, file_name="change-notice.pdf", mime="application/pdf",
        icon=":material/download:", on_click="ignore", key=f"notice-{one.job.id}",
    )  # fmt: skip


def _anew(one: replans.Proposal, found: Told, view: PlanView) -> tuple[Told, PlanView]:
    """What a replan changes, and the plan it came to, in the language of now; as they are where the plans are gone."""
    base, changes = _data.job_of(one.plan), one.changes
    old, new = (_data.view_of(job) if job is not None and job.has_plan else None for job in (base, one.job))
    if old is None or changes is None:
        return found, view
    return told(changes, old, new), new or old


def _buttons(
    source: drafts.Source, one: replans.Proposal, *, can: bool, notice: Told | None = None, view: PlanView | None = None
) -> None:
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
        if can and notice is not None and view is not None:
            _notice(one, notice, view)
        if not one.job.running and st.button(_("Discard"), key="discard", icon=":material/delete:"):
            replans.discard(one)
            st.rerun()
