"""What a seat asks and a person is not, said anew in the reader's language: audits keep it in English."""

from __future__ import annotations

from scenarios.plainwords import joined, plain
from scenarios.tongue import ENGLISH, language
from scenarios.tongue import say as _
from scheduler.outcome import Breach
from scheduler.roster.problem import Problem


def asked_anew(problem: Problem, breach: Breach) -> str | None:
    """The sentence of a ``seat_asks`` breach in another language; None where its own words will do."""
    if breach.rule != "seat_asks" or language() == ENGLISH:
        return None
    person = next((p for p in problem.people if p.id == breach.who[0]), None)
    group = next((g for g in problem.groups if g.id == breach.where[0]), None)
    if person is None or group is None:
        return None
    lacks = []
    if group.categories and person.category not in group.categories:
        asked = joined(plain(problem.categories[c]) for c in sorted(group.categories))
        lacks.append(_("is {has}, asked for is {asked}", has=plain(problem.categories[person.category]), asked=asked))
    if person.rank < group.rank_min:
        lacks.append(_("has rank {has}, asked for is {asked}", has=person.rank, asked=group.rank_min))
    if group.unit is not None and group.unit != person.unit:
        has, asked = problem.units[person.unit].id, problem.units[group.unit].id
        lacks.append(_("belongs to {has}, asked for is {asked}", has=has, asked=asked))
    return _("{person} cannot serve {seat}: {why}.", person=person.id, seat=group.id, why=_("; ").join(lacks))
