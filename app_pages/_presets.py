"""Presets of rules: choose one, see what it would change here and where each value comes from, take it over."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from app_pages._changes import apply
from scenarios import drafts
from scenarios.load import Loaded
from scenarios.parameters import value_words
from scenarios.preset_list import PresetLine, chosen, preset_lines
from scenarios.presets import presets
from scenarios.rule_list import IMPORTANCE, MODES
from scenarios.tongue import mark, says
from scenarios.tongue import say as _
from scenarios.tongue.lists import parted

EFFECTS = {"own": mark("set by the scenario, stays"), "new": mark("changes"), "same": mark("the same")}


def presets_part(source: drafts.Source, loaded: Loaded) -> None:
    """The choice, the table of values against the present ones, and the button."""
    known, held = presets(), chosen(loaded)
    name = st.selectbox(_("Preset"), list(known), format_func=lambda n: _(known[n].title), key="preset_name")
    lines = preset_lines(loaded, name)
    changed = [line for line in lines if line.changes]
    st.markdown(_(known[name].note))
    st.caption(_("Values to check locally, not law and not advice. What the scenario sets itself always wins."))
    if name in held:
        st.info(_("This preset is taken over already."), icon=":material/check:")
    only = st.toggle(_("Only what would change"), value=bool(changed), key=f"preset_only-{name}")
    shown = changed if only else lines
    st.dataframe(
        pd.DataFrame([_row(line) for line in shown], columns=list(_row(lines[0]))),
        hide_index=True, height=min(460, 35 * len(shown) + 38), alt=_("Values of the preset beside the present ones"),
    )  # fmt: skip
    own = sum(line.own for line in lines)
    told = [says("{n} value of {of} would change", "{n} values of {of} would change", len(changed), of=len(lines))]
    told += [says("{n} stays as the scenario sets it", "{n} stay as the scenario sets them", own)] if own else []
    st.caption(parted(told))
    if st.button(_("Take it over"), type="primary", disabled=not changed or name in held, key="preset_go"):
        apply(source, "preset", {"names": [*held, name], "titles": [known[n].title for n in (*held, name)]})


def _row(line: PresetLine) -> dict[str, Any]:
    effect = "own" if line.own else "new" if line.changes else "same"
    return {
        _("Setting"): line.title, _("Now"): _text(line.now), _("Preset"): _text(line.then),
        _("Effect"): _(EFFECTS[effect]), _("Source"): _(line.source),
    }  # fmt: skip


def _text(value: Any) -> str:
    if isinstance(value, str) and value in MODES:
        return _(MODES[value])
    if isinstance(value, str) and value in IMPORTANCE:
        return _(IMPORTANCE[value])
    return value_words(value)
