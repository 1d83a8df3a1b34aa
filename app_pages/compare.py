"""Compare: the same figures side by side, and what changes by place and by person."""

from __future__ import annotations

import streamlit as st

from app_pages import _data, _state
from app_pages._compare import change_table, figure_table
from app_pages._empty import empty
from app_pages._words import count, when_text
from app_pages.frame import HERE
from scenarios import drafts, jobs
from scenarios.compare import compare

state = _state.current()
base = drafts.find(state.scenario).base
ready = {job.id: job for job in jobs.jobs() if job.has_plan and job.scenario == base}
st.markdown("### Compare plans")
with st.expander("Plan a what-if", icon=":material/alt_route:", expanded=len(ready) < 2):
    waiting = [s for s in drafts.sources() if s.base == base and s.ref != base]
    if not waiting:
        st.caption(
            "Nothing to try yet: change the scenario on its page, and the change becomes a what-if."
        )
    for source in waiting:
        row = st.columns([4, 1], vertical_alignment="center")
        row[0].markdown(f"**{source.label}**  \n:gray[{source.about}]")
        if row[1].button("Plan it", key=f"plan-{source.ref}", width="stretch"):
            job = drafts.plan(source, jobs.Options())
            _state.choose(scenario=source.ref, plan=job.id)
            st.switch_page(HERE / "plan.py")
if len(ready) < 2:
    empty(
        "Two plans are needed",
        f"There {'is one' if ready else 'is none'} of this scenario so far. Plan it, and plan a what-if of it.",
        "Go to Plan",
        str(HERE / "plan.py"),
    )
    st.stop()


def label(job_id: str) -> str:
    """The plan's title and when it was made."""
    return f"{ready[job_id].title} ({when_text(ready[job_id].created)})"


oldest = next((job.id for job in reversed(ready.values()) if job.source == base), list(ready)[-1])
cells = st.columns([1, 2])
first = cells[0].selectbox(
    "Compare with", list(ready), index=list(ready).index(oldest), format_func=label, key="first"
)
rest = [job_id for job_id in ready if job_id != first]
others = cells[1].multiselect(
    "These plans", rest, default=rest[:1], format_func=label, key=f"others-{first}"
)
if not others:
    st.info("Choose at least one plan to set beside it.")
    st.stop()
pairs = [(job, _data.view_of(job)) for job in (ready[job_id] for job_id in (first, *others))]
# a plan that this version cannot read was told of by view_of; the others stay beside their own titles
chosen = [job for job, view in pairs if view is not None]
views = [view for _, view in pairs if view is not None]
if len(views) < 2:
    st.stop()
found = compare(views, [job.title for job in chosen])

st.markdown("#### Figures")
st.dataframe(
    figure_table(found),
    hide_index=True,
    height="content",
    alt="The same figures of each plan, side by side",
)
for job, changes in zip(chosen[1:], found.changes, strict=True):
    st.markdown(f"#### What changes: {job.title}")
    if not changes:
        st.caption("Nothing: the same posts, patrols and duties.")
        continue
    kinds = {"post": "Posts", "cover": "Cover", "tour": "Patrols", "person": "People"}
    present = [kind for kind in kinds if any(c.what == kind for c in changes)]
    tabs = st.tabs([f"{kinds[k]} ({sum(c.what == k for c in changes)})" for k in present])
    for kind, tab in zip(present, tabs, strict=True):
        tab.dataframe(
            change_table(changes, kind),
            hide_index=True,
            row_height=44,
            alt=f"{count(len(changes), 'change')} against {chosen[0].title}",
        )
