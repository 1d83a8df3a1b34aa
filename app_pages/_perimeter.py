"""Perimeter: draw an area on the map or type its corners, see every way in, change kinds, prove blue lights, save."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from app_pages import _data
from app_pages._changes import apply, show_faults
from app_pages._closures import ground
from app_pages._component import show_map
from app_pages._cordon import cordon_of
from app_pages._sessions import FORM, local
from geodata.errors import GeodataError
from scenarios import drafts
from scenarios.errors import ScenarioError
from scenarios.load import Loaded
from scenarios.perimeter import Perimeter, lights_of, perimeter, tables_of, who_answers

HEIGHT = "max(440px, calc(100vh - 20rem))"
KINDS = {"hard": "hard: stops vehicles", "soft": "soft: people are checked", "emergency": "emergency gate"}


def perimeter_tab(source: drafts.Source, loaded: Loaded) -> None:
    """Map and corners side by side, then the closure points and what they come to."""
    state = st.session_state
    if state.get("perimeter_base") != source.base:
        state["perimeter_base"], state["perimeter_corners"], state["perimeter_kinds"] = source.base, [], {}
    corners: list[list[float]] = state["perimeter_corners"]
    left, right = st.columns([3, 2], gap="medium")
    with right:
        st.markdown("##### The area")
        names, origins, targets = _ends(loaded)
        _corner_table()
    found = _found(source, corners, origins, targets)
    with left, st.spinner("Reading the map"):
        sketch = {"corners": corners, "gates": _marks(found)}
        key = f"perimeter-{source.ref}-{loaded.digest[:12]}"
        result = show_map(ground(source), key=key, height=HEIGHT, asking="corner", sketch=sketch)
    if result.place:
        corners.append([round(float(result.place["lon"]), 6), round(float(result.place["lat"]), 6)])
        state["perimeter_kinds"] = {}
        st.rerun()
    if len(corners) < 3:
        st.info("Click three or more corners on the map, or type them into the table.")
    if found is not None:
        _show(source, loaded, found, names, origins, targets)


def _ends(loaded: Loaded) -> tuple[dict[str, str], list[str], list[str]]:
    """Where blue lights come from and must get to."""
    its = loaded.scenario
    names = {u.id: u.name for u in its.units} | {s.id: s.name for s in its.sites}
    cells = st.columns(2)
    known = its.blue_lights
    origins = cells[0].multiselect(
        "Blue lights from", list(names), [i for i in known.origins if i in names], format_func=names.__getitem__
    )
    targets = cells[1].multiselect(
        "and to", list(names), [i for i in known.to if i in names], format_func=names.__getitem__
    )
    return names, origins, targets


def _corner_table() -> None:
    """The corners as a table that keyboards reach, and the last click taken back."""
    state = st.session_state
    corners = state["perimeter_corners"]
    edited = st.data_editor(
        pd.DataFrame(corners, columns=["longitude", "latitude"], dtype="float64"),
        num_rows="dynamic",
        hide_index=True,
        height=180,
        key=f"corners-{len(corners)}-{hash(str(corners))}",
        column_config={
            name: st.column_config.NumberColumn(format="%.6f", min_value=-180.0, max_value=180.0)
            for name in ("longitude", "latitude")
        },
    )
    typed = edited.dropna().round(6).to_numpy().tolist()
    if typed != corners:
        state["perimeter_corners"], state["perimeter_kinds"] = typed, {}
        st.rerun()
    cells = st.columns(2)
    if cells[0].button("Undo corner", width="stretch", disabled=not corners, icon=":material/undo:"):
        state["perimeter_corners"], state["perimeter_kinds"] = corners[:-1], {}
        st.rerun()
    if cells[1].button("Begin again", width="stretch", disabled=not corners, icon=":material/delete:"):
        state["perimeter_corners"], state["perimeter_kinds"] = [], {}
        st.rerun()


def _found(
    source: drafts.Source, corners: list[list[float]], origins: list[str], targets: list[str]
) -> Perimeter | None:
    """The closure points; None while there is no area, and with its faults told where it is none."""
    if len(corners) < 3:
        return None
    kinds = st.session_state["perimeter_kinds"]
    try:
        return perimeter(_data.desk_of(source), corners, origins, targets, kinds=kinds)
    except (ScenarioError, GeodataError) as error:
        show_faults(error, "Mend the corners.")
        return None


def _marks(found: Perimeter | None) -> list[dict[str, Any]]:
    if found is None:
        return []
    return [
        {"id": g.id, "kind": g.kind, "lon": lon, "lat": lat, "title": f"{g.id} {g.name} ({KINDS[g.kind]})"}
        for g, (lon, lat) in zip(found.gates, found.lonlat, strict=True)
    ]


def _show(
    source: drafts.Source, loaded: Loaded, found: Perimeter, names: dict[str, str], origins: list[str],
    targets: list[str],
) -> None:  # fmt: skip
    """Sentences, the points with their kinds, who could man them, and the form that saves it."""
    st.markdown("##### Every way in")
    for line in found.sentences():
        st.markdown(f"- {line}")
    _gate_table(found)
    st.caption("On the map: red for hard, brown for soft, blue for emergency gates. A kind is changed in the table.")
    left, right = st.columns(2, gap="medium")
    with left:
        _save(source, loaded, found, origins, targets)
    with right:
        _who_mans(source, found, names)


def _gate_table(found: Perimeter) -> None:
    """One row for each point; its kind can be changed."""
    labels = {text: kind for kind, text in KINDS.items()}
    rows = pd.DataFrame(
        {
            "point": [g.id for g in found.gates],
            "kind": [KINDS[g.kind] for g in found.gates],
            "people": [found.seats[g.kind] for g in found.gates],
            "where": [g.name or "no name" for g in found.gates],
            "road": [g.road_class.replace("_", " ") for g in found.gates],
            "note": ["on a bridge or in a tunnel: go and look" if g.over else "" for g in found.gates],
        }
    )
    edited = st.data_editor(
        rows,
        hide_index=True,
        height="content",
        disabled=["point", "people", "where", "road", "note"],
        column_config={"kind": st.column_config.SelectboxColumn(options=list(labels), required=True)},
        key=f"gates-{hash(str(st.session_state['perimeter_corners']))}-{hash(str(sorted(rows['kind'])))}",
    )
    changed = {
        g.id: labels[text]
        for g, text in zip(found.gates, edited["kind"], strict=True)
        if labels[text] != g.kind
    }
    if changed:
        st.session_state["perimeter_kinds"] = {**st.session_state["perimeter_kinds"], **changed}
        st.rerun()


def _save(
    source: drafts.Source, loaded: Loaded, found: Perimeter, origins: list[str], targets: list[str]
) -> None:
    its = loaded.scenario
    with st.form("perimeter", border=True):
        name = st.text_input("Name", max_chars=80, placeholder="Inner perimeter")
        cells = st.columns(2)
        start = cells[0].datetime_input("From", local(its.start, loaded), format="DD.MM.YYYY", key="perimeter_from")
        end = cells[1].datetime_input("To", local(its.end, loaded), format="DD.MM.YYYY", key="perimeter_to")
        go = st.form_submit_button("Save as a change", type="primary")
    if not go:
        return
    if not name.strip() or start >= end:
        st.warning("Give it a name, and an end after its start.")
        return
    taken = {post.id for post in its.posts}
    number = next(i for i in range(1, 1000) if f"ring{i}-g01" not in taken)
    desk, span = _data.desk_of(source), (f"{start:{FORM}}", f"{end:{FORM}}")
    tables = tables_of(found, *span, *who_answers(desk), prefix=f"ring{number}-")
    lights = lights_of(desk, origins, targets) if origins and targets else None
    st.session_state["perimeter_corners"] = []
    apply(
        source,
        "perimeter",
        {
            "id": f"ring{number}", "name": name.strip(), "start": span[0], "end": span[1], "n": len(found.gates),
            "people": found.people, "tables": tables, "lights": lights,
        },
    )  # fmt: skip


def _who_mans(source: drafts.Source, found: Perimeter, names: dict[str, str]) -> None:
    """The cordon: every point manned, the last as soon as can be."""
    points = [(f"{g.id} {g.name}".strip(), g.xy) for g in found.gates]
    cordon_of(_data.desk_of(source), points, names)
