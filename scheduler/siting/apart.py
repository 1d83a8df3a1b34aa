"""Runs the bound by regions and the search for plans beside it, on so many cores."""

from __future__ import annotations

import copy
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from scheduler.siting.anneal import anneal
from scheduler.siting.engine import Budget, Engine
from scheduler.siting.regions import Region, model_of, price_of_a_post, relaxed, split
from scheduler.siting.table import Ints, Median

LP_PART, PLAN_PART = 0.35, 0.3  # of the time left: for the relaxation, and for plans
GAP_OF_A_POST = 1 / 400  # a region is solved once its gap is so small a part of what a post is worth
LONGEST = 2.5  # times its fair share that a region may take

Meter = Callable[[int], bool]


def bound_and_plan(
    table: Median, chosen: Ints, prices: Ints, least: int, budget: Budget, engine: Engine, workers: int,
    part: float, keep_on: Meter,
) -> tuple[int, Ints]:  # fmt: skip
    """A bound for a covering table by regions, and a good choice of columns.

    Parameters
    ----------
    chosen, prices, least
        A choice of columns, whole prices of the families, and the bound that goes with them.
    part
        Of the time left.
    """
    begun, total = budget.seconds, budget.seconds_left()
    until = None if total is None else begun + total * part
    seconds = None if total is None else total * part * PLAN_PART
    worth = price_of_a_post(table, np.clip(prices, 0, table.bare))
    with ThreadPoolExecutor(max_workers=1) as beside:
        plan = beside.submit(
            anneal, table, chosen, worth, seed=engine.seed, seconds=seconds, keep_on=keep_on
        )
        if workers < 2:
            plan.result()
        exact = engine.prices(relaxed(table), part * LP_PART)
        if exact is not None and len(exact) > len(table.bare):
            prices = np.rint(exact[: len(table.bare)]).astype(np.int64)
        lam = np.clip(prices, 0, table.bare)
        least = max(least, _by_regions(table, lam, chosen, budget, engine.seed, workers, until))
        best = plan.result()
    return least, best


def _by_regions(
    table: Median, lam: Ints, chosen: Ints, budget: Budget, seed: int, workers: int, until: float | None
) -> int:  # fmt: skip
    regions, mu = split(table, lam)
    nodes = budget.nodes_left()
    order = sorted(range(len(regions)), key=lambda r: (-len(regions[r].families), r))
    queue = list(reversed(order))
    found = [region.trivial for region in regions]

    def work(_: int) -> int:
        mine = copy.copy(budget)  # its own count of nodes, so that none is lost between threads
        mine.nodes = 0
        mine.limits = replace(
            budget.limits, work=None if nodes is None else nodes / len(regions) / 50
        )
        engine = Engine(mine, seed, child=True)
        spent = 0
        try:
            while queue and not mine.halted():
                r = queue.pop()
                left = None if until is None else until - mine.seconds
                if left is not None and left <= 0:
                    break
                share = 1.0
                whole = mine.seconds_left()
                if left is not None and whole:
                    share = min(left, LONGEST * left * workers / (len(queue) + workers)) / whole
                mine.nodes = 0
                found[r] = max(found[r], _solve(engine, table, regions[r], chosen, mu, share))
                spent += mine.nodes
        finally:
            engine.close()
        return spent

    with ThreadPoolExecutor(max_workers=workers) as pool:
        budget.nodes += sum(pool.map(work, range(workers)))
    return sum(found) - mu * table.n_columns


def _solve(
    engine: Engine, table: Median, region: Region, chosen: Ints, mu: int, share: float
) -> int:
    linear, start = model_of(table, region, chosen)
    gap = max(0.5, mu * GAP_OF_A_POST)
    answer = engine.run(linear, share, start, solver="GSCIP", gap=gap)
    return region.trivial if answer.bound is None else answer.bound
