"""Rows of a workbook -> rows of the scenario: names become ids, cells are judged, rows that stand are found again."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from scenarios.checks import PLACES
from scenarios.draft_rows import row_id
from scenarios.errors import Fault
from scenarios.fields import moment
from scenarios.forces.columns import listed, person_names, unit_names
from scenarios.parsing import ROW_TYPES, columns_of
from scenarios.raw import Raw, nearest
from scenarios.starting.names import SHEET_NAMES, TIMES, folded, heading, made_id
from scenarios.tablewords import plain
from scenarios.tongue import say as _
from scenarios.valuewords import explained, like_or_these, one_of
from scenarios.whatif_form import KEYS

if TYPE_CHECKING:
    from scenarios.starting.exchange import Given

#: Columns with words of a list among the settings.
_LISTED = {"category": "categories", "rank": "ranks", "qualification": "qualifications_known"}
_REFERS = {"unit": "units", "person": "people", "owner": "units", "lead": "people"}


@dataclass(frozen=True)
class Row:
    """One row: what it is found by, its cells as files have them, and its number in what came."""

    key: Mapping[str, str]
    cells: Mapping[str, str]
    number: int


@dataclass(frozen=True)
class Standing:
    """One row that the scenario has."""

    key: Mapping[str, str]
    cells: Mapping[str, str]


class Matcher:
    """A scenario to match rows against; faults go into ``faults``."""

    def __init__(self, raw: Raw, faults: list[Fault]) -> None:
        self.raw, self.faults = raw, faults
        self.names = dict(person_names(raw))
        self._zone = _zone(raw)
        self._ids = {"units": _by_name(unit_names(raw)), "people": _by_name(_names(raw, "people"))}
        self._taken = {table: {plain(row.values.get("id")) for row in rows} for table, rows in raw.tables.items()}
        self._placed = set().union(*(self._taken.get(table, set()) for table in PLACES))
        self._seen: dict[str, int] = {}
        self._standing: dict[str, dict[str, Standing]] = {}
        self._rows = {table: {plain(r.values.get("id")): r.values for r in rows} for table, rows in raw.tables.items()}
        self._named = {table: _by_name(_names(raw, table)) for table in ("units", "people", "sites", "resources")}

    def standing(self, table: str) -> dict[str, Standing]:
        """The scenario's rows of a table, by what tells them apart."""
        if table in self._standing:
            return self._standing[table]
        found = self._standing[table] = {}
        for row in self.raw.tables.get(table, ()):
            cells = {name: plain(value) for name, value in row.values.items()}
            key = {name: cells.get(name, "") for name in KEYS[table]}
            found.setdefault(row_id(table, self._exact(key)), Standing(key, cells))
        return found

    def row(self, sheet: str, title: str, number: int, cells: Mapping[str, str], given: Given) -> Row | None:
        """One row as the scenario would have it; None with a fault."""
        table = SHEET_NAMES[sheet][0]
        titles = named(given)
        place, before = _("sheet {title}", title=title), len(self.faults)

        def fault(column: str, value: str, expected: str, remedy: str) -> None:
            shown = titles.get(column) or heading(table, column)
            self.faults.append(Fault(place, number, shown, value[:60], expected, remedy))

        values = dict(cells)
        for column in _REFERS:
            if values.get(column):
                values[column] = self._referred(column, values[column], fault)
        new = self._identified(table, values, fault)
        if new:
            self._filled(table, values)
        else:  # what must be there and is left blank stays as it is
            must = columns_of(ROW_TYPES[table])
            values = {name: value for name, value in values.items() if value or not must.get(name)}
        self._judged(table, values, fault, whole=new)
        if len(self.faults) > before:
            return None
        key = {name: values.get(name, "") for name in KEYS[table]}
        ident = row_id(table, self._exact(key))
        if ident in self._seen:
            first = KEYS[table][0]
            fault(first, key[first], _("each row once"), _("row {row} is the same", row=self._seen[ident]))
            return None
        self._seen[ident] = number
        if "id" in key:
            self._remember(table, key["id"], values.get("name", ""))
        return Row(self._exact(key), values, number)

    def equal(self, column: str, one: str, other: str) -> bool:
        """Whether two cells say the same."""
        if column in TIMES:
            return self._moment(one) == self._moment(other)
        if one == other:
            return True
        try:
            return float(one) == float(other)
        except ValueError:
            return set(_parts(one)) == set(_parts(other))

    # ------------------------------------------------------------ parts
    def _referred(self, column: str, written: str, fault: Any) -> str:
        table = _REFERS[column]
        ids = self._ids[table]
        if written in self._taken.get(table, ()):
            return written
        hits = ids.get(folded(written), [])
        if len(hits) == 1:
            return hits[0]
        if hits:
            fault(column, written, _("a name that only one has"), _("write the id: {names}", names=", ".join(hits[:4])))
            return written
        like = nearest(written, self._names_of(table).values())
        what = _("a unit that is known") if table == "units" else _("a person who is known")
        remedy = _('did you mean "{like}"?', like=like) if like else _("add it on its sheet, or correct the name")
        fault(column, written, what, remedy)
        return written

    def _names_of(self, table: str) -> Mapping[str, str]:
        return unit_names(self.raw) if table == "units" else self.names

    def _identified(self, table: str, values: dict[str, str], fault: Any) -> bool:
        """Give the row its id, found by name or made; whether it is new."""
        if "id" not in KEYS[table]:
            key = {name: values.get(name, "") for name in KEYS[table]}
            return row_id(table, self._exact(key)) not in self.standing(table)
        ident = values.get("id", "")
        if ident:
            new = ident not in self._taken.get(table, set())
            if new and table in PLACES and ident in self._placed:
                other = next((rows[ident] for its, rows in self._rows.items() if its in PLACES and ident in rows), {})
                remedy = _("{name} has it already: give this one another", name=plain(other.get("name")) or ident)
                fault("id", ident, _("an id of its own"), remedy)
            return new
        hits = self._named[table].get(folded(values.get("name", "")), [])
        if len(hits) > 1:
            fault("name", values.get("name", ""), _("a name that only one has"),
                  _("write the id: {names}", names=", ".join(hits[:4])))  # fmt: skip
            return False
        values["id"] = hits[0] if hits else self._new_id(table, values.get("name", ""))
        return not hits

    def _new_id(self, table: str, name: str) -> str:
        taken = self._taken.get(table, set()) if table in {"people", "resources"} else self._placed
        return made_id(name, table.removesuffix("s"), taken)

    def _remember(self, table: str, ident: str, name: str) -> None:
        self._taken.setdefault(table, set()).add(ident)
        if table in PLACES:
            self._placed.add(ident)
        if table == "people":
            self.names.setdefault(ident, name or ident)
        if table in self._ids and name:
            hits = self._ids[table].setdefault(folded(name), [])
            if ident not in hits:
                hits.append(ident)

    def _filled(self, table: str, values: dict[str, str]) -> None:
        """What a new row has where nothing is said."""
        first = {name: _first(listed(self.raw, setting)) for name, setting in _LISTED.items()}
        units = list(unit_names(self.raw))
        sites = self.raw.tables.get("sites", ())
        usual = sites[0].values if sites else {}
        start, end = (plain(self.raw.settings.get(name)) for name in ("start", "end"))
        unit = units[0] if len(units) == 1 else ""
        owner, lead = (plain(usual.get(name)) for name in ("owner", "lead"))
        defaults = {
            "people": {"unit": unit, "category": first["category"], "rank": first["rank"]},
            "sites": {"kind": "other", "class": "2", "owner": owner, "lead": lead},
            "qualifications": {"valid_from": start, "valid_until": end},
        }
        for name, value in defaults.get(table, {}).items():
            values[name] = values.get(name) or value

    def _judged(self, table: str, values: Mapping[str, str], fault: Any, *, whole: bool) -> None:
        for column, setting in _LISTED.items():
            known = listed(self.raw, setting)
            if values.get(column) and known and values[column] not in known:
                fault(column, values[column], one_of(known), like_or_these(values[column], known))
        kind = ROW_TYPES[table]
        must = [name for name, needed in columns_of(kind).items() if needed]
        cells: dict[str, Any] = {name: value for name, value in values.items() if value}
        if not whole:  # what is not in the workbook stays as it is
            old = self._rows.get(table, {}).get(values.get("id", ""), {})
            cells = {**{k: v for k, v in old.items() if k in must and k not in values}, **cells}
        try:
            kind.model_validate(cells, context={"zone": self._zone})
        except ValidationError as error:
            for one in error.errors(include_url=False):
                name = str(one["loc"][0]) if one["loc"] else ""
                fault(name, values.get(name, ""), *explained(one, kind))

    def _exact(self, key: Mapping[str, str]) -> dict[str, str]:
        """A key with its times written one way, so that 18:00 and 18:00:00 are one."""
        return {name: self._moment(value) if name in TIMES else value for name, value in key.items()}

    def _moment(self, text: str) -> str:
        with contextlib.suppress(PydanticCustomError):
            found = moment(text, self._zone)
            return f"{found.astimezone(self._zone):%Y-%m-%d %H:%M}"
        return text


def named(given: Given) -> dict[str, str]:
    """The headings of a sheet by what they mean."""
    return {name: text for name, text in zip(given.header, given.titles, strict=False) if name}


def _zone(raw: Raw) -> ZoneInfo:
    with contextlib.suppress(Exception):
        return ZoneInfo(str(raw.settings.get("timezone", "UTC")))
    return ZoneInfo("UTC")


def _names(raw: Raw, table: str) -> dict[str, str]:
    rows = [(plain(row.values.get("id")), plain(row.values.get("name"))) for row in raw.tables.get(table, ())]
    return {ident: name for ident, name in rows if ident}


def _by_name(names: Mapping[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for ident, name in names.items():
        found.setdefault(folded(name), []).append(ident)
    return found


def _first(words: tuple[str, ...]) -> str:
    return words[0] if words else ""


def _parts(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[;；]", text) if part.strip()]
