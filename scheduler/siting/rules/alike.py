"""P4, alike: two units of one kind keep their distance, units of different kinds may stand side by side.

``manned(a, k, p) + manned(b, k, p) <= 1`` for each ``(a, b, k)`` of ``Problem.apart_alike`` and each period ``p``.
Source: the p-dispersion family of location problems (Kuby 1987), here as a rule of exclusion for each kind.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from scheduler.outcome import Breach
from scheduler.siting.rules.form import Row, RuleInfo, Term, Units

if TYPE_CHECKING:
    from scheduler.siting.problem import Problem

RULE = RuleInfo(
    id="P4k",
    name="alike",
    title="Units of one kind keep their distance",
    statement="Two posts that stand too close do not hold units of the same kind at once.",
    unit="posts",
    source="p-dispersion, Kuby 1987",
)


def rows(problem: Problem, period: int) -> Iterator[Row]:
    """One row for each pair and kind."""
    for a, b, k in problem.apart_alike:
        yield Row(f"alike/{a}/{b}/{k}", (Term(1, a, k, manned=True), Term(1, b, k, manned=True)), high=1)


def check(problem: Problem, units: Units) -> list[Breach]:
    """Pairs that hold units of the same kind at once."""
    return [
        Breach(
            "alike",
            1,
            "posts",
            hard=True,
            who=(problem.kinds[k].id,),
            where=(problem.posts[a].id, problem.posts[b].id),
            start_s=period.start_s,
            end_s=period.end_s,
            data={"period": period.id},
        )
        for p, period in enumerate(problem.periods)
        for a, b, k in problem.apart_alike
        if units.get((a, p, k), 0) and units.get((b, p, k), 0)
    ]


def explain(problem: Problem, breach: Breach) -> str:
    """Say which two posts and which kind."""
    one, two = breach.where
    return f"{one} and {two} stand too close to hold {breach.who[0]} both in {breach.data['period']}."
