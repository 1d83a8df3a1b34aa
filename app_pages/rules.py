"""Rules: each in one sentence with its setting, its importance, its values and where it comes from; and presets."""

from __future__ import annotations

import streamlit as st

from app_pages._head import editing
from app_pages._presets import presets_part
from app_pages._rule_form import rule_form
from app_pages._rules import before_of, rules_table
from scenarios.rule_list import rule_list
from scenarios.tongue import say as _

with editing() as (source, loaded):
    every, ready = st.tabs([_("Rules"), _("Presets")], key="rules_tab", on_change="rerun")
    if every.open:
        with every:
            lines = rule_list(loaded.scenario, before_of(source))
            left, right = st.columns([7, 4], gap="medium")
            with left:
                chosen = rules_table(lines)
            with right:
                if chosen is not None:
                    rule_form(source, loaded.scenario, chosen, lines)
    if ready.open:
        with ready:
            presets_part(source, loaded)
