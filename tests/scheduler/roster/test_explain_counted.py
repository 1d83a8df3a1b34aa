"""Conflict sets by counting: smallest by leaving out each part, and never more than the best roster shows."""

import dataclasses

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.outcome import Limits
from scheduler.roster.explain.conflict import find_conflict, only, parts_of
from scheduler.roster.explain.counted import Counting
from scheduler.roster.explain.lift import fill_all, lifts
from scheduler.roster.explain.probe import Prober, bare
from scheduler.roster.problem import Absence, Qualified, RuleSetting
from scheduler.roster.solve import solve
from tests.scheduler.roster.tiny import (
    HOUR,
    group,
    people_and_groups,
    person,
    problem,
    with_many_rules,
)

BASE = ("no_double_duty", "minimum_rest", "leave_locked", "qualification_valid")


def test_people_and_seats_are_matched():
    one_for_all = np.array([[True, True], [False, False]])
    assert not fill_all(one_for_all, np.array([1, 1]))
    assert fill_all(np.eye(2, dtype=bool), np.array([1, 1]))
    assert not fill_all(np.eye(2, dtype=bool), np.array([1, 2]))


def test_what_plays_no_part_is_left_out():
    """Two gates at one time, a post at another, three people: one on leave, one unqualified, one on leave elsewhere."""
    armed = frozenset({0})
    made = bare(problem(
        [
            person("P1", qualified=(Qualified(0, -(10**9), 10**9),)),
            person("P2", qualified=(Qualified(0, -(10**9), 10**9),), absences=(Absence(0, 24 * HOUR),)),
            person("P3", absences=(Absence(50 * HOUR, 60 * HOUR),)),
        ],
        [
            group("north", 8 * HOUR, 16 * HOUR, qualifications=armed),
            group("south", 8 * HOUR, 16 * HOUR, qualifications=armed),
            group("far", 50 * HOUR, 54 * HOUR),
        ],
        BASE,
    ), 9)  # fmt: skip
    counting = Counting(made, lifts(made)[0])
    found = counting.smallest(parts_of(made))
    rules = {made.rules[int(part[1])].name for part in found if part[0] == "rule"}
    # double duty and rest each keep the two gates apart: the one tried last stays
    assert rules == {"no_double_duty", "leave_locked", "qualification_valid"}
    assert {part[1] for part in found if part[0] == "seats"} == {"north", "south"}
    assert {part[1] for part in found if part[0] == "absences"} == {"P2"}
    conflict = find_conflict(made, Prober(Limits(work=30), workers=1))
    assert conflict.smallest
    assert set(conflict.parts) == set(found)


@settings(max_examples=30)
@given(data=st.data())
def test_what_is_counted_as_too_much_leaves_a_seat_empty(data):
    made = bare(data.draw(with_many_rules(3, 4)), 9)
    for one in lifts(made):
        counting = Counting(made, one)
        some = [part for part in parts_of(made) if data.draw(st.booleans())]
        for parts in (some, counting.smallest(parts_of(made)) or []):
            if counting.too_much(parts):
                outcome = solve(only(made, parts), limits=Limits(work=20), workers=1)
                assert outcome.plan is None or outcome.levels[0].value > 0


@settings(max_examples=40)
@given(data=st.data())
def test_a_counted_set_has_nothing_to_spare(data):
    made, _ = data.draw(people_and_groups(3, 4))
    rules = tuple(RuleSetting(name, hard=True) for name in BASE)
    made = bare(dataclasses.replace(made, rules=rules), 9)
    for one in lifts(made):
        counting = Counting(made, one)
        found = counting.smallest(parts_of(made))
        assert found is not None
        for part in found:
            assert not counting.too_much([other for other in found if other != part])
