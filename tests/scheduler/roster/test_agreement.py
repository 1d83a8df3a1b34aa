"""Forms, model, windows, bound and audit must say the same of every plan.

Hypothesis draws few cases here and shrinks what fails; ``test_agreement_in_depth.py`` draws thousands.
"""

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
from scheduler.roster.model import RosterModel
from scheduler.roster.problem import Pin, RuleSetting, Unit, Wish
from scheduler.roster.rules import load
from scheduler.roster.solve import solve
from tests.scheduler.roster.agreement import as_x, least_cost, of_checks, of_forms, tables_are_pairs
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
some = settings(max_examples=min(settings.default.max_examples, 300))
"""In the deep profile no more than this by Hypothesis: those drawn by seed are many more in the same time."""


@pytest.mark.parametrize("name", NAMES)
@some
@given(data=st.data())
def test_a_hard_rule_forbids_exactly_what_its_check_finds(name, data):
    made, pairs = data.draw(with_one_rule(name, hard=True))
    assert of_forms(made, pairs) == of_checks(made, pairs)


@pytest.mark.parametrize("name", NAMES)
@some
@given(data=st.data())
def test_a_soft_rule_costs_exactly_what_its_check_finds(name, data):
    made, pairs = data.draw(with_one_rule(name, hard=False))
    assert of_forms(made, pairs) == of_checks(made, pairs)


@pytest.mark.parametrize("name", [n for n, rule in load().items() if hasattr(rule.module, "follows_table")])
@given(data=st.data())
def test_tables_of_pairs_equal_the_pairs(name, data):
    made, _ = data.draw(with_one_rule(name, hard=True))
    assert tables_are_pairs(made)


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
