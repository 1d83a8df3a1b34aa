"""What whole rosters do for the search: a plan with its seats filled at once, a sharper bound, better guidance."""

from __future__ import annotations

import logging
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from scheduler.roster.bound import FINE, Relaxed
from scheduler.roster.columns.ascent import ascend
from scheduler.roster.columns.descent import Descent
from scheduler.roster.columns.dive import Dive, Task
from scheduler.roster.columns.generate import Generated, Pricing, bound_at, generate, prepare
from scheduler.roster.columns.held import Held, hold
from scheduler.roster.columns.insert import Bench, improve
from scheduler.roster.columns.kernels import FAR
from scheduler.roster.columns.master import Column, Floats
from scheduler.roster.columns.regroup import Tried, draw, keep, regroup
from scheduler.roster.linear import Ints

if TYPE_CHECKING:
    from scheduler.roster.solve import Run

log = logging.getLogger(__name__)

_SHARE, _FIRST, _DIVES = 0.3, 0.08, 0.45
"""Part of the limits that one column generation may use, ruin and recreate before it, and dives after it."""

_SAYS_LITTLE, _CLIMB = 0.8, 0.1
"""Part of the plan's cost below which a bound says little, and part of the limits spent on climbing then."""

_FEWEST_STEPS, _MOST_STEPS = 100, 1200
"""Steps below which climbing is not begun, and that are always enough."""

_LEAST, _USUAL = 10, 60
"""Rounds of pricing before some duties are fixed on the way along the subgradient."""

_AROUND = 40_000
"""Rounds of ruin and recreate around what is fixed then."""

_GOOD_ENOUGH = 0.003
"""Gap below which no further dive is made."""

_ROUNDS_A_UNIT, _CELLS_A_UNIT = 1000, 1_500_000
"""Rounds of ruin and recreate, and arcs and matrix cells of one round of pricing, that count as a unit of work."""

_MOST_DUTIES, _BUILD_SHARE = 400_000, 0.25
"""Duties up to which, and part of the limits within which, pricing graphs are built."""

_SLACK = 1000
"""Regrouping may now and then make a plan worse by its costs' thousandth."""

_PART_WORK = 8.0
"""Deterministic seconds that rebuilding one part may take."""

_RECREATE = 4000
"""Rounds of ruin and recreate before the relaxation is asked."""


