"""R02: enough time to go from the end of one duty to the start of the next.

For a before b (by report): missing = ``a.release + travel(a.release_place, b.report_place) + handover - b.report``;
amount = missing minutes, rounded up; unreachable is NO. Overlap itself is R01's matter, so a pair that
overlaps counts here too (whoever is still bound cannot travel).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from scheduler.outcome import Breach
from scheduler.roster.forms import (
    NO,
    Clock,
    Duties,
    Finding,
    RuleInfo,
    RuleParams,
    Stint,
    Stints,
    param,
)
from scheduler.roster.problem import Problem
from scheduler.saying import say

RULE = RuleInfo(
    id="R02",
    name="transfer_time",
    title="Transfer time",
    title_zh="转岗时间",
    statement="Between two duties there is the travel time and {handover_min:g} min to hand over.",
    unit="minutes",
    default_mode="hard",
    default_importance="very important",
    source="Travelling technician models; travel seconds from the road network",
)


EARLIER = "a duty before this plan"


class Params(RuleParams):
    """How long a hand-over takes on top of travel."""

    handover_min: float = param(
        0.0, "Minutes added to the travel between two duties.", "planner's choice", ge=0, le=240
    )
    reach_h: float = param(
        12.0,
        "Duties further apart than this many hours are not looked at: everywhere is reached by then.",
        "bounds the pairs looked at",
        gt=0,
        le=48,
    )


def reach_s(params: Params) -> int:
    """Seconds from one release to the next report beyond which the rule says nothing."""
    return round(params.reach_h * 3600)


def follows(problem: Problem, params: Params, first: Stint, then: Stint) -> int:
    """Minutes missing, or NO where there is no way."""
    gap_s = then.report_s - first.release_s
    if gap_s >= reach_s(params):
        return 0
    if not problem.reachable[first.release_place, then.report_place]:
        return NO
    travel_s = int(problem.travel_s[first.release_place, then.report_place])
    missing_s = travel_s + round(params.handover_min * 60) - gap_s
    if first.release_place == then.report_place and gap_s >= 0:
        missing_s = min(missing_s, 0) if params.handover_min == 0 else missing_s
    return max(0, -(-missing_s // 60))


def follows_table(
    problem: Problem, params: Params, first: Stints, then: Stints
) -> NDArray[np.int64]:
    """``follows`` for all pairs, int64 ``[n_first, n_then]``."""
    gap_s = then.report_s[None, :] - first.release_s[:, None]
    here = np.ix_(first.release_place, then.report_place)
    missing_s = problem.travel_s[here].astype(np.int64) + round(params.handover_min * 60) - gap_s
    if params.handover_min == 0:
        same = first.release_place[:, None] == then.report_place[None, :]
        missing_s = np.where(same & (gap_s >= 0), np.minimum(missing_s, 0), missing_s)
    table = np.maximum(0, -(-missing_s // 60))
    table = np.where(problem.reachable[here], table, NO)
    far: NDArray[np.int64] = np.where(gap_s >= reach_s(params), 0, table)
    return far


def check(
    problem: Problem, params: Params, people: tuple[int, ...], duties: Duties
) -> list[Finding]:
    """Every pair of duties with too little time between, the last before the horizon included."""
    found = []
    handover_s = round(params.handover_min * 60)
    for p in people:
        person = problem.people[p]
        legs = [(w.start_s, w.end_s, w.place, w.place, False, "") for w in person.worked]
        for g in duties[p]:
            group = problem.groups[g]
            legs.append(
                (
                    group.report_s,
                    group.release_s,
                    group.report_place,
                    group.release_place,
                    True,
                    group.id,
                )
            )
        legs.sort(key=lambda leg: leg[:2])
        for i, a in enumerate(legs):
            for b in legs[i + 1 :]:
                if not (a[4] or b[4]) or b[0] - a[1] >= round(params.reach_h * 3600):
                    continue
                where = (a[5] or EARLIER, b[5] or EARLIER)
                way_s = int(problem.travel_s[a[3], b[2]])
                if not problem.reachable[a[3], b[2]]:
                    found.append(
                        Finding(1, (person.id,), where, a[1], b[0], {"unreachable": True})
                    )
                    continue
                if a[3] == b[2] and handover_s == 0 and b[0] >= a[1]:
                    continue
                late_s = a[1] + way_s + handover_s - b[0]
                if late_s > 0:
                    data = {"needed_s": way_s + handover_s, "found_s": b[0] - a[1]}
                    amount = math.ceil(late_s / 60)
                    found.append(Finding(amount, (person.id,), where, a[1], b[0], data))
    return found


def explain(_problem: Problem, breach: Breach, clock: Clock) -> str:
    """Who cannot get from where to where in time."""
    a, b = breach.where
    who = breach.who[0]
    if breach.data.get("unreachable"):
        return say(
            "{who} leaves {a} at {start} and is due at {b} at {end}: no way leads there.",
            who=who, a=a, start=clock(breach.start_s or 0), b=b, end=clock(breach.end_s or 0),
        )  # fmt: skip
    return say(
        "{who} leaves {a} at {start} and is due at {b} at {end}: {n} min too few for the way and the "
        "hand-over.",
        who=who, a=a, start=clock(breach.start_s or 0), b=b, end=clock(breach.end_s or 0), n=breach.amount,
    )  # fmt: skip
