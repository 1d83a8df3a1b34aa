"""Files of a scenario folder -> plain settings and rows that still know where they came from.

Nothing is validated here beyond what makes a file readable; faults found on the way travel with the result, so
that one report names everything.
"""

from __future__ import annotations

import csv
import difflib
import io
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from scenarios.errors import Fault
from scenarios.tongue import language, lists, mark
from scenarios.tongue import say as _

SETTINGS = "scenario.toml"
#: Tables of a scenario, in the order of its fields; each is NAME.csv.
TABLES = (
    "sessions", "sites", "zones", "units", "people", "qualifications", "absences", "wishes", "history", "ledger",
    "resources", "posts", "seats", "closures", "pins", "other_work", "published",
)  # fmt: skip
#: Without these there is nothing to plan.
NEEDED = ("sites", "units")
_COMMON_HANZI = 0.8  # share of GBK characters that must be everyday ones before we believe it is GBK


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row of a table: cells by column, and the file and row they stand in (``cites`` for patched cells)."""

    values: Mapping[str, Any]
    file: str
    row: int | None
    cites: Mapping[str, tuple[str, int | None]] = field(default_factory=dict)

    def where(self, column: str) -> tuple[str, int | None]:
        """File and row to cite for a column."""
        return self.cites.get(column, (self.file, self.row))


@dataclass(frozen=True)
class Raw:
    """A scenario as written: settings, tables by name, and what was wrong or doubtful in reading them.

    Attributes
    ----------
    lines
        Settings path -> (file, line) to cite, e.g. ``("map", "file")``; a longer path falls back on its start.
    """

    folder: Path
    name: str
    settings: Mapping[str, Any]
    tables: Mapping[str, tuple[RawRow, ...]]
    lines: Mapping[tuple[str | int, ...], tuple[str, int | None]] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()

    def where(self, path: tuple[str | int, ...]) -> tuple[str, int | None]:
        """File and line to cite for a setting."""
        for n in range(len(path), 0, -1):
            if path[:n] in self.lines:
                return self.lines[path[:n]]
        return SETTINGS, None

    def changed(self, **values: Any) -> Raw:
        """Copy with fields replaced."""
        return replace(self, **values)


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name most like ``name``, None when none is like it."""
    names = list(known)
    lowered = {n.lower(): n for n in reversed(names)}
    hit = difflib.get_close_matches(name.lower(), list(lowered), n=1, cutoff=0.6)
    return lowered[hit[0]] if hit else None


def listed(names: Iterable[str], most: int = 8) -> str:
    """``a, b, c`` or ``a, b, ... (12 in all)``."""
    everything = list(names)
    if len(everything) <= most:
        return lists.listed(everything) if everything else _("nothing")
    return _("{names}, ... ({n} in all)", names=lists.listed(everything[:most]), n=len(everything))


def known_are(names: Iterable[str]) -> str:
    """What may be written instead, as a remedy."""
    everything = list(names)
    if not everything:
        return _("none is given yet: add it, or leave this out")
    return _("known are {names}", names=listed(everything))


def read_folder(folder: Path) -> Raw:
    """Read every file of a scenario folder; never raises for anything a file can contain."""
    faults: list[Fault] = []
    warnings: list[Fault] = []
    settings, lines = _read_settings(folder, faults, warnings)
    tables: dict[str, tuple[RawRow, ...]] = {}
    for name in TABLES:
        path = folder / f"{name}.csv"
        if path.is_file():
            tables[name] = read_table(path, faults, warnings)
        elif name in NEEDED:
            faults.append(
                Fault(path.name, None, "", "", _("this table in the scenario folder"), _("add {name}", name=path.name))
            )
    warnings += _strangers(folder)
    return Raw(
        folder, folder.name, settings, tables, lines, tuple(faults), tuple(warnings)
    )


def _strangers(folder: Path) -> list[Fault]:
    found = []
    for path in sorted(folder.glob("*.csv")):
        if path.stem not in TABLES:
            like = nearest(path.stem, TABLES)
            hint = _("did you mean {like}.csv?", like=like) if like else _("it is left unread")
            found.append(
                Fault(path.name, None, "", "", _("one of the tables {names}", names=listed(TABLES, 20)), hint)
            )
    return found


