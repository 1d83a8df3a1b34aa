"""Words that Streamlit writes by itself, in English only: ours are put in their place by ``document.js``."""

from __future__ import annotations

from scenarios import tongue
from scenarios.tongue import mark
from scenarios.tongue import say as _

#: Whole texts and names. None of them is what a planner would call a thing of a scenario.
WHOLE = (
    mark("Skip to main content"), mark("Sidebar"), mark("App pages"), mark("Navigate to home page"),
    mark("Expand sidebar"), mark("Collapse sidebar"), mark("Running..."), mark("Notifications"),
    mark("Scroll tabs left"), mark("Scroll tabs right"), mark("Close"), mark("Open"), mark("Copy to clipboard"),
    mark("Clear value"), mark("Clear all"), mark("Clear entry"), mark("Selected values"), mark("Select all"),
    mark("No results"), mark("No options to select"), mark("Choose an option"), mark("Choose options"),
    mark("Select an option"), mark("Add an option"), mark("Add options"), mark("Choose or add an option"),
    mark("Choose or add options"), mark("Increment"), mark("Decrement"), mark("Choose date"), mark("Choose date range"),
    mark("Choose date and time"), mark("Clear date and time"), mark("Clear date"), mark("Clear dates"),
    mark("Use arrow keys to navigate dates. Enter to select. Escape to close."), mark("Time"),
    mark("Press Enter to apply"), mark("Press Enter to submit form"), mark("Press ⌘+Enter to apply"),
    mark("Press Ctrl+Enter to apply"), mark("Upload"), mark("Browse files"), mark("Add files"),
    mark("Drag and drop file here"), mark("Drag and drop files here"), mark("Fullscreen"), mark("Close fullscreen"),
    mark("Search"), mark("Show/hide columns"), mark("Download as CSV"), mark("Add row"), mark("Delete row(s)"),
    mark("Clear selection"), mark("Previous Result"), mark("Next Result"), mark("Link to heading"),
    mark("Try again"), mark("Connecting"), mark("Connection error"), mark("empty"), mark("Stop"), mark("view less"),
    mark("view more"), mark("Download as PNG"), mark("Copy Vega-Lite spec"), mark("Show data"), mark("Show chart"),
    mark("Previous month"), mark("Next month"), mark("Selected"), mark("Dismiss"),
)  # fmt: skip
#: What Streamlit says of itself, and what a planner needs to know instead; put in its place in every language.
INSTEAD = {
    "Streamlit server is not responding. Are you connected to the internet?": mark(
        "Vedette does not answer. This page goes on by itself as soon as it does. "
        "What you saw being saved is saved, and a search that was begun goes on."
    ),
}
#: Patterns of texts with a value in them, and how they are told; ``$1`` is the value.
WITH_VALUES = (
    (r"^(\d+)MB per file(?: • (.+))?$", mark("At most $1 MB a file $2")),
    (r"^Limit (\d+)MB per file(?: • (.+))?$", mark("At most $1 MB a file $2")),
    (r"^Remove (.+)$", mark("Remove $1")),
    (r"^Help for (.+)$", mark("Help for $1")),
    (r"^Link to heading (.+)$", mark("Link to heading $1")),
    # Above tables and charts, each with what it belongs to.
    (r"^Fullscreen: (.+)$", mark("Fullscreen: $1")),
    (r"^Close fullscreen: (.+)$", mark("Close fullscreen: $1")),
    (r"^Search: (.+)$", mark("Search: $1")),
    (r"^Show/hide columns: (.+)$", mark("Show/hide columns: $1")),
    (r"^Download as CSV: (.+)$", mark("Download as CSV: $1")),
    (r"^Download as PNG: (.+)$", mark("Download as PNG: $1")),
    (r"^Copy Vega-Lite spec: (.+)$", mark("Copy the chart's specification: $1")),
    (r"^Show data: (.+)$", mark("Show data: $1")),
    (r"^Show chart: (.+)$", mark("Show chart: $1")),
    (r"^Add row: (.+)$", mark("Add row: $1")),
    (r"^Delete row\(s\): (.+)$", mark("Delete row(s): $1")),
    (r"^Clear selection: (.+)$", mark("Clear selection: $1")),
    # The parts of a date or time.
    (r"^year, (.*)$", mark("year, $1")),
    (r"^month, (.*)$", mark("month, $1")),
    (r"^day, (.*)$", mark("day, $1")),
    (r"^hour, (.*)$", mark("hour, $1")),
    (r"^minute, (.*)$", mark("minute, $1")),
)


def table() -> list[tuple[str, str]]:
    """English and told, for every whole text; in English only what is told in our words."""
    ours = [(text, _(told)) for text, told in INSTEAD.items()]
    return ours if tongue.language() == tongue.ENGLISH else [*ours, *((text, _(text)) for text in WHOLE)]


def patterns() -> list[tuple[str, str]]:
    """Expression and what is put in its place."""
    if tongue.language() == tongue.ENGLISH:
        return []
    return [(pattern, _(text)) for pattern, text in WITH_VALUES]
