"""Arrival windows by hand, and that a crew may use them: every plan shifted into them keeps what it kept."""

from __future__ import annotations

from dataclasses import replace

from scenarios.arrivals import arrival_windows
from scenarios.run import Planned
from scheduler.patrols.audit import audit
from scheduler.patrols.plan import PatrolPlan, Rest
from scheduler.patrols.playback import positions
from tests.scheduler.patrols.patrol_cases import (
    MIN,
    crew,
    plan,
    point,
    problem,
    promise,
    stop,
    tour,
    window,
)

A, B = point("A", 1), point("B", 2)


def _minutes(found: dict[tuple[str, int], tuple[int, int]]) -> list[tuple[float, float]]:
    return [(low / MIN, high / MIN) for low, high in found.values()]


def test_ways_before_and_after_bound_it() -> None:
    """5 min to A, 5 on to B, 10 home, 10 at each: 40 min have no room, 43 leave 3."""
    p = problem([A, B], [crew("C", 0, 40)])
    found = arrival_windows(plan(tour("C", 0, 40, stop("A", 5, 15), stop("B", 20, 30))), p)
    assert _minutes(found) == [(5, 5), (20, 20)]
    later = problem([A, B], [crew("C", 0, 43)])
    found = arrival_windows(plan(tour("C", 0, 43, stop("A", 8, 18), stop("B", 23, 33))), later)
    assert _minutes(found) == [(5, 8), (20, 23)]
    wide = problem([A, B], [crew("C", 0, 300)])
    found = arrival_windows(plan(tour("C", 0, 300, stop("A", 100, 110), stop("B", 150, 160))), wide)
    assert _minutes(found) == [(95, 105), (145, 155)]


def test_a_break_is_not_pushed() -> None:
    """The break at 17 lets A end then at the latest; B is 5 min from its end at 27."""
    p = problem([A, B], [crew("C", 0, 300)])
    rest = Rest(0, 17 * MIN, 27 * MIN)
    found = arrival_windows(plan(tour("C", 0, 300, stop("A", 6, 16), stop("B", 33, 43), rests=(rest,))), p)
    assert _minutes(found) == [(5, 7), (32, 38)]


def test_promises_and_windows_bound_it() -> None:
    """Left at 60, unseen for 50 at the most: there by 110, and the next visit at 165 wants it to leave after 115."""
    seen = point("A", 1, promises=(promise(0, 230, 55),))
    p = problem([seen], [crew("C", 0, 300)])
    found = arrival_windows(plan(tour("C", 0, 300, stop("A", 50, 60), stop("A", 111, 121), stop("A", 175, 185))), p)
    assert _minutes(found) == [(46, 55), (110, 115), (170, 176)]
    gate = problem([point("A", 1, windows=(window(98, 102),))], [crew("C", 0, 300)])
    (found_s,) = arrival_windows(plan(tour("C", 0, 300, stop("A", 100, 110))), gate).values()
    assert found_s == (98 * MIN, 102 * MIN - 1)


def test_any_one_late_start_keeps_the_promises_of_crossroads(crossroads: Planned) -> None:
    """From any stop on as late as its window says, what follows pushed on: the audit still finds nothing."""
    problem_, whole = crossroads.audit.rebuilt.patrols.problem, crossroads.plan.patrols
    windows = arrival_windows(whole, problem_)
    view = {(t.crew, k): s for t in crossroads.view.tours for k, s in enumerate(t.stops)}
    assert {key: (s.earliest_s, s.latest_s) for key, s in view.items()} == windows
    late_ones = 0
    for (crew_id, number), (_, latest) in windows.items():
        (old,) = [t for t in whole.tours if t.crew == crew_id]
        late = latest - old.stops[number].arrive_s
        late_ones += late > 0
        stops = list(old.stops)
        for k in range(number, len(stops)):
            room = windows[crew_id, k][1] - stops[k].arrive_s
            late = min(late, room)
            stops[k] = replace(stops[k], arrive_s=stops[k].arrive_s + late, leave_s=stops[k].leave_s + late)
        back = max(old.return_s, old.return_s + late)
        tours = tuple(replace(t, stops=tuple(stops), return_s=back) if t is old else t for t in whole.tours)
        seen = audit(problem_, PatrolPlan(tours))
        assert not [b for b in seen.breaches if b.rule in {"bad_leg", "overlong"}], (crew_id, number)
        assert seen.value("missed") == seen.value("gap_excess") == 0
    assert late_ones


def test_the_drawn_tour_is_where_the_engine_plays_it(crossroads: Planned) -> None:
    """At any second the leg drawn on the map is as far along as the engine's own position says."""
    problem_, whole = crossroads.audit.rebuilt.patrols.problem, crossroads.plan.patrols
    moving = 0
    for at in range(0, problem_.horizon_s, 61):
        spots = {p.crew: p for p in positions(whole, problem_, at)}
        for drawn in crossroads.view.tours:
            spot = spots.get(drawn.crew)
            assert (spot is not None) == (drawn.depart_s <= at < drawn.return_s)
            if spot is None:
                continue
            legs = [leg for leg in drawn.legs if leg.depart_s <= at < leg.arrive_s]
            stops = [s for s in drawn.stops if s.arrive_s <= at < s.leave_s]
            assert bool(stops) == (spot.state == "visit")
            if spot.state == "drive":
                (leg,) = legs
                assert (at - leg.depart_s) / (leg.arrive_s - leg.depart_s) == spot.fraction
                moving += 1
            else:
                assert not legs
    assert moving >= 5
