"""A plan's view in every language: built once in English, with what each of its words is in the others beside it.

Sentences of a view are said while it is built (report, breaches, tasks, formulas). A view is built once more for each
further language, and only what differs is kept: by the field it stands in, since one word may mean two things.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from scenarios.tongue import ENGLISH, LANGUAGES, speaking
from scenarios.view import PlanView

#: Field (``DutyView.task``) -> English text -> the text in another language.
Table = dict[str, dict[str, str]]


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


def spoken(view: PlanView, code: str) -> PlanView:
    """The view in a language; as it is where nothing is known of its words in it (a view of an earlier version)."""
    table = view.words.get(code)
    if not table:
        return view
    fields = {name.partition(".")[0] for name in table}
    parts = {
        field.name: _spoken(getattr(view, field.name), f"PlanView.{field.name}", table, fields)
        for field in dataclasses.fields(view)
        if field.name not in {"words", "background"}
    }
    return dataclasses.replace(view, **parts)


def difference(english: PlanView, other: PlanView) -> Table:
    """Every text of ``english`` that reads otherwise in ``other``, by field."""
    found: Table = {}
    for field in dataclasses.fields(english):
        if field.name not in {"words", "background"}:
            name = f"PlanView.{field.name}"
            _compare(getattr(english, field.name), getattr(other, field.name), name, found)
    return found


def _compare(one: Any, other: Any, name: str, found: Table) -> None:
    if isinstance(one, str):
        if isinstance(other, str) and one != other:
            found.setdefault(name, {}).setdefault(one, other)
    elif dataclasses.is_dataclass(one) and type(one) is type(other):
        for field in dataclasses.fields(one):
            _compare(getattr(one, field.name), getattr(other, field.name), f"{type(one).__name__}.{field.name}", found)
    elif isinstance(one, Mapping) and isinstance(other, Mapping) and list(one) == list(other):
        for key in one:
            _compare(one[key], other[key], name, found)
    elif isinstance(one, (tuple, list)) and isinstance(other, (tuple, list)) and len(one) == len(other):
        for its, theirs in zip(one, other, strict=True):
            _compare(its, theirs, name, found)


def _spoken(value: Any, name: str, table: Mapping[str, Mapping[str, str]], fields: set[str]) -> Any:
    if isinstance(value, str):
        texts = table.get(name)
        return value if texts is None else texts.get(value, value)
    if isinstance(value, (tuple, list)):
        if not value or isinstance(value[0], (int, float)):
            return value
        return type(value)(_spoken(one, name, table, fields) for one in value)
    if isinstance(value, Mapping):
        return {key: _spoken(one, name, table, fields) for key, one in value.items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _spoken_parts(value, table, fields)
    return value


def _spoken_parts(value: Any, table: Mapping[str, Mapping[str, str]], fields: set[str]) -> Any:
    kind = type(value).__name__
    parts = {}
    for field in dataclasses.fields(value):
        before = getattr(value, field.name)
        if isinstance(before, str) and kind not in fields:
            continue
        after = _spoken(before, f"{kind}.{field.name}", table, fields)
        if after is not before and after != before:
            parts[field.name] = after
    return dataclasses.replace(value, **parts) if parts else value
