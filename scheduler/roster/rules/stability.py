"""R30: a new roster changes few people of the published one.

Duties that report before ``near_h`` hours are near, the others later. A person is changed, near or later, when the
duties held there are not exactly those published. Amount = ``near_weight`` for each person changed near, 1 for each
changed later; nothing where nothing is published.
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
    hours_s,
    param,
)
from scheduler.roster.problem import Problem
from scheduler.saying import mark, say

RULE = RuleInfo(
    id="R30",
    name="stability",
    title="Stability",
    title_zh="最小扰动",
    statement="Few people's published duties change; a change within {near_h:g} h weighs {near_weight} times.",
    unit="changed people",
    default_mode="off",
    default_importance="important",
    source="Replanning practice",
)


class Params(RuleParams):
    """How much more a change weighs that is near."""

    near_h: float = param(24.0, "Hours from the plan's start that are near.", "planner's choice", ge=0, le=8784)
    near_weight: int = param(3, "What a change that is near weighs.", "planner's choice", ge=1, le=100)


def rows(problem: Problem, params: Params, scope: Scope) -> Iterator[Row]:
    """One row for each person, near and later: published duties held, less others held."""
    at = {group.id: g for g, group in enumerate(problem.groups)}
    held: dict[str, set[int]] = {}
    for person, group in problem.published:
        if group in at:
            held.setdefault(person, set()).add(at[group])
    near_s = hours_s(params.near_h)
    for near in (True, False):
        span = [g for g, group in enumerate(problem.groups) if (group.report_s < near_s) == near]
        weight = params.near_weight if near else 1
        for p in scope.people if problem.published else ():
            name = problem.people[p].id
            kept = held.get(name, set()).intersection(span)
            # a published duty that is no longer possible stays in the row: it is a change for certain
            terms = tuple(
                Term(p, g, -1 if g in kept else 1) for g in span if g in kept or scope.allowed[p, g]
            )
            key = (name, "near" if near else "later")
            yield Row(key, terms, high=-len(kept), weight=weight, once=True)


def check(
    problem: Problem, params: Params, people: tuple[int, ...], duties: Duties
) -> list[Finding]:
    """Everyone whose duties are not those published."""
    if not problem.published:
        return []
    known = {group.id for group in problem.groups}
    reports = {group.id: group.report_s for group in problem.groups}
    found = []
    for p in people:
        name = problem.people[p].id
        now = {problem.groups[g].id for g in duties[p]}
        before = {group for person, group in problem.published if person == name} & known
        for near in (True, False):
            new, old = (
                sorted(one for one in side if (reports[one] < round(params.near_h * 3600)) is near)
                for side in (now - before, before - now)
            )
            if new or old:
                data = {"new": new, "old": old, "near": near}
                amount = params.near_weight if near else 1
                found.append(Finding(amount, (name,), (*new, *old), data=data))
    return found


def explain(_problem: Problem, breach: Breach, clock: Clock) -> str:
    """Who is changed, and how."""
    del clock
    parts = []
    for key, words in (("old", mark("loses {names}")), ("new", mark("gets {names}"))):
        names = breach.data[key]
        if isinstance(names, list) and names:
            parts.append(say(words, names=name_some(names)))
    when = say("at short notice") if breach.data["near"] else say("later on")
    return say(
        "{who} {what} {when}, against the published roster.",
        who=breach.who[0], what=say(" and ").join(parts), when=when,
    )  # fmt: skip
