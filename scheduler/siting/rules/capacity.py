"""P5, capacity: no more units at a post than it holds.

``sum_k units(j, k, p) <= capacity_j`` for each post ``j`` and period ``p``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from scheduler.outcome import Breach
from scheduler.siting.rules.form import Row, RuleInfo, Term, Units

if TYPE_CHECKING:
    from scheduler.siting.problem import Problem

RULE = RuleInfo(
    id="P5",
    name="capacity",
    title="A post holds so many units",
    statement="No more units stand at a post than its capacity.",
    unit="units",
    source="practice",
)


def rows(problem: Problem, period: int) -> Iterator[Row]:
    """One row for each post."""
    kinds = range(len(problem.kinds))
    for j, post in enumerate(problem.posts):
        yield Row(f"capacity/{j}", tuple(Term(1, j, k) for k in kinds), high=post.capacity)


def check(problem: Problem, units: Units) -> list[Breach]:
    """Posts with more units than they hold."""
    held: Counter[tuple[int, int]] = Counter()
    for (post, period, _), n_units in units.items():
        held[period, post] += n_units
    return [
        Breach(
            "capacity",
            n_units - problem.posts[post].capacity,
            "units",
            hard=True,
            where=(problem.posts[post].id,),
            start_s=problem.periods[period].start_s,
            end_s=problem.periods[period].end_s,
            data={
                "period": problem.periods[period].id,
                "found": n_units,
                "most": problem.posts[post].capacity,
            },
        )
        for (period, post), n_units in sorted(held.items())
        if n_units > problem.posts[post].capacity
    ]


def explain(problem: Problem, breach: Breach) -> str:
    """Say how many stand there and how many may."""
    data = breach.data
    return f"{breach.where[0]} holds {data['most']} units; {data['found']} stand there in {data['period']}."
