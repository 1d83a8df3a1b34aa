"""Each rule by hand: a breach with its amount, the nearest legal plan, an answer that changes when it is off."""

import dataclasses

import numpy as np
import pytest

from scheduler.errors import ProblemError
from scheduler.outcome import Limits, Status
from scheduler.roster.audit import audit
from scheduler.roster.problem import (
    Absence,
    Pin,
    Qualified,
    Resource,
    RuleSetting,
    Unit,
    Watch,
    Wish,
    Worked,
)
from scheduler.roster.rules import describe, explain, load
from scheduler.roster.solve import solve
from tests.scheduler.roster.test_rules_by_day import CASES as BY_DAY
from tests.scheduler.roster.test_rules_of_rest import CASES as OF_REST
from tests.scheduler.roster.test_rules_of_staff import CASES as OF_STAFF
from tests.scheduler.roster.tiny import HOUR, group, person, plan, problem


def clock(seconds):
    return f"{seconds // HOUR:02d}:{seconds % HOUR // 60:02d}"


ONE_WAY = np.array([[0, 600, 0], [0, 0, 0], [0, 0, 0]])

# name, Problem, plan with a breach, its amount, the nearest legal plan, filled seats with the rule on / off
CASES = [
    pytest.param(
        "no_double_duty",
        problem([person("P1")], [group("G1", 0, 4 * HOUR), group("G2", 3 * HOUR, 8 * HOUR)], ["no_double_duty"]),
        plan("G1/1 P1", "G2/1 P1"), 60, plan("G1/1 P1"), 1, 2,
        id="one hour on two duties",
    ),
    pytest.param(
        "transfer_time",
        problem(
            [person("P1")],
            [group("G1", 0, HOUR), group("G2", HOUR + 599, 2 * HOUR, report_place=1)],
            ["transfer_time"], travel_s=ONE_WAY,
        ),
        plan("G1/1 P1", "G2/1 P1"), 1, plan("G2/1 P1"), 1, 2,
        id="one second too few for a way of ten minutes",
    ),
    pytest.param(
        "minimum_rest",
        problem([person("P1")], [group("G1", 0, 8 * HOUR), group("G2", 18 * HOUR + 1800, 26 * HOUR)], ["minimum_rest"]),
        plan("G1/1 P1", "G2/1 P1"), 30, plan("G2/1 P1"), 1, 2,
        id="ten hours and a half of rest",
    ),
    pytest.param(
        "minimum_rest",
        problem(
            [person("P1", worked=(Worked(-9 * HOUR, -HOUR, 0, 8 * HOUR),))], [group("G1", 9 * HOUR, 12 * HOUR)],
            ["minimum_rest"],
        ),
        plan("G1/1 P1"), 60, plan(), 0, 1,
        id="came off a night before the horizon",
    ),
    pytest.param(
        "maximum_tour",
        problem(
            [person("P1")],
            [group("G1", 0, 6 * HOUR), group("G2", 6 * HOUR + 1800, 12 * HOUR + 60)], ["maximum_tour"],
        ),
        plan("G1/1 P1", "G2/1 P1"), 1, plan("G1/1 P1"), 1, 2,
        id="two duties with half an hour between are one tour of 12 h and 1 min",
    ),
    pytest.param(
        "hours_cap",
        problem(
            [person("P1", worked=(Worked(-30 * HOUR, -20 * HOUR, 0, 41 * HOUR),))],
            [group("G1", 0, 4 * HOUR), group("G2", 24 * HOUR, 28 * HOUR)], ["hours_cap"],
        ),
        plan("G1/1 P1", "G2/1 P1"), 60, plan("G2/1 P1"), 1, 2,
        id="49 hours in seven days, 41 of them before",
    ),
    pytest.param(
        "duty_lead",
        problem(
            [person("P1"), person("P2", rank=3)],
            [group("G1", 0, 8 * HOUR), group("G2", 4 * HOUR, 12 * HOUR, rank_min=3)],
            ["duty_lead", "no_double_duty"], watches=(Watch(0, 0, 8 * HOUR),),
        ),
        plan("G1/1 P1", "G2/1 P2"), 1, plan("G2/1 P2"), 1, 2,
        id="the lead comes four hours late",
    ),
    pytest.param(
        "police_lead_auxiliary",
        problem(
            [person("P1", category=1), person("P2", category=1)],
            [group("G1", 0, 8 * HOUR, need=2, categories=frozenset({0, 1}))], ["police_lead_auxiliary"],
        ),
        plan("G1/1 P1", "G1/2 P2"), 2, plan(), 0, 2,
        id="two auxiliaries alone",
    ),
    pytest.param(
        "span_of_control",
        problem(
            [person(f"P{i}") for i in range(4)],
            [
                group("G1", 0, 8 * HOUR, need=3, sector="S", categories=frozenset({0})),
                group("G2", 0, 8 * HOUR, kind="supervisor", sector="S", rank_min=1),
            ],
            [RuleSetting("span_of_control", True, params={"most_span": 2})],
        ),
        plan("G1/1 P0", "G1/2 P1", "G1/3 P2", "G2/1 P3"), 1, plan("G1/1 P0", "G1/2 P1", "G2/1 P3"), 3, 4,
        id="one supervisor for three where two are allowed",
    ),
    pytest.param(
        "qualification_valid",
        problem(
            [person("P1", qualified=(Qualified(0, 0, 8 * HOUR - 1),))],
            [group("G1", 0, 8 * HOUR, qualifications=frozenset({0}))], ["qualification_valid"],
        ),
        plan("G1/1 P1"), 1, plan(), 0, 1,
        id="a certificate that ends a second before the duty does",
    ),
    pytest.param(
        "restriction_tags",
        problem(
            [person("P1", tags=frozenset({"no_night"}))], [group("G1", 0, HOUR, tags=frozenset({"night"}))],
            ["restriction_tags"],
        ),
        plan("G1/1 P1"), 1, plan(), 0, 1,
        id="a night post for someone who may not",
    ),
    pytest.param(
        "leave_locked",
        problem([person("P1", absences=(Absence(-HOUR, 61, "court"),))], [group("G1", 0, HOUR)], ["leave_locked"]),
        plan("G1/1 P1"), 2, plan(), 0, 1,
        id="61 seconds of a court day",
    ),
    pytest.param(
        "base_coverage",
        problem(
            [person("P1"), person("P2", unit=1)], [group("G1", 0, HOUR, kind="base", owner=0, need=0, most=1)],
            ["base_coverage"], units=(Unit("A", 0, 1), Unit("B", 1)),
        ),
        plan("G1/1 P2"), 1, plan("G1/1 P1"), 1, 0,
        id="the station kept by strangers",
    ),
    pytest.param(
        "reserve_share",
        problem(
            [person(f"P{i}") for i in range(3)],
            [group("G1", 0, HOUR, need=3), group("G2", 0, HOUR, kind="reserve", need=0, most=1, rank_min=9)],
            [RuleSetting("reserve_share", True, params={"per": 2})],
        ),
        plan("G1/1 P0", "G1/2 P1", "G1/3 P2"), 3, plan(), 0, 3,
        id="no reserve behind three",
    ),
    pytest.param(
        "balanced_hours",
        problem(
            [person("P1"), person("P2")], [group("G1", 0, 4 * HOUR), group("G2", 8 * HOUR, 12 * HOUR)],
            [RuleSetting("balanced_hours", True, params={"band_h": 3})],
        ),
        plan("G1/1 P1", "G2/1 P1"), 2, plan("G1/1 P1", "G2/1 P2"), 2, 2,
        id="eight hours and none, where four each is fair, give or take three",
    ),
    pytest.param(
        "preferences",
        problem([person("P1", wishes=(Wish(0, HOUR, False, 7),))], [group("G1", 0, HOUR)], ["preferences"]),
        plan("G1/1 P1"), 7, plan(), 0, 1,
        id="a wish for a free hour",
    ),
    pytest.param(
        "home_area_first",
        problem(
            [person("P1")], [group("G1", 0, HOUR, report_place=1, owner=1)], ["home_area_first"],
            distance_m=np.array([[0, 2001, 0], [0, 0, 0], [0, 0, 0]], dtype=np.int32),
        ),
        plan("G1/1 P1"), 7, plan(), 0, 1,
        id="three kilometres, one free, and borrowed",
    ),
    pytest.param(
        "borrowed_cap",
        problem(
            [person("P1", unit=1), person("P2", unit=1)], [group("G1", 0, HOUR, need=2, owner=0)],
            [RuleSetting("borrowed_cap", True, params={"most": 1})],
        ),
        plan("G1/1 P1", "G1/2 P2"), 1, plan("G1/1 P1"), 1, 2,
        id="two borrowed where one is allowed",
    ),
    pytest.param(
        "pins_locked",
        problem([person("P1")], [group("G1", 0, HOUR)], ["pins_locked"], pins=(Pin("P1", "G1", on=False),)),
        plan("G1/1 P1"), 1, plan(), 0, 1,
        id="barred and there all the same",
    ),
    pytest.param(
        "resource_cap",
        problem(
            [person("P1"), person("P2")], [group("G1", 0, HOUR, uses=((0, 2),)), group("G2", 0, HOUR, uses=((0, 1),))],
            ["resource_cap"], resources=(Resource("car", 2),),
        ),
        plan("G1/1 P1", "G2/1 P2"), 1, plan("G1/1 P1"), 1, 2,
        id="three cars out of two",
    ),
]


