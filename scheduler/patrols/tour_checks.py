"""What no crew could do or nobody may order: the hard causes of the audit, tour by tour and pool by pool.

Like the whole audit this file shares no helper with the search.
"""

from __future__ import annotations

from collections.abc import Sequence

from scheduler.outcome import Breach
from scheduler.patrols.plan import Tour
from scheduler.patrols.problem import Crew, Place, Problem


def hard(
    rule: str,
    amount: int,
    unit: str,
    *,
    who: tuple[str, ...] = (),
    where: tuple[str, ...] = (),
    span: tuple[int, int] | None = None,
    data: dict[str, object] | None = None,
) -> Breach:
    """A broken hard cause; ``span`` is ``[start_s, end_s)``."""
    start_s, end_s = span if span is not None else (None, None)
    return Breach(rule, amount, unit, True, who, where, start_s, end_s, 0, data or {})


def _legs(
    crew: Crew, tour: Tour, places: dict[str, Place]
) -> list[tuple[str, int, str, int, int, int]]:
    """Ways of a tour over the stops that exist: (from, location, to, location, leave_s, arrive_s)."""
    out = []
    at, at_id, left = crew.depart, "", tour.depart_s
    for stop in tour.stops:
        place = places.get(stop.place)
        service = place.services[crew.mode] if place else None
        if service is None:
            continue
        entry, leave = (service.b, service.a) if stop.reverse else (service.a, service.b)
        out.append((at_id, at, stop.place, entry, left, stop.arrive_s))
        at, at_id, left = leave, stop.place, stop.leave_s
    out.append((at_id, at, "", crew.arrive, left, tour.return_s))
    return out


def driving_s(problem: Problem, crew: Crew, tour: Tour, places: dict[str, Place]) -> int:
    """Seconds a tour spends on its ways, from the depot and back, where a way is open."""
    mode = problem.modes[crew.mode]
    return sum(
        int(mode.seconds[a, b])
        for _, a, _, b, _, _ in _legs(crew, tour, places)
        if mode.reachable[a, b]
    )


def tour_breaches(
    problem: Problem, crew: Crew, tour: Tour, places: dict[str, Place]
) -> list[Breach]:
    """Everything hard that one tour breaks by itself."""
    found = []
    for stop in tour.stops:
        place = places.get(stop.place)
        span = (stop.arrive_s, stop.leave_s)
        if place is None:
            found.append(
                hard("unknown", 1, "places", who=(crew.id,), where=(stop.place,), span=span,
                      data={"kind": "place"})
            )  # fmt: skip
            continue
        service = place.services[crew.mode]
        if service is None:
            found.append(
                hard("unqualified", 1, "visits", who=(crew.id,), where=(place.id,), span=span,
                      data={"mode": problem.modes[crew.mode].id})
            )  # fmt: skip
            continue
        if not crew.serves(place):
            found.append(
                hard("off_beat", 1, "visits", who=(crew.id,), where=(place.id,), span=span,
                      data={"beat": place.beat, "beats": list(crew.beats)})
            )  # fmt: skip
        if stop.leave_s - stop.arrive_s < service.dwell_s:
            found.append(
                hard("wrong_dwell", service.dwell_s - (stop.leave_s - stop.arrive_s), "seconds",
                      who=(crew.id,), where=(place.id,), span=span,
                      data={"wanted_s": service.dwell_s, "found_s": stop.leave_s - stop.arrive_s})
            )  # fmt: skip
    found += _leg_breaches(problem, crew, tour, places)
    early, late = crew.start_s - tour.depart_s, tour.return_s - crew.end_s
    for over, span in ((early, (tour.depart_s, crew.start_s)), (late, (crew.end_s, tour.return_s))):
        if over > 0:
            found.append(hard("overlong", over, "seconds", who=(crew.id,), span=span))
    found += _break_breaches(crew, tour)
    found += _slack_breaches(problem, crew, tour, places)
    return found


def _leg_breaches(
    problem: Problem, crew: Crew, tour: Tour, places: dict[str, Place]
) -> list[Breach]:
    """Each way between two stops must have its seconds free of breaks."""
    found = []
    mode = problem.modes[crew.mode]
    for from_id, a, to_id, b, left, arrive in _legs(crew, tour, places):
        resting = sum(
            r.end_s - r.start_s for r in tour.rests if left <= r.start_s and r.end_s <= arrive
        )
        where = tuple(i for i in (from_id, to_id) if i)
        if not mode.reachable[a, b]:
            found.append(
                hard("bad_leg", 1, "ways", who=(crew.id,), where=where, span=(left, arrive),
                      data={"reachable": False})
            )  # fmt: skip
            continue
        short = int(mode.seconds[a, b]) + resting - (arrive - left)
        if short > 0:
            found.append(
                hard("bad_leg", short, "seconds", who=(crew.id,), where=where, span=(left, arrive),
                      data={"wanted_s": int(mode.seconds[a, b]), "found_s": arrive - left - resting})
            )  # fmt: skip
    return found


