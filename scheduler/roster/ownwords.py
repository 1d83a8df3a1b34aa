"""Findings that are no rule's own (seats, teams, people and seats that are not there) as sentences, from their values.

A finding keeps values alone, so that it can be told in any language however long ago it was found.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from scheduler.outcome import Breach
from scheduler.saying import mark, say

_STAFFED = {
    "short": mark("{seat} ({party}): {n} needed and not filled."),
    "want": mark("{seat} ({party}): {n} wanted and not filled."),
    "over": mark("{seat} ({party}): {n} more than wanted."),
}
_UNSAID = mark("{rule}: {n} {unit}.")


def told(breach: Breach, titles: Mapping[str, str]) -> str:
    """The sentence of a finding; ``titles`` are those of the rules, by name."""
    if breach.rule in _STAFFED:
        return say(_STAFFED[breach.rule], seat=breach.where[0], party=breach.data["party"], n=breach.amount)
    form = _FORMS.get(breach.rule)
    if form is None:
        return say(_UNSAID, rule=plain(breach.rule), n=breach.amount, unit=say(breach.unit))
    return form(breach, breach.data, titles)


def plain(word: str) -> str:
    """A word of the tables (``armed_police``) as people say it."""
    return say(word.replace("_", " "))


def _asks(breach: Breach, its: Mapping[str, Any], _titles: Mapping[str, str]) -> str:
    lacks = []
    if "category" in its:
        asked = say(" or ").join(plain(name) for name in its["categories"])
        lacks.append(say("is {has}, asked for is {asked}", has=plain(its["category"]), asked=asked))
    if "rank" in its:
        lacks.append(say("has rank {has}, asked for is {asked}", has=its["rank"], asked=its["rank_min"]))
    if "unit" in its:
        lacks.append(say("belongs to {has}, asked for is {asked}", has=its["unit"], asked=its["unit_asked"]))
    form = mark("{person} cannot serve {seat}: {why}.")
    return say(form, person=breach.who[0], seat=breach.where[0], why=say("; ").join(lacks))


def _unknown_group(breach: Breach, its: Mapping[str, Any], _titles: Mapping[str, str]) -> str:
    return say("Seat {seat}, given to {person}, does not exist.", seat=its["seat"], person=breach.who[0])


def _unknown_person(breach: Breach, its: Mapping[str, Any], _titles: Mapping[str, str]) -> str:
    return say("{person} in {seat} is not known.", person=breach.who[0], seat=its["seat"])


def _unknown_seat(breach: Breach, its: Mapping[str, Any], _titles: Mapping[str, str]) -> str:
    return say(
        "Seat {seat}, given to {person}, does not exist: {group} has {n}.",
        seat=its["seat"], person=breach.who[0], group=breach.where[0], n=its["most"],
    )  # fmt: skip


def _double_seat(breach: Breach, its: Mapping[str, Any], _titles: Mapping[str, str]) -> str:
    if "holder" in its:
        form = mark("Seat {seat} is given to both {holder} and {person}.")
        return say(form, seat=its["seat"], holder=its["holder"], person=breach.who[0])
    return say("{person} holds two seats of {group}.", person=breach.who[0], group=breach.where[0])


def _over_most(breach: Breach, its: Mapping[str, Any], _titles: Mapping[str, str]) -> str:
    if "filled" not in its:  # what keeps somebody out, where nobody is too many yet
        return say("All seats of {seat} are held.", seat=breach.where[0])
    form = mark("{seat} ({party}) is filled {filled} times; at most {most} may serve.")
    return say(form, seat=breach.where[0], party=its["party"], filled=its["filled"], most=its["most"])


def _team_whole(breach: Breach, its: Mapping[str, Any], _titles: Mapping[str, str]) -> str:
    if "team" not in its:
        return say("{seat} belongs to a team that goes whole or not at all.", seat=breach.where[0])
    form = mark("Team {team} is sent in part: {n} missing in {seats}.")
    return say(form, team=its["team"], n=breach.amount, seats=say(", ").join(breach.where))


def _begun(breach: Breach, _its: Mapping[str, Any], _titles: Mapping[str, str]) -> str:
    return say("{seat} has begun.", seat=breach.where[0])


def _ruled_out(_breach: Breach, its: Mapping[str, Any], titles: Mapping[str, str]) -> str:
    name = str(its["by"])
    if name == "clash":
        return say("Another duty at that time rules it out.")
    return say("{rule} rules it out.", rule=titles.get(name, plain(name)))


_FORMS: Mapping[str, Callable[[Breach, Mapping[str, Any], Mapping[str, str]], str]] = {
    "seat_asks": _asks, "unknown_group": _unknown_group, "unknown_person": _unknown_person,
    "unknown_seat": _unknown_seat, "double_seat": _double_seat, "over_most": _over_most, "team_whole": _team_whole,
    "begun": _begun, "ruled_out": _ruled_out,
}  # fmt: skip