EVERY = [*CASES, *BY_DAY, *OF_REST, *OF_STAFF]


@pytest.mark.parametrize(("name", "made", "broken", "amount", "mended", "filled_on", "filled_off"), EVERY)
def test_a_rule_by_hand(name, made, broken, amount, mended, filled_on, filled_off):
    found = [b for b in audit(made, broken).breaches if b.rule == name]
    assert sum(b.amount for b in found) == amount
    for breach in found:
        words = explain(made, breach, clock)
        assert words.endswith(".")
        assert all(who in words for who in breach.who[:1])
    assert audit(made, mended).ok
    assert_filled(made, filled_on, bound_by=name)
    others = tuple(rule for rule in made.rules if rule.name != name)
    assert_filled(dataclasses.replace(made, rules=others), filled_off)


def assert_filled(made, n, bound_by=""):
    outcome = solve(made, limits=Limits(work=10), workers=1)
    assert outcome.status == "optimal", bound_by
    assert len(outcome.plan.duties) == n
    assert audit(made, outcome.plan).ok


def test_every_rule_has_a_case_by_hand():
    assert {case.values[0] for case in EVERY} == set(load())


def test_lists_of_rules_need_no_edit():
    rules = {one["name"]: one for one in describe()}
    assert rules["minimum_rest"]["params"]["rest_h"]["default"] == 11.0
    for one in rules.values():
        assert one["default_mode"] in {"hard", "soft", "off"}
        for spec in one["params"].values():
            assert spec["description"]
            assert spec["source"]
        assert "{" not in one["statement"]


