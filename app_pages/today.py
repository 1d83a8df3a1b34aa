"""Today: who is due and has reported, what happens, and the plan mended with the fewest changes."""

from __future__ import annotations

import streamlit as st

from app_pages import _data, _state
from app_pages._changes import show_conflict, show_steps
from app_pages._empty import plan_or_stop
from app_pages._today import clock, counts, places_now
from app_pages._today_checkins import checkins, from_file
from app_pages._today_happened import happened_forms
from app_pages._today_replan import came_from, mended, start_the_day
from app_pages._words import typed
from scenarios import drafts
from scenarios.store.checkins import checkins_of
from scenarios.today.board import board
from scenarios.tongue import say as _

job, made = plan_or_stop(_("The day itself"))
source = drafts.find(_state.current().scenario)
view = _data.standing_view(source, job) or made
with st.container(horizontal=True, vertical_alignment="center", key="today_head"):
    st.markdown("### " + typed(view.title), width="stretch")
    show_steps(source)
show_conflict(source)
now_s = clock(view)
known = checkins_of(source.draft.rows) if source.draft is not None else {}
state = board(view, known, now_s)
counts(state, now_s)
if source.draft is None:
    start_the_day(source, job)
else:
    mended(source, job, view, now_s)
    came_from(job, view)
left, right = st.columns([3, 2], gap="large")
with left:
    st.markdown("#### " + _("Reporting"))
    checkins(source, job, view, state, now_s)
    if source.draft is not None:
        from_file(source, view, known, now_s)
with right:
    st.markdown("#### " + _("What happened"))
    if source.draft is not None:
        happened_forms(source, job, view, now_s)
    else:
        st.caption(_("Sick calls and incidents are noted in a copy of your own: start the day first."))
st.markdown("#### " + _("Posts and places now"))
places_now(view, state, now_s)
_state.saw(source.draft)
