"""What somebody did to a table, told from what others did to it meanwhile: against the rows as they were shown.

Compared with the rows that stand, whatever others added or changed since would look like something to take back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

Cell = TypeVar("Cell", bound=Any)
Rows = Mapping[str, Mapping[str, Cell]]


@dataclass(frozen=True)
class Own:
    """Rows with the cells that somebody changed, rows that are new, and rows that somebody took out."""

    changed: Mapping[str, Mapping[str, Any]]
    new: tuple[str, ...]
    gone: tuple[str, ...]


def own(shown: Rows[Cell], wanted: Rows[Cell]) -> Own:
    """What one person did.

    Parameters
    ----------
    shown
        The rows as this person was shown them, with what is saved already.
    wanted
        The rows as they are on the screen.
    """
    changed = {
        name: {column: value for column, value in row.items() if value != shown[name].get(column)}
        for name, row in wanted.items()
        if name in shown and row != shown[name]
    }
    new = tuple(name for name in wanted if name not in shown)
    return Own(changed, new, tuple(name for name in shown if name not in wanted))


def kept(shown: Rows[Cell], wanted: Rows[Cell], held: Mapping[str, Any]) -> dict[str, Mapping[str, Cell]]:
    """The rows as they are shown once an edit is saved: those that are held cannot be, and stay as they were."""
    rows = {name: row for name, row in wanted.items() if name not in held}
    return {**rows, **{name: shown[name] for name in held if name in shown}}
