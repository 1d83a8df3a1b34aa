"""R37: no outdoor duty in extreme heat or cold, and little of it in great heat.

For duties on seats tagged ``tag``: amount = minutes on post while the forecast is ``stop_c`` or hotter or ``cold_c`` or
colder, each duty and span rounded up; and, for each person and local day, minutes on post while it is ``limit_c`` or
hotter (and not yet ``stop_c``) beyond ``most_h`` hours.
"""

from __future__ import annotations

import math
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
)
from scheduler.roster.problem import Problem
from scheduler.saying import say

RULE = RuleInfo(
    id="R37",
    name="weather_limit",
    title="Heat and cold",
    title_zh="高温低温限制",
    statement="No outdoor duty from {stop_c} °C or down to {cold_c} °C; from {limit_c} °C at most {most_h:g} h a day.",
    unit="minutes",
    default_mode="hard",
    default_importance="very important",
    source="Heat rules in use (40 and 37 °C), check locally",
    by_day=True,
)


class Params(RuleParams):
    """The bands, and which seats are outdoors."""

    stop_c: int = param(40, "From this temperature no outdoor duty.", "practice, check locally", ge=-50, le=60)
    limit_c: int = param(37, "From this temperature little of it.", "practice, check locally", ge=-50, le=60)
    most_h: float = param(6.0, "Hours a day in that heat.", "practice, check locally", ge=0, le=24)
    cold_c: int = param(-25, "Down from this temperature no outdoor duty.", "practice, check locally", ge=-60, le=50)
    tag: str = param("outdoor", "How outdoor seats are tagged.", "form of the data")


def rows(problem: Problem, params: Params, scope: Scope) -> Iterator[Row]:
    """One row for each duty in extreme weather, one for each person and hot day."""
    bad, hot = [], []
    for span in problem.weather:
        if span.celsius >= params.stop_c or span.celsius <= params.cold_c:
            bad.append((span.start_s, span.end_s))
        elif span.celsius >= params.limit_c:
            hot.append((span.start_s, span.end_s))
    outdoor = [g for g, group in enumerate(problem.groups) if params.tag in group.tags]

    def shared(g: int, a: int, b: int) -> int:
        begin, finish = max(a, problem.groups[g].start_s), min(b, problem.groups[g].end_s)
        return max(0, -((begin - finish) // 60))

    for g in outdoor:
        minutes = sum(shared(g, a, b) for a, b in bad)
        for p in scope.people if minutes else ():
            if scope.allowed[p, g]:
                key = (problem.people[p].id, problem.groups[g].id)
                yield Row(key, (Term(p, g),), high=0, weight=minutes)
    days = [(problem.days[d], problem.days[d + 1]) for d in range(len(problem.days) - 1)]
    for begin, finish in days:
        pieces = [(max(a, begin), min(b, finish)) for a, b in hot if a < finish and begin < b]
        coef = {g: sum(shared(g, a, b) for a, b in pieces) for g in outdoor}
        for p in scope.people if any(coef.values()) else ():
            terms = tuple(Term(p, g, n) for g, n in coef.items() if n and scope.allowed[p, g])
            yield Row((problem.people[p].id, str(begin)), terms, high=round(params.most_h * 60))


def check(
    problem: Problem, params: Params, people: tuple[int, ...], duties: Duties
) -> list[Finding]:
    """Every outdoor duty in extreme weather, everyone too long in the heat of a day."""

    def overlap(start_s: int, end_s: int, a: int, b: int) -> int:
        return max(0, math.ceil((min(end_s, b) - max(start_s, a)) / 60))

    found = []
    for p in people:
        name = problem.people[p].id
        mine = [problem.groups[g] for g in duties[p] if params.tag in problem.groups[g].tags]
        for group in mine:
            for span in problem.weather:
                over = overlap(group.start_s, group.end_s, span.start_s, span.end_s)
                if over and not params.cold_c < span.celsius < params.stop_c:
                    times = (group.start_s, group.end_s)
                    extreme = {"celsius": span.celsius, "whole": True}
                    found.append(Finding(over, (name,), (group.id,), *times, extreme))
        for d in range(len(problem.days) - 1):
            total, where = 0, []
            for group in mine:
                for span in problem.weather:
                    if not max(params.limit_c, params.cold_c + 1) <= span.celsius < params.stop_c:
                        continue
                    begin = max(span.start_s, problem.days[d])
                    finish = min(span.end_s, problem.days[d + 1])
                    part = overlap(group.start_s, group.end_s, begin, finish) if begin < finish else 0
                    total += part
                    where += [group.id] if part and group.id not in where else []
            over = total - round(params.most_h * 60)
            if over > 0:
                data = {"minutes": total, "most_h": params.most_h, "whole": False}
                times = (problem.days[d], problem.days[d + 1])
                found.append(Finding(over, (name,), tuple(where), *times, data))
    return found


def explain(_problem: Problem, breach: Breach, clock: Clock) -> str:
    """Who is outdoors in which weather."""
    span = say("from {start} to {end}", start=clock(breach.start_s or 0), end=clock(breach.end_s or 0))
    if breach.data["whole"]:
        return say(
            "{who} serves {place} outdoors {span}, at {celsius} °C.",
            who=breach.who[0], place=breach.where[0], span=span, celsius=breach.data["celsius"],
        )  # fmt: skip
    hours = int(str(breach.data["minutes"])) / 60
    return say(
        "{who} serves {hours:.1f} h in great heat {span} ({places}); {most_h:g} h a day are allowed.",
        who=breach.who[0], hours=hours, span=span, places=name_some(breach.where),
        most_h=breach.data["most_h"],
    )  # fmt: skip
