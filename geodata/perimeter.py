"""A perimeter on the network: where roads, tracks and paths cross a drawn area, and which stay open for blue lights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from geodata.crs import to_metric
from geodata.errors import Fault, GeodataError
from geodata.network import RoadNetwork, Snapped
from geodata.router import Router
from geodata.saying import say

MERGE_M = 12.0
"""Crossings nearer than this are one closure point: both carriageways and the pavements of one street."""

Float64 = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Crossing:
    """One closure point.

    Attributes
    ----------
    id
        ``G01``, ``G02``, ... clockwise from north, seen from the middle of the area.
    xy
        Metres in the networks' CRS, on the drawn line.
    edges
        For each profile the edge rows that cross here.
    ways
        OSM ids of the ways, ascending.
    name, road_class
        Of the widest road among them (one that vehicles use, else the path).
    kind
        ``hard`` (vehicles are stopped), ``soft`` (people on foot are checked), ``emergency`` (opened for blue lights).
    over
        All of it passes on a bridge or in a tunnel: perhaps no entrance at all, go and look.
    """

    id: str
    xy: tuple[float, float]
    edges: Mapping[str, tuple[int, ...]]
    ways: tuple[int, ...]
    name: str
    road_class: str
    kind: str
    over: bool


def crossings(
    networks: Mapping[str, RoadNetwork], area: Any, *, vehicles: Sequence[str] = ("car",)
) -> tuple[Crossing, ...]:
    """Every place where something that can be travelled crosses the edge of an area.

    Parameters
    ----------
    networks
        Networks by profile, all in one CRS.
    area
        A shapely Polygon in degrees (longitude, latitude); holes count as outside.
    vehicles
        Profiles that make a crossing a hard one.

    Raises
    ------
    GeodataError
        The area is no sound polygon, or no network lies inside it: all faults at once.
    """
    faults = []
    if shapely.get_type_id(area) == 6 and shapely.get_num_geometries(area) == 1:
        area = shapely.get_geometry(area, 0)  # files often keep one area as a collection of one
    if shapely.get_type_id(area) != 3 or shapely.is_empty(area):
        faults.append(Fault(say("the perimeter is no area"), expected=say("one polygon in degrees")))
    elif not shapely.is_valid(area):
        faults.append(Fault(say("the perimeter crosses itself"), expected=say("a simple polygon"),
                            mend=shapely.is_valid_reason(area)))  # fmt: skip
    crs = {network.crs for network in networks.values()}
    if len(crs) != 1:
        faults.append(Fault(say("{n} coordinate systems among the networks", n=len(crs)), expected=say("one")))
    if faults:
        raise GeodataError(faults)
    metric = shapely.transform(area, lambda lonlat: to_metric(lonlat, next(iter(crs))))
    found = [
        (profile, edge, xy)
        for profile, network in networks.items()
        for edge, xy in _on_the_line(network, shapely.boundary(metric))
    ]
    if not any((shapely.intersects(metric, network.lines[~network.closed])).any() for network in networks.values()):
        raise GeodataError(
            [Fault(say("no road, track or path lies in the perimeter"), expected=say("an area on the map"))]
        )
    points = np.array([xy for _, _, xy in found], dtype=np.float64).reshape(-1, 2)
    groups = _near_each_other(points)
    middle = shapely.centroid(metric)
    made = [
        _crossing(networks, [found[i] for i in group], points[group], vehicles) for group in groups
    ]
    made.sort(key=lambda c: (np.arctan2(c.xy[0] - middle.x, c.xy[1] - middle.y) % (2 * np.pi), c.xy))
    return tuple(replace(c, id=f"G{i:02d}") for i, c in enumerate(made, 1))


def _on_the_line(network: RoadNetwork, line: Any) -> list[tuple[int, tuple[float, float]]]:
    """Edges that meet a line, once for each place; an edge that runs along it meets it at both ends of that stretch."""
    tree = shapely.STRtree(network.lines)
    found = []
    for edge in np.sort(tree.query(line, predicate="intersects")).tolist():
        if network.closed[edge] or network.edge_length_m[edge] <= 0:
            continue
        met = shapely.intersection(network.lines[edge], line)
        for part in shapely.get_parts(met):
            for x, y in shapely.get_coordinates(part)[[0, -1]] if part.length else shapely.get_coordinates(part):
                found.append((edge, (float(x), float(y))))
    return found


def _near_each_other(points: Float64) -> list[npt.NDArray[np.int64]]:
    """Groups of points of which each is within ``MERGE_M`` of the group's first one, in the order given."""
    free = np.ones(len(points), dtype=bool)
    groups = []
    for i in range(len(points)):
        if free[i]:
            mine = free & (np.hypot(*(points - points[i]).T) <= MERGE_M)
            free &= ~mine
            groups.append(np.flatnonzero(mine))
    return groups


