"""Editing a draft: a change is saved as it is made, can be taken back, undone and redone; others are told apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import streamlit as st

from app_pages import _state
from app_pages._fields import bound
from app_pages._unsent import Unsent, carried, carry
from app_pages._words import typed
from geodata.errors import GeodataError
from scenarios import drafts
from scenarios.draft_patch import say as sentence
from scenarios.errors import Fault, ScenarioError
from scenarios.sources import faults_met
from scenarios.store.conflict import CHOICES
from scenarios.store.sentences import sentence_of
from scenarios.store.trail import Entry
from scenarios.tongue import mark, says
from scenarios.tongue import say as _

UNDO, REDO = mark("Undo"), mark("Redo")


def apply(source: drafts.Source, kind: str, values: Mapping[str, Any], *, form: Unsent | None = None) -> None:
    """Add a change; a shipped scenario stays as it is and becomes the start of a draft."""

    def do(who: str, seen: int | None) -> drafts.Draft:
        return drafts.add(source.ref, kind, values, seen=seen, who=who)

    save(source, do, sentence(kind, values), form=form)


def save(
    source: drafts.Source, do: Callable[[str, int | None], drafts.Draft], said: str = "", *, form: Unsent | None = None
) -> None:
    """Save one edit over what this tab has shown, and show the new state; a conflict is kept for ``show_conflict``.

    ``form`` is what the edit was typed into: it is emptied once the edit stands, or has been dropped by choice.
    """
    if keep(source, lambda _ref, who, seen: do(who, seen), said, form=form):
        st.rerun()


def keep(
    source: drafts.Source, do: Callable[[str, str, int | None], drafts.Draft], said: str = "", *,
    form: Unsent | None = None,
) -> bool:  # fmt: skip
    """The same from a widget's callback, after which the page runs anyway; False where it was refused.

    ``do`` is told what it goes to: the page may not have run since its last edit, which has begun a draft.
    """
    ref, seen = target(source)
    try:
        draft = do(ref, _state.person(), seen)
    except drafts.Conflict as conflict:
        _state.keep_conflict(conflict.difference, form.form if form is not None else "")
        return True
    except drafts.Unchanged:  # everything is as it is wanted, and no draft was begun for it
        if form is not None:
            form.sent()
        return True
    except drafts.StoreError as error:
        show_faults(error, _("nothing was saved."))
        return False
    if seen is not None:
        tell_others(draft, seen)
    _state.saw(draft)
    if form is not None:
        form.sent()
    if ref != draft.id:
        carry(ref, draft.id)
        _state.choose(scenario=draft.id, plan="")
    if said:
        st.toast(typed(said), icon=":material/check:")
    return True


def target(source: drafts.Source) -> tuple[str, int | None]:
    """What an edit goes to, and what of it this tab has seen: its own last edit, though no page has shown it yet."""
    here = _state.current().scenario
    if source.draft is not None:
        return source.ref, _state.noted(source.ref) or source.draft.revision
    return (here, _state.noted(here)) if carried(source.ref, here) else (source.ref, None)


def tell_others(draft: drafts.Draft, seen: int) -> None:
    """What others did to other rows meanwhile: it stands beside this edit, and is not passed over in silence."""
    for entry in others_since(draft, seen)[-3:]:
        st.toast(typed(_("{who}: {what}", who=entry.who, what=sentence_of(entry))), icon=":material/group:")


def others_since(draft: drafts.Draft, seen: int | None = None) -> list[Entry]:
    """What others did to it since this tab has shown it."""
    seen = _state.seen(draft) if seen is None else seen
    return [entry for entry in drafts.since(draft, seen) if entry.who != _state.person()]


def show_faults(error: ScenarioError | GeodataError, remedy: str = "", source: drafts.Source | None = None) -> None:
    """Every fault, in its own sentence; ``remedy`` is said in the reader's language, ``source`` is what has them."""
    faults = faults_met(source, error) if source is not None else error.faults
    sentences = [f.sentence() if isinstance(f, Fault) else str(f) for f in faults]
    remedy = remedy or _("the last change may be the cause.")
    top = says("{n} fault to mend; {remedy}", "{n} faults to mend; {remedy}", len(sentences),
               remedy=remedy[0].lower() + remedy[1:])  # fmt: skip
    st.error(top + "".join(f"\n- {typed(sentence)}" for sentence in sentences))


