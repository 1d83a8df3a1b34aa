"""What people give for a new scenario: an event, and rows of tables as text, each with its row in their file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Line:
    """One row: cells by column as text, and the row of the sheet it stands in (None where it was made here)."""

    cells: Mapping[str, str]
    row: int | None = None

    def get(self, column: str) -> str:
        """A cell, empty where nothing stands in it."""
        return self.cells.get(column, "").strip()


@dataclass(frozen=True)
class Event:
    """When and where: local times as ``2026-08-28 18:00`` of ``timezone``."""

    title: str
    timezone: str
    start: str
    end: str


@dataclass(frozen=True)
class Given:
    """An event and its tables: ``sites``, ``units``, ``people``, ``absences``, ``sessions``.

    ``titles`` are the names of their sheets in the file, by table, and ``headings`` those of their columns, by table
    and column; the event's stand under "".
    """

    event: Event
    tables: Mapping[str, tuple[Line, ...]] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    headings: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def rows(self, table: str) -> tuple[Line, ...]:
        """The rows of a table."""
        return self.tables.get(table, ())
