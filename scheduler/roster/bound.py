"""A valid lower bound from the linear relaxation, exact in integers whatever the LP solver's rounding.

The LP (HiGHS inside scipy) only proposes multipliers. They are rounded to whole multiples of 1/65536 and the
Lagrangian bound they prove is computed in integers: for ``min c z, A z <= b, E z = 0, 0 <= z <= u`` and any
``y <= 0, v``: ``y b + sum_j u_j min(0, c_j - (A'y + E'v)_j)`` is never above the optimum. Step rules are left out
of the relaxation, which keeps it valid since amounts and prices are never negative.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import linprog
from scipy.sparse import csgraph

from scheduler.roster.linear import BIG, Ints, Linear, Rows

FINE = 1 << 16
"""Multipliers and reduced costs are whole multiples of one 65536th."""


@dataclass(frozen=True)
class Relaxed:
    """What the relaxation of one level says.

    Attributes
    ----------
    bound
        Proven lower bound of the level.
    x
        float ``[n_x]`` duties of the relaxation.
    reduced
        int64 ``[n_x]``: by how much (in 1/65536) the level must exceed ``bound`` for a plan that has this duty.
    of_hard, of_soft, of_counter
        Multipliers (<= 0, in 1/65536) by hard and soft row, ``[n, 2]`` for its low and high limit, and of each
        counter's greatest value; starts for others that relax the same rows.
    of_level
        The same of each earlier level that is held to a value above 0.
    """

    bound: int
    x: NDArray[np.float64]
    reduced: Ints
    infeasible: bool = False
    of_hard: Ints = field(default_factory=lambda: np.zeros((0, 2), dtype=np.int64))
    of_soft: Ints = field(default_factory=lambda: np.zeros((0, 2), dtype=np.int64))
    of_counter: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    of_level: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Amounts:
    """Columns for amounts: one for each soft limit, with its price, level and greatest value."""

    price: Ints
    level: Ints
    most: Ints
    rows: Any
    rhs: Ints
    cells: Any
    of_row: Ints  # soft row and side of each amount row: 2r for its low, 2r + 1 for its high limit, -1 for parts


def _ends(rows: Rows, most: Ints) -> tuple[Ints, Ints]:
    """Least and greatest value of each row when columns lie in ``[0, most]``."""
    positive = rows.matrix.maximum(0)
    negative = rows.matrix.minimum(0)
    return negative @ most, positive @ most


def soft_amounts(soft: Rows, most: Ints) -> Amounts:
    """One column for each soft limit: its price, its greatest value, and the ``<=`` rows that measure it."""
    least, greatest = _ends(soft, most)
    low = np.nonzero((soft.low > -BIG) & (soft.low > least))[0]
    high = np.nonzero((soft.high < BIG) & (soft.high < greatest))[0]
    top = np.concatenate([soft.low[low] - least[low], greatest[high] - soft.high[high]])
    which = np.concatenate([low, high])
    once = soft.once[which]
    # "once" rows: the amount is 0 or 1 and its coefficient the greatest miss
    weight = np.where(once, np.maximum(top, 1), 1)
    n = len(which)
    rows = sparse.vstack([-soft.matrix[low], soft.matrix[high]]).tocsr()
    rhs = np.concatenate([-soft.low[low], soft.high[high]])
    cells = sparse.csr_matrix((-weight, (np.arange(n), np.arange(n))), shape=(n, n))
    # "none of these, else charged once" is tighter said of each duty by itself
    split = once & (np.arange(n) >= len(low)) & (rhs == 0)
    each = rows[split]
    owner = np.repeat(np.nonzero(split)[0], np.diff(each.indptr))
    k = len(owner)
    single = sparse.csr_matrix((np.ones(k), (np.arange(k), each.indices)), shape=(k, rows.shape[1]))
    cover = sparse.csr_matrix((-np.ones(k), (np.arange(k), owner)), shape=(k, n))
    return Amounts(
        soft.price[which],
        soft.level[which],
        np.where(once, 1, top),
        sparse.vstack([rows, single]).tocsr(),
        np.concatenate([rhs, np.zeros(k, dtype=np.int64)]),
        sparse.vstack([cells, cover]).tocsr(),
        np.concatenate([2 * low, 2 * high + 1, np.full(k, -1)]).astype(np.int64),
    )


class Relaxation:
    """The system as one LP, built once; each level is then asked in turn."""

    def __init__(self, linear: Linear) -> None:
        self.linear = linear
        n = linear.hard.matrix.shape[1]
        n_c = linear.counters.shape[0]
        n_t = len(linear.teams)
        most = np.concatenate([np.ones(linear.n_x), linear.counter_most, np.ones(n_t)]).astype(np.int64)
        soft = soft_amounts(linear.soft, most)
        n_a, n_y = len(soft.price), len(linear.pairs)
        self.n, self.n_a, self.n_y = n, n_a, n_y
        self.upper = np.concatenate([most, soft.most, np.ones(n_y, dtype=np.int64)])
        self.soft = soft
        hard = linear.hard
        high, low = hard.high < BIG, hard.low > -BIG
        parts = [
            self._wide(hard.matrix[high]),
            self._wide(-hard.matrix[low]),
            self._wide(linear.cliques),
            sparse.hstack([soft.rows, soft.cells, sparse.csr_matrix((len(soft.rhs), n_y))]),
        ]
        rhs = [hard.high[high], -hard.low[low], np.ones(linear.cliques.shape[0]), soft.rhs]
        if n_y:
            at = np.repeat(np.arange(n_y), 2)
            both = sparse.csr_matrix((np.ones(2 * n_y), (at, linear.pairs.ravel())), shape=(n_y, n + n_a))
            parts.append(sparse.hstack([both, -sparse.identity(n_y)]))
            rhs.append(np.ones(n_y))
        self.less = sparse.vstack(parts).tocsr().astype(np.int64)
        self.rhs = np.concatenate(rhs).astype(np.int64)
        equal = [linear.counters, -sparse.identity(n_c), sparse.csr_matrix((n_c, n_t))]
        self.equal = self._wide(sparse.hstack(equal)).astype(np.int64)
        forced = np.zeros(n + n_a + n_y, dtype=np.int64)
        forced[linear.forced] = 1
        self.lower = forced

    def _wide(self, matrix: Any) -> Any:
        return sparse.hstack([matrix, sparse.csr_matrix((matrix.shape[0], self.n_a + self.n_y))]).tocsr()

    def cost(self, level: int) -> Ints:
        """Objective coefficients of one level."""
        linear = self.linear
        cost = np.zeros(len(self.upper), dtype=np.int64)
        cost[: linear.n_x] = linear.cost[level]
        cost[self.n : self.n + self.n_a] = np.where(self.soft.level == level, self.soft.price, 0)
        cost[self.n + self.n_a :] = np.where(linear.pair_level == level, linear.pair_price, 0)
        return cost

    def ask(self, level: int, value: tuple[int, ...], seconds: float | None) -> Relaxed | None:
        """Relax ``level`` with all earlier levels no worse than ``value``; None when the time is too short."""
        upper = self.upper.copy()
        if len(upper) == 0:
            nothing = np.zeros(0, dtype=np.int64)
            return Relaxed(0, nothing.astype(np.float64), nothing)
        less, rhs, capped = [self.less], [self.rhs], []
        for k in range(level):
            cost, allowed = self.cost(k), value[k]
            if allowed <= 0:
                upper[cost > 0] = 0
            else:
                less.append(sparse.csr_matrix(cost))
                rhs.append(np.array([allowed], dtype=np.int64))
                capped.append(k)
        matrix, right = sparse.vstack(less).tocsr(), np.concatenate(rhs)
        cost = self.cost(level)
        options = {} if seconds is None else {"time_limit": max(0.1, seconds)}
        solver: Any = linprog
        got = solver(
            cost,
            A_ub=matrix,
            b_ub=right,
            A_eq=self.equal if self.equal.shape[0] else None,
            b_eq=np.zeros(self.equal.shape[0]) if self.equal.shape[0] else None,
            bounds=np.stack([np.minimum(self.lower, upper), upper], axis=1),
            method="highs-ipm",
            options=options,
        )
        if got.status == 2:
            return Relaxed(0, np.zeros(self.linear.n_x), np.zeros(self.linear.n_x, dtype=np.int64), infeasible=True)
        if got.x is None or got.status != 0:
            return None
        return self._prove(got, cost, matrix, right, upper, capped)

    def shortage(self, level: int, value: tuple[int, ...], near: NDArray[np.bool_], seconds: float | None) -> int:
        """Proven least value of a shortage level, looking only at what hangs together with some duties.

        Parameters
        ----------
        near : bool [n_x]
            Duties of the seats that are short. Everything no row links with them is left out, and with it
            whatever it might add to the level.
        """
        less, right, keep = self._linked(level, near)
        if not keep.any():
            return 0
        upper, lower = self.upper[keep].copy(), self.lower[keep]
        for k in range(level):
            if value[k] <= 0:
                upper[self.cost(k)[keep] > 0] = 0
        cost = self.cost(level)[keep]
        options = {} if seconds is None else {"time_limit": max(0.1, seconds)}
        solver: Any = linprog
        got = solver(
            cost, A_ub=less, b_ub=right, bounds=np.stack([np.minimum(lower, upper), upper], axis=1),
            method="highs", options=options,
        )  # fmt: skip
        if got.x is None or got.status != 0:
            return 0
        y = np.minimum(np.rint(got.ineqlin.marginals * FINE), 0).astype(np.int64)
        reduced = cost * FINE - less.T @ y
        total = int(y @ right) + int(np.minimum(reduced, 0) @ upper)
        total += int(np.maximum(reduced, 0) @ np.minimum(lower, upper))
        return max(0, -(-total // FINE))

    def _linked(self, level: int, near: NDArray[np.bool_]) -> tuple[Any, Ints, NDArray[np.bool_]]:
        """Rows, their right sides and the columns that hang together with some duties as far as a level goes.

        What a counter counts stands in its place; rows with amounts of later levels are left out.
        """
        n_x, n_t = self.linear.n_x, len(self.linear.teams)
        counted = slice(n_x, self.n - n_t)
        matters = np.ones(self.less.shape[1], dtype=bool)
        matters[counted] = False
        matters[self.n : self.n + self.n_a] = self.soft.level <= level
        matters[self.n + self.n_a :] = False
        later = self.less[:, self.n :][:, ~matters[self.n :]]
        now = np.diff(later.indptr) == 0
        body = self.less[now]
        of_x = body[:, :n_x] + body[:, counted] @ self.linear.counters
        rows = sparse.hstack([of_x, body[:, self.n - n_t :]]).tocsr()
        kept = np.concatenate([matters[:n_x], matters[self.n - n_t :]])
        rows = rows[:, kept]
        both = sparse.bmat([[None, rows], [rows.T, None]]).tocsr()
        label = csgraph.connected_components(both, directed=False)[1]
        of_row, of_column = label[: rows.shape[0]], label[rows.shape[0] :]
        wanted = np.zeros(int(label.max(initial=0)) + 1, dtype=bool)
        wanted[of_column[:n_x][near]] = True
        keep = matters.copy()
        keep[matters] = wanted[of_column]
        return rows[wanted[of_row]][:, wanted[of_column]], self.rhs[now][wanted[of_row]], keep

    def _prove(
        self, got: Any, cost: Ints, matrix: Any, right: Ints, upper: Ints, capped: list[int]
    ) -> Relaxed:
        y = np.minimum(np.rint(got.ineqlin.marginals * FINE), 0).astype(np.int64)
        v = np.rint(got.eqlin.marginals * FINE).astype(np.int64) if self.equal.shape[0] else None
        reduced = cost * FINE - matrix.T @ y
        if v is not None:
            reduced -= self.equal.T @ v
        total = int(y @ right) + int(np.minimum(reduced, 0) @ upper)
        total += int(np.maximum(reduced, 0) @ np.minimum(self.lower, upper))
        of_hard, of_soft = self._by_row(y)
        counted = reduced[self.linear.n_x : self.linear.n_x + self.linear.counters.shape[0]]
        return Relaxed(
            -(-total // FINE),
            got.x[: self.linear.n_x],
            reduced[: self.linear.n_x],
            of_hard=of_hard,
            of_soft=of_soft,
            of_counter=np.minimum(counted, 0),
            of_level={k: int(y[len(self.rhs) + i]) for i, k in enumerate(capped)},
        )

    def _by_row(self, y: Ints) -> tuple[Ints, Ints]:
        """Multipliers as the rows of the system name them."""
        hard, soft = self.linear.hard, self.linear.soft
        of_hard, of_soft = np.zeros((hard.n, 2), dtype=np.int64), np.zeros((soft.n, 2), dtype=np.int64)
        high, low = np.nonzero(hard.high < BIG)[0], np.nonzero(hard.low > -BIG)[0]
        of_hard[high, 1] = y[: len(high)]
        of_hard[low, 0] = y[len(high) : len(high) + len(low)]
        first = len(high) + len(low) + self.linear.cliques.shape[0]
        named = self.soft.of_row >= 0
        which = self.soft.of_row[named]
        of_soft[which // 2, which % 2] = y[first : first + len(named)][named]
        return of_hard, of_soft
