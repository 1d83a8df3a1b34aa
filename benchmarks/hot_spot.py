"""Hot spot coverage patrol (Luo, Golden, Zhang 2023) as a patrol Problem of standing rounds, and our tours back.

A hot spot is a place whose prize one visit a round gains; cars repeat closed rounds that begin anywhere, none longer
than the length given; the core is held in turns. Miles are counted in the finest decimals that the file gives (at most
five, rounded up). Nothing is solved here.
"""

from __future__ import annotations

import json
import math
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from scheduler.outcome import Limits
from scheduler.patrols.plan import PatrolPlan
from scheduler.patrols.problem import Crew, Mode, Place, Pool, Problem, Rounds, Service
from scheduler.patrols.solve import solve, warm_up

Result = dict[str, Any]
EARTH_MILES = 3958.756
PRIZE = 1_000_000
"""Prizes have six decimals."""


@dataclass(frozen=True)
class Core:
    """Every spot within so many miles of a point belongs to it."""

    lat: float
    lon: float
    miles: float

    def holds(self, lat: float, lon: float) -> bool:
        """Great-circle distance against the radius."""
        a, b, o, q = map(math.radians, (self.lat, lat, self.lon, lon))
        h = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin((q - o) / 2) ** 2
        return EARTH_MILES * 2 * math.atan2(math.sqrt(h), math.sqrt(1 - h)) <= self.miles


REAL_WORLD_1 = Core(39.16021, -77.20217, 1.4)


def assemble(data: dict[str, Any], cars: int, length: float, core: Core) -> Problem:
    """The Problem of an instance; one unit of time stands for ``10 ** -decimals`` miles."""
    miles = np.array(data["dist"], np.float64)
    decimals = next(
        d for d in range(6) if d == 5 or np.abs(miles * 10**d - np.rint(miles * 10**d)).max() < 1e-6
    )
    scale = 10**decimals
    ways = np.ceil(miles * scale - 1e-6).astype(np.int64)
    longest = math.floor(length * scale + 1e-6)
    n = int(data["n"])
    reachable = ways <= longest
    np.fill_diagonal(ways, 0)
    mode = Mode("car", np.where(reachable, ways, 0).astype(np.int32), reachable)
    places = tuple(
        Place(str(i), (Service(i, i, 0),), prize=round(data["prize"][i] * PRIZE), prize_every_s=longest,
              core=core.holds(*data["coords"][i]))
        for i in range(n)
    )  # fmt: skip
    crews = tuple(
        Crew(f"car {c + 1}", 0, 0, 0, 0, 0, longest, must=True, price=0) for c in range(cars)
    )
    return Problem(
        places, crews, (mode,), (Pool("cars", ((0, longest, cars),)),), n, longest, core_crews=1,
        levels=("core", "presence", "driving"), rounds=Rounds(longest, relay=True),
    )  # fmt: skip


def tours(plan: PatrolPlan) -> dict[str, list[list[int]]]:
    """What the scorer reads."""
    return {"tours": [[int(stop.place) for stop in tour.stops] for tour in plan.tours]}


def run(
    path: Path,
    limits: Limits,
    seed: int,
    workers: int,
    *,
    cars: int = 3,
    length: float = 20.8,
    core: tuple[float, float, float] | None = None,
) -> tuple[Result, Any]:
    """Solve one instance; the objective is the prize gained, the bound what no rounds exceed."""
    warm_up()
    data = json.loads(path.read_text(encoding="utf-8"))
    problem = assemble(data, cars, length, Core(*core) if core else REAL_WORLD_1)
    whole = sum(place.prize for place in problem.places)
    began = time.perf_counter()
    found = solve(problem, limits=limits, seed=seed, workers=workers)
    seconds = time.perf_counter() - began
    assert found.plan is not None
    held, presence, _ = found.levels
    gained, most = (whole - presence.value) / PRIZE, (whole - presence.bound) / PRIZE
    result = {
        "status": str(found.status) if held.value == 0 else "core not held",
        "objective": gained,
        "bound": most,
        "gap": round((most - gained) / max(1, gained), 6),
        "seconds": seconds,
    }
    return result, tours(found.plan)


KINDS = {"hot_spot": run}
OPTIONS = {"hot_spot": ("cars", "length", "core")}
