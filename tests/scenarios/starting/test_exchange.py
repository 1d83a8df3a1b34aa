"""The force as a workbook: what goes out comes back the same; what differs is shown, and taken over as one edit."""

import io
from pathlib import Path

import openpyxl
import pytest

from scenarios import drafts
from scenarios.errors import ScenarioError
from scenarios.load import read_raw
from scenarios.starting.exchange import COLUMNS, compared, workbook_of
from scenarios.starting.names import SHEET_NAMES, cell_of, column_of, heading, sheet_name, sheet_of
from scenarios.starting.workbook import EVENT, SHEETS, empty_workbook, read_workbook
from scenarios.tongue import speaking

RAW = read_raw("crossroads")


@pytest.fixture(autouse=True)
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of the test's own."""
    monkeypatch.setenv("VEDETTE_HOME", str(tmp_path))
    return tmp_path


def changed(change, code: str = "en") -> bytes:
    """The workbook of the scenario after somebody worked on it."""
    with speaking(code):
        book = openpyxl.load_workbook(io.BytesIO(workbook_of(RAW)))
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def faults(content: bytes, name: str = "x.xlsx") -> list[tuple[str, int | None, str, str]]:
    with pytest.raises(ScenarioError) as caught:
        compared(RAW, content, name)
    return [(fault.file, fault.row, fault.field, fault.value) for fault in caught.value.faults]


@pytest.mark.parametrize("code", ["en", "zh"])
@pytest.mark.parametrize("name", ["crossroads", "neubrandenburg"])
def test_what_goes_out_comes_back_the_same(name: str, code: str) -> None:
    """In either language, whatever language reads it."""
    raw = read_raw(name)
    with speaking(code):
        content = workbook_of(raw)
    found = compared(raw, content, "x.xlsx")
    tables = [SHEET_NAMES[sheet][0] for sheet in COLUMNS]
    assert (found.differences, found.same) == ((), sum(len(raw.tables.get(table, ())) for table in tables))


def test_added_changed_and_missing_are_told_and_taken_over_as_one() -> None:
    def work(book) -> None:
        people = book["People"]
        people["E6"] = "sergeant"  # Eve
        people.delete_rows(9)  # Hana
        people.append(["", "Ina New", "Crossroads Police", "", "", 50])
        book["Leave"].append(["Ina New", "2026-06-12 18:00", "2026-06-12 24:00", ""])

    found = compared(RAW, changed(work), "x.xlsx")
    told = [(one.kind, one.table, one.title) for one in found.differences]
    assert told == [
        ("changed", "people", "Eve Example"), ("added", "people", "Ina New"), ("missing", "people", "Hana Example"),
        ("added", "absences", "Ina New 2026-06-12 18:00"),
    ]  # fmt: skip
    assert (found.of("changed")[0].before, found.of("changed")[0].after) == ({"rank": "officer"}, {"rank": "sergeant"})
    draft = drafts.change_rows("crossroads", **found.edits())
    its = drafts.loaded(drafts.find(draft.id)).scenario
    ina = next(p for p in its.people if p.name == "Ina New")
    assert (len(its.people), ina.unit, ina.share_pct, its.absences[-1].person) == (13, "police", 50, ina.id)
    again = compared(drafts.raw_of(drafts.find(draft.id)), changed(work), "x")
    draft = drafts.change_rows(draft.id, **again.edits(missing=True))
    assert "C08" not in {p.id for p in drafts.loaded(drafts.find(draft.id)).scenario.people}
    drafts.undo(draft)
    drafts.undo(draft)
    assert drafts.find(draft.id).draft.changes == ()


def test_every_fault_is_told_at_once_by_sheet_row_and_column() -> None:
    def work(book) -> None:
        people = book["People"]
        people["C3"], people["E4"], people["F5"], people["A6"] = "Polcie", "kommissar", "half", "C01"
        people["H1"] = "nonsense"
        book["Leave"].append(["Nobody", "8:00-16：00", "2026-06-12 20:00", "holiday"])
        book["Sites"]["F2"] = 9

    found = faults(changed(work))
    assert found == [
        ("sheet People", 1, "nonsense", ""), ("sheet People", 3, "unit", "Polcie"),
        ("sheet People", 4, "rank", "kommissar"), ("sheet People", 5, "share_pct", "half"),
        ("sheet People", 6, "id", "C01"), ("sheet Leave", 2, "person", "Nobody"),
        ("sheet Leave", 2, "start", "8:00-16：00"), ("sheet Leave", 2, "kind", "holiday"),
        ("sheet Sites", 2, "class", "9"),
    ]  # fmt: skip


