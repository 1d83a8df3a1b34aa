"""Siting plans by ids and by indices, and the removal of what a plan does not need."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from scheduler.siting.audit import cover_units, values_by_period
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
    sure = set() if priced else _wanted(problem, units)
    tried = [
        key
        for key in sorted(units, reverse=True)
        if kinds_at[key[:2]] > 1 or units[key] > 1 or not (priced or key[:2] in sure)
    ]
    worth = values_by_period(problem, kept) if tried else []
    for j, p, k in tried[:MOST_TRIED]:
        post = problem.posts[j]
        others = sum(
            kept.get((j, p, other), 0) for other in range(len(problem.kinds)) if other != k
        )
        need = max(0, post.units - others) if post.required else 0
        need = max(need, _in_rings(problem, kept, (j, p, k)))
        for left in sorted({need, max(need, 1)}):
            if kept[j, p, k] <= left:
                break
            trial = {key: n for key, n in kept.items() if key != (j, p, k)}
            if left:
                trial[j, p, k] = left
            now = values_by_period(problem, trial)
            if all(
                sum(v[name] for v in now) <= sum(v[name] for v in worth) for name in problem.levels
            ):
                kept, worth = trial, now
                break
    return kept


def _in_rings(problem: Problem, units: Units, key: tuple[int, int, int]) -> int:
    """How many units of one stand the rings around it need."""
    j, p, k = key
    period, need = problem.periods[p], 0
    for ring in problem.rings:
        early = ring.open_s is not None and period.start_s < ring.open_s
        late = ring.close_s is not None and period.end_s > ring.close_s
        if j not in ring.posts or (ring.kinds and k not in ring.kinds) or early or late:
            continue
        others = sum(
            n
            for (i, q, kind), n in units.items()
            if q == p and (i, q, kind) != key and i in ring.posts and (not ring.kinds or kind in ring.kinds)
        )
        need = max(need, ring.least - others)
    return need


def _wanted(problem: Problem, units: Units) -> set[tuple[int, int]]:
    """Posts (with their period) without which some level would be worse for sure, by who answers first and second."""
    found: set[tuple[int, int]] = set()
    standard = np.array([site.standard_s for site in problem.sites])
    for p, its in enumerate(cover_units(problem, units)):
        first, second = (np.where(s < 0, problem.longest_s, s) for s in (its.first_s, its.second_s))
        late = np.minimum(second, problem.longest_s) > np.minimum(first, problem.longest_s)
        bare = (its.first_s <= standard) & ((its.second_s < 0) | (its.second_s > standard))
        lost = ("response" in problem.levels) & late | ("bare" in problem.levels) & bare
        lost &= (problem.weights(p) > 0) & (its.first_post >= 0)
        found |= {(int(j), p) for j in np.unique(its.first_post[lost])}
    return found
