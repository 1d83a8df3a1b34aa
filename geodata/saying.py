"""What maps and places say to people: English sentences with values, put into another language by whoever shows them.

``say("{name} is empty", name="town.osm")``. This package knows no other language; ``told_by`` gives it a voice.
What is said of a map when it is read, and kept with it, is told later by whoever shows it: ``told(later(...))``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

__all__ = ["Later", "later", "mark", "say", "told", "told_by"]

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


class Later(str):
    """A sentence in English that can be told in another language when it is shown: it keeps its pattern and values."""

    pattern: str
    values: Mapping[str, object]
    __slots__ = ("pattern", "values")

    def __reduce__(self) -> tuple[Callable[[str, Mapping[str, object]], Later], tuple[str, dict[str, object]]]:
        return again, (self.pattern, dict(self.values))


def again(pattern: str, values: Mapping[str, object]) -> Later:
    """A sentence from its marked pattern and its values."""
    made = Later(pattern.format(**values) if values else pattern)
    made.pattern, made.values = pattern, values
    return made


def later(text: str, /, **values: object) -> Later:
    """A sentence to be told when it is shown; ``text`` is marked, values may be sentences of this kind."""
    return again(text, values)


def told(text: str) -> str:
    """A sentence in the reader's language; one that was not made for that stays as it is."""
    if not isinstance(text, Later):
        return text
    return say(text.pattern, **{k: told(v) if isinstance(v, str) else v for k, v in text.values.items()})
