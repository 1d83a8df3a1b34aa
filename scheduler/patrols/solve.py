"""Solve a patrol Problem: limits, seed, progress and stop in, an Outcome with proven bounds out."""

from __future__ import annotations

import functools
import logging
import time
from collections.abc import Callable

import numpy as np

from scheduler.outcome import Audit, Level, Limits, OnProgress, Outcome, Progress, Status, Stop
from scheduler.patrols import kernels as k
from scheduler.patrols.audit import UNITS, audit
from scheduler.patrols.balance import SHARE, spread, strip
from scheduler.patrols.bounds import crews_bound, gap_bound, missed_bound
from scheduler.patrols.plan import PatrolPlan
from scheduler.patrols.problem import Crew, Mode, Place, Pool, Problem, Promise, Service, Window
from scheduler.patrols.replay import replay
from scheduler.patrols.rounds import plan_rounds, warm_up_rounds
from scheduler.patrols.search import Clock, Search
from scheduler.patrols.squeeze import least_excess
from scheduler.patrols.start import Climb, scarce, thin_out
from scheduler.patrols.state import copy, to_plan
from scheduler.patrols.tables import build

Tell = Callable[[str, str, int | None, int | None], None]
log = logging.getLogger(__name__)


@functools.cache
def warm_up() -> None:
    """Compile the kernels, or load them from numba's cache, before any limit begins to count.

    Takes a good ten seconds once after an installation and a fraction of a second ever after.
    """
    seconds = np.zeros((2, 2), np.int32)
    mode = Mode("warm", seconds, np.ones((2, 2), np.bool_))
    place = Place("warm", (Service(0, 1, 1),), (Promise(0, 9, 5),), (Window(0, 9),))
    problem = Problem(
        (place,), (Crew("warm", 0, 0, 0, 0, 0, 9),), (mode,), (Pool("warm", ((0, 9, 1),)),), 2, 9
    )
    search = Search(build(problem, with_slots=False), 0, Clock(Limits(work=0.01), None))
    search.construct()
    search.adopt(replay(problem, search, PatrolPlan(())))
    search.less_driving(1)
    climb = Climb(problem, search.tables, search.clock, 0)
    climb.play(climb.drawn(np.ones(1, np.int8)))
    strip(search, copy(search.best), 0)
    search.finish()


def solve(
    problem: Problem,
    *,
    limits: Limits,
    seed: int = 0,
    workers: int = 2,
    hint: PatrolPlan | None = None,
    on_progress: OnProgress | None = None,
    stop: Stop | None = None,
) -> Outcome[PatrolPlan]:
    """Find tours that keep every promise with as few crews, and then as little driving, as it takes.

    Parameters
    ----------
    problem
        A sound Problem.
    limits
        ``work`` counts kernel operations (a unit is about one second on one core) and is repeatable; ``seconds``
        is wall time. With neither, ten units of work.
    seed
        Same Problem, seed and ``work`` give the same plan byte for byte.
    workers
        Recorded; the search runs on one core.
    hint
        A plan to start from, as far as it still fits; when its audit is clean, what comes back is no worse.
    on_progress, stop
        Called between short chunks of work (well under half a second).

    Returns
    -------
    Outcome
        Every level recomputed by the audit. FEASIBLE, or OPTIMAL when all levels are proven.
    """
    warm_up()
    if problem.rounds is not None:
        warm_up_rounds()
    clock = Clock(limits.share(1.0 - SHARE) if _spreads(problem) else limits, stop)

    def tell(kind: str, level: str, value: int | None, bound: int | None = None) -> None:
        if on_progress is not None:
            on_progress(Progress("patrols", kind, level, value, bound, clock.seconds))

    if problem.rounds is not None:
        return _standing(problem, clock, seed, workers, tell)
    tell("stage", "missed", None, None)
    bounds = {"missed": missed_bound(problem), "gap_excess": gap_bound(problem)}
    rest = Clock(limits.share(SHARE), stop) if _spreads(problem) else None
    plan = _search(problem, clock, seed, bounds, tell, hint, rest)
    best = audit(problem, plan)
    if not best.ok:
        raise RuntimeError(f"the patrol search made a plan that breaks {best.breaches[0]}")
    if hint is not None:
        hinted = audit(problem, hint)
        if hinted.ok and _values(hinted) < _values(best):
            plan, best = hint, hinted
    levels = _levels(problem, best, bounds)
    proven = all(level.proven for level in levels)
    tell("done", levels[0].name, levels[0].value, levels[0].bound)
    return Outcome(
        Status.OPTIMAL if proven else Status.FEASIBLE,
        plan,
        levels,
        clock.seconds,
        {
            "seed": seed,
            "workers": workers,
            "seconds": limits.seconds,
            "work": limits.work,
            "solver": "ruin and recreate",
        },
        _note(best),
    )


