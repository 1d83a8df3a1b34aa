"""Roster: each unit's people over time, who is where, every seat; strength by the hour; and duties changed by hand."""

from __future__ import annotations

import streamlit as st

from app_pages import _duties, _lines, _standing, _state
from app_pages._empty import plan_or_stop
from app_pages._roster import filters, lines_open, show_strip, show_tabs
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
hand = None
if standing is not None:
    if chosen.editing:
        hand = _lines.Hand(source, job, standing.work, standing.now)
    # The timeline tells what the last change did beside the duty, without pushing the rows down.
    _standing.show_state(source, standing, last=hand is None or not lines_open())
shown = {"unit": chosen.unit, "find": chosen.find, "span": [chosen.first_s, chosen.last_s]}
_lines.forget()
if standing is None or hand is None:
    st.markdown("##### " + _("On duty by the hour"))
    show_strip(view, chosen)
    show_tabs(view, chosen, lambda: _lines.timeline(job, made, view, None, shown))
else:
    rows, side = st.columns([7, 3])
    with side:
        _duties.panel(source, job, standing, chosen)
    with rows:
        show_tabs(view, chosen, lambda: _lines.timeline(job, made, view, hand, shown))
    strip = st.expander(_("On duty by the hour"), key="roster_strip_open", on_change="rerun")
    if strip.open:
        with strip:
            show_strip(view, chosen)
_state.saw(source.draft)
