"""Map: posts, patrols by the minute, coverage, rail, closures; a click tells the story; the tables say the same."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from app_pages import _data, _state
from app_pages._component import show_map
from app_pages._empty import plan_or_stop
from app_pages._map_tables import map_tables
from app_pages._tables import picked_table
from app_pages._words import typed
from scenarios import drafts
from scenarios.publish.webmap import export_html
from scenarios.tongue import language, spoken
from scenarios.tongue import say as _

job, made = plan_or_stop(_("The map"))
source = drafts.find(_state.current().scenario)
view = _data.standing_view(source, job) or made
key = f"map-{_data.standing_key(source, job)}"
head, tool = st.columns([5, 1], vertical_alignment="center")
head.markdown("### " + typed(view.title))
tool.download_button(
    _("Map as a file"),
    data=spoken(lambda: export_html(replace(view, language=language()))),
    file_name=f"{view.scenario}-map.html",
    mime="text/html",
    help=_("One page that opens anywhere, with no network: the plan as it stands."),
    on_click="ignore",
    width="stretch",
)
result = show_map(_data.standing_map(source, job), key="map", height="max(480px, calc(100vh - 11rem))")
if result.picked:
    table = picked_table(view, result.picked["kind"], result.picked["id"])
    if table is not None:
        st.markdown(f"##### {table.title}")
        st.dataframe(table.rows, hide_index=True, alt=table.title)
map_tables(view, key)
