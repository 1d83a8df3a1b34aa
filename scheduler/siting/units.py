"""Siting plans by ids and by indices, and the removal of what a plan does not need."""

from __future__ import annotations

from collections.abc import Mapping

from scheduler.siting.audit import values_by_period
from scheduler.siting.plan import SitingPlan, Stand
from scheduler.siting.problem import Problem

Units = dict[tuple[int, int, int], int]
"""``(post, period, kind) -> units``, every number 1 or more."""

MOST_TRIED = 500  # stands that ``tidy`` looks at


def to_plan(problem: Problem, units: Mapping[tuple[int, int, int], int]) -> SitingPlan:
    """A plan by indices as stands with ids, sorted."""
    stands = (
        Stand(problem.posts[j].id, problem.periods[p].id, problem.kinds[k].id, n)
        for (j, p, k), n in units.items()
        if n > 0
    )
    return SitingPlan(tuple(sorted(stands)))


def from_plan(problem: Problem, plan: SitingPlan) -> Units:
    """A plan by indices; stands with unknown ids are left out."""
    posts = {post.id: j for j, post in enumerate(problem.posts)}
    periods = {period.id: p for p, period in enumerate(problem.periods)}
    kinds = {kind.id: k for k, kind in enumerate(problem.kinds)}
    return {
        (posts[s.post], periods[s.period], kinds[s.kind]): s.n_units
        for s in plan.stands
        if s.post in posts and s.period in periods and s.kind in kinds
    }


def tidy(problem: Problem, units: Units) -> Units:
    """The plan without units that improve no level, so that they stay in the stock.

    Looked at are posts with several stands, and all posts where no level prices them. The order is fixed.
    """
    kinds_at: dict[tuple[int, int], int] = {}
    for j, p, _ in units:
        kinds_at[j, p] = kinds_at.get((j, p), 0) + 1
    priced = "posts" in problem.levels
    kept = dict(units)
    tried = [key for key in sorted(units, reverse=True) if not priced or kinds_at[key[:2]] > 1]
    worth = values_by_period(problem, kept) if tried else []
    for j, p, k in tried[:MOST_TRIED]:
        post = problem.posts[j]
        others = sum(
            kept.get((j, p, other), 0) for other in range(len(problem.kinds)) if other != k
        )
        need = max(0, post.units - others) if post.required else 0
        if kept[j, p, k] <= need:
            continue
        trial = {key: n for key, n in kept.items() if key != (j, p, k)}
        if need:
            trial[j, p, k] = need
        now = values_by_period(problem, trial)
        if all(sum(v[name] for v in now) <= sum(v[name] for v in worth) for name in problem.levels):
            kept, worth = trial, now
    return kept
