"""Played days against the audit, by hand and drawn, and what they win for the search."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.outcome import Limits
from scheduler.patrols import dispatch
from scheduler.patrols import solve as solving
from scheduler.patrols.audit import audit
from scheduler.patrols.replay import replay
from scheduler.patrols.search import Clock, Search
from scheduler.patrols.solve import solve
from scheduler.patrols.start import Climb, fewer, fits, thin_out, widest
from scheduler.patrols.state import to_plan
from scheduler.patrols.tables import build

from .patrol_cases import MIN, crew, point, problem, promise, small_problems, window
from .test_solve import town


def climb_of(p, seed=0, work=1.0):
    return Climb(p, build(p, with_slots=False), Clock(Limits(work=work), None), seed)


def everyone(p):
    return np.ones(len(p.crews), np.int8)


def values(p, plan):
    found = audit(p, plan)
    assert found.ok, found.breaches
    return dict(found.levels)


def by_hand(p, *, early=1.0):
    """The day of a rule without any taste: the way counts, a second of slack counts as much."""
    climb = climb_of(p)
    rule = climb.drawn(everyone(p))
    rule.weigh[:] = 1.0, 1.0, 0.0
    rule.early[:] = early
    return climb, climb.play(rule)


def test_a_day_by_hand():
    # A 5 min and B 10 min from the depot, dwell 10, gap 30 over 0..60. Ways and slack of A: 5 + 25, of B: 10 + 20: A
    # comes first at 5-15; then A again would count 0 + 30, B 5 + 10: 20-30. A runs out at 45: 35-45, nothing is late
    places = [point("A", 1, promises=(promise(0, 60, 30),)), point("B", 2, promises=(promise(0, 60, 30),))]
    p = problem(places, [crew("C", 0, 80)])
    climb, one = by_hand(p)
    stops = climb.stops[: one.out[dispatch.VISITS], 1:].tolist()
    assert [(place, a // MIN, b // MIN) for place, _, a, b in stops[:3]] == [(0, 5, 15), (1, 20, 30), (0, 35, 45)]
    assert one.clean
    assert values(p, climb.plan(one))["gap_excess"] == 0


def test_a_day_knows_what_is_late_by_hand():
    # alone at A over 0..100 with gap 20 and shift 0..40: seen 5-15, 15-25, 25-35; home by 40, so that is all: unseen
    # for the 65 min left, 45 too many
    p = problem([point("A", 1, promises=(promise(0, 100, 20),))], [crew("C", 0, 40)], horizon=100)
    climb, one = by_hand(p)
    assert one.out[dispatch.EXCESS] == 45
    assert values(p, climb.plan(one))["gap_excess"] == 45


def test_visits_too_many_are_left_out_of_the_plan():
    # with everything worth a visit at once the crew stays at A without end; the gap of 60 asks for one visit only
    p = problem([point("A", 1, promises=(promise(0, 100, 60),))], [crew("C", 0, 110)], horizon=120)
    climb, one = by_hand(p)
    plan = climb.plan(one)
    assert one.out[dispatch.VISITS] > len(plan.tours[0].stops)
    assert values(p, plan)["gap_excess"] == 0


def test_windows_and_breaks_are_kept():
    rest = (solving_break(20, 40, 15),)
    places = [point("A", 1, windows=(window(30, 50),)), point("B", 2, windows=(window(60, 70),))]
    p = problem(places, [crew("C", 0, 120, breaks=rest)], horizon=120)
    climb = climb_of(p)
    one = climb.run(everyone(p), 0.5)
    assert one.clean
    plan = climb.plan(one)
    assert values(p, plan)["missed"] == 0
    assert len(plan.tours[0].rests) == 1


def test_no_visit_runs_into_a_break():
    # A is seen 5-15; once more would last until 25, but the break must begin by 20: taken there, 20-35, then A again
    a = point("A", 1, promises=(promise(0, 60, 12),))
    p = problem([a], [crew("C", 0, 80, breaks=(solving_break(20, 20, 15),))])
    climb, one = by_hand(p)
    plan = climb.plan(one)
    assert values(p, plan)["gap_excess"] == one.out[dispatch.EXCESS]
    assert [(s.arrive_s // MIN, s.leave_s // MIN) for s in plan.tours[0].stops[:2]] == [(5, 15), (35, 45)]
    assert [(r.after, r.start_s // MIN) for r in plan.tours[0].rests] == [(0, 20)]


def test_a_place_is_left_alone_until_so_much_of_its_gap_is_left():
    # the gap of 60 runs out at 60: worth a visit from 60 - 60 / 2 on, and again from 40 + 30 on
    p = problem([point("A", 1, promises=(promise(0, 120, 60),))], [crew("C", 0, 140)], horizon=140)
    climb, _ = by_hand(p, early=0.5)
    assert (climb.stops[:2, 3] // MIN).tolist() == [30, 70]


def solving_break(earliest, latest, length):
    from scheduler.patrols.problem import Break

    return Break(earliest * MIN, latest * MIN, length * MIN)


@settings(max_examples=60, derandomize=True)
@given(small_problems(), st.integers(0, 50))
def test_a_played_day_is_what_the_audit_says(p, seed):
    climb = climb_of(p, seed)
    out = widest(climb.tables, np.array([c.must for c in p.crews]))
    assert fits(climb.tables, out)
    one = climb.play(climb.drawn(out))
    plan = climb.plan(one)
    found = audit(p, plan)
    shorn = [b for b in found.breaches if b.rule != "broken_break"]  # a crew whose break found no room at all
    assert not shorn, shorn
    levels = dict(found.levels)
    assert levels["gap_excess"] == one.out[dispatch.EXCESS]
    assert levels["missed"] <= one.out[dispatch.MISSED]
    assert {t.crew for t in plan.tours} <= {c.id for c, o in zip(p.crews, out, strict=True) if o}


def test_the_search_takes_a_clean_day_as_it_is():
    p = town()
    climb = climb_of(p, work=5.0)
    one = climb.run(everyone(p), 1.0)
    assert one.clean
    plan = climb.plan(one)
    search = Search(climb.tables, 0, Clock(Limits(work=1.0), None))
    search.adopt(replay(p, search, plan))
    assert search.worth[:4].tolist() == [0, 0, 0, len(plan.tours)]


def served_town():
    p = town()
    search = Search(build(p, with_slots=False), 0, Clock(Limits(work=3.0), None))
    search.construct()
    search.serve_all(0.1, (0, 0))
    return p, search


def test_fewer_crews_than_the_first_plan_suffice():
    p, search = served_town()
    before = int(search.worth[3])
    thin_out(p, search, 0.8, 0)
    assert search.worth[:3].tolist() == [0, 0, 0]
    assert search.worth[3] < before
    found = values(p, to_plan(p, search.tables, search.finish()))
    assert (found["missed"], found["gap_excess"], found["crews"]) == (0, 0, search.worth[3])


def test_no_crew_is_saved_below_the_floor():
    p, search = served_town()
    before = int(search.worth[3])
    thin_out(p, search, 0.8, before)
    assert search.worth[3] == before


def test_crews_with_the_fewest_visits_stay_at_home_first():
    _, search = served_town()
    out, visits = fewer(search, 2), search.best.X[0]
    home = visits[(out == 0) & (visits > 0)].tolist()
    assert len(home) == 2
    assert max(home) <= min(visits[out == 1])
    assert fewer(search, 99) is None


def test_a_pool_limits_who_goes_out():
    p = problem([point("A", 1)], [crew(c, 0, 50) for c in "CDE"] + [crew("F", 60, 90)], most=2)
    tables = build(p, with_slots=False)
    assert widest(tables, np.array([False, False, True, False])).tolist() == [1, 0, 1, 1]


def test_played_days_help_where_crews_are_scarce(monkeypatch):
    from dataclasses import replace

    p = town(24)
    p = replace(p, crews=tuple(c for c in p.crews if c.id[-1] < "2"))
    limits = Limits(work=1.0)
    with_days = values(p, solve(p, limits=limits).plan)["gap_excess"]
    monkeypatch.setattr(solving, "scarce", lambda *_: None)
    without = values(p, solve(p, limits=limits).plan)["gap_excess"]
    assert 0 < with_days < 0.9 * without


def test_time_for_the_end_is_kept_from_the_search():
    # 100 s less the 20 kept: 40 s are half of them; no more than a quarter is ever kept, and of work nothing
    clock = Clock(Limits(seconds=100.0), None, began=time.perf_counter() - 40.0)
    clock.keep(20.0)
    assert clock.share == pytest.approx(0.5, abs=0.01)
    clock.keep(90.0)
    assert clock.share == pytest.approx(40 / 75, abs=0.01)
    work = Clock(Limits(work=1.0), None)
    work.keep(1e9)
    assert work.share == 0.0
