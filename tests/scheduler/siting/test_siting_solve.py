"""The engine on hand-worked cases: one for each level and rule, and how solves end."""

from itertools import combinations

import pytest

from scheduler.outcome import Limits, Status
from scheduler.siting import climb, worker
from scheduler.siting.audit import audit, cover, explain
from scheduler.siting.plan import Stand
from scheduler.siting.precheck import precheck
from scheduler.siting.problem import Kind, Post, Ring, Site
from scheduler.siting.solve import solve

WORK = Limits(work=10)


def posts_of(outcome, period="T0"):
    return sorted(s.post for s in outcome.plan.stands if s.period == period)


def values(outcome):
    return {level.name: level.value for level in outcome.levels}


def test_must_site_goes_before_heavier_ones(siting):
    sites = (Site("bank", 9, 5), Site("station", 1, 5, must=True))
    problem = siting.make([[1, 9], [9, 1]], sites=sites, stock=1)
    outcome = solve(problem, limits=WORK)
    assert outcome.status is Status.OPTIMAL
    assert posts_of(outcome) == ["P1"]
    assert values(outcome) == {"must_bare": 0, "bare": 9, "single": 0, "posts": 2, "response": 82}
    loose = siting.make([[1, 9], [9, 1]], sites=sites, stock=1, levels=("bare",))
    assert posts_of(solve(loose, limits=WORK)) == ["P0"]


@pytest.mark.parametrize(("seconds", "bare"), [(5, 0), (6, 1)])
def test_the_standard_itself_is_in_time(siting, seconds, bare):
    outcome = solve(siting.make([[seconds]]), limits=WORK)
    assert values(outcome)["bare"] == bare


def test_fewest_posts_that_cover(siting):
    problem = siting.make([[1, 1, 9], [9, 1, 1], [9, 1, 9]])
    assert posts_of(solve(problem, limits=WORK)) == ["P0", "P1"]


def test_backup_wants_a_second_post_not_a_second_unit(siting):
    sites = (Site("hall", 3, 5, backup=True),)
    posts = (Post("near", capacity=2), Post("far", capacity=2))
    problem = siting.make([[1], [4]], sites=sites, posts=posts, kinds=("car", "foot"))
    outcome = solve(problem, limits=WORK)
    assert posts_of(outcome) == ["far", "near"]
    lone = siting.make([[1], [6]], sites=sites, posts=posts, kinds=("car", "foot"))
    outcome = solve(lone, limits=WORK)
    assert values(outcome)["single"] == 3
    assert posts_of(outcome) == ["near"]


def test_a_line_is_covered_when_every_point_is(siting):
    problem = siting.make([[1, 9], [9, 1]], point_site=[0, 0], stock=1)
    assert values(solve(problem, limits=WORK))["bare"] == 1
    problem = siting.make([[1, 9], [9, 1]], point_site=[0, 0], stock=2)
    outcome = solve(problem, limits=WORK)
    assert values(outcome) == {"must_bare": 0, "bare": 0, "single": 0, "posts": 4, "response": 1}


def test_response_breaks_ties_between_covers(siting):
    problem = siting.make([[4, 4], [2, 3], [3, 3]], stock=1)
    assert posts_of(solve(problem, limits=WORK)) == ["P1"]


def test_staying_is_preferred_to_moving(siting):
    table = [[4, 4], [1, 4], [4, 1]]
    apart_sites = [[True, False], [False, True]]
    still = siting.make(table, periods=2, active=apart_sites)
    outcome = solve(still, limits=WORK)
    assert len(set(posts_of(outcome)) & set(posts_of(outcome, "T1"))) == 1
    assert values(outcome)["posts"] == 3
    free = siting.make(table, periods=2, active=apart_sites, move_price=0)
    outcome = solve(free, limits=WORK)
    assert (posts_of(outcome), posts_of(outcome, "T1")) == (["P1"], ["P2"])


def test_existing_posts_cost_no_opening(siting):
    posts = (Post("new"), Post("old", existing=True))
    outcome = solve(siting.make([[1], [2]], posts=posts), limits=WORK)
    assert posts_of(outcome) == ["old"]
    assert values(outcome)["posts"] == 1


