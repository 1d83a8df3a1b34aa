"""R09: shifts rotate forward, never much earlier than the day before.

For two duties of one person on neighbouring local days: amount = hours, rounded up, by which the second starts
earlier in its day than the first did, beyond ``tolerance_h``. Hours of the day count from the local day's start.
"""

from __future__ import annotations

import math

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
from scheduler.roster.rules import day_count as seen
from scheduler.roster.rules.day_walk import day_of
from scheduler.saying import say

RULE = RuleInfo(
    id="R09",
    name="forward_rotation",
    title="Forward rotation",
    title_zh="班次顺转",
    statement="From one day to the next a duty starts at most {tolerance_h:g} h earlier in the day.",
    unit="hours",
    default_mode="off",
    default_importance="nice",
    source="Shift rota practice",
    by_day=True,
)

EARLIER = "a duty before this plan"


class Params(RuleParams):
    """What costs nothing yet."""

    tolerance_h: float = param(2.0, "Hours earlier that cost nothing.", "planner's choice", ge=0, le=24)


def follows(problem: Problem, params: Params, first: Stint, then: Stint) -> int:
    """Hours of rotation backwards."""
    a, b = day_of(problem, first.start_s), day_of(problem, then.start_s)
    if b - a != 1 or a < 0:
        return 0
    back_s = (first.start_s - problem.days[a]) - (then.start_s - problem.days[b])
    return max(0, -((hours_s(params.tolerance_h) - back_s) // 3600))


def check(
    problem: Problem, params: Params, people: tuple[int, ...], duties: Duties
) -> list[Finding]:
    """Every pair of days with a step backwards."""
    found = []
    for p in people:
        person = problem.people[p]
        spans = [(w.start_s, w.end_s, w.start_s, "") for w in person.worked]
        for g in duties[p]:
            one = problem.groups[g]
            spans.append((one.report_s, one.release_s, one.start_s, one.id))
        spans.sort(key=lambda span: span[:2])
        for i, (_, _, start_s, name) in enumerate(spans):
            today = seen.date(problem, start_s)
            for _, _, next_s, next_name in spans[i + 1 :]:
                if today < 0 or seen.date(problem, next_s) != today + 1 or not (name or next_name):
                    continue
                one_s = start_s - seen.midnight(problem, today)
                two_s = next_s - seen.midnight(problem, today + 1)
                over = math.ceil((one_s - two_s - round(params.tolerance_h * 3600)) / 3600)
                if over > 0:
                    where = (name or EARLIER, next_name or EARLIER)
                    found.append(Finding(over, (person.id,), where, start_s, next_s))
    return found


def explain(_problem: Problem, breach: Breach, clock: Clock) -> str:
    """Whose shifts run backwards."""
    return say(
        "{who} starts {other} at {end}, the day after {place} at {start}: {n} h earlier in the day than "
        "wished.",
        who=breach.who[0], other=breach.where[1], end=clock(breach.end_s or 0), place=breach.where[0],
        start=clock(breach.start_s or 0), n=breach.amount,
    )  # fmt: skip
