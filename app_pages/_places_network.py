"""How the map serves the scenario: how far each place is from a road, islands and one-way traps, each with a remedy."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from app_pages._places_data import choose, look_at
from scenarios.placing.facts import STATES, Found, Way
from scenarios.tongue import say as _
from scenarios.tongue import says


def network_table(found: Sequence[Found], ways: Sequence[Way]) -> None:
    """Findings with the number of their ring on the map, then each place's way to a road, the worst first."""
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown("##### " + says("{n} finding", "{n} findings", len(found)))
        if not found:
            st.success(_("The network is in one piece, and every place lies at it."))
        for one in found:
            with st.container(horizontal=True, vertical_alignment="center"):
                sign = ":material/error:" if one.strong else ":material/info:"
                told = _("{text}. {remedy}", text=one.text, remedy=one.remedy)
                st.markdown(f"{sign} **{one.number}.** {told}", width="stretch")
                for k, at in enumerate(one.places):
                    label = _("Show") if len(one.places) == 1 else _("Show {n}", n=k + 1)
                    st.button(label, key=f"ring-{one.number}-{k}", type="tertiary", on_click=look_at, args=(at,))
        st.caption(_("On the map each has a ring with its number: solid and red is grave, dashed is worth a look."))
    with right:
        st.markdown("##### " + _("From each place to the road"))
        order = {name: n for n, name in enumerate(("far", "alone", "island", "off", "good"))}
        rows = sorted(ways, key=lambda way: (order[way.state], -way.road_m))
        picked = st.dataframe(
            pd.DataFrame(
                [
                    {
                        _("Place"): way.name, _("State"): _(STATES[way.state][0]),
                        _("Metres to a road"): round(way.road_m, 1), _("Road"): way.road or "–",
                        _("Metres to the main network"): round(way.main_m, 1), _("Remedy"): _(STATES[way.state][1]),
                    }
                    for way in rows
                ]
            ),
            hide_index=True, height=320, key="network_ways", on_select="rerun", selection_mode="single-row",
            alt=_("How far each place is from a road"),
        )  # fmt: skip
        chosen = picked["selection"]["rows"] if picked else []
        if chosen and chosen[0] < len(rows):
            way = rows[chosen[0]]
            label = _("Show {name} on the map", name=way.name)
            st.button(label, icon=":material/my_location:", on_click=_show, args=(way,))


def _show(way: Way) -> None:
    choose(way.kind, way.id)
    look_at(way.at)
