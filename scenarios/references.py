"""How many crews well-known rounds would take at the busiest time, beside what is proven to be the least (D12, D14)."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from scenarios.assemble.patrols import PatrolTables
from scheduler.patrols.bounds import least_crews, least_leg_s, rail_reference, rounds_reference
from scheduler.patrols.problem import Place, Problem


@dataclass(frozen=True, slots=True)
class References:
    """Counts for the span ``[start_s, end_s)`` in which most places are promised.

    Attributes
    ----------
    places, rounds, least
        Places with a longest gap; crews that follow one another on one round over all of them, at the tightest gap
        (D12); and the number below which no plan keeps all gaps.
    rail_m, walkers, least_walkers
        Metres of line promised; walkers out and back (D14); and the least if they are carried back.
    """

    start_s: int
    end_s: int
    places: int
    rounds: int
    least: int
    rail_m: int
    walkers: int
    least_walkers: int


def references(tables: PatrolTables) -> References | None:
    """The counts of a patrol Problem; None where nothing is promised."""
    problem = tables.problem
    cuts = sorted({x for p in problem.places for own in p.promises for x in (own.start_s, own.end_s)})
    spans = [(a, b) for a, b in itertools.pairwise(cuts) if b - a >= 3600] or list(itertools.pairwise(cuts))
    if not spans or not problem.crews:
        return None
    start, end = max(spans, key=lambda s: (len(_held(problem, *s)), -s[0]))
    held = _held(problem, start, end)
    dwell = {p.id: min((s.dwell_s for s in p.services if s is not None), default=0) for p, _ in held}
    gap = min(g for _, g in held)
    total = sum(dwell.values())
    length = {s.id: s.length_m for s in tables.sections}
    rail = [(length[p.id], g) for p, g in held if p.id in length]
    rail_m = round(sum(m for m, _ in rail))
    pace = round(1000 * tables.walk_kmh)
    walkers, carried = rail_reference(rail_m, pace, min(g for _, g in rail)) if rail else (0, 0)
    return References(
        start, end, len(held),
        rounds_reference(len(held), -(-total // len(held)), _ride_s(problem, [p for p, _ in held]), gap),
        least_crews([(dwell[p.id], least_leg_s(problem, p), g) for p, g in held]),
        rail_m, walkers, carried,
    )  # fmt: skip


def _held(problem: Problem, start_s: int, end_s: int) -> list[tuple[Place, int]]:
    """Places promised through all of a span, each with its tightest gap."""
    found = []
    for place in problem.places:
        gaps = [p.gap_s for p in place.promises if p.start_s <= start_s and end_s <= p.end_s]
        if gaps and any(s is not None for s in place.services):
            found.append((place, min(gaps)))
    return found


def _ride_s(problem: Problem, places: list[Place]) -> int:
    """Seconds of one round over the places by the first mode that serves each, always on to the nearest."""
    left = {p.id: next((m, s) for m, s in enumerate(p.services) if s is not None) for p in places}
    mode, first = left.pop(places[0].id)
    ride, at = 0, first.b
    while left:
        seconds = problem.modes[mode].seconds[at]
        ident = min(left, key=lambda i: (int(seconds[left[i][1].a]), i))
        mode, service = left.pop(ident)
        ride += int(seconds[service.a])
        at = service.b
    return ride + int(problem.modes[mode].seconds[at, first.a])
