"""Walking along the track: where a foot way runs beside it, and where people get on and off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import shapely

from geodata.network import RoadNetwork
from geodata.railparts import RailLines, RailSection, TrackAccess, TrackWalk
from geodata.railsearch import points_at

Float64 = npt.NDArray[np.float64]

_STEP_M = 25.0
_SHORTEST_PATH_M = 15.0
_LEAST_ALONG = 0.7
_AT_CROSSING_M = 30.0
_AT_PATH_M = 15.0


def with_walks(
    rail: RailLines,
    networks: Mapping[str, RoadNetwork],
    *,
    beside_m: float = 25.0,
    reach_m: float = 100.0,
    foot: str = "foot",
    vehicle: str = "car",
) -> RailLines:
    """Return the rail with a :class:`geodata.railparts.TrackWalk` for every section.

    Parameters
    ----------
    rail
        From :func:`geodata.rail.read_rail`.
    networks
        By profile name; without the foot network nothing is beside the track, without the vehicles' no access.
    beside_m
        Open foot ways within this distance of the line's course that run its way (seven tenths of their length count
        along it) are beside the track. Ways that only cross it, and ways above a tunnel, are not.
    reach_m
        Farthest place on the vehicles' network (main part only) from which the track is got on to, straight across
        the ground.
    foot, vehicle
        Names of the two profiles.
    """
    walker, driver = networks.get(foot), networks.get(vehicle)
    zones = [shapely.LineString(s.xy).buffer(beside_m, cap_style="flat") for s in rail.sections]
    walks = _beside(rail.sections, zones, walker)
    doors = _doors(rail.sections, walker, driver, vehicle, reach_m)
    sections = []
    for section, (share, paths, edges), access in zip(rail.sections, walks, doors, strict=True):
        walk = TrackWalk(
            share,
            share * section.length_m,
            (1 - share) * section.length_m,
            paths,
            edges,
            access[0] if access else None,
            access[-1] if access else None,
        )
        sections.append(replace(section, walk=walk))
    return replace(rail, sections=tuple(sections))


def _beside(
    sections: Sequence[RailSection], zones: Sequence[shapely.Geometry], network: RoadNetwork | None
) -> list[tuple[float, tuple[Float64, ...], npt.NDArray[np.int32]]]:
    """For each section the share beside foot ways, these stretches of way, and their edges."""
    if network is None or not sections:
        return [(0.0, (), np.zeros(0, dtype=np.int32)) for _ in sections]
    rows = np.flatnonzero(~network.closed)
    tree = shapely.STRtree(network.lines[rows])
    return [
        _walk(section, zone, network, np.sort(rows[tree.query(zone, predicate="intersects")]))
        for section, zone in zip(sections, zones, strict=True)
    ]


def _walk(
    section: RailSection, zone: shapely.Geometry, network: RoadNetwork, edges: npt.NDArray[np.int64]
) -> tuple[float, tuple[Float64, ...], npt.NDArray[np.int32]]:
    line = shapely.LineString(section.xy)
    tunnels = [t.at_m - t.length_m / 2 - section.from_m for t in section.tunnels]
    below = [(low, low + t.length_m) for low, t in zip(tunnels, section.tunnels, strict=True)]
    spans: list[tuple[float, float]] = []
    paths: list[Float64] = []
    used: list[int] = []
    for edge in edges.tolist():
        for part in shapely.get_parts(shapely.intersection(network.lines[edge], zone)):
            if part.geom_type != "LineString" or part.length < _SHORTEST_PATH_M:
                continue
            points = shapely.points(shapely.get_coordinates(shapely.segmentize(part, 5.0)))
            at = shapely.line_locate_point(line, points)
            low, high = float(at.min()), float(at.max())
            open_air = _without([(low, high)], below)
            if high - low >= _LEAST_ALONG * part.length and _covered(open_air) > 1.0:
                spans += open_air
                paths.append(np.asarray(shapely.get_coordinates(part)))
                used.append(edge)
    share = min(1.0, _covered(spans) / line.length) if line.length else 0.0
    return share, tuple(paths), np.unique(np.array(used, dtype=np.int32))


def _without(
    spans: Sequence[tuple[float, float]], holes: Sequence[tuple[float, float]]
) -> list[tuple[float, float]]:
    left = list(spans)
    for low, high in holes:
        pieces = [p for a, b in left for p in ((a, min(b, low)), (max(a, high), b))]
        left = [(a, b) for a, b in pieces if a < b]
    return left


def _covered(spans: Sequence[tuple[float, float]]) -> float:
    """Length of the union of spans."""
    total, reached = 0.0, -np.inf
    for low, high in sorted(spans):
        total += max(0.0, high - max(low, reached))
        reached = max(reached, high)
    return total


def _doors(
    sections: Sequence[RailSection],
    walker: RoadNetwork | None,
    driver: RoadNetwork | None,
    profile: str,
    reach_m: float,
) -> list[list[TrackAccess]]:
    """Places to get on and off, by chainage: every 25 m of each section that the vehicles' network is near enough."""
    found: list[list[TrackAccess]] = [[] for _ in sections]
    if driver is None or not sections:
        return found
    at_of = [_samples(section) for section in sections]
    owner = np.repeat(np.arange(len(sections)), [len(at) for at in at_of])
    places = np.concatenate(
        [points_at(s.xy, at / s.length_m) for s, at in zip(sections, at_of, strict=True)]
    )
    road = driver.snap(places, reach_m, main_only=True)
    by_path = (
        walker.snap(places, _AT_PATH_M, main_only=True).ok
        if walker
        else np.zeros(len(places), dtype=bool)
    )
    along = np.concatenate(at_of)
    for row in np.flatnonzero(road.ok).tolist():
        section = sections[owner[row]]
        at_m = section.from_m + float(along[row])
        crossed = any(abs(c.at_m - at_m) <= _AT_CROSSING_M for c in section.crossings)
        how = "crossing" if crossed else "path" if by_path[row] else "ground"
        found[owner[row]].append(
            TrackAccess(profile, how, at_m, places[row], road.xy[row], int(road.edge[row]),
                        float(road.along_m[row]), float(road.distance_m[row]))
        )  # fmt: skip
    return found


def _samples(section: RailSection) -> Float64:
    """Distances from a section's start to look from: every 25 m, its ends and its crossings."""
    steps = np.linspace(0.0, section.length_m, max(2, int(np.ceil(section.length_m / _STEP_M)) + 1))
    crossings = [c.at_m - section.from_m for c in section.crossings]
    return np.unique(np.clip([*steps, *crossings], 0.0, section.length_m))
