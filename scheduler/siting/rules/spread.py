"""P4, spread: two posts that stand too close do not stand at once.

``open(a, p) + open(b, p) <= 1`` for each pair ``(a, b)`` of ``Problem.apart`` and each period ``p``.
Source: the p-dispersion family of location problems (Kuby 1987), here as a rule of exclusion.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from scheduler.outcome import Breach
from scheduler.siting.rules.form import Row, RuleInfo, Term, Units

if TYPE_CHECKING:
    from scheduler.siting.problem import Problem

RULE = RuleInfo(
    id="P4",
    name="spread",
    title="Posts keep their distance",
    statement="Two posts that stand too close to each other are not open at once.",
    unit="posts",
    source="p-dispersion, Kuby 1987",
)


def rows(problem: Problem, period: int) -> Iterator[Row]:
    """One row for each pair."""
    for a, b in problem.apart:
        yield Row(f"spread/{a}/{b}", (Term(1, a), Term(1, b)), high=1)


def check(problem: Problem, units: Units) -> list[Breach]:
    """Pairs that stand at once."""
    stands = {(post, period) for post, period, _ in units}
    return [
        Breach(
            "spread",
            1,
            "posts",
            hard=True,
            who=(problem.posts[a].id, problem.posts[b].id),
            start_s=period.start_s,
            end_s=period.end_s,
            data={"period": period.id},
        )
        for p, period in enumerate(problem.periods)
        for a, b in problem.apart
        if (a, p) in stands and (b, p) in stands
    ]


def explain(problem: Problem, breach: Breach) -> str:
    """Say which two posts."""
    return f"{breach.who[0]} and {breach.who[1]} stand too close to be open at once in {breach.data['period']}."
