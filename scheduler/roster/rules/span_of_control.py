"""R17: one supervisor for at most so many officers of a sector.

For each sector that has seats for supervisors or leads, and each piece of time between neighbouring starts and ends of
the sector's seat groups: amount = ``max(0, officers - most_span * supervisors)``, both as seats filled.
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
from scheduler.saying import says

RULE = RuleInfo(
    id="R17",
    name="span_of_control",
    title="Span of control",
    title_zh="督导",
    statement="In a sector with supervisors, each leads at most {most_span} officers at once.",
    unit="officers without a supervisor",
    default_mode="soft",
    default_importance="important",
    source="FEMA ICS: one supervisor for 3 to 7, ideally 5",
    by_person=False,
)


class Params(RuleParams):
    """The span, and which kinds of seats lead or are outside of it."""

    most_span: int = param(7, "Officers one supervisor may lead.", "FEMA ICS, 3 to 7", ge=1)
    leading_kinds: tuple[str, ...] = param(
        ("supervisor", "lead"), "Kinds of seats that supervise.", "command structure"
    )
    outside_kinds: tuple[str, ...] = param(
        ("reserve", "base"), "Kinds of seats that are not counted.", "command structure"
    )


def rows(problem: Problem, params: Params, scope: Scope) -> Iterator[Row]:
    """One row for each sector and piece of time."""
    del scope
    sectors: dict[str, list[int]] = {}
    for g, group in enumerate(problem.groups):
        if group.kind not in params.outside_kinds:
            sectors.setdefault(group.sector, []).append(g)
    for sector, groups in sorted(sectors.items()):
        kinds = [problem.groups[g].kind for g in groups]
        if not sector or not any(kind in params.leading_kinds for kind in kinds):
            continue
        spans = [(problem.groups[g].start_s, problem.groups[g].end_s) for g in groups]
        for begin, _, held in slices(spans):
            terms = tuple(
                Term(None, groups[i], -params.most_span if kinds[i] in params.leading_kinds else 1)
                for i in held
            )
            yield Row((sector, str(begin)), terms, high=0)


def check(
    problem: Problem, params: Params, people: tuple[int, ...], duties: Duties
) -> list[Finding]:
    """Every piece of time in which a sector has too few supervisors."""
    del people
    found, held = [], holders(duties)
    leading = {g.sector for g in problem.groups if g.kind in params.leading_kinds and g.sector}
    for sector in sorted(leading):
        groups = {
            i
            for i, g in enumerate(problem.groups)
            if g.sector == sector and g.kind not in params.outside_kinds
        }
        for begin, finish, here in moments(problem, groups, held):
            kinds = [problem.groups[g].kind for _, g in here]
            above = sum(kind in params.leading_kinds for kind in kinds)
            over = len(kinds) - above - params.most_span * above
            if over > 0:
                data = {"sector": sector, "officers": len(kinds) - above, "supervisors": above}
                found.append(Finding(over, (), (sector,), begin, finish, data))
    return found


def explain(_problem: Problem, breach: Breach, clock: Clock) -> str:
    """Which sector lacks supervisors, when."""
    return says(
        "Sector {sector} has {n} supervisor for {officers} officers from {start} to {end}: {more} more than they may "
        "lead.",
        "Sector {sector} has {n} supervisors for {officers} officers from {start} to {end}: {more} more than they may "
        "lead.",
        int(str(breach.data["supervisors"])),
        sector=breach.data["sector"], officers=breach.data["officers"], start=clock(breach.start_s or 0),
        end=clock(breach.end_s or 0), more=breach.amount,
    )  # fmt: skip
