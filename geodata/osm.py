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
import shapely

from geodata.bulk import many_objects
from geodata.errors import Dropped, Drops, Fault, Finding, GeodataError
from geodata.osmfile import FEATURE_KEYS, NODE_KEYS, read_file
from geodata.osmkind import SUFFIXES
from geodata.osmtext import Progress, RawOsm, RawRelation
from geodata.saying import mark, say

__all__ = ["FEATURE_KEYS", "NODE_KEYS", "SUFFIXES", "Box", "Clip", "OsmData", "OsmFeature", "OsmNode", "OsmWays",
           "read_osm"]  # fmt: skip

_log = logging.getLogger(__name__)

_AREA_KEYS = frozenset(FEATURE_KEYS) - {"power"}
_POWER = frozenset({"plant", "substation"})  # lines and towers are many, and nothing to guard
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
    ``n_seen`` counts the tagged objects that the file holds, by letter (``n``, ``w``, ``r``), and its ``roads``: ways
    with a road class. ``roads_unusable`` names by reason the roads of which nothing is in ``ways``. Both are empty for
    maps of other formats.
    """

    source: str
    ways: OsmWays
    nodes: Mapping[int, OsmNode]
    features: tuple[OsmFeature, ...]
    bounds: Box
    dropped: tuple[Dropped, ...]
    notes: tuple[Finding, ...] = ()
    restrictions: tuple[RawRelation, ...] = ()
    n_seen: Mapping[str, int] = field(default_factory=dict)
    roads_unusable: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


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

    def __init__(self, raw: RawOsm, clip: Clip | None, drops: Drops) -> None:
        self.raw = raw
        self.clip = clip
        self.drops = drops
        self.roads_unusable: dict[str, list[int]] = {}
        for name in raw.deleted:
            drops.add("deleted object, left out", name)
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
            feature = _has_shape(tags)
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
                shaped = _has_shape(tags) or tags.get("area") == "yes"
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
                self.drops.add(mark("way with nodes missing from the file, cut there"), name)
            reason = ""
            if runs.n_outside[k]:
                reason = mark("way cut at the clip box") if runs.n_runs[k] else "way outside the clip box"
            elif not runs.n_runs[k]:
                reason = "way without two usable nodes"
            if reason:
                self.drops.add(reason, name)
                if not runs.n_runs[k] and "highway" in self.raw.way_tags[k]:
                    self.roads_unusable.setdefault(reason.removeprefix("way "), []).append(self.raw.way[k])

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


def _has_shape(tags: Mapping[str, str]) -> bool:
    return not _AREA_KEYS.isdisjoint(tags) or tags.get("power") in _POWER


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
        The file; what it is, is told by its content. One that is not in order (an editor's negative ids, objects marked
        as deleted, several versions of one, ways before their nodes) is put in order first.
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
        No such file, another format, a file of changes, a damaged file, no room for scratch files, or nothing of use.
    """
    path = Path(path)
    drops = Drops()
    with many_objects():
        raw, why_missing = read_file(path, drops, roads_only=roads_only, on_progress=on_progress)
        data = _assembled(path.name, raw, clip_box, why_missing, drops, shapes=not roads_only)
    if on_progress is not None:
        on_progress("sorting roads and places", 1.0)
    _log.info(
        "%s: %d road and rail ways, %d features", path.name, len(data.ways), len(data.features)
    )
    return data


def _assembled(
    source: str, raw: RawOsm, clip: Clip | None, why_missing: str, drops: Drops, *, shapes: bool
) -> OsmData:
    if clip is not None and not isinstance(clip, tuple):
        shapely.prepare(clip)
    assembly = _Assembly(raw, clip, drops)
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
                    say("{source} holds no road, rail or site ({n_objects} tagged objects seen)", source=source,
                        n_objects=n_objects),
                    expected=say("OpenStreetMap ways with highway or railway tags"),
                    mend=say("Check the clip box, or that the extract contains its nodes."),
                )
            ]
        )
    low, high = every.min(axis=0), every.max(axis=0)
    return OsmData(
        source, ways, assembly.nodes, tuple(assembly.features),
        (float(low[0]), float(low[1]), float(high[0]), float(high[1])),
        assembly.drops.result(), restrictions=tuple(raw.relations), n_seen=_seen(raw),
        roads_unusable={reason: tuple(ways) for reason, ways in assembly.roads_unusable.items()},
    )  # fmt: skip


def _seen(raw: RawOsm) -> dict[str, int]:
    """Tagged objects of the file, and its roads."""
    roads = {way for way, tags in zip(raw.way, raw.way_tags, strict=True) if "highway" in tags}
    n_relations = len(raw.areas_wanted) + len(raw.relations)
    return {"n": len(raw.node), "w": len(raw.way), "r": n_relations, "roads": len(roads)}
