"""Cordons: who mans which exit so that the last one is manned soonest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from app_pages._changes import show_faults
from app_pages._unsent import Unsent
from scenarios.cordon import cordon
from scenarios.desk import Desk
from scenarios.errors import ScenarioError
from scenarios.forcewords import cordon_sentence
from scenarios.tongue import say as _
from scenarios.view import CordonView, PlanView


def cordon_of(
    desk: Desk, exits: Sequence[tuple[str, tuple[float, float]]], names: Mapping[str, str], form: Unsent
) -> None:
    """Ask who leaves from where, and show the answer."""
    st.markdown("##### " + _("Who could man them soonest"))
    units = [unit.id for unit in desk.scenario.units]
    chosen = form.several(_("Units leave from"), "units", units, start=units[:1], format_func=lambda i: names.get(i, i))
    if not chosen:
        return
    enough = min(500, -(-len(exits) // len(chosen)))
    each = form.number(_("Units from each"), f"each-{len(exits)}-{len(chosen)}", 1, 500, start=enough)
    try:
        its = cordon(desk, exits, [(place, int(each)) for place in chosen])
    except ScenarioError as error:
        show_faults(error, _("choose other places."))
        return
    st.markdown(cordon_sentence(its))
    cordon_table(its, names)


def cordon_table(its: CordonView, names: Mapping[str, str]) -> None:
    """One row for each exit."""
    if its.rows:
        st.dataframe(
            pd.DataFrame(
                [
                    {_("Exit"): names.get(name, name), _("Unit from"): names.get(home, home), _("Seconds"): took}
                    for name, home, took in its.rows
                ]
            ),
            hide_index=True,
            alt=_("Exits, where their unit comes from, and the seconds it takes"),
        )


def cordons_of(view: PlanView) -> None:
    """The scenario's own cordons, as its plan keeps them."""
    names = {**view.units, **{site.id: site.name for site in view.sites}}
    for its in view.cordons:
        start = view.span(its.at_s, its.at_s).split("-")[0]
        st.markdown(_("**{title}**, from {time}. {what}", title=its.title, time=start, what=cordon_sentence(its)))
        cordon_table(its, names)
