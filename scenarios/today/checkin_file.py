"""Check-ins from a file: a list of people, with or without times, as a gate's reader or a spreadsheet gives it.

Columns: a person (id or name), and, where there is one, a time (``18:05`` or ``2026-06-12 18:05``). Every fault is told
with its row; sound rows can still be taken.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from scenarios.errors import Fault, ScenarioError
from scenarios.raw import decode, records
from scenarios.store.checkins import Pair
from scenarios.today.board import FORM, local
from scenarios.tongue import say as _
from scenarios.view import DutyView, PlanView

MOST_BYTES = 2 * 2**20
MOST_UNPACKED = 50 * 2**20
MOST_ROWS = 5_000
EARLY_S = 3 * 3600
"""So long before their report time people may report."""
PERSON = {"person", "id", "person id", "name", "officer", "人员", "姓名", "编号", "警号", "人员编号"}
TIME = {"time", "at", "checked in", "check-in", "reported", "时间", "签到时间", "报到时间"}
Entry = tuple[str, str, str | None]


@dataclass(frozen=True)
class Read:
    """What a file says: check-ins to be noted, and what is wrong with the other rows."""

    entries: tuple[Entry, ...]
    faults: tuple[Fault, ...]


def template(view: PlanView) -> bytes:
    """A list to fill in, in the order of report times; opens in Excel."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["person", "time", "name", "place", "report"])
    for duty in sorted(view.duties, key=lambda d: (d.report_s, d.place_name, d.name)):
        writer.writerow([_tame(t) for t in (duty.person, "", duty.name, duty.place_name, local(view, duty.report_s))])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def read_checkins(
    content: bytes, name: str, view: PlanView, known: Mapping[Pair, str], now_s: int
) -> Read:
    """Match a file's rows to duties: each person's earliest one that is not over and not checked in.

    Parameters
    ----------
    known
        Check-ins so far.
    now_s
        Stands for a time that is not given.

    Raises
    ------
    ScenarioError
        The file cannot be read, is too large, or has no column of people.
    """
    rows = list(_rows(content, name))
    if len(rows) > MOST_ROWS + 1:
        raise _refused(name, _("at most {n:,} rows", n=MOST_ROWS), _("split the list"))
    head = [cell.strip().lower() for cell in rows[0]] if rows else []
    who, when = _column(head, PERSON), _column(head, TIME)
    if who is None:
        raise _refused(name, _("a first row with a column person"), _("start from the list to fill in"))
    matcher = _Matcher(view, known, now_s, name)
    for number, cells in enumerate(rows[1:], start=2):
        if any(cell.strip() for cell in cells):
            matcher.take(number, _cell(cells, who), _cell(cells, when))
    return Read(tuple(matcher.entries), tuple(matcher.faults))


class _Matcher:
    def __init__(self, view: PlanView, known: Mapping[Pair, str], now_s: int, name: str) -> None:
        self.view, self.now_s, self.file = view, now_s, name
        self.taken = set(known)
        self.entries: list[Entry] = []
        self.faults: list[Fault] = []
        self.duties: dict[str, list[DutyView]] = defaultdict(list)
        self.names: dict[str, set[str]] = defaultdict(set)
        for duty in sorted(view.duties, key=lambda d: d.report_s):
            self.duties[duty.person].append(duty)
        for person in view.people:
            self.names[person.name.casefold()].add(person.id)
        self.people = {person.id for person in view.people} | set(self.duties)

    def take(self, row: int, who: str, when: str) -> None:
        """One row of the file."""
        person = self._person(row, who)
        second = self._second(row, when)
        if person is None or second is None:
            return
        fitting = [d for d in self.duties[person] if d.report_s - EARLY_S <= second < d.release_s]
        open_yet = [d for d in fitting if (person, d.group) not in self.taken]
        if not fitting:
            self._fault(row, "person", who, _("somebody with a duty about {when}", when=self.view.hhmm(second)),
                        _("see the roster, or mend the time"))  # fmt: skip
        elif open_yet:
            self.taken.add((person, open_yet[0].group))
            self.entries.append((person, open_yet[0].group, local(self.view, second)))

    def _person(self, row: int, who: str) -> str | None:
        if who in self.people:
            return who
        found = self.names.get(who.casefold(), set())
        if len(found) == 1:
            return next(iter(found))
        expected = _("a name that only one has, or an id") if found else _("a person of this plan, by id or name")
        self._fault(row, "person", who, expected, _("mend or leave out"))
        return None

    def _second(self, row: int, text: str) -> int | None:
        if not text:
            return self.now_s
        moment = self._moment(text)
        if moment is None:
            self._fault(row, "time", text, _("a time such as 18:05 or 2026-06-12 18:05"), _("mend or leave out"))
            return None
        return int((moment - self.view.start).total_seconds())

    def _moment(self, text: str) -> datetime | None:
        """A local moment; a time of day alone is the one nearest to now."""
        now = self.view.clock(self.now_s)
        short = re.fullmatch(r"(\d{1,2})[:：](\d{2})(:\d{2})?", text)
        if short:
            if int(short[1]) > 23 or int(short[2]) > 59:
                return None
            at = time(int(short[1]), int(short[2]))
            days = (datetime.combine(now.date() + timedelta(days=d), at, now.tzinfo) for d in (-1, 0, 1))
            return min(days, key=lambda one: abs(one - now))
        try:
            return datetime.strptime(text.replace("T", " ").replace("/", "-")[:16], FORM).replace(tzinfo=now.tzinfo)
        except ValueError:
            return None

    def _fault(self, row: int, field: str, value: str, expected: str, remedy: str) -> None:
        self.faults.append(Fault(self.file, row, field, value[:60], expected, remedy))


def _column(head: Sequence[str], known: Iterable[str]) -> int | None:
    return next((k for k, cell in enumerate(head) if cell in known), None)


def _cell(cells: Sequence[str], at: int | None) -> str:
    return cells[at].strip().removeprefix("'") if at is not None and at < len(cells) else ""


def _tame(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text and text[0] in "=+-@\t\r" else text


def _refused(name: str, expected: str, remedy: str) -> ScenarioError:
    return ScenarioError([Fault(name, None, "", "", expected, remedy)])


def _rows(content: bytes, name: str) -> Iterator[list[str]]:
    if len(content) > MOST_BYTES:
        raise _refused(name, _("at most {n} MiB", n=MOST_BYTES // 2**20), _("split the list"))
    if content[:2] == b"PK":
        yield from _sheet(content, name)
        return
    faults: list[Fault] = []
    text = decode(content, name, faults, [])
    read = None if text is None else records(text, name, faults)
    if read is None:
        raise ScenarioError(faults)
    yield from read[0]


def _sheet(content: bytes, name: str) -> Iterator[list[str]]:
    import openpyxl

    bad = _refused(name, _("a CSV or Excel file"), _("save it as CSV in UTF-8, or as .xlsx"))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(info.file_size for info in packed.infolist()) > MOST_UNPACKED:
                raise bad
        sheet: Any = openpyxl.load_workbook(io.BytesIO(content), data_only=True).worksheets[0]
        last = min(sheet.max_row or 0, MOST_ROWS + 2)
        rows = list(sheet.iter_rows(values_only=True, max_col=40, max_row=last)) if last else []
    except ScenarioError:
        raise
    except Exception:  # noqa: BLE001 - whatever a strange file makes the reader raise, it is no list of ours
        raise bad from None
    yield from ([_text(cell) for cell in row] for row in rows)


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.strftime(FORM)
    if isinstance(cell, time):
        return cell.strftime("%H:%M")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
