"""Patrols: each crew's rounds, what they keep of the promises, and the card that goes along."""

from __future__ import annotations

import streamlit as st

from app_pages import _data, _state
from app_pages._empty import empty, plan_or_stop
from app_pages._papers import press_of
from app_pages._patrols import card_of, chosen_day, promise_part, round_part, variant_part
from app_pages._words import typed
from app_pages.frame import HERE
from scenarios import drafts
from scenarios.rounds import promises
from scenarios.tongue import language
from scenarios.tongue import say as _

job, made = plan_or_stop(_("The patrols"))
source = drafts.find(_state.current().scenario)
view = _data.standing_view(source, job) or made
st.markdown("### " + typed(view.title))
if not view.tours:
    empty(
        _("No patrols in this plan"),
        _("No crew rides: nothing is promised, or there are no cars or people for it."),
        _("Go to Plan"), str(HERE / "plan.py"),
    )  # fmt: skip
    st.stop()
first_s, last_s = chosen_day(view)
titles = [_("Rounds"), _("Promises"), _("Cards"), _("Variants")]
# Only the open tab is made: a card is set in type, which takes a moment.
rounds, gaps, cards, others = st.tabs(titles, key=f"patrols_tabs-{language()}", on_change="rerun")
if rounds.open:
    with rounds:
        round_part(view, first_s, last_s)
if gaps.open:
    with gaps:
        promise_part(view, promises(view), first_s, last_s)
if cards.open:
    with cards:
        press, stamp = press_of(source, job, language())
        card_of(view, press, stamp)
if others.open:
    with others:
        variant_part(view, job)
