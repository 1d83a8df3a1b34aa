"""Tables of the force in an editor: what stands, what is wrong beside its cell, and edits from what somebody typed."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.draft_patch import patch_text
from scenarios.draft_rows import row_id
from scenarios.errors import ScenarioError
from scenarios.forces.columns import NOWHERE, TABLES, columns_for, person_names
from scenarios.forces.lines import elsewhere, lines_of, slips
from scenarios.forces.typed import begun, edits, resumed, wanted
from scenarios.load import check, read_raw
from scenarios.raw import Raw
from scenarios.store.row_operations import RowGone, Rows, seen_rows
from scenarios.store.rows import CHANGES
from scenarios.whatif import load_whatif

BASE = read_raw("crossroads")
EVE = row_id("people", {"id": "C05"})


@pytest.fixture(autouse=True)
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of the test's own."""
    monkeypatch.setenv("VEDETTE_HOME", str(tmp_path))
    return tmp_path


class NoRows:
    """A scenario nobody has changed."""

    rows: dict = {}  # noqa: RUF012 - never written


def applied(raw: Raw, found, folder: Path) -> Raw:
    """The scenario after edits, by way of the patch that a draft would write."""
    rows = Rows(seen_rows(raw, found.put), [RowGone(*gone) for gone in found.gone]).writes(NoRows())
    changes = sorted((w.after for w in rows if w.sheet == CHANGES and w.after), key=lambda row: row["place"])
    path = folder / "whatif.toml"
    path.write_text(patch_text("crossroads", "t", [(row["kind"], row["values"]) for row in changes]), encoding="utf-8")
    return load_whatif(path, raw)[0]


def editor(raw: Raw, table: str, unit: str = "police"):
    """Columns, rows and a fresh editor of one table."""
    columns = columns_for(raw, table, unit)
    now = lines_of(raw, table, columns, unit)
    return columns, now, begun(now, {})


def typed(raw: Raw, table: str, delta: dict, unit: str = "police"):
    """What comes of typing into a fresh editor."""
    columns, now, sheet = editor(raw, table, unit)
    taken = {str(row.values.get("id", "")) for rows in raw.tables.values() for row in rows}
    return edits(table, now, sheet.shown, wanted(sheet, delta, columns), person_names(raw), taken)


def test_a_unit_shows_its_own_rows() -> None:
    _, people, _ = editor(BASE, "people")
    assert [line.key["id"] for line in people.values()] == [f"C{n:02}" for n in range(1, 9)]
    assert people[EVE].cells["tags"] == "no_standing"
    _, proofs, _ = editor(BASE, "qualifications")
    assert {line.key["person"] for line in proofs.values()} <= {f"C{n:02}" for n in range(1, 9)}
    assert editor(BASE, "people", NOWHERE)[1] == {}


def test_a_cell_is_changed_and_cleared() -> None:
    """By its place in the table as it began; a tick and a list are cells like any other."""
    found = typed(BASE, "people", {"edited_rows": {4: {"rank": "sergeant", "tags": [], "share_pct": 50.0}}})
    assert found.put == (
        ("people", {"id": "C05"}, {"rank": "sergeant", "tags": None, "share_pct": "50"}, "Eve Example"),
    )
    assert (found.gone, found.held, found.anew) == ((), {}, False)
    units = typed(BASE, "units", {"edited_rows": {0: {"duty_lead": False}}}, "")
    assert units.put[0][2] == {"duty_lead": "no"}
    assert not typed(BASE, "units", {"edited_rows": {0: {"duty_lead": True}}}, "").any


def test_a_person_is_added_with_the_next_number_and_the_units_defaults() -> None:
    found = typed(BASE, "people", {"added_rows": [{"name": "Ina New"}, {}, {"unit": "police"}]})
    ((table, key, values, title),) = found.put
    assert (table, key, title) == ("people", {"id": "C13"}, "Ina New")
    assert values == {"name": "Ina New", "unit": "police", "category": "sworn", "rank": "officer"}
    assert found.anew


