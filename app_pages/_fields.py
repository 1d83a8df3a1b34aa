"""Fields of settings: each shows what stands, also after an undo, and saves what is typed at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st


def bound(
    widget: Callable[..., Any], label: str, now: Any, save: Callable[[Any], None], *, key: str, empty: bool = False,
    **more: Any,
) -> None:  # fmt: skip
    """One field.

    Parameters
    ----------
    widget
        ``st.number_input`` and kin; whatever takes ``key`` and ``on_change``.
    now
        What stands.
    save
        Is called with the new value when somebody has changed it.
    key
        Stays the same however often the value changes, so that the cursor stays too.
    empty
        Whether nothing is a value too.
    """
    if st.session_state.get(key) != now:
        st.session_state[key] = now

    def changed() -> None:
        value = st.session_state[key]
        if value != now and (empty or value is not None):
            save(value)

    widget(label, key=key, on_change=changed, **more)
