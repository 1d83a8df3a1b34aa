"""R36: nobody stands longer than allowed without a change.

A stretch is a chain of duties on seats tagged ``tag``, in the order of their reports, with less than ``pause_min``
minutes between the latest end of time on post and the next start. Amount of a stretch = minutes from its first start to
its last end beyond ``longest_h`` hours, rounded up. Cutting long seats into shorter ones is done before; this looks at
what a person really stands.
"""

from __future__ import annotations

import math

from scheduler.errors import name_some
from scheduler.outcome import Breach
from scheduler.roster.forms import (
    Clock,
    Duties,
    Finding,
    RuleInfo,
    RuleParams,
    Stint,
    hours_s,
    param,
)
from scheduler.roster.problem import Problem
from scheduler.saying import say

RULE = RuleInfo(
    id="R36",
    name="standing_time",
    title="Standing time",
    title_zh="定时轮岗",
    statement="Nobody stands for more than {longest_h:g} h without {pause_min} min of something else.",
    unit="minutes",
    default_mode="off",
    default_importance="important",
    source="Practice, check locally",
)

State = tuple[int, int] | None


class Params(RuleParams):
    """Length of the longest stretch, what ends it, and which seats count."""

    longest_h: float = param(2.0, "Hours of standing that are allowed.", "practice, check locally", gt=0, le=24)
    pause_min: int = param(15, "Minutes off such seats that end a stretch.", "planner's choice", ge=1, le=1440)
    tag: str = param("standing", "How such seats are tagged.", "form of the data")


def _excess_min(state: State, params: Params) -> int:
    return 0 if state is None else max(0, -((hours_s(params.longest_h) - state[1] + state[0]) // 60))


def start(_problem: Problem, _params: Params, _person: int) -> State:
    """What was worked before does not say whether it was standing."""
    return None


def step(
    problem: Problem, params: Params, state: State, t_s: int, duty: Stint | None
) -> tuple[State, int]:
    """Time passes up to ``t_s`` (duty None), or a duty that reports at ``t_s`` is taken."""
    pause_s = params.pause_min * 60
    if duty is None:
        return (None if state is not None and t_s - state[1] >= pause_s else state), 0
    if params.tag not in problem.groups[duty.group].tags:
        return state, 0
    if state is None or duty.start_s - state[1] >= pause_s:
        fresh = (duty.start_s, duty.end_s)
        return fresh, _excess_min(fresh, params)
    joined = (min(state[0], duty.start_s), max(state[1], duty.end_s))
    return joined, _excess_min(joined, params) - _excess_min(state, params)


def check(
    problem: Problem, params: Params, people: tuple[int, ...], duties: Duties
) -> list[Finding]:
    """Every stretch of standing that is too long."""
    found = []
    for p in people:
        stretches: list[list[int]] = []
        for g in duties[p]:
            if params.tag not in problem.groups[g].tags:
                continue
            until_s = max((problem.groups[h].end_s for h in stretches[-1]), default=0) if stretches else 0
            if stretches and problem.groups[g].start_s < until_s + params.pause_min * 60:
                stretches[-1].append(g)
            else:
                stretches.append([g])
        for stretch in stretches:
            groups = [problem.groups[g] for g in stretch]
            begin, finish = min(g.start_s for g in groups), max(g.end_s for g in groups)
            over = math.ceil((finish - begin - round(params.longest_h * 3600)) / 60)
            if over > 0:
                where = tuple(g.id for g in groups)
                data = {"longest_h": params.longest_h}
                found.append(Finding(over, (problem.people[p].id,), where, begin, finish, data))
    return found


def explain(_problem: Problem, breach: Breach, clock: Clock) -> str:
    """Who stands too long."""
    return say(
        "{who} stands from {start} to {end} without a change ({places}); {longest_h:g} h are allowed "
        "({n} min too long).",
        who=breach.who[0], start=clock(breach.start_s or 0), end=clock(breach.end_s or 0),
        places=name_some(breach.where), longest_h=breach.data["longest_h"], n=breach.amount,
    )  # fmt: skip
