"""The table that is saved as it is edited: what Streamlit reports becomes rows, and rows become edits."""

from app_pages._grid import Edits, Sheet, edits, plain, typed

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
    assert edits(BASE, rows) == Edits({"a": {"n": 7}}, {"new1": rows["new1"]}, ("b",))
    # The same report again gives the same ids.
    assert typed(sheet, delta, BLANK, fresh) == rows


def test_a_cell_that_was_emptied_keeps_what_stood() -> None:
    assert typed(Sheet(BASE), {"edited_rows": {0: {"n": None}}}, BLANK, fresh) == BASE
    assert edits(BASE, BASE) == Edits({}, {}, ())


def test_an_id_that_is_taken_is_not_given_again() -> None:
    sheet = Sheet({"new1": BLANK})
    rows = typed(sheet, {"added_rows": [{"title": "C"}, {"title": "D"}]}, BLANK, fresh)
    assert list(rows) == ["new1", "new2", "new3"]


def test_texts_that_look_like_moments_stay_texts() -> None:
    assert plain("The Tall 2026 show T") == "The Tall 2026 show T"
    assert plain(True) is True
