"""Bounds of later levels hold only under the earlier levels they were proven with."""

import time

import numpy as np
import pytest

from scheduler.outcome import Limits, Status
from scheduler.roster import cpsat, search
from scheduler.roster.build import build
from scheduler.roster.model import RosterModel
from scheduler.roster.problem import RuleSetting, Wish
from scheduler.roster.solve import Run
from tests.scheduler.roster.tiny import HOUR, group, person, problem


@pytest.fixture
def run():
    """Two seats for one person who would rather be off; nothing is filled yet."""
    wish = (Wish(0, 9 * HOUR, False, 5),)
    groups = [group(f"G{i}", 2 * i * HOUR, (2 * i + 1) * HOUR) for i in range(2)]
    made = problem([person("P1", wishes=wish)], groups, [RuleSetting("preferences", False, 1)])
    found = Run(build(made), Limits(work=1.0), 0, 1, None, None, time.monotonic())
    found.bound = [0, 0]
    assert found.offer(np.zeros(2, dtype=np.int64))
    assert found.value == (2, 0)
    return found


def test_a_better_earlier_level_takes_the_bounds_of_later_ones_away(run):
    run.bound = [0, 4]
    assert run.offer(np.array([1, 0]))
    assert (run.value, run.bound) == ((1, 5), [0, 0])


def test_a_better_last_level_keeps_every_bound(run):
    assert run.offer(np.array([1, 1]))
    run.value, run.bound = (0, 9), [0, 4]
    assert run.offer(np.array([1, 1]))
    assert (run.value, run.bound) == ((0, 5), [0, 4])


def test_a_worse_plan_and_one_that_breaks_rules_are_refused(run):
    assert run.offer(np.array([1, 1]))
    assert not run.offer(np.array([1, 0]))
    assert run.value == (0, 5)


def test_a_bound_proven_under_an_old_earlier_level_is_not_taken(run, monkeypatch):
    made = RosterModel(run.linear)
    better = cpsat.Run(Status.FEASIBLE, 3, 1.0, lambda _var: 1)
    monkeypatch.setattr(cpsat, "run", lambda *_args, **_more: better)
    search._level(run, made, 1, 1.0)
    assert (run.value, run.bound) == ((0, 5), [0, 0])
    search._level(run, made, 1, 1.0)
    assert run.bound == [0, 3]


def test_what_excludes_each_other_is_broken_though_no_row_says_so():
    spans = [(0, 4), (3, 8), (7, 9)]
    groups = [group(f"G{i}", a * HOUR, b * HOUR) for i, (a, b) in enumerate(spans)]
    linear = build(problem([person("P1")], groups, ["no_double_duty"]))
    assert [linear.broken(np.array(x)) for x in ([1, 0, 1], [1, 1, 0], [0, 1, 1], [1, 1, 1])] == [0, 1, 1, 2]


def test_a_tour_too_long_is_broken_by_its_states():
    groups = [group(f"G{i}", 5 * i * HOUR, (5 * i + 5) * HOUR) for i in range(3)]
    linear = build(problem([person("P1")], groups, ["no_double_duty", "maximum_tour"]))
    assert len(linear.steps) == 1
    assert [linear.broken(np.array(x)) for x in ([1, 1, 0], [1, 0, 1], [1, 1, 1])] == [0, 0, 1]
