"""Map: posts, patrols by the minute, coverage, rail, closures; a click tells the story."""

from __future__ import annotations

import streamlit as st

from app_pages import _data
from app_pages._component import show_map
from app_pages._empty import plan_or_stop
from app_pages._tables import picked_table
from app_pages._territories import light_table, territory_table

job, view = plan_or_stop("The map")
head, tool = st.columns([5, 1], vertical_alignment="center")
head.markdown(f"### {view.title}")
sheet = job.out / "map.html"
if sheet.is_file():
    tool.download_button(
        "Map as a file",
        data=sheet.read_bytes,
        file_name=f"{view.scenario}-map.html",
        mime="text/html",
        help="One page that opens anywhere, with no network.",
        on_click="ignore",
        width="stretch",
    )
result = show_map(_data.map_of(job), key=f"map-{job.id}", height="max(480px, calc(100vh - 9.5rem))")
if result.picked:
    table = picked_table(view, result.picked["kind"], result.picked["id"])
    if table is not None:
        st.markdown(f"##### {table.title}")
        st.dataframe(table.rows, hide_index=True, alt=table.title)
if view.territories:
    with st.expander("Who answers for what, as a table"):
        territory_table(view)
if view.lights:
    with st.expander("Blue-light ways, as a table"):
        light_table(view)
