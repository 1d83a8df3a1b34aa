"""All rules as one scenario has them, in the reader's language: read from the registries, so that a new rule shows up.

Roster rules hold, should hold or are off, and have parameters. What posts, patrols and the demand model keep has values
in the settings only: ``scenarios.ground_list`` says which. The registries know no languages; their English sentences
are looked up in the catalogue here, and ``texts`` tells which those are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic.fields import FieldInfo

from scenarios.demandwords import KINDS, kind_word
from scenarios.ground_list import GROUND, GroundRule, siting_rules
from scenarios.parameters import Parameter, heading, parameter, plain_value, value_words
from scenarios.plainwords import joined, plain
from scenarios.presets import presets
from scenarios.rule_exceptions import sentences
from scenarios.rule_rows import rule_row
from scenarios.schema import Scenario
from scenarios.tongue import ENGLISH, language, mark, says
from scenarios.tongue import say as _
from scenarios.tongue.lists import parted
from scheduler.roster.rules import Rule, load
from scheduler.siting.rules import load as load_siting

#: Groups in the order of the page, as planners call them.
GROUPS: Mapping[str, str] = {
    "rest": mark("Rest"), "hours": mark("Hours"), "nights": mark("Nights"), "skills": mark("Skills and limits"),
    "lead": mark("Lead and company"), "strength": mark("Strength and stock"), "ways": mark("Ways and places"),
    "fair": mark("Fairness and wishes"), "change": mark("Keeping to the plan"), "posts": mark("Posts"),
    "patrols": mark("Patrols"), "demand": mark("Numbers of the demand"), "more": mark("Further rules"),
}  # fmt: skip
#: How strictly a rule holds, and how much it weighs where it only should.
MODES: Mapping[str, str] = {"hard": mark("must hold"), "soft": mark("should hold"), "off": mark("off")}
IMPORTANCE: Mapping[str, str] = {
    "nice": mark("nice to have"), "important": mark("important"), "very important": mark("very important"),
    "must": mark("as good as a must"),
}  # fmt: skip
_MEMBERS: Mapping[str, str] = {
    "rest": "minimum_rest weekly_rest rest_after_night leave_locked shortest_run_off weekends",
    "hours": "maximum_tour hours_cap consecutive_duty_days logged_time report_time handover total_with_other_work "
    "minimum_duty total_hours shortest_run_of_duty shift_type_cap duty_pattern",
    "nights": "consecutive_nights forward_rotation sequence night_average",
    "skills": "qualification_valid restriction_tags search_staff standing_time weather_limit volunteers",
    "lead": "duty_lead police_lead_auxiliary two_officer span_of_control pairing",
    "strength": "duty_level base_coverage reserve_share borrowed_cap resource_cap",
    "ways": "no_double_duty transfer_time home_area_first home_distance",
    "fair": "balanced_hours balanced_burdens preferences",
    "change": "pins_locked stability",
}
_GROUP = {name: group for group, names in _MEMBERS.items() for name in names.split()}
WORDS_OF_RULES: Mapping[str, str] = {
    "mode": mark("how it holds"), "importance": mark("its importance"), "exceptions": mark("exceptions"),
}  # fmt: skip
#: Parameters that are marks of the data, not words.
_MARKS = {"pattern", "tag", "prefix", "training"}
#: Words of parameters beside categories and kinds of seats.
_WORDS = {
    text: text
    for text in (
        mark("night"), mark("holiday"), mark("standing"), mark("outdoor"), mark("km"), mark("min"), mark("volunteer"),
    )
}  # fmt: skip


@dataclass(frozen=True)
class RuleLine:
    """One rule with its setting in a scenario.

    Attributes
    ----------
    mode
        ``hard``, ``soft`` or ``off``; empty for what has values only.
    section
        Where its values stand in the settings; a roster rule's parameters below that, in ``params``.
    own
        False where the default holds.
    before
        What it was before the draft: mode, importance, values by name and exceptions; None where that is not known.
    exceptions, exceptions_say
        For whom it is otherwise, as the settings have it and as sentences.
    by_person
        Whether it may have exceptions at all.
    """

    name: str
    id: str
    title: str
    says: str
    mode: str
    importance: str
    source: str
    own: bool
    parameters: tuple[Parameter, ...]
    group: str
    section: tuple[str, ...]
    before: Mapping[str, Any] | None = None
    exceptions: tuple[Mapping[str, Any], ...] = ()
    exceptions_say: tuple[str, ...] = ()
    by_person: bool = False

    @property
    def now(self) -> Mapping[str, Any]:
        """Mode, importance and values by name, as settings have them."""
        values = {p.name: plain_value(p.value) for p in self.parameters}
        return {
            "mode": self.mode, "importance": self.importance, "params": values,
            "exceptions": [dict(one) for one in self.exceptions],
        }  # fmt: skip

    @property
    def changed(self) -> bool:
        """Whether the draft made it another rule than it was; what a rule that is off would ask does not count."""
        if self.before is None or (self.mode == "off" and self.before["mode"] == "off"):
            return False
        alike = self.mode == "hard" and self.before["mode"] == "hard"
        return {**self.before, "importance": ""} != {**self.now, "importance": ""} or (
            not alike and self.before["importance"] != self.importance
        )


def rule_list(scenario: Scenario, before: Scenario | None = None) -> tuple[RuleLine, ...]:
    """Every rule, group by group, those of one group in the registry's order; ``before`` is the scenario unchanged."""
    found = [_roster(name, rule, scenario, before) for name, rule in load().items()]
    found += [_ground(rule, scenario, before) for rule in (*siting_rules(), *GROUND)]
    order = {group: n for n, group in enumerate(GROUPS)}
    return tuple(sorted(found, key=lambda line: order[line.group]))


