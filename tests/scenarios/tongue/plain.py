"""Whether a fault is told in Chinese: names of files, columns, settings and ids may stay, and what is quoted."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, get_args

from scenarios import schema
from scenarios.errors import Fault
from scenarios.load import library
from scenarios.parsing import ROW_TYPES, SETTING_NAMES
from scenarios.raw import TABLES, Raw
from scenarios.spans import ALWAYS, SESSIONS
from scheduler.roster.rules import load

_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|'[^']*'|\([^()]*\d[^()]*\)")
_WORD = re.compile(r"(?<![A-Za-z0-9_./])[A-Za-z]{2,}(?![A-Za-z0-9_/]|\.[A-Za-z])")
_HAN = re.compile(r"[一-鿿]")
#: Names of forms and of the product, keywords of settings files, and what examples are called.
_ALWAYS = {
    "Vedette", "params", "hard", "off", "yes", "no", "true", "false", "festival", "main", "sworn", "value", ALWAYS,
    SESSIONS,
}  # fmt: skip


def _fields(kind: Any) -> Iterator[str]:
    """Names of a model's settings and of those inside them, and the words that they may hold."""
    for name, info in getattr(kind, "model_fields", {}).items():
        yield info.alias or name
        yield from _words(info.annotation)


def _words(annotation: Any) -> Iterator[str]:
    yield from _fields(annotation)
    for inner in get_args(annotation):
        if isinstance(inner, str):
            yield inner
        else:
            yield from _words(inner)


@cache
def _known() -> frozenset[str]:
    kinds = (schema.Scenario, *ROW_TYPES.values(), *(rule.params_type for rule in load().values()))
    fields = (name for kind in kinds for name in _fields(kind))
    return frozenset({*_ALWAYS, *library(), *TABLES, *SETTING_NAMES, *fields})


def _written(value: Any) -> Iterator[str]:
    """Every text that people wrote, and the words in it."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield str(name)
            yield from _written(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _written(inner)
    elif isinstance(value, str):
        yield from _WORD.findall(value)


def names_in(raw: Raw) -> set[str]:
    """Ids, names and words that stand in a scenario's files."""
    rows = (row.values for rows in raw.tables.values() for row in rows)
    return {*_written(raw.settings), *(word for row in rows for word in _written(row))}


def in_english(fault: Fault, *raws: Raw) -> list[str]:
    """What of a fault is not told in Chinese."""
    return [word for part in (fault.expected, fault.remedy) if part for word in english_in(part, *raws)]


def english_in(text: str, *raws: Raw) -> list[str]:
    """The text where it has words and none in Chinese, and its English words that name nothing."""
    names = _known().union(*map(names_in, raws))
    words = _WORD.findall(_QUOTED.sub(" ", text))
    left = [word for word in words if word not in names and not word.isupper()]
    return left if _HAN.search(text) or not words else [text, *left]
