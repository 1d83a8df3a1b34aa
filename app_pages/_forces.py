"""Forces: who there is by unit and category; people on leave, people taken away."""

from __future__ import annotations

from collections import Counter

import pandas as pd
import streamlit as st

from app_pages._changes import apply
from app_pages._sessions import FORM, local
from scenarios import drafts
from scenarios.load import Loaded


def forces_tab(source: drafts.Source, loaded: Loaded) -> None:
    """Heads by unit and category, then the forms."""
    its = loaded.scenario
    heads = Counter((p.unit, p.category) for p in its.people)
    away = Counter(
        next((p.unit for p in its.people if p.id == row.person), "") for row in its.absences
    )
    rows = [
        {"Unit": unit.name}
        | {c.replace("_", " "): heads[unit.id, c] for c in its.categories}
        | {"Together": sum(heads[unit.id, c] for c in its.categories), "Absences": away[unit.id]}
        for unit in its.units
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, alt="People by unit and category")
    left, right = st.columns(2, gap="large")
    with left:
        leave(source, loaded)
    with right:
        fewer(source, loaded)


def leave(source: drafts.Source, loaded: Loaded) -> None:
    """Named people are away for a while."""
    its = loaded.scenario
    units = {u.id: u.name for u in its.units}
    names = {p.id: f"{p.name}, {units.get(p.unit, p.unit)}" for p in its.people}
    st.markdown("##### People on leave")
    with st.form("leave", border=True):
        people = st.multiselect("Who", list(names), format_func=lambda p: names[p], key="leave_who")
        cells = st.columns(2)
        start = cells[0].datetime_input(
            "From", local(its.start, loaded), format="DD.MM.YYYY", key="leave_from"
        )
        end = cells[1].datetime_input(
            "To", local(its.end, loaded), format="DD.MM.YYYY", key="leave_to"
        )
        go = st.form_submit_button("Note the leave", type="primary")
    if go and people:
        apply(
            source,
            "absent",
            {
                "people": list(people), "names": [names[p].split(",")[0] for p in people],
                "start": f"{start:{FORM}}", "end": f"{end:{FORM}}",
            },
        )  # fmt: skip
    elif go:
        st.warning("Choose at least one person.")


def fewer(source: drafts.Source, loaded: Loaded) -> None:
    """A unit sends fewer people: those named last in its list stay away."""
    its = loaded.scenario
    units = {u.id: u.name for u in its.units if any(p.unit == u.id for p in its.people)}
    st.markdown("##### Fewer people of a unit")
    if not units:
        st.caption("There is nobody to take away.")
        return
    with st.form("fewer", border=True):
        unit = st.selectbox("Unit", list(units), format_func=lambda u: units[u], key="fewer_unit")
        cells = st.columns(2)
        category = cells[0].selectbox(
            "Category",
            its.categories,
            format_func=lambda c: c.replace("_", " "),
            key="fewer_category",
        )
        number = cells[1].number_input("How many", 1, 500, 1, key="fewer_number")
        go = st.form_submit_button("Take away", type="primary")
    if not go:
        return
    # Leads stay: places without a lead would be faults.
    leads = {
        row.lead for table in (its.sites, its.zones, its.posts, its.seats) for row in table
    } | {its.rail.lead}
    mine = [
        p for p in its.people if p.unit == unit and p.category == category and p.id not in leads
    ]
    gone = mine[-int(number) :]
    if not gone:
        st.warning("Nobody of this category can be spared there.")
        return
    apply(
        source,
        "away",
        {
            "people": [p.id for p in gone],
            "names": [p.name for p in gone],
            "unit": units[unit],
            "category": category,
        },
    )
