"""Read GeoPackage, GeoJSON, Shapefile, GeoParquet, FlatGeobuf and GraphML into the form of OpenStreetMap files.

Line layers become roads and rails, points and areas become sites, crossings and background. Lines meet where their
node ids say so, else where their ends lie within a tolerance; lines that merely cross never meet unless asked.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from geodata.columns import class_column, feature_tags, find_columns, line_tags, rows, texts
from geodata.crs import to_metric, utm_for
from geodata.errors import Drops, Fault, Finding, GeodataError
from geodata.gislayers import Layer, open_layers, sniff
from geodata.joining import drawn_twice, join_by_ids, join_by_place, levels, planarise
from geodata.osm import (
    FEATURE_KEYS,
    NODE_KEYS,
    Clip,
    OsmData,
    OsmFeature,
    OsmNode,
    OsmWays,
    read_osm,
)
from geodata.saying import later, mark, say
from geodata.unpack import unpack

_log = logging.getLogger(__name__)

Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]
_BARRIER_NEAR_M = 0.5
_DANGLE_NEAR_M = 1.0


@dataclass(frozen=True)
class Reading:
    """How a GIS file is to be read, where the file does not say it or says it wrong.

    Attributes
    ----------
    source_crs
        CRS of the coordinates in the file; beats what the file says.
    datum : str
        ``"wgs84"``, or ``"gcj02"`` or ``"bd09"`` for maps shifted as Chinese web maps are.
    columns : mapping
        Tag to column name, for example ``{"highway": "DLLX"}``.
    encoding : str, optional
        Of the texts in a Shapefile.
    layer : str, optional
        The one layer to read; all of them when left out.
    tolerance_m : float
        Line ends this near are one, where the file has no node ids.
    planarise : bool
        Make a junction wherever lines of one level cross. Off, since it joins what passes over each other.
    """

    source_crs: object = None
    datum: str = "wgs84"
    columns: Mapping[str, str] = field(default_factory=dict)
    encoding: str | None = None
    layer: str | None = None
    tolerance_m: float = 0.3
    planarise: bool = False


@dataclass
class _Gathered:
    """What the layers of one file add up to."""

    lines: list[Any] = field(default_factory=list)
    tags: list[dict[str, str]] = field(default_factory=list)
    way: list[int] = field(default_factory=list)
    u: list[Any] = field(default_factory=list)
    v: list[Any] = field(default_factory=list)
    features: list[OsmFeature] = field(default_factory=list)
    points: list[tuple[float, float, dict[str, str]]] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)
    drops: Drops = field(default_factory=Drops)
    with_ids: bool = True
    next_id: int = 1
    n_rows: int = 0
    n_used: int = 0
    n_left: int = 0

    def leave(self, reason: str, name: str) -> None:
        """Leave a whole row out, and count it."""
        self.drops.add(reason, name)
        self.n_left += 1

    def row_id(self, said: str | None) -> int:
        """The number of an OSM object where the file has one, else a number counted through."""
        digits = (said or "").split(";")[0].rsplit("/", 1)[-1].lstrip("nwr")
        if digits.isdigit() and 0 < int(digits) < 2**62:
            return int(digits)
        self.next_id += 1
        return self.next_id - 1


def read_gis(
    path: str | Path, reading: Reading | None = None, *, clip_box: Clip | None = None
) -> OsmData:
    """Read a GIS file.

    Parameters
    ----------
    path
        ``.gpkg``, ``.geojson``, ``.json``, ``.shp``, ``.parquet``, ``.fgb``, ``.graphml``, or a ``.zip``, ``.tar`` or
        ``.tar.gz`` with some of these in it.
    reading
        What the file does not say by itself.
    clip_box
        ``(west, south, east, north)`` or an area, in degrees; lines are cut at its border.

    Returns
    -------
    OsmData
        In WGS-84 degrees. Where the file has no OSM ids, ways count from 1 and nodes from -1 down.

    Raises
    ------
    GeodataError
        No such file, damaged, no CRS, coordinates that do not fit the CRS, or nothing of use in it.
    """
    path, how = Path(path), reading or Reading()
    if sniff(path) == "archive":
        with tempfile.TemporaryDirectory(prefix="vedette-map-") as folder:
            files = unpack(path, Path(folder))
            if len(files) == 1 and sniff(files[0]) == "osm":
                return replace(read_osm(files[0], clip_box=clip_box), source=path.name)
    got = _Gathered()
    faults: list[Fault] = []
    for layer in open_layers(path, how):
        faults += layer.faults
        got.notes += layer.notes
        if not layer.faults:
            _take(got, layer, how)
    if faults:
        raise GeodataError(faults)
    if not got.lines and not got.features:
        raise GeodataError([_nothing(path.name, got)])
    got.notes += _rows_ledger(got)
    if clip_box is not None:
        _clip(got, clip_box)
    return _result(path.name, got, how)


def _rows_ledger(got: _Gathered) -> list[Finding]:
    """Rows in = rows used + rows left out, or a warning."""
    lost = got.n_rows - got.n_used - got.n_left
    text = f"{got.n_rows:,} rows in the file = {got.n_used:,} used + {got.n_left:,} left out"
    if lost:
        return [
            Finding("rows-lost", "warning", f"{text} + {lost:,} unaccounted for", abs(lost), (),
                    "This is a fault of the reader: send the file to those who maintain it.")
        ]  # fmt: skip
    return [Finding("rows", "info", text, got.n_rows, (), "What was left out is listed by reason.")]


def _nothing(name: str, got: _Gathered) -> Fault:
    left = "; ".join(str(drop) for drop in got.drops.result()) or say("no feature at all")
    return Fault(
        say("{name} holds no road, rail or site ({left})", name=name, left=left),
        expected=say("lines with a road class, or points and areas with OpenStreetMap-like columns"),
        mend=say("Name the column of the road class, or the layer to read."),
    )


def _take(got: _Gathered, layer: Layer, how: Reading) -> None:
    frame, shapes = layer.frame, layer.shapes
    kind = shapely.get_type_id(shapes)
    got.n_rows += len(shapes)
    empty = shapely.is_empty(shapes) | shapely.is_missing(shapes)
    for k in np.flatnonzero(empty).tolist():
        got.leave("feature without geometry", f"{layer.name} row {k + 1}")
    columns = find_columns(
        [str(c) for c in frame.columns], how.columns, cut_names=layer.driver == "ESRI Shapefile"
    )
    class_column(frame, columns)
    is_line = np.isin(kind, (1, 2, 5)) & ~empty
    if is_line.any():
        _take_lines(got, layer, columns, np.flatnonzero(is_line))
    rest = np.flatnonzero(~is_line & ~empty)
    if len(rest):
        _take_features(got, layer, columns, rest)


def _take_lines(got: _Gathered, layer: Layer, columns: Mapping[str, str], which: Int64) -> None:
    frame = layer.frame.iloc[which]
    shapes = layer.shapes[which]
    classed = "highway" in columns or "railway" in columns or "other_tags" in columns
    shaped = any(key in columns for key in ("waterway", "natural", "landuse", "barrier"))
    if not classed and shaped:
        _take_features(got, layer, columns, which)
        return
    if not classed:
        got.notes.append(
            Finding(
                "no-road-class", "warning",
                f"layer {layer.name} has no column of road classes; all {len(which)} lines count as highway=road",
                len(which), tuple(str(c) for c in layer.frame.columns[:3]),
                "Name the column that holds the road class, or the layer that holds the roads.",
            )
        )  # fmt: skip
    ids = {key: texts(frame[columns[key]]) for key in ("u", "v") if key in columns}
    got.with_ids &= len(ids) == 2
    for k, (raw, shape) in enumerate(zip(rows(frame, columns), shapes, strict=True)):
        way = got.row_id(raw.get("osmid"))
        tags, note = line_tags(raw)
        if note:
            got.drops.add(note, f"w{way}")
        if not classed:
            tags["highway"] = "road"
        if "highway" not in tags and "railway" not in tags:
            if "waterway" in tags or "natural" in tags:
                got.features.append(OsmFeature("w", way, tags, shape))
                got.n_used += 1
            else:
                got.leave("line with neither road class nor rail", f"w{way}")
            continue
        parts = shapely.get_parts(shape)
        if len(parts) > 1:
            got.drops.add("line of several parts, taken part by part", f"w{way}")
            got.with_ids = False
        before = len(got.lines)
        for part in parts:
            if len(shapely.get_coordinates(part)) < 2 or part.length == 0:
                got.drops.add("line without length", f"w{way}")
                continue
            got.lines.append(shapely.force_2d(part))
            got.tags.append(tags)
            got.way.append(way)
            got.u.append(ids["u"][k] if "u" in ids else None)
            got.v.append(ids["v"][k] if "v" in ids else None)
        got.n_used += len(got.lines) > before
        got.n_left += len(got.lines) == before


def _take_features(got: _Gathered, layer: Layer, columns: Mapping[str, str], which: Int64) -> None:
    frame = layer.frame.iloc[which]
    for row, raw, shape in zip(which.tolist(), rows(frame, columns), layer.shapes[which], strict=True):
        tags = feature_tags(raw)
        letter = "n" if shape.geom_type == "Point" else "w"
        used = any(key in tags for key in FEATURE_KEYS)
        if not used and not any(key in tags for key in NODE_KEYS):
            got.leave("point, area or line with no tag that is used here", f"{layer.name} row {row + 1}")
            continue
        osm_id = got.row_id(raw.get("osmid"))
        got.n_used += 1
        if letter == "n" and any(key in tags for key in NODE_KEYS):
            got.points.append((shape.x, shape.y, tags))
        if used:
            plain = shapely.force_2d(shape)
            if shape.geom_type == "MultiPoint":
                letter, plain = "n", plain.centroid
            if not shapely.is_valid(plain):
                got.drops.add("area that crosses itself, mended", f"{letter}{osm_id}")
                plain = shapely.make_valid(plain)
            got.features.append(OsmFeature(letter, osm_id, tags, plain))


def read_area(path: str | Path, reading: Reading | None = None) -> shapely.Polygon | shapely.MultiPolygon:
    """Read the areas of a GIS file as one, in degrees, to clip a map with.

    Raises
    ------
    GeodataError
        The file cannot be read, or holds no area.
    """
    path = Path(path)
    areas: list[Any] = []
    for layer in open_layers(path, reading or Reading()):
        if layer.faults:
            raise GeodataError(layer.faults)
        areas += [s for s in layer.shapes if s is not None and shapely.get_dimensions(s) == 2]
    if not areas:
        raise GeodataError([Fault(say("{name} holds no area", name=path.name), expected=say("at least one polygon"))])
    whole = shapely.union_all(shapely.make_valid(np.array(areas, dtype=object)))
    polygons = [p for p in shapely.get_parts(whole) if p.geom_type == "Polygon"]
    return shapely.MultiPolygon(polygons)


def _clip(got: _Gathered, clip: Clip) -> None:
    """Keep the runs of vertices inside; a way cut there stays cut."""
    area = shapely.box(*clip) if isinstance(clip, tuple) else clip
    shapely.prepare(area)
    kept: list[tuple[Any, dict[str, str], int]] = []
    for line, tags, way in zip(got.lines, got.tags, got.way, strict=True):
        xy = shapely.get_coordinates(line)
        inside = shapely.intersects_xy(area, xy)
        if inside.all():
            kept.append((line, tags, way))
            continue
        got.drops.add("way cut at the clip box" if inside.any() else "way outside the clip box", f"w{way}")  # fmt: skip
        cuts = np.flatnonzero(np.diff(inside.astype(np.int8))) + 1
        for run, ok in zip(np.split(xy, cuts), np.split(inside, cuts), strict=True):
            if ok[0] and len(run) > 1:
                kept.append((shapely.linestrings(run), tags, way))
        got.with_ids = False
    got.lines, got.tags = [k[0] for k in kept], [k[1] for k in kept]
    got.way = [k[2] for k in kept]
    if not got.with_ids:
        got.u = got.v = [None] * len(kept)
    got.features = [f for f in got.features if f.shape.intersects(area)]
    got.points = [p for p in got.points if shapely.intersects_xy(area, p[0], p[1])]


def _result(name: str, got: _Gathered, how: Reading) -> OsmData:
    shapes = np.array([*got.lines, *(f.shape for f in got.features)], dtype=object)
    if not len(shapes):
        raise GeodataError([_nothing(name, got)])
    every = shapely.get_coordinates(shapes[: len(got.lines)] if got.lines else shapes)
    low, high = every.min(axis=0), every.max(axis=0)
    bounds = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
    crs = utm_for(np.array(bounds).reshape(2, 2))
    ways = _ways(got, how, crs)
    data = OsmData(
        name, ways, _nodes(got, ways, crs), tuple(got.features), bounds, got.drops.result(),
        (*got.notes, *_dangling(ways, crs)),
    )  # fmt: skip
    _log.info("%s: %d lines, %d features", name, len(ways), len(got.features))
    return data


def _ways(got: _Gathered, how: Reading, crs: str) -> OsmWays:
    lines = np.array(got.lines, dtype=object)
    if not len(lines):
        none = np.zeros(0, dtype=np.int64)
        return OsmWays(none, np.zeros(1, dtype=np.int64), none, np.zeros((0, 2)), ())
    level = levels(got.tags)
    if how.planarise:
        lines = planarise(lines, level, got.drops)
    lonlat, index = shapely.get_coordinates(lines, return_index=True)
    start = np.concatenate([[0], np.cumsum(np.bincount(index, minlength=len(lines)))]).astype(np.int64)  # fmt: skip
    xy = to_metric(lonlat, crs)
    ref = None
    if got.with_ids and not how.planarise:
        ref = join_by_ids(got.u, got.v, xy, start, got.drops, got.way)
    if ref is None:
        ref = join_by_place(xy, lonlat, start, level, how.tolerance_m, got.drops)
    way = np.array(got.way, dtype=np.int64)
    twice = drawn_twice(ref, lonlat, start, got.tags)
    for k in np.flatnonzero(twice).tolist():
        got.drops.add("line drawn once more (there or back), left out", f"w{way[k]}")
    keep = np.flatnonzero(~twice)
    vertex = np.repeat(~twice, np.diff(start))
    count = np.diff(start)[keep]
    return OsmWays(
        way[keep],
        np.concatenate([[0], np.cumsum(count)]).astype(np.int64),
        ref[vertex],
        lonlat[vertex],
        tuple(got.tags[k] for k in keep.tolist()),
    )


def _nodes(got: _Gathered, ways: OsmWays, crs: str) -> dict[int, OsmNode]:
    """Tagged points by node id; one that lies on a vertex of a line gets the vertex's id, so that a barrier stops."""
    if not got.points:
        return {}
    lonlat = np.array([(lon, lat) for lon, lat, _ in got.points])
    ref = -(np.arange(len(lonlat), dtype=np.int64) + 2**40)
    if len(ways.ref):
        from scipy.spatial import cKDTree

        distance, row = cKDTree(to_metric(ways.lonlat, crs)).query(to_metric(lonlat, crs))
        on = distance <= _BARRIER_NEAR_M
        ref[on] = ways.ref[np.asarray(row)[on]]
        for k in np.flatnonzero(~on).tolist():
            if "barrier" in got.points[k][2]:
                got.drops.add("barrier that stands on no vertex of a road, so that it stops nobody",
                              f"({lonlat[k, 0]:.5f}, {lonlat[k, 1]:.5f})")  # fmt: skip
    return {
        int(r): OsmNode(int(r), lon, lat, tags)
        for r, (lon, lat, tags) in zip(ref, got.points, strict=True)
    }


