"""Plans nobody can guess: several of near-equal value, how much they give away, and what keeps them honest (Q9)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from scenarios.schema import Scenario
from scheduler.outcome import Breach, Level, Limits, Outcome, Status, Stop
from scheduler.patrols.audit import audit
from scheduler.patrols.plan import PatrolPlan, Tour
from scheduler.patrols.plan import Stop as Visit
from scheduler.patrols.predict import Predictability, predictability, spoiling_pins
from scheduler.patrols.problem import Problem

DAY_S = 86400
SHARE = 0.3
"""Part of the patrols' limit that goes into further plans, where the scenario asks for them."""
KEPT = ("missed", "gap_excess", "core")
"""Levels on which no further plan may be worse than the first."""


@dataclass(frozen=True)
class Watched:
    """What somebody who sees every patrol learns: of so many ``plans`` for the same time, or of so many ``days``."""

    found: Predictability
    n: int
    what: str


def draw(
    scenario: Scenario, problem: Problem, outcome: Outcome[PatrolPlan], *, limits: Limits, seed: int, stop: Stop | None
) -> tuple[Outcome[PatrolPlan], tuple[PatrolPlan, ...]]:
    """Further plans beside the one found, and the outcome of the one that is chosen.

    With ``choose = "unlike_days"`` the plan whose days give each other away least comes first; its levels are those
    the audit finds, its bounds stay.

    Returns
    -------
    Outcome
        Of the chosen plan.
    tuple of PatrolPlan
        The others, none worse in windows, gaps, core and crews than the plan found.
    """
    from scheduler.patrols.variants import variants  # compiled kernels: only where plans are made

    asked = scenario.patrols
    if asked.variants < 2 or outcome.plan is None:
        return outcome, ()
    plans = variants(
        problem, outcome.plan, asked.variants, limits=limits, seed=seed,
        more_driving_pct=asked.more_driving_pct, stop=stop,
    )
    first = 0
    if asked.choose == "unlike_days":
        told = [predictability(days_of(p, scenario.horizon_s)).best_guess for p in plans]
        first = min(range(len(plans)), key=lambda k: (told[k], k))
    others = tuple(p for k, p in enumerate(plans) if k != first)
    return (outcome if first == 0 else _of(problem, outcome, plans[first])), others


def _of(problem: Problem, outcome: Outcome[PatrolPlan], plan: PatrolPlan) -> Outcome[PatrolPlan]:
    """The outcome as it reads for another of its plans."""
    values = dict(audit(problem, plan).levels)
    levels = tuple(_level(level, values[level.name]) for level in outcome.levels)
    status = Status.OPTIMAL if all(level.proven for level in levels) else Status.FEASIBLE
    return replace(outcome, plan=plan, levels=levels, status=status)


def _level(level: Level, value: int) -> Level:
    bound = None if level.bound is None else min(level.bound, value)
    return replace(level, value=value, bound=bound, proven=value == bound)


def days_of(plan: PatrolPlan, horizon_s: int) -> list[PatrolPlan]:
    """The plan cut into whole days of 24 h from the horizon's start, each by its own clock."""
    found = []
    for day in range(horizon_s // DAY_S):
        begin = day * DAY_S
        tours = []
        for tour in plan.tours:
            stops = tuple(
                Visit(s.place, s.arrive_s - begin, s.leave_s - begin, s.reverse)
                for s in tour.stops
                if begin <= s.arrive_s < begin + DAY_S
            )
            if stops:
                tours.append(Tour(tour.crew, stops[0].arrive_s, stops[-1].leave_s, stops))
        found.append(PatrolPlan(tuple(tours)))
    return found


def watched(plan: PatrolPlan, others: Sequence[PatrolPlan], horizon_s: int) -> Watched | None:
    """How predictable the plans for the same time are, or else the days of the one plan; None for a single day."""
    if others:
        return Watched(predictability([plan, *others]), 1 + len(others), "plans")
    days = days_of(plan, horizon_s)
    return Watched(predictability(days), len(days), "days") if len(days) > 1 and plan.tours else None


def pin_warnings(
    scenario: Scenario,
    plan: PatrolPlan,
    others: Sequence[PatrolPlan],
    clock: Callable[[int], str],
    name: Callable[[str], str],
) -> list[str]:
    """Visits fixed by hand that stand in the same ten minutes of every plan, or of every day."""
    spans = [
        (pin.site, scenario.seconds(pin.start), scenario.seconds(pin.end) - 1) for pin in scenario.patrols.pins
    ]
    if others:
        return spoiling_pins([plan, *others], spans, clock, name)
    days = days_of(plan, scenario.horizon_s)
    by_day = sorted({(site, a % DAY_S, a % DAY_S + b - a) for site, a, b in spans})
    return spoiling_pins(days, by_day, clock, name, "days") if len(days) > 1 else []


def variant_breaches(problem: Problem, plan: PatrolPlan, others: Sequence[PatrolPlan]) -> list[Breach]:
    """What is wrong with further plans: rules broken, promises kept worse than in the plan, crews without seats."""
    own = audit(problem, plan)
    out = {tour.crew for tour in plan.tours}
    found: list[Breach] = []
    for other in others:
        seen = audit(problem, other)
        found += seen.breaches
        worse = sum(max(0, seen.value(n) - own.value(n)) for n in KEPT if n in dict(own.levels))
        if worse:
            found.append(Breach("variant_worse", worse, "levels", True))
        strange = sorted({tour.crew for tour in other.tours} - out)
        if strange:
            found.append(Breach("variant_crew", len(strange), "crews", True, who=tuple(strange)))
    return found
