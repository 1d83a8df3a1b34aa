"""The geo package (E7): the plan as layers for any GIS, in the plan's own CRS."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyogrio
from shapely.geometry import LineString, MultiLineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from scenarios.publish.postmap import merged
from scenarios.publish.sheet import Press
from scenarios.view import AreaView

Row = dict[str, Any]


def geopackage(press: Press) -> bytes:
    """The bytes of one GeoPackage; a layer without content is left out."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plan.gpkg"
        # GDAL stamps each layer with the time of day unless told otherwise; papers must repeat.
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "2000-01-01T00:00:00.000Z"})
        try:
            for name, make in LAYERS.items():
                rows = make(press)
                if rows:
                    frame = gpd.GeoDataFrame(rows, geometry="geometry", crs=press.view.crs)
                    pyogrio.write_dataframe(
                        frame,
                        path,
                        layer=name,
                        driver="GPKG",
                        layer_options={"FID": "fid", "SPATIAL_INDEX": "YES"},
                    )
        finally:
            pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
        return path.read_bytes()


def _iso(press: Press, second: int) -> str:
    return press.view.clock(second).isoformat(timespec="minutes")


def _sites(press: Press) -> list[Row]:
    return [
        {"site": s.id, "name": s.name, "kind": s.kind, "class": s.cls, "weight": s.weight, "owner": press.unit(s.owner),
         "lead": press.lead(s.lead), "standard_s": s.standard_s, "n_uncovered": len(s.uncovered),
         "grid": press.grid.square(*s.xy),
         "geometry": Point(s.xy)}
        for s in press.view.sites
    ]  # fmt: skip


def _posts(press: Press) -> list[Row]:
    return [
        {"post": p.number, "place": p.place, "name": p.name, "owner": press.unit(p.owner), "lead": press.lead(p.lead),
         "manned": "; ".join(press.view.span(a.start_s, a.end_s) for a in merged(p.stands)),
         "n_units_most": max((a.n_units for a in p.stands), default=0), "covers": ",".join(p.covers),
         "grid": press.grid.square(*p.xy), "geometry": Point(p.xy)}
        for p in press.view.posts
    ]  # fmt: skip


def _routes(press: Press) -> list[Row]:
    rows = []
    for t in press.view.tours:
        parts = [line for line in t.lines if len(line) >= 2]
        if parts:
            rows.append({
                "call_sign": t.call_sign, "crew": t.crew, "unit": press.unit(t.unit), "kind": t.kind, "mode": t.mode,
                "depart": _iso(press, t.depart_s), "return": _iso(press, t.return_s), "metres": t.metres,
                "n_stops": len(t.stops), "geometry": MultiLineString([LineString(p) for p in parts]),
            })  # fmt: skip
    return rows


def _stops(press: Press) -> list[Row]:
    return [
        {"call_sign": t.call_sign, "stop": i, "place": s.place, "name": s.name, "kind": s.kind,
         "arrive": _iso(press, s.arrive_s), "leave": _iso(press, s.leave_s), "earliest": _iso(press, s.earliest_s),
         "latest": _iso(press, s.latest_s), "task": s.task, "geometry": Point(s.xy)}
        for t in press.view.tours for i, s in enumerate(t.stops, start=1)
    ]  # fmt: skip


def _sections(press: Press) -> list[Row]:
    return [
        {"section": s.id, "line": s.line, "class": s.cls, "length_m": s.length_m,
         "promised_s": min((g.promised_s for g in s.gaps), default=None),
         "longest_s": max((g.longest_s for g in s.gaps), default=None), "geometry": LineString(s.xy)}
        for s in press.view.sections if len(s.xy) >= 2
    ]  # fmt: skip


def _areas(press: Press, areas: tuple[AreaView, ...]) -> list[Row]:
    return [
        {"area": a.id, "name": a.name, "kind": a.kind, "start": None if a.start_s is None else _iso(press, a.start_s),
         "end": None if a.end_s is None else _iso(press, a.end_s), "geometry": geometry}
        for a in areas if (geometry := _shape(a)) is not None
    ]  # fmt: skip


def _shape(area: AreaView) -> BaseGeometry | None:
    """A closed ring is an area, anything else a line, a single point a point."""
    if len(area.xy) == 0:
        return None
    if len(area.xy) == 1:
        return Point(area.xy[0])
    if len(area.xy) > 3 and np.array_equal(area.xy[0], area.xy[-1]):
        return Polygon(area.xy)
    return LineString(area.xy)


def _uncovered(press: Press) -> list[Row]:
    return [
        {"site": s.id, "name": s.name, "class": s.cls, "start": _iso(press, c.start_s), "end": _iso(press, c.end_s),
         "standard_s": s.standard_s, "geometry": Point(s.xy)}
        for s in press.view.sites for c in s.uncovered
    ]  # fmt: skip


def _territories(press: Press) -> list[Row]:
    """A line from each post to each site that it answers for, by span."""
    posts, sites = {p.number: p.xy for p in press.view.posts}, {s.id: s for s in press.view.sites}
    return [
        {"post": t.post, "site": site, "name": sites[site].name, "start": _iso(press, t.start_s),
         "end": _iso(press, t.end_s), "seconds": took, "late": site in t.late,
         "geometry": LineString([posts[t.post], sites[site].xy])}
        for t in press.view.territories for site, took in t.sites if t.post in posts and site in sites
    ]  # fmt: skip


def _lights(press: Press) -> list[Row]:
    return [
        {"from": way.origin, "to": way.target, "start": _iso(press, way.start_s), "end": _iso(press, way.end_s),
         "open_s": way.free_s, "closed_s": way.seconds, "geometry": LineString(way.xy)}
        for way in press.view.lights if len(way.xy) >= 2
    ]  # fmt: skip


LAYERS: dict[str, Callable[[Press], list[Row]]] = {
    "sites": _sites, "posts": _posts, "routes": _routes, "stops": _stops, "sections": _sections,
    "zones": lambda press: _areas(press, press.view.zones),
    "closures": lambda press: _areas(press, press.view.closures), "uncovered": _uncovered,
    "territories": _territories, "blue_light_ways": _lights,
}  # fmt: skip
"""Layer names and what fills them."""
