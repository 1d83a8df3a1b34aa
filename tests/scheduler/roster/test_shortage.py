"""What is short and what nobody could fill, against hand-worked numbers and against the optimum."""

import dataclasses

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.outcome import Limits
from scheduler.roster.problem import RuleSetting, Unit
from scheduler.roster.shortage import (
    EmptySeat,
    Shortage,
    empty_seats,
    impossible,
    least_short,
    shortages,
)
from scheduler.roster.solve import solve
from tests.scheduler.roster.tiny import HOUR, group, people_and_groups, person, plan, problem

SWORN = frozenset({0})


def made():
    return problem(
        [person("P1"), person("P2", category=1)],
        [
            group("G1", 20 * HOUR, 26 * HOUR, need=3, categories=SWORN),
            group("G2", 22 * HOUR, 24 * HOUR, need=2, categories=SWORN, unit=0, level=1),
            group("G3", 0, HOUR, categories=frozenset({1})),
        ],
        ["no_double_duty"],
        units=(Unit("A", 0),),
    )


def test_empty_seats_are_named():
    assert empty_seats(made(), plan("G1/2 P1", "G3/1 P2")) == (
        EmptySeat("G1/1", "G1", "G1", 0, 20 * HOUR, 26 * HOUR),
        EmptySeat("G1/3", "G1", "G1", 0, 20 * HOUR, 26 * HOUR),
        EmptySeat("G2/1", "G2", "G2", 1, 22 * HOUR, 24 * HOUR),
        EmptySeat("G2/2", "G2", "G2", 1, 22 * HOUR, 24 * HOUR),
    )


def test_shortages_say_when_what_and_how_many():
    assert shortages(made(), plan("G1/2 P1", "G3/1 P2")) == (
        Shortage(20 * HOUR, 26 * HOUR, "sworn", None, None, 2, ("G1",), proven=True),
        Shortage(22 * HOUR, 24 * HOUR, "sworn", None, "A", 2, ("G2",), proven=True),
    )


def test_what_nobody_can_fill_is_proven():
    found = impossible(made())
    assert Shortage(22 * HOUR, 24 * HOUR, None, None, None, 4, ("G1", "G2"), proven=True) not in found
    assert Shortage(20 * HOUR, 26 * HOUR, None, None, None, 4, ("G1", "G2"), proven=True) in found
    assert least_short(made()) == 4


@settings(max_examples=25)
@given(data=st.data())
def test_a_proof_is_never_refuted_by_a_plan(data):
    drawn, _ = data.draw(people_and_groups(3, 3))
    rules = tuple(RuleSetting(n, True) for n in ("no_double_duty", "leave_locked", "qualification_valid"))
    groups = tuple(dataclasses.replace(g, level=0, price_short=1, team=None) for g in drawn.groups)
    small = dataclasses.replace(drawn, groups=groups, rules=rules)
    outcome = solve(small, limits=Limits(work=10), workers=1)
    assert least_short(small) <= outcome.levels[0].value
