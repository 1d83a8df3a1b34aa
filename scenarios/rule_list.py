"""The roster rules as one scenario has them: read from the registry, so that a new rule needs no entry here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scenarios.schema import Scenario
from scheduler.roster.rules import load


@dataclass(frozen=True)
class Parameter:
    """One parameter of a rule: its words, value, default and limits."""

    name: str
    words: str
    kind: type
    value: Any
    default: Any
    low: float | None
    high: float | None
    source: str


@dataclass(frozen=True)
class RuleLine:
    """One rule with its setting in a scenario; ``own`` is False where the registry's default holds."""

    name: str
    id: str
    title: str
    says: str
    mode: str
    importance: str
    source: str
    own: bool
    parameters: tuple[Parameter, ...]


def rule_list(scenario: Scenario) -> tuple[RuleLine, ...]:
    """Every rule of the registry, in the registry's order."""
    return tuple(_line(name, rule, scenario) for name, rule in load().items())


def _line(name: str, rule: Any, scenario: Scenario) -> RuleLine:
    row = scenario.rules.get(name)
    given: Mapping[str, Any] = row.params if row is not None else {}
    params = rule.params_type.model_validate(dict(given))
    return RuleLine(
        name=name,
        id=rule.info.id,
        title=rule.info.title_zh if scenario.language == "zh" else rule.info.title,
        says=rule.statement(params),
        mode=row.mode if row is not None else rule.info.default_mode,
        importance=row.importance if row is not None else rule.info.default_importance,
        source=rule.info.source,
        own=row is not None,
        parameters=tuple(
            _parameter(field_name, field, getattr(params, field_name))
            for field_name, field in rule.params_type.model_fields.items()
        ),
    )


def _parameter(name: str, field: Any, value: Any) -> Parameter:
    low = high = None
    for limit in field.metadata:
        low = next((v for k in ("ge", "gt") if (v := getattr(limit, k, None)) is not None), low)
        high = next((v for k in ("le", "lt") if (v := getattr(limit, k, None)) is not None), high)
    default = field.get_default(call_default_factory=True)
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    return Parameter(
        name,
        field.description or name,
        type(default),
        value,
        default,
        low,
        high,
        str(extra.get("source", "")),
    )
