"""Posts: what each number of posts would buy, and what each post of this plan is worth."""

from __future__ import annotations

import streamlit as st

from app_pages._empty import plan_or_stop
from app_pages._tradeoff import post_table, share_chart, time_chart, trade_table
from scenarios.publish.tradeoff import sentence

job, view = plan_or_stop("What one more post would buy")
st.markdown("### What one more post buys")
if not view.tradeoff:
    st.caption("This plan was made without the curve. Plan again to see it here.")
else:
    st.markdown(f"**{sentence(view.tradeoff)}**")
    left, right = st.columns([3, 2])
    with left:
        st.altair_chart(share_chart(view.tradeoff), width="stretch")
    with right:
        st.altair_chart(time_chart(view.tradeoff), width="stretch")
    st.caption(
        "Each point is the best that so many posts at once can do on this map under all rules; "
        "shares are of the weight of sites over all periods. A filled point is proven: nothing better exists."
    )
    with st.expander("As a table"):
        st.dataframe(
            trade_table(view.tradeoff),
            hide_index=True,
            height="content",
            alt="For each number of posts: cover, backup and mean response",
        )
st.markdown("### What each post of this plan is worth")
st.dataframe(
    post_table(view), hide_index=True, height="content", alt="Posts, who they answer for, and their worth"
)
