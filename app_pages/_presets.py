"""Presets of rules: choose one, see what it would change here and where each value comes from, take it over."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from app_pages._changes import apply
from app_pages._words import count
from scenarios import drafts
from scenarios.load import Loaded
from scenarios.preset_list import PresetLine, chosen, preset_lines
from scenarios.presets import presets


def presets_part(source: drafts.Source, loaded: Loaded) -> None:
    """The choice, the table of values against the present ones, and the button."""
    known, held = presets(), chosen(loaded)
    name = st.selectbox("Preset", list(known), format_func=lambda n: known[n].title, key="preset_name")
    lines = preset_lines(loaded, name)
    changed = [line for line in lines if line.changes]
    st.caption(f"{known[name].note} Values to check locally, not law and not advice.")
    if name in held:
        st.info("This preset is taken over already; what the scenario sets itself still wins.")
    only = st.toggle("Only what would change", value=bool(changed), key="preset_only")
    shown = changed if only else lines
    st.dataframe(
        pd.DataFrame([_row(line) for line in shown], columns=["Setting", "Now", "Preset", "Effect", "Source"]),
        hide_index=True,
        height=min(460, 38 * len(shown) + 40),
        alt="Values of the preset beside the present ones",
    )
    own = sum(line.own for line in lines)
    words = f"{count(len(changed), 'value')} of {len(lines)} would change"
    st.caption(words + (f"; {own} stay as the scenario sets them itself." if own else "."))
    if st.button("Take it over", type="primary", disabled=not changed or name in held, key="preset_go"):
        apply(source, "preset", {"names": [*held, name], "titles": [known[n].title for n in (*held, name)]})


def _row(line: PresetLine) -> dict[str, Any]:
    effect = "set by the scenario, stays" if line.own else "changes" if line.changes else "the same"
    return {
        "Setting": line.title, "Now": _text(line.now), "Preset": _text(line.then), "Effect": effect,
        "Source": line.source,
    }  # fmt: skip


def _text(value: Any) -> str:
    if value is None or value in ((), []):
        return "-"
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
