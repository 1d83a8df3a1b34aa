"""Start: every scenario with a small map and how it stands to its plans, and four ways to a new one."""

from __future__ import annotations

import streamlit as st

from app_pages import _guide, _state
from app_pages._start import cards, new_scenario
from app_pages.frame import FIRST
from scenarios import drafts, standing
from scenarios.tongue import say as _

if _state.came_with_link() and "at" not in st.query_params:
    st.switch_page(FIRST)
# A reload of this very page stays here, though the address names a scenario by now.
st.query_params["at"] = "start"
with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    st.markdown("### " + _("Scenarios"))
    _guide.show_call()
_guide.show_offer()
found = drafts.sources()
states = standing.standings()
new_scenario(found)
yours = [source for source in found if source.draft is not None or source.base not in drafts.library()]
if yours:
    cards(yours, states)
    st.markdown("##### " + _("Shipped, to look at and to start from"))
else:
    st.caption(_("None of your own yet. Open a shipped one and change it, or make a new one."))
cards([source for source in found if source not in yours], states)
