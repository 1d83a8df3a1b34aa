"""Tours that go on from the next stop after a call: by hand, and within the slack nothing is lost."""

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.outcome import Limits
from scheduler.patrols.audit import audit
from scheduler.patrols.plan import Rest
from scheduler.patrols.problem import Break
from scheduler.patrols.resume import resume
from scheduler.patrols.solve import solve

from .patrol_cases import MIN, crew, plan, point, problem, promise, small_problems, stop, tour

A = point("A", 1, promises=(promise(0, 120, 60),))
B, C = point("B", 2), point("C", 3)


def test_it_goes_on_from_the_next_stop():
    """Called from A at 25, free at 45 at location 3: B is 5 min away, 50-60 for 30-40; C at 70 keeps its time."""
    p = problem([A, B, C], [crew("C1", 0, 200), crew("C2", 0, 200)])
    other = tour("C2", 0, 30, stop("A", 10, 20))
    before = plan(tour("C1", 10, 95, stop("A", 15, 25), stop("B", 30, 40), stop("C", 70, 80)), other)
    after = resume(p, before, "C1", 25 * MIN, 45 * MIN, 3)
    assert after == plan(tour("C1", 10, 95, stop("A", 15, 25), stop("B", 50, 60), stop("C", 70, 80)), other)
    assert audit(p, after).ok


def test_a_visit_broken_off_is_made_anew_and_the_break_is_pushed():
    """A is broken off at 20: anew from 40 to 50; the break waits until 50 and B until 65."""
    owed = Break(25 * MIN, 60 * MIN, 10 * MIN)
    p = problem([A, B, C], [crew("C1", 0, 200, breaks=(owed,))])
    before = plan(tour("C1", 10, 65, stop("A", 15, 25), stop("B", 45, 55), rests=(Rest(0, 30 * MIN, 40 * MIN),)))
    after = resume(p, before, "C1", 20 * MIN, 40 * MIN, 1)
    assert after == plan(
        tour("C1", 10, 85, stop("A", 40, 50), stop("B", 65, 75), rests=(Rest(0, 50 * MIN, 60 * MIN),))
    )
    assert audit(p, after).ok


@pytest.mark.parametrize(("call", "over"), [(45, 0), (46, 1)])
def test_what_slack_cannot_take_up_the_audit_tells(call, over):
    """The second visit to A is due by 85 at the latest: a call from 25 that ends at its side by then costs nothing."""
    p = problem([A], [crew("C1", 0, 100)])
    before = plan(tour("C1", 10, 100, stop("A", 15, 25), stop("A", 40, 50)))
    after = resume(p, before, "C1", 25 * MIN, (40 + call) * MIN, 1)
    assert audit(p, after).value("gap_excess") == over


@settings(max_examples=8, deadline=None)
@given(small_problems(), st.integers(0, 240), st.integers(0, 40))
def test_no_way_is_ever_too_short(drawn, called, long):
    drawn = dataclasses.replace(drawn, slack_pct=0)
    made = solve(drawn, limits=Limits(work=0.02)).plan
    for one in made.tours:
        if one.depart_s <= called * MIN < one.return_s:
            depot = next(c.depart for c in drawn.crews if c.id == one.crew)
            after = resume(drawn, made, one.crew, called * MIN, (called + long) * MIN, depot)
            (new,) = [t for t in after.tours if t.crew == one.crew]
            ahead = [s for s in new.stops if s.arrive_s >= called * MIN]
            assert len(new.stops) == len(one.stops)
            assert all(a.leave_s <= b.arrive_s for a, b in zip(new.stops, new.stops[1:], strict=False))
            assert all(s.arrive_s >= (called + long) * MIN for s in ahead)
