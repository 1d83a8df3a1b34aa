"""When a crew may arrive at each of its stops without breaking anything: the arrival windows of a route card."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from scheduler.patrols.plan import PatrolPlan, Rest, Stop, Tour
from scheduler.patrols.problem import Crew, Place, Problem

MARGIN_S = 5 * 60
"""Half-width of the arrival window on a card where nothing is nearer (practice, editable later)."""

Seen = dict[str, list[tuple[int, int]]]


@dataclass(slots=True)
class _Step:
    """A stop or a break of a tour: its planned begin, its length, the way to it, and its own earliest and latest."""

    at: int
    long: int
    way: int
    low: int
    high: int
    stop: int


def arrival_windows(plan: PatrolPlan, problem: Problem) -> dict[tuple[str, int], tuple[int, int]]:
    """Earliest and latest arrival at each stop, the other crews as planned.

    A crew that arrives early or late does so at all that follows, no further than the ways, its breaks, its shift and
    the windows and longest gaps of its stops allow; nor by more than a margin, since a card with an hour of freedom
    would tell nobody when to come.

    Returns
    -------
    dict
        ``(crew, number of the stop) -> (earliest, latest)``, the planned arrival among them. Stops that no crew of this
        mode can make are left out.
    """
    crews = {crew.id: crew for crew in problem.crews}
    places = {place.id: place for place in problem.places}
    seen: Seen = defaultdict(list)
    for tour in plan.tours:
        for stop in tour.stops:
            seen[stop.place].append((stop.arrive_s, stop.leave_s))
    found: dict[tuple[str, int], tuple[int, int]] = {}
    for tour in plan.tours:
        crew = crews.get(tour.crew)
        if crew is not None:
            found |= _of_tour(problem, crew, tour, places, seen)
    return found


def _of_tour(
    problem: Problem, crew: Crew, tour: Tour, places: dict[str, Place], seen: Seen
) -> dict[tuple[str, int], tuple[int, int]]:
    steps, home = _steps(problem, crew, tour, places, seen)
    free = crew.start_s
    for step in steps:  # forward: no earlier than what comes before lets it
        step.low = min(step.at, max(step.low, free + step.way))
        free = step.low + step.long
    until = crew.end_s - home
    for step in reversed(steps):  # backward: no later than what comes after bears
        step.high = max(step.at, min(step.high, until - step.long))
        until = step.high - step.way
    return {
        (crew.id, step.stop): (max(step.low, step.at - MARGIN_S), min(step.high, step.at + MARGIN_S))
        for step in steps
        if step.stop >= 0
    }


def _steps(
    problem: Problem, crew: Crew, tour: Tour, places: dict[str, Place], seen: Seen
) -> tuple[list[_Step], int]:
    """Stops and breaks in order of time, and the seconds home from the last stop."""
    seconds = problem.modes[crew.mode].seconds
    rests = sorted(tour.rests, key=lambda r: r.start_s)
    steps: list[_Step] = []
    at = crew.depart
    for k, stop in enumerate(tour.stops):
        place = places.get(stop.place)
        service = place.services[crew.mode] if place is not None else None
        if place is None or service is None:
            continue
        while rests and rests[0].start_s < stop.arrive_s:
            steps.append(_rest(rests.pop(0)))
        enter, leave = (service.b, service.a) if stop.reverse else (service.a, service.b)
        low, high = _own(place, stop, seen)
        long = stop.leave_s - stop.arrive_s
        steps.append(_Step(stop.arrive_s, long, int(seconds[at, enter]), low, high, k))
        at = leave
    steps += [_rest(rest) for rest in rests]
    return steps, int(seconds[at, crew.arrive])


def _rest(rest: Rest) -> _Step:
    """A break stays where the plan has it: others may count on when it ends."""
    return _Step(rest.start_s, rest.end_s - rest.start_s, 0, rest.start_s, rest.start_s, -1)


def _own(place: Place, stop: Stop, seen: Seen) -> tuple[int, int]:
    """Earliest and latest arrival for the promises and windows of the place, its other visits as planned."""
    early, late = stop.arrive_s - MARGIN_S, stop.arrive_s + MARGIN_S
    stay = stop.leave_s - stop.arrive_s
    for promise in place.promises:
        if promise.start_s <= stop.arrive_s < promise.end_s:
            before = max((b for _, b in seen[stop.place] if b <= stop.arrive_s), default=promise.start_s)
            late = min(late, max(before, promise.start_s) + promise.gap_s)
            after = min((a for a, _ in seen[stop.place] if a > stop.arrive_s), default=promise.end_s)
            early = max(early, min(after, promise.end_s) - promise.gap_s - stay)
    for window in place.windows:
        if window.start_s <= stop.arrive_s < window.end_s:
            early, late = max(early, window.start_s), min(late, window.end_s - 1)
    return early, late
