"""Start: every scenario with a small map and how it stands to its plans, and four ways to a new one."""

from __future__ import annotations

import streamlit as st

from app_pages import _state
from app_pages._start import cards, new_scenario
from app_pages.frame import HERE
from scenarios import drafts, standing

if _state.came_with_link():
    st.switch_page(HERE / "scenario.py")
st.markdown("### Scenarios")
found = drafts.sources()
states = standing.standings()
new_scenario(found)
yours = [source for source in found if source.draft is not None or source.base not in drafts.library()]
if yours:
    cards(yours, states)
    st.markdown("##### Shipped, to look at and to start from")
else:
    st.caption("None of your own yet. Open a shipped one and change it, or make a new one.")
cards([source for source in found if source not in yours], states)
