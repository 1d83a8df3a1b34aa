"""What belongs together is one edit: whole or not at all, one conflict, one undo; check-ins stand in nobody's way."""

import pytest

from scenarios.store import shelf
from scenarios.store.checkins import CheckIn, checkins_of
from scenarios.store.conflict import Conflict
from scenarios.store.edits import apply, redo, resolve, undo
from scenarios.store.errors import StoreError
from scenarios.store.operations import AddChange, RemoveChange, Rename
from scenarios.store.place import Store
from scenarios.store.rows import CHANGES
from scenarios.store.together import Together
from scenarios.store.trail import since
from tests.scenarios.store.samples import CLOSURE, SESSION

ANN, BEN = "Ann", "Ben"
AWAY = {"people": ["C02"], "names": ["Bo"], "start": "2026-06-12 18:00", "end": "2026-06-13 00:00"}
CALL = Together([AddChange("absent", AWAY, "a"), AddChange("closure", CLOSURE, "b")])
IN = CheckIn([("C01", "G1", "2026-06-12 18:05")])


@pytest.fixture
def its(store: Store) -> str:
    """An empty scenario."""
    return shelf.create(store, "Fair", who=ANN, parent="crossroads")


def kinds(store: Store, its: str) -> list[str]:
    return [kind for _, kind, _ in shelf.changes_of(shelf.read(store, its).rows)]


def test_all_is_one_edit_with_one_undo(store: Store, its: str) -> None:
    assert apply(store, its, CALL, who=ANN, seen=0) == 1
    rows = shelf.read(store, its).rows
    assert [rows[CHANGES, name]["place"] for name in ("a", "b")] == [1, 2]
    with store.reading() as conn:
        (entry,) = since(conn, its, 0)
    assert entry.text.startswith("Bo on leave")
    assert "市场街 is closed" in entry.text
    undo(store, its, who=ANN)
    assert kinds(store, its) == []
    redo(store, its, who=ANN)
    assert kinds(store, its) == ["absent", "closure"]


def test_what_cannot_be_done_leaves_nothing(store: Store, its: str) -> None:
    with pytest.raises(StoreError, match="teleport"):
        apply(store, its, Together([AddChange("absent", AWAY, "a"), AddChange("teleport", {})]), who=ANN, seen=0)
    assert kinds(store, its) == []


def test_each_builds_on_those_before_it(store: Store, its: str) -> None:
    both = Together([AddChange("absent", AWAY, "a"), RemoveChange("a"), Rename("Market")])
    apply(store, its, both, who=ANN, seen=0)
    assert (kinds(store, its), shelf.read(store, its).name) == ([], "Market")


def test_others_who_wrote_about_other_things_stop_nothing(store: Store, its: str) -> None:
    apply(store, its, IN, who=BEN, seen=0)
    apply(store, its, Rename("Market"), who=BEN, seen=1)
    apply(store, its, CALL, who=ANN, seen=0)
    assert kinds(store, its) == ["absent", "closure"]


def test_one_thing_of_it_that_both_are_about_is_one_conflict(store: Store, its: str) -> None:
    """Mine saves all of it, takes the other closure back, and leaves who has reported."""
    apply(store, its, AddChange("closure", {**CLOSURE, "lon": 11.0}, "x"), who=BEN, seen=0)
    apply(store, its, IN, who=BEN, seen=1)
    with pytest.raises(Conflict) as caught:
        apply(store, its, CALL, who=ANN, seen=0)
    told = caught.value.difference
    assert (told.clashes, told.choices) == (("closure 市场街",), ("mine", "theirs"))
    resolve(store, told, "mine", who=ANN)
    rows = shelf.read(store, its).rows
    assert [key for key, _, _ in shelf.changes_of(rows)] == ["a", "b"]
    assert list(checkins_of(rows)) == [("C01", "G1")]
    with store.reading() as conn:
        assert "C01" not in since(conn, its, 2)[-1].text
    undo(store, its, who=ANN)
    assert kinds(store, its) == ["closure"]


def test_a_check_in_alone_is_no_conflict_for_any_edit(store: Store, its: str) -> None:
    apply(store, its, IN, who=BEN, seen=0)
    apply(store, its, AddChange("session", SESSION, "a"), who=ANN, seen=0)
    apply(store, its, CheckIn([("C01", "G1", None)]), who=BEN, seen=2)
    apply(store, its, Rename("Market"), who=ANN, seen=2)
    assert (kinds(store, its), shelf.read(store, its).name) == (["session"], "Market")


def test_two_times_for_one_check_in_are_a_conflict_and_mine_takes_theirs_back(store: Store, its: str) -> None:
    apply(store, its, IN, who=BEN, seen=0)
    with pytest.raises(Conflict) as caught:
        apply(store, its, CheckIn([("C01", "G1", "2026-06-12 18:09")]), who=ANN, seen=0)
    resolve(store, caught.value.difference, "mine", who=ANN)
    assert checkins_of(shelf.read(store, its).rows) == {("C01", "G1"): "2026-06-12 18:09"}
