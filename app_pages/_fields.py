"""Fields of settings: each shows what stands, also after an undo, and saves what is typed at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st


def bound(
    widget: Callable[..., Any], label: str, now: Any, save: Callable[[Any], None], *, key: str, **more: Any
) -> None:
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
    """
    if st.session_state.get(key) != now:
        st.session_state[key] = now

    def changed() -> None:
        value = st.session_state[key]
        if value is not None and value != now:
            save(value)

    widget(label, key=key, on_change=changed, **more)


def number(
    label: str, now: float, save: Callable[[Any], None], *, key: str, low: float | None, high: float | None,
    help: str | None = None,  # noqa: A002 - Streamlit's word
) -> None:  # fmt: skip
    """A number, whole or not as it stands, within bounds that may be open."""
    kind = type(now)
    low, high = (None if limit is None else kind(limit) for limit in (low, high))
    bound(st.number_input, label, now, save, key=key, min_value=low, max_value=high, step=kind(1), help=help)
