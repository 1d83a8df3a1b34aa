"""Event: the programme, the crowd it brings, who is needed for it and why, and what the event as a whole is."""

from __future__ import annotations

import streamlit as st

from app_pages._general import general
from app_pages._head import editing
from app_pages._programme import figures, programme_of, reasons, timeline
from app_pages._sessions import sessions_table
from scenarios.tongue import say as _

with editing() as (source, loaded):
    its = programme_of(source)
    figures(its, loaded)
    st.markdown("##### " + _("Programme"))
    sessions_table(source, loaded)
    when, why, whole = st.tabs(
        [_("Timeline"), _("Who is needed, and why"), _("The event as a whole")], key="event_tab", on_change="rerun"
    )
    if when.open:
        with when:
            timeline(its, loaded)
    if why.open:
        with why:
            reasons(its, loaded)
    if whole.open:
        with whole:
            general(source, loaded)
