"""What-ifs of a scenario: how each stands to its plans, and planning those that have none, from here."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from app_pages import _state
from app_pages._sign import badge
from app_pages._words import state_mark
from scenarios import drafts, jobs, standing
from scenarios.tongue import say as _
from scenarios.tongue import says

SECONDS = 60.0


def plan_whatifs(source: drafts.Source, every: Mapping[str, drafts.Source], *, few: bool) -> None:
    """The list, and the button that plans the chosen ones one after the other."""
    running = [job for job in jobs.jobs() if job.running and job.source in every]
    if running:
        _live([job.id for job in running])
    stands = standing.standings()
    busy = {job.source for job in running}
    waiting = [one for ref, one in every.items() if stands[ref] in {"draft", "stale"} and ref not in busy]
    title = says("{n} not planned as it is", "{n} not planned as they are", len(waiting)) if waiting else _("What-ifs")
    with st.expander(title, icon=":material/alt_route:", expanded=few):
        if not waiting:
            st.caption(
                _("Every scenario and what-if over {base} is planned as it is. Change one, and it appears here.",
                  base=every[source.base].label if source.base in every else source.label)
            )  # fmt: skip
            return
        chosen = []
        for one in waiting:
            with st.container(horizontal=True, vertical_alignment="center"):
                if st.checkbox(one.label, key=f"whatif-{one.ref}", width="content"):
                    chosen.append(one)
                badge(stands[one.ref])
                st.caption(one.about)
        do = says("Plan {n} what-if", "Plan {n} what-ifs", len(chosen)) if chosen else _("Plan the chosen ones")
        if st.button(do, key="plan_whatifs", type="primary", disabled=not chosen, icon=":material/play_circle:"):
            for one in chosen:
                drafts.plan(one, jobs.Options(seconds=SECONDS), who=_state.person())
                st.session_state.pop(f"whatif-{one.ref}", None)
            st.rerun()


@st.fragment(run_every="2s")
def _live(names: list[str]) -> None:
    """How far they are; the page anew when one has ended."""
    with st.container(border=True):
        for name in names:
            try:
                job = jobs.read(name)
            except KeyError:
                st.rerun()
            if not job.running:
                st.rerun()
            row = st.columns([5, 1], vertical_alignment="center")
            row[0].markdown(
                _("{title}: {state}, {n} s", title=f":blue[:material/progress_activity:] **{job.title}**",
                  state=state_mark(job), n=f"{job.elapsed_s:.0f}")
            )  # fmt: skip
            if row[1].button(_("Stop"), key=f"stop-{name}", icon=":material/stop_circle:", width="stretch"):
                jobs.stop(name)
