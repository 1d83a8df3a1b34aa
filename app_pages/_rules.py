"""Rules: the whole list from the registry, and one rule's own form, made from what it says of itself."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from app_pages._changes import apply
from app_pages._presets import presets_part
from scenarios import drafts
from scenarios.load import Loaded
from scenarios.parameters import Parameter
from scenarios.rule_list import RuleLine, rule_list
from scenarios.schema import PRICE

MODES = {"hard": "must hold", "soft": "should hold", "off": "off"}


def rules_tab(source: drafts.Source, loaded: Loaded) -> None:
    """Table of all rules beside the form of one."""
    lines = [line for line in rule_list(loaded.scenario) if line.mode]
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.dataframe(
            pd.DataFrame(
                [
                    {
                        "": line.id,
                        "Rule": line.title,
                        "Holds": MODES[line.mode]
                        + (f", {line.importance}" if line.mode == "soft" else ""),
                        "In words": line.says,
                    }
                    for line in lines
                ]
            ),
            hide_index=True,
            height=min(620, 38 * len(lines) + 40),
            alt="Rules of the roster with their settings",
        )
    with right:
        st.markdown("##### Change a rule")
        by_name = {line.name: line for line in lines}
        name = st.selectbox(
            "Rule",
            list(by_name),
            format_func=lambda n: f"{by_name[n].id}  {by_name[n].title}",
            key="rule_name",
        )
        rule_form(source, by_name[name])
    with st.expander("Presets: values of laws and guidance, to check locally", icon=":material/library_books:"):
        presets_part(source, loaded)


def rule_form(source: drafts.Source, line: RuleLine) -> None:
    """How strictly it holds, and its parameters."""
    with st.form(f"rule-{line.name}", border=True):
        st.caption(line.says)
        mode = st.segmented_control(
            "Holds", list(MODES), default=line.mode, format_func=lambda m: MODES[m], required=True
        )
        importance = st.select_slider(
            "Importance, when it should hold", list(reversed(PRICE)), value=line.importance
        )
        given = {p.name: field(line, p) for p in line.parameters}
        st.caption(f"Source: {line.source}")
        go = st.form_submit_button("Change", type="primary")
    if not go:
        return
    params = {p.name: given[p.name] for p in line.parameters if given[p.name] != p.value}
    if not params and mode == line.mode and importance == line.importance:
        st.info("Nothing differs from what it is.")
        return
    own = {p.name: plain(p.value) for p in line.parameters if p.value != p.default}
    apply(
        source,
        "rule",
        {
            "name": line.name, "title": line.title, "mode": mode, "importance": importance,
            "params": own | {name: plain(value) for name, value in params.items()},
        },
    )  # fmt: skip


def plain(value: Any) -> Any:
    """As JSON and TOML have it."""
    return list(value) if isinstance(value, tuple) else value


def field(line: RuleLine, p: Parameter) -> Any:
    """The widget that fits a parameter."""
    key = f"{line.name}-{p.name}"
    title = (
        p.name.replace("_h", " (hours)")
        .replace("_min", " (minutes)")
        .replace("_", " ")
        .capitalize()
    )
    words = f"{p.words} Default: {plain(p.default)}. {p.source}"
    if p.kind is bool:
        return st.checkbox(title, bool(p.value), key=key, help=words)
    if p.kind in {int, float}:
        low = None if p.low is None else p.kind(p.low)
        high = None if p.high is None else p.kind(p.high)
        return st.number_input(title, low, high, p.kind(p.value), key=key, help=words)
    if p.kind is tuple:
        text = st.text_input(title, ", ".join(p.value), key=key, help=words)
        return tuple(part.strip() for part in text.split(",") if part.strip())
    return st.text_input(title, str(p.value), key=key, help=words)
