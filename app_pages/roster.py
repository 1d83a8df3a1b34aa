"""Roster: strength by the hour, each unit's people over time, who is where, every seat; and duties changed by hand."""

from __future__ import annotations

import streamlit as st

from app_pages import _charts, _duties, _state
from app_pages._empty import plan_or_stop
from app_pages._roster import filters, show_tabs
from app_pages._words import count
from scenarios import drafts, handplans

job, view = plan_or_stop("The roster")
source = drafts.find(_state.current().scenario)
by_hand = source.draft is not None and handplans.has_edits(source.draft, job.id)

st.markdown(f"### {view.title}")
chosen = filters(view)
work = now = None
if chosen.editing and source.draft is None and handplans.can_be_laid_out(job):
    _duties.copy_first(source, job)
elif chosen.editing or by_hand:
    # A plan edited by hand is always shown as it stands, with its breaches.
    found = _duties.standing_roster(source, job)
    if found is None:
        st.info("The duties of this plan cannot be changed: its plan file is gone. Plan again.")
    else:
        work, now = found
        view = work.view(view, now)
        _duties.show_state(source, work, now)
        if source.draft is not None:
            _state.saw(source.draft)
mine = chosen.duties(view)
if work is not None and now is not None and chosen.editing:
    with st.container(border=True, key="edit_duty"):
        _duties.edit_seat(source, job, work, now, view, chosen.seats(view, _duties.known_seats(work)))
st.markdown("#### On duty by the hour")
st.altair_chart(
    _charts.strength(view, chosen.first_s, chosen.last_s, dark=st.context.theme.type == "dark"),
    alt="People on duty of each unit, hour by hour",
)
people = {d.person for d in mine}
st.caption(f"{chosen.title}: {count(len(people), 'person', 'people')} with {count(len(mine), 'duty', 'duties')}")
show_tabs(view, chosen, mine)
