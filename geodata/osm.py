"""Read OpenStreetMap files into plain arrays: ways with node ids, features with shapes, and what was left out.

Only what this package uses is kept: roads and rails (``OsmWays``), single nodes with a meaning on them (crossings,
barriers, entrances), and features with a shape (sites, water, green, buildings). Everything is in WGS-84 degrees.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import osmium
import shapely
from osmium import filter as osmium_filter

from geodata.errors import Dropped, Drops, Fault, Finding, GeodataError

_log = logging.getLogger(__name__)

SUFFIXES = (".osm", ".osm.pbf", ".pbf", ".osm.gz", ".osm.bz2")
NODE_KEYS = ("railway", "barrier", "entrance", "place")
FEATURE_KEYS = (
    "amenity", "railway", "public_transport", "leisure", "tourism", "shop", "office", "emergency", "building",
    "landuse", "natural", "waterway", "place", "man_made", "historic",
)  # fmt: skip
_AREA_KEYS = frozenset(FEATURE_KEYS)

Box = tuple[float, float, float, float]
Clip = Box | shapely.Polygon | shapely.MultiPolygon
"""A box ``(west, south, east, north)`` or an area, in degrees."""


@dataclass(frozen=True)
class OsmWays:
    """Roads and rails as flat arrays; a way cut by a missing node or the clip box appears once per piece.

    Attributes
    ----------
    way : int64 [w]
        OSM way id of each piece.
    start : int64 [w + 1]
        Piece ``k`` owns rows ``start[k]:start[k + 1]`` of ``ref`` and ``lonlat``.
    ref : int64 [r]
        OSM node ids.
    lonlat : float64 [r, 2]
        Degrees, longitude first.
    tags : tuple of dict, length w
    """

    way: npt.NDArray[np.int64]
    start: npt.NDArray[np.int64]
    ref: npt.NDArray[np.int64]
    lonlat: npt.NDArray[np.float64]
    tags: tuple[Mapping[str, str], ...]

    def __len__(self) -> int:
        return len(self.way)


@dataclass(frozen=True)
class OsmFeature:
    """A tagged node, closed way or multipolygon; ``kind`` is ``n``, ``w`` or ``r``, ``shape`` is in degrees."""

    kind: str
    osm_id: int
    tags: Mapping[str, str]
    shape: Any
    refs: tuple[int, ...] = ()

    @property
    def key(self) -> str:
        """The id people see, for example ``w155067852``."""
        return f"{self.kind}{self.osm_id}"


@dataclass(frozen=True)
class OsmNode:
    """One tagged node in degrees."""

    osm_id: int
    lon: float
    lat: float
    tags: Mapping[str, str]


@dataclass(frozen=True)
class OsmData:
    """One map file, read: ways, nodes, features, the box of all of it in degrees, what was dropped and doubted."""

    source: str
    ways: OsmWays
    nodes: Mapping[int, OsmNode]
    features: tuple[OsmFeature, ...]
    bounds: Box
    dropped: tuple[Dropped, ...]
    notes: tuple[Finding, ...] = ()


@dataclass
class _Reading:
    """What one pass over a file gathers."""

    clip_box: Box | None
    clip_area: shapely.Polygon | shapely.MultiPolygon | None = None
    way: list[int] = field(default_factory=list)
    start: list[int] = field(default_factory=lambda: [0])
    ref: list[int] = field(default_factory=list)
    lon: list[float] = field(default_factory=list)
    lat: list[float] = field(default_factory=list)
    tags: list[dict[str, str]] = field(default_factory=list)
    nodes: dict[int, OsmNode] = field(default_factory=dict)
    features: list[OsmFeature] = field(default_factory=list)
    areas_wanted: set[int] = field(default_factory=set)
    area_reason: str = "multipolygon whose rings do not close (members missing)"
    n_objects: int = 0
    drops: Drops = field(default_factory=Drops)

    def inside(self, lon: float, lat: float) -> bool:
        box = self.clip_box
        if box is None:
            return True
        if not (box[0] <= lon <= box[2] and box[1] <= lat <= box[3]):
            return False
        return self.clip_area is None or bool(shapely.contains_xy(self.clip_area, lon, lat))

    def add_node(self, node: Any) -> None:
        tags = dict(node.tags)
        if not any(key in tags for key in NODE_KEYS) and not any(
            key in tags for key in FEATURE_KEYS
        ):
            return
        if not node.location.valid():
            self.drops.add("tagged node without a possible place", f"n{node.id}")
            return
        lon, lat = node.location.lon, node.location.lat
        if not self.inside(lon, lat):
            self.drops.add("tagged node outside the clip box", f"n{node.id}")
            return
        if any(key in tags for key in NODE_KEYS):
            self.nodes[node.id] = OsmNode(node.id, lon, lat, tags)
        if any(key in tags for key in FEATURE_KEYS):
            self.features.append(OsmFeature("n", node.id, tags, shapely.Point(lon, lat)))

    def add_way(self, way: Any) -> None:
        tags = dict(way.tags)
        linear = "highway" in tags or "railway" in tags
        shaped = (
            not _AREA_KEYS.isdisjoint(tags) or tags.get("area") == "yes"
        )  # squares are highways with area=yes
        if not linear and not shaped:
            return
        pieces, n_missing, n_outside = self._pieces(way)
        name = f"w{way.id}"
        if n_missing:
            self.drops.add("way with nodes missing from the file, cut there", name)
        if n_outside:
            self.drops.add(
                "way cut at the clip box" if pieces else "way outside the clip box", name
            )
        if not pieces:
            if not n_outside:
                self.drops.add("way without two usable nodes", name)
            return
        if linear:
            for piece in pieces:
                self._add_piece(way.id, piece, tags)
        if shaped:
            self._add_shape(way.id, pieces, tags, whole=not (n_missing or n_outside))

    def _pieces(self, way: Any) -> tuple[list[list[tuple[int, float, float]]], int, int]:
        """Split a way where nodes are missing or outside; bridging the hole would invent a road."""
        try:
            points = [(node.ref, node.lon, node.lat) for node in way.nodes]
            if self.clip_box is None:
                return ([points] if len(points) > 1 else []), 0, 0
        except osmium.InvalidLocationError:
            pass
        pieces: list[list[tuple[int, float, float]]] = [[]]
        n_missing = n_outside = 0
        for node in way.nodes:
            location = node.location
            if not location.valid():
                n_missing += 1
                pieces.append([])
            elif not self.inside(location.lon, location.lat):
                n_outside += 1
                pieces.append([])
            else:
                pieces[-1].append((node.ref, location.lon, location.lat))
        return [piece for piece in pieces if len(piece) > 1], n_missing, n_outside

    def _add_piece(
        self, way_id: int, piece: list[tuple[int, float, float]], tags: dict[str, str]
    ) -> None:
        refs, lons, lats = zip(*piece, strict=True)
        self.way.append(way_id)
        self.ref.extend(refs)
        self.lon.extend(lons)
        self.lat.extend(lats)
        self.start.append(len(self.ref))
        self.tags.append(tags)

    def _add_shape(
        self,
        way_id: int,
        pieces: list[list[tuple[int, float, float]]],
        tags: dict[str, str],
        *,
        whole: bool,
    ) -> None:
        points = pieces[0]
        refs = tuple(point[0] for point in points)
        coords = [(point[1], point[2]) for point in points]
        closed = whole and len(points) > 3 and refs[0] == refs[-1]
        if closed:
            shape: Any = shapely.Polygon(coords)
        elif "waterway" in tags or "railway" in tags or "public_transport" in tags:
            shape = shapely.LineString(coords)
        else:
            if not whole:
                self.drops.add("area with missing corners, kept as its middle point", f"w{way_id}")
            shape = shapely.Point(np.mean(np.array(coords), axis=0))
        self.features.append(OsmFeature("w", way_id, tags, shape, refs))

    def add_relation(self, relation: Any) -> None:
        tags = dict(relation.tags)
        if tags.get("type") == "multipolygon" and not _AREA_KEYS.isdisjoint(tags):
            self.areas_wanted.add(relation.id)
        elif str(tags.get("type", "")).startswith("restriction"):
            self.drops.add("turn restriction, not applied", f"r{relation.id}")

    def add_area(self, area: Any, factory: Any) -> None:
        if area.from_way():
            return
        tags = dict(area.tags)
        if _AREA_KEYS.isdisjoint(tags):
            return
        osm_id = area.orig_id()
        try:
            shape = shapely.from_wkb(factory.create_multipolygon(area))
        except RuntimeError:
            return
        middle = shape.representative_point()
        if self.inside(middle.x, middle.y):
            self.features.append(OsmFeature("r", osm_id, tags, shape))
        else:
            self.drops.add("multipolygon outside the clip box", f"r{osm_id}")
        self.areas_wanted.discard(osm_id)

    def result(self, source: str) -> OsmData:
        for osm_id in sorted(self.areas_wanted):
            self.drops.add(self.area_reason, f"r{osm_id}")
        ways = OsmWays(
            np.array(self.way, dtype=np.int64),
            np.array(self.start, dtype=np.int64),
            np.array(self.ref, dtype=np.int64),
            np.column_stack([self.lon, self.lat]).astype(np.float64).reshape(-1, 2),
            tuple(self.tags),
        )
        every = ways.lonlat
        if len(every) == 0 and self.features:
            every = shapely.get_coordinates([feature.shape for feature in self.features])
        if len(every) == 0:
            raise GeodataError(
                [
                    Fault(
                        f"{source} holds no road, rail or site ({self.n_objects} tagged objects seen)",
                        expected="OpenStreetMap ways with highway or railway tags",
                        mend="Check the clip box, or that the extract contains its nodes.",
                    )
                ]
            )
        low, high = every.min(axis=0), every.max(axis=0)
        bounds = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
        return OsmData(source, ways, self.nodes, tuple(self.features), bounds, self.drops.result())


def read_osm(path: str | Path, *, clip_box: Clip | None = None) -> OsmData:
    """Read ``.osm``, ``.osm.pbf``, ``.osm.gz`` or ``.osm.bz2``.

    Parameters
    ----------
    path
        The file. Its nodes must come before its ways, as every common tool writes them.
    clip_box
        ``(west, south, east, north)`` or an area (polygon), in degrees; ways are cut at its border, never bridged over
        it.

    Returns
    -------
    OsmData
        In WGS-84 degrees; ``dropped`` tells what was left out and why.

    Raises
    ------
    GeodataError
        No such file, a name of another format, a damaged file, or nothing of use in it.
    """
    path = Path(path)
    _check_path(path)
    try:
        try:
            reading = _read(path, clip_box, areas=True)
        except RuntimeError as error:
            if "out of order" not in str(error):
                raise
            # Rings can only be joined in a sorted file; roads and closed ways can be read from any.
            _log.warning("%s is not sorted by id: multipolygons are left out", path.name)
            reading = _read(path, clip_box, areas=False)
    except (RuntimeError, ValueError, OverflowError, osmium.InvalidLocationError) as error:
        raise GeodataError(
            [
                Fault(
                    f"{path.name} cannot be read as OpenStreetMap data ({error})",
                    expected="a whole file written by an OpenStreetMap tool",
                    mend="Download or export it again; it may be cut short.",
                )
            ]
        ) from None
    data = reading.result(path.name)
    _log.info(
        "%s: %d road and rail ways, %d features", path.name, len(data.ways), len(data.features)
    )
    return data


def _read(path: Path, clip: Clip | None, *, areas: bool) -> _Reading:
    if clip is None or isinstance(clip, tuple):
        reading = _Reading(clip)
    else:
        shapely.prepare(clip)
        reading = _Reading(clip.bounds, clip)
    if not areas:
        reading.area_reason = "multipolygon not joined: the file is not sorted by id"
    factory = osmium.geom.WKBFactory()
    files = osmium.FileProcessor(str(path))
    files = (
        files.with_areas(osmium_filter.KeyFilter(*FEATURE_KEYS))
        if areas
        else files.with_locations()
    )
    item: Any
    for item in files.with_filter(osmium_filter.EmptyTagFilter()):
        reading.n_objects += 1
        if item.is_node():
            reading.add_node(item)
        elif item.is_way():
            reading.add_way(item)
        elif item.is_area():
            reading.add_area(item, factory)
        elif item.is_relation():
            reading.add_relation(item)
    return reading


def _check_path(path: Path) -> None:
    expected = ", ".join(SUFFIXES)
    if not path.is_file():
        raise GeodataError(
            [Fault(f"there is no map file {path.name}", expected=f"a file ({expected})")]
        )
    if not path.name.lower().endswith(SUFFIXES):
        raise GeodataError([Fault(f"{path.name} is not a map format read here", expected=expected)])
