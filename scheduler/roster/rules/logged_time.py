"""R31: what binds counts as hours: muster, way and debriefing too.

Amount of a duty = minutes by which its paid time falls short of the time from report to release, rounded up. Kinds
whose time is paid in part (standby) are left out.
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
    id="R31",
    name="logged_time",
    title="Logged time",
    title_zh="在岗计时",
    statement="Muster, way and debriefing count as paid hours, except for a {standby_kinds}.",
    unit="minutes",
    default_mode="off",
    default_importance="important",
    source="Working-time law: time at the disposal of the employer; check locally",
)


class Params(RuleParams):
    """Which kinds of seats are paid in part."""

    standby_kinds: tuple[str, ...] = param(("reserve",), "Kinds whose time is paid in part.", "check locally")


def fits(problem: Problem, params: Params) -> NDArray[np.int32]:
    """Minutes bound and not paid, int32 ``[n_people, n_groups]``, the same for everyone."""
    amount = [
        0
        if group.kind in params.standby_kinds
        else max(0, -((group.report_s + group.paid_s - group.release_s) // 60))
        for group in problem.groups
    ]
    return np.tile(np.array(amount, dtype=np.int32), (len(problem.people), 1))


def check(
    problem: Problem, params: Params, people: tuple[int, ...], duties: Duties
) -> list[Finding]:
    """Every duty with time that is not counted."""
    found = []
    for p in people:
        for g in duties[p]:
            group = problem.groups[g]
            unpaid = minutes(group.release_s - group.report_s - group.paid_s)
            if unpaid and group.kind not in params.standby_kinds:
                where, who = (group.id,), (problem.people[p].id,)
                found.append(Finding(unpaid, who, where, group.report_s, group.release_s))
    return found


def explain(_problem: Problem, breach: Breach, clock: Clock) -> str:
    """Whose time is not counted."""
    return say(
        "{who} is bound by {place} from {start} to {end}, and {n} min of it are not counted as hours.",
        who=breach.who[0], place=breach.where[0], start=clock(breach.start_s or 0),
        end=clock(breach.end_s or 0), n=breach.amount,
    )  # fmt: skip
