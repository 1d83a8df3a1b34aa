"""Read OpenStreetMap files into plain arrays: ways with node ids, features with shapes, and what was left out.

Only what this package uses is kept: roads and rails (``OsmWays``), single nodes with a meaning on them (crossings,
barriers, entrances), and features with a shape (sites, water, green, buildings). Everything is in WGS-84 degrees.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import osmium
import shapely

from geodata.errors import Dropped, Drops, Fault, Finding, GeodataError
from geodata.osmtext import Progress, RawOsm, RawRelation, multipolygons, read_raw

_log = logging.getLogger(__name__)

SUFFIXES = (".osm", ".osm.pbf", ".pbf", ".osm.gz", ".osm.bz2")
NODE_KEYS = ("railway", "barrier", "entrance", "place")
FEATURE_KEYS = (
    "amenity", "railway", "public_transport", "leisure", "tourism", "shop", "office", "emergency", "building",
    "landuse", "natural", "waterway", "place", "man_made", "historic",
)  # fmt: skip
_AREA_KEYS = frozenset(FEATURE_KEYS)
_EVERY_KEY = tuple(dict.fromkeys(("highway", *NODE_KEYS, *FEATURE_KEYS, "area", "route", "type")))
_ROAD_KEYS = ("highway", "railway", "barrier", "route", "type")
_DRAWN_OPEN = ("waterway", "railway", "public_transport")

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
    """One map file, read: ways, nodes, features, the box of all of it in degrees, what was dropped and doubted.

    ``restrictions`` are the turn restrictions in the file; :func:`geodata.build.build_network` applies them when asked.
    """

    source: str
    ways: OsmWays
    nodes: Mapping[int, OsmNode]
    features: tuple[OsmFeature, ...]
    bounds: Box
    dropped: tuple[Dropped, ...]
    notes: tuple[Finding, ...] = ()
    restrictions: tuple[RawRelation, ...] = ()


@dataclass(frozen=True)
class _Runs:
    """Unbroken runs of two or more usable nodes, in file order."""

    way: npt.NDArray[np.int64]
    begin: npt.NDArray[np.int64]
    length: npt.NDArray[np.int64]
    n_missing: npt.NDArray[np.int64]
    n_outside: npt.NDArray[np.int64]
    n_runs: npt.NDArray[np.int64]


class _Assembly:
    """Turns what was read into ways, nodes and features, and counts what cannot be used."""

    def __init__(self, raw: RawOsm, clip: Clip | None) -> None:
        self.raw = raw
        self.clip = clip
        self.drops = Drops()
        self.nodes: dict[int, OsmNode] = {}
        self.features: list[OsmFeature] = []

    def inside(self, lonlat: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        """Which places lie in the clip box or area; the border counts for a box."""
        if self.clip is None:
            return np.ones(len(lonlat), dtype=bool)
        if isinstance(self.clip, tuple):
            low, high = np.array(self.clip[:2]), np.array(self.clip[2:])
            within: npt.NDArray[np.bool_] = np.all((lonlat >= low) & (lonlat <= high), axis=1)
            return within
        return np.asarray(shapely.contains_xy(self.clip, lonlat), dtype=bool)

    def take_nodes(self) -> None:
        raw = self.raw
        if not raw.node:
            return
        valid, inside = ~np.isnan(raw.node_lonlat[:, 0]), self.inside(raw.node_lonlat)
        points: Any = shapely.points(np.nan_to_num(raw.node_lonlat))
        rows = zip(raw.node, raw.node_tags, raw.node_lonlat.tolist(), valid.tolist(), inside.tolist(), points,
                   strict=True)  # fmt: skip
        for osm_id, tags, (lon, lat), is_valid, is_inside, point in rows:
            feature = not _AREA_KEYS.isdisjoint(tags)
            own = any(key in tags for key in NODE_KEYS)
            if not feature and not own:
                continue
            if not is_valid:
                self.drops.add("tagged node without a possible place", f"n{osm_id}")
                continue
            if not is_inside:
                self.drops.add("tagged node outside the clip box", f"n{osm_id}")
                continue
            if own:
                self.nodes[osm_id] = OsmNode(osm_id, lon, lat, tags)
            if feature:
                self.features.append(OsmFeature("n", osm_id, tags, point))

    def take_ways(self, *, shapes: bool) -> OsmWays:
        raw = self.raw
        runs = self._runs()
        linear, shaped = self._uses()
        self._note(runs, linear | shaped)
        if shapes:
            self._shapes(runs, shaped & (runs.n_runs > 0))
        keep = linear[runs.way]
        way, begin, length = runs.way[keep], runs.begin[keep], runs.length[keep]
        start = np.concatenate([[0], np.cumsum(length)]).astype(np.int64)
        rows = np.arange(start[-1]) + np.repeat(begin - start[:-1], length)
        return OsmWays(
            np.array(raw.way, dtype=np.int64)[way],
            start,
            raw.ref[rows],
            raw.lonlat[rows],
            tuple(raw.way_tags[k] for k in way.tolist()),
        )

    def _uses(self) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        """Ways that are roads or rails, and ways that have a shape (squares are highways with ``area=yes``)."""
        known: dict[int, tuple[bool, bool]] = {}
        use: list[tuple[bool, bool]] = []
        for tags in self.raw.way_tags:
            said = known.get(id(tags))
            if said is None:
                shaped = not _AREA_KEYS.isdisjoint(tags) or tags.get("area") == "yes"
                said = known[id(tags)] = ("highway" in tags or "railway" in tags, shaped)
            if tags.get("route") == "ferry" and not said[0]:
                self.drops.add("ferry, which no profile takes", f"w{self.raw.way[len(use)]}")
            use.append(said)
        table = np.array(use, dtype=bool).reshape(-1, 2)
        return table[:, 0], table[:, 1]

    def _runs(self) -> _Runs:
        """Cut ways where nodes are missing or outside; bridging the hole would invent a road."""
        raw = self.raw
        n_ways = len(raw.way)
        of_way = np.repeat(np.arange(n_ways), np.array(raw.count, dtype=np.int64))
        missing = np.isnan(raw.lonlat[:, 0])
        outside = ~missing & ~self.inside(raw.lonlat)
        ok = ~missing & ~outside
        begins = ok.copy()
        begins[1:] &= ~ok[:-1] | (of_way[1:] != of_way[:-1])
        begin = np.flatnonzero(begins)
        length = np.bincount(np.cumsum(begins)[ok] - 1, minlength=len(begin))
        long = length > 1
        way = of_way[begin[long]]
        return _Runs(
            way, begin[long], length[long],
            *(np.bincount(rows, minlength=n_ways) for rows in (of_way[missing], of_way[outside], way)),
        )  # fmt: skip

    def _note(self, runs: _Runs, used: npt.NDArray[np.bool_]) -> None:
        odd = used & ((runs.n_missing > 0) | (runs.n_outside > 0) | (runs.n_runs == 0))
        for k in np.flatnonzero(odd).tolist():
            name = f"w{self.raw.way[k]}"
            if runs.n_missing[k]:
                self.drops.add("way with nodes missing from the file, cut there", name)
            if runs.n_outside[k]:
                self.drops.add(
                    "way cut at the clip box" if runs.n_runs[k] else "way outside the clip box", name
                )
            elif not runs.n_runs[k]:
                self.drops.add("way without two usable nodes", name)

    def _shapes(self, runs: _Runs, wanted: npt.NDArray[np.bool_]) -> None:
        """Closed ways become areas, others lines or, where only the place matters, points."""
        raw = self.raw
        way, first = np.unique(runs.way, return_index=True)
        first = first[wanted[way]]
        way, begin, length = runs.way[first], runs.begin[first], runs.length[first]
        end = begin + length
        whole = (runs.n_missing[way] == 0) & (runs.n_outside[way] == 0)
        closed = whole & (length > 3) & (raw.ref[begin] == raw.ref[end - 1])
        start = np.concatenate([[0], np.cumsum(length)]).astype(np.int64)
        rows = np.arange(start[-1]) + np.repeat(begin - start[:-1], length)
        shape = np.empty(len(way), dtype=object)
        owner = np.repeat(np.arange(len(way)), length)
        for chosen, make in (
            (closed, lambda xy, at: shapely.polygons(shapely.linearrings(xy, indices=at))),
            (~closed & self._drawn_open(way), lambda xy, at: shapely.linestrings(xy, indices=at)),
        ):
            if chosen.any():
                part = chosen[owner]
                row = np.cumsum(chosen) - 1
                shape[chosen] = make(raw.lonlat[rows[part]], row[owner[part]])
        for j in range(len(way)):
            k, a, b = int(way[j]), int(begin[j]), int(end[j])
            if shape[j] is None:
                if not whole[j]:
                    self.drops.add("area with missing corners, kept as its middle point", f"w{raw.way[k]}")  # fmt: skip
                shape[j] = shapely.Point(raw.lonlat[a:b].mean(axis=0))
            refs = tuple(raw.ref[a:b].tolist())
            self.features.append(OsmFeature("w", raw.way[k], raw.way_tags[k], shape[j], refs))

    def _drawn_open(self, way: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        tags = self.raw.way_tags
        return np.array(
            [any(key in tags[k] for key in _DRAWN_OPEN) for k in way.tolist()], dtype=bool
        )

    def take_areas(self, why_missing: str) -> None:
        found = set()
        for osm_id, shape in self.raw.areas:
            found.add(osm_id)
            middle = shape.representative_point()
            if self.inside(np.array([[middle.x, middle.y]]))[0]:
                self.features.append(OsmFeature("r", osm_id, self.raw.areas_wanted[osm_id], shape))
            else:
                self.drops.add("multipolygon outside the clip box", f"r{osm_id}")
        for osm_id, tags in sorted(self.raw.areas_wanted.items()):
            if osm_id not in found and tags.get("type") == "multipolygon":
                self.drops.add(why_missing, f"r{osm_id}")


def read_osm(
    path: str | Path,
    *,
    clip_box: Clip | None = None,
    roads_only: bool = False,
    on_progress: Progress | None = None,
) -> OsmData:
    """Read ``.osm``, ``.osm.pbf``, ``.osm.gz`` or ``.osm.bz2``.

    Parameters
    ----------
    path
        The file. Its nodes must come before its ways, as every common tool writes them.
    clip_box
        ``(west, south, east, north)`` or an area (polygon), in degrees; ways are cut at its border, never bridged over
        it.
    roads_only
        Leave out sites and background; roads, rails, barriers and turn restrictions alone are read much faster.
    on_progress
        Called with a stage's name and a share of the whole that rises to 1, a few times a second on large files.

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
    why_missing = "multipolygon whose rings do not close (members missing)"
    keys = _ROAD_KEYS if roads_only else _EVERY_KEY
    try:
        try:
            raw = _read(path, keys, () if roads_only else FEATURE_KEYS, on_progress)
        except RuntimeError as error:
            if roads_only or "out of order" not in str(error):
                raise
            # Rings can only be joined in a sorted file; roads and closed ways can be read from any.
            _log.warning("%s is not sorted by id: multipolygons are left out", path.name)
            why_missing = "multipolygon not joined: the file is not sorted by id"
            raw = _read(path, keys, (), on_progress)
            raw.areas_wanted = multipolygons(path, FEATURE_KEYS)
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
    data = _assembled(path.name, raw, clip_box, why_missing, shapes=not roads_only)
    if on_progress is not None:
        on_progress("sorting roads and places", 1.0)
    _log.info(
        "%s: %d road and rail ways, %d features", path.name, len(data.ways), len(data.features)
    )
    return data


