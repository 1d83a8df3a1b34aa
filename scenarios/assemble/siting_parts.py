"""Parts of the siting Problem: points of sites, seconds from posts to them, rings, posts too close to each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray

from scenarios.assemble.patrol_places import line_of
from scenarios.assemble.places import Places, Spot, Ways
from scenarios.errors import Fault, ScenarioError
from scenarios.schema import Kind, PostRow, Scenario, Site
from scenarios.spans import Interval, intervals, merged
from scenarios.tongue import say as _
from scheduler.siting.directions import slower
from scheduler.siting.problem import Reach, Ring, dense_reach

POINT_M = 200.0
"""A line has a point at both ends and at least so often between them."""


@dataclass(frozen=True, eq=False)
class Points:
    """Where units must get to: metres ``[n, 2]``, and for each point the index of its site.

    A site with a line is in reach where each of its points is.
    """

    xy: NDArray[np.float64]
    site: NDArray[np.int32]


def points_of(sites: Sequence[Site], places: Places) -> Points:
    """One point for each site, several along those that are lines."""
    xy: list[NDArray[np.float64]] = []
    owner: list[int] = []
    for s, site in enumerate(sites):
        line = line_of(site, places.crs)
        if line is None or len(line) < 2:
            its = places.xy([site.id])
        else:
            its = shapely.get_coordinates(shapely.segmentize(shapely.LineString(line), POINT_M))
        xy.append(its)
        owner += [s] * len(its)
    return Points(np.concatenate(xy) if xy else np.empty((0, 2)), np.array(owner, dtype=np.int32))


def reach_of(
    scenario: Scenario,
    ways: Ways,
    kind: Kind,
    closures: frozenset[str],
    spots: Sequence[Spot],
    sites: Sequence[Site],
    points: Points,
    limit_s: int | None = None,
) -> Reach:
    """Seconds of one kind of unit from every place to every point, as ``[response]`` counts them.

    Parameters
    ----------
    limit_s
        Pairs beyond it are left out; three times the longest standard where not given.
    """
    tiers = scenario.response
    origins = np.array([s.at for s in spots], dtype=np.float64).reshape(-1, 2)
    times = ways.seconds(kind.mode, closures, origins, points.xy)
    before: NDArray[np.int32] = np.array([s.walk_s for s in spots], dtype=np.int32)
    before = before + {"arrival": 0, "react": kind.turnout_s, "handled": kind.turnout_s + tiers.handle_s}[tiers.meaning]
    seconds, reachable = times.seconds + before[:, None], times.reachable.copy()
    # A post inside a site is at that site already: what counts is the stated walk to its entrance.
    inside = {row.id: row.site for row in scenario.posts if row.site is not None}
    at = {site.id: np.flatnonzero(points.site == k) for k, site in enumerate(sites)}
    mine = [(j, at[site]) for j, s in enumerate(spots) if (site := inside.get(s.id)) in at]
    held = [(j, int(its[0])) for j, its in mine if len(its) == 1]
    for j, k in held:
        seconds[j, k], reachable[j, k] = before[j], True
    limit = limit_s or 3 * longest_s(scenario)
    there = dense_reach(seconds, reachable, limit)
    if not tiers.both_ways:
        return there
    drive = ways.seconds(kind.mode, closures, origins, points.xy, walk=False)
    home = ways.seconds(kind.mode, closures, points.xy, origins, walk=False)
    back = home.seconds.T + (seconds - drive.seconds)  # the same walks and turn-out, another road
    joined = home.reachable.T.copy()
    for j, k in held:
        back[j, k], joined[j, k] = before[j], True
    return slower(there, dense_reach(back, joined, limit))


def longest_s(scenario: Scenario) -> int:
    """The longest standard of any class and kind."""
    kinds = ("", *scenario.response.by_kind)
    return max(scenario.response.standard_s(cls, kind) for cls in (1, 2, 3) for kind in kinds)


def rings_of(scenario: Scenario, places: Places, spots: Sequence[Spot]) -> tuple[Ring, ...]:
    """Rings that the scenario gives numbers to: posts inside a zone and outside the smaller ones.

    Raises
    ------
    ScenarioError
        Zones that the scenario does not have, a most below the least, or a ring with too few places: all at once.
    """
    zones = {zone.id: zone for zone in scenario.zones}
    faults, found = [], []
    xy = np.array([s.xy for s in spots], dtype=np.float64).reshape(-1, 2)
    for row in scenario.siting.rings:
        if row.zone not in zones:
            faults.append(_ring_fault(row.zone, _("the id of a zone"), _("see zones.csv")))
            continue
        if row.most is not None and row.most < row.least:
            low = _("most {least} or more, found {most}", least=row.least, most=row.most)
            faults.append(_ring_fault(row.zone, low, _("raise most")))
        radius = zones[row.zone].radius_m
        inside = _within(xy, places[row.zone].xy, radius)
        for other in zones.values():
            if other.radius_m < radius:
                inside &= ~_within(xy, places[other.id].xy, other.radius_m)
        posts = tuple(np.flatnonzero(inside).tolist())
        if len(posts) < row.least:
            few = _("at least {least} places for posts, {n} lie there", least=row.least, n=len(posts))
            faults.append(_ring_fault(row.zone, few, _("lower least, or add posts.csv rows there")))
        found.append(Ring(row.zone, posts, row.least, row.most))
    if faults:
        raise ScenarioError(faults)
    return tuple(found)


def _within(xy: NDArray[np.float64], centre: tuple[float, float], radius_m: float) -> NDArray[np.bool_]:
    near: NDArray[np.bool_] = np.hypot(xy[:, 0] - centre[0], xy[:, 1] - centre[1]) <= radius_m
    return near


def _ring_fault(zone: str, expected: str, remedy: str) -> Fault:
    return Fault("scenario.toml", None, "siting.rings", zone, expected, remedy)


def apart(spots: Sequence[Spot], n_known: int, apart_m: float) -> tuple[tuple[int, int], ...]:
    """Pairs of places nearer to each other than ``apart_m``, at least one of them ours."""
    if len(spots) < 2 or apart_m <= 0:
        return ()
    xy = np.array([s.xy for s in spots])
    near = np.hypot(*(xy[:, None, :] - xy[None, :, :]).transpose(2, 0, 1)) < apart_m
    first, second = np.nonzero(np.triu(near, 1))
    # Two posts the planner has set side by side are the planner's decision; the rule is for ours.
    pairs = zip(first.tolist(), second.tolist(), strict=True)
    return tuple((a, b) for a, b in pairs if b >= n_known)


def times_of(scenario: Scenario, row: PostRow) -> list[Interval]:
    """When a known post may stand, joined where spans touch; empty: always."""
    return list(merged(i for span in row.spans for i in intervals(scenario, span, row.site)))


def pauses(
    scenario: Scenario, spots: Sequence[Spot], spans: Sequence[Interval], musts: Iterable[str]
) -> tuple[tuple[Ring, ...], frozenset[str]]:
    """Posts that stand at some times and not in between, as groups of one post with a limit of their own.

    Returns
    -------
    tuple
        A ring with ``most`` 0 for each pause that siting plans over, and one with ``least`` 1 for each time of a post
        that must stand; the ids of those posts, which are not required throughout then.
    """
    index, musts = {spot.id: j for j, spot in enumerate(spots)}, set(musts)
    found, loose = [], []
    for row in scenario.posts:
        times = times_of(scenario, row)
        gaps = [(a[1], b[0]) for a, b in pairwise(times)]
        gaps = [(a, b) for a, b in gaps if any(start < b and end > a for start, end in spans)]
        if not gaps or row.id not in index:
            continue
        post = (index[row.id],)
        found += [Ring(f"{row.id} pause {n}", post, 0, 0, (), a, b) for n, (a, b) in enumerate(gaps, 1)]
        if row.id in musts:
            loose.append(row.id)
            found += [Ring(f"{row.id} time {n}", post, 1, None, (), a, b) for n, (a, b) in enumerate(times, 1)]
    return tuple(found), frozenset(loose)
