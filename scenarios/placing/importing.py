"""Sites from a file that people have: GeoJSON, GeoPackage, KML and their kin, or a CSV table; faults all at once."""

from __future__ import annotations

import math
import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import shapely

from geodata.errors import Fault as MapFault
from geodata.errors import GeodataError
from geodata.gisfiles import Reading
from geodata.gislayers import open_layers
from geodata.ground import Ground
from scenarios.errors import Fault
from scenarios.placing.edits import RowEdit, answering
from scenarios.placing.marks import LonLat, Mark, text_of, wkt_of
from scenarios.raw import Raw, RawRow, read_table
from scenarios.tongue import say as _

ENDINGS = ("geojson", "json", "gpkg", "kml", "kmz", "csv", "txt", "shp", "zip", "fgb")
MOST_BYTES = 20 * 2**20
MOST_SITES = 2_000
#: How near a place of the same name is the same place, metres.
SAME_M = 50.0
_MARGIN_M = 2_000.0
#: What columns of such files are called, in lower case.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "title", "label", "site", "名称", "名字", "地点", "单位名称"),
    "kind": ("kind", "type", "category", "amenity", "类别", "类型", "种类"),
    "class": ("class", "level", "priority", "等级", "级别"),
    "lon": ("lon", "lng", "long", "longitude", "x", "经度"),
    "lat": ("lat", "latitude", "y", "纬度"),
    "wkt": ("wkt", "geometry", "geom", "shape", "the_geom"),
}


@dataclass(frozen=True)
class Place:
    """One place of a file: its row there, what it is called, where it is (a line where it has ``points``)."""

    row: int
    name: str
    kind: str
    class_: str
    at: LonLat | None
    points: tuple[LonLat, ...] = ()

    @property
    def first(self) -> LonLat:
        """A point of it."""
        return self.at if self.at is not None else self.points[0]

    @property
    def middle(self) -> LonLat:
        """One point for it, as for a mark."""
        if self.at is not None:
            return self.at
        return sum(p[0] for p in self.points) / len(self.points), sum(p[1] for p in self.points) / len(self.points)


@dataclass(frozen=True)
class Imported:
    """What a file gives: places that can be taken, faults of those that cannot, and those that are there already."""

    places: tuple[Place, ...]
    faults: tuple[Fault | MapFault, ...]
    known: tuple[Place, ...]


