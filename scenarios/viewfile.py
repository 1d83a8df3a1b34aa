"""A PlanView kept in a file, so that a page can show yesterday's plan without its map being read again.

Plain JSON, gzipped: every field by its name, arrays as lists of metres. Reading follows the type hints of
``scenarios.view``, so a field added there with a default is read from older files too.
"""

from __future__ import annotations

import dataclasses
import gzip
import json
import types
import typing
import zlib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from scenarios import view as view_module
from scenarios.tongue import say as _
from scenarios.view import PlanView

#: Centimetres are plenty; more digits only fill the disk.
_DECIMALS = 2


def write_view(view: PlanView, path: Path) -> None:
    """Write ``view`` to ``path``; a reader never sees half a file."""
    text = json.dumps(_plain(view), ensure_ascii=False, separators=(",", ":"))
    draft = path.with_suffix(path.suffix + ".part")
    with draft.open("wb") as raw, gzip.GzipFile("", "wb", 6, raw, mtime=0) as packed:
        packed.write(text.encode("utf-8"))
    draft.replace(path)


def read_view(path: Path) -> PlanView:
    """Read what ``write_view`` wrote.

    Raises
    ------
    OSError
        The file is missing.
    ValueError
        It is damaged, or lacks a field that this version needs.
    """
    try:
        with gzip.open(path, "rt", encoding="utf-8") as packed:
            data = json.load(packed)
        built = _built(PlanView, data)
        zone = ZoneInfo(data["timezone"])
    except (gzip.BadGzipFile, EOFError, zlib.error, TypeError, KeyError, AttributeError) as error:
        raise ValueError(
            _("{file} was kept by another version or is damaged ({error})", file=path.name, error=error)
        ) from error
    result: PlanView = dataclasses.replace(built, start=built.start.astimezone(zone))
    return result


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, np.ndarray):
        return np.round(value, _DECIMALS).tolist()
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, (tuple, list, set, frozenset)):
        return [_plain(one) for one in value]
    return value


@cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind, vars(view_module))


def _built(hint: Any, data: Any) -> Any:
    """``data`` as what ``hint`` promises: dataclasses, tuples, mappings, arrays, times; anything else as it is."""
    if data is None:
        return None
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin in {types.UnionType, typing.Union}:
        return _built(next(arg for arg in args if arg is not type(None)), data)
    if origin is np.ndarray:
        return np.asarray(data, dtype=np.float64).reshape(-1, 2)
    if origin is tuple:
        inner = [args[0]] * len(data) if args[1:] == (Ellipsis,) else list(args)
        return tuple(_built(arg, one) for arg, one in zip(inner, data, strict=True))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {key: _built(args[1], one) for key, one in data.items()}
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        hints = _hints(hint)
        return hint(
            **{name: _built(hints[name], one) for name, one in data.items() if name in hints}
        )
    return datetime.fromisoformat(data) if hint is datetime else data
