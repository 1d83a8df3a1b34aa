"""Several plans of near-equal value for the same day, so that nobody who watches knows the next one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from scheduler.outcome import Limits, Stop
from scheduler.patrols import kernels as k
from scheduler.patrols.audit import audit
from scheduler.patrols.plan import PatrolPlan
from scheduler.patrols.problem import Problem
from scheduler.patrols.replay import replay
from scheduler.patrols.search import Clock, Search
from scheduler.patrols.solve import warm_up
from scheduler.patrols.state import copy, in_use, to_plan
from scheduler.patrols.tables import build

MORE_DRIVING_PCT = 15
SHAKE = 400.0
"""Heat of the walk away from the plan before, in seconds of driving."""
SPREAD = (1.0, 0.5, 0.2, 0.0)
"""How freely times are drawn, tried in turn: time in the core may hang on when a visit is made."""


def variants(
    problem: Problem,
    plan: PatrolPlan,
    count: int,
    *,
    limits: Limits,
    seed: int = 0,
    more_driving_pct: int = MORE_DRIVING_PCT,
    stop: Stop | None = None,
) -> tuple[PatrolPlan, ...]:
    """Plans as good as the given one down to the number of crews, with a little more driving at most.

    Parameters
    ----------
    problem, plan
        A Problem with shifts and a plan of it without hard breaches.
    count
        How many plans are wanted, the given one included as the first.
    limits
        For all of them together; ``work`` is repeatable.
    more_driving_pct
        How much longer than in ``plan`` all ways together may be.

    Returns
    -------
    tuple of PatrolPlan
        ``plan`` and up to ``count - 1`` others; each is audited, none exceeds a window, gap, core minute or crew more
        than ``plan`` does. The times of each are drawn, visit by visit, among all that its timetable allows.
    """
    warm_up()
    clock = Clock(limits, stop)
    slots = "presence" in problem.levels and any(p.prize for p in problem.places)
    search = Search(build(problem, with_slots=slots), seed, clock)
    if search.tables.n_tours == 0 or problem.rounds is not None:
        return (plan,)
    search.slots = slots
    search.adopt(replay(problem, search, plan))
    rng = np.random.default_rng(seed)
    good = no_worse_than(problem, plan, more_driving_pct)
    out = [plan]
    home = copy(search.best)
    allow = in_use(home, search.tables).astype(np.int8)
    while len(out) < count and not clock.over:
        share = clock.share + (1.0 - clock.share) / (2 * (count - len(out)))
        state = copy(home)
        search.work.pen[:] = 3000.0
        search.go(state, allow, budget=4 * clock.chunk, heat=(SHAKE, SHAKE), until_share=share)
        search.worth[:] = 1 << 60  # the next run keeps its own best, whatever was known before
        search.go(state, allow, budget=4 * clock.chunk, heat=(SHAKE / 4, 1.0), until_share=share)
        found = copy(search.best)
        if k.retime(search.data, found, search.work):
            for part in SPREAD:
                timed = copy(found)
                draw_times(search, timed, rng, part)
                new = to_plan(problem, search.tables, timed)
                if new not in out and good(new):
                    out.append(new)
                    break
    return tuple(out)


def draw_times(search: Search, plan: k.Plan, rng: np.random.Generator, part: float) -> None:
    """Draw a timetable: one visit after the other is set to a second in the first ``part`` of what it may wait.

    Both are exact for what is set so far, so that each second drawn leaves a timetable to the rest; whoever knows one
    crew's times knows little of another's. Visits that gain a prize stay in its slot.
    """
    data, S, work = search.data, plan.S, search.work
    n_tours = search.tables.n_tours
    placed = np.flatnonzero(S[k.TOUR] >= 0)
    placed = placed[placed >= 2 * n_tours]
    for v in placed[data.kind[placed] != k.BREAK].tolist():
        first, number = data.slot[S[k.PLACE, v]].tolist()
        slots = np.arange(first, first + number)
        for end in S[k.HI, slots[(S[k.LO, slots] <= S[k.E, v]) & (S[k.E, v] <= S[k.HI, slots])]].tolist():
            if end < S[k.L, v]:
                S[k.L, v] = end
                k.lower_late(data, plan, work, k.queue(work, 0, v))
    for v in rng.permutation(placed).tolist():
        low, high = int(S[k.E, v]), int(S[k.L, v])
        at = low + int(rng.random() * (part * (high - low) + 1))
        S[k.E, v] = at
        if at > low and not k.raise_early(data, plan, work, k.queue(work, 0, v), 0):
            S[k.E, v] = low
            continue
        S[k.L, v] = at
        if at < high and not k.lower_late(data, plan, work, k.queue(work, 0, v)):
            raise RuntimeError("a second between the earliest and the latest left no timetable")


def no_worse_than(
    problem: Problem, plan: PatrolPlan, more_pct: int
) -> Callable[[PatrolPlan], bool]:
    """Whether another plan may stand beside this one."""
    own = dict(audit(problem, plan).levels)

    def good(other: PatrolPlan) -> bool:
        found = audit(problem, other)
        values = dict(found.levels)
        strict = [n for n in ("missed", "gap_excess", "core", "crews", "presence") if n in values]
        most = own.get("driving", 0) * (100 + more_pct) // 100
        return (
            found.ok
            and all(values[n] <= own[n] for n in strict)
            and values.get("driving", 0) <= most
        )

    return good