def mode_words(line: RuleLine) -> str:
    """How strictly a rule holds, and how much it weighs where it only should; what has values only always holds."""
    return _mode_words(line.mode, line.importance)


def _mode_words(mode: str, importance: str) -> str:
    if not mode:
        return _("always")
    if mode != "soft":
        return _(MODES[mode])
    return _("{mode}, {importance}", mode=_(MODES[mode]), importance=_(IMPORTANCE[importance]))


def told_before(line: RuleLine) -> str:
    """What a changed rule was before: its setting and those values that differ."""
    was = line.before or line.now
    told = [_mode_words(was["mode"], was["importance"])] if line.mode else []
    told += [
        _("{head}: {words}", head=p.label, words=value_words(was["params"][p.name]))
        for p in line.parameters
        if was["params"][p.name] != plain_value(p.value)
    ]
    if was["exceptions"] != line.now["exceptions"]:
        n = len(was["exceptions"])
        told.append(says("{n} exception", "{n} exceptions", n) if n else _("no exceptions"))
    return _("Before: {what}.", what=parted(told))


def found_by(line: RuleLine, sought: str) -> bool:
    """Whether every word of a search is somewhere in a rule."""
    words = (p.words for p in line.parameters)
    text = " ".join((line.id, line.name, line.title, line.says, line.source, *words, *line.exceptions_say))
    return all(word in text.casefold() for word in sought.casefold().split())


def setting_words(path: Sequence[str]) -> tuple[str, str]:
    """What a setting is called, by its path: the rule, and the value of it; the last name where no rule has it."""
    if path[0] == "rules":
        rule = load().get(path[1])
        head = path[1] if rule is None else rule.info.title if language() == ENGLISH else rule.info.title_zh
        if path[-1] in WORDS_OF_RULES:
            return head, _(WORDS_OF_RULES[path[-1]])
        field = None if rule is None else rule.params_type.model_fields.get(path[-1])
        return head, path[-1] if field is None else parameter(path[-1], field, None).label
    for ground in (*siting_rules(), *GROUND):
        if ground.section == tuple(path[:-1]) and path[-1] in ground.fields:
            return _(ground.title), heading(_(ground.fields[path[-1]]))
    return ".".join(path[:-1]), path[-1].replace("_", " ")


def setting_title(section: Sequence[str]) -> str:
    """What a section of the settings is called where rules have their values in it, else nothing."""
    if section and section[0] == "rules" and len(section) > 1:
        return setting_words([*section, ""])[0]
    here = next((ground for ground in (*siting_rules(), *GROUND) if ground.section == tuple(section)), None)
    return "" if here is None else _(GROUPS[here.group])


