"""The map component: the exported page's own script, handed over as text, so that nothing is fetched."""

from __future__ import annotations

from typing import Any

import streamlit as st

from scenarios.publish.webmap import component_source


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    js, css = component_source()
    # Strings with newlines: a one-line string would be taken for a file's name.
    return st.components.v2.component(
        "vedette_map", html='<div class="vm-box"></div>\n', css=css, js=js, isolate_styles=True
    )


def show_map(
    plan: dict[str, Any],
    *,
    key: str,
    height: str = "600px",
    asking: bool | str = False,
    sketch: dict[str, Any] | None = None,
) -> Any:
    """Draw the map of a plan.

    Parameters
    ----------
    plan
        ``map_data`` of the plan; it must stay the very same for one ``key``, since it travels once only.
    height
        A CSS length.
    asking
        When set a click on the map is reported as ``place``; a text is the word that tells people so.
    sketch
        What is being drawn: ``corners`` ``[[lon, lat], ...]`` and ``gates`` with ``id, kind, lon, lat, title``.

    Returns
    -------
    The component's result: ``picked`` ``{"kind", "id"}`` or None, ``place`` ``{"lon", "lat"}`` for one run.
    """
    data = {"key": key, "plan": plan, "height": height, "asking": asking, "sketch": sketch}
    return _component()(
        key=key, data=data, on_picked_change=lambda: None, on_place_change=lambda: None
    )
