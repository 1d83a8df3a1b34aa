"""Hand-worked plans: each cause of the closed list once broken and once just kept."""

import dataclasses

import numpy as np
import pytest

from scheduler.outcome import Breach
from scheduler.patrols.audit import COST_CAUSES, HARD_CAUSES, audit
from scheduler.patrols.explain import explain
from scheduler.patrols.plan import PatrolPlan, Rest
from scheduler.patrols.problem import Break, Mode, Place, Service

from .patrol_cases import (
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


def rules(found):
    return [b.rule for b in found.breaches]


def costs(found):
    return [(c.rule, c.amount, c.start_s // MIN, c.end_s // MIN) for c in found.costs]


# A at location 1 is 5 min from the depot at 0; B at 2 is 5 min further.
A = point("A", 1, promises=(promise(60, 240, 60),))


def one(*stops, places=(A,), shift=(0, 300), **more):
    p = problem(places, [crew("C", *shift, **more)])
    return audit(p, plan(tour("C", shift[0], shift[1], *stops)))


def test_gap_is_kept_exactly_at_both_edges():
    # unseen 60-120, 130-190, 200-240: 60, 60 and 40 min
    assert one(stop("A", 120, 130), stop("A", 190, 200)).levels[1] == ("gap_excess", 0)


def test_gap_broken_by_one_second_costs_one_started_minute():
    p = problem([A], [crew("C", 0, 300)])
    late = dataclasses.replace(stop("A", 190, 200), arrive_s=190 * MIN + 1, leave_s=200 * MIN + 1)
    found = audit(p, plan(tour("C", 0, 300, stop("A", 120, 130), late)))
    assert costs(found) == [("gap", 1, 130, 190)]
    assert found.costs[0].price == 1
    assert found.costs[0].data == {"gap_s": 3600, "unseen_s": 3601}


def test_gap_counts_from_the_promise_not_from_an_earlier_visit():
    # left at 30, promise begins at 60: the stretch runs from 60, so 121 is one minute late
    found = one(stop("A", 20, 30), stop("A", 121, 131), stop("A", 185, 195))
    assert costs(found) == [("gap", 1, 60, 121)]


def test_gap_at_the_end_of_a_promise():
    found = one(stop("A", 110, 120), stop("A", 160, 170))
    assert costs(found) == [("gap", 10, 170, 240)]


def test_visit_over_the_begin_of_a_promise_counts():
    assert one(stop("A", 55, 65), stop("A", 125, 135), stop("A", 185, 195)).value("gap_excess") == 0


def test_gap_runs_over_the_change_of_shift_between_two_crews():
    p = problem([A], [crew("early", 0, 140), crew("late", 140, 300)])
    kept = plan(
        tour("early", 0, 140, stop("A", 110, 120)), tour("late", 140, 300, stop("A", 180, 190))
    )
    broken = plan(
        tour("early", 0, 140, stop("A", 110, 120)), tour("late", 140, 300, stop("A", 185, 195))
    )
    assert audit(p, kept).value("gap_excess") == 0
    assert costs(audit(p, broken)) == [("gap", 5, 120, 185)]


def test_a_short_visit_inside_a_long_one_does_not_end_it():
    place = point("A", 1, promises=(promise(60, 180, 60),))
    p = problem([place], [crew(c, 0, 300) for c in "CD"])
    both = plan(tour("C", 0, 300, stop("A", 60, 120)), tour("D", 0, 300, stop("A", 100, 110)))
    assert audit(p, both).value("gap_excess") == 0


def test_weight_prices_windows_and_minutes():
    heavy = point("A", 1, promises=(promise(60, 180, 60),), windows=(window(10, 20),), weight=3)
    found = one(places=(heavy,))
    assert found.levels[:2] == (("missed", 3), ("gap_excess", 180))


def test_window_begins_inside_half_open():
    school = point("A", 1, windows=(window(60, 90),))
    assert one(stop("A", 60, 70), places=(school,)).value("missed") == 0
    found = one(stop("A", 90, 100), places=(school,))
    assert [(c.rule, c.data) for c in found.costs] == [("late", {"arrive_s": 90 * MIN})]
    assert one(stop("A", 59, 69), places=(school,)).costs[0].rule == "missed"


def test_every_window_wants_its_own_visit():
    twice = point("A", 1, windows=(window(60, 90), window(80, 120)))
    assert one(stop("A", 85, 95), places=(twice,)).value("missed") == 1
    assert one(stop("A", 60, 70), stop("A", 85, 95), places=(twice,)).value("missed") == 0


def test_a_visit_that_fits_two_windows_serves_the_one_that_ends_first():
    place = point("A", 1, windows=(window(0, 100), window(10, 20)))
    assert one(stop("A", 15, 25), stop("A", 50, 60), places=(place,)).value("missed") == 0


def test_a_visit_is_late_for_less_than_an_hour_after_the_window():
    place = point("A", 1, windows=(window(10, 20),))
    assert costs(one(stop("A", 79, 89), places=(place,))) == [("late", 1, 10, 20)]
    assert costs(one(stop("A", 80, 90), places=(place,))) == [("missed", 1, 10, 20)]


def test_section_reversed_enters_at_b():
    # section from location 1 to 3; the depot is 5 min from 1 and 15 min from 3
    track = Place("T", (Service(1, 3, 20 * MIN),))
    p = problem([track], [crew("C", 0, 100)])
    there = plan(tour("C", 0, 40, stop("T", 5, 25)))
    back = plan(tour("C", 0, 40, stop("T", 15, 35, reverse=True)))
    assert audit(p, there).ok
    assert audit(p, back).ok
    assert audit(p, there).value("driving") == audit(p, back).value("driving") == 20 * MIN
    early = audit(p, plan(tour("C", 0, 40, stop("T", 14, 34, reverse=True))))
    assert rules(early) == ["bad_leg"]
    assert early.breaches[0].amount == MIN


REST = Break(60 * MIN, 90 * MIN, 30 * MIN)
FREE = point("A", 1)


@pytest.mark.parametrize(
    ("begin", "end", "after", "want"),
    [
        (60, 90, 0, []),
        (90, 120, 0, []),
        (91, 121, 0, ["broken_break"]),
        (60, 89, 0, ["broken_break"]),
        (60, 90, -1, ["broken_break"]),  # it stands behind the visit, not before
        (45, 75, 0, ["broken_break", "broken_break", "bad_leg"]),  # too early, and during the visit
    ],
)
def test_break(begin, end, after, want):
    p = problem([FREE], [crew("C", 0, 200, breaks=(REST,))])
    rest = Rest(after, begin * MIN, end * MIN)
    found = audit(
        p, plan(tour("C", 0, 200, stop("A", 40, 60 if begin < 60 else 50), rests=(rest,)))
    )
    assert set(rules(found)) <= set(want)
    assert bool(rules(found)) == bool(want)


def test_break_not_taken_and_one_too_many():
    p = problem([FREE], [crew("C", 0, 200, breaks=(REST,))])
    assert rules(audit(p, plan(tour("C", 0, 200)))) == ["broken_break"]
    twice = (Rest(-1, 60 * MIN, 90 * MIN), Rest(-1, 100 * MIN, 130 * MIN))
    assert rules(audit(p, plan(tour("C", 0, 200, rests=twice)))) == ["broken_break"]


def test_break_leaves_time_for_the_way():
    # visit ends at 60, break 60-90, the way from A to B takes 5: arriving at 94 is a minute short
    b = point("B", 2)
    p = problem([FREE, b], [crew("C", 0, 200, breaks=(REST,))])
    rest = Rest(0, 60 * MIN, 90 * MIN)
    for arrive, want in ((94, ["bad_leg"]), (95, [])):
        found = audit(
            p,
            plan(
                tour("C", 0, 200, stop("A", 50, 60), stop("B", arrive, arrive + 10), rests=(rest,))
            ),
        )
        assert rules(found) == want


def test_a_break_may_touch_the_visits_before_and_after_it():
    owed = Break(10 * MIN, 20 * MIN, 30 * MIN)
    p = problem([FREE], [crew("C", 0, 200, breaks=(owed,))])
    visits = (stop("A", 5, 15), stop("A", 45, 55))
    assert audit(p, plan(tour("C", 0, 200, *visits, rests=(Rest(0, 15 * MIN, 45 * MIN),)))).ok


def test_hard_causes_one_by_one():
    p = problem([FREE], [crew("C", 10, 100), crew("M", 10, 100, must=True)], most=1)
    must = tour("M", 10, 100)

    def broken(*tours):
        return rules(audit(p, plan(*tours)))

    assert broken(must) == []
    assert broken() == ["missing_crew"]
    assert broken(must, must) == ["double_crew", "pool_exceeded"]
    assert audit(p, plan(must, must)).value("crews") == 1  # one crew, however many tours
    assert broken(must, tour("C", 10, 100)) == ["pool_exceeded"]
    assert broken(must, tour("X", 10, 100)) == ["unknown"]
    assert broken(tour("M", 10, 100, stop("Z", 20, 30))) == ["unknown"]
    assert broken(tour("M", 10, 100, stop("A", 20, 29))) == ["wrong_dwell"]
    assert broken(tour("M", 10, 100, stop("A", 14, 24))) == ["bad_leg"]
    assert broken(tour("M", 9, 100)) == ["overlong"]
    assert broken(tour("M", 10, 101)) == ["overlong"]


def test_short_visit_does_not_count():
    found = one(stop("A", 120, 129), stop("A", 190, 200))
    assert found.value("gap_excess") == 70  # unseen from 60 to 190 instead


def test_pool_counts_whole_shifts_half_open():
    crews = [crew("a", 0, 100), crew("b", 100, 200), crew("c", 99, 150)]
    p = problem([FREE], crews, most=1)
    assert audit(p, plan(tour("a", 0, 50), tour("b", 100, 150))).ok
    found = audit(p, plan(tour("a", 0, 50), tour("c", 120, 150)))
    assert rules(found) == ["pool_exceeded"]
    assert found.breaches[0].start_s == 99 * MIN


def test_unqualified_mode_and_unreachable_way():
    seconds = np.zeros((5, 5), np.int32)
    reach = np.ones((5, 5), np.bool_)
    reach[0, 1] = False
    base = problem([FREE], [crew("C", 0, 100)])
    nobody = dataclasses.replace(base, places=(Place("A", (None,)),))
    assert rules(audit(nobody, plan(tour("C", 0, 100, stop("A", 20, 30))))) == ["unqualified"]
    cut = dataclasses.replace(base, modes=(Mode("car", seconds, reach),))
    found = audit(cut, plan(tour("C", 0, 100, stop("A", 20, 30))))
    assert rules(found) == ["bad_leg"]
    assert found.breaches[0].data == {"reachable": False}


def test_slack_is_free_time_of_the_whole_tour():
    # tour of 100 min: 10 min driving, 80 min visits leave exactly 10 %
    p = problem([point("A", 1, 40)], [crew("C", 0, 200)], slack_pct=10)
    visits = (stop("A", 5, 45), stop("A", 50, 90))
    assert audit(p, plan(tour("C", 0, 100, *visits))).ok
    assert rules(audit(p, plan(tour("C", 0, 99, *visits)))) == ["little_slack"]


def test_core_counts_stays_and_ways_between_core_places():
    inner = [point("A", 1, core=True), point("B", 2, core=True), point("O", 3)]
    p = problem(inner, [crew("C", 0, 200)], core_crews=1, core_spans=((0, 60 * MIN),))
    kept = plan(tour("C", 0, 100, stop("A", 5, 30), stop("B", 40, 60)))
    found = audit(p, kept)
    assert costs(found) == [("core_left", 5, 0, 5)]
    left = plan(tour("C", 0, 100, stop("A", 5, 20), stop("O", 30, 40), stop("B", 45, 60)))
    assert audit(p, left).value("core") == 5 + 25
    assert audit(p, PatrolPlan(())).value("core") == 60


def test_presence_gains_one_prize_per_slot():
    p = problem([point("A", 1, prize=4, prize_every_s=100 * MIN)], [crew("C", 0, 300)])
    assert audit(p, plan()).value("presence") == 24
    found = audit(
        p, plan(tour("C", 0, 300, stop("A", 10, 20), stop("A", 99, 109), stop("A", 200, 210)))
    )
    assert found.value("presence") == 24 - 8
    beyond = audit(p, plan(tour("C", 0, 610, stop("A", 600, 610))))
    assert beyond.value("presence") == 24  # the horizon is half-open


def test_crews_driving_and_balance():
    p = problem([FREE], [crew("C", 0, 100, price=2), crew("D", 0, 100, price=3)])
    found = audit(p, plan(tour("C", 0, 100, stop("A", 5, 15)), tour("D", 0, 100)))
    assert dict(found.levels) == {
        "missed": 0, "gap_excess": 0, "core": 0, "crews": 5, "presence": 0, "driving": 600, "balance": 20,
    }  # fmt: skip


def hhmm(seconds):
    return f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}"


def sentence(p, *tours):
    found = audit(p, plan(*tours))
    return [explain(b, hhmm) for b in (*found.breaches, *found.costs)]


def test_each_cause_says_who_where_when_and_how_much():
    break_owed = Break(60 * MIN, 70 * MIN, 30 * MIN)
    p = problem([FREE], [crew("C", 10, 100), crew("M", 10, 100, must=True)], most=1)
    must = tour("M", 10, 100)
    assert sentence(p) == ["M is ordered to ride from 00:10 to 01:40 and has no tour."]
    assert sentence(p, must, must)[0] == "M has 2 tours; one crew rides one tour."
    assert sentence(p, must, tour("C", 10, 100)) == [
        "pool can send 1 crews from 00:10 to 10:00; 2 are out (C, M)."
    ]
    assert sentence(p, must, tour("X", 10, 100)) == ["The plan names what the scenario does not know: X."]
    assert sentence(p, tour("M", 10, 100, stop("Z", 20, 30))) == [
        "The plan names what the scenario does not know: Z, in the tour of M from 00:20 to 00:30."
    ]
    assert sentence(p, tour("M", 10, 100, stop("A", 20, 29))) == [
        "M stays 540 s at A from 00:20 to 00:29; 600 s are wanted."
    ]
    assert sentence(p, tour("M", 10, 100, stop("A", 14, 24))) == [
        "M cannot get between A and the depot from 00:10 to 00:14: the way takes 300 s, the plan leaves 240 s."
    ]
    assert sentence(p, tour("M", 10, 101)) == ["M is out from 01:40 to 01:41, 1 min outside its shift."]
    two = problem([FREE, point("B", 3)], [crew("C", 0, 100, breaks=(break_owed,))], slack_pct=60)
    assert sentence(two, tour("C", 0, 100, stop("A", 5, 15), stop("B", 20, 30))) == [
        "C cannot get from A to B from 00:15 to 00:20: the way takes 600 s, the plan leaves 300 s.",
        "C does not get a break as owed from 01:00 to 01:40: not taken.",
        "C has too little time left for interruptions from 00:00 to 01:40: 10 min short of 60 %.",
    ]
    strange = dataclasses.replace(problem([FREE], [crew("C", 0, 100)]), places=(Place("A", (None,)),))
    assert sentence(strange, tour("C", 0, 100, stop("A", 20, 30))) == [
        "C cannot serve A from 00:20 to 00:30: not by car."
    ]
    seen = point("A", 1, promises=(promise(60, 180, 60),), windows=(window(0, 30), window(200, 230)))
    owed = problem([seen, point("B", 2, core=True)], [crew("C", 0, 300)], core_crews=1, core_spans=((0, 600),))
    assert sentence(owed, tour("C", 0, 300, stop("A", 40, 50))) == [
        "C comes too late to A: at 00:40, a visit must begin from 00:00 to 00:30.",
        "A is not visited from 03:20 to 03:50, as it must be.",
        "A stays unseen from 01:00 to 03:00: 120 min, promised are 60.",
        "The core lacks 1 crews from 00:00 to 00:10 (10 crew-minutes).",
    ]


def test_every_cause_has_words_of_its_own():
    for cause in (*HARD_CAUSES, *COST_CAUSES):
        told = explain(Breach(cause, 60, "seconds", True, ("C",), ("A",), 0, 60), hhmm)
        assert told.endswith(".")
        assert not told.startswith(cause.replace("_", " ") + ":"), cause


def test_causes_are_a_closed_list():
    assert len(set(HARD_CAUSES) | set(COST_CAUSES)) == len(HARD_CAUSES) + len(COST_CAUSES) == 16


def test_plan_survives_json():
    one_plan = plan(tour("C", 0, 100, stop("A", 5, 15, reverse=True), rests=(Rest(0, 20, 30),)))
    assert PatrolPlan.from_json(one_plan.to_json()) == one_plan
