"""R21: at the duty level ordered, a share of each unit's strength is present.

For each unit, and each piece of time between neighbouring starts and ends of any seats that lies in a span of seats:
strength = the unit's people without an absence that touches the piece; amount = people missing to ``share_pct``
percent of it, rounded up, among those on any seat: duty, standby and rest at the place are seats alike. 0 percent
(no level ordered, 三级) asks for nobody.
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
    id="R21",
    name="duty_level",
    title="Duty level",
    title_zh="勤务等级",
    statement="Of each unit {share_pct} % of the strength is present at any time.",
    unit="officers",
    default_mode="hard",
    default_importance="very important",
    source="Duty levels (二级 half, 一级 all); varies by province, check locally",
)


class Params(RuleParams):
    """The share."""

    share_pct: int = param(
        0, "Percent of strength: 0 for no level ordered, 50 at level II, 100 at I.", "check locally", ge=0, le=100
    )


def rows(problem: Problem, params: Params, scope: Scope) -> Iterator[Row]:
    """One row for each unit and piece of time."""
    if not params.share_pct:
        return
    spans = [(group.start_s, group.end_s) for group in problem.groups]
    pieces = slices(spans)
    for u, unit in enumerate(problem.units):
        crowd = frozenset(p for p in scope.people if problem.people[p].unit == u)
        for begin, finish, held in pieces if crowd else ():
            away = sum(
                any(a.start_s < finish and begin < a.end_s for a in problem.people[p].absences) for p in crowd
            )
            low = -(-(len(crowd) - away) * params.share_pct // 100)
            terms = tuple(Term(crowd, g) for g in held)
            yield Row((unit.id, str(begin)), terms, low=low)


def check(
    problem: Problem, params: Params, people: tuple[int, ...], duties: Duties
) -> list[Finding]:
    """Every piece of time in which too few of a unit are present."""
    found: list[Finding] = []
    if params.share_pct == 0:
        return found
    everywhere = range(len(problem.groups))
    for u, unit in enumerate(problem.units):
        mine = [p for p in people if problem.people[p].unit == u]
        for begin, finish, now in moments(problem, everywhere, holders(duties, mine)):
            if not any(g.start_s <= begin and finish <= g.end_s for g in problem.groups):
                continue
            strength = [
                p
                for p in mine
                if all(a.end_s <= begin or finish <= a.start_s for a in problem.people[p].absences)
            ]
            here = len(now)
            wanted = (len(strength) * params.share_pct + 99) // 100
            if here < wanted:
                data = {"unit": unit.id, "strength": len(strength), "present": here, "wanted": wanted}
                found.append(Finding(wanted - here, (), (unit.id,), begin, finish, data))
    return found


def explain(_problem: Problem, breach: Breach, clock: Clock) -> str:
    """Which unit is too thin, when."""
    return say(
        "Of {unit} {present} of {strength} are present from {start} to {end}; {wanted} are ordered.",
        unit=breach.data["unit"], present=breach.data["present"], strength=breach.data["strength"],
        start=clock(breach.start_s or 0), end=clock(breach.end_s or 0), wanted=breach.data["wanted"],
    )  # fmt: skip
