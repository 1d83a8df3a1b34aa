"""Roster: strength by the hour, each unit's people over time, who is where, every seat; and duties changed by hand."""

from __future__ import annotations

import streamlit as st

from app_pages import _duties, _standing, _state
from app_pages._empty import plan_or_stop
from app_pages._roster import filters, show_strip, show_tabs
from scenarios import drafts, handplans
from scenarios.tongue import say as _

job, made = plan_or_stop(_("The roster"))
source = drafts.find(_state.current().scenario)
st.markdown(f"### {made.title}")
chosen = filters(made)
standing = None
if chosen.editing and source.draft is None and handplans.can_be_laid_out(job):
    _standing.copy_first(source, job)
elif chosen.editing or handplans.stamp_of(source, job):
    # A plan edited by hand is always shown as it stands, with its breaches.
    standing = _standing.standing_roster(source, job, made)
view = made if standing is None else standing.view
if standing is not None:
    _standing.show_state(source, standing)
show_strip(view, chosen)
if standing is not None and chosen.editing:
    _duties.panel(source, job, standing, chosen)
show_tabs(view, chosen)
_state.saw(source.draft)
