"""The search against enumeration, its own audit, planted faults, and itself."""

import dataclasses
import itertools
import json

import numpy as np
import pytest
from hypothesis import assume, event, example, given, settings
from hypothesis import strategies as st

from scheduler.outcome import Limits, Status
from scheduler.patrols import kernels
from scheduler.patrols.audit import audit
from scheduler.patrols.bounds import crews_bound, gap_bound, missed_bound, shortage_bound
from scheduler.patrols.plan import PatrolPlan
from scheduler.patrols.problem import Place, Service
from scheduler.patrols.replay import replay
from scheduler.patrols.search import PEN, Clock, Search
from scheduler.patrols.solve import solve
from scheduler.patrols.tables import build
from tests.scheduler.repeat import printed

from .patrol_cases import (
    MIN,
    all_tours,
    crew,
    every_plan,
    plan,
    point,
    problem,
    promise,
    small_problems,
    stop,
    tiny_problems,
    tour,
    window,
)

QUICK = Limits(work=0.1)


def levels(outcome):
    return {level.name: level.value for level in outcome.levels}


def test_one_crew_keeps_two_promises_by_turns():
    # round A-B-A takes 10 + 5 + 10 + 5 min: with a gap of 60 one crew is enough
    places = [
        point("A", 1, promises=(promise(60, 300, 60),)),
        point("B", 2, promises=(promise(60, 300, 60),)),
    ]
    found = solve(problem(places, [crew("C", 0, 320), crew("D", 0, 320)]), limits=QUICK)
    assert levels(found)["gap_excess"] == 0
    assert levels(found)["crews"] == 1
    assert [level.proven for level in found.levels][:4] == [True] * 4


def test_two_crews_where_one_cannot():
    # A and B are 40 min apart, each wants a visit every 45: no crew keeps both
    minutes = [[0, 20, 20], [20, 0, 40], [20, 40, 0]]
    places = [
        point("A", 1, promises=(promise(60, 300, 45),)),
        point("B", 2, promises=(promise(60, 300, 45),)),
    ]
    found = solve(problem(places, [crew(c, 0, 340) for c in "CDE"], minutes=minutes), limits=QUICK)
    assert levels(found)["gap_excess"] == 0
    assert levels(found)["crews"] == 2


def test_promise_over_a_shift_change_is_kept_by_two_crews():
    a = point("A", 1, promises=(promise(30, 400, 60),))
    p = problem([a], [crew("early", 0, 200), crew("late", 200, 420)])
    found = solve(p, limits=QUICK)
    assert levels(found)["gap_excess"] == 0
    assert [t.crew for t in found.plan.tours] == ["early", "late"]


def test_pool_allows_one_crew_only():
    minutes = [[0, 20, 20], [20, 0, 40], [20, 40, 0]]
    places = [
        point("A", 1, promises=(promise(60, 300, 45),)),
        point("B", 2, promises=(promise(60, 300, 45),)),
    ]
    p = problem(places, [crew("C", 0, 340), crew("D", 0, 340)], minutes=minutes, most=1)
    found = solve(p, limits=QUICK)
    assert len(found.plan.tours) == 1
    assert levels(found)["gap_excess"] > 0
    assert found.status is Status.FEASIBLE
    assert "gaps exceeded" in found.note


def test_ordered_crew_runs_even_with_nothing_to_do():
    p = problem([point("A", 1)], [crew("C", 0, 100, must=True), crew("D", 0, 100)])
    found = solve(p, limits=QUICK)
    assert [t.crew for t in found.plan.tours] == ["C"]


def test_core_is_manned_in_turn():
    inner = [point("A", 1, core=True), point("B", 2, core=True)]
    p = problem(
        inner, [crew(c, 0, 200) for c in "CDE"], core_crews=2, core_spans=((30 * MIN, 150 * MIN),)
    )
    found = solve(p, limits=QUICK)
    assert levels(found)["core"] == 0
    assert levels(found)["crews"] == 2


def test_presence_fills_free_time_without_more_crews():
    places = [point("A", 1, windows=(window(20, 40),)), point("B", 2, prize=1)]
    p = problem(places, [crew("C", 0, 240), crew("D", 0, 240)], horizon=240)
    found = solve(p, limits=QUICK)
    assert levels(found)["crews"] == 1
    assert levels(found)["presence"] == 0


def test_no_crew_and_no_place():
    p = problem([point("A", 1, promises=(promise(0, 100, 30),))], [], horizon=100)
    found = solve(p, limits=QUICK)
    assert found.plan == PatrolPlan(())
    assert levels(found)["gap_excess"] == 70
    assert found.levels[1].bound == 70
    nothing = solve(problem([], []), limits=QUICK)
    assert nothing.status is Status.OPTIMAL


