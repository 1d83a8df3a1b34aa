"""Rules of rest, nights and patterns, by hand."""

import dataclasses

import pytest

from scheduler.outcome import Limits
from scheduler.roster.audit import audit
from scheduler.roster.problem import RuleSetting, Weather, Worked
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
    pytest.param(
        "night_average",
        one(
            [duty("G1", 0, 12), duty("G2", 24, 36), duty("G3", 60, 60.25)], "night_average",
            who={"tags": frozenset({"night_worker"})},
        ),
        plan("G1/1 P1", "G2/1 P1", "G3/1 P1"), 15, plan("G1/1 P1", "G2/1 P1"), 2, 3,
        id="24 hours and a quarter in three days",
    ),
    pytest.param(
        "duty_pattern",
        one(
            [duty("D0", 8, 20, shift="D"), duty("N1", 44, 56, shift="N"), duty("D2", 56, 68, shift="D")],
            "duty_pattern", params={"pattern": ["D", "N", "-"]},
        ),
        plan("D0/1 P1", "N1/1 P1", "D2/1 P1"), 1, plan("D0/1 P1", "N1/1 P1"), 2, 3, id="the third day is off",
    ),
    pytest.param(
        "duty_pattern",
        one(
            [duty("N0", 20, 32, shift="N"), duty("D0", 8, 20, shift="D")], "duty_pattern",
            (Worked(-16 * HOUR, -4 * HOUR, 0, 0, "D"),), params={"pattern": ["D", "N", "-"]},
        ),
        plan("D0/1 P1"), 1, plan("N0/1 P1"), 1, 2, id="a day shift after the day shift before the plan",
    ),
    pytest.param(
        "standing_time",
        one(
            [duty("G1", 0, 1, tags=frozenset({"standing"})), duty("G2", 1.2, 2.5, tags=frozenset({"standing"}))],
            "standing_time",
        ),
        plan("G1/1 P1", "G2/1 P1"), 30, plan("G2/1 P1"), 1, 2, id="twelve minutes are no change",
    ),
    pytest.param(
        "weather_limit",
        one([duty("G1", 10, 12, tags=frozenset({"outdoor"}))], "weather_limit", weather=(Weather(11 * HOUR, DAY, 40),)),
        plan("G1/1 P1"), 60, plan(), 0, 1, id="an hour at 40 degrees",
    ),
    pytest.param(
        "weather_limit",
        one(
            [duty(f"G{h}", h, h + 4, tags=frozenset({"outdoor"})) for h in (8, 12, 32)], "weather_limit",
            weather=(Weather(9 * HOUR, 2 * DAY, 37),),
        ),
        plan("G8/1 P1", "G12/1 P1", "G32/1 P1"), 60, plan("G8/1 P1", "G32/1 P1"), 2, 3, id="seven hot hours in a day",
    ),
    pytest.param(
        "total_with_other_work",
        one(
            [duty("G1", 0, 12), duty("G2", 24, 26)], "total_with_other_work",
            who={"other_work": ((14 * HOUR, 23 * HOUR),)},
        ),
        plan("G1/1 P1", "G2/1 P1"), 60, plan("G2/1 P1"), 1, 2, id="twelve hours of duty and nine at the stadium's door",
    ),
    pytest.param(
        "total_with_other_work",
        one(
            [duty("G1", 0, 1), duty("G2", 24, 26)], "total_with_other_work",
            (Worked(-2 * DAY, -2 * DAY + 8 * HOUR, 0, 0), Worked(-DAY, -DAY + HOUR, 0, 0)),
            params={"week_h": 9, "window_days": 3, "everyone": True},
        ),
        plan("G1/1 P1", "G2/1 P1"), 60, plan("G2/1 P1"), 1, 2, id="what was worked before counts in its window",
    ),
    pytest.param(
        "logged_time", one([duty("G1", 0, 2, paid_s=2 * HOUR - 60)], "logged_time"),
        plan("G1/1 P1"), 1, plan(), 0, 1, id="a minute of muster that nobody pays",
    ),
    pytest.param(
        "report_time", one([duty("G1", 1, 2, report_s=1801)], "report_time"),
        plan("G1/1 P1"), 1, plan(), 0, 1, id="a second too late is a minute missing",
    ),
    pytest.param(
        "handover",
        one(
            [duty("G1", 0, 2, party="X"), duty("G2", 2, 4, party="X", report_s=2 * HOUR - 300)], "handover",
        ),
        plan("G1/1 P1"), 10, plan("G2/1 P1"), 1, 2, id="five minutes of fifteen",
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


def test_a_fixed_phase_says_which_day_is_whose():
    groups = [duty(f"D{d}", d * 24 + 8, d * 24 + 20, shift="D") for d in range(3)]
    for phase, kept in ((0, "D0"), (1, "D2"), (2, "D1")):
        made = one(groups, "duty_pattern", params={"pattern": ["D", "N", "-"], "phase": phase})
        assert audit(made, plan(f"{kept}/1 P1")).ok
        assert filled(made) == 1


def test_a_relief_on_post_before_the_end_is_enough():
    groups = [duty("G1", 0, 2, party="X"), duty("G2", 1.75, 4, party="X"), duty("G3", 2, 4, party="Y")]
    assert audit(one(groups, "handover"), plan("G1/1 P1")).ok
