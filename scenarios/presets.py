"""Presets of rules as data: ``rules.preset = "eu-working-time"`` in a scenario, whose own settings win.

Each file of ``presets/`` gives values of roster rules and of ``[demand]``, every one with its source. They are
starting points to check locally, not law.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from scenarios.errors import Fault
from scenarios.raw import Raw, listed, nearest
from scenarios.tongue import say as _

_FOLDER = Path(__file__).parent / "presets"
#: How a scenario names its presets, inside ``[rules]``.
KEY = "preset"


@dataclass(frozen=True)
class Value:
    """One value of a preset: where it goes (``rules.NAME.params.PARAM``, ``demand.NAME``) and where it comes from."""

    path: tuple[str, ...]
    value: Any
    source: str

    @property
    def name(self) -> str:
        """The path as a scenario writes it."""
        return ".".join(self.path)


@dataclass(frozen=True)
class Preset:
    """A named set of values."""

    name: str
    title: str
    note: str
    values: tuple[Value, ...]

    def settings(self) -> dict[str, Any]:
        """The values in the form of a scenario's settings."""
        found: dict[str, Any] = {}
        for value in self.values:
            place = found
            for part in value.path[:-1]:
                place = place.setdefault(part, {})
            place[value.path[-1]] = value.value
        return found


@cache
def presets() -> Mapping[str, Preset]:
    """Every preset that ships, by name."""
    found = {}
    for path in sorted(_FOLDER.glob("*.toml")):
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        values = (*_rules(data.get("rules", {})), *_demand(data.get("demand", {})))
        found[path.stem] = Preset(path.stem, data["title"], data["note"], values)
    return found


def _rules(rules: Mapping[str, Any]) -> Iterator[Value]:
    for name, row in rules.items():
        for key in ("mode", "importance"):
            if key in row:
                yield Value(("rules", name, key), row[key], row["source"])
        for param, entry in row.get("params", {}).items():
            yield Value(("rules", name, "params", param), entry["value"], entry["source"])


def _demand(demand: Mapping[str, Any]) -> Iterator[Value]:
    for name, entry in demand.items():
        yield Value(("demand", name), entry["value"], entry["source"])


def with_presets(raw: Raw) -> Raw:
    """Settings with the presets they name laid below them; of several the later one wins, the scenario's own always.

    A name that no preset has is a fault of the result.
    """
    rules = raw.settings.get("rules")
    if not isinstance(rules, Mapping) or KEY not in rules:
        return raw
    named = rules[KEY]
    names = [named] if isinstance(named, str) else named if isinstance(named, list) else [named]
    below: dict[str, Any] = {}
    faults = []
    for name in names:
        if isinstance(name, str) and name in presets():
            below = _laid(below, presets()[name].settings())
        else:
            like = nearest(str(name), presets())
            file, line = raw.where(("rules", KEY))
            known = _("known are {names}", names=listed(presets()))
            remedy = _('did you mean "{like}"?', like=like) if like else known
            faults.append(Fault(file, line, f"rules.{KEY}", str(name), _("the name of a preset"), remedy))
    own = {**raw.settings, "rules": {name: row for name, row in rules.items() if name != KEY}}
    return raw.changed(settings=_laid(below, own), faults=(*raw.faults, *faults))


def _laid(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """``above`` over ``below``, deep; what is no table above replaces what is below."""
    found = dict(below)
    for key, value in above.items():
        under = found.get(key)
        both = isinstance(under, Mapping) and isinstance(value, Mapping)
        found[key] = _laid(under, value) if both and under is not None else value
    return found
