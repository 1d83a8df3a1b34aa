"""What the Places page reads again and again, cached by plain keys, and how it saves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from app_pages import _state
from app_pages._changes import target, tell_others
from app_pages._unsent import Unsent, carry
from geodata.ground import Ground
from scenarios import drafts
from scenarios.placing import base
from scenarios.placing.edits import RowEdit
from scenarios.placing.facts import Way, ways_to_roads
from scenarios.placing.marks import Mark, marks_of
from scenarios.raw import Raw

CHOSEN, FOCUS, REFUSED = "places_chosen", "places_focus", "places_refused"
CORNERS, KINDS = "corners", "kinds"


@st.cache_resource(max_entries=3, show_spinner=False)
def _ground(path: str, changed_ns: int, asked: tuple[Any, ...], _of: Raw) -> Ground:  # noqa: ARG001
    return base.ground_of(_of)


@st.cache_resource(max_entries=3, show_spinner=False)
def _ground_map(path: str, changed_ns: int, asked: tuple[Any, ...], _of: Ground) -> dict[str, Any]:  # noqa: ARG001
    return base.ground_map(_of)


def ground_of(raw: Raw) -> tuple[Ground, dict[str, Any]]:
    """The ground and its map, read once for all revisions of a scenario; ScenarioError, GeodataError."""
    path = base.map_path(raw)
    key = (str(path), path.stat().st_mtime_ns, base.asked_of(raw))
    ground = _ground(*key, raw)
    return ground, _ground_map(*key, ground)


@st.cache_resource(max_entries=8, show_spinner=False)
def _marks(ref: str, revision: str, _raw: Raw, _ground: Ground) -> tuple[Mark, ...]:  # noqa: ARG001
    return marks_of(_raw, _ground)


def marks(source: drafts.Source, raw: Raw, ground: Ground) -> tuple[Mark, ...]:
    """Everything that has a place."""
    return _marks(source.ref, source.revision, raw, ground)


@st.cache_resource(max_entries=4, show_spinner=False)
def _ways(ref: str, revision: str, _marks: tuple[Mark, ...], _ground: Ground) -> tuple[Way, ...]:  # noqa: ARG001
    return ways_to_roads(_marks, _ground)


def ways(source: drafts.Source, its: tuple[Mark, ...], ground: Ground) -> tuple[Way, ...]:
    """How each place hangs on the roads."""
    return _ways(source.ref, source.revision, its, ground)


def keep(source: drafts.Source, put: Sequence[RowEdit] = (), gone: Sequence[Mark] = ()) -> bool:
    """Save rows as one edit, in a callback: the run that follows shows the new state, or why nothing was saved."""
    from scenarios.placing.marks import TABLES

    ref, seen = target(source)
    taken = [(TABLES[its.kind], {"id": its.id}, its.name) for its in gone]
    try:
        draft = drafts.change_rows(
            ref, put=[one.row for one in put], gone=taken, seen=seen, who=_state.person()
        )
    except drafts.Conflict as conflict:
        _state.keep_conflict(conflict.difference)
        return False
    except drafts.Unchanged:
        return True
    except drafts.StoreError as error:
        st.session_state[REFUSED] = error
        return False
    if seen is not None:
        tell_others(draft, seen)
    _state.saw(draft)
    if ref != draft.id:
        carry(ref, draft.id)
        _state.choose(scenario=draft.id, plan="")
    return True


def choose(kind: str | None, ident: str | None) -> None:
    """What is chosen on the map and shown in the panel."""
    st.session_state[CHOSEN] = (kind, ident) if kind else None


def chosen() -> tuple[str, str] | None:
    """Kind and id of what is chosen."""
    found: tuple[str, str] | None = st.session_state.get(CHOSEN)
    return found


def look_at(at: tuple[float, float] | None) -> None:
    """Let the map show a point, once."""
    if at is not None:
        n = st.session_state.get(FOCUS, {}).get("n", 0) + 1
        st.session_state[FOCUS] = {"lon": at[0], "lat": at[1], "n": n}


def ring(source: drafts.Source) -> Unsent:
    """The perimeter that is being drawn: kept from its first corner until it is saved as a change."""
    return Unsent("perimeter", source.ref)


def corners_of(form: Unsent) -> list[list[float]]:
    """Its corners, (lon, lat), as they were drawn."""
    return [[float(lon), float(lat)] for lon, lat in form.kept.get(CORNERS, [])]


def put_corners(form: Unsent, corners: Sequence[Sequence[float]]) -> None:
    """Other corners: the ways in change, and kinds that were chosen for them with them."""
    form.keep(**{CORNERS: [list(corner) for corner in corners] or None, KINDS: None})
