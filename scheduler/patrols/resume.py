"""A tour that goes on from its next stop after an interruption (Q17): what slack is there for. No solver."""

from __future__ import annotations

from dataclasses import replace

from scheduler.patrols.plan import PatrolPlan, Rest, Stop, Tour
from scheduler.patrols.problem import Crew, Place, Problem, Service


def resume(
    problem: Problem, plan: PatrolPlan, crew: str, called_s: int, free_s: int, at: int
) -> PatrolPlan:
    """The plan with one crew called away for ``[called_s, free_s)``; the audit says what that costs.

    A visit that the call breaks off is made anew; what follows keeps its planned time where it can and is pushed on
    where it cannot. Breaks not yet taken are pushed likewise; a break that the call breaks off counts as taken to then.

    Parameters
    ----------
    problem, plan
        A plan without hard breaches.
    crew
        Id of a crew with a tour.
    called_s, free_s
        When the call begins and ends, seconds of the horizon.
    at
        Location at which the crew is free again.

    Returns
    -------
    PatrolPlan
        All other tours as they are.
    """
    crews = {c.id: c for c in problem.crews}
    places = {p.id: p for p in problem.places}
    return PatrolPlan(
        tuple(
            _resumed(problem, crews[t.crew], places, t, called_s, free_s, at)
            if t.crew == crew
            else t
            for t in plan.tours
        )
    )


def _resumed(
    problem: Problem,
    crew: Crew,
    places: dict[str, Place],
    tour: Tour,
    called_s: int,
    free_s: int,
    at: int,
) -> Tour:
    stops = [s for s in tour.stops if s.leave_s <= called_s]
    rests = [replace(r, end_s=min(r.end_s, called_s)) for r in tour.rests if r.start_s < called_s]
    ahead: list[Stop | Rest] = [s for s in tour.stops if s.leave_s > called_s]
    ahead += [r for r in tour.rests if r.start_s >= called_s]
    seconds = problem.modes[crew.mode].seconds
    now = free_s
    for step in sorted(ahead, key=lambda x: x.start_s if isinstance(x, Rest) else x.arrive_s):
        if isinstance(step, Rest):
            begin = max(now, step.start_s)
            rests.append(Rest(len(stops) - 1, begin, begin + step.end_s - step.start_s))
            now = begin + step.end_s - step.start_s
            continue
        service = _service(places, step, crew)
        if service is None:
            continue
        enter, leave = (service.b, service.a) if step.reverse else (service.a, service.b)
        begin = max(now + int(seconds[at, enter]), step.arrive_s)
        now = begin + step.leave_s - step.arrive_s
        stops.append(replace(step, arrive_s=begin, leave_s=now))
        at = leave
    back = max(tour.return_s, now + int(seconds[at, crew.arrive]))
    return replace(tour, stops=tuple(stops), rests=tuple(rests), return_s=back)


def _service(places: dict[str, Place], stop: Stop, crew: Crew) -> Service | None:
    place = places.get(stop.place)
    return None if place is None else place.services[crew.mode]
