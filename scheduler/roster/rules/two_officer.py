"""R16: nobody stands a law-enforcement post alone.

For each party with seats of the kinds looked at, each piece of time between neighbouring starts and ends of them, and
each person on ``k`` of its seats then: amount = ``max(0, least * k - seats filled)``, plus
``max(0, least_sworn * k - seats filled by sworn)``.
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
    id="R16",
    name="two_officer",
    title="Two officers",
    title_zh="双人执勤",
    statement="At a {kinds} at least {least} serve at a time, {least_sworn} of them {sworn}.",
    unit="officers",
    default_mode="off",
    default_importance="very important",
    source="Practice, check locally",
)


class Params(RuleParams):
    """How many, who counts as sworn, and where."""

    least: int = param(2, "Officers that serve together at least.", "practice, check locally", ge=1, le=20)
    least_sworn: int = param(1, "Of those, sworn at least.", "practice, check locally", ge=0, le=20)
    sworn: tuple[str, ...] = param(("sworn",), "Categories that count as sworn.", "regulation")
    kinds: tuple[str, ...] = param(("post", "crew"), "Kinds of seats looked at.", "practice")


def rows(problem: Problem, params: Params, scope: Scope) -> Iterator[Row]:
    """Two rows for each party, piece of time and person who may serve there."""
    sworn = frozenset(
        p for p, one in enumerate(problem.people) if problem.categories[one.category] in params.sworn
    )
    parties: dict[str, list[int]] = {}
    for g, group in enumerate(problem.groups):
        if group.kind in params.kinds:
            parties.setdefault(group.party, []).append(g)
    for party, groups in sorted(parties.items()):
        spans = [(problem.groups[g].start_s, problem.groups[g].end_s) for g in groups]
        for begin, _, held in slices(spans):
            here = [groups[i] for i in held]
            everyone = [Term(None, g, -1) for g in here]
            police = [Term(sworn, g, -1) for g in here] if sworn else []
            for p in scope.people:
                mine = [g for g in here if scope.allowed[p, g]]
                key = (party, str(begin), problem.people[p].id)
                for least, beside in ((params.least, everyone), (params.least_sworn, police)):
                    if mine and least:
                        yield Row(key, (*(Term(p, g, least) for g in mine), *beside), high=0)


def check(
    problem: Problem, params: Params, people: tuple[int, ...], duties: Duties
) -> list[Finding]:
    """Everyone who stands with too few beside him."""
    found, held, spoken_of = [], holders(duties), set(people)
    parties: dict[str, set[int]] = {}
    for i, group in enumerate(problem.groups):
        if group.kind in params.kinds:
            parties.setdefault(group.party, set()).add(i)
    for party, groups in sorted(parties.items()):
        for begin, finish, here in moments(problem, groups, held):
            sworn = sum(
                problem.categories[problem.people[p].category] in params.sworn for p, _ in here
            )
            for p in sorted({p for p, _ in here} & spoken_of):
                seats = [g for q, g in here if q == p]
                lacks = max(0, params.least * len(seats) - len(here))
                lacks += max(0, params.least_sworn * len(seats) - sworn)
                if lacks:
                    where = tuple(problem.groups[g].id for g in seats)
                    data = {"party": party, "officers": len(here), "sworn": sworn}
                    found.append(Finding(lacks, (problem.people[p].id,), where, begin, finish, data))
    return found


def explain(_problem: Problem, breach: Breach, clock: Clock) -> str:
    """Who stands alone, where and when."""
    return say(
        "{who} serves at {party} from {start} to {end}, where {officers} serve, {sworn} of them sworn: "
        "{n} too few.",
        who=breach.who[0], party=breach.data["party"], start=clock(breach.start_s or 0),
        end=clock(breach.end_s or 0), officers=breach.data["officers"], sworn=breach.data["sworn"],
        n=breach.amount,
    )  # fmt: skip
