"""Rules as the Rules page has them: all of them, in both languages, changed and put back."""

import re
from pathlib import Path

import pytest

from scenarios import drafts, tongue
from scenarios.draft_patch import say
from scenarios.load import load_checked
from scenarios.rule_edits import put_rule, reset
from scenarios.rule_list import (
    GROUPS,
    RuleLine,
    duty_level,
    found_by,
    rule_list,
    setting_words,
    told_before,
)
from scheduler.roster.rules import load
from scheduler.siting.rules import load as load_siting

CJK = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(autouse=True)
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A data folder of the test's own."""
    monkeypatch.setenv("VEDETTE_HOME", str(tmp_path / "home"))


def lines(ref: str) -> dict[str, RuleLine]:
    """Rules of a draft against the crossroads as they ship."""
    source = drafts.find(ref)
    return {line.name: line for line in rule_list(drafts.loaded(source).scenario, load_checked("crossroads").scenario)}


def test_every_rule_of_the_registries_is_there_once() -> None:
    found = rule_list(load_checked("crossroads").scenario)
    names = [line.name for line in found]
    assert len(set(names)) == len(names)
    assert set(load()) | {f"siting.{name}" for name in load_siting()} <= set(names)
    assert [line.group for line in found] == sorted((line.group for line in found), key=list(GROUPS).index)
    assert not [line.name for line in found if line.group == "more"]


@pytest.mark.parametrize("name", ["crossroads", "neubrandenburg"])
def test_values_lie_within_their_bounds(name: str) -> None:
    """What stands and what is the default; what may be left out has no default but nothing."""
    for line in rule_list(load_checked(name).scenario):
        for p in line.parameters:
            assert p.kind in {bool, int, float, str, tuple}, (line.name, p.name)
            for value in (p.value, p.default):
                if isinstance(value, int | float) and p.kind is not bool:
                    assert p.low is None or p.low <= value, (line.name, p.name)
                    assert p.high is None or value <= p.high, (line.name, p.name)
            assert p.open or p.value is not None


def test_all_is_told_in_chinese() -> None:
    """Title, sentence with its values filled in, source, words of each value."""
    with tongue.speaking("zh"):
        for line in rule_list(load_checked("neubrandenburg").scenario):
            for text in (line.title, line.says, *(p.label for p in line.parameters)):
                assert CJK.search(text), (line.name, text)
                assert "{" not in text
        rest = next(line for line in rule_list(load_checked("crossroads").scenario) if line.name == "minimum_rest")
    assert rest.says == "两班之间至少休息 11 小时；12 小时内的勤务视为同一班。"


def test_a_rule_is_changed_told_and_put_back() -> None:
    """Each value by itself, one change in the list; as it was means no change is left."""
    rule = lines("crossroads")["minimum_rest"]
    draft = put_rule("crossroads", rule, {"mode": "soft"})
    put_rule(draft.id, rule, {"rest_h": 9.0})
    rule = lines(draft.id)["minimum_rest"]
    assert (rule.mode, rule.parameters[0].value, rule.changed) == ("soft", 9.0, True)
    assert told_before(rule) == "Before: must hold; Hours of rest between two tours: 11."
    (change,) = drafts.find(draft.id).draft.changes
    told = say(change.kind, change.values)
    assert told.startswith("Minimum rest: ")
    assert "how it holds should hold" in told
    assert "Hours of rest between two tours 9" in told
    reset(drafts.find(draft.id), rule)
    assert drafts.find(draft.id).draft.changes == ()
    assert not lines(draft.id)["minimum_rest"].changed


def test_a_rule_changed_in_two_ways_is_put_back_as_one_edit() -> None:
    """As a change of its own kind and as a setting: one undo brings both again."""
    values = {"name": "minimum_rest", "title": "Minimum rest", "mode": "soft", "importance": "nice", "params": {}}
    draft = drafts.add("crossroads", "rule", values)
    put_rule(draft.id, lines(draft.id)["minimum_rest"], {"rest_h": 9.0})
    assert len(drafts.find(draft.id).draft.changes) == 2
    draft = reset(drafts.find(draft.id), lines(draft.id)["minimum_rest"])
    assert draft.changes == ()
    drafts.undo(draft)
    assert len(drafts.find(draft.id).draft.changes) == 2


