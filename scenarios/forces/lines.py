"""The rows of a table as an editor shows them, and what is wrong with each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from scenarios.draft_rows import row_id
from scenarios.errors import Fault
from scenarios.forces.columns import OF_PEOPLE, Column, belongs, person_names, unit_of_people
from scenarios.raw import Raw, RawRow
from scenarios.tablewords import column_word, plain
from scenarios.tongue import say as _
from scenarios.whatif_form import KEYS

Cells = dict[str, str]


@dataclass(frozen=True)
class Line:
    """One row.

    Attributes
    ----------
    key
        What a what-if finds it by.
    cells
        Column -> what is written there, as text.
    title
        What people call it.
    locked
        Why it cannot be edited here, "" where it can.
    """

    key: Mapping[str, str]
    cells: Cells
    title: str
    raw: RawRow
    locked: str = ""


def lines_of(raw: Raw, table: str, columns: Sequence[Column], unit: str = "") -> dict[str, Line]:
    """The rows of a table that belong to a unit, by a name that stays the same while their keys do."""
    here, units, names = belongs(raw, unit), unit_of_people(raw), person_names(raw)
    found: dict[str, Line] = {}
    for number, row in enumerate(raw.tables.get(table, ())):
        written = plain(row.values.get("unit")) if table == "people" else units.get(plain(row.values.get("person")), "")
        if table in {"people", *OF_PEOPLE} and not here(written):
            continue
        key = {name: plain(row.values.get(name)) for name in KEYS[table]}
        name, locked = row_id(table, key), ""
        what = _columns(table, key)
        if not all(key.values()):
            locked = _("This row has no {what} of its own: mend {file}.", what=what, file=row.file)
        elif name in found:
            locked = _("There is another row with the same {what}: mend {file}.", what=what, file=row.file)
        cells = {column.name: _cell(row, column) for column in columns}
        name = f"{name}-{number}" if locked else name
        found[name] = Line(key, cells, title_of(table, cells, names), row, locked)
    return found


def _cell(row: RawRow, column: Column) -> str:
    text = plain(row.values.get(column.name))
    return text or column.default if column.form == "yes" else text


def _columns(table: str, key: Iterable[str]) -> str:
    return ", ".join(column_word(name, table) for name in key)


def title_of(table: str, cells: Mapping[str, str], names: Mapping[str, str]) -> str:
    """What people call a row."""
    if table == "qualifications":
        person = cells.get("person", "")
        return f"{names.get(person, person)} ({cells.get('qualification', '')})"
    if table in OF_PEOPLE:
        person = cells.get("person", "")
        return f"{names.get(person, person)} {cells.get('start', '')}".strip()
    return cells.get("name") or cells.get("id", "")


@dataclass(frozen=True)
class Slip:
    """One fault beside its cell: where it stands and what is wrong, without the name of a file."""

    table: str
    row: str
    title: str
    unit: str
    column: str
    text: str


def slips(raw: Raw, faults: Iterable[Fault], lines: Mapping[str, Mapping[str, Line]]) -> list[Slip]:
    """The faults of these tables' rows, in their order.

    Parameters
    ----------
    lines
        Table -> its lines, of all units.
    """
    units = unit_of_people(raw)
    places: dict[tuple[str, int | None], list[tuple[str, str, Line]]] = {}
    for table, rows in lines.items():
        for name, line in rows.items():
            for place in {(line.raw.file, line.raw.row), *line.raw.cites.values()}:
                places.setdefault(place, []).append((table, name, line))
    found = []
    for fault in faults:
        for table, name, line in places.get((fault.file, fault.row), ()):
            if line.raw.where(fault.field) != (fault.file, fault.row):
                continue
            unit = line.cells.get("unit", "") if table == "people" else units.get(line.key.get("person", ""), "")
            found.append(Slip(table, name, line.title, unit, fault.field, told(fault, table)))
    return found


def told(fault: Fault, table: str = "") -> str:
    """A fault as it stands beside its cell."""
    where = column_word(fault.field, table) if fault.field else ""
    return replace(fault, file=where, row=None, field="").sentence().strip()


def elsewhere(faults: Iterable[Fault], found: Iterable[Slip]) -> list[Fault]:
    """Faults that stand beside no cell of these tables."""
    beside = {(slip.table, slip.text) for slip in found}
    tables = {slip.table for slip in found}
    return [fault for fault in faults if not any((table, told(fault, table)) in beside for table in tables)]
