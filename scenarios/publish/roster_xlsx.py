"""The roster as a workbook: grid of people by days, list of duties, seats with their formulas, strength by hour."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import xlsxwriter

from scenarios.publish.dutysheets import marks, relief
from scenarios.publish.sheet import Press
from scenarios.publish.strength import strength
from scenarios.view import DutyView, PersonView

_HOUR = 3600


class Book:
    """A workbook and its few formats; all text is written as text, never as a formula."""

    def __init__(self, press: Press) -> None:
        self.press = press
        self.buffer = io.BytesIO()
        self.book: Any = xlsxwriter.Workbook(
            self.buffer,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        view = press.view
        self.book.set_properties(
            {
                "title": view.title,
                "subject": f"{view.scenario} {view.version}",
                "author": "Vedette",
                "comments": f"{view.classification}. {view.credit}",
                "created": datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None),
            }
        )
        font = {"font_name": "Microsoft YaHei" if press.words.zh else "Arial", "font_size": 9}
        add = self.book.add_format
        self.title = add({**font, "bold": True, "font_size": 14})
        self.small = add({**font, "font_color": "#666666", "font_size": 8})
        self.head = add(
            {
                **font,
                "bold": True,
                "bg_color": "#12356B",
                "font_color": "#FFFFFF",
                "text_wrap": True,
                "valign": "vcenter",
                "border": 1,
                "border_color": "#8894A8",
            }
        )
        edge = {**font, "border": 1, "border_color": "#C4C8CE", "valign": "vcenter"}
        # A small indent keeps text apart from the number in the column before it.
        self.cell = add({**edge, "indent": 1})
        self.wrap = add({**edge, "text_wrap": True, "font_size": 8, "indent": 1})
        self.bold = add({**edge, "bold": True})
        self.hours = add({**edge, "num_format": "0.0"})
        when = 'm"月"d"日" aaa hh:mm' if press.words.zh else "ddd dd mmm hh:mm"
        self.when = add({**edge, "num_format": when, "align": "left", "indent": 1})
        self.night = add(
            {**edge, "text_wrap": True, "font_size": 8, "bg_color": "#D9DFEC", "indent": 1}
        )
        self.red = add({**edge, "bold": True, "font_color": "#9C0006", "bg_color": "#FFC7CE"})
        self.sum = add({**edge, "bold": True, "top": 2})

    def sheet(
        self, name: str, heads: Sequence[str], widths: Sequence[float], *, frozen: int, top: int = 3
    ) -> Any:
        """A sheet with title rows, head row ``top``, frozen panes and its page set for A3 across."""
        press, w = self.press, self.press.words
        sheet = self.book.add_worksheet(w(name))
        sheet.write_string(0, 0, f"{press.view.title} · {w(name)}", self.title)
        note = [
            w.days(),
            f"{w('Version')} {press.view.version[:10]}",
            press.view.classification,
            press.view.credit,
        ]
        if press.view.synthetic:
            note.append(w("All people named here are synthetic."))
        sheet.write_string(1, 0, " · ".join(x for x in note if x), self.small)
        for col, (head, width) in enumerate(zip(heads, widths, strict=True)):
            sheet.write_string(top, col, head, self.head)
            sheet.set_column(col, col, width)
        sheet.set_row(top, 30)
        sheet.freeze_panes(top + 1, frozen)
        sheet.set_landscape()
        sheet.set_paper(8)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(top)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        foot = press.view.classification.replace("&", "&&")
        sheet.set_footer(f"&L{press.view.scenario} {press.view.version[:10]}&C{foot}&R&P / &N")
        return sheet

    def finish(self, sheet: Any, top: int, last_row: int, last_col: int) -> None:
        """Filter and print area over what was written."""
        sheet.autofilter(top, 0, max(top, last_row), last_col)
        sheet.print_area(0, 0, max(top, last_row), last_col)

    def when_of(self, second: int) -> datetime:
        """Local time without a zone, as a workbook knows it."""
        return self.press.view.clock(second).replace(tzinfo=None)


def roster_xlsx(press: Press) -> bytes:
    """The workbook's bytes; the same plan gives the same bytes."""
    book = Book(press)
    _grid(book)
    _duties(book)
    _seats(book)
    _strength(book)
    book.book.close()
    return book.buffer.getvalue()


