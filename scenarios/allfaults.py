"""All faults in one report, those too that only show on a sound scenario: more posts than units, sites out of reach.

The checks that need a whole scenario or its map cannot run on a faulty one. So what is at fault is taken out of a copy,
cell by cell and setting by setting, and the copy is checked again. The copy is never planned.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from geodata.errors import GeodataError
from scenarios.desk import prepare
from scenarios.errors import Fault, ScenarioError
from scenarios.load import Loaded, check
from scenarios.parsing import ROW_TYPES, columns_of
from scenarios.raw import Raw, RawRow
from scenarios.reach import out_of_reach

ROUNDS = 4
"""The copy is checked so often at most; what is found by then is told."""

TABLES = ("sessions", "sites", "zones", "posts", "closures")
"""Tables whose cells may be taken out; a fault elsewhere ends it, and what was found stands."""

SETTINGS = ("siting", "response", "blue_lights", "cordons", "fixtures", "demand")
"""Settings whose parts have a default to fall back on."""


def with_all_faults(raw: Raw, error: ScenarioError) -> ScenarioError:
    """The error with what else can be found in the same scenario, and with what is only doubtful.

    Parameters
    ----------
    raw
        The scenario as written, which ``check`` refused.
    error
        What ``check`` said of it.
    """
    found, latest = list(error.faults), error.faults
    gone: set[str] = set()
    for _ in range(ROUNDS):
        copy = _without(raw, latest, gone)
        if copy is None:
            break
        raw = copy
        try:
            loaded = check(raw)
        except ScenarioError as more:
            latest = more.faults
            found += _new(latest, found, gone)
            continue
        faults, doubts = _on_the_map(loaded)
        found += _new(faults, found, gone)
        told = _new((*loaded.warnings, *doubts), found, gone)
        return ScenarioError(found, [doubt for doubt in told if _stands(loaded, found, doubt)])
    return ScenarioError(found)


def _on_the_map(loaded: Loaded) -> tuple[tuple[Fault, ...], tuple[Fault, ...]]:
    """Faults and doubts that need the map; a map that cannot be read is told once the rest is mended."""
    try:
        return (), out_of_reach(prepare(loaded))
    except ScenarioError as error:
        return error.faults, ()
    except GeodataError:
        return (), ()


def _new(faults: Iterable[Fault], known: Iterable[Fault], gone: Iterable[str]) -> list[Fault]:
    """Faults not told yet; those that name a row which we took out ourselves are of our own making."""
    seen = {(fault.file, fault.row, fault.field) for fault in known}
    fresh = [fault for fault in faults if (fault.file, fault.row, fault.field) not in seen]
    quoted = [mark for ident in gone for mark in (f'"{ident}"', f"“{ident}”")]
    return [fault for fault in fresh if not any(mark in fault.sentence() for mark in quoted)]


def _stands(loaded: Loaded, faults: Iterable[Fault], doubt: Fault) -> bool:
    """Whether a doubt is of what people wrote: not of a tier that only stands in for a faulty one."""
    site = next((s for s in loaded.scenario.sites if doubt.field == "cover" and s.id == doubt.value), None)
    if site is None:
        return True
    others = {f"response.class_{cls}_s" for cls in (1, 2, 3) if cls != site.class_}
    return all(fault.field in others for fault in faults if fault.field.startswith("response"))


def _without(raw: Raw, faults: Iterable[Fault], gone: set[str]) -> Raw | None:
    """A copy without the cells, rows and settings at fault; None where one of them cannot be spared."""
    settings, tables = dict(raw.settings), dict(raw.tables)
    for fault in faults:
        table = _table_of(tables, fault)
        if table is not None:
            tables[table] = _without_cell(tables[table], table, fault, gone)
        elif not _without_setting(settings, fault.field):
            return None
    return raw.changed(settings=settings, tables=tables, faults=())


def _table_of(tables: Mapping[str, tuple[RawRow, ...]], fault: Fault) -> str | None:
    """The table with the row that a fault names, if its cells may be taken out."""
    for table in TABLES:
        if any(row.where(fault.field) == (fault.file, fault.row) for row in tables.get(table, ())):
            return table
    return None


def _without_cell(rows: tuple[RawRow, ...], table: str, fault: Fault, gone: set[str]) -> tuple[RawRow, ...]:
    """Rows without one cell; without the whole row where the cell must be filled or is blank already."""
    must = columns_of(ROW_TYPES[table]).get(fault.field, False)
    kept = []
    for row in rows:
        if row.where(fault.field) != (fault.file, fault.row):
            kept.append(row)
        elif not must and str(row.values.get(fault.field, "")).strip():
            values = {name: value for name, value in row.values.items() if name != fault.field}
            kept.append(RawRow(values, row.file, row.row, row.cites))
        else:
            gone.add(str(row.values.get("id", "")).strip())
    return tuple(kept)


def _without_setting(settings: dict[str, Any], field: str) -> bool:
    """Take out the part of a setting that a fault names (a list as a whole); False where it may not be spared."""
    top, _, rest = field.partition(".")
    top, part = top.partition("[")[0], rest.partition(".")[0].partition("[")[0]
    if top not in SETTINGS or top not in settings:
        return False
    if not part or not isinstance(settings[top], dict):
        del settings[top]
    else:
        settings[top] = {name: value for name, value in settings[top].items() if name != part}
    return True
