"""Changes made on the pages -> a what-if patch (TOML) and sentences.

Kinds of changes and their values (times are local, as in the tables):

``session``      id, title; any of start, end, attendance
``new_session``  id, title, site, kind, start, end, attendance
``absent``       people, names, start, end
``away``         people, names, unit, category: they do not come at all
``rule``         name, title, mode, importance, params
``preset``       names, titles: all presets that hold from then on, the later one wins
``closure``      id, name, lon, lat, radius_m, start, end, profiles
``perimeter``    id, name, start, end, n, people, tables (rows of a what-if by table), lights (``blue_lights`` or none)
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

SCHEMA = 1
Values = Mapping[str, Any]
MODES = {"hard": "must hold", "soft": "should hold", "off": "is off"}


def patch_text(base: str, title: str, changes: Iterable[tuple[str, Values]]) -> str:
    """The patch of a draft: ``base`` is the name of the scenario it goes over, ``changes`` pairs of kind and values."""
    rows = list(changes)
    parts = [f"schema = {SCHEMA}\nbase = {toml(base)}\ntitle = {toml(title)}\n"]
    parts += [_ROWS[kind](values) for kind, values in rows if kind in _ROWS]
    named = [values["names"] for kind, values in rows if kind == "preset"]
    if named:  # presets taken over one after the other hold together
        parts.append(f"[rules]\npreset = {toml(list(dict.fromkeys(n for names in named for n in names)))}\n")
    lights = [values["lights"] for kind, values in rows if kind == "perimeter" and values["lights"]]
    if lights:  # every perimeter's ways are watched
        parts.append(_lights(lights))
    # A setting may stand only once in a TOML text: the last word on a rule counts.
    rules = {values["name"]: values for kind, values in rows if kind == "rule"}
    parts += [_rule(values) for values in rules.values()]
    return "\n".join(parts)


def say(kind: str, values: Values) -> str:
    """A change in one sentence."""
    return _SENTENCES[kind](values)


def toml(value: Any) -> str:
    """A plain value as TOML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, str):
        # JSON's escapes are TOML's, but for the one character that JSON leaves as it is.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{toml(str(k))} = {toml(v)}" for k, v in value.items()) + " }"
    return "[" + ", ".join(toml(one) for one in value) + "]"


def _block(table: str, values: Values) -> str:
    return "\n".join(
        [f"[[{table}]]", *(f"{key} = {toml(value)}" for key, value in values.items()), ""]
    )


def _only(values: Values, *names: str) -> dict[str, Any]:
    return {name: values[name] for name in names if name in values}


def _lights(every: Sequence[Values]) -> str:
    joined = {name: list(dict.fromkeys(i for one in every for i in one[name])) for name in ("from", "to")}
    most = max(int(one["most_delay_s"]) for one in every)
    lines = [f"{name} = {toml(value)}" for name, value in {**joined, "most_delay_s": most}.items()]
    return "\n".join(["[blue_lights]", *lines, ""])


def _perimeter(values: Values) -> str:
    tables: Mapping[str, Sequence[Values]] = values["tables"]
    return "\n".join(_block(table, row) for table, its in tables.items() for row in its)


def _rule(values: Values) -> str:
    lines = [f"[rules.{values['name']}]", f"mode = {toml(values['mode'])}"]
    lines.append(f"importance = {toml(values['importance'])}")
    if values["params"]:
        lines += ["", f"[rules.{values['name']}.params]"]
        lines += [f"{name} = {toml(value)}" for name, value in values["params"].items()]
    return "\n".join([*lines, ""])


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
    "perimeter": _perimeter,
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
    "perimeter": lambda v: (
        f"{v['name']}: a perimeter of {v['n']} closure points, {v['people']} people at once, "
        f"{v['start']} to {v['end']}."
    ),
}
KINDS = tuple(_SENTENCES)
