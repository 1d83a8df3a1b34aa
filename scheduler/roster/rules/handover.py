"""R33: whoever is relieved hands over before leaving.

A seat group relieves another of its party and kind when it starts later, no later than the other ends, and ends
after it. Amount of a duty that is relieved = minutes missing to ``least_min`` between the relief's report and its own
release, rounded up; with several reliefs the one that is there longest counts.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from scheduler.outcome import Breach
from scheduler.roster.forms import Clock, Duties, Finding, RuleInfo, RuleParams, param
from scheduler.roster.problem import Problem, SeatGroup
from scheduler.saying import say

RULE = RuleInfo(
    id="R33",
    name="handover",
    title="Handover",
    title_zh="交接班",
    statement="Relief and relieved are there together for {least_min} min.",
    unit="minutes",
    default_mode="off",
    default_importance="important",
    source="Duty regulations in part; 15 to 30 min in practice, check locally",
)


class Params(RuleParams):
    """How long both are there."""

    least_min: int = param(15, "Minutes both are there.", "practice, check locally", ge=0, le=240)


def _relieves(then: SeatGroup, first: SeatGroup) -> bool:
    like = then.party == first.party and then.kind == first.kind
    return like and first.start_s < then.start_s <= first.end_s < then.end_s


def fits(problem: Problem, params: Params) -> NDArray[np.int32]:
    """Minutes missing, int32 ``[n_people, n_groups]``, the same for everyone."""
    amount = []
    for group in problem.groups:
        reliefs = [then.report_s for then in problem.groups if _relieves(then, group)]
        both_s = group.release_s - min(reliefs, default=-(10**12))
        amount.append(max(0, params.least_min - both_s // 60))
    return np.tile(np.array(amount, dtype=np.int32), (len(problem.people), 1))


def check(
    problem: Problem, params: Params, people: tuple[int, ...], duties: Duties
) -> list[Finding]:
    """Every duty left before its relief is there long enough."""
    found = []
    for p in people:
        for g in duties[p]:
            group = problem.groups[g]
            missing = [
                math.ceil(params.least_min - (group.release_s - other.report_s) / 60)
                for other in problem.groups
                if (other.party, other.kind) == (group.party, group.kind)
                and other.end_s > group.end_s >= other.start_s > group.start_s
            ]
            least = min(missing, default=0)
            if least > 0:
                where, who = (group.id,), (problem.people[p].id,)
                data = {"least": params.least_min}
                found.append(Finding(least, who, where, group.release_s, None, data))
    return found


def explain(_problem: Problem, breach: Breach, clock: Clock) -> str:
    """Who leaves too early."""
    return say(
        "{who} leaves {place} at {start}, {n} min before the relief has been there for {least} min.",
        who=breach.who[0], place=breach.where[0], start=clock(breach.start_s or 0), n=breach.amount,
        least=breach.data["least"],
    )  # fmt: skip
