"""R06: a long rest comes in time.

A stretch is a chain of duties without ``rest_h`` hours between the latest release and the next report. From the
stretch's first report to the end of the long rest after it may pass ``window_days`` days of 24 h, so a stretch lasts at
most ``window - rest``. Amount = minutes beyond, rounded up; what was worked before the horizon begins the stretch it
runs into and is charged only for what the plan adds.
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
    id="R06",
    name="weekly_rest",
    title="Weekly rest",
    title_zh="周休",
    statement="Within {window_days:g} days of coming on duty everyone has had {rest_h:g} h off at a stretch.",
    unit="minutes",
    default_mode="off",
    default_importance="very important",
    source="Directive 2003/88/EC Art. 5 (24 h a week); check locally",
)

State = tuple[int, int] | None


class Params(RuleParams):
    """Length of the rest, and how often it comes."""

    rest_h: float = param(24.0, "Hours off at a stretch.", "Directive 2003/88/EC Art. 5", gt=0, le=168)
    window_days: float = param(7.0, "Days of 24 h within which it comes.", "the same", gt=0, le=31)


def _longest_s(params: Params) -> int:
    return max(0, round(params.window_days * 86400) - hours_s(params.rest_h))


def _excess_min(state: State, params: Params) -> int:
    return 0 if state is None else max(0, -((_longest_s(params) - state[1] + state[0]) // 60))


def _join(params: Params, state: State, report_s: int, release_s: int) -> State:
    if state is None or report_s - state[1] >= hours_s(params.rest_h):
        return (report_s, release_s)
    return (state[0], max(state[1], release_s))


def start(problem: Problem, params: Params, person: int) -> State:
    """The stretch that what was worked before the horizon is in."""
    state: State = None
    for worked in sorted(problem.people[person].worked, key=lambda w: (w.start_s, w.end_s)):
        state = _join(params, state, worked.start_s, worked.end_s)
    return state


def step(
    _problem: Problem, params: Params, state: State, t_s: int, duty: Stint | None
) -> tuple[State, int]:
    """Time passes up to ``t_s`` (duty None), or a duty that reports at ``t_s`` is taken."""
    if duty is None:
        rested = state is not None and t_s - state[1] >= hours_s(params.rest_h)
        return (None if rested else state), 0
    joined = _join(params, state, duty.report_s, duty.release_s)
    same = state is not None and joined is not None and joined[0] == state[0]
    before = _excess_min(state, params) if same else 0
    return joined, _excess_min(joined, params) - before


def check(
    problem: Problem, params: Params, people: tuple[int, ...], duties: Duties
) -> list[Finding]:
    """Every stretch that is too long."""
    rest_s = round(params.rest_h * 3600)
    longest_s = max(0, round(params.window_days * 86400) - rest_s)
    found = []
    for p in people:
        person = problem.people[p]
        spans = sorted((w.start_s, w.end_s, "") for w in person.worked)
        for g in duties[p]:
            group = problem.groups[g]
            spans.append((group.report_s, group.release_s, group.id))
        stretches: list[list[tuple[int, int, str]]] = []
        for span in spans:
            if stretches and span[0] - max(end for _, end, _ in stretches[-1]) < rest_s:
                stretches[-1].append(span)
            else:
                stretches.append([span])
        for stretch in stretches:
            first_s, last_s = stretch[0][0], max(end for _, end, _ in stretch)
            past_s = max((end for _, end, name in stretch if not name), default=first_s)
            over = math.ceil(max(0, last_s - first_s - longest_s) / 60)
            over -= math.ceil(max(0, past_s - first_s - longest_s) / 60)
            if over > 0:
                where = tuple(name for _, _, name in stretch if name)
                data = {"rest_h": params.rest_h, "days": params.window_days}
                found.append(Finding(over, (person.id,), where, first_s, last_s, data))
    return found


def explain(_problem: Problem, breach: Breach, clock: Clock) -> str:
    """Who waits too long for a long rest."""
    return say(
        "{who} has no {rest_h:g} h off from {start} to {end} ({places}); within {days:g} days such a "
        "rest must be over ({n} min too late).",
        who=breach.who[0], rest_h=breach.data["rest_h"], start=clock(breach.start_s or 0),
        end=clock(breach.end_s or 0), places=name_some(breach.where), days=breach.data["days"],
        n=breach.amount,
    )  # fmt: skip
