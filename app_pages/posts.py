"""Posts: what each number would buy, what each is worth, who answers for what, and the question turned round."""

from __future__ import annotations

import streamlit as st

from app_pages import _data, _state
from app_pages._cordon import cordons_of
from app_pages._empty import plan_or_stop
from app_pages._territories import presence_table, territory_table
from app_pages._tradeoff import next_table, post_table, share_chart, time_chart, trade_table
from scenarios import drafts
from scenarios.forcewords import told
from scenarios.publish.tradeoff import sentence
from scenarios.tongue import say as _

job, made = plan_or_stop(_("What one more post would buy"))
view = _data.standing_view(drafts.find(_state.current().scenario), job) or made
st.markdown("### " + _("What one more post buys"))
if not view.tradeoff:
    st.caption(_("This plan was made without the curve. Plan again to see it here."))
else:
    st.markdown(f"**{sentence(view.tradeoff)}**")
    if len(view.tradeoff) == 1:
        st.caption(_("One number of posts is all that can be asked here: there is no curve to draw."))
    else:
        left, right = st.columns([3, 2])
        with left:
            st.altair_chart(share_chart(view.tradeoff), width="stretch", alt=_("Shares in time by number of posts"))
        with right:
            st.altair_chart(time_chart(view.tradeoff), width="stretch", alt=_("Mean response by number of posts"))
        st.caption(
            _("Each point is the best that so many posts at once can do on this map under all rules; shares are of the "
              "weight of sites over all periods. A filled point is proven: nothing better exists.")
        )  # fmt: skip
        with st.expander(_("As a table")):
            st.dataframe(
                trade_table(view.tradeoff), hide_index=True, height="content",
                alt=_("For each number of posts: cover, backup and mean response"),
            )  # fmt: skip
if view.force is not None:
    st.markdown("### " + _("The question turned round"))
    for line in told(view):
        st.markdown(f"- {line}")
    ask = "`vedette siting SCENARIO --posts 8 --standard 240`"
    st.caption(_("For another force or another standard: {command}.", command=ask))
st.markdown("### " + _("What each post of this plan is worth"))
st.table(post_table(view).set_index(_("post")))  # whole sentences need lines that break
if view.force is not None and view.force.next_places:
    st.markdown("##### " + _("Where one more would do most"))
    st.dataframe(
        next_table(view), hide_index=True, height="content", alt=_("The next best places and what each would add")
    )
if view.territories:
    st.markdown("### " + _("Who answers for what"))
    territory_table(view)
if view.presence:
    st.markdown("### " + _("Who and what is in sight"))
    presence_table(view)
if view.cordons:
    st.markdown("### " + _("Cordons"))
    cordons_of(view)
