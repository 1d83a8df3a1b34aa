"""The smallest standard and the worth of posts: by hand, then against all plans."""

from dataclasses import replace
from itertools import combinations, permutations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from scheduler.outcome import Limits
from scheduler.siting.audit import audit
from scheduler.siting.cordon import close_exits
from scheduler.siting.fewcover import few_cover
from scheduler.siting.problem import Post, Site
from scheduler.siting.standard import smallest_standard
from scheduler.siting.table import table_of
from scheduler.siting.worth import next_best, worth


def test_one_post_in_the_middle(siting):
    problem = siting.make([[0, 3, 9], [3, 0, 4], [9, 4, 0]])
    one = smallest_standard(problem, 1)
    assert (one.seconds, one.site, one.period, one.proven) == (4, "S2", "T0", True)
    two = smallest_standard(problem, 2)
    assert (two.seconds, two.site) == (3, "S0") or (two.seconds, two.site) == (3, "S1")
    assert smallest_standard(problem, 3).seconds == 0


def test_a_site_out_of_reach_has_no_standard(siting):
    found = smallest_standard(siting.make([[1, siting.NEVER]]))
    assert (found.seconds, found.plan, found.proven) == (None, None, True)


def test_too_few_for_the_required_posts(siting):
    posts = (Post("gate", required=True), Post("P1"))
    found = smallest_standard(siting.make([[9], [1]], posts=posts, stock=0))
    assert found.seconds is None


@given(
    st.integers(1, 4).flatmap(
        lambda m: st.lists(
            st.lists(st.integers(0, 9), min_size=m, max_size=m), min_size=1, max_size=4
        )
    ),
    st.integers(1, 3),
    st.booleans(),
)
def test_no_plan_does_better(siting, table, n_posts, line):
    n_points = len(table[0])
    point_site = [max(0, q - 1) for q in range(n_points)] if line else list(range(n_points))
    problem = siting.make([[min(t, 8) for t in row] for row in table], point_site=point_site)
    found = smallest_standard(problem, n_posts, limits=Limits(work=20))
    limited = replace(
        problem, periods=tuple(replace(p, most_posts=n_posts) for p in problem.periods)
    )
    reached = []
    for units in siting.lawful(limited, 0):
        times = [
            [siting.seconds_of(problem, 0, j, k, q) for j, k in units] for q in range(n_points)
        ]
        if all(any(t is not None for t in mine) for mine in times):
            reached.append(max(min(t for t in mine if t is not None) for mine in times))
    assert found.seconds == min(reached)
    assert found.proven
    assert found.bound == found.seconds
    kept = replace(
        limited,
        sites=tuple(replace(s, standard_s=max(1, found.seconds)) for s in problem.sites),
    )
    assert audit(kept, found.plan).value("bare") == 0


def test_what_a_post_is_worth(siting):
    sites = (Site("a", 5, 5, must=True), Site("b", 2, 5, backup=True))
    problem = siting.make([[1, 2], [9, 4]], sites=sites)
    one, two = worth(problem, siting.plan_of(problem, {(0, 0, 0): 1, (1, 0, 0): 1}))
    assert (one.post, one.must_bare, one.bare, one.single) == ("P0", 5, 5, 2)
    assert one.response == 5 * 8 + 2 * 2
    assert (two.post, two.must_bare, two.bare, two.single, two.response) == ("P1", 0, 0, 2, 0)


def test_the_last_exit_is_manned_soonest_then_with_least_travel():
    found = close_exits(np.array([[1, 9], [2, 3], [2, 3]]))
    assert (found.last_s, found.total_s) == (3, 4)
    assert found.unit_of[0] == 0
    assert close_exits(np.array([[1, 2]])) is None
    reach = np.array([[True, False], [True, False]])
    assert close_exits(np.array([[1, 9], [2, 3]]), reach) is None


@given(st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=3, max_size=5))
def test_no_assignment_does_better(table):
    found = close_exits(np.array(table))
    ways = [
        [table[u][e] for e, u in enumerate(units)] for units in permutations(range(len(table)), 3)
    ]
    assert (found.last_s, found.total_s) == min((max(way), sum(way)) for way in ways)


@given(
    table=st.lists(st.lists(st.booleans(), min_size=7, max_size=7), min_size=2, max_size=7),
    most=st.integers(1, 5),
)
def test_few_columns_cover_all_rows_or_none_do(table, most):
    cells = np.array(table)
    column, row = np.nonzero(cells)
    n = len(cells)
    bits = table_of(column, row, np.zeros(len(row), dtype=np.int64), np.ones(7, dtype=np.int64), n, most)
    chosen, sure = few_cover(bits)
    possible = any(
        cells[list(some)].any(axis=0).all()
        for size in range(1, min(most, n) + 1)
        for some in combinations(range(n), size)
    )
    assert sure
    assert (chosen is not None) == possible
    if chosen is not None:
        assert len(chosen) <= most
        assert cells[chosen].any(axis=0).all()


def test_giving_up_says_nothing():
    cells = np.eye(9, dtype=bool)
    column, row = np.nonzero(cells)
    bits = table_of(column, row, np.zeros(9, dtype=np.int64), np.ones(9, dtype=np.int64), 9, 9)
    assert few_cover(bits, most_steps=1) == (None, False)


def test_what_the_next_best_place_would_add(siting):
    sites = (Site("a", 5, 4), Site("b", 3, 4), Site("c", 1, 4))
    posts = (Post("P0"), Post("P1"), Post("P2"), Post("P3", forbidden=True))
    table = [[1, 9, 9], [9, 2, 9], [9, 9, 3], [9, 1, 1]]
    problem = siting.make(table, sites=sites, posts=posts, stock=1, levels=("bare", "response"), late_s=9)
    plan = siting.plan_of(problem, {(0, 0, 0): 1})
    # b (3) goes before c (1); the forbidden post would be better and is no answer; P0 stands already
    found = next_best(problem, plan)
    assert [(w.post, w.bare, w.response) for w in found] == [("P1", 3, 3 * 7), ("P2", 1, 1 * 6)]
    assert next_best(problem, plan, 1) == found[:1]
    assert next_best(problem, siting.plan_of(problem, {(j, 0, 0): 1 for j in range(3)})) == ()
