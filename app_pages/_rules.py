"""The list of all rules: searched, by group, and what of them was changed; a row or the field beside it chooses one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import streamlit as st

from geodata.errors import GeodataError
from scenarios import drafts
from scenarios.errors import ScenarioError
from scenarios.rule_list import GROUPS, RuleLine, found_by, mode_words
from scenarios.schema import Scenario
from scenarios.tongue import mark, says
from scenarios.tongue import say as _
from scenarios.tongue.lists import parted

CHOSEN = "rule_name"
TABLE = "rules_table"
SHOWN = {"all": mark("All"), "on": mark("In force"), "changed": mark("Changed")}


@st.cache_resource(max_entries=4, show_spinner=False)
def _before(base: str, patches: tuple[str, ...], revision: str) -> Scenario | None:  # noqa: ARG001
    try:
        return drafts.loaded(drafts.Source(base, base, base, tuple(map(Path, patches)))).scenario
    except (ScenarioError, GeodataError):
        return None


def before_of(source: drafts.Source) -> Scenario | None:
    """What a draft was made from, to tell what it changed; None for what is no draft."""
    if source.draft is None:
        return None
    return _before(source.base, tuple(map(str, source.patches[:-1])), source.revision.rpartition(";")[0])


def rules_table(lines: Sequence[RuleLine]) -> RuleLine | None:
    """Search, group, table; the rule that is chosen, None where none is found."""
    cells = st.columns([3, 2, 3], vertical_alignment="top")
    sought = cells[0].text_input(
        _("Search"), key="rule_search", placeholder=_("words, number or source"), persist_state="session"
    )
    group = cells[1].selectbox(
        _("Group"), ["", *GROUPS], key="rule_group", format_func=lambda g: _(GROUPS[g]) if g else _("All groups")
    )
    state = cells[2].segmented_control(
        _("Which ones"), list(SHOWN), key="rule_state", default="all", required=True, format_func=lambda s: _(SHOWN[s])
    )
    shown = [
        line
        for line in lines
        if (not group or line.group == group)
        and (state != "on" or line.mode != "off")
        and (state != "changed" or line.changed)
        and found_by(line, sought)
    ]
    if not shown:
        nothing = _("No rule was changed.") if state == "changed" else _("No rule is like that.")
        st.info(nothing)
        return None
    names = [line.name for line in shown]
    st.dataframe(
        table_rows(shown), hide_index=True, height=min(560, 35 * len(shown) + 38), key=TABLE,
        on_select=lambda: _picked(names), selection_mode="single-row", alt=_("Rules with their settings"),
        column_config={_("In words"): st.column_config.TextColumn(width="large")},
    )  # fmt: skip
    n = sum(line.changed for line in lines)
    told = [says("{n} rule", "{n} rules", len(shown)), says("{n} was changed", "{n} were changed", n)]
    st.caption(parted(told))
    if st.session_state.get(CHOSEN) not in names:
        st.session_state[CHOSEN] = names[0]
    return next(line for line in shown if line.name == st.session_state[CHOSEN])


def _picked(names: Sequence[str]) -> None:
    rows = st.session_state[TABLE].selection.rows
    if rows and rows[0] < len(names):
        st.session_state[CHOSEN] = names[rows[0]]


def table_rows(lines: Sequence[RuleLine]) -> pd.DataFrame:
    """One row for each rule; what was changed is told by a word."""
    any_changed = any(line.changed for line in lines)
    return pd.DataFrame(
        [
            {
                _("Holds"): mode_words(line), _("Rule"): line.title,
                **({_("Changed"): _("changed") if line.changed else ""} if any_changed else {}),
                _("In words"): line.says, _("Group"): _(GROUPS[line.group]), _("No."): line.id,
                _("Source"): line.source,
            }
            for line in lines
        ]
    )  # fmt: skip
