"""Two people on one scenario: the second is told what changed, and chooses; nothing goes unseen."""

import threading
from concurrent.futures import ThreadPoolExecutor, wait

import pytest

from scenarios.store import shelf
from scenarios.store.conflict import Conflict, Difference
from scenarios.store.edits import apply, redo, resolve, revision_of, undo
from scenarios.store.errors import StoreError
from scenarios.store.operations import AddChange, Operation, Rename, SetChange
from scenarios.store.place import Store
from scenarios.store.trail import read_trail
from tests.scenarios.store.samples import CLOSURE, OTHER, RULE, SESSION

ANN, BEN, EVE = "Ann", "Ben", "Eve"


@pytest.fixture
def its(store: Store) -> str:
    """A scenario with one session changed."""
    scenario = shelf.create(store, "Fair", who=ANN, parent="crossroads")
    apply(store, scenario, AddChange("session", SESSION, "a"), who=ANN, seen=0)
    return scenario


def second(store: Store, its: str, first: Operation, then: Operation) -> Difference:
    """Ann saves; Ben, who has not seen it, saves too and is stopped."""
    apply(store, its, first, who=ANN, seen=1)
    before = dict(shelf.read(store, its).rows)
    with pytest.raises(Conflict) as caught:
        apply(store, its, then, who=BEN, seen=1)
    assert dict(shelf.read(store, its).rows) == before
    return caught.value.difference


def said(store: Store, its: str) -> list[tuple[str, int | None]]:
    rows = shelf.read(store, its).rows
    return [(kind, values.get("attendance")) for _, kind, values in shelf.changes_of(rows)]


def test_the_second_is_told_in_words(store: Store, its: str) -> None:
    told = second(store, its, SetChange("a", OTHER), AddChange("closure", CLOSURE, "b"))
    assert told.headline() == "This scenario was changed since you last saw it: Ann (1 edit)."
    assert told.sentences() == (
        "Ann: Lantern concert expects 999 people. Before: Lantern concert expects 400 people.",
    )
    assert told.mine == "市场街 is closed 2026-06-12 18:30 to 2026-06-12 23:00 within 30 m."
    assert told.clashes == ()
    assert told.choices == ("both", "mine", "theirs")


def test_both_keeps_both(store: Store, its: str) -> None:
    told = second(store, its, SetChange("a", OTHER), AddChange("closure", CLOSURE, "b"))
    resolve(store, told, "both", who=BEN)
    assert said(store, its) == [("session", 999), ("closure", None)]
    undo(store, its, who=BEN)
    assert said(store, its) == [("session", 999)]


def test_mine_takes_theirs_back_and_can_be_undone_as_one(store: Store, its: str) -> None:
    told = second(store, its, SetChange("a", OTHER), AddChange("closure", CLOSURE, "b"))
    resolve(store, told, "mine", who=BEN)
    assert said(store, its) == [("session", 400), ("closure", None)]
    undo(store, its, who=BEN)
    assert said(store, its) == [("session", 999)]
    redo(store, its, who=BEN)
    assert said(store, its) == [("session", 400), ("closure", None)]


def test_theirs_leaves_all_and_keeps_what_was_wanted_in_the_trail(store: Store, its: str) -> None:
    told = second(store, its, SetChange("a", OTHER), AddChange("closure", CLOSURE, "b"))
    assert resolve(store, told, "theirs", who=BEN) == 2
    assert said(store, its) == [("session", 999)]
    with store.reading() as conn:
        last = read_trail(conn, its)[-1]
    assert (last.who, last.what, last.revision) == (BEN, "left out", None)
    assert "市场街 is closed" in last.text


def test_the_same_row_cannot_be_kept_twice(store: Store, its: str) -> None:
    told = second(store, its, SetChange("a", OTHER), SetChange("a", {**SESSION, "attendance": 7}))
    assert told.clashes == ("session Lantern concert",)
    with pytest.raises(StoreError, match="one of mine, theirs"):
        resolve(store, told, "both", who=BEN)
    resolve(store, told, "mine", who=BEN)
    assert said(store, its) == [("session", 7)]
    undo(store, its, who=BEN)
    assert said(store, its) == [("session", 999)]


@pytest.mark.parametrize(
    ("first", "then", "clash"),
    [
        (AddChange("rule", RULE, "r"), AddChange("rule", {**RULE, "mode": "off"}, "s"), "rule Minimum rest"),
        (AddChange("closure", CLOSURE, "c"), AddChange("closure", {**CLOSURE, "lon": 11.0}, "d"), "closure 市场街"),
        (
            AddChange("new_session", {**SESSION, "id": "n", "site": "s", "kind": "other", "start": "", "end": ""}, "n"),
            AddChange("session", {**SESSION, "id": "n"}, "m"), "session Lantern concert",
        ),
        (Rename("Market"), Rename("Bazaar"), "the name"),
    ],
)  # fmt: skip
def test_two_changes_of_one_thing_clash_though_each_is_a_row(store: Store, its: str, first, then, clash: str) -> None:
    assert second(store, its, first, then).clashes == (clash,)


def test_a_third_who_was_faster_is_told_again(store: Store, its: str) -> None:
    told = second(store, its, SetChange("a", OTHER), AddChange("closure", CLOSURE, "b"))
    apply(store, its, Rename("Market"), who=EVE, seen=2)
    with pytest.raises(Conflict) as caught:
        resolve(store, told, "both", who=BEN)
    again = caught.value.difference
    assert [entry.who for entry in again.theirs] == [ANN, EVE]
    resolve(store, again, "mine", who=BEN)
    assert shelf.read(store, its).name == "Fair"
    assert said(store, its) == [("session", 400), ("closure", None)]


def test_what_was_done_and_undone_by_others_is_no_clash(store: Store, its: str) -> None:
    apply(store, its, SetChange("a", OTHER), who=ANN, seen=1)
    undo(store, its, who=ANN)
    with pytest.raises(Conflict) as caught:
        apply(store, its, AddChange("closure", CLOSURE, "b"), who=BEN, seen=1)
    resolve(store, caught.value.difference, "mine", who=BEN)
    assert said(store, its) == [("session", 400), ("closure", None)]
    with store.reading() as conn:
        assert list(read_trail(conn, its)[-1].after) == ["changes/b"]  # what is as it was is no write


def test_who_comes_while_another_saves_waits_and_is_told(store: Store, its: str) -> None:
    """Ann's save is held in its middle; Ben's must wait for its end, and then sees that he was second."""
    inside, go_on = threading.Event(), threading.Event()

    class Slow(Rename):
        def writes(self, view):
            inside.set()
            assert go_on.wait(60)
            return super().writes(view)

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(apply, store, its, Slow("Market"), who=ANN, seen=1)
        assert inside.wait(60)
        second = threads.submit(apply, store, its, Rename("Bazaar"), who=BEN, seen=1)
        waited, _ = wait([second], timeout=0.3)
        go_on.set()
        assert not waited
        assert first.result(60) == 2
        with pytest.raises(Conflict):
            second.result(60)
    assert shelf.read(store, its).name == "Market"


def test_a_store_put_back_to_an_earlier_state_is_told(store: Store, its: str) -> None:
    with pytest.raises(StoreError, match="A backup was put in its place"):
        apply(store, its, Rename("x"), who=BEN, seen=revision_of(store, its) + 5)