def test_what_cannot_be_kept_is_held_with_the_reason_and_stays_in_the_editor() -> None:
    """Leave without a person; the id of somebody; a row that is there already."""
    found = typed(BASE, "absences", {"added_rows": [{"kind": "court"}]})
    assert list(found.held.values()) == ["Not kept yet: person is missing."]
    columns, now, sheet = editor(BASE, "absences")
    rows = wanted(sheet, {"added_rows": [{"kind": "court"}]}, columns)
    sheet.dealt(rows, found, now)
    assert list(begun(now, {}, sheet).base.values())[-1]["kind"] == "court"
    renamed = typed(BASE, "people", {"edited_rows": {4: {"id": "X"}}})
    assert list(renamed.held) == [EVE]
    twice = typed(BASE, "people", {"added_rows": [{"name": "Two", "id": "C05"}]})
    assert list(twice.held.values()) == ["Not kept: there is another row of C05."]
    assert not any(found.any for found in (found, renamed, twice))


def test_a_row_that_waited_is_judged_anew_when_the_page_comes_back() -> None:
    """It still waits; with a person it is taken; cells of columns that are gone are passed over."""
    columns, now, before = editor(BASE, "absences")
    before.number = 4
    waiting = [{"kind": "court", "old_column": "x"}, {"kind": "leave", "person": "C05", "start": "2026-06-12 18:00",
                                                      "end": "2026-06-12 20:00"}]  # fmt: skip
    sheet = resumed(now, {}, before, waiting, {}, columns)
    assert (sheet.number, sheet.done) == (5, {name: dict(line.cells) for name, line in now.items()})
    rows = wanted(sheet, {"added_rows": [{"kind": "court"}]}, columns)
    assert len(rows) == len(now) + 3
    found = edits("absences", now, sheet.shown, rows, person_names(BASE))
    assert [put[1]["person"] for put in found.put] == ["C05"]
    assert set(found.held.values()) == {"Not kept yet: person is missing."}
    assert len(found.held) == 2


def test_another_key_is_another_row(tmp_path: Path) -> None:
    """The times of a leave are what tells it apart: the old row goes, the new one has all of it."""
    leave = {"person": "C05", "start": "2026-06-12 18:00", "end": "2026-06-12 20:00", "kind": "court"}
    raw = applied(BASE, typed(BASE, "absences", {"added_rows": [leave]}), tmp_path)
    found = typed(raw, "absences", {"edited_rows": {0: {"end": "2026-06-12 24:00"}}})
    assert [gone[1]["end"] for gone in found.gone] == ["2026-06-12 20:00"]
    key = {name: leave[name] for name in ("person", "start")} | {"end": "2026-06-12 24:00"}
    assert found.put == (("absences", key, {"kind": "court"}, "Eve Example 2026-06-12 18:00"),)
    after = applied(BASE, typed(BASE, "absences", {"added_rows": [{**leave, "end": "2026-06-12 24:00"}]}), tmp_path)
    assert f"{check(after).scenario.absences[0].end:%d %H:%M}" == "13 00:00"


def test_deleted_rows_go() -> None:
    found = typed(BASE, "people", {"deleted_rows": [4, 5]})
    assert [gone[1]["id"] for gone in found.gone] == ["C05", "C06"]


def test_faults_stand_beside_their_cells(tmp_path: Path) -> None:
    """Of the files and of what was typed, each told with its row and column; others stand elsewhere."""
    cells = {4: {"unit": "polcie"}, 3: {"share_pct": 500}}
    found = typed(BASE, "people", {"edited_rows": cells, "added_rows": [{"id": "Z9"}]})
    raw = applied(BASE, found, tmp_path)
    settings_ = {**raw.settings, "map": {**raw.settings["map"], "snap_limit_m": 1}}
    raw = raw.changed(settings=settings_)
    with pytest.raises(ScenarioError) as caught:
        check(raw)
    lines = {table: lines_of(raw, table, columns_for(raw, table)) for table in TABLES}
    beside = slips(raw, caught.value.faults, lines)
    assert [(slip.title, slip.column) for slip in beside] == [
        ("Dan Example", "share_pct"), ("Z9", "name"), ("Eve Example", "unit"),
    ]  # fmt: skip
    text = next(slip.text for slip in beside if slip.column == "unit")
    assert text.startswith('unit "polcie": expected ')
    assert "police" in text
    assert {fault.field for fault in elsewhere(caught.value.faults, beside)} == {"map.snap_limit_m"}
    assert EVE in lines_of(raw, "people", columns_for(raw, "people"), NOWHERE)


