"""R46: not too many weekends with duty.

A weekend is a run of local days whose weekday is in ``weekdays``; it is worked when a duty starts on any of them, and
counted when any of its days lies in the horizon. Amount = weekends worked by the plan beyond ``most_weekends``; one
begun before the horizon counts, but is not charged.
"""

from __future__ import annotations

from functools import cached_property
from typing import Literal

from scheduler.errors import name_some
from scheduler.outcome import Breach
from scheduler.roster.forms import Clock, Duties, Finding, RuleInfo, RuleParams, Stint, param
from scheduler.roster.problem import Problem
from scheduler.roster.rules import day_count as seen
from scheduler.roster.rules import day_walk as walk
from scheduler.saying import say

RULE = RuleInfo(
    id="R46",
    name="weekends",
    title="Weekends",
    title_zh="周末",
    statement="Nobody has duty on more than {most_weekends} weekends.",
    unit="weekends",
    default_mode="off",
    default_importance="important",
    source="Contract practice; public shift scheduling benchmarks",
    by_day=True,
)


WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class Params(RuleParams):
    """How many, and which days make a weekend."""

    most_weekends: int = param(2, "Weekends with duty that are allowed.", "contract practice", ge=0, le=53)
    weekdays: tuple[Weekday, ...] = param(
        ("saturday", "sunday"), "Days that make a weekend.", "Saturday and Sunday; check locally"
    )

    @cached_property
    def numbers(self) -> frozenset[int]:
        """The same as numbers, Monday = 0."""
        return frozenset(WEEK.index(day) for day in self.weekdays)


def _feed(problem: Problem, params: Params) -> walk.Feed:
    """The core is twice the weekends counted, plus 1 while the weekend at hand is among them."""
    free = params.numbers

    def feed(core: int, day: int, worked: bool) -> tuple[int, int]:
        counted, this = divmod(core, 2)
        weekday = (problem.first_weekday + day) % 7
        if weekday not in free:
            return 2 * counted, 0
        if (weekday - 1) % 7 not in free:
            this = 0
        if not worked or this:
            return 2 * counted + this, 0
        over = counted == params.most_weekends
        return 2 * (counted if over else counted + 1) + 1, int(over)

    return feed


def start(problem: Problem, params: Params, person: int) -> walk.Walk:
    """Only a weekend that the horizon's start cuts in two is remembered."""
    state = walk.begin(problem, person, 0, _feed(problem, params))
    after = (problem.first_weekday + state.done + 1) % 7
    cut = state.done >= walk.first_day(problem) or after in params.numbers
    this = state.core % 2 if cut else 0
    return state._replace(core=2 * min(this, params.most_weekends) + this)


def step(
    problem: Problem, params: Params, state: walk.Walk, t_s: int, duty: Stint | None
) -> tuple[walk.Walk, int]:
    """Days pass up to ``t_s`` (duty None), or a duty that reports at ``t_s`` is taken."""
    if duty is None:
        return walk.pass_by(problem, state, t_s, _feed(problem, params))
    return walk.work_at_once(state, (walk.day_of(problem, duty.start_s),), _feed(problem, params))


def check(
    problem: Problem, params: Params, people: tuple[int, ...], duties: Duties
) -> list[Finding]:
    """Everyone with too many weekends, from the first one too many on."""
    found = []
    days = seen.horizon(problem)
    free = {d for d in range(len(problem.days)) if WEEK[(d + problem.first_weekday) % 7] in params.weekdays}
    weekends = [(a, b) for on, a, b in seen.runs(range(len(problem.days)), free) if on]
    weekends = [(a, b) for a, b in weekends if b > days.start and a < days.stop]
    for p in people:
        mine = seen.planned(problem, duties[p])
        past = seen.before(problem, p)
        begun = sum(any(day in past for day in range(a, b)) for a, b in weekends)
        new = [
            (a, b)
            for a, b in weekends
            if any(day in mine for day in range(a, b)) and not any(day in past for day in range(a, b))
        ]
        over = new[max(0, params.most_weekends - begun) :]
        if over:
            where = tuple(name for a, b in over for day in range(a, b) for name in mine.get(day, []))
            span = (seen.midnight(problem, over[0][0]), seen.midnight(problem, over[-1][1]))
            data = {"weekends": begun + len(new), "most": params.most_weekends}
            found.append(Finding(len(over), (problem.people[p].id,), where, *span, data))
    return found


def explain(_problem: Problem, breach: Breach, clock: Clock) -> str:
    """Who works too many weekends."""
    return say(
        "{who} has duty on {weekends} weekends; {most} are allowed, and those from {start} on are too "
        "many ({places}).",
        who=breach.who[0], weekends=breach.data["weekends"], most=breach.data["most"],
        start=clock(breach.start_s or 0), places=name_some(breach.where),
    )  # fmt: skip
