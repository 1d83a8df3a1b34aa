"""R20: approved leave, medical checks, training and court are immovable.

Amount = minutes of the duty ``[report_s, release_s)`` that lie in absences of the person, summed over absences, each
rounded up.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from scheduler.outcome import Breach
from scheduler.roster.forms import Clock, Duties, Finding, RuleInfo, RuleParams
from scheduler.roster.ownwords import plain
from scheduler.roster.problem import Problem
from scheduler.saying import say

RULE = RuleInfo(
    id="R20",
    name="leave_locked",
    title="Leave and medical lock",
    title_zh="休假体检锁定",
    statement="No duty touches approved leave, medical checks, training or court.",
    unit="minutes",
    default_mode="hard",
    default_importance="very important",
    source="Leave policy: each planned cancellation must be signed and counted",
)


class Params(RuleParams):
    """None."""


def fits(problem: Problem, _params: Params) -> NDArray[np.int32]:
    """Minutes of duty inside an absence, int32 ``[n_people, n_groups]``."""
    amount = np.zeros((len(problem.people), len(problem.groups)), dtype=np.int32)
    report = np.array([g.report_s for g in problem.groups], dtype=np.int64)
    release = np.array([g.release_s for g in problem.groups], dtype=np.int64)
    for p, person in enumerate(problem.people):
        for absence in person.absences:
            shared = np.minimum(release, absence.end_s) - np.maximum(report, absence.start_s)
            amount[p] += (-(-np.maximum(shared, 0) // 60)).astype(np.int32)
    return amount


def check(
    problem: Problem, _params: Params, people: tuple[int, ...], duties: Duties
) -> list[Finding]:
    """Every duty that touches an absence."""
    found = []
    for p in people:
        person = problem.people[p]
        for g in duties[p]:
            group = problem.groups[g]
            for absence in person.absences:
                if group.report_s < absence.end_s and absence.start_s < group.release_s:
                    begin = max(group.report_s, absence.start_s)
                    finish = min(group.release_s, absence.end_s)
                    found.append(
                        Finding(
                            math.ceil((finish - begin) / 60),
                            (person.id,),
                            (group.id,),
                            begin,
                            finish,
                            {"kind": absence.kind},
                        )
                    )
    return found


def explain(_problem: Problem, breach: Breach, clock: Clock) -> str:
    """Who is absent, where he was put."""
    return say(
        "{who} is away ({kind}) and cannot serve {place} from {start} to {end} ({n} min).",
        who=breach.who[0], kind=plain(str(breach.data["kind"])), place=breach.where[0],
        start=clock(breach.start_s or 0), end=clock(breach.end_s or 0), n=breach.amount,
    )  # fmt: skip
