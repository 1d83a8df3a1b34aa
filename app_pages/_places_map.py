"""The map of the Places page: what lies on it, what is chosen, and what a click, a drag or a drawing does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from app_pages._component import event_of, show_map
from app_pages._places_data import CORNERS, FOCUS, KINDS, choose, chosen, keep
from scenarios import drafts
from scenarios.placing.edits import added, moved
from scenarios.placing.facts import Found
from scenarios.placing.marks import Mark, thing
from scenarios.raw import Raw

KEY = "places-map"
HEIGHT = "max(430px, calc(100vh - 19rem))"
TOOLS = ("site", "post", "zone", "line", "close_point", "close_line", "close_area", "perimeter")


def places_map(
    source: drafts.Source,
    raw: Raw,
    drawn_on: Mapping[str, Any],
    marks: Sequence[Mark],
    rings: Sequence[Found] = (),
    gates: Sequence[Mapping[str, Any]] = (),
) -> None:
    """Draw it; whatever is done on it is saved before the page runs again."""
    state = st.session_state
    corners = state.get(CORNERS, [])
    sketch = {
        "things": [thing(its) for its in marks if its.placed],
        "chosen": chosen(),
        "rings": [
            {"at": list(at), "sign": str(its.number), "title": f"{its.number}. {its.text}", "strong": its.strong}
            for its in rings
            for at in its.places
        ],
        "corners": corners, "drag": True, "gates": list(gates), "focus": state.get(FOCUS),
    }  # fmt: skip
    events: dict[str, Callable[[], None]] = {
        "chosen": _chosen,
        "moved": partial(_moved, source, marks),
        "drawn": partial(_drawn, source, raw, marks),
    }
    show_map(drawn_on, key=KEY, height=HEIGHT, sketch=sketch, tools=TOOLS, events=events)


def _chosen() -> None:
    value = event_of(KEY, "chosen")
    if value:
        choose(value.get("kind"), value.get("id"))


def _moved(source: drafts.Source, marks: Sequence[Mark]) -> None:
    value = event_of(KEY, "moved")
    if not value:
        return
    if value["kind"] == "corner":
        corners = list(st.session_state.get(CORNERS, []))
        if 0 <= int(value["index"]) < len(corners):
            corners[int(value["index"])] = [float(value["lon"]), float(value["lat"])]
            st.session_state[CORNERS], st.session_state[KINDS] = corners, {}
        return
    its = next((one for one in marks if (one.kind, one.id) == (value["kind"], value["id"])), None)
    if its is not None and keep(source, [moved(its, value)]):
        choose(its.kind, its.id)


def _drawn(source: drafts.Source, raw: Raw, marks: Sequence[Mark]) -> None:
    value = event_of(KEY, "drawn")
    if not value:
        return
    points = [(float(lon), float(lat)) for lon, lat in value["points"]]
    if value["tool"] == "perimeter":
        st.session_state[CORNERS], st.session_state[KINDS] = [list(point) for point in points], {}
        st.session_state["places_tab_wish"] = "perimeter"
        return
    edit = added(raw, marks, value["tool"], points)
    if keep(source, [edit]):
        kinds = {"sites": "site", "posts": "post", "zones": "zone", "closures": "closure"}
        choose(kinds[edit.table], edit.key["id"])
