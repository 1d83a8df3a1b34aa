"""Prices of rows bound a model whatever they are, and a solver that does not end at its limit is ended."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.outcome import Limits
from scheduler.siting import engine as engine_module
from scheduler.siting.engine import Budget, Engine, priced
from scheduler.siting.linear import FREE, Linear, Sum


def small(seed):
    """A model of five variables and four rows with sides of every sort, one variable fixed."""
    draw = np.random.default_rng(seed)
    linear = Linear()
    linear.variables(5, draw.integers(1, 3, 5))
    for _ in range(4):
        low = int(draw.integers(-2, 4))
        sides = [(low, FREE), (-FREE, low + 3), (low, low + 2)][int(draw.integers(0, 3))]
        linear.limit(Sum.of(range(5), draw.integers(-2, 4, 5)), *sides)
    linear.objective = Sum.of(range(5), draw.integers(-5, 9, 5), int(draw.integers(0, 9)))
    linear.fixed = {4: int(linear.tops[0][4] > 1)}
    return linear


def lawful(linear):
    """Every choice of values that keeps all rows, with what it costs."""
    low, high = linear.bounds()
    table = np.zeros((linear.n_rows, linear.n_variables), dtype=np.int64)
    for row, variable, factor in zip(linear.row, linear.variable, linear.factor, strict=True):
        np.add.at(table, (row, variable), factor)
    least, most = np.concatenate(linear.low), np.concatenate(linear.high)
    for values in product(*(range(a, b + 1) for a, b in zip(low, high, strict=True))):
        sums = table @ np.array(values)
        if ((sums >= least) & (sums <= most)).all():
            goal = linear.objective
            yield values, int(np.array(values)[goal.variables] @ goal.factors) + goal.constant


@given(seed=st.integers(0, 10_000), slack=st.integers(0, 4))
def test_any_prices_bound_every_plan_and_fix_nothing_that_a_good_plan_needs(seed, slack):
    linear, draw = small(seed), np.random.default_rng(seed + 1)
    plans = list(lawful(linear))
    for prices in (draw.normal(0, 2, 4), draw.integers(-3, 4, 4).astype(float), np.zeros(4)):
        its = priced(linear, prices)
        assert all(-1000 < its.least <= cost for _, cost in plans)
        value = min((cost for _, cost in plans), default=0) + slack
        sure = its.fixable(linear, value)
        for values, cost in plans:
            assert cost > value or all(values[v] == x for v, x in sure.items())


@pytest.mark.parametrize("solver", ["HIGHS", "PDLP"])
def test_the_prices_of_a_relaxation_bound_as_it_does(solver, monkeypatch):
    """Two of three columns must stand: the relaxation is 3 x 1/2 at 10 each."""
    linear = Linear()
    linear.variables(3)
    for pair in ((0, 1), (1, 2), (0, 2)):
        linear.limit(Sum.of(pair, 1), low=1)
    linear.objective = Sum.of(range(3), 10)
    monkeypatch.setattr(engine_module, "MANY_ROWS", 100 if solver == "HIGHS" else 0)
    relaxed = Engine(Budget(Limits(60)), 0).bounded(linear, 1.0)
    assert relaxed.least == pytest.approx(15, abs=0.01)
    assert relaxed.least <= 15


def test_a_solver_that_does_not_end_is_ended_and_the_next_question_is_answered(monkeypatch):
    linear = small(0)
    engine = Engine(Budget(Limits(60)), 0)
    monkeypatch.setattr(engine_module, "LARGE", 0)
    with monkeypatch.context() as patch:
        patch.setattr(engine_module, "GRACE_S", -100.0)
        assert engine.run(linear, 1.0).status == "unknown"
    again = engine.run(linear, 1.0)
    engine.close()
    assert again.status == "optimal"
    assert again.bound == min(cost for _, cost in lawful(linear))