def town(n=14, seed=5):
    """A drawn town with more work than one crew can do."""
    import numpy as np

    r = np.random.default_rng(seed)
    spots = r.integers(0, 30, (n + 1, 2))
    minutes = np.ceil(np.hypot(*(spots[:, None] - spots[None]).transpose(2, 0, 1)) / 2).astype(int)
    for k in range(n + 1):
        minutes = np.minimum(minutes, minutes[:, k, None] + minutes[None, k])
    places = [
        point(f"P{i}", i + 1, 8, promises=(promise(60, 420, int(r.integers(60, 150))),))
        for i in range(n)
    ]
    crews = [crew(f"C{s}{i}", s, s + 240) for s in (0, 240) for i in range(5)]
    return problem(places, crews, minutes=minutes.tolist())


def test_same_seed_same_plan_byte_for_byte():
    p = town()
    texts = [
        json.dumps(solve(p, limits=Limits(work=0.3), seed=seed).plan.to_json())
        for seed in (7, 7, 8)
    ]
    assert texts[0] == texts[1]
    assert texts[0] != texts[2]


FRESH = """
import json
from tests.scheduler.patrols.test_solve import town
from scheduler.outcome import Limits
from scheduler.patrols.solve import solve
found = solve(town(), limits=Limits(work=0.3), seed=7)
print(json.dumps(found.plan.to_json()), [(v.name, v.value, v.bound) for v in found.levels])
"""


def test_two_fresh_processes_give_the_same_plan_byte_for_byte():
    one, two = printed(FRESH, 1), printed(FRESH, 2)
    assert one == two
    assert one.startswith(b'{"tours": [{"crew"')


def test_stop_is_asked_and_the_best_plan_comes_back():
    asked = itertools.count()
    found = solve(town(), limits=Limits(work=1000.0), stop=lambda: next(asked) > 20)
    assert found.plan is not None
    assert next(asked) < 60
    assert audit(town(), found.plan).ok


def test_progress_tells_stages_and_bounds():
    told = []
    solve(town(), limits=Limits(work=0.2), on_progress=told.append)
    assert {"stage", "solution", "bound", "done"} <= {event.kind for event in told}
    assert {event.engine for event in told} == {"patrols"}


def test_hint_is_never_lost():
    p = town()
    good = solve(p, limits=Limits(work=1.0))
    again = solve(p, limits=Limits(work=0.01), hint=good.plan, seed=3)
    assert tuple(levels(again).values()) <= tuple(levels(good).values())
    nonsense = plan(dataclasses.replace(good.plan.tours[0], crew="nobody"))
    assert audit(p, solve(p, limits=QUICK, hint=nonsense).plan).ok


def lead(found):
    return tuple(found.value(name) for name in ("missed", "gap_excess", "crews"))


def one_visit_for_two():
    """P2's promise asks for a visit that leaves it unseen for 6 min at most: any in 2..7; its window for one in 7..10.

    One crew has no time for both. All ways take 1 min, from the depot at 0; P2 is entered at 3 and left at 1, where
    P0 is: 3-4 way, 4-6 P1, 6-7 way, 7-8 P2, 8-10 P0, 11 home. A second visit of P2 would bring the crew to P0 after
    its window has closed at 9 (back from 1 to 3 is a minute more), so that two crews would be needed.
    """
    places = [
        point("P0", 1, 2, windows=(window(6, 9),)),
        point("P1", 2, 2, windows=(window(4, 7),)),
        Place("P2", (Service(3, 1, MIN),), (promise(1, 9, 6),), (window(7, 10),), weight=2),
    ]
    minutes = [[int(a != b) for b in range(4)] for a in range(4)]
    return problem(places, [crew("C", 3, 11), crew("D", 4, 10)], minutes=minutes, horizon=12)


def one_visit_plan():
    stops = (stop("P1", 4, 6), stop("P2", 7, 8), stop("P0", 8, 10))
    return plan(tour("C", 3, 11, *stops))


@pytest.mark.parametrize("seed", range(3))
def test_one_visit_keeps_a_window_and_a_promise(seed):
    assert lead(audit(one_visit_for_two(), one_visit_plan())) == (0, 0, 1)
    found = solve(one_visit_for_two(), limits=QUICK, seed=seed)
    assert lead(audit(one_visit_for_two(), found.plan)) == (0, 0, 1)
    assert [level.proven for level in found.levels][:4] == [True] * 4


