"""Bounds and good plans for one level of one view, without a solver.

Relaxing "each site has one first responder" with prices ``lam`` leaves a choice of the ``P`` best columns:
``L(lam) = sum_s lam_s + sum of the P smallest rho_c``, ``rho_c = sum_s min(0, cost_cs - lam_s)``. With integer
prices ``L`` is an exact bound; a column whose exchange would lift ``L`` above a known plan is fixed
(Narula, Ogbu and Samuelsson 1977; Beasley 1993). Plans come from exchanging one column for another
(Teitz and Bart 1968, counted as by Resende and Werneck 2004). Tables are sparse: time and memory grow with the pairs.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from heapq import heappop, heappush

import numpy as np
from numpy.typing import NDArray

from scheduler.siting import kernels
from scheduler.siting.table import Ints, Median, part

STEPS = 3000
SCALE = 512  # prices are counted in such parts of a second, so that rounding them costs no bound
NODE_STEPS = 200
PATIENCE = 40  # steps without a better bound before the step is halved; half of it inside the branching
MANY = 5000  # sites from which on steps are taken more slowly
CLOSE = 500  # a plan nearer to the bound than this part of it is left to branching
IDLE, KICK = 10, 20_000  # kicks for each column that may bring nothing; what a kick costs beside its pairs
FIRST_STEP, LAST_STEP, DEFLECT = 1.5, 1e-3, 0.5

Meter = Callable[[int], bool]
"""Told how many pairs were looked at; answers whether to go on."""


def _always(_visits: int) -> bool:
    return True


class _Nearest:
    """First and second cost of each site for a choice of columns."""

    def __init__(self, table: Median) -> None:
        n = len(table.bare)
        self.table = table
        self.first, self.second = np.empty(n, dtype=np.int64), np.empty(n, dtype=np.int64)
        self.at = np.empty(n, dtype=np.int64)

    def count(self, chosen: Ints) -> None:
        """Count them anew."""
        t = self.table
        kernels.nearest_two(t.indptr, t.site, t.cost, t.bare, chosen, self.first, self.second, self.at)


def exchange(table: Median, chosen: Ints, keep_on: Meter = _always) -> Ints:
    """Fill up to ``n_columns``, then exchange one column for another while that helps and it may."""
    near, chosen = _Nearest(table), chosen.copy()
    inside = np.zeros(table.n, dtype=np.bool_)
    inside[chosen] = True
    best_exchange: Callable[..., tuple[int, int, int]] = kernels.best_exchange
    best_added: Callable[..., tuple[int, int]] = kernels.best_added
    while True:
        near.count(chosen)
        if not keep_on(table.n_pairs):
            break
        if len(chosen) < table.n_columns:
            _, column = best_added(table.indptr, table.site, table.cost, near.first)
            if column < 0:
                break
            chosen = np.append(chosen, column)
        else:
            _, column, out = best_exchange(
                table.indptr, table.site, table.cost, inside, near.first, near.second, near.at, len(chosen)
            )
            if column < 0:
                break
            inside[chosen[out]] = False
            chosen[out] = column
        inside[column] = True
    return np.sort(chosen)


def polish(table: Median, chosen: Ints, least: int, seed: int, keep_on: Meter) -> Ints:
    """Kick some columns out, others in, exchange again; ends at the bound ``least`` or when the meter says so.

    (Iterated local search: Lourenco, Martin and Stuetzle 2003.)
    """
    draw = np.random.default_rng(seed)
    best = now = chosen
    best_value = now_value = value_of(table, chosen)
    if len(chosen) < 2 or len(chosen) >= table.n:
        return best
    idle = 0
    while best_value - least > least // CLOSE and idle < IDLE * len(chosen) and keep_on(KICK):
        idle += 1
        n_kicked = min(int(draw.integers(1, 5)), len(now) - 1)
        kept = draw.permutation(now)[n_kicked:]
        others = np.setdiff1d(np.arange(table.n), kept)
        fresh = draw.choice(others, n_kicked, replace=False)
        tried = exchange(table, np.sort(np.concatenate((kept, fresh))), keep_on)
        value = value_of(table, tried)
        if value <= now_value + (now_value - least) // 100:
            now, now_value = tried, value
        if value < best_value:
            best, best_value, idle = tried, value, 0
    return best


def value_of(table: Median, chosen: Ints) -> int:
    """What the sites pay for a choice of columns."""
    near = _Nearest(table)
    near.count(np.asarray(chosen, dtype=np.int64))
    return int(near.first.sum())


@dataclass(frozen=True)
class Bound:
    """A proven bound with its integer prices (in parts of ``SCALE``), and the best choice of columns met on the way."""

    least: int
    prices: Ints
    chosen: Ints


def bound(
    table: Median,
    chosen: Ints,
    *,
    start: NDArray[np.float64] | None = None,
    below_value: int | None = None,
    steps: int = STEPS,
    keep_on: Meter = _always,
) -> Bound:
    """Raise the bound by deflected subgradient steps, exchanging columns for better choices on the way.

    Parameters
    ----------
    chosen
        Columns of some plan to begin with.
    start
        Prices to begin with; None: what the plan costs each site.
    below_value
        Stop once no choice can be below it; None: the value of the best choice met.
    keep_on
        Asked at every step; what was reached when it says False is valid all the same.
    """
    p, search = table.n_columns, below_value is None
    best = exchange(table, chosen, keep_on) if search else chosen
    upper = value_of(table, best) if below_value is None else below_value
    lam = np.minimum(_paid(table, best) if start is None else start, table.bare).astype(np.float64)
    patience = PATIENCE if search else PATIENCE // 2
    if search and len(table.bare) > MANY:
        patience, steps = 4 * patience, 4 * steps
    least, best_lam, theta, stale = -np.inf, lam, FIRST_STEP, 0
    best_pick, before = best, np.zeros(len(lam))
    rho, n_taken = np.empty(table.n), np.empty(len(lam))
    every = np.arange(table.n)
    for _ in range(steps):
        kernels.worth(table.indptr, table.site, table.cost, lam, 1, rho)
        pick = np.argpartition(rho, p - 1)[:p] if 0 < p < len(rho) else every[:p]
        now = float(lam.sum() + rho[pick].sum())
        stale = 0 if now > least + 1e-6 * abs(now) else stale + 1
        if now > least:
            least, best_lam, best_pick = now, lam, pick
        if math.ceil(least - 1e-6) >= upper or not keep_on(table.n_pairs):
            break
        if stale >= patience:
            theta, stale, lam, before = theta / 2, 0, best_lam, np.zeros(len(lam))
            if search:
                tried = exchange(table, np.sort(best_pick).astype(np.int64), keep_on)
                if value_of(table, tried) < upper:
                    best, upper = tried, value_of(table, tried)
            if theta < LAST_STEP:
                break
            continue
        kernels.taken(table.indptr, table.site, table.cost, lam, pick, n_taken)
        before = 1.0 - n_taken + DEFLECT * before
        norm = float((before**2).sum())
        if norm == 0:
            break
        lam = np.clip(lam + theta * max(upper - now, 1.0) / norm * before, 0.0, table.bare)
    prices = np.rint(best_lam * SCALE).astype(np.int64)
    total = int(prices.sum() + np.sort(_rho(table, prices))[:p].sum())
    return Bound(-(-total // SCALE), prices, best)


def _paid(table: Median, chosen: Ints) -> NDArray[np.float64]:
    near = _Nearest(table)
    near.count(np.asarray(chosen, dtype=np.int64))
    return near.first.astype(np.float64)


def _rho(table: Median, prices: Ints) -> Ints:
    """What each column is worth at integer prices, in parts of ``SCALE``."""
    rho = np.empty(table.n, dtype=np.int64)
    kernels.worth(table.indptr, table.site, table.cost, prices, SCALE, rho)
    return rho


def prove(table: Median, found: Bound, value: int, keep_on: Meter) -> tuple[int, Ints | None]:
    """Branch on columns until nothing below ``value`` is left, or a choice below it is found.

    A branch that takes a column is a smaller table in which no site costs more than by that column; one
    that refuses it is the table without its row.

    Returns
    -------
    tuple
        A proven bound (``value`` when nothing is below it), and a better choice of columns if met.
    """
    none, all_stay = np.zeros(0, dtype=np.int64), np.ones(table.n, dtype=bool)
    nodes = [(found.least, 0, none, all_stay, found.prices / SCALE)]  # best bound first, then the latest
    best: Ints | None = None
    number = 0
    while nodes and nodes[0][0] < value:
        if not keep_on(0):
            return min(value, nodes[0][0]), best
        above, _, taken, stay, lam = heappop(nodes)
        its_table, columns = part(table, taken, stay), np.flatnonzero(stay)
        if len(columns) == 0 or its_table.n_columns == 0:
            if int(its_table.bare.sum()) < value:
                value, best = int(its_table.bare.sum()), taken
            continue
        its = bound(its_table, none, start=lam, below_value=value, steps=NODE_STEPS, keep_on=keep_on)
        rho = _rho(its_table, its.prices)
        pick = np.argsort(rho, kind="stable")[: its_table.n_columns]
        now = value_of(its_table, pick)
        if now < value:
            value, best = now, np.sort(np.concatenate((taken, columns[pick])))
        least = max(above, its.least)
        if least >= value:
            continue
        sure = fix(its_table, its.prices, value - 1)
        left = stay.copy()
        left[[columns[c] for c, x in sure.items() if not x]] = False
        split = columns[int(pick[0])]
        left[split] = False
        number += 2
        heappush(nodes, (least, -number, taken, left, its.prices / SCALE))
        heappush(nodes, (least, -number - 1, np.append(taken, split), left, its.prices / SCALE))
    return value, best


def fix(table: Median, prices: Ints, value: int) -> dict[int, int]:
    """Columns that stand (1) or do not (0) in every plan no worse than ``value``."""
    p = table.n_columns
    rho = _rho(table, prices)
    order = np.argsort(rho, kind="stable")
    inside, outside = order[:p], order[p:]
    if not len(inside) or not len(outside):
        return {}
    least = int(prices.sum() + rho[inside].sum())
    sure = {int(c): 0 for c in outside if least - rho[inside[-1]] + rho[c] > value * SCALE}
    return sure | {int(c): 1 for c in inside if least - rho[c] + rho[outside[0]] > value * SCALE}
