"""An edit that waits for a choice: kept as plain values, built again, and told anew over what stands by then."""

import json

import pytest

from scenarios.store import edits, shelf
from scenarios.store.checkins import CheckIn
from scenarios.store.conflict import Conflict
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
from scenarios.store.waiting import _built, _plain, as_values, read_waiting
from tests.scenarios.store.samples import OTHER, SESSION

EVERY: list[Operation] = [
    AddChange("session", {**SESSION, "tags": ["a", "b"], "tuple": "no"}, "id1"),
    SetChange("id1", {"map": {"tuple": 1}}), RemoveChange("id1"), Rename("夜市"),
    Pin("P1", "G", False), Unpin("P1", "G"), Assign("job", "G/1", None),
    Move("job", "P1", "G/1", "G/2"), Swap("job", "G/1", "G/2"), CheckIn((("P1", "G", "2026-06-12 18:05"),)),
    PutSetting(("demand", "crowd"), {"reserve_pct": 20}, {"reserve_pct": None}, "Demand"),
    Rows(
        [RowEdit("sites", {"id": "s"}, "Site", {"name": "x"}, {"name": "y"}, True)],
        [RowGone("people", {"id": "P"}, "P")],
    ),
    Together((Pin("P1", "G"), Assign("job", "G/1", "P1"))),
]  # fmt: skip


@pytest.mark.parametrize("operation", EVERY, ids=lambda its: type(its).__name__)
def test_every_operation_comes_back_as_it_was(operation: Operation) -> None:
    assert _built(json.loads(json.dumps(_plain(operation)))) == operation


def refused(store: Store, its: str, operation: Operation, who: str, seen: int) -> Conflict:
    with pytest.raises(Conflict) as caught:
        edits.apply(store, its, operation, who=who, seen=seen)
    return caught.value


def test_it_is_told_anew_over_what_stands_and_can_be_chosen(small: Store) -> None:
    """Ben was first with the same session; by the time Ann looks again he has renamed it all as well."""
    its = shelf.create(small, "Fair", who="Ann", parent="crossroads")
    edits.apply(small, its, AddChange("session", OTHER, "b"), who="Ben", seen=0)
    first = refused(small, its, AddChange("session", SESSION, "a"), "Ann", 0).difference
    values = json.loads(json.dumps(as_values(first)))
    assert read_waiting(small, its, values) == first
    edits.apply(small, its, Rename("Night fair"), who="Ben", seen=1)
    again = read_waiting(small, its, values)
    assert again is not None
    assert (again.now, len(again.theirs), again.mine, again.clashes) == (2, 2, first.mine, first.clashes)
    edits.resolve(small, again, "mine", who="Ann")
    changes = shelf.changes_of(shelf.read(small, its).rows)
    assert [(key, values["attendance"]) for key, _kind, values in changes] == [("a", 400)]


NAMED = {"kind": "Rename", "its": {"name": "x"}}


@pytest.mark.parametrize("values", [
    {}, {"seen": 0}, {"seen": "x", "edit": NAMED}, {"seen": 0, "edit": {"kind": "Gone", "its": {}}},
    {"seen": 0, "edit": {**NAMED, "its": {"other": 1}}}, {"seen": 0, "edit": None}, {"seen": 0, "edit": "text"},
    {"seen": 0, "edit": {**NAMED, "its": {"name": 7}}},
])  # fmt: skip
def test_what_cannot_be_told_is_passed_over(small: Store, values: dict) -> None:
    its = shelf.create(small, "Fair", who="Ann", parent="crossroads")
    assert read_waiting(small, its, values) is None
    assert read_waiting(small, "gone", values) is None
