"""Scenario: what is planned, and every change to it; each change can be taken back by itself."""

from __future__ import annotations

import streamlit as st

from app_pages import _data, _state
from app_pages._changes import show_changes, show_conflict, show_faults, show_steps
from app_pages._closures import closures_tab
from app_pages._forces import forces_tab
from app_pages._perimeter import perimeter_tab
from app_pages._rules import rules_tab
from app_pages._sessions import sessions_tab
from app_pages._words import count
from app_pages.frame import HERE
from geodata.errors import GeodataError
from scenarios import drafts
from scenarios.errors import ScenarioError

source = drafts.find(_state.current().scenario)
show_conflict(source)
try:
    loaded = _data.scenario_of(source)
except (ScenarioError, GeodataError) as error:
    st.markdown(f"### {source.label}")
    show_faults(error)
    show_steps(source)
    show_changes(source)
    _state.saw(source.draft)
    st.stop()

its = loaded.scenario
head, back, go = st.columns([4, 2, 1], vertical_alignment="center")
head.markdown(f"### {its.title}")
with back, st.container(horizontal=True, horizontal_alignment="right"):
    show_steps(source)
if go.button("Plan it", type="primary", width="stretch", icon=":material/play_arrow:"):
    st.switch_page(HERE / "plan.py")
with st.container(horizontal=True, gap="small"):
    if its.classification:
        st.badge(its.classification, color="red")
    st.badge(f"{its.start:%a %d %b %Y %H:%M} to {its.end:%a %d %b %H:%M}", color="gray")
    st.badge(count(len(its.sessions), "session"), color="gray")
    st.badge(count(len(its.sites), "site"), color="gray")
    st.badge(count(len(its.people), "person", "people"), color="gray")
    if its.synthetic_staff:
        st.badge("synthetic staff", color="orange")
for warning in loaded.warnings[:5]:
    st.caption(f":material/info: {warning.sentence()}")

tabs = st.tabs(
    ["Sessions", "Forces", "Rules", "Closures", "Perimeter", "Changes"],
    key="scenario_tab",
    on_change="rerun",
)
for tab, show in zip(tabs, (sessions_tab, forces_tab, rules_tab, closures_tab, perimeter_tab), strict=False):
    if tab.open:
        with tab:
            show(source, loaded)
if tabs[-1].open:
    with tabs[-1]:
        show_changes(source)
_state.saw(source.draft)
