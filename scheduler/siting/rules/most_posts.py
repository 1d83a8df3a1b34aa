"""Most posts: at most so many posts stand in a period.

``sum_j open(j, p) <= most_posts_p``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from scheduler.outcome import Breach
from scheduler.siting.rules.form import Row, RuleInfo, Term, Units

if TYPE_CHECKING:
    from scheduler.siting.problem import Problem

RULE = RuleInfo(
    id="most_posts",
    name="most_posts",
    title="At most so many posts",
    statement="No more posts stand in a period than its limit allows.",
    unit="posts",
    source="practice",
)


def rows(problem: Problem, period: int) -> Iterator[Row]:
    """One row where there is a limit."""
    most = problem.periods[period].most_posts
    if most is not None:
        yield Row("most_posts", tuple(Term(1, j) for j in range(len(problem.posts))), high=most)


def check(problem: Problem, units: Units) -> list[Breach]:
    """Periods with more posts than allowed."""
    stands = {(period, post) for post, period, _ in units}
    breaches = []
    for p, period in enumerate(problem.periods):
        n_posts = sum(1 for q, _ in stands if q == p)
        if period.most_posts is not None and n_posts > period.most_posts:
            breaches.append(
                Breach(
                    "most_posts",
                    n_posts - period.most_posts,
                    "posts",
                    hard=True,
                    start_s=period.start_s,
                    end_s=period.end_s,
                    data={"period": period.id, "found": n_posts, "most": period.most_posts},
                )
            )
    return breaches


def explain(problem: Problem, breach: Breach) -> str:
    """Say how many stand and how many may."""
    data = breach.data
    return f"{data['found']} posts stand in {data['period']}, at most {data['most']} may."
