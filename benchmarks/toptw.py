"""Team orienteering instances (Vansteenwegen's format) as patrol Problems, and our tours back: nothing is solved here.

A vertex is a place open during its window, with a prize that one visit gains; each team is an ordered crew from the
depot and back. Distances and times are counted in tenths (``c``, ``r``, ``rc``) or hundredths (``pr``), truncated as
the published results do it.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from scheduler.outcome import Limits
from scheduler.patrols.plan import PatrolPlan
from scheduler.patrols.problem import Crew, Mode, Place, Pool, Problem, Service
from scheduler.patrols.solve import solve, warm_up

Result = dict[str, Any]


@dataclass(frozen=True)
class Vertex:
    """One row of a file; the depot has the number 0."""

    number: int
    x: float
    y: float
    stay: float
    prize: float
    opens: float
    closes: float


def read(path: Path) -> list[Vertex]:
    """Every vertex of a file in order, the depot first; the six numbers before them are not needed."""
    lines = [line.split() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    header = at = 0
    while header < 6:
        header += len(lines[at])
        at += 1
    out = []
    for row in lines[at:]:
        opens = float(row[-2]) if len(row) > 9 else 0.0
        x, y, stay, prize = map(float, row[1:5])
        out.append(Vertex(int(row[0]), x, y, stay, prize, opens, float(row[-1])))
    return sorted(out, key=lambda v: v.number)


def decimals_of(path: Path) -> int:
    """Digits that distances are truncated to: two in Cordeau's instances, one in Solomon's."""
    return 2 if path.stem.startswith("pr") else 1


def assemble(vertices: list[Vertex], teams: int, decimals: int) -> Problem:
    """The Problem of an instance, with times in units of ``10 ** -decimals``."""
    scale = 10**decimals
    n = len(vertices)
    ways = np.zeros((n, n), np.int32)
    for i, one in enumerate(vertices):
        for j, two in enumerate(vertices):
            ways[i, j] = math.floor(math.hypot(one.x - two.x, one.y - two.y) * scale + 1e-9)
    depot = vertices[0]
    start, end = round(depot.opens * scale), round(depot.closes * scale)
    places = []
    for i, v in enumerate(vertices[1:], 1):
        hours = (max(start, math.ceil(v.opens * scale)), min(end, math.floor(v.closes * scale) + 1))
        if v.prize > 0 and hours[0] < hours[1]:
            stay = round(v.stay * scale)
            places.append(
                Place(
                    str(v.number),
                    (Service(i, i, stay),),
                    prize=round(v.prize),
                    prize_every_s=end,
                    hours=(hours,),
                )
            )
    crews = tuple(
        Crew(f"team {t + 1}", 0, 0, 0, 0, start, end, must=True, price=0) for t in range(teams)
    )
    mode = Mode("straight", ways, np.ones((n, n), np.bool_))
    pool = Pool("teams", ((start, end, teams),))
    return Problem(tuple(places), crews, (mode,), (pool,), n, end, levels=("presence", "driving"))


def routes(plan: PatrolPlan) -> dict[str, list[list[int]]]:
    """What the scorer reads."""
    return {"routes": [[int(stop.place) for stop in tour.stops] for tour in plan.tours]}


def run(
    path: Path, limits: Limits, seed: int, workers: int, *, teams: int = 1
) -> tuple[Result, Any]:
    """Solve one instance; the objective is the prize gained."""
    warm_up()
    problem = assemble(read(path), teams, decimals_of(path))
    whole = sum(place.prize for place in problem.places)
    began = time.perf_counter()
    found = solve(problem, limits=limits, seed=seed, workers=workers)
    seconds = time.perf_counter() - began
    assert found.plan is not None
    presence = found.levels[0]
    gained, most = whole - presence.value, whole - presence.bound
    result = {
        "teams": teams,
        "status": str(found.status),
        "objective": gained,
        "bound": most,
        "gap": round((most - gained) / max(1, gained), 6),
        "seconds": seconds,
    }
    return result, routes(found.plan)


KINDS = {"toptw": run}
OPTIONS = {"toptw": ("teams",)}
