"""The smallest workbook that a scenario can be made from: an empty one to fill in, and one that comes back.

Sheets and columns are few; everything else has a default. Names may be English or Chinese. Faults name sheet, row and
column as they stand in the file, all of them at once.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from scenarios.errors import Fault, ScenarioError
from scenarios.raw import listed, nearest
from scenarios.starting.given import Event, Given, Line
from scenarios.starting.names import cell_of, column_of, heading, sheet_name, sheet_of
from scenarios.tongue import mark
from scenarios.tongue import say as _

MOST_BYTES = 20 * 2**20
MOST_UNPACKED = 200 * 2**20
MOST_ROWS = 20_000
#: Sheet -> table, and its columns: name, whether it must be filled, and what stands there.
SHEETS: dict[str, tuple[str, tuple[tuple[str, bool, str], ...]]] = {
    "Sites": ("sites", (
        ("name", True, mark("as on the map, or with its point")),
        ("kind", False, mark("stadium, square, station, school ...")),
        ("lon", False, mark("degrees east, where the map does not know the name")),
        ("lat", False, mark("degrees north")), ("class", False, mark("1 (first), 2 or 3: how soon help must come")),
        ("guards", False, mark("event:2 for two officers")),
    )),
    "Units": ("units", (
        ("name", True, mark("Police")), ("lon", False, mark("where they start from")), ("lat", False, ""),
        ("strength", False, mark("sworn:12;steward:6 for people without names yet")),
    )),
    "People": ("people", (
        ("name", True, mark("one officer a row")), ("unit", False, mark("as on Units; the first where blank")),
        ("category", False, mark("sworn, auxiliary or steward")),
        ("rank", False, mark("officer, sergeant or inspector")), ("id", False, mark("made up where blank")),
    )),
    "Leave": ("absences", (
        ("person", True, mark("name or id as on People")), ("start", True, "2026-08-28 18:00"), ("end", True, ""),
        ("kind", False, mark("leave, medical, training, court or other")),
    )),
    "Sessions": ("sessions", (
        ("title", True, mark("what happens")), ("site", True, mark("name as on Sites")),
        ("start", True, "2026-08-28 19:00"),
        ("end", True, ""), ("attendance", True, mark("how many are expected")), ("gates", False, "1"),
        ("kind", False, mark("concert, match, exhibition, market, ceremony, parade or other")),
        ("risk", False, mark("low, medium or high")),
    )),
}  # fmt: skip
EVENT = (
    ("title", mark("what it is called")), ("timezone", mark("such as Asia/Shanghai or Europe/Berlin")),
    ("start", mark("when duty begins: 2026-08-28 17:00")), ("end", mark("when the last duty ends")),
)  # fmt: skip
NEEDED = ("Event", "Sites", "Units", "People")


def empty_workbook(event: Event | None = None) -> bytes:
    """An empty workbook to fill in; each column says what belongs into it."""
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        head = book.add_format({"bold": True, "bg_color": "#dfe8f3", "bottom": 1})
        must = book.add_format({"bold": True, "bg_color": "#bcd3ee", "bottom": 1})
        text = book.add_format({"num_format": "@"})
        sheet = book.add_worksheet(sheet_name("Event"))
        sheet.set_column(0, 0, 14, must)
        sheet.set_column(1, 1, 40, text)
        sheet.set_column(2, 2, 50)
        for n, (name, about) in enumerate(EVENT):
            sheet.write_string(n, 0, heading("", name))
            sheet.write_string(n, 1, "" if event is None else getattr(event, name))
            sheet.write_string(n, 2, _(about))
        for title, (table, columns) in SHEETS.items():
            sheet = book.add_worksheet(sheet_name(title))
            sheet.freeze_panes(1, 0)
            for n, (name, needed, about) in enumerate(columns):
                # Text, so that 007 stays 007 and a time is not turned into a number.
                sheet.set_column(n, n, 22, text)
                sheet.write_string(0, n, heading(table, name), must if needed else head)
                if about:
                    sheet.write_comment(0, n, _(about))
    return out.getvalue()


def read_workbook(content: bytes, name: str = "workbook") -> Given:
    """What a workbook gives.

    Raises
    ------
    ScenarioError
        It is no workbook, too large, or lacks sheets, columns or cells; every one is named.
    """
    book = opened(content, name)
    faults: list[Fault] = []
    sheets = {sheet_of(str(sheet.title)) or "": sheet for sheet in reversed(book.worksheets)}
    faults += [
        Fault(name, None, "", "", _("a sheet {title}", title=sheet_name(title)), _("start from the empty workbook"))
        for title in NEEDED
        if title not in sheets
    ]
    headings: dict[tuple[str, str], str] = {}
    event = _event(sheets.get("Event"), headings, faults)
    titles = {table: str(sheets[name].title) for name, (table, _c) in SHEETS.items() if name in sheets}
    tables = {
        table: _table(sheets[name], titles[table], table, columns, headings, faults)
        for name, (table, columns) in SHEETS.items()
        if name in sheets
    }
    for table in ("sites", "units", "people"):
        if table in titles and not tables[table] and not faults:
            place = _("sheet {title}", title=titles[table])
            faults.append(Fault(place, None, "", "", _("at least one row"), _("fill it in")))
    if faults:
        raise ScenarioError(faults)
    return Given(event, tables, titles, headings)


def opened(content: bytes, name: str) -> Any:
    """The workbook as openpyxl reads it; ScenarioError where it is none, or too large."""
    import openpyxl

    remedy = _("save it as .xlsx and try again")
    bad = ScenarioError([Fault(name, None, "", "", _("an Excel workbook (.xlsx)"), remedy)])
    if len(content) > MOST_BYTES:
        most = _("at most {n} MiB", n=MOST_BYTES // 2**20)
        raise ScenarioError([Fault(name, None, "", "", most, _("leave out pictures"))])
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(info.file_size for info in packed.infolist()) > MOST_UNPACKED:
                raise bad
        return openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    except ScenarioError:
        raise
    except Exception:  # noqa: BLE001 - whatever a strange file makes the reader raise, it is no workbook of ours
        raise bad from None


def _event(sheet: Any, headings: dict[tuple[str, str], str], faults: list[Fault]) -> Event:
    if sheet is None:
        return Event("", "", "", "")
    names = tuple(name for name, _about in EVENT)
    rows = [row for row in _cells(sheet, faults, str(sheet.title)) if len(row) > 1]
    titles = {column: cell_text(row[0]) for row in rows if (column := column_of("", cell_text(row[0]), names))}
    cells = {cell_text(row[0]): cell_text(row[1]) for row in rows}
    found = {column: cell_of(column, cells[title]) for column, title in titles.items()}
    headings.update({("", column): title for column, title in titles.items()})
    place = _("sheet {title}", title=sheet.title)
    faults += [
        Fault(place, None, titles.get(name) or heading("", name), "", _(about), _("write it into column B"))
        for name, about in EVENT
        if not found.get(name)
    ]
    return Event(*(found.get(name, "") for name in names))


def _table(
    sheet: Any, title: str, table: str, columns: Sequence[tuple[str, bool, str]],
    headings: dict[tuple[str, str], str], faults: list[Fault],
) -> tuple[Line, ...]:  # fmt: skip
    rows = list(_cells(sheet, faults, title))
    known = tuple(name for name, _needed, _about in columns)
    place = _("sheet {title}", title=title)
    titles = [cell_text(cell) for cell in (rows[0] if rows else ())]
    header = columns_of(place, table, titles, known, faults)
    named = {column: titles[n] for n, column in enumerate(header) if column}
    headings.update({(table, column): title for column, title in named.items()})
    missing = [name for name, needed, _about in columns if needed and name not in header]
    faults += [
        Fault(place, 1, heading(table, name), "", _("this column"), _("start from the empty workbook"))
        for name in missing
    ]
    found = []
    for number, row in enumerate(rows[1:], start=2):
        cells = {name: cell_of(name, cell_text(cell)) for name, cell in zip(header, row, strict=False) if name}
        if not any(cells.values()):
            continue
        faults += [
            Fault(place, number, named[name], "", _(about) if about else _("a value"), _("fill it in"))
            for name, needed, about in columns
            if needed and name not in missing and not cells.get(name)
        ]
        found.append(Line(cells, number))
    return tuple(found)


def columns_of(
    place: str, table: str, titles: Sequence[str], known: tuple[str, ...], faults: list[Fault]
) -> list[str | None]:
    """The column that each heading means; None for one that is blank, or not known or there twice: faults."""
    header = [column_of(table, title, known) for title in titles]
    for n, (title, column) in enumerate(zip(titles, header, strict=True)):
        if column is not None and column in header[:n]:
            header[n] = None
            faults.append(
                Fault(place, 1, title, "", _("each column once"), _("remove the second column of this name"))
            )
            continue
        if title and column is None:
            names = [heading(table, name) for name in known]
            like = nearest(title, names)
            remedy = _('did you mean "{like}"?', like=like) if like else _("known are {names}", names=listed(names))
            faults.append(Fault(place, 1, title, "", _("a column that is known"), remedy))
    return header


def _cells(sheet: Any, faults: list[Fault], title: str) -> Iterator[tuple[Any, ...]]:
    if (sheet.max_row or 0) > MOST_ROWS:
        place, most = _("sheet {title}", title=title), _("at most {n:,} rows", n=MOST_ROWS)
        faults.append(Fault(place, None, "", "", most, _("remove empty rows")))
        return
    yield from sheet.iter_rows(values_only=True, max_col=40)


def cell_text(cell: Any) -> str:
    """A cell as people see it: times without seconds, whole numbers without a point."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    if isinstance(cell, date):
        return f"{cell:%Y-%m-%d} 00:00"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
