"""The exported page and the component's source: Leaflet from its installed package, script and style of ours.

Nothing of Leaflet is kept in this project; its text is read from the package ``xstatic-leaflet`` at run time.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from functools import cache
from importlib import resources

from scenarios.publish.webmap.data import map_data
from scenarios.view import PlanView

_PARTS = ("core.js", "layers.js", "differences.js", "panel.js", "print.js", "edit.js", "map.js")


@cache
def _leaflet(name: str) -> str:
    return (resources.files("xstatic.pkg.leaflet") / "data" / name).read_text(encoding="utf-8")


@cache
def _ours(name: str) -> str:
    return (resources.files(__package__ or "scenarios.publish.webmap") / name).read_text(
        encoding="utf-8"
    )


@cache
def script() -> str:
    """One script that defines ``VedetteMap``: Leaflet and our parts, each in a scope of its own."""
    # The map file would be asked for by a browser's developer tools.
    leaflet = re.sub(r"//# sourceMappingURL=\S+", "", _leaflet("leaflet.js"))
    parts = "\n".join(_ours(part) for part in _PARTS)
    return (
        "const VedetteMap = (function () {\n'use strict';\n"
        "const L = (function () { const exports = {}, module = { exports };\n"
        f"{leaflet}\nreturn exports; }})();\n"
        f"{parts}\nreturn {{ create }};\n}})();\n"
    )


@cache
def style() -> str:
    """Leaflet's style without its pictures (we use none of them), then ours."""
    leaflet = re.sub(r"url\([^)]*\)", "none", _leaflet("leaflet.css"))
    return f"{leaflet}\n{_ours('map.css')}\n"


def engine_source() -> str:
    """An ES module that puts the script and its style into the page, once: its message never changes."""
    keep = f"globalThis.vedetteEngine = {{ create: VedetteMap.create, style: {json.dumps(style())} }};"
    return f"{script()}\n{keep}\n{_ours('engine.js')}\n"


def component_source() -> str:
    """An ES module for the map's own place: small, since it travels whenever something is edited."""
    return _ours("component.js")


def part_source() -> str:
    """The script of the component that keeps a large part of a map in the page."""
    return _ours("parts.js")


def export_html(view: PlanView) -> str:
    """One self-contained page that opens from a file with the network off.

    The page's own policy forbids every request: only this very script (by its hash) runs, and nothing is
    loaded from anywhere.
    """
    start = (
        "const plan = JSON.parse(document.getElementById('plan').textContent);\n"
        "VedetteMap.create(document.getElementById('map'), plan, { page: true });\n"
    )
    code = script() + start
    digest = base64.b64encode(hashlib.sha256(code.encode("utf-8")).digest()).decode("ascii")
    policy = (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    # "</script" and "<!--" would end or derail the block; "\\u003c" reads as "<" in JSON.
    text = json.dumps(map_data(view), ensure_ascii=False, separators=(",", ":"))
    data = text.replace("<", "\\u003c")
    language = "zh-Hans" if view.language == "zh" else "en"
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{html.escape(view.title)}</title>\n"
        f"<style>\nhtml, body {{ margin: 0; height: 100%; }}\n#map {{ height: 100%; }}\n{style()}</style>\n</head>\n"
        f'<body>\n<div id="map"></div>\n<script type="application/json" id="plan">{data}</script>\n'
        f"<script>{code}</script>\n</body>\n</html>\n"
    )
