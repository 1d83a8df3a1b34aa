"""Exchanges and prices of large rosters: what they count is what the rules count, and the bound is one."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.roster_event import make_event
from scheduler.outcome import Limits, Status
from scheduler.roster import solve as solving
from scheduler.roster.audit import audit
from scheduler.roster.bound import FINE
from scheduler.roster.build import Halted, build
from scheduler.roster.large.exchange import Exchanges
from scheduler.roster.large.kernels import exchange
from scheduler.roster.large.plain import seat_bounds
from scheduler.roster.large.price import Prices
from scheduler.roster.problem import Pin, RuleSetting, Wish
from scheduler.roster.solve import solve
from tests.scheduler.roster.tiny import HOUR, group, person, problem


@pytest.fixture(scope="module")
def event():
    return build(make_event(60, 2, seed=4))


def weighed(linear, made, x):
    return int(np.dot(made.scale, linear.value(x)))


@pytest.mark.parametrize("seed", range(3))
def test_what_exchanges_count_is_what_the_system_counts(event, seed):
    made = Exchanges.of(event, seed)
    before = weighed(event, made, made.plan())
    for hot in (0.5, 50.0, 5.0):
        change = exchange(made.table, made.state, 20_000, hot, 0.5)
        x = made.plan()
        assert weighed(event, made, x) == before + change
        before += change
        assert event.broken(x) == 0
        filled = np.bincount(event.x_group[x > 0], minlength=len(made.table.need))
        np.testing.assert_array_equal(made.state.filled, filled)
        short = set(np.flatnonzero(filled < made.table.need).tolist())
        assert set(made.state.short[: made.state.n_short[0]].tolist()) == short
    assert x.sum() > 60


def test_the_same_seed_gives_the_same_exchanges_and_another_one_others(event):
    plans = []
    for seed in (1, 1, 2):
        made = Exchanges.of(event, seed)
        made.run(20_000, 5.0, 0.5)
        plans.append(made.plan())
    np.testing.assert_array_equal(plans[0], plans[1])
    assert (plans[0] != plans[2]).any()


def test_a_pinned_duty_is_never_given_away():
    made = problem(
        [person("A"), person("B")],
        [group("G", 0, 8 * HOUR)],
        ["no_double_duty", "pins_locked", RuleSetting("preferences", False, 9)],
        pins=(Pin("A", "G"),),
    )
    linear = build(made)
    exchanges = Exchanges.of(linear, 0)
    x = np.zeros(linear.n_x, dtype=np.int64)
    x[linear.forced] = 1
    exchanges.load(x)
    exchanges.run(2000, 50.0, 10.0)
    np.testing.assert_array_equal(exchanges.plan(), x)


@st.composite
def small(draw):
    """A few people and duties with costs, wishes and hours."""
    n_p, n_g = draw(st.integers(1, 3)), draw(st.integers(1, 4))
    times = [draw(st.integers(0, 6)) * 4 for _ in range(n_g)]
    groups = [
        group(f"G{g}", t * HOUR, (t + 8) * HOUR, need=draw(st.integers(0, 2)), most=2, report_place=g % 3, owner=g % 2,
              level=draw(st.integers(0, 1)))
        for g, t in enumerate(times)
    ]  # fmt: skip
    people = []
    for p in range(n_p):
        begin = draw(st.integers(0, 6)) * 4 * HOUR
        wish = Wish(begin, begin + 8 * HOUR, draw(st.booleans()), draw(st.integers(1, 5)))
        people.append(person(f"P{p}", unit=p % 2, home=p % 3, wishes=(wish,) if draw(st.booleans()) else ()))
    metres = np.array([[draw(st.integers(0, 9)) * 1000 for _ in range(3)] for _ in range(3)], dtype=np.int32)
    rules = [
        "no_double_duty",
        RuleSetting("minimum_rest", True, 1, {"rest_h": 8}),
        RuleSetting("home_area_first", False, draw(st.integers(1, 4))),
        RuleSetting("balanced_hours", False, draw(st.integers(1, 4)), {"band_h": 2}),
        RuleSetting("preferences", False, draw(st.integers(1, 4))),
    ]
    return problem(people, groups, rules, distance_m=metres)


def every_value(linear):
    for bits in itertools.product((0, 1), repeat=linear.n_x):
        x = np.array(bits, dtype=np.int64)
        if linear.broken(x) == 0:
            yield linear.value(x)


@settings(max_examples=40)
@given(data=st.data())
def test_no_multipliers_give_more_than_the_least_cost(data):
    linear = build(data.draw(small()))
    if linear.n_x > 12:
        return
    values = list(every_value(linear))
    best = min(values)
    for k in range(linear.n_levels):
        least = min(value[k] for value in values if value[:k] == best[:k])
        prices = Prices(linear, Exchanges.of(linear, 0).table, best[:k])
        prices.improve(60, (0.0, 1.0), lambda: False)
        assert prices.bound <= least
        scale = float(data.draw(st.sampled_from([1, 10, 100])))
        drawn = data.draw(st.lists(st.integers(-9, 9), min_size=len(prices.m), max_size=len(prices.m)))
        total, _ = prices.ask(np.array(drawn) * scale * FINE)
        assert total <= least * FINE


def test_prices_come_near_the_least_cost():
    homes = [person(f"P{i}", home=i % 3) for i in range(6)]
    groups = [group(f"G{i}", 0, 8 * HOUR, report_place=i % 3) for i in range(6)]
    metres = np.array([[0, 5, 9], [5, 0, 5], [9, 5, 0]], dtype=np.int32) * 1000
    linear = build(
        problem(homes[1:], groups[:5], ["no_double_duty", RuleSetting("home_area_first", False, 3)], distance_m=metres)
    )
    best = solve(linear.problem, limits=Limits(work=5.0), workers=1)
    prices = Prices(linear, Exchanges.of(linear, 0).table, (0,))
    prices.start()
    assert prices.ask(prices.m)[0] >= 0
    prices.improve(400, (0.0, 1.0), lambda: False)
    assert best.status is Status.OPTIMAL
    assert best.levels[-1].value > 0
    assert prices.bound == best.levels[-1].value


@pytest.mark.parametrize("workers", [1, 2])
def test_large_rosters_are_audited_bounded_repeatable_and_stop(workers, monkeypatch):
    monkeypatch.setattr(solving, "WHOLE_AT_MOST", 0)
    monkeypatch.setattr(solving, "LARGE_FROM", 0)
    made = make_event(40, 1, seed=3)
    told = []
    one, two = (
        solve(made, limits=Limits(work=2.0), seed=5, workers=workers, on_progress=told.append) for _ in range(2)
    )
    assert (one.plan, one.levels) == (two.plan, two.levels)
    assert one.settings["method"] == "exchanges"
    assert {"stage", "solution", "bound", "done"} <= {event.kind for event in told}
    found = audit(made, one.plan)
    assert found.ok
    assert found.levels == tuple((level.name, level.value) for level in one.levels)
    assert 0 < one.levels[-1].bound <= one.levels[-1].value
    stopped = solve(made, limits=Limits(work=2.0), seed=5, workers=workers, stop=lambda: True)
    assert stopped.plan is None or audit(made, stopped.plan).ok


def test_of_too_many_duties_the_likely_ones_make_a_plan_and_single_seats_a_bound(monkeypatch):
    monkeypatch.setattr(solving, "WHOLE_AT_MOST", 0)
    monkeypatch.setattr(solving, "LIKELY_FROM", 500)
    monkeypatch.setattr(solving, "LIKELY", 400)
    made = make_event(40, 1, seed=3)
    got = solve(made, limits=Limits(work=2.0), seed=5, workers=1)
    whole = build(made)
    assert got.settings["duties"] < whole.n_x
    found = audit(made, got.plan)
    assert found.ok
    assert found.levels == tuple((level.name, level.value) for level in got.levels)
    full = solve(made, limits=Limits(work=8.0), seed=5, workers=1)
    for level, best in zip(got.levels[:-1], full.levels[:-1], strict=True):
        assert level.bound <= best.value
    cheap = [whole.cost[-1][whole.x_of.of_group(g)].min(initial=10**6) for g in range(len(made.groups))]
    linear = build(made, likely_of=(0, 400))
    assert 0 < linear.n_x < whole.n_x
    short, cheapest = seat_bounds(linear, linear.whole)
    served = [g for g in range(len(made.groups)) if cheap[g] < 10**6]
    assert [int(cheapest[g]) for g in served] == [int(cheap[g]) for g in served]
    assert len(short) == 2
    x = np.zeros(linear.n_x, dtype=np.int64)
    p = int(linear.x_person[0])
    a, b = linear.x_of.mine(p)
    table = linear.conflict[int(linear.conflict_of[p])]
    for i in range(a, b):
        for j in range(i + 1, b):
            x[:] = 0
            x[[i, j]] = 1
            clash = bool(table[linear.x_group[i], linear.x_group[j]])
            wide = np.zeros(whole.n_x, dtype=np.int64)
            wide[[whole.x_of[p, linear.x_group[k]] for k in (i, j)]] = 1
            assert (linear.broken(x) > 0) == (whole.broken(wide) > 0) or not clash


def test_a_stop_while_the_rules_are_written_out_is_unknown_not_impossible():
    made = make_event(60, 2, seed=4)
    asked = []

    def stop():
        asked.append(1)
        return len(asked) > 1

    got = solve(made, limits=Limits(work=4.0), stop=stop)
    assert got.status is Status.UNKNOWN
    assert "does not mean none exists" in got.note
    with pytest.raises(Halted):
        build(made, over=lambda: True)
