"""Both directions of a response (P17), and presence of people, barriers and cameras beside it (P18)."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.errors import ProblemError
from scheduler.outcome import Limits
from scheduler.siting.directions import one_way_only, slower
from scheduler.siting.presence import presence
from scheduler.siting.problem import Kind, Post, Site, dense_reach
from scheduler.siting.solve import solve

NEVER = 9
TABLES = st.lists(st.lists(st.integers(0, NEVER), min_size=3, max_size=3), min_size=2, max_size=2)


def reach(table):
    table = np.array(table)
    return dense_reach(table, table < NEVER)


def pairs(its):
    post = np.repeat(np.arange(len(its.indptr) - 1), np.diff(its.indptr))
    return dict(zip(zip(post.tolist(), its.point.tolist(), strict=True), its.seconds.tolist(), strict=True))


def test_a_one_way_street_changes_who_stands(siting):
    # P0 is near on the way there; back it is 9 s round the block. P1 needs 4 s each way.
    problem = siting.make([[1], [4]], levels=("bare", "posts", "response"))
    there = problem.reaches[0]
    back = reach([[8], [4]])
    both = replace(problem, reaches=(slower(there, back),))
    assert [s.post for s in solve(problem, limits=Limits(work=5)).plan.stands] == ["P0"]
    assert [s.post for s in solve(both, limits=Limits(work=5)).plan.stands] == ["P1"]


@given(there=TABLES, back=TABLES)
def test_the_slower_direction_by_plain_loops(there, back):
    every = [(j, k) for j in range(2) for k in range(3)]
    both = {
        (j, k): max(there[j][k], back[j][k]) for j, k in every if max(there[j][k], back[j][k]) < NEVER
    }
    assert pairs(slower(reach(there), reach(back))) == both
    lone = [(j, k) for j, k in every if (there[j][k] < NEVER) != (back[j][k] < NEVER)]
    assert one_way_only(reach(there), reach(back)) == lone


def test_reaches_of_other_posts_are_refused():
    with pytest.raises(ProblemError, match="found 1 and 2 posts"):
        slower(reach([[1]]), reach([[1], [2]]))


def test_people_barriers_and_cameras_weigh_differently_and_only_people_answer(siting):
    kinds = ("crew", Kind("barrier", responds=False), Kind("camera", responds=False))
    sites = (Site("gate", 3, 5), Site("stage", 3, 5, kinds=(1,)), Site("wall", 3, 5))
    posts = tuple(Post(f"P{j}", capacity=9) for j in range(2))
    problem = siting.make([[2, 2, 2, 9], [2, 2, 9, 2]], sites=sites, posts=posts, kinds=kinds, point_site=[0, 1, 2, 2])
    plan = siting.plan_of(problem, {(0, 0, 0): 2, (0, 0, 1): 1, (1, 0, 2): 3})
    sight = reach([[0, 0, 0, 0], [0, NEVER, 0, NEVER]])
    (its,) = presence(problem, plan, (100, 40, 10), sight)
    # gate: 2 crews, 1 barrier, 3 cameras; stage: 2 crews, 1 barrier; the wall's second point is seen from P0 only
    assert its.seen.tolist() == [270, 240, 240]
    assert its.responders.tolist() == [2, 0, 2]
    assert its.first_s.tolist() == [2, -1, 9]
    only = siting.plan_of(problem, {(0, 0, 1): 1, (1, 0, 2): 3})
    (its,) = presence(problem, only, (100, 40, 10), sight)
    assert (its.seen.tolist(), its.responders.tolist(), its.first_s.tolist()) == ([70, 40, 40], [0, 0, 0], [-1] * 3)


def test_presence_refuses_what_does_not_fit(siting):
    problem = siting.make([[1]], kinds=("car", "foot"))
    with pytest.raises(ProblemError) as caught:
        presence(problem, siting.plan_of(problem, {}), (1,), reach([[1], [1]]))
    assert "weights: one of 0 or more for each of 2 kinds" in str(caught.value)
    assert "sight: pairs of 1 posts and 1 points" in str(caught.value)
