"""Gives every post of a plan its territory, period by period; what is proven once is used for every like period."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from typing import Any

from scenarios.audit import PlanAudit
from scenarios.plan import Plan
from scenarios.territory import SLACK_PCT, check, readable, row_of
from scheduler.outcome import Limits, Stop
from scheduler.siting.plan import SitingPlan
from scheduler.siting.problem import Problem
from scheduler.siting.territories import territories

LIMITS = Limits(None, 1.0)
"""Work for one period; towns take a small part of it, and what is not proven is the nearest post."""


def territory_rows(
    problem: Problem, plan: SitingPlan, *, limits: Limits = LIMITS, seed: int = 0, stop: Stop | None = None
) -> tuple[dict[str, Any], ...]:
    """Territories of every period in which a post stands, as ``plan.json`` keeps them."""
    found: list[dict[str, Any]] = []
    known: dict[Hashable, dict[str, Any]] = {}
    for p, period in enumerate(problem.periods):
        stands = tuple(sorted((s.post, s.kind, s.n_units) for s in plan.stands if s.period == period.id))
        if not stands:
            continue
        key = (stands, period.reach, problem.weights(p).tobytes())
        if key not in known:
            its = territories(problem, plan, p, slack_pct=SLACK_PCT, limits=limits, seed=seed, stop=stop)
            known[key] = row_of(its)
        found.append({**known[key], "period": period.id})
    return tuple(found)


def with_territories(
    plan: Plan, audit: PlanAudit, *, seed: int = 0, stop: Stop | None = None
) -> tuple[Plan, PlanAudit]:
    """The plan with a territory for every post that is manned, and its audit with these checked."""
    problem = audit.rebuilt.siting.problem
    sound = readable(problem, audit.served.siting)
    rows = territory_rows(problem, sound, seed=seed, stop=stop)
    breaches, differ = check(problem, sound, rows)
    return replace(plan, territories=rows), replace(
        audit,
        breaches=(*audit.breaches, *breaches),
        differences=(*audit.differences, *differ),
        served=replace(audit.served, territories=rows),
    )
