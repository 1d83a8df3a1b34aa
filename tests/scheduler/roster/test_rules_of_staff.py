"""Rules of who serves, with whom, how often and where, by hand."""

import numpy as np
import pytest

from scheduler.errors import ProblemError
from scheduler.outcome import Limits
from scheduler.roster.audit import audit
from scheduler.roster.problem import Absence, RuleSetting
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
    pytest.param(
        "balanced_burdens",
        problem(
            [person("P1", ledger={"standing": 1}), person("P2")],
            [group(f"G{i}", i * 8 * HOUR, (i * 8 + 4) * HOUR, tags=frozenset({"standing"})) for i in range(3)],
            [RuleSetting("balanced_burdens", True, params={"band": 0})],
        ),
        plan("G0/1 P1", "G1/1 P1", "G2/1 P2"), 2, plan("G0/1 P1", "G1/1 P2", "G2/1 P2"), 3, 3,
        id="three and one, the ledger included, where two each are fair",
    ),
    pytest.param(
        "stability",
        problem(
            [person("P1"), person("P2")], [group("G1", 0, HOUR), group("G2", 48 * HOUR, 49 * HOUR)], ["stability"],
            published=(("P1", "G1"), ("P9", "G1"), ("P1", "G9")),
        ),
        plan("G1/1 P2", "G2/1 P2"), 3 + 3 + 1, plan("G1/1 P1"), 1, 2, id="two changed near, one later",
    ),
    pytest.param(
        "search_staff",
        problem([person("P1")], [group("G1", 0, HOUR, tags=frozenset({"search_women", "armed"}))], ["search_staff"]),
        plan("G1/1 P1"), 1, plan(), 0, 1, id="the wrong staff to search",
    ),
    pytest.param(
        "volunteers",
        problem(
            [person("P1", category=2), person("P2", category=2)],
            [group("G1", 0, HOUR, categories=frozenset({0, 2})), group("G2", 2 * HOUR, 3 * HOUR)],
            [RuleSetting("volunteers", True, params={"volunteer": ["steward"], "training": "driving"})],
        ),
        plan("G1/1 P1", "G2/1 P2"), (1 + 1) + (2 + 1), plan(), 0, 2, id="untrained, alone, and on a seat not listed",
    ),
    pytest.param(
        "minimum_duty",
        problem(
            [person("P1"), person("P2", category=1)],
            [group("G1", 0, HOUR, categories=frozenset({0, 1})), group("G2", 2 * HOUR, 3 * HOUR)],
            ["minimum_duty"],
        ),
        plan("G2/1 P1"), 1, plan("G1/1 P2", "G2/1 P1"), 2, 2, id="one of two without duty",
    ),
    pytest.param(
        "home_distance",
        problem(
            [person("P1")], [group("G1", 0, HOUR, release_place=1)], ["home_distance"],
            distance_m=np.array([[0, 1, 0], [30_001, 0, 0], [0, 0, 0]], dtype=np.int32),
        ),
        plan("G1/1 P1"), 1, plan(), 0, 1, id="the way home is a metre too long",
    ),
    pytest.param(
        "duty_level",
        problem(
            [person(f"P{i}", **({"absences": (Absence(0, HOUR),)} if i > 4 else {})) for i in range(6)],
            [group("G1", 0, HOUR, need=0, want=0, most=6)],
            [RuleSetting("duty_level", True, params={"share_pct": 50})],
        ),
        plan("G1/1 P0", "G1/2 P1"), 1, plan("G1/1 P0", "G1/2 P1", "G1/3 P2"), 3, 0, id="two of five, half ordered",
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


def test_a_ledger_over_the_fair_share_is_nobodys_fault():
    many = problem(
        [person("P1", ledger={"night": 9}), person("P2"), person("P3", tags=frozenset({"no_night"}))],
        [group("G1", 0, 4 * HOUR)],
        [RuleSetting("balanced_burdens", False, 5, {"burdens": ["night"], "band": 0})],
        nights=((0, 6 * HOUR),),
    )
    assert audit(many, plan("G1/1 P1")).value("costs") == 5 * (1 + 5)  # one more for P1, five short for P2
    assert audit(many, plan("G1/1 P2")).value("costs") == 5 * 4


def test_where_no_road_leads_nobody_is_sent():
    reachable = np.ones((3, 3), dtype=bool)
    reachable[0, 1] = False
    soft = RuleSetting("home_distance", False, 1)
    made = problem([person("P1")], [group("G1", 0, HOUR, report_place=1)], [soft], reachable=reachable)
    assert filled(made) == 0
    assert audit(made, plan("G1/1 P1")).costs[0].data["unreachable"]


def test_two_voluntary_guides_lead_nobody():
    crowd = [person(f"P{i}", category=2) for i in range(2)] + [person("P2")]
    seats = [group("G1", 0, HOUR, need=3, categories=frozenset({0, 2}))]
    made = problem(crowd, seats, [RuleSetting("volunteers", True, params={"volunteer": ["steward"], "per_guide": 2})])
    assert audit(made, plan("G1/1 P0", "G1/2 P1", "G1/3 P2")).ok
    assert [b.amount for b in audit(made, plan("G1/1 P0", "G1/2 P1")).breaches] == [2]
    assert filled(made) == 3
