"""Forms, model, windows, bound and audit must say the same of every plan."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.outcome import Limits, Status
from scheduler.roster import cpsat
from scheduler.roster.audit import audit
from scheduler.roster.bound import Relaxation
from scheduler.roster.build import build
from scheduler.roster.forms import Stint, Stints
from scheduler.roster.model import RosterModel
from scheduler.roster.problem import Pin, RuleSetting, Unit, Wish
from scheduler.roster.rules import configure, load
from scheduler.roster.solve import solve
from tests.scheduler.roster.tiny import (
    HOUR,
    any_pairs,
    brute_force,
    group,
    person,
    plan_of,
    problem,
    with_many_rules,
    with_one_rule,
)

NAMES = list(load())


def as_x(linear, pairs):
    """Columns of the pairs, and whether all of them have one."""
    x = np.zeros(linear.n_x, dtype=np.int64)
    columns = [int(linear.x_of[p, g]) for p, g in pairs]
    for column in columns:
        if column >= 0:
            x[column] = 1
    return x, all(column >= 0 for column in columns)


def legal(linear, pairs):
    x, known = as_x(linear, pairs)
    return known and not linear.faults and linear.broken(x) == 0 and bool(x[linear.forced].all())


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
def test_a_hard_rule_forbids_exactly_what_its_check_finds(name, data):
    made, pairs = data.draw(with_one_rule(name, hard=True))
    found = audit(made, plan_of(made, pairs))
    assert legal(build(made), pairs) == (not found.breaches)


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
def test_a_soft_rule_costs_exactly_what_its_check_finds(name, data):
    made, pairs = data.draw(with_one_rule(name, hard=False))
    linear = build(made)
    x, known = as_x(linear, pairs)
    found = audit(made, plan_of(made, pairs))
    if known and linear.broken(x) == 0:
        assert linear.value(x) == tuple(value for _, value in found.levels)
    else:  # only what no price can buy (no way between two places) is refused by a soft rule
        assert any(cost.data.get("unreachable") for cost in found.costs)


@pytest.mark.parametrize("name", [n for n, rule in load().items() if hasattr(rule.module, "follows_table")])
@given(data=st.data())
def test_tables_of_pairs_equal_the_pairs(name, data):
    made, _ = data.draw(with_one_rule(name, hard=True))
    rule = configure(made)[0]
    every = Stints.of([Stint.of_group(g, one) for g, one in enumerate(made.groups)])
    table = rule.rule.module.follows_table(made, rule.params, every, every)
    for i, a in enumerate(every.stints):
        for j, b in enumerate(every.stints):
            assert table[i, j] == rule.rule.module.follows(made, rule.params, a, b)


def least_cost(model, x, linear):
    """Levels of the model with all duties fixed, None where it refuses them."""
    for i in np.nonzero(model.free)[0]:
        model.model.add(model.var[i] == int(x[i]))
    values = []
    for k in range(linear.n_levels):
        model.model.minimize(model.level(k))
        got = cpsat.run(model.model, seconds=None, work=5.0, seed=0, threads=1)
        if got.status is Status.INFEASIBLE:
            return None
        assert got.status is Status.OPTIMAL
        values.append(got.bound)
    return tuple(values)


@settings(max_examples=80)
@given(data=st.data())
def test_the_model_with_a_plan_fixed_costs_what_the_audit_says(data):
    made = data.draw(with_many_rules())
    pairs = data.draw(any_pairs(made))
    linear = build(made)
    x, known = as_x(linear, pairs)
    found = audit(made, plan_of(made, pairs))
    if not known or linear.faults:
        assert found.breaches or linear.faults or any(c.data.get("unreachable") for c in found.costs)
        return
    value = least_cost(RosterModel(linear), x, linear)
    if any(c.data.get("unreachable") for c in found.costs) or found.breaches:
        assert value is None
    else:
        assert value == tuple(v for _, v in found.levels) == linear.value(x)
        free = np.array(data.draw(st.lists(st.booleans(), min_size=linear.n_x, max_size=linear.n_x)), dtype=bool)
        window = RosterModel(linear, x, free)
        assert least_cost(window, x, linear) == value


@settings(max_examples=25)
@given(data=st.data())
def test_solving_equals_trying_everything(data):
    made = data.draw(with_many_rules(max_people=3, max_groups=3))
    linear = build(made)
    cells = list(zip(linear.x_person.tolist(), linear.x_group.tolist(), strict=True))
    best = None if linear.faults else brute_force(made, cells)
    outcome = solve(made, limits=Limits(work=30.0), workers=1)
    if best is None:
        assert outcome.status is Status.INFEASIBLE
        assert outcome.plan is None
        return
    assert outcome.status is Status.OPTIMAL
    assert tuple(level.value for level in outcome.levels) == best
    found = audit(made, outcome.plan)
    assert found.ok
    assert found.levels == tuple((level.name, level.value) for level in outcome.levels)
    relaxation = Relaxation(linear)
    for k in range(linear.n_levels):
        relaxed = relaxation.ask(k, best, None)
        assert relaxed is not None
        assert not relaxed.infeasible
        assert relaxed.bound <= best[k]


@settings(max_examples=25)
@given(data=st.data())
def test_the_order_of_the_settings_changes_nothing(data):
    made = data.draw(with_many_rules(max_people=2, max_groups=3))
    shuffled = dataclasses.replace(made, rules=tuple(data.draw(st.permutations(made.rules))))
    one = solve(made, limits=Limits(work=30.0), workers=1)
    two = solve(shuffled, limits=Limits(work=30.0), workers=1)
    assert (one.status, one.levels, one.plan) == (two.status, two.levels, two.plan)


def one_of_everything():
    """A wish missed twice, a tour too long, a short pause, nine seats short, a base kept by two groups: one plan."""
    wish = (Wish(0, 9 * HOUR, False, 5),)
    groups = [group(f"G{i}", 2 * i * HOUR, (2 * i + 1) * HOUR) for i in range(2)]
    groups.append(group("G2", 12 * HOUR, 13 * HOUR, need=9))
    groups += [
        group(f"base{i}", 20 * HOUR, 21 * HOUR, kind="base", owner=0, need=0, most=1) for i in range(2)
    ]
    made = problem(
        [person("P1", wishes=wish), person("P2")],
        groups,
        [
            RuleSetting("preferences", False, 2),
            RuleSetting("base_coverage", True),
            RuleSetting("maximum_tour", False, 3, {"longest_h": 2, "gap_h": 2}),
            RuleSetting("transfer_time", False, 1, {"reach_h": 1.5, "handover_min": 61}),
            RuleSetting("pins_locked", True),
        ],
        units=(Unit("A", 0, 2), Unit("B", 1)),
        pins=(Pin("P1", "G0"),),
    )
    return made, [(0, 0), (0, 1), (0, 3), (1, 4)]


def test_a_window_costs_what_the_whole_plan_costs_whatever_is_free():
    made, pairs = one_of_everything()
    found = audit(made, plan_of(made, pairs))
    assert found.ok
    assert dict(found.levels) == {"short_0": 9, "costs": 2 * 5 + 1 + 3 * 60}
    linear = build(made)
    x, known = as_x(linear, pairs)
    assert known
    for bits in range(1 << linear.n_x):
        free = np.array([bits >> i & 1 for i in range(linear.n_x)], dtype=bool)
        assert least_cost(RosterModel(linear, x, free), x, linear) == linear.value(x) == (9, 191)


def test_a_window_never_gives_a_pinned_duty_away():
    made, pairs = one_of_everything()
    linear = build(made)
    x, _ = as_x(linear, pairs)
    window = RosterModel(linear, x, np.ones(linear.n_x, dtype=bool))
    window.model.minimize(window.level(1))
    got = cpsat.run(window.model, seconds=None, work=5.0, seed=0, threads=1)
    assert got.value is not None
    assert window.read(got.value)[linear.x_of[0, 0]] == 1
