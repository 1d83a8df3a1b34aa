"""Pins against leave and each other, rules and exceptions as the rules themselves judge them, the digest."""


import pytest

from scenarios.load import load_checked, load_scenario
from tests.scenarios.spoil import copy_town, edit, faults, read, replace, write


@pytest.fixture
def town(tmp_path):
    """A copy of crossroads to spoil."""
    return copy_town(tmp_path)


def pins(town, *rows):
    write(town / "pins.csv", [["person", "group"], *rows])


def test_leave_over_a_pinned_duty(town):
    pins(town, ["C06", "lanterns.police#1"])
    assert load_scenario(town).pins[0].group == "lanterns.police#1"
    write(
        town / "absences.csv",
        [["person", "start", "end"], ["C06", "2026-06-12 22:00", "2026-06-13 06:00"]],
    )
    assert faults(town) == [
        ('pins.csv row 2, group "lanterns.police#1": expected a duty outside C06\'s leave. '
        "The duty is 2026-06-12 18:00 to 22:30, the absence 2026-06-12 22:00 to 2026-06-13 06:00; "
        "unpin, or move the absence.")
    ]


@pytest.mark.parametrize(
    ("start", "end", "n_faults"),
    [
        ("17:00", "18:00", 0),
        ("17:00", "18:01", 1),
        ("22:30", "23:00", 0),
        ("22:29", "23:00", 1),
        ("19:00", "20:00", 1),
        ("17:00", "23:00", 1),
    ],
)
def test_leave_beside_a_pinned_duty(town, start, end, n_faults):
    """The pinned duty is 18:00-22:30, half-open like every span."""
    pins(town, ["C06", "lanterns.police#1"])
    absence = ["C06", f"2026-06-12 {start}", f"2026-06-12 {end}"]
    write(town / "absences.csv", [["person", "start", "end"], absence])
    if n_faults:
        assert len(faults(town)) == n_faults
    else:
        assert load_scenario(town).pins


def test_more_pins_than_seats(town):
    pins(town, ["C10", "lanterns.gate#1"], ["C11", "lanterns.gate#1"], ["C12", "lanterns.gate#1"])
    assert faults(town) == [
        ('pins.csv row 3, group "lanterns.gate#1": expected at most 1 pinned to this duty, which has no more seats. '
         "Remove a pin, or ask for more officers there.")
    ]


def test_a_pin_wanted_and_barred(town):
    rows = [["person", "group", "on"], ["C10", "lanterns.gate#1", "yes"], ["C10", "lanterns.gate#1", "no"]]
    write(town / "pins.csv", rows)
    assert faults(town) == [
        ('pins.csv row 3, on "no": expected the same answer as in row 2, which pins C10 to this duty too. '
         "Keep one of the two rows.")
    ]


def test_a_pin_to_a_seat_that_asks_for_others(town):
    pins(town, ["C02", "lanterns.gate#1"])
    assert faults(town) == [
        ('pins.csv row 2, person "C02": expected somebody who may serve there (steward, C02 is sworn). '
         "Pin somebody else, or change what the seat asks.")
    ]


def test_a_rule_with_parameters_only_keeps_its_mode(town):
    with (town / "scenario.toml").open("a", encoding="utf-8") as file:
        file.write("[rules.minimum_rest.params]\nrest_h = 10\n")
    row = load_scenario(town).rules["minimum_rest"]
    assert (row.mode, row.params) == ("hard", {"rest_h": 10})


def test_a_faulty_rule_does_not_hide_the_others(town):
    with (town / "scenario.toml").open("a", encoding="utf-8") as file:
        file.write('[rules.minimum_rest]\nmode = "maybe"\nparams = { hours = 3 }\n[rules.nosuch]\nmode = "hard"\n')
    text = "\n".join(faults(town))
    assert "rules.minimum_rest.mode" in text
    assert "rules.minimum_rest.params.hours" in text
    assert "rules.nosuch" in text


