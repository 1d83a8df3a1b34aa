"""What one reader is looking at: which scenario, which plan. Ids only, kept in the address line.

The address survives F5 and a second tab, a session does not; the session survives a change of page, which
drops the address's values. So both hold the same two ids and mend each other. Beside them the session remembers
what this tab has shown of each draft, so that an edit made over an older state is told apart.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from scenarios.drafts import Difference, Draft, StoreError
from scenarios.store import unfinished
from scenarios.store.place import open_store
from scenarios.store.texts import actor, one_line
from scenarios.store.waiting import as_values, read_waiting

_KEY = "vedette_state"
_LINK = "vedette_link"
_SEEN = "vedette_seen"
_CONFLICT = "vedette_conflict"
_WAITS = "conflict"
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


def noted(draft_id: str) -> int | None:
    """The revision that this tab has shown last, or has just saved; None for a draft that it knows nothing of."""
    known: dict[str, int] = st.session_state.get(_SEEN, {})
    return known.get(draft_id)


def saw(draft: Draft | None) -> None:
    """The page now shows the draft as it is."""
    if draft is not None:
        st.session_state[_SEEN] = {**st.session_state.get(_SEEN, {}), draft.id: draft.revision}


def conflict() -> Difference | None:
    """An edit of the scenario in view that waits for a choice; kept in the store, as it is saved nowhere else."""
    ref = current().scenario
    known: dict[str, Difference | None] = st.session_state.setdefault(_CONFLICT, {})
    if ref not in known:
        values = _waiting(ref)
        known[ref] = read_waiting(open_store(), ref, values) if values else None
    return known[ref]


def keep_conflict(difference: Difference, form: str = "") -> None:
    """Keep an edit until the choice is made; ``form`` is what it was typed into."""
    ref = difference.scenario
    st.session_state.setdefault(_CONFLICT, {})[ref] = difference
    values = as_values(difference)
    with suppress(StoreError):  # then it waits in this tab alone
        if values is not None:
            told = {**values, "form": form}
            unfinished.keep_fields(open_store(), person(), ref, _WAITS, told, days=unfinished.DAYS_ABOUT_PEOPLE)


def settle_conflict(ref: str) -> str:
    """The choice is made; returns the form that the edit was typed into, "" where it was none."""
    st.session_state.setdefault(_CONFLICT, {})[ref] = None
    form = str(_waiting(ref).get("form", ""))
    with suppress(StoreError):
        unfinished.forget(open_store(), person(), ref, _WAITS)
    return form


def _waiting(ref: str) -> dict[str, Any]:
    try:
        return unfinished.unfinished(open_store(), person(), ref, _WAITS)
    except StoreError:
        return {}