def _crossing(
    networks: Mapping[str, RoadNetwork],
    members: Sequence[tuple[str, int, tuple[float, float]]],
    points: Float64,
    vehicles: Sequence[str],
) -> Crossing:
    edges: dict[str, list[int]] = {}
    for profile, edge, _ in members:
        if edge not in edges.setdefault(profile, []):
            edges[profile].append(edge)
    driven = [(p, e) for p, e, _ in members if p in vehicles]
    shown = max(driven or [(p, e) for p, e, _ in members], key=lambda m: bool(networks[m[0]].name_of(m[1])))
    return Crossing(
        id="",
        xy=(float(points[:, 0].mean()), float(points[:, 1].mean())),
        edges={profile: tuple(sorted(rows)) for profile, rows in edges.items()},
        ways=tuple(sorted({int(networks[p].edge_way[e]) for p, e, _ in members})),
        name=networks[shown[0]].name_of(shown[1]),
        road_class=networks[shown[0]].class_of(shown[1]),
        kind="hard" if driven else "soft",
        over=all(bool(networks[p].bridge[e] or networks[p].tunnel[e]) for p, e, _ in members),
    )


def leaks(network: RoadNetwork, area: Any, found: Sequence[Crossing], profile: str) -> npt.NDArray[np.int64]:
    """Nodes inside that can still be reached from outside once every crossing is closed; none is the proof."""
    metric = shapely.transform(area, lambda lonlat: to_metric(lonlat, network.crs))
    shut = sorted({e for c in found for e in c.edges.get(profile, ())})
    closed = network.with_closures(np.array(shut, dtype=np.int64))
    inside = shapely.contains_xy(metric, network.node_xy[:, 0], network.node_xy[:, 1])
    part = closed.component
    return np.flatnonzero(inside & np.isin(part, np.unique(part[~inside]))).astype(np.int64)


@dataclass(frozen=True, slots=True)
class BlueLight:
    """One way for blue lights: seconds on the open network, seconds with only emergency gates open, gates it uses.

    ``None`` seconds: there is no way.
    """

    origin: int
    target: int
    free_s: int | None
    closed_s: int | None
    gates: tuple[str, ...]

    @property
    def kept(self) -> bool:
        """Whether the closure costs this way nothing."""
        return self.free_s == self.closed_s


def open_for_blue_lights(
    network: RoadNetwork, found: Sequence[Crossing], origins_xy: Float64, targets_xy: Float64, *, profile: str = "car"
) -> tuple[tuple[Crossing, ...], tuple[BlueLight, ...]]:
    """Make those crossings emergency gates that the fastest ways need, and prove the ways on the closed network (P15).

    Parameters
    ----------
    network
        Of the profile that emergency vehicles use, closures of the day included.
    origins_xy, targets_xy
        Float64 ``[n, 2]`` and ``[m, 2]`` metres: where they come from (fire and police stations) and must get to;
        each pair is answered in both directions.

    Returns
    -------
    tuple
        The crossings with their final kinds, and the ways as :func:`prove` tells them.
    """
    router = Router(network)
    gate_of = _gate_of(found, profile)
    needed: set[str] = set()
    for _, _, a, b in _pairs(network, origins_xy, targets_xy):
        way = router.path(a, b)
        needed |= set() if way is None else {gate_of[e] for e in way.edges.tolist() if e in gate_of}
    final = tuple(replace(c, kind="emergency") if c.id in needed else c for c in found)
    return final, prove(network, final, origins_xy, targets_xy, profile=profile)


def prove(
    network: RoadNetwork, gates: Sequence[Crossing], origins_xy: Float64, targets_xy: Float64, *, profile: str = "car"
) -> tuple[BlueLight, ...]:
    """Search blue-light ways again on the network on which every hard crossing is closed.

    Returns
    -------
    tuple
        ``2 n m`` ways: for each origin and target there, then back; seconds without and with the hard crossings closed.
    """
    gate_of = _gate_of(gates, profile)
    shut = sorted({e for c in gates if c.kind == "hard" for e in c.edges.get(profile, ())})
    before, after = Router(network), Router(network.with_closures(np.array(shut, dtype=np.int64)))
    ways = []
    for i, j, a, b in _pairs(network, origins_xy, targets_xy):
        free, way = before.path(a, b), after.path(a, b)
        used = () if way is None else tuple(dict.fromkeys(gate_of[e] for e in way.edges.tolist() if e in gate_of))
        seconds = None if way is None else way.seconds
        ways.append(BlueLight(i, j, None if free is None else free.seconds, seconds, used))
    return tuple(ways)


def _gate_of(gates: Sequence[Crossing], profile: str) -> dict[int, str]:
    return {e: c.id for c in gates for e in c.edges.get(profile, ())}


def _pairs(
    network: RoadNetwork, origins_xy: Float64, targets_xy: Float64
) -> Iterator[tuple[int, int, Snapped, Snapped]]:
    """Every origin and target, there and then back, laid onto the open network."""
    places = [network.snap(np.atleast_2d(np.asarray(xy, dtype=np.float64))) for xy in (origins_xy, targets_xy)]
    for i in range(len(places[0])):
        for j in range(len(places[1])):
            ends = places[0].take([i]), places[1].take([j])
            yield i, j, *ends
            yield i, j, *ends[::-1]