def test_rules_that_share_a_section_are_put_back_one_by_one() -> None:
    """Two numbers of the demand and a limit that was none."""
    its = lines("crossroads")
    draft = put_rule("crossroads", its["police"], {"police_ratio": 500})
    put_rule(draft.id, its["reserve"], {"reserve_pct": 20})
    put_rule(draft.id, its["siting.most_posts"], {"most_posts": 2})
    its = lines(draft.id)
    assert {name for name, line in its.items() if line.changed} == {"police", "reserve", "siting.most_posts"}
    reset(drafts.find(draft.id), its["police"])
    its = lines(draft.id)
    assert (its["police"].parameters[0].value, its["reserve"].parameters[0].value) == (1000, 20)
    put_rule(draft.id, its["siting.most_posts"], {"most_posts": None})
    reset(drafts.find(draft.id), its["reserve"])
    assert drafts.find(draft.id).draft.changes == ()


def test_what_a_preset_did_is_put_back_by_name() -> None:
    """The preset stays, the one rule does not follow it."""
    draft = drafts.add("crossroads", "preset", {"names": ["us-special-event"], "titles": ["US"]})
    rule = lines(draft.id)["minimum_rest"]
    assert rule.changed
    reset(drafts.find(draft.id), rule)
    its = lines(draft.id)
    assert not its["minimum_rest"].changed
    assert its["maximum_tour"].changed


def test_a_rule_that_is_off_before_and_now_counts_as_unchanged() -> None:
    rule = lines("crossroads")["weekends"]
    assert rule.mode == "off"
    draft = put_rule("crossroads", rule, {"most_weekends": 1})
    assert not lines(draft.id)["weekends"].changed
    put_rule(draft.id, rule, {"mode": "hard"})
    assert lines(draft.id)["weekends"].changed


def test_rules_are_found_by_words_number_and_source() -> None:
    its = lines("crossroads")
    assert [name for name, line in its.items() if found_by(line, "2003/88/EC DAILY")] == ["minimum_rest"]
    assert {"minimum_rest"} == {name for name, line in its.items() if found_by(line, "r03")}
    assert not any(found_by(line, "zebra") for line in its.values())
    assert all(found_by(line, "  ") for line in its.values())


def test_the_duty_level_that_is_ordered() -> None:
    rule = lines("crossroads")["duty_level"]
    assert duty_level(load_checked("crossroads").scenario) == 0
    draft = put_rule("crossroads", rule, {"share_pct": 50})
    assert duty_level(drafts.loaded(drafts.find(draft.id)).scenario) == 50
    put_rule(draft.id, rule, {"mode": "off"})
    assert duty_level(drafts.loaded(drafts.find(draft.id)).scenario) == 0


def test_settings_have_words_where_rules_know_them() -> None:
    assert setting_words(("demand", "reserve_pct")) == ("Reserve planned", "Percent of all at work that stand by")
    assert setting_words(("rules", "minimum_rest", "mode")) == ("Minimum rest", "how it holds")
    assert setting_words(("map", "snap_limit_m")) == ("map", "snap limit m")


def test_exceptions_are_told_changed_and_put_back() -> None:
    """For two people by name and for a category; what is left after one is taken away; as it was means none."""
    rule = lines("crossroads")["minimum_rest"]
    own = {"person": ["C03", "C04"], "mode": "soft", "rest_h": 9.0}
    draft = put_rule("crossroads", rule, {"exceptions": [own, {"category": "auxiliary", "mode": "off"}]})
    rule = lines(draft.id)["minimum_rest"]
    assert rule.exceptions_say == (
        "Cleo Example and Dan Example: should hold; Hours of rest between two tours: 9", "auxiliary: off",
    )  # fmt: skip
    assert rule.changed
    assert told_before(rule) == "Before: must hold; no exceptions."
    assert found_by(rule, "cleo")
    put_rule(draft.id, rule, {"exceptions": [dict(rule.exceptions[1])]})
    rule = lines(draft.id)["minimum_rest"]
    assert rule.exceptions_say == ("auxiliary: off",)
    reset(drafts.find(draft.id), rule)
    assert drafts.find(draft.id).draft.changes == ()


def test_a_rank_is_told_by_its_name_and_taken_from_the_duty_lead() -> None:
    """Where the rule itself has none; without either it is off, as when the roster is made."""
    scenario = load_checked("crossroads").scenario.model_copy(update={"rules": {}})
    assert scenario.demand.lead_rank == "sergeant"
    rule = {line.name: line for line in rule_list(scenario)}["duty_lead"]
    assert rule.says.endswith("a lead of rank sergeant or higher.")
    assert (rule.mode, rule.parameters[0].value) == ("hard", 1)
    nobody = scenario.model_copy(update={"demand": scenario.demand.model_copy(update={"lead_rank": None})})
    assert {line.name: line for line in rule_list(nobody)}["duty_lead"].mode == "off"
