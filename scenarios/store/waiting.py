"""An edit that waits for its maker's choice between two people, as plain values: it outlives the tab it was made in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from scenarios.store import edits
from scenarios.store.checkins import CheckIn
from scenarios.store.conflict import Difference
from scenarios.store.errors import StoreError
from scenarios.store.operations import (
    AddChange,
    Assign,
    Move,
    Operation,
    Pin,
    RemoveChange,
    Rename,
    SetChange,
    Swap,
    Unpin,
)
from scenarios.store.place import Store
from scenarios.store.row_operations import PutSetting, RowEdit, RowGone, Rows
from scenarios.store.together import Together

_KINDS: dict[str, Any] = {
    kind.__name__: kind
    for kind in (
        AddChange, Assign, CheckIn, Move, Pin, PutSetting, RemoveChange, Rename, RowEdit, RowGone, Rows, SetChange,
        Swap, Together, Unpin,
    )
}  # fmt: skip


def as_values(told: Difference) -> dict[str, Any] | None:
    """The edit and the revision it was made over; None for an undo or redo, which can be asked for again."""
    return None if told.operation is None else {"seen": told.seen, "edit": _plain(told.operation)}


def read_waiting(store: Store, scenario: str, values: Mapping[str, Any]) -> Difference | None:
    """What ``as_values`` wrote, told anew over what stands; None where it cannot be told any more."""
    try:
        operation: Operation = _built(values["edit"])
        return edits.difference(store, scenario, operation, seen=int(values["seen"]))
    except (AttributeError, KeyError, TypeError, ValueError, StoreError):
        return None


def _plain(value: Any) -> Any:
    if type(value).__name__ in _KINDS:
        its = {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
        return {"kind": type(value).__name__, "its": its}
    if isinstance(value, Mapping):
        return {"map": {str(name): _plain(one) for name, one in value.items()}}
    if isinstance(value, tuple):
        return {"tuple": [_plain(one) for one in value]}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value


def _built(value: Any) -> Any:
    if isinstance(value, list):
        return [_built(one) for one in value]
    if isinstance(value, dict) and "tuple" in value:
        return tuple(_built(one) for one in value["tuple"])
    if isinstance(value, dict) and "map" in value:
        return {name: _built(one) for name, one in value["map"].items()}
    if isinstance(value, dict):
        return _KINDS[value["kind"]](**{name: _built(one) for name, one in value["its"].items()})
    return value
