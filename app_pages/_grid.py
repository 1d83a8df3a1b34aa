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

#: Tables of so many rows are shown whole; longer ones are scrolled, at this height in pixels.
WHOLE, SCROLLED = 10, 424

Row = dict[str, Any]
Rows = dict[str, Row]


@dataclass
class Sheet:
    """What one tab knows of a table: the rows it was begun with, ids of rows added since, and what is dealt with."""

    base: Rows
    number: int = 0
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


def grid(
    name: str,
    now: Rows,
    columns: Mapping[str, Any],
    *,
    blank: Row,
    fresh: Callable[[set[str]], str],
    judge: Callable[[Row], str],
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
    moments
        Columns of local times, as ``2026-06-12 19:00``.
    """
    at = f"sheet-{name}"
    sheet: Sheet | None = st.session_state.get(at)
    if sheet is None:
        sheet = st.session_state[at] = Sheet(now, done=now)
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
        if without(now, sheet.held) != without(wanted, sheet.held):
            st.session_state[at] = Sheet(now, sheet.number + 1, done=now)
            st.rerun()
        return None
    held = {row_id: text for row_id, row in wanted.items() if (text := judge(row))}
    told = held != sheet.held
    sheet.done, sheet.held = wanted, held
    found = edits(without(now, held), without(wanted, held))
    if found.changed or found.new or found.gone:
        return found
    if told:
        st.rerun()
    return None
