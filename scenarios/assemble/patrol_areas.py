"""Beats: the town shared out into contiguous areas with like patrol work, and which crews keep to which (Q12)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geodata.areas import PatrolAreas, patrol_areas, site_work
from geodata.network import Snapped
from geodata.router import Router
from scenarios.assemble.places import Ways
from scenarios.schema import Scenario
from scheduler.patrols.bounds import least_leg_s
from scheduler.patrols.problem import Place, Problem

MORE_AREAS = 10
"""So many more areas are tried where those asked for are too large."""


@dataclass(frozen=True, eq=False)
class Beat:
    """One area: its places, the seconds of dwelling and of ways in that they ask for over the horizon.

    ``worst_s`` is the longest drive from its middle to one of its places.
    """

    name: str
    places: tuple[str, ...]
    work_s: int
    worst_s: int


def work_s(problem: Problem, place: Place) -> int:
    """Seconds a place asks for over the horizon: every visit that its promises and windows take, with a way in."""
    dwell = min((s.dwell_s for s in place.services if s is not None), default=0)
    visits = len(place.windows) + sum(
        max(0, -(-(p.end_s - p.start_s - p.gap_s) // (p.gap_s + max(dwell, p.dwell_s)))) for p in place.promises
    )
    leg = least_leg_s(problem, place)
    return visits * (dwell + (leg if leg < 86400 else 0))


def with_beats(
    scenario: Scenario,
    ways: Ways,
    problem: Problem,
    xy: NDArray[np.float64],
    slots: Mapping[str, str],
    kinds: Mapping[str, str],
) -> tuple[Problem, tuple[Beat, ...], PatrolAreas | None]:
    """Draw the beats and bind crews to them; the Problem as it is where none are asked for.

    Streets are shared out by the work of the places they lead to. Crew slots of the kinds named take one beat each in
    turn, several where there are fewer slots than beats.

    Parameters
    ----------
    xy
        Metres ``[n, 2]`` of the Problem's locations.
    slots, kinds
        Slot and kind of each crew, by id.
    """
    asked = scenario.patrols.beats
    if asked.number == 0 or not problem.places:
        return problem, (), None
    network, car = ways.ground.networks["car"], ways.ground.router("car")
    spots = np.array([next((s.a for s in p.services if s is not None), 0) for p in problem.places])
    snapped = network.snap(xy[spots], 1e7, main_only=True)
    work = np.array([0 if p.id in asked.free else work_s(problem, p) for p in problem.places], dtype=np.float64)
    load = site_work(network, snapped, work)
    areas = patrol_areas(network, asked.number, work=load, seed=0)
    drive = _drives(car, areas, snapped)
    names = [
        "" if place.id in asked.free else (name or "")
        for place, name in zip(problem.places, areas.area_at(snapped), strict=True)
    ]
    bound = {slot for crew, slot in slots.items() if kinds[crew] in asked.kinds}
    share = _shares(sorted(bound), areas.names)
    found = tuple(
        Beat(
            name,
            tuple(p.id for p, own in zip(problem.places, names, strict=True) if own == name),
            round(sum(w for w, own in zip(work.tolist(), names, strict=True) if own == name)),
            max((s for s, own in zip(drive, names, strict=True) if own == name), default=0),
        )
        for name in areas.names
    )
    drawn = replace(
        problem,
        places=tuple(replace(p, beat=name) for p, name in zip(problem.places, names, strict=True)),
        crews=tuple(replace(c, beats=share.get(slots[c.id], ())) for c in problem.crews),
    )
    return drawn, found, areas


def _drives(car: Router, areas: PatrolAreas, places: Snapped) -> list[int]:
    """Seconds by car to each place from the middle of the area it lies in; 0 outside all areas."""
    middles = areas.network.snap(np.array([area.centre_xy for area in areas.areas]), 1e7, main_only=True)
    seconds = car.matrix(middles, places).seconds
    row = {name: k for k, name in enumerate(areas.names)}
    return [int(seconds[row[name], k]) if name else 0 for k, name in enumerate(areas.area_at(places))]


def areas_that_would_do(ways: Ways, problem: Problem, xy: NDArray[np.float64], number: int, reach_s: int) -> int | None:
    """The next number of areas, up to ``MORE_AREAS`` more, in which every place is within reach; None if none is."""
    network, car = ways.ground.networks["car"], ways.ground.router("car")
    spots = np.array([next((s.a for s in p.services if s is not None), 0) for p in problem.places])
    snapped = network.snap(xy[spots], 1e7, main_only=True)
    load = site_work(network, snapped, [work_s(problem, p) for p in problem.places])
    for more in range(number + 1, number + MORE_AREAS + 1):
        areas = patrol_areas(network, more, work=load, seed=0)
        if max(_drives(car, areas, snapped)) <= reach_s:
            return more
    return None


def _shares(slots: Sequence[str], names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Each slot's beats: every beat has a slot, and no slot has many while another has few."""
    if not slots:
        return {}
    rounds = max(len(slots), len(names))
    found: dict[str, list[str]] = {slot: [] for slot in slots}
    for k in range(rounds):
        own = found[slots[k % len(slots)]]
        name = names[k % len(names)]
        if name not in own:
            own.append(name)
    return {slot: tuple(own) for slot, own in found.items()}
