"""Seeded revisit instances: points and rail sections with longest gaps round the clock, on a real or a drawn network.

``python -m benchmarks revisit 20x5 60x15 120x30 300x80 --seed 0 --seconds 60``: visits x crews, an ``n`` behind for the
streets of Neubrandenburg (``60x15n``). Gaps of 30 to 120 minutes over 24 hours, crews out in two shifts. The objective
is the weighted minutes by which gaps are exceeded, the bound what reach and crew seconds prove of it.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import shortest_path
from scipy.spatial import Delaunay

from scheduler.outcome import Limits
from scheduler.patrols.problem import Break, Crew, Mode, Place, Pool, Problem, Promise, Service
from scheduler.patrols.solve import solve, warm_up

Result = dict[str, Any]
HOUR = 3600
DAY = 24 * HOUR
SHIFT = 12 * HOUR
SIZES = ("20x5", "20x3", "60x15", "60x8", "120x30", "120x16", "300x80", "300x40")
TOWN = (
    Path(__file__).resolve().parents[1] / "scenarios/library/neubrandenburg/neubrandenburg.osm.pbf"
)


def drawn_seconds(n: int, rng: np.random.Generator) -> NDArray[np.int32]:
    """Ways between ``n`` points of a drawn town of 8 km: streets of a Delaunay graph at 25 to 45 km/h."""
    spots = rng.random((max(n, 4), 2)) * 8000
    ties = Delaunay(spots).simplices
    a, b = ties[:, [0, 1, 2]].ravel(), ties[:, [1, 2, 0]].ravel()
    metres = np.hypot(*(spots[a] - spots[b]).T)
    seconds = metres / rng.uniform(25 / 3.6, 45 / 3.6, len(a))
    graph = csr_array((seconds, (a, b)), shape=(len(spots), len(spots)))
    return np.ceil(shortest_path(graph, directed=False)[:n, :n]).astype(np.int32)


def town_seconds(n: int, rng: np.random.Generator) -> NDArray[np.int32]:
    """Ways by car between ``n`` junctions of Neubrandenburg, drawn from its main part."""
    from geodata.ground import load_ground
    from geodata.router import Router

    roads = load_ground(str(TOWN)).networks["car"]
    spots = roads.snap(roads.node_xy[rng.permutation(len(roads.node_xy))[: 4 * n]], main_only=True)
    points = spots.take(np.flatnonzero(spots.ok)[:n])
    times = Router(roads).matrix(points, points)
    seconds = np.where(times.reachable, times.seconds, DAY).astype(np.int32)
    np.fill_diagonal(seconds, 0)
    return seconds


def instance(n_visits: int, n_crews: int, seed: int, *, town: bool = False) -> Problem:
    """``n_visits`` places, a third of them sections with two ends, ``n_crews`` crews in each of two shifts."""
    rng = np.random.default_rng([seed, n_visits, n_crews])
    n_depots = max(1, n_crews // 10)
    n_sections = n_visits // 3
    n = n_visits + n_sections + n_depots
    ways = (town_seconds if town else drawn_seconds)(n, rng)
    places = []
    for v in range(n_visits):
        gap = 60 * int(rng.integers(30, 121))
        if v < n_sections:
            far = n_visits + v
            service = Service(v, far, int(min(ways[v, far], 900)) + 120)
        else:
            service = Service(v, v, 60 * int(rng.integers(5, 13)))
        places.append(
            Place(f"V{v:03d}", (service,), (Promise(0, DAY, gap),), weight=int(rng.integers(1, 4)))
        )
    crews = []
    for shift in range(2):
        begin = shift * SHIFT
        for c in range(n_crews):
            at = n_visits + n_sections + c % n_depots
            rest = Break(begin + 4 * HOUR, begin + 7 * HOUR, 1800)
            crews.append(Crew(f"C{shift}-{c:02d}", 0, 0, at, at, begin, begin + SHIFT, (rest,)))
    mode = Mode("car", ways, ways < DAY)
    pool = Pool("cars", ((0, DAY, n_crews),))
    return Problem(tuple(places), tuple(crews), (mode,), (pool,), n, DAY)


def run(name: Path, limits: Limits, seed: int, workers: int) -> tuple[Result, Any]:
    """Solve one instance, named by its size."""
    warm_up()
    visits, crews = (int(x) for x in str(name).rstrip("n").split("x"))
    problem = instance(visits, crews, seed, town=str(name).endswith("n"))
    began = time.perf_counter()
    found = solve(problem, limits=limits, seed=seed, workers=workers)
    seconds = time.perf_counter() - began
    assert found.plan is not None
    levels = {level.name: [level.value, level.bound] for level in found.levels}
    excess, bound = levels["gap_excess"]
    assert excess is not None
    assert bound is not None
    result = {
        "status": str(found.status),
        "objective": excess,
        "bound": bound,
        "gap": round((excess - bound) / max(1, excess), 6),
        "crews": levels["crews"],
        "driving": levels["driving"][0],
        "seconds": seconds,
    }
    return result, found.plan.to_json()


KINDS = {"revisit": run}
NAMED = {"revisit": tuple(name + town for name in SIZES for town in ("", "n"))}
