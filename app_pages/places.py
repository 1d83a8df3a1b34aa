"""Places: sites, posts, zones, closures and perimeters on the map and in tables; import; how roads serve them."""

from __future__ import annotations

import streamlit as st

from app_pages import _data, _state
from app_pages import _places_data as kept
from app_pages._changes import show_conflict, show_faults
from app_pages._head import head, title_row
from app_pages._places_fields import choices_of
from app_pages._places_import import import_sites
from app_pages._places_map import places_map
from app_pages._places_network import network_table
from app_pages._places_panel import panel
from app_pages._places_perimeter import drawn, perimeter_tab
from app_pages._places_tables import place_table
from geodata.errors import GeodataError
from scenarios import drafts
from scenarios.errors import ScenarioError
from scenarios.load import Loaded
from scenarios.placing.facts import findings
from scenarios.tablewords import table_word
from scenarios.tongue import say as _


def desk(source: drafts.Source) -> None:
    """Map and panel, tables below; drawn from the scenario as written, so that what is faulty can be mended."""
    try:
        raw = _data.raw_of(source)
        with st.spinner(_("Reading the map")):
            ground, drawn_on = kept.ground_of(raw)
    except (ScenarioError, GeodataError) as error:
        show_faults(error)
        return
    marks = kept.marks(source, raw, ground)
    choices = choices_of(raw, marks)
    top = st.container()
    names = {"sites": "site", "posts": "post", "zones": "zone", "closures": "closure"}
    titles = [*(table_word(name) for name in names), _("Perimeter"), _("Import"), _("Network")]
    tabs = st.tabs(titles, key="places_tab", on_change="rerun")
    loaded = judged(source)[0] if tabs[4].open or kept.corners_of(kept.ring(source)) else None
    its = drawn(source, loaded)
    ways = kept.ways(source, marks, ground) if tabs[6].open else ()
    found = findings(ground, ways) if tabs[6].open else ()
    with top:
        left, right = st.columns([13, 7], gap="medium")
        with left:
            places_map(source, raw, drawn_on, marks, found, its.marks())
        with right:
            panel(source, raw, ground, marks, choices)
    for tab, kind in zip(tabs, names.values(), strict=False):
        if tab.open:
            with tab:
                place_table(source, raw, marks, kind, choices)
    if tabs[4].open:
        with tabs[4]:
            perimeter_tab(source, loaded, its)
    if tabs[5].open:
        with tabs[5]:
            import_sites(source, raw, ground, marks)
    if tabs[6].open:
        with tabs[6]:
            network_table(found, ways)


def faulty(source: drafts.Source, error: ScenarioError | GeodataError) -> None:
    """The head of a scenario with faults: they are told, and can be undone or mended below."""
    title_row(source, source.label)
    show_conflict(source)
    show_faults(error, source=source)


def judged(source: drafts.Source) -> tuple[Loaded | None, ScenarioError | GeodataError | None]:
    """The scenario where it is sound, on its map too; else every fault."""
    try:
        loaded = _data.scenario_of(source)
        _data.desk_of(source)
    except (ScenarioError, GeodataError) as error:
        return None, error
    return loaded, None


source = drafts.find(_state.current().scenario)
refused = st.session_state.pop(kept.REFUSED, None)
# Each in a place of its own: whatever the head has to say, what is being typed below stays where it is. The map comes
# first: what was drawn on it is seen before the whole scenario has been judged again.
top, below = st.container(), st.container()
with below:
    desk(source)
with top:
    loaded, error = judged(source)
    if loaded is not None:
        head(source, loaded)
    elif error is not None:
        faulty(source, error)
    if refused is not None:
        show_faults(refused, _("nothing was saved."))
_state.saw(source.draft)
