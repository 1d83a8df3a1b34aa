"""The changes of a draft: what each says, taking one back, and the draft's name, copy and end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from app_pages import _state
from app_pages._words import count
from geodata.errors import GeodataError
from scenarios import drafts
from scenarios.draft_patch import say
from scenarios.errors import Fault, ScenarioError


def apply(source: drafts.Source, kind: str, values: Mapping[str, Any]) -> None:
    """Add a change; a shipped scenario stays as it is and becomes the start of a draft."""
    draft = drafts.add(source.ref, kind, values)
    if source.draft is None:
        _state.choose(scenario=draft.id, plan="")
    st.toast(say(kind, values), icon=":material/check:")
    st.rerun()


def show_faults(error: ScenarioError | GeodataError, remedy: str = "the last change may be the cause.") -> None:
    """Every fault, in its own sentence."""
    sentences = [f.sentence() if isinstance(f, Fault) else str(f) for f in error.faults]
    head = f"{count(len(sentences), 'fault')} to mend; {remedy[0].lower()}{remedy[1:]}"
    st.error(head + "".join(f"\n- {sentence}" for sentence in sentences))


def show_changes(source: drafts.Source) -> None:
    """The list of changes, and what can be done with the draft as one."""
    draft = source.draft
    if draft is None:
        st.info(
            "Nothing is changed. The first change on another tab starts a draft; the scenario itself stays as it is."
        )
        return
    if not draft.changes:
        st.info("No changes yet.")
    for change in draft.changes:
        row = st.columns([6, 1], vertical_alignment="center", border=False)
        row[0].markdown(f":material/edit: {say(change.kind, change.values)}")
        if row[1].button("Undo", key=f"undo-{change.id}", width="stretch", icon=":material/undo:"):
            drafts.take_back(draft, change.id)
            st.rerun()
    st.divider()
    cells = st.columns([3, 1, 1, 1], vertical_alignment="bottom")
    name = cells[0].text_input(
        "Name of this draft", draft.name, max_chars=80, key=f"name-{draft.id}"
    )
    if name != draft.name:
        drafts.rename(draft, name)
        st.rerun()
    if cells[1].button("Duplicate", width="stretch", icon=":material/content_copy:"):
        _state.choose(scenario=drafts.duplicate(draft).id, plan="")
        st.rerun()
    patch = source.patches[-1]
    cells[2].download_button(
        "As a file",
        data=patch.read_bytes,
        file_name="whatif.toml",
        mime="text/plain",
        width="stretch",
        icon=":material/download:",
        help="The same changes as a what-if for the command: vedette compare",
        on_click="ignore",
    )
    if cells[3].button("Delete", width="stretch", icon=":material/delete:"):
        drafts.delete(draft)
        _state.choose(scenario=source.base, plan="")
        st.rerun()
