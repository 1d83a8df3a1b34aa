"""Changes made on the pages -> a what-if patch (TOML) and sentences.

Kinds of changes and their values (times are local, as in the tables):

``session``      id, title; any of start, end, attendance
``new_session``  id, title, site, kind, start, end, attendance
``absent``       people, names, start, end
``away``         people, names, unit, category: they do not come at all
``rule``         name, title, mode, importance, params
``preset``       names, titles: all presets that hold from then on, the later one wins
``closure``      id, name, lon, lat, radius_m, start, end, profiles
``incident``     id, title, place_name, number, start, end, row (the seats it takes, as a row of ``seats``)
``perimeter``    id, name, start, end, n, people, tables (rows of a what-if by table), lights (``blue_lights`` or none)
``row``, ``gone``, ``setting``  any row of any table, and any setting: ``draft_rows``
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from scenarios import draft_rows
from scenarios.tomltext import block as _block
from scenarios.tomltext import sections, toml

__all__ = ["KINDS", "MODES", "SCHEMA", "patch_text", "say", "toml"]

SCHEMA = 1
Values = Mapping[str, Any]
MODES = {"hard": "must hold", "soft": "should hold", "off": "is off"}


def patch_text(base: str, title: str, changes: Iterable[tuple[str, Values]]) -> str:
    """The patch of a draft: ``base`` is the name of the scenario it goes over, ``changes`` pairs of kind and values."""
    rows = list(changes)
    settings = draft_rows.placed(_settings(rows))
    first = {name: value for name, value in settings.items() if not isinstance(value, Mapping)}
    rest = {name: value for name, value in settings.items() if name not in first}
    # What stands by itself comes first: TOML counts it to a section that stands before it.
    parts = [f"schema = {SCHEMA}\nbase = {toml(base)}\ntitle = {toml(title)}\n{sections(first)}"]
    parts += [_ROWS[kind](values) for kind, values in rows if kind in _ROWS]
    if rest:
        parts.append(sections(rest))
    return "\n".join(parts)


def _settings(rows: Sequence[tuple[str, Values]]) -> dict[str, Any]:
    """Every setting once, as TOML wants it: the last word counts."""
    found: dict[str, Any] = {}
    named = [values["names"] for kind, values in rows if kind == "preset"]
    if named:  # presets taken over one after the other hold together
        found["rules"] = {"preset": list(dict.fromkeys(n for names in named for n in names))}
    lights = [values["lights"] for kind, values in rows if kind == "perimeter" and values["lights"]]
    if lights:  # every perimeter's ways are watched
        found["blue_lights"] = _lights(lights)
    for kind, values in rows:
        if kind == "rule":
            found["rules"] = {**found.get("rules", {}), values["name"]: _rule(values)}
        elif kind == "setting":
            found = draft_rows.merged(found, draft_rows.nested(values))
    return found


def say(kind: str, values: Values) -> str:
    """A change in one sentence."""
    return _SENTENCES[kind](values)


def _only(values: Values, *names: str) -> dict[str, Any]:
    return {name: values[name] for name in names if name in values}


def _lights(every: Sequence[Values]) -> dict[str, Any]:
    joined = {name: list(dict.fromkeys(i for one in every for i in one[name])) for name in ("from", "to")}
    return {**joined, "most_delay_s": max(int(one["most_delay_s"]) for one in every)}


def _perimeter(values: Values) -> str:
    tables: Mapping[str, Sequence[Values]] = values["tables"]
    return "\n".join(_block(table, row) for table, its in tables.items() for row in its)


def _rule(values: Values) -> dict[str, Any]:
    its = {"mode": values["mode"], "importance": values["importance"]}
    return {**its, "params": values["params"]} if values["params"] else its


_ROWS: dict[str, Callable[[Values], str]] = {
    "session": lambda v: _block("sessions", _only(v, "id", "start", "end", "attendance")),
    "new_session": lambda v: _block(
        "sessions", _only(v, "id", "title", "site", "kind", "start", "end", "attendance")
    ),
    "absent": lambda v: _block("away", _only(v, "people", "start", "end")),
    "away": lambda v: _block("remove", {"table": "people", "ids": v["people"]}),
    "closure": lambda v: _block(
        "close", _only(v, "id", "name", "lon", "lat", "radius_m", "start", "end", "profiles")
    ),
    "incident": lambda v: _block("seats", v["row"]),
    "perimeter": _perimeter,
    "row": draft_rows.row_block,
    "gone": draft_rows.gone_block,
}


def _session(v: Values) -> str:
    parts = []
    if "start" in v:
        parts.append(f"starts {v['start']}")
    if "end" in v:
        parts.append(f"ends {v['end']}")
    if "attendance" in v:
        parts.append(f"expects {v['attendance']:,} people")
    return f"{v['title']} {', '.join(parts)}."


def _named(v: Values) -> str:
    names = list(v["names"])
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")


def _params(v: Values) -> str:
    return "".join(f", {k.replace('_', ' ')} {v['params'][k]}" for k in v["params"])


_SENTENCES: dict[str, Callable[[Values], str]] = {
    "session": _session,
    "new_session": lambda v: (
        f"{v['title']} is added: {v['start']} to {v['end']}, {v['attendance']:,} people."
    ),
    "absent": lambda v: f"{_named(v)} on leave {v['start']} to {v['end']}.",
    "away": lambda v: (
        f"{v['unit']} sends {len(v['people'])} {v['category'].replace('_', ' ')} fewer: {_named(v)}."
    ),
    "rule": lambda v: (
        f"{v['title']} {MODES[v['mode']]}"
        + (f" ({v['importance']})" if v["mode"] == "soft" else "")
        + f"{_params(v)}."
    ),
    "preset": lambda v: f"Preset taken over: {v['titles'][-1]}.",
    "closure": lambda v: (
        f"{v['name']} is closed {v['start']} to {v['end']} within {v['radius_m']} m."
    ),
    "incident": lambda v: (
        f"{v['title']} at {v['place_name']}: {v['number']} more {v['start']} to {v['end']}."
    ),
    "perimeter": lambda v: (
        f"{v['name']}: a perimeter of {v['n']} closure points, {v['people']} people at once, "
        f"{v['start']} to {v['end']}."
    ),
    "row": draft_rows.say_row,
    "gone": draft_rows.say_gone,
    "setting": draft_rows.say_setting,
}
KINDS = tuple(_SENTENCES)
