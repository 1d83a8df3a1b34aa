"""How large a force an event takes: hours by formula D11, and heads of a plain hand-out of duties."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from scenarios import demand
from scenarios.demand.bodies import is_police
from scenarios.demand.need import Need, Seats
from scenarios.generate import programme
from scenarios.generate.sizes import Size
from scenarios.schema import Scenario
from scenarios.spans import intervals, shift_intervals

HOUR_S = 3600
#: Within this many hours nobody works more than one tour: 8 h on post, muster and debrief, and 11 h of rest.
_WINDOW_H, _TOUR_H = 20, 8.0
_REST_S, _LONGEST_S, _BETWEEN_S = 11 * HOUR_S, 12 * HOUR_S, 1800
#: Of people on the list so many are there and free, in percent: leave, restrictions and proofs take the rest.
_THERE_PCT = 93
#: Hours that a week allows by law (48), less those worked just before the event.
_WEEK_H, _WEEK_S = 44, 7 * 24 * HOUR_S
#: How many of the posts and crews on offer a plan takes, in percent.
_TAKEN_PCT = 80
#: Only so many of those who were released last are asked for a second duty in one tour.
_ASKED = 40


@dataclass(frozen=True)
class Load:
    """What an event asks of its force.

    Attributes
    ----------
    stewards
        Share of stewards in the force that loads both bodies alike.
    lift
        Hours that can be given over hours needed, in the tightest stretch (D11).
    spare
        Heads over those that a plain hand-out of the same duties takes.
    """

    stewards: float
    lift: float
    spare: float


def load_of(size: Size, scenario: Scenario) -> Load:
    """The load of an event with posts and crews as they will be, more or less."""
    needs = list(demand.demand_needs(scenario))
    needs += _engines(size, scenario)
    needs += demand.supervisor_needs(scenario, needs)
    needs += demand.reserve_needs(scenario, needs)
    seats: dict[bool, list[Seats]] = {True: [], False: []}
    for piece in demand.cut(needs, scenario):
        seats[is_police(scenario, piece.need)].append(piece)
    heads = {body: handed_out(scenario, rows) for body, rows in seats.items()}
    there = size.n_people * _THERE_PCT / 100
    total = heads[True] + heads[False]
    hours = sum(_by_hours(scenario, rows) for rows in seats.values())
    return Load(heads[False] / total, there / hours, there / total)


def _by_hours(scenario: Scenario, seats: Iterable[Seats]) -> float:
    """Heads whose one tour in any stretch with one rest gives the hours of that stretch."""
    hours = -(-scenario.horizon_s // HOUR_S)
    row = np.zeros(hours)
    for piece in seats:
        for hour in range(piece.start_s // HOUR_S, min(hours, -(-piece.end_s // HOUR_S))):
            inside = min(piece.end_s, (hour + 1) * HOUR_S) - max(piece.start_s, hour * HOUR_S)
            row[hour] += piece.need.number * inside / HOUR_S
    sums = np.concatenate([[0.0], np.cumsum(row)])
    window = min(hours, _WINDOW_H)
    return float(max(sums[k + window] - sums[k] for k in range(hours - window + 1)) / _TOUR_H)


def handed_out(scenario: Scenario, seats: Iterable[Seats]) -> int:
    """Heads that get along when duties go, in order of report, to whoever may take one and was released last but least.

    First to somebody whose tour of at most 12 h still has room, then to somebody with 11 h of rest and hours left in
    the week, else to somebody new. Proofs, ranks and places are not looked at.
    """
    cap_s = _WEEK_H * HOUR_S * max(1.0, scenario.horizon_s / _WEEK_S)
    paid: list[float] = []
    begun: list[int] = []
    resting: list[tuple[int, int]] = []  # heap of (released, person)
    recent: deque[tuple[int, int]] = deque()
    for piece in sorted(seats, key=lambda s: (s.report_s, s.release_s, s.id)):
        while recent and piece.report_s - recent[0][0] > _LONGEST_S:
            heapq.heappush(resting, recent.popleft())
        for _ in range(piece.need.number):
            who = _in_tour(recent, begun, piece, paid, cap_s)
            if who is None:
                who = _rested(resting, paid, piece, cap_s)
                if who is None:
                    who = len(paid)
                    paid.append(0.0)
                    begun.append(0)
                begun[who] = piece.report_s
            paid[who] += piece.paid_s
            recent.append((piece.release_s, who))
    return len(paid)


def _in_tour(
    recent: deque[tuple[int, int]], begun: list[int], piece: Seats, paid: list[float], cap_s: float
) -> int | None:
    for k in range(min(_ASKED, len(recent))):
        released, who = recent[k]
        fits = released <= piece.report_s - _BETWEEN_S and piece.release_s - begun[who] <= _LONGEST_S
        if fits and paid[who] + piece.paid_s <= cap_s:
            del recent[k]
            return who
    return None


def _rested(resting: list[tuple[int, int]], paid: list[float], piece: Seats, cap_s: float) -> int | None:
    while resting and resting[0][0] + _REST_S <= piece.report_s:
        _, who = heapq.heappop(resting)
        if paid[who] + piece.paid_s <= cap_s:
            return who
    return None


def _engines(size: Size, scenario: Scenario) -> list[Need]:
    """What siting and patrols will take, more or less: their choice is not made yet."""
    unit = scenario.units[0].id
    lead = scenario.sites[0].lead
    posts = -(-programme.most_posts(size) * _TAKEN_PCT // 100)
    stands = [
        (f"P{k}", scenario.sites[0].id, scenario.siting.kind, posts, a, b, unit, lead)
        for k, (a, b) in enumerate(intervals(scenario, "event"))
    ]
    shifts = {s.id: s for s in scenario.shifts}
    tours = [
        (f"{offer.unit}{k}.{day}{shift}", "", offer.unit, offer.kind, a, b, offer.unit, lead)
        for k in range(max(offer.number for offer in scenario.patrols.offers))
        for offer in scenario.patrols.offers
        if k < offer.number
        for shift in offer.shifts
        for day, a, b in shift_intervals(scenario, shifts[shift])
    ]
    tours = tours[: -(-len(tours) * _TAKEN_PCT // 100)]
    return [*demand.post_needs(scenario, stands), *demand.crew_needs(scenario, tours)]
