"""Checks and levels of standing rounds, ours or hand-made, without any solver and without the search's helpers.

A tour of a standing patrol is one period of it: it leaves its first place's queue at ``depart_s`` and is back at its
first place at ``return_s``, and so on for ever. Times may pass the horizon's end; only differences count.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence

from scheduler.outcome import Audit, Breach
from scheduler.patrols.plan import PatrolPlan, Tour
from scheduler.patrols.problem import Crew, Problem, Rounds
from scheduler.patrols.tour_checks import hard


def audit_rounds(problem: Problem, rounds: Rounds, plan: PatrolPlan) -> Audit:
    """Check standing rounds and recompute every level from their stops alone.

    Parameters
    ----------
    problem, rounds
        What was asked; ``rounds`` is ``problem.rounds``.
    plan
        One tour for each crew, one period long.

    Returns
    -------
    Audit
        Hard causes ``unknown``, ``double_crew``, ``missing_crew``, ``unqualified``, ``wrong_dwell``, ``bad_leg``,
        ``overlong``; costs ``gap`` (a promise is charged once, for the time between two visits) and ``core_left``.
    """
    crews = {c.id: c for c in problem.crews}
    taken = Counter(t.crew for t in plan.tours)
    breaches = [
        hard("double_crew", n - 1, "tours", who=(c,)) for c, n in sorted(taken.items()) if n > 1
    ]
    breaches += [
        hard("missing_crew", 1, "crews", who=(c.id,))
        for c in problem.crews
        if c.must and c.id not in taken
    ]
    tours = []
    for tour in plan.tours:
        crew = crews.get(tour.crew)
        if crew is None:
            breaches.append(hard("unknown", 1, "crews", who=(tour.crew,), data={"kind": "crew"}))
            continue
        breaches += _tour_breaches(problem, rounds, crew, tour)
        tours.append((crew, tour))
    costs = _gaps(problem, tours) + (_core(problem, rounds, tours) if rounds.relay else [])
    seen = {s.place for _, t in tours for s in t.stops}
    driving = [_driving_s(problem, c, t) for c, t in tours]
    work = [
        d + sum(s.leave_s - s.arrive_s for s in t.stops)
        for d, (_, t) in zip(driving, tours, strict=True)
    ]
    values = {
        "missed": 0,
        "gap_excess": sum(c.price for c in costs if c.level == "gap_excess"),
        "core": sum(c.price for c in costs if c.level == "core"),
        "crews": sum(crews[c].price for c in sorted(taken) if c in crews),
        "presence": sum(p.prize for p in problem.places if p.id not in seen),
        "driving": sum(driving),
        "balance": (max(work) - min(work)) // 60 if work else 0,
    }
    return Audit(tuple(breaches), tuple(costs), tuple((n, values[n]) for n in problem.levels))


def _ways(problem: Problem, crew: Crew, tour: Tour) -> list[tuple[str, int, str, int, int]]:
    """Every way of a round, the last one back to the first place: (from, location, to, location, seconds left)."""
    places = {p.id: p for p in problem.places}
    known = [
        s
        for s in tour.stops
        if s.place in places and places[s.place].services[crew.mode] is not None
    ]
    out = []
    for one, two in zip(known, [*known[1:], *known[:1]], strict=True):
        a, b = places[one.place].services[crew.mode], places[two.place].services[crew.mode]
        arrive = (
            two.arrive_s if two is not known[0] else two.arrive_s + tour.return_s - tour.depart_s
        )
        if len(known) > 1 and a is not None and b is not None:
            out.append((one.place, a.a, two.place, b.a, arrive - one.leave_s))
    return out


def _driving_s(problem: Problem, crew: Crew, tour: Tour) -> int:
    mode = problem.modes[crew.mode]
    return sum(
        int(mode.seconds[a, b])
        for _, a, _, b, _ in _ways(problem, crew, tour)
        if mode.reachable[a, b]
    )


def _tour_breaches(problem: Problem, rounds: Rounds, crew: Crew, tour: Tour) -> list[Breach]:
    places = {p.id: p for p in problem.places}
    found = []
    for stop in tour.stops:
        place, span = places.get(stop.place), (stop.arrive_s, stop.leave_s)
        service = place.services[crew.mode] if place else None
        stay = stop.leave_s - stop.arrive_s
        if place is None:
            found.append(hard("unknown", 1, "places", who=(crew.id,), where=(stop.place,), span=span,
                              data={"kind": "place"}))  # fmt: skip
        elif service is None:
            found.append(hard("unqualified", 1, "visits", who=(crew.id,), where=(place.id,), span=span,
                              data={"mode": problem.modes[crew.mode].id}))  # fmt: skip
        elif stay < service.dwell_s:
            found.append(hard("wrong_dwell", service.dwell_s - stay, "seconds", who=(crew.id,), where=(place.id,),
                              span=span, data={"wanted_s": service.dwell_s, "found_s": stay}))  # fmt: skip
    mode = problem.modes[crew.mode]
    for from_id, a, to_id, b, left in _ways(problem, crew, tour):
        short = int(mode.seconds[a, b]) - left
        if not mode.reachable[a, b]:
            found.append(
                hard(
                    "bad_leg",
                    1,
                    "ways",
                    who=(crew.id,),
                    where=(from_id, to_id),
                    data={"reachable": False},
                )
            )
        elif short > 0:
            found.append(hard("bad_leg", short, "seconds", who=(crew.id,), where=(from_id, to_id),
                              data={"wanted_s": int(mode.seconds[a, b]), "found_s": left}))  # fmt: skip
    over = tour.return_s - tour.depart_s - rounds.longest_s
    if over > 0:
        found.append(
            hard("overlong", over, "seconds", who=(crew.id,), span=(tour.depart_s, tour.return_s))
        )
    return found


def _gaps(problem: Problem, tours: Sequence[tuple[Crew, Tour]]) -> list[Breach]:
    """Each promise against the crew that keeps it best; a place nobody sees stays unseen for the whole horizon."""
    found = []
    for place in problem.places:
        unseen = problem.horizon_s
        for _, tour in tours:
            own = sorted((s.arrive_s, s.leave_s) for s in tour.stops if s.place == place.id)
            if own:
                period = tour.return_s - tour.depart_s
                later = [*own[1:], (own[0][0] + period, 0)]
                unseen = min(unseen, max(b[0] - a[1] for a, b in zip(own, later, strict=True)))
        for promise in place.promises:
            minutes = -(-(unseen - promise.gap_s) // 60)
            if minutes > 0:
                found.append(
                    Breach("gap", minutes, "minutes", False, (), (place.id,), promise.start_s, promise.end_s,
                           minutes * place.weight, {"gap_s": promise.gap_s, "unseen_s": unseen}, "gap_excess")
                )  # fmt: skip
    return found


def _core(problem: Problem, rounds: Rounds, tours: Sequence[tuple[Crew, Tour]]) -> list[Breach]:
    """Time of one period with fewer crews in the core than wanted; a round must have one core stay and leave it."""
    core = {p.id for p in problem.places if p.core}
    period = rounds.longest_s
    spans: list[tuple[int, int]] = []
    for _, tour in tours:
        flags = [s.place in core for s in tour.stops]
        turns = sum(a != b for a, b in zip(flags, flags[1:] + flags[:1], strict=True))
        if turns != 2 or tour.return_s - tour.depart_s != period:
            continue  # a crew with no stay, several stays or another period holds nothing
        first = next(n for n, f in enumerate(flags) if f and not flags[n - 1])
        last = next(n for n, f in enumerate(flags) if f and not flags[(n + 1) % len(flags)])
        begin, end = tour.stops[first].arrive_s, tour.stops[last].leave_s
        end += period * (end < begin)
        spans.append((begin % period, begin % period + end - begin))
    cuts = sorted({0, period} | {x % period for s in spans for x in s})
    short_s, first_at = 0, None
    for a, b in itertools.pairwise(cuts):
        inside = sum((x <= a and b <= y) or (x <= a + period and b + period <= y) for x, y in spans)
        short = max(0, problem.core_crews - inside)
        short_s += short * (b - a)
        if short and first_at is None:
            first_at = a
    if short_s == 0:
        return []
    minutes = -(-short_s // 60)
    return [Breach("core_left", minutes, "crew-minutes", False, (), (), first_at, period, minutes,
                   {"short_crews": problem.core_crews}, "core")]  # fmt: skip
