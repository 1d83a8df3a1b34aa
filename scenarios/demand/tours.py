"""Long needs -> tours that people can work: even pieces on quarter hours, relieved in place (R04, R11, R33, R36).

Cuts lean towards the hand-over times of the watch and away from the time when the crowd leaves (B44): everyone
changing over while the square empties is how seats stand empty when they are needed most.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import replace

from scenarios.demand.headcount import STEP_S
from scenarios.demand.need import Need, Seats
from scenarios.demand.shifts import watch_spans
from scenarios.schema import Scenario
from scenarios.spans import night_spans

#: How far a cut may lie from the even one, in quarter hours.
_REACH = 8
#: What a cut gains at a hand-over time, and loses in the crowd's way, in squared quarter hours from even.
_HANDOVER, _CROWD = 20, 200
_CROWD_BEFORE_S, _CROWD_AFTER_S = 1800, 900
#: A duty is a night duty from this much of it at night (working-time law of the EU counts from three hours).
NIGHT_S = 3 * 3600
#: Minutes of meal break by length of tour: below (hours) -> minutes; Nottinghamshire police table (R11).
MEAL_MIN = ((6, 30), (7, 35), (8, 40), (9, 45), (10, 50))
_LONGEST_MEAL_MIN = 60


def meal_min(tour_min: int) -> int:
    """Minutes of meal break in a tour."""
    return next((m for hours, m in MEAL_MIN if tour_min < hours * 60), _LONGEST_MEAL_MIN)


def n_tours(scenario: Scenario, need: Need) -> int:
    """How many tours a need is cut into."""
    if need.uncut:
        return 1
    longest = round(scenario.demand.tour_h * 3600)
    return -(-(need.end_s - need.start_s) // longest)


def cut(needs: Iterable[Need], scenario: Scenario) -> tuple[Seats, ...]:
    """Cut needs into tours.

    Returns
    -------
    tuple of Seats
        Ids are ``NEED#k``, k from 1 in order of time. ``report_s`` and ``release_s`` add muster and debrief; both
        count as hours (R31). Tags gain ``"night"`` and ``"armed"``.
    """
    handovers = frozenset(t for w in watch_spans(scenario) for t in (w.start_s, w.end_s))
    crowds = _crowds(scenario)
    nights = night_spans(scenario)
    found: list[Seats] = []
    for need in needs:
        edges = [need.start_s, *_cuts(scenario, need, handovers, crowds.get(need.place, ())), need.end_s]
        for k, (a, b) in enumerate(itertools.pairwise(edges), start=1):
            found.append(_seats(scenario, need, k, a, b, nights))
    return tuple(found)


def _seats(
    scenario: Scenario, need: Need, k: int, start_s: int, end_s: int, nights: tuple[tuple[int, int], ...]
) -> Seats:
    before = scenario.demand.report_min if need.report_min is None else need.report_min
    after = scenario.demand.release_min if need.release_min is None else need.release_min
    if k > 1:  # whoever relieves is there early enough to take over (R33)
        before = max(before, scenario.demand.handover_min - after)
    report_s, release_s = start_s - before * 60, end_s + after * 60
    tags = list(need.tags)
    at_night = sum(max(0, min(b, release_s) - max(a, report_s)) for a, b in nights)
    if at_night >= NIGHT_S:
        tags.append("night")
    if "armed" in need.qualifications:
        tags.append("armed")
    if tuple(tags) != need.tags:
        need = _tagged(need, tuple(dict.fromkeys(tags)))
    return Seats(f"{need.id}#{k}", need, start_s, end_s, report_s, release_s, release_s - report_s)


def _tagged(need: Need, tags: tuple[str, ...]) -> Need:
    return replace(need, tags=tags)


def _crowds(scenario: Scenario) -> dict[str, tuple[tuple[int, int], ...]]:
    """When crowds leave, by site."""
    found: dict[str, list[tuple[int, int]]] = {}
    for session in scenario.sessions:
        end_s = scenario.seconds(session.end)
        span = (end_s - _CROWD_BEFORE_S, end_s + session.egress_min * 60 + _CROWD_AFTER_S)
        found.setdefault(session.site, []).append(span)
    return {site: tuple(spans) for site, spans in found.items()}


def _cuts(
    scenario: Scenario, need: Need, handovers: frozenset[int], crowds: tuple[tuple[int, int], ...]
) -> list[int]:
    """Cut times: least distance from even pieces, none longer than a tour, by dynamic programming over pieces."""
    n = n_tours(scenario, need)
    if n <= 1:
        return []
    longest = round(scenario.demand.tour_h * 3600)
    start, end = need.start_s, need.end_s
    # best[t] = (cost, cuts so far) with the last cut at t
    best: dict[int, tuple[int, list[int]]] = {start: (0, [])}
    for k in range(1, n):
        even = start + (end - start) * k // n
        middle = even // STEP_S * STEP_S
        options = {middle + d * STEP_S for d in range(-_REACH, _REACH + 1)} | {even}
        following: dict[int, tuple[int, list[int]]] = {}
        for t in sorted(options):
            if not start < t < end:
                continue
            off = abs(t - even) // STEP_S
            price = off * off - (_HANDOVER if t in handovers else 0)
            price += _CROWD if any(a <= t < b for a, b in crowds) else 0
            price += 0 if t % STEP_S == 0 else 1
            for last, (cost, cuts) in best.items():
                if 0 < t - last <= longest:
                    total = cost + price
                    if t not in following or total < following[t][0]:
                        following[t] = (total, [*cuts, t])
        best = following
    fitting = {t: v for t, v in best.items() if end - t <= longest}
    # Even pieces always fit, so there is an answer unless rounding to quarter hours took it away.
    if not fitting:
        return [start + (end - start) * k // n for k in range(1, n)]
    return min(fitting.values(), key=lambda v: (v[0], v[1]))[1]
