"""A way out as a what-if: the small readable patch that a planner can plan, compare and keep."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from scenarios.draft_patch import SCHEMA, toml
from scenarios.errors import ScenarioError
from scenarios.load import Loaded, check
from scenarios.rows import Person as PersonRow
from scenarios.schema import Scenario
from scenarios.whatif import load_whatif
from scheduler.roster.explain.patch import (
    Fewer,
    Helper,
    Loosen,
    LowerRank,
    OpenUnit,
    Qualify,
    Recall,
    Remedy,
    StandIn,
    Unpin,
    Waive,
)
from scheduler.roster.problem import Problem


def whatif_text(loaded: Loaded, problem: Problem, remedy: Remedy, title: str) -> str | None:
    """The patch of a remedy, None where the scenario refuses it.

    The text is laid over the scenario and checked before it is given out.
    """
    scenario = loaded.scenario
    parts: list[str] = []
    rules: dict[str, list[dict[str, Any]]] = defaultdict(list)
    wide: dict[str, dict[str, Any]] = defaultdict(dict)
    helpers = [change for change in remedy.changes if isinstance(change, Helper)]
    seats: dict[str, dict[str, Any]] = defaultdict(dict)
    for change in remedy.changes:
        if isinstance(change, Helper):
            continue
        if isinstance(change, Fewer | OpenUnit | StandIn | LowerRank):
            seats[change.group] |= _asked(scenario, problem, change)
            continue
        if isinstance(change, Loosen):
            if change.people is None:
                wide[change.rule][change.param] = change.new
            else:
                rules[change.rule].append({"person": list(change.people), change.param: change.new})
        elif isinstance(change, Waive):
            if change.people is None:
                wide[change.rule]["mode"] = "off"
            else:
                rules[change.rule].append({"person": list(change.people), "mode": "off"})
        else:
            block = _row(loaded, problem, change)
            if block is None:
                return None
            parts.append(block)
    parts += [_block("seat_changes", {"id": group, **asked}) for group, asked in sorted(seats.items())]
    parts += _helpers(scenario, problem, helpers)
    parts += [_rule(scenario, name, wide.get(name, {}), rules.get(name, [])) for name in sorted({*wide, *rules})]
    name = str(loaded.raw.settings.get("name", loaded.raw.name))
    text = "\n".join([f"schema = {SCHEMA}\nbase = {toml(name)}\ntitle = {toml(title)}\n", *parts])
    return text if patched(loaded, text) is not None else None


def laid_over(base: str, text: str) -> str:
    """Two patches as one: ``text`` over the what-if ``base`` it was made for; rows of both, the later setting wins."""
    merged = _merge(tomllib.loads(base), tomllib.loads(text))
    scalars = {k: v for k, v in merged.items() if not isinstance(v, dict | list)}
    parts = ["\n".join(f"{key} = {toml(value)}" for key, value in scalars.items()) + "\n"]
    for key, value in merged.items():
        if isinstance(value, list):
            parts += [_block(key, row) for row in value]
        elif isinstance(value, dict):
            parts += _tables(key, value)
    return "\n".join(parts)


def _merge(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    out = dict(old)
    for key, value in new.items():
        before = out.get(key)
        if isinstance(before, dict) and isinstance(value, dict):
            out[key] = _merge(before, value)
        elif key != "exceptions" and isinstance(before, list) and isinstance(value, list):
            out[key] = [*before, *value]
        else:
            out[key] = value
    return out


def _tables(name: str, values: dict[str, Any]) -> list[str]:
    """A setting and the tables inside it, each under its own head."""
    plain = {k: v for k, v in values.items() if not isinstance(v, dict)}
    parts = ["\n".join([f"[{name}]", *(f"{k} = {toml(v)}" for k, v in plain.items()), ""])] if plain else []
    for key, value in values.items():
        if isinstance(value, dict):
            parts += _tables(f"{name}.{key}", value)
    return parts


def patched(loaded: Loaded, text: str) -> Loaded | None:
    """The scenario with the patch laid over it, None where that has a fault."""
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "way-out.toml"
        path.write_text(text, encoding="utf-8")
        try:
            return check(load_whatif(path, loaded.raw)[0])
        except ScenarioError:
            return None


def _block(table: str, values: dict[str, Any]) -> str:
    return "\n".join([f"[[{table}]]", *(f"{key} = {toml(value)}" for key, value in values.items()), ""])


def _row(loaded: Loaded, problem: Problem, change: object) -> str | None:
    scenario = loaded.scenario
    if isinstance(change, Qualify):
        return _qualification(scenario, change.person, problem.qualifications[change.qualification])
    if isinstance(change, Unpin):
        return _block("remove", {"table": "pins", "person": change.person, "group": change.group})
    if isinstance(change, Recall):
        for raw in loaded.raw.tables.get("absences", ()):
            if str(raw.values.get("person")) == change.person and _same(scenario, raw.values, change):
                start = str(raw.values["start"])
                return _block("remove", {"table": "absences", "person": change.person, "start": start})
    return None


def _asked(scenario: Scenario, problem: Problem, change: Fewer | OpenUnit | StandIn | LowerRank) -> dict[str, Any]:
    """What a seat group asks for once the change is made, as ``[[seat_changes]]`` says it."""
    group = next(g for g in problem.groups if g.id == change.group)
    if isinstance(change, Fewer):
        return {"number": max(0, group.need - change.n)}
    if isinstance(change, OpenUnit):
        return {"any_unit": True}
    if isinstance(change, LowerRank):
        return {"rank_min": scenario.ranks[change.rank_min]}
    return {"categories": [problem.categories[c] for c in sorted(group.categories | change.categories)]}


def _same(scenario: Scenario, values: Any, change: Recall) -> bool:
    moment = scenario.start + timedelta(seconds=change.start_s)
    return str(values.get("start", "")).strip()[:16] == _local(scenario, moment)


def _local(scenario: Scenario, moment: Any) -> str:
    from zoneinfo import ZoneInfo

    return str(moment.astimezone(ZoneInfo(scenario.timezone)).strftime("%Y-%m-%d %H:%M"))


def _qualification(scenario: Scenario, person: str, qualification: str) -> str:
    first, last = scenario.start - timedelta(days=1), scenario.end + timedelta(days=1)
    return _block(
        "qualifications",
        {
            "person": person, "qualification": qualification,
            "valid_from": _local(scenario, first), "valid_until": _local(scenario, last),
        },
    )  # fmt: skip


def _helpers(scenario: Scenario, problem: Problem, helpers: Sequence[Helper]) -> list[str]:
    """People from outside: a unit of their own beside the first one, and a row each."""
    parts: list[str] = []
    known = {p.id for p in scenario.people}
    units = {u.id for u in scenario.units}
    outside = {h.unit for h in helpers} - units
    first = scenario.units[0] if scenario.units else None
    if outside and first is not None:
        home = {k: v for k, v in (("lon", first.lon), ("lat", first.lat)) if v is not None}
        fields = {"name": "From outside", **home, "base_need": 0, "duty_lead": False}
        parts += [_block("units", {"id": ident, **fields}) for ident in sorted(outside)]
    for n, helper in enumerate(helpers, start=1):
        person = helper.person
        ident = f"X{n:02d}"
        while ident in known:
            ident = f"X{ident}"
        row = {
            "id": ident, "name": f"Borrowed {n}", "unit": helper.unit,
            "category": problem.categories[person.category], "rank": scenario.ranks[person.rank],
        }  # fmt: skip
        if scenario.synthetic_staff and "synthetic" in PersonRow.model_fields:
            row["synthetic"] = "yes"
        parts.append(_block("people", row))
        parts += [
            _qualification(scenario, ident, problem.qualifications[q.qualification]) for q in person.qualified
        ]
    return parts


def _rule(scenario: Scenario, name: str, wide: dict[str, Any], narrow: list[dict[str, Any]]) -> str:
    """One rule's changes; exceptions for people stand before those the scenario already has."""
    row = scenario.rules.get(name)
    lines = [f"[rules.{name}]"]
    lines.append(f"mode = {toml(wide.get('mode', row.mode if row is not None else 'hard'))}")
    if narrow:
        old = [dict(one) for one in row.exceptions] if row is not None else []
        lines.append("exceptions = [" + ", ".join(toml(one) for one in [*narrow, *old]) + "]")
    params = {k: v for k, v in wide.items() if k != "mode"}
    if params:
        lines += ["", f"[rules.{name}.params]", *(f"{key} = {toml(value)}" for key, value in params.items())]
    return "\n".join([*lines, ""])
