"""A plan's view in every language: built once in English, with what each of its words is in the others beside it.

Sentences of a view are said while it is built (report, breaches, tasks, formulas). A view is built once more for each
further language, and only what differs is kept: by the field it stands in, since one word may mean two things, and
where one field says one English text in two ways, by whose field it is (``SeatsView.formula@G12``).
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from scenarios.tongue import ENGLISH, LANGUAGES, speaking
from scenarios.view import PlanView

#: Field (``DutyView.task``), or one owner's field (``DutyView.task@C05``) -> English text -> the text in another
#: language; several where nothing else tells them apart, one for each place in order.
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
    found: dict[tuple[str, str], dict[str, list[str]]] = {}
    for field in dataclasses.fields(english):
        if field.name not in _MUTE:
            _compare(getattr(english, field.name), getattr(other, field.name), f"PlanView.{field.name}", "", found)
    table: Table = {}
    for (name, text), by_owner in found.items():
        forms = {form for its in by_owner.values() for form in its}
        if len(forms) == 1:
            by_owner = {"": [*forms]}  # noqa: PLW2901
        for owner, its in by_owner.items():
            if set(its) != {text}:
                one = its[:1] if len(set(its)) == 1 else its
                table.setdefault(_owned(name, owner), {})[text] = tuple(one)
    return table


def _owned(name: str, owner: str) -> str:
    return f"{name}@{owner}" if owner else name


def _owner(value: Any, outer: str) -> str:
    """What tells a part of a view from its like: its first field, where that is a text; else what it is part of."""
    first = getattr(value, dataclasses.fields(value)[0].name)
    return first if isinstance(first, str) else outer


def _compare(one: Any, other: Any, name: str, owner: str, found: dict[tuple[str, str], dict[str, list[str]]]) -> None:
    if isinstance(one, str):
        found.setdefault((name, one), {}).setdefault(owner, []).append(str(other))
    elif dataclasses.is_dataclass(one) and type(one) is type(other):
        owner = _owner(one, owner)
        for field in dataclasses.fields(one):
            its = f"{type(one).__name__}.{field.name}"
            _compare(getattr(one, field.name), getattr(other, field.name), its, owner, found)
    elif isinstance(one, Mapping) and list(one) == list(other):
        for key in one:
            _compare(one[key], other[key], name, owner, found)
    elif isinstance(one, (tuple, list)) and len(one) == len(other):
        for its, theirs in zip(one, other, strict=True):
            _compare(its, theirs, name, owner, found)


def spoken(view: PlanView, code: str) -> PlanView:
    """The view in a language; as it is where nothing is known of its words in it (a view of an earlier version)."""
    table = view.words.get(code)
    if not table:
        return view
    counts: Counter[tuple[str, str]] = Counter()
    if any(len(forms) > 1 for texts in table.values() for forms in texts.values()):
        counts = _Speaker(table, counts).whole(view)[1]
    return dataclasses.replace(view, **_Speaker(table, counts).whole(view)[0])


class _Speaker:
    """Goes through a view in the order of ``_compare`` and puts each text into the other language.

    ``counts`` is how often each text of several forms stands there: forms taken by their place are right only where
    there are as many places, and a text of a view that was changed since stays English.
    """

    def __init__(self, table: Mapping[str, Mapping[str, tuple[str, ...]]], counts: Counter[tuple[str, str]]) -> None:
        self._table, self._counts = table, counts
        self._kinds = {name.partition(".")[0] for name in table}
        self._seen: Counter[tuple[str, str]] = Counter()

    def whole(self, view: PlanView) -> tuple[dict[str, Any], Counter[tuple[str, str]]]:
        """Every field of the view in the other language, and how often each text of several forms was met."""
        parts = {
            field.name: self._told(getattr(view, field.name), f"PlanView.{field.name}", "")
            for field in dataclasses.fields(view)
            if field.name not in _MUTE
        }
        return parts, self._seen

    def _told(self, value: Any, name: str, owner: str) -> Any:
        if isinstance(value, str):
            return self._text(value, name, owner)
        if isinstance(value, (tuple, list)):
            if not value or isinstance(value[0], (int, float)):
                return value
            return type(value)(self._told(one, name, owner) for one in value)
        if isinstance(value, Mapping):
            return {key: self._told(one, name, owner) for key, one in value.items()}
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return self._parts(value, _owner(value, owner))
        return value

    def _text(self, text: str, name: str, owner: str) -> str:
        for key in (_owned(name, owner), name):
            forms = self._table.get(key, {}).get(text)
            if forms is not None:
                break
        else:
            return text
        if len(forms) == 1:
            return forms[0]
        at = self._seen[key, text]
        self._seen[key, text] += 1
        return forms[at] if self._counts[key, text] == len(forms) else text

    def _parts(self, value: Any, owner: str) -> Any:
        kind = type(value).__name__
        parts = {}
        for field in dataclasses.fields(value):
            before = getattr(value, field.name)
            if isinstance(before, str) and kind not in self._kinds:
                continue
            after = self._told(before, f"{kind}.{field.name}", owner)
            if after is not before and not isinstance(before, (int, float)):
                parts[field.name] = after
        return dataclasses.replace(value, **parts) if parts else value
