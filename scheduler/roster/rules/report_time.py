"""R32: who serves reports in time to be briefed and to reach the post.

Amount of a duty = minutes missing to ``least_min`` between report and the start on post, rounded up.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scheduler.outcome import Breach
from scheduler.roster.forms import Clock, Duties, Finding, RuleInfo, RuleParams, param
from scheduler.roster.plain import minutes
from scheduler.roster.problem import Problem
from scheduler.saying import say

RULE = RuleInfo(
    id="R32",
    name="report_time",
    title="Report time",
    title_zh="集结时间",
    statement="Everyone reports at least {least_min} min before the time on post.",
    unit="minutes",
    default_mode="off",
    default_importance="important",
    source="Practice (30 to 60 min), check locally",
)


class Params(RuleParams):
    """How long before."""

    least_min: int = param(30, "Minutes from report to post at least.", "practice, check locally", ge=0, le=480)
    exempt_kinds: tuple[str, ...] = param(("base",), "Kinds that need no muster.", "planner's choice")


def fits(problem: Problem, params: Params) -> NDArray[np.int32]:
    """Minutes missing, int32 ``[n_people, n_groups]``, the same for everyone."""
    amount = [
        0
        if group.kind in params.exempt_kinds
        else max(0, params.least_min - (group.start_s - group.report_s) // 60)
        for group in problem.groups
    ]
    return np.tile(np.array(amount, dtype=np.int32), (len(problem.people), 1))


def check(
    problem: Problem, params: Params, people: tuple[int, ...], duties: Duties
) -> list[Finding]:
    """Every duty that begins too soon after the report."""
    found = []
    for p in people:
        for g in duties[p]:
            group = problem.groups[g]
            missing = minutes(60 * params.least_min - group.start_s + group.report_s)
            if missing and group.kind not in params.exempt_kinds:
                where, who = (group.id,), (problem.people[p].id,)
                data = {"least": params.least_min}
                found.append(Finding(missing, who, where, group.report_s, group.start_s, data))
    return found


def explain(_problem: Problem, breach: Breach, clock: Clock) -> str:
    """Who reports too late."""
    return say(
        "{who} reports for {place} at {start} and is on post at {end}; {least} min lie between as a "
        "rule.",
        who=breach.who[0], place=breach.where[0], start=clock(breach.start_s or 0),
        end=clock(breach.end_s or 0), least=breach.data["least"],
    )  # fmt: skip
