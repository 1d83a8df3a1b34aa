"""After any edits in any order the audit of what changed says what the whole audit says."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.roster.audit import audit
from scheduler.roster.plan import Duty, RosterPlan
from scheduler.roster.reaudit import Reaudit
from scheduler.roster.rules import load
from tests.scheduler.roster.tiny import (
    any_pairs,
    group,
    person,
    plan,
    plan_of,
    problem,
    with_many_rules,
    with_one_rule,
)


@settings(max_examples=60)
@given(data=st.data())
def test_any_mix_of_rules(data):
    """The same breaches, costs and levels, in the same order, plan after plan."""
    made = data.draw(with_many_rules(max_people=3, max_groups=4))
    again = Reaudit(made)
    for _ in range(3):
        its = plan_of(made, data.draw(any_pairs(made)))
        assert again.of(its) == audit(made, its)


LOCAL = sorted(name for name, rule in load().items() if rule.form != "rows")


@pytest.mark.parametrize("name", LOCAL)
@settings(max_examples=15)
@given(data=st.data())
def test_each_rule_that_is_asked_in_part(name, data):
    """A rule of one person's forms must look at that person's duties only."""
    made, pairs = data.draw(with_one_rule(name, hard=data.draw(st.booleans()), max_people=3, max_groups=4))
    again = Reaudit(made)
    for its in (plan_of(made, pairs), plan_of(made, pairs[1:]), plan_of(made, data.draw(any_pairs(made)))):
        assert again.of(its) == audit(made, its)


def test_only_who_changed_is_asked_again():
    """By hand: P2 takes what P1 had beside another duty; P1's breach goes, P2's comes, and P3 is not looked at."""
    made = problem(
        [person("P1"), person("P2"), person("P3")],
        [group("G", 0, 10), group("H", 5, 15), group("I", 20, 30)],
        ["no_double_duty"],
    )
    again = Reaudit(made)
    assert [b.who for b in again.of(plan("G/1 P1", "H/1 P1", "I/1 P3")).breaches] == [("P1",)]
    assert again.of(plan("G/1 P2", "H/1 P1", "I/1 P3")).breaches == ()
    assert [b.who for b in again.of(plan("G/1 P2", "H/1 P2", "I/1 P3")).breaches] == [("P2",)]
    assert again.of(RosterPlan((Duty("G", 1, "P9"),))).breaches[0].rule == "unknown_person"
