"""The table twin of the map: every place as a row; cells, new rows and rows taken out are saved as they are made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from app_pages._places_data import choose, keep
from app_pages._places_fields import FIELDS, Choices, Field, stands, written
from scenarios import drafts
from scenarios.placing.edits import RowEdit, changed, typed
from scenarios.placing.marks import TABLES, Mark
from scenarios.raw import Raw
from scenarios.tablewords import column_word, table_word
from scenarios.tongue import say as _

HEIGHT = 360


def place_table(source: drafts.Source, raw: Raw, marks: Sequence[Mark], kind: str, choices: Choices) -> None:
    """One kind of place."""
    mine, fields = [its for its in marks if its.kind == kind], FIELDS[kind]
    frame = pd.DataFrame(
        [{"id": its.id, **{f.column: _cell(its, f) for f in fields}} for its in mine],
        columns=["id", *(f.column for f in fields)],
    )
    for one in fields:
        if one.sort in {"number", "degree"}:
            frame[one.column] = pd.to_numeric(frame[one.column], errors="coerce")
        elif one.sort == "yes":
            frame[one.column] = frame[one.column].astype(bool)
        elif one.sort != "many":
            frame[one.column] = frame[one.column].astype(object)
    key = f"table-{kind}-{source.ref}-{source.revision}"
    st.data_editor(
        frame, key=key, num_rows="dynamic", hide_index=True, height=min(HEIGHT, 90 + 35 * len(mine)),
        column_config={"id": st.column_config.TextColumn(column_word("id"), disabled=True, width="small", pinned=True),
                       **{f.column: _column(f, kind, choices) for f in fields}},
        on_change=partial(_edited, key, source, raw, marks, mine, kind),
    )  # fmt: skip
    st.caption(
        _("{table}: a new row below adds one, in the middle of the map until it has a longitude and a latitude; "
          "a ticked row is taken out with Delete.", table=table_word(TABLES[kind]))
    )  # fmt: skip


def _cell(its: Mark, field: Field) -> Any:
    if field.sort == "degree" and its.at is not None and not its.fixed:
        lon, lat = its.at
        return lon if field.column == "lon" else lat
    value = stands(its.values.get(field.column), field)
    return None if value == "" else value


def _column(field: Field, kind: str, choices: Choices) -> Any:
    name = column_word(field.column)
    name, tip = name[:1].upper() + name[1:], _(field.help) if field.help else None
    if field.sort == "degree":
        edge = 180.0 if field.column == "lon" else 90.0
        return st.column_config.NumberColumn(name, format="%.6f", min_value=-edge, max_value=edge, step=0.000001)
    if field.sort == "number":
        return st.column_config.NumberColumn(name, min_value=field.least, max_value=field.most, step=1, width="small")
    if field.sort == "yes":
        return st.column_config.CheckboxColumn(name, width="small")
    if field.sort in {"one", "class"} and not field.free:
        options = choices.options(field, kind)
        return st.column_config.SelectboxColumn(
            name, options=options, format_func=lambda one: choices.word(field, str(one))
        )
    if field.sort == "many":
        return st.column_config.MultiselectColumn(
            name, options=choices.options(field, kind), accept_new_options=field.free,
            format_func=lambda one: choices.word(field, str(one)),
        )  # fmt: skip
    return st.column_config.TextColumn(name, help=tip, width="medium" if field.wide else None)


def _edited(
    key: str, source: drafts.Source, raw: Raw, marks: Sequence[Mark], mine: Sequence[Mark], kind: str
) -> None:
    """What was done to the table, as one edit."""
    done: Mapping[str, Any] = st.session_state[key]
    put: list[RowEdit] = []
    for row, cells in done.get("edited_rows", {}).items():
        if int(row) < len(mine):
            put.append(changed(mine[int(row)], _values(kind, cells)))
    new = [_values(kind, cells) for cells in done.get("added_rows", [])]
    put += typed(raw, marks, kind, [values for values in new if values])
    gone = [mine[int(row)] for row in done.get("deleted_rows", []) if int(row) < len(mine)]
    if (put or gone) and keep(source, put, gone) and put:
        choose(kind, put[-1].key["id"])


def _values(kind: str, cells: Mapping[str, Any]) -> dict[str, Any]:
    known = {field.column: field for field in FIELDS[kind]}
    return {name: written(value, known[name]) for name, value in cells.items() if name in known}
