"""R03: enough rest between two tours.

For every pair a, b of one person's duties, a reporting first (not only neighbours, so that no chain of short gaps
cheats): fine when ``b.release - a.report <= same_tour`` (one tour, split), else the gap ``b.report - a.release``
must reach ``rest``. Amount = missing minutes, rounded up. Duties worked before the horizon count.
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
from scheduler.saying import say

RULE = RuleInfo(
    id="R03",
    name="minimum_rest",
    title="Minimum rest",
    title_zh="班间休息",
    statement="Between two tours lie at least {rest_h:g} h of rest; duties within {same_tour_h:g} h are one tour.",
    unit="minutes",
    default_mode="hard",
    default_importance="very important",
    source="Directive 2003/88/EC Art. 3 (11 h daily rest); check locally",
)


EARLIER = "a duty before this plan"


class Params(RuleParams):
    """Length of the rest, and what still counts as one tour."""

    rest_h: float = param(
        11.0, "Hours of rest between two tours.", "Directive 2003/88/EC Art. 3", ge=0, le=72
    )
    same_tour_h: float = param(
        12.0,
        "Duties that all lie within this many hours from the first report are one tour, split or not.",
        "longest usual tour; check locally",
        ge=0,
        le=48,
    )


def reach_s(params: Params) -> int:
    """Seconds from one release to the next report beyond which the rule says nothing."""
    return hours_s(params.rest_h)


def follows(_problem: Problem, params: Params, first: Stint, then: Stint) -> int:
    """Minutes of rest missing."""
    if then.release_s - first.report_s <= hours_s(params.same_tour_h):
        return 0
    return max(0, -((then.report_s - first.release_s - hours_s(params.rest_h)) // 60))


def follows_table(
    _problem: Problem, params: Params, first: Stints, then: Stints
) -> NDArray[np.int64]:
    """``follows`` for all pairs, int64 ``[n_first, n_then]``."""
    span_s = then.release_s[None, :] - first.report_s[:, None]
    gap_s = then.report_s[None, :] - first.release_s[:, None]
    missing = np.maximum(0, -((gap_s - hours_s(params.rest_h)) // 60))
    table: NDArray[np.int64] = np.where(span_s <= hours_s(params.same_tour_h), 0, missing)
    return table


def check(
    problem: Problem, params: Params, people: tuple[int, ...], duties: Duties
) -> list[Finding]:
    """Every pair of duties with too short a rest between."""
    rest_s, tour_s = hours_s(params.rest_h), hours_s(params.same_tour_h)
    found = []
    for p in people:
        person = problem.people[p]
        spans = [(w.start_s, w.end_s, "") for w in person.worked]
        for g in duties[p]:
            group = problem.groups[g]
            spans.append((group.report_s, group.release_s, group.id))
        spans.sort(key=lambda span: span[:2])
        for i, (report_s, release_s, name) in enumerate(spans):
            for next_report_s, next_release_s, next_name in spans[i + 1 :]:
                if not name and not next_name:
                    continue
                if next_release_s - report_s <= tour_s:
                    continue
                rest_found_s = next_report_s - release_s
                if rest_found_s < rest_s:
                    found.append(
                        Finding(
                            math.ceil((rest_s - rest_found_s) / 60),
                            (person.id,),
                            (name or EARLIER, next_name or EARLIER),
                            release_s,
                            next_report_s,
                            {"found_s": rest_found_s, "wanted_s": rest_s},
                        )
                    )
    return found


def explain(_problem: Problem, breach: Breach, clock: Clock) -> str:
    """Who rests too little, between which duties."""
    found_h = int(str(breach.data["found_s"])) / 3600
    wanted_h = int(str(breach.data["wanted_s"])) / 3600
    rest = say("only {hours:.1f} h of rest", hours=found_h) if found_h > 0 else say("no rest")
    return say(
        "{who} has {rest} between {place} (until {start}) and {other} (from {end}); {wanted_h:g} h are "
        "wanted ({n} min missing).",
        who=breach.who[0], rest=rest, place=breach.where[0], start=clock(breach.start_s or 0),
        other=breach.where[1], end=clock(breach.end_s or 0), wanted_h=wanted_h, n=breach.amount,
    )  # fmt: skip
