"""R09: duties that may not follow one another.

For two duties of one person whose time on post begins on the same or on neighbouring local days: amount = 1 when the
table bars the second one's type of shift after the first one's, plus 1 when the first shares ``night_min`` minutes with
a night and the second starts before ``morning_until_h`` o'clock of the day on which the first ends. Hours of the
day are counted from the local day's start. A duty before the first of the Problem's days has no day and no neighbour.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import field_validator

from scheduler.outcome import Breach
from scheduler.roster.forms import (
    Clock,
    Duties,
    Finding,
    RuleInfo,
    RuleParams,
    Stint,
    Stints,
    hours_s,
    param,
    written,
)
from scheduler.roster.problem import Problem
from scheduler.roster.rules.day_count import date, midnight
from scheduler.roster.rules.day_walk import day_of
from scheduler.saying import say

RULE = RuleInfo(
    id="R09",
    name="sequence",
    title="Sequence of shifts",
    title_zh="班次衔接",
    statement="No morning follows a night, and no shift follows one that the table of follow-ups bars.",
    unit="pairs",
    default_mode="off",
    default_importance="very important",
    source="Shift rota practice; public shift scheduling benchmarks",
    by_day=True,
)

EARLIER = "a duty before this plan"


class Params(RuleParams):
    """The table, and what a night and a morning are."""

    barred: tuple[str, ...] = param(
        (), "Follow-ups that are barred on the same or the next day: 'L>E' bars E after L.", "contract practice"
    )
    night_to_morning: bool = param(True, "Whether mornings are barred after nights.", "shift rota practice")
    night_min: int = param(
        180, "Minutes shared with a night that make a duty a night.", "Directive 2003/88/EC Art. 2", ge=1
    )
    morning_until_h: float = param(
        12.0, "Duties that start before this hour are mornings.", "planner's choice", ge=0, le=24
    )

    @field_validator("barred", mode="before")
    @classmethod
    def _table(cls, value: Any) -> Any:
        return written(value, ">")

    @field_validator("barred")
    @classmethod
    def _readable(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for text in value:
            if len([part for part in text.split(">") if part.strip()]) != 2:
                fault = say("{text!r} is not two types of shift with '>' between, like 'L>E'", text=text)
                raise ValueError(fault)
        return value

    @cached_property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """The barred follow-ups."""
        parts = (text.split(">") for text in self.barred)
        return frozenset((first.strip(), then.strip()) for first, then in parts)


def _night(problem: Problem, params: Params, stint: Stint) -> bool:
    return any(
        min(stint.end_s, finish) - max(stint.start_s, begin) >= params.night_min * 60
        for begin, finish in problem.nights
    )


def follows(problem: Problem, params: Params, first: Stint, then: Stint) -> int:
    """Reasons why ``then`` may not follow."""
    day = day_of(problem, first.start_s)
    if day < 0 or not 0 <= day_of(problem, then.start_s) - day <= 1:
        return 0
    amount = int((first.shift, then.shift) in params.pairs)
    if params.night_to_morning and _night(problem, params, first):
        dawn_s = problem.days[max(0, day_of(problem, first.end_s))]
        amount += dawn_s <= then.start_s < dawn_s + hours_s(params.morning_until_h)
    return int(amount)


def follows_table(
    problem: Problem, params: Params, first: Stints, then: Stints
) -> NDArray[np.int64]:
    """``follows`` for all pairs, int64 ``[n_first, n_then]``."""
    day = [np.array([day_of(problem, s.start_s) for s in side.stints], dtype=np.int64) for side in (first, then)]
    gap = day[1][None, :] - day[0][:, None]
    names = sorted({s.shift for side in (first, then) for s in side.stints})
    position = {name: i for i, name in enumerate(names)}
    shift = [np.array([position[s.shift] for s in side.stints], dtype=np.int64) for side in (first, then)]
    pairs = params.pairs
    bars = np.array([[(a, b) in pairs for b in names] for a in names], dtype=np.int64)
    bars = bars.reshape(len(names), len(names))
    table: NDArray[np.int64] = bars[shift[0][:, None], shift[1][None, :]]
    night = np.array([_night(problem, params, s) for s in first.stints], dtype=bool)
    if params.night_to_morning and night.any():
        dawn_s = np.array([problem.days[max(0, day_of(problem, s.end_s))] for s in first.stints], dtype=np.int64)
        start_s = np.array([s.start_s for s in then.stints], dtype=np.int64)
        since_s = start_s[None, :] - dawn_s[:, None]
        table = table + (night[:, None] & (since_s >= 0) & (since_s < hours_s(params.morning_until_h)))
    near: NDArray[np.int64] = np.where((gap >= 0) & (gap <= 1) & (day[0] >= 0)[:, None], table, 0)
    return near


def check(
    problem: Problem, params: Params, people: tuple[int, ...], duties: Duties
) -> list[Finding]:
    """Every pair of duties in a barred order."""
    found = []
    for p in people:
        person = problem.people[p]
        mine = [(w.start_s, w.end_s, w.start_s, w.end_s, "", w.shift) for w in person.worked]
        for g in duties[p]:
            one = problem.groups[g]
            mine.append((one.report_s, one.release_s, one.start_s, one.end_s, one.id, one.shift))
        mine.sort(key=lambda span: span[:2])
        for i, (_, _, start_s, end_s, name, shift) in enumerate(mine):
            shared = [min(end_s, b) - max(start_s, a) for a, b in problem.nights]
            night = params.night_to_morning and max(shared, default=0) >= 60 * params.night_min
            today = date(problem, start_s)
            dawn_s = midnight(problem, max(0, date(problem, end_s)))
            for _, _, next_s, _, next_name, next_shift in mine[i + 1 :]:
                unknown = today == -1  # before the first day given
                if unknown or date(problem, next_s) - today not in (0, 1) or not (name or next_name):
                    continue
                table = (shift, next_shift) in params.pairs
                until_s = dawn_s + round(params.morning_until_h * 3600)
                morning = night and dawn_s <= next_s < until_s
                if table or morning:
                    data = {"table": table, "morning": morning, "shifts": [shift, next_shift]}
                    where = (name or EARLIER, next_name or EARLIER)
                    found.append(Finding(table + morning, (person.id,), where, start_s, next_s, data))
    return found


def explain(_problem: Problem, breach: Breach, clock: Clock) -> str:
    """Who has what after what."""
    one, two = breach.where
    why = say("a morning after a night") if breach.data["morning"] else say("an order that the table bars")
    return say(
        "{who} has {one} (from {start}) and then {two} (from {end}): {why}.",
        who=breach.who[0], one=one, start=clock(breach.start_s or 0), two=two, end=clock(breach.end_s or 0),
        why=why,
    )  # fmt: skip
