"""A table that is edited in place and saved as it is edited, without losing the cursor.

``st.data_editor`` keeps what was typed as differences against the table it was given first. So that table stays the
same while somebody types; what is typed is compared with what stands, and only where the rows changed elsewhere
(undo, another tab, another scenario) a new table is begun.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import streamlit as st

from app_pages._unsent import Unsent, carried

#: Tables of so many rows are shown whole; longer ones are scrolled, at this height in pixels.
WHOLE, SCROLLED = 10, 424

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
        The rows that are dealt with.
    held, parts
        Rows that cannot be saved: why, and what was typed into them.
    """

    base: Rows
    number: int = 0
    ref: str = ""
    parts: Rows = field(default_factory=dict)
    added: list[str] = field(default_factory=list)
    done: Rows = field(default_factory=dict)
    held: dict[str, str] = field(default_factory=dict)


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


def edits(now: Rows, wanted: Rows) -> Edits:
    """What leads from the rows that stand to those that are wanted."""
    changed = {
        name: {column: value for column, value in row.items() if value != now[name].get(column)}
        for name, row in wanted.items()
        if name in now and row != now[name]
    }
    new = {name: row for name, row in wanted.items() if name not in now}
    return Edits(changed, new, tuple(name for name in now if name not in wanted))


def without(rows: Rows, names: Mapping[str, Any]) -> Rows:
    """Rows but for some."""
    return {name: row for name, row in rows.items() if name not in names}


def parts(now: Rows, wanted: Rows, held: Mapping[str, str]) -> Rows:
    """What is typed into the rows that are held: the cells that differ, all of a row that is new."""
    return {
        name: {column: value for column, value in wanted[name].items() if value != now.get(name, {}).get(column)}
        for name in held
    }


def laid(row: Row, cells: Row) -> Row:
    """A row with what was typed into it."""
    return {**row, **{column: value for column, value in cells.items() if column in row}}


def begun(
    now: Rows, typed_in: Rows, blank: Row, judge: Callable[[Row], str], fresh: Callable[[set[str]], str], *,
    number: int = 0, ref: str = "",
) -> Sheet:  # fmt: skip
    """A table to begin with: what stands, and over it what was typed and is held.

    What has become right since is not held any more: as it is not dealt with either, it is saved by the next run.
    """
    base = {name: dict(row) for name, row in now.items()}
    done, held, kept = dict(base), {}, {}
    for name, cells in typed_in.items():
        # A new row has all its cells; its name may have been given to another one meanwhile.
        its = fresh({*base, *typed_in}) if name in now and set(cells) >= set(blank) else name
        base[its] = laid(base.get(its, blank), cells)
        text = judge(base[its])
        if text:
            done[its], held[its], kept[its] = base[its], text, dict(cells)
    return Sheet(base, number, ref, kept, done=done, held=held)


def grid(
    name: str,
    now: Rows,
    columns: Mapping[str, Any],
    *,
    blank: Row,
    fresh: Callable[[set[str]], str],
    judge: Callable[[Row], str],
    form: Unsent,
    alt: str,
    moments: tuple[str, ...] = (),
) -> Edits | None:
    """Show the table; what was edited since the last run, None where nothing was.

    Parameters
    ----------
    now
        The rows that stand, by id; each has every column.
    columns
        Column -> its configuration, in order.
    judge
        What is wrong with a row, "" where nothing is. Such a row stays on the screen, is told of, and is not saved.
    form
        Where such rows are kept meanwhile.
    moments
        Columns of local times, as ``2026-06-12 19:00``.
    """
    at = f"sheet-{name}"
    sheet: Sheet | None = st.session_state.get(at)
    if sheet is not None and carried(sheet.ref, form.ref):
        sheet.ref = form.ref
    # On another page the editor forgets what was typed into it, and what the table was begun with is old by now.
    if sheet is None or sheet.ref != form.ref or f"{at}-{sheet.number}" not in st.session_state:
        number = 0 if sheet is None else sheet.number + 1
        kept = form.kept.get("rows", {})
        sheet = st.session_state[at] = begun(now, kept, blank, judge, fresh, number=number, ref=form.ref)
    frame = pd.DataFrame(list(sheet.base.values()), columns=list(columns))
    for column in moments:
        frame[column] = pd.to_datetime(frame[column])
    key = f"{at}-{sheet.number}"
    st.data_editor(
        frame, key=key, num_rows="dynamic", hide_index=True, column_config=dict(columns), alt=alt,
        height="content" if len(frame) <= WHOLE else SCROLLED,
    )  # fmt: skip
    wanted = typed(sheet, st.session_state[key], blank, fresh)
    for text in sheet.held.values():
        st.warning(text, icon=":material/edit_off:")
    if wanted == sheet.done:
        stands = {**now, **{name: laid(now.get(name, blank), cells) for name, cells in sheet.parts.items()}}
        if stands != wanted:
            number = sheet.number + 1
            st.session_state[at] = begun(now, sheet.parts, blank, judge, fresh, number=number, ref=form.ref)
            st.rerun()
        return None
    held = {row_id: text for row_id, row in wanted.items() if (text := judge(row))}
    told = held != sheet.held
    _keep(sheet, form, parts(now, wanted, held))
    sheet.done, sheet.held = wanted, held
    found = edits(without(now, held), without(wanted, held))
    if found.changed or found.new or found.gone:
        return found
    if told:
        st.rerun()
    return None


def _keep(sheet: Sheet, form: Unsent, typed_in: Rows) -> None:
    """Keep what cannot be saved, if there is anything new."""
    if typed_in != sheet.parts or sheet.parts != form.kept.get("rows", {}):
        form.keep(rows=typed_in or None)
    sheet.parts = typed_in
