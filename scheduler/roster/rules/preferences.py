"""R26: wishes to work or not to work at a time, kept where possible.

A wish not to work costs its price once when any duty named (all when none is) touches ``[start_s, end_s)``; a wish to
work costs it when none does. Amount = the wish's price in points.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from scheduler.outcome import Breach
from scheduler.roster.forms import (
    Clock,
    Duties,
    Finding,
    Row,
    RuleInfo,
    RuleParams,
    Scope,
    Terms,
)
from scheduler.roster.problem import Problem
from scheduler.saying import say

RULE = RuleInfo(
    id="R26",
    name="preferences",
    title="Preferences",
    title_zh="个人意愿",
    statement="Wished-for days on and off are kept where possible.",
    unit="points",
    default_mode="soft",
    default_importance="nice",
    source="Self-rostering practice",
)


class Params(RuleParams):
    """None."""


def rows(problem: Problem, _params: Params, scope: Scope) -> Iterator[Row]:
    """One row for each wish."""
    at = {group.id: g for g, group in enumerate(problem.groups)}
    report = np.array([group.report_s for group in problem.groups], dtype=np.int64)
    release = np.array([group.release_s for group in problem.groups], dtype=np.int64)
    for p in scope.people:
        person = problem.people[p]
        for w, wish in enumerate(person.wishes):
            touched = (report < wish.end_s) & (wish.start_s < release)
            if wish.groups:
                named = np.zeros(len(touched), dtype=bool)
                named[[at[name] for name in wish.groups]] = True
                touched &= named
            groups = np.flatnonzero(touched)
            terms = Terms(p, groups, np.ones(len(groups), dtype=np.int64))
            low, high = (1, None) if wish.wanted else (None, 0)
            yield Row((person.id, str(w)), terms, low, high, weight=wish.price, once=True)


def check(
    problem: Problem, _params: Params, people: tuple[int, ...], duties: Duties
) -> list[Finding]:
    """Every wish missed."""
    found = []
    for p in people:
        person = problem.people[p]
        for wish in person.wishes:
            touched = []
            for g in duties[p]:
                group = problem.groups[g]
                apart = group.release_s <= wish.start_s or wish.end_s <= group.report_s
                if not apart and (not wish.groups or group.id in wish.groups):
                    touched.append(group.id)
            if bool(touched) != wish.wanted and wish.price > 0:
                found.append(
                    Finding(
                        wish.price,
                        (person.id,),
                        tuple(touched),
                        wish.start_s,
                        wish.end_s,
                        {"wanted": wish.wanted},
                    )
                )
    return found


def explain(_problem: Problem, breach: Breach, clock: Clock) -> str:
    """Whose wish was missed."""
    span = say("between {start} and {end}", start=clock(breach.start_s or 0), end=clock(breach.end_s or 0))
    if breach.data["wanted"]:
        return say("{who} wished to work {span} and does not.", who=breach.who[0], span=span)
    places = ", ".join(breach.where)
    return say("{who} wished not to work {span} and serves {places}.", who=breach.who[0], span=span, places=places)
