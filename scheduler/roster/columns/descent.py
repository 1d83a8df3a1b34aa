"""A plan along the subgradient: dives where a master problem would take too long.

As in a dive duties are fixed a part at a time, but what the relaxation thinks of a duty is how often it stood in the
cheapest rosters of the last steps of :mod:`ascent` (their mean tends to a solution of the relaxation: Anstreicher and
Wolsey, Mathematical Programming 120, 2009). What is left is put in roster by roster, each the cheapest as things
stand.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor

import numpy as np

from scheduler.roster.bound import FINE
from scheduler.roster.columns.ascent import ascend
from scheduler.roster.columns.generate import Pricing, bound_at
from scheduler.roster.columns.held import Held
from scheduler.roster.columns.insert import Bench
from scheduler.roster.columns.master import Column, Floats
from scheduler.roster.columns.narrow import narrow
from scheduler.roster.linear import Ints

_FIXED = 1 << 46
"""What a fixed duty earns, far beyond all real prices."""

_PACE, _UNTIL = 0.2, 0.9
"""Part of the open duties that is fixed at a time, and part of all after which the rest is put in roster by roster."""

_DEARER = 0.03
"""Part by which the bound may rise before the rest is put in roster by roster."""

_LIKELY = 0.4
"""How often a duty must have stood in the last rosters to be fixed."""

_LONGEST = 0.02
"""First step of the multipliers after duties were fixed, in usual prices."""

_CELLS_A_UNIT = 200_000_000.0
"""Arcs priced that count as one unit of work."""


class Descent:
    """One way down from multipliers that were climbed to; ``work`` counts deterministic seconds."""

    def __init__(
        self, pricing: Pricing, held: Held, over: Callable[[], bool], threads: Executor | None = None
    ) -> None:
        self.pricing, self.held, self.over, self.threads = pricing, held, over, threads
        self.ones: dict[int, frozenset[int]] = {}
        self.graphs = [pricing.graphs[k] for k in pricing.graph_of]
        self.arcs = 0

    @property
    def work(self) -> float:
        """Deterministic seconds so far."""
        return self.arcs / _CELLS_A_UNIT

    def run(self, y: Ints, steps: int, bench: Bench, rng: np.random.Generator) -> Ints | None:
        """All duties, int64 ``[n_x]``; None where the time is over.

        Parameters
        ----------
        y : int64 [m]
            Multipliers to begin with, in 1/65536.
        steps
            Rounds of pricing before duties are fixed, each time.
        bench
            With the plan at hand.
        """
        first = self._ask(y)[0]
        while not self.over():
            y, met = ascend(self.held, y, steps, self.over, self._ask, _LONGEST)
            if self._ask(y)[0] > first + _DEARER * abs(first):
                break
            often = self._often(met)
            fixed = sum(len(mine) for mine in self.ones.values())
            open_ = self._open(often)
            if fixed > _UNTIL * often.sum() or not len(open_):
                break
            self._fix(open_[: max(1, int(_PACE * (often.sum() - fixed)))])
        return None if self.over() else self._rest(bench, rng)

    def _ask(self, y: Ints) -> tuple[int, list[Column]]:
        """The bound under what is fixed in 1/65536, and everybody's cheapest roster."""
        self.arcs += sum(graph.n_arcs for graph in self.graphs)
        return bound_at(self.pricing, self.held, y, self.threads, self._best)

    def _best(self, p: int, by_x: Ints) -> tuple[int, Column]:
        ones = self.ones.get(p)
        if not ones:
            return self.pricing.best(p, by_x, FINE, self.graphs[p])
        price = by_x.copy()
        price[list(ones)] -= _FIXED
        value, column = self.pricing.best(p, price, FINE, self.graphs[p])
        return value + _FIXED * len(ones), column

    def _often(self, met: list[list[Column]]) -> Floats:
        """How often each duty stood in the rosters of the last steps, float64 ``[n_x]``."""
        often = np.zeros(self.pricing.linear.n_x)
        for columns in met:
            for column in columns:
                often[list(column.duties)] += 1.0
        return often / max(1, len(met))

    def _open(self, often: Floats) -> Ints:
        """Duties that may be fixed, the most frequent first."""
        free = often.copy()
        for mine in self.ones.values():
            free[list(mine)] = 0.0
        likely = np.nonzero(free >= _LIKELY)[0]
        return likely[np.argsort(-free[likely], kind="stable")]

    def _fix(self, duties: Ints) -> None:
        """Fix duties person by person; what has no way together is tried one by one, the first ones first."""
        linear = self.pricing.linear
        for p in np.unique(linear.x_person[duties]).tolist():
            mine = duties[linear.x_person[duties] == p].tolist()
            if not self._fixed(p, mine):
                for i in mine:
                    self._fixed(p, [i])

    def _fixed(self, p: int, duties: list[int]) -> bool:
        graph = self.graphs[p]
        roles = [int(graph.role_of[self.pricing.linear.x_group[i]]) for i in duties]
        if len(set(roles)) < len(roles):
            return False
        self.arcs += 2 * graph.n_arcs
        less = narrow(graph, roles)
        if less is None:
            return False
        self.graphs[p] = less
        self.ones[p] = self.ones.get(p, frozenset()) | frozenset(duties)
        return True

    def _rest(self, bench: Bench, rng: np.random.Generator) -> Ints:
        """Whole rosters around what is fixed; who finds none there is put in freely, last, or as on the bench."""
        before = list(zip(bench.roster, bench.own_cost.tolist(), strict=True))
        for p in range(len(self.graphs)):
            bench.take_out(p)
        order = rng.permutation(len(self.graphs)).tolist()
        for p in [p for p in order if not bench.insert(p, graph=self.graphs[p])]:
            self.graphs[p] = self.pricing.graphs[self.pricing.graph_of[p]]
            if not bench.insert(p):
                bench.put(p, *before[p])
        return bench.plan()
