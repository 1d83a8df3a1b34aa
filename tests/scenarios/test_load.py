"""Every fault of a scenario folder is told, by file, row, field and value, and none hides another."""

import csv
import io
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scenarios.demand import cut, demand_needs, reserve_needs, supervisor_needs
from scenarios.errors import Fault, ScenarioError
from scenarios.load import check, library, load_checked, load_scenario, read_raw, validate


@pytest.fixture
def town(tmp_path):
    """A copy of crossroads to spoil."""
    folder = tmp_path / "town"
    shutil.copytree(library()["crossroads"], folder)
    return folder


def read(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))


def edit(folder: Path, table: str, row: int, column: str, value: str) -> None:
    """Change one cell; rows are counted as a spreadsheet does, the header is row 1."""
    path = folder / f"{table}.csv"
    rows = read(path)
    rows[row - 1][rows[0].index(column)] = value
    write(path, rows)


def write(path: Path, rows: list[list[str]], *, encoding="utf-8", delimiter=",") -> None:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    path.write_bytes(out.getvalue().encode(encoding))


def add(folder: Path, table: str, *cells: str) -> int:
    """Append a row and return its number."""
    path = folder / f"{table}.csv"
    rows = read(path)
    rows.append(list(cells))
    write(path, rows)
    return len(rows)


def replace(folder: Path, old: str, new: str) -> None:
    path = folder / "scenario.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def line(folder: Path, text: str) -> int:
    """The line of the settings file that holds a text, found without our own reader."""
    lines = (folder / "scenario.toml").read_text(encoding="utf-8").splitlines()
    (found,) = [n for n, content in enumerate(lines, start=1) if text in content]
    return found


def faults(folder) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        load_checked(folder)
    return [f.sentence() for f in caught.value.faults]


def warnings(folder) -> list[str]:
    return [w.sentence() for w in load_checked(folder).warnings]


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


# ---------------------------------------------------------------- how files are written
def reencode(town, table, *, encoding, delimiter=","):
    path = town / f"{table}.csv"
    rows = read(path)
    rows[1][rows[0].index("name")] = "安全 员甲"
    write(path, rows, encoding=encoding, delimiter=delimiter)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_unicode_and_separators(town, encoding, delimiter):
    reencode(town, "people", encoding=encoding, delimiter=delimiter)
    loaded = load_checked(town)
    assert loaded.scenario.people[0].name == "安全 员甲"
    assert len(loaded.scenario.people) == 12
    assert loaded.warnings == ()


def test_gbk_is_read_with_a_warning(town):
    reencode(town, "people", encoding="gbk")
    loaded = load_checked(town)
    assert loaded.scenario.people[0].name == "安全 员甲"
    assert [w.sentence() for w in loaded.warnings] == [
        "people.csv: expected text in UTF-8. It was read as GBK; save it as UTF-8 to be sure."
    ]


def test_other_encodings_are_not_guessed(town):
    path = town / "people.csv"
    path.write_bytes(path.read_text().replace("Ada Example", "Jürgen Größe").encode("cp1252"))
    assert (
        'people.csv: expected text in UTF-8 or GBK. Save it again as "CSV UTF-8" (spreadsheet) or with '
        "encoding UTF-8 (editor)." in faults(town)
    )


def test_decimal_commas_between_semicolons(town):
    path = town / "units.csv"
    rows = read(path)
    rows[1][3] = rows[1][3].replace(".", ",")
    write(path, rows, delimiter=";")
    assert load_scenario(town).units[0].lon == pytest.approx(10.00665)


def test_blank_rows_and_remarks_keep_row_numbers(town):
    path = town / "people.csv"
    lines = path.read_text().splitlines()
    text = "\n".join(["# who serves", lines[0], "", ",,,,,,,", *lines[1:]])
    path.write_text(text.replace("steward,sergeant", "stewrad,sergeant"))
    assert faults(town) == [
        'people.csv row 13, category "stewrad": expected a category that exists. Did you mean "steward"?'
    ]


def test_unknown_tables_are_named(town):
    (town / "poeple.csv").write_text("id\n1\n")
    assert warnings(town)[0].endswith("Did you mean people.csv?")


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


# ---------------------------------------------------------------- anything at all
_TABLES = sorted(p.stem for p in library()["crossroads"].glob("*.csv"))
_ODD = st.one_of(
    st.sampled_from(
        ["", " ", "-1", "1e400", "nan", "inf", "9" * 40, "2026-06-12 24:00", "2026-06-12", "=1+1", "a;b;c", "x:1", ":",
         "0", "１２", "24:00", "C01", "square", "police", "\ufeff", "a/b", "'", "null", "true"]
    ),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12),
)  # fmt: skip


def seats_can_be_made(scenario) -> bool:
    """What loads must also be able to say what it needs."""
    needs = demand_needs(scenario)
    needs += supervisor_needs(scenario, needs)
    needs += reserve_needs(scenario, needs)
    return all(s.start_s < s.end_s for s in cut(needs, scenario))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_any_cells_load_or_are_faults(data):
    raw = read_raw("crossroads")
    tables = dict(raw.tables)
    for _ in range(data.draw(st.integers(1, 4))):
        table = data.draw(st.sampled_from(_TABLES))
        rows = list(tables[table])
        k = data.draw(st.integers(0, len(rows) - 1))
        column = data.draw(st.sampled_from(sorted(rows[k].values)))
        value = data.draw(_ODD)
        values = {**rows[k].values, column: value}
        if not value.strip():
            del values[column]
        rows[k] = type(rows[k])(values, rows[k].file, rows[k].row)
        tables[table] = tuple(rows)
    try:
        scenario = check(raw.changed(tables=tables)).scenario
    except ScenarioError as error:
        told = all(f.expected and f.file for f in error.faults)
    else:
        told = seats_can_be_made(scenario)
    assert told


_VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(10**6), 10**6), st.floats(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=4,
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_settings_load_or_are_faults(data):
    raw = read_raw("crossroads")
    spoiled = dict(raw.settings)
    name = data.draw(st.sampled_from(sorted(spoiled)))
    value = data.draw(_VALUES.filter(lambda v: v is not None))
    inner = spoiled[name]
    if isinstance(inner, dict) and data.draw(st.booleans()):
        spoiled[name] = {**inner, data.draw(st.sampled_from(sorted(inner))): value}
    elif isinstance(inner, list) and inner and isinstance(inner[0], dict) and data.draw(st.booleans()):
        spoiled[name] = [{**inner[0], data.draw(st.sampled_from(sorted(inner[0]))): value}, *inner[1:]]
    else:
        spoiled[name] = value
    try:
        scenario = validate(raw.changed(settings=spoiled))
    except ScenarioError as error:
        told = all(f.expected and f.file for f in error.faults)
    else:
        told = seats_can_be_made(scenario)
    assert told


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(content=st.binary(max_size=60))
def test_any_bytes_are_a_table_or_a_fault(tmp_path, content):
    folder = tmp_path / "bytes"
    if not folder.exists():
        shutil.copytree(library()["crossroads"], folder)
    (folder / "wishes.csv").write_bytes(content)
    (folder / "ledger.csv").write_bytes(b"person,hours\n" + content)
    try:
        load_checked(folder)
    except ScenarioError as error:
        told = len(error.faults)
    else:
        told = 1
    assert told
