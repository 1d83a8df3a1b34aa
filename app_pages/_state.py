"""What one reader is looking at: which scenario, which plan. Ids only, kept in the address line.

The address survives F5 and a second tab, a session does not; the session survives a change of page, which
drops the address's values. So both hold the same two ids and mend each other. Beside them the session remembers
what this tab has shown of each draft, so that an edit made over an older state is told apart.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace

import streamlit as st

from scenarios.drafts import Difference, Draft
from scenarios.store.texts import actor, one_line

_KEY = "vedette_state"
_LINK = "vedette_link"
_SEEN = "vedette_seen"
_CONFLICT = "vedette_conflict"
#: Name of the header in which a proxy with log-in says who it is; only what stands behind such a proxy sets it.
HEADER = "VEDETTE_USER_HEADER"


@dataclass(frozen=True)
class State:
    """``scenario`` is a source's ref (shipped name, own folder, what-if or draft); ``plan`` is a job's id."""

    scenario: str = ""
    plan: str = ""


def load() -> State:
    """Take the ids from the address line, or put those of the session there; called once by the frame."""
    first = _KEY not in st.session_state
    st.session_state[_LINK] = first and ("scenario" in st.query_params or "plan" in st.query_params)
    known: State = st.session_state.get(_KEY, State())
    state = State(
        scenario=st.query_params.get("scenario", known.scenario),
        plan=st.query_params.get("plan", known.plan),
    )
    return _keep(state)


def came_with_link() -> bool:
    """Whether this is a session's first run, and its address names a scenario or plan."""
    return bool(st.session_state.get(_LINK, False))


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


def person() -> str:
    """Who is at work: as the proxy says, where ``VEDETTE_USER_HEADER`` names its header, else as the machine does."""
    header = os.environ.get(HEADER, "")
    told = one_line(st.context.headers.get(header) or "") if header else ""
    return told or actor()


def seen(draft: Draft) -> int:
    """The revision that this tab has shown last; the draft's own where it is shown for the first time."""
    known: dict[str, int] = st.session_state.get(_SEEN, {})
    return min(known.get(draft.id, draft.revision), draft.revision)


def saw(draft: Draft | None) -> None:
    """The page now shows the draft as it is."""
    if draft is not None:
        st.session_state[_SEEN] = {**st.session_state.get(_SEEN, {}), draft.id: draft.revision}


def conflict() -> Difference | None:
    """An edit that waits for a choice."""
    kept: Difference | None = st.session_state.get(_CONFLICT)
    return kept


def keep_conflict(difference: Difference | None) -> None:
    """Keep an edit until the choice is made; None once it is."""
    st.session_state[_CONFLICT] = difference
