"""Work spread over crews: by hand, and never at the price of a promise or of more driving than allowed."""

import dataclasses

import pytest
from hypothesis import given, settings

from scheduler.outcome import Limits
from scheduler.patrols.audit import audit
from scheduler.patrols.solve import solve

from .patrol_cases import MIN, crew, point, problem, small_problems, window

WORK = Limits(work=0.3)


def uneven(pct):
    """Four calls in a row far from home: one crew does all with least driving, though two are ordered to ride."""
    places = [point(f"P{i}", 3 + i % 2, 20, windows=(window(0, 300),)) for i in range(4)]
    crews = [crew(c, 0, 400, must=True) for c in "CD"]
    return problem(places, crews, balance_pct=pct)


@pytest.mark.parametrize(("pct", "driving", "balance"), [(0, 40, 120), (74, 40, 120), (75, 70, 10)])
def test_work_is_spread_as_far_as_the_driving_may_grow(pct, driving, balance):
    # least: one crew, 15 min out to location 3, 5 on to 4 and 20 back: 40 min driving, 80 of calls; the other: none.
    # evenly: two calls at 3 (30 min driving, 40 of calls), two at 4 (40 and 40): 70 min, which is 75 % more.
    found = solve(uneven(pct), limits=WORK)
    values = {level.name: level.value for level in found.levels}
    assert (values["driving"], values["balance"]) == (driving * MIN, balance)


@settings(max_examples=8, deadline=None)
@given(small_problems())
def test_spreading_breaks_nothing(drawn):
    found = solve(dataclasses.replace(drawn, balance_pct=30), limits=Limits(work=0.02))
    seen = audit(drawn, found.plan)
    assert seen.ok
    assert seen.levels == tuple((level.name, level.value) for level in found.levels)