def test_what_is_no_workbook_is_told() -> None:
    assert faults(b"x") == [("x.xlsx", None, "", "")]
    assert faults(b"x" * (21 * 2**20)) == [("x.xlsx", None, "", "")]
    assert faults(b"a,b\n1,2\n", "x.csv") == [("x.csv", None, "", "")]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig"])
def test_one_table_as_text_in_chinese(encoding: str) -> None:
    """As Excel saves it in China: GBK, Chinese headings, dates and words."""
    text = "姓名,单位,类别,警衔,警号\n王小明,Crossroads Police,民警,警司,P100\n李雷,Crossroads Police,辅警,,\n"
    found = compared(RAW, text.encode(encoding), "人员.csv")
    assert [(one.kind, one.title, one.key["id"]) for one in found.of("added")] == [
        ("added", "王小明", "P100"), ("added", "李雷", "李雷"),
    ]  # fmt: skip
    assert [(one.after["category"], one.after["rank"]) for one in found.of("added")] == [
        ("sworn", "sergeant"), ("auxiliary", "officer"),
    ]  # fmt: skip
    leave = "姓名,开始时间,结束时间,类型\nEve Example,2026年6月12日 18时,2026年6月12日 24:00,病假\n"
    absence = compared(RAW, leave.encode(encoding), "名单.csv").of("added")[0]
    assert dict(absence.key) == {"person": "C05", "start": "2026-06-12 18:00", "end": "2026-06-13 00:00"}
    assert absence.after["kind"] == "medical"


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("Sites.csv", "id,name,lon,lat\npolice,Kiosk,10.005,50.002\n", (2, "id", "police")),
        ("People.csv", "id,name,unit\nA B,Zed,police\n", (2, "id", "A B")),
        ("请假.csv", "人员,开始,结束\nC01,2026-06-12 20:00,2026-06-12 18:00\n", (2, "结束", "2026-06-12 18:00")),
        ("Units.csv", "name,lon,lat,strength\nNew unit,10.005,50.002,sworms:6\n", (2, "strength", "sworms:6")),
        ("People.csv", "id,tags\nC05,\nC06,foo\n", (3, "tags", "foo")),
        ("Sites.csv", "name\nPlace\n", (2, "lon", "")),
        ("Sites.csv", "id,cover\nsquare,nospan\n", (2, "cover", "nospan")),
    ],
)  # fmt: skip
def test_what_would_make_the_scenario_faulty_is_told_and_not_taken(name: str, text: str, told) -> None:
    """What only the whole scenario can judge, in the words of the file."""
    assert faults(text.encode(), name) == [(f"sheet {name}", *told)]


def test_a_scenario_that_is_faulty_already_can_be_mended_from_a_file() -> None:
    """Faults that stand there are no reason to refuse; new ones of the file's own rows are."""
    draft = drafts.put("crossroads", "people", {"id": "C05"}, {"tags": "foo"}, title="Eve")
    raw = drafts.raw_of(drafts.find(draft.id))
    assert compared(raw, b"id,name\nC06,Fay\n", "People.csv").of("changed")
    assert compared(raw, b"id,tags\nC05,no_night\n", "People.csv").of("changed")
    with pytest.raises(ScenarioError) as caught:
        compared(raw, b"id,tags\nC06,bar\n", "People.csv")
    assert [fault.value for fault in caught.value.faults] == ["bar"]


