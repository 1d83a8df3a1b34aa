"""Standing rounds: search by ruin and recreate, bounds by column generation, whole rounds chosen by an integer program.

Two kinds are planned. With promises, one crew sees every promised place on one round: its least length is a shortest
closed walk, found and proven by CP-SAT's circuit. With prizes, several crews gain what they can: ``round_kernels``
searches, ``round_columns`` bounds and recombines.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model

from scheduler.outcome import Limits
from scheduler.patrols import round_kernels as rk
from scheduler.patrols.plan import PatrolPlan, Stop, Tour
from scheduler.patrols.problem import Problem, Rounds
from scheduler.patrols.round_columns import Columns
from scheduler.patrols.search import OPS_PER_UNIT, Clock

NO_RELAY = -1e5
"""A plan worth less has a round that never enters or never leaves the core."""
OPS_EACH = 10
"""Counted steps of the round kernel that cost as much as one operation of the clock."""
SLICE = 40_000_000
"""Counted steps between two looks at the clock, a fifth of a second."""
HOT, WARM, COLD = 0.2, 0.05, 0.01
"""Heat in units of the largest prize: where a run from nothing begins, one from given rounds, where both end."""
UNITS_A_RUN = 6.0
"""Seconds (or units of work) after which a longer run under falling heat found no more."""


@dataclass(frozen=True)
class Ground:
    """What rounds are made of: places some crew can serve, ``w[i, j]`` dwell at i and way to j, and their worth."""

    places: tuple[int, ...]
    w: NDArray[np.int64]
    way: NDArray[np.int64]
    dwell: NDArray[np.int64]
    core: NDArray[np.bool_]
    prize: NDArray[np.float64]
    unit: int
    n_crews: int
    longest: int
    room: int


def ground(problem: Problem, rounds: Rounds) -> Ground:
    """The numbers of a Problem with standing rounds; ``prize`` in units of the largest, ``room`` -1 without a relay."""
    mode = problem.crews[0].mode
    rows = [n for n, p in enumerate(problem.places) if p.services[mode] is not None]
    services = [problem.places[n].services[mode] for n in rows]
    spot = np.array([s.a for s in services if s is not None], np.int64)
    dwell = np.array([s.dwell_s for s in services if s is not None], np.int64)
    far = rounds.longest_s + 1
    table = problem.modes[mode]
    way = np.where(table.reachable, table.seconds.astype(np.int64), far)[np.ix_(spot, spot)]
    prize = np.array([problem.places[n].prize for n in rows], np.int64)
    unit = max(1, int(prize.max(initial=0)))
    out = (len(problem.crews) - problem.core_crews) * rounds.longest_s if rounds.relay else -1
    return Ground(
        tuple(rows), dwell[:, None] + way, way, dwell, np.array([problem.places[n].core for n in rows]) & rounds.relay,
        prize / unit, unit, len(problem.crews), rounds.longest_s, out,
    )  # fmt: skip


@functools.cache
def warm_up_rounds() -> None:
    """Compile the kernels of rounds, or load them from numba's cache, before any limit begins to count."""
    way = np.ones((4, 4), np.int64) - np.eye(4, dtype=np.int64)
    core, none = np.array([True, True, False, False]), np.zeros(4, np.int64)
    land = Ground((0, 1, 2, 3), way, way, none, core, np.ones(4), 1, 2, 8, 8)
    _prizes(land, Clock(Limits(work=0.02), None), 0)


def plan_rounds(
    problem: Problem, rounds: Rounds, clock: Clock, seed: int
) -> tuple[PatrolPlan, dict[str, int]]:
    """Standing rounds and proven bounds of levels.

    Parameters
    ----------
    problem, rounds
        A sound Problem and its ``rounds``.
    clock
        Limits; the caller's stop is heeded between chunks of work.
    seed
        Same Problem, seed and work: same plan.

    Returns
    -------
    PatrolPlan and dict
        A tour for every crew that goes out, and lower bounds by level.
    """
    if not problem.crews:
        return PatrolPlan(()), {}
    land = ground(problem, rounds)
    if any(p.promises for p in problem.places):
        return _closed_walk(problem, land, clock)
    found, most = _prizes(land, clock, seed)
    whole = sum(p.prize for p in problem.places)
    bounds = (
        {}
        if most is None
        else {"presence": max(0, whole - int(np.floor(most * land.unit * (1 + 1e-9) + 1e-4)))}
    )
    return _tours(problem, rounds, land, found), bounds


