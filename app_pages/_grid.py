"""A table that is edited in place and saved as it is edited, without losing the cursor.

``st.data_editor`` keeps what was typed as differences against the table it was given first. So that table stays the
same while somebody types; what is typed is compared with what was shown, and only where the rows changed elsewhere
(undo, another tab, another scenario) a new table is begun.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from app_pages._grid_rows import (
    Edits,
    Row,
    Rows,
    Sheet,
    begun,
    edits,
    parts,
    stands,
    typed,
    without,
)
from app_pages._unsent import Unsent, carried
from scenarios.meanwhile import kept

#: Tables of so many rows are shown whole; longer ones are scrolled, at this height in pixels.
WHOLE, SCROLLED = 10, 424


def grid(
    name: str,
    now: Rows,
    columns: Mapping[str, Any],
    *,
    blank: Row,
    fresh: Callable[[set[str]], str],
    judge: Callable[[Row], str],
    save: Callable[[Edits], None],
    form: Unsent,
    alt: str,
    moments: tuple[str, ...] = (),
) -> None:
    """Show the table, and save what was edited since the last run.

    Parameters
    ----------
    now
        The rows that stand, by id; each has every column.
    columns
        Column -> its configuration, in order.
    judge
        What is wrong with a row, "" where nothing is. Such a row stays on the screen, is told of, and is not saved.
    save
        Saves edits and begins another run; where it comes back they were refused, and the next run tries again.
    form
        Where rows that cannot be saved are kept meanwhile.
    moments
        Columns of local times, as ``2026-06-12 19:00``.
    """
    sheet = _sheet(name, now, blank, fresh, judge, form)
    look = (dict(columns), alt, blank)
    delta = _editor(sheet, _key(name, sheet), look, moments)
    # A row that was added keeps what it was begun with, whatever a new row would have by now.
    wanted = typed(sheet, delta, sheet.look[2], lambda taken: fresh({*now, *taken}))
    for text in sheet.held.values():
        st.warning(text, icon=":material/edit_off:")
    if wanted == sheet.done:
        if stands(now, sheet.parts, blank) != wanted or sheet.look != look:
            anew = begun(now, sheet.parts, blank, judge, fresh, number=sheet.number + 1, ref=form.ref)
            st.session_state[_at(name)] = anew
            st.rerun()
        return
    held = {row_id: text for row_id, row in wanted.items() if (text := judge(row))}
    told = held != sheet.held
    found = edits(without(sheet.shown, held), without(now, held), without(wanted, held))
    _keep(sheet, form, parts(sheet.shown, wanted, held))
    before = sheet.done, sheet.shown
    sheet.done, sheet.shown, sheet.held = wanted, kept(sheet.shown, wanted, held), held
    if found.changed or found.new or found.gone:
        save(found)
        sheet.done, sheet.shown = before
    elif told or stands(now, sheet.parts, blank) != wanted:
        st.rerun()


def _editor(
    sheet: Sheet, key: str, look: tuple[dict[str, Any], str, Row], moments: tuple[str, ...]
) -> Mapping[str, Any]:
    """Draw it as it was begun, whatever columns it ought to have by now; what was typed into it."""
    if not sheet.drawn:
        sheet.look, sheet.drawn = look, True
    columns, alt, _blank = sheet.look
    frame = pd.DataFrame(list(sheet.base.values()), columns=list(columns))
    for column in moments:
        frame[column] = pd.to_datetime(frame[column])
    st.data_editor(
        frame, key=key, num_rows="dynamic", hide_index=True, column_config=columns, alt=alt,
        height="content" if len(frame) <= WHOLE else SCROLLED,
    )  # fmt: skip
    delta: Mapping[str, Any] = st.session_state[key]
    return delta


def _at(name: str) -> str:
    return f"sheet-{name}"


def _key(name: str, sheet: Sheet) -> str:
    return f"{_at(name)}-{sheet.number}"


def _sheet(
    name: str, now: Rows, blank: Row, fresh: Callable[[set[str]], str], judge: Callable[[Row], str], form: Unsent
) -> Sheet:
    """The table as it was begun; begun anew in another scenario, and where the editor has forgotten what was typed."""
    sheet: Sheet | None = st.session_state.get(_at(name))
    if sheet is not None and carried(sheet.ref, form.ref):
        sheet.ref = form.ref
    # On another page the editor forgets, and what the table was begun with is old by now.
    lost = sheet is None or (sheet.drawn and _key(name, sheet) not in st.session_state)
    if sheet is None or lost or sheet.ref != form.ref:
        number = 0 if sheet is None else sheet.number + 1
        rows = form.kept.get("rows", {})
        sheet = st.session_state[_at(name)] = begun(now, rows, blank, judge, fresh, number=number, ref=form.ref)
    return sheet


def _keep(sheet: Sheet, form: Unsent, typed_in: Rows) -> None:
    """Keep what cannot be saved, if there is anything new."""
    if typed_in != sheet.parts or sheet.parts != form.kept.get("rows", {}):
        form.keep(rows=typed_in or None)
    sheet.parts = typed_in
