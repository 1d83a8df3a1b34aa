"""R34: no more cars, radios or weapons in use than there are.

For each resource and each piece of time between neighbouring starts and ends of the seat groups that use it:
amount = ``max(0, sum of uses of filled seats - stock)``.
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
    slices,
)
from scheduler.roster.ownwords import plain
from scheduler.roster.plain import holders, moments
from scheduler.roster.problem import Problem
from scheduler.saying import say

RULE = RuleInfo(
    id="R34",
    name="resource_cap",
    title="Shared resource cap",
    title_zh="共用装备上限",
    statement="Cars, radios and weapons in use never exceed the stock.",
    unit="pieces",
    default_mode="hard",
    default_importance="very important",
    source="Field service scheduling practice",
    by_person=False,
)


class Params(RuleParams):
    """None."""


def rows(problem: Problem, _params: Params, scope: Scope) -> Iterator[Row]:
    """One row for each resource and piece of time."""
    del scope
    for r, resource in enumerate(problem.resources):
        using = [
            (g, sum(n for k, n in group.uses if k == r))
            for g, group in enumerate(problem.groups)
            if any(k == r and n > 0 for k, n in group.uses)
        ]
        spans = [(problem.groups[g].start_s, problem.groups[g].end_s) for g, _ in using]
        for begin, _, held in slices(spans):
            terms = tuple(Term(None, using[i][0], using[i][1]) for i in held)
            yield Row((resource.id, str(begin)), terms, high=resource.stock)


def check(
    problem: Problem, _params: Params, people: tuple[int, ...], duties: Duties
) -> list[Finding]:
    """Every piece of time in which more is in use than there is."""
    del people
    found, held = [], holders(duties)
    for r, resource in enumerate(problem.resources):
        per_seat = {i: sum(n for k, n in g.uses if k == r) for i, g in enumerate(problem.groups)}
        using = {i for i, n in per_seat.items() if n > 0}
        for begin, finish, here in moments(problem, using, held):
            now = [g for _, g in here]
            used = sum(per_seat[g] for g in now)
            if used > resource.stock:
                where = tuple(sorted({problem.groups[g].id for g in now}))
                data = {"resource": resource.id, "used": used, "stock": resource.stock}
                found.append(Finding(used - resource.stock, (), where, begin, finish, data))
    return found


def explain(_problem: Problem, breach: Breach, clock: Clock) -> str:
    """What is short, when."""
    return say(
        "{used} {resource} are in use from {start} to {end}; there are {stock}.",
        used=breach.data["used"], resource=plain(str(breach.data["resource"])), start=clock(breach.start_s or 0),
        end=clock(breach.end_s or 0), stock=breach.data["stock"],
    )  # fmt: skip
