"""E10: what-ifs side by side as a workbook, with the changes by place and by person."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import xlsxwriter

from scenarios.compare import Comparison

FIXED = datetime(2000, 1, 1, tzinfo=UTC)
"""Creation date of every workbook, so that equal comparisons are equal bytes."""


def write_comparison(comparison: Comparison, folder: Path) -> Path:
    """Write ``comparison.xlsx`` into ``folder`` and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "comparison.xlsx"
    # Text stays text: a name that begins with "=" must never become a formula.
    book = xlsxwriter.Workbook(
        path, {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    book.set_properties({"title": "Comparison of plans", "created": FIXED.replace(tzinfo=None)})
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    colours = {
        "better": book.add_format({"bg_color": "#E2F0D9"}),
        "worse": book.add_format({"bg_color": "#FBE5D6"}),
    }
    _figures(book, comparison, head, colours)
    for number, (title, changes) in enumerate(
        zip(comparison.titles[1:], comparison.changes, strict=True), start=1
    ):
        sheet = book.add_worksheet(f"{number} {_sheet_name(title)}")
        for column, (name, width) in enumerate(
            (("What", 10), ("Id", 26), ("Name", 34), (comparison.titles[0], 50), (title, 50))
        ):
            sheet.set_column(column, column, width, wrap)
            sheet.write_string(0, column, name, head)
        for row, change in enumerate(changes, start=1):
            cells = (
                change.what,
                change.ident,
                change.name,
                "\n".join(change.before),
                "\n".join(change.after),
            )
            for column, text in enumerate(cells):
                sheet.write_string(row, column, text, wrap)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(1, len(changes)), 4)
        _print_set_up(sheet)
    book.close()
    return path


def _figures(
    book: xlsxwriter.Workbook,
    comparison: Comparison,
    head: xlsxwriter.format.Format,
    colours: dict[str, xlsxwriter.format.Format],
) -> None:
    sheet = book.add_worksheet("Figures")
    sheet.set_column(0, 0, 12)
    sheet.set_column(1, 1, 42)
    sheet.set_column(2, 1 + len(comparison.titles), 28)
    for column, name in enumerate(("", "Figure", *comparison.titles)):
        sheet.write_string(0, column, name, head)
    for row, figure in enumerate(comparison.figures, start=1):
        sheet.write_string(row, 0, figure.group)
        sheet.write_string(row, 1, figure.title)
        for column, (text, verdict) in enumerate(
            zip(figure.texts, figure.verdicts, strict=True), start=2
        ):
            sheet.write_string(row, column, text, colours.get(verdict))
    sheet.freeze_panes(1, 2)
    _print_set_up(sheet)


def _print_set_up(sheet: xlsxwriter.worksheet.Worksheet) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_footer("&L&A&RPage &P of &N")


def _sheet_name(title: str) -> str:
    """A title as a sheet name: at most 28 characters, none that workbooks refuse."""
    return "".join("-" if c in r"[]:*?/\'" else c for c in title)[:28]
