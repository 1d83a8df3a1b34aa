"""The script and style of the timeline, as texts that the front end hands to the browser."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources

_PARTS = ("model.js", "timeline.js", "hands.js", "keys.js")


@cache
def _text(name: str, room: str = "webroster") -> str:
    return (resources.files("scenarios.publish") / room / name).read_text(encoding="utf-8")


@cache
def engine_source() -> str:
    """An ES module that puts script and style into the page, once: its message never changes.

    Clock times and the making of elements are the map's own (``webmap/core.js``).
    """
    parts = "\n".join([_text("core.js", "webmap"), *(_text(name) for name in _PARTS)])
    script = f"const VedetteRoster = (function () {{\n'use strict';\n{parts}\nreturn {{ createTimeline }};\n}})();\n"
    style = json.dumps(_text("roster.css"))
    keep = f"globalThis.vedetteRoster = {{ create: VedetteRoster.createTimeline, style: {style} }};"
    return f"{script}\n{keep}\n{_text('engine.js', 'webmap')}\n"


def component_source() -> str:
    """An ES module for the timeline's own place: small, since it travels whenever something changes."""
    return _text("component.js")
