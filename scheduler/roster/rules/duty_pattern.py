"""R12: duties follow a chosen pattern of days.

The pattern is a cycle of local days: types of shift, ``*`` for any duty, ``-`` for none. A person keeps it while one
place in the cycle explains every duty; a day without duty never breaks it. ``phase`` is the place in the cycle of the
horizon's first day, or -1 where it is to be found. Amount: with a phase, duties that do not fit their day; without one,
how often the pattern is broken and begun anew, duties read in the order of their reports. What was worked before says
where a person is in the cycle, as far as the Problem's days reach back.
"""

from __future__ import annotations

from scheduler.outcome import Breach
from scheduler.roster.forms import Clock, Duties, Finding, RuleInfo, RuleParams, Stint, param
from scheduler.roster.problem import Problem
from scheduler.roster.rules import day_count as seen
from scheduler.roster.rules.day_walk import day_of
from scheduler.saying import say

RULE = RuleInfo(
    id="R12",
    name="duty_pattern",
    title="Duty pattern",
    title_zh="勤务模式",
    statement="Duties follow the cycle of days {pattern}.",
    unit="times",
    default_mode="off",
    default_importance="very important",
    source="Patterns in use (四班三运转, 三班两运转); check locally",
    by_day=True,
)

EARLIER = "a duty before this plan"


class Params(RuleParams):
    """The cycle, and where a person stands in it."""

    pattern: tuple[str, ...] = param(
        ("E", "E", "L", "L", "N", "N", "-", "-"),
        "Types of shift, * for any duty, - for none: four crews on three shifts by default; D, N, - is three on two.",
        "patterns in use",
        min_length=1,
        max_length=60,
    )
    phase: int = param(-1, "Place in the cycle of the first day, from 0; -1 for any.", "planner's choice", ge=-1, le=59)


def _mask(problem: Problem, params: Params, start_s: int, shift: str, *, vague: bool = False) -> int:
    """Bits of the phases that explain a duty; ``vague`` for one of unknown type."""
    day = day_of(problem, start_s) - day_of(problem, 0)
    n = len(params.pattern)
    mask = 0
    for phase in range(n):
        asked = params.pattern[(day + phase) % n]
        if asked == "*" or (asked == shift and asked != "-") or (vague and asked != "-"):
            mask |= 1 << phase
    return mask


def start(problem: Problem, params: Params, person: int) -> int:
    """Phases that what was worked before leaves open, as bits."""
    if params.phase >= 0:
        return 1 << params.phase % len(params.pattern)
    state = (1 << len(params.pattern)) - 1
    for worked in sorted(problem.people[person].worked, key=lambda w: (w.start_s, w.end_s)):
        if day_of(problem, worked.start_s) >= 0:
            mask = _mask(problem, params, worked.start_s, worked.shift, vague=not worked.shift)
            state = state & mask or mask or state
    return state


def step(
    problem: Problem, params: Params, state: int, _t_s: int, duty: Stint | None
) -> tuple[int, int]:
    """A duty leaves fewer phases open, or breaks the pattern."""
    if duty is None:
        return state, 0
    mask = _mask(problem, params, duty.start_s, duty.shift)
    if state & mask:
        return state & mask, 0
    return (state if params.phase >= 0 or not mask else mask), 1


def check(
    problem: Problem, params: Params, people: tuple[int, ...], duties: Duties
) -> list[Finding]:
    """Every duty that breaks the pattern."""
    cycle = params.pattern
    today = seen.date(problem, 0)

    def fitting(start_s: int, shift: str, known: bool) -> set[int]:
        day = seen.date(problem, start_s) - today
        found = set()
        for place, asked in enumerate(cycle):
            if asked != "-" and (asked in {"*", shift} or not known):
                found.add((place - day) % len(cycle))
        return found

    found = []
    for p in people:
        person = problem.people[p]
        fixed = params.phase >= 0
        open_phases = {params.phase % len(cycle)} if fixed else set(range(len(cycle)))
        for w in [] if fixed else sorted(person.worked, key=lambda w: (w.start_s, w.end_s)):
            dated = w.start_s >= problem.days[0]
            fits = fitting(w.start_s, w.shift, bool(w.shift)) if dated else open_phases
            open_phases = (open_phases & fits) or fits or open_phases
        last = EARLIER if person.worked else ""
        for g in duties[p]:
            group = problem.groups[g]
            fits = fitting(group.start_s, group.shift, True)
            if open_phases & fits:
                open_phases &= fits
            else:
                where = (group.id, last) if last else (group.id,)
                data = {"shift": group.shift or "no type", "pattern": list(cycle)}
                found.append(Finding(1, (person.id,), where, group.start_s, group.end_s, data))
                open_phases = fits if fits and not fixed else open_phases
            last = group.id
    return found


def explain(_problem: Problem, breach: Breach, clock: Clock) -> str:
    """Which duty does not fit the cycle."""
    pattern = breach.data["pattern"]
    cycle = " ".join(pattern) if isinstance(pattern, list) else str(pattern)
    after = say(" after {place}", place=breach.where[1]) if len(breach.where) > 1 else ""
    return say(
        "{who} has {place} ({shift}) at {start}{after}: that is not how the pattern {cycle} goes on.",
        who=breach.who[0], place=breach.where[0], shift=breach.data["shift"], start=clock(breach.start_s or 0),
        after=after, cycle=cycle,
    )  # fmt: skip
