"""R28: people serve near home and for their own unit first.

Amount of one duty = kilometres by road from the person's home to the report place, rounded up, beyond
``free_km``, at most ``most_km``, plus ``borrowed_km`` when the seat is another unit's task (``owner``).
How many may be borrowed at once is rule ``borrowed_cap``.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from scheduler.outcome import Breach
from scheduler.roster.forms import Clock, Duties, Finding, RuleInfo, RuleParams, param
from scheduler.roster.problem import Problem
from scheduler.saying import say

RULE = RuleInfo(
    id="R28",
    name="home_area_first",
    title="Home area first",
    title_zh="属地优先",
    statement="Each duty costs its kilometres from home beyond {free_km}, and {borrowed_km} more for another unit's.",
    unit="km",
    default_mode="soft",
    default_importance="nice",
    source="Policy of home responsibility (属地管理)",
)


class Params(RuleParams):
    """What is free, what borrowing counts, and the most one duty can count."""

    free_km: int = param(1, "Kilometres from home that cost nothing.", "planner's choice", ge=0)
    borrowed_km: int = param(
        5, "Kilometres that serving another unit's task counts as.", "planner's choice", ge=0
    )
    most_km: int = param(100, "The most kilometres one duty can count.", "planner's choice", ge=0)


def fits(problem: Problem, params: Params) -> NDArray[np.int32]:
    """Kilometres counted, int32 ``[n_people, n_groups]``."""
    home = np.array([person.home for person in problem.people], dtype=np.int64)
    place = np.array([group.report_place for group in problem.groups], dtype=np.int64)
    unit = np.array([person.unit for person in problem.people])
    owner = np.array([-1 if g.owner is None else g.owner for g in problem.groups])
    metres = problem.distance_m[np.ix_(home, place)].astype(np.int64)
    km = np.clip(-(-metres // 1000) - params.free_km, 0, params.most_km)
    away = problem.reachable[np.ix_(home, place)]
    km = np.where(away, km, params.most_km)
    borrowed = (owner[None, :] >= 0) & (unit[:, None] != owner[None, :])
    amount: NDArray[np.int32] = (km + borrowed * params.borrowed_km).astype(np.int32)
    return amount


def check(
    problem: Problem, params: Params, people: tuple[int, ...], duties: Duties
) -> list[Finding]:
    """Every duty far from home or for another unit."""
    found = []
    for p in people:
        person = problem.people[p]
        for g in duties[p]:
            group = problem.groups[g]
            km = params.most_km
            if problem.reachable[person.home, group.report_place]:
                metres = int(problem.distance_m[person.home, group.report_place])
                km = min(params.most_km, max(0, math.ceil(metres / 1000) - params.free_km))
            borrowed = group.owner is not None and group.owner != person.unit
            amount = km + (params.borrowed_km if borrowed else 0)
            if amount:
                found.append(
                    Finding(
                        amount,
                        (person.id,),
                        (group.id,),
                        group.report_s,
                        group.release_s,
                        {"km": km, "borrowed": borrowed},
                    )
                )
    return found


def explain(problem: Problem, breach: Breach, clock: Clock) -> str:
    """Who goes how far, for whom."""
    group = next(g for g in problem.groups if g.id == breach.where[0])
    lent = breach.data["borrowed"] and group.owner is not None
    whom = say(" for {unit}", unit=problem.units[group.owner or 0].id) if lent else ""
    far = say("{km} km beyond the home area", km=breach.data["km"]) if breach.data["km"] else say("borrowed")
    return say(
        "{who} serves {group}{whom} at {start}, {far}.",
        who=breach.who[0], group=group.id, whom=whom, start=clock(breach.start_s or 0), far=far,
    )  # fmt: skip
