"""Closures: what is closed when, and one more set by a click on the map."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from app_pages import _data
from app_pages._changes import apply, show_faults
from app_pages._component import show_map
from app_pages._sessions import FORM, local
from geodata.errors import GeodataError
from scenarios import drafts
from scenarios.errors import ScenarioError
from scenarios.load import Loaded

HEIGHT = "max(420px, calc(100vh - 22rem))"


def closures_tab(source: drafts.Source, loaded: Loaded) -> None:
    """Table, map, form."""
    its = loaded.scenario
    if its.closures:
        st.dataframe(
            pd.DataFrame(
                [
                    {
                        "Closure": c.name,
                        "From": f"{local(c.start, loaded):%a %d %b %H:%M}",
                        "To": f"{local(c.end, loaded):%a %d %b %H:%M}",
                        "For": ", ".join(c.profiles),
                        "Radius": f"{c.radius_m} m" if c.radius_m else "drawn shape",
                    }
                    for c in its.closures
                ]
            ),
            hide_index=True,
            alt="Closures of the scenario",
        )
    left, right = st.columns([3, 2], gap="medium")
    with left, st.spinner("Reading the map"):
        key = f"closures-{source.ref}-{loaded.digest[:12]}"
        result = show_map(ground(source), key=key, height=HEIGHT, asking=True)
    if result.place:
        st.session_state["closure_lon"] = float(result.place["lon"])
        st.session_state["closure_lat"] = float(result.place["lat"])
        st.session_state["closure_base"] = source.base
    with right:
        closure_form(source, loaded)


def ground(source: drafts.Source) -> dict[str, Any]:
    """The map; a closure that closes nothing is told, and the map is then shown without the changes."""
    try:
        return _data.ground_of(source)
    except (ScenarioError, GeodataError) as error:
        show_faults(error)
        st.caption("Take the change back on the tab Changes.")
        return _data.ground_of(drafts.find(source.base))


def closure_form(source: drafts.Source, loaded: Loaded) -> None:
    """Where (from the click), how wide, when, for whom."""
    its = loaded.scenario
    st.markdown("##### Close a road")
    known = st.session_state.get("closure_base") == source.base
    lon, lat = (st.session_state.get(f"closure_{k}", 0.0) if known else 0.0 for k in ("lon", "lat"))
    st.caption(f"Point: {lat:.5f} N, {lon:.5f} E" if known else "Click the map to set the point.")
    with st.form("closure", border=True):
        name = st.text_input("Name", max_chars=80, placeholder="Market Street")
        radius = st.slider("Radius in metres", 5, 500, 30, step=5)
        cells = st.columns(2)
        start = cells[0].datetime_input(
            "From", local(its.start, loaded), format="DD.MM.YYYY", key="closure_from"
        )
        end = cells[1].datetime_input(
            "To", local(its.end, loaded), format="DD.MM.YYYY", key="closure_to"
        )
        profiles = st.multiselect("Closed for", ["car", "foot"], default=["car"])
        go = st.form_submit_button("Close it", type="primary")
    if not go:
        return
    if not known or not name.strip() or not profiles:
        st.warning("Set a point on the map, a name, and for whom it is closed.")
        return
    taken = {c.id for c in its.closures}
    number = next(i for i in range(1, 1000) if f"closed{i}" not in taken)
    apply(
        source,
        "closure",
        {
            "id": f"closed{number}", "name": name.strip(), "lon": round(lon, 6), "lat": round(lat, 6),
            "radius_m": int(radius), "start": f"{start:{FORM}}", "end": f"{end:{FORM}}",
            "profiles": list(profiles),
        },
    )  # fmt: skip
