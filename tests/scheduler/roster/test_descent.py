"""Large rosters under step rules: multipliers climbed to, and plans along the subgradient."""

from itertools import product

import numpy as np
import pytest

from scheduler.outcome import Limits, Status
from scheduler.roster import solve as solving
from scheduler.roster.audit import audit
from scheduler.roster.build import build
from scheduler.roster.columns.ascent import ascend
from scheduler.roster.columns.descent import Descent
from scheduler.roster.columns.generate import bound_at, prepare
from scheduler.roster.columns.held import hold
from scheduler.roster.columns.insert import Bench
from scheduler.roster.problem import RuleSetting, Wish
from tests.scheduler.roster.tiny import HOUR, group, person, problem

DAY = 24 * HOUR


def two_weeks(n_people=6):
    """Fourteen days of an early and a late shift that each want two of six; runs of at most four days and two off."""
    groups = [
        group(f"{day}:{shift}", day * DAY + start * HOUR, day * DAY + (start + 8) * HOUR, need=0, want=2, most=3,
              price_want=50, price_over=5, shift=shift)
        for day, (shift, start) in product(range(14), (("early", 6), ("late", 14)))
    ]  # fmt: skip
    people = [
        person(f"P{p}", wishes=(Wish((2 * p % 14) * DAY, (2 * p % 14 + 1) * DAY, False, 7),)) for p in range(n_people)
    ]
    rules = [
        RuleSetting("minimum_rest", True, params={"rest_h": 11, "same_tour_h": 0}),
        RuleSetting("consecutive_duty_days", True, params={"most_days": 4}),
        RuleSetting("shortest_run_off", True, params={"least_days": 2}),
        RuleSetting("total_hours", True, params={"least_min": 8 * 480, "most_min": 9 * 480}),
        RuleSetting("preferences", False, 1),
    ]
    days = tuple(day * DAY for day in range(15))
    return problem(people, groups, rules, horizon_s=14 * DAY, days=days)


def climbed(pricing, held):
    nothing = np.zeros(len(held.linking.rhs), dtype=np.int64)
    return ascend(held, nothing, 150, lambda: False, lambda y: bound_at(pricing, held, y))[0]


@pytest.fixture(scope="module")
def ready():
    linear = build(two_weeks())
    pricing = prepare(linear)
    held = hold(pricing, (0,) * (linear.n_levels - 1))
    return linear, pricing, held, climbed(pricing, held)


def test_a_descent_ends_with_a_legal_plan_not_below_its_bound(ready):
    linear, pricing, held, y = ready
    way = Descent(pricing, held, lambda: False)
    bench = Bench(pricing)
    found = way.run(y, 10, bench, np.random.default_rng(0))
    assert linear.broken(found) == 0
    assert linear.value(found)[-1] >= -(-bound_at(pricing, held, y)[0] // 65536) > 0
    assert any(way.ones.values())
    assert way.work > 0
    again = Descent(pricing, held, lambda: False).run(y, 10, Bench(pricing), np.random.default_rng(0))
    assert (found == again).all()


def test_what_is_fixed_is_in_every_roster_and_dearer(ready):
    _, pricing, held, y = ready
    way = Descent(pricing, held, lambda: False)
    before = way._ask(y)[0]
    often = way._often([way._ask(y)[1]])
    way._fix(way._open(often)[:12])
    mine = [p for p, ones in way.ones.items() if ones]
    value, columns = way._ask(y)
    assert len(mine) > 1
    assert all(way.ones[p] <= set(columns[p].duties) for p in mine)
    assert value >= before
    barely = way.graphs[mine[0]].n_arcs
    assert barely < pricing.graphs[pricing.graph_of[mine[0]]].n_arcs


def test_duties_that_cannot_be_together_are_fixed_one_by_one(ready):
    linear, pricing, held, _ = ready
    way = Descent(pricing, held, lambda: False)
    early_and_late = linear.x_of[0, [4, 5]]
    way._fix(early_and_late)
    assert way.ones[0] == {int(early_and_late[0])}


def test_a_stopped_descent_has_no_plan(ready):
    _, pricing, held, y = ready
    assert Descent(pricing, held, lambda: True).run(y, 10, Bench(pricing), np.random.default_rng(0)) is None


def test_large_rosters_go_by_whole_rosters_and_their_bound_is_valid(monkeypatch):
    """The same problem whole and as if it were large: the large way's bound lies between nothing and the optimum."""
    made = two_weeks(4)
    monkeypatch.setattr(solving, "WHOLE_BY_STEPS", 10_000)
    whole = solving.solve(made, limits=Limits(work=20.0), workers=2)
    assert whole.status is Status.OPTIMAL
    monkeypatch.setattr(solving, "WHOLE_BY_STEPS", 0)
    monkeypatch.setattr(solving, "BY_ROSTERS_FROM", 0)
    monkeypatch.setattr(solving, "_MODEL_BY_STEPS", 0)
    seen = []
    large = solving.solve(made, limits=Limits(work=4.0), workers=2, on_progress=lambda q: seen.append(q.text))
    assert "plans along the relaxation, some duties at a time" in seen
    assert "looking for a first legal plan" not in seen
    best = whole.levels[-1].value
    assert 0.8 * best < large.levels[-1].bound <= best <= large.levels[-1].value <= 1.2 * best
    assert not [one for one in audit(made, large.plan).breaches if one.hard]
