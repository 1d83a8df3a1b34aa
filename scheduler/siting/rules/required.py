"""P6, required: a required post stands in every period of its window with its units.

``sum_k units(j, k, p) >= units_j`` for each required post ``j`` and each period ``p`` inside its window.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from scheduler.outcome import Breach
from scheduler.siting.rules.form import Row, RuleInfo, Term, Units

if TYPE_CHECKING:
    from scheduler.siting.problem import Problem

RULE = RuleInfo(
    id="P6r",
    name="required",
    title="Required posts stand",
    statement="A required post stands with its units in every period of its window.",
    unit="units",
    source="practice",
)


def rows(problem: Problem, period: int) -> Iterator[Row]:
    """One row for each required post."""
    its = problem.periods[period]
    for j, post in enumerate(problem.posts):
        early = post.open_s is not None and its.start_s < post.open_s
        late = post.close_s is not None and its.end_s > post.close_s
        if post.required and not early and not late:
            yield Row(
                f"required/{j}",
                tuple(Term(1, j, k) for k in range(len(problem.kinds))),
                low=post.units,
            )


def check(problem: Problem, units: Units) -> list[Breach]:
    """Required posts that are missing or short."""
    breaches = []
    for p, period in enumerate(problem.periods):
        for j, post in enumerate(problem.posts):
            if not post.required:
                continue
            if post.open_s is not None and period.end_s <= post.open_s:
                continue
            if post.close_s is not None and period.start_s >= post.close_s:
                continue
            found = sum(units.get((j, p, k), 0) for k in range(len(problem.kinds)))
            if found < post.units:
                breaches.append(
                    Breach(
                        "required",
                        post.units - found,
                        "units",
                        hard=True,
                        where=(post.id,),
                        start_s=period.start_s,
                        end_s=period.end_s,
                        data={"period": period.id, "found": found, "least": post.units},
                    )
                )
    return breaches


def explain(problem: Problem, breach: Breach) -> str:
    """Say which post and how many are missing."""
    data = breach.data
    return f"{breach.where[0]} is required with {data['least']} units in {data['period']}; {data['found']} stand there."
