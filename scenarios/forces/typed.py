"""What somebody typed into an editor -> edits of rows; whatever cannot be kept yet is held, with the reason.

The editor keeps what was typed as differences to the rows it began with. So these stay the same while somebody types;
what is wanted is compared with what was shown, and only rows that others changed, rows that are new, or marks that come
and go make it begin anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scenarios.draft_rows import row_id
from scenarios.forces.columns import OF_PEOPLE, Column
from scenarios.forces.lines import Cells, Line, title_of
from scenarios.meanwhile import kept, own
from scenarios.tablewords import column_word, plain
from scenarios.tongue import say as _
from scenarios.whatif_form import KEYS

Rows = dict[str, Cells]
MARK = "status"
"""The column with what is wrong with a row."""


@dataclass
class Sheet:
    """What one reader's editor began with.

    Attributes
    ----------
    base
        Name -> cells; rows that could not be kept before stand at the end.
    marks
        Name -> what is wrong with the row.
    done
        What was wanted when it was dealt with last: saved, or held.
    shown
        The rows as they stood when they were shown, and what was saved since.
    held, parts
        Rows that cannot be kept: why, and the cells that were typed into those that stand.
    named
        Rows that were saved under another name than they have on the screen.
    ref
        The scenario that it is of.
    told, columns
        What was held, and the columns, when the editor was begun: with others it forgets what was typed into it.
    drawn
        Whether an editor was begun with it.
    """

    base: Rows
    marks: dict[str, str]
    number: int = 0
    ref: str = ""
    done: Rows = field(default_factory=dict)
    shown: Rows = field(default_factory=dict)
    held: dict[str, str] = field(default_factory=dict)
    parts: Rows = field(default_factory=dict)
    named: dict[str, str] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)
    columns: tuple[Column, ...] = ()
    drawn: bool = False

    def stands(self, now: Mapping[str, Line]) -> Rows:
        """What ought to be on the screen."""
        rows = {name: {**line.cells, **self.parts.get(name, {})} for name, line in now.items()}
        waiting = {name: self.done[name] for name in self.held if name in self.done and name not in self.shown}
        return {**rows, **waiting}

    def begin(self, columns: Sequence[Column]) -> None:
        """An editor is drawn with it; from now on with the same columns, whatever may be chosen later."""
        if not self.drawn:
            self.columns, self.told, self.drawn = tuple(columns), self._held_there(), True

    def stale(self, now: Mapping[str, Line], rows: Rows, marks: Mapping[str, str], columns: Sequence[Column]) -> bool:
        """Whether another editor has to be begun: rows, columns, or what is wrong with them are no longer the same."""
        there = (marks, self._held_there(), tuple(columns))
        return self.stands(now) != rows or there != (self.marks, self.told, self.columns)

    def _held_there(self) -> dict[str, str]:
        return {name: text for name, text in self.held.items() if name in self.base}

    def dealt(self, rows: Rows, found: Edits, now: Mapping[str, Line]) -> None:
        """What is on the screen is saved now, or held; what was typed into a row that is locked goes."""
        mine = own(self.shown, rows).changed
        self.parts = {
            name: dict(mine[name]) for name in found.held if name in mine and not (name in now and now[name].locked)
        }
        self.shown = _renamed(kept(self.shown, rows, found.held), found.named)
        self.done, self.held = _renamed(rows, found.named), dict(found.held)
        later = {name: row for name, row in found.named.items() if name not in self.named.values()}
        self.named = {name: found.named.get(row, row) for name, row in self.named.items()} | later


def _renamed(rows: Mapping[str, Mapping[str, str]], names: Mapping[str, str]) -> Rows:
    return {names.get(name, name): dict(cells) for name, cells in rows.items()}


@dataclass(frozen=True)
class Edits:
    """Rows to put (table, key, values, title) and to take out (table, key, title), and what is held, with the reason.

    ``anew``: the editor has to begin anew, since rows came, went or have another key. ``named``: what such rows were
    called on the screen -> their names in the table.
    """

    put: tuple[tuple[str, dict[str, str], dict[str, Any], str], ...] = ()
    gone: tuple[tuple[str, dict[str, str], str], ...] = ()
    held: Mapping[str, str] = field(default_factory=dict)
    anew: bool = False
    named: Mapping[str, str] = field(default_factory=dict)

    @property
    def any(self) -> bool:
        """Whether there is anything to save."""
        return bool(self.put or self.gone)


def wanted(sheet: Sheet, delta: Mapping[str, Any], columns: Sequence[Column]) -> Rows:
    """The rows as they are on the screen.

    Parameters
    ----------
    delta
        ``edited_rows``, ``added_rows`` and ``deleted_rows`` of the editor, by place in the base.
    """
    known = [column.name for column in columns]
    ticks = {column.name for column in columns if column.form == "yes"}
    gone = set(delta.get("deleted_rows", ()))
    rows: Rows = {}
    for place, (name, row) in enumerate(sheet.base.items()):
        if place not in gone:
            typed = delta.get("edited_rows", {}).get(place, {})
            rows[name] = {**row, **{k: _text(v, k in ticks) for k, v in typed.items() if k in known}}
    for number, cells in enumerate(delta.get("added_rows", ())):
        row = {k: _text(cells.get(k), k in ticks) for k in known}
        if any(row[k] for k in known if k not in ticks and row[k] != _default(columns, k)):
            begun = {column.name: column.default for column in columns}
            rows[f"added-{sheet.number}-{number}"] = {k: row[k] or begun[k] for k in known}
    return _renamed(rows, sheet.named)


def _default(columns: Sequence[Column], name: str) -> str:
    return next(column.default for column in columns if column.name == name)


def _text(value: Any, tick: bool) -> str:
    if tick:
        return "yes" if value else "no"
    return plain(value)


def edits(
    table: str, now: Mapping[str, Line], shown: Rows, rows: Rows, names: Mapping[str, str], taken: Iterable[str] = ()
) -> Edits:
    """What somebody did, as far as it does not stand yet.

    Parameters
    ----------
    shown
        The rows as they were shown: cells and rows that others changed since are theirs.
    names
        Person -> name, of all people.
    taken
        Every id that is used, so that a new one is new.
    """
    tally, mine = _Tally(table, now, names, set(taken)), own(shown, rows)
    for name in mine.gone:
        if name in now:
            tally.without(name)
    for name in rows:
        if name in mine.changed:
            tally.with_row(name, mine.changed[name], rows[name])
        elif name not in shown:
            tally.with_row(name, rows[name], rows[name])
    anew = tally.anew or bool(tally.gone)
    return Edits(tuple(tally.put), tuple(tally.gone.values()), tally.held, anew, tally.named)


class _Tally:
    """Rows judged one after the other: later ones must differ from those before."""

    def __init__(self, table: str, now: Mapping[str, Line], names: Mapping[str, str], ids: set[str]) -> None:
        self.table, self.now, self.names, self.ids = table, now, names, ids
        self.used = {row_id(table, line.key) for line in now.values()}
        self.put: list[tuple[str, dict[str, str], dict[str, Any], str]] = []
        self.gone: dict[str, tuple[str, dict[str, str], str]] = {}
        self.held: dict[str, str] = {}
        self.named: dict[str, str] = {}
        self.anew = False

    def without(self, name: str) -> None:
        """A row that was deleted; one that cannot be comes back."""
        line = self.now[name]
        if line.locked:
            self.held[name], self.anew = line.locked, True
        else:
            self.gone[name] = (self.table, dict(line.key), line.title)
            self.used.discard(row_id(self.table, line.key))

    def with_row(self, name: str, mine: Mapping[str, str], row: Cells) -> None:
        """A row as it is wanted, ``mine`` of its cells by this person; whole where others took it out."""
        old = self.now.get(name)
        cells = {k: v for k, v in mine.items() if old is None or v != old.cells.get(k, "")}
        if not cells:
            return
        fresh = {**(row if old is None else old.cells), **mine}
        if "id" in KEYS[self.table] and not fresh["id"]:
            fresh["id"] = old.key["id"] if old is not None else new_id(self.table, self.ids, self.now)
        key = {k: fresh[k] for k in KEYS[self.table]}
        moved = old is None or key != dict(old.key)
        reason = self._reason(old, key, moved)
        if reason:
            self.held[name] = reason
            return
        if old is not None and moved:
            self.gone[name] = (self.table, dict(old.key), old.title)
            self.used.discard(row_id(self.table, old.key))
        self.used.add(row_id(self.table, key))
        self.ids.add(fresh.get("id", ""))
        if moved:
            self.anew, self.named[name] = True, row_id(self.table, key)
        values = {k: v or None for k, v in (fresh if moved else cells).items() if k not in key and (v or not moved)}
        if values or moved:
            self.put.append((self.table, key, values, title_of(self.table, fresh, self.names)))

    def _reason(self, old: Line | None, key: Mapping[str, str], moved: bool) -> str:
        """Why a row cannot be kept; "" where it can."""
        if old is not None and old.locked:
            return old.locked
        if old is not None and moved and "id" in key:
            return _("The id of {name} stays, since others refer to it. Take the row out and add another.",
                     name=old.title)  # fmt: skip
        blank = [column_word(name, self.table) for name, value in key.items() if not value]
        if blank:
            return _("Not kept yet: {what} is missing.", what=", ".join(blank))
        there = key["id"] in self.ids if "id" in key else row_id(self.table, key) in self.used
        if moved and there:
            return _("Not kept: there is another row of {what}.", what=", ".join(key.values()))
        return ""


HEADS = {"people": "P", "units": "unit-", "resources": "gear-"}
_NUMBERED = re.compile(r"(.*?)(\d+)")


def new_id(table: str, taken: set[str], now: Mapping[str, Line]) -> str:
    """The next number after the last id of the rows in view, else of the table."""
    forms = [found for line in now.values() if (found := _NUMBERED.fullmatch(line.key.get("id", "")))]
    head, digits = (forms[-1][1], forms[-1][2]) if forms and table == "people" else (HEADS[table], "000")
    number = max((int(f[2]) for f in forms if f[1] == head), default=0) if table == "people" else 0
    width = len(digits) if digits.startswith("0") or len(digits) > 1 else 1
    while True:
        number += 1
        name = f"{head}{number:0{width}d}" if table == "people" else f"{head}{number}"
        if name not in taken:
            return name


def begun(now: Mapping[str, Line], marks: Mapping[str, str], before: Sheet | None = None) -> Sheet:
    """An editor's beginning: what stands, over it and after it what could not be kept."""
    if before is None:
        before = Sheet({}, {}, -1)
    waiting = {name: before.done[name] for name in before.held if name in before.done and name not in before.shown}
    parts = {name: cells for name, cells in before.parts.items() if name in now}
    held = {name: text for name, text in before.held.items() if name in now or name in waiting}
    sheet = _sheet(now, marks, before, parts, waiting)
    sheet.done, sheet.held = dict(sheet.base), held
    return sheet


