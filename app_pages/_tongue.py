"""The reader's language: from the address, else as chosen before, else as the browser says; switched at once."""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from scenarios import tongue
from scenarios.tongue import say as _

_KEY = "vedette_language"
_PICK = "pick_language"


def reader() -> str | None:
    """The language of whoever runs this script; None outside a page."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return None
    known: str | None = st.session_state.get(_KEY)
    return known


def begin() -> None:
    """Settle the language of this run; called by the frame before anything is shown."""
    tongue.ask(reader)
    told = st.query_params.get("lang") or st.session_state.get(_KEY)
    code = told if told in tongue.LANGUAGES else tongue.nearest(st.context.locale)
    _keep(code)


def _keep(code: str) -> None:
    st.session_state[_KEY] = code
    if st.query_params.get("lang") != code:
        st.query_params["lang"] = code


def pick_language() -> None:
    """The switch, for the frame."""
    st.session_state[_PICK] = reader()
    st.segmented_control(
        _("Language"),
        list(tongue.LANGUAGES),
        key=_PICK,
        format_func=tongue.LANGUAGES.__getitem__,
        on_change=_picked,
        label_visibility="collapsed",
        width="content",
    )


def _picked() -> None:
    # A click on the language that is on would take it off: that means the same language again.
    _keep(st.session_state[_PICK] or reader() or tongue.ENGLISH)
