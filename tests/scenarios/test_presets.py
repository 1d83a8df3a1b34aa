"""Presets of rules: each loads, each value has a source and fits its rule, the scenario's own settings win."""

import shutil
from pathlib import Path

import pytest

from scenarios.assemble.roster import rule_settings
from scenarios.draft_patch import patch_text, say
from scenarios.errors import ScenarioError
from scenarios.load import library, load_checked, load_scenario
from scenarios.preset_list import chosen, preset_lines
from scenarios.presets import presets
from scenarios.run import open_scenario
from scenarios.schema import DemandSettings
from scenarios.staff import staff_of
from scheduler.roster.rules import load

SHIPPED = ("cn-district", "eu-working-time", "uk-event", "us-special-event")


def town(tmp_path: Path, more: str) -> Path:
    """Crossroads with settings added at the end of its scenario.toml."""
    folder = tmp_path / "town"
    shutil.copytree(library()["crossroads"], folder, dirs_exist_ok=True)
    with (folder / "scenario.toml").open("a", encoding="utf-8") as file:
        file.write("\n" + more)
    return folder


def test_these_are_shipped() -> None:
    assert tuple(presets()) == SHIPPED


@pytest.mark.parametrize("name", SHIPPED)
def test_every_value_has_a_source_and_a_place(name: str) -> None:
    preset, rules = presets()[name], load()
    assert preset.title
    assert "heck locally" in preset.note
    assert preset.values
    for value in preset.values:
        assert len(value.source) > 8, value.name
        if value.path[0] == "demand":
            assert value.path[1] in DemandSettings.model_fields
        else:
            assert value.path[0] == "rules"
            assert value.path[1] in rules, value.name
    settings = preset.settings()
    for rule, row in settings["rules"].items():
        rules[rule].params_type.model_validate(row.get("params", {}))


@pytest.mark.parametrize("name", SHIPPED)
def test_each_loads_in_a_scenario(name: str, tmp_path: Path) -> None:
    scenario = load_scenario(town(tmp_path, f'[rules]\npreset = "{name}"\n'))
    for rule, row in presets()[name].settings()["rules"].items():
        if rule != "duty_lead":  # crossroads sets that one itself
            assert scenario.rules[rule].mode == row["mode"]
            for param, value in row.get("params", {}).items():
                assert scenario.rules[rule].params[param] == value
    settings = {s.name for s in rule_settings(scenario, staff_of(scenario))}
    assert "minimum_rest" in settings


def test_the_scenario_s_own_settings_win(tmp_path: Path) -> None:
    more = (
        '[rules]\npreset = "us-special-event"\n[rules.maximum_tour.params]\nlongest_h = 9\n'
        '[rules.minimum_rest]\nmode = "off"\n'
    )
    rules = load_scenario(town(tmp_path, more)).rules
    assert rules["maximum_tour"].params["longest_h"] == 9
    assert (rules["maximum_tour"].mode, rules["maximum_tour"].importance) == ("soft", "very important")
    assert rules["minimum_rest"].mode == "off"
    assert rules["duty_lead"].params == {"rank_min": 1}


def test_of_several_the_later_one_wins(tmp_path: Path) -> None:
    more = '[rules]\npreset = ["eu-working-time", "us-special-event"]\n'
    rules = load_scenario(town(tmp_path, more)).rules
    assert rules["minimum_rest"].params["rest_h"] == 8
    assert rules["weekly_rest"].mode == "hard"


def test_a_demand_value_comes_along_and_can_be_overruled(tmp_path: Path) -> None:
    """Crossroads sets reserve and supervisors itself; meals are not said."""
    assert load_scenario(town(tmp_path, '[rules]\npreset = "eu-working-time"\n')).demand.meal_from_h == 6
    own = load_scenario(town(tmp_path, '[rules]\npreset = "us-special-event"\n')).demand
    assert own.supervisor_from == 12


@pytest.mark.parametrize("wrong", ['"eu-workingtime"', "7", '["uk-event", "mars"]'])
def test_an_unknown_preset_is_a_fault_with_its_line(wrong: str, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        load_checked(town(tmp_path, f"[rules]\npreset = {wrong}\n"))
    (fault,) = caught.value.faults
    assert (fault.file, fault.field, fault.expected) == ("scenario.toml", "rules.preset", "the name of a preset")
    assert fault.row is not None


def test_a_scenario_without_a_preset_is_as_it_was() -> None:
    raw = load_checked("crossroads").raw
    assert "preset" not in raw.settings["rules"]


def test_a_what_if_may_set_one_or_take_it_away(tmp_path: Path) -> None:
    folder = town(tmp_path, '[rules]\npreset = "us-special-event"\n')
    loose = tmp_path / "loose.toml"
    loose.write_text('schema = 1\nbase = "crossroads"\ntitle = "t"\n[rules]\npreset = []\n', encoding="utf-8")
    other = tmp_path / "other.toml"
    other.write_text('schema = 1\nbase = "crossroads"\ntitle = "t"\n[rules]\npreset = "uk-event"\n', encoding="utf-8")
    assert open_scenario(folder).scenario.rules["minimum_rest"].params["rest_h"] == 8
    assert "minimum_rest" not in open_scenario(folder, loose).scenario.rules
    assert open_scenario(folder, other).scenario.rules["minimum_rest"].params["rest_h"] == 11


@pytest.mark.parametrize("name", SHIPPED)
def test_what_is_said_to_change_changes_and_nothing_else(name: str, tmp_path: Path) -> None:
    """The list beside the present values, against the scenario with the preset taken over as the pages do it."""
    before = load_checked(town(tmp_path, "[rules.minimum_rest.params]\nrest_h = 10\n"))
    taken = {"names": [name], "titles": [presets()[name].title]}
    patch = tmp_path / "taken.toml"
    patch.write_text(patch_text("crossroads", "With a preset", [("preset", taken)]), encoding="utf-8")
    after = open_scenario(str(tmp_path / "town"), str(patch))
    then = {line.name: line for line in preset_lines(after, name)}
    for line in preset_lines(before, name):
        expected = line.then if line.changes else line.now
        now = then[line.name].now
        assert (list(now) if isinstance(now, tuple) else now) == (
            list(expected) if isinstance(expected, tuple) else expected
        ), line
    assert any(line.changes for line in preset_lines(before, name))
    assert not any(line.changes for line in then.values())
    assert chosen(before) == ()
    assert chosen(after) == (name,)
    assert presets()[name].title in say("preset", taken)


def test_a_value_the_scenario_sets_itself_is_marked(tmp_path: Path) -> None:
    loaded = load_checked(town(tmp_path, "[rules.minimum_rest.params]\nrest_h = 10\n"))
    (line,) = [v for v in preset_lines(loaded, "uk-event") if v.name == "rules.minimum_rest.params.rest_h"]
    assert (line.own, line.changes, line.now, line.then) == (True, False, 10, 11)


def test_presets_taken_over_one_after_the_other_hold_together() -> None:
    rows = [("preset", {"names": [n], "titles": [n]}) for n in ("uk-event", "eu-working-time")]
    rule = {"name": "minimum_rest", "title": "Rest", "mode": "soft", "importance": "nice", "params": {}}
    text = patch_text("crossroads", "Two", [*rows, ("rule", rule)])
    assert 'preset = ["uk-event", "eu-working-time"]' in text
