"""A scenario's places against the map once it is read: ids the map does not have, points that contradict, a datum."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from geodata.crs import haversine_m, to_lonlat, to_metric
from geodata.ground import Ground
from geodata.known import short_id
from geodata.saying import told
from geodata.sites import KeySite
from geodata.suspicion import check_places
from scenarios.errors import Fault
from scenarios.schema import Point, Scenario
from scenarios.tongue import mark
from scenarios.tongue import say as _

APART_M = 200.0
"""A point given beside an OSM id may be an entrance or a gate of it, but not farther off than this."""


def check_ground(scenario: Scenario, ground: Ground, known: Mapping[str, KeySite]) -> list[Fault]:
    """Name what a scenario says of its places and the map contradicts.

    Parameters
    ----------
    known
        Key sites of the map by short OSM id (``w401``), merged twins too.

    Returns
    -------
    list of Fault
        An ``osm`` id beside coordinates that the map does not know, or that lies over 200 m from them; posts and units
        that are shifted as Chinese web maps are.
    """
    faults: list[Fault] = []
    for table, rows in _tables(scenario).items():
        for ident, row in rows:
            faults += _beside(table, ident, row, ground, known)
    return faults + _shifted(scenario, ground)


def _tables(scenario: Scenario) -> dict[str, list[tuple[str, Point]]]:
    return {
        "units": [(row.id, row) for row in scenario.units], "sites": [(row.id, row) for row in scenario.sites],
        "zones": [(row.id, row) for row in scenario.zones], "posts": [(row.id, row) for row in scenario.posts],
    }  # fmt: skip


def _beside(
    table: str, ident: str, row: Point, ground: Ground, known: Mapping[str, KeySite]
) -> list[Fault]:
    """An OSM id given together with coordinates: both must mean one place."""
    if row.osm is None or row.lon is None or row.lat is None:
        return []
    point = np.array([[row.lon, row.lat]])
    site = known.get(short_id(row.osm))
    if site is None:
        away = ground.distance_m(row.osm, to_metric(point, ground.crs)[0])
        if away is None:
            return [
                Fault(
                    file=f"{table}.csv", row=None, field="osm", value=row.osm,
                    expected=_("the id of something on the map for {ident}, or none beside lon and lat", ident=ident),
                    remedy=_("empty the cell to use lon and lat alone, or take an id that the map has"),
                )
            ]  # fmt: skip
        return _apart(table, ident, row, away, _("{id} on the map", id=short_id(row.osm)))
    outline = site.polygon if site.polygon is not None and len(site.polygon) else np.empty((0, 2))
    every = to_lonlat(np.vstack([np.asarray(site.xy).reshape(1, 2), outline]), ground.crs)
    apart = float(haversine_m(every, np.broadcast_to(point, every.shape)).min())
    return _apart(table, ident, row, apart, site.label)


def _apart(table: str, ident: str, row: Point, away_m: float, label: str) -> list[Fault]:
    if away_m <= APART_M:
        return []
    return [
        Fault(
            file=f"{table}.csv", row=None, field="osm", value=f"{ident}: {row.osm}, {row.lon} {row.lat}",
            expected=_(
                "one place within {apart_m:.0f} m; {label} lies {away_m:,.0f} m from lon and lat",
                apart_m=APART_M, label=label, away_m=away_m,
            ),
            remedy=_("correct the id or the coordinates, or empty one of them"),
        )
    ]  # fmt: skip


def _shifted(scenario: Scenario, ground: Ground) -> list[Fault]:
    """Posts and units stand on roads: off them by the shift of a Chinese web map, they are of that datum."""
    tables = _tables(scenario)
    rows = [
        (ident, row.lon, row.lat)
        for ident, row in tables["posts"] + tables["units"] if row.lon is not None and row.lat is not None
    ]  # fmt: skip
    if not rows:
        return []
    ids, lonlat = [row[0] for row in rows], np.array([row[1:] for row in rows])
    found = check_places(ground.networks["car"], ids, lonlat, on_road=True, what=mark("posts and units"))
    return [
        Fault(
            file="posts.csv, units.csv", row=None, field="lon, lat", value=", ".join(f.ids),
            expected=_("points in WGS-84; {text}", text=told(f.text)), remedy=told(f.remedy),
        )
        for f in found if f.code == "places-shifted"
    ]  # fmt: skip
