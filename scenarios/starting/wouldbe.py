"""The scenario as it would be with a workbook taken over: what would be wrong then, and is not wrong now.

A workbook's cells are judged one by one when they are read. What only the whole scenario can tell (an id that a unit
has, an end before its start, a span or tag that nobody knows, a site without a place) is told by its own check.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from scenarios.errors import Fault, ScenarioError
from scenarios.load import check
from scenarios.raw import Raw, RawRow
from scenarios.starting.names import heading
from scenarios.tablewords import plain
from scenarios.whatif_form import KEYS


@dataclass(frozen=True)
class Written:
    """One row as it is to be: its table, key and cells ("" takes one away), and where the workbook has it.

    ``place`` and ``row`` are what a fault cites, ``titles`` the headings there by column.
    """

    table: str
    key: Mapping[str, str]
    cells: Mapping[str, str]
    place: str
    row: int
    titles: Mapping[str, str]


def new_faults(raw: Raw, written: Iterable[Written]) -> list[Fault]:
    """What taking the rows over would make wrong, in the sheets, rows and headings of the workbook.

    Of a scenario that is faulty as it is, only what the workbook's own rows have: its check may not get further now.
    """
    rows = list(written)
    wrong = _faults(_with(raw, rows)) if rows else ()
    known = _faults(raw) if wrong else ()
    by_place = {(row.place, row.row): row for row in rows}
    found = []
    for fault in wrong:
        its = by_place.get((fault.file, fault.row or 0))
        if fault in known or (known and its is None):
            continue
        if its is not None and fault.field:
            fault = replace(fault, field=its.titles.get(fault.field) or heading(its.table, fault.field))  # noqa: PLW2901
        found.append(fault)
    return found


def _faults(raw: Raw) -> tuple[Fault, ...]:
    try:
        check(raw)
    except ScenarioError as error:
        return error.faults
    return ()


def _with(raw: Raw, written: list[Written]) -> Raw:
    tables: dict[str, list[RawRow]] = {name: list(rows) for name, rows in raw.tables.items()}
    at = {(name, _key(name, row.values)): n for name, rows in tables.items() for n, row in enumerate(rows)}
    for one in written:
        rows = tables.setdefault(one.table, [])
        n = at.get((one.table, _key(one.table, one.key)))
        old = None if n is None else rows[n]
        cells = {**({} if old is None else old.values), **one.key, **one.cells}
        cites = {} if old is None else {column: old.where(column) for column in old.values if column not in one.cells}
        row = RawRow({name: value for name, value in cells.items() if value != ""}, one.place, one.row, cites)
        if n is None:
            rows.append(row)
        else:
            rows[n] = row
    return raw.changed(tables={name: tuple(rows) for name, rows in tables.items()})


def _key(table: str, values: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(plain(values.get(name)) for name in KEYS.get(table, ()))
