"""Where each crew is at a moment of a plan, as plain data for maps and cards."""

from __future__ import annotations

from dataclasses import dataclass

from scheduler.patrols.plan import PatrolPlan, Tour
from scheduler.patrols.problem import Crew, Place, Problem


@dataclass(frozen=True, slots=True)
class Position:
    """A crew at a moment.

    Attributes
    ----------
    crew
        Crew id.
    state
        ``visit``, ``drive``, ``wait`` (at ``from_location``, until the way must begin), ``rest`` or ``depot``.
    from_location, to_location, fraction
        The crew has come this part of the way (0 to 1); on a section ``from`` is where it entered.
    place
        Place id while visiting; the next place while on the way or waiting; empty on the way home.
    """

    crew: str
    state: str
    from_location: int
    to_location: int
    fraction: float
    place: str


def positions(plan: PatrolPlan, problem: Problem, at_s: int) -> tuple[Position, ...]:
    """Position of every crew that is out at ``at_s``, in order of crew ids.

    Parameters
    ----------
    plan, problem
        A plan without hard breaches; a crew drives as late as it can and waits before.
    at_s
        Seconds since the horizon's start.

    Returns
    -------
    tuple of Position
        Crews before ``depart_s`` or from ``return_s`` on are left out.
    """
    crews = {c.id: c for c in problem.crews}
    places = {p.id: p for p in problem.places}
    return tuple(
        _position(problem, crews[t.crew], places, t, at_s)
        for t in sorted(plan.tours, key=lambda t: t.crew)
        if t.depart_s <= at_s < t.return_s
    )


def _position(
    problem: Problem, crew: Crew, places: dict[str, Place], tour: Tour, at_s: int
) -> Position:
    for rest in tour.rests:
        if rest.start_s <= at_s < rest.end_s:
            spot = _location_after(crew, places, tour, rest.after)
            return Position(crew.id, "rest", spot, spot, 0.0, "")
    at = crew.depart
    for number, stop in enumerate(tour.stops):
        service = places[stop.place].services[crew.mode]
        if service is None:
            continue
        entry, leave = (service.b, service.a) if stop.reverse else (service.a, service.b)
        if at_s < stop.arrive_s:
            return _on_way(problem, crew, at, entry, stop.arrive_s, at_s, stop.place, number == 0)
        if at_s < stop.leave_s:
            part = (at_s - stop.arrive_s) / (stop.leave_s - stop.arrive_s)
            return Position(crew.id, "visit", entry, leave, part, stop.place)
        at = leave
    return _on_way(problem, crew, at, crew.arrive, tour.return_s, at_s, "", False)


def _location_after(crew: Crew, places: dict[str, Place], tour: Tour, after: int) -> int:
    for stop in reversed(tour.stops[: after + 1]):
        service = places[stop.place].services[crew.mode]
        if service is not None:
            return service.a if stop.reverse else service.b
    return crew.depart


def _on_way(
    problem: Problem, crew: Crew, a: int, b: int, arrive_s: int, at_s: int, place: str, first: bool
) -> Position:
    """Drive as late as possible: before that the crew waits where it is."""
    took = int(problem.modes[crew.mode].seconds[a, b])
    begin = arrive_s - took
    if at_s < begin or took == 0:
        return Position(crew.id, "depot" if first else "wait", a, a, 0.0, place)
    return Position(crew.id, "drive", a, b, (at_s - begin) / took, place)
