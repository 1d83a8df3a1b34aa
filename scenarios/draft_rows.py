"""Changes of one row of any table, rows taken out, and settings: as patch text and in sentences.

The kinds and their values:

``row``      table, key (column -> value), title, values (column -> value; None takes it away), before (what stood
             there), new (whether the row was not there before)
``gone``     table, key, title
``setting``  section (path of names), title, values (merged deep; None takes a value away), before

Each row and each section has one change at most: ``row_id`` and ``section_id`` are its ids.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from scenarios.parsing import ROW_TYPES, columns_of
from scenarios.tablewords import cell_words, column_word, corners, one_of, plain
from scenarios.tomltext import block
from scenarios.tongue import say as _
from scenarios.tongue import says
from scenarios.tongue.lists import listed

Values = Mapping[str, Any]
ROW, GONE, SETTING = "row", "gone", "setting"
FEW = 4
"""So many columns of a row are told in a sentence; the others are counted."""


def row_id(table: str, key: Values) -> str:
    """The id of the one change about a row: equal for equal rows, whoever writes them."""
    cells = sorted((name, plain(value)) for name, value in key.items())
    return _id("row", [table, [cell for cell in cells if cell[1]]])


def section_id(section: Sequence[str]) -> str:
    """The id of the one change about a section of the settings."""
    return _id("setting", list(section))


def _id(head: str, what: Any) -> str:
    text = json.dumps(what, ensure_ascii=False, separators=(",", ":"))
    return f"{head}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


# ---------------------------------------------------------------- patch
def row_block(values: Values) -> str:
    """A row that is changed or added."""
    cells = {**values["key"], **values["values"]}
    if values.get("new"):
        # What must be filled stands there though it is blank: so a patch knows a whole new row from a slip of the id.
        must = [name for name, needed in _columns(values["table"]).items() if needed]
        cells = {**dict.fromkeys(must), **cells}
        cells = {k: v for k, v in cells.items() if k in must or plain(v) or isinstance(v, list)}
    return block(values["table"], cells)


def _columns(table: str) -> Mapping[str, bool]:
    return columns_of(ROW_TYPES[table]) if table in ROW_TYPES else {}


def gone_block(values: Values) -> str:
    """A row that is taken out."""
    return block("remove", {"table": values["table"], **values["key"]})


def merged(old: Any, new: Any) -> Any:
    """Settings over settings, deep."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        return {**old, **{name: merged(old.get(name), value) for name, value in new.items()}}
    return new


def nested(values: Values) -> dict[str, Any]:
    """The values of a ``setting`` change at their place."""
    found: Any = dict(values["values"])
    for name in reversed(values["section"]):
        found = {name: found}
    return dict(found)


def placed(settings: Values) -> dict[str, Any]:
    """Settings as a patch has them; ``title`` is the patch's own word there, so a scenario's stands elsewhere."""
    own = {name: value for name, value in settings.items() if name != "title"}
    return {**own, "scenario": {"title": settings["title"]}} if "title" in settings else own


# ---------------------------------------------------------------- sentences
def say_row(values: Values) -> str:
    """A row that is changed or added, by its name."""
    what, name = one_of(values["table"]), values["title"]
    if values.get("new"):
        return _("{what} {name} is added.", what=what, name=name)
    cells = _cells(values["values"], values.get("before", {}))
    return _("{what} {name}: {cells}.", what=what, name=name, cells=cells)


def say_gone(values: Values) -> str:
    """A row that is taken out, by its name."""
    return _("{what} {name} is taken out.", what=one_of(values["table"]), name=values["title"])


def say_setting(values: Values) -> str:
    """A setting, by its title or its path."""
    from scenarios.rule_list import setting_title

    section = values["section"]
    name = setting_title(section) or values.get("title") or ".".join(section) or _("Settings")
    cells = _cells(_flat(values["values"]), _flat(values.get("before", {})), section)
    return _("{name}: {cells}.", name=name, cells=cells)


def _cells(after: Values, before: Values, section: Sequence[str] | None = None) -> str:
    few = list(after.items())[:FEW]
    told = [_cell(name, before.get(name), value, name in before, section) for name, value in few]
    if len(after) > FEW:
        told.append(_("{n} more", n=len(after) - FEW))
    return listed(told)


def _cell(column: str, before: Any, after: Any, known: bool, section: Sequence[str] | None) -> str:
    name, words = column_word(column), cell_words
    if section:
        from scenarios.rule_list import setting_value, setting_words

        name = setting_words([*section, *column.split(".")])[1]
        words = partial(setting_value, column.rpartition(".")[2])
    n = corners(after)
    if n is not None:  # not every corner of it, before and after
        if corners(before) is not None:
            return says("{name} redrawn ({n} corner)", "{name} redrawn ({n} corners)", n, name=name)
        return says("{name} ({n} corner)", "{name} ({n} corners)", n, name=name)
    if known and plain(before) and plain(before) != plain(after):
        return _("{name} {before} → {after}", name=name, before=words(before), after=words(after))
    return _("{name} {after}", name=name, after=words(after))


def _flat(values: Values, path: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            found |= _flat(value, f"{path}{name}.")
        else:
            found[f"{path}{name}"] = value
    return found
