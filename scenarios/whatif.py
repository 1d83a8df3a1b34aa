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

Rows are done from the top of the file to its end: a row that is taken out above may be added anew below.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scenarios.errors import Fault, ScenarioError
from scenarios.parsing import ROW_TYPES, SETTING_NAMES, columns_of, path_text, shown
from scenarios.raw import Raw, RawRow, listed, nearest, parse_toml, read_toml
from scenarios.schema import SCHEMA
from scenarios.tablewords import plain
from scenarios.tongue import lists, mark, says
from scenarios.tongue import say as _
from scenarios.tongue.lists import both
from scenarios.whatif_form import (
    FIXED,
    KEYS,
    LISTS,
    MADE,
    OF_PERSON,
    OWN,
    OWN_TITLE,
    column_as,
    hint,
    in_order,
    listed_as,
    name_of,
    one_row,
    turned,
)

__all__ = ["load_whatif", "shipped_whatifs", "with_whatif"]

ROAD_CLOSED = mark("Road closed")
"""What a closure is called that has no name of its own."""


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
        raise ScenarioError([Fault(str(path), None, "", "", _("a what-if file (.toml)"), _("check the path"))])
    faults: list[Fault] = []
    warnings: list[Fault] = []
    values, lines = read_toml(path, faults, warnings)
    if faults:
        raise ScenarioError(faults)
    return _over(base, path.name, values, lines, warnings)


def with_whatif(text: str, name: str, base: Raw) -> Raw:
    """A base scenario with a patch that is in no file; its faults cite ``name``. Raises like ``load_whatif``."""
    faults: list[Fault] = []
    values, lines = parse_toml(text, name, faults)
    if faults:
        raise ScenarioError(faults)
    return _over(base, name, values, lines, ())[0]


