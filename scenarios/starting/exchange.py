"""The force and the sites of a scenario as a workbook, and a workbook back: its differences first, then one edit.

Rows are found again by their id, else by their name; leave and qualifications by person, times and what they are. What
cannot be read is told all at once by sheet, row and column, and nothing of such a workbook is taken over.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from scenarios.draft_rows import row_id
from scenarios.errors import Fault, ScenarioError
from scenarios.forces.columns import person_names, unit_names
from scenarios.forces.lines import title_of
from scenarios.raw import Raw, decode, records
from scenarios.starting.match import Matcher, Row, named
from scenarios.starting.names import SHEET_NAMES, cell_of, heading, sheet_name, sheet_of
from scenarios.starting.workbook import MOST_BYTES, MOST_ROWS, cell_text, columns_of, opened
from scenarios.starting.wouldbe import Written, new_faults
from scenarios.tablewords import plain
from scenarios.tongue import say as _

#: Sheet -> the columns that are written and read, in order.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "Units": ("id", "name", "kind", "lon", "lat", "base_need", "duty_lead", "strength"),
    "People": ("id", "name", "unit", "category", "rank", "share_pct", "seniority", "tags"),
    "Leave": ("person", "start", "end", "kind"),
    "Qualifications": ("person", "qualification", "valid_from", "valid_until"),
    "Resources": ("id", "name", "number"),
    "Sites": ("id", "name", "kind", "lon", "lat", "class", "weight", "owner", "lead", "cover", "guards"),
}  # fmt: skip
_NAMED = {"unit": "units", "person": "people", "owner": "units", "lead": "people"}


# ---------------------------------------------------------------- out
def workbook_of(raw: Raw) -> bytes:
    """What there is, in the reader's language; units and people by their names where each has its own."""
    import xlsxwriter

    names = {"units": _clear(unit_names(raw)), "people": _clear(person_names(raw))}
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        head = book.add_format({"bold": True, "bg_color": "#dfe8f3", "bottom": 1})
        text = book.add_format({"num_format": "@"})
        for sheet_title, columns in COLUMNS.items():
            table = SHEET_NAMES[sheet_title][0]
            sheet = book.add_worksheet(sheet_name(sheet_title))
            sheet.freeze_panes(1, 0)
            rows = raw.tables.get(table, ())
            for n, column in enumerate(columns):
                # Text, so that 007 stays 007, a time is no number, and no cell is ever a formula.
                sheet.set_column(n, n, 24 if column in {"name", "unit", "person"} else 17, text)
                sheet.write_string(0, n, heading(table, column), head)
                for at, row in enumerate(rows, start=1):
                    value = plain(row.values.get(column))
                    sheet.write_string(at, n, names.get(_NAMED.get(column, ""), {}).get(value, value))
            sheet.autofilter(0, 0, max(1, len(rows)), len(columns) - 1)
    return out.getvalue()


def _clear(names: Mapping[str, str]) -> dict[str, str]:
    """Names that mean one thing only; the others are written as ids."""
    seen = list(names.values())
    return {ident: name for ident, name in names.items() if seen.count(name) == 1 and name not in names}


# ---------------------------------------------------------------- in
@dataclass(frozen=True)
class Given:
    """One sheet of what came: its name in the file, headings and rows by number."""

    sheet: str
    title: str
    header: tuple[str | None, ...]
    titles: tuple[str, ...]
    rows: tuple[tuple[int, Mapping[str, str]], ...]


@dataclass(frozen=True)
class Difference:
    """One row that differs from the scenario's.

    Attributes
    ----------
    kind
        ``added``, ``changed`` or ``missing`` (in the scenario, and not in the workbook).
    before, after
        The cells that differ, as text; all of a row that is added.
    row
        Its row in the file; 0 for one that is missing there.
    """

    kind: str
    table: str
    key: Mapping[str, str]
    title: str
    before: Mapping[str, str]
    after: Mapping[str, str]
    row: int = 0


@dataclass(frozen=True)
class Comparison:
    """All differences, and how many rows are the same."""

    differences: tuple[Difference, ...]
    same: int

    def of(self, kind: str) -> tuple[Difference, ...]:
        """The differences of a kind."""
        return tuple(one for one in self.differences if one.kind == kind)

    def edits(self, *, missing: bool = False) -> dict[str, list[Any]]:
        """What ``drafts.change_rows`` takes; ``missing`` takes out what the workbook does not have."""
        put = [
            (one.table, one.key, {k: v or None for k, v in one.after.items() if k not in one.key}, one.title)
            for one in self.differences
            if one.kind != "missing"
        ]
        gone = [(one.table, one.key, one.title) for one in self.of("missing")] if missing else []
        return {"put": put, "gone": gone}


def compared(raw: Raw, content: bytes, name: str) -> Comparison:
    """What a workbook (.xlsx), or one table of it as text (.csv, GBK too), would change.

    Raises
    ------
    ScenarioError
        It cannot be read, or would make the scenario faulty: every fault with its sheet, row and column.
    """
    faults: list[Fault] = []
    given = _sheets(content, name, faults)
    if not given and not faults:
        names = ", ".join(sheet_name(one) for one in COLUMNS)
        faults.append(Fault(name, None, "", "", _("a sheet of these: {names}", names=names), _("name a sheet so")))
    matcher = Matcher(raw, faults)
    rows: dict[str, list[Row]] = {}
    for sheet in sorted(given, key=lambda one: list(COLUMNS).index(one.sheet)):
        rows[SHEET_NAMES[sheet.sheet][0]] = [
            row for number, cells in sheet.rows if (row := matcher.row(sheet.sheet, sheet.title, number, cells, sheet))
        ]
    if faults:
        raise ScenarioError(faults)
    found: list[Difference] = []
    same = 0
    for table, its in rows.items():
        differing, alike = _differences(matcher, table, its)
        found += differing
        same += alike
    wrong = new_faults(raw, _written(found, given))
    if wrong:
        raise ScenarioError(wrong)
    return Comparison(tuple(found), same)


