"""R07: not too many duty days in a row.

A duty day is a local day in which a duty starts, planned or worked before the horizon. Amount = planned duty days that
are at least the ``most_days + 1``-th of their run.
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
    id="R07",
    name="consecutive_duty_days",
    title="Consecutive duty days",
    title_zh="连续上勤",
    statement="Nobody has duty on more than {most_days} days in a row.",
    unit="days",
    default_mode="off",
    default_importance="very important",
    source="Contract practice (6 days); check locally",
    by_day=True,
)


class Params(RuleParams):
    """Length of the longest run."""

    most_days: int = param(6, "Duty days in a row that are allowed.", "common limit; check locally", ge=0, le=366)


def _feed(params: Params) -> walk.Feed:
    def feed(run: int, _day: int, worked: bool) -> tuple[int, int]:
        if not worked:
            return 0, 0
        return (run, 1) if run == params.most_days else (run + 1, 0)

    return feed


def start(problem: Problem, params: Params, person: int) -> walk.Walk:
    """How many days in a row were worked up to the horizon."""
    return walk.begin(problem, person, 0, _feed(params))


def step(
    problem: Problem, params: Params, state: walk.Walk, t_s: int, duty: Stint | None
) -> tuple[walk.Walk, int]:
    """Days pass up to ``t_s`` (duty None), or a duty that reports at ``t_s`` is taken."""
    if duty is None:
        return walk.pass_by(problem, state, t_s, _feed(params))
    return walk.work_at_once(state, (walk.day_of(problem, duty.start_s),), _feed(params))


def check(
    problem: Problem, params: Params, people: tuple[int, ...], duties: Duties
) -> list[Finding]:
    """Every run of duty days that is too long."""
    found = []
    days = seen.horizon(problem)
    for p in people:
        mine = seen.planned(problem, duties[p])
        past = seen.before(problem, p)
        whole = range(min([days.start, *past]), days.stop)
        for on, first, after in seen.runs(whole, past | set(mine)):
            over = [day for day in range(first + params.most_days, after) if day in mine and day not in past]
            if on and over:
                where = tuple(name for day in range(first, after) for name in mine.get(day, []))
                data = {"days": after - first, "most": params.most_days}
                span = (seen.midnight(problem, first), seen.midnight(problem, after))
                found.append(Finding(len(over), (problem.people[p].id,), where, *span, data))
    return found


def explain(_problem: Problem, breach: Breach, clock: Clock) -> str:
    """Who has duty too many days in a row."""
    return say(
        "{who} has duty on {days} days in a row from {start} to {end} ({places}); {most} are allowed.",
        who=breach.who[0], days=breach.data["days"], start=clock(breach.start_s or 0),
        end=clock(breach.end_s or 0), places=name_some(breach.where), most=breach.data["most"],
    )  # fmt: skip
