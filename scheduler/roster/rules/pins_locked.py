"""R29: the planner's decisions stay: who is pinned to a seat group serves there, who is barred never does.

Amount = 1 for each pin not kept.
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
)
from scheduler.roster.problem import Problem
from scheduler.saying import say

RULE = RuleInfo(
    id="R29",
    name="pins_locked",
    title="Published and locked",
    title_zh="已发布锁定",
    statement="Pinned duties do not move.",
    unit="pins",
    default_mode="hard",
    default_importance="very important",
    source="Continuous planning practice: published duties are frozen",
)


class Params(RuleParams):
    """None."""


def rows(problem: Problem, _params: Params, scope: Scope) -> Iterator[Row]:
    """One row for each pin."""
    person_of = {problem.people[p].id: p for p in scope.people}
    group_of = {group.id: g for g, group in enumerate(problem.groups)}
    for pin in problem.pins:
        if pin.person in person_of:
            term = Term(person_of[pin.person], group_of[pin.group])
            low, high = (1, None) if pin.on else (None, 0)
            yield Row((pin.person, pin.group), (term,), low, high)


def check(
    problem: Problem, _params: Params, people: tuple[int, ...], duties: Duties
) -> list[Finding]:
    """Every pin not kept."""
    found = []
    for p in people:
        person = problem.people[p]
        mine = [pin for pin in problem.pins if pin.person == person.id]
        serves = {problem.groups[g].id for g in duties[p]} if mine else set()
        for pin in mine:
            if (pin.group in serves) != pin.on:
                group = next(one for one in problem.groups if one.id == pin.group)
                found.append(
                    Finding(1, (person.id,), (pin.group,), group.start_s, group.end_s, {"on": pin.on})
                )
    return found


def explain(_problem: Problem, breach: Breach, clock: Clock) -> str:
    """Which pin is broken."""
    when = say("from {start} to {end}", start=clock(breach.start_s or 0), end=clock(breach.end_s or 0))
    if breach.data["on"]:
        return say(
            "{who} is pinned to {place} {when} and does not serve there.",
            who=breach.who[0], place=breach.where[0], when=when,
        )  # fmt: skip
    return say(
        "{who} is barred from {place} {when} and serves there.",
        who=breach.who[0], place=breach.where[0], when=when,
    )  # fmt: skip
