"""Each rule's form binds by itself: the solver alone, without the first plan, keeps what the check asks for."""

import pytest

from scheduler.outcome import Limits, Status
from scheduler.siting import climb
from scheduler.siting.audit import audit, explain
from scheduler.siting.plan import Stand
from scheduler.siting.problem import Post, Ring, Site
from scheduler.siting.solve import solve

WORK = Limits(work=10)


@pytest.fixture
def by_solver(monkeypatch):
    monkeypatch.setattr(climb, "first_plan", lambda _problem, _view: None)

    def run(problem):
        outcome = solve(problem, limits=WORK)
        assert outcome.status is Status.OPTIMAL
        assert audit(problem, outcome.plan).ok
        return outcome

    return run


def test_a_post_of_one_place_holds_one_of_two_kinds(siting, by_solver):
    sites = (Site("bank", 2, 5, kinds=(0,)), Site("port", 1, 5, kinds=(1,)))
    for capacity, bare in ((1, 1), (2, 0)):
        posts = (Post("pier", capacity=capacity),)
        problem = siting.make([[1, 1]], sites=sites, posts=posts, kinds=("car", "boat"), levels=("bare",))
        assert by_solver(problem).levels[0].value == bare


def test_a_mix_is_kept_by_its_own_kind(siting, by_solver):
    """One armed unit at least beside the car that the site asks for: a ring over one kind."""
    sites = (Site("bank", 2, 5, kinds=(0,)),)
    posts = (Post("gate", capacity=2),)
    ring = Ring("armed", (0,), least=1, kinds=(1,))
    levels = ("bare", "posts")
    problem = siting.make([[1]], sites=sites, posts=posts, kinds=("car", "armed"), rings=(ring,), levels=levels)
    assert by_solver(problem).plan.stands == (Stand("gate", "T0", "armed", 1), Stand("gate", "T0", "car", 1))


def test_distance_between_units_of_one_kind_counts_places_not_units(siting, by_solver):
    posts = (Post("gate", capacity=2, required=True, units=2, kinds=(1,)), Post("corner", kinds=(1,)))
    problem = siting.make(
        [[9, 1], [1, 9]], posts=posts, kinds=("car", "foot"), levels=("bare",), apart_alike=((0, 1, 1),)
    )
    outcome = by_solver(problem)  # two on foot at the gate are one place; the corner stays empty for their sake
    assert outcome.plan.stands == (Stand("gate", "T0", "foot", 2),)
    assert outcome.levels[0].value == 1
    both = siting.plan_of(problem, {(0, 0, 1): 2, (1, 0, 1): 1})
    (breach,) = audit(problem, both).breaches
    assert explain(problem, breach) == "gate and corner stand too close to hold foot both in T0."


def test_without_any_time_the_response_is_still_bounded_by_the_nearest_columns(siting):
    """Two sites, one a line of two points: 2 + 3 x 4 seconds with a post at each place, late ones count 7."""
    table = [[2, 5, 9], [9, 4, 4], [9, 9, 9]]
    problem = siting.make(
        table, sites=(Site("bank", 1, 5), Site("track", 3, 5)), point_site=[0, 1, 1], levels=("response",),
        late_s=7, most_posts=1,
    )  # fmt: skip
    (level,) = solve(problem, limits=Limits(seconds=0.0)).levels
    assert (level.bound, level.proven) == (14, False)
    assert solve(problem, limits=WORK).levels[0].value == 19