def _written(found: Iterable[Difference], given: Iterable[Given]) -> list[Written]:
    """The rows that are added or changed, with the place of each in what came."""
    sheets = {SHEET_NAMES[sheet.sheet][0]: sheet for sheet in given}
    titles = {table: named(sheet) for table, sheet in sheets.items()}
    return [
        Written(one.table, one.key, one.after, _("sheet {title}", title=sheets[one.table].title), one.row,
                titles[one.table])
        for one in found
        if one.kind != "missing"
    ]  # fmt: skip


def _differences(matcher: Matcher, table: str, rows: Iterable[Row]) -> tuple[list[Difference], int]:
    standing = matcher.standing(table)
    names = matcher.names
    found, seen, same = [], set(), 0
    for row in rows:
        ident = row_id(table, row.key)
        old = standing.get(ident)
        seen.add(ident)
        title = title_of(table, {**row.key, **row.cells}, names)
        if old is None:
            cells = {k: v for k, v in row.cells.items() if v}
            found.append(Difference("added", table, row.key, title, {}, cells, row.number))
            continue
        cells = {k: v for k, v in row.cells.items() if k not in row.key}
        after = {k: v for k, v in cells.items() if not matcher.equal(k, v, old.cells.get(k, ""))}
        if after:
            before = {k: old.cells.get(k, "") for k in after}
            found.append(Difference("changed", table, old.key, title, before, after, row.number))
        else:
            same += 1
    for ident, old in standing.items():
        if ident not in seen:
            title = title_of(table, {**old.cells, **old.key}, names)
            found.append(Difference("missing", table, old.key, title, {}, {}))
    return found, same


# ---------------------------------------------------------------- files
def _sheets(content: bytes, name: str, faults: list[Fault]) -> list[Given]:
    if name.lower().endswith(".csv"):
        return _from_csv(content, name, faults)
    found = []
    for sheet in opened(content, name).worksheets:
        its = sheet_of(str(sheet.title)) or ""
        if its not in COLUMNS:
            continue  # notes, sums, the event: not ours to judge here
        if (sheet.max_row or 0) > MOST_ROWS:
            place, most = _("sheet {title}", title=sheet.title), _("at most {n:,} rows", n=MOST_ROWS)
            faults.append(Fault(place, None, "", "", most, _("remove empty rows")))
            continue
        rows = [[cell_text(cell) for cell in row] for row in sheet.iter_rows(values_only=True, max_col=40)]
        found.append(_given(its, str(sheet.title), rows, faults))
    return found


def _from_csv(content: bytes, name: str, faults: list[Fault]) -> list[Given]:
    if len(content) > MOST_BYTES:
        most = _("at most {n} MiB", n=MOST_BYTES // 2**20)
        raise ScenarioError([Fault(name, None, "", "", most, _("leave out pictures"))])
    text = decode(content, name, faults, [])
    read = None if text is None else records(text, name, faults)
    if read is None:
        return []
    rows = [[cell.strip() for cell in row] for row in read[0]]
    its = sheet_of(PurePath(name).stem) or _likeliest(rows[0] if rows else [])
    if its not in COLUMNS:
        return []
    if len(rows) > MOST_ROWS:
        faults.append(Fault(name, None, "", "", _("at most {n:,} rows", n=MOST_ROWS), _("split the list")))
        return []
    given = _given(its, name, rows, faults)
    if not given.rows and not faults:  # a table cut short, and not everybody to be taken out
        faults.append(Fault(name, None, "", "", _("at least one row"), _("fill it in")))
    return [given]


def _likeliest(titles: list[str]) -> str:
    """The sheet whose columns the headings are most like, where the file's name tells nothing."""
    known = {
        sheet: sum(one is not None for one in columns_of("", SHEET_NAMES[sheet][0], titles, columns, []))
        for sheet, columns in COLUMNS.items()
    }
    best = max(known, key=lambda sheet: known[sheet])
    return best if known[best] >= min(3, len(titles)) and known[best] else ""


def _given(sheet: str, title: str, rows: list[list[str]], faults: list[Fault]) -> Given:
    table = SHEET_NAMES[sheet][0]
    titles = tuple(rows[0]) if rows else ()
    if not any(titles):
        place = _("sheet {title}", title=title)
        faults.append(Fault(place, 1, "", "", _("a header row"), _("write the column names in row 1")))
    header = tuple(columns_of(_("sheet {title}", title=title), table, titles, COLUMNS[sheet], faults))
    found = []
    for number, row in enumerate(rows[1:], start=2):
        cells = {name: cell_of(name, text) for name, text in zip(header, row, strict=False) if name}
        if any(cells.values()):
            found.append((number, cells))
    return Given(sheet, title, header, titles, tuple(found))
