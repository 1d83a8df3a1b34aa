"""R04: one continuous tour is not longer than allowed.

A tour is a chain of duties with less than ``gap`` between the release of one and the report of the next (its
own lengths do not matter). Amount of a tour = minutes from its first report to its last release beyond the
longest, rounded up. Duties worked before the horizon start the tour they run into. Kinds in ``exempt_kinds``
(station watch follows its own pattern) are not looked at.
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
    id="R04",
    name="maximum_tour",
    title="Maximum tour",
    title_zh="单班时长",
    statement="One tour lasts at most {longest_h:g} h; pauses under {gap_h:g} h do not end it.",
    unit="minutes",
    default_mode="hard",
    default_importance="very important",
    source="Common limits for post and patrol duty (12 h, normal 8 h); check locally",
)

State = tuple[int, int] | None


class Params(RuleParams):
    """Length of a tour, what ends it, and what it does not speak of."""

    longest_h: float = param(12.0, "Hours a tour may last.", "common limit; check locally", gt=0, le=48)
    gap_h: float = param(
        1.0, "A pause of this many hours or more ends a tour.", "planner's choice", ge=0, le=24
    )
    exempt_kinds: tuple[str, ...] = param(
        ("base",), "Kinds of seats left out: station watch follows its own pattern.", "R12"
    )


def _excess_min(state: State, params: Params) -> int:
    if state is None:
        return 0
    return max(0, -(-(state[1] - state[0] - hours_s(params.longest_h)) // 60))


def _join(params: Params, state: State, report_s: int, release_s: int) -> State:
    if state is None or report_s - state[1] >= hours_s(params.gap_h):
        return (report_s, release_s)
    return (state[0], max(state[1], release_s))


def start(problem: Problem, params: Params, person: int) -> State:
    """The tour the person is in after what was worked before the horizon."""
    state: State = None
    for worked in sorted(problem.people[person].worked, key=lambda w: (w.start_s, w.end_s)):
        state = _join(params, state, worked.start_s, worked.end_s)
    return state


def step(
    _problem: Problem, params: Params, state: State, t_s: int, duty: Stint | None
) -> tuple[State, int]:
    """Time passes up to ``t_s`` (duty None), or a duty that reports at ``t_s`` is taken."""
    if duty is None:
        return (None if state is not None and t_s - state[1] >= hours_s(params.gap_h) else state), 0
    if duty.kind in params.exempt_kinds:
        return state, 0
    joined = _join(params, state, duty.report_s, duty.release_s)
    same = state is not None and joined is not None and joined[0] == state[0]
    before = _excess_min(state, params) if same else 0
    return joined, _excess_min(joined, params) - before


def check(
    problem: Problem, params: Params, people: tuple[int, ...], duties: Duties
) -> list[Finding]:
    """Every tour that is too long."""
    found = []
    for p in people:
        person = problem.people[p]
        spans = sorted((w.start_s, w.end_s, "") for w in person.worked)
        spans += [
            (problem.groups[g].report_s, problem.groups[g].release_s, problem.groups[g].id)
            for g in duties[p]
            if problem.groups[g].kind not in params.exempt_kinds
        ]
        tours: list[list[tuple[int, int, str]]] = []
        until_s = 0
        for span in spans:
            if not tours or span[0] - until_s >= hours_s(params.gap_h):
                tours.append([])
                until_s = span[1]
            tours[-1].append(span)
            until_s = max(until_s, span[1])
        for tour in tours:
            past_s = max((end for _, end, name in tour if not name), default=tour[0][0])
            last_s = max(end for _, end, _ in tour)
            over = math.ceil(max(0, last_s - tour[0][0] - hours_s(params.longest_h)) / 60)
            over -= math.ceil(max(0, past_s - tour[0][0] - hours_s(params.longest_h)) / 60)
            if over > 0:
                names = tuple(name for _, _, name in tour if name)
                data = {"length_s": last_s - tour[0][0], "longest_s": hours_s(params.longest_h)}
                found.append(Finding(over, (person.id,), names, tour[0][0], last_s, data))
    return found


def explain(_problem: Problem, breach: Breach, clock: Clock) -> str:
    """Who is on duty too long."""
    length_h = int(str(breach.data["length_s"])) / 3600
    longest_h = int(str(breach.data["longest_s"])) / 3600
    return say(
        "{who} is on duty for {length_h:.1f} h without a break, from {start} to {end} ({places}); "
        "{longest_h:g} h are allowed ({n} min too long).",
        who=breach.who[0], length_h=length_h, start=clock(breach.start_s or 0), end=clock(breach.end_s or 0),
        places=name_some(breach.where), longest_h=longest_h, n=breach.amount,
    )  # fmt: skip
