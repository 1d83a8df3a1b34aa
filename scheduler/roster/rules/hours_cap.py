"""R05: no more than so many paid hours in any seven days.

For every window ``[t, t + days)`` that begins at the report of a duty (planned, or worked before the horizon):
sum of paid minutes of the duties that report inside it, less the cap, is the amount; each duty counts in whole
minutes, rounded up. The windows are those of all duties that exist, taken or not, so that the sum of amounts does
not depend on who asks: a window is counted when it begins at the report of any seat group or worked duty.
Only windows that hold a planned duty and are not contained in another are counted.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

import numpy as np

from scheduler.errors import name_some
from scheduler.outcome import Breach
from scheduler.roster.forms import (
    Clock,
    Duties,
    Finding,
    Row,
    RuleInfo,
    RuleParams,
    Scope,
    Terms,
    param,
)
from scheduler.roster.plain import minutes
from scheduler.roster.problem import Problem
from scheduler.saying import say

RULE = RuleInfo(
    id="R05",
    name="hours_cap",
    title="Hours cap",
    title_zh="周工时",
    statement="At most {cap_h:g} paid hours in any {window_days:g} days.",
    unit="minutes",
    default_mode="hard",
    default_importance="very important",
    source="Directive 2003/88/EC Art. 6 (48 h a week on average); 44 h or 40 h elsewhere: check locally",
)


class Params(RuleParams):
    """The cap and the length of the window."""

    cap_h: float = param(48.0, "Paid hours allowed in a window.", "Directive 2003/88/EC Art. 6", ge=0)
    window_days: float = param(7.0, "Days of 24 h a window lasts.", "the same", gt=0, le=366)


def _windows(starts: list[int], length_s: int) -> list[int]:
    """Begins of windows whose set of starts is not contained in an earlier window's."""
    kept: list[int] = []
    reach = -1
    for begin in starts:
        last = bisect_left(starts, begin + length_s) - 1
        if last > reach:
            kept.append(begin)
            reach = last
    return kept


def rows(problem: Problem, params: Params, scope: Scope) -> Iterator[Row]:
    """One row for each person and window that holds a seat group."""
    length_s = round(params.window_days * 86400)
    cap = round(params.cap_h * 60)
    pay = np.array([max(0, -(-group.paid_s // 60)) for group in problem.groups], dtype=np.int64)
    report = np.array([group.report_s for group in problem.groups], dtype=np.int64)
    planned = set(report.tolist())
    windows: dict[tuple[int, ...], list[int]] = {}
    for p in scope.people:
        worked = problem.people[p].worked
        mine = np.flatnonzero((pay > 0) & scope.allowed[p])
        before = tuple(sorted({w.start_s for w in worked} - planned))
        if scope.hard:  # a window from another's duty holds no more of one's own than one from the next own duty
            own = set(report[mine].tolist())
            begins = _windows(sorted(own | {w.start_s for w in worked}), length_s)
        else:
            if before not in windows:
                windows[before] = _windows(sorted(planned | set(before)), length_s)
            begins = windows[before]
        for begin in begins:
            if not scope.hard and not ((report >= begin) & (report < begin + length_s)).any():
                continue
            groups = mine[(report[mine] >= begin) & (report[mine] < begin + length_s)]
            if scope.hard and not len(groups):
                continue
            done = sum(
                -(-w.paid_s // 60) for w in worked if begin <= w.start_s < begin + length_s
            )
            terms = Terms(p, groups, pay[groups])
            # what was worked before cannot be undone: only what the plan adds is a fault
            yield Row((problem.people[p].id, str(begin)), terms, high=max(0, cap - done))


def check(
    problem: Problem, params: Params, people: tuple[int, ...], duties: Duties
) -> list[Finding]:
    """Every window over the cap, by as much as the plan adds."""
    length_s = round(params.window_days * 86400)
    cap = round(params.cap_h * 60)
    found = []
    reports = {group.report_s for group in problem.groups}
    for p in people:
        person = problem.people[p]
        paid = [minutes(problem.groups[g].paid_s) for g in duties[p]]
        if sum(paid) + sum(minutes(w.paid_s) for w in person.worked) <= cap:
            continue  # all of it together is no more than one window may hold
        begins = sorted(reports | {w.start_s for w in person.worked})
        seen = 0
        for begin in begins:
            upto = bisect_left(begins, begin + length_s)
            if upto == seen:
                continue  # an earlier window holds all that this one does
            seen = upto
            last = begins[upto - 1]
            mine = [g for g in duties[p] if begin <= problem.groups[g].report_s <= last]
            before = sum(minutes(w.paid_s) for w in person.worked if begin <= w.start_s <= last)
            planned = sum(minutes(problem.groups[g].paid_s) for g in mine)
            over = planned - max(0, cap - before)
            if over > 0:
                data = {"minutes": before + planned, "cap": cap, "days": params.window_days}
                where = tuple(problem.groups[g].id for g in mine)
                found.append(Finding(over, (person.id,), where, begin, begin + length_s, data))
    return found


def explain(_problem: Problem, breach: Breach, clock: Clock) -> str:
    """Who works too many hours in which week."""
    hours = int(str(breach.data["minutes"])) / 60
    cap_h = int(str(breach.data["cap"])) / 60
    return say(
        "{who} works {hours:.1f} h in the {days:g} days from {start} ({places}); {cap_h:g} h are "
        "allowed.",
        who=breach.who[0], hours=hours, days=breach.data["days"], start=clock(breach.start_s or 0),
        places=name_some(breach.where), cap_h=cap_h,
    )  # fmt: skip