def test_a_soft_rule_is_paid_for_and_a_split_tour_is_no_short_rest():
    groups = [group("G1", 0, 4 * HOUR), group("G2", 8 * HOUR, 12 * HOUR)]
    made = problem([person("P1")], groups, ["minimum_rest"])
    assert audit(made, plan("G1/1 P1", "G2/1 P1")).ok  # exactly 12 h from first report to last release
    soft = dataclasses.replace(
        made, rules=(RuleSetting("minimum_rest", False, 3, {"same_tour_h": 11.99}),)
    )
    found = audit(soft, plan("G1/1 P1", "G2/1 P1"))
    assert found.ok
    assert found.value("costs") == 3 * 7 * 60
    outcome = solve(soft, limits=Limits(work=10), workers=1)
    assert [level.value for level in outcome.levels] == [0, 3 * 7 * 60]


def test_a_chain_of_short_gaps_does_not_cheat_rest():
    spans = [(0, 5), (6, 11), (12, 17)]
    groups = [group(f"G{i}", a * HOUR, b * HOUR) for i, (a, b) in enumerate(spans)]
    made = problem([person("P1")], groups, ["minimum_rest"])
    breaches = audit(made, plan("G0/1 P1", "G1/1 P1", "G2/1 P1")).breaches
    assert [b.where for b in breaches] == [("G0", "G2")]
    assert breaches[0].amount == 4 * 60


