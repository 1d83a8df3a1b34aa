"""R23: a reserve in proportion to those on duty.

For each piece of time between neighbouring starts and ends of all seat groups that a reserve group spans:
amount = ``max(0, others - per * reserve)`` = officers for whom no reserve stands, both as seats filled.
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
    id="R23",
    name="reserve_share",
    title="Reserve share",
    title_zh="备勤机动",
    statement="While a reserve is planned, one stands by for each {per} on duty.",
    unit="officers without reserve",
    default_mode="soft",
    default_importance="important",
    source="Spare staff of 10 to 20 %",
    by_person=False,
)


class Params(RuleParams):
    """How many one of the reserve stands for."""

    per: int = param(10, "Officers on duty for each one of the reserve.", "10 to 20 %", ge=1)
    reserve_kinds: tuple[str, ...] = param(("reserve",), "Kinds of seats that are reserve.", "glossary")
    outside_kinds: tuple[str, ...] = param(("base",), "Kinds of seats not counted.", "glossary")


def rows(problem: Problem, params: Params, scope: Scope) -> Iterator[Row]:
    """One row for each piece of time with a reserve."""
    del scope
    groups = [g for g, group in enumerate(problem.groups) if group.kind not in params.outside_kinds]
    spans = [(problem.groups[g].start_s, problem.groups[g].end_s) for g in groups]
    ready = [problem.groups[g].kind in params.reserve_kinds for g in groups]
    for begin, _, held in slices(spans):
        if any(ready[i] for i in held):
            terms = tuple(Term(None, groups[i], -params.per if ready[i] else 1) for i in held)
            yield Row((str(begin),), terms, high=0)


def check(
    problem: Problem, params: Params, people: tuple[int, ...], duties: Duties
) -> list[Finding]:
    """Every piece of time with too small a reserve."""
    del people
    groups = {i for i, g in enumerate(problem.groups) if g.kind not in params.outside_kinds}
    reserve = [g for g in problem.groups if g.kind in params.reserve_kinds]
    found = []
    for begin, finish, here in moments(problem, groups, holders(duties)):
        if not any(g.start_s <= begin and finish <= g.end_s for g in reserve):
            continue
        kinds = [problem.groups[g].kind for _, g in here]
        ready = sum(kind in params.reserve_kinds for kind in kinds)
        over = len(kinds) - ready - params.per * ready
        if over > 0:
            data = {"reserve": ready, "others": len(kinds) - ready, "per": params.per}
            found.append(Finding(over, (), (), begin, finish, data))
    return found


def explain(_problem: Problem, breach: Breach, clock: Clock) -> str:
    """When the reserve is too small."""
    return say(
        "From {start} to {end} {reserve} stand in reserve for {others} on duty; one for each {per} is "
        "wanted.",
        start=clock(breach.start_s or 0), end=clock(breach.end_s or 0), reserve=breach.data["reserve"],
        others=breach.data["others"], per=breach.data["per"],
    )  # fmt: skip