def test_a_replayed_visit_keeps_its_window_and_its_promise():
    p = one_visit_for_two()
    search = Search(build(p, with_slots=False), 0, Clock(Limits(work=0.01), None))
    state = replay(p, search, one_visit_plan())
    value = np.zeros(kernels.N_WORTH, np.int64)
    kernels.worth(search.data, state, search.work, False, value)
    assert value[:4].tolist() == [0, 0, 0, 1]
    assert state.X[0].tolist() == [3, 0]


def test_what_is_open_is_penalised_by_its_weight():
    # three places of weights 1, 1 and 4: a mean of 2, so that penalties stand as 1 : 1 : 4 with a mean of PEN
    places = [
        point("A", 1, promises=(promise(0, 90, 30),)),
        point("B", 2, windows=(window(0, 9),)),
        point("C", 3, windows=(window(0, 9),), weight=4),
        point("D", 4),
    ]
    p = problem(places, [crew("C", 0, 100)])
    search = Search(build(p, with_slots=False), 0, Clock(Limits(work=0.01), None))
    assert (search.work.pen / PEN).tolist() == [0.5, 0.5, 2.0, 1.0]
    value, state = np.zeros(kernels.N_WORTH, np.int64), search.best
    everything = kernels.worth(search.data, state, search.work, False, value)
    nodes = np.flatnonzero(search.data.kind == kernels.WINDOW)
    fines = []
    for node in nodes:
        state.S[kernels.CARRY, node] = 0  # as if a visit served it
        fines.append(everything - kernels.worth(search.data, state, search.work, False, value))
        state.S[kernels.CARRY, node] = -1
    assert fines[1] == 4 * fines[0] > 0


@settings(max_examples=40, derandomize=True)
@example(one_visit_for_two())
@given(tiny_problems())
def test_enumeration_agrees_on_tiny_problems(p):
    tours = [len(all_tours(p, c)) for c in p.crews]
    product = 1
    for n in tours:
        product *= n + 1
    assume(product <= 400)
    best = min(lead(audit(p, one)) for one in every_plan(p))
    found = solve(p, limits=QUICK)
    ours = lead(audit(p, found.plan))
    event("all kept" if best[:2] == (0, 0) else "not all can be kept")
    assert missed_bound(p) <= best[0]
    if best[0] == 0:
        assert gap_bound(p) <= best[1]
    if best[:2] == (0, 0):
        assert crews_bound(p) <= best[2]
        assert ours == best
    else:
        assert ours >= best
        assert ours[0] == best[0]
    for level in found.levels:
        assert level.bound <= level.value
        if level.name in {"missed", "gap_excess", "crews"} and not level.conditional:
            assert (
                level.bound
                <= dict(zip(("missed", "gap_excess", "crews"), best, strict=True))[level.name]
            )


def test_serving_a_section_may_be_the_fastest_way_home():
    # from location 1 to the depot 3 min; section 1-2 takes 1 min and the depot is 1 min from 2
    minutes = [[0, 1, 2, 1], [3, 0, 2, 1], [1, 1, 0, 1], [2, 1, 1, 0]]
    places = [
        Place("P0", (Service(1, 2, MIN),), (promise(0, 3, 2),)),
        Place("P1", (Service(2, 1, MIN),), (promise(0, 3, 2),)),
    ]
    p = problem(places, [crew("C", 0, 5)], minutes=minutes, horizon=12)
    found = solve(p, limits=QUICK)
    assert levels(found)["gap_excess"] == gap_bound(p) == 0
    assert found.plan.tours[0].return_s == 5 * MIN


@pytest.mark.xfail(strict=True, reason="a visit nobody asks for is never made as a shorter way")
def test_a_section_nobody_asks_for_may_be_the_only_way_home():
    # 4-6 way, 6-8 P1 out at 3; home from 3 takes 3 min, but P2 leads to 1 in one and the depot is one from there: 10
    minutes = [[0, 2, 2, 3], [1, 0, 3, 3], [2, 3, 0, 2], [3, 3, 1, 0]]
    places = [
        Place("P1", (Service(2, 3, 2 * MIN),), (), (window(6, 8),)),
        Place("P2", (Service(3, 1, MIN),)),
    ]
    p = problem(places, [crew("C", 4, 10)], minutes=minutes, horizon=12)
    by_hand = plan(tour("C", 4, 10, stop("P1", 6, 8), stop("P2", 8, 9)))
    assert audit(p, by_hand).ok
    assert lead(audit(p, by_hand)) == (0, 0, 1)
    assert missed_bound(p) == 0
    assert levels(solve(p, limits=QUICK))["missed"] == 0