def setting_value(name: str, value: Any) -> str:
    """A value of a setting as people read it."""
    if name == "mode" and value in MODES:
        return _(MODES[value])
    if name == "exceptions":
        return str(len(value or ()))
    return _(IMPORTANCE[value]) if name == "importance" and value in IMPORTANCE else value_words(value)


def duty_level(scenario: Scenario) -> int:
    """Percent of every unit that a duty level orders to be present (R21); 0 where none is ordered."""
    mode, _importance, values = _setting(load()["duty_level"], scenario)
    return 0 if mode == "off" else int(values["share_pct"])


def texts() -> Iterator[str]:
    """Every English text of the registries and presets that is looked up in the catalogue."""
    for rule in load().values():
        yield from (rule.info.statement, rule.info.source)
        yield from _field_texts(rule.params_type.model_fields)
    for name, module in load_siting().items():
        its = module.RULE
        yield from (its.title, its.statement, its.source) if name else ()
    for preset in presets().values():
        yield from (preset.title, preset.note)
        yield from (value.source for value in preset.values)


def _field_texts(fields: Mapping[str, FieldInfo]) -> Iterator[str]:
    for name, field in fields.items():
        its = parameter(name, field, None)
        yield from (text for text in (its.english, its.english_source) if text)


def _roster(name: str, rule: Rule, scenario: Scenario, before: Scenario | None) -> RuleLine:
    mode, importance, values = _setting(rule, scenario)
    was = None
    if before is not None:
        old = _setting(rule, before)
        was = {
            "mode": old[0], "importance": old[1], "params": {k: plain_value(v) for k, v in old[2].items()},
            "exceptions": _exceptions(name, before),
        }  # fmt: skip
    exceptions = _exceptions(name, scenario)
    return RuleLine(
        name=name,
        id=rule.info.id,
        title=rule.info.title if language() == ENGLISH else rule.info.title_zh,
        says=_(rule.info.statement).format(**{key: _word(key, value, scenario) for key, value in values.items()}),
        mode=mode,
        importance=importance,
        source=_(rule.info.source),
        own=name in scenario.rules,
        parameters=tuple(parameter(n, f, values[n]) for n, f in rule.params_type.model_fields.items()),
        group=_GROUP.get(name, "more"),
        section=("rules", name),
        before=was,
        exceptions=tuple(exceptions),
        exceptions_say=sentences(scenario, exceptions, rule.params_type.model_fields, MODES),
        by_person=rule.info.by_person,
    )


def _exceptions(name: str, scenario: Scenario) -> list[dict[str, Any]]:
    row = scenario.rules.get(name)
    return [dict(one) for one in row.exceptions] if row is not None else []


def _setting(rule: Rule, scenario: Scenario) -> tuple[str, str, dict[str, Any]]:
    row = rule_row(scenario, rule)
    params = rule.params_type.model_validate(dict(row.params))
    return row.mode, row.importance, {field: getattr(params, field) for field in rule.params_type.model_fields}


def _word(name: str, value: Any, scenario: Scenario) -> Any:
    """A value inside a sentence: lists of names and ranks as words, numbers and marks as they are."""
    if name == "rank_min" and value < len(scenario.ranks):
        return plain(scenario.ranks[value])
    if name in _MARKS:
        return " ".join(value) if isinstance(value, tuple) else value
    if isinstance(value, tuple):
        return joined(_name(str(one)) for one in value)
    return _name(value) if isinstance(value, str) else value


def _name(text: str) -> str:
    return _(_WORDS[text]) if text in _WORDS else kind_word(text) if text in KINDS else plain(text)


def _ground(rule: GroundRule, scenario: Scenario, before: Scenario | None) -> RuleLine:
    its = rule.settings(scenario)
    values = {name: getattr(its, name) for name in rule.fields}
    was = None
    if before is not None:
        old = rule.settings(before)
        params = {name: plain_value(getattr(old, name)) for name in rule.fields}
        was = {"mode": "", "importance": "", "params": params, "exceptions": []}
    return RuleLine(
        name=rule.name, id=rule.id, title=_(rule.title), says=rule.says(values), mode="", importance="",
        source=_(rule.source), own=True, group=rule.group, section=rule.section, before=was,
        parameters=tuple(parameter(n, type(its).model_fields[n], values[n], words=w) for n, w in rule.fields.items()),
    )  # fmt: skip
