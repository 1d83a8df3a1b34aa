"""What whole rosters do for the search: a plan with its seats filled at once, a sharper bound, better guidance."""

from __future__ import annotations

import logging
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from scheduler.roster.bound import Relaxed
from scheduler.roster.columns.generate import Held, Pricing, generate, hold, prepare
from scheduler.roster.columns.insert import Bench, draw_people, improve
from scheduler.roster.columns.kernels import FAR
from scheduler.roster.columns.master import Column
from scheduler.roster.columns.regroup import plunge, regroup
from scheduler.roster.linear import Ints

if TYPE_CHECKING:
    from scheduler.roster.solve import Run

log = logging.getLogger(__name__)

_SHARE, _FIRST = 0.3, 0.08
"""Part of the limits that one column generation may use, and ruin and recreate before it."""

_ROUNDS_A_UNIT, _CELLS_A_UNIT = 1000, 1_500_000
"""Rounds of ruin and recreate, and arcs and matrix cells of one round of pricing, that count as a unit of work."""

_MOST_DUTIES, _BUILD_SHARE = 400_000, 0.25
"""Duties up to which, and part of the limits within which, pricing graphs are built."""

_SLACK = 1000
"""Regrouping may now and then make a plan worse by its costs' thousandth."""

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

    @classmethod
    def of(cls, run: Run) -> Rosters | None:
        """Build the graphs; None where some person can keep the personal hard rules in no way."""
        if run.linear.n_x > _MOST_DUTIES:
            return None
        run.tell("stage", "every person's possible rosters")
        pricing = prepare(run.linear, lambda: run.over() or (run.limits.work is None and run.spent() > _BUILD_SHARE))
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
        if not self.bench.load(run.best):
            return
        if run.limits.work is not None:
            rounds = min(rounds, int(run.limits.work * 0.1 * _ROUNDS_A_UNIT))
        begun = run.spent()

        def over() -> bool:
            return run.over() or (run.limits.work is None and run.spent() > begun + _FIRST)

        done = improve(self.bench, rng, over, run.offer, rounds)
        run.work += done / _ROUNDS_A_UNIT

    def tighten(self, run: Run, relaxed: Relaxed, aim: tuple[int, ...]) -> Relaxed:
        """The plain relaxation's bound and guidance, made sharper by whole rosters."""
        pricing = self.pricing
        held = hold(pricing, aim)
        charge = self._charge(held)
        rounds = 400
        begun = run.spent()
        if run.limits.work is not None:
            rounds = int(run.limits.work * _SHARE / max(charge, 1e-6))
        made = generate(
            pricing,
            held,
            over=lambda: run.over() or (run.limits.work is None and run.spent() > begun + _SHARE),
            y_start=pricing.parts.multipliers(relaxed),
            start=self._rosters_of(run),
            target=run.value[-1],
            rounds=rounds,
            seconds=lambda: run.left()[0],
        )
        if run.limits.work is not None:
            run.work += made.rounds * charge
        log.info("bound %d -> %d after %d rounds, closed: %s", relaxed.bound, made.bound, made.rounds, made.closed)
        for column in made.columns:
            self.pool.setdefault(column.person, []).append(column)
        self.held, self.y, self.aim = held, made.y, aim
        if made.rounds == 0:
            return Relaxed(max(made.bound, relaxed.bound), relaxed.x, made.reduced)
        return Relaxed(max(made.bound, relaxed.bound), made.x, made.reduced)

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

    def plunge(self, run: Run) -> None:
        """A plan along the relaxation, fixing some people's rosters at a time."""
        if self.held is None or self.y is None or run.over():
            return
        run.tell("stage", "rosters along the relaxation, some people at a time")
        for p in range(len(self.pricing.own)):
            self.bench.take_out(p)
        begun = run.spent()
        over = lambda: run.over() or (run.limits.work is None and run.spent() > begun + _SHARE)  # noqa: E731
        plunge(self.pricing, self.held, self.bench, self.y, self.pool, over=over)
        if run.limits.work is not None:
            run.work += 24 * self._charge(self.held)
        x = self.bench.plan()
        if run.linear.broken(x) == 0 and x[run.linear.forced].all():
            run.offer(x)

    def regroup(self, run: Run, pool: Executor, rng: np.random.Generator, k: int) -> None:
        """Free some people on each core and find their best rosters against all the others'; merged by position."""
        assert run.best is not None  # noqa: S101  # a plan comes first
        if self.held is None or self.y is None or run.value[:-1] > self.aim:
            return
        n = len(self.pricing.own)
        workers = max(1, min(run.workers, n // max(k, 1)))
        while len(self.others) < workers - 1:
            self.others.append(Bench(self.pricing))
        drawn = draw_people(self.bench.related, rng, min(n, k * workers), int(rng.integers(2)))
        base = self._base(run)
        slack = run.value[-1] // _SLACK if rng.random() < 0.3 else 0
        jobs = []
        for bench, people in zip([self.bench, *self.others][:workers], _dealt(drawn, workers), strict=True):
            jobs.append((people, pool.submit(self._regroup, run, bench, base, people, slack)))
        for people, job in jobs:
            x, spent = job.result()
            if run.limits.work is not None:
                run.work += spent + self._charge(self.held) * 6 * len(people) / n
            if x is not None:
                mine = np.isin(run.linear.x_person, people)
                base = np.where(mine, x, base)
                self._offer(run, base)
                self._offer(run, x)
        self.current = base

    def _base(self, run: Run) -> Ints:
        """Where regrouping stands: the best plan, or one hardly worse, from which another way may lead on."""
        assert run.best is not None  # noqa: S101  # a plan comes first
        if self.current is not None and run.linear.broken(self.current) == 0:
            value = run.linear.value(self.current)
            if value[:-1] == run.value[:-1] and value[-1] <= run.value[-1] + 3 * (run.value[-1] // _SLACK):
                return self.current.copy()
        return run.best.copy()

    def _regroup(
        self, run: Run, bench: Bench, base: Ints, people: list[int], slack: int
    ) -> tuple[Ints | None, float]:
        assert self.held is not None  # noqa: S101  # asked before
        assert self.y is not None  # noqa: S101
        if not bench.load(base):
            return None, 0.0
        pool = {p: list(self.pool.get(p, ())) for p in people}
        spent = regroup(
            self.pricing, self.held, bench, people, self.y, pool, work=2.0, over=run.over, slack=slack
        )
        self.pool.update(pool)
        return (None, 0.0) if spent is None else (bench.plan(), spent)

    def _offer(self, run: Run, x: Ints) -> None:
        if run.linear.value(x) < run.value and run.linear.broken(x) == 0 and x[run.linear.forced].all():
            run.offer(x)


def _dealt(people: list[int], hands: int) -> list[list[int]]:
    return [people[i::hands] for i in range(hands)]
