"""The ground of a scenario as written, and the map people edit on: what lies there whatever is planned on it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from geodata.ground import Ground, load_ground
from geodata.routing.store import default_cache
from scenarios.errors import Fault, ScenarioError
from scenarios.mapview import bare_view
from scenarios.publish.webmap import map_data
from scenarios.raw import SETTINGS, Raw
from scenarios.tongue import say as _
from scenarios.view import SectionView

SECTION_M = 500


def map_path(raw: Raw) -> Path:
    """The scenario's map file.

    Raises
    ------
    ScenarioError
        None is named, or it is not there.
    """
    name = _part(raw, "map").get("file")
    path = raw.folder / str(name)
    if not name or not path.is_file():
        fault = Fault(SETTINGS, None, "map.file", str(name or ""), _("a map file in the scenario folder"),
                      _("copy it there (.osm, .osm.pbf), or correct the name"))  # fmt: skip
        raise ScenarioError([fault])
    return path


def _part(raw: Raw, name: str) -> dict[str, Any]:
    found = raw.settings.get(name)
    return dict(found) if isinstance(found, dict) else {}


def asked_of(raw: Raw) -> tuple[Any, tuple[str, ...], int]:
    """CRS, networks and length of rail sections that the settings ask for, defaults where they make no sense."""
    kinds = raw.settings.get("kinds")
    by_bike = isinstance(kinds, list) and any(isinstance(k, dict) and k.get("mode") == "bike" for k in kinds)
    section = _part(raw, "rail").get("section_m", SECTION_M)
    sound = section if isinstance(section, int) and 100 <= section <= 2000 else SECTION_M
    return _part(raw, "map").get("crs"), ("car", "foot", *(("bike",) if by_bike else ())), sound


def ground_of(raw: Raw) -> Ground:
    """The map, read as for planning; ScenarioError or GeodataError where it cannot be."""
    crs, profiles, section_m = asked_of(raw)
    return load_ground(
        map_path(raw), crs=crs, profiles=profiles, section_m=section_m, keep_in=default_cache("grounds")
    )


def ground_map(ground: Ground) -> dict[str, Any]:
    """The map script's data of a ground: roads, rail sections, water and names; nothing of a scenario's own."""
    view = bare_view(ground)
    sections = tuple(
        SectionView(s.id, s.place, s.kind, s.xy, round(s.length_m), ()) for s in ground.rail.sections
    )
    return map_data(replace(view, sections=sections, sites=()))
