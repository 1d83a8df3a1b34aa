"""Rounds against promises: worked by hand, and by drawn visits against the audit's own longest stretch."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.gaps import longest_unseen
from scenarios.manned import Manned
from scenarios.rounds import calls, counting, place_names, promises, unseen, variants, visits_of
from scenarios.view import GapView, PlanView, WindowView
from scheduler.patrols.plan import PatrolPlan, Stop, Tour
from scheduler.patrols.problem import Promise
from tests.scenarios.publish.webmap_town import town

H = 3600


@pytest.fixture(scope="module")
def view() -> PlanView:
    return town()


def test_unseen_by_hand() -> None:
    """From 0 to 100 with visits 10-20 and 15-30, and one that ends outside."""
    assert unseen(0, 100, [(15, 30, "K2"), (10, 20, "K1"), (90, 120, "K1")]) == ((0, 10), (30, 90))
    assert unseen(0, 100, []) == ((0, 100),)
    assert unseen(0, 100, [(-5, 200, "K1")]) == ()


@given(
    st.lists(st.tuples(st.integers(-3, 12), st.integers(0, 5)), max_size=6), st.integers(0, 4), st.integers(5, 12),
    st.integers(0, 3),
)
def test_the_longest_is_the_audits(rows: list[tuple[int, int]], start: int, end: int, dwell: int) -> None:
    """Whatever the visits: the longest stretch drawn is the one the audit counts."""
    visits = sorted((a, a + d) for a, d in rows)
    found = unseen(start, end, counting(GapView(start, end, 1, 0, 0, dwell), [(a, b, "K") for a, b in visits]))
    promise = Promise(start, end, 1, dwell)
    assert max((b - a for a, b in found), default=0) == longest_unseen(promise, visits)[0]


def test_broken_promises_come_first(view: PlanView) -> None:
    gaps = (GapView(0, 10 * H, 2 * H, 3 * H, 0), GapView(0, 10 * H, 2 * H, H, 0))
    site = replace(view.sites[0], gaps=gaps, windows=(WindowView(0, H, 60), WindowView(H, 2 * H, None)))
    its = replace(view, sites=(site,), sections=())
    assert [p.kept for p in promises(its)] == [False, True]
    assert [c.visit_s for c in calls(its)] == [None, 60]
    assert place_names(its) == {site.id: site.name}


def test_an_unmanned_round_visits_nothing(view: PlanView) -> None:
    """One crew with an empty seat: its stops are gone from the visits, the others' stay."""
    tour = next(t for t in view.tours if t.members)
    party = tour.members[0].party
    short = replace(view.seats[0], party=party, start_s=tour.depart_s, end_s=tour.return_s, need=9, people=())
    assert Manned.of(replace(view, seats=())).rides(tour)
    its = replace(view, seats=(short,))
    manned = Manned.of(its)
    assert not manned.rides(tour)
    signs = {sign for rows in visits_of(its).values() for *_, sign in rows}
    assert tour.call_sign not in signs or any(t.call_sign == tour.call_sign and manned.rides(t) for t in view.tours)


def test_variants_are_told_by_call_sign(view: PlanView) -> None:
    tour = view.tours[0]
    other = PatrolPlan((Tour(tour.crew, 0, H, (Stop("x", 60, 120),)), Tour("new", 0, H, (Stop("x", 30, 40),))))
    first, second = variants(view, [other])
    assert first.number == 1
    assert sum(map(len, first.visits.values())) == sum(len(t.stops) for t in view.tours)
    assert second.visits == {"x": ((30, 40, "new"), (60, 120, tour.call_sign))}
