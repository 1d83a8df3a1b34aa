"""R45: whoever has days off has some of them in a row.

A run is a chain of local days in which no duty starts. One that begins before anything is known of a person or
reaches the horizon's end counts as long enough. Amount of a run = days missing to ``least_days``.
"""

from __future__ import annotations

from scheduler.outcome import Breach
from scheduler.roster.forms import Clock, Duties, Finding, RuleInfo, RuleParams, Stint, param
from scheduler.roster.problem import Problem
from scheduler.roster.rules import day_count as seen
from scheduler.roster.rules import day_walk as walk
from scheduler.saying import say

RULE = RuleInfo(
    id="R45",
    name="shortest_run_off",
    title="Shortest run of days off",
    title_zh="最短连续休息",
    statement="Days off come at least {least_days} in a row.",
    unit="days",
    default_mode="off",
    default_importance="important",
    source="Contract practice; public shift scheduling benchmarks",
    by_day=True,
)


class Params(RuleParams):
    """Length of the shortest run."""

    least_days: int = param(2, "Days off in a row at least.", "contract practice", ge=1, le=366)


def _feed(params: Params) -> walk.Feed:
    def feed(run: int, _day: int, worked: bool) -> tuple[int, int]:
        if not worked:
            return min(params.least_days, run + 1), 0
        return 0, (params.least_days - run if run else 0)

    return feed


def start(problem: Problem, params: Params, person: int) -> walk.Walk:
    """The run the horizon cuts: as long as the history says, long enough where it says nothing."""
    return walk.begin(problem, person, params.least_days, _feed(params))


def step(
    problem: Problem, params: Params, state: walk.Walk, t_s: int, duty: Stint | None
) -> tuple[walk.Walk, int]:
    """Days pass up to ``t_s`` (duty None), or a duty that reports at ``t_s`` is taken."""
    if duty is None:
        return walk.advance(problem, state, t_s, _feed(params))
    return walk.work(state, (walk.day_of(problem, duty.start_s),), _feed(params))


def end(problem: Problem, params: Params, state: walk.Walk) -> int:
    """Runs that end between the last duty and the horizon's end; one that reaches it is long enough."""
    return walk.finish(problem, state, _feed(params))


def check(
    problem: Problem, params: Params, people: tuple[int, ...], duties: Duties
) -> list[Finding]:
    """Every run of days off that is too short."""
    found = []
    days = seen.horizon(problem)
    for p in people:
        mine = seen.planned(problem, duties[p])
        past = seen.before(problem, p)
        known = range(min([days.start, *past]), days.stop)
        for on, first, after in seen.runs(known, past | set(mine)):
            cut = first == known.start or after == known.stop
            if on or cut or after < days.start or after in past:
                continue
            if after - first < params.least_days:
                data = {"days": after - first, "least": params.least_days}
                span = (seen.midnight(problem, first), seen.midnight(problem, after))
                short = params.least_days - (after - first)
                found.append(Finding(short, (problem.people[p].id,), (), *span, data))
    return found


def explain(_problem: Problem, breach: Breach, clock: Clock) -> str:
    """Whose run is too short."""
    return say(
        "{who} has only {days} days off in a row, from {start} to {end}; {least} are wanted.",
        who=breach.who[0], days=breach.data["days"], start=clock(breach.start_s or 0),
        end=clock(breach.end_s or 0), least=breach.data["least"],
    )  # fmt: skip
