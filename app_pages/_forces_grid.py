"""One table of the force, edited in place: what is typed is saved at once, what is wrong stands beside the cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from app_pages._changes import save
from app_pages._unsent import ABOUT_PEOPLE, Unsent, carried
from scenarios import drafts
from scenarios.fields import split_names
from scenarios.forces import typed
from scenarios.forces.columns import Column, columns_for, person_names
from scenarios.forces.lines import Line, Slip, lines_of
from scenarios.forces.typed import MARK, Edits, Sheet
from scenarios.raw import Raw
from scenarios.tablewords import column_word, plain, table_word
from scenarios.tongue import language
from scenarios.tongue import say as _

#: So many rows are shown before the table scrolls by itself.
ROWS_SHOWN = 14
FEWEST = 4
_ROW_PX = 35


def table(source: drafts.Source, raw: Raw, name: str, unit: str, beside: Sequence[Slip]) -> None:
    """The rows of a table that belong to a unit, below them what is wrong."""
    columns = columns_for(raw, name, unit)
    now = lines_of(raw, name, columns, unit)
    mine = [slip for slip in beside if slip.table == name and slip.row in now]
    marks: dict[str, str] = {}
    for slip in mine:
        marks[slip.row] = f"{marks[slip.row]}  {slip.text}" if slip.row in marks else slip.text
    at = f"forces-{name}-{unit}-{language()}"
    form = Unsent(f"forces-{name}-{unit}", source.ref, days=ABOUT_PEOPLE)
    sheet = _sheet(at, now, marks, form, columns)
    key = f"{at}-{sheet.number}"
    sheet.begin(columns)
    _editor(sheet, key, name)
    rows = typed.wanted(sheet, st.session_state[key], sheet.columns)
    _told(mine, sheet)
    if rows == sheet.done:
        if sheet.stale(now, rows, marks, columns):
            st.session_state[at] = typed.begun(now, marks, sheet)
            st.rerun()
        return
    found = typed.edits(name, now, sheet.shown, rows, person_names(raw), _ids(raw))
    news, before = found.held != sheet.held, (sheet.done, sheet.shown, sheet.named)
    sheet.dealt(rows, found, now)
    _keep(sheet, form)
    if found.any:
        _save(source, found)
        sheet.done, sheet.shown, sheet.named = before  # it was refused: the next run tries again
    elif news or found.anew or sheet.stale(now, rows, marks, columns):
        st.rerun()


def _sheet(
    at: str, now: Mapping[str, Line], marks: Mapping[str, str], form: Unsent, columns: Sequence[Column]
) -> Sheet:
    """The table as it was begun; begun anew in another scenario, and where the editor has forgotten what was typed."""
    sheet: Sheet | None = st.session_state.get(at)
    if sheet is not None and carried(sheet.ref, form.ref):
        sheet.ref = form.ref
    # On another page the editor forgets, and what the table was begun with is old by now.
    lost = sheet is None or (sheet.drawn and f"{at}-{sheet.number}" not in st.session_state)
    if sheet is None or lost or sheet.ref != form.ref:
        waiting, parts = form.kept.get("rows", []), form.kept.get("parts", {})
        sheet = st.session_state[at] = typed.resumed(now, marks, sheet, waiting, parts, columns)
        sheet.ref = form.ref
    return sheet


def _keep(sheet: Sheet, form: Unsent) -> None:
    """Keep what cannot be saved, if there is anything new."""
    waiting = [sheet.done[name] for name in sheet.held if name in sheet.done and name not in sheet.shown]
    if (waiting, sheet.parts) != (form.kept.get("rows", []), form.kept.get("parts", {})):
        form.keep(rows=waiting or None, parts=sheet.parts or None)


def _ids(raw: Raw) -> set[str]:
    """Ids that are taken: people have their own, places share one set with each other."""
    return {plain(row.values.get("id")) for rows in raw.tables.values() for row in rows}


def _save(source: drafts.Source, found: Edits) -> None:
    save(
        source,
        lambda who, seen: drafts.change_rows(source.ref, put=found.put, gone=found.gone, seen=seen, who=who),
    )


def _editor(sheet: Sheet, key: str, table_name: str) -> None:
    """Drawn as it was begun: changed, it would forget what was typed."""
    columns = sheet.columns
    configs = {column.name: _config(column, table_name) for column in columns}
    frame = pd.DataFrame(
        {column.name: [_shown(column, row[column.name]) for row in sheet.base.values()] for column in columns},
        columns=list(configs), dtype=object,
    )  # fmt: skip
    for column in columns:
        if column.form == "number":
            frame[column.name] = pd.to_numeric(frame[column.name])
        elif column.form == "yes":
            frame[column.name] = frame[column.name].astype(bool)
    marks = [sheet.marks.get(name) or sheet.told.get(name, "") for name in sheet.base]
    if any(marks):
        frame.insert(0, MARK, marks)
        told = st.column_config.TextColumn(_("To mend"), disabled=True, pinned=True, width="medium")
        configs = {MARK: told, **configs}
    height = _ROW_PX * (min(ROWS_SHOWN, max(FEWEST, len(frame) + 1)) + 1) + 3
    st.data_editor(
        frame, key=key, num_rows="dynamic", hide_index=True, column_config=configs, height=height,
        alt=table_word(table_name),
        placeholder="",
    )


def _shown(column: Column, text: str) -> Any:
    if column.form == "many":
        return split_names(text)
    if column.form == "yes":
        return text == "yes"
    return text or None


def _config(column: Column, table_name: str) -> Any:
    label, about = headed(column.name, table_name), column.about or None
    kinds = st.column_config
    if column.form == "yes":
        return kinds.CheckboxColumn(label, help=about, default=column.default == "yes")
    if column.form == "number":
        form = "%.6f" if column.name in {"lon", "lat"} else None  # a decimetre, as it is written
        return kinds.NumberColumn(label, help=about, width="small", format=form)
    if column.form == "many":
        return kinds.MultiselectColumn(label, help=about, options=list(column.options), accept_new_options=True)
    if column.form == "one":
        labels = dict(column.labels)
        return kinds.SelectboxColumn(
            label, help=about, options=list(column.options), default=column.default or None,
            format_func=lambda one: labels.get(one, one.replace("_", " ")),
        )  # fmt: skip
    return kinds.TextColumn(label, help=about, default=column.default or None, max_chars=200)


def headed(column: str, table_name: str) -> str:
    """A column's word as a heading."""
    word = column_word(column, table_name)
    return f"{word[:1].upper()}{word[1:]}"


def _told(mine: Sequence[Slip], sheet: Sheet) -> None:
    """Each fault with its row, and what is not kept yet."""
    for text in sheet.held.values():
        st.warning(text, icon=":material/edit_off:")
    if mine:
        told = [_("{who}: {what}", who=f"**{slip.title}**", what=slip.text) for slip in mine]
        st.error("\n".join(f"- {line}" for line in told), icon=":material/error:")


def counts(raw: Raw) -> Mapping[str, int]:
    """Unit as it is written -> people."""
    found: dict[str, int] = {}
    for row in raw.tables.get("people", ()):
        unit = plain(row.values.get("unit"))
        found[unit] = found.get(unit, 0) + 1
    return found