def decode(data: bytes, file: str, faults: list[Fault], warnings: list[Fault]) -> str | None:
    """Bytes -> text: UTF-8 with or without BOM, UTF-16 with BOM, or GBK (with a warning); None with a fault."""
    try:
        if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
            return data.decode("utf-16")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        text = ""
    wide = [c for c in text if ord(c) > 127]
    common = sum(1 for c in wide if _is_common(c))
    if wide and common >= _COMMON_HANZI * len(wide):
        warnings.append(
            Fault(file, None, "", "", _("text in UTF-8"), _("it was read as GBK; save it as UTF-8 to be sure"))
        )
        return text
    faults.append(
        Fault(
            file, None, "", "", _("text in UTF-8 or GBK"),
            _('save it again as "CSV UTF-8" (spreadsheet) or with encoding UTF-8 (editor)'),
        )
    )
    return None


def _is_common(char: str) -> bool:
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _bytes(path: Path, faults: list[Fault]) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or _("cannot be read")
        remedy = _("{reason}: check the file", reason=reason)
        faults.append(Fault(path.name, None, "", "", _("a readable file"), remedy))
        return None


# ---------------------------------------------------------------- settings
#: What Python's reader of TOML says, so far as it is always the same.
TOML_SAYS = (
    mark("Cannot overwrite a value"), mark("Expected '=' after a key in a key/value pair"),
    mark("Expected ']' at the end of a table declaration"), mark("Expected ']]' at the end of an array declaration"),
    mark("Expected newline or end of document after a statement"), mark("Invalid date or datetime"),
    mark("Invalid initial character for a key part"), mark("Invalid statement"), mark("Invalid value"),
    mark("Unclosed array"), mark("Unclosed inline table"), mark("Unescaped '\\' in a string"),
    mark("Unterminated string"),
)  # fmt: skip


def read_toml(
    path: Path, faults: list[Fault], warnings: list[Fault]
) -> tuple[dict[str, Any], dict[tuple[str | int, ...], tuple[str, int | None]]]:
    """Read a TOML file into data and the line of each setting; empty with a fault when it is not TOML."""
    data = _bytes(path, faults)
    text = None if data is None else decode(data, path.name, faults, warnings)
    return ({}, {}) if text is None else parse_toml(text, path.name, faults)


def parse_toml(
    text: str, name: str, faults: list[Fault]
) -> tuple[dict[str, Any], dict[tuple[str | int, ...], tuple[str, int | None]]]:
    """TOML as data and the line of each setting, cited as of the file ``name``; empty with a fault when it is none."""
    try:
        values = tomllib.loads(text.replace("\r\n", "\n"))
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        at = re.search(r"\(at line (\d+)", str(error))
        what = _(str(error).split(" (at ", maxsplit=1)[0])
        line = int(at[1]) if at else len(text.splitlines())
        faults.append(Fault(name, line, "", "", _("TOML settings"), _("mend the line: {what}", what=what)))
        return {}, {}
    return values, {p: (name, line) for p, line in _toml_lines(text)}


def _read_settings(
    folder: Path, faults: list[Fault], warnings: list[Fault]
) -> tuple[dict[str, Any], dict[tuple[str | int, ...], tuple[str, int | None]]]:
    path = folder / SETTINGS
    if not path.is_file():
        faults.append(
            Fault(SETTINGS, None, "", "", _("this file in the scenario folder"), _("copy it from a shipped scenario"))
        )
        return {}, {}
    return read_toml(path, faults, warnings)


_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"^\s*([A-Za-z0-9_\-.\"' ]+?)\s*=")


def _toml_lines(text: str) -> Iterator[tuple[tuple[str | int, ...], int]]:
    """Yield the line on which each table and key of a TOML text starts; good enough to cite, no parser."""
    counts: dict[tuple[str | int, ...], int] = {}
    table: tuple[str | int, ...] = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            names = tuple(part.strip().strip("\"'") for part in header[2].split("."))
            table = _indexed(names[:-1], counts)
            if header[1] == "[[":
                key = (*table, names[-1])
                counts[key] = counts.get(key, -1) + 1
                table = (*key, counts[key])
            else:
                table = (*table, names[-1])
            yield table, number
        elif key_found := _KEY.match(line):
            parts = (part.strip().strip("\"'") for part in key_found[1].split("."))
            yield (*table, *parts), number


