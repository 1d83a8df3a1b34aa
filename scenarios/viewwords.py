"""A plan's view in every language: built once in English, with what each of its words is in the others beside it.

Sentences of a view are said while it is built (report, breaches, tasks, formulas). A view is built once more for each
further language, and only what differs is kept: by the field it stands in, since one word may mean two things.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from scenarios.tongue import ENGLISH, LANGUAGES, speaking
from scenarios.view import PlanView

#: Field (``DutyView.task``) -> English text -> the text in another language: one where it is the same wherever the
#: English text stands in that field, else one for each place in order.
Table = dict[str, dict[str, tuple[str, ...]]]

#: Parts of a view that hold no words that are said.
_MUTE = {"words", "background"}


def worded(build: Callable[[], PlanView]) -> PlanView:
    """What ``build`` builds, in English, with its words in every other language."""
    with speaking(ENGLISH):
        view = build()
    words: dict[str, Table] = {}
    for code in LANGUAGES:
        if code != ENGLISH:
            with speaking(code):
                words[code] = difference(view, build())
    return dataclasses.replace(view, words=words)


def difference(english: PlanView, other: PlanView) -> Table:
    """Every text of ``english`` that reads otherwise in ``other``, by field."""
    found: dict[tuple[str, str], list[str]] = {}
    for field in dataclasses.fields(english):
        if field.name not in _MUTE:
            _compare(getattr(english, field.name), getattr(other, field.name), f"PlanView.{field.name}", found)
    table: Table = {}
    for (name, text), others in found.items():
        if set(others) != {text}:
            table.setdefault(name, {})[text] = tuple(others) if len(set(others)) > 1 else (others[0],)
    return table


def _compare(one: Any, other: Any, name: str, found: dict[tuple[str, str], list[str]]) -> None:
    if isinstance(one, str):
        found.setdefault((name, one), []).append(str(other))
    elif dataclasses.is_dataclass(one) and type(one) is type(other):
        for field in dataclasses.fields(one):
            _compare(getattr(one, field.name), getattr(other, field.name), f"{type(one).__name__}.{field.name}", found)
    elif isinstance(one, Mapping) and list(one) == list(other):
        for key in one:
            _compare(one[key], other[key], name, found)
    elif isinstance(one, (tuple, list)) and len(one) == len(other):
        for its, theirs in zip(one, other, strict=True):
            _compare(its, theirs, name, found)


def spoken(view: PlanView, code: str) -> PlanView:
    """The view in a language; as it is where nothing is known of its words in it (a view of an earlier version)."""
    table = view.words.get(code)
    if not table:
        return view
    speaker = _Speaker(table)
    parts = {
        field.name: speaker.told(getattr(view, field.name), f"PlanView.{field.name}")
        for field in dataclasses.fields(view)
        if field.name not in _MUTE
    }
    return dataclasses.replace(view, **parts)


class _Speaker:
    """Goes through a view in the order of ``_compare`` and puts each text into the other language."""

    def __init__(self, table: Mapping[str, Mapping[str, tuple[str, ...]]]) -> None:
        self._table = table
        self._kinds = {name.partition(".")[0] for name in table}
        self._seen: Counter[tuple[str, str]] = Counter()

    def told(self, value: Any, name: str) -> Any:
        if isinstance(value, str):
            return self._text(value, name)
        if isinstance(value, (tuple, list)):
            if not value or isinstance(value[0], (int, float)):
                return value
            return type(value)(self.told(one, name) for one in value)
        if isinstance(value, Mapping):
            return {key: self.told(one, name) for key, one in value.items()}
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return self._parts(value)
        return value

    def _text(self, text: str, name: str) -> str:
        forms = self._table.get(name, {}).get(text)
        if forms is None:
            return text
        at = self._seen[name, text]
        self._seen[name, text] += 1
        return forms[at % len(forms)]

    def _parts(self, value: Any) -> Any:
        kind = type(value).__name__
        parts = {}
        for field in dataclasses.fields(value):
            before = getattr(value, field.name)
            if isinstance(before, str) and kind not in self._kinds:
                continue
            after = self.told(before, f"{kind}.{field.name}")
            if after is not before and not isinstance(before, (int, float)):
                parts[field.name] = after
        return dataclasses.replace(value, **parts) if parts else value
