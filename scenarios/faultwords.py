"""Faults as people meet them who edit on a page: by the row's own name, not by a line of a file they never see.

Edits of a draft are a what-if over the scenario; its faults cite lines of that what-if. Files of the scenario itself
are cited as they are: whoever wrote them has them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from scenarios.errors import Fault
from scenarios.raw import SETTINGS, TABLES, Raw
from scenarios.tablewords import column_word
from scenarios.tongue import say as _
from scenarios.whatif_form import name_of, one_row


def as_met(raw: Raw, faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """The faults of a scenario as written; those of its edits name the row or the setting instead of a line."""
    own = {SETTINGS, *(f"{table}.csv" for table in TABLES)}
    return tuple(fault if fault.file in own else _met(raw, fault) for fault in faults)


def _met(raw: Raw, fault: Fault) -> Fault:
    place = (fault.file, fault.row)
    for table, rows in raw.tables.items():
        for row in rows:
            if fault.field in row.values and row.where(fault.field) == place:
                return _named(table, name_of(table, row.values), fault)
    for table, rows in raw.tables.items():
        for row in rows:  # a cell that is not written: the row's other cells stand beside it
            if place in {(row.file, row.row), *row.cites.values()} and row.where(fault.field) == place:
                return _named(table, name_of(table, row.values), fault)
    if place in raw.lines.values():
        return replace(fault, file=_("Settings"), row=None)
    return fault


def _named(table: str, name: str, fault: Fault) -> Fault:
    what = _("{what} {name}", what=one_row(table), name=name)
    return replace(fault, file=what, row=None, field=column_word(fault.field, table) if fault.field else "")
