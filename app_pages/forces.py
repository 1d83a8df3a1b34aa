"""Forces: people, leave, qualifications, units and gear, each table edited in place; who is on hand when."""

from __future__ import annotations

import streamlit as st

from app_pages import _data, _forces_data, _state
from app_pages._forces_book import book
from app_pages._forces_grid import table
from app_pages._forces_lists import lists
from app_pages._forces_strength import strength_tab
from app_pages._forces_top import pick_unit, top
from scenarios import drafts
from scenarios.forces.columns import TABLES
from scenarios.forces.typed import about_people
from scenarios.tablewords import table_word
from scenarios.tongue import say as _

source = drafts.find(_state.current().scenario)
loaded, faults = _forces_data.judged(source)
raw = _data.raw_of(source)
beside = top(source, loaded)

names = TABLES
tabs = st.tabs(
    [*(table_word(name) for name in names), _("Strength"), _("Words to choose from"), _("Excel")],
    key="forces_tab", on_change="rerun",
)  # fmt: skip
for tab, name in zip(tabs, names, strict=False):
    if tab.open:
        with tab:
            table(source, raw, name, pick_unit(raw, beside) if about_people(name) else "", beside)
for tab, show in zip(tabs[len(names) :], (strength_tab, lists, book), strict=True):
    if tab.open:
        with tab:
            show(source, raw, loaded)
_state.saw(source.draft)
