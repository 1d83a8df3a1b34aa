"""How files may be written, and that anything at all loads or is a fault."""

import shutil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scenarios.demand import cut, demand_needs, reserve_needs, supervisor_needs
from scenarios.errors import ScenarioError
from scenarios.load import check, library, load_checked, load_scenario, read_raw, validate
from tests.scenarios.spoil import copy_town, faults, read, warnings, write


@pytest.fixture
def town(tmp_path):
    """A copy of crossroads to spoil."""
    return copy_town(tmp_path)


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


@pytest.mark.parametrize("text", ["foo,bar\nC01,Ada\n", "C01,Ada,police\nC02,Ben,police\n", "\x00\x81\xff"])
def test_an_unreadable_table_is_told_once_and_not_by_every_reference(town, text):
    """Nobody is told that each person of the other tables does not exist."""
    (town / "people.csv").write_bytes(text.encode("latin-1"))
    told = faults(town)
    assert told
    assert all(fault.startswith("people.csv") for fault in told)
