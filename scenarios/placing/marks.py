"""Everything of a scenario that has a place, as marks on a map: read leniently, so that faulty rows can be mended."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from geodata.ground import Ground
from geodata.known import short_id
from geodata.sites import KeySite
from scenarios.raw import Raw

LonLat = tuple[float, float]
#: Kind of mark -> table of its rows.
TABLES = {"site": "sites", "post": "posts", "zone": "zones", "closure": "closures"}


@dataclass(frozen=True)
class Mark:
    """One row that has a place.

    ``at`` is longitude and latitude in degrees (None where it has none that can be read), ``points`` the corners of a
    line, or of an area (``closed``, without the first once more). ``fixed`` follows another row and cannot be moved.
    """

    kind: str
    id: str
    name: str
    values: Mapping[str, Any]
    at: LonLat | None = None
    points: tuple[LonLat, ...] = ()
    closed: bool = False
    radius_m: float | None = None
    fixed: bool = False

    @property
    def placed(self) -> bool:
        """Whether it can be drawn."""
        return self.at is not None or len(self.points) > 1

    @property
    def middle(self) -> LonLat | None:
        """One point for it."""
        if self.at is not None or not self.points:
            return self.at
        lon, lat = np.mean(np.array(self.points), axis=0)
        return float(lon), float(lat)


def marks_of(raw: Raw, ground: Ground) -> tuple[Mark, ...]:
    """Sites, posts, zones and closures in the order of their tables; rows without an id are left to the report."""
    known = {short_id(alias): site for site in ground.sites for alias in site.merged}
    known.update({short_id(site.id): site for site in ground.sites})
    found: list[Mark] = []
    for kind, table in TABLES.items():
        for row in raw.tables.get(table, ()):
            ident = text_of(row.values.get("id"))
            if ident:
                found.append(_mark(kind, ident, row.values, ground, known))
    places = {mark.id: mark.at for mark in found if mark.kind == "site" and mark.at is not None}
    return tuple(_inside(mark, places) for mark in found)


def _mark(kind: str, ident: str, values: Mapping[str, Any], ground: Ground, known: Mapping[str, KeySite]) -> Mark:
    points, closed = points_of(values.get("shape" if kind == "closure" else "line"))
    at = point_of(values)
    if at is None and not points:
        site = known.get(short_id(text_of(values.get("osm")))) if text_of(values.get("osm")) else None
        if site is not None:
            lon, lat = ground.to_lonlat([site.xy])[0].tolist()
            at = (lon, lat)
    name = text_of(values.get("name")) or ident
    radius = number_of(values.get("radius_m")) if kind != "post" or values.get("state") == "forbidden" else None
    return Mark(kind, ident, name, values, None if points else at, points, closed, None if points else radius)


def _inside(mark: Mark, places: Mapping[str, LonLat]) -> Mark:
    """A post that stands in a site lies where the site does."""
    site = text_of(mark.values.get("site"))
    if mark.kind != "post" or mark.placed or site not in places:
        return mark
    return Mark(mark.kind, mark.id, mark.name, mark.values, places[site], fixed=True)


def text_of(value: Any) -> str:
    """A cell as text, "" where nothing stands in it."""
    return "" if value is None else str(value).strip()


def number_of(value: Any) -> float | None:
    """A cell as a finite number, None where it is none."""
    try:
        number = float(text_of(value))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def point_of(values: Mapping[str, Any]) -> LonLat | None:
    """Longitude and latitude of a row, None where they are no point of the earth."""
    lon, lat = number_of(values.get("lon")), number_of(values.get("lat"))
    if lon is None or lat is None or not (-180 <= lon <= 180 and -90 <= lat <= 90):
        return None
    return lon, lat


def points_of(wkt: Any) -> tuple[tuple[LonLat, ...], bool]:
    """Corners of a line or area written as WKT, and whether it is an area; none where it is neither."""
    if not text_of(wkt):
        return (), False
    try:
        shape = shapely.from_wkt(text_of(wkt))
    except shapely.GEOSException:
        return (), False
    if isinstance(shape, shapely.MultiLineString):
        shape = shapely.line_merge(shape)
    closed = isinstance(shape, shapely.Polygon)
    if shape.is_empty or not (closed or isinstance(shape, shapely.LineString)):
        return (), False
    rows = shapely.get_coordinates(shape.exterior if isinstance(shape, shapely.Polygon) else shape).tolist()
    return tuple((float(x), float(y)) for x, y in (rows[:-1] if closed else rows)), closed


def wkt_of(points: Sequence[LonLat], closed: bool) -> str:
    """Corners as WKT, longitude first, to 1e-6 degree (a tenth of a metre)."""
    every = [*points, points[0]] if closed else list(points)
    text = ", ".join(f"{lon:.6f} {lat:.6f}" for lon, lat in every)
    return f"POLYGON (({text}))" if closed else f"LINESTRING ({text})"


# ---------------------------------------------------------------- for the map script
def thing(mark: Mark) -> dict[str, Any]:
    """A mark as the map script draws it (``edit.js``)."""
    line = mark.kind == "site" and bool(mark.points)
    sign = {"site": text_of(mark.values.get("class")) or "?", "post": "P"}.get(mark.kind, "")
    told: dict[str, Any] = {
        "kind": mark.kind, "id": mark.id, "name": mark.name, "sign": sign, "look": "line" if line else mark.kind,
        "fixed": mark.fixed, "dim": mark.kind == "post" and mark.values.get("state", "candidate") == "candidate",
    }  # fmt: skip
    if mark.kind == "post" and mark.values.get("state") == "forbidden":
        told["sign"] = "×"
    if mark.points:
        told |= {"points": [list(point) for point in mark.points], "closed": mark.closed}
    else:
        told |= {"at": list(mark.at or (0.0, 0.0)), "radius_m": mark.radius_m}
    return told
