"""Whole rosters as columns: graphs admit exactly the legal rosters at their true cost, and the bound never lies."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.roster.bound import FINE, Relaxation
from scheduler.roster.build import build
from scheduler.roster.columns import within
from scheduler.roster.columns.dive import Dive, Task
from scheduler.roster.columns.generate import bound_at, generate, prepare, reduced_at
from scheduler.roster.columns.guide import start_at
from scheduler.roster.columns.held import hold
from scheduler.roster.columns.insert import Bench, draw_people, improve
from scheduler.roster.columns.kernels import FAR
from scheduler.roster.columns.narrow import narrow
from scheduler.roster.columns.regroup import draw, keep, regroup
from scheduler.roster.columns.split import PersonalRow
from scheduler.roster.columns.within import best_within
from scheduler.roster.large.exchange import Exchanges
from scheduler.roster.large.price import Prices
from scheduler.roster.linear import BIG
from scheduler.roster.problem import Pin, RuleSetting, Wish
from tests.scheduler.roster.tiny import (
    HOUR,
    any_pairs,
    brute_force,
    group,
    person,
    problem,
    with_many_rules,
)

REST = RuleSetting("minimum_rest", True, params={"rest_h": 11, "same_tour_h": 0})


def pricing_of(linear):
    pricing = prepare(linear)
    assert pricing is not None
    return pricing


def of(made):
    linear = build(made)
    return linear, pricing_of(linear)


def names(linear, column):
    return [linear.problem.groups[linear.x_group[x]].id for x in column.duties]


def test_the_cheapest_roster_keeps_the_rest():
    groups = [group("G1", 0, 8 * HOUR), group("G2", 10 * HOUR, 18 * HOUR), group("G3", 20 * HOUR, 28 * HOUR)]
    linear, pricing = of(problem([person("P1")], groups, [REST]))
    reward = np.array([-3, -5, -3], dtype=np.int64)
    value, column = pricing.best(0, reward, 1)
    assert (value, names(linear, column)) == (-6, ["G1", "G3"])
    assert column.cost == 0
    assert pricing.cost_of(0, (0, 1)) == FAR
    assert pricing.cost_of(0, (0, 2)) == 0


def test_a_wish_is_in_the_price_of_a_roster():
    wish = (Wish(0, 8 * HOUR, False, 4),)
    groups = [group("G1", 0, 8 * HOUR), group("G2", 20 * HOUR, 28 * HOUR)]
    made = problem([person("P1", wishes=wish)], groups, [REST, RuleSetting("preferences", False, 2)])
    _, pricing = of(made)
    assert [pricing.cost_of(0, roster) for roster in ((), (0,), (1,), (0, 1))] == [0, 8, 0, 8]


def test_a_pinned_duty_is_in_every_roster():
    groups = [group("G1", 0, 8 * HOUR), group("G2", 10 * HOUR, 18 * HOUR)]
    made = problem([person("P1")], groups, [REST, "pins_locked"], pins=(Pin("P1", "G2"),))
    linear, pricing = of(made)
    _, column = pricing.best(0, np.array([-100, 0], dtype=np.int64)[: linear.n_x], 1)
    assert names(linear, column) == ["G2"]


def test_people_with_the_same_rules_share_a_graph():
    groups = [group(f"G{i}", i * 12 * HOUR, i * 12 * HOUR + 8 * HOUR) for i in range(4)]
    people = [person(f"P{i}") for i in range(5)]
    _, pricing = of(problem(people, groups, [REST, RuleSetting("hours_cap", True, params={"cap_h": 16})]))
    assert len(pricing.graphs) == 1
    assert pricing.graphs[0].left_out == ()
    assert pricing.cost_of(3, (0, 2)) == 0
    assert pricing.cost_of(3, (0, 2, 3)) == FAR


@settings(max_examples=120)
@given(data=st.data())
def test_a_plan_costs_on_the_bench_what_it_costs(data):
    made = data.draw(with_many_rules())
    linear = build(made)
    if linear.faults:
        return
    pricing = pricing_of(linear)
    x = np.zeros(linear.n_x, dtype=np.int64)
    for p, g in data.draw(any_pairs(made)):
        if linear.x_of[p, g] >= 0:
            x[linear.x_of[p, g]] = 1
    bench = Bench(pricing)
    rosters = bench.load(x)
    hard = pricing.parts.linking_hard
    seen = np.concatenate([x, linear.columns(x)[linear.n_x + linear.counters.shape[0] :]])
    fine = rosters and not hard.amounts(seen).any() and bool(x[linear.forced].all())
    legal = linear.broken(x) == 0 and bool(x[linear.forced].all())
    whole = not any(pricing.graphs[k].left_out for k in pricing.graph_of)
    assert fine == legal or (fine and not whole)
    if not legal:
        return
    value = linear.value(x)
    pairs = int((linear.pair_price * x[linear.pairs[:, 0]] * x[linear.pairs[:, 1]]).sum()) if len(linear.pairs) else 0
    assert whole
    weighed = sum(int(s) * v for s, v in zip(bench.scale[1:], value, strict=True))
    assert bench.cost + pairs == weighed


@settings(max_examples=60)
@given(data=st.data())
def test_no_multipliers_prove_more_than_the_best_plan_costs(data):
    made = data.draw(with_many_rules(max_people=3, max_groups=3))
    linear = build(made)
    cells = list(zip(linear.x_person.tolist(), linear.x_group.tolist(), strict=True))
    best = None if linear.faults else brute_force(made, cells)
    if best is None:
        return
    pricing = pricing_of(linear)
    held = hold(pricing, best[:-1])
    n = len(held.linking.rhs)
    y = np.array(data.draw(st.lists(st.integers(-4 * FINE, 2 * FINE), min_size=n, max_size=n)), dtype=np.int64)
    y = held.linking.legal(y)
    assert bound_at(pricing, held, y)[0] <= best[-1] * FINE
    made_of = generate(pricing, held, over=lambda: False, rounds=30)
    assert made_of.bound <= best[-1]
    relaxed = Relaxation(linear).ask(linear.n_levels - 1, best[:-1], None)
    assert relaxed is not None
    started = generate(
        pricing, held, over=lambda: False, rounds=30, y_start=start_at(pricing, held, relaxed)
    )
    assert started.bound <= best[-1]


@settings(max_examples=40)
@given(data=st.data())
def test_a_duty_costs_at_least_its_reduced_cost_more(data):
    made = data.draw(with_many_rules(max_people=2, max_groups=3))
    linear = build(made)
    cells = list(zip(linear.x_person.tolist(), linear.x_group.tolist(), strict=True))
    best = None if linear.faults else brute_force(made, cells)
    if best is None:
        return
    pricing = pricing_of(linear)
    held = hold(pricing, best[:-1])
    found = generate(pricing, held, over=lambda: False, rounds=20)
    proven = bound_at(pricing, held, found.y)[0]
    reduced = reduced_at(pricing, held, found.y)
    for code in range(1 << linear.n_x):
        x = np.array([code >> i & 1 for i in range(linear.n_x)], dtype=np.int64)
        if linear.broken(x) or not x[linear.forced].all():
            continue
        value = linear.value(x)
        if value[:-1] == best[:-1]:
            for i in np.nonzero(x)[0]:
                assert reduced[i] == FAR or proven + reduced[i] <= value[-1] * FINE
                assert reduced[i] < FAR


def small_event():
    """Six people, five days of two shifts, rest and hours: some wishes cannot be kept."""
    groups = [
        group(f"D{day}{name}", (24 * day + begin) * HOUR, (24 * day + begin + 8) * HOUR, need=2, want=2, most=3,
              price_over=3)
        for day in range(5) for name, begin in (("e", 6), ("l", 14))
    ]  # fmt: skip
    people = [
        person(f"P{i}", wishes=(Wish(24 * i * HOUR, 24 * (i + 1) * HOUR, False, 5),)) for i in range(6)
    ]
    rules = [
        REST, "no_double_duty", RuleSetting("hours_cap", True, params={"cap_h": 32}),
        RuleSetting("preferences", False, 1), RuleSetting("balanced_hours", False, 2, {"band_h": 2}),
    ]  # fmt: skip
    return problem(people, groups, rules)


def test_ruin_and_recreate_keeps_its_books_and_fills_the_seats():
    linear, pricing = of(small_event())
    bench = Bench(pricing)
    rng = np.random.default_rng(0)
    for p in range(6):
        assert bench.insert(p)
    improve(bench, rng, lambda: False, lambda _: None, 300)
    x = bench.plan()
    assert linear.broken(x) == 0
    assert linear.value(x)[0] == 0
    claimed = bench.cost
    assert bench.load(x)
    assert bench.cost == claimed


def dived(pricing, held, made, **wanted):
    rng = np.random.default_rng(0)
    task = Task(range(len(pricing.own)), held.linking.rhs, 0, made.y, made.columns, **wanted)
    dive = Dive(pricing, held, task, lambda: False, rng)
    return dive, dive.run()


def test_a_dive_ends_in_a_legal_plan_near_the_bound():
    linear, pricing = of(small_event())
    held = hold(pricing, (0,))
    made = generate(pricing, held, over=lambda: False)
    assert made.closed
    dive, found = dived(pricing, held, made)
    assert dive.first == made.bound
    x = np.zeros(linear.n_x, dtype=np.int64)
    for column in found.values():
        x[list(column.duties)] = 1
    assert linear.broken(x) == 0
    assert linear.value(x)[0] == 0
    assert made.bound <= linear.value(x)[-1] <= made.bound + 2


def test_a_dive_finds_nothing_below_the_bound_and_keeps_what_is_fixed():
    _, pricing = of(small_event())
    held = hold(pricing, (0,))
    made = generate(pricing, held, over=lambda: False)
    assert dived(pricing, held, made, cut=made.bound)[1] is None
    duty = int(pricing.columns_of[0][0])
    _, found = dived(pricing, held, made, fixed={0: frozenset({duty})})
    assert duty in found[0].duties


def test_a_step_that_makes_the_plan_too_dear_is_taken_back():
    """All duties of a step at once lead far above the best plan here; taken back one by one they do not."""
    _, pricing = of(small_event())
    held = hold(pricing, (0,))
    made = generate(pricing, held, over=lambda: False)
    values = []
    for patience in (0, 40):
        _, found = dived(pricing, held, made, pace=1.0, patience=patience, cut=made.bound + 3)
        values.append(None if found is None else sum(column.cost for column in found.values()))
    assert values[1] is not None


def test_regrouping_a_poor_plan_reaches_the_bound():
    linear, pricing = of(small_event())
    held = hold(pricing, (0,))
    made = generate(pricing, held, over=lambda: False)
    bench, rng, pool = Bench(pricing), np.random.default_rng(6), {}
    for p in range(6):
        assert bench.insert(p)
    improve(bench, rng, lambda: False, lambda _: None, 20)
    assert linear.value(bench.plan())[0] == 0
    begun = value = linear.value(bench.plan())[-1]
    for _ in range(40):
        part = draw(pricing, bench, made.x, np.zeros(6), rng, 3)
        before = bench.plan()
        tried = regroup(pricing, held, bench, part, made.y, pool, rng, cut=value, over=lambda: False)
        assert (bench.plan() == before).all()
        keep(pool, tried.seen)
        if tried.rosters is None:
            continue
        for p, column in tried.rosters.items():
            bench.take_out(p)
            bench.put(p, np.array(column.duties, dtype=np.int64), column.cost)
            assert part.fixed.get(p, frozenset()) <= set(column.duties)
        x = bench.plan()
        assert linear.broken(x) == 0
        assert linear.value(x)[-1] < value
        value = linear.value(x)[-1]
    assert value < begun
    assert value <= made.bound + 2


def test_a_sum_outside_the_graph_is_kept_by_its_price():
    """Five duties of 3 to 7 hours, rewards rising: at most 12 hours, at least 10."""
    hours = (3, 4, 5, 6, 7)
    groups = [group(f"G{i}", 24 * i * HOUR, (24 * i + h) * HOUR) for i, h in enumerate(hours)]
    _, pricing = of(problem([person("P1")], groups, [REST]))
    row = PersonalRow(tuple(enumerate(hours)), 10, 12, 0, once=False, hard=True, name="hours")
    price = np.array([-40, -41, -42, -43, -44], dtype=np.int64)
    total, found = best_within(pricing.graphs[0], [row], price, 1)
    assert 10 <= sum(hours[g] for g in found) <= 12
    assert total == sum(int(price[g]) for g in found)
    must = np.array([5, 5, 5, 5, 5], dtype=np.int64)
    wider = PersonalRow(tuple(enumerate(hours)), 10, 13, 0, once=False, hard=True, name="hours")
    assert best_within(pricing.graphs[0], [wider], must, 1) == (10, (3, 4))
    none = PersonalRow(((0, 3),), 10, 12, 0, once=False, hard=True, name="hours")
    assert best_within(pricing.graphs[0], [none], must, 1)[0] == FAR


def alike_and_two_sums():
    """Six duties that are all the same but for the second sum: two of them wanted, one of the first three at most."""
    groups = [group(f"G{i}", 24 * i * HOUR, (24 * i + 5) * HOUR) for i in range(6)]
    _, pricing = of(problem([person("P1")], groups, [REST]))
    rows = [
        PersonalRow(tuple((g, 5) for g in range(6)), 10, 10, 0, once=False, hard=True, name="hours"),
        PersonalRow(tuple((g, 1) for g in range(3)), -BIG, 1, 0, once=False, hard=True, name="caps"),
    ]
    return pricing.graphs[0], rows, np.full(6, -40, dtype=np.int64)


@pytest.mark.parametrize("mixers", [(0,), within._MIXERS[:1]])
def test_rosters_are_mixed_where_no_price_lies_between_all_and_nothing(monkeypatch, mixers):
    monkeypatch.setattr(within, "_MIXERS", mixers)
    graph, rows, price = alike_and_two_sums()
    total, found = best_within(graph, rows, price, 1)
    assert total == -80
    assert len(found) == 2
    assert sum(g < 3 for g in found) <= 1
    assert graph.best(np.where(np.isin(np.arange(6), found), -1, 1))[1] == found


def test_without_mixing_there_is_no_price_between_all_and_nothing(monkeypatch):
    monkeypatch.setattr(within, "_MIXERS", (0,))
    monkeypatch.setattr(within, "_mixed", lambda *_: None)
    assert best_within(*alike_and_two_sums(), 1)[0] == FAR


def test_graphs_are_given_up_when_the_time_is_over():
    assert prepare(build(small_event()), lambda: True) is None


def test_people_are_drawn_once_each_and_one_alone_is_no_trouble():
    shared = np.array([[0, 9, 0], [9, 0, 0], [0, 0, 0]], dtype=np.float32)
    rng = np.random.default_rng(0)
    drawn = [draw_people(shared, rng, 2, 2) for _ in range(50)]
    assert all(len(set(people)) == 2 for people in drawn)
    assert all(set(people) == {0, 1} for people in drawn if people[0] != 2)
    assert draw_people(np.zeros((1, 1), dtype=np.float32), rng, 1, 2) == [0]


def too_few():
    """The small event with two people away and nobody keen on any day: seats stay short, and filling them costs."""
    made = small_event()
    groups = tuple(dataclasses.replace(g, want=0, price_want=0) for g in made.groups)
    loth = tuple(Wish(24 * day * HOUR, 24 * (day + 1) * HOUR, False, 50) for day in range(5))
    people = tuple(dataclasses.replace(p, wishes=loth) for p in made.people[:4])
    return dataclasses.replace(made, groups=groups, people=people)


def test_multipliers_of_the_plain_relaxation_prove_as_much_with_seats_short():
    linear, pricing = of(too_few())
    relaxation = Relaxation(linear)
    short = relaxation.ask(0, (), None).bound
    assert short > 0
    relaxed = relaxation.ask(1, (short,), None)
    held = hold(pricing, (short,))
    assert held.capped == (0,)
    assert relaxed.of_level[0] < 0
    assert bound_at(pricing, held, start_at(pricing, held, relaxed))[0] >= (relaxed.bound - 1) * FINE


def test_prices_at_hand_prove_as_much_in_graphs():
    linear, pricing = of(too_few())
    short = Relaxation(linear).ask(0, (), None).bound
    prices = Prices(linear, Exchanges.of(linear, 0).table, (short,))
    prices.start()
    for k in range(10):
        prices.improve(30, (k / 10, (k + 1) / 10), lambda: False)
    assert prices.bound > 0
    held = hold(pricing, (short,))
    assert bound_at(pricing, held, start_at(pricing, held, prices.relaxed()))[0] >= (prices.bound - 1) * FINE


def test_a_narrowed_graph_has_every_way_that_takes_what_is_fixed_and_no_other():
    _, pricing = of(small_event())
    graph, rng, reward = pricing.graphs[0], np.random.default_rng(0), 1 << 30
    n, none, narrower = len(graph.roles), 0, 0
    for turn in range(200):
        roles = rng.choice(n, size=1 + turn % 4, replace=False).tolist()
        price = rng.integers(-50, 50, graph.n_groups)
        forced = price.copy()
        for r in roles:
            forced[list(graph.roles[r])] -= reward
        total, found = graph.best(forced)
        less = narrow(graph, roles)
        if sum(graph.role_of[g] in roles for g in found) < len(roles):
            assert less is None
            none += 1
            continue
        assert less.best(price)[0] == total + reward * len(roles)
        assert less.n_arcs < graph.n_arcs
        again = narrow(less, roles[:1])
        assert again.n_arcs == less.n_arcs
        narrower += 1
    assert min(none, narrower) > 20