def test_rows_that_a_patch_cannot_tell_apart_are_locked() -> None:
    """Two of one id, and one of none, are shown; nothing can be typed into them."""
    people = BASE.tables["people"]
    blank = people[4].__class__({k: v for k, v in people[4].values.items() if k != "id"}, "people.csv", 99)
    raw = BASE.changed(tables={**BASE.tables, "people": (*people, people[4], blank)})
    columns, now, sheet = editor(raw, "people")
    assert [line.key["id"] for line in now.values() if line.locked] == ["C05", ""]
    rows = wanted(sheet, {"edited_rows": {8: {"rank": "sergeant"}}, "deleted_rows": [9]}, columns)
    found = edits("people", now, sheet.shown, rows, person_names(raw))
    assert (len(found.held), found.any, found.anew) == (2, False, True)


def test_a_number_that_is_none_can_be_seen() -> None:
    """A column of numbers with a word in it is text, so that the word shows."""
    people = BASE.tables["people"]
    bad = people[4].__class__({**people[4].values, "seniority": "six"}, "people.csv", 6)
    raw = BASE.changed(tables={**BASE.tables, "people": (*people[:4], bad, *people[5:])})
    forms = {column.name: column.form for column in columns_for(raw, "people", "police")}
    assert (forms["seniority"], forms["share_pct"]) == ("text", "number")


# ---------------------------------------------------------------- whatever is typed
CELL = {
    "people": st.fixed_dictionaries({}, optional={
        "name": st.sampled_from(["A", "B", None]), "rank": st.sampled_from(["officer", "sergeant", None]),
        "share_pct": st.sampled_from([50.0, 100.0, None]), "tags": st.sampled_from([[], ["no_night"], None]),
        "id": st.sampled_from(["C01", "N1", None]),
    }),
    "absences": st.fixed_dictionaries({}, optional={
        "person": st.sampled_from(["C01", "C02", None]), "start": st.sampled_from(["2026-06-12 18:00", "x", None]),
        "kind": st.sampled_from(["court", "leave"]),
    }),
}  # fmt: skip


@st.composite
def deltas(draw):
    """A table, and anything an editor may hand back for it."""
    table = draw(st.sampled_from(["people", "absences"]))
    n = len(editor(FULL, table)[1])
    rows = st.integers(0, max(0, n - 1))
    return table, {
        "edited_rows": draw(st.dictionaries(rows, CELL[table], max_size=3)) if n else {},
        "added_rows": draw(st.lists(CELL[table], max_size=3)),
        "deleted_rows": draw(st.lists(rows, max_size=2, unique=True)) if n else [],
    }


_ABSENT = [
    {"person": f"C0{n}", "start": "2026-06-12 18:00", "end": "2026-06-12 20:00", "kind": "leave"} for n in (1, 2, 3)
]
FULL = BASE.changed(
    tables={**BASE.tables, "absences": tuple(BASE.tables["people"][0].__class__(row, "absences.csv", n + 2)
                                             for n, row in enumerate(_ABSENT))}
)  # fmt: skip


