"""Every fault of a scenario folder is told, by file, row, field and value, and none hides another."""


import pytest

from scenarios.errors import Fault, ScenarioError
from scenarios.load import library, load_checked
from tests.scenarios.spoil import add, copy_town, edit, faults, line, read, replace, warnings, write


@pytest.fixture
def town(tmp_path):
    """A copy of crossroads to spoil."""
    return copy_town(tmp_path)


def test_sentence():
    fault = Fault("people.csv", 14, "unit", "polize", "a unit that exists", 'did you mean "police"?')
    assert fault.sentence() == (
        'people.csv row 14, unit "polize": expected a unit that exists. Did you mean "police"?'
    )
    assert str(ScenarioError([fault])).splitlines()[0] == "1 fault in the scenario:"


def test_shipped_scenarios_are_sound():
    assert {"crossroads", "neubrandenburg"} <= set(library())
    assert warnings("crossroads") == []


def test_all_faults_in_one_report(town):
    edit(town, "people", 5, "unit", "polize")
    edit(town, "people", 6, "category", "swron")
    edit(town, "sites", 3, "owner", "")
    edit(town, "sites", 4, "lead", "")
    edit(town, "sessions", 2, "end", "2026-06-12 18:00")
    edit(town, "sites", 5, "gaps", "evning:120")
    edit(town, "resources", 2, "number", "three")
    replace(town, "slack_pct = 5", "slack_pct = 500")
    replace(town, 'kind = "car_post"\nunits', 'kind = "car_pots"\nunits')
    replace(town, "break_min = 20", "brake_min = 20")
    assert sorted(faults(town)) == sorted(
        [
            'people.csv row 5, unit "polize": expected a unit that exists. Did you mean "police"?',
            'people.csv row 6, category "swron": expected a category that exists. Did you mean "sworn"?',
            "sites.csv row 3, owner: expected the unit that answers for it, not a blank. Name a unit by id.",
            "sites.csv row 4, lead: expected its one named lead, not a blank. Name a person by id.",
            ('sessions.csv row 2, end "2026-06-12 18:00": expected a moment after start 2026-06-12 19:00. '
            "If it ends after midnight, write the next day's date."),
            'sites.csv row 5, gaps "evning:120": expected a span that exists. Did you mean "evening"?',
            ('resources.csv row 2, number "three": expected a whole number. '
            "Write digits only, no separators or units."),
            (f'scenario.toml row {line(town, "slack_pct")}, patrols.slack_pct "500": '
             'expected at most 100. Correct the number.'),
            (f'scenario.toml row {line(town, "brake_min")}, patrols.brake_min: expected a setting that is known. '
            'Did you mean "break_min"?'),
            (f'scenario.toml row {line(town, "car_pots")}, siting.kind "car_pots": expected a kind that exists. '
            'Did you mean "car_post"?'),
        ]
    )


def test_missing_files(tmp_path):
    assert faults(tmp_path) == [
        "scenario.toml: expected this file in the scenario folder. Copy it from a shipped scenario.",
        "sites.csv: expected this table in the scenario folder. Add sites.csv.",
        "units.csv: expected this table in the scenario folder. Add units.csv.",
    ]


def test_unknown_name():
    assert faults("crossroad") == [
        ("crossroad: expected a scenario folder or a shipped name (crossroads, neubrandenburg). "
        'Did you mean "crossroads"?')
    ]


@pytest.mark.parametrize("name", ["x" * 5000, "a\0b", ""])
def test_odd_paths_are_faults(name):
    with pytest.raises(ScenarioError):
        load_checked(name)


def test_missing_map(town):
    (town / "crossroads.osm").unlink()
    (found,) = faults(town)
    assert found.endswith(
        'map.file "crossroads.osm": expected a map file in the scenario folder. '
        "Copy it there (.osm, .osm.pbf), or correct the name."
    )


def test_newer_schema_is_refused_alone(town):
    replace(town, "schema = 1", "schema = 99")
    replace(town, 'timezone = "Europe/Berlin"', 'timezone = "Mars/Base"')
    assert faults(town) == [
        ('scenario.toml row 2, schema "99": expected a scenario form up to 1. '
        "This scenario was made for a newer Vedette: install that one.")
    ]


def test_unknown_zone(town):
    replace(town, "Europe/Berlin", "Europe/Berln")
    assert faults(town) == [
        ('scenario.toml row 5, timezone "Europe/Berln": expected the name of a time zone. '
        'Write for example "Europe/Berlin".')
    ]


def test_broken_toml(town):
    replace(town, 'title = "Lantern evening at Crossroads"', "title = Lantern")
    assert faults(town)[0].startswith("scenario.toml row 4: expected TOML settings. Mend the line: ")


def test_unknown_column_is_told_once(town):
    path = town / "people.csv"
    path.write_text(path.read_text().replace("seniority", "seniorty"))
    assert faults(town) == [
        'people.csv row 2, seniorty: expected a column that is known. Did you mean "seniority"?'
    ]


def test_column_left_out_is_told_once(town):
    path = town / "units.csv"
    rows = [[c for k, c in enumerate(r) if k != 1] for r in read(path)]
    write(path, rows)
    assert faults(town) == [
        "units.csv row 2, name: expected this column. Add it and fill every row."
    ]


def test_too_many_cells(town):
    path = town / "wishes.csv"
    path.write_text(path.read_text() + "C07,2026-06-12 17:00,2026-06-12 18:00,free,nice,really\n")
    assert faults(town) == [
        ('wishes.csv row 3 "really": expected 5 cells in this row, not 6. '
        "Put text that holds the separator in double quotes.")
    ]


