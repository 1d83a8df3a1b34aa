"""Bounds and good plans for the level ``response`` of one view, without a solver.

Relaxing "each site has one first responder" with prices ``lam`` leaves a choice of the ``P`` best columns:
``L(lam) = sum_s lam_s + sum of the P smallest rho_c``, ``rho_c = sum_s min(0, cost_cs - lam_s)``. With integer
prices ``L`` is an exact bound; a column whose exchange would lift ``L`` above a known plan is fixed
(Narula, Ogbu and Samuelsson 1977; Beasley 1993). Plans come from exchanging one column for another
(Teitz and Bart 1968, counted as by Whitaker 1983).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scheduler.siting.layout import View
from scheduler.siting.problem import Problem

NEVER = np.iinfo(np.int64).max
MOST_CELLS = 6_000_000  # columns x sites that are worth a full table
STEPS = 1500
SCALE = 512  # prices are counted in such parts of a second, so that rounding them costs no bound
NODE_STEPS = 200
PATIENCE = 20  # steps without a better bound before the step is halved
FIRST_STEP, LAST_STEP, DEFLECT = 1.5, 1e-3, 0.5

Choice = NDArray[np.int64]


@dataclass(frozen=True)
class Median:
    """One view as a table: integer ``cost[column, site]`` (weight x seconds) and at most ``n_columns`` of them.

    ``bare`` is the cost of each site when nobody reaches it. Rules other than the number of columns are
    left out, so that bounds hold with them too, and plans must be checked.
    """

    cost: NDArray[np.int64]
    bare: NDArray[np.int64]
    n_columns: int


def median_of(problem: Problem, view: View) -> Median | None:
    """The table of a view, or None where sites have several points or the table would be too large."""
    n_points = np.bincount(problem.point_site, minlength=len(problem.sites))
    n_columns, n_sites = len(view.post), len(view.site)
    if not n_columns or not n_sites or n_columns * n_sites > MOST_CELLS:
        return None
    if (n_points[view.site] > 1).any():
        return None
    row = np.full(len(problem.sites), -1, dtype=np.int64)
    row[view.site] = np.arange(n_sites)
    weight = view.weight[view.site]
    bare = weight * problem.longest_s
    cost = np.repeat(bare[None, :], n_columns, axis=0)
    site = row[problem.point_site[view.pair_point]]
    cost[view.pair_column, site] = np.minimum(view.pair_s * weight[site], bare[site])
    period = problem.periods[view.periods[0]]
    n_most = min(sum(period.stock), n_columns)
    if period.most_posts is not None:
        kinds = max(1, int(np.bincount(view.post).max()))
        n_most = min(n_most, period.most_posts * kinds)
    return Median(cost, bare, n_most)


def _always() -> bool:
    return True


def exchange(
    median: Median, chosen: NDArray[np.int64], keep_on: Callable[[], bool] = _always
) -> NDArray[np.int64]:
    """Exchange one column for another while that helps and it may; the columns at the end."""
    cost, n_sites = median.cost, len(median.bare)
    chosen = chosen.copy()
    sites = np.arange(n_sites)
    while len(chosen) and len(chosen) < len(cost) and keep_on():
        mine = np.vstack((cost[chosen], median.bare[None, :]))
        near = np.argmin(mine, axis=0)
        first = mine[near, sites]
        mine[near, sites] = NEVER
        second = mine.min(axis=0)
        gain = np.minimum(cost - first, 0).sum(axis=1)
        order = np.argsort(near, kind="stable")
        served, start = np.unique(near[order], return_index=True)
        more = np.maximum(np.minimum(cost, second) - first, 0)[:, order]
        loss = np.zeros((len(cost), len(chosen) + 1), dtype=np.int64)
        loss[:, served] = np.add.reduceat(more, start, axis=1)
        delta = gain[:, None] + loss[:, : len(chosen)]
        delta[chosen] = 0
        best = int(np.argmin(delta))
        into, out = divmod(best, len(chosen))
        if delta[into, out] >= 0:
            break
        chosen[out] = into
    return np.sort(chosen)


def value_of(median: Median, chosen: NDArray[np.int64]) -> int:
    """The response of a choice of columns."""
    if not len(chosen):
        return int(median.bare.sum())
    return int(np.minimum(median.cost[chosen].min(axis=0), median.bare).sum())


@dataclass(frozen=True)
class Bound:
    """A proven bound with its integer prices (in parts of ``SCALE``), and the best choice of columns met on the way."""

    least: int
    prices: NDArray[np.int64]
    chosen: NDArray[np.int64]


def bound(
    median: Median,
    chosen: NDArray[np.int64],
    *,
    start: NDArray[np.float64] | None = None,
    below_value: int | None = None,
    steps: int = STEPS,
    keep_on: Callable[[], bool] = _always,
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
    cost, p = median.cost.astype(float), median.n_columns
    search = below_value is None
    best = exchange(median, chosen, keep_on) if search else chosen
    upper = value_of(median, best) if below_value is None else below_value
    if start is not None:
        lam = np.minimum(start, median.bare)
    else:
        lam = (
            np.minimum(cost[best].min(axis=0), median.bare)
            if len(best)
            else median.bare.astype(float)
        )
    least, best_lam, theta, stale = -np.inf, lam, FIRST_STEP, 0
    best_pick, before = best, np.zeros(len(lam))
    for _ in range(steps):
        below = np.minimum(cost - lam, 0.0)
        rho = below.sum(axis=1)
        pick = np.argpartition(rho, p - 1)[:p] if p < len(rho) else np.arange(len(rho))
        now = float(lam.sum() + rho[pick].sum())
        stale = 0 if now > least + 1e-6 * abs(now) else stale + 1
        if now > least:
            least, best_lam, best_pick = now, lam, pick
        if math.ceil(least - 1e-6) >= upper or not keep_on():
            break
        if stale >= PATIENCE:
            theta, stale, lam, before = theta / 2, 0, best_lam, np.zeros(len(lam))
            if search:
                tried = exchange(median, np.sort(best_pick), keep_on)
                if value_of(median, tried) < upper:
                    best, upper = tried, value_of(median, tried)
            if theta < LAST_STEP:
                break
            continue
        before = 1.0 - (below[pick] < 0).sum(axis=0) + DEFLECT * before
        norm = float((before**2).sum())
        if norm == 0:
            break
        lam = np.clip(lam + theta * max(upper - now, 1.0) / norm * before, 0.0, median.bare)
    prices = np.rint(best_lam * SCALE).astype(np.int64)
    total = int(prices.sum() + np.sort(_rho(median, prices))[:p].sum())
    return Bound(-(-total // SCALE), prices, best)


def _rho(median: Median, prices: NDArray[np.int64]) -> NDArray[np.int64]:
    """What each column is worth at integer prices, in parts of ``SCALE``."""
    return np.asarray(np.minimum(median.cost * SCALE - prices, 0).sum(axis=1))


def prove(
    median: Median, found: Bound, value: int, keep_on: Callable[[], bool]
) -> tuple[int, Choice | None]:
    """Branch on columns until nothing below ``value`` is left, or a choice below it is found.

    A branch that takes a column is a smaller table in which no site costs more than by that column; one
    that refuses it is the table without its row.

    Returns
    -------
    tuple
        A proven bound (``value`` when nothing is below it), and a better choice of columns if met.
    """
    every = np.arange(len(median.cost))
    stack = [(found.least, median, every, np.zeros(0, dtype=np.int64), found.prices / SCALE)]
    best: Choice | None = None
    while stack:
        if not keep_on():
            return min(value, *(least for least, *_ in stack)), best
        _, table, columns, taken, lam = stack.pop()
        if len(columns) == 0 or table.n_columns == 0:
            if int(table.bare.sum()) < value:
                value, best = int(table.bare.sum()), taken
            continue
        its = bound(
            table, np.zeros(0, dtype=np.int64), start=lam, below_value=value, steps=NODE_STEPS
        )
        rho = _rho(table, its.prices)
        pick = np.argsort(rho, kind="stable")[: table.n_columns]
        if value_of(table, pick) < value:
            value, best = value_of(table, pick), np.sort(np.concatenate((taken, columns[pick])))
        if its.least >= value:
            continue
        sure = fix(table, its.prices, value - 1)
        stay = np.array([sure.get(c, 1) > 0 for c in range(len(columns))], dtype=bool)
        split = int(pick[0])
        table_in = _take(table, [split], stay)
        stay[split] = False
        table_out = Median(table.cost[stay], table.bare, min(table.n_columns, int(stay.sum())))
        prices = its.prices / SCALE
        stack.append((its.least, table_out, columns[stay], taken, prices))
        stack.append((its.least, table_in, columns[stay], np.append(taken, columns[split]), prices))
    return value, best


def _take(table: Median, columns: list[int], stay: NDArray[np.bool_]) -> Median:
    """The table once some columns are chosen."""
    left = stay.copy()
    left[columns] = False
    bare = np.minimum(table.bare, table.cost[columns].min(axis=0))
    cost = np.minimum(table.cost[left], bare)
    return Median(cost, bare, min(table.n_columns - len(columns), len(cost)))


def fix(median: Median, prices: NDArray[np.int64], value: int) -> dict[int, int]:
    """Columns that stand (1) or do not (0) in every plan no worse than ``value``."""
    p = median.n_columns
    rho = _rho(median, prices)
    order = np.argsort(rho, kind="stable")
    inside, outside = order[:p], order[p:]
    if not len(inside) or not len(outside):
        return {}
    least = int(prices.sum() + rho[inside].sum())
    sure = {int(c): 0 for c in outside if least - rho[inside[-1]] + rho[c] > value * SCALE}
    return sure | {int(c): 1 for c in inside if least - rho[c] + rho[outside[0]] > value * SCALE}
