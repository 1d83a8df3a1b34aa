"""The first look near the relaxation: what it proves, when a second look follows, and an instance that needs both."""

import numpy as np
import pytest

from scheduler.outcome import Limits, Status
from scheduler.siting.climb import NEVER, Climb
from scheduler.siting.engine import Budget, Relaxed
from scheduler.siting.problem import Post, Site
from scheduler.siting.solve import solve

VALUE = 20
"""What the plan at hand costs in the scripted cases; the relaxation says 10, so the first look ends at 11."""


@pytest.fixture
def near(siting, monkeypatch):
    """Run the search with scripted answers; tells its bound and what was asked."""

    def run(answers, *, relaxed=10.0, values=(), over=False):
        work = Climb(siting.make([[1]], levels=("posts",)), Budget(Limits(work=5)), 0, None)
        model, asked = work._model((0,)), []
        costs = np.array([1.5] + [0.0] * (model.linear.n_variables - 1))
        found = iter(answers)
        now = iter(values)

        def ask(_name, _model, linear, _views, _part, *, must=True):
            asked.append((must, dict(linear.fixed)))
            return next(found), {}

        solved = None if relaxed is None else Relaxed(relaxed, costs)
        monkeypatch.setattr(work.engine, "relaxed", lambda _linear: solved)
        monkeypatch.setattr(work, "_ask", ask)
        monkeypatch.setattr(work, "_value_in", lambda *_: next(now, VALUE))
        monkeypatch.setattr(work.budget, "over", lambda: over)
        return work._near("posts", model, work.views, 1.0, {}), asked

    return run


def test_nothing_near_the_relaxation_proves_one_more_and_no_more(near):
    least, asked = near([NEVER], over=True)
    assert least == 12  # whatever is left out costs 11 + 1 at least
    assert [must for must, _ in asked] == [False]
    assert asked[0][1] == {0: 0}  # 10 + 1.5 is more than 11: that variable is out


def test_a_second_look_goes_up_to_the_plan_at_hand(near):
    least, asked = near([NEVER, 15])
    assert least == 15
    assert asked[1] == (True, {})  # 10 + 1.5 is less than 20: nothing is out, and a plan is there
    assert near([NEVER, 5])[0] == 12  # what the first look has proven stands
    assert near([NEVER, 25])[0] == VALUE  # no bound beyond what the fixing was for


def test_one_look_is_enough_where_it_closes_the_gap(near):
    least, asked = near([11], values=[VALUE, 11])  # the look itself has found a plan of 11
    assert (least, len(asked)) == (11, 1)
    least, asked = near([10], values=[VALUE, VALUE], over=True)
    assert (least, len(asked)) == (10, 1)


def test_the_floor_is_a_bound_when_a_look_gives_less(near):
    assert near([3], relaxed=10.2, over=True)[0] == 11


def test_without_the_relaxation_the_whole_is_asked(near):
    assert near([7], relaxed=None) == (7, [(True, {})])


def test_an_instance_whose_optimum_is_far_from_the_relaxation(siting):
    """Eight places each cover some of the sites, three may stand: the optimum costs more than the first look allows."""
    rng = np.random.default_rng(6)
    n, m = int(rng.integers(6, 11)), int(rng.integers(8, 20))
    table = np.where(rng.random((n, m)) < 0.3, 1, 9)
    posts = tuple(Post(f"P{j}", price=int(rng.integers(5, 60))) for j in range(n))
    sites = tuple(Site(f"S{s}", int(rng.integers(1, 40)), 5, backup=bool(rng.random() < 0.5)) for s in range(m))
    problem = siting.make(
        table, sites=sites, posts=posts, levels=("bare",), most_posts=3, stock=n, apart=((0, 1), (2, 3)), move_price=0
    )
    outcome = solve(problem, limits=Limits(work=20))
    assert outcome.status is Status.OPTIMAL
    assert (outcome.levels[0].value, outcome.levels[0].bound) == (36, 36) == siting.brute(problem) * 2
