"""Building the system: asked by kinds, looked up, filled; and rows that nobody can keep."""

import sys
import types

import numpy as np
import pytest

from benchmarks.roster_event import make_event
from scheduler.outcome import Status
from scheduler.roster import cpsat
from scheduler.roster.build import build
from scheduler.roster.forms import Row, RuleInfo, RuleParams, Scope, Term, Terms
from scheduler.roster.kinds import by_kind
from scheduler.roster.model import RosterModel
from scheduler.roster.problem import Qualified, RuleSetting
from scheduler.roster.rules import configure
from tests.scheduler.roster.tiny import HOUR, group, person, problem


@pytest.fixture(scope="module")
def event():
    return make_event(60, 2, seed=4)


def test_each_kind_of_person_stands_for_all_alike(event):
    asked = [rule for rule in configure(event) if rule.rule.form == "fits"]
    assert len(asked) >= 3
    for rule in asked:
        table, kind_of = by_kind(event, rule.rule.module.fits, rule.params)
        np.testing.assert_array_equal(table[kind_of], rule.rule.module.fits(event, rule.params))
        assert len(table) <= len(event.people)


def test_a_kind_is_what_a_rule_reads_also_where_it_reads_on_only_for_some():
    people = [person("A", rank=1), person("B", rank=1), person("C", rank=2, tags=frozenset({"x"})), person("D", rank=2)]
    made = problem(people, [group("G", 0, HOUR)])
    seen = []

    def fits(view, _params):
        seen.append(len(view.people))
        return np.array([[p.rank if p.rank < 2 else 5 + len(p.tags)] for p in view.people], dtype=np.int32)

    table, kind_of = by_kind(made, fits, None)
    assert table[kind_of].ravel().tolist() == [1, 1, 6, 5]
    assert max(seen) == 3
    assert table.dtype == np.int8


def test_columns_are_looked_up_as_in_a_full_table(event):
    linear = build(event)
    full = np.full((len(event.people), len(event.groups)), -1)
    full[linear.x_person, linear.x_group] = np.arange(linear.n_x)
    every = np.arange(len(event.groups))
    for p in range(len(event.people)):
        np.testing.assert_array_equal(linear.x_of[p], full[p])
        np.testing.assert_array_equal(linear.x_of[p, every], full[p])
        assert [int(linear.x_of[p, g]) for g in every[:20]] == full[p, :20].tolist()
    for g in every:
        np.testing.assert_array_equal(linear.x_of[:, g], full[:, g])
    np.testing.assert_array_equal(linear.x_of >= 0, full >= 0)


def test_a_part_of_the_duties_costs_what_it_costs_in_the_whole(event):
    whole = build(event)
    only = np.random.default_rng(0).random((len(event.people), len(event.groups))) < 0.3
    part = build(event, only)
    assert 0 < part.n_x < whole.n_x
    x = np.zeros(part.n_x, dtype=np.int64)
    x[np.random.default_rng(1).permutation(part.n_x)[:40]] = 1
    wide = np.zeros(whole.n_x, dtype=np.int64)
    wide[[int(whole.x_of[p, g]) for p, g in zip(part.x_person[x > 0], part.x_group[x > 0], strict=True)]] = 1
    assert part.value(x) == whole.value(wide)
    assert (part.broken(x) > 0) == (whole.broken(wide) > 0)


def test_terms_as_arrays_read_like_terms():
    terms = Terms(3, np.array([5, 7]), np.array([2, -1]))
    assert list(terms) == [Term(3, 5, 2), Term(3, 7, -1)]
    assert list(terms[1:]) == [Term(3, 7, -1)]
    assert len(terms) == 2


def _rule(monkeypatch, **forms):
    """A rule of this test's own, in the registry for as long as the test runs."""
    from scheduler.roster import rules

    module = types.ModuleType("scheduler.roster.rules.of_this_test")
    info = RuleInfo("X1", "of_this_test", "t", "t", "t", "units", "hard", "must", "test")
    none = {"check": lambda *_: [], "explain": lambda *_: ""}
    for name, value in {"RULE": info, "Params": RuleParams, **none, **forms}.items():
        setattr(module, name, value)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    known = {**rules.load(), "of_this_test": rules._rule_of(module)}
    monkeypatch.setattr(rules, "load", lambda: known)


@pytest.mark.parametrize("high", [-1, 0])
def test_a_row_of_one_duty_that_no_plan_keeps_is_named(monkeypatch, high):
    def rows(_problem, _params, _scope: Scope):
        yield Row(("k",), (Term(0, 0),), high=high)

    _rule(monkeypatch, rows=rows)
    linear = build(problem([person("A")], [group("G", 0, HOUR)], [RuleSetting("of_this_test", True)]))
    assert linear.x_of[0, 0] == -1
    assert bool(linear.faults) == (high < 0)


@pytest.mark.parametrize(("hard", "due"), [(True, 1), (True, 0), (False, 1)])
def test_what_is_due_at_the_end_binds_people_without_a_free_duty(monkeypatch, hard, due):
    forms = {
        "start": lambda *_: None,
        "step": lambda _problem, _params, state, _t, duty: ("served" if duty is not None else state, 0),
        "end": lambda _problem, _params, state: 0 if state == "served" else due,
    }
    _rule(monkeypatch, **forms)
    made = problem(
        [person("A", qualified=(Qualified(0, 0, HOUR),)), person("B")],
        [group("G", 0, HOUR, most=2)],
        [RuleSetting("of_this_test", hard, 7)],
    )
    linear = build(made)
    x = np.array([0, 1])  # A stays at home, B serves
    model = RosterModel(linear, x, np.array([False, True]))
    model.model.minimize(model.level(1))
    got = cpsat.run(model.model, seconds=None, work=1.0, seed=0, threads=1)
    if hard and due:
        assert got.status is Status.INFEASIBLE
        assert linear.broken(x)
    else:
        assert got.status is Status.OPTIMAL
        assert got.bound == linear.value(x)[1] == (0 if hard else 7)