def test_kinds_that_may_answer(siting):
    sites = (Site("port", 1, 5, kinds=(1,)),)
    outcome = solve(siting.make([[1]], sites=sites, kinds=("car", "boat")), limits=WORK)
    assert outcome.plan.stands == (Stand("P0", "T0", "boat", 1),)
    silent = siting.make([[1]], kinds=(Kind("camera", responds=False),))
    outcome = solve(silent, limits=WORK)
    assert outcome.plan.stands == ()
    assert values(outcome)["bare"] == 1


def test_required_posts_stand_with_their_units_of_any_kind(siting):
    posts = (Post("gate", capacity=3, required=True, units=3), Post("P1"))
    kinds = ("car", Kind("steward", responds=False))
    problem = siting.make([[9], [1]], posts=posts, kinds=kinds, stock=[(2, 2)])
    outcome = solve(problem, limits=WORK)
    assert outcome.status is Status.OPTIMAL
    assert audit(problem, outcome.plan).ok
    assert {(s.post, s.kind, s.n_units) for s in outcome.plan.stands} == {
        ("P1", "car", 1),
        ("gate", "car", 1),
        ("gate", "steward", 2),
    }


def test_windows_forbidden_and_spread(siting):
    posts = (Post("P0", forbidden=True), Post("P1", open_s=10), Post("P2", price=5))
    problem = siting.make([[1], [1], [1]], posts=posts, periods=2)
    outcome = solve(problem, limits=WORK)
    assert (posts_of(outcome), posts_of(outcome, "T1")) == (["P2"], ["P1"])
    close = siting.make([[1, 9], [9, 1]], apart=((0, 1),))
    assert values(solve(close, limits=WORK))["bare"] == 1


def test_p_median_with_exactly_so_many_posts(siting):
    problem = siting.make([[0, 3, 9], [3, 0, 4], [9, 4, 0]], levels=("response",), most_posts=1)
    outcome = solve(problem, limits=WORK)
    assert (posts_of(outcome), values(outcome)) == (["P1"], {"response": 7})


def test_unreached_sites_are_charged_late_seconds(siting):
    problem = siting.make([[2, siting.NEVER]], levels=("response",), late_s=50)
    assert values(solve(problem, limits=WORK)) == {"response": 52}
    problem = siting.make([[2, siting.NEVER]], levels=("response",))
    assert values(solve(problem, limits=WORK)) == {"response": 5}


def test_no_unit_stands_for_nothing(siting):
    problem = siting.make([[1], [1]], kinds=("car", "foot"), levels=("bare",))
    assert len(solve(problem, limits=WORK).plan.stands) == 1


def test_shortage_is_proven_and_said(siting):
    posts = (Post("gate", capacity=4, required=True, units=3), Post("exit", required=True))
    outcome = solve(siting.make([[1], [1]], posts=posts, stock=3), limits=WORK)
    assert outcome.status is Status.INFEASIBLE
    assert outcome.plan is None
    assert "required posts gate, exit need 4 units of car, 3 are at hand" in outcome.note


def test_a_hidden_contradiction_is_proven_and_its_rule_named(siting):
    # Three gates, each for two of three kinds; the stock would do, but every kind is missing one way round.
    posts = tuple(
        Post(f"G{i}", capacity=2, required=True, units=2, kinds=pair)
        for i, pair in enumerate([(0, 1), (0, 1), (1, 2)])
    )
    problem = siting.make(
        [[1]] * 3, posts=posts, kinds=("a", "b", "c"), stock=[(2, 2, 2)], most_posts=3
    )
    assert solve(problem, limits=WORK).status is Status.OPTIMAL
    problem = siting.make(
        [[1]] * 3, posts=posts, kinds=("a", "b", "c"), stock=[(2, 1, 2)], most_posts=3
    )
    outcome = solve(problem, limits=WORK)
    assert outcome.status is Status.INFEASIBLE
    assert "G0, G1 need 4 units of a, b, 3 are at hand" in outcome.note


def test_no_time_is_not_no_plan(siting):
    outcome = solve(siting.make([[4, 9], [9, 1]], stock=1), limits=Limits(seconds=0.0))
    assert (
        outcome.status is Status.FEASIBLE
    )  # the first plan needs no search, but nothing is proven
    assert not outcome.levels[-1].proven