def show_conflict(source: drafts.Source) -> None:
    """What others did since this tab looked: a choice where an edit waits for it, else a note."""
    draft, told = source.draft, _state.conflict()
    if draft is None:
        return
    if told is not None and told.scenario == draft.id:
        with st.container(border=True):
            lines = "".join(f"\n- {typed(sentence)}" for sentence in told.sentences())
            st.warning(f"{typed(told.headline())}{lines}", icon=":material/group:")
            st.markdown(_("**Yours, not saved yet:** {what}", what=typed(told.mine)))
            if told.clashes:
                st.markdown(_("Both are about {what}, so only one can stay.", what=typed(", ".join(told.clashes))))
            with st.container(horizontal=True):
                for choice in told.choices:
                    if st.button(_(CHOICES[choice]), key=f"choice-{choice}"):
                        _chosen(told, choice)
        return
    news = others_since(draft)
    if news:
        lines = "".join(f"\n- {typed(entry.who)}: {typed(sentence_of(entry))}" for entry in news[-5:])
        st.info(_("Changed by others since you looked:{lines}", lines=lines), icon=":material/group:")


def _chosen(told: drafts.Difference, choice: drafts.Choice) -> None:
    try:
        drafts.resolve(told, choice, who=_state.person())
    except drafts.Conflict as again:
        _state.keep_conflict(again.difference, _state.settle_conflict(told.scenario))
    except drafts.StoreError as error:
        show_faults(error, _("nothing was saved."))
        st.stop()
    else:
        form = _state.settle_conflict(told.scenario)
        if form:
            Unsent(form, told.scenario).sent()
    st.rerun()


def show_steps(source: drafts.Source) -> None:
    """Undo and redo of this person's own edits."""
    if source.draft is None:
        for title in (UNDO, REDO):
            st.button(_(title), key=title.lower(), icon=f":material/{title.lower()}:", disabled=True)
        return
    draft, who = source.draft, _state.person()
    can = drafts.steps(draft, who=who)
    for title, text, way in ((UNDO, can.undo, drafts.undo), (REDO, can.redo, drafts.redo)):
        icon = f":material/{title.lower()}:"
        if st.button(_(title), key=title.lower(), icon=icon, disabled=text is None, help=text):
            try:
                said = way(draft, who=who)
            except drafts.Conflict as conflict:
                _state.keep_conflict(conflict.difference)
            except drafts.StoreError as error:
                show_faults(error, _("nothing was saved."))
                st.stop()
            else:
                st.toast(f"{_(title)}: {typed(said)}", icon=icon)
                tell_others(draft, _state.seen(draft))
                _state.saw(drafts.find(draft.id).draft)
            st.rerun()


def show_changes(source: drafts.Source) -> None:
    """The list of changes, each to be taken back by itself, and what can be done with the draft as one."""
    draft = source.draft
    if draft is None:
        st.caption(_("The first change starts a draft of your own; the scenario itself stays as it is."))
        return
    if not draft.changes:
        st.caption(_("Nothing is changed yet."))
    for change in draft.changes:
        row = st.container(horizontal=True, vertical_alignment="center")
        row.markdown(typed(sentence(change.kind, change.values)), width="stretch")
        if row.button(_("Take back"), key=f"undo-{change.id}", icon=":material/delete:", type="tertiary"):
            save(source, lambda who, seen, its=change.id: drafts.take_back(draft, its, seen=seen, who=who))
    st.divider()
    bound(
        st.text_input, _("Name of this draft"), draft.name, partial(_rename, source, draft), key=f"name-{draft.id}",
        max_chars=80,
    )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="center"):
        _whole(source, draft)


def _rename(source: drafts.Source, draft: drafts.Draft, name: str) -> None:
    if name.strip():
        keep(source, lambda _ref, who, seen: drafts.rename(draft, name, seen=seen, who=who))


def _whole(source: drafts.Source, draft: drafts.Draft) -> None:
    """What is done with all changes as one: another draft, a file, none."""
    if st.button(_("Duplicate"), icon=":material/content_copy:"):
        _state.choose(scenario=drafts.duplicate(draft, who=_state.person()).id, plan="")
        st.rerun()
    st.download_button(
        _("As a file"),
        data=source.patches[-1].read_bytes,
        file_name="whatif.toml",
        mime="text/plain",
        icon=":material/download:",
        help=_("The same changes as a what-if for the command: vedette compare"),
        on_click="ignore",
    )
    sure = st.checkbox(_("Delete this draft"), key=f"sure-{draft.id}")
    if sure and st.button(_("Delete"), icon=":material/delete:"):
        if others_since(draft):  # they are told above, by this very run
            st.warning(_("Others have changed this draft meanwhile. Look at that before you delete it."))
            return
        drafts.delete(draft, who=_state.person())
        _state.choose(scenario=source.base, plan="")
        st.rerun()