def read_sites(name: str, content: bytes, ground: Ground, marks: Sequence[Mark]) -> Imported:
    """Read the places of a file.

    Parameters
    ----------
    name
        The file's name; only its ending counts, and it is shown.
    content
        At most ``MOST_BYTES``.

    Returns
    -------
    Imported
        At most ``MOST_SITES`` places in WGS-84 degrees; every row that cannot be taken is a fault with its number.
    """
    ending = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    if ending not in ENDINGS:
        ends = _("a file that ends in {endings}", endings=", ".join(ENDINGS))
        return _refused(name, ends, _("export it as one of these"))
    if len(content) > MOST_BYTES:
        return _refused(name, _("at most {n} MB", n=MOST_BYTES // 2**20), _("export only the places of the event"))
    faults: list[Fault | MapFault] = []
    with tempfile.TemporaryDirectory(prefix="vedette-sites-") as folder:
        stem = re.sub(r"[^\w-]+", "_", Path(name).stem)[:60]  # layers are told by it
        path = Path(folder) / f"{stem}.{ending}"
        path.write_bytes(content)
        places = _table(path, name, faults) if ending in {"csv", "txt"} else _layers(path, name, faults)
    if len(places) > MOST_SITES:
        return _refused(name, _("at most {n} places", n=MOST_SITES), _("export only the places of the event"))
    on_map = [place for place in places if _is_on(place, ground, name, faults)]
    known = [place for place in on_map if _is_known(place, marks)]
    if not places and not faults:
        return _refused(name, _("at least one place"), _("see whether the right layer was exported"))
    return Imported(tuple(p for p in on_map if p not in known), tuple(faults), tuple(known))


def _refused(name: str, expected: str, remedy: str) -> Imported:
    return Imported((), (Fault(name, None, "", "", expected, remedy),), ())


# ---------------------------------------------------------------- tables
def _table(path: Path, name: str, faults: list[Fault | MapFault]) -> list[Place]:
    found: list[Fault] = []
    rows = read_table(path, found, [])
    faults += [Fault(name, f.row, f.field, f.value, f.expected, f.remedy) for f in found]
    if not rows:
        return []
    columns = _columns({column for row in rows for column in row.values})
    if "wkt" not in columns and not {"lon", "lat"} <= set(columns):
        faults.append(
            Fault(name, 1, "", "", _("columns lon and lat, or wkt"), _("name the columns so, in WGS-84 degrees"))
        )
        return []
    return [place for row in rows for place in _of_row(row, columns, name, faults)]


def _columns(names: Iterable[str]) -> dict[str, str]:
    """Ours -> the file's own column."""
    given = {name.strip().lower(): name for name in names}
    return {ours: given[one] for ours, many in _NAMES.items() for one in reversed(many) if one in given}


def _of_row(row: RawRow, columns: Mapping[str, str], name: str, faults: list[Fault | MapFault]) -> list[Place]:
    def cell(column: str) -> str:
        return text_of(row.values.get(columns.get(column, "")))

    number = row.row or 0
    title = cell("name") or _("Place {n}", n=number)
    if cell("wkt"):
        try:
            shape = shapely.from_wkt(cell("wkt"))
        except shapely.GEOSException:
            expected = _("a shape as WKT, longitude first")
            faults.append(Fault(name, number, columns["wkt"], cell("wkt")[:40], expected, ""))
            return []
        return _placed(number, title, cell("kind"), cell("class"), shape, name, faults)
    try:
        at = (float(cell("lon")), float(cell("lat")))
    except ValueError:
        return _placed(number, title, "", "", None, name, faults)
    return _placed(number, title, cell("kind"), cell("class"), shapely.Point(at), name, faults)


# ---------------------------------------------------------------- layers
def _layers(path: Path, name: str, faults: list[Fault | MapFault]) -> list[Place]:
    places: list[Place] = []
    try:
        for layer in open_layers(path, Reading()):
            faults += layer.faults
            if layer.faults:
                continue
            columns = _columns(map(str, layer.frame.columns))
            table = layer.frame.to_dict("records")
            for row, shape in enumerate(layer.shapes):
                cells = {ours: _cell(table[row].get(theirs)) for ours, theirs in columns.items()}
                title = cells.get("name") or _("Place {n}", n=row + 1)
                places += _placed(row + 1, title, cells.get("kind", ""), cells.get("class", ""), shape, name, faults)
                if len(places) > MOST_SITES:
                    return places
    except GeodataError as error:
        faults += [replace(fault, what=fault.what.replace(path.name, name)) for fault in error.faults]
    return places


def _cell(value: Any) -> str:
    return "" if value is None or (isinstance(value, float) and math.isnan(value)) else str(value).strip()


def _placed(
    row: int, title: str, kind: str, class_: str, shape: Any, name: str, faults: list[Fault | MapFault]
) -> list[Place]:
    """Places of a shape: lines stay lines, an area gives a point inside; lines and points apart are one each."""
    if isinstance(shape, shapely.MultiLineString):
        shape = shapely.line_merge(shape)
    several = isinstance(shape, shapely.MultiLineString | shapely.MultiPoint) and not shape.is_empty
    parts = list(shape.geoms) if several else [shape]
    titles = [title] if len(parts) == 1 else [_("{name} ({n})", name=title, n=n + 1) for n in range(len(parts))]
    found = (_one(row, its, kind, class_, part, name, faults) for its, part in zip(titles, parts, strict=True))
    return [place for place in found if place is not None]


def _one(
    row: int, title: str, kind: str, class_: str, shape: Any, name: str, faults: list[Fault | MapFault]
) -> Place | None:
    class_ = class_ if class_ in {"1", "2", "3"} else ""
    if isinstance(shape, shapely.LineString) and len(shape.coords) > 1:
        points = tuple((float(x), float(y)) for x, y, *_rest in shape.simplify(1e-6).coords)
        return Place(row, title, kind, class_, None, points)
    point = shape.representative_point() if shape is not None and not shape.is_empty else None
    if point is None or not (abs(point.x) <= 180 and abs(point.y) <= 90):  # nan is neither
        faults.append(Fault(name, row, "", title, _("a place in WGS-84 degrees"), _("give longitude and latitude")))
        return None
    return Place(row, title, kind, class_, (float(point.x), float(point.y)))


def _is_on(place: Place, ground: Ground, name: str, faults: list[Fault | MapFault]) -> bool:
    lon, lat = place.first
    if _inside(ground, lon, lat):
        return True
    swapped = abs(lon) <= 90 and _inside(ground, lat, lon)
    remedy = _("lon and lat are swapped") if swapped else _("correct the point, or take a larger map")
    faults.append(Fault(name, place.row, "", place.name, _("a place on the map of this scenario"), remedy))
    return False


def _inside(ground: Ground, lon: float, lat: float) -> bool:
    x, y = ground.to_xy([(lon, lat)])[0].tolist()
    west, south, east, north = ground.bounds
    return bool(west - _MARGIN_M <= x <= east + _MARGIN_M and south - _MARGIN_M <= y <= north + _MARGIN_M)


def _is_known(place: Place, marks: Sequence[Mark]) -> bool:
    lon, lat = place.middle
    shrink = math.cos(math.radians(lat))
    return any(
        mark.kind == "site" and mark.name == place.name and mark.middle is not None
        and math.hypot((mark.middle[0] - lon) * shrink, mark.middle[1] - lat) * 111_320 <= SAME_M
        for mark in marks
    )  # fmt: skip


def rows_of(found: Imported, raw: Raw, marks: Sequence[Mark]) -> list[RowEdit]:
    """The places as new rows of ``sites``."""
    taken = {text_of(row.values.get("id")) for rows in raw.tables.values() for row in rows if "id" in row.values}
    edits: list[RowEdit] = []
    number = 0
    for place in found.places:
        number += 1
        while f"site{number}" in taken:
            number += 1
        where: dict[str, Any] = {"lon": round(place.first[0], 6), "lat": round(place.first[1], 6)}
        if place.points:
            where = {"line": wkt_of(place.points, closed=False)}
        values = {
            "name": place.name, "kind": place.kind or "site", "class": int(place.class_ or 2), **where,
            **answering(raw, marks, place.first),
        }  # fmt: skip
        edits.append(RowEdit("sites", {"id": f"site{number}"}, values, place.name))
    return edits
