"""Combinations of siting rules: ``python -m benchmarks siting_mix two_kinds existing``, towns drawn with the seed.

1,000 sites and 400 places (``small_...``: 300 and 200) in a square of 4 km, all five levels; seconds are metres at
8 m/s (a second kind 5 m/s, a third 12 m/s). ``over_s`` is by how many seconds the limit was overrun, ``levels`` each
level's value and bound, ``gap`` that of the first level that is not proven.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.siting_scale import measured
from scheduler.outcome import Limits
from scheduler.siting.problem import Kind, Period, Post, Problem, Ring, Site, dense_reach

SIDE_M, REACH_S = 4000, 400
SPEED = (8.0, 5.0, 12.0)
LARGE, SMALL = (1000, 400), (300, 200)
MIXES: dict[str, dict[str, Any]] = {
    "one_kind": {},
    "two_kinds": {"kinds": 2},
    "three_kinds": {"kinds": 3},
    "two_kinds_one_unit": {"kinds": 2, "capacity": 1},
    "two_kinds_most_posts": {"kinds": 2, "most": 35},
    "two_kinds_four_periods": {"kinds": 2, "periods": 4},
    "two_kinds_four_points": {"kinds": 2, "points": 4},
    "two_kinds_rings_spread": {"kinds": 2, "rings": True},
    "existing": {"existing": 20, "most": 30},
    "eight_periods": {"periods": 8},
    "four_points": {"points": 4},
}


def town(name: str, seed: int) -> Problem:
    """The Problem of one combination; the same for the same seed."""
    small = name.startswith("small_")
    mix, (n, m) = MIXES[name.removeprefix("small_")], SMALL if small else LARGE
    n_kinds, n_points = mix.get("kinds", 1), mix.get("points", 1)
    draw = np.random.default_rng(seed)
    centre = draw.uniform(0, SIDE_M, (n, 2))
    at = np.repeat(centre, n_points, axis=0)
    at = at + draw.normal(0, 60, at.shape) * (n_points > 1)
    posts = draw.uniform(0, SIDE_M, (m, 2))
    metres = np.hypot(*(posts[:, None] - at[None]).transpose(2, 0, 1))
    reaches = tuple(dense_reach(np.ceil(metres / speed).astype(np.int64), limit=REACH_S) for speed in SPEED[:n_kinds])
    rank = draw.integers(0, 3, n)
    sites = tuple(
        Site(f"s{i}", int(draw.integers(1, 20)), (60, 90, 150)[r], must=r == 0, backup=r < 2)
        for i, r in enumerate(rank.tolist())
    )
    existing = mix.get("existing", 0)
    n_periods, most = mix.get("periods", 1), mix.get("most")
    stock = (60,) if n_kinds == 1 else (40, 30, 20)[:n_kinds]
    return Problem(
        sites=sites,
        posts=tuple(
            Post(f"p{j}", capacity=mix.get("capacity", 2), existing=j < existing, required=j < existing)
            for j in range(m)
        ),
        kinds=tuple(Kind(f"k{k}") for k in range(n_kinds)),
        periods=tuple(
            Period(f"t{p}", 3600 * p, 3600 * p + 3600, tuple(range(n_kinds)), draw.random(n) < (1 if p % 2 else 0.7),
                   tuple(max(4, s - 3 * (p % 3)) for s in stock), most)
            for p in range(n_periods)
        ),
        reaches=reaches,
        point_site=np.repeat(np.arange(n), n_points).astype(np.int32),
        apart=_near(posts, 120) if mix.get("rings") else (),
        rings=_rings(posts) if mix.get("rings") else (),
    )  # fmt: skip


def _near(posts: NDArray[np.float64], metres: float) -> tuple[tuple[int, int], ...]:
    far = np.hypot(*(posts[:, None] - posts[None]).transpose(2, 0, 1))
    return tuple((int(a), int(b)) for a, b in np.argwhere(np.triu(far < metres, 1)))


def _rings(posts: NDArray[np.float64]) -> tuple[Ring, ...]:
    away = np.hypot(*(posts - SIDE_M / 2).T)
    core, belt = np.flatnonzero(away < 800), np.flatnonzero((away >= 800) & (away < 1500))
    return (Ring("core", tuple(core.tolist()), 4, 10), Ring("belt", tuple(belt.tolist()), 6, 20))


def siting_mix(path: Path, limits: Limits, seed: int, workers: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Draw a town, solve it, audit the plan."""
    outcome, result, plan = measured(town(path.name, seed), limits, seed, workers)
    over = result["seconds"] - (limits.seconds or result["seconds"])
    levels = {one.name: [one.value, one.bound] for one in outcome.levels}
    return {**result, "over_s": round(max(0.0, over), 1), "levels": levels}, plan


KINDS: dict[str, Callable[[Path, Limits, int, int], tuple[dict[str, Any], dict[str, Any]]]] = {
    "siting_mix": siting_mix
}
NAMED = {"siting_mix": [*MIXES, *(f"small_{name}" for name in MIXES)]}
