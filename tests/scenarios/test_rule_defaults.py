"""How rules stand when a scenario says nothing (docs/decisions/0011-rule-defaults.md)."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from scenarios.assemble.lookback import LEAST_DAYS, days_back
from scenarios.assemble.roster import pinned_problem
from scenarios.demand import cut, demand_needs
from scenarios.load import check, load_checked
from scenarios.rows import History, OtherWork
from scenarios.run import Planned
from scenarios.schema import RuleRow
from scheduler.roster.audit import audit
from scheduler.roster.plan import Duty, RosterPlan
from scheduler.roster.problem import RuleSetting
from scheduler.roster.rules import load

HARD = frozenset({
    "R01", "R02", "R03", "R04", "R05", "R13", "R14", "R15", "R18", "R19", "R20", "R21", "R29", "R34", "R35", "R37",
    "R38", "R39",
})  # fmt: skip
SOFT = frozenset({"R17", "R22", "R23", "R24", "R26", "R28"})
#: Hard from the beginning, and silent until a planner enters what they speak of.
ON_DATA = ("duty_level", "search_staff", "weather_limit", "volunteers", "total_with_other_work")


def test_each_rule_stands_as_decided() -> None:
    found = {mode: {r.info.id for r in load().values() if r.info.default_mode == mode} for mode in ("hard", "soft")}
    assert found == {"hard": HARD, "soft": SOFT}


@pytest.mark.parametrize("name", ON_DATA)
def test_a_rule_without_its_data_finds_nothing_in_any_roster(name: str, crossroads: Planned) -> None:
    problem = replace(crossroads.audit.rebuilt.roster.problem, rules=(RuleSetting(name, hard=True),))
    drawn = random.Random(name)
    people = [p.id for p in problem.people]
    for _ in range(20):
        duties = tuple(Duty(g.id, 1, drawn.choice(people)) for g in problem.groups if drawn.random() < 0.7)
        assert name not in {b.rule for b in audit(problem, RosterPlan(duties)).breaches}


def test_a_long_event_without_days_off_is_doubted() -> None:
    raw = load_checked("crossroads").raw

    def doubts(days: int, **rules: object) -> list[str]:
        end = f"2026-06-{12 + days} 23:00"
        settings = {**raw.settings, "end": end, "rules": {**raw.settings["rules"], **rules}}
        return [w.expected for w in check(raw.changed(settings=settings)).warnings if "days off" in w.expected]

    assert doubts(1) == []
    assert len(doubts(8)) == 1
    assert doubts(8, weekly_rest={"mode": "off"}) == []


def test_days_reach_back_as_far_as_the_longest_window() -> None:
    """Work of 15 days ago counts within three weeks, and not within the usual one."""
    scenario = load_checked("crossroads").scenario
    assert days_back(scenario) == LEAST_DAYS
    ago = scenario.start - timedelta(days=15)
    person, place = scenario.people[0].id, scenario.units[0].id

    def worked_h(window_days: int) -> float:
        rule = RuleRow(mode="hard", params={"week_h": 0, "day_h": 25, "window_days": window_days})
        changed = scenario.model_copy(update={
            "rules": {"total_with_other_work": rule},
            "history": (History(person=person, start=ago, end=ago + timedelta(hours=6), place=place),),
            "other_work": (OtherWork(person=person, start=scenario.start, end=scenario.start + timedelta(hours=1)),),
        })  # fmt: skip
        problem = pinned_problem(changed, cut(demand_needs(changed), changed))
        made = load()["total_with_other_work"]
        duties = [(0,) if p.id == person else () for p in problem.people]
        found = made.module.check(problem, made.params_type(**rule.params), (0,), duties)
        return max(int(str(one.data["minutes"])) for one in found) / 60

    assert worked_h(21) - worked_h(7) == 6
    narrow = RuleRow(mode="off", exceptions=[{"unit": place, "mode": "hard", "window_days": 30}])
    assert days_back(scenario.model_copy(update={"rules": {"total_with_other_work": narrow}})) == 31
