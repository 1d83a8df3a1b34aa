"""What engines say to people: English sentences with values, which whoever shows them may put into another language.

``say("{who} has {n} tours.", who="K01", n=2)``. The engines know no other language; ``told_by`` gives them a voice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

__all__ = ["among", "mark", "say", "says", "told_by"]

ENGLISH = "en"

_one: list[Callable[[str], str]] = []
_several: list[Callable[[str, str, int], str]] = []
_code: list[Callable[[], str]] = []


def told_by(one: Callable[[str], str], several: Callable[[str, str, int], str], code: Callable[[], str]) -> None:
    """Let sentences be found in another language before their values are filled in; the last voice given counts.

    ``code`` answers which language it is just now.
    """
    _one[:], _several[:], _code[:] = [one], [several], [code]


def among(texts: Mapping[str, str]) -> str:
    """One of several wordings by language, English where the language has none."""
    return texts.get(_code[0]() if _code else ENGLISH, texts[ENGLISH])


def mark(text: str) -> str:
    """Mark a text of a table; ``say`` tells it where it is shown."""
    return text


def say(text: str, /, **values: object) -> str:
    """A sentence with its values."""
    found = _one[0](text) if _one else text
    return found.format(**values) if values else found


def says(one: str, many: str, n: int, /, **values: object) -> str:
    """The same for a number of things; ``n`` is among the values."""
    found = _several[0](one, many, n) if _several else one if n == 1 else many
    return found.format(n=n, **values)
