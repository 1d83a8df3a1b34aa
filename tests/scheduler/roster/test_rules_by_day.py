"""Rules that count local days, by hand: runs, weekends, totals, types of shift and what follows what."""

import dataclasses

import pytest

from scheduler.errors import ProblemError
from scheduler.outcome import Limits
from scheduler.roster.audit import audit
from scheduler.roster.problem import RuleSetting, Worked
from scheduler.roster.solve import solve
from tests.scheduler.roster.tiny import HOUR, group, person, plan, problem

DAY = 24 * HOUR


def duty(day, hour=8, hours=8, **more):
    """``D3`` on day 3 (days begin at second 0); a hidden group never wants anyone."""
    start = day * DAY + hour * HOUR
    return group(more.pop("name", f"D{day}"), start, start + hours * HOUR, **more)


def on(*days):
    return plan(*(f"D{d}/1 P1" for d in days))


def worked(*days, shift=""):
    return tuple(Worked(d * DAY + 8 * HOUR, d * DAY + 16 * HOUR, 0, 8 * HOUR, shift) for d in days)


def made(rule, days, past=(), **more):
    """One person, a seat a day, one rule; day 0 is a Thursday unless said otherwise."""
    setting = RuleSetting(rule, True, params=more.pop("params", {}))
    fields = {"horizon_s": 4 * DAY, "days": tuple(DAY * d for d in range(-10, 15)), "first_weekday": 0, **more}
    return problem([person("P1", worked=past)], [duty(d) for d in days], [setting], **fields)


CASES = [
    pytest.param(
        "consecutive_duty_days", made("consecutive_duty_days", (0, 1, 2), params={"most_days": 2}),
        on(0, 1, 2), 1, on(0, 2), 2, 3, id="three days in a row where two are allowed",
    ),
    pytest.param(
        "consecutive_duty_days", made("consecutive_duty_days", (0, 1), worked(-2, -1), params={"most_days": 2}),
        on(0, 1), 2, on(1), 1, 2, id="two days before the plan count",
    ),
    pytest.param(
        "shortest_run_of_duty", made("shortest_run_of_duty", (1, 3), params={"least_days": 2}),
        on(1, 3), 1, on(3), 1, 2, id="a day alone; the run that reaches the end is long enough",
    ),
    pytest.param(
        "shortest_run_of_duty", made("shortest_run_of_duty", (0, 3), worked(-3, -1), params={"least_days": 4}),
        on(0), 2, on(3), 1, 2, id="one day before the plan and one in it make two",
    ),
    pytest.param(
        "shortest_run_off", made("shortest_run_off", (0, 2), params={"least_days": 2}),
        on(0, 2), 1, on(0), 1, 2, id="one day off between two of duty",
    ),
    pytest.param(
        "shortest_run_off", made("shortest_run_off", (1,), worked(-1), params={"least_days": 3}),
        on(1), 2, on(), 0, 1, id="off for one day since the last duty before the plan",
    ),
    pytest.param(
        "weekends", made("weekends", (0, 1, 7, 8), horizon_s=9 * DAY, params={"most_weekends": 1}, first_weekday=1),
        on(0, 1, 7, 8), 1, on(0, 1, 7), 3, 4, id="a Saturday each of two weeks; Fridays are free",
    ),
    pytest.param(
        "weekends",
        made("weekends", (0, 6), worked(-1), horizon_s=9 * DAY, params={"most_weekends": 1}, first_weekday=3),
        on(0, 6), 1, on(0), 1, 2, id="a weekend begun before the plan counts",
    ),
    pytest.param(
        "total_hours", made("total_hours", (0, 1), params={"most_min": 900}),
        on(0, 1), 60, on(0), 1, 2, id="sixteen hours where fifteen are the most",
    ),
    pytest.param(
        "shift_type_cap",
        problem(
            [person("P1")], [duty(0, shift="N"), duty(1, shift="N"), duty(2, shift="E")],
            [RuleSetting("shift_type_cap", True, params={"most": {"N": 1}})],
        ),
        on(0, 1, 2), 1, on(0, 2), 2, 3, id="two nights where one is allowed",
    ),
    pytest.param(
        "sequence",
        problem(
            [person("P1")], [duty(0, shift="L"), duty(1, shift="E"), duty(2, shift="E")],
            [RuleSetting("sequence", True, params={"barred": {"L": ["E"]}})],
        ),
        on(0, 1, 2), 1, on(0, 2), 2, 3, id="an early shift the day after a late one",
    ),
    pytest.param(
        "sequence",
        problem(
            [person("P1")], [duty(0, 22, 8), duty(1, 11, 8), duty(1, 12, 8, name="D1b")],
            ["sequence"], nights=((22 * HOUR, 30 * HOUR),),
        ),
        on(0, 1), 1, plan("D0/1 P1", "D1b/1 P1"), 2, 3, id="a morning after the night that ended that day",
    ),
]