def test_resources_that_no_table_lists(town):
    (town / "resources.csv").unlink()
    assert all("None is given yet: add it, or leave this out." in fault for fault in faults(town))


def test_two_pins_of_one_person_at_once(town):
    pins(town, ["C06", "lanterns.police#1"], ["C06", "lanterns.police.beside#1"])
    assert faults(town) == [
        ('pins.csv row 3, group "lanterns.police.beside#1": expected a duty at another time than the same '
        "person's other pins. Row 2 pins C06 to lanterns.police#1 at the same time; remove one.")
    ]


def test_pin_to_a_group_that_is_not_there(town):
    pins(town, ["C06", "lanterns.polize#1"])
    assert faults(town) == [
        ('pins.csv row 2, group "lanterns.polize#1": expected a seat group of this scenario. '
        'Did you mean "lanterns.police#1"?')
    ]


def test_rules_are_judged_by_themselves(town):
    replace(town, "[rules.duty_lead]", "[rules.duty_leed]")
    assert faults(town)[0].endswith(
        'rules.duty_leed: expected a roster rule that exists. Did you mean "duty_lead"?'
    )
    replace(town, "[rules.duty_leed]", "[rules.duty_lead]")
    replace(town, "rank_min = 1", "rank_mni = 1")
    assert faults(town)[0].endswith(
        'rules.duty_lead.params.rank_mni "1": expected a parameter of this rule. Did you mean "rank_min"?'
    )


def test_exceptions_to_rules(town):
    text = (town / "scenario.toml").read_text()
    good = """
[[rules.minimum_rest.exceptions]]
unit = "police"
rest_h = 10
[[rules.minimum_rest.exceptions]]
category = ["steward"]
mode = "off"
"""
    head = '\n[rules.minimum_rest]\nmode = "hard"\n'
    (town / "scenario.toml").write_text(text + head + good)
    assert len(load_scenario(town).rules["minimum_rest"].exceptions) == 2
    (town / "scenario.toml").write_text(
        text + head + good.replace("police", "polize").replace('"off"', '"of"').replace("rest_h", "rest_hours")
    )
    assert [f.split(", ", maxsplit=1)[1] for f in faults(town)] == [
        'rules.minimum_rest.exceptions[1].unit "polize": expected a unit that exists. Did you mean "police"?',
        (
            'rules.minimum_rest.exceptions[1].rest_hours "10": expected a parameter of this rule. '
            'Did you mean "rest_h"?'
        ),
        'rules.minimum_rest.exceptions[2].mode "of": expected one of hard, soft, off. Did you mean "off"?',
    ]


# ---------------------------------------------------------------- digest
def test_digest_follows_content_not_form(town):
    first = load_checked(town).digest
    assert load_checked(town).digest == first
    reordered = (town / "scenario.toml").read_text() + "\n# a remark\n"
    (town / "scenario.toml").write_text(reordered)
    path = town / "people.csv"
    write(path, read(path), delimiter=";", encoding="utf-8-sig")
    assert load_checked(town).digest == first
    edit_map = town / "crossroads.osm"
    edit_map.write_bytes(edit_map.read_bytes() + b"\n")
    assert load_checked(town).digest != first


def test_ids_stay_text(town):
    edit(town, "people", 13, "id", "0012")
    assert load_scenario(town).people[-1].id == "0012"


def test_a_rule_about_everybody_at_once_takes_no_exceptions(town):
    text = (town / "scenario.toml").read_text()
    rule = """
[rules.span_of_control]
mode = "soft"
[[rules.span_of_control.exceptions]]
unit = "police"
most_span = 5
"""
    (town / "scenario.toml").write_text(text + rule)
    assert [f.split(", ", maxsplit=1)[1] for f in faults(town)] == [
        (
            "rules.span_of_control.exceptions: expected no exceptions: the rule speaks of everybody at once. "
            "Change its params for all, or turn it off."
        )
    ]
