"""What maps and places say to people: English sentences with values, put into another language by whoever shows them.

``say("{name} is empty", name="town.osm")``. This package knows no other language; ``told_by`` gives it a voice.
"""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["mark", "say", "told_by"]

_voice: list[Callable[[str], str]] = []


def told_by(one: Callable[[str], str]) -> None:
    """Let sentences be found in another language before their values are filled in; the last voice given counts."""
    _voice[:] = [one]


def mark(text: str) -> str:
    """Mark a text of a table; ``say`` tells it where it is shown."""
    return text


def say(text: str, /, **values: object) -> str:
    """A sentence with its values."""
    found = _voice[0](text) if _voice else text
    return found.format(**values) if values else found