def test_all_faults_of_settings_come_at_once():
    rules = (
        RuleSetting("minimum_rests", True),
        RuleSetting("minimum_rest", True, params={"rest_h": -1}),
        RuleSetting("hours_cap", False, 0, {"cap": 40}),
    )
    with pytest.raises(ProblemError) as caught:
        problem([person("P1"), person("P1")], [group("G1", 5, 5)], rules)
    text = "\n".join(caught.value.faults)
    for word in ("minimum_rests", "rest_h", "price 0", "cap =", "people: id given twice: P1", "G1: times"):
        assert word in text
    assert len(caught.value.faults) == 6


def test_a_hard_wish_without_a_price_binds_nobody():
    made = problem([person("P1", wishes=(Wish(0, HOUR, False, 0),))], [group("G1", 0, HOUR)], ["preferences"])
    assert audit(made, plan("G1/1 P1")).ok
    assert_filled(made, 1)


def test_two_hard_wishes_that_contradict_each_other_are_proven_impossible():
    wishes = (Wish(0, HOUR, True, 1), Wish(0, HOUR, False, 1))
    made = problem([person("P1", wishes=wishes), person("P2")], [group("G1", 0, HOUR)], ["preferences"])
    outcome = solve(made, limits=Limits(work=10), workers=1)
    assert (outcome.status, outcome.plan) == (Status.INFEASIBLE, None)
    assert "preferences wants P1 in G1" in outcome.note


def test_a_lead_serves_whatever_setting_he_is_under():
    groups = [group("G1", 0, HOUR), group("G2", 0, HOUR, rank_min=3)]
    only_first = RuleSetting("duty_lead", True, people=frozenset({0}))
    made = problem([person("P1"), person("P2", rank=3)], groups, [only_first], watches=(Watch(0, 0, HOUR),))
    assert audit(made, plan("G1/1 P1", "G2/1 P2")).ok
    assert not audit(made, plan("G1/1 P1")).ok
    assert_filled(made, 2)


def test_a_setting_for_one_unit_asks_nothing_of_another_units_base():
    groups = [group(f"G{u}", 0, HOUR, kind="base", owner=u, unit=u, need=0, most=1) for u in (0, 1)]
    rule = RuleSetting("base_coverage", False, 5, people=frozenset({0}))
    made = problem(
        [person("P1"), person("P2", unit=1)], groups, [rule], units=(Unit("A", 0, 1), Unit("B", 1, 1))
    )
    assert audit(made, plan()).value("costs") == 5
    assert audit(made, plan("G0/1 P1")).value("costs") == 0
    outcome = solve(made, limits=Limits(work=10), workers=1)
    assert [level.value for level in outcome.levels] == [0, 0]


@pytest.mark.parametrize("name", ["span_of_control", "reserve_share", "resource_cap"])
def test_a_rule_about_everyone_cannot_be_set_for_some(name):
    some = RuleSetting(name, True, people=frozenset({0}))
    with pytest.raises(ProblemError, match=f"{name} speaks of everyone at once"):
        problem([person("P1")], [group("G1", 0, HOUR)], [some])


def test_statements_read_as_words():
    words = {one["name"]: one["statement"] for one in describe()}
    assert words["police_lead_auxiliary"] == (
        "Beside auxiliary serves a leader (sworn) of the same post or crew, one for at most 9."
    )
    assert not any(sign in text for text in words.values() for sign in ("('", "[", "{"))


REST_PAIR = [group("G1", 0, 8 * HOUR), group("G2", 19 * HOUR, 27 * HOUR)]
TOUR_PAIR = [group("G1", 0, 6 * HOUR), group("G2", 7 * HOUR, 13 * HOUR)]


def one_second_earlier(groups):
    late = groups[1]
    return [groups[0], dataclasses.replace(late, report_s=late.report_s - 1)]


@pytest.mark.parametrize(
    ("name", "groups"),
    [("minimum_rest", REST_PAIR), ("maximum_tour", TOUR_PAIR)],
    ids=["11 h of rest to the second", "a pause of an hour to the second ends a tour"],
)
def test_a_limit_kept_to_the_second_is_kept(name, groups):
    made = problem([person("P1")], groups, [name])
    both = plan("G1/1 P1", "G2/1 P1")
    assert audit(made, both).ok
    assert_filled(made, 2)
    early = problem([person("P1")], one_second_earlier(groups), [name])
    assert [b.rule for b in audit(early, both).breaches] == [name]
    assert_filled(early, 1)