@given(small_problems(), st.integers(0, 5))
def test_every_plan_is_clean_and_its_levels_are_the_audits(p, seed):
    found = solve(p, limits=QUICK, seed=seed)
    check = audit(p, found.plan)
    assert check.ok, check.breaches
    assert tuple((level.name, level.value) for level in found.levels) == check.levels
    assert PatrolPlan.from_json(found.plan.to_json()) == found.plan


@given(st.data())
def test_planted_faults_are_caught(data):
    p = town(8)
    made = SOLVED.setdefault("town", solve(p, limits=QUICK).plan)
    clean = audit(p, made)
    at = data.draw(st.integers(0, len(made.tours) - 1))
    one = made.tours[at]
    number = data.draw(st.integers(0, len(one.stops) - 1))
    old = one.stops[number]
    kind = data.draw(st.sampled_from(["drop", "early", "short", "outside", "twice", "elsewhere"]))
    new = {
        "drop": (),
        "early": (
            dataclasses.replace(
                old, arrive_s=old.arrive_s - 300 * MIN, leave_s=old.leave_s - 300 * MIN
            ),
        ),
        "short": (dataclasses.replace(old, leave_s=old.leave_s - 1),),
        "outside": (dataclasses.replace(old, leave_s=old.leave_s + 300 * MIN),),
        "twice": (old, old),
        "elsewhere": (dataclasses.replace(old, place="nowhere"),),
    }[kind]
    stops = (*one.stops[:number], *new, *one.stops[number + 1 :])
    tours = (*made.tours[:at], dataclasses.replace(one, stops=stops), *made.tours[at + 1 :])
    found = audit(p, PatrolPlan(tours))
    caught = {b.rule for b in found.breaches}
    match kind:
        case "drop":
            assert not found.breaches
            assert found.levels != clean.levels
        case "early" | "outside" | "twice":
            assert "bad_leg" in caught
        case "short":
            assert "wrong_dwell" in caught
        case "elsewhere":
            assert "unknown" in caught


SOLVED: dict[str, PatrolPlan] = {}


def test_a_stretched_gap_names_place_and_time():
    a = point("A", 1, promises=(promise(60, 240, 60),))
    p = problem([a], [crew("C", 0, 300)])
    made = solve(p, limits=QUICK).plan
    visits = made.tours[0].stops
    last = visits[-1]
    late = stop("A", 228, 238)
    assert last.arrive_s < late.arrive_s
    stretched = plan(
        dataclasses.replace(made.tours[0], stops=(*visits[:-1], late), return_s=300 * MIN)
    )
    found = audit(p, stretched)
    assert [c.rule for c in found.costs] == ["gap"]
    assert found.costs[0].where == ("A",)
    assert found.costs[0].end_s == 228 * MIN


@pytest.mark.parametrize("seed", range(3))
def test_loose_triangles_do_not_break_the_search(seed):
    # location 2 shortens the way from 0 to 1 from 30 to 10: removing a visit there makes ways longer
    minutes = [[0, 30, 5, 5], [30, 0, 5, 5], [5, 5, 0, 9], [5, 5, 9, 0]]
    places = [
        point("A", 1, 5, promises=(promise(30, 200, 50),)),
        point("B", 2, 5, promises=(promise(30, 200, 50),)),
        point("D", 3, 5, promises=(promise(30, 200, 50),)),
    ]
    p = problem(places, [crew("C", 0, 240), crew("D", 0, 240)], minutes=minutes)
    found = solve(p, limits=QUICK, seed=seed)
    assert audit(p, found.plan).ok
    assert levels(found)["gap_excess"] == 0


def test_want_of_crew_seconds_bounds_the_excess_by_hand():
    # one crew of 480 min; A and B, 5 min from each other and from the depot, each 480 min, gap 35, dwell 10: without a
    # visit 445 min over each; a visit takes 15 crew minutes and takes off 45, three for one: 890 / 3 < 480, no bound.
    # Ten such places: 4450 less 3 * 480 leaves 3010 min that nobody can prevent
    minutes = [[0 if i == j else 5 for j in range(11)] for i in range(11)]
    places = [point(f"P{i}", i + 1, promises=(promise(0, 480, 35),)) for i in range(10)]
    two = problem(places[:2], [crew("C", 0, 480)], minutes=minutes)
    ten = problem(places, [crew("C", 0, 480)], minutes=minutes)
    assert shortage_bound(two) == 0
    assert shortage_bound(ten) == 3010
    found = solve(ten, limits=QUICK)
    assert levels(found)["gap_excess"] >= 3010
    assert found.levels[1].bound == 3010


@given(small_problems())
def test_shortage_never_exceeds_a_plan(p):
    found = solve(p, limits=Limits(work=0.05))
    assert shortage_bound(p) <= dict(audit(p, found.plan).levels)["gap_excess"]
