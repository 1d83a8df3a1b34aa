"""Siting at size: ``python -m benchmarks siting_scale cover most100 most150 median``, towns drawn with the seed.

``cover``: 100,000 places and 1,000 candidates, fewest posts that reach all that can be reached. ``most50`` and so on:
the same town, most weight with so many posts. ``processor_s`` is what the solve took on all cores together, children
included: twice the seconds of two free cores. ``median``: 5,000 places and 500 candidates, every pair listed, 20 posts.
Places lie in thirty clusters and between them; seconds are metres at 1 m/s; pairs beyond the standard are not listed.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from scheduler.outcome import Limits, Outcome
from scheduler.siting.audit import audit
from scheduler.siting.plan import SitingPlan
from scheduler.siting.problem import Kind, Period, Post, Problem, Reach, Site
from scheduler.siting.solve import solve
from scheduler.siting.warming import warm_up

SIDE_M, STANDARD_S = 2000, 100
SIZES: dict[str, tuple[int, int, tuple[str, ...], int | None]] = {
    "cover": (100_000, 1000, ("bare", "posts"), None),
    **{f"most{n}": (100_000, 1000, ("bare",), n) for n in (50, 100, 150, 200, 250)},
    "median": (5000, 500, ("response",), 20),
}


def town(name: str, seed: int) -> Problem:
    """The Problem of one size; the same for the same seed."""
    n, m, levels, most = SIZES[name]
    draw = np.random.default_rng(seed)
    centres = draw.uniform(0, SIDE_M, (30, 2))
    xy = centres[draw.integers(0, 30, n)] + draw.normal(0, 150, (n, 2))
    between = draw.random(n) < 0.4
    xy[between] = draw.uniform(0, SIDE_M, (int(between.sum()), 2))
    posts = xy[draw.choice(n, m, replace=False)]
    weight = draw.integers(1, 100, n)
    return Problem(
        sites=tuple(Site(f"s{i}", int(w), STANDARD_S) for i, w in enumerate(weight)),
        posts=tuple(Post(f"p{j}") for j in range(m)),
        kinds=(Kind("car"),),
        periods=(Period("all", 0, 1, (0,), np.ones(n, dtype=bool), (m,), most),),
        reaches=(_reach(xy, posts, 10 * SIDE_M if "response" in levels else STANDARD_S),),
        point_site=np.arange(n, dtype=np.int32),
        levels=levels,
        move_price=0,
    )


def _reach(xy: NDArray[np.float64], posts: NDArray[np.float64], limit: int) -> Reach:
    """Pairs within a limit, found without the full table."""
    near = cKDTree(xy).query_ball_point(posts, limit, return_sorted=True)
    point = np.concatenate([np.array(row, dtype=np.int32) for row in near])
    indptr = np.concatenate(([0], np.cumsum([len(row) for row in near]))).astype(np.int64)
    at = posts[np.repeat(np.arange(len(posts)), np.diff(indptr))]
    seconds = np.ceil(np.hypot(*(xy[point] - at).T)).astype(np.int32)
    return Reach(indptr, point, seconds)


def processor_s() -> float:
    """Processor seconds of this process and of the children that have ended."""
    its = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in its)


def measured(
    problem: Problem, limits: Limits, seed: int, workers: int
) -> tuple[Outcome[SitingPlan], dict[str, Any], dict[str, Any]]:
    """Solve a problem and audit the plan: the outcome, what is said of it, and the plan as JSON."""
    warm_up()
    begun, busy = time.perf_counter(), processor_s()
    outcome = solve(problem, limits=limits, seed=seed, workers=workers)
    seconds = time.perf_counter() - begun
    last = outcome.first_open or outcome.levels[-1]
    found = None if outcome.plan is None else audit(problem, outcome.plan)
    agrees = found is not None and found.ok and all(found.value(one.name) == one.value for one in outcome.levels)
    result = {
        "status": str(outcome.status), "level": last.name, "objective": last.value, "bound": last.bound,
        "gap": last.gap, "seconds": seconds, "processor_s": round(processor_s() - busy, 1), "audit_agrees": agrees,
    }  # fmt: skip
    return outcome, result, {} if outcome.plan is None else outcome.plan.to_json()


def siting_scale(path: Path, limits: Limits, seed: int, workers: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Draw a town, solve it, audit the plan."""
    problem = town(path.name, seed)
    outcome, result, plan = measured(problem, limits, seed, workers)
    last = outcome.first_open or outcome.levels[-1]
    result["pairs"] = len(problem.reaches[0].point)
    if last.name == "bare" and last.value is not None and last.bound is not None:
        total = int(problem.weights(0).sum())
        result["gap_of_covered"] = (last.value - last.bound) / (total - last.value)
    return result, plan


KINDS: dict[str, Callable[[Path, Limits, int, int], tuple[dict[str, Any], dict[str, Any]]]] = {
    "siting_scale": siting_scale
}
NAMED = {"siting_scale": list(SIZES)}