@pytest.mark.parametrize("limits", [Limits(seconds=0.0), Limits(work=0.0)], ids=["seconds", "work"])
def test_no_plan_within_the_limit_is_unknown_and_never_impossible(siting, limits, monkeypatch):
    monkeypatch.setattr(climb, "first_plan", lambda _problem, _view: None)
    outcome = solve(siting.make([[4, 9], [9, 1]], stock=1), limits=limits)
    assert (outcome.status, outcome.plan) == (Status.UNKNOWN, None)
    assert outcome.note == "Stopped at the limit without a plan. That does not mean none exists."
    assert all(level.value is None and level.bound is None for level in outcome.levels)


def test_a_model_that_the_solver_refuses_is_a_defect_and_no_status(siting, monkeypatch):
    words = dict.fromkeys(worker.WORDS, "failed")
    monkeypatch.setattr(worker, "WORDS", words)
    monkeypatch.setattr(climb, "first_plan", lambda _problem, _view: None)
    with pytest.raises(RuntimeError, match=r"siting: the solver failed: .*OPTIMAL"):
        solve(siting.make([[4, 9], [9, 1]], stock=1), limits=WORK)


def test_stop_hands_back_the_plan_so_far(siting):
    problem = siting.make([[4, 9], [9, 1]], stock=1)
    outcome = solve(problem, limits=Limits(), stop=lambda: True)
    assert outcome.status is Status.FEASIBLE
    assert audit(problem, outcome.plan).ok


def test_with_and_without_cancel_the_plan_is_the_same(siting):
    table = [[(3 * j + 5 * s) % 7 + 1 for s in range(9)] for j in range(8)]
    problem = siting.make(table, stock=3, standard=3, periods=2)
    told = []
    one = solve(problem, limits=WORK, stop=lambda: False)
    two = solve(problem, limits=WORK, on_progress=told.append)
    assert one.plan == two.plan
    assert one.levels == two.levels
    assert told[-1].kind == "done"
    assert {event.kind for event in told} <= {"stage", "solution", "bound", "done"}


def test_a_good_hint_is_taken_and_a_broken_one_is_not(siting):
    problem = siting.make([[4], [4]], stock=1, levels=("bare",))
    other = siting.plan_of(problem, {(1, 0, 0): 1})
    assert solve(problem, limits=Limits(work=0), hint=other).plan is not None
    broken = siting.plan_of(problem, {(0, 0, 0): 1, (1, 0, 0): 1})
    assert audit(problem, solve(problem, limits=WORK, hint=broken).plan).ok


def test_precheck_names_the_site_and_its_nearest_candidate(siting):
    problem = siting.make([[7, siting.NEVER], [6, siting.NEVER]])
    sentences = precheck(problem)
    assert any("Site S0: its nearest candidate post, P1, needs 6 s" in text for text in sentences)
    assert any("Site S1: no candidate post reaches it at all" in text for text in sentences)
    assert not precheck(siting.make([[5]]))


def test_cover_says_who_answers(siting):
    problem = siting.make([[2, 7], [4, 1]], sites=(Site("a", 1, 5, backup=True), Site("b", 1, 5)))
    (its,) = cover(problem, siting.plan_of(problem, {(0, 0, 0): 1, (1, 0, 0): 1}))
    assert its.first_post.tolist() == [0, 1]
    assert its.first_s.tolist() == [2, 1]
    assert its.second_post.tolist() == [1, 0]
    assert its.second_s.tolist() == [4, 7]
    assert not its.bare.any()
    assert not its.single.any()


def test_work_limited_runs_repeat_exactly(siting):
    table = [[(7 * j * j + 5 * s + 3 * j * s) % 23 + 1 for s in range(24)] for j in range(20)]
    sites = tuple(Site(f"S{s}", 1 + s % 3, 9, s % 5 == 0, s % 4 == 0) for s in range(24))
    active = [[True] * 24, [s % 2 == 0 for s in range(24)]]
    problem = siting.make(table, sites=sites, stock=4, periods=2, active=active)
    one, two = (solve(problem, limits=Limits(work=5), seed=3) for _ in range(2))
    assert one.plan.to_json() == two.plan.to_json()
    assert (one.levels, one.settings) == (two.levels, two.settings)
    assert one.status is Status.OPTIMAL


