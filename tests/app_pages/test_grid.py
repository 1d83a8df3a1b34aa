"""The table that is saved as it is edited: what Streamlit reports becomes rows, and rows become edits."""

from app_pages._grid_rows import Edits, Sheet, begun, edits, parts, plain, typed

BASE = {
    "a": {"title": "A", "n": 1, "start": "2026-06-12 19:00"},
    "b": {"title": "B", "n": 2, "start": "2026-06-13 19:00"},
}
BLANK = {"title": "", "n": 0, "start": "2026-06-12 20:00"}


def fresh(taken: set[str]) -> str:
    return next(f"new{k}" for k in range(1, 99) if f"new{k}" not in taken)


def test_cells_rows_and_moments() -> None:
    """One cell typed, one row out, one added with a moment as the browser tells it."""
    delta = {
        "edited_rows": {0: {"n": 7}},
        "added_rows": [{"title": "C", "start": "2026-06-12T21:30:00.000Z", "_index": 5}],
        "deleted_rows": [1],
    }
    sheet = Sheet(BASE)
    rows = typed(sheet, delta, BLANK, fresh)
    assert rows == {"a": {**BASE["a"], "n": 7}, "new1": {"title": "C", "n": 0, "start": "2026-06-12 21:30"}}
    assert edits(BASE, BASE, rows) == Edits({"a": {"n": 7}}, {"new1": rows["new1"]}, ("b",))
    # The same report again gives the same ids.
    assert typed(sheet, delta, BLANK, fresh) == rows


def test_a_cell_that_was_emptied_keeps_what_stood() -> None:
    assert typed(Sheet(BASE), {"edited_rows": {0: {"n": None}}}, BLANK, fresh) == BASE
    assert edits(BASE, BASE, BASE) == Edits({}, {}, ())


def test_an_id_that_is_taken_is_not_given_again() -> None:
    sheet = Sheet({"new1": BLANK})
    rows = typed(sheet, {"added_rows": [{"title": "C"}, {"title": "D"}]}, BLANK, fresh)
    assert list(rows) == ["new1", "new2", "new3"]


def test_texts_that_look_like_moments_stay_texts() -> None:
    assert plain("The Tall 2026 show T") == "The Tall 2026 show T"
    assert plain(True) is True


def judge(row: dict) -> str:
    return "" if row["title"] else "no title"


def test_a_table_begins_with_what_stands_and_what_is_held_over_it() -> None:
    """A cell typed into a row that others have changed since, and a new row; both still wait."""
    typed_in = {"b": {"title": ""}, "new1": {**BLANK, "n": 3}}
    now = {**BASE, "b": {**BASE["b"], "n": 9}}
    sheet = begun(now, typed_in, BLANK, judge, fresh)
    assert sheet.base == {"a": BASE["a"], "b": {**BASE["b"], "n": 9, "title": ""}, "new1": {**BLANK, "n": 3}}
    assert (sheet.done, sheet.held) == (sheet.base, {"b": "no title", "new1": "no title"})
    assert parts(sheet.shown, sheet.done, sheet.held) == sheet.parts == typed_in


def test_what_has_become_right_is_an_edit_that_nobody_has_dealt_with() -> None:
    typed_in = {"b": {"n": 5}, "new1": {**BLANK, "title": "C"}}
    sheet = begun(BASE, typed_in, BLANK, judge, fresh)
    assert (sheet.done, sheet.held, sheet.parts) == (BASE, {}, {})
    wanted = typed(sheet, {}, BLANK, fresh)
    assert edits(sheet.shown, BASE, wanted) == Edits({"b": {"n": 5}}, {"new1": typed_in["new1"]}, ())


def test_a_new_row_whose_name_was_given_to_another_gets_its_own() -> None:
    now = {"new1": {"title": "Another's", "n": 1, "start": "2026-06-12 19:00"}}
    sheet = begun(now, {"new1": {**BLANK, "n": 3}}, BLANK, judge, fresh)
    assert sheet.base == {**now, "new2": {**BLANK, "n": 3}}


def test_what_others_did_meanwhile_is_not_taken_back() -> None:
    """Ben adds a row, changes another and takes one out; Ann, who was shown none of it, types one cell."""
    base = {**BASE, "c": {"title": "C", "n": 3, "start": "2026-06-14 19:00"}}
    now = {"a": base["a"], "b": {**base["b"], "n": 9}, "d": {**BLANK, "title": "Ben's"}}
    wanted = {**base, "a": {**base["a"], "n": 7}}
    assert edits(base, now, wanted) == Edits({"a": {"n": 7}}, {}, ())
    # The row that Ben changed: her cell alone. The row that he took out: it is wanted as a whole again.
    assert edits(base, now, {**base, "b": {**base["b"], "title": "Z"}}) == Edits({"b": {"title": "Z"}}, {}, ())
    back = {**base["c"], "n": 4}
    assert edits(base, now, {**base, "c": back}) == Edits({}, {"c": back}, ())
    # What both did alike stands already; what she took out is his to take out too.
    assert edits(base, now, {"a": base["a"], "b": {**base["b"], "n": 9}}) == Edits({}, {}, ())


def test_what_is_held_keeps_the_cells_that_were_typed_and_no_others() -> None:
    """A title was wiped out while Ben changed the number: his number is not kept as hers; a row taken out is gone."""
    wanted = {**BASE, "b": {**BASE["b"], "title": ""}}
    kept = parts(BASE, wanted, {"b": "no title"})
    assert kept == {"b": {"title": ""}}
    assert begun({**BASE, "b": {**BASE["b"], "n": 9}}, kept, BLANK, judge, fresh).base["b"]["n"] == 9
    assert begun({"a": BASE["a"]}, kept, BLANK, judge, fresh).base == {"a": BASE["a"]}
