"""Ruin and recreate with exact insertion: some people's rosters are taken out and put back, each the cheapest way.

A person's cheapest roster, with everybody else's as it stands, is a shortest path in that person's graph whose prices
are what each duty changes in the linking rows. Hard rows weigh so much that no gain below pays for a breach.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from scheduler.roster.columns.generate import Pricing
from scheduler.roster.columns.graph import Graph
from scheduler.roster.columns.kernels import FAR, marginal, shift
from scheduler.roster.columns.within import best_within
from scheduler.roster.linear import Ints

_CEILING = 1 << 44
"""Greatest weight of a row: sums over a person's duties stay far below ``FAR``."""


class Bench:
    """A whole plan as one roster a person, with what it costs, all levels in one number."""

    def __init__(self, pricing: Pricing) -> None:
        self.pricing = pricing
        linear, parts = pricing.linear, pricing.parts
        hards = (parts.linking_hard, pricing.outside[0])
        softs = (parts.linking_soft, pricing.outside[1])
        rows = (*hards, *softs)
        matrix = sparse.vstack([part.matrix for part in rows]).tocsc().astype(np.int64)
        self.matrix = matrix
        self.indptr = matrix.indptr.astype(np.int64)
        self.rows = matrix.indices.astype(np.int64)
        self.coef = matrix.data.astype(np.int64)
        self.low = np.concatenate([part.low for part in rows])
        self.high = np.concatenate([part.high for part in rows])
        self.once = np.concatenate([*(part.once & False for part in hards), *(part.once for part in softs)])
        self.scale = self._scales()
        weight = [np.full(part.n, self.scale[0], dtype=np.int64) for part in hards]
        weight += [part.price * self.scale[1:][part.level] for part in softs]
        self.weight = np.concatenate(weight)
        # a person's own sums outside the graph are kept by the search for the roster, not by prices
        inside = [part.n for part in (*hards[:1], *softs)]
        self.priced = self.weight.copy()
        self.priced[inside[0] : inside[0] + hards[1].n] = 0
        self.value = np.zeros(len(self.low), dtype=np.int64)
        self.roster: list[Ints] = [np.zeros(0, dtype=np.int64) for _ in pricing.own]
        self.own_cost = np.zeros(len(pricing.own), dtype=np.int64)
        off = np.maximum(0, np.maximum(self.low, -self.high))
        self.row_cost = int((np.where(self.once, np.minimum(off, 1), off) * self.weight).sum())
        self.only: list[Graph] | None = None
        self.team_x = np.zeros(linear.n_x, dtype=bool)
        for g, group in enumerate(linear.problem.groups):
            if group.team is not None:
                self.team_x |= linear.x_group == g

    def _scales(self) -> Ints:
        """Weight of a broken hard row and of a point on each level: each more than all below where that has room."""
        linear, soft = self.pricing.linear, self.pricing.parts.linking_soft
        scale = [1]
        typical = int(soft.price[soft.level == linear.n_levels - 1].max(initial=1))
        total = max(1000, 200 * typical)
        for _ in range(linear.n_levels):
            scale.append(min(_CEILING, scale[-1] * total))
            total = 100
        return np.array(scale[::-1], dtype=np.int64)

    @cached_property
    def related(self) -> NDArray[np.float32]:
        """How many duties two people could take from each other, float32 ``[n_people, n_people]``."""
        allowed = sparse.csr_matrix(self.pricing.linear.x_of >= 0, dtype=np.float32)
        shared: NDArray[np.float32] = np.asarray((allowed @ allowed.T).todense())
        np.fill_diagonal(shared, 0.0)
        return shared

    @property
    def cost(self) -> int:
        """All in one number."""
        return self.row_cost + int(self.own_cost.sum())

    def load(self, x: Ints) -> bool:
        """Take a plan over; False where some roster does not keep the personal rules."""
        linear, pricing = self.pricing.linear, self.pricing
        self.value[:] = 0
        columns = linear.columns(x)
        switches = columns[linear.n_x + linear.counters.shape[0] :]
        seen = np.concatenate([x, switches]).astype(np.int64)
        self.value[:] = self.matrix @ seen
        off = np.maximum(0, np.maximum(self.low - self.value, self.value - self.high))
        self.row_cost = int((np.where(self.once, np.minimum(off, 1), off) * self.weight).sum())
        fine = True
        for p in range(len(pricing.own)):
            mine = pricing.columns_of[p]
            self.roster[p] = mine[x[mine] > 0]
            cost = pricing.cost_of(p, tuple(int(g) for g in linear.x_group[self.roster[p]]))
            fine &= cost < FAR
            self.own_cost[p] = cost
        return fine

    def plan(self) -> Ints:
        """All duties, int64 ``[n_x]``."""
        x = np.zeros(self.pricing.linear.n_x, dtype=np.int64)
        for mine in self.roster:
            x[mine] = 1
        return x

    def _shift(self, duties: Ints, sign: int) -> None:
        self.row_cost += int(
            shift(
                self.indptr, self.rows, self.coef, self.value, self.low, self.high, self.weight, self.once, duties, sign
            )
        )

    def take_out(self, p: int) -> None:
        """Empty one person's roster."""
        self._shift(self.roster[p], -1)
        self.roster[p] = np.zeros(0, dtype=np.int64)
        self.own_cost[p] = 0

    def put(self, p: int, duties: Ints, cost: int) -> None:
        """Give a person a roster that is known to be allowed."""
        self._shift(duties, 1)
        self.roster[p], self.own_cost[p] = duties, cost

    def insert(self, p: int, noise: Ints | None = None, graph: Graph | None = None) -> bool:
        """Give a person the cheapest roster as things stand; False where none is allowed.

        ``graph`` stands for the person's own where only some ways are asked for.
        """
        pricing, linear = self.pricing, self.pricing.linear
        mine = pricing.columns_of[p]
        change = np.empty(len(mine), dtype=np.int64)
        marginal(
            self.indptr, self.rows, self.coef, self.value, self.low, self.high, self.priced, self.once, mine, change
        )
        price = pricing.own[p].price.copy()
        groups = linear.x_group[mine]
        price[groups] = np.minimum(price[groups] + change, FAR)
        if noise is not None:
            price[groups] += noise[groups]
        held = self.team_x[mine]
        if held.any():  # teams go whole or not at all: that is not decided here
            price[groups[held]] = FAR
        own = pricing.own[p]
        if graph is None:
            graph = pricing.graphs[pricing.graph_of[p]] if self.only is None else self.only[p]
        total, found = best_within(graph, [own.sums[k] for k in graph.left_out], price, 1)
        if total >= FAR:
            return False
        chosen = np.array(found, dtype=np.int64)
        duties = linear.x_of[p, chosen].astype(np.int64)
        extra = 0 if noise is None else int(noise[chosen].sum())
        moved = int(change[np.searchsorted(mine, duties)].sum())
        self.put(p, duties, total - extra - moved + own.constant)
        return True


