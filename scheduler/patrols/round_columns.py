"""Column generation over standing rounds that hold a core in turns: a valid bound, and whole rounds recombined.

Master: choose rounds, at most as many as crews, each place at most once, all lengths outside the core together at most
``room``; most prize. For any prices ``pi >= 0`` of places and ``sigma >= 0`` of that length,

    sum(pi) + sigma * room + crews * max(0, most worth of any round under these prices)

is a bound; the most worth comes from ``round_pricing``, whose rounds may repeat places and thus only exceed true ones.
Lengths are counted in cells: their greatest common divisor, or, where that is too fine, rounded down to a coarser grid,
which allows more rounds and keeps the bound valid.

The rounds made on the way are those the relaxation asks for. Where all rounds that a better plan could hold are few
enough to list (``round_lists``), the integer program over them finds the best plan and proves it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csc_array

from scheduler.patrols import round_lists as rl
from scheduler.patrols import round_pricing as rp
from scheduler.patrols.search import Clock

MOST_CELLS = 320
LABELS = 2_000_000
NEIGHBOURS = 6
KEPT = 10
QUICK_TURNS = 25
LISTED = 5000
"""Rounds that the integer program still chooses among well."""
STEPS = 20_000_000
STEPS_EACH = 4
"""Steps of the list that cost as much as one operation of the clock."""
EPS = 1e-7
INFEASIBLE = 2
"""The state of scipy's integer program when no choice is allowed."""


def _relaxation(cost: NDArray[np.float64], rows: csc_array, most: NDArray[np.float64]) -> Any:
    """Least cost of shares ``x >= 0`` with ``rows @ x <= most``."""
    solve: Any = linprog  # its stubs know no sparse rows
    return solve(cost, A_ub=rows, b_ub=most, bounds=(0, None), method="highs")


