"""Coordinates that cannot be right: swapped, zero, far off, shifted as Chinese web maps are; and what to do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import shapely

from geodata.crs import from_datum, haversine_m, in_china, to_datum, to_lonlat, to_metric
from geodata.errors import Finding
from geodata.network import RoadNetwork
from geodata.railgraph import RAIL_KINDS
from geodata.saying import later, mark

if TYPE_CHECKING:
    from geodata.osm import OsmData

Float64 = npt.NDArray[np.float64]
Bool = npt.NDArray[np.bool_]

_OUTSIDE_M = 2_000.0
_FAR_M = 200_000.0
_WIDE_DEGREES = 7.0
_WORLD_M = 1_000_000.0
_ON_ROAD_M = 15.0
_LEAST_POINTS = 5
_SAMPLES = 4_000
_CROSSING_NEAR_M = 3.0
_MOST_IN_BUILDINGS = 0.10

# What may have happened to points, and the way back to WGS-84.
_STORIES: tuple[tuple[str, str, Callable[[Float64], Float64]], ...] = (
    (mark("are GCJ-02 (Chinese web maps)"), mark("convert them with datum gcj02"), lambda p: from_datum(p, "gcj02")),
    (mark("are BD-09 (Baidu)"), mark("convert them with datum bd09"), lambda p: from_datum(p, "bd09")),
    (mark("were converted from GCJ-02 once too often"), mark("take them as they were before"),
     lambda p: to_datum(p, "gcj02")),
    (mark("were converted from BD-09 once too often"), mark("take them as they were before"),
     lambda p: to_datum(p, "bd09")),
)  # fmt: skip


def check_places(
    network: RoadNetwork,
    ids: Sequence[str],
    lonlat: npt.ArrayLike,
    *,
    on_road: bool = False,
    what: str = "places",
) -> tuple[Finding, ...]:
    """Examine places against the map they belong to.

    Parameters
    ----------
    network
        Of the map.
    ids
        Names for the report, length ``n``.
    lonlat
        Degrees ``[n, 2]`` as they were given, longitude first.
    on_road
        Whether the places are meant to lie on roads (posts, candidates); only then can a shift of some hundred
        metres be told from a place that is merely off the road.
    what
        What they are called, in the plural.

    Returns
    -------
    tuple of Finding
        ``place-not-a-number``, ``place-zero``, ``place-swapped``, ``place-outside``, ``places-shifted``.
    """
    points = np.asarray(lonlat, dtype=np.float64).reshape(-1, 2)
    names = np.array([str(name) for name in ids], dtype=object)
    found: list[Finding] = []
    finite: Bool = np.asarray(np.isfinite(points).all(axis=1))
    _note(found, names, ~finite, "place-not-a-number", what, "have no numbers as coordinates",
          "Give degrees such as 116.40402, 39.91503.")  # fmt: skip
    zero: Bool = np.asarray(finite & (np.abs(points) < 1e-3).all(axis=1))
    _note(found, names, zero, "place-zero", what, "lie at 0, 0",
          "Their coordinates were left empty; fill them in.")  # fmt: skip
    inside = np.zeros(len(points), dtype=bool)
    usable: Bool = finite & ~zero
    inside[usable] = _in_map(network, points[usable])
    swapped: Bool = usable & ~inside
    swapped[np.flatnonzero(swapped)] = _in_map(network, points[swapped][:, ::-1])
    _note(found, names, swapped, "place-swapped", what, "lie on the map only with longitude and latitude swapped",
          "Give the longitude first.")  # fmt: skip
    outside: Bool = usable & ~inside & ~swapped
    _note(found, names, outside, "place-outside", what, f"lie over {_OUTSIDE_M / 1000:g} km outside of the map's roads",
          "Check the coordinates, or take a larger map.")  # fmt: skip
    if on_road:
        found += _shift(network, names, points, usable, what)
    return tuple(found)


def _note(
    found: list[Finding], names: npt.NDArray[np.object_], bad: Bool, code: str, noun: str, what: str, mend: str
) -> None:  # fmt: skip
    n = int(bad.sum())
    if n:
        text = f"{n} of {len(names)} {noun} {what}"
        found.append(Finding(code, "warning", text, n, tuple(names[bad][:3].tolist()), mend))


def _in_map(network: RoadNetwork, lonlat: Float64) -> Bool:
    inside = np.zeros(len(lonlat), dtype=bool)
    possible = (np.abs(lonlat) <= (180, 90)).all(axis=1)
    if possible.any():
        xy = to_metric(lonlat[possible], network.crs)
        low = network.node_xy.min(axis=0) - _OUTSIDE_M
        high = network.node_xy.max(axis=0) + _OUTSIDE_M
        inside[possible] = ((xy >= low) & (xy <= high)).all(axis=1)
    return inside


def _shift(
    network: RoadNetwork, names: npt.NDArray[np.object_], points: Float64, usable: Bool, what: str
) -> list[Finding]:  # fmt: skip
    """A datum under which the points lie on roads at least three times nearer, in the median, tells what happened."""
    rows = np.flatnonzero(usable & in_china(points))
    if len(rows) < _LEAST_POINTS:
        return []
    given = _off_road(network, points[rows])
    if given <= _ON_ROAD_M:
        return []
    off, story, mend = min(
        ((_off_road(network, back(points[rows])), story, mend) for story, mend, back in _STORIES),
        key=lambda row: row[0],
    )
    if off * 3 > given:
        return []
    return [
        Finding("places-shifted", "warning",
                later(mark("{n} {what} lie {given:.0f} m off the roads in the median, and {off:.0f} m if they {story}"),
                      n=len(rows), what=later(what), given=given, off=off, story=later(story)),
                len(rows), tuple(names[rows][:3].tolist()), later(mark("If that is so, {mend}."), mend=later(mend)))
    ]  # fmt: skip


def _off_road(network: RoadNetwork, lonlat: Float64) -> float:
    snapped = network.snap(to_metric(lonlat, network.crs), 2_000.0)
    return float(np.median(np.where(snapped.ok, snapped.distance_m, 2_000.0)))


def leave_out_far(osm: OsmData) -> OsmData:
    """Leave out ways and features at 0, 0 or a world away from all others, and note it.

    One metric CRS cannot hold them, and their coordinates were empty or wrong. Most maps come back as they are.
    """
    ways = osm.ways
    if len(ways) == 0:
        return osm
    middle = ways.lonlat[(ways.start[:-1] + ways.start[1:]) // 2]
    centre = np.median(middle, axis=0)
    away = haversine_m(middle, np.broadcast_to(centre, middle.shape))
    far = _beyond_gap(away)
    near_m = float(np.delete(away, far).max()) if len(far) else float(away.max())
    limit_m = max(_WORLD_M, 5 * near_m)
    strays: list[str] = []
    features = osm.features
    # Most maps lie whole within the limit, which the box of all nodes and features tells at once.
    if len(far) or _reach_m(osm, centre) > limit_m:
        places = np.array([_first_point(f.shape) for f in features]).reshape(-1, 2)
        off = haversine_m(places, np.broadcast_to(centre, places.shape)) > limit_m
        strays = [f.key for f, out in zip(features, off.tolist(), strict=True) if out]
        features = tuple(f for f, out in zip(features, off.tolist(), strict=True) if not out)
    if not len(far) and not strays:
        return osm
    keep = np.ones(len(ways), dtype=bool)
    keep[far] = False
    vertex = np.repeat(keep, np.diff(ways.start))
    start = np.concatenate([[0], np.cumsum(np.diff(ways.start)[keep])]).astype(np.int64)
    lonlat = ways.lonlat[vertex]
    from geodata.osm import OsmWays

    kept = OsmWays(
        ways.way[keep],
        start,
        ways.ref[vertex],
        lonlat,
        tuple(ways.tags[k] for k in np.flatnonzero(keep).tolist()),
    )
    low, high = lonlat.min(axis=0), lonlat.max(axis=0)
    names = [*dict.fromkeys(f"w{way}" for way in ways.way[far].tolist()), *strays]
    zero = bool(len(far)) and bool((np.abs(middle[far]) < 0.01).all())
    n = len(far) + len(strays)
    what = mark("1 way or place lies over {km:.0f} km from all others{where}")
    if n > 1:
        what = mark("{n} ways and places lie over {km:.0f} km from all others{where}")
    note = Finding(
        "far-out", "warning",
        later(what, n=n, km=_FAR_M / 1000, where=later(mark(", at 0, 0")) if zero else ""), n, tuple(names[:3]),
        later(mark("Their coordinates are empty or wrong; they were left out.")),
    )  # fmt: skip
    gone = {int(w) for w, t in zip(ways.way[far].tolist(), [ways.tags[k] for k in far.tolist()], strict=True)
            if "highway" in t}  # fmt: skip
    unusable = dict(osm.roads_unusable)
    if gone := gone.difference(kept.way.tolist()):
        unusable["far from all others"] = tuple(sorted(gone))
    return replace(
        osm, ways=kept, features=features, notes=(*osm.notes, note), roads_unusable=unusable,
        bounds=(float(low[0]), float(low[1]), float(high[0]), float(high[1])),
    )  # fmt: skip


def _first_point(shape: Any) -> tuple[float, float]:
    x, y = shapely.get_coordinates(shape)[0]
    return float(x), float(y)


def _reach_m(osm: OsmData, centre: Float64) -> float:
    """How far the farthest corner of the box of all features lies from the middle."""
    if not osm.features:
        return 0.0
    west, south, east, north = shapely.total_bounds([f.shape for f in osm.features])
    corners = np.array([(west, south), (west, north), (east, south), (east, north)])
    return float(haversine_m(corners, np.broadcast_to(centre, corners.shape)).max())


def check_extent(osm: OsmData) -> list[Finding]:
    """Maps too wide for one metric CRS."""
    west, _, east, _ = osm.bounds
    if east - west <= _WIDE_DEGREES:
        return []
    if east - west > 180:
        return [
            Finding("too-wide", "warning",
                    later(mark("the map reaches from {west:.2f} to {east:.2f} degrees: it crosses the 180th meridian, "
                               "or some coordinates are wrong"), west=float(west), east=float(east)), 1, (),
                    later(mark("Roads across that meridian are drawn around the world; clip the map to one side of "
                               "it.")))
        ]  # fmt: skip
    return [
        Finding("too-wide", "warning", later(mark("the map is {n:.1f} degrees wide"), n=float(east - west)), 1, (),
                later(mark("Lengths on one metric grid are off by more than 1 in 1,000 at its sides; clip it.")))
    ]  # fmt: skip


def _beyond_gap(away: Float64) -> npt.NDArray[np.int64]:
    """Rows of the outer half beyond a gap: over 200 km off, and five times as far as the next one inwards."""
    order = np.argsort(away, kind="stable")
    sorted_m = np.maximum(away[order], 1_000.0)
    gap = (sorted_m[1:] > 5 * sorted_m[:-1]) & (sorted_m[1:] > _FAR_M)
    gap[: (len(away) - 1) // 2] = False
    at = np.flatnonzero(gap)
    return np.sort(order[at[0] + 1 :]) if len(at) else np.zeros(0, dtype=np.int64)


def check_crossings(osm: OsmData, network: RoadNetwork) -> list[Finding]:
    """Rails that cross a road on paper, on one level, without a node in common: no level crossing is known there."""
    ways = osm.ways
    rails = [
        k for k, tags in enumerate(ways.tags)
        if tags.get("railway") in RAIL_KINDS and tags.get("bridge", "no") == "no" and tags.get("tunnel", "no") == "no"
    ]  # fmt: skip
    roads = np.flatnonzero(~network.bridge & ~network.tunnel)
    if not rails or not len(roads):
        return []
    parts = [slice(int(ways.start[k]), int(ways.start[k + 1])) for k in rails]
    xy = to_metric(np.concatenate([ways.lonlat[p] for p in parts]), network.crs)
    owner = np.repeat(np.arange(len(rails)), [p.stop - p.start for p in parts])
    tracks = np.asarray(shapely.linestrings(xy, indices=owner), dtype=object)
    lines = network.lines[roads]
    track, road = shapely.STRtree(lines).query(tracks, predicate="crosses")
    if not len(track):
        return []
    at = shapely.get_coordinates(shapely.centroid(shapely.intersection(tracks[track], lines[road])))
    on_rail = np.concatenate([ways.ref[p] for p in parts])
    # A node of the road that the rail shares is a crossing that the map knows.
    shared = np.isin(on_rail, _road_refs(osm))
    gap: Float64 = np.full(len(at), np.inf)
    if shared.any():
        from scipy.spatial import cKDTree

        gap = np.asarray(cKDTree(xy[shared]).query(at)[0])
    _, first = np.unique(np.rint(at / 10.0), axis=0, return_index=True)
    bare = np.array([k for k in np.sort(first) if gap[k] > _CROSSING_NEAR_M], dtype=np.int64)
    if not len(bare):
        return []
    names = tuple(f"w{ways.way[rails[track[k]]]} over w{network.edge_way[roads[road[k]]]}" for k in bare[:3])
    return [
        Finding("rail-crosses-road", "info",
                later(mark("{n} places where a rail and a road cross on one level without a node in common"),
                      n=len(bare)), len(bare), names,
                later(mark("They are level crossings that were not drawn, or bridges that were not tagged; look before "
                           "guarding.")))
    ]  # fmt: skip


def _road_refs(osm: OsmData) -> npt.NDArray[np.int64]:
    ways = osm.ways
    is_road = np.array(["highway" in tags for tags in ways.tags], dtype=bool)
    return np.asarray(ways.ref[np.repeat(is_road, np.diff(ways.start))])


def check_layers(osm: OsmData, network: RoadNetwork) -> list[Finding]:
    """Roads that run through the buildings of a Chinese map: one of the two layers is shifted."""
    if not in_china([osm.bounds[:2]])[0]:
        return []
    shapes = [
        f.shape for f in osm.features
        if f.tags.get("building", "no") != "no" and shapely.get_dimensions(f.shape) == 2
    ]  # fmt: skip
    rows = np.flatnonzero(~network.tunnel & ~network.bridge)
    if len(shapes) < 50 or len(rows) < 50:
        return []
    rows = rows[:: max(1, len(rows) // _SAMPLES)]
    middle = (network.shape_start[rows] + network.shape_start[rows + 1] - 1) // 2
    half = (network.shape_xy[middle] + network.shape_xy[middle + 1]) / 2
    points = to_lonlat(half, network.crs)
    tree = shapely.STRtree(shapes)

    def share(lonlat: Float64) -> float:
        hit = tree.query(shapely.points(lonlat), predicate="within")[0]
        return len(np.unique(hit)) / len(lonlat)

    given = share(points)
    if given < _MOST_IN_BUILDINGS:
        return []
    best, story, mend = min(
        ((share(back(points)), story, mend) for story, mend, back in _STORIES),
        key=lambda row: row[0],
    )
    known = best * 3 < given
    cause = later(mark(", and {best:.0%} if the roads {story}"), best=best, story=later(story)) if known else ""
    return [
        Finding("layers-shifted", "warning",
                later(mark("{given:.0%} of the roads run through buildings{cause}"), given=given, cause=cause),
                round(given * len(rows)), (),
                later(mark("Roads and buildings are of different datums; {mend}."), mend=later(mend)) if known
                else later(mark("Roads and buildings do not fit; ask where each layer came from.")))
    ]  # fmt: skip
