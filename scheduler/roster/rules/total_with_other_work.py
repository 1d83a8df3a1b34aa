"""R39: duty and announced work for others together stay within limits.

Minutes bound by duties (report to release), worked before the horizon and announced as other work that fall into a
local day, or into the ``window_days`` local days that end with a day of the horizon, each rounded up. Amount = minutes
beyond the cap that the plan adds; charged to those who announced other work, or to ``everyone``.
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
from scheduler.roster.rules import day_count as seen
from scheduler.roster.rules import day_walk as walk
from scheduler.saying import say

RULE = RuleInfo(
    id="R39",
    name="total_with_other_work",
    title="Total with other work",
    title_zh="含兼职总工时",
    statement="With announced other work: at most {day_h:g} h a day and {week_h:g} h in {window_days} days.",
    unit="minutes",
    default_mode="hard",
    default_importance="very important",
    source="Off-duty employment policies (20 h a day, 80 h a week); check locally",
    by_day=True,
)


class Params(RuleParams):
    """Both caps."""

    day_h: float = param(20.0, "Hours in a local day.", "policies in use, check locally", ge=0, le=25)
    week_h: float = param(80.0, "Hours in the longer window.", "policies in use, check locally", ge=0)
    window_days: int = param(7, "Local days in the longer window.", "policies in use", ge=2, le=31)
    everyone: bool = param(False, "Whether people without announced other work are looked at too.", "planner's choice")


def _windows(problem: Problem, params: Params) -> Iterator[tuple[int, int, int]]:
    """(start, end, cap in minutes) of the days and longer windows."""
    first, last, length = walk.first_day(problem), walk.last_day(problem), params.window_days
    spans = [(d, d + 1, params.day_h) for d in range(first, last + 1)]
    spans += [(d, d + length, params.week_h) for d in range(first - length + 1, last - length + 2)]
    n = len(problem.days) - 1
    for a, b, cap_h in spans:
        if max(0, a) < min(n, b):
            yield problem.days[max(0, a)], problem.days[min(n, b)], round(cap_h * 60)


def _shared(start_s: int, end_s: int, begin: int, finish: int) -> int:
    return max(0, -((max(start_s, begin) - min(end_s, finish)) // 60))


def rows(problem: Problem, params: Params, scope: Scope) -> Iterator[Row]:
    """One row for each person and window."""
    for begin, finish, cap in _windows(problem, params):
        bound = [
            (g, _shared(group.report_s, group.release_s, begin, finish))
            for g, group in enumerate(problem.groups)
            if group.report_s < finish and begin < group.release_s
        ]
        for p in scope.people if bound else ():
            person = problem.people[p]
            if not (params.everyone or person.other_work):
                continue
            spans = [(w.start_s, w.end_s) for w in person.worked] + list(person.other_work)
            done = sum(_shared(a, b, begin, finish) for a, b in spans)
            terms = tuple(Term(p, g, n) for g, n in bound if scope.allowed[p, g])
            yield Row((person.id, str(begin), str(finish)), terms, high=max(0, cap - done))


def check(
    problem: Problem, params: Params, people: tuple[int, ...], duties: Duties
) -> list[Finding]:
    """Every day and window with too much work in all."""
    horizon = seen.horizon(problem)
    days = set(range(len(problem.days) - 1))
    sets = [([d], params.day_h) for d in horizon]
    length = params.window_days
    sets += [(list(range(last - length + 1, last + 1)), params.week_h) for last in horizon]
    found = []
    looked_at = [p for p in people if params.everyone or problem.people[p].other_work]
    for p in looked_at:
        person = problem.people[p]
        for wanted, cap_h in sets:
            inside = sorted(days.intersection(wanted))
            if not inside:
                continue
            begin, finish = seen.midnight(problem, inside[0]), seen.midnight(problem, inside[-1] + 1)

            def part(start_s: int, end_s: int, a: int = begin, b: int = finish) -> int:
                return max(0, math.ceil((min(end_s, b) - max(start_s, a)) / 60))

            fixed = sum(part(w.start_s, w.end_s) for w in person.worked)
            fixed += sum(part(a, b) for a, b in person.other_work)
            mine = [problem.groups[g] for g in duties[p]]
            plan = {g.id: part(g.report_s, g.release_s) for g in mine}
            over = sum(plan.values()) - max(0, round(cap_h * 60) - fixed)
            if over > 0:
                where = tuple(name for name, minutes in plan.items() if minutes)
                data = {"minutes": fixed + sum(plan.values()), "cap_h": cap_h}
                found.append(Finding(over, (person.id,), where, begin, finish, data))
    return found


def explain(_problem: Problem, breach: Breach, clock: Clock) -> str:
    """Who works too long in all, and when."""
    hours = int(str(breach.data["minutes"])) / 60
    return say(
        "{who} works {hours:.1f} h in all from {start} to {end}, other work included ({places}); "
        "{cap_h:g} h are allowed.",
        who=breach.who[0], hours=hours, start=clock(breach.start_s or 0), end=clock(breach.end_s or 0),
        places=name_some(breach.where), cap_h=breach.data["cap_h"],
    )  # fmt: skip
