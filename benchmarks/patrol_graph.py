"""Maps for patrolling with least idleness, as a patrol Problem of one standing round, and the closed walk back.

Every node promises a gap no round can keep, so that the plan of least excess is the round of least longest gap. The
ways are shortest paths over the map's edges; its lengths are the units of time. Nothing is solved here.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import shortest_path

from scheduler.outcome import Limits
from scheduler.patrols.audit import audit
from scheduler.patrols.problem import Crew, Mode, Place, Pool, Problem, Promise, Rounds, Service
from scheduler.patrols.solve import solve, warm_up

Result = dict[str, Any]


def read(path: Path) -> NDArray[np.float64]:
    """Lengths of the edges, ``[from, to]``, 0 where there is none.

    The file: nodes, width, height, metres a pixel, two offsets; then for each node its number, x, y and number
    of edges, and for each edge the other node, a compass direction and the length.
    """
    words = iter(path.read_text(encoding="utf-8").split())
    n = int(next(words))
    for _ in range(5):
        next(words)
    edges = np.zeros((n, n))
    for _ in range(n):
        node, _, _, degree = (int(next(words)) for _ in range(4))
        for _ in range(degree):
            other, _, length = int(next(words)), next(words), int(next(words))
            edges[node, other] = (
                length if edges[node, other] == 0 else min(length, edges[node, other])
            )
    return edges


def assemble(edges: NDArray[np.float64]) -> Problem:
    """One crew, every node under a promise of one unit."""
    ways = shortest_path(edges, method="D")
    n = len(ways)
    horizon = int(2 * n * ways[np.isfinite(ways)].max()) + 1
    reachable = np.isfinite(ways)
    seconds = np.where(reachable, np.rint(np.where(reachable, ways, 0)), 0).astype(np.int32)
    places = tuple(Place(str(i), (Service(i, i, 0),), (Promise(0, horizon, 1),)) for i in range(n))
    crew = Crew("walker", 0, 0, 0, 0, 0, horizon, must=True)
    return Problem(
        places, (crew,), (Mode("edges", seconds, reachable),), (Pool("all", ((0, horizon, 1),)),), n, horizon,
        levels=("gap_excess", "driving"), rounds=Rounds(horizon),
    )  # fmt: skip


def run(path: Path, limits: Limits, seed: int, workers: int) -> tuple[Result, Any]:
    """Solve one map; the objective is the longest time any node stays unseen."""
    warm_up()
    problem = assemble(read(path))
    began = time.perf_counter()
    found = solve(problem, limits=limits, seed=seed, workers=workers)
    seconds = time.perf_counter() - began
    assert found.plan is not None
    longest = max(int(c.data["unseen_s"]) for c in audit(problem, found.plan).costs)
    least = found.levels[1].bound
    result = {
        "status": str(found.status),
        "objective": longest,
        "bound": least,
        "gap": round((longest - least) / max(1, longest), 6),
        "seconds": seconds,
    }
    return result, {"walk": [int(stop.place) for stop in found.plan.tours[0].stops]}


KINDS = {"patrol_graph": run}