def resumed(
    now: Mapping[str, Line], marks: Mapping[str, str], before: Sheet | None, waiting: Sequence[Cells], parts: Rows,
    columns: Sequence[Column],
) -> Sheet:  # fmt: skip
    """An editor's beginning after the page was left: what stands, over it and after it what could not be kept then.

    That is not dealt with yet: the first run judges it as if it had just been typed.
    """
    before = Sheet({}, {}, -1) if before is None else before
    known = {column.name for column in columns}
    typed = {row: {k: v for k, v in cells.items() if k in known} for row, cells in parts.items() if row in now}
    rows = {
        f"waiting-{before.number + 1}-{n}": {c.name: cells.get(c.name, c.default) for c in columns}
        for n, cells in enumerate(waiting)
    }
    return _sheet(now, marks, before, typed, rows)


def _sheet(now: Mapping[str, Line], marks: Mapping[str, str], before: Sheet, parts: Rows, waiting: Rows) -> Sheet:
    shown = {name: dict(line.cells) for name, line in now.items()}
    base = {name: {**cells, **parts.get(name, {})} for name, cells in shown.items()} | waiting
    return Sheet(base, dict(marks), before.number + 1, before.ref, dict(shown), shown, parts=parts)


def about_people(table: str) -> bool:
    """Whether a table is shown unit by unit."""
    return table == "people" or table in OF_PEOPLE
