"""What one reader is looking at: which scenario, which plan. Ids only, kept in the address line.

The address survives F5 and a second tab, a session does not; the session survives a change of page, which
drops the address's values. So both hold the same two ids and mend each other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

_KEY = "vedette_state"


@dataclass(frozen=True)
class State:
    """``scenario`` is a source's ref (shipped name, own folder, what-if or draft); ``plan`` is a job's id."""

    scenario: str = ""
    plan: str = ""


def load() -> State:
    """Take the ids from the address line, or put those of the session there; called once by the frame."""
    known: State = st.session_state.get(_KEY, State())
    state = State(
        scenario=st.query_params.get("scenario", known.scenario),
        plan=st.query_params.get("plan", known.plan),
    )
    return _keep(state)


def current() -> State:
    """The ids as the frame found them."""
    state: State = st.session_state.get(_KEY, State())
    return state


def choose(*, scenario: str | None = None, plan: str | None = None) -> State:
    """Look at another scenario or plan; the page shows it from the next run on."""
    state = current()
    if scenario is not None:
        state = replace(state, scenario=scenario)
    if plan is not None:
        state = replace(state, plan=plan)
    return _keep(state)


def _keep(state: State) -> State:
    st.session_state[_KEY] = state
    for name, value in (("scenario", state.scenario), ("plan", state.plan)):
        if value and st.query_params.get(name) != value:
            st.query_params[name] = value
        elif not value and name in st.query_params:
            del st.query_params[name]
    return state
