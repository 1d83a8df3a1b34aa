"""A second proof of the bound on hot spot rounds, written from the scorer's rules and sharing no code with the engine.

``python -m benchmarks.peers.hot_spot_proof INSTANCE --seconds 60`` lets the engine's column generation find prices and
then forgets where they came from: any prices are good for a proof. Let ``pi >= 0`` be a price for each place and
``sigma >= 0`` one for each cell of length outside the core, all integers. What the scorer accepts is ``cars`` tours

- that visit no place twice, in one tour or in two: so the prizes gained are at most ``sum(pi)`` plus, for each tour,
  the sum of ``prize - pi`` over its places;
- that cross the core's border exactly twice: so a tour is one walk inside the core and one outside;
- whose lengths inside the core and slack add up to one length ``L`` at least: ``cars * L`` less all legs that are not
  inside, so these legs together are at most ``(cars - 1) * L``, which is ``room``.

Hence no solution gains more than ``sum(pi) + sigma * room + cars * top`` with ``top`` no less than ``prize - pi`` of
any tour's places less ``sigma`` times its legs that are not inside. ``top_tour`` bounds that from the end of a tour
backwards (the engine goes forwards), in integers, and lets a tour repeat places that lie far apart (ng-routes).
"""

# ruff: noqa: ANN001, ANN201
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators, disable-error-code="operator"

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path
from typing import Any

import numba as nb
import numpy as np
from numpy.typing import NDArray

NONE = -(10**15)
jit = nb.njit(cache=True, nogil=True)


@jit
def ways_in(w, core, gain, sigma, longest, a, best):
    """``best[v, rest]``: most that a walk of at most ``rest`` from ``a`` gains before it is at v, v not counted."""
    n = core.shape[0]
    best[:] = NONE
    for rest in range(longest + 1):
        best[a, rest] = 0
        for v in range(n):
            if v == a:
                continue
            top = best[v, rest - 1] if rest > 0 else NONE
            for u in range(n):
                d = w[u, v]
                if u == v or d > rest or d < 1 or (core[v] and not core[u]):
                    continue
                before = best[u, rest - d] + gain[u]
                if not (core[u] and core[v]):
                    before -= sigma * d
                top = max(top, before)
            best[v, rest] = top


@jit
def backwards(w, core, gain, sigma, longest, a, near, goal, best, most):
    """Most that a tour from core place ``a`` gains, at least ``goal``, and labels used (-1: too few to tell)."""
    n = core.shape[0]
    val = np.zeros(most, np.int64)
    low, high = np.zeros(most, np.uint64), np.zeros(most, np.uint64)
    after = np.zeros(most, np.int64)
    head = np.full((n, longest + 1), -1, np.int64)
    count, top = 0, goal
    one = np.uint64(1)
    for step in range(longest + 1):
        for v in range(n):
            if not core[v] and w[v, a] >= 1 and w[v, a] == step:  # the last place of a tour
                worth = gain[v] - sigma * w[v, a]
                if worth + best[v, longest - step] > goal and count < most:
                    val[count] = worth
                    low[count] = one << np.uint64(v) if v < 64 else np.uint64(0)
                    high[count] = one << np.uint64(v - 64) if v >= 64 else np.uint64(0)
                    after[count] = head[v, step]
                    head[v, step] = count
                    count += 1
        for v in range(n):
            k = head[v, step]
            while k >= 0:
                for u in range(n):
                    d = w[u, v]
                    if u == v or d < 1 or step + d > longest or (core[v] and not core[u]):
                        continue
                    worth = val[k] + gain[u]
                    if not (core[u] and core[v]):
                        worth -= sigma * d
                    if u == a:
                        top = max(top, worth)
                        continue
                    if ((low[k] >> np.uint64(u)) if u < 64 else (high[k] >> np.uint64(u - 64))) & one:
                        continue
                    far = step + d
                    if worth + best[u, longest - far] <= goal:
                        continue
                    m0, m1 = low[k] & near[u, 0], high[k] & near[u, 1]
                    if u < 64:
                        m0 |= one << np.uint64(u)
                    else:
                        m1 |= one << np.uint64(u - 64)
                    beaten = False
                    for earlier in range(max(0, far - 3), far + 1):
                        q = head[u, earlier]
                        while q >= 0:
                            if val[q] >= worth and low[q] & ~m0 == 0 and high[q] & ~m1 == 0:
                                beaten = True
                                break
                            q = after[q]
                        if beaten:
                            break
                    if beaten:
                        continue
                    if count == most:
                        return top, -1
                    val[count], low[count], high[count] = worth, m0, m1
                    after[count] = head[u, far]
                    head[u, far] = count
                    count += 1
                k = after[k]
    return top, count