@given(deltas())
@settings(max_examples=60, deadline=None)
def test_what_is_typed_is_what_stands_then(tmp_path_factory, given_) -> None:
    """After the edits the table has just the rows on the screen, but for those that are held; no two rows are one."""
    table, delta = given_
    columns, now, sheet = editor(FULL, table)
    rows = wanted(sheet, delta, columns)
    taken = {str(row.values.get("id", "")) for its in FULL.tables.values() for row in its}
    found = edits(table, now, sheet.shown, rows, person_names(FULL), taken)
    raw = applied(FULL, found, tmp_path_factory.mktemp("typed"))
    assert raw.faults == FULL.faults
    after = lines_of(raw, table, columns, "police")
    # An id that is wiped out comes back: nothing else could be meant.
    old = {name: line.key.get("id", "") for name, line in now.items()}
    screen = {name: {**cells, "id": cells["id"] or old.get(name, "")} if "id" in cells else cells
              for name, cells in rows.items()}  # fmt: skip
    kept = [cells for name, cells in screen.items() if name not in found.held]
    told = [{**cells, "id": "?"} if not cells.get("id") and "id" in cells else cells for cells in kept]
    stand = [line.cells for name, line in after.items() if name not in found.held]
    made = {put[1].get("id") for put in found.put}
    shown = [{**cells, "id": "?"} if cells.get("id") in made and cells not in told else cells for cells in stand]

    def key(cells):
        return sorted(cells.items())

    assert sorted(map(key, shown)) == sorted(map(key, told))
    assert not any(line.locked for line in after.values())


# ---------------------------------------------------------------- while others edit the same table
def cells_of(raw: Raw, table: str) -> dict:
    columns = columns_for(raw, table, "police")
    return {name: dict(line.cells) for name, line in lines_of(raw, table, columns, "police").items()}


def test_a_cell_typed_while_others_edit_takes_nothing_of_theirs_back(tmp_path: Path) -> None:
    """Ben adds a person, changes one and takes one out; Ann types into a row that nobody else touched."""
    columns, _, sheet = editor(BASE, "people")
    found = typed(BASE, "people", {
        "added_rows": [{"name": "Bea New"}], "edited_rows": {1: {"seniority": 9.0}}, "deleted_rows": [2]
    })  # fmt: skip
    raw = applied(BASE, found, tmp_path)
    now = lines_of(raw, "people", columns, "police")
    rows = wanted(sheet, {"edited_rows": {5: {"seniority": 3.0}}}, columns)
    mine = edits("people", now, sheet.shown, rows, person_names(raw))
    assert [(put[1], put[2]) for put in mine.put] == [({"id": "C06"}, {"seniority": "3"})]
    assert (mine.gone, mine.held, mine.anew) == ((), {}, False)
    # What she typed stands; what he did is shown from the next run on.
    sheet.dealt(rows, mine, now)
    assert sheet.stands(now) != rows
    assert begun(now, {}, sheet).base == {name: line.cells for name, line in now.items()}


def test_a_row_that_others_took_out_comes_back_whole_with_what_was_typed(tmp_path: Path) -> None:
    columns, _, sheet = editor(BASE, "people")
    raw = applied(BASE, typed(BASE, "people", {"deleted_rows": [4]}), tmp_path)
    now = lines_of(raw, "people", columns, "police")
    rows = wanted(sheet, {"edited_rows": {4: {"rank": "sergeant"}}}, columns)
    ((_, key, values, title),) = edits("people", now, sheet.shown, rows, person_names(raw)).put
    assert (key, title, values["rank"], values["tags"]) == ({"id": "C05"}, "Eve Example", "sergeant", "no_standing")


def test_another_cell_of_a_row_that_was_just_added_changes_that_row(tmp_path: Path) -> None:
    """Typed while the first one is being saved, in the editor that knows no number of the new person yet."""
    columns, now, sheet = editor(BASE, "people")
    rows = wanted(sheet, {"added_rows": [{"name": "Ina New"}]}, columns)
    ids = {f"C{n:02}" for n in range(1, 13)}
    found = edits("people", now, sheet.shown, rows, person_names(BASE), ids)
    sheet.dealt(rows, found, now)
    raw = applied(BASE, found, tmp_path)
    now = lines_of(raw, "people", columns, "police")
    rows = wanted(sheet, {"added_rows": [{"name": "Ina New", "rank": "sergeant"}]}, columns)
    more = edits("people", now, sheet.shown, rows, person_names(raw), {*ids, "C13"})
    assert more.put == (("people", {"id": "C13"}, {"rank": "sergeant"}, "Ina New"),)