def test_a_pause_of_an_hour_ended_the_tour_worked_before_too():
    worked = (Worked(-8 * HOUR, -5 * HOUR, 0, 3 * HOUR), Worked(-4 * HOUR, 0, 0, 4 * HOUR))
    made = problem([person("P1", worked=worked)], [group("G1", 0, 8 * HOUR)], ["maximum_tour"])
    assert audit(made, plan("G1/1 P1")).ok
    assert_filled(made, 1)
    closer = (dataclasses.replace(worked[0], end_s=1 - 5 * HOUR), worked[1])
    made = problem([person("P1", worked=closer)], [group("G1", 0, 8 * HOUR)], ["maximum_tour"])
    assert [b.amount for b in audit(made, plan("G1/1 P1")).breaches] == [4 * 60]
    assert_filled(made, 0)


def test_a_duty_inside_another_does_not_end_the_tour():
    spans = [(0, 6), (1, 2), (6.5, 13)]
    groups = [group(f"G{i}", round(a * HOUR), b * HOUR) for i, (a, b) in enumerate(spans)]
    made = problem([person("P1")], groups, ["maximum_tour"])
    found = audit(made, plan("G0/1 P1", "G1/1 P1", "G2/1 P1")).breaches
    assert [(b.amount, b.where) for b in found] == [(60, ("G0", "G1", "G2"))]
    assert_filled(made, 2)


def led_watch(crowd, groups, **setting):
    rule = RuleSetting("duty_lead", True, **setting)
    return problem(crowd, groups, [rule, "no_double_duty"], watches=(Watch(0, 0, HOUR),))


def test_one_lead_serves_for_all_his_unit_has_out():
    people = [person(f"P{i}") for i in range(3)] + [person("L", rank=3)]
    groups = [group("G1", 0, HOUR, need=3), group("G2", 0, HOUR, rank_min=3)]
    assert audit(led_watch(people, groups), plan("G1/1 P0", "G1/2 P1", "G1/3 P2", "G2/1 L")).ok
    assert_filled(led_watch(people, groups), 4)


def test_those_a_setting_does_not_speak_of_need_no_lead():
    made = led_watch([person("P1"), person("P2")], [group("G1", 0, HOUR)], people=frozenset({0}))
    assert audit(made, plan("G1/1 P2")).ok
    assert [b.who for b in audit(made, plan("G1/1 P1")).breaches] == [("P1",)]
    both = led_watch([person("P1"), person("P2")], [group("G1", 0, HOUR, need=2)], people=frozenset({0}))
    assert [b.amount for b in audit(both, plan("G1/1 P1", "G1/2 P2")).breaches] == [1]
    assert_filled(both, 1)


def test_a_lead_on_an_exempt_seat_is_a_lead():
    groups = [group("G1", 0, HOUR), group("G2", 0, HOUR, kind="supervisor", rank_min=3)]
    made = led_watch([person("P1"), person("L", rank=3)], groups, params={"exempt_kinds": ["supervisor"]})
    assert audit(made, plan("G1/1 P1", "G2/1 L")).ok
    assert_filled(made, 2)
    alone = led_watch([person("P1")], [group("G2", 0, HOUR, kind="supervisor")],
                      params={"exempt_kinds": ["supervisor"]})
    assert_filled(alone, 1)


def test_each_resource_is_counted_by_itself_and_all_uses_of_a_seat_together():
    groups = [group("G1", 0, HOUR, uses=((0, 1), (1, 1), (1, 1))), group("G2", 0, HOUR, uses=((1, 1),))]
    made = problem(
        [person("P1"), person("P2")], groups, ["resource_cap"], resources=(Resource("car", 1), Resource("radio", 2))
    )
    found = audit(made, plan("G1/1 P1", "G2/1 P2")).breaches
    assert [(b.data["resource"], b.data["used"]) for b in found] == [("radio", 3)]
    assert audit(made, plan("G1/1 P1")).ok
    assert_filled(made, 1)