@dataclass
class Rosters:
    """The pricing graphs of one run, and the rosters met so far."""

    pricing: Pricing
    bench: Bench
    others: list[Bench] = field(default_factory=list)
    pool: dict[int, list[Column]] = field(default_factory=dict)
    held: Held | None = None
    y: Ints | None = None
    aim: tuple[int, ...] = ()
    current: Ints | None = None
    likely: Floats = field(default_factory=lambda: np.zeros(0))
    size: float = 6.0
    best_at: tuple[Ints, list[int]] | None = None
    threads: Executor | None = None
    closed: bool = False
    slow: bool = False

    @classmethod
    def of(cls, run: Run) -> Rosters | None:
        """Build the graphs; None where some person can keep the personal hard rules in no way."""
        if run.linear.n_x > _MOST_DUTIES:
            return None
        run.tell("stage", "every person's possible rosters")
        late = run.spent() + _BUILD_SHARE
        pricing = prepare(run.linear, lambda: run.over() or (run.limits.work is None and run.spent() > late))
        if pricing is None:
            log.info("no time for pricing graphs")
            return None
        nothing = np.zeros(run.linear.n_x, dtype=np.int64)
        for p in range(len(pricing.own)):
            if pricing.best(p, nothing, 1)[0] >= FAR:
                return None
        log.info("%d pricing graphs, %d arcs", len(pricing.graphs), sum(g.n_arcs for g in pricing.graphs))
        return cls(pricing, Bench(pricing))

    def first(self, run: Run, rng: np.random.Generator) -> None:
        """A first plan where building seat by seat found none: roster by roster, each the cheapest as things stand."""
        for p in range(len(self.pricing.own)):
            self.bench.take_out(p)
        for p in rng.permutation(len(self.pricing.own)).tolist():
            self.bench.insert(p)
        for _ in range(50):
            x = self.bench.plan()
            if run.linear.broken(x) == 0 and x[run.linear.forced].all():
                run.offer(x)
                return
            if run.over():
                return
            improve(self.bench, rng, run.over, lambda _: None, 200)

    def recreate(self, run: Run, rng: np.random.Generator, rounds: int = _RECREATE) -> None:
        """Take some people's rosters out and put each back the cheapest way, again and again."""
        assert run.best is not None  # noqa: S101  # a plan comes first
        if self.bench.load(run.best):
            self._recreate(run, rng, rounds, _FIRST)

    def _recreate(self, run: Run, rng: np.random.Generator, rounds: int, share: float) -> None:
        """The same from what is on the bench, within a part of the limits."""
        if run.limits.work is not None:
            rounds = min(rounds, int(run.limits.work * 0.1 * _ROUNDS_A_UNIT))
        begun = run.spent()

        def over() -> bool:
            return run.over() or (run.limits.work is None and run.spent() > begun + share)

        done = improve(self.bench, rng, over, lambda x: self._offer(run, x), rounds)
        run.work += done / _ROUNDS_A_UNIT

    def tighten(self, run: Run, relaxed: Relaxed | None, aim: tuple[int, ...]) -> Relaxed:
        """The plain relaxation's bound and guidance, made sharper by whole rosters.

        Where it was not asked (``relaxed`` is None; ``aim`` is then known to be reached), multipliers are climbed to.
        """
        pricing = self.pricing
        held = hold(pricing, aim)
        self.slow = relaxed is None
        if relaxed is None:
            relaxed = Relaxed(0, np.zeros(run.linear.n_x), np.zeros(run.linear.n_x, dtype=np.int64))
            y, climbed = self._climb(run, held, np.zeros(len(held.linking.rhs), dtype=np.int64))
            made = self._generate(run, held, y, self._rosters_of(run) + climbed, _SHARE, climbed=True)
        else:
            y = start_at(pricing, held, relaxed)
            made = self._generate(run, held, y, self._rosters_of(run), _SHARE, climbed=False)
            if not made.closed and made.bound < _SAYS_LITTLE * run.value[-1] and not run.over():
                y, climbed = self._climb(run, held, y)
                if climbed:
                    again = self._generate(run, held, y, self._rosters_of(run) + climbed, _SHARE / 2, climbed=True)
                    made = again if again.bound > made.bound else made
        log.info("bound %d -> %d after %d rounds, closed: %s", relaxed.bound, made.bound, made.rounds, made.closed)
        for column in made.columns:
            self.pool.setdefault(column.person, []).append(column)
        self.held, self.y, self.aim, self.likely, self.closed = held, made.y, aim, made.x, made.closed
        if made.rounds == 0:
            return Relaxed(max(made.bound, relaxed.bound), relaxed.x, made.reduced)
        return Relaxed(max(made.bound, relaxed.bound), made.x, made.reduced)

    def _generate(
        self, run: Run, held: Held, y: Ints, start: list[Column], share: float, *, climbed: bool
    ) -> Generated:
        """Column generation within a part of the limits."""
        begun, charge, rounds = run.spent(), self._charge(held), 400
        if run.limits.work is not None:
            rounds = int(run.limits.work * share / max(charge, 1e-6))
        made = generate(
            self.pricing,
            held,
            over=lambda: run.over() or (run.limits.work is None and run.spent() > begun + share),
            y_start=y,
            start=start,
            target=run.value[-1],
            climbed=climbed,
            rounds=rounds,
            threads=self.threads,
        )
        if run.limits.work is not None:
            run.work += made.rounds * charge
        return made

    def _climb(self, run: Run, held: Held, y: Ints) -> tuple[Ints, list[Column]]:
        """Multipliers climbed to step by step, where master problems came nowhere; and rosters met there."""
        charge = self._charge(held)
        steps = min(self._steps(run, held, y, _CLIMB), _MOST_STEPS)
        if steps < _FEWEST_STEPS:
            return y, []
        y, met = ascend(held, y, steps, run.over, lambda z: bound_at(self.pricing, held, z, self.threads))
        if run.limits.work is not None:
            run.work += steps * charge
        return y, list({(column.person, column.duties): column for step in met for column in step}.values())

    def _steps(self, run: Run, held: Held, y: Ints, share: float) -> int:
        """How many rounds of pricing fit into a part of the limits."""
        if run.limits.work is not None:
            return int(share * run.limits.work / max(self._charge(held), 1e-6))
        begun = run.seconds()
        bound_at(self.pricing, held, y, self.threads)
        return int(share * (run.limits.seconds or 60.0) / max(1e-3, run.seconds() - begun))

    def _rosters_of(self, run: Run) -> list[Column]:
        """The plan at hand as columns."""
        assert run.best is not None  # noqa: S101  # a plan comes first
        linear, found = run.linear, []
        for p, mine in enumerate(self.pricing.columns_of):
            duties = mine[run.best[mine] > 0]
            cost = self.pricing.cost_of(p, tuple(int(g) for g in linear.x_group[duties]))
            if cost < FAR:
                found.append(Column(p, tuple(int(x) for x in np.sort(duties)), cost))
        return found

    def _charge(self, held: Held) -> float:
        arcs = sum(self.pricing.graphs[k].n_arcs for k in self.pricing.graph_of)
        return (arcs + 2 * int(held.linking.of_x.nnz)) / _CELLS_A_UNIT

    def dive(self, run: Run, rng: np.random.Generator) -> None:
        """Plans along the relaxation, as many as there are cores: the first straight on, the others disturbed.

        Where the relaxation was not solved within its part of the limits a dive would only take the rest; unless
        rules follow people step by step, where little else makes plans.
        """
        if self.held is None or self.y is None or run.over() or not (self.closed or run.linear.steps):
            return
        run.tell("stage", "plans along the relaxation, some duties at a time")
        if self.slow:
            self._descend(run, rng)
            return
        people = range(len(self.pricing.own))
        begun = run.spent()
        over = lambda: run.over() or (run.limits.work is None and run.spent() > begun + _DIVES)  # noqa: E731
        for k in range(run.workers):
            if k and run.value[-1] - run.bound[-1] <= _GOOD_ENOUGH * run.value[-1]:
                return  # building parts anew does the rest
            cut = run.value[-1] if run.value[:-1] <= self.aim else None
            start = [column for p in people for column in self.pool.get(p, ())]
            task = Task(
                people, self.held.linking.rhs, 0, self.y, start, cut=cut, pace=(0.1, 0.06)[k > 0],
                noise=0.0 if k == 0 else 0.1, most_work=self._most_work(run, _DIVES / run.workers),
            )  # fmt: skip
            dive = Dive(self.pricing, self.held, task, over, np.random.default_rng(int(rng.integers(1 << 32))))
            found = dive.run()
            if run.limits.work is not None:
                run.work += dive.work
            keep(self.pool, dive.made)
            if found is not None:
                self._offer(run, self._plan_of(found))

    def _descend(self, run: Run, rng: np.random.Generator) -> None:
        """A plan along the subgradient, and ruin and recreate around what it fixed."""
        assert self.held is not None  # noqa: S101  # asked before
        assert self.y is not None  # noqa: S101
        assert run.best is not None  # noqa: S101  # a plan comes first
        if not self.bench.load(run.best):
            return
        way = Descent(self.pricing, self.held, run.over, self.threads)
        steps = max(_LEAST, min(_USUAL, self._steps(run, self.held, self.y, _DIVES / 40)))
        found = way.run(self.y, steps, self.bench, rng)
        if run.limits.work is not None:
            run.work += way.work
        if found is None:
            return
        log.info("along the subgradient: %s", run.linear.value(found))
        self._offer(run, found)
        self.bench.only = way.graphs
        try:
            self._recreate(run, rng, _AROUND, _DIVES / 2)
        finally:
            self.bench.only = None

    def _most_work(self, run: Run, share: float, most: float = float("inf")) -> float:
        return most if run.limits.work is None else min(most, run.limits.work * share)

    def _plan_of(self, rosters: dict[int, Column], base: Ints | None = None) -> Ints:
        """All duties when these people do this, and the others what they do in ``base``."""
        linear = self.pricing.linear
        x = np.zeros(linear.n_x, dtype=np.int64) if base is None else base.copy()
        for p, column in rosters.items():
            x[self.pricing.columns_of[p]] = 0
            x[list(column.duties)] = 1
        return x

    def regroup(self, run: Run, pool: Executor, rng: np.random.Generator) -> None:
        """Build one part anew on each core, all around the same plan; merged by position."""
        assert run.best is not None  # noqa: S101  # a plan comes first
        if self.held is None or self.y is None or run.value[:-1] > self.aim:
            return
        base = self._base(run)
        if not self.bench.load(base):
            return
        value = run.linear.value(base)[-1]
        regret = self._regret()
        slack = 1 + value // _SLACK if rng.random() < 0.3 else 0
        jobs = []
        while len(self.others) < run.workers - 1:
            self.others.append(Bench(self.pricing))
        for bench in [self.bench, *self.others][: run.workers]:
            bench.load(base)
            part = draw(self.pricing, bench, self.likely, regret, rng, round(self.size))
            own = np.random.default_rng(int(rng.integers(1 << 32)))
            jobs.append((part, pool.submit(
                regroup, self.pricing, self.held, bench, part, self.y, self.pool, own,
                cut=value + slack, over=run.over, most_work=self._most_work(run, 0.1, _PART_WORK),
            )))  # fmt: skip
        for part, job in jobs:
            tried = job.result()
            self._learn(run, tried, value + slack)
            if tried.rosters is not None:
                merged = self._plan_of(tried.rosters, base)
                log.debug("part of %d: %d -> %s", len(part.people), value, run.linear.value(merged))
                self._offer(run, merged)
                if run.linear.broken(merged) == 0:
                    base = merged
        self.current = base

    def _learn(self, run: Run, tried: Tried, cut: int) -> None:
        """Parts grow while they are dismissed at once, and shrink while they take too long."""
        if run.limits.work is not None:
            run.work += tried.work
        keep(self.pool, tried.seen)
        if tried.rosters is None and tried.first is not None and tried.first >= cut:
            self.size = min(len(self.pricing.own), self.size * 1.1)
        elif tried.work > _PART_WORK / 2:
            self.size = max(3.0, self.size * 0.9)

    def _regret(self) -> Floats:
        """What each person's roster on the bench costs above their best at the relaxation's prices, float64 ``[n]``."""
        assert self.held is not None  # noqa: S101  # asked before
        assert self.y is not None  # noqa: S101
        by_x = -(self.held.linking.of_x.T @ self.y)
        if self.best_at is None or self.best_at[0] is not self.y:
            self.best_at = (self.y, [self.pricing.best(p, by_x, FINE)[0] for p in range(len(self.pricing.own))])
        paid = [
            int(cost) * FINE + int(by_x[mine].sum())
            for cost, mine in zip(self.bench.own_cost.tolist(), self.bench.roster, strict=True)
        ]
        return np.maximum(np.array(paid, dtype=np.float64) - np.array(self.best_at[1], dtype=np.float64), 0.0) / FINE

    def _base(self, run: Run) -> Ints:
        """Where regrouping stands: the best plan, or one hardly worse, from which another way may lead on."""
        assert run.best is not None  # noqa: S101  # a plan comes first
        if self.current is not None and run.linear.broken(self.current) == 0:
            value = run.linear.value(self.current)
            if value[:-1] == run.value[:-1] and value[-1] <= run.value[-1] + 3 * (run.value[-1] // _SLACK):
                return self.current.copy()
        return run.best.copy()

    def _offer(self, run: Run, x: Ints) -> None:
        if run.linear.value(x) < run.value and run.linear.broken(x) == 0 and x[run.linear.forced].all():
            run.offer(x)


def start_at(pricing: Pricing, held: Held, relaxed: Relaxed) -> Ints:
    """Multipliers of the plain relaxation; sums outside the graphs begin at 0, held levels stand behind."""
    y = np.zeros(len(pricing.linking.rhs) + len(held.capped), dtype=np.int64)
    plain = pricing.parts.multipliers(relaxed)
    y[: len(plain)] = plain
    for k, level in enumerate(held.capped):
        y[len(pricing.linking.rhs) + k] = relaxed.of_level.get(level, 0)
    return held.multipliers(y)