def improve(
    bench: Bench, rng: np.random.Generator, over: Callable[[], bool], better: Callable[[Ints], object], rounds: int
) -> int:
    """Ruin and recreate for at most so many rounds; every better plan is handed to ``better``."""
    n = len(bench.pricing.own)
    best = now = bench.cost
    warm = max(1.0, 0.002 * (now % int(bench.scale[-2] if len(bench.scale) > 1 else now + 1)))
    for turn in range(rounds):
        if turn % 16 == 0 and over():
            return turn
        k = min(n, int(rng.integers(2, 9)))
        people = draw_people(bench.related, rng, k, 2)
        kept = [(p, bench.roster[p], int(bench.own_cost[p])) for p in people]
        for p in people:
            bench.take_out(p)
        done = all(bench.insert(p) for p in rng.permutation(people).tolist())
        cost = bench.cost
        heat = warm * (1 - turn / rounds)
        if done and cost <= now + heat * -np.log(max(rng.random(), 1e-12)):
            now = cost
            if cost < best:
                best = cost
                better(bench.plan())
            continue
        for p in people:
            bench.take_out(p)
        for p, duties, own in kept:
            bench.put(p, duties, own)
    return rounds


def draw_people(shared: NDArray[np.float32], rng: np.random.Generator, k: int, power: int) -> list[int]:
    """A person, and others drawn by how much they overlap with them to this power (0: anybody)."""
    n = len(shared)
    if k >= n:
        return list(range(n))
    lead = int(rng.integers(n))
    weight = shared[lead].astype(np.float64) ** power + 1e-9
    weight[lead] = 0.0
    others = rng.choice(n, size=k - 1, replace=False, p=weight / weight.sum())
    return [lead, *(int(p) for p in others)]
