"""R42: nobody's way between home and duty is too long.

Amount of a duty = what the longer of the ways from home to the report place and from the release place home has beyond
the limit, rounded up: kilometres by road, or minutes. Where no road leads it is refused.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from scheduler.outcome import Breach
from scheduler.roster.forms import NO, Clock, Duties, Finding, RuleInfo, RuleParams, param
from scheduler.roster.problem import Problem
from scheduler.saying import say

RULE = RuleInfo(
    id="R42",
    name="home_distance",
    title="Home distance",
    title_zh="住岗距离",
    statement="The way between home and duty is at most {most} {measure}.",
    unit="km or min",
    default_mode="off",
    default_importance="nice",
    source="Field service scheduling practice",
)


class Params(RuleParams):
    """The limit and its measure."""

    most: int = param(30, "Kilometres or minutes allowed one way.", "planner's choice", ge=0, le=1000)
    measure: Literal["km", "min"] = param("km", "km by road, or min of travel.", "planner's choice")


def fits(problem: Problem, params: Params) -> NDArray[np.int32]:
    """Kilometres or minutes too many, int32 ``[n_people, n_groups]``."""
    table, unit = (problem.distance_m, 1000) if params.measure == "km" else (problem.travel_s, 60)
    home = np.array([person.home for person in problem.people], dtype=np.int64)
    report = np.array([group.report_place for group in problem.groups], dtype=np.int64)
    release = np.array([group.release_place for group in problem.groups], dtype=np.int64)
    out, back = np.ix_(home, report), (release[None, :], home[:, None])
    over = np.maximum(table[out], table[back]).astype(np.int64) - params.most * unit
    amount = np.maximum(0, -(-over // unit))
    reached = problem.reachable[out] & problem.reachable[back]
    return np.where(reached, amount, NO).astype(np.int32)


def check(
    problem: Problem, params: Params, people: tuple[int, ...], duties: Duties
) -> list[Finding]:
    """Every duty too far from home."""
    found = []
    for p in people:
        person = problem.people[p]
        for g in duties[p]:
            group = problem.groups[g]
            legs = ((person.home, group.report_place), (group.release_place, person.home))
            if params.measure == "km":
                way = max(int(problem.distance_m[a, b]) for a, b in legs) / 1000
            else:
                way = max(int(problem.travel_s[a, b]) for a, b in legs) / 60
            lost = not all(problem.reachable[a, b] for a, b in legs)
            amount = 1 if lost else math.ceil(way - params.most)
            if amount > 0:
                data = {"way": way, "most": params.most, "measure": params.measure, "unreachable": lost}
                span = (group.report_s, group.release_s)
                found.append(Finding(amount, (person.id,), (group.id,), *span, data))
    return found


def explain(_problem: Problem, breach: Breach, clock: Clock) -> str:
    """Who has too long a way, where to."""
    who, where = breach.who[0], say("{place} at {start}", place=breach.where[0], start=clock(breach.start_s or 0))
    if breach.data["unreachable"]:
        return say("No road leads {who} from home to {where} and back.", who=who, where=where)
    way, most, measure = (breach.data[key] for key in ("way", "most", "measure"))
    return say(
        "{who} has {way:.1f} {measure} between home and {where}; {most} are allowed.",
        who=who, way=way, measure=say(str(measure)), where=where, most=most,
    )  # fmt: skip
