"""The one map script that both the exported page and the front end use.

``map_data`` turns a plan's view into compact plain data, ``export_html`` into one self-contained page,
``engine_source`` hands the same script and style to the front end, ``component_source`` what puts a map into a page,
``part_source`` what keeps a map's large parts there.
"""

from __future__ import annotations

from scenarios.publish.webmap.data import map_data
from scenarios.publish.webmap.page import component_source, engine_source, export_html, part_source
from scenarios.publish.webmap.words import WORDS

__all__ = ["WORDS", "component_source", "engine_source", "export_html", "map_data", "part_source"]
