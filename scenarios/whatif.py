"""A what-if: a small readable TOML patch over a base scenario.

schema = 1
base = "neubrandenburg"
title = "Ring road closed on Saturday evening"

[[close]]                       # roads closed for a time
name = "Ring road at the station"
start = "2026-08-29 18:00"
end = "2026-08-29 23:00"
shape = "LINESTRING (13.25 53.56, 13.26 53.56)"

[[sessions]]                    # a known id changes that row, a new id adds one; so for every table
id = "spiel"
attendance = 4000

[[away]]                        # people taken away for a time
people = ["M020", "M021"]
start = "2026-08-28 06:00"
end = "2026-08-31 06:00"

[[remove]]                      # rows taken out
table = "people"
ids = ["M030"]

[rules.minimum_rest.params]     # settings are merged, deep
rest_h = 10
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scenarios.errors import Fault, ScenarioError
from scenarios.parsing import ROW_TYPES, SETTING_NAMES, columns_of, path_text, shown
from scenarios.raw import Raw, RawRow, listed, nearest, read_toml
from scenarios.schema import SCHEMA

__all__ = ["load_whatif", "shipped_whatifs"]

_OWN = ("schema", "base", "title", "note")
_MADE = ("close", "away", "remove")
#: What tells the rows of a table apart; tables left out only gain rows.
_KEYS: Mapping[str, tuple[str, ...]] = {
    **{table: ("id",) for table, kind in ROW_TYPES.items() if "id" in kind.model_fields},
    "qualifications": ("person", "qualification"),
    "ledger": ("person",),
    "pins": ("person", "group"),
    "published": ("person", "group"),
}  # fmt: skip
#: Rows that go with a person.
_OF_PERSON = ("qualifications", "absences", "wishes", "history", "ledger", "pins", "other_work", "published")
#: Settings that are lists of things with an id; merged by id like rows.
_LISTS = ("spans", "shifts", "kinds", "seat_changes")
_FIXED = ("name", "timezone")


def shipped_whatifs(folder: Path) -> dict[str, Path]:
    """What-ifs that lie beside a scenario: name -> file."""
    return {path.stem: path for path in sorted((folder / "whatifs").glob("*.toml"))}


def load_whatif(path: Path, base: Raw) -> tuple[Raw, tuple[str, ...]]:
    """Apply a patch to a base scenario.

    Returns
    -------
    Raw
        The patched scenario, to be judged by ``load.check``; faults of the patch travel in it and cite the
        patch's file and line.
    tuple of str
        What changed, a sentence each, in the order of the file.

    Raises
    ------
    ScenarioError
        The patch cannot be read at all, or is of a newer form.
    """
    path = Path(path)
    if not path.is_file():
        raise ScenarioError(
            [Fault(str(path), None, "", "", "a what-if file (.toml)", "check the path")]
        )
    faults: list[Fault] = []
    warnings: list[Fault] = []
    values, lines = read_toml(path, faults, warnings)
    if faults:
        raise ScenarioError(faults)
    patch = _Patch(path.name, lines, base, dict(base.settings), dict(base.tables), dict(base.lines))
    patch.header(values)
    for name, value in values.items():
        patch.part(name, value)
    raw = base.changed(
        settings=patch.settings,
        tables=patch.tables,
        lines=patch.cites,
        faults=(*base.faults, *patch.faults),
        warnings=(*base.warnings, *warnings),
    )
    return raw, tuple(patch.changes)


@dataclass
class _Patch:
    """One patch on its way into copies of a base's settings and tables."""

    file: str
    lines: Mapping[tuple[str | int, ...], tuple[str, int | None]]
    base: Raw
    settings: dict[str, Any]
    tables: dict[str, tuple[RawRow, ...]]
    cites: dict[tuple[str | int, ...], tuple[str, int | None]]
    faults: list[Fault] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)

    def line(self, path: tuple[str | int, ...]) -> int | None:
        """Line of the patch to cite."""
        for n in range(len(path), 0, -1):
            if path[:n] in self.lines:
                return self.lines[path[:n]][1]
        return None

    def fault(self, path: tuple[str | int, ...], value: Any, expected: str, remedy: str) -> None:
        """Add a fault of the patch."""
        self.faults.append(
            Fault(self.file, self.line(path), path_text(path), shown(value), expected, remedy)
        )

    # ------------------------------------------------------------ parts
    def header(self, values: Mapping[str, Any]) -> None:
        """``schema`` and ``base``."""
        number = values.get("schema")
        if isinstance(number, int) and not isinstance(number, bool) and number > SCHEMA:
            raise ScenarioError(
                [
                    Fault(
                        self.file, self.line(("schema",)), "schema", str(number), f"a form up to {SCHEMA}",
                        "this what-if was made for a newer Vedette: install that one",
                    )
                ]
            )
        if number is None or isinstance(number, bool) or not isinstance(number, int) or number < 1:
            self.fault(("schema",), number, f"schema = {SCHEMA}", "write it as the first line")
        base, name = values.get("base"), self.base.settings.get("name", self.base.name)
        if base is None:
            self.fault(("base",), None, "the name of the base scenario", f'write base = "{name}"')
        elif base not in {name, self.base.name}:
            self.fault(
                ("base",), base, f'this scenario, "{name}"', "apply the what-if to the scenario it was made for"
            )

    def part(self, name: str, value: Any) -> None:
        """One top-level entry of the patch."""
        if name in _OWN:
            return
        if name in {*_MADE, *ROW_TYPES}:
            if not isinstance(value, list) or not all(isinstance(v, dict) for v in value):
                self.fault((name,), value, "rows", f"write each under its own [[{name}]]")
                return
            for n, row in enumerate(value):
                getattr(self, f"_{name}", self._row_of(name))((name, n), row)
        elif name in _FIXED:
            self.fault((name,), value, "a setting that a what-if may change", "change the base scenario")
        elif name in SETTING_NAMES:
            self._setting(name, value)
        else:
            known = (*_MADE, *ROW_TYPES, *SETTING_NAMES)
            like = nearest(name, known)
            self.fault(
                (name,), None, "a table or setting of a scenario",
                f'did you mean "{like}"?' if like else f"known are {listed(known, 50)}",
            )  # fmt: skip

    def _row_of(self, table: str) -> Any:
        def change(path: tuple[str | int, ...], row: Mapping[str, Any]) -> None:
            self._row(table, path, row)

        return change

    # ------------------------------------------------------------ rows
    def _row(self, table: str, path: tuple[str | int, ...], row: Mapping[str, Any]) -> None:
        columns = columns_of(ROW_TYPES[table])
        for column in row:
            if column not in columns:
                like = nearest(column, columns)
                remedy = f'did you mean "{like}"?' if like else f"known are {listed(columns, 30)}"
                self.fault((*path, column), None, "a column that is known", remedy)
        keys = _KEYS.get(table, ())
        lacking = [k for k in keys if k not in row]
        if lacking:
            self.fault(path, None, f"{' and '.join(keys)} of the row", f"add {listed(lacking)}")
            return
        at = self._find(table, keys, row)
        if at is None:
            self._add(table, path, row, columns)
        else:
            self._change(table, path, row, at)

    def _find(self, table: str, keys: Sequence[str], row: Mapping[str, Any]) -> int | None:
        wanted = [str(row[k]).strip() for k in keys]
        for n, known in enumerate(self.tables.get(table, ())):
            if keys and [str(known.values.get(k, "")).strip() for k in keys] == wanted:
                return n
        return None

    def _add(
        self, table: str, path: tuple[str | int, ...], row: Mapping[str, Any], columns: Mapping[str, bool]
    ) -> None:
        missing = [c for c, must in columns.items() if must and _plain(row.get(c)) == ""]
        name = _name_of(table, row)
        if missing:
            known = [str(r.values.get("id", "")) for r in self.tables.get(table, ())]
            like = nearest(str(row.get("id", "")), known) if "id" in row else None
            hint = f'to change a row, did you mean "{like}"? ' if like else ""
            self.fault(
                path, row.get("id"), f"a row of {table} that is known, or a whole new one",
                f"{hint}a new row also needs {listed(missing, 20)}",
            )  # fmt: skip
            return
        new = RawRow(dict(row), self.file, self.line(path))
        self.tables[table] = (*self.tables.get(table, ()), new)
        self.changes.append(f"{_one(table)} {name} added.")

    def _change(
        self, table: str, path: tuple[str | int, ...], row: Mapping[str, Any], at: int
    ) -> None:
        old = self.tables[table][at]
        values, cites, told = dict(old.values), dict(old.cites), []
        for column, value in row.items():
            if column in _KEYS[table]:
                continue
            before = values.get(column)
            if value == "":
                values.pop(column, None)
            else:
                values[column] = value
            cites[column] = (self.file, self.line((*path, column)))
            if _plain(before) != _plain(value):
                told.append(f"{column} {_plain(before) or 'blank'} -> {_plain(value) or 'blank'}")
        rows = list(self.tables[table])
        rows[at] = RawRow(values, old.file, old.row, cites)
        self.tables[table] = tuple(rows)
        if told:
            self.changes.append(f"{_one(table)} {_name_of(table, values)}: {', '.join(told)}.")

    # ------------------------------------------------------------ short forms
    def _close(self, path: tuple[str | int, ...], row: Mapping[str, Any]) -> None:
        number = path[-1]
        whole = {"id": f"closed-{int(number) + 1}", "name": "Road closed", **row}
        before = len(self.changes)
        self._row("closures", path, whole)
        if len(self.changes) > before:
            self.changes[-1] = f"{whole['name']}: closed {row.get('start')} to {row.get('end')}."

    def _away(self, path: tuple[str | int, ...], row: Mapping[str, Any]) -> None:
        people = row.get("people")
        if not isinstance(people, list) or not people:
            self.fault((*path, "people"), people, "a list of person ids", 'write people = ["M020", "M021"]')
            return
        before = len(self.changes)
        for person in people:
            rest = {k: v for k, v in row.items() if k != "people"}
            self._row("absences", path, {"kind": "other", **rest, "person": person})
        if len(self.changes) == before + len(people):
            del self.changes[before:]
            n = len(people)
            self.changes.append(
                f"{n} {'person' if n == 1 else 'people'} away {row.get('start')} to {row.get('end')}: "
                f"{', '.join(map(str, people))}."
            )

    def _remove(self, path: tuple[str | int, ...], row: Mapping[str, Any]) -> None:
        table = row.get("table")
        if not isinstance(table, str) or table not in ROW_TYPES:
            like = nearest(str(table), ROW_TYPES)
            hint = f'did you mean "{like}"?' if like else f"one of {listed(ROW_TYPES, 20)}"
            self.fault((*path, "table"), table, "a table of a scenario", hint)
            return
        columns = columns_of(ROW_TYPES[table])
        ids = row.get("ids", [])
        wanted: list[dict[str, Any]] = [{"id": i} for i in ids] if isinstance(ids, list) else []
        match = {k: v for k, v in row.items() if k not in {"table", "ids"}}
        strange = [k for k in match if k not in columns]
        for column in strange:
            self.fault((*path, column), None, f"a column of {table}", f"known are {listed(columns, 30)}")
        if match and not strange:
            wanted.append(match)
        if not wanted and not strange:
            self.fault(path, None, "which rows to take out", 'write id = "..." or ids = ["...", "..."]')
        for one in wanted:
            self._take_out(table, path, one)

    def _take_out(self, table: str, path: tuple[str | int, ...], match: Mapping[str, Any]) -> None:
        rows = self.tables.get(table, ())
        gone = [r for r in rows if all(_plain(r.values.get(k)) == _plain(v) for k, v in match.items())]
        if not gone:
            text = ", ".join(f"{k} {_plain(v)}" for k, v in match.items())
            known = [str(r.values.get("id", "")) for r in rows]
            like = nearest(_plain(match.get("id")), known)
            key = " and ".join(f'{name} = "..."' for name in _KEYS.get(table, ("person",)))
            nameless = "id" in match and "id" not in columns_of(ROW_TYPES[table])
            hint = f"rows of {table} have no id: write {key}" if nameless else "it may be gone already; check the id"
            self.fault(
                path, text, f"a row of {table} that is there", f'did you mean "{like}"?' if like else hint,
            )  # fmt: skip
            return
        self.tables[table] = tuple(r for r in rows if r not in gone)
        self.changes += [f"{_one(table)} {_name_of(table, r.values)} taken out." for r in gone]
        if table == "people":
            names = {_plain(r.values.get("id")) for r in gone}
            for other in _OF_PERSON:
                if other in self.tables:
                    kept = (r for r in self.tables[other] if _plain(r.values.get("person")) not in names)
                    self.tables[other] = tuple(kept)

    # ------------------------------------------------------------ settings
    def _setting(self, name: str, value: Any) -> None:
        old = self.settings.get(name)
        if name in _LISTS and isinstance(value, list) and isinstance(old, list):
            merged = [dict(v) if isinstance(v, dict) else v for v in old]
            for n, entry in enumerate(value):
                self._list_entry(name, n, entry, merged)
            self.settings[name] = merged
            return
        self.settings[name] = self._merged((name,), old, value)

    def _list_entry(self, name: str, n: int, entry: Any, merged: list[Any]) -> None:
        if not isinstance(entry, dict) or "id" not in entry:
            self.fault((name, n), entry, "an entry with its id", f"write [[{name}]] with id = ...")
            return
        for k, known in enumerate(merged):
            if isinstance(known, dict) and known.get("id") == entry["id"]:
                merged[k] = {**known, **entry}
                self._cite((name, k), (name, n), entry)
                told = [c for c, v in entry.items() if known.get(c) != v]
                if told:
                    self.changes.append(f'{name} "{entry["id"]}": {listed(told)} changed.')
                return
        merged.append(dict(entry))
        self._cite((name, len(merged) - 1), (name, n), entry)
        self.changes.append(f'{name} "{entry["id"]}" added.')

    def _cite(
        self, to: tuple[str | int, ...], path: tuple[str | int, ...], entry: Mapping[str, Any]
    ) -> None:
        for key in entry:
            self.cites[(*to, key)] = (self.file, self.line((*path, key)))

    def _merged(self, path: tuple[str | int, ...], old: Any, new: Any) -> Any:
        if isinstance(new, dict) and (isinstance(old, dict) or old is None):
            out = dict(old or {})
            for key, value in new.items():
                out[key] = self._merged((*path, key), out.get(key), value)
            return out
        self.cites[path] = (self.file, self.line(path))
        if old != new:
            before = "default" if old is None else _plain(old)
            self.changes.append(f"{path_text(path)}: {before} -> {_plain(new)}.")
        return new


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ";".join(_plain(v) for v in value)
    return "" if value is None else str(value).strip()


def _one(table: str) -> str:
    words = {
        "people": "Person", "absences": "Absence", "history": "Earlier duty", "ledger": "Ledger of", "wishes": "Wish",
        "qualifications": "Qualification", "other_work": "Other work of", "published": "Published duty of",
    }  # fmt: skip
    return words.get(table, table.removesuffix("s").capitalize())


def _name_of(table: str, row: Mapping[str, Any]) -> str:
    name = row.get("title") or row.get("name")
    if "id" in row:
        return f"{row['id']} ({name})" if name else str(row["id"])
    return " ".join(_plain(row.get(k)) for k in ("person", *_KEYS.get(table, ())[1:]) if row.get(k))
