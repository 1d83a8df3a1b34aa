"""What each post is worth: what would be bare or single if it fell away, and what the next best place would add."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from scheduler.siting.audit import audit, values_by_period
from scheduler.siting.plan import SitingPlan
from scheduler.siting.problem import Problem
from scheduler.siting.units import from_plan, to_plan


@dataclass(frozen=True, slots=True)
class Worth:
    """What is lost over all periods when one post is not manned, nothing else changed.

    ``must_bare``, ``bare`` and ``single`` are weights, ``response`` weighted seconds; all 0 or more.
    """

    post: str
    must_bare: int
    bare: int
    single: int
    response: int


def worth(problem: Problem, plan: SitingPlan) -> tuple[Worth, ...]:
    """The worth of every post of a plan, in the order of the Problem's posts."""
    units = from_plan(problem, plan)
    names = ("must_bare", "bare", "single", "response")

    def total(its: dict[tuple[int, int, int], int]) -> list[int]:
        by_period = values_by_period(problem, its)
        return [sum(values[name] for values in by_period) for name in names]

    whole, found = total(units), []
    for j in sorted({j for j, _, _ in units}):
        without = total({key: n for key, n in units.items() if key[0] != j})
        found.append(
            Worth(problem.posts[j].id, *(b - a for a, b in zip(whole, without, strict=True)))
        )
    return tuple(found)


def next_best(
    problem: Problem, plan: SitingPlan, n: int = 5, only: Collection[int] | None = None
) -> tuple[Worth, ...]:
    """What one more post would save, the best first: each figure is what falls, 0 or more.

    Tried is one unit of each kind at each post that is empty in some period, in every period where all rules allow it;
    the stock of units and ``most_posts`` are set aside, since the question is what more force would buy. Ranked by the
    Problem's levels in their order, then by the post's place in the list; places that save nothing are left out.
    ``only`` tries these posts (indices) and no others.
    """
    units = from_plan(problem, plan)
    names = ("must_bare", "bare", "single", "response")
    n_units = sum(post.capacity for post in problem.posts)
    periods = tuple(
        replace(p, stock=tuple(n_units for _ in p.stock), most_posts=None) for p in problem.periods
    )
    free = replace(problem, periods=periods)
    before = {(b.rule, b.where, b.start_s) for b in audit(free, plan).breaches}
    now = values_by_period(problem, units)
    levels = [name for name in problem.levels if name in names] or list(names)
    found = []
    for j, post in enumerate(problem.posts):
        if only is not None and j not in only:
            continue
        best = dict.fromkeys(names, 0)
        for p in range(len(problem.periods)):
            if any((j, p, k) in units for k in range(len(problem.kinds))):
                continue
            saved = []
            for k in range(len(problem.kinds)):
                trial = units | {(j, p, k): 1}
                fresh = {(b.rule, b.where, b.start_s) for b in audit(free, to_plan(free, trial)).breaches}
                if not fresh - before:
                    values = values_by_period(problem, trial)[p]
                    saved.append({name: now[p][name] - values[name] for name in names})
            if saved:
                most = max(saved, key=lambda its: [its[name] for name in levels])
                best = {name: best[name] + most[name] for name in names}
        if any(best.values()):
            found.append(Worth(post.id, *(best[name] for name in names)))
    found.sort(key=lambda its: [-getattr(its, name) for name in levels])
    return tuple(found[:n])