def top_tour(
    w: NDArray[np.int64], core: NDArray[np.bool_], gain: NDArray[np.int64], sigma: int, longest: int,
    goal: int, *, remembered: int = 8, most: int = 8_000_000,
) -> int | None:  # fmt: skip
    """No tour gains more than this, at least ``goal``; None when ``most`` labels did not suffice to tell."""
    n = len(core)
    near = np.zeros((n, 2), np.uint64)
    for v in range(n):
        for u in np.argsort(w[v] + w[:, v], kind="stable")[: remembered + 1].tolist():
            near[v, u >> 6] |= np.uint64(1) << np.uint64(u & 63)
    top, best = goal, np.zeros((n, longest + 1), np.int64)
    for a in np.flatnonzero(core).tolist():
        ways_in(w, core, gain, sigma, longest, a, best)
        found, labels = backwards(w, core, gain, sigma, longest, a, near, top, best, most)
        if labels < 0:
            return None
        top = max(top, int(found))
    return top


def bound(
    data: dict[str, Any], cars: int, miles: float, core: tuple[float, float, float],
    prices: list[int], sigma: int, goal: int,
) -> float | None:  # fmt: skip
    """What no solution the scorer accepts can gain, under prices in millionths (``sigma`` for a cell of 0.1 mile)."""
    dist, prize = np.array(data["dist"]), np.array(data["prize"])
    w = np.floor(dist * 10 + 1e-6).astype(np.int64)
    longest = math.floor(miles * 10 + 1e-5)
    inside = np.array([_miles(core[0], core[1], *c) <= core[2] for c in data["coords"]])
    worth = np.ceil(prize * 1e6 - 1e-6).astype(np.int64)
    pi = np.maximum(0, np.array(prices, np.int64))
    top = top_tour(w, inside, worth - pi, sigma, longest, goal)
    if top is None:
        return None
    return float(pi.sum() + sigma * (cars - 1) * longest + cars * max(0, top)) / 1e6


def _miles(lat0: float, lon0: float, lat: float, lon: float) -> float:
    a, b, o, q = map(math.radians, (lat0, lat, lon0, lon))
    h = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin((q - o) / 2) ** 2
    return 3958.756 * 2 * math.atan2(math.sqrt(h), math.sqrt(1 - h))


def engine_prices(data: dict[str, Any], cars: int, miles: float, core: tuple[float, float, float],
                  seconds: float) -> tuple[list[int], int, int, float]:  # fmt: skip
    """Prices of places and of 0.1 mile in millionths, the most worth the engine claims, and its bound."""
    from benchmarks.hot_spot import Core, assemble
    from scheduler.outcome import Limits
    from scheduler.patrols.round_columns import Columns
    from scheduler.patrols.rounds import _Hunt, _pairs, ground
    from scheduler.patrols.search import Clock

    problem = assemble(data, cars, miles, Core(*core))
    assert problem.rounds is not None
    land, clock = ground(problem, problem.rounds), Clock(Limits(seconds=seconds), None)
    hunt = _Hunt(land, clock, 0)
    hunt.until(0.1)
    columns = Columns.of(land.w, land.core, land.prize, land.longest, land.room, land.n_crews)
    columns.add(hunt.pool)
    columns.add(_pairs(land))
    columns.generate(clock, 1.0)
    if columns.proof is None:
        raise SystemExit("no proof within these seconds")
    claimed, price, top = columns.proof
    millionths = [round(x) for x in price * land.unit]
    return millionths[:-2], millionths[-2], math.ceil(top * land.unit), claimed * land.unit / 1e6


def main() -> None:
    """Print the engine's bound and what the second proof makes of its prices."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("instance", type=Path)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--cars", type=int, default=3)
    parser.add_argument("--length", type=float, default=20.8)
    parser.add_argument("--core", type=float, nargs=3, default=(39.16021, -77.20217, 1.4))
    asked = parser.parse_args()
    data = json.loads(asked.instance.read_text(encoding="utf-8"))
    prices, sigma, top, claimed = engine_prices(data, asked.cars, asked.length, tuple(asked.core), asked.seconds)
    proven = bound(data, asked.cars, asked.length, tuple(asked.core), prices, sigma, top + 100)
    print(json.dumps({"instance": asked.instance.name, "engine": claimed, "second_proof": proven}))


if __name__ == "__main__":
    main()
