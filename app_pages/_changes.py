"""Editing a draft: a change is saved as it is made, can be taken back, undone and redone; others are told apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from app_pages import _state
from app_pages._words import count
from geodata.errors import GeodataError
from scenarios import drafts
from scenarios.draft_patch import say
from scenarios.errors import Fault, ScenarioError
from scenarios.store.conflict import CHOICES


def apply(source: drafts.Source, kind: str, values: Mapping[str, Any]) -> None:
    """Add a change; a shipped scenario stays as it is and becomes the start of a draft."""
    save(source, lambda who, seen: drafts.add(source.ref, kind, values, seen=seen, who=who), say(kind, values))


def save(source: drafts.Source, do: Callable[[str, int | None], drafts.Draft], said: str = "") -> None:
    """Save one edit over what this tab has shown, and show the new state; a conflict is kept for ``show_conflict``."""
    seen = None if source.draft is None else _state.seen(source.draft)
    try:
        draft = do(_state.person(), seen)
    except drafts.Conflict as conflict:
        _state.keep_conflict(conflict.difference)
        st.rerun()
    except drafts.StoreError as error:
        show_faults(error, "nothing was saved.")
        return
    _state.saw(draft)
    if source.ref != draft.id:
        _state.choose(scenario=draft.id, plan="")
    if said:
        st.toast(said, icon=":material/check:")
    st.rerun()


def show_faults(error: ScenarioError | GeodataError, remedy: str = "the last change may be the cause.") -> None:
    """Every fault, in its own sentence."""
    sentences = [f.sentence() if isinstance(f, Fault) else str(f) for f in error.faults]
    head = f"{count(len(sentences), 'fault')} to mend; {remedy[0].lower()}{remedy[1:]}"
    st.error(head + "".join(f"\n- {sentence}" for sentence in sentences))


def show_conflict(source: drafts.Source) -> None:
    """What others did since this tab looked: a choice where an edit waits for it, else a note."""
    draft, told = source.draft, _state.conflict()
    if draft is None:
        return
    if told is not None and told.scenario == draft.id:
        with st.container(border=True):
            lines = "".join(f"\n- {sentence}" for sentence in told.sentences())
            st.warning(f"{told.headline()}{lines}", icon=":material/group:")
            st.markdown(f"**Yours, not saved yet:** {told.mine}")
            if told.clashes:
                st.markdown(f"Both are about {', '.join(told.clashes)}, so only one can stay.")
            with st.container(horizontal=True):
                for choice in told.choices:
                    if st.button(CHOICES[choice], key=f"choice-{choice}"):
                        _chosen(told, choice)
        return
    news = [entry for entry in drafts.since(draft, _state.seen(draft)) if entry.who != _state.person()]
    if news:
        lines = "".join(f"\n- {entry.who}: {entry.text}" for entry in news[-5:])
        st.info(f"Changed by others since you looked:{lines}", icon=":material/group:")


def _chosen(told: drafts.Difference, choice: drafts.Choice) -> None:
    _state.keep_conflict(None)
    try:
        drafts.resolve(told, choice, who=_state.person())
    except drafts.Conflict as again:
        _state.keep_conflict(again.difference)
    except drafts.StoreError as error:
        show_faults(error, "nothing was saved.")
        st.stop()
    st.rerun()


def show_steps(source: drafts.Source) -> None:
    """Undo and redo of this person's own edits."""
    if source.draft is None:
        return
    draft, who = source.draft, _state.person()
    can = drafts.steps(draft, who=who)
    ways = (("Undo", can.undo, drafts.undo), ("Redo", can.redo, drafts.redo))
    for title, text, way in ways:
        icon = f":material/{title.lower()}:"
        if st.button(title, key=title.lower(), icon=icon, disabled=text is None, help=text):
            try:
                said = way(draft, who=who)
            except drafts.Conflict as conflict:
                _state.keep_conflict(conflict.difference)
            else:
                st.toast(f"{title}: {said}", icon=icon)
            _state.saw(drafts.find(draft.id).draft)
            st.rerun()


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
        if row[1].button("Take back", key=f"undo-{change.id}", width="stretch", icon=":material/delete:"):
            save(source, lambda who, seen, its=change.id: drafts.take_back(draft, its, seen=seen, who=who))
    st.divider()
    cells = st.columns([3, 1, 1, 1], vertical_alignment="bottom")
    # The name is part of the key: after an undo the field shows the name that stands.
    name = cells[0].text_input(
        "Name of this draft", draft.name, max_chars=80, key=f"name-{draft.id}-{draft.name}"
    )
    if name != draft.name and name.strip():
        save(source, lambda who, seen: drafts.rename(draft, name, seen=seen, who=who))
    if cells[1].button("Duplicate", width="stretch", icon=":material/content_copy:"):
        _state.choose(scenario=drafts.duplicate(draft, who=_state.person()).id, plan="")
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
        drafts.delete(draft, who=_state.person())
        _state.choose(scenario=source.base, plan="")
        st.rerun()