def _standing(
    problem: Problem, clock: Clock, seed: int, workers: int, tell: Tell
) -> Outcome[PatrolPlan]:
    """Standing rounds: a plan for every crew, audited like any other."""
    assert problem.rounds is not None  # noqa: S101  # the caller asked
    tell("stage", "presence", None, None)
    plan, bounds = plan_rounds(problem, problem.rounds, clock, seed)
    best = audit(problem, plan)
    if not best.ok:
        raise RuntimeError(f"the search of rounds made a plan that breaks {best.breaches[0]}")
    levels = _levels(problem, best, bounds)
    tell("done", levels[0].name, levels[0].value, levels[0].bound)
    asked = {
        "seed": seed,
        "workers": workers,
        "seconds": clock.limits.seconds,
        "work": clock.limits.work,
    }
    return Outcome(
        Status.OPTIMAL if all(level.proven for level in levels) else Status.FEASIBLE,
        plan, levels, clock.seconds, {**asked, "solver": "rounds"}, "",
    )  # fmt: skip


def _values(found: Audit) -> tuple[int, ...]:
    return tuple(value for _, value in found.levels)


def _note(found: Audit) -> str:
    windows = [c for c in found.costs if c.level == "missed"]
    gaps = [c for c in found.costs if c.level == "gap_excess"]
    if not windows and not gaps:
        return "Every window and every longest gap is kept."
    worst = max((c.amount for c in gaps), default=0)
    return (
        f"{len(windows)} windows are missed and {len(gaps)} gaps exceeded (the worst by {worst} min); "
        "offer more crews, or loosen these promises."
    )


def _search(
    problem: Problem,
    clock: Clock,
    seed: int,
    bounds: dict[str, int],
    tell: Tell,
    hint: PatrolPlan | None,
    rest: Clock | None,
) -> PatrolPlan:
    slots = "presence" in problem.levels and any(p.prize for p in problem.places)
    tables = build(problem, with_slots=slots)
    if tables.n_tours == 0:
        return PatrolPlan(())
    search = Search(tables, seed, clock)
    search.construct()
    clock.keep(clock.seconds)  # tables and a first plan: reading back and the audit take no longer
    if hint is not None:
        search.adopt(replay(problem, search, hint))
    tell("solution", "missed", int(search.worth[k.MISSED]), bounds["missed"])
    floors = (bounds["missed"], bounds["gap_excess"])
    search.serve_all(0.25, floors)
    others = [] if _at_floors(search, floors) else _scarce(problem, search, floors)
    tell("solution", "gap_excess", int(search.worth[k.OPEN]), bounds["gap_excess"])
    if search.served:
        bounds["crews"] = crews_bound(problem)
    floor = bounds.get("crews", 0)
    tell("bound", "crews", int(search.worth[k.CREWS]), floor)
    if search.served and search.worth[k.CREWS] > floor:
        thin_out(problem, search, clock.share + 0.65 * (1.0 - clock.share), floor)
        tell("solution", "crews", int(search.worth[k.CREWS]), floor)
    search.tell = lambda kind, value: tell(kind, "crews", value, floor)
    search.slots = slots
    search.polish(floor)
    tell("solution", "driving", int(search.worth[k.DRIVING]), 0)
    log.debug("patrols: %d rounds, %d operations", search.rounds, clock.ops)
    plan = _best(problem, [to_plan(problem, tables, search.finish()), *others])
    if rest is None:
        return plan
    rest.began = time.perf_counter()
    search.clock = rest
    return spread(problem, search, plan)


def _at_floors(search: Search, floors: tuple[int, int]) -> bool:
    return bool((search.worth[: k.CORE] <= np.array(floors)).all()) and search.worth[k.CORE] == 0


def _scarce(problem: Problem, search: Search, floors: tuple[int, int]) -> list[PatrolPlan]:
    """Two ways to use crews that do not suffice: serve on, and days played; whatever may be best in the end."""
    day = scarce(problem, search, 0.65)
    if day is None:
        search.serve_all(0.75, floors)
        return []
    state = replay(problem, search, day)
    timed = copy(state)
    others = [day]
    began = search.clock.seconds
    if least_excess(search.tables, timed):
        others.append(to_plan(problem, search.tables, timed))
    search.clock.keep(search.clock.spare + search.clock.seconds - began)  # the end times a plan once more
    search.take(state)
    search.serve_all(0.75, floors)
    return others


def _best(problem: Problem, plans: list[PatrolPlan]) -> PatrolPlan:
    """The first of the best plans; the others may break a rule that only the search knows."""
    judged = [(audit(problem, plan), plan) for plan in plans]
    sound = [(_values(found), n) for n, (found, _) in enumerate(judged) if found.ok or n == 0]
    return plans[min(sound)[1]]


def _spreads(problem: Problem) -> bool:
    return problem.balance_pct > 0 and "balance" in problem.levels and problem.rounds is None



def _levels(problem: Problem, found: Audit, bounds: dict[str, int]) -> tuple[Level, ...]:
    """Bounds of later levels are conditional as soon as one before is not proven."""
    out: list[Level] = []
    open_before = False
    for name, value in found.levels:
        bound = bounds.get(name, 0)
        kept = found.value("missed") == 0 if "missed" in problem.levels else True
        if name == "crews" and not kept:
            bound = 0
        bound = min(bound, value)
        proven = value == bound
        out.append(Level(name, UNITS[name], value, bound, proven, open_before))
        open_before = open_before or not proven
    return tuple(out)
