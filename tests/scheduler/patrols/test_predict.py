"""How predictable plans are, counted by hand, and variants that keep every promise."""

import math

import numpy as np
import pytest

from scheduler.outcome import Limits
from scheduler.patrols import kernels
from scheduler.patrols.audit import audit
from scheduler.patrols.plan import PatrolPlan, Stop, Tour
from scheduler.patrols.predict import predictability, spoiling_pins
from scheduler.patrols.replay import replay
from scheduler.patrols.search import Clock, Search
from scheduler.patrols.solve import solve
from scheduler.patrols.state import to_plan
from scheduler.patrols.tables import build
from scheduler.patrols.variants import draw_times, no_worse_than, variants

from .patrol_cases import MIN, crew, point, problem, promise, window


def day(*minutes, place="A"):
    stops = tuple(Stop(place, m * MIN, (m + 1) * MIN) for m in minutes)
    return PatrolPlan((Tour("C", 0, 600 * MIN, stops),))


def test_same_timetable_every_day_gives_everything_away():
    found = predictability([day(5, 65), day(5, 65), day(5, 65)])
    assert (found.entropy_bits, found.best_guess) == (0.0, 1.0)
    assert found.fixed == (("A", 0), ("A", 3600))


def test_entropy_and_best_guess_by_hand():
    # hour 0: bins 0, 1, 0 -> H(2/3, 1/3); guesses: day 2 says 0 (wrong), day 3 says 0 (0 and 1 once each) -> right
    found = predictability([day(5), day(15), day(5)])
    assert found.entropy_bits == pytest.approx(
        -(2 / 3 * math.log2(2 / 3) + 1 / 3 * math.log2(1 / 3))
    )
    assert found.best_guess == 0.5
    assert found.fixed == ()


def test_an_hour_without_a_visit_is_an_outcome():
    # hour 0 is visited on one of two days: one bit; hour 1 on the other: one bit; no guess ever fits
    found = predictability([day(5), day(65)])
    assert (found.entropy_bits, found.best_guess) == (1.0, 0.0)


def test_one_plan_or_none_says_nothing():
    assert predictability([day(5)]).fixed == ()
    assert predictability([PatrolPlan(())]).entropy_bits == 0.0


def test_a_narrow_pin_is_warned_about_and_a_wide_one_is_not():
    plans = [day(5), day(6)]
    (told,) = spoiling_pins(plans, [("A", 5 * MIN, 6 * MIN)])
    assert "A between 00:05 and 00:06 stands in every one of 2 plans" in told
    assert spoiling_pins(plans, [("A", 0, 30 * MIN)]) == []
    assert spoiling_pins([day(5), day(25)], [("A", 5 * MIN, 6 * MIN)]) == []


def circle():
    places = [point(f"P{i}", 1 + i % 4, 5, promises=(promise(0, 480, 110),)) for i in range(6)]
    places.append(point("school", 2, 5, windows=(window(60, 90),)))
    return problem(places, [crew(c, 0, 480) for c in "CD"], horizon=480)


def test_variants_keep_every_promise_and_differ():
    p = circle()
    first = solve(p, limits=Limits(work=0.2)).plan
    plans = variants(p, first, 5, limits=Limits(work=2.0), seed=3)
    assert plans[0] == first
    assert len(plans) == 5
    assert len({str(x.to_json()) for x in plans}) == 5
    base = audit(p, first)
    for other in plans:
        found = audit(p, other)
        assert found.ok
        for level in ("missed", "gap_excess", "crews"):
            assert found.value(level) <= base.value(level)
        assert found.value("driving") <= base.value("driving") * 1.15
    fixed = predictability([first] * 5)
    drawn = predictability(plans)
    assert drawn.best_guess < fixed.best_guess == 1.0
    assert drawn.entropy_bits > 0.5
    assert variants(p, first, 5, limits=Limits(work=2.0), seed=3) == plans


def test_a_plan_that_keeps_less_or_drives_more_may_not_stand_beside_another():
    places = [point("A", 1, windows=(window(0, 60),)), point("B", 2, promises=(promise(0, 100, 60),))]
    p = problem(places, [crew(c, 0, 100) for c in "CD"], horizon=100)

    def tour(*stops, name="C", back=100):
        return Tour(name, 0, back * MIN, tuple(Stop(i, a * MIN, (a + 10) * MIN) for i, a in stops))

    own = PatrolPlan((tour(("A", 10), ("B", 50)),))  # 5, 5 and 10 min of driving
    good = no_worse_than(p, own, 15)
    assert good(own)
    assert good(PatrolPlan((tour(("A", 20), ("B", 45)),)))
    assert not good(PatrolPlan((tour(("B", 50)),)))  # misses A's window
    assert not good(PatrolPlan((tour(("A", 10), ("B", 75)),)))  # leaves B unseen for 75 min
    assert not good(PatrolPlan((tour(("A", 10)), tour(("B", 50), name="D"))))  # sends a second crew
    round_about = PatrolPlan((tour(("A", 10), ("B", 30), ("A", 50), ("B", 70)),))  # 30 min of driving
    assert not good(round_about)
    assert no_worse_than(p, own, 50)(round_about)


def test_drawn_times_keep_every_prize():
    """Eight places seen by 120 at the latest, worth a prize until 60: times drawn freely would hardly gain all."""
    places = [
        point(f"P{i}", 1 + i % 4, 1, promises=(promise(0, 240, 120),), prize=2, hours=((0, 60 * MIN),))
        for i in range(8)
    ]
    p = problem(places, [crew("C", 0, 240)], horizon=240)
    first = solve(p, limits=Limits(work=0.3)).plan
    assert audit(p, first).value("presence") == 0
    search = Search(build(p, with_slots=True), 0, Clock(Limits(work=0.1), None))
    search.slots = True
    begins = set()
    for seed in range(10):
        state = replay(p, search, first)
        assert kernels.retime(search.data, state, search.work)
        draw_times(search, state, np.random.default_rng(seed), 1.0)
        drawn = to_plan(p, search.tables, state)
        seen = audit(p, drawn)
        assert seen.ok
        assert seen.value("presence") == seen.value("gap_excess") == 0
        begins.add(drawn.tours[0].stops[0].arrive_s)
    assert len(begins) > 5