def _read(
    path: Path, keys: tuple[str, ...], area_keys: tuple[str, ...], on_progress: Progress | None
) -> RawOsm:
    return read_raw(
        path, keys, area_keys, on_progress=on_progress,
        whole_relations=lambda tags: tags.get("type", "").startswith("restriction"),
    )  # fmt: skip


def _assembled(
    source: str, raw: RawOsm, clip: Clip | None, why_missing: str, *, shapes: bool
) -> OsmData:
    if clip is not None and not isinstance(clip, tuple):
        shapely.prepare(clip)
    assembly = _Assembly(raw, clip)
    assembly.take_nodes()
    ways = assembly.take_ways(shapes=shapes)
    assembly.take_areas(why_missing)
    every = ways.lonlat
    if len(every) == 0 and assembly.features:
        every = shapely.get_coordinates([feature.shape for feature in assembly.features])
    if len(every) == 0:
        n_objects = len(raw.node) + len(raw.way) + len(raw.areas_wanted)
        raise GeodataError(
            [
                Fault(
                    f"{source} holds no road, rail or site ({n_objects} tagged objects seen)",
                    expected="OpenStreetMap ways with highway or railway tags",
                    mend="Check the clip box, or that the extract contains its nodes.",
                )
            ]
        )
    low, high = every.min(axis=0), every.max(axis=0)
    return OsmData(
        source, ways, assembly.nodes, tuple(assembly.features),
        (float(low[0]), float(low[1]), float(high[0]), float(high[1])),
        assembly.drops.result(), restrictions=tuple(raw.relations),
    )  # fmt: skip


def _check_path(path: Path) -> None:
    expected = ", ".join(SUFFIXES)
    if not path.is_file():
        raise GeodataError(
            [Fault(f"there is no map file {path.name}", expected=f"a file ({expected})")]
        )
    if not path.name.lower().endswith(SUFFIXES):
        raise GeodataError([Fault(f"{path.name} is not a map format read here", expected=expected)])
