"""The trade-off curve and the least force against all plans of tiny problems."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.outcome import Limits, Status
from scheduler.siting.audit import audit
from scheduler.siting.problem import Post, Site
from scheduler.siting.tradeoff import curve, least_force

WORK = Limits(work=10)


def test_each_post_buys_the_heaviest_site_left_then_backup_then_seconds(siting):
    sites = (Site("a", 5, 4, must=True, backup=True), Site("b", 3, 4), Site("c", 1, 4))
    table = [[1, 9, 9], [9, 2, 9], [9, 9, 3], [4, 9, 9], [9, 1, 9]]
    problem = siting.make(table, sites=sites, late_s=9)
    points = curve(problem, limits=WORK)
    found = [(p.n_posts, p.value("must_bare"), p.value("bare"), p.value("single")) for p in points]
    # one: a (5) is held; two: b as well; three: c; four: a second post for a
    assert found == [(1, 0, 4, 5), (2, 0, 1, 5), (3, 0, 0, 5), (4, 0, 0, 0)]
    # response: a 5x1, b 3x1 by the nearer of two like covers, c 1x3; whoever is out of reach is charged 9
    assert [p.value("response") for p in points] == [5 + 27 + 9, 5 + 3 + 9, 5 + 3 + 3, 5 + 3 + 3]
    assert all(p.status is Status.OPTIMAL and all(level.proven for level in p.levels) for p in points)


def test_a_required_post_makes_smaller_numbers_impossible(siting):
    posts = (Post("p", required=True), Post("q", required=True), Post("r"))
    problem = siting.make([[1, 9], [9, 1], [5, 5]], posts=posts)
    points = curve(problem, limits=WORK)
    assert [(p.n_posts, p.status) for p in points] == [(1, Status.INFEASIBLE), (2, Status.OPTIMAL)]
    assert points[0].plan is None


@given(
    table=st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=2, max_size=4),
    standard=st.integers(1, 6),
    backup=st.booleans(),
    stock=st.integers(1, 4),
)
def test_no_plan_of_that_many_posts_does_better(siting, table, standard, backup, stock):
    sites = tuple(Site(f"S{s}", s + 1, standard, must=s == 0, backup=backup) for s in range(3))
    problem = siting.make([[t if t < 9 else siting.NEVER for t in row] for row in table], sites=sites, stock=stock)
    points = curve(problem, limits=WORK)
    assert points
    levels = ("must_bare", "bare", "single", "response")
    for point in points:
        capped = replace(
            problem, levels=levels,
            periods=tuple(replace(p, most_posts=point.n_posts) for p in problem.periods),
        )  # fmt: skip
        assert tuple(point.value(name) for name in levels) == siting.brute(capped)
        assert audit(capped, point.plan).ok
    # the last point is as good as any number of posts
    assert tuple(points[-1].value(name) for name in levels) == siting.brute(replace(problem, levels=levels))
    # and the one before is not: the curve does not run on
    if len(points) > 1:
        assert [points[-2].value(n) for n in levels] != [points[-1].value(n) for n in levels]


@given(
    table=st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=2, max_size=4),
    standard=st.integers(1, 9),
)
def test_the_least_force_reaches_all_that_can_be_reached(siting, table, standard):
    problem = siting.make(table, stock=1, standard=5)
    point = least_force(problem, standard, limits=WORK)
    open_to = [[t <= standard for t in row] for row in table]
    can = {s for s in range(3) if any(row[s] for row in open_to)}
    fewest = min(
        chosen.bit_count()
        for chosen in range(2 ** len(table))
        if {s for s in range(3) for j in range(len(table)) if chosen >> j & 1 and open_to[j][s]} == can
    )
    assert (point.n_posts, point.value("bare"), point.status) == (fewest, 3 - len(can), Status.OPTIMAL)


def test_stop_ends_the_curve(siting):
    problem = siting.make([[1, 9, 9], [9, 1, 9], [9, 9, 1]])
    asked = iter([False] * 2)
    points = curve(problem, (1, 2, 3), limits=WORK, stop=lambda: next(asked, True))
    assert [p.n_posts for p in points] == [1, 2]


def test_one_number_may_be_asked_first_and_the_curve_is_the_same(siting):
    problem = siting.make([[1, 9, 9], [9, 1, 9], [9, 9, 1], [1, 9, 9]])
    whole = curve(problem, limits=WORK)
    assert [p.n_posts for p in whole] == [1, 2, 3]
    for first in (1, 2, 3, 4):
        found = curve(problem, limits=WORK, first=first)
        assert [(p.n_posts, p.levels) for p in found] == [(p.n_posts, p.levels) for p in whole], first
    asked = iter([False] * 2)
    points = curve(problem, limits=WORK, stop=lambda: next(asked, True), first=3)
    assert [p.n_posts for p in points] == [1, 3]


@pytest.mark.parametrize("numbers", [(1, 3), range(2, 4)])
def test_only_the_numbers_asked_for(siting, numbers):
    problem = siting.make([[1, 9, 9], [9, 1, 9], [9, 9, 1]])
    told = []
    points = curve(problem, numbers, limits=WORK, on_point=told.append)
    assert [p.n_posts for p in points] == list(numbers)
    assert told == list(points)
