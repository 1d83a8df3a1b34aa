"""What goes out: papers, workbooks, calendars, geo files and the map page; one file per kind of document."""

from scenarios.publish.errors import PublishError
from scenarios.publish.papers import KINDS, Kind, publish

__all__ = ["KINDS", "Kind", "PublishError", "publish"]
