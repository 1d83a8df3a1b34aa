"""The head of every page that edits a scenario: what it is, what was changed, the way back, and what is wrong with it.

A page is ``with editing() as (source, loaded): ...``. Where the scenario has faults, or an edit of somebody else stands
in the way, the head says so and offers the way back.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app_pages import _data, _state
from app_pages._changes import show_changes, show_conflict, show_faults, show_steps
from app_pages._words import typed
from geodata.errors import GeodataError
from scenarios import drafts
from scenarios.errors import ScenarioError
from scenarios.faultwords import as_met
from scenarios.load import Loaded
from scenarios.tongue import say as _
from scenarios.tongue import says
from scenarios.tongue.dates import short_day

#: Warnings shown at once; the others behind one click.
FEW = 2


@contextmanager
def editing() -> Iterator[tuple[drafts.Source, Loaded]]:
    """The scenario in view below its head; afterwards this tab has seen it as it now stands.

    An edit made inside is judged against what the tab had shown before, which is why that is noted last.
    """
    source, loaded = open_scenario()
    head(source, loaded)
    yield source, loaded
    _state.saw(source.draft)


def open_scenario() -> tuple[drafts.Source, Loaded]:
    """The scenario in view; where it has faults, all of them with the way back, and the end of this run."""
    source = drafts.find(_state.current().scenario)
    try:
        return source, _data.scenario_of(source)
    except (ScenarioError, GeodataError) as error:
        title_row(source, source.label, changes=False)
        show_conflict(source)
        show_faults(error, source=source)
        st.markdown("##### " + _("Changes"))
        show_changes(source)
    _state.saw(source.draft)
    st.stop()
    raise RuntimeError("the run goes on after its stop")


def head(source: drafts.Source, loaded: Loaded) -> None:
    """Title, undo and redo, the list of changes, the way to a plan; then figures, conflict and warnings."""
    with title_row(source, loaded.scenario.title):
        if st.button(_("Plan it"), key="plan_it", type="primary", icon=":material/play_arrow:"):
            st.switch_page(_page("plan.py"))
    _badges(loaded)
    show_conflict(source)
    _warnings(loaded)


def title_row(source: drafts.Source, title: str, *, changes: bool = True) -> DeltaGenerator:
    """What the page is about, the way back, and the list of changes; more may be put into the row."""
    row = st.container(horizontal=True, vertical_alignment="center", key="head")
    with row:
        st.markdown("### " + typed(title), width="stretch")
        show_steps(source)
        if changes:
            n = len(source.draft.changes) if source.draft is not None else 0
            with st.popover(_("Changes ({n})", n=n), icon=":material/history:", width="content", key="changes"):
                show_changes(source)
    return row


def _page(name: str) -> str:
    from app_pages.frame import HERE

    return str(HERE / name)


def _badges(loaded: Loaded) -> None:
    """Classification, time and counts, and whether the people are made up."""
    its = loaded.scenario
    start, end = f"{short_day(its.start)} {its.start:%H:%M}", f"{its.end:%H:%M}"
    if its.start.date() != its.end.date():
        end = f"{short_day(its.end)} {end}"
    with st.container(horizontal=True, gap="small"):
        if its.classification:
            st.badge(its.classification, color="red", icon=":material/lock:")
        st.badge(_("{start} to {end}", start=start, end=end), color="gray", icon=":material/schedule:")
        st.badge(says("{n} session", "{n} sessions", len(its.sessions)), color="gray")
        st.badge(says("{n} site", "{n} sites", len(its.sites)), color="gray")
        st.badge(says("{n} person", "{n} people", len(its.people)), color="gray")
        if its.synthetic_staff:
            st.badge(_("synthetic staff"), color="orange", icon=":material/science:")


def _warnings(loaded: Loaded) -> None:
    lines = [warning.sentence() for warning in as_met(loaded.raw, loaded.warnings)]
    for line in lines[:FEW]:
        st.caption(f":material/info: {line}")
    if len(lines) > FEW:
        with st.expander(says("{n} more to know", "{n} more to know", len(lines) - FEW)):
            st.markdown("\n".join(f"- {line}" for line in lines[FEW:]))