def _break_breaches(crew: Crew, tour: Tour) -> list[Breach]:
    """Every break owed is taken once, in order, in its span, and between two stops."""
    found = []
    rests = sorted(tour.rests, key=lambda r: r.start_s)
    for number, owed in enumerate(crew.breaks):
        rest = rests[number] if number < len(rests) else None
        span = (owed.earliest_s, owed.latest_s + owed.length_s)
        if rest is None:
            found.append(hard("broken_break", owed.length_s, "seconds", who=(crew.id,), span=span,
                               data={"why": "not taken"}))  # fmt: skip
            continue
        off = max(owed.earliest_s - rest.start_s, rest.start_s - owed.latest_s, 0)
        short = max(owed.length_s - (rest.end_s - rest.start_s), 0)
        if off or short:
            found.append(hard("broken_break", max(off, short), "seconds", who=(crew.id,), span=span,
                               data={"why": "too short" if short else "outside its time"}))  # fmt: skip
    if len(rests) > len(crew.breaks):
        found.append(hard("broken_break", len(rests) - len(crew.breaks), "breaks", who=(crew.id,),
                           data={"why": "more breaks than owed"}))  # fmt: skip
    for rest in rests:
        clash = [
            s.place for s in tour.stops if s.arrive_s < rest.end_s and rest.start_s < s.leave_s
        ]
        inside = tour.depart_s <= rest.start_s and rest.end_s <= tour.return_s
        before = sum(s.leave_s <= rest.start_s for s in tour.stops) - 1
        if clash or not inside or (rest.after != before and not clash):
            found.append(hard("broken_break", max(1, rest.end_s - rest.start_s), "seconds", who=(crew.id,),
                               where=tuple(clash), span=(rest.start_s, rest.end_s),
                               data={"why": "during a visit" if clash else "outside its tour or place"}))  # fmt: skip
    return found


def _slack_breaches(
    problem: Problem, crew: Crew, tour: Tour, places: dict[str, Place]
) -> list[Breach]:
    span = tour.return_s - tour.depart_s
    busy = driving_s(problem, crew, tour, places) + sum(r.end_s - r.start_s for r in tour.rests)
    for stop in tour.stops:
        place = places.get(stop.place)
        service = place.services[crew.mode] if place else None
        busy += service.dwell_s if service else 0
    short = -(-span * problem.slack_pct // 100) - (span - busy)
    if problem.slack_pct == 0 or short <= 0:
        return []
    return [hard("little_slack", short, "seconds", who=(crew.id,), span=(tour.depart_s, tour.return_s),
                  data={"wanted_pct": problem.slack_pct})]  # fmt: skip


def pool_breaches(problem: Problem, tours: Sequence[tuple[Crew, Tour]]) -> list[Breach]:
    """A crew in use draws on its pool for its whole shift."""
    found = []
    for number, pool in enumerate(problem.pools):
        shifts = [(c.start_s, c.end_s, c.id) for c, _ in tours if c.pool == number]
        for start_s, end_s, most in pool.caps:
            over: dict[int, list[str]] = {}
            for at in sorted({start_s, *(a for a, _, _ in shifts if start_s < a < end_s)}):
                out = [i for a, b, i in shifts if a <= at < b]
                if len(out) > most:
                    over[at] = out
            if over:
                at, out = max(over.items(), key=lambda item: (len(item[1]), -item[0]))
                found.append(hard("pool_exceeded", len(out) - most, "crews", who=tuple(sorted(out)),
                                   where=(pool.id,), span=(at, end_s), data={"most": most}))  # fmt: skip
    return found


def change_breaches(problem: Problem, tours: Sequence[tuple[Crew, Tour]]) -> list[Breach]:
    """Too many crews in use end their shifts in one stretch of ``apart_s``; each such end begins one stretch."""
    if problem.changes is None:
        return []
    apart_s, most = problem.changes.apart_s, problem.changes.most
    ends = sorted({(c.end_s, c.id) for c, _ in tours if c.end_s < problem.horizon_s})
    found = []
    for at in sorted({end for end, _ in ends}):
        together = [i for end, i in ends if at <= end < at + apart_s]
        if len(together) > most:
            found.append(hard("change_together", len(together) - most, "crews", who=tuple(together),
                               span=(at, at + apart_s), data={"most": most}))  # fmt: skip
    return found
