"""R01: one person's duties do not overlap.

For two duties a, b of one person with a reporting first: amount = ``max(0, a.release - b.report)`` in minutes,
rounded up; at least 1 for the same start. Source: nurse and duty rostering practice.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scheduler.outcome import Breach
from scheduler.roster.forms import Clock, Duties, Finding, RuleInfo, RuleParams, Stint, Stints
from scheduler.roster.plain import minutes
from scheduler.roster.problem import Problem
from scheduler.saying import say

RULE = RuleInfo(
    id="R01",
    name="no_double_duty",
    title="No double duty",
    title_zh="不得重岗",
    statement="Nobody serves two duties at once.",
    unit="minutes",
    default_mode="hard",
    default_importance="very important",
    source="Rostering practice; D. Warner 1976 and later nurse rostering literature",
)


class Params(RuleParams):
    """None."""


def reach_s(_params: Params) -> int:
    """Seconds from one release to the next report beyond which the rule says nothing."""
    return 0


def follows(_problem: Problem, _params: Params, first: Stint, then: Stint) -> int:
    """Minutes of overlap."""
    return max(0, -((then.report_s - first.release_s) // 60))


def follows_table(
    _problem: Problem, _params: Params, first: Stints, then: Stints
) -> NDArray[np.int64]:
    """``follows`` for all pairs, int64 ``[n_first, n_then]``."""
    gap = then.report_s[None, :] - first.release_s[:, None]
    table: NDArray[np.int64] = np.maximum(0, -(gap // 60))
    return table


def check(
    problem: Problem, _params: Params, people: tuple[int, ...], duties: Duties
) -> list[Finding]:
    """Every pair of overlapping duties, those worked before the horizon included."""
    found = []
    for p in people:
        person = problem.people[p]
        spans = [(w.start_s, w.end_s, "a duty before this plan") for w in person.worked]
        n_worked = len(spans)
        spans += [
            (problem.groups[g].report_s, problem.groups[g].release_s, problem.groups[g].id)
            for g in duties[p]
        ]
        for j in range(n_worked, len(spans)):
            for i in range(j):
                shared_s = min(spans[i][1], spans[j][1]) - max(spans[i][0], spans[j][0])
                inner = spans[i][1] > spans[j][0] and spans[j][1] > spans[i][0]
                if not inner:
                    continue
                first, then = sorted((spans[i][:2], spans[j][:2]))
                found.append(
                    Finding(
                        minutes(first[1] - then[0]),
                        (person.id,),
                        (spans[i][2], spans[j][2]),
                        then[0],
                        then[0] + shared_s,
                    )
                )
    return found


def explain(_problem: Problem, breach: Breach, clock: Clock) -> str:
    """Who is wanted twice, where and when."""
    return say(
        "{who} is on two duties at once, {place} and {other}, from {start} to {end}.",
        who=breach.who[0], place=breach.where[0], other=breach.where[1], start=clock(breach.start_s or 0),
        end=clock(breach.end_s or 0),
    )  # fmt: skip
