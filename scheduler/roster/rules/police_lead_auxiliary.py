"""R15: where auxiliaries serve, a sworn officer serves beside them.

For each party and each piece of time between neighbouring starts and ends of its seat groups: with ``n`` people of the
led categories and ``L`` of the leading ones on post, amount = ``max(0, n - per_lead * L)``.
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
    id="R15",
    name="police_lead_auxiliary",
    title="Police lead auxiliaries",
    title_zh="民警带辅警",
    statement="Beside {led} serves a leader ({leading}) of the same post or crew, one for at most {per_lead}.",
    unit="auxiliaries without police",
    default_mode="hard",
    default_importance="very important",
    source="Regulations on auxiliary police (民警带辅警); check locally",
)


class Params(RuleParams):
    """Who leads whom, and how many."""

    led: tuple[str, ...] = param(("auxiliary",), "Categories that may not serve alone.", "regulation")
    leading: tuple[str, ...] = param(("sworn",), "Categories that lead them.", "regulation")
    per_lead: int = param(9, "People one leader may have beside him.", "check locally", ge=1)
    kinds: tuple[str, ...] = param(
        ("post", "crew", "gate", "guard"), "Kinds of seats looked at.", "regulation"
    )


def rows(problem: Problem, params: Params, scope: Scope) -> Iterator[Row]:
    """One row for each party and piece of time."""
    category = [problem.categories[person.category] for person in problem.people]
    led = frozenset(p for p in scope.people if category[p] in params.led)
    leads = frozenset(p for p in range(len(category)) if category[p] in params.leading)
    parties: dict[str, list[int]] = {}
    for g, group in enumerate(problem.groups):
        if group.kind in params.kinds:
            parties.setdefault(group.party, []).append(g)
    for party, groups in sorted(parties.items()):
        for begin, _, held in slices(
            [(problem.groups[g].start_s, problem.groups[g].end_s) for g in groups]
        ):
            terms = []
            for i in held:
                terms += [Term(led, groups[i])] if led else []
                terms += [Term(leads, groups[i], -params.per_lead)] if leads else []
            yield Row((party, str(begin)), tuple(terms), high=0)


def check(
    problem: Problem, params: Params, people: tuple[int, ...], duties: Duties
) -> list[Finding]:
    """Every piece of time in which too many auxiliaries serve without police."""
    found = []
    covered = set(people)
    held = holders(duties)
    parties: dict[str, set[int]] = {}
    for i, group in enumerate(problem.groups):
        if group.kind in params.kinds:
            parties.setdefault(group.party, set()).add(i)
    for party, groups in sorted(parties.items()):
        for begin, finish, here in moments(problem, groups, held):
            led, leads = [], 0
            for p, g in here:
                name = problem.categories[problem.people[p].category]
                if name in params.leading:
                    leads += 1
                if name in params.led and p in covered:
                    led.append((p, g))
            if len(led) > params.per_lead * leads:
                found.append(
                    Finding(
                        len(led) - params.per_lead * leads,
                        tuple(problem.people[p].id for p, _ in led),
                        tuple(sorted({problem.groups[g].id for _, g in led})),
                        begin,
                        finish,
                        {"party": party, "leaders": leads},
                    )
                )
    return found


def explain(_problem: Problem, breach: Breach, clock: Clock) -> str:
    """Which post has auxiliaries without police, when."""
    return say(
        "At {party}, {people} serve from {start} to {end} with {leaders} to lead them: {n} too many.",
        party=breach.data["party"], people=name_some(breach.who), start=clock(breach.start_s or 0),
        end=clock(breach.end_s or 0), leaders=breach.data["leaders"], n=breach.amount,
    )  # fmt: skip