def test_p_median_bounds_agree_with_all_choices(siting):
    # Large enough that the Lagrangean search branches; the optimum is counted over all choices.
    table = [[(13 * j * j + 7 * s * s + 5 * j * s) % 31 for s in range(14)] for j in range(12)]
    problem = siting.make(table, levels=("response",), most_posts=3)
    best = min(
        sum(min(table[j][s] for j in three) for s in range(14))
        for three in combinations(range(12), 3)
    )
    outcome = solve(problem, limits=WORK)
    assert (outcome.status, values(outcome)["response"]) == (Status.OPTIMAL, best)
    assert outcome.levels[0].bound == best


def test_a_ring_holds_no_more_than_its_most_and_no_less_than_its_least(siting):
    table = [[1, 9, 9], [9, 1, 9], [9, 9, 1]]
    levels = ("bare", "posts")
    free = siting.make(table, levels=levels)
    assert values(solve(free, limits=WORK)) == {"bare": 0, "posts": 6}
    few = siting.make(table, levels=levels, rings=(Ring("core", (0, 1), most=1),))
    found = solve(few, limits=WORK)
    assert (found.status, values(found)["bare"]) == (Status.OPTIMAL, 1)
    assert len({"P0", "P1"} & set(posts_of(found))) == 1
    both = siting.make([[1], [2]], levels=levels, rings=(Ring("core", (0, 1), least=2),))
    assert posts_of(solve(both, limits=WORK)) == ["P0", "P1"]
    none = siting.make([[1], [2]], stock=1, rings=(Ring("core", (0, 1), least=2),))
    assert solve(none, limits=WORK).status is Status.INFEASIBLE


def test_each_kind_of_unit_has_its_own_standard(siting):
    # A car needs 4 s and may take 5, somebody on foot needs 3 s and may take 2: only the car covers.
    tiers = (Site("hall", 3, 5, standard_by_kind_s=(5, 2), backup=True),)
    tables = [[[4], [9]], [[3], [1]]]
    problem = siting.make(None, tables=tables, sites=tiers, kinds=("car", "foot"), levels=("bare", "single", "posts"))
    outcome = solve(problem, limits=WORK)
    assert values(outcome) == {"bare": 0, "single": 0, "posts": 4}
    assert {(s.post, s.kind) for s in outcome.plan.stands} == {("P0", "car"), ("P1", "foot")}
    far = siting.plan_of(problem, {(0, 0, 1): 1})
    (cost,) = audit(problem, far).costs
    assert explain(problem, cost) == "hall: the nearest post, P0, needs 3 s in T0 (standard 2 s)."
    sooner = siting.plan_of(problem, {(0, 0, 0): 1, (0, 0, 1): 1})  # on foot first, by car in time
    (its,) = cover(problem, sooner)
    assert (its.first_s.tolist(), its.bare.tolist(), its.single.tolist()) == ([3], [False], [True])
    assert any("its nearest candidate post, P1, needs 6 s, the standard is 4 s" in text for text in precheck(
        siting.make(None, tables=[[[9], [6]], [[3], [9]]], kinds=("car", "foot"),
                    sites=(Site("hall", 3, 5, standard_by_kind_s=(4, 1), kinds=(0,)),))))  # fmt: skip


def test_units_of_one_kind_keep_their_distance_and_others_need_not(siting):
    table = [[1, 9], [9, 1]]
    levels = ("bare",)
    one = siting.make(table, kinds=("car",), levels=levels, apart_alike=((0, 1, 0),))
    assert values(solve(one, limits=WORK)) == {"bare": 1}
    two = siting.make(table, kinds=("car", "foot"), levels=levels, apart_alike=((0, 1, 0),))
    outcome = solve(two, limits=WORK)
    assert values(outcome) == {"bare": 0}
    assert {s.kind for s in outcome.plan.stands if s.post == "P0"} != {
        s.kind for s in outcome.plan.stands if s.post == "P1"
    }
    cars = siting.plan_of(two, {(0, 0, 0): 1, (1, 0, 0): 2})
    said = [explain(two, b) for b in audit(two, cars).breaches if b.rule == "alike"]
    assert said == ["P0 and P1 stand too close to hold car both in T0."]
