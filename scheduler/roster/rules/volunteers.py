"""R38: volunteers serve only listed seats, trained, and never by themselves.

For each duty of a volunteer: amount = 1 when the seat does not list the volunteers' category, plus 1 when training is
asked and not valid during the whole duty. For each party and each piece of time between neighbouring starts and ends of
its seats: amount = volunteers beyond ``per_guide`` for each other person there.
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
    param,
    slices,
)
from scheduler.roster.plain import holders, moments
from scheduler.roster.problem import Problem
from scheduler.saying import say

RULE = RuleInfo(
    id="R38",
    name="volunteers",
    title="Volunteers",
    title_zh="安保志愿者",
    statement="Volunteers ({volunteer}) serve listed seats only, at most {per_guide} beside each other person.",
    unit="volunteers",
    default_mode="hard",
    default_importance="very important",
    source="GB/T 33170.5-2016 (volunteers) in part; check locally",
)


class Params(RuleParams):
    """Who they are, their training, their guides."""

    volunteer: tuple[str, ...] = param(("volunteer",), "Categories that are volunteers.", "glossary")
    training: str = param("", "Qualification each volunteer needs; empty for none.", "check locally")
    per_guide: int = param(10, "Volunteers beside one other person.", "check locally", ge=1, le=1000)


def _lacks(problem: Problem, params: Params, p: int, g: int) -> int:
    person, group = problem.people[p], problem.groups[g]
    trained = not params.training or any(
        problem.qualifications[q.qualification] == params.training
        and q.from_s <= group.report_s
        and group.release_s <= q.until_s
        for q in person.qualified
    )
    return int(person.category not in group.categories) + int(not trained)


def rows(problem: Problem, params: Params, scope: Scope) -> Iterator[Row]:
    """One row for each volunteer and wrong seat, one for each party and piece of time."""
    names = [problem.categories[person.category] for person in problem.people]
    crowd = frozenset(p for p in scope.people if names[p] in params.volunteer)
    others = frozenset(p for p, name in enumerate(names) if name not in params.volunteer)
    if not crowd:
        return
    parties: dict[str, list[int]] = {}
    for g, group in enumerate(problem.groups):
        parties.setdefault(group.party, []).append(g)
        for p in sorted(crowd):
            lacks = _lacks(problem, params, p, g)
            if lacks and scope.allowed[p, g]:
                key = (problem.people[p].id, group.id)
                yield Row(key, (Term(p, g),), high=0, weight=lacks)
    for party, groups in sorted(parties.items()):
        spans = [(problem.groups[g].start_s, problem.groups[g].end_s) for g in groups]
        for begin, _, held in slices(spans):
            terms = [Term(crowd, groups[i]) for i in held]
            terms += [Term(others, groups[i], -params.per_guide) for i in held] if others else []
            yield Row((party, str(begin)), tuple(terms), high=0)


def check(
    problem: Problem, params: Params, people: tuple[int, ...], duties: Duties
) -> list[Finding]:
    """Volunteers on wrong seats, untrained, or by themselves."""
    found = []
    name_of = [problem.categories[person.category] for person in problem.people]
    mine = {p for p in people if name_of[p] in params.volunteer}
    for p in sorted(mine):
        person = problem.people[p]
        for g in duties[p]:
            group = problem.groups[g]
            faults = []
            if problem.people[p].category not in group.categories:
                faults.append("the seat does not list volunteers")
            if params.training:
                valid = [
                    q
                    for q in person.qualified
                    if problem.qualifications[q.qualification] == params.training
                    and not (group.report_s < q.from_s or q.until_s < group.release_s)
                ]
                faults += [] if valid else [f"{params.training} is not valid"]
            if faults:
                span = (group.report_s, group.release_s)
                wrong = {"faults": faults}
                found.append(Finding(len(faults), (person.id,), (group.id,), *span, wrong))
    parties: dict[str, set[int]] = {}
    for g, group in enumerate(problem.groups):
        parties.setdefault(group.party, set()).add(g)
    held = holders(duties)
    for party, groups in sorted(parties.items()) if mine else ():
        for begin, finish, serving in moments(problem, groups, held):
            alone = [p for p, _ in serving if p in mine]
            guides = sum(name_of[p] not in params.volunteer for p, _ in serving)
            over = len(alone) - params.per_guide * guides
            if over > 0:
                who = tuple(sorted({problem.people[p].id for p in alone}))
                data = {"party": party, "guides": guides}
                found.append(Finding(over, who, (party,), begin, finish, data))
    return found


def explain(_problem: Problem, breach: Breach, clock: Clock) -> str:
    """Which volunteer is where he should not be, or unguided."""
    span = say("from {start} to {end}", start=clock(breach.start_s or 0), end=clock(breach.end_s or 0))
    faults = breach.data.get("faults")
    if isinstance(faults, list):
        what = say(" and ").join(say(str(fault)) for fault in faults)
        return say(
            "Volunteer {who} serves {place} {span}: {what}.",
            who=breach.who[0], place=breach.where[0], span=span, what=what,
        )  # fmt: skip
    return say(
        "At {party} volunteers {people} serve {span} beside {guides} others: {n} too many.",
        party=breach.data["party"], people=name_some(breach.who), span=span, guides=breach.data["guides"],
        n=breach.amount,
    )  # fmt: skip
