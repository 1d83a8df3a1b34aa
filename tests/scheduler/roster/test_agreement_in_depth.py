"""The agreement of all rules over thousands of cases drawn by seed, one rule alone and many together.

Everything here is slow by its nature; ``make test-deep`` runs it. ``test_agreement.py`` asks the same of few cases that
Hypothesis draws and shrinks.
"""

import dataclasses
from collections import Counter

import numpy as np
import pytest

from scheduler.outcome import Limits, Status
from scheduler.roster.audit import audit
from scheduler.roster.build import build
from scheduler.roster.model import RosterModel
from scheduler.roster.rules import load
from scheduler.roster.solve import solve
from tests.scheduler.roster.agreement import (
    REFUSED,
    as_x,
    best_of_all,
    drawn,
    least_cost,
    of_checks,
    of_forms,
    tables_are_pairs,
)
from tests.scheduler.roster.tiny import any_pairs, plan_of, with_many_rules, with_one_rule

pytestmark = pytest.mark.slow

NAMES = list(load())
ALONE = 2_000
"""Cases of each rule alone."""
TOGETHER = 4_000
"""Cases of up to eight rules together."""
IN_THE_MODEL = 500
"""Cases in which CP-SAT itself is asked, with all duties fixed and in a window."""
BITES = 8
"""Cases in which a rule must have changed the optimum."""


@pytest.mark.parametrize("name", NAMES)
def test_form_and_check_agree_on_thousands_of_cases(name):
    said = Counter()
    for made, pairs in drawn(name, ALONE):
        found = of_checks(made, pairs)
        assert of_forms(made, pairs) == found, (made, pairs)
        assert tables_are_pairs(made), made
        hard = all(rule.hard for rule in made.rules)
        costs = any(cost.rule == name for cost in audit(made, plan_of(made, pairs)).costs)
        said["hard", found == REFUSED] += hard
        said["soft", costs] += not hard
    # drawn plans both keep and break the rule, hard and soft
    assert min(said[mode, broken] for mode in ("hard", "soft") for broken in (True, False)) >= ALONE // 100, said


def test_forms_and_checks_agree_on_rules_together():
    bit = Counter()
    for seed in range(TOGETHER):
        made = with_many_rules.roll(f"together {seed}")
        pairs = any_pairs.roll(f"pairs {seed}", made)
        assert of_forms(made, pairs) == of_checks(made, pairs), (made, pairs)
        found = audit(made, plan_of(made, pairs))
        bit.update({one.rule for one in (*found.breaches, *found.costs)})
    assert {name: bit[name] for name in NAMES if bit[name] < BITES} == {}


def test_the_model_agrees_with_the_audit_on_rules_together():
    asked = Counter()
    for seed in range(IN_THE_MODEL):
        made = with_many_rules.roll(f"model {seed}")
        linear = build(made)
        pairs = [pair for pair in any_pairs.roll(f"pairs {seed}", made) if linear.x_of[pair] >= 0]
        pairs = pairs if seed % 2 else pairs[::2]  # few duties are legal more often
        x, _ = as_x(linear, pairs)
        if linear.faults:
            assert of_checks(made, pairs) == REFUSED
            continue
        value = least_cost(RosterModel(linear), x, linear)
        assert (REFUSED if value is None else value) == of_checks(made, pairs), (made, pairs)
        if value is not None:
            free = np.array([hash_bit(seed, i) for i in range(linear.n_x)], dtype=bool)
            assert least_cost(RosterModel(linear, x, free), x, linear) == value
        asked[value is None] += 1
    assert min(asked[True], asked[False]) >= IN_THE_MODEL // 10, asked


def hash_bit(seed, i):
    """A bit that is as good as drawn."""
    return (seed * 2654435761 + i * 40503) >> 7 & 1


@pytest.mark.parametrize("name", NAMES)
def test_a_rule_changes_the_best_plan_and_the_best_is_found(name):
    changed, seed = Counter(), 0
    while min(changed["hard"], changed["soft"]) < BITES:
        hard = bool(seed % 2)
        made, _ = with_one_rule.roll(f"best {name} {seed}", name, hard=hard, max_people=3, max_groups=3)
        seed += 1
        assert seed < 1_000, (name, changed)
        if changed["hard" if hard else "soft"] >= BITES:
            continue
        free = solve(dataclasses.replace(made, rules=()), limits=Limits(work=30.0), workers=1)
        bound = solve(made, limits=Limits(work=30.0), workers=1)
        if (bound.status, bound.levels) == (free.status, free.levels) and seed % 4:
            continue  # most cases in which the rule says nothing are not worth trying every plan
        best = best_of_all(made)
        changed["hard" if hard else "soft"] += best != best_of_all(dataclasses.replace(made, rules=()))
        if best is None:
            assert (bound.status, bound.plan) == (Status.INFEASIBLE, None)
            continue
        assert bound.status is Status.OPTIMAL
        assert tuple(level.value for level in bound.levels) == best, made
        assert audit(made, bound.plan).ok


@pytest.mark.parametrize("part", range(8))
def test_the_best_plan_under_many_rules_is_found(part):
    for seed in range(part, 400, 8):
        made = with_many_rules.roll(f"best of many {seed}", max_people=3, max_groups=3)
        best = best_of_all(made)
        outcome = solve(made, limits=Limits(work=30.0), workers=1)
        if best is None:
            assert outcome.status is Status.INFEASIBLE, made
        else:
            assert tuple(level.value for level in outcome.levels) == best, made
