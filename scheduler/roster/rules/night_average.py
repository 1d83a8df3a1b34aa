"""R10: night workers serve no more than so many hours a day on average.

For everyone marked ``tag`` (or everyone, with ``all_people``): amount = paid minutes of the plan, each duty rounded up,
beyond ``average_h`` hours for each 24 h of the horizon.
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
from scheduler.saying import say

RULE = RuleInfo(
    id="R10",
    name="night_average",
    title="Night workers' average",
    title_zh="夜班平均工时",
    statement="Whoever is marked {tag} serves at most {average_h:g} h in 24 h on average over the plan.",
    unit="minutes",
    default_mode="off",
    default_importance="important",
    source="Directive 2003/88/EC Art. 8; check locally",
)


class Params(RuleParams):
    """The average, and who is a night worker."""

    average_h: float = param(8.0, "Paid hours for each 24 h.", "Directive 2003/88/EC Art. 8", ge=0, le=24)
    tag: str = param("night_worker", "How night workers are marked among a person's tags.", "form of the data")
    all_people: bool = param(False, "Whether everyone counts as a night worker.", "planner's choice")


def rows(problem: Problem, params: Params, scope: Scope) -> Iterator[Row]:
    """One row for each night worker."""
    cap = round(params.average_h * 60) * problem.horizon_s // 86400
    pay = [(g, -(-group.paid_s // 60)) for g, group in enumerate(problem.groups) if group.paid_s > 0]
    for p in scope.people:
        if params.all_people or params.tag in problem.people[p].tags:
            terms = tuple(Term(p, g, n) for g, n in pay if scope.allowed[p, g])
            yield Row((problem.people[p].id,), terms, high=cap)


def check(
    problem: Problem, params: Params, people: tuple[int, ...], duties: Duties
) -> list[Finding]:
    """Every night worker over the average."""
    cap = int(round(params.average_h * 60) * problem.horizon_s / 86400)
    found = []
    for p in people:
        person = problem.people[p]
        total = sum(minutes(problem.groups[g].paid_s) for g in duties[p])
        if (params.all_people or params.tag in person.tags) and total > cap:
            data = {"minutes": total, "cap": cap, "average_h": params.average_h}
            found.append(Finding(total - cap, (person.id,), (), 0, problem.horizon_s, data))
    return found


def explain(_problem: Problem, breach: Breach, clock: Clock) -> str:
    """Which night worker serves too long."""
    hours, cap_h = (int(str(breach.data[name])) / 60 for name in ("minutes", "cap"))
    return say(
        "{who}, a night worker, serves {hours:.1f} h from {start} to {end}; {cap_h:.1f} h are "
        "{average_h:g} h a day on average.",
        who=breach.who[0], hours=hours, start=clock(breach.start_s or 0), end=clock(breach.end_s or 0),
        cap_h=cap_h, average_h=breach.data["average_h"],
    )  # fmt: skip
