"""The registry of roster rules: every module of this package with a RULE is one, and nothing lists them.

``load()`` finds them, ``configure()`` turns a Problem's settings into rules ready to use. A rule of one's own
needs no entry anywhere: its file in this package's path is enough.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from scheduler.errors import ProblemError
from scheduler.outcome import Breach
from scheduler.roster.forms import Clock, Duties, Finding, Form, RuleInfo, RuleParams
from scheduler.roster.ownwords import told
from scheduler.saying import say

if TYPE_CHECKING:
    from scheduler.roster.problem import Problem, RuleSetting

FORMS: tuple[Form, ...] = ("fits", "follows", "step", "rows")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule file: what it says of itself, its parameters, its form."""

    info: RuleInfo
    params_type: type[RuleParams]
    form: Form
    module: ModuleType

    def statement(self, params: RuleParams) -> str:
        """The rule's sentence with its parameters filled in."""
        words = {
            name: " or ".join(map(str, value)).replace("_", " ") if isinstance(value, tuple | list) else value
            for name, value in params.model_dump().items()
        }
        return say(self.info.statement).format(**words)


@dataclass(frozen=True, slots=True)
class ActiveRule:
    """A rule as one setting of a Problem has it."""

    rule: Rule
    params: RuleParams
    hard: bool
    price: int
    people: tuple[int, ...]

    @property
    def name(self) -> str:
        """Registry name."""
        return self.rule.info.name

    def check(self, problem: Problem, duties: Duties) -> list[Finding]:
        """What the rule's own arithmetic finds among this setting's people."""
        found: list[Finding] = self.rule.module.check(problem, self.params, self.people, duties)
        return found


def _rule_of(module: ModuleType) -> Rule:
    forms = [form for form in FORMS if hasattr(module, form)]
    missing = [name for name in ("Params", "check", "explain") if not hasattr(module, name)]
    if len(forms) != 1 or missing:
        fault = (
            f"Rule file {module.__name__}: needs exactly one form of {', '.join(FORMS)} "
            f"(has {', '.join(forms) or 'none'}) and Params, check, explain "
            f"(missing: {', '.join(missing) or 'none'})."
        )
        raise ProblemError([fault])
    return Rule(module.RULE, module.Params, forms[0], module)


@lru_cache(maxsize=8)
def _load(names: tuple[str, ...]) -> dict[str, Rule]:
    rules: dict[str, Rule] = {}
    for name in names:
        module = importlib.import_module(f"{__name__}.{name}")
        if hasattr(module, "RULE"):
            rule = _rule_of(module)
            rules[rule.info.name] = rule
    return dict(sorted(rules.items(), key=lambda item: (item[1].info.id, item[0])))


def load() -> dict[str, Rule]:
    """All rules by name, in catalogue order."""
    return dict(_load(_names(tuple((folder, Path(folder).stat().st_mtime_ns) for folder in __path__))))


@lru_cache(maxsize=8)
def _names(folders: tuple[tuple[str, int], ...]) -> tuple[str, ...]:
    """Modules in the folders, looked up again when a folder has changed."""
    return tuple(sorted(found.name for found in pkgutil.iter_modules([folder for folder, _ in folders])))


def _params(rule: Rule, values: Mapping[str, object], faults: list[str]) -> RuleParams | None:
    try:
        return rule.params_type.model_validate(dict(values))
    except ValidationError as error:
        known = ", ".join(rule.params_type.model_fields) or "none"
        for fault in error.errors():
            place = ".".join(str(part) for part in fault["loc"]) or "(whole)"
            faults.append(
                f"Rule {rule.info.name}: parameter {place} = {fault['input']!r}: {fault['msg']}. "
                f"Its parameters are: {known}."
            )
        return None


def read_settings(
    settings: Sequence[RuleSetting], n_people: int
) -> tuple[tuple[ActiveRule, ...], list[str]]:
    """Settings as rules ready to use, in catalogue order, and every fault found in them."""
    rules = load()
    faults: list[str] = []
    active: list[ActiveRule] = []
    taken: dict[str, set[int]] = {}
    for setting in settings:
        rule = rules.get(setting.name)
        if rule is None:
            faults.append(f"Rule {setting.name!r} does not exist. Rules are: {', '.join(rules)}.")
            continue
        if not setting.hard and setting.price < 1:
            faults.append(
                f"Rule {setting.name}: price {setting.price}; a soft rule needs a whole price of 1 or more."
            )
        if setting.people is not None and not rule.info.by_person:
            faults.append(
                f"Rule {setting.name} speaks of everyone at once and is set for {len(setting.people)} people "
                "only. Set it once, without exceptions."
            )
        params = _params(rule, setting.params, faults)
        people = range(n_people) if setting.people is None else sorted(setting.people)
        stray = [p for p in people if not 0 <= p < n_people]
        if stray:
            faults.append(f"Rule {setting.name}: person indices {stray[:3]} lie outside 0..{n_people - 1}.")
        twice = taken.setdefault(setting.name, set()) & set(people)
        if twice:
            faults.append(
                f"Rule {setting.name}: {len(twice)} people have two settings; each needs exactly one."
            )
        taken[setting.name] |= set(people)
        if params is not None:
            active.append(ActiveRule(rule, params, setting.hard, setting.price, tuple(people)))
    order = {name: i for i, name in enumerate(rules)}
    active.sort(key=lambda one: (order[one.name], one.people))
    return tuple(active), faults


def configure(problem: Problem) -> tuple[ActiveRule, ...]:
    """The Problem's rules ready to use, in catalogue order whatever the order of the settings."""
    active, faults = read_settings(problem.rules, len(problem.people))
    if faults:
        raise ProblemError(faults)
    return active


def explain(problem: Problem, breach: Breach, clock: Clock) -> str:
    """A sentence in the field's words for a breach or cost of any rule.

    Parameters
    ----------
    clock
        Turns seconds since the horizon's start into words ("Sat 14:30").
    """
    rules = load()
    rule = rules.get(breach.rule)
    if rule is None:
        return told(breach, {name: one.info.called for name, one in rules.items()})
    words: str = rule.module.explain(problem, breach, clock)
    return words


def describe() -> list[dict[str, Any]]:
    """All rules as plain data for pages and the command line: info, form and the Params' JSON schema."""
    return [
        {
            "id": rule.info.id,
            "name": rule.info.name,
            "title": rule.info.title,
            "title_zh": rule.info.title_zh,
            "unit": rule.info.unit,
            "form": rule.form,
            "default_mode": rule.info.default_mode,
            "default_importance": rule.info.default_importance,
            "source": rule.info.source,
            "statement": rule.statement(rule.params_type()),
            "params": rule.params_type.model_json_schema()["properties"]
            if rule.params_type.model_fields
            else {},
        }
        for rule in load().values()
    ]


__all__ = ["ActiveRule", "Rule", "configure", "describe", "explain", "load", "read_settings"]
