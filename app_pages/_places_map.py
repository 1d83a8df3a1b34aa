"""The map of the Places page: what lies on it, what is chosen, and what a click, a drag or a drawing does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from app_pages._component import event_of, show_map
from app_pages._places_data import FOCUS, choose, chosen, corners_of, keep, put_corners, ring
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
    sketch = {
        "things": [thing(its) for its in marks if its.placed],
        "chosen": chosen(),
        "rings": [
            {"at": list(at), "sign": str(its.number), "title": f"{its.number}. {its.text}", "strong": its.strong}
            for its in rings
            for at in its.places
        ],
        "corners": corners_of(ring(source)), "drag": True, "gates": list(gates),
        "focus": st.session_state.get(FOCUS),
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
        form = ring(source)
        corners = corners_of(form)
        if 0 <= int(value["index"]) < len(corners):
            corners[int(value["index"])] = [float(value["lon"]), float(value["lat"])]
            put_corners(form, corners)
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
        put_corners(ring(source), points)
        return
    edit = added(raw, marks, value["tool"], points)
    if keep(source, [edit]):
        kinds = {"sites": "site", "posts": "post", "zones": "zone", "closures": "closure"}
        choose(kinds[edit.table], edit.key["id"])
