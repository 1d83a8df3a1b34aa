"""What each post is worth: what would be bare or single if it fell away."""

from __future__ import annotations

from dataclasses import dataclass

from scheduler.siting.audit import values_by_period
from scheduler.siting.plan import SitingPlan
from scheduler.siting.problem import Problem
from scheduler.siting.units import from_plan


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
