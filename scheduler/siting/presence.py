"""Who is seen where (P18): people, barriers and cameras weigh differently, and only what responds answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scheduler.errors import ProblemError
from scheduler.siting.audit import cover
from scheduler.siting.plan import SitingPlan
from scheduler.siting.problem import Problem, Reach
from scheduler.siting.units import from_plan


@dataclass(frozen=True)
class Presence:
    """What stands in sight of each site in one period, beside who would answer.

    Attributes
    ----------
    period
        Id of the period.
    seen
        int64 ``[n_sites]``: units in sight, each times the weight of its kind. Of a site with several points: at the
        point that sees least.
    responders
        int64 ``[n_sites]``: how many of the units in sight are of kinds that respond and may answer for the site.
    first_s
        int64 ``[n_sites]``: seconds of the first responder, -1 without one; barriers and cameras never count.
    """

    period: str
    seen: NDArray[np.int64]
    responders: NDArray[np.int64]
    first_s: NDArray[np.int64]


def presence(
    problem: Problem, plan: SitingPlan, weights: Sequence[int], sight: Reach
) -> tuple[Presence, ...]:
    """Presence at each site, in every period.

    Parameters
    ----------
    weights
        What one unit of each kind weighs in sight (people 100, a barrier or a camera what the planner says).
    sight
        Pairs of posts and points in sight of each other; its seconds are not read.

    Raises
    ------
    ProblemError
        Not one weight for each kind, weights below 0, or ``sight`` of other posts or points: all at once.
    """
    n_points = len(problem.point_site)
    faults = []
    if len(weights) != len(problem.kinds) or any(w < 0 for w in weights):
        expected = f"one of 0 or more for each of {len(problem.kinds)} kinds expected"
        faults.append(f"weights: {expected}, found {list(weights)}.")
    if len(sight.indptr) != len(problem.posts) + 1 or (len(sight.point) and int(sight.point.max()) >= n_points):
        faults.append(f"sight: pairs of {len(problem.posts)} posts and {n_points} points expected.")
    if faults:
        raise ProblemError(faults)
    units = from_plan(problem, plan)
    found = []
    for p, its in enumerate(cover(problem, plan)):
        seen, responders = np.zeros((2, n_points), dtype=np.int64)
        for (j, q, k), n in sorted(units.items()):
            if q != p:
                continue
            points = sight.point[sight.indptr[j] : sight.indptr[j + 1]]
            seen[points] += n * weights[k]
            for point in points.tolist() if problem.kinds[k].responds else ():
                kinds = problem.sites[int(problem.point_site[point])].kinds
                responders[point] += n * (not kinds or k in kinds)
        found.append(Presence(its.period, _least(problem, seen), _least(problem, responders), its.first_s))
    return tuple(found)


def _least(problem: Problem, by_point: NDArray[np.int64]) -> NDArray[np.int64]:
    least = np.full(len(problem.sites), np.iinfo(np.int64).max)
    np.minimum.at(least, problem.point_site, by_point)
    return least
