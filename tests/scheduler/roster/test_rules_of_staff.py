"""Rules of who serves, with whom, how often and where, by hand."""

import pytest

from scheduler.errors import ProblemError
from scheduler.outcome import Limits
from scheduler.roster.audit import audit
from scheduler.roster.problem import RuleSetting
from scheduler.roster.solve import solve
from tests.scheduler.roster.tiny import HOUR, group, person, plan, problem

CASES = [
    pytest.param(
        "two_officer",
        problem([person("P1"), person("P2")], [group("G1", 0, HOUR, need=2)], ["two_officer"]),
        plan("G1/1 P1"), 1, plan("G1/1 P1", "G1/2 P2"), 2, 2, id="one where two are wanted",
    ),
    pytest.param(
        "two_officer",
        problem(
            [person("P1", category=1), person("P2", category=1)], [group("G1", 0, HOUR, need=2)], ["two_officer"]
        ),
        plan("G1/1 P1", "G1/2 P2"), 2, plan(), 0, 2, id="two auxiliaries, each without police",
    ),
    pytest.param(
        "pairing",
        problem(
            [person("P1"), person("P2", unit=1)],
            [group("G1", 0, HOUR, need=2), group("G2", 2 * HOUR, 3 * HOUR, unit=0)],
            [RuleSetting("pairing", True, params={"together": ["P2+P1"]})],
        ),
        plan("G1/1 P1", "G1/2 P2", "G2/1 P1"), 1, plan("G1/1 P1", "G1/2 P2"), 2, 3, id="a partner left behind",
    ),
    pytest.param(
        "pairing",
        problem(
            [person("P1"), person("P2")], [group("G1", 0, 2 * HOUR, party="X"), group("G2", HOUR, 3 * HOUR, party="X")],
            [RuleSetting("pairing", True, params={"apart": {"P1": "P2"}}), "no_double_duty"],
        ),
        plan("G1/1 P1", "G2/1 P2"), 1, plan("G1/1 P1"), 1, 2, id="an hour together that is not to be",
    ),
]


def filled(made):
    outcome = solve(made, limits=Limits(work=10), workers=1)
    assert outcome.status == "optimal"
    return len(outcome.plan.duties)


def test_pairs_must_exist_and_not_contradict_each_other():
    rule = RuleSetting("pairing", True, params={"together": ["P1+P9", "P1+P2"], "apart": ["P2+P1"]})
    with pytest.raises(ProblemError) as caught:
        problem([person("P1"), person("P2")], [group("G1", 0, HOUR)], [rule])
    assert list(caught.value.faults) == [
        "pairing: P9: not among the people.",
        "pairing: P1+P2: both together and apart. Keep one of the two.",
    ]
    with pytest.raises(ProblemError, match=r"not two people"):
        problem([person("P1")], [group("G1", 0, HOUR)], [RuleSetting("pairing", True, params={"apart": ["P1"]})])


def test_two_of_different_seats_of_one_post_are_two():
    groups = [group("G1", 0, HOUR, party="X"), group("G2", 0, HOUR, party="X")]
    made = problem([person("P1"), person("P2")], groups, ["two_officer"])
    assert audit(made, plan("G1/1 P1", "G2/1 P2")).ok
    assert [b.who for b in audit(made, plan("G1/1 P1")).breaches] == [("P1",)]
    assert filled(made) == 2
