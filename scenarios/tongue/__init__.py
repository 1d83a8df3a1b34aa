"""What people read, in their language: every sentence is written in English where it is said, and found in a catalogue.

``say("{n} posts are short", n=3)`` looks the English sentence up in the catalogue of the language that is asked for and
fills in the values. What is not there is said in English. Module-level tables mark their words with ``mark`` and
translate them when they are shown, since the language may change between two calls.

Who asks decides: the front end registers a function with ``ask`` that knows its reader's language; ``speaking``
sets it for a stretch of code, and comes first. Without either it is English: commands, logs and files stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from geodata import saying as maps
from scenarios.tongue.catalogue import catalogue
from scheduler import saying as engines

__all__ = ["ENGLISH", "LANGUAGES", "ask", "language", "mark", "nearest", "say", "says", "speaking", "spoken"]

ENGLISH = "en"
#: Every language there is, each by its own name.
LANGUAGES = {ENGLISH: "English", "zh": "中文"}

T = TypeVar("T")
_told: ContextVar[str | None] = ContextVar("vedette_language", default=None)
_asked: list[Callable[[], str | None]] = []


def ask(who: Callable[[], str | None]) -> None:
    """Let ``who`` be asked for the reader's language; None from it leaves it English. The last one given counts."""
    _asked[:] = [who]


def language() -> str:
    """The language to speak now, one of ``LANGUAGES``."""
    told = _told.get()
    if told is None and _asked:
        told = _asked[0]()
    return told if told in LANGUAGES else ENGLISH


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Speak one language for a stretch, whoever asks."""
    before = _told.set(code)
    try:
        yield
    finally:
        _told.reset(before)


def spoken(act: Callable[[], T]) -> Callable[[], T]:
    """``act`` in the language of now, whoever calls it later: a download is made on a thread that knows no reader."""
    code = language()

    def later() -> T:
        with speaking(code):
            return act()

    return later


def nearest(locale: str | None) -> str:
    """The language for a browser's or system's locale: ``zh-Hans-CN`` -> ``zh``; English for any that is not here."""
    code = (locale or "").replace("_", "-").split("-")[0].lower()
    return code if code in LANGUAGES else ENGLISH


def mark(text: str) -> str:
    """Mark a text of a table for the catalogue; ``say`` translates it where it is shown."""
    return text


def say(text: str, /, **values: object) -> str:
    """A sentence in the reader's language.

    Parameters
    ----------
    text
        The English sentence, literal or marked; ``{name}`` stands for a value.
    values
        What stands for each name, with a format where English has one (``{n:,}``).
    """
    found = _one(text)
    return found.format(**values) if values else found


def says(one: str, many: str, n: int, /, **values: object) -> str:
    """The same for a number of things: ``says("{n} post", "{n} posts", 3)``; ``n`` is among the values."""
    return _several(one, many, n).format(n=n, **values)


def _one(text: str) -> str:
    code = language()
    return text if code == ENGLISH else catalogue(code).one(text)


def _several(one: str, many: str, n: int) -> str:
    code = language()
    return (one if n == 1 else many) if code == ENGLISH else catalogue(code).several(one, many, n)


# Engines and maps say sentences too and know no language: they speak with this voice.
engines.told_by(_one, _several, language)
maps.told_by(_one)