def _dangling(ways: OsmWays, crs: str) -> list[Finding]:
    """Ends that stop right beside another line's middle: junctions that were never drawn as such."""
    if len(ways) < 2:
        return []
    start = ways.start
    ends = np.concatenate([start[:-1], start[1:] - 1])
    _, row, count = np.unique(ways.ref, return_inverse=True, return_counts=True)
    alone = ends[count[np.asarray(row)[ends]] == 1]
    if not len(alone):
        return []
    xy = to_metric(ways.lonlat, crs)
    line = np.repeat(np.arange(len(ways)), np.diff(start))
    lines = np.asarray(shapely.linestrings(xy, indices=line), dtype=object)
    points = np.asarray(shapely.points(xy[alone]), dtype=object)
    hit, other = shapely.STRtree(lines).query(points, predicate="dwithin", distance=_DANGLE_NEAR_M)
    near = np.unique(hit[other != line[alone][hit]])
    if not len(near):
        return []
    at = ways.lonlat[alone[near]]
    return [
        Finding(
            "ends-beside-lines", "warning",
            later(mark("{n} line ends stop within {m:g} m of another line without sharing a vertex with it"),
                  n=len(near), m=_DANGLE_NEAR_M),
            len(near), tuple(f"({lon:.5f}, {lat:.5f})" for lon, lat in at[:3].tolist()),
            later(mark("Raise the tolerance where ends miss each other, or read with planarise where lines cross at "
                       "level.")),
        )
    ]  # fmt: skip
