"""The Rules page by Streamlit's own test runner: the list, a rule's form made from what it says of itself, presets."""

import pytest
from streamlit.testing.v1 import AppTest

from scenarios import drafts
from scenarios.rule_list import RuleLine, rule_list
from tests.app_pages.test_event import source
from tests.app_pages.test_pages import house, on, texts  # noqa: F401 - fixture
from tests.app_pages.test_unsent import field

FIELDS = ("number_input", "text_input", "checkbox", "selectbox")


@pytest.fixture
def rules(project_root) -> AppTest:
    """The page Rules of the crossroads."""
    start = AppTest.from_file(str(project_root / "streamlit_app.py"), default_timeout=60)
    start.query_params["scenario"] = "crossroads"
    return on(start.run(), "rules")


def line(app: AppTest, name: str) -> RuleLine:
    return next(one for one in rule_list(drafts.loaded(source(app)).scenario) if one.name == name)


def listed(app: AppTest):
    """The table of rules."""
    return next(t.value for t in app.dataframe if "In words" in t.value)


def test_every_kind_of_value_has_its_field(rules: AppTest) -> None:
    """All rules are listed; one of each make-up is opened, and each of its values has a field."""
    every = rule_list(drafts.loaded(drafts.find("crossroads")).scenario)
    assert len(listed(rules)) == len(every)
    kinds = {tuple(sorted((p.kind.__name__, p.open, bool(p.choices)) for p in one.parameters)): one for one in every}
    for one in kinds.values():
        rules.selectbox(key="rule_name").select(one.name).run()
        assert not rules.exception, one.name
        keys = {widget.key for kind in FIELDS for widget in getattr(rules, kind)}
        assert {f"rule-{one.name}-{p.name}" for p in one.parameters} <= keys


def test_a_rule_is_changed_marked_and_put_back(rules: AppTest) -> None:
    """Each edit is saved at once; the list tells what was changed; undo goes one edit back, reset all the way."""
    rules.selectbox(key="rule_name").select("minimum_rest").run()
    rules.segmented_control(key="rule-minimum_rest-mode").set_value("soft").run()
    assert (line(rules, "minimum_rest").mode, listed(rules)["Changed"].tolist().count("changed")) == ("soft", 1)
    rules.segmented_control(key="rule-minimum_rest-importance").set_value("nice").run()
    rules.number_input(key="rule-minimum_rest-rest_h").set_value(9.0).run()
    assert "at least 9 h of rest" in texts(rules)
    assert "Before: must hold" in texts(rules)
    rules.button(key="undo").click().run()
    assert line(rules, "minimum_rest").parameters[0].value == 11.0
    assert rules.number_input(key="rule-minimum_rest-rest_h").value == 11.0
    rules.button(key="reset-minimum_rest").click().run()
    assert line(rules, "minimum_rest").mode == "hard"
    assert "Changed" not in listed(rules)
    assert not rules.exception


def test_lists_limits_and_choices_are_saved_as_typed(rules: AppTest) -> None:
    """A list by commas of either kind, a limit that is none, a word from a few."""
    rules.selectbox(key="rule_name").select("two_officer").run()
    rules.text_input(key="rule-two_officer-kinds").set_value("post， gate").run()
    assert {p.name: p.value for p in line(rules, "two_officer").parameters}["kinds"] == ("post", "gate")
    rules.selectbox(key="rule_name").select("siting.most_posts").run()
    rules.number_input(key="rule-siting.most_posts-most_posts").set_value(3).run()
    assert line(rules, "siting.most_posts").parameters[0].value == 3
    rules.number_input(key="rule-siting.most_posts-most_posts").set_value(None).run()
    assert line(rules, "siting.most_posts").parameters[0].value is None
    rules.selectbox(key="rule_name").select("home_distance").run()
    rules.selectbox(key="rule-home_distance-measure").select("min").run()
    assert {p.name: p.value for p in line(rules, "home_distance").parameters}["measure"] == "min"
    assert not rules.exception


def test_search_group_and_what_was_changed(rules: AppTest) -> None:
    rules.text_input(key="rule_search").set_value("2003/88/ec").run()
    assert "Minimum rest" in set(listed(rules)["Rule"])
    rules.selectbox(key="rule_group").select("nights").run()
    assert set(listed(rules)["Group"]) == {"Nights"}
    rules.text_input(key="rule_search").set_value("zebra").run()
    assert "No rule is like that." in texts(rules)
    rules.segmented_control(key="rule_state").set_value("changed").run()
    assert "No rule was changed." in texts(rules)
    assert not rules.exception


def test_a_preset_shows_what_it_changes_and_is_taken_over(rules: AppTest) -> None:
    """The table has values, effect and source; taking it over starts a draft that names the preset."""
    rules.session_state["rules_tab"] = "Presets"
    rules.run()
    rules.selectbox(key="preset_name").select("us-special-event").run()
    (table,) = [t.value for t in rules.dataframe if "Effect" in t.value]
    assert set(table["Effect"]) == {"changes"}
    assert table["Source"].str.len().min() > 0
    rules.button(key="preset_go").click().run()
    assert not rules.exception
    assert "Preset taken over" in texts(rules)
    assert "This preset is taken over already." in texts(rules)


def test_an_exception_is_added_and_taken_away(rules: AppTest) -> None:
    """For one person by name; without a name nothing is saved."""
    rules.selectbox(key="rule_name").select("minimum_rest").run()
    add = next(button for button in rules.button if button.label == "Add the exception")
    add.click().run()
    assert "Choose for whom it is." in texts(rules)
    field(rules, "multiselect", "exception-minimum_rest", "who-person").select("C03")
    field(rules, "number_input", "exception-minimum_rest", "own-rest_h").set_value(8.0)
    next(button for button in rules.button if button.label == "Add the exception").click().run()
    assert not rules.exception
    assert line(rules, "minimum_rest").exceptions == ({"person": ["C03"], "mode": "hard", "rest_h": 8.0},)
    assert "Cleo Example: must hold" in texts(rules)
    rules.button(key="exception-minimum_rest-0-1").click().run()
    assert line(rules, "minimum_rest").exceptions == ()
    assert source(rules).draft.changes == ()