def test_cells_of_a_row_that_cannot_be_kept_wait_over_what_stands(tmp_path: Path) -> None:
    """A leave whose person was wiped out: after a change of page too, and over what others wrote into the row."""
    columns, now, sheet = editor(FULL, "absences")
    name = next(iter(now))
    rows = wanted(sheet, {"edited_rows": {0: {"person": None}}}, columns)
    found = edits("absences", now, sheet.shown, rows, person_names(FULL))
    sheet.dealt(rows, found, now)
    assert (found.any, sheet.parts, list(sheet.held)) == (False, {name: {"person": ""}}, [name])
    others = typed(FULL, "absences", {"edited_rows": {0: {"kind": "court"}}})
    after = lines_of(applied(FULL, others, tmp_path), "absences", columns, "police")
    want = {**after[name].cells, "person": ""}
    assert want["kind"] == "court"
    assert sheet.stands(after)[name] == begun(after, {}, sheet).base[name] == want
    come_back = resumed(after, {}, sheet, [], sheet.parts, columns)
    assert (come_back.base[name], come_back.done[name]) == (want, after[name].cells)
    assert resumed({}, {}, sheet, [], sheet.parts, columns).base == {}


def test_an_editor_is_drawn_as_it_was_begun_until_what_was_typed_is_dealt_with() -> None:
    """Streamlit's editor forgets what was typed when its columns or marks change: then another one is begun."""
    columns, now, sheet = editor(FULL, "absences")
    sheet.begin(columns)
    assert not sheet.stale(now, sheet.done, {}, columns)
    rows = wanted(sheet, {"edited_rows": {0: {"person": None}}}, columns)
    sheet.dealt(rows, edits("absences", now, sheet.shown, rows, person_names(FULL)), now)
    assert sheet.told == {}
    assert sheet.stale(now, rows, {}, columns)  # so that the reason stands beside the row
    after = begun(now, {}, sheet)
    after.begin(columns)
    assert (after.told, after.stale(now, after.base, {}, columns)) == (sheet.held, False)
    more = columns_for(BASE.changed(tables={**BASE.tables, "people": BASE.tables["people"][:-1]}), "absences", "")
    assert after.stale(now, after.base, {}, more)
    assert after.stale(now, after.base, {list(now)[1]: "wrong"}, columns)
    after.begin(more)
    assert after.columns == columns


STEP = st.tuples(st.booleans(), st.integers(0, 1), st.sampled_from(["name", "seniority"]), st.integers(0, 2))
VALUES = {"name": ["A", "B", "C"], "seniority": ["1", "2", "3"]}


@given(st.lists(st.tuples(STEP, st.booleans()), max_size=8))
@settings(max_examples=40, deadline=None)
def test_whoever_typed_a_cell_last_has_it(tmp_path_factory, steps) -> None:
    """Ann types into her editor, which runs at once; Ben's edits she sees when her editor runs, now or later.

    Whatever comes between, the table has in each cell what was typed there last, and nothing else.
    """
    columns = columns_for(BASE, "people", "police")
    raw, folder = BASE, tmp_path_factory.mktemp("last")
    sheet, delta = begun(lines_of(raw, "people", columns, "police"), {}), {}
    truth = cells_of(raw, "people")
    names = list(truth)
    for (ann, row, column, k), looks in steps:
        value = VALUES[column][k]
        if not ann:
            raw = applied(raw, typed(raw, "people", {"edited_rows": {row: {column: value}}}), folder)
            truth[names[row]][column] = value
        else:
            shown = {**sheet.base[names[row]], **delta.get(row, {})}[column]
            delta.setdefault(row, {})[column] = value
            if value != shown:  # else the editor tells nothing
                truth[names[row]][column] = value
        if ann or looks:
            now = lines_of(raw, "people", columns, "police")
            rows = wanted(sheet, {"edited_rows": delta}, columns)
            if rows != sheet.done:
                found = edits("people", now, sheet.shown, rows, person_names(raw))
                sheet.dealt(rows, found, now)
                raw = applied(raw, found, folder)
                now = lines_of(raw, "people", columns, "police")
            if looks and sheet.stands(now) != rows:
                sheet, delta = begun(now, {}, sheet), {}
    assert cells_of(raw, "people") == truth
