"""Every check and every level of a patrol plan, ours or hand-made, without any solver.

Causes (the closed list)
------------------------
Hard, since no crew could do it or nobody may order it: ``unknown`` (crew or place that does not exist),
``double_crew`` (two tours of one crew), ``missing_crew`` (an ordered crew has no tour), ``unqualified`` (the
crew's mode does not serve the place), ``off_beat`` (the place lies outside the crew's areas), ``bad_leg`` (less
time than the way takes), ``wrong_dwell`` (shorter than the visit lasts), ``overlong`` (outside the shift),
``broken_break``, ``little_slack``, ``pool_exceeded``, ``change_together`` (too many crews end their shifts at once).

Costs, charged on a level: ``missed`` and ``late`` (a window without its visit; late when a visit not owed to
another window began after it, within an hour), ``gap``, ``core_left``.

This file shares no helper with the search.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from scheduler.outcome import Audit, Breach
from scheduler.patrols.plan import PatrolPlan, Stop, Tour
from scheduler.patrols.problem import Crew, Place, Problem, Window
from scheduler.patrols.rounds_audit import audit_rounds
from scheduler.patrols.tour_checks import (
    change_breaches,
    driving_s,
    hard,
    pool_breaches,
    tour_breaches,
)

HARD_CAUSES = (
    "unknown",
    "double_crew",
    "missing_crew",
    "unqualified",
    "off_beat",
    "bad_leg",
    "wrong_dwell",
    "overlong",
    "broken_break",
    "little_slack",
    "pool_exceeded",
    "change_together",
)
COST_CAUSES = ("missed", "late", "gap", "core_left")
LATE_WITHIN_S = 3600
UNITS = {
    "missed": "weighted windows",
    "gap_excess": "weighted minutes",
    "core": "crew-minutes",
    "crews": "price",
    "presence": "prize not gained",
    "driving": "seconds",
    "balance": "minutes",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """One visit as the audit reads it."""

    crew: str
    arrive_s: int
    leave_s: int


def audit(problem: Problem, plan: PatrolPlan) -> Audit:
    """Check a plan and recompute every level from its stops alone.

    Parameters
    ----------
    problem
        What was asked.
    plan
        Any plan, ours or made by hand.

    Returns
    -------
    Audit
        ``breaches`` are hard, ``costs`` are charged; ``levels`` holds every level of the Problem in order.
        Visits of unknown crews or places count for nothing.
    """
    if problem.rounds is not None:
        return audit_rounds(problem, problem.rounds, plan)
    crews = {c.id: c for c in problem.crews}
    places = {p.id: p for p in problem.places}
    breaches: list[Breach] = []
    tours: list[tuple[Crew, Tour]] = []
    taken = Counter(t.crew for t in plan.tours)
    for tour in plan.tours:
        crew = crews.get(tour.crew)
        if crew is None:
            breaches.append(hard("unknown", 1, "crews", who=(tour.crew,), data={"kind": "crew"}))
            continue
        tours.append((crew, tour))
        breaches += tour_breaches(problem, crew, tour, places)
    breaches += [
        hard("double_crew", n - 1, "tours", who=(c,)) for c, n in sorted(taken.items()) if n > 1
    ]
    breaches += [
        hard("missing_crew", 1, "crews", who=(c.id,), span=(c.start_s, c.end_s))
        for c in problem.crews
        if c.must and c.id not in taken
    ]
    breaches += pool_breaches(problem, tours) + change_breaches(problem, tours)
    visits = _visits(tours, places)
    costs = (
        _window_costs(problem, visits) + _gap_costs(problem, visits) + _core_costs(problem, tours)
    )
    values = {
        "missed": sum(c.price for c in costs if c.level == "missed"),
        "gap_excess": sum(c.price for c in costs if c.level == "gap_excess"),
        "core": sum(c.price for c in costs if c.level == "core"),
        "crews": sum(crews[c].price for c in sorted(taken) if c in crews),
        "presence": _presence_not_gained(problem, visits),
        "driving": sum(driving_s(problem, c, t, places) for c, t in tours),
        "balance": _imbalance_min(problem, tours, places),
    }
    return Audit(tuple(breaches), tuple(costs), tuple((n, values[n]) for n in problem.levels))


def _visits(tours: Sequence[tuple[Crew, Tour]], places: dict[str, Place]) -> dict[str, list[Seen]]:
    """Visits that count, by place and in order of time: the mode serves it and the dwell was kept."""
    out: dict[str, list[Seen]] = defaultdict(list)
    for crew, tour in tours:
        for stop in tour.stops:
            place = places.get(stop.place)
            service = place.services[crew.mode] if place else None
            if service is not None and stop.leave_s - stop.arrive_s >= service.dwell_s:
                out[stop.place].append(Seen(crew.id, stop.arrive_s, stop.leave_s))
    for seen in out.values():
        seen.sort(key=lambda v: (v.arrive_s, v.leave_s, v.crew))
    return out


def _window_costs(problem: Problem, visits: dict[str, list[Seen]]) -> list[Breach]:
    """Windows without a visit of their own (earliest end first takes the earliest visit: optimal)."""
    found = []
    for place in problem.places:
        free = list(visits.get(place.id, ()))
        open_windows = []
        for window in sorted(
            (w for w in place.windows if w.crews > 1), key=lambda w: (w.end_s, w.start_s)
        ):
            own_dwell = min((s.dwell_s for s in place.services if s is not None), default=0)
            there = _together(free, window, max(own_dwell, window.dwell_s))
            free = [v for v in free if v not in there]
            short = window.crews - len(there)
            if short > 0:
                found.append(
                    Breach("missed", short, "crews", False, tuple(v.crew for v in there), (place.id,), window.start_s,
                           window.end_s, short * place.weight, {"crews": window.crews}, "missed")
                )  # fmt: skip
        for window in sorted(
            (w for w in place.windows if w.crews == 1), key=lambda w: (w.end_s, w.start_s)
        ):
            own = next((v for v in free if _keeps(v, window)), None)
            if own is None:
                open_windows.append(window)
            else:
                free.remove(own)
        for window in open_windows:
            late = next(
                (v for v in free if window.end_s <= v.arrive_s < window.end_s + LATE_WITHIN_S), None
            )
            rule, data = ("missed", {}) if late is None else ("late", {"arrive_s": late.arrive_s})
            found.append(
                Breach(rule, 1, "visits", False, () if late is None else (late.crew,), (place.id,),
                       window.start_s, window.end_s, place.weight, data, "missed")
            )  # fmt: skip
    return found


def _keeps(visit: Seen, window: Window) -> bool:
    """Whether a visit begins inside the window and stays as long as it asks."""
    long_s = visit.leave_s - visit.arrive_s
    return window.start_s <= visit.arrive_s < window.end_s and long_s >= window.dwell_s


def _together(free: Sequence[Seen], window: Window, dwell_s: int) -> list[Seen]:
    """The most visits of different crews, no more than the window wants, all there for one whole dwell begun inside."""
    best: list[Seen] = []
    begins = [v for v in free if window.start_s <= v.arrive_s < window.end_s]
    for last in begins:
        at = last.arrive_s
        there = {v.crew: v for v in begins if v.arrive_s <= at and at + dwell_s <= v.leave_s}
        if len(there) > len(best):
            best = [there[c] for c in sorted(there)][: window.crews]
    return best


def _gap_costs(problem: Problem, visits: dict[str, list[Seen]]) -> list[Breach]:
    """Each unseen stretch of a promise longer than its gap, in started minutes."""
    found = []
    for place in problem.places:
        for promise in place.promises:
            unseen_since = promise.start_s
            stretches = []
            for visit in visits.get(place.id, ()):
                if visit.leave_s < promise.start_s or visit.arrive_s > promise.end_s:
                    continue
                if visit.leave_s - visit.arrive_s < promise.dwell_s:
                    continue  # too short for these hours
                stretches.append((unseen_since, visit.arrive_s))
                unseen_since = max(unseen_since, visit.leave_s)
            stretches.append((unseen_since, promise.end_s))
            for a, b in stretches:
                over_s = b - a - promise.gap_s
                if over_s > 0:
                    minutes = -(-over_s // 60)
                    found.append(
                        Breach("gap", minutes, "minutes", False, (), (place.id,), a, b,
                               minutes * place.weight,
                               {"gap_s": promise.gap_s, "unseen_s": b - a}, "gap_excess")
                    )  # fmt: skip
    return found


def _core_stays(tour: Tour, core: set[str]) -> list[tuple[int, int]]:
    """Spans in which the crew is at a core place or on its way straight from one to another."""
    stays: list[tuple[int, int]] = []
    last: Stop | None = None
    for stop in tour.stops:
        if stop.place in core:
            begin = last.leave_s if last is not None and last.place in core else stop.arrive_s
            stays.append((begin, stop.leave_s))
        last = stop
    return stays


def _core_costs(problem: Problem, tours: Sequence[tuple[Crew, Tour]]) -> list[Breach]:
    """Time with fewer crews inside the core than wanted, in started crew-minutes per stretch."""
    if problem.core_crews == 0:
        return []
    core = {p.id for p in problem.places if p.core}
    stays = [_core_stays(t, core) for _, t in tours]
    found = []
    for start_s, end_s in problem.core_spans:
        cuts = sorted(
            {start_s, end_s}
            | {min(max(x, start_s), end_s) for own in stays for span in own for x in span}
        )
        stretches: list[list[int]] = []
        for a, b in itertools.pairwise(cuts):
            inside = sum(any(x <= a and b <= y for x, y in own) for own in stays)
            short = problem.core_crews - inside
            if short > 0:
                if stretches and stretches[-1][1] == a and stretches[-1][2] == short:
                    stretches[-1][1] = b
                else:
                    stretches.append([a, b, short])
        for a, b, short in stretches:
            minutes = -(-(b - a) * short // 60)
            found.append(Breach("core_left", minutes, "crew-minutes", False, (), (), a, b, minutes,
                                {"short_crews": short}, "core"))  # fmt: skip
    return found


def prize_slots(place: Place, horizon_s: int) -> list[tuple[int, int]]:
    """Spans that can each gain the place's prize once: its hours (or the horizon) cut every ``prize_every_s``."""
    step = place.prize_every_s
    hours = place.hours or ((0, horizon_s),)
    return (
        [(x, min(x + step, b)) for a, b in hours for x in range(a, b, step)] if place.prize else []
    )


def _presence_not_gained(problem: Problem, visits: dict[str, list[Seen]]) -> int:
    lost = 0
    for place in problem.places:
        begins = [v.arrive_s for v in visits.get(place.id, ())]
        for a, b in prize_slots(place, problem.horizon_s):
            lost += place.prize * (not any(a <= x < b for x in begins))
    return lost


def _imbalance_min(
    problem: Problem, tours: Sequence[tuple[Crew, Tour]], places: dict[str, Place]
) -> int:
    """Most less least work (visits and ways, without waiting and breaks) of the crews out, in minutes."""
    work = []
    for crew, tour in tours:
        busy = driving_s(problem, crew, tour, places)
        for stop in tour.stops:
            place = places.get(stop.place)
            service = place.services[crew.mode] if place else None
            busy += service.dwell_s if service else 0
        work.append(busy)
    return (max(work) - min(work)) // 60 if work else 0
