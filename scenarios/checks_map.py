"""Points and shapes: given at all, in the right order, and on the map that the scenario names."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from scenarios.parsing import Draft, Parsed
from scenarios.tongue import say as _

POINTS = ("sites", "units", "zones", "posts", "closures")
#: Degrees around the map's box that still count as on the map; about 1 km.
_MARGIN = 0.01
Box = tuple[float, float, float, float]


def check_map(draft: Draft) -> None:
    """The map file is there, and every point given by coordinates lies on it."""
    settings = draft.setting("map")
    box: Box | None = None
    if settings is not None:
        path = draft.raw.folder / settings.file
        if _is_file(path):
            box = map_box(path)
        else:
            draft.setting_fault(
                ("map", "file"), settings.file, _("a map file in the scenario folder"),
                _("copy it there (.osm, .osm.pbf), or correct the name"),
            )  # fmt: skip
    for table in POINTS:
        for row in draft.rows[table]:
            _check_point(draft, table, row, box)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # for example a name that is too long
        return False


def _check_point(draft: Draft, table: str, row: Parsed, box: Box | None) -> None:
    item: Any = row.item
    if item.lon is None and item.lat is None:
        if item.osm is None and not _placed_otherwise(table, item):
            draft.fault(
                row, "lon", _("a point: lon and lat in degrees, or osm with the id of a place in the map"),
                _("fill in lon and lat, or osm"),
            )  # fmt: skip
    elif item.lon is None or item.lat is None:
        column = "lon" if item.lon is None else "lat"
        draft.fault(row, column, _("both lon and lat"), _("fill in the other one"))
    elif box is not None and not _inside(item.lon, item.lat, box):
        swapped = _inside(item.lat, item.lon, box)
        draft.fault(
            row, "lon",
            _(
                "a point on the map (lon {west:.3f} to {east:.3f}, lat {south:.3f} to {north:.3f})",
                west=box[0], south=box[1], east=box[2], north=box[3],
            ),
            _("lon and lat are swapped") if swapped else _("correct the point, or take a larger map"),
            value=f"{item.lon} {item.lat}",
        )  # fmt: skip
    if table == "closures":
        _check_shape(draft, row)


def _placed_otherwise(table: str, item: Any) -> bool:
    if table == "posts":
        return item.site is not None
    if table == "sites":
        return item.line is not None
    return table == "closures" and item.shape is not None


def _check_shape(draft: Draft, row: Parsed) -> None:
    item: Any = row.item
    if item.shape is None:
        if item.radius_m is None:
            draft.fault(
                row, "radius_m", _("how far around the point roads are closed"), _("fill in radius_m, or shape")
            )
        return
    import shapely

    try:
        shape = shapely.from_wkt(item.shape)
    except shapely.GEOSException:
        shape = None
    if shape is None or shape.is_empty or shape.geom_type not in {"LineString", "Polygon", "MultiLineString"}:
        draft.fault(
            row, "shape", _("a line or area as WKT, longitude first"),
            _("write for example LINESTRING (13.26 53.55, 13.27 53.56)"),
        )  # fmt: skip
    elif not shape.is_valid:
        draft.fault(row, "shape", _("an area that does not cross itself"), _("order its corners around the edge"))


def _inside(lon: float, lat: float, box: Box) -> bool:
    return box[0] - _MARGIN <= lon <= box[2] + _MARGIN and box[1] - _MARGIN <= lat <= box[3] + _MARGIN


@lru_cache(maxsize=16)
def _box(path: str, _size: int, _changed: int) -> Box | None:
    import osmium

    try:
        reader = osmium.io.Reader(path, osmium.osm.osm_entity_bits.NOTHING)
        try:
            box = reader.header().box()
            if not box.valid():
                return None
            low, high = box.bottom_left, box.top_right
            return low.lon, low.lat, high.lon, high.lat
        finally:
            reader.close()
    except (RuntimeError, ValueError, OSError):
        return None  # geodata says what is wrong with the map, in its own words


def map_box(path: Path) -> Box | None:
    """Box (west, south, east, north) that a map file says it covers; None where it says nothing."""
    stat = path.stat()
    return _box(str(path), stat.st_size, stat.st_mtime_ns)
