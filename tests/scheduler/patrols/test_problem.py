"""Faults are all named at once with ids and remedies; impossible promises are reported, not raised."""

import dataclasses

import numpy as np
import pytest

from scheduler.errors import ProblemError
from scheduler.patrols.bounds import (
    crews_bound,
    gap_bound,
    least_crews,
    missed_bound,
    rail_reference,
    rounds_reference,
)
from scheduler.patrols.faults import precheck
from scheduler.patrols.plan import Rest
from scheduler.patrols.playback import positions
from scheduler.patrols.problem import Break, Place, Promise, Service

from .patrol_cases import MIN, crew, plan, point, problem, promise, stop, tour, window


def faults(**more):
    args = {"places": [point("A", 1)], "crews": [crew("C", 0, 100)]} | more
    with pytest.raises(ProblemError) as caught:
        problem(**args)
    return caught.value.faults


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"places": [point("A", 1), point("A", 2)]}, ["place ids", "A"]),
        ({"places": [point("A", 9)]}, ["place A", "(9, 9)"]),
        ({"places": [point("A", 1, -1)]}, ["place A", "dwell"]),
        ({"places": [Place("A", (None,), (promise(0, 60, 10),))]}, ["place A", "no mode serves"]),
        ({"places": [Place("A", ())]}, ["place A", "0 services"]),
        ({"places": [point("A", 1, promises=(Promise(60, 60, 5),))]}, ["place A", "[60, 60)"]),
        ({"places": [point("A", 1, promises=(Promise(0, 60, 0),))]}, ["place A", "gap of 0 s"]),
        ({"places": [point("A", 1, windows=(window(590, 700),))]}, ["place A: window", "42000"]),
        ({"places": [point("A", 1, weight=-1)]}, ["place A", "-1"]),
        ({"crews": [crew("C", 0, 100, mode=2)]}, ["crew C", "mode 2"]),
        ({"crews": [crew("C", 100, 100)]}, ["crew C", "[6000, 6000)"]),
        ({"crews": [crew("C", 0, 100, depart=7)]}, ["crew C", "depart", "7"]),
        ({"crews": [crew("C", 0, 60, breaks=(Break(0, 10, 61 * MIN),))]}, ["crew C", "61 min"]),
        ({"crews": [crew("C", 0, 60, breaks=(Break(0, 0, 55 * MIN),), arrive=2)]}, ["crew C", "longer than its tour"]),
        ({"slack_pct": 95}, ["slack_pct", "95"]),
        ({"core_crews": 1}, ["core_crews", "no place"]),
        ({"levels": ("crews", "missed")}, ["levels", "in this order"]),
        ({"minutes": [[0, 1], [1, 1]]}, ["mode car", "location 1", "0 seconds"]),
    ],
)  # fmt: skip
def test_each_fault_names_who_and_what(changes, words):
    text = " ".join(faults(**changes))
    for word in words:
        assert word in text


def test_all_faults_in_one_report():
    found = faults(
        places=[point("A", 9), point("B", 1, weight=-2)],
        crews=[crew("C", 5, 5), crew("D", 0, 9, mode=3)],
    )
    assert len(found) == 4


def test_shapes_and_masks():
    good = problem([point("A", 1)], [crew("C", 0, 100)])
    short = dataclasses.replace(good.modes[0], reachable=np.ones((2, 2), np.bool_))
    with pytest.raises(ProblemError, match=r"mode car: reachable has shape \(2, 2\)"):
        dataclasses.replace(good, modes=(short,))
    away = good.modes[0].seconds.copy()
    away[0, 3] = -5
    with pytest.raises(ProblemError, match="0->3"):
        dataclasses.replace(good, modes=(dataclasses.replace(good.modes[0], seconds=away),))


def test_impossible_promises_come_with_the_smallest_feasible_value():
    # the crew is at A from 65 to 195: unseen 0-65 and 195-300
    a = point("A", 1, promises=(promise(0, 300, 90),), windows=(window(30, 60),))
    p = problem([a], [crew("C", 60, 200)])
    said = precheck(p)
    assert len(said) == 2
    assert "No crew can begin a visit at A between 00:30 and 01:00" in said[0]
    assert "smallest gap that is feasible is 105 min" in said[1]
    assert missed_bound(p) == 1
    assert gap_bound(p) == 15
    assert (
        precheck(problem([point("A", 1, promises=(promise(0, 300, 105),))], [crew("C", 60, 200)]))
        == []
    )


def test_gap_shorter_than_the_shortest_round():
    a = point("A", 1, promises=(promise(60, 200, 19),))
    b = point("B", 2, promises=(promise(60, 200, 100),))
    said = precheck(problem([a, b], [crew("C", 0, 300)]))
    assert len(said) == 1
    assert "smallest gap for a passing crew is 20 min" in said[0]


def test_place_that_nobody_reaches():
    far = point("F", 4, promises=(promise(0, 100, 50),))
    said = precheck(problem([far], [crew("C", 0, 40)]))
    assert "can reach F (1 of 1 places)" in said[0]


def test_reference_constructions_of_the_catalogue():
    assert rounds_reference(12, 15 * MIN, 60 * MIN, 120 * MIN) == 2
    assert least_crews([(15 * MIN, 5 * MIN, 120 * MIN)] * 12) == 2  # 12 * 20 / 135 = 1.78
    assert least_crews([(60, 600, 60)] * 3) == 3
    assert rail_reference(3000, 3000, 7200) == (1, 1)
    assert rail_reference(7000, 3000, 7200) == (3, 2)


def test_crew_bound_counts_simultaneous_windows():
    schools = [point(f"S{i}", 1 + i % 3, 20, windows=(window(100, 120),)) for i in range(8)]
    p = problem(schools, [crew(f"C{i}", 0, 300) for i in range(9)])
    # 8 visits of 20 + 0 min touch [100, 120); a crew gives at most 20 and one visit over each end: 60
    assert crews_bound(p) == 3


def test_positions_through_a_tour():
    track = Place("T", (Service(1, 3, 20 * MIN),))
    p = problem([track], [crew("C", 0, 100, breaks=(Break(30 * MIN, 40 * MIN, 10 * MIN),))])
    one = plan(
        tour("C", 0, 70, stop("T", 10, 30), rests=(Rest(0, 30 * MIN, 40 * MIN),)),
    )

    def at(minute):
        (spot,) = positions(one, p, minute * MIN)
        return spot.state, spot.from_location, spot.to_location, spot.fraction

    assert at(2) == ("depot", 0, 0, 0.0)
    assert at(6) == ("drive", 0, 1, 0.2)
    assert at(15) == ("visit", 1, 3, 0.25)
    assert at(35) == ("rest", 3, 3, 0.0)
    assert at(50) == ("wait", 3, 3, 0.0)
    assert at(58) == ("drive", 3, 0, 0.2)
    assert positions(one, p, 70 * MIN) == ()
