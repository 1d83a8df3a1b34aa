"""Plain values as TOML text, for patches that programs write and people read."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def toml(value: Any) -> str:
    """A plain value as TOML; None, which TOML does not have, as an empty text."""
    if value is None:
        return '""'
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


def key(name: str) -> str:
    """A name as a key: bare where TOML allows it."""
    return name if _BARE.fullmatch(name) else toml(name)


def block(table: str, values: Mapping[str, Any]) -> str:
    """One row of a table: ``[[table]]`` and its values."""
    return "\n".join([f"[[{key(table)}]]", *(f"{key(name)} = {toml(value)}" for name, value in values.items()), ""])


def sections(settings: Mapping[str, Any], path: Sequence[str] = ()) -> str:
    """Settings as ``[a.b]`` sections, plain values first, so that each section stands once."""
    plain = {name: value for name, value in settings.items() if not isinstance(value, Mapping)}
    lines = [f"{key(name)} = {toml(value)}" for name, value in plain.items()]
    if path and (lines or not settings):
        lines.insert(0, f"[{'.'.join(key(part) for part in path)}]")
    parts = ["\n".join([*lines, ""])] if lines else []
    parts += [sections(value, (*path, name)) for name, value in settings.items() if isinstance(value, Mapping)]
    return "\n".join(parts)
