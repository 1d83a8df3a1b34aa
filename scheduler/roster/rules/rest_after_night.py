"""R13: after a night on duty or 24 hours, the rest of that day is free.

For duties a before b (by report) that do not lie within one tour of ``same_tour_h`` hours: where a shares ``night_min``
minutes on post with a night, or binds for ``long_h`` hours or more, amount = minutes by which b reports before the end
of the local day in which a releases, rounded up.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

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
)
from scheduler.roster.problem import Problem
from scheduler.roster.rules import day_count as seen
from scheduler.roster.rules.day_walk import day_of
from scheduler.saying import say

RULE = RuleInfo(
    id="R13",
    name="rest_after_night",
    title="Rest after a night",
    title_zh="次日补休",
    statement="After {night_min} min of a night, or {long_h:g} h of duty, the rest of that day is free.",
    unit="minutes",
    default_mode="hard",
    default_importance="very important",
    source="Duty regulations (rest after an all-night duty); check locally",
    by_day=True,
)

EARLIER = "a duty before this plan"


class Params(RuleParams):
    """What counts as a night through, and what is still the same tour."""

    night_min: int = param(360, "Minutes shared with a night that make it a night through.", "check locally", ge=1)
    long_h: float = param(24.0, "Hours of duty that count alike, at any time.", "check locally", gt=0, le=72)
    same_tour_h: float = param(
        12.0, "Duties within this many hours from the first report are one tour.", "check locally", ge=0, le=48
    )


def _through(problem: Problem, params: Params, stint: Stint) -> bool:
    if stint.release_s - stint.report_s >= hours_s(params.long_h):
        return True
    return any(
        min(stint.end_s, finish) - max(stint.start_s, begin) >= 60 * params.night_min
        for begin, finish in problem.nights
    )


def follows(problem: Problem, params: Params, first: Stint, then: Stint) -> int:
    """Minutes of the free rest of the day that are taken."""
    after = min(day_of(problem, first.release_s) + 1, len(problem.days) - 1)
    missing_s = problem.days[after] - then.report_s
    if missing_s <= 0 or then.release_s - first.report_s <= hours_s(params.same_tour_h):
        return 0
    return -(-missing_s // 60) if _through(problem, params, first) else 0


def follows_table(
    problem: Problem, params: Params, first: Stints, then: Stints
) -> NDArray[np.int64]:
    """``follows`` for all pairs, int64 ``[n_first, n_then]``."""
    days = np.array(problem.days, dtype=np.int64)
    after = np.searchsorted(days, first.release_s, side="right").clip(max=len(days) - 1)
    missing_s = days[after][:, None] - then.report_s[None, :]
    apart = then.release_s[None, :] - first.report_s[:, None] > hours_s(params.same_tour_h)
    nights = np.array(problem.nights, dtype=np.int64).reshape(-1, 2)
    start, end, report, release = (
        np.array([getattr(stint, name) for stint in first.stints], dtype=np.int64)
        for name in ("start_s", "end_s", "report_s", "release_s")
    )
    shared = np.minimum(end[:, None], nights[:, 1]) - np.maximum(start[:, None], nights[:, 0])
    through = (shared >= 60 * params.night_min).any(axis=1) | (release - report >= hours_s(params.long_h))
    table: NDArray[np.int64] = np.where((missing_s > 0) & apart & through[:, None], -(-missing_s // 60), 0)
    return table


def check(
    problem: Problem, params: Params, people: tuple[int, ...], duties: Duties
) -> list[Finding]:
    """Every duty on the day after a night through."""
    found = []
    for p in people:
        person = problem.people[p]
        spans = [(w.start_s, w.end_s, w.start_s, w.end_s, "") for w in person.worked]
        for g in duties[p]:
            one = problem.groups[g]
            spans.append((one.report_s, one.release_s, one.start_s, one.end_s, one.id))
        spans.sort(key=lambda span: span[:2])
        for i, (report_s, release_s, start_s, end_s, name) in enumerate(spans):
            shared_s = max([min(end_s, b) - max(start_s, a) for a, b in problem.nights], default=0)
            long = (release_s - report_s) / 3600 >= params.long_h
            if shared_s < params.night_min * 60 and not long:
                continue
            free_until_s = seen.midnight(problem, seen.date(problem, release_s) + 1)
            for next_report_s, next_release_s, _, _, next_name in spans[i + 1 :]:
                one_tour = next_release_s - report_s <= round(params.same_tour_h * 3600)
                if next_report_s < free_until_s and not one_tour and (name or next_name):
                    where = (name or EARLIER, next_name or EARLIER)
                    amount = math.ceil((free_until_s - next_report_s) / 60)
                    data = {"free_until_s": free_until_s}
                    found.append(Finding(amount, (person.id,), where, release_s, next_report_s, data))
    return found


def explain(_problem: Problem, breach: Breach, clock: Clock) -> str:
    """Who is called again on the day after a night."""
    until_s = int(str(breach.data["free_until_s"]))
    return say(
        "{who} comes off {place} at {start} after a night and is due at {other} at {end}; the day is "
        "free until {until}.",
        who=breach.who[0], place=breach.where[0], start=clock(breach.start_s or 0), other=breach.where[1],
        end=clock(breach.end_s or 0), until=clock(until_s),
    )  # fmt: skip