def test_duplicate_ids_and_places(town):
    row = add(town, "people", "C03", "Zoe Example", "police", "sworn", "officer", "1", "", "yes")
    edit(town, "posts", 2, "id", "square")
    assert faults(town) == [
        ('posts.csv row 2, id "square": expected an id of its own. '
        "Sites.csv row 2 has it already; give one of them another id."),
        (f'people.csv row {row}, id "C03": expected an id of its own. '
        "People.csv row 4 has it already; give one of them another id."),
    ]


def test_spreadsheet_mangled_ids(town):
    for n, name in ((2, "0012"), (3, "1.2E+05"), (4, "a/b")):
        edit(town, "people", n, "id", name)
    edit(town, "wishes", 2, "person", "12")
    text = "\n".join(faults(town))
    assert (
        'people.csv row 3, id "1.2E+05": expected an id as it was given out. '
        "A spreadsheet made it a number; format the column as text and enter it again." in text
    )
    assert 'people.csv row 4, id "a/b": expected an id without space / ; : #.' in text
    assert (
        'wishes.csv row 2, person "12": expected a person that exists. Did you mean "0012"? '
        "Spreadsheets drop leading zeros: format the column as text." in text
    )


def test_same_person_in_two_units_is_a_warning(town):
    row = add(town, "people", "C99", "Dan Example", "stewards", "steward", "officer", "1", "", "yes")
    assert warnings(town) == [
        (f'people.csv row {row}, name "Dan Example": expected one row for each person. '
        "Row 5 has the same name in unit police; if it is one person on loan, keep one row.")
    ]


def test_certificate_that_ends_during_the_event(town):
    edit(town, "qualifications", 3, "valid_until", "2026-06-12 20:00")
    assert warnings(town) == [
        ('qualifications.csv row 3, valid_until "2026-06-12 20:00": expected a certificate that lasts through '
        "the event. C03 gets no driving duty after this moment; renew it if it can be.")
    ]
    add(town, "qualifications", "C03", "driving", "2026-06-12 20:00", "2030-01-01 00:00")
    assert warnings(town) == []


def test_no_history(town):
    (town / "history.csv").unlink()
    replace(town, "[rules.duty_lead]", '[rules.minimum_rest]\nmode = "hard"\n\n[rules.duty_lead]')
    assert warnings(town) == [
        ("scenario.toml row 6, history.csv: expected the duties worked just before the horizon. "
        "Without them people may come off a night straight into the first duty.")
    ]


def test_history_inside_the_horizon_and_twice(town):
    edit(town, "history", 3, "end", "2026-06-12 18:00")
    add(town, "history", "C02", "2026-06-11 10:00", "2026-06-11 12:00", "police")
    assert [f.split(":", maxsplit=1)[0] for f in faults(town)] == [
        'history.csv row 4, start "2026-06-11 10',
        'history.csv row 3, end "2026-06-12 18',
    ]


def test_session_outside_the_horizon(town):
    edit(town, "sessions", 2, "start", "2026-06-12 16:00")
    assert faults(town) == [
        ('sessions.csv row 2, start "2026-06-12 16:00": expected a moment inside the horizon 2026-06-12 17:00 to '
        "2026-06-13 00:00. Correct the date, or widen start and end in scenario.toml.")
    ]


def test_absurd_and_empty_demand(town):
    head = ["id", "place", "kind", "start", "end", "need", "owner", "lead"]
    span = ["2026-06-12 18:00", "2026-06-12 20:00"]
    rows = [
        ["a", "square", "guard", *span, "10000", "police", "C01"],
        ["b", "square", "guard", *span, "0", "police", "C01"],
        ["c", "square", "guard", *span, "20", "police", "C01"],
        ["d", "square", "guard", *span, "-1", "police", "C01"],
    ]
    write(town / "seats.csv", [head, *rows])
    assert faults(town) == [
        'seats.csv row 5, need "-1": expected at least 0. Correct the number.',
        ('seats.csv row 2, need "10000": expected a number the force of 12 can be asked for. '
        "Check the number of digits."),
        'seats.csv row 3, need "0": expected at least one officer. Give a number, or remove the row.',
    ]
    write(town / "seats.csv", [head, rows[2]])
    assert warnings(town) == [
        'seats.csv row 2, need "20": expected at most the 12 people of the force. Seats will stay empty.'
    ]


def test_points(town):
    edit(town, "units", 2, "lon", "50.00252")
    edit(town, "units", 2, "lat", "10.00665")
    edit(town, "sites", 3, "lon", "")
    edit(town, "sites", 4, "lat", "51.5")
    found = faults(town)
    assert found[0].startswith("sites.csv row 3, lon: expected both lon and lat. Fill in the other one.")
    assert found[1].startswith('sites.csv row 4, lon "10.000875 51.5": expected a point on the map (lon ')
    assert found[1].endswith("Correct the point, or take a larger map.")
    assert found[2].startswith('units.csv row 2, lon "50.00252 10.00665": expected a point on the map')
    assert found[2].endswith("Lon and lat are swapped.")


def test_strength_that_counts_people_on_leave(town):
    path = town / "units.csv"
    text = path.read_text().replace("duty_lead", "duty_lead,strength").replace(",yes", ",yes,sworn:6")
    path.write_text(text)
    write(
        town / "absences.csv",
        [["person", "start", "end"], ["C04", "2026-06-10 00:00", "2026-06-20 00:00"]],
    )
    assert warnings(town) == [
        ('units.csv row 2, strength "sworn:6": expected the people who are there. '
        "It counts 1 on leave during the event (C04); take them off.")
    ]
