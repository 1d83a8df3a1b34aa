"""Exceptions to a rule, for one person, unit or category: as sentences, and what a page may offer for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic.fields import FieldInfo

from scenarios.parameters import parameter, value_words
from scenarios.plainwords import plain
from scenarios.schema import Scenario
from scenarios.tongue import mark
from scenarios.tongue import say as _
from scenarios.tongue.lists import both, parted

#: For whom an exception may be.
WHO: Mapping[str, str] = {"person": mark("Person"), "unit": mark("Unit"), "category": mark("Category")}


def named(scenario: Scenario, kind: str) -> dict[str, str]:
    """Everybody of a kind whom an exception may name: id -> name."""
    if kind == "person":
        return {person.id: person.name for person in scenario.people}
    if kind == "unit":
        return {unit.id: unit.name for unit in scenario.units}
    return {category: plain(category) for category in scenario.categories}


def sentences(
    scenario: Scenario, exceptions: Sequence[Mapping[str, Any]], fields: Mapping[str, FieldInfo],
    modes: Mapping[str, str],
) -> tuple[str, ...]:  # fmt: skip
    """Each exception: for whom, how the rule holds for them, and with which values."""
    names = {kind: named(scenario, kind) for kind in WHO} if exceptions else {}
    return tuple(_sentence(one, names, fields, modes) for one in exceptions)


def _sentence(
    one: Mapping[str, Any], names: Mapping[str, Mapping[str, str]], fields: Mapping[str, FieldInfo],
    modes: Mapping[str, str],
) -> str:  # fmt: skip
    who = [
        names[kind].get(str(name), str(name))
        for kind in WHO
        if kind in one
        for name in (one[kind] if isinstance(one[kind], list | tuple) else [one[kind]])
    ]
    told = [_(modes[one["mode"]])] if one.get("mode") in modes else []
    told += [
        _("{head}: {words}", head=parameter(name, fields[name], None).label, words=value_words(value))
        for name, value in one.items()
        if name in fields
    ]
    return _("{head}: {words}", head=both(who), words=parted(told))
