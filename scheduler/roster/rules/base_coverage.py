"""R22: each station keeps its basic strength on duty at home.

For each unit with ``base_need`` above 0, and each piece of time between neighbouring starts and ends of its seat groups
of kind "base" (``unit`` or ``owner`` is the unit): amount = ``max(0, base_need - people of the unit in them)``.
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
    slices,
)
from scheduler.roster.plain import holders, moments
from scheduler.roster.problem import Problem
from scheduler.saying import say

RULE = RuleInfo(
    id="R22",
    name="base_coverage",
    title="Base coverage",
    title_zh="属地基本警力",
    statement="Each unit keeps its basic strength on duty at home.",
    unit="officers",
    default_mode="soft",
    default_importance="very important",
    source="Station duty regulations; check locally",
)


class Params(RuleParams):
    """Which kinds of seats are home duty."""

    kinds: tuple[str, ...] = param(("base",), "Kinds of seats that count as home duty.", "glossary")


def rows(problem: Problem, params: Params, scope: Scope) -> Iterator[Row]:
    """One row for each unit and piece of time."""
    for u, unit in enumerate(problem.units):
        if not any(problem.people[p].unit == u for p in scope.people):
            continue
        crowd = frozenset(p for p, person in enumerate(problem.people) if person.unit == u)
        groups = [
            g
            for g, group in enumerate(problem.groups)
            if group.kind in params.kinds and u in {group.unit, group.owner}
        ]
        if unit.base_need < 1 or not groups:
            continue
        spans = [(problem.groups[g].start_s, problem.groups[g].end_s) for g in groups]
        for begin, _, held in slices(spans):
            terms = tuple(Term(crowd, groups[i]) for i in held)
            yield Row((unit.id, str(begin)), terms, low=unit.base_need)


def check(
    problem: Problem, params: Params, people: tuple[int, ...], duties: Duties
) -> list[Finding]:
    """Every piece of time in which a unit's home duty is short."""
    found = []
    spoken_of = {problem.people[p].unit for p in people}
    for u, unit in enumerate(problem.units):
        if u not in spoken_of:
            continue
        groups = {
            i
            for i, g in enumerate(problem.groups)
            if g.kind in params.kinds and u in {g.unit, g.owner}
        }
        own = holders(duties, [p for p, person in enumerate(problem.people) if person.unit == u])
        for begin, finish, now in moments(problem, groups, own):
            held = [
                g
                for g in groups
                if problem.groups[g].start_s <= begin and finish <= problem.groups[g].end_s
            ]
            here = len(now)
            if held and here < unit.base_need:
                data = {"here": here, "need": unit.base_need}
                found.append(
                    Finding(unit.base_need - here, (), (unit.id,), begin, finish, data)
                )
    return found


def explain(_problem: Problem, breach: Breach, clock: Clock) -> str:
    """Which unit is too thin at home, when."""
    return say(
        "Unit {place} keeps {here} at home from {start} to {end}; {need} are wanted.",
        place=breach.where[0], here=breach.data["here"], start=clock(breach.start_s or 0),
        end=clock(breach.end_s or 0), need=breach.data["need"],
    )  # fmt: skip
