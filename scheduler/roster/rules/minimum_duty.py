"""R41: nobody who could serve is left without duty while others serve.

For everyone whose category, rank and unit some seat admits: amount = duties missing to ``least_duties``.
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
from scheduler.roster.problem import Problem
from scheduler.roster.seats import seat_fits
from scheduler.saying import say, says

RULE = RuleInfo(
    id="R41",
    name="minimum_duty",
    title="Minimum duty",
    title_zh="最少出勤",
    statement="Everyone who could serve has at least {least_duties} duties.",
    unit="duties",
    default_mode="off",
    default_importance="nice",
    source="Fair rostering practice",
)


class Params(RuleParams):
    """How many."""

    least_duties: int = param(1, "Duties everyone has at least.", "fair rostering practice", ge=1, le=100)


def rows(problem: Problem, params: Params, scope: Scope) -> Iterator[Row]:
    """One row for each person whom some seat admits."""
    able = [bool(row.any()) for row in seat_fits(problem)]
    for p in scope.people:
        if able[p]:
            terms = tuple(Term(p, g) for g in range(len(problem.groups)) if scope.allowed[p, g])
            yield Row((problem.people[p].id,), terms, low=params.least_duties)


def check(
    problem: Problem, params: Params, people: tuple[int, ...], duties: Duties
) -> list[Finding]:
    """Everyone with too few duties."""
    found = []
    for p in people:
        person = problem.people[p]
        able = any(
            group.most > 0
            and person.rank >= group.rank_min
            and (len(group.categories) == 0 or person.category in group.categories)
            and (group.unit is None or group.unit == person.unit)
            for group in problem.groups
        )
        lacks = params.least_duties - len(duties[p])
        if able and lacks > 0:
            where = tuple(problem.groups[g].id for g in duties[p])
            data = {"duties": len(duties[p]), "least": params.least_duties}
            found.append(Finding(lacks, (person.id,), where, data=data))
    return found


def explain(_problem: Problem, breach: Breach, clock: Clock) -> str:
    """Who has too few duties."""
    del clock
    n = int(str(breach.data["duties"]))
    if not n:
        return say("{who} has no duties; {least} are wanted.", who=breach.who[0], least=breach.data["least"])
    return says(
        "{who} has {n} duty; {least} are wanted.", "{who} has {n} duties; {least} are wanted.", n,
        who=breach.who[0], least=breach.data["least"],
    )  # fmt: skip
