"""What a preset would change in a scenario: each value beside the present one, with its source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scenarios.load import Loaded
from scenarios.presets import KEY, presets
from scenarios.rule_list import setting_words
from scenarios.tongue import say as _
from scheduler.roster.rules import load


@dataclass(frozen=True)
class PresetLine:
    """One value of a preset against the scenario's present one; ``own`` marks those the scenario sets itself."""

    name: str
    title: str
    now: Any
    then: Any
    source: str
    own: bool

    @property
    def changes(self) -> bool:
        """Whether choosing the preset would change the value: what a scenario sets itself always wins."""
        return not self.own and _plain(self.now) != _plain(self.then)


def chosen(loaded: Loaded) -> tuple[str, ...]:
    """Presets that the scenario names already."""
    rules = loaded.raw.settings.get("rules")
    named = rules.get(KEY, ()) if isinstance(rules, dict) else ()
    return (named,) if isinstance(named, str) else tuple(str(name) for name in named)


def preset_lines(loaded: Loaded, preset: str) -> tuple[PresetLine, ...]:
    """Every value of one preset, in the order it gives them; KeyError for a name that no preset has."""
    return tuple(
        PresetLine(
            value.name, _title(value.path), _now(loaded, value.path), value.value, value.source,
            own=_given(loaded.raw.settings, value.path),
        )
        for value in presets()[preset].values
    )  # fmt: skip


def _title(path: tuple[str, ...]) -> str:
    head, words = setting_words(path)
    return _("{head}: {words}", head=head, words=words)


def _now(loaded: Loaded, path: tuple[str, ...]) -> Any:
    scenario = loaded.scenario
    if path[0] == "demand":
        return getattr(scenario.demand, path[1], None)
    rule, row = load()[path[1]], scenario.rules.get(path[1])
    if path[2] == "mode":
        return row.mode if row else rule.info.default_mode
    if path[2] == "importance":
        return row.importance if row else rule.info.default_importance
    params = rule.params_type.model_validate(dict(row.params) if row else {})
    return getattr(params, path[3], None)


def _given(settings: Any, path: tuple[str, ...]) -> bool:
    for part in path:
        if not isinstance(settings, dict) or part not in settings:
            return False
        settings = settings[part]
    return True


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
