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
from scenarios.plainwords import plain
from scenarios.tomltext import block as _block
from scenarios.tomltext import sections, toml
from scenarios.tongue import mark
from scenarios.tongue import say as _
from scenarios.tongue.lists import listed

__all__ = ["KINDS", "MODES", "SCHEMA", "patch_text", "say", "toml"]

SCHEMA = 1
Values = Mapping[str, Any]
MODES = {"hard": mark("must hold"), "soft": mark("should hold"), "off": mark("is off")}


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
        parts.append(_("starts {when}", when=v["start"]))
    if "end" in v:
        parts.append(_("ends {when}", when=v["end"]))
    if "attendance" in v:
        parts.append(_("expects {n:,} people", n=v["attendance"]))
    return _("{title} {what}.", title=v["title"], what=", ".join(parts))


def _named(v: Values) -> str:
    names = list(v["names"])
    shown = listed(names[:4])
    return _("{names} and {n} more", names=shown, n=len(names) - 4) if len(names) > 4 else shown


def _away(v: Values) -> str:
    category = plain(v["category"])
    return _("{unit} sends {n} {category} fewer: {names}.", unit=v["unit"], n=len(v["people"]), category=category,
             names=_named(v))  # fmt: skip


def _rule_words(v: Values) -> str:
    said = _("{title} {mode}", title=v["title"], mode=_(MODES[v["mode"]]))
    if v["mode"] == "soft":
        said = _("{rule} ({importance})", rule=said, importance=_(v["importance"]))
    told = [said, *(f"{name.replace('_', ' ')} {value}" for name, value in v["params"].items())]
    return _("{rule}.", rule=listed(told))


_SENTENCES: dict[str, Callable[[Values], str]] = {
    "session": _session,
    "new_session": lambda v: _(
        "{title} is added: {start} to {end}, {n:,} people.", title=v["title"], start=v["start"], end=v["end"],
        n=v["attendance"],
    ),
    "absent": lambda v: _("{names} on leave {start} to {end}.", names=_named(v), start=v["start"], end=v["end"]),
    "away": _away,
    "rule": _rule_words,
    "preset": lambda v: _("Preset taken over: {name}.", name=v["titles"][-1]),
    "closure": lambda v: _(
        "{name} is closed {start} to {end} within {m} m.", name=v["name"], start=v["start"], end=v["end"],
        m=v["radius_m"],
    ),
    "incident": lambda v: _(
        "{title} at {place}: {n} more {start} to {end}.", title=v["title"], place=v["place_name"], n=v["number"],
        start=v["start"], end=v["end"],
    ),
    "perimeter": lambda v: _(
        "{name}: a perimeter of {n} closure points, {people} people at once, {start} to {end}.", name=v["name"],
        n=v["n"], people=v["people"], start=v["start"], end=v["end"],
    ),
    "row": draft_rows.say_row,
    "gone": draft_rows.say_gone,
    "setting": draft_rows.say_setting,
}  # fmt: skip
KINDS = tuple(_SENTENCES)
