"""Scenario: what is not on pages of its own yet."""

from __future__ import annotations

import streamlit as st

from app_pages._forces import forces_tab
from app_pages._head import editing

with editing() as (source, loaded):
    tabs = st.tabs(["Forces"], key="scenario_tab", on_change="rerun")
    for tab, show in zip(tabs, (forces_tab,), strict=True):
        if tab.open:
            with tab:
                show(source, loaded)
