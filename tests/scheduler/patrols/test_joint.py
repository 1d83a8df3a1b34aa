"""Joint visits: two crews at one place at one time, by hand and with planted faults."""

import dataclasses

import pytest

from scheduler.errors import ProblemError
from scheduler.outcome import Limits
from scheduler.patrols.audit import audit
from scheduler.patrols.explain import explain
from scheduler.patrols.plan import PatrolPlan
from scheduler.patrols.problem import Window
from scheduler.patrols.solve import solve

from .patrol_cases import MIN, crew, plan, point, problem, promise, stop, tour

QUICK = Limits(work=0.1)


def fair(crews=2):
    return point("fair", 1, windows=(Window(60 * MIN, 90 * MIN, crews),))


def test_two_crews_meet_and_go_on():
    places = [fair(), point("A", 2, promises=(promise(0, 240, 100),))]
    found = solve(problem(places, [crew("C", 0, 240), crew("D", 0, 240)]), limits=QUICK)
    assert [level.value for level in found.levels][:2] == [0, 0]
    meets = [s for t in found.plan.tours for s in t.stops if s.place == "fair"]
    assert len(meets) == 2
    assert meets[0].arrive_s == meets[1].arrive_s
    assert audit(problem(places, [crew("C", 0, 240), crew("D", 0, 240)]), found.plan).ok


def test_one_crew_twice_is_not_two_crews():
    p = problem([fair()], [crew("C", 0, 240), crew("D", 0, 240)])
    first, second = stop("fair", 60, 70), stop("fair", 70, 80)
    alone = plan(tour("C", 0, 240, first, second))
    apart = plan(tour("C", 0, 240, first), tour("D", 0, 240, second))
    overlap = plan(tour("C", 0, 240, stop("fair", 60, 75)), tour("D", 0, 240, stop("fair", 65, 80)))
    copied = plan(tour("C", 0, 240, stop("fair", 60, 80), stop("fair", 65, 80)))
    assert audit(p, alone).value("missed") == 1
    assert audit(p, copied).value("missed") == 1
    assert audit(p, apart).value("missed") == 1
    assert audit(p, overlap).value("missed") == 0
    assert audit(p, PatrolPlan(())).value("missed") == 2


def test_what_cannot_be_met_is_left_open_and_refused_where_nobody_could():
    found = solve(problem([fair()], [crew("C", 0, 240), crew("D", 100, 240)]), limits=QUICK)
    assert found.levels[0].value == 1
    with pytest.raises(ProblemError, match="Offer 1 more"):
        problem([fair(3)], [crew("C", 0, 240), crew("D", 0, 240)])
    with pytest.raises(ProblemError, match="expected 1 or more"):
        problem([fair(0)], [crew("C", 0, 240)])
    short = dataclasses.replace(
        fair(), services=(dataclasses.replace(fair().services[0], dwell_s=0),)
    )
    with pytest.raises(ProblemError, match="needs a dwell"):
        problem([short], [crew("C", 0, 240), crew("D", 0, 240)])


def test_the_sentence_says_how_many_came():
    p = problem([fair()], [crew("C", 0, 240), crew("D", 0, 240)])
    cost = audit(p, plan(tour("C", 0, 240, stop("fair", 60, 70)))).costs[0]
    assert explain(cost, str) == "fair wants 2 crews together from 3600 to 5400; 1 of them can be there at once."
