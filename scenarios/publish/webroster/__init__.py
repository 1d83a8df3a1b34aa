"""The roster's timeline as a script of the page: people over time, duties dragged from one to another.

``roster_data`` turns a plan's view into compact plain data, ``changed_rows`` and ``empty_seats`` say how it stands
since, ``engine_source`` and ``component_source`` are the script and what puts it into a page.
"""

from __future__ import annotations

from scenarios.publish.webroster.data import KINDS, changed_rows, empty_seats, roster_data
from scenarios.publish.webroster.page import component_source, engine_source
from scenarios.publish.webroster.words import words

__all__ = ["KINDS", "changed_rows", "component_source", "empty_seats", "engine_source", "roster_data", "words"]
