"""R28, second part: no unit lives on borrowed people.

For each unit and each piece of time between neighbouring starts and ends of the seat groups it owns: amount =
``max(0, people of other units in them - most)``.
"""

from __future__ import annotations

from collections.abc import Iterator

from scheduler.errors import name_some
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
    slices,
)
from scheduler.roster.plain import holders, moments
from scheduler.roster.problem import Problem
from scheduler.saying import say

RULE = RuleInfo(
    id="R28b",
    name="borrowed_cap",
    title="Borrowed people cap",
    title_zh="借调上限",
    statement="A unit has at most {most} people of other units on its seats at once.",
    unit="officers",
    default_mode="off",
    default_importance="important",
    source="Policy of home responsibility (属地管理)",
)


class Params(RuleParams):
    """How many."""

    most: int = param(20, "People of other units at once on one unit's seats.", "planner's choice", ge=0)


def rows(problem: Problem, params: Params, scope: Scope) -> Iterator[Row]:
    """One row for each unit and piece of time."""
    for u, unit in enumerate(problem.units):
        groups = [g for g, group in enumerate(problem.groups) if group.owner == u]
        strangers = frozenset(p for p in scope.people if problem.people[p].unit != u)
        if not groups or not strangers:
            continue
        spans = [(problem.groups[g].start_s, problem.groups[g].end_s) for g in groups]
        for begin, _, held in slices(spans):
            terms = tuple(Term(strangers, groups[i]) for i in held)
            yield Row((unit.id, str(begin)), terms, high=params.most)


def check(
    problem: Problem, params: Params, people: tuple[int, ...], duties: Duties
) -> list[Finding]:
    """Every piece of time in which a unit has borrowed too many."""
    found = []
    for u, unit in enumerate(problem.units):
        groups = {i for i, g in enumerate(problem.groups) if g.owner == u}
        borrowed = holders(duties, [p for p in people if problem.people[p].unit != u])
        for begin, finish, here in moments(problem, groups, borrowed):
            now = [problem.people[p].id for p, _ in here]
            if len(now) > params.most:
                data = {"most": params.most, "borrowed": len(now)}
                found.append(
                    Finding(len(now) - params.most, tuple(now), (unit.id,), begin, finish, data)
                )
    return found


def explain(_problem: Problem, breach: Breach, clock: Clock) -> str:
    """Which unit borrows too many, when."""
    return say(
        "Unit {place} has {borrowed} borrowed people from {start} to {end} ({people}); {most} are "
        "allowed.",
        place=breach.where[0], borrowed=breach.data["borrowed"], start=clock(breach.start_s or 0),
        end=clock(breach.end_s or 0), people=name_some(breach.who), most=breach.data["most"],
    )  # fmt: skip
