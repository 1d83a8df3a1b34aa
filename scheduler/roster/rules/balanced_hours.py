"""R24: hours, with those carried over from earlier events, are shared fairly.

Hours are counted in units of ``unit_min`` minutes, each duty rounded up. Each person has a fair target
(``fair_targets``): the demand is handed out like water, the seats that fewest can serve first, always to those who
have least by contract share and time present, the ledger counting as had already. Amount = units beyond
``target + band``, or below ``target - band``.
"""

from __future__ import annotations

from collections.abc import Iterator
from weakref import ref

import numpy as np

from scheduler.outcome import Breach
from scheduler.roster.forms import (
    Clock,
    Duties,
    Finding,
    Row,
    RuleInfo,
    RuleParams,
    Scope,
    Terms,
    param,
)
from scheduler.roster.problem import Problem
from scheduler.saying import mark, say

RULE = RuleInfo(
    id="R24",
    name="balanced_hours",
    title="Balanced hours",
    title_zh="均衡工时",
    statement="Hours stay within {band_h:g} h of the fair share.",
    unit="units of time off the fair share",
    default_mode="soft",
    default_importance="nice",
    source="Fair rostering practice; lowest accumulated first",
)

_FINE = 1000  # targets are computed in thousandths of a unit per percent, so that no float decides


class Params(RuleParams):
    """Width of the band and the unit of account."""

    band_h: float = param(4.0, "Hours around the fair share that cost nothing.", "planner's choice", ge=0)
    unit_min: int = param(60, "Minutes in one unit of amount.", "keeps prices small", ge=1, le=1440)


def _weight(problem: Problem, p: int) -> int:
    """Contract percent, scaled by the part of the horizon not absent; at least 1."""
    away_s = 0
    until_s = 0
    for absence in sorted(problem.people[p].absences, key=lambda a: a.start_s):
        begin = max(0, until_s, absence.start_s)
        finish = min(problem.horizon_s, absence.end_s)
        away_s += max(0, finish - begin)
        until_s = max(until_s, finish)
    share = problem.people[p].share_pct
    return max(1, share * (problem.horizon_s - away_s) // max(1, problem.horizon_s))


def _pour(level: list[int], weight: list[int], who: list[int], amount: int) -> None:
    """Raise the lowest levels of ``who`` together until ``amount`` is given out (levels are per weight)."""
    order = sorted(who, key=lambda p: (level[p], p))
    total = 0
    for i, p in enumerate(order):
        total += weight[p]
        top = level[order[i + 1]] if i + 1 < len(order) else None
        if top is not None and (top - level[p]) * total <= amount:
            amount -= (top - level[p]) * total
            for q in order[: i + 1]:
                level[q] = top
            continue
        rise = amount // total
        for q in order[: i + 1]:
            level[q] = level[p] + rise
        return


def fair_targets(problem: Problem, params: Params) -> tuple[int, ...]:
    """Units of time each person should serve in this event, ledger not included.

    Part of the rule's definition, hence read by both its form and its check. The last answer is kept: plan after plan
    of one Problem is checked while duties are changed by hand.
    """
    for known, its, targets in _LAST:
        if known() is problem and its == params:
            return targets
    targets = _targets(problem, params)
    _LAST[:] = [(ref(problem), params, targets)]
    return targets


_LAST: list[tuple[ref[Problem], Params, tuple[int, ...]]] = []


def _targets(problem: Problem, params: Params) -> tuple[int, ...]:
    unit_s = params.unit_min * 60
    weight = [_weight(problem, p) for p in range(len(problem.people))]
    had = [-(-person.ledger_s * _FINE // unit_s) // w for person, w in zip(problem.people, weight, strict=True)]
    level = list(had)
    demand: dict[tuple[int, ...], int] = {}
    eligible: dict[tuple[frozenset[int], int, int | None], tuple[int, ...]] = {}
    for group in problem.groups:
        asks = (group.categories, group.rank_min, group.unit)
        if asks not in eligible:
            eligible[asks] = tuple(
                p
                for p, person in enumerate(problem.people)
                if (not asks[0] or person.category in asks[0])
                and person.rank >= asks[1]
                and (asks[2] is None or person.unit == asks[2])
            )
        units = -(-group.paid_s // unit_s) * max(group.need, group.want)
        demand[eligible[asks]] = demand.get(eligible[asks], 0) + units * _FINE
    for who in sorted(demand, key=lambda crowd: (sum(weight[p] for p in crowd), crowd)):
        if who:
            _pour(level, weight, list(who), demand[who])
    return tuple(
        (now - before) * w // _FINE for now, before, w in zip(level, had, weight, strict=True)
    )


def rows(problem: Problem, params: Params, scope: Scope) -> Iterator[Row]:
    """One row for each person."""
    unit_s = params.unit_min * 60
    band = round(params.band_h * 3600) // unit_s
    units = np.array([-(-group.paid_s // unit_s) for group in problem.groups], dtype=np.int64)
    targets = fair_targets(problem, params)
    for p in scope.people:
        groups = np.flatnonzero((units != 0) & scope.allowed[p])
        terms = Terms(p, groups, units[groups])
        low = max(0, targets[p] - band)
        yield Row((problem.people[p].id,), terms, low=low, high=targets[p] + band)


def check(
    problem: Problem, params: Params, people: tuple[int, ...], duties: Duties
) -> list[Finding]:
    """Everyone whose hours lie outside the band."""
    unit_s = params.unit_min * 60
    band = int(round(params.band_h * 3600) / unit_s)
    targets = fair_targets(problem, params)
    found = []
    for p in people:
        served = 0
        for g in duties[p]:
            whole, rest = divmod(problem.groups[g].paid_s, unit_s)
            served += whole + (rest > 0)
        off = max(served - targets[p] - band, targets[p] - band - served, 0)
        if off:
            data = {"served": served, "target": targets[p], "unit_min": params.unit_min, "band": band}
            found.append(Finding(off, (problem.people[p].id,), (), data=data))
    return found


def explain(_problem: Problem, breach: Breach, clock: Clock) -> str:
    """Who has too many or too few hours."""
    del clock
    unit_h = int(str(breach.data["unit_min"])) / 60
    served_h = int(str(breach.data["served"])) * unit_h
    target_h = int(str(breach.data["target"])) * unit_h
    band_h = int(str(breach.data["band"])) * unit_h
    more = mark(
        "{who} serves {served:.1f} h in all, more than the fair share of {target:.1f} h give or take {band:g} h."
    )
    fewer = mark(
        "{who} serves {served:.1f} h in all, fewer than the fair share of {target:.1f} h give or take {band:g} h."
    )
    form = more if served_h > target_h else fewer
    return say(form, who=breach.who[0], served=served_h, target=target_h, band=band_h)
