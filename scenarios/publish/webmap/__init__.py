"""The one map script that both the exported page and the front end use.

``map_data`` turns a plan's view into compact plain data, ``export_html`` into one self-contained page,
``component_source`` hands the same script and style to the front end's component.
"""

from __future__ import annotations

from scenarios.publish.webmap.data import map_data
from scenarios.publish.webmap.page import component_source, export_html, part_source
from scenarios.publish.webmap.words import WORDS

__all__ = ["WORDS", "component_source", "export_html", "map_data", "part_source"]
