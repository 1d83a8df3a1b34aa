"""Key sites found in a map: stations, venues, schools, hospitals and their like, each once.

OpenStreetMap often draws one thing several times (a station as node, building and grounds). Features of one kind
family are merged when they are near and their names do not differ, or when one lies in the other's shape and has no
name of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import shapely

from geodata.crs import to_metric
from geodata.sitenames import plain_name, same_name

if TYPE_CHECKING:
    from geodata.osm import OsmData, OsmFeature

__all__ = ["KIND_TABLE", "KeySite", "find_sites", "kind_of", "out_of_use", "plain_name"]

Float64 = npt.NDArray[np.float64]

# First match wins. Each row: kind, tag key, values.
KIND_TABLE: tuple[tuple[str, str, frozenset[str]], ...] = (
    ("metro_station", "station", frozenset({"subway"})),
    ("tram_stop", "railway", frozenset({"tram_stop"})),
    ("station", "railway", frozenset({"station"})),
    ("halt", "railway", frozenset({"halt"})),
    ("station", "building", frozenset({"train_station"})),
    ("bus_station", "amenity", frozenset({"bus_station"})),
    ("ferry_terminal", "amenity", frozenset({"ferry_terminal"})),
    ("police", "amenity", frozenset({"police"})),
    ("fire_station", "amenity", frozenset({"fire_station"})),
    ("hospital", "amenity", frozenset({"hospital"})),
    ("clinic", "amenity", frozenset({"clinic"})),
    ("school", "amenity", frozenset({"school"})),
    ("kindergarten", "amenity", frozenset({"kindergarten", "childcare"})),
    ("university", "amenity", frozenset({"university", "college"})),
    ("fuel", "amenity", frozenset({"fuel"})),
    ("townhall", "amenity", frozenset({"townhall"})),
    ("courthouse", "amenity", frozenset({"courthouse"})),
    ("prison", "amenity", frozenset({"prison"})),
    ("theatre", "amenity", frozenset({"theatre"})),
    ("cinema", "amenity", frozenset({"cinema"})),
    ("hall", "amenity", frozenset({"concert_hall", "conference_centre", "events_venue", "exhibition_centre",
                                   "arts_centre", "community_centre"})),
    ("marketplace", "amenity", frozenset({"marketplace"})),
    ("worship", "amenity", frozenset({"place_of_worship"})),
    ("stadium", "leisure", frozenset({"stadium"})),
    ("arena", "leisure", frozenset({"sports_centre", "sports_hall", "ice_rink"})),
    ("museum", "tourism", frozenset({"museum", "gallery"})),
    ("mall", "shop", frozenset({"mall", "department_store"})),
    ("supermarket", "shop", frozenset({"supermarket"})),
    ("government", "office", frozenset({"government"})),
    ("embassy", "amenity", frozenset({"embassy"})),
    ("embassy", "office", frozenset({"diplomatic"})),
    ("airport", "aeroway", frozenset({"aerodrome"})),
    ("heliport", "aeroway", frozenset({"heliport"})),
    ("power", "power", frozenset({"plant", "substation"})),
    ("water", "man_made", frozenset({"water_works", "wastewater_plant"})),
    ("hazard", "shop", frozenset({"fireworks"})),
    ("scenic", "tourism", frozenset({"attraction", "theme_park", "zoo"})),
    ("bank", "amenity", frozenset({"bank"})),
    ("square", "place", frozenset({"square"})),
    ("square", "highway", frozenset({"pedestrian"})),
)  # fmt: skip

_SITE_TAGS = frozenset(
    {(key, value) for _, key, values in KIND_TABLE for value in values} | {("public_transport", "station")}
)

_STATION_OF = {
    "train": "station",
    "subway": "metro_station",
    "bus": "bus_station",
    "ferry": "ferry_terminal",
}

# Kinds that are drawn for one and the same thing, and how near two drawings must be.
_FAMILY = {"halt": "station", "clinic": "hospital", "marketplace": "square"}
_NEAR_M = {"station": 300.0, "metro_station": 300.0, "school": 250.0, "hospital": 300.0, "university": 300.0,
           "stadium": 150.0, "square": 150.0, "tram_stop": 120.0, "airport": 1000.0}  # fmt: skip
_NEAR_ELSE_M = 100.0
_UNNAMED_NEAR_M = 40.0
# A second drawing without a name is the same thing only where two of a kind do not stand side by side.
_KINDS_ALONE = frozenset(
    {"station", "metro_station", "bus_station", "police", "fire_station", "townhall", "fuel"}
)
# Smaller ones of these are yoga studios, widened pavements and transformers at the roadside.
_LEAST_AREA_M2 = {"arena": 800.0, "square": 300.0, "power": 1000.0}
# Without a name these are no more than a tag.
_NAMED_ONLY = frozenset({"scenic"})
_ENTRANCE_NEAR_M = 4.0
_SUBWAY_ENTRANCE_NEAR_M = 200.0


@dataclass(frozen=True, eq=False)
class SiteDoor:
    """A way in or out of a site, in metres.

    ``kind`` is ``main``, ``entrance``, ``exit``, ``emergency``, ``service`` or ``gate``; ``how`` is ``tagged`` (the map
    says so), ``way`` (a road or foot way meets the outline there) or ``nearest`` (the outline's point nearest to one);
    ``osm_id`` names the node, or the way that leads there.
    """

    kind: str
    xy: Float64
    how: str
    osm_id: str


@dataclass(frozen=True, eq=False)
class KeySite:
    """A place worth guarding, in metres of the map's metric CRS.

    Attributes
    ----------
    id : str
        ``osm-n123``, ``osm-w45`` or ``osm-r6``, of the drawing that shows most.
    kind, name : str
        The name may be empty.
    xy : float64 [2]
        A point inside.
    polygon : float64 [k, 2] or None
        Outer ring of the largest part, closed.
    entrances : float64 [j, 2]
    merged : tuple of str
        OSM ids of the other drawings of the same thing.
    tags : mapping
        Tags as in the map.
    doors : tuple of SiteDoor
        Ways in and out, tagged or worked out, once :func:`geodata.sitedoors.with_doors` has looked.
    """

    id: str
    kind: str
    name: str
    xy: Float64
    polygon: Float64 | None
    entrances: Float64
    merged: tuple[str, ...]
    tags: Mapping[str, str]
    doors: tuple[SiteDoor, ...] = ()

    @property
    def label(self) -> str:
        """Name, or kind and id where the map has no name."""
        return self.name or f"{self.kind.replace('_', ' ')} {self.id}"


@dataclass(frozen=True, eq=False)
class _Found:
    feature: OsmFeature
    kind: str
    family: str
    name: str
    shape: Any
    middle: Any


def out_of_use(tags: Mapping[str, str]) -> bool:
    """Whether tags say that a thing is no longer, or not yet, what it was built for."""
    return tags.get("railway") in (
        "disused",
        "abandoned",
        "razed",
        "construction",
        "proposed",
    ) or any(
        tags.get(key, "no") == "yes"
        for key in ("disused", "abandoned", "ruined", "demolished", "razed")
    )


def kind_of(tags: Mapping[str, str]) -> str | None:
    """Return the site kind that tags stand for, or None."""
    # Most features are houses: one look at all tags tells that they are no site.
    if _SITE_TAGS.isdisjoint(tags.items()) or out_of_use(tags):
        return None
    for kind, key, values in KIND_TABLE:
        if tags.get(key) in values:
            if key == "highway" and not (tags.get("area") == "yes" and tags.get("name")):
                continue
            if (
                key == "station"
                and tags.get("railway") != "station"
                and "public_transport" not in tags
            ):
                continue
            return kind
    if tags.get("public_transport") == "station":
        for mode, kind in _STATION_OF.items():
            if tags.get(mode) == "yes":
                return kind
    return None


def find_sites(osm: OsmData, crs: str) -> tuple[KeySite, ...]:
    """Find the key sites of a map, duplicates merged.

    Parameters
    ----------
    osm
        From :func:`geodata.osm.read_osm`.
    crs
        Metric CRS of the result.

    Returns
    -------
    tuple of KeySite
        By kind, then name, then id.
    """
    found = []
    for feature in osm.features:
        kind = kind_of(feature.tags)
        if kind is None:
            continue
        shape = shapely.transform(feature.shape, lambda lonlat: to_metric(lonlat, crs))
        if shapely.get_dimensions(shape) == 2 and not shape.is_valid:
            shape = shapely.make_valid(shape)
        if shape.is_empty:
            continue
        if shape.area < _LEAST_AREA_M2.get(kind, 0.0):
            continue
        if kind in _NAMED_ONLY and not feature.tags.get("name"):
            continue
        middle = shape.representative_point()
        found.append(
            _Found(
                feature, kind, _FAMILY.get(kind, kind), feature.tags.get("name", ""), shape, middle
            )
        )
    groups = _groups(found)
    doors = _doors(osm, crs)
    sites = [_site([found[k] for k in group], doors) for group in groups]
    return tuple(sorted(sites, key=lambda site: (site.kind, site.name, site.id)))


def _groups(found: Sequence[_Found]) -> list[list[int]]:
    """Rows of drawings of one thing, by union of pairs that are the same."""
    parent = list(range(len(found)))

    def root(k: int) -> int:
        while parent[k] != k:
            parent[k] = parent[parent[k]]
            k = parent[k]
        return k

    by_family: dict[str, list[int]] = {}
    for k, item in enumerate(found):
        by_family.setdefault(item.family, []).append(k)
    for family, rows in by_family.items():
        reach = _NEAR_M.get(family, _NEAR_ELSE_M)
        tree = shapely.STRtree([found[k].shape for k in rows])
        left, right = tree.query(
            [found[k].shape for k in rows], predicate="dwithin", distance=reach
        )
        for i, j in zip(left, right, strict=True):
            if i < j and _same(found[rows[i]], found[rows[j]]):
                parent[root(rows[j])] = root(rows[i])
    groups: dict[int, list[int]] = {}
    for k in range(len(found)):
        groups.setdefault(root(k), []).append(k)
    return list(groups.values())


def _same(a: _Found, b: _Found) -> bool:
    if a.name and b.name:
        station = a.family in ("station", "metro_station", "tram_stop")
        if same_name(a.feature.tags, b.feature.tags, station=station):
            return True
        return _overlap(a, b) and same_name(
            a.feature.tags, b.feature.tags, station=station, close=True
        )
    first, second = a.name, b.name
    if shapely.get_dimensions(a.shape) == 2 and a.shape.covers(b.middle):
        return True
    if shapely.get_dimensions(b.shape) == 2 and b.shape.covers(a.middle):
        return True
    if a.family in ("station", "metro_station"):
        return bool(first or second) or a.shape.distance(b.shape) <= _UNNAMED_NEAR_M
    return a.family in _KINDS_ALONE and a.shape.distance(b.shape) <= _UNNAMED_NEAR_M


def _overlap(a: _Found, b: _Found) -> bool:
    """Whether one lies in the other."""
    return any(
        shapely.get_dimensions(x.shape) == 2 and x.shape.covers(y.middle)
        for x, y in ((a, b), (b, a))
    )


def _site(group: Sequence[_Found], doors: tuple[Any, list[tuple[Any, bool]]]) -> KeySite:
    """One site of several drawings: shape from the largest area, name from the first that has one."""
    order = sorted(
        group,
        key=lambda item: (-item.shape.area, not item.name, item.feature.kind, item.feature.osm_id),
    )
    best = order[0]
    kinds = [item.kind for item in order]
    kind = next((k for k in ("station", "hospital", "marketplace") if k in kinds), best.kind)
    names = [item.name for item in order if item.name]
    area = _largest(best.shape)
    polygon = None if area is None else np.asarray(shapely.get_coordinates(area.exterior))
    # A node that names the thing sits where people call it, but the area's inside is what a post can stand in.
    middle = best.middle if area is None else area.representative_point()
    xy = np.array(middle.coords[0])
    tags = {key: value for item in reversed(order) for key, value in item.feature.tags.items()}
    return KeySite(
        f"osm-{best.feature.key}", kind, names[0] if names else "", xy, polygon,
        _entrances(best.shape, kind, doors), tuple(item.feature.key for item in order[1:]), tags,
    )  # fmt: skip


def _largest(shape: Any) -> Any:
    """The largest polygon of a shape, or None where it has no area."""
    parts = [part for part in _simple_parts(shape) if part.geom_type == "Polygon"]
    return max(parts, key=lambda part: (part.area, part.bounds)) if parts else None


def _simple_parts(shape: Any) -> list[Any]:
    parts = list(shapely.get_parts(shape))
    return [p for part in parts for p in (_simple_parts(part) if len(parts) > 1 else [part])]


def _doors(osm: OsmData, crs: str) -> tuple[Any, list[tuple[Any, bool]]]:
    """Entrance nodes as a tree, with whether each leads down to a metro."""
    nodes = [
        n
        for n in osm.nodes.values()
        if "entrance" in n.tags or n.tags.get("railway") == "subway_entrance"
    ]
    if not nodes:
        return shapely.STRtree([]), []
    xy = to_metric(np.array([(n.lon, n.lat) for n in nodes]), crs)
    doors = [
        (shapely.Point(p), n.tags.get("railway") == "subway_entrance")
        for p, n in zip(xy, nodes, strict=True)
        if n.tags.get("entrance") not in ("no", "emergency", "exit")
    ]
    return shapely.STRtree([point for point, _ in doors]), doors


def _entrances(shape: Any, kind: str, doors: tuple[Any, list[tuple[Any, bool]]]) -> Float64:
    tree, points = doors
    metro = kind in ("metro_station", "station")
    reach = _SUBWAY_ENTRANCE_NEAR_M if metro else _ENTRANCE_NEAR_M
    hits = (
        np.sort(tree.query(shape, predicate="dwithin", distance=reach))
        if points
        else np.zeros(0, dtype=int)
    )
    kept = []
    for k in hits:
        point, down = points[int(k)]
        if (down and metro) or (not down and shape.distance(point) <= _ENTRANCE_NEAR_M):
            kept.append(point.coords[0])
    return np.array(kept, dtype=np.float64).reshape(-1, 2)
