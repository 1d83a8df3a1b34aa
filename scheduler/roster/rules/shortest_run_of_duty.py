"""R44: whoever has duty has it for some days in a row.

A run is a chain of local days with a duty start each, planned or worked before. One that begins with the first day
known of a person or reaches the horizon's end counts as long enough. Amount of a run = days missing to ``least_days``;
a run that the plan adds no day to is nobody's fault.
"""

from __future__ import annotations

from scheduler.errors import name_some
from scheduler.outcome import Breach
from scheduler.roster.forms import Clock, Duties, Finding, RuleInfo, RuleParams, Stint, param
from scheduler.roster.problem import Problem
from scheduler.roster.rules import day_count as seen
from scheduler.roster.rules import day_walk as walk
from scheduler.saying import say

RULE = RuleInfo(
    id="R44",
    name="shortest_run_of_duty",
    title="Shortest run of duty",
    title_zh="最短连续上勤",
    statement="Duty comes for at least {least_days} days in a row.",
    unit="days",
    default_mode="off",
    default_importance="important",
    source="Contract practice; public shift scheduling benchmarks",
    by_day=True,
)


class Params(RuleParams):
    """Length of the shortest run."""

    least_days: int = param(2, "Duty days in a row at least.", "contract practice", ge=1, le=366)


def _feed(params: Params) -> walk.Feed:
    """The core is the run's length up to the least; negative while all of it lies before the plan."""

    def feed(run: int, _day: int, worked: bool) -> tuple[int, int]:
        if worked:
            return min(params.least_days, abs(run) + 1), 0
        return 0, (params.least_days - run if run > 0 else 0)

    return feed


def start(problem: Problem, params: Params, person: int) -> walk.Walk:
    """The run the horizon cuts: as long as the history says, long enough where it says nothing."""
    state = walk.begin(problem, person, params.least_days, _feed(params))
    return state if state.core == params.least_days else state._replace(core=-state.core)


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
    """Every run of duty days that is too short."""
    found = []
    days = seen.horizon(problem)
    for p in people:
        mine = seen.planned(problem, duties[p])
        past = seen.before(problem, p)
        known = range(min([days.start, *past]), days.stop)
        for on, first, after in seen.runs(known, past | set(mine)):
            added = any(day in mine and day not in past for day in range(first, after))
            if not on or first == known.start or after == known.stop or not added:
                continue
            if after - first < params.least_days:
                where = tuple(name for day in range(first, after) for name in mine.get(day, []))
                data = {"days": after - first, "least": params.least_days}
                span = (seen.midnight(problem, first), seen.midnight(problem, after))
                short = params.least_days - (after - first)
                found.append(Finding(short, (problem.people[p].id,), where, *span, data))
    return found


def explain(_problem: Problem, breach: Breach, clock: Clock) -> str:
    """Whose run is too short."""
    return say(
        "{who} has duty for only {days} days in a row ({places}) from {start} to {end}; {least} are "
        "wanted.",
        who=breach.who[0], days=breach.data["days"], places=name_some(breach.where),
        start=clock(breach.start_s or 0), end=clock(breach.end_s or 0), least=breach.data["least"],
    )  # fmt: skip
