"""The force as an Excel workbook: out as a file, and back in, its differences shown before they are taken over."""

from __future__ import annotations

import hashlib

import pandas as pd
import streamlit as st

from app_pages._changes import save
from scenarios import drafts, tongue
from scenarios.errors import ScenarioError
from scenarios.load import Loaded
from scenarios.raw import Raw
from scenarios.starting.exchange import Comparison, compared, workbook_of
from scenarios.starting.workbook import MOST_BYTES
from scenarios.tablewords import cell_words, column_word, table_word
from scenarios.tongue import mark, says, spoken
from scenarios.tongue import say as _

KINDS = {"added": mark("added"), "changed": mark("changed"), "missing": mark("not in the file")}
SHOWN = 500
_DONE = "forces_book_done"


def book(source: drafts.Source, raw: Raw, _loaded: Loaded | None) -> None:
    """The way out on the left, the way in on the right."""
    left, right = st.columns([1, 2], gap="large")
    with left:
        st.markdown("##### " + _("To Excel"))
        st.caption(
            _("Units, people, leave, qualifications, gear and sites as they are now, a sheet each. Change what you "
              "like and bring the file back.")
        )  # fmt: skip
        st.download_button(
            _("Download the workbook"), data=spoken(lambda: workbook_of(raw)), file_name=_("forces.xlsx"),
            icon=":material/download:",
            mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", on_click="ignore",
        )  # fmt: skip
    with right:
        st.markdown("##### " + _("From Excel"))
        given = st.file_uploader(
            _("A workbook (.xlsx), or one table as .csv"), type=["xlsx", "csv"], key="forces_book",
            max_upload_size=MOST_BYTES // 2**20,
            help=_("Sheets and columns may be named in English or Chinese. Rows are found again by id, else by name."),
        )  # fmt: skip
        if given is not None:
            _show(source, raw, given.getvalue(), given.name)


@st.cache_resource(max_entries=4, show_spinner=False)
def _compared(
    ref: str, revision: str, code: str, digest: str, name: str, _content: bytes, _raw: Raw  # noqa: ARG001
) -> Comparison | ScenarioError:
    try:
        return compared(_raw, _content, name)
    except ScenarioError as error:
        return error


def _show(source: drafts.Source, raw: Raw, content: bytes, name: str) -> None:
    digest = hashlib.sha256(content).hexdigest()
    with st.spinner(_("Reading the workbook")):
        found = _compared(source.ref, source.revision, tongue.language(), digest, name, content, raw)
    if isinstance(found, ScenarioError):
        said = says("{n} fault in the workbook; nothing of it is taken over.",
                    "{n} faults in the workbook; nothing of it is taken over.", len(found.faults))  # fmt: skip
        st.error(said, icon=":material/error:")
        st.dataframe(
            pd.DataFrame([
                {_("Where"): f.file, _("Row"): f.row, _("Column"): f.field, _("Stands there"): f.value,
                 _("Expected"): f.expected, _("What to do"): f.remedy}
                for f in found.faults[:SHOWN]
            ]),
            hide_index=True, alt=_("Faults of the workbook"),
        )  # fmt: skip
        return
    if st.session_state.get(_DONE) == digest and not found.of("added") and not found.of("changed"):
        st.success(_("Taken over. Undo takes it back as a whole."), icon=":material/check:")
    _choose(source, found, digest)


def _choose(source: drafts.Source, found: Comparison, digest: str) -> None:
    counts = {kind: len(found.of(kind)) for kind in KINDS}
    cells = st.columns(4)
    for cell, (kind, n) in zip(cells, counts.items(), strict=False):
        cell.metric(_(KINDS[kind]).capitalize(), f"{n:,}")
    cells[3].metric(_("The same"), f"{found.same:,}")
    if not found.differences:
        st.info(_("The workbook says what stands here already."), icon=":material/info:")
        return
    st.dataframe(_frame(found), hide_index=True, alt=_("Differences between the workbook and what stands here"))
    if len(found.differences) > SHOWN:
        st.caption(_("The first {n} are shown.", n=SHOWN))
    out = counts["missing"] > 0 and st.checkbox(
        says("Take out the {n} row that is not in the file", "Take out the {n} rows that are not in the file",
             counts["missing"]), key=f"forces_book_out-{source.ref}-{digest[:8]}",
    )  # fmt: skip
    nothing = not out and not counts["added"] and not counts["changed"]
    if st.button(_("Take over"), type="primary", icon=":material/check:", disabled=nothing, key="forces_book_take"):
        st.session_state[_DONE] = digest
        edits = found.edits(missing=out)
        save(
            source,
            lambda who, seen: drafts.change_rows(source.ref, **edits, seen=seen, who=who),
            _("The workbook is taken over."),
        )


def _frame(found: Comparison) -> pd.DataFrame:
    rows = []
    for one in found.differences[:SHOWN]:
        if one.kind == "changed":
            told = [
                f"{column_word(name)}: {cell_words(one.before.get(name))} → {cell_words(value)}"
                for name, value in one.after.items()
            ]
        else:
            told = [f"{column_word(name)}: {cell_words(value)}" for name, value in one.after.items() if name != "name"]
        rows.append({_("What"): _(KINDS[one.kind]), _("Table"): table_word(one.table), _("Row"): one.title,
                     _("Cells"): ", ".join(told)})  # fmt: skip
    return pd.DataFrame(rows)
