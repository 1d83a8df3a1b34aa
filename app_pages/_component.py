"""The map component: the exported page's own script, handed over as text, so that nothing is fetched.

What is large (the ground, and the plan on it) travels as parts of its own, each a hidden component whose message the
browser keeps: a rerun sends a mark of it, and only words, wishes and what is being edited go over the wire again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from scenarios.publish.webmap import WORDS, component_source, engine_source, part_source
from scenarios.tongue import language

Events = Mapping[str, Callable[[], None]]


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    # Strings with newlines: a one-line string would be taken for a file's name. A component's script is part of its
    # message, so the large one is a component of its own whose message never changes.
    box = '<div class="vm-box"></div>\n'
    return st.components.v2.component("vedette_map", html=box, js=component_source(), isolate_styles=True)


@st.cache_resource(show_spinner=False)
def _engine() -> Any:
    return st.components.v2.component("vedette_map_engine", html="<i hidden></i>\n", js=engine_source())


@st.cache_resource(show_spinner=False)
def _part() -> Any:
    return st.components.v2.component("vedette_map_part", html="<i hidden></i>\n", js=part_source())


def show_map(
    plan: Mapping[str, Any],
    *,
    key: str,
    height: str = "600px",
    asking: bool | str = False,
    sketch: Mapping[str, Any] | None = None,
    tools: tuple[str, ...] | None = None,
    events: Events | None = None,
) -> Any:
    """Draw the map of a plan, with its words in the reader's language.

    Parameters
    ----------
    plan
        ``map_data`` of the plan. Its ``ground``, and all the rest, travel again only when their ``stamp`` is another.
    height
        A CSS length.
    asking
        When set a click on the map is reported as ``place``; a text is the word that tells people so.
    sketch
        What is being drawn: ``corners`` ``[[lon, lat], ...]`` (``drag`` lets people move them) and ``gates`` with
        ``id, kind, lon, lat, title``; with ``tools`` also ``things``, ``chosen``, ``rings``, ``focus`` (``edit.js``).
    tools
        Names of the tools for drawing; None is a map for looking only.
    events
        Called before the page runs again, by ``chosen``, ``moved``, ``drawn``; ``event_of`` has the value.

    Returns
    -------
    The component's result: ``picked`` ``{"kind", "id"}`` or None, ``place`` ``{"lon", "lat"}`` for one run.
    """
    code = language()
    rest = {name: value for name, value in plan.items() if name != "ground"}
    parts = {f"{key}/ground": {"ground": plan["ground"]}, f"{key}/plan": rest}
    stamps = (plan["ground"].get("stamp", key), plan.get("stamp", key))
    with st.container(gap=None):
        _engine()(key=f"{key}/engine", height=1)
        for (name, value), stamp in zip(parts.items(), stamps, strict=True):
            _part()(key=name, data={"name": name, "stamp": stamp, "value": value}, height=1)
        data = {
            "parts": list(parts), "words": WORDS.get(code, WORDS["en"]), "language": code, "height": height,
            "asking": asking, "sketch": sketch, "tools": None if tools is None else list(tools),
            # The browser's side is called again only for other data: by this a drag that was refused goes back.
            "answers": st.session_state.get(f"{key}/answers", 0),
        }  # fmt: skip
        names = ("chosen", "moved", "drawn")
        given = {name: _answered(key, (events or {}).get(name, _nothing)) for name in names}
        return _component()(
            key=key, data=data, on_picked_change=_nothing, on_place_change=_nothing,
            **{f"on_{name}_change": call for name, call in given.items()},
        )  # fmt: skip


def event_of(key: str, name: str) -> Any:
    """What an event of the map with this key said, in its callback."""
    return (st.session_state.get(key) or {}).get(name)


def _answered(key: str, call: Callable[[], None]) -> Callable[[], None]:
    """An event's callback that counts what was answered."""

    def answer() -> None:
        call()
        st.session_state[f"{key}/answers"] = st.session_state.get(f"{key}/answers", 0) + 1

    return answer


def _nothing() -> None:
    """Events that the page reads from the result."""