def _days(press: Press) -> list[tuple[int, int]]:
    """The local days of the horizon as spans of seconds; a day of a clock change has 23 or 25 hours."""
    days: list[tuple[int, int]] = []
    start = 0
    for hour in range(1, press.view.horizon_s // _HOUR + 2):
        second = hour * _HOUR
        last = second >= press.view.horizon_s
        if last or press.view.clock(second).date() != press.view.clock(start).date():
            days.append((start, min(second, press.view.horizon_s)))
            start = second
        if last:
            break
    return days


def _grid(book: Book) -> None:
    press, w = book.press, book.press.words
    days = _days(press)
    heads = [
        w("Name"),
        "ID",
        w("Unit"),
        w("Category"),
        w("Rank"),
        w("Hours"),
        w("Nights"),
        w("Duties"),
        *(w.day(a) for a, _ in days),
    ]
    sheet = book.sheet("Roster", heads, [24, 9, 22, 14, 13, 8, 8, 8, *([27] * len(days))], frozen=2)
    mine: dict[str, list[DutyView]] = defaultdict(list)
    for duty in press.view.duties:
        mine[duty.person].append(duty)
    order = {u: i for i, u in enumerate(press.view.units)}
    people = sorted(press.view.people, key=lambda p: (order.get(p.unit, 99), p.name, p.id))
    row = 3
    for row, person in enumerate(people, start=4):
        _person(book, sheet, row, person, mine[person.id], days)
    if people:
        for col, key, values in (
            (5, "F", [p.hours for p in people]),
            (6, "G", [p.nights for p in people]),
            (7, "H", [p.n_duties for p in people]),
        ):
            sheet.write_formula(
                row + 1, col, f"=SUM({key}5:{key}{row + 1})", book.sum, round(sum(values), 1)
            )
    book.finish(sheet, 3, row, len(heads) - 1)
    sheet.print_area(0, 0, row + 1, len(heads) - 1)


def _person(
    book: Book,
    sheet: Any,
    row: int,
    p: PersonView,
    duties: list[DutyView],
    days: list[tuple[int, int]],
) -> None:
    press, w = book.press, book.press.words
    for col, text in enumerate(
        (p.name, p.id, press.unit(p.unit), w.clean(p.category), w.clean(p.rank))
    ):
        sheet.write_string(row, col, text, book.bold if col == 0 else book.cell)
    sheet.write_number(row, 5, round(p.hours, 1), book.hours)
    sheet.write_number(row, 6, p.nights, book.cell)
    sheet.write_number(row, 7, p.n_duties, book.cell)
    for col, (a, b) in enumerate(days, start=8):
        today = sorted((d for d in duties if a <= d.start_s < b), key=lambda d: d.start_s)
        text = "\n".join(f"{w.hours(d.start_s, d.end_s)} {press.party(d)}" for d in today)
        dark = any("N" in marks(press, d).split() for d in today)
        sheet.write_string(row, col, text, book.night if dark else book.wrap)
    most = max((sum(1 for d in duties if a <= d.start_s < b) for a, b in days), default=1)
    sheet.set_row(row, 13.5 * max(1, most))


def _duties(book: Book) -> None:
    press, w = book.press, book.press.words
    heads = [
        w("Name"),
        "ID",
        w("Unit"),
        w("Category"),
        w("Rank"),
        w("Report"),
        w("From"),
        w("To"),
        w("Hours"),
        w("Post / call sign"),
        w("Place"),
        w("Role"),
        w("Task"),
        w("Lead"),
        w("Owner"),
        w("Relief"),
        w("Marks"),
        w("Seats"),
    ]
    widths = [22, 9, 20, 13, 12, 16, 16, 16, 7, 13, 24, 10, 34, 20, 20, 20, 8, 10]
    sheet = book.sheet("Duties", heads, widths, frozen=2)
    row = 3
    ordered = sorted(press.view.duties, key=lambda d: (d.report_s, d.unit, d.name, d.group, d.seat))
    for row, d in enumerate(ordered, start=4):
        for col, text in (
            (0, d.name),
            (1, d.person),
            (2, press.unit(d.unit)),
            (3, w.clean(d.category)),
            (4, w.clean(d.rank)),
            (9, press.party(d)),
            (10, d.place_name),
            (11, w.clean(d.role)),
            (12, d.task),
            (13, press.lead(d.lead)),
            (14, press.unit(d.owner)),
            (15, relief(press, d)),
            (16, marks(press, d)),
            (17, f"{d.group}/{d.seat}"),
        ):
            sheet.write_string(row, col, text, book.bold if col == 0 else book.cell)
        for col, second in ((5, d.report_s), (6, d.start_s), (7, d.end_s)):
            sheet.write_datetime(row, col, book.when_of(second), book.when)
        sheet.write_number(row, 8, round((d.end_s - d.start_s) / _HOUR, 2), book.hours)
    book.finish(sheet, 3, row, len(heads) - 1)


def _seats(book: Book) -> None:
    press, w = book.press, book.press.words
    heads = [
        w("Seats"),
        w("Post / call sign"),
        w("Place"),
        w("From"),
        w("To"),
        w("Need"),
        w("Want"),
        w("Filled"),
        w("Short"),
        w("Asks"),
        w("Formula"),
        w("Source"),
        w("Owner"),
        w("Lead"),
        w("Name"),
    ]
    sheet = book.sheet(
        "Seats", heads, [9, 13, 24, 16, 16, 7, 7, 7, 7, 26, 40, 26, 20, 20, 44], frozen=2
    )
    names = {p.id: p.name for p in press.view.people}
    row = 3
    for row, s in enumerate(
        sorted(press.view.seats, key=lambda s: (s.start_s, s.party, s.id)), start=4
    ):
        for col, text in (
            (0, s.id),
            (1, s.party),
            (2, s.place_name),
            (9, s.asks),
            (10, s.formula),
            (11, s.source),
            (12, press.unit(s.owner)),
            (13, press.lead(s.lead)),
            (14, "; ".join(names.get(p, p) for p in s.people)),
        ):
            sheet.write_string(row, col, text, book.bold if col == 0 else book.cell)
        sheet.write_datetime(row, 3, book.when_of(s.start_s), book.when)
        sheet.write_datetime(row, 4, book.when_of(s.end_s), book.when)
        for col, number in ((5, s.need), (6, s.want), (7, len(s.people))):
            sheet.write_number(row, col, number, book.cell)
        # The value goes along, since readers that do not recalculate would show 0.
        sheet.write_formula(
            row,
            8,
            f"=MAX(0,F{row + 1}-H{row + 1})",
            book.red if s.n_short else book.cell,
            s.n_short,
        )
    book.finish(sheet, 3, row, len(heads) - 1)


def _strength(book: Book) -> None:
    press, w = book.press, book.press.words
    counts_by = strength(press.view)
    hours, by_unit, need = counts_by.hours_s, counts_by.by_unit, counts_by.need
    heads = [
        w("Day"),
        w("From"),
        *(press.unit(u) for u in by_unit),
        w("Filled"),
        w("Need"),
        w("Short"),
    ]
    sheet = book.sheet(
        "Strength by hour", heads, [14, 8, *([12] * len(by_unit)), 9, 9, 9], frozen=2
    )
    n = len(by_unit)
    last = xlsxwriter.utility.xl_col_to_name(1 + n)
    filled, needed = (xlsxwriter.utility.xl_col_to_name(c) for c in (2 + n, 3 + n))
    row = 3
    for i, second in enumerate(hours):
        row = 4 + i
        sheet.write_string(row, 0, w.day(second), book.cell)
        sheet.write_string(row, 1, press.view.hhmm(second), book.cell)
        counts = [values[i] for values in by_unit.values()]
        for col, count in enumerate(counts, start=2):
            sheet.write_number(row, col, count, book.cell)
        total = sum(counts)
        sheet.write_formula(row, 2 + n, f"=SUM(C{row + 1}:{last}{row + 1})", book.bold, total)
        sheet.write_number(row, 3 + n, need[i], book.cell)
        short = max(0, need[i] - total)
        sheet.write_formula(
            row,
            4 + n,
            f"=MAX(0,{needed}{row + 1}-{filled}{row + 1})",
            book.red if short else book.cell,
            short,
        )
    if hours and n:
        sheet.conditional_format(
            4,
            2,
            row,
            1 + n,
            {"type": "2_color_scale", "min_color": "#FFFFFF", "max_color": "#8FB3DE"},
        )
    book.finish(sheet, 3, row, len(heads) - 1)
