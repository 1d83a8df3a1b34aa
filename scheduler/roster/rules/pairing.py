"""R27: partners serve together, others apart.

For each pair and each two seat groups of one party that overlap in time. Apart: amount = 1 for each two such groups (or
the same one) of which one has the one person and the other the other. Together: for each party and piece of time
between neighbouring starts and ends of its groups, amount = how many more of its seats one of the two has. Squads that
go whole are teams, not pairs.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from pydantic import field_validator

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
    written,
)
from scheduler.roster.plain import holders, moments
from scheduler.roster.problem import Problem
from scheduler.saying import say

RULE = RuleInfo(
    id="R27",
    name="pairing",
    title="Pairing",
    title_zh="搭档",
    statement="Partners serve at one post or crew at one time; those to be kept apart do not.",
    unit="times",
    default_mode="off",
    default_importance="important",
    source="Crew practice",
    by_person=False,
)


def _read(texts: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    halves = (text.partition("+") for text in texts)
    return tuple(sorted({(min(a.strip(), b.strip()), max(a.strip(), b.strip())) for a, _, b in halves}))


class Params(RuleParams):
    """Who with whom, and who not."""

    together: tuple[str, ...] = param((), "Partners as 'P1+P2', by their ids.", "planner's choice")
    apart: tuple[str, ...] = param((), "People never at one post at once, as 'P1+P2'.", "planner's choice")

    @field_validator("together", "apart", mode="before")
    @classmethod
    def _table(cls, value: Any) -> Any:
        return written(value, "+")

    @field_validator("together", "apart")
    @classmethod
    def _readable(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one, two in _read(value):
            if not one or not two or one == two:
                fault = say("{one!r} and {two!r} are not two people, like 'P1+P2'", one=one, two=two)
                raise ValueError(fault)
        return value

    @cached_property
    def partners(self) -> tuple[tuple[str, str], ...]:
        """Pairs that serve together."""
        return _read(self.together)

    @cached_property
    def strangers(self) -> tuple[tuple[str, str], ...]:
        """Pairs that serve apart."""
        return _read(self.apart)


def faults(problem: Problem, params: Params) -> list[str]:
    """People that do not exist, and pairs that contradict each other."""
    known = {person.id for person in problem.people}
    pairs = (*params.partners, *params.strangers)
    lost = sorted({name for pair in pairs for name in pair if name not in known})
    found = [say("pairing: {names}: not among the people.", names=name_some(lost))] if lost else []
    both = ["+".join(pair) for pair in params.partners if pair in params.strangers]
    if both:
        found.append(say("pairing: {names}: both together and apart. Keep one of the two.", names=name_some(both)))
    return found


def rows(problem: Problem, params: Params, scope: Scope) -> Iterator[Row]:
    """Rows for each pair: by piece of time together, by two groups apart."""
    del scope
    index = {person.id: p for p, person in enumerate(problem.people)}
    parties: dict[str, list[int]] = {}
    for g, group in enumerate(problem.groups):
        parties.setdefault(group.party, []).append(g)
    for party, groups in sorted(parties.items()):
        spans = [(problem.groups[g].start_s, problem.groups[g].end_s) for g in groups]
        for one, two in params.partners:
            for begin, _, held in slices(spans):
                mine = [Term(index[one], groups[i]) for i in held]
                his = [Term(index[two], groups[i], -1) for i in held]
                yield Row((one, two, party, str(begin)), (*mine, *his), low=0, high=0)
        for one, two in params.strangers:
            for g, (a, b) in zip(groups, spans, strict=True):
                for h, (c, d) in zip(groups, spans, strict=True):
                    if a < d and c < b:
                        terms = (Term(index[one], g), Term(index[two], h))
                        yield Row((one, two, str(g), str(h)), terms, high=1)


def check(
    problem: Problem, params: Params, people: tuple[int, ...], duties: Duties
) -> list[Finding]:
    """Partners who are not together, others who are."""
    del people
    found = []
    at = {person.id: p for p, person in enumerate(problem.people)}
    for one, two in params.strangers:
        for g in duties[at[one]]:
            for h in duties[at[two]]:
                a, b = problem.groups[g], problem.groups[h]
                begin, finish = max(a.start_s, b.start_s), min(a.end_s, b.end_s)
                if a.party == b.party and begin < finish:
                    where = (a.id, b.id) if g != h else (a.id,)
                    found.append(Finding(1, (one, two), where, begin, finish, {"apart": True}))
    for one, two in params.partners:
        for party in sorted({group.party for group in problem.groups}):
            here = {g for g, group in enumerate(problem.groups) if group.party == party}
            both = holders(duties, (at[one], at[two]))
            for begin, finish, there in moments(problem, here, both):
                seats = [sum(p == at[who] for p, _ in there) for who in (one, two)]
                if seats[0] != seats[1]:
                    who = (one, two) if seats[0] > seats[1] else (two, one)
                    amount = abs(seats[0] - seats[1])
                    found.append(Finding(amount, who, (party,), begin, finish, {"apart": False}))
    return found


def explain(_problem: Problem, breach: Breach, clock: Clock) -> str:
    """Who is, or is not, beside whom."""
    span = say("from {start} to {end}", start=clock(breach.start_s or 0), end=clock(breach.end_s or 0))
    if breach.data["apart"]:
        one, two = breach.who
        return say(
            "{one} and {two} are to be kept apart and serve {places} {span}.",
            one=one, two=two, places=say(" and ").join(breach.where), span=span,
        )  # fmt: skip
    return say(
        "{who} serves at {place} {span} without the partner {other}.",
        who=breach.who[0], place=breach.where[0], span=span, other=breach.who[1],
    )  # fmt: skip
