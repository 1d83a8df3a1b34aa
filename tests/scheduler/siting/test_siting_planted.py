"""One planted fault for each cause in a proven plan: the audit says which, where and when, and nothing else breaks."""

from dataclasses import replace

import pytest

from scheduler.outcome import Limits
from scheduler.siting.audit import audit, cover, explain
from scheduler.siting.plan import SitingPlan, Stand
from scheduler.siting.problem import Post, Ring, Site
from scheduler.siting.solve import solve
from scheduler.siting.worth import worth

NEVER = 99


@pytest.fixture
def town(siting):
    """Two periods, cars and boats; every rule binds somewhere, and the plan without faults is the only best one."""
    sites = (
        Site("bank", 9, 5, must=True, backup=True),
        Site("hall", 3, 5),
        Site("port", 2, 5, kinds=(1,)),
        Site("track", 4, 5),  # two points: a stretch of line
        Site("school", 2, 5, standard_by_kind_s=(3, 9)),
    )
    posts = (
        Post("gate", capacity=2, required=True, units=2),
        Post("corner"),
        Post("quay", kinds=(1,)),
        Post("square", close_s=10),
        Post("bridge", forbidden=True),
        Post("tower"),
        Post("yard", capacity=3, price=9),
    )
    car = [
        [2, 9, 9, 9, 9, 9],
        [4, 3, 9, 9, 9, 9],
        [9, 9, 9, 9, 9, 9],
        [9, 9, 9, 2, 9, 9],
        [1, 1, 1, 1, 1, 1],
        [9, 9, 9, 2, 3, 2],
        [NEVER, 9, 9, 9, 9, 9],
    ]
    boat = [[9, 9, 2, 9, 9, 4] if j == 2 else [9] * 6 for j in range(7)]
    return siting.make(
        None, tables=[car, boat], sites=sites, posts=posts, kinds=("car", "boat"), periods=2,
        stock=[(5, 1), (5, 1)], point_site=[0, 1, 2, 3, 3, 4], most_posts=4, apart=((1, 3), (3, 5)),
        apart_alike=((5, 6, 0),), rings=(Ring("core", (0, 1), least=3, most=3),),
    )  # fmt: skip


@pytest.fixture
def plan(town):
    outcome = solve(town, limits=Limits(work=10))
    assert audit(town, outcome.plan).ok
    assert {(s.post, s.kind, s.n_units) for s in outcome.plan.stands} == {
        ("gate", "car", 2), ("corner", "car", 1), ("quay", "boat", 1), ("tower", "car", 1),
    }  # fmt: skip
    assert {name: value for name, value in audit(town, outcome.plan).levels if name != "response"} == {
        "must_bare": 0, "bare": 0, "single": 0, "posts": 12,
    }  # fmt: skip
    return outcome.plan


def swap(plan, old, *new):
    gone = {(s.post, s.period) for s in old}
    return SitingPlan(tuple(s for s in plan.stands if (s.post, s.period) not in gone) + new)


def at(plan, post, period="T0"):
    return [s for s in plan.stands if (s.post, s.period) == (post, period)]


def said(town, plan):
    return sorted({explain(town, b) for b in audit(town, plan).breaches})


