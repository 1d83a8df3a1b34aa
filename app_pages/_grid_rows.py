"""The rows of a table that is edited in place: as they are on the screen, as they stand, and what leads to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from scenarios.meanwhile import own

Row = dict[str, Any]
Rows = dict[str, Row]


@dataclass
class Sheet:
    """What one tab knows of a table.

    Attributes
    ----------
    base, added
        The rows it was begun with, and ids of rows added since.
    ref
        The scenario that it is of.
    done
        The rows on the screen that are dealt with: saved, or held.
    shown
        The rows as they stood when they were shown, and what was saved since.
    held, parts
        Rows that cannot be saved: why, and what was typed into them.
    look
        Columns, name and blank row that the editor was begun with: with others it forgets what was typed into it.
    drawn
        Whether an editor was begun with it.
    """

    base: Rows
    number: int = 0
    ref: str = ""
    parts: Rows = field(default_factory=dict)
    added: list[str] = field(default_factory=list)
    done: Rows = field(default_factory=dict)
    shown: Rows = field(default_factory=dict)
    held: dict[str, str] = field(default_factory=dict)
    look: Any = None
    drawn: bool = False


@dataclass(frozen=True)
class Edits:
    """What somebody wants: rows that differ (only the cells that do), rows that are new, rows that are to go."""

    changed: Rows
    new: Rows
    gone: tuple[str, ...]


def typed(sheet: Sheet, delta: Mapping[str, Any], blank: Row, fresh: Callable[[set[str]], str]) -> Rows:
    """The rows as they are on the screen.

    Parameters
    ----------
    delta
        ``edited_rows``, ``added_rows``, ``deleted_rows`` of ``st.data_editor``, by place in the base.
    blank
        What a new row has where nothing is typed.
    fresh
        An id that is not among those taken.
    """
    rows: Rows = {}
    gone = set(delta.get("deleted_rows", ()))
    edited = delta.get("edited_rows", {})
    for place, (name, row) in enumerate(sheet.base.items()):
        if place not in gone:
            cells = {column: plain(value) for column, value in edited.get(place, {}).items() if value is not None}
            rows[name] = {**row, **cells}
    for k, cells in enumerate(delta.get("added_rows", ())):
        if k == len(sheet.added):
            sheet.added.append(fresh({*sheet.base, *sheet.added}))
        given = {column: plain(value) for column, value in cells.items() if column in blank and value is not None}
        rows[sheet.added[k]] = {**blank, **given}
    return rows


def plain(value: Any) -> Any:
    """A cell as rows have it: moments as ``2026-06-12 19:00``."""
    if isinstance(value, str) and len(value) >= 16 and value[10] == "T" and value[:4].isdigit():
        return value[:16].replace("T", " ")
    return value


def edits(shown: Rows, now: Rows, wanted: Rows) -> Edits:
    """What somebody did, as far as it does not stand yet; a row that others took out is wanted as a whole again."""
    mine = own(shown, wanted)
    changed = {
        name: cells
        for name, its in mine.changed.items()
        if name in now and (cells := {c: value for c, value in its.items() if value != now[name].get(c)})
    }
    new = {name: wanted[name] for name in (*mine.new, *mine.changed) if name not in now}
    return Edits(changed, new, tuple(name for name in mine.gone if name in now))


def without(rows: Rows, names: Mapping[str, Any]) -> Rows:
    """Rows but for some."""
    return {name: row for name, row in rows.items() if name not in names}


def parts(shown: Rows, wanted: Rows, held: Mapping[str, str]) -> Rows:
    """What is typed into the rows that are held: the cells that differ, all of a row that is new."""
    mine = own(shown, wanted)
    return {name: dict(mine.changed.get(name, {}) if name in shown else wanted[name]) for name in held}


def laid(row: Row, cells: Row) -> Row:
    """A row with what was typed into it."""
    return {**row, **{column: value for column, value in cells.items() if column in row}}


def stands(now: Rows, typed_in: Rows, blank: Row) -> Rows:
    """What ought to be on the screen."""
    return {**now, **{name: laid(now.get(name, blank), cells) for name, cells in typed_in.items()}}


def begun(
    now: Rows, typed_in: Rows, blank: Row, judge: Callable[[Row], str], fresh: Callable[[set[str]], str], *,
    number: int = 0, ref: str = "",
) -> Sheet:  # fmt: skip
    """A table to begin with: what stands, and over it what was typed and is held.

    What has become right since is not held any more: as it is not dealt with either, it is saved by the next run. Of a
    row that others took out nothing is left to type into.
    """
    base = {name: dict(row) for name, row in now.items()}
    sheet = Sheet(base, number, ref, done=dict(base), shown=dict(base))
    for name, cells in typed_in.items():
        new = set(cells) >= set(blank)  # it has all its cells; its name may have been given to another one meanwhile
        if not new and name not in now:
            continue
        its = fresh({*base, *typed_in}) if new and name in now else name
        base[its] = laid(base.get(its, blank), cells)
        text = judge(base[its])
        if text:
            sheet.done[its], sheet.held[its], sheet.parts[its] = base[its], text, dict(cells)
    return sheet
