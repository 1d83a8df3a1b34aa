"""R14: each unit's watch has a lead of sufficient rank while anyone of the unit is on duty.

For each watch, and each piece of time between neighbouring starts and ends of the seat groups that touch it (cut to
the watch): with ``L`` leads of the unit on post and ``n`` others whom the setting speaks of, amount = n when
L = 0, else 0. A lead serves whatever setting he himself is under.
As a row: ``n - M L <= 0`` with ``M`` = the most seats others can fill then.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from scheduler.errors import name_some
from scheduler.outcome import Breach
from scheduler.roster.forms import (
    Chain,
    Clock,
    Duties,
    Finding,
    Row,
    RuleInfo,
    RuleParams,
    Scope,
    Terms,
    param,
)
from scheduler.roster.problem import Problem
from scheduler.saying import say

RULE = RuleInfo(
    id="R14",
    name="duty_lead",
    title="Duty lead",
    title_zh="领导带班",
    statement="While anyone of a unit is on duty in a watch, so is a lead of rank {rank_min} or higher.",
    unit="officers without a lead",
    default_mode="hard",
    default_importance="very important",
    source="Duty regulations on leads taking their turn (领导带班); check locally",
)


class Params(RuleParams):
    """Who counts as a lead, and which seats need none."""

    rank_min: int = param(3, "Rank from which a person can lead a watch.", "check locally", ge=0)
    exempt_kinds: tuple[str, ...] = param(
        (), "Kinds of seats that need no lead of their own unit.", "planner's choice"
    )


def rows(problem: Problem, params: Params, scope: Scope) -> Iterator[Row]:
    """One row for each watch and piece of time."""
    start = np.array([group.start_s for group in problem.groups], dtype=np.int64)
    end = np.array([group.end_s for group in problem.groups], dtype=np.int64)
    most = np.array([group.most for group in problem.groups], dtype=np.int64)
    exempt = np.array([group.kind in params.exempt_kinds for group in problem.groups], dtype=bool)
    crowds: dict[int, tuple[frozenset[int], frozenset[int], NDArray[np.bool_], NDArray[np.bool_]]] = {}
    for w, watch in enumerate(problem.watches):
        if watch.unit not in crowds:
            unit = frozenset(p for p, one in enumerate(problem.people) if one.unit == watch.unit)
            leads = frozenset(p for p in unit if problem.people[p].rank >= params.rank_min)
            others = (unit - leads) & scope.set
            crowds[watch.unit] = (
                others,
                leads,
                np.asarray(scope.allowed[sorted(others)].any(axis=0)),
                np.asarray(scope.allowed[sorted(leads)].any(axis=0)),
            )
        others, leads, theirs, lead_there = crowds[watch.unit]
        if not others:
            continue
        touching = np.flatnonzero((start < watch.end_s) & (end > watch.start_s))
        begins, ends = np.maximum(start[touching], watch.start_s), np.minimum(end[touching], watch.end_s)
        for begin, finish in pairwise(np.unique(np.concatenate([begins, ends])).tolist()):
            now = touching[(begins <= begin) & (ends >= finish)]
            bound = now[~exempt[now]]
            if not len(bound):
                continue
            greatest = int(np.minimum(len(others), most[bound]).sum())
            mine = bound[theirs[bound]]
            terms = [Terms(others, mine, np.ones(len(mine), dtype=np.int64))]
            if leads:
                led = now[lead_there[now]]
                terms.append(Terms(leads, led, np.full(len(led), -greatest, dtype=np.int64)))
            key = (problem.units[watch.unit].id, str(w), str(begin))
            yield Row(key, Chain(*terms), high=0)


def check(
    problem: Problem, params: Params, people: tuple[int, ...], duties: Duties
) -> list[Finding]:
    """Every piece of a watch in which officers of the unit stand without a lead."""
    found = []
    spoken_of = set(people)
    spans = [(group.start_s, group.end_s) for group in problem.groups]
    served: list[list[tuple[int, int]]] = [[] for _ in problem.units]
    for p, person in enumerate(problem.people):
        served[person.unit] += [(p, g) for g in duties[p]]
    apart = sorted(set(spans))  # hundreds of groups share a span
    for watch in problem.watches:
        touching = [(a, b) for a, b in apart if a < watch.end_s and b > watch.start_s]
        times = {min(max(t, watch.start_s), watch.end_s) for span in touching for t in span}
        here = [(p, g) for p, g in served[watch.unit] if spans[g][0] < watch.end_s and spans[g][1] > watch.start_s]
        ordered = sorted(times)
        for i in range(len(ordered) - 1):
            begin, finish = ordered[i], ordered[i + 1]
            now = [(p, g) for p, g in here if spans[g][0] <= begin and finish <= spans[g][1]]
            if any(problem.people[p].rank >= params.rank_min for p, _ in now):
                continue
            bound = [
                (p, g)
                for p, g in now
                if p in spoken_of and problem.groups[g].kind not in params.exempt_kinds
            ]
            if bound:
                who = tuple(problem.people[p].id for p, _ in bound)
                where = tuple(sorted({problem.groups[g].id for _, g in bound}))
                data = {"unit": problem.units[watch.unit].id, "rank_min": params.rank_min}
                found.append(Finding(len(bound), who, where, begin, finish, data))
    return found


def explain(_problem: Problem, breach: Breach, clock: Clock) -> str:
    """Which unit is out without a lead, when."""
    return say(
        "Unit {unit} has {n} on duty from {start} to {end} ({people} at {places}) without a lead of rank "
        "{rank_min} or higher.",
        unit=breach.data["unit"], n=breach.amount, start=clock(breach.start_s or 0),
        end=clock(breach.end_s or 0), people=name_some(breach.who), places=name_some(breach.where),
        rank_min=breach.data["rank_min"],
    )  # fmt: skip
