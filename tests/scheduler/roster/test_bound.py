"""The relaxation's bound and the exclusive sets it rests on, by hand and against their definitions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.roster.bound import Relaxation
from scheduler.roster.build import build
from scheduler.roster.cliques import bundles, clique_cover
from scheduler.roster.problem import Pin, RuleSetting, Wish
from tests.scheduler.roster.tiny import HOUR, group, person, problem


def asked(made, level, value):
    found = Relaxation(build(made)).ask(level, value, None)
    assert found is not None
    assert not found.infeasible
    return found.bound


def test_a_seat_short_before_leaves_room_for_a_seat_short_now():
    wish = (Wish(0, HOUR, False, 3),)
    made = problem([person("P1", wishes=wish)], [group("G1", 0, HOUR, need=2)], [RuleSetting("preferences", False, 2)])
    assert asked(made, 0, ()) == 1
    assert asked(made, 1, (1,)) == 6
    assert asked(made, 1, (2,)) == 0


def shortage(made, level, value, near):
    linear = build(made)
    return Relaxation(linear).shortage(level, value, np.isin(linear.x_group, near), None)


def test_seats_that_nobody_can_fill_are_proven_from_what_hangs_together_with_them():
    """Stewards: two people, three seats at once. Police, apart: one seat too many as well, which is not asked."""
    seats = [group(f"S{i}", 0, 4 * HOUR, categories=frozenset({1})) for i in range(3)]
    posts = [group(f"P{i}", 0, 4 * HOUR, categories=frozenset({0})) for i in range(2)]
    people = [person("A", category=1), person("B", category=1), person("C", category=0)]
    made = problem(people, [*seats, *posts], ["no_double_duty", RuleSetting("balanced_hours", False, 2)])
    assert shortage(made, 0, (), [0]) == 1
    assert shortage(made, 0, (), [0, 1, 2]) == 1
    assert shortage(made, 0, (), [0, 3]) == 2
    assert shortage(made, 0, (), []) == 0


def test_seats_of_an_earlier_level_come_first_in_what_is_proven_of_a_later_one():
    """One person, two seats at once: filling the first leaves the second short."""
    made = problem(
        [person("A")], [group("G1", 0, HOUR), group("G2", 0, HOUR, level=1)], ["no_double_duty"]
    )
    assert shortage(made, 0, (), [0]) == 0
    assert shortage(made, 1, (0,), [1]) == 1
    assert shortage(made, 1, (1,), [1]) == 0


def test_no_room_before_is_kept():
    made = problem([person("P1")], [group("G1", 0, HOUR, price_want=4, want=1, most=1)], [])
    assert asked(made, 1, (0,)) == 0


def test_a_wish_missed_often_is_paid_once():
    groups = [group(f"G{i}", 2 * i * HOUR, (2 * i + 1) * HOUR) for i in range(3)]
    wish = (Wish(0, 9 * HOUR, False, 5),)
    made = problem([person("P1", wishes=wish)], groups, [RuleSetting("preferences", False, 1)])
    assert asked(made, 1, (0,)) == 5


def test_pins_are_part_of_the_bound():
    groups = [group("G1", 0, HOUR, need=0, most=1)]
    made = problem(
        [person("P1", wishes=(Wish(0, HOUR, False, 5),))],
        groups,
        ["pins_locked", RuleSetting("preferences", False, 1)],
        pins=(Pin("P1", "G1"),),
    )
    assert asked(made, 1, (0,)) == 5


@st.composite
def conflicts(draw):
    n = draw(st.integers(1, 8))
    pairs = draw(st.sets(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1))))
    matrix = np.zeros((n, n), dtype=bool)
    for i, j in pairs:
        if i != j:
            matrix[i, j] = matrix[j, i] = True
    return matrix


@given(matrix=conflicts())
def test_sets_hold_only_what_excludes_each_other_and_every_such_pair(matrix):
    held = np.zeros_like(matrix)
    for members in clique_cover(matrix):
        for i in members:
            for j in members:
                assert i == j or matrix[i, j]
                held[i, j] = i != j or held[i, j]
    assert (held == matrix).all()


@given(matrix=conflicts())
def test_bundles_exclude_each_other_and_the_same_others(matrix):
    bundle_of, lead = bundles(matrix)
    assert [bundle_of[g] for g in lead] == list(range(len(lead)))
    for i in range(len(matrix)):
        for j in range(len(matrix)):
            alike = matrix[i, j] and all(matrix[i, k] == matrix[j, k] for k in range(len(matrix)) if k not in {i, j})
            assert (bundle_of[i] == bundle_of[j]) == (i == j or alike)


@pytest.mark.parametrize("n", [2, 5])
def test_what_all_exclude_each_other_is_one_set(n):
    (only,) = clique_cover(~np.eye(n, dtype=bool))
    assert only.tolist() == list(range(n))


def test_a_pair_outside_the_larger_set_is_a_set_of_its_own():
    # 0 and 1 alone; 0, 2, 3 and 4 all excluding each other
    matrix = np.zeros((5, 5), dtype=bool)
    for i, j in [(0, 1), (0, 2), (0, 3), (0, 4), (2, 3), (2, 4), (3, 4)]:
        matrix[i, j] = matrix[j, i] = True
    assert [c.tolist() for c in clique_cover(matrix)] == [[0, 1], [0, 2, 3, 4]]
