"""Runs the bound by regions and the search for plans beside it, on so many cores.

The prices ``pi_jr`` of a column in its regions are bettered from round to round: where a column stands in one region
and not in another, it becomes dearer there and cheaper here; ``mu`` follows the number of posts (subgradient steps:
Held, Wolfe and Crowder 1974). Each round solves every region and gives a bound by itself; the best one counts.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from scheduler.siting import lagrange
from scheduler.siting.anneal import anneal
from scheduler.siting.branch import Tree
from scheduler.siting.engine import VISITS_A_NODE, Budget, Engine
from scheduler.siting.regions import price_of_a_post, relaxed, split
from scheduler.siting.table import Ints, Median

LP_PART, PLAN_PART = 0.35, 0.3  # of the time left: for the relaxation, and for plans
GAP_OF_A_POST = 1 / 400  # a region is solved once its gap is so small a part of what a post is worth
LONGEST = 2.5  # times its fair share that a region may take
ROUNDS = 200
LIKELY = 1.2  # times what the last round took, for which time must be left
VOTE = -1  # the search for a plan, beside the regions of a round
VOTE_VISITS = 6000  # times that each pair is looked at in it
WARM = 0.4  # how much less warm it begins than the first cooling
STEP, SHORTER, LEAST_STEP = 0.2, 0.6, 0.002  # the first, its shortening after a worse round, the last
KEPT = 0.3  # what is kept of the way before

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
        best = plan.result()
    rounds = Rounds(table, lam, best, budget, engine.seed, workers, until)
    return max(least, rounds.climb(least)), rounds.chosen


class Rounds:
    """Regions solved again and again at better prices.

    Attributes
    ----------
    price
        float64 ``[n_columns, n_regions]``: what a column costs in a region; rows add up to ``mu``.
    """

    def __init__(
        self, table: Median, lam: Ints, chosen: Ints, budget: Budget, seed: int, workers: int, until: float | None
    ) -> None:  # fmt: skip
        self.table, self.lam, self.chosen, self.budget = table, lam, chosen, budget
        self.seed, self.workers, self.until = seed, workers, until
        self.upper = lagrange.value_of(table, chosen)
        self.regions, mu = split(table, lam)
        self.mu = float(mu)
        self.price = np.zeros((table.n, len(self.regions)))
        self.stands = np.zeros(self.price.shape, dtype=np.bool_)
        for r, region in enumerate(self.regions):
            self.price[region.columns, r] = region.price
            self.stands[region.columns, r] = True
        self.n_of = np.maximum(1, self.stands.sum(axis=1))
        self.last = [chosen] * len(self.regions)
        self.before: tuple[NDArray[np.float64], float] | None = None
        self.votes: Ints | None = None
        self.number = 0

    def climb(self, least: int) -> int:
        """Rounds until the plan is met or the limit comes; the best bound."""
        best, step = least, STEP
        for _ in range(ROUNDS):
            begun, nodes = self.budget.seconds, self.budget.nodes
            now = self._round()
            step = step if now > best else step * SHORTER
            best = max(best, now)
            took, spent = self.budget.seconds - begun, self.budget.nodes - nodes
            no_time = self.until is not None and self.until - self.budget.seconds < LIKELY * took
            left = self.budget.nodes_left()
            enough = best >= self.upper or step < LEAST_STEP
            if enough or self.budget.over() or no_time or (left is not None and left < spent):
                break
            self._turn(max(1, self.upper - now) * step)
            self.number += 1
        return best

    def _whole(self) -> tuple[int, Ints]:
        """Prices in whole numbers: no column is paid more than a post in all."""
        return int(np.ceil(self.mu)), np.floor(self.price).astype(np.int64)

    def _round(self) -> int:
        """Solve every region at the prices of now: a bound."""
        mu, whole = self._whole()
        n, left = len(self.regions), self.budget.nodes_left()
        most = None if left is None else left * VISITS_A_NODE // (2 * n)
        queue = sorted(range(n), key=lambda r: (len(self.regions[r].families), r))
        if self.votes is not None:
            queue.append(VOTE)
        found, visits = [0] * n, [0] * n

        def work(_: int) -> None:
            while queue:
                r = queue.pop()
                if r == VOTE:
                    self._vote(mu)
                    continue
                until = None
                if self.until is not None:
                    spare = self.until - self.budget.seconds
                    share = LONGEST * spare * self.workers / (len(queue) + self.workers)
                    until = self.budget.seconds + min(spare, share)
                price = whole[self.regions[r].columns, r]
                same = bool((price == self.regions[r].price).all())
                trivial = self.regions[r].trivial if same else int(np.minimum(0, price).sum())
                tree = Tree(
                    self.table, replace(self.regions[r], price=price, trivial=trivial), self.last[r], self.lam,
                    mu, mu * GAP_OF_A_POST, seed=self.seed,
                )  # fmt: skip

                def more(tree: Tree = tree, until: float | None = until) -> bool:
                    late = until is not None and self.budget.seconds > until
                    return not (late or self.budget.halted() or (most is not None and tree.visits > most))

                tree.run(more)
                found[r], visits[r] = tree.least, tree.visits
                self.last[r] = self.regions[r].columns[tree.on > 0]

        with ThreadPoolExecutor(max_workers=self.workers) as pool:
            list(pool.map(work, range(self.workers)))
        self.budget.nodes += sum(visits) // VISITS_A_NODE
        return sum(found) - mu * self.table.n_columns

    def _vote(self, mu: int) -> None:
        """A better plan from the columns that most regions took at the round before, cooled a little."""
        if self.votes is None:
            return
        tried = anneal(
            self.table, self.votes, mu * WARM, seed=self.seed + self.number, seconds=None,
            keep_on=lambda _visits: not self.budget.halted(), visits=VOTE_VISITS * self.table.n_pairs,
        )  # fmt: skip
        value = lagrange.value_of(self.table, tried)
        if value < self.upper:
            self.chosen, self.upper = tried, value

    def _turn(self, length: float) -> None:
        """Change prices towards regions that agree with each other and on the number of posts."""
        on = np.zeros(self.price.shape)
        for r, columns in enumerate(self.last):
            on[columns, r] = 1.0
        mean = on.sum(axis=1) / self.n_of
        self.votes = np.sort(np.argsort(-mean, kind="stable")[: self.table.n_columns])
        apart, more = np.where(self.stands, on - mean[:, None], 0.0), float(mean.sum()) - self.table.n_columns
        if self.before is not None:
            apart = (1 - KEPT) * apart + KEPT * self.before[0]
            more = (1 - KEPT) * more + KEPT * self.before[1]
        self.before = apart, more
        n = max(1, self.table.n_columns)
        length /= max(1e-9, float((apart**2).sum()) + more**2 / n)
        mu = max(0.0, self.mu + length * more / n)
        shared = ((mu - self.mu) / self.n_of)[:, None]
        self.price = np.where(self.stands, self.price + length * apart + shared, 0.0)
        self.mu = mu