FAULTS = {
    "a unit doubled": ("tower", [("tower", "car", 1), ("tower", "car", 1)], [
        "tower holds 1 units; 2 stand there in T0.",
        "tower is listed twice for car in T0."]),
    "more units than the post holds": ("tower", [("tower", "car", 2)], [
        "tower holds 1 units; 2 stand there in T0."]),
    "more units than there are": ("quay", [("quay", "boat", 2)], [
        "2 units of boat stand in T0, 1 are at hand.", "quay holds 1 units; 2 stand there in T0."]),
    "a forbidden post": ("tower", [("bridge", "car", 1)], ["1 units of car stand at bridge in T0: forbidden."]),
    "a kind that may not stand there": ("quay", [("quay", "car", 1)], [
        "1 units of car stand at quay in T0: not a kind for this post."]),
    "a required post left": ("gate", [("yard", "car", 2)], [
        "gate is required with 2 units in T0; 0 stand there.",
        "Ring core keeps at least 3 and at most 3 units; 1 stand in T0.",
        "tower and yard stand too close to hold car both in T0."]),
    "a required post short": ("gate", [("gate", "car", 1)], [
        "Ring core keeps at least 3 and at most 3 units; 2 stand in T0.",
        "gate is required with 2 units in T0; 1 stand there."]),
    "a ring over its most": ("corner", [("corner", "boat", 1), ("corner", "car", 1)], [
        "2 units of boat stand in T0, 1 are at hand.", "corner holds 1 units; 2 stand there in T0.",
        "Ring core keeps at least 3 and at most 3 units; 4 stand in T0."]),
    "posts too close": ("quay", [("square", "car", 1)], [
        "corner and square stand too close to be open at once in T0.",
        "square and tower stand too close to be open at once in T0."]),
    "one kind too close": ("quay", [("yard", "car", 1)], ["tower and yard stand too close to hold car both in T0."]),
    "too many posts": ("none", [("yard", "boat", 1)], [
        "5 posts stand in T0, at most 4 may.", "2 units of boat stand in T0, 1 are at hand."]),
    "a post that is not there": ("tower", [("moon", "car", 1)], ["The problem knows no post moon."]),
    "no unit at all": ("tower", [("tower", "car", 0)], [
        "tower is listed in T0 with 0 units; 1 or more expected."]),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_breach_is_named(town, plan, name):
    post, new, expected = FAULTS[name]
    broken = swap(plan, at(plan, post), *(Stand(p, "T0", kind, n) for p, kind, n in new))
    assert said(town, broken) == sorted(expected)


def test_a_window_ignored(town, plan):
    late = swap(plan, at(plan, "tower", "T1"), Stand("square", "T1", "car", 1))
    assert "1 units of car stand at square in T1: outside its window." in said(town, late)
    early = swap(plan, at(plan, "tower") + at(plan, "corner"), Stand("square", "T0", "car", 1))
    assert not any("window" in text for text in said(town, early))


def costs(town, plan):
    return {(c.rule, c.where[0]): explain(town, c) for c in audit(town, plan).costs if c.start_s == 0}


def test_a_post_moved_leaves_its_sites_bare(town, plan):
    moved = swap(plan, at(plan, "tower"), Stand("yard", "T0", "car", 1))
    assert audit(town, moved).value("bare") == audit(town, plan).value("bare") + 4
    assert costs(town, moved) == {("bare", "track"): "track: the nearest post, gate, needs 9 s in T0 (standard 5 s)."}


def test_a_site_claimed_but_out_of_reach(town, plan):
    """The yard lists no way to the bank: a plan that counts on it leaves the bank with one post."""
    claimed = swap(plan, at(plan, "corner"), Stand("yard", "T0", "car", 1))
    found = costs(town, claimed)
    assert found["single", "bank"].startswith("bank: the nearest second post, quay, needs 9 s")
    (its, _) = cover(town, claimed)
    yard = [p.id for p in town.posts].index("yard")
    assert yard not in (its.first_post[0], its.second_post[0])
    alone = replace(town, posts=tuple(replace(p, required=False) for p in town.posts), rings=())
    only = SitingPlan((Stand("yard", "T0", "car", 1),))
    assert costs(alone, only)["bare", "bank"] == "bank: no post reaches it in T0 (standard 5 s)."


def test_half_of_a_line_is_not_the_line(town, plan):
    half = swap(plan, at(plan, "tower"), Stand("square", "T0", "car", 1))
    assert costs(town, half)["bare", "track"].startswith("track: the nearest post")


def test_the_kind_that_may_answer_and_its_own_standard(town, plan):
    gone = swap(plan, at(plan, "quay"))
    assert ("bare", "port") in costs(town, gone)
    without = swap(plan, at(plan, "tower"))
    assert ("bare", "school") not in costs(town, without)  # the boat needs 4 s and may take 9
    neither = swap(plan, at(plan, "tower") + at(plan, "quay"))
    assert costs(town, neither)["bare", "school"] == "school: the nearest post, gate, needs 9 s in T0 (standard 3 s)."


def test_backup_by_the_same_post_is_no_backup(town, plan):
    """Two units of the gate are one post: lose it and the bank is bare."""
    same = swap(plan, at(plan, "corner"))
    assert costs(town, same)["single", "bank"].startswith("bank: the nearest second post")
    assert audit(town, same).value("single") == 9
    lost = {w.post: w.must_bare for w in worth(town, same)}
    assert (lost["gate"], {w.post: w.must_bare for w in worth(town, plan)}["gate"]) == (9, 0)


def test_the_plan_s_levels_are_counted_from_the_plan_alone(town, plan):
    """A claim that is not the audit's is seen: every level moves when what it counts moves."""
    before = dict(audit(town, plan).levels)
    fewer = dict(audit(town, swap(plan, at(plan, "corner"))).levels)
    assert fewer["single"] > before["single"]
    assert fewer["bare"] > before["bare"]
    assert fewer["posts"] != before["posts"]
    assert fewer["response"] > before["response"]
