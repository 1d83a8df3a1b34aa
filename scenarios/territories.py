"""Gives every post of a plan its territory, period by period; what is proven once is used for every like period."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from scenarios.audit import PlanAudit
from scenarios.plan import Plan
from scenarios.territory import SLACK_PCT, check, readable, row_of
from scheduler.outcome import Limits, Stop
from scheduler.siting.plan import SitingPlan, Stand
from scheduler.siting.problem import Problem

LIMITS = Limits(None, 1.0)
"""Work for one period; towns take a small part of it, and what is not proven is the nearest post."""


def territory_rows(
    problem: Problem, plan: SitingPlan, *, limits: Limits = LIMITS, seed: int = 0, stop: Stop | None = None,
    known: Mapping[Hashable, Mapping[str, Any]] | None = None,
) -> tuple[dict[str, Any], ...]:  # fmt: skip
    """Territories of every period in which a post stands, as ``plan.json`` keeps them.

    ``known`` are rows that hold already, by ``_asked`` of their period.
    """
    found: list[dict[str, Any]] = []
    known = dict(known or {})
    for p, period in enumerate(problem.periods):
        stands = tuple(s for s in plan.stands if s.period == period.id)
        if not stands:
            continue
        key = _asked(problem, p, stands)
        if key not in known:
            from scheduler.siting.territories import territories

            its = territories(problem, plan, p, slack_pct=SLACK_PCT, limits=limits, seed=seed, stop=stop)
            known[key] = row_of(its)
        found.append({**known[key], "period": period.id})
    return tuple(found)


def _asked(problem: Problem, p: int, stands: Iterable[Stand]) -> Hashable:
    """All that the territories of a period depend on, within Problems that differ in their periods alone."""
    manned = tuple(sorted((s.post, s.kind, s.n_units) for s in stands))
    return manned, problem.periods[p].reach, problem.weights(p).tobytes()


def carried_over(plan: Plan, old: Problem, new: Problem) -> dict[Hashable, Mapping[str, Any]]:
    """Territories of a plan at hand that its changed Problem leaves as they are, by what they depend on."""
    same = (
        not plan.edited
        and (old.posts, old.kinds, old.sites) == (new.posts, new.kinds, new.sites)
        and np.array_equal(old.point_site, new.point_site)
        and len(old.reaches) == len(new.reaches)
        and all(
            np.array_equal(getattr(a, name), getattr(b, name))
            for a, b in zip(old.reaches, new.reaches, strict=True)
            for name in ("indptr", "point", "seconds")
        )
    )
    rows = {row["period"]: row for row in plan.territories} if same else {}
    found: dict[Hashable, Mapping[str, Any]] = {}
    for p, period in enumerate(old.periods):
        if period.id in rows:
            posts = rows[period.id]["posts"]  # those that were manned
            stands = (s for s in plan.siting.stands if s.period == period.id and s.post in posts)
            found[_asked(old, p, stands)] = rows[period.id]
    return found


def with_territories(
    plan: Plan, audit: PlanAudit, *, seed: int = 0, stop: Stop | None = None,
    known: Mapping[Hashable, Mapping[str, Any]] | None = None,
) -> tuple[Plan, PlanAudit]:  # fmt: skip
    """The plan with a territory for every post that is manned, and its audit with these checked.

    ``known`` are rows that need not be sought again, as ``carried_over`` tells them.
    """
    problem = audit.rebuilt.siting.problem
    sound = readable(problem, audit.served.siting)
    rows = territory_rows(problem, sound, seed=seed, stop=stop, known=known)
    breaches, differ = check(problem, sound, rows)
    return replace(plan, territories=rows), replace(
        audit,
        breaches=(*audit.breaches, *breaches),
        differences=(*audit.differences, *differ),
        served=replace(audit.served, territories=rows),
    )