def _indexed(
    names: tuple[str, ...], counts: Mapping[tuple[str | int, ...], int]
) -> tuple[str | int, ...]:
    path: tuple[str | int, ...] = ()
    for name in names:
        path = (*path, name)
        if path in counts:
            path = (*path, counts[path])
    return path


# ---------------------------------------------------------------- tables
def read_table(path: Path, faults: list[Fault], warnings: list[Fault]) -> tuple[RawRow, ...]:
    """Read one CSV table; ``,`` ``;`` or tab between cells, blank rows and rows starting with ``#`` left out."""
    data = _bytes(path, faults)
    if data is None:
        return ()
    rows, wrong, doubts = _table(path.name, data, language())
    faults += wrong
    warnings += doubts
    return rows


@lru_cache(maxsize=64)
def _table(file: str, data: bytes, _language: str) -> tuple[tuple[RawRow, ...], list[Fault], list[Fault]]:
    """Rows, faults and warnings of a table; pages read the same large tables again after every edit."""
    faults: list[Fault] = []
    warnings: list[Fault] = []
    text = decode(data, file, faults, warnings)
    read = None if text is None else records(text, file, faults)
    return ((), faults, warnings) if read is None else (_rows(file, *read, faults), faults, warnings)


def records(text: str, file: str, faults: list[Fault]) -> tuple[list[list[str]], str] | None:
    """The cells of a CSV text, line ends of any system, and what parts them; None with a fault."""
    if "\0" in text:
        faults.append(Fault(file, None, "", "", _("a text table"), _("export the sheet as CSV")))
        return None
    separator = _separator(text)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator)), separator
    except csv.Error:  # the one thing that is left to go wrong: an open quote takes the rest of a file for one cell
        most = _("cells of at most {n:,} characters", n=csv.field_size_limit())
        faults.append(Fault(file, None, "", "", most, _("see whether a quotation mark is missing")))
        return None


def _separator(text: str) -> str:
    head = next((line for line in text.splitlines() if line.strip() and line[0] != "#"), "")
    outside = re.sub(r'"[^"]*"', "", head)
    counts = {s: outside.count(s) for s in (",", ";", "\t")}
    return max(counts, key=lambda s: counts[s])


def _rows(
    file: str, records: list[list[str]], separator: str, faults: list[Fault]
) -> tuple[RawRow, ...]:
    header: list[str] | None = None
    rows: list[RawRow] = []
    for number, cells in enumerate(records, start=1):
        if not any(c.strip() for c in cells) or cells[0].lstrip().startswith("#"):
            continue
        if header is None:
            header = [c.strip().lower() for c in cells]
            faults += _header_faults(file, number, header)
            continue
        spare = [c for c in cells[len(header) :] if c.strip()]
        if spare:
            faults.append(
                Fault(
                    file, number, "", spare[0][:40],
                    _("{n} cells in this row, not {found}", n=len(header), found=len(cells)),
                    _("put text that holds the separator in double quotes"),
                )
            )
            continue
        values = {
            name: _cell(cell, name, separator)
            for name, cell in zip(header, cells, strict=False)
            if name and cell.strip()
        }
        rows.append(RawRow(values, file, number))
    if header is None:
        faults.append(Fault(file, None, "", "", _("a header row"), _("write the column names in row 1")))
    return tuple(rows)


def _header_faults(file: str, number: int, header: list[str]) -> list[Fault]:
    return [
        Fault(file, number, name, "", _("each column once"), _("remove the second column of this name"))
        for name in sorted({n for n in header if n and header.count(n) > 1})
    ]


def _cell(cell: str, column: str, separator: str) -> str:
    text = cell.strip()
    # Where cells are parted by semicolons, spreadsheets write decimal commas.
    if separator == ";" and column in {"lon", "lat", "hours"}:
        return text.replace(",", ".")
    return text