@dataclass
class Columns:
    """Rounds known so far and the buffers that price more; all lengths in the caller's units, prices in prize units."""

    w: NDArray[np.int64]
    core: NDArray[np.bool_]
    prize: NDArray[np.float64]
    longest: int
    room: int
    n_crews: int
    cells: NDArray[np.int64]
    n_cells: int
    cell: int
    rounds: dict[tuple[int, ...], tuple[float, float]] = field(default_factory=dict)
    proof: tuple[float, NDArray[np.float64], float] | None = None
    """The least bound, its prices (places, length outside the core, round) and the most worth of a round under them."""
    complete: bool = False
    """Whether ``rounds`` hold every round of any plan better than ``list_better`` was told."""

    @classmethod
    def of(
        cls,
        w: NDArray[np.int64],
        core: NDArray[np.bool_],
        prize: NDArray[np.float64],
        longest: int,
        room: int,
        n_crews: int,
    ) -> Columns:
        """Choose the grid of lengths."""
        cell = int(np.gcd.reduce(np.append(w[w <= longest], longest)))
        if longest // max(1, cell) > MOST_CELLS:
            cell = -(-longest // MOST_CELLS)
        cell = max(1, cell)
        return cls(w, core, prize, longest, room, n_crews, w // cell, longest // cell, cell)

    @property
    def can_price(self) -> bool:
        """Whether every way is at least a cell long, which the labels' order needs, and places fit the memory."""
        n = len(self.core)
        apart = ~np.eye(n, dtype=np.bool_)
        return (
            n <= 128
            and bool((self.cells[apart] >= 1).all())
            and bool(self.core.any() and not self.core.all())
        )

    def add(self, orders: Iterable[Sequence[int]]) -> int:
        """Keep rounds not known yet; how many were new."""
        before = len(self.rounds)
        for order in orders:
            key = tuple(int(v) for v in order)
            if key and key not in self.rounds:
                out = sum(
                    float(self.cells[a, b]) * self.cell
                    for a, b in zip(key, [*key[1:], key[0]], strict=True)
                    if not (self.core[a] and self.core[b])
                )
                self.rounds[key] = (out, float(self.prize[list(key)].sum()))
        return len(self.rounds) - before

    def _matrix(self, keys: Sequence[tuple[int, ...]], outside: Sequence[float]) -> csc_array:
        """``[places + 2, rounds]``: visits of each place, length outside the core, one for the round itself."""
        n = len(self.core)
        rows = [r for key in keys for r in (*key, n, n + 1)]
        cols = [c for c, key in enumerate(keys) for _ in range(len(key) + 2)]
        vals = [
            x
            for key, out in zip(keys, outside, strict=True)
            for x in (*([1.0] * len(key)), out, 1.0)
        ]
        return csc_array((vals, (rows, cols)), shape=(n + 2, len(keys)))

    def _limits(self) -> NDArray[np.float64]:
        return np.append(np.ones(len(self.core)), [self.room, self.n_crews]).astype(np.float64)

    def generate(self, clock: Clock, share: float) -> float:
        """Add rounds of positive reduced worth until none is left or ``share`` of the limit is used; a valid bound."""
        n = len(self.core)
        best = float(self.prize[self.prize > 0].sum())
        store = _Store.of(n, self.n_cells)
        near = self._neighbours()
        simple, turn, half = True, 0, (clock.share + share) / 2
        centre: NDArray[np.float64] | None = None
        limits = self._limits()
        while clock.share < share and not clock.over and self.rounds:
            keys = list(self.rounds)
            worth = np.array([self.rounds[key][1] for key in keys])
            solved = _relaxation(
                -worth, self._matrix(keys, [self.rounds[key][0] for key in keys]), limits
            )
            if solved.status != 0:
                break
            price = np.maximum(0.0, -solved.ineqlin.marginals)
            # between these prices and those of the best bound: less swinging
            if not simple and centre is not None:
                price = 0.5 * price + 0.5 * centre
            gain = self.prize - price[:n]
            most, new, exact = price[n + 1], 0, True
            for a in np.flatnonzero(self.core).tolist():
                labels, found, top = store.price(
                    self, gain, price[n] * self.cell, a, near, simple, price[n + 1] + EPS
                )
                clock.ops += 2 * max(labels, 1000)
                exact = exact and labels >= 0
                most = max(most, top)
                by = np.argsort(-store.worths[:found], kind="stable")[:KEPT]
                new += self.add(store.routes[q, : store.sizes[q]].tolist() for q in by)
                if clock.over:
                    return best
            if exact and not simple:
                bound = float(price @ np.append(limits[:-1], 0.0)) + self.n_crews * max(
                    0.0, float(most) + EPS
                )
                if self.proof is None or bound < self.proof[0]:
                    self.proof = (bound, price, float(most) + EPS)
                if bound < best:
                    best, centre = bound, price
            turn += 1
            if simple:
                simple = new > 0 and turn < QUICK_TURNS and clock.share < half
            elif new == 0:
                if centre is None:
                    break
                centre = None
        return best

    def list_better(self, clock: Clock, goal: float) -> None:
        """Add every round that a plan of worth ``goal`` or more can hold, if they are few enough; see ``complete``.

        The reduced worths of such a plan's rounds sum to at least ``goal`` less what the places and the length cost, so
        that none is below the floor: what is missing when all others are worth the most.
        """
        if self.proof is None or clock.over:
            return
        n, (_, price, top) = len(self.core), self.proof
        paid = float(price[:-1] @ self._limits()[:-1])
        floor = goal - paid - (self.n_crews - 1) * max(0.0, top) - EPS
        gain, comp = self.prize - price[:n], np.zeros((n, self.n_cells + 1))
        used, (path, length), val = np.zeros(n, np.bool_), np.zeros((2, n), np.int64), np.zeros(n)
        routes, sizes = np.zeros((LISTED, n), np.int64), np.zeros(LISTED, np.int64)
        had, most = 0, min(STEPS, clock.left_ops() // 10 * STEPS_EACH)
        for a in np.flatnonzero(self.core).tolist():
            rp.completions(self.cells, self.core, gain, price[n] * self.cell, self.n_cells, a, comp)
            had, steps = rl.every(
                self.w, self.core, gain, price[n], self.longest, self.cell, a, floor, comp, used, path,
                length, val, routes, sizes, had, most,
            )  # fmt: skip
            clock.ops += steps // STEPS_EACH
            most -= steps
            if had < 0:
                return
        self.add(routes[q, : sizes[q]].tolist() for q in range(had))
        self.complete = True

    def _neighbours(self) -> NDArray[np.uint64]:
        """``[place, 2]`` the places a label at each place may remember, as bits."""
        out = np.zeros((len(self.core), 2), np.uint64)
        by = np.argsort(np.minimum(self.w, self.w.T), axis=1, kind="stable")
        for v in range(len(out)):
            for u in {v, *by[v, :NEIGHBOURS].tolist()}:
                out[v, u >> 6] |= np.uint64(1) << np.uint64(u & 63)
        return out

    def whole(self, clock: Clock) -> tuple[list[list[tuple[int, ...]]], float]:
        """The best choice of true rounds among those known, if the integer program finds one, and what none exceeds."""
        keys = self._shortest()
        if clock.over:
            return [], np.inf
        if len(keys) < self.n_crews:
            return [], -np.inf
        low = np.append(np.full(len(self.core) + 1, -np.inf), [self.n_crews])
        options: Any = {"node_limit": 2000}
        if self.complete:  # the best of all, not one within scipy's usual ten-thousandth
            options["mip_rel_gap"] = 0.0
        if clock.limits.seconds is not None:
            left = clock.limits.seconds - clock.seconds
            options["time_limit"] = max(0.1, min(0.2 * clock.limits.seconds, 0.8 * left))
        rows = self._matrix(keys, [self._outside(key) for key in keys])
        found = milp(
            -np.array([self.rounds[key][1] for key in keys]),
            constraints=LinearConstraint(rows, low, self._limits()),
            integrality=np.ones(len(keys), np.int64), bounds=Bounds(0, 1), options=options,
        )  # fmt: skip
        if found.x is None:
            return [], -np.inf if found.status == INFEASIBLE else np.inf
        chosen = [keys[q] for q in np.flatnonzero(found.x > 0.5)]
        return [chosen] if len(chosen) == self.n_crews else [], -float(found.mip_dual_bound)

    def _shortest(self) -> list[tuple[int, ...]]:
        """The true rounds known, of those over the same places only the one that is least outside the core."""
        least: dict[frozenset[int], tuple[int, ...]] = {}
        for key in self.rounds:
            if len(set(key)) == len(key) and self._fits(key):
                other = least.setdefault(frozenset(key), key)
                if self._outside(key) < self._outside(other):
                    least[frozenset(key)] = key
        return list(least.values())

    def _outside(self, key: Sequence[int]) -> float:
        """The true length of a round outside the core (a coarse grid counts less)."""
        legs = zip(key, [*key[1:], key[0]], strict=True)
        return float(sum(self.w[a, b] for a, b in legs if not (self.core[a] and self.core[b])))

    def _fits(self, key: tuple[int, ...]) -> bool:
        """Whether a round keeps the true longest length (a coarse grid may let too long ones through)."""
        return (
            sum(int(self.w[a, b]) for a, b in zip(key, [*key[1:], key[0]], strict=True))
            <= self.longest
        )


@dataclass(frozen=True)
class _Store:
    """Buffers of the pricing kernel."""

    comp: NDArray[np.float64]
    head: NDArray[np.int32]
    val: NDArray[np.float64]
    mem: NDArray[np.uint64]
    node: NDArray[np.int16]
    pred: NDArray[np.int32]
    link: NDArray[np.int32]
    dist: NDArray[np.int16]
    routes: NDArray[np.int64]
    sizes: NDArray[np.int64]
    worths: NDArray[np.float64]

    @classmethod
    def of(cls, n: int, n_cells: int) -> _Store:
        return cls(
            np.zeros((n, n_cells + 1)), np.zeros((n, n_cells + 1), np.int32), np.zeros(LABELS),
            np.zeros((LABELS, 2), np.uint64), np.zeros(LABELS, np.int16), np.zeros(LABELS, np.int32),
            np.zeros(LABELS, np.int32), np.zeros(LABELS, np.int16), np.zeros((3 * KEPT, n_cells + 2), np.int64),
            np.zeros(3 * KEPT, np.int64), np.zeros(3 * KEPT),
        )  # fmt: skip

    def price(
        self,
        columns: Columns,
        gain: NDArray[np.float64],
        sigma: float,
        a: int,
        near: NDArray[np.uint64],
        simple: bool,
        floor: float,
    ) -> tuple[int, int, float]:
        """Labels used (-1: overflow), rounds found, most worth among those from core place ``a``."""
        c = columns
        rp.completions(c.cells, c.core, gain, sigma, c.n_cells, a, self.comp)
        found: tuple[int, int, float] = rp.price(
            c.cells, c.core, gain, sigma, c.n_cells, a, near, simple, floor, self.comp, self.head, self.val,
            self.mem, self.node, self.pred, self.link, self.dist, self.routes, self.sizes, self.worths,
        )  # fmt: skip
        return found