def filled(problem_made):
    outcome = solve(problem_made, limits=Limits(work=10), workers=1)
    assert outcome.status == "optimal"
    return len(outcome.plan.duties)


def test_history_says_how_long_a_run_really_was():
    rule = {"params": {"least_days": 2}}
    # with nothing known, or a first known day on duty, the run may have begun earlier
    assert audit(made("shortest_run_of_duty", (0,), **rule), on(0)).ok
    assert audit(made("shortest_run_of_duty", (0,), worked(-1), **rule), on(0)).ok
    # off on day -1 since the duty of day -2: the run of day 0 begins in the plan
    known = made("shortest_run_of_duty", (0,), worked(-2), **rule)
    assert [b.amount for b in audit(known, on(0)).breaches] == [1]
    assert filled(known) == 0
    # two days off at the horizon's start are known to be two only when a duty before them is
    three = {"params": {"least_days": 3}}
    assert audit(made("shortest_run_off", (2,), **three), on(2)).ok
    assert not audit(made("shortest_run_off", (2,), worked(-1), **three), on(2)).ok
    assert audit(made("shortest_run_off", (2,), worked(-2), **three), on(2)).ok


def test_a_run_that_ended_before_the_plan_is_nobodys_fault():
    old = made("shortest_run_of_duty", (1, 2), worked(-6, -4, -2), params={"least_days": 2})
    assert audit(old, on(1, 2)).ok
    assert filled(old) == 2
    long = made("consecutive_duty_days", (1,), worked(-4, -3, -2, -1), params={"most_days": 2})
    assert audit(long, on(1)).ok
    assert filled(long) == 1


def test_a_duty_across_midnight_belongs_to_the_day_it_starts_in():
    """Report 23:30, on post from midnight: a duty of the next day."""
    late = dataclasses.replace(duty(1, 0, 8), report_s=DAY - 1800)
    base = made("consecutive_duty_days", (0,), params={"most_days": 1})
    both = dataclasses.replace(base, groups=(*base.groups, late))
    assert [b.amount for b in audit(both, on(0, 1)).breaches] == [1]
    early = dataclasses.replace(late, start_s=DAY - 60)
    one_day = dataclasses.replace(base, groups=(*base.groups, early))
    assert audit(one_day, on(0, 1)).ok
    assert (filled(both), filled(one_day)) == (1, 2)


def test_days_of_23_and_25_hours_are_one_day_each():
    spring = (-DAY, 0, 23 * HOUR, 47 * HOUR, 71 * HOUR)
    groups = [group("D0", 0, HOUR), group("D1", 23 * HOUR, 24 * HOUR), group("D2", 46 * HOUR, 48 * HOUR)]
    setting = RuleSetting("consecutive_duty_days", True, params={"most_days": 1})
    one = problem([person("P1")], groups, [setting], days=spring, horizon_s=71 * HOUR)
    found = audit(one, on(0, 1, 2)).breaches
    assert [(b.amount, b.start_s, b.end_s) for b in found] == [(1, 0, 47 * HOUR)]  # D2 is of day 1 too
    assert filled(one) == 2


@pytest.mark.parametrize(
    ("name", "params", "past", "breaches"),
    [
        ("consecutive_duty_days", {"most_days": 1}, worked(-1), []),
        ("shortest_run_of_duty", {"least_days": 2}, worked(-9), []),
        ("weekends", {"most_weekends": 0}, worked(-2), [1]),
        ("sequence", {"barred": {"N": ["E"]}}, worked(-3, shift="N"), []),
        ("duty_pattern", {"pattern": ["E", "N"]}, worked(-3, shift="E"), []),
    ],
)
def test_a_duty_before_the_first_day_known_belongs_to_no_day(name, params, past, breaches):
    """Nobody knows which day it was: not the one right before the first, and no place in a pattern."""
    base = made(name, (0,), past, params=params, first_weekday=6)
    today = dataclasses.replace(base.groups[0], shift="E")
    one = dataclasses.replace(base, groups=(today,), days=tuple(DAY * d for d in range(6)))
    assert [b.amount for b in audit(one, on(0)).breaches] == breaches
    assert filled(one) == (0 if breaches else 1)


def test_least_hours_bind_too():
    need = made("total_hours", (0, 1), params={"least_min": 481})
    assert [b.amount for b in audit(need, on(0)).breaches] == [1]
    assert audit(need, on(0, 1)).ok
    assert filled(need) == 2


def test_the_days_must_cover_what_is_counted():
    with pytest.raises(ProblemError) as caught:
        made("weekends", (0, 30), holidays=frozenset({99}), first_weekday=7)
    text = "\n".join(caught.value.faults)
    for word in ("first_weekday: 7", "holidays: 99", "rule weekends counts local days", "D30"):
        assert word in text
    assert len(caught.value.faults) == 3
