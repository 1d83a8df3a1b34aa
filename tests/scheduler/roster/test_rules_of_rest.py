"""Rules of rest, nights and patterns, by hand."""

import dataclasses

import pytest

from scheduler.outcome import Limits
from scheduler.roster.audit import audit
from scheduler.roster.problem import RuleSetting, Worked
from scheduler.roster.solve import solve
from tests.scheduler.roster.tiny import HOUR, group, person, plan, problem

DAY = 24 * HOUR
NIGHTS = tuple((d * DAY + 22 * HOUR, d * DAY + 30 * HOUR) for d in range(-3, 5))


def night(day, **more):
    return group(f"N{day}", day * DAY + 22 * HOUR, day * DAY + 30 * HOUR, **more)


def duty(name, start_h, end_h, **more):
    return group(name, round(start_h * HOUR), round(end_h * HOUR), **more)


def one(groups, rule, past=(), **more):
    """One person and one rule."""
    setting = RuleSetting(rule, True, params=more.pop("params", {}))
    return problem([person("P1", worked=past, **more.pop("who", {}))], groups, [setting], nights=NIGHTS, **more)


def nights_before(*days):
    return tuple(Worked(d * DAY + 22 * HOUR, d * DAY + 30 * HOUR if d < -1 else -1, 0, 8 * HOUR) for d in days)


CASES = [
    pytest.param(
        "consecutive_nights", one([night(d) for d in range(3)], "consecutive_nights", params={"most_nights": 2}),
        plan("N0/1 P1", "N1/1 P1", "N2/1 P1"), 1, plan("N0/1 P1", "N2/1 P1"), 2, 3, id="three nights in a row",
    ),
    pytest.param(
        "consecutive_nights",
        one(
            [night(-1, report_s=0, start_s=0), night(0)], "consecutive_nights", nights_before(-2),
            params={"most_nights": 2},
        ),
        plan("N-1/1 P1", "N0/1 P1"), 1, plan("N0/1 P1"), 1, 2, id="the night before the plan counts",
    ),
    pytest.param(
        "weekly_rest",
        one(
            [duty("G1", 0, 8), duty("G2", 24, 32), duty("G3", 48, 49)], "weekly_rest",
            params={"window_days": 3},
        ),
        plan("G1/1 P1", "G2/1 P1", "G3/1 P1"), 60, plan("G1/1 P1", "G2/1 P1"), 2, 3,
        id="49 hours without a day off, where 72 are to hold one",
    ),
    pytest.param(
        "weekly_rest",
        one(
            [duty("G1", 1, 9)], "weekly_rest", (Worked(-20 * HOUR, -12 * HOUR, 0, 0),),
            params={"window_days": 2},
        ),
        plan("G1/1 P1"), 5 * 60, plan(), 0, 1, id="a stretch that began before the plan",
    ),
    pytest.param(
        "rest_after_night",
        one([night(0), duty("late", 47, 48), duty("next", 48, 50)], "rest_after_night"),
        plan("N0/1 P1", "late/1 P1", "next/1 P1"), 60, plan("N0/1 P1", "next/1 P1"), 2, 3,
        id="called at eleven in the evening of the day the night ended",
    ),
    pytest.param(
        "rest_after_night",
        one(
            [duty("G1", 20, 22)], "rest_after_night", (Worked(-20 * HOUR, 4 * HOUR, 0, 0),),
        ),
        plan("G1/1 P1"), 240, plan(), 0, 1, id="24 hours that ended today",
    ),
    pytest.param(
        "forward_rotation",
        one([duty("G1", 14, 22), duty("G2", 24 + 11, 24 + 19), duty("G3", 48 + 11, 48 + 19)], "forward_rotation"),
        plan("G1/1 P1", "G2/1 P1", "G3/1 P1"), 1, plan("G1/1 P1", "G3/1 P1"), 2, 3, id="three hours earlier, two free",
    ),
]


def filled(made):
    outcome = solve(made, limits=Limits(work=10), workers=1)
    assert outcome.status == "optimal"
    return len(outcome.plan.duties)


def test_a_minute_less_of_the_night_is_no_night():
    short = duty("G0", 22, 25, end_s=25 * HOUR - 1)
    rule = {"params": {"most_nights": 0}}
    assert audit(one([short], "consecutive_nights", **rule), plan("G0/1 P1")).ok
    whole = dataclasses.replace(short, end_s=25 * HOUR, release_s=25 * HOUR)
    made = one([whole], "consecutive_nights", **rule)
    assert [b.amount for b in audit(made, plan("G0/1 P1")).breaches] == [1]
    assert (filled(made), filled(one([short], "consecutive_nights", **rule))) == (0, 1)


def test_a_day_off_to_the_second_begins_a_new_stretch():
    groups = [duty("G1", 0, 8), duty("G2", 32, 40), duty("G3", 56, 64)]
    rule = {"params": {"window_days": 3}}
    everything = plan("G1/1 P1", "G2/1 P1", "G3/1 P1")
    assert audit(one(groups, "weekly_rest", **rule), everything).ok
    late = dataclasses.replace(groups[0], release_s=8 * HOUR + 1)
    made = one([late, *groups[1:]], "weekly_rest", **rule)
    assert [b.amount for b in audit(made, everything).breaches] == [16 * 60]
    assert filled(made) == 2


def test_two_posts_of_one_night_are_one_tour():
    cut = [duty("N1", 20, 26), duty("N2", 26, 32)]
    made = one(cut, "rest_after_night", params={"night_min": 60})
    assert audit(made, plan("N1/1 P1", "N2/1 P1")).ok
    assert filled(made) == 2
