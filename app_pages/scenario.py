"""Scenario: what is not on pages of its own yet."""

from __future__ import annotations

import streamlit as st

from app_pages._closures import closures_tab
from app_pages._forces import forces_tab
from app_pages._head import editing
from app_pages._perimeter import perimeter_tab
from app_pages._rules import rules_tab

with editing() as (source, loaded):
    tabs = st.tabs(["Forces", "Rules", "Closures", "Perimeter"], key="scenario_tab", on_change="rerun")
    for tab, show in zip(tabs, (forces_tab, rules_tab, closures_tab, perimeter_tab), strict=True):
        if tab.open:
            with tab:
                show(source, loaded)
