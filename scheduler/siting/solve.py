"""Solves a siting Problem level by level, each with its proven bound."""

from __future__ import annotations

from scheduler.outcome import Level, Limits, OnProgress, Outcome, Status, Stop
from scheduler.siting.climb import UNITS, Climb
from scheduler.siting.engine import Budget
from scheduler.siting.plan import SitingPlan
from scheduler.siting.precheck import shortages
from scheduler.siting.problem import Problem
from scheduler.siting.units import tidy, to_plan


def solve(
    problem: Problem,
    *,
    limits: Limits,
    seed: int = 0,
    workers: int = 2,
    hint: SitingPlan | None = None,
    on_progress: OnProgress | None = None,
    stop: Stop | None = None,
) -> Outcome[SitingPlan]:
    """Open posts so that the levels of the Problem are least, in their order.

    Parameters
    ----------
    limits
        Wall seconds, deterministic work, or both. With work alone the same call gives the same plan.
    workers
        Cores; the solver's own worker count is fixed by it, never by the machine.
    hint
        A plan to start from; used when it keeps the rules and is better than our own first plan.
    stop
        Polled; when it says True the best plan so far is handed back within about a second.

    Returns
    -------
    Outcome
        OPTIMAL only when every level is proven; INFEASIBLE only by proof, with the reason in ``note``;
        UNKNOWN when the limit came first without a plan.
    """
    budget = Budget(limits, stop)
    settings: dict[str, object] = {
        "engine": "siting",
        "seed": seed,
        "workers": workers,
        "seconds": limits.seconds,
        "work": limits.work,
    }
    short = shortages(problem)
    if short:
        note = "Proven impossible: " + " ".join(short)
        return Outcome(Status.INFEASIBLE, None, _nothing(problem), budget.seconds, settings, note)
    work = Climb(problem, budget, seed, on_progress, workers)
    try:
        failed = work.start(hint)
        if failed is not None:
            note = {
                Status.INFEASIBLE: f"Proven impossible: {work.cause}",
                Status.UNKNOWN: "Stopped at the limit without a plan. That does not mean none exists.",
            }[failed]
            return Outcome(failed, None, _nothing(problem), budget.seconds, settings, note)
        status = work.climb()
    finally:
        work.engine.close()
    work.best = tidy(problem, work.best)
    work.tell("done", "", None, None)
    return Outcome(status, to_plan(problem, work.best), work.levels(), budget.seconds, settings)


def _nothing(problem: Problem) -> tuple[Level, ...]:
    return tuple(Level(name, UNITS[name], None, None, proven=False) for name in problem.levels)
