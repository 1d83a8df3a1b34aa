"""How plain values are written into the store: one text for equal values, times in UTC, names on one line."""

from __future__ import annotations

import getpass
import json
import os
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from scenarios.store.errors import refuse
from scenarios.tongue import say as _

MOST_NAME = 80
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")


def dumps(value: Any) -> str:
    """Plain JSON, equal texts for equal values.

    Raises
    ------
    StoreError
        The value holds something that is no JSON, or text that no file can hold (a lone surrogate).
    """
    try:
        text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
        text.encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise refuse("edit", _("plain values"), _("leave out what cannot be written: {error}", error=error)) from None
    return text


def loads(text: str) -> Any:
    """Read what ``dumps`` wrote."""
    return json.loads(text)


def now() -> str:
    """The moment, in UTC with microseconds."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def one_line(text: str, most: int = MOST_NAME) -> str:
    """Typed text as a name: one line, no control characters, not too long."""
    return " ".join(_CONTROL.sub(" ", text).split())[:most].strip()


def actor(environment: Mapping[str, str] = os.environ) -> str:
    """Who is at work: ``VEDETTE_USER``, else the name they logged in with."""
    given = one_line(environment.get("VEDETTE_USER", ""))
    if given:
        return given
    try:
        return one_line(getpass.getuser()) or "somebody"
    except (KeyError, OSError):  # no such user id on this system
        return "somebody"