def _over(
    base: Raw,
    name: str,
    values: Mapping[str, Any],
    lines: Mapping[tuple[str | int, ...], tuple[str, int | None]],
    warnings: Sequence[Fault],
) -> tuple[Raw, tuple[str, ...]]:
    patch = _Patch(name, lines, base, dict(base.settings), dict(base.tables), dict(base.lines))
    patch.header(values)
    for part, value, at in in_order(values, lines):
        patch.part(part, value, at)
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
        self.faults.append(Fault(self.file, self.line(path), path_text(path), shown(value), expected, remedy))

    # ------------------------------------------------------------ parts
    def header(self, values: Mapping[str, Any]) -> None:
        """``schema`` and ``base``."""
        number = values.get("schema")
        if isinstance(number, int) and not isinstance(number, bool) and number > SCHEMA:
            expected = _("a form up to {schema}", schema=SCHEMA)
            remedy = _("this what-if was made for a newer Vedette: install that one")
            line = self.line(("schema",))
            raise ScenarioError([Fault(self.file, line, "schema", str(number), expected, remedy)])
        if number is None or isinstance(number, bool) or not isinstance(number, int) or number < 1:
            self.fault(("schema",), number, _("schema = {schema}", schema=SCHEMA), _("write it as the first line"))
        base, name = values.get("base"), self.base.settings.get("name", self.base.name)
        if base is None:
            self.fault(("base",), None, _("the name of the base scenario"), _('write base = "{name}"', name=name))
        elif base not in {name, self.base.name}:
            self.fault(
                ("base",), base, _('this scenario, "{name}"', name=name),
                _("apply the what-if to the scenario it was made for"),
            )

    def part(self, name: str, value: Any, at: int | None) -> None:
        """One top-level entry of the patch, or row ``at`` of one."""
        if name in OWN:
            return
        if name in LISTS and at is not None:
            self._entry(name, at, value)
        elif name in {*MADE, *ROW_TYPES}:
            if at is None:
                self.fault((name,), value, _("rows"), _("write each under its own [[{name}]]", name=name))
            elif name in MADE:
                getattr(self, f"_{name}")((name, at), value)
            else:
                self._row(name, (name, at), value)
        elif name in FIXED:
            self.fault((name,), value, _("a setting that a what-if may change"), _("change the base scenario"))
        elif name == OWN_TITLE:
            self._scenario(value)
        elif name in SETTING_NAMES:
            self.settings[name] = self._merged((name,), self.settings.get(name), value)
        else:
            known = (*MADE, *ROW_TYPES, *SETTING_NAMES)
            like = nearest(name, known)
            self.fault(
                (name,), None, _("a table or setting of a scenario"),
                hint(like, _("known are {names}", names=listed(known, 50))),
            )  # fmt: skip

    # ------------------------------------------------------------ rows
    def _row(self, table: str, path: tuple[str | int, ...], row: Mapping[str, Any]) -> None:
        columns = columns_of(ROW_TYPES[table])
        for column in row:
            if column not in columns:
                like = nearest(column, columns)
                remedy = hint(like, _("known are {names}", names=listed(columns, 30)))
                self.fault((*path, column), None, _("a column that is known"), remedy)
        keys = KEYS.get(table, ())
        lacking = [k for k in keys if k not in row and columns[k]]
        if lacking:
            self.fault(path, None, _("{names} of the row", names=both(keys)), _("add {name}", name=listed(lacking)))
            return
        at = self._find(table, keys, row)
        if at is None:
            self._add(table, path, row, columns)
        else:
            self._change(table, path, row, at)

    def _find(self, table: str, keys: Sequence[str], row: Mapping[str, Any]) -> int | None:
        wanted = [plain(row.get(k)) for k in keys]
        for n, known in enumerate(self.tables.get(table, ())):
            if keys and [plain(known.values.get(k)) for k in keys] == wanted:
                return n
        return None

    def _add(
        self, table: str, path: tuple[str | int, ...], row: Mapping[str, Any], columns: Mapping[str, bool]
    ) -> None:
        # A cell that is named and blank is told when the row is judged, beside what else is wrong with it.
        missing = [c for c, must in columns.items() if must and c not in row]
        name = name_of(table, row)
        if missing:
            known = [str(r.values.get("id", "")) for r in self.tables.get(table, ())]
            like = nearest(str(row.get("id", "")), known) if "id" in row else None
            needs = _("a new row also needs {names}", names=listed(missing, 20))
            if like:
                needs = _('to change a row, did you mean "{like}"? {needs}', like=like, needs=needs)
            expected = _("a row of {table} that is known, or a whole new one", table=table)
            self.fault(path, row.get("id"), expected, needs)
            return
        new = RawRow({k: v for k, v in row.items() if v != ""}, self.file, self.line(path))
        self.tables[table] = (*self.tables.get(table, ()), new)
        self.changes.append(_("{what} {name} added.", what=one_row(table), name=name))

    def _change(
        self, table: str, path: tuple[str | int, ...], row: Mapping[str, Any], at: int
    ) -> None:
        old = self.tables[table][at]
        values, cites, told = dict(old.values), dict(old.cites), []
        for column, value in row.items():
            if column in KEYS[table]:
                continue
            before = values.get(column)
            if value == "":
                values.pop(column, None)
            else:
                values[column] = value
            cites[column] = (self.file, self.line((*path, column)))
            if plain(before) != plain(value):
                told.append(turned(column_as(column), plain(before) or _("blank"), plain(value) or _("blank")))
        rows = list(self.tables[table])
        rows[at] = RawRow(values, old.file, old.row, cites)
        self.tables[table] = tuple(rows)
        if told:
            name, cells = lists.beside(name_of(table, values)), lists.listed(told)
            self.changes.append(_("{what} {name}: {cells}.", what=one_row(table), name=name, cells=cells))

    # ------------------------------------------------------------ short forms
    def _close(self, path: tuple[str | int, ...], row: Mapping[str, Any]) -> None:
        number = path[-1]
        whole = {"id": f"closed-{int(number) + 1}", "name": ROAD_CLOSED, **row}
        before = len(self.changes)
        self._row("closures", path, whole)
        if len(self.changes) > before:
            # The row is the same in every language: it shapes the plan, and its name is in the papers as one writes it.
            name = whole["name"] if "name" in row else _(ROAD_CLOSED)
            self.changes[-1] = _(
                "{name}: closed {start} to {end}.", name=name, start=row.get("start"), end=row.get("end")
            )

    def _away(self, path: tuple[str | int, ...], row: Mapping[str, Any]) -> None:
        people = row.get("people")
        if not isinstance(people, list) or not people:
            self.fault((*path, "people"), people, _("a list of person ids"), _('write people = ["M020", "M021"]'))
            return
        before = len(self.changes)
        for person in people:
            rest = {k: v for k, v in row.items() if k != "people"}
            self._row("absences", path, {"kind": "other", **rest, "person": person})
        if len(self.changes) == before + len(people):
            del self.changes[before:]
            n = len(people)
            self.changes.append(
                says(
                    "{n} person away {start} to {end}: {names}.", "{n} people away {start} to {end}: {names}.", n,
                    start=row.get("start"), end=row.get("end"), names=lists.listed(map(str, people)),
                )
            )  # fmt: skip

    def _remove(self, path: tuple[str | int, ...], row: Mapping[str, Any]) -> None:
        table = row.get("table")
        if isinstance(table, str) and table in LISTS:
            self._take_out_entries(table, path, row)
            return
        if not isinstance(table, str) or table not in ROW_TYPES:
            like = nearest(str(table), ROW_TYPES)
            remedy = hint(like, _("one of {names}", names=listed(ROW_TYPES, 20)))
            self.fault((*path, "table"), table, _("a table of a scenario"), remedy)
            return
        columns = columns_of(ROW_TYPES[table])
        ids = row.get("ids", [])
        wanted: list[dict[str, Any]] = [{"id": i} for i in ids] if isinstance(ids, list) else []
        match = {k: v for k, v in row.items() if k not in {"table", "ids"}}
        strange = [k for k in match if k not in columns]
        for column in strange:
            remedy = _("known are {names}", names=listed(columns, 30))
            self.fault((*path, column), None, _("a column of {table}", table=table), remedy)
        if match and not strange:
            wanted.append(match)
        if not wanted and not strange:
            self.fault(path, None, _("which rows to take out"), _('write id = "..." or ids = ["...", "..."]'))
        for one in wanted:
            self._take_out(table, path, one)

    def _take_out(self, table: str, path: tuple[str | int, ...], match: Mapping[str, Any]) -> None:
        rows = self.tables.get(table, ())
        gone = [r for r in rows if all(plain(r.values.get(k)) == plain(v) for k, v in match.items())]
        if not gone:
            text = lists.listed(f"{k} {plain(v)}" for k, v in match.items())
            known = [str(r.values.get("id", "")) for r in rows]
            like = nearest(plain(match.get("id")), known)
            key = both(f'{name} = "..."' for name in KEYS.get(table, ("person",)))
            other = _("it may be gone already; check the id")
            if "id" in match and "id" not in columns_of(ROW_TYPES[table]):
                other = _("rows of {table} have no id: write {key}", table=table, key=key)
            self.fault(path, text, _("a row of {table} that is there", table=table), hint(like, other))
            return
        self.tables[table] = tuple(r for r in rows if r not in gone)
        what = one_row(table)
        self.changes += [_("{what} {name} taken out.", what=what, name=name_of(table, r.values)) for r in gone]
        if table == "people":
            names = {plain(r.values.get("id")) for r in gone}
            for other in OF_PERSON:
                if other in self.tables:
                    kept = (r for r in self.tables[other] if plain(r.values.get("person")) not in names)
                    self.tables[other] = tuple(kept)

    # ------------------------------------------------------------ settings
    def _scenario(self, value: Any) -> None:
        """``[scenario] title``: the scenario's title, which the patch's own word hides."""
        if not isinstance(value, dict) or set(value) != {"title"}:
            self.fault((OWN_TITLE,), value, _("the scenario's title"), _("write [scenario] and title = ... below it"))
            return
        self.settings["title"] = self._merged((OWN_TITLE, "title"), self.settings.get("title"), value["title"])
        self.cites["title",] = (self.file, self.line((OWN_TITLE, "title")))

    def _entry(self, name: str, n: int, entry: Mapping[str, Any]) -> None:
        """One entry of a setting that is a list of things with ids: changed or added."""
        if "id" not in entry:
            remedy = _("write [[{name}]] with id = ...", name=name)
            self.fault((name, n), dict(entry), _("an entry with its id"), remedy)
            return
        merged = list(self.settings.get(name) or ())
        self.settings[name] = merged
        for k, known in enumerate(merged):
            if isinstance(known, dict) and known.get("id") == entry["id"]:
                merged[k] = {**known, **entry}
                self._cite((name, k), (name, n), entry)
                told = [c for c, v in entry.items() if known.get(c) != v]
                if told:
                    what, names = listed_as(name), listed(map(column_as, told))
                    self.changes.append(_('{what} "{id}": {names} changed.', what=what, id=entry["id"], names=names))
                return
        merged.append(dict(entry))
        self._cite((name, len(merged) - 1), (name, n), entry)
        self.changes.append(_('{what} "{id}" added.', what=listed_as(name), id=entry["id"]))

    def _take_out_entries(self, name: str, path: tuple[str | int, ...], row: Mapping[str, Any]) -> None:
        """Entries of such a list, by id."""
        ids = row.get("ids", [row["id"]] if "id" in row else [])
        if not isinstance(ids, list) or not ids:
            self.fault(path, None, _("which entries to take out"), _('write id = "..." or ids = ["...", "..."]'))
            return
        for ident in ids:
            known = list(self.settings.get(name) or ())
            at = next((n for n, one in enumerate(known) if isinstance(one, dict) and one.get("id") == ident), None)
            if at is None:
                like = nearest(str(ident), [str(one.get("id", "")) for one in known if isinstance(one, dict)])
                remedy = hint(like, _("it may be gone already; check the id"))
                self.fault(path, ident, _("an entry of {name} that is there", name=name), remedy)
                continue
            self.settings[name] = [*known[:at], *known[at + 1 :]]
            self._close_up(name, at)
            self.changes.append(_('{what} "{id}" taken out.', what=listed_as(name), id=ident))

    def _close_up(self, name: str, gone: int) -> None:
        """The lines to cite move up with the entries below the one that goes."""
        below = {p: at for p, at in self.cites.items() if p[0] == name and len(p) > 1 and int(p[1]) >= gone}
        for path in below:
            del self.cites[path]
        for path, at in below.items():
            if int(path[1]) > gone:
                self.cites[name, int(path[1]) - 1, *path[2:]] = at

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
            before = _("default") if old is None else plain(old)
            what = path_text(path)
            self.changes.append(_("{path}: {before} -> {after}.", path=what, before=before, after=plain(new)))
        return new