@pytest.mark.parametrize("end", ["\r", "\r\n", "\n"])
def test_the_line_ends_of_every_system_are_read(end: str) -> None:
    """Excel for Mac parts rows by a carriage return alone."""
    found = compared(RAW, f"id;name{end}C05;Eve Other{end}".encode(), "people.csv")
    assert [(one.kind, dict(one.after)) for one in found.of("changed")] == [("changed", {"name": "Eve Other"})]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('id,name\nC05,"' + "x" * 140_000, "cells of at most 131,072 characters"),
        ("name\n" + "x\n" * 20_001, "at most 20,000 rows"),
        ("", "a header row"), ("\n\n", "a header row"), (" , \nC05,Eve\n", "a header row"),
        ("id,name\n", "at least one row"), ("id,name\n,\n", "at least one row"),
        ("name,unit,Name\nAnn,Crossroads Police,Bob\n", "each column once"),
        ("name,unit,姓名\nAnn,Crossroads Police,Bob\n", "each column once"),
    ],
    ids=["long cell", "many rows", "empty", "blank", "no headings", "headings alone", "blank rows", "twice", "in two"],
)  # fmt: skip
def test_what_is_wrong_with_a_table_as_text_is_told_as_what_it_is(text: str, expected: str) -> None:
    """None of these offers to take out everybody."""
    with pytest.raises(ScenarioError) as caught:
        compared(RAW, text.encode(), "people.csv")
    assert [fault.expected for fault in caught.value.faults] == [expected]


def test_a_sheet_without_headings_takes_nobody_out() -> None:
    def work(book) -> None:
        book["People"].delete_rows(1, 20)

    assert faults(changed(work)) == [("sheet People", 1, "", "")]


# ---------------------------------------------------------------- names
def test_names_of_sheets_and_columns_lead_back_to_themselves() -> None:
    """What is written is what is read, in both languages, and no two columns of a sheet have one heading."""
    every = {SHEET_NAMES[sheet][0]: tuple(columns) for sheet, columns in COLUMNS.items()}
    every |= {table: tuple(name for name, *_ in columns) for table, columns in SHEETS.values()}
    every[""] = tuple(name for name, _ in EVENT)
    for code in ("en", "zh"):
        with speaking(code):
            assert [sheet_of(sheet_name(sheet)) for sheet in SHEET_NAMES] == list(SHEET_NAMES)
            for table, columns in every.items():
                heads = [heading(table, column) for column in columns]
                assert len(set(heads)) == len(heads)
                assert [column_of(table, head, columns) for head in heads] == list(columns)
    assert sheet_of(" ＰＥＯＰＬＥ ") == "People"
    assert cell_of("start", "2026年6月2日 8点30分") == "2026-06-02 08:30"
    assert cell_of("category", "民警", ("民警",)) == "民警"


def test_an_empty_chinese_workbook_is_filled_in_and_read() -> None:
    """Chinese sheets, headings and words; faults name them as they stand in the file."""
    with speaking("zh"):
        book = openpyxl.load_workbook(io.BytesIO(empty_workbook()))
        assert book.sheetnames == ["活动", "地点", "单位", "人员", "请假", "场次"]
        for n, text in enumerate(("灯会", "Asia/Shanghai", "2026年6月12日 17:00", "2026-06-12 24:00"), start=1):
            book["活动"].cell(n, 2).value = text
        book["地点"].append(["中心广场", "广场"])
        book["单位"].append(["派出所"])
        book["人员"].append(["王小明", "派出所", "民警", "警督"])
        book["场次"].append(["灯会", "中心广场", "2026-06-12 19:00", "", 500, 2, "集市", "高"])
        out = io.BytesIO()
        book.save(out)
        with pytest.raises(ScenarioError) as caught:
            read_workbook(out.getvalue())
        assert [(f.file, f.row, f.field) for f in caught.value.faults] == [("工作表 场次", 2, "结束")]
        book["场次"]["D2"] = "2026-06-12 22:00"
        out = io.BytesIO()
        book.save(out)
        its = read_workbook(out.getvalue())
    assert (its.event.title, its.event.start) == ("灯会", "2026-06-12 17:00")
    person, session = its.rows("people")[0], its.rows("sessions")[0]
    assert (person.get("category"), person.get("rank"), session.get("kind"), session.get("risk")) == (
        "sworn", "inspector", "market", "high",
    )  # fmt: skip
