"""The request as a workbook: a page of sums, one page a unit by hour, and what each numbered place must be."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from scenarios.publish.roster_xlsx import Book
from scenarios.publish.sheet import Press
from scenarios.staff import HOUR_S

if TYPE_CHECKING:
    from scenarios.request import Line, Request

_NAME_LENGTH = 28


def request_xlsx(press: Press, request: Request) -> bytes:
    """The workbook's bytes; the same plan gives the same bytes."""
    book = Book(press)
    by_unit: dict[str, list[Line]] = defaultdict(list)
    for line in request.lines:
        by_unit[line.unit].append(line)
    _sums(book, request)
    if request.bids:
        _places(book, request)
    names: set[str] = set()
    for unit in request.units:
        _unit(book, request, unit, by_unit[unit], _sheet_name(press.unit(unit), names))
    book.book.close()
    return book.buffer.getvalue()


def _sheet_name(title: str, taken: set[str]) -> str:
    """A sheet's name: no sign that workbooks refuse, not too long, once."""
    plain = "".join(" " if c in "[]:*?/\\'" else c for c in title).strip()[:_NAME_LENGTH] or "Unit"
    name, k = plain, 1
    while name.lower() in taken:
        k += 1
        name = f"{plain[: _NAME_LENGTH - 3]} {k}"
    taken.add(name.lower())
    return name


def _sums(book: Book, request: Request) -> None:
    press, w = book.press, book.press.words
    heads = [w("Unit"), w("Most heads at once"), w("Head hours"), w("Names unknown"), w("Missing at once"), w("Asks")]
    sheet = book.sheet("Request", heads, [30, 12, 12, 12, 12, 90], frozen=1)
    row = 3
    for row, unit in enumerate(request.units, start=4):
        counts = request.heads.get(unit, (0,))
        sheet.write_string(row, 0, press.unit(unit), book.bold)
        for col, number in (
            (1, max(counts)), (2, sum(counts)), (3, request.n_unknown(unit)),
            (4, request.missing_at_once(unit)),
        ):  # fmt: skip
            sheet.write_number(row, col, number, book.red if col == 4 and number else book.cell)
        asks = "; ".join(request.words(sort) for sort in request.sorts[unit])
        sheet.write_string(row, 5, asks, book.wrap)
    book.finish(sheet, 3, row, len(heads) - 1)


def _places(book: Book, request: Request) -> None:
    press, w = book.press, book.press.words
    heads = [w("Numbered place"), w("Unit"), w("Must be"), w("Duties"), w("Hours"), w("Bound"), w("Name")]
    sheet = book.sheet("Names wanted", heads, [24, 28, 44, 8, 8, 60, 26], frozen=1)
    row = 3
    for row, bid in enumerate(request.bids, start=4):
        spans = "; ".join(f"{w.day(a)} {w.hours(a, b)}" for a, b in bid.spans)
        for col, text in ((0, bid.place), (1, press.unit(bid.unit)), (2, request.words(bid.sort)), (5, spans), (6, "")):
            sheet.write_string(row, col, text, book.bold if col == 0 else book.wrap)
        sheet.write_number(row, 3, len(bid.spans), book.cell)
        sheet.write_number(row, 4, round(sum(b - a for a, b in bid.spans) / HOUR_S, 1), book.hours)
    book.finish(sheet, 3, row, len(heads) - 1)


def _unit(book: Book, request: Request, unit: str, lines: list[Line], name: str) -> None:
    w = book.press.words
    sorts = request.sorts[unit]
    columns = [request.words(sort) for sort in sorts]
    heads = [w("Day"), w("From"), *columns, w("Heads"), w("Names unknown"), w("Missing")]
    sheet = book.sheet(name, heads, [14, 8, *([16] * len(columns)), 9, 10, 9], frozen=2)
    sheet.set_row(3, 56)
    cells: dict[int, dict[int, Line]] = defaultdict(dict)
    for line in lines:
        cells[line.hour_s][sorts.index(line.sort)] = line
    row = 3
    for row, hour_s in enumerate(sorted(cells), start=4):
        _hour(book, sheet, row, request, unit, hour_s, cells[hour_s], len(sorts))
    n = len(columns)
    if n:
        scale: dict[str, Any] = {"type": "2_color_scale", "min_color": "#FFFFFF", "max_color": "#8FB3DE"}
        sheet.conditional_format(4, 2, max(4, row), 1 + n, scale)
    book.finish(sheet, 3, row, len(heads) - 1)


def _hour(
    book: Book, sheet: Any, row: int, request: Request, unit: str, hour_s: int, here: dict[int, Line], n: int
) -> None:
    view, w = book.press.view, book.press.words
    sheet.write_string(row, 0, w.day(hour_s), book.cell)
    sheet.write_string(row, 1, view.hhmm(hour_s), book.cell)
    for k in range(n):
        line = here.get(k)
        number = line.named + line.unknown + line.missing if line is not None else 0
        if number:
            sheet.write_number(row, 2 + k, number, book.cell)
        else:
            sheet.write_blank(row, 2 + k, None, book.cell)
    counts = request.heads.get(unit, ())
    hour = hour_s // HOUR_S
    sheet.write_number(row, 2 + n, counts[hour] if hour < len(counts) else 0, book.bold)
    sheet.write_number(row, 3 + n, sum(line.unknown for line in here.values()), book.cell)
    missing = sum(line.missing for line in here.values())
    sheet.write_number(row, 4 + n, missing, book.red if missing else book.cell)
