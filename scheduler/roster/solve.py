"""Solving a roster: a first plan at once, then whole or window by window, with a proven bound on each level."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from scheduler.outcome import Level, Limits, OnProgress, Outcome, Progress, Status, Stop
from scheduler.roster.build import Halted, build
from scheduler.roster.linear import Ints, Linear
from scheduler.roster.plan import Duty, RosterPlan
from scheduler.roster.problem import Problem
from scheduler.roster.start import construct

log = logging.getLogger(__name__)

WHOLE_AT_MOST = 6_000
"""Duties up to which the whole model is solved at once; above, windows of it are."""

WHOLE_BY_STEPS = 400
"""The same where rules follow a person step by step: the whole model is then large for few duties."""

LARGE_FROM = 200_000
"""Duties from which exchanges and prices do all: models, relaxation and graphs of the whole would take too long."""

LIKELY_FROM, LIKELY = 6_000_000, 1_200_000
"""Of more duties than the first only so many as the second are looked at: cheap ones, and some at random."""

BY_ROSTERS_FROM = 40_000
"""Duties from which, where rules follow people step by step, whole rosters make the first plan and the first bound:
seat by seat and the plain relaxation take long there and say little."""

_MODEL_AT_MOST, _MODEL_BY_STEPS = 1_000_000, 100_000
"""Duties, and where rules follow people step by step, up to which one model of everything is made at all: larger ones
take tens of GiB."""

FIRST_PART = 0.1
"""Part of the limits in which they go ahead below that."""

THREADS_PER_CORE = 4
"""CP-SAT sub-solvers started for each core: with fewer, 9.15 hardly bounds at all."""


@dataclass
class Run:
    """The state of one solve: clock, limits, best plan and bounds so far."""

    linear: Linear
    limits: Limits
    seed: int
    workers: int
    on_progress: OnProgress | None
    stop: Stop | None
    began: float
    work: float = 0.0
    best: Ints | None = None
    value: tuple[int, ...] = ()
    bound: list[int] = field(default_factory=list)
    infeasible: bool = False
    keep: tuple[Duty, ...] = ()

    def seconds(self) -> float:
        """Wall seconds since the start."""
        return time.monotonic() - self.began

    def left(self) -> tuple[float | None, float | None]:
        """What is left of wall seconds and work."""
        seconds = None if self.limits.seconds is None else self.limits.seconds - self.seconds()
        work = None if self.limits.work is None else self.limits.work - self.work
        return seconds, work

    def spent(self) -> float:
        """Part of the limits used up, 0 to 1."""
        part = 0.0
        if self.limits.seconds:
            part = self.seconds() / self.limits.seconds
        if self.limits.work:
            part = max(part, self.work / self.limits.work)
        return part

    def over(self) -> bool:
        """Whether to stop now."""
        seconds, work = self.left()
        if self.stop is not None and self.stop():
            return True
        return (seconds is not None and seconds <= 0.05) or (work is not None and work <= 0)

    def tell(self, kind: str, text: str = "") -> None:
        """Report progress: the first level that is not proven."""
        if self.on_progress is None:
            return
        k = next(
            (k for k in range(len(self.value)) if self.value[k] > self.bound[k]), len(self.value) - 1
        )
        name = self.linear.levels[k][0] if self.value else ""
        value = self.value[k] if self.value else None
        bound = self.bound[k] if self.value else None
        self.on_progress(Progress("roster", kind, name, value, bound, self.seconds(), text))

    def offer(self, x: Ints) -> bool:
        """Take a plan if it is legal and better."""
        value = self.linear.value(x)
        if self.best is not None and value >= self.value:
            return False
        if self.linear.broken(x) or not x[self.linear.forced].all():
            log.warning("a plan that breaks hard rules was offered and refused")
            return False
        # bounds of later levels were proven under the earlier levels' old values
        changed = next((k for k, (a, b) in enumerate(zip(value, self.value, strict=False)) if a != b), 0)
        for k in range(changed + 1, len(self.bound)):
            self.bound[k] = 0
        self.best, self.value = x.copy(), value
        self.tell("solution")
        return True

    def proven_up_to(self) -> int:
        """Number of leading levels whose value is proven least."""
        k = 0
        while k < len(self.value) and self.value[k] <= self.bound[k]:
            k += 1
        return k


def solve(
    problem: Problem,
    *,
    limits: Limits,
    seed: int = 0,
    workers: int = 2,
    hint: RosterPlan | None = None,
    on_progress: OnProgress | None = None,
    stop: Stop | None = None,
) -> Outcome[RosterPlan]:
    """Find who does which duty: hard rules kept, seats filled most important first, then least cost.

    Parameters
    ----------
    problem
        Checked when built.
    limits
        Wall seconds, deterministic work, or both. With ``seconds=None`` the run is repeatable.
    seed
        Of every random choice.
    workers
        Cores to use.
    hint
        A plan to start from, as far as it is legal.
    on_progress, stop
        Told of stages, better plans and bounds; asked often whether to stop (honoured within a second).

    Returns
    -------
    Outcome
        Levels ``short_<level>`` and ``costs``. INFEASIBLE only when proven; seats that nobody can fill are
        short, not infeasible.
    """
    began = time.monotonic()
    if on_progress is not None:
        on_progress(Progress("roster", "stage", "", None, None, 0.0, "writing out the rules"))
    try:
        linear = build(problem, likely_of=(LIKELY_FROM, LIKELY), over=lambda: _halt(limits, began, stop))
    except Halted:
        note = "Stopped while the rules were being written out, without a plan. That does not mean none exists."
        limited = {"seed": seed, "workers": workers, "seconds": limits.seconds, "work": limits.work}
        return Outcome(Status.UNKNOWN, None, seconds=time.monotonic() - began, settings=limited, note=note)
    run = Run(linear, limits, seed, workers, on_progress, stop, began)
    run.bound = [0] * linear.n_levels
    run.keep = hint.duties if hint is not None else ()
    settings: dict[str, object] = {
        "seed": seed,
        "workers": workers,
        "seconds": limits.seconds,
        "work": limits.work,
        "duties": linear.n_x,
        "method": _method(linear),
    }
    run.tell("stage", f"{linear.n_x} possible duties in {len(problem.groups)} seat groups")
    if linear.faults:
        return Outcome(
            Status.INFEASIBLE,
            None,
            seconds=run.seconds(),
            settings=settings,
            note="Proven impossible: " + " ".join(linear.faults[:3]),
        )
    from scheduler.roster import search
    from scheduler.roster.columns.guide import Rosters
    from scheduler.roster.large import drive

    exchanged = not is_small(linear) and drive.able(linear)
    x = np.zeros(linear.n_x, dtype=np.int64)
    seat_by_seat = not exchanged and not (linear.steps and linear.n_x > BY_ROSTERS_FROM)
    if hint is not None or seat_by_seat:
        x = construct(linear, hint)
    if linear.broken(x) == 0 and x[linear.forced].all():
        run.offer(x)
    prices = None
    if exchanged:
        exchanges = drive.first(run)
        if (linear.n_x >= LARGE_FROM or linear.whole is not None) and run.best is not None:
            drive.improve(run, exchanges)
            run.tell("done")
            return _outcome(run, settings)
        if run.best is not None:
            prices = drive.improve(run, exchanges, run.spent() + FIRST_PART)
        else:
            x = exchanges.plan()
    rng = np.random.default_rng(seed)
    rosters = None if is_small(linear) else Rosters.of(run)
    if run.best is None and rosters is not None:
        rosters.first(run, rng)
    if run.best is None and linear.n_x <= (_MODEL_BY_STEPS if linear.steps else _MODEL_AT_MOST):
        search.first(run, x)
    if run.best is not None and not run.infeasible:
        if is_small(linear):
            search.whole(run)
        else:
            search.windows(run, rosters, rng, prices)
    run.tell("done")
    return _outcome(run, settings)


def _halt(limits: Limits, began: float, stop: Stop | None) -> bool:
    late = limits.seconds is not None and time.monotonic() - began > limits.seconds
    return late or (stop is not None and stop())


def _method(linear: Linear) -> str:
    if is_small(linear):
        return "whole"
    return "exchanges" if linear.n_x >= LARGE_FROM else "windows"


def is_small(linear: Linear) -> bool:
    """Whether one model of everything is the best way."""
    return linear.n_x <= (WHOLE_BY_STEPS if linear.steps else WHOLE_AT_MOST)


def seats_of(linear: Linear, x: Ints, keep: Sequence[Duty] = ()) -> RosterPlan:
    """Duties with seat numbers: kept from ``keep`` where person and group are the same, else the lowest free."""
    problem = linear.problem
    held = {(d.group, d.person): d.seat for d in keep}
    by_group: dict[int, list[int]] = {}
    for i in np.nonzero(x)[0]:
        by_group.setdefault(int(linear.x_group[i]), []).append(int(linear.x_person[i]))
    duties: list[Duty] = []
    for g, people in sorted(by_group.items()):
        group = problem.groups[g]
        seat_of: dict[int, int] = {}
        for p in sorted(people):
            seat = held.get((group.id, problem.people[p].id), 0)
            if 1 <= seat <= group.most and seat not in seat_of.values():
                seat_of[p] = seat
        free = (s for s in range(1, group.most + 1) if s not in set(seat_of.values()))
        taken = [p for p in sorted(people) if p not in seat_of]
        seat_of |= dict(zip(taken, list(free), strict=False))
        duties += [Duty(group.id, seat_of[p], problem.people[p].id) for p in sorted(people)]
    return RosterPlan(tuple(sorted(duties)))


def _outcome(run: Run, settings: dict[str, object]) -> Outcome[RosterPlan]:
    if run.best is None:
        if run.infeasible:
            note = "Proven impossible: the hard rules contradict each other, whatever seats stay empty."
            status = Status.INFEASIBLE
        else:
            note = "Stopped at the limit without a plan. That does not mean none exists."
            status = Status.UNKNOWN
        return Outcome(status, None, seconds=run.seconds(), settings=settings, note=note)
    proven = run.proven_up_to()
    levels = []
    for k, (name, unit) in enumerate(run.linear.levels):
        bound = min(run.bound[k], run.value[k])
        levels.append(Level(name, unit, run.value[k], bound, run.value[k] <= bound, conditional=k > proven))
    status = Status.OPTIMAL if proven == len(levels) else Status.FEASIBLE
    plan = seats_of(run.linear, run.best, run.keep)
    short = sum(run.value[:-1])
    note = "Every seat that is needed is filled." if not short else "Some needed seats stay empty."
    return Outcome(status, plan, tuple(levels), run.seconds(), settings, note)