def _closed_walk(problem: Problem, land: Ground, clock: Clock) -> tuple[PatrolPlan, dict[str, int]]:
    """One crew, every promised place once, in the shortest round: proven by CP-SAT."""
    seen = [n for n, p in enumerate(land.places) if problem.places[p].promises]
    if len(seen) == 1:
        return _one_tour(problem, land, seen), {}
    model = cp_model.CpModel()
    arcs = [
        (i, j, model.new_bool_var("")) for i in range(len(seen)) for j in range(len(seen)) if i != j
    ]
    cost = [int(land.w[seen[i], seen[j]]) for i, j, _ in arcs]
    model.add_circuit(arcs)
    model.minimize(cp_model.LinearExpr.weighted_sum([x for _, _, x in arcs], cost))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.linearization_level = 2
    if clock.limits.seconds is not None:
        solver.parameters.max_time_in_seconds = clock.limits.seconds
    if clock.budget is not None:
        solver.parameters.max_deterministic_time = clock.limits.work or 10.0
    state = solver.solve(model)
    if state not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return _one_tour(problem, land, seen), {}
    after = {i: j for i, j, x in arcs if solver.boolean_value(x)}
    order: list[int] = []
    at = 0
    while len(order) < len(seen):
        order.append(seen[at])
        at = after[at]
    least = int(np.ceil(solver.best_objective_bound - 1e-6))
    over = 0
    for n in seen:
        place = problem.places[land.places[n]]
        for promise in place.promises:
            unseen = min(least - int(land.dwell[n]), problem.horizon_s)
            over += place.weight * max(0, -(-(unseen - promise.gap_s) // 60))
    return _one_tour(problem, land, order), {
        "gap_excess": over,
        "driving": least - int(land.dwell[seen].sum()),
    }


def _one_tour(problem: Problem, land: Ground, order: Sequence[int]) -> PatrolPlan:
    """A single round without waiting."""
    at, stops = 0, []
    for one, two in zip(order, [*order[1:], order[0]], strict=True):
        leave = at + int(land.dwell[one])
        stops.append(Stop(problem.places[land.places[one]].id, at, leave))
        at = leave + (int(land.way[one, two]) if len(order) > 1 else 0)
    return PatrolPlan((Tour(problem.crews[0].id, 0, at, tuple(stops)),))


def fresh(land: Ground) -> rk.Rounds:
    """No round anywhere."""
    m, n = land.n_crews, len(land.places)
    n_in, size, tot, ins = (np.zeros(m, np.int64) for _ in range(4))
    return rk.Rounds(np.zeros((m, n + 1), np.int64), n_in, size, tot, ins, np.full(n, -1, np.int64))


def _start(land: Ground, rng: np.random.Generator) -> rk.Rounds:
    """Rounds with one core place and one place outside each where they fit, so that a relay holds early on."""
    plan = fresh(land)
    if land.room < 0:
        return plan
    inner, outer = np.flatnonzero(land.core), np.flatnonzero(~land.core)
    there = land.w[np.ix_(inner, outer)] + land.w[np.ix_(outer, inner)].T
    drawn = there * (1.0 + rng.choice([0.0, 0.3, 3.0]) * rng.random(there.shape))
    t = 0
    for pick in np.argsort(drawn, axis=None, kind="stable").tolist():
        i, j = int(inner[pick // len(outer)]), int(outer[pick % len(outer)])
        if (
            t < land.n_crews
            and plan.of[i] < 0
            and plan.of[j] < 0
            and there.flat[pick] <= land.longest
        ):
            rk.put(land.w, land.core, plan, t, 0, i)
            rk.put(land.w, land.core, plan, t, 1, j)
            t += 1
    return plan


def _pairs(land: Ground) -> list[tuple[int, int]]:
    """The shortest rounds of one core place and one place outside: from them a relay can be put together."""
    inner, outer = np.flatnonzero(land.core), np.flatnonzero(~land.core)
    there = land.w[np.ix_(inner, outer)] + land.w[np.ix_(outer, inner)].T
    picks = np.argsort(there, axis=None, kind="stable")[:200].tolist()
    return [
        (int(inner[p // len(outer)]), int(outer[p % len(outer)]))
        for p in picks
        if there.flat[p] <= land.longest
    ]


def _prizes(land: Ground, clock: Clock, seed: int) -> tuple[rk.Rounds, float | None]:
    """Rounds of most prize, and what no rounds can exceed (in units of the largest prize)."""
    hunt = _Hunt(land, clock, seed)
    relay = land.room >= 0
    hunt.until(0.36 if relay else 1.0)
    if not relay:
        return hunt.best, None
    columns = Columns.of(land.w, land.core, land.prize, land.longest, land.room, land.n_crews)
    columns.add(hunt.pool)
    columns.add(_pairs(land))
    bound = columns.generate(clock, 0.88) if columns.can_price else None
    if land.dwell[land.core].any():
        bound = None  # the stay's last dwell counts as core time, which the columns leave out
    had = hunt.gained
    columns.list_better(clock, (had + 1) / land.unit)
    orders, most = columns.whole(clock)
    for order in orders:
        hunt.offer(order)
    if bound is not None and columns.complete and hunt.gained >= 0:
        bound = min(bound, max(had / land.unit, most))  # every better plan was among the choices
    if bound is None or hunt.gained + 1 <= bound * land.unit:  # not yet proven best
        hunt.until(1.0)
    return hunt.best, bound


class _Hunt:
    """Ruin and recreate under falling heat, with restarts; keeps the best plan and the rounds of every good one."""

    def __init__(self, land: Ground, clock: Clock, seed: int) -> None:
        n = len(land.places)
        self.land, self.clock = land, clock
        self.rng = np.random.default_rng(seed)
        self.state = np.array([(seed * 2 + 1) * 0x9E3779B97F4A7C15 % (1 << 64) or 1], np.uint64)
        self.near = np.argsort(np.minimum(land.w, land.w.T), axis=1, kind="stable").astype(np.int64)
        self.must, self.alone, self.key = np.zeros(n, np.bool_), np.zeros(n, np.int64), np.zeros(n)
        self.best, self.best_value, self.turn = fresh(land), -1e18, 0
        self.thrift = 0.02 / (land.longest * land.n_crews)
        self.pool: list[tuple[int, ...]] = []
        self.offered: rk.Rounds | None = None

    def until(self, share: float) -> None:
        """Search until a share of the limit is used: a quick run, then as long ones as fit, each cooling down once."""
        begun = self.clock.share
        if self.turn == 0:
            self._cool(min(share, begun + 0.02))
            begun = self.clock.share
        while self.clock.share < share and not self.clock.over:
            runs = max(1, round((share - begun) * self._units() / UNITS_A_RUN))
            self._cool(min(share, self.clock.share + (share - begun) / runs + 1e-9))

    def _units(self) -> float:
        """Seconds or units of work that the whole limit allows, whichever are fewer."""
        limits = self.clock.limits
        work = None if self.clock.budget is None else self.clock.budget / OPS_PER_UNIT
        return min(x for x in (work, limits.seconds) if x is not None)

    def _cool(self, end: float) -> None:
        """One run under heat that falls with the share of the limit used up; stops are heeded between its slices."""
        land, clock = self.land, self.clock
        start, hot = self.offered or _start(land, self.rng), WARM if self.offered else HOT
        self.offered = None
        self.turn += 1
        begun, part, value, top = clock.share, 0.0, np.array([-1e18]), fresh(land)
        spare, ops = fresh(land), np.zeros(1, np.int64)
        while part < 1.0 and not clock.over:
            reach = min(1.0, part + self._slice(end - begun))
            warm, cool = hot * (COLD / hot) ** part, hot * (COLD / hot) ** reach
            budget = SLICE
            if clock.budget is not None:  # not beyond this run's share of the work
                budget = min(budget, 20_000 + int(OPS_EACH * (end - clock.share) * clock.budget))
            ops[0] = 0
            rk.run(
                land.w, land.core, land.prize, self.must, self.near, land.longest, land.room, start, spare, top,
                self.alone, self.key, self.state, ops, budget, warm, cool, self.thrift, 10, value,
            )  # fmt: skip
            clock.ops += int(ops[0]) // OPS_EACH
            part = (clock.share - begun) / max(1e-9, end - begun)
        if value[0] > NO_RELAY:
            self.pool += [tuple(top.seq[t, : top.size[t]].tolist()) for t in range(land.n_crews)]
        if value[0] > self.best_value:
            self.best, self.best_value = top, float(value[0])

    def _slice(self, span: float) -> float:
        """Part of a run over ``span`` of the limit that one slice takes, about."""
        return SLICE / OPS_EACH / OPS_PER_UNIT / max(1e-9, span * self._units())

    @property
    def gained(self) -> int:
        """The prize of the best plan; -1 while none holds the relay."""
        if self.best_value < NO_RELAY:
            return -1
        return round(float(self.land.prize[self.best.of >= 0].sum()) * self.land.unit)

    def offer(self, orders: Sequence[Sequence[int]]) -> None:
        """Take rounds made elsewhere as the next start, and as the best if they are."""
        plan = fresh(self.land)
        for t, order in enumerate(orders):
            for p, v in enumerate(order):
                rk.put(self.land.w, self.land.core, plan, t, p, v)
        value = rk.worth(self.land.prize, self.must, plan, self.thrift, self.land.room)
        self.offered = rk.Rounds(*(part.copy() for part in plan))
        if value > self.best_value:
            self.best, self.best_value = plan, float(value)


def _tours(problem: Problem, rounds: Rounds, land: Ground, found: rk.Rounds) -> PatrolPlan:
    """Times for the rounds; with a relay the core stays follow one another, each crew waiting at its stay's end."""
    tours, phase = [], 0
    for t, crew in enumerate(problem.crews):
        order = found.seq[t, : found.size[t]].tolist()
        if not order and not crew.must:
            continue
        wait = rounds.longest_s - int(found.tot[t])
        inner = int(found.n_in[t])
        at, stops = phase, []
        for p, (one, two) in enumerate(zip(order, [*order[1:], *order[:1]], strict=True)):
            leave = at + int(land.dwell[one]) + (wait if p == max(0, inner - 1) else 0)
            stops.append(Stop(problem.places[land.places[one]].id, at, leave))
            at = leave + (int(land.way[one, two]) if len(order) > 1 else 0)
        tours.append(Tour(crew.id, phase, phase + rounds.longest_s, tuple(stops)))
        if inner:
            phase = (
                phase + int(found.ins[t]) + wait + int(land.dwell[order[inner - 1]])
            ) % rounds.longest_s
    return PatrolPlan(tuple(sorted(tours, key=lambda tour: tour.crew)))
