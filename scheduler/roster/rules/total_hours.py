"""R43: least and most paid time over the whole horizon.

Paid minutes of all planned duties, each duty rounded up. Amount = minutes above ``most_min`` or below ``least_min``.
"""

from __future__ import annotations

from collections.abc import Iterator

from scheduler.outcome import Breach
from scheduler.roster.forms import (
    Clock,
    Duties,
    Finding,
    Row,
    RuleInfo,
    RuleParams,
    Scope,
    Term,
    param,
)
from scheduler.roster.plain import minutes
from scheduler.roster.problem import Problem
from scheduler.saying import mark, say

RULE = RuleInfo(
    id="R43",
    name="total_hours",
    title="Total hours",
    title_zh="总工时",
    statement="Over the whole plan everyone has from {least_min} to {most_min} paid minutes.",
    unit="minutes",
    default_mode="off",
    default_importance="important",
    source="Contracts; public shift scheduling benchmarks",
)


class Params(RuleParams):
    """Least and most; a setting for some people, units or categories makes them differ by contract."""

    least_min: int = param(0, "Paid minutes everyone gets at least.", "contract", ge=0)
    most_min: int = param(
        600_000, "Paid minutes nobody exceeds; the default is beyond any plan.", "contract", ge=0
    )


def rows(problem: Problem, params: Params, scope: Scope) -> Iterator[Row]:
    """One row for each person."""
    pay = [-(-group.paid_s // 60) for group in problem.groups]
    paid = [g for g, n in enumerate(pay) if n]
    low = params.least_min or None
    for p in scope.people:
        terms = tuple(Term(p, g, pay[g]) for g in paid if scope.allowed[p, g])
        yield Row((problem.people[p].id,), terms, low=low, high=params.most_min)


def check(
    problem: Problem, params: Params, people: tuple[int, ...], duties: Duties
) -> list[Finding]:
    """Everyone with too little or too much paid time."""
    found = []
    for p in people:
        total = sum(minutes(problem.groups[g].paid_s) for g in duties[p])
        over = total - params.most_min
        under = params.least_min - total
        for amount, limit in ((over, params.most_min), (under, params.least_min)):
            if amount > 0:
                data = {"minutes": total, "limit": limit, "over": amount == over}
                found.append(Finding(amount, (problem.people[p].id,), (), data=data))
    return found


def explain(_problem: Problem, breach: Breach, clock: Clock) -> str:
    """Who has too much or too little."""
    del clock
    hours = int(str(breach.data["minutes"])) / 60
    limit_h = int(str(breach.data["limit"])) / 60
    over = mark("{who} has {hours:.1f} paid hours in all; at most {limit:.1f} are wanted ({n} min too many).")
    under = mark("{who} has {hours:.1f} paid hours in all; at least {limit:.1f} are wanted ({n} min missing).")
    form = over if breach.data["over"] else under
    return say(form, who=breach.who[0], hours=hours, limit=limit_h, n=breach.amount)
