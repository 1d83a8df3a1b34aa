"""Check-ins are rows like others: undone, told in the trail, exported; no plan grows stale by them."""

from pathlib import Path

import pytest

from scenarios.store import shelf
from scenarios.store.checkins import CheckIn, checkins_of, sound_checkin
from scenarios.store.conflict import Conflict
from scenarios.store.edits import apply, redo, undo
from scenarios.store.errors import StoreError
from scenarios.store.parcel_check import sound_row
from scenarios.store.place import Store
from scenarios.store.rows import CHECKINS, pin_key
from scenarios.store.trail import read_trail
from scenarios.store.versions import Inputs

ANN, BEN = "Ann", "Ben"
SIX = "2026-06-12 18:05"


@pytest.fixture
def its(store: Store) -> str:
    return shelf.create(store, "Fair", who=ANN, parent="crossroads")


def there(store: Store, its: str) -> dict[tuple[str, str], str]:
    return checkins_of(shelf.read(store, its).rows)


def test_many_at_once_are_one_edit_that_is_undone_as_one(store: Store, its: str) -> None:
    apply(store, its, CheckIn([("P1", "G#1", SIX), ("P2", "G#1", SIX)]), who=ANN, seen=0)
    assert there(store, its) == {("P1", "G#1"): SIX, ("P2", "G#1"): SIX}
    apply(store, its, CheckIn([("P1", "G#1", None)]), who=ANN, seen=1)
    assert there(store, its) == {("P2", "G#1"): SIX}
    undo(store, its, who=ANN)
    undo(store, its, who=ANN)
    assert there(store, its) == {}
    redo(store, its, who=ANN)
    assert len(there(store, its)) == 2
    with store.reading() as conn:
        told = [entry.text for entry in read_trail(conn, its)]
    assert told[1:3] == ["2 check-ins are noted.", "P1 is no longer checked in for G#1."]


def test_the_same_again_is_no_edit(store: Store, its: str) -> None:
    apply(store, its, CheckIn([("P1", "G", SIX)]), who=ANN, seen=0)
    assert apply(store, its, CheckIn([("P1", "G", SIX), ("P9", "G", None)]), who=ANN, seen=1) == 1


def test_two_desks_check_in_different_people(store: Store, its: str) -> None:
    """Neither waits for the other; the same person twice is told as a clash, in words."""
    apply(store, its, CheckIn([("P1", "G", SIX)]), who=ANN, seen=0)
    assert apply(store, its, CheckIn([("P2", "G", SIX)]), who=BEN, seen=0) == 2
    assert len(there(store, its)) == 2
    with pytest.raises(Conflict) as caught:
        apply(store, its, CheckIn([("P1", "G", "2026-06-12 18:09")]), who=BEN, seen=0)
    assert caught.value.difference.clashes == ("the check-in of P1 for G",)
    assert there(store, its)["P1", "G"] == SIX


def test_no_plan_grows_stale_by_them(store: Store, its: str, project_root: Path) -> None:
    folder = project_root / "scenarios/library/crossroads"
    before = Inputs(folder, (), shelf.read(store, its).rows).digest()
    apply(store, its, CheckIn([("P1", "G", SIX)]), who=ANN, seen=0)
    assert Inputs(folder, (), shelf.read(store, its).rows).digest() == before


@pytest.mark.parametrize("entry", [("", "G", SIX), ("P1", "", SIX), ("P1", "G", "18:05"), ("P1", "G\n", SIX)])
def test_what_is_no_check_in_is_refused(store: Store, its: str, entry: tuple[str, str, str]) -> None:
    with pytest.raises(StoreError):
        apply(store, its, CheckIn([entry]), who=ANN, seen=0)
    assert there(store, its) == {}


def test_a_file_brings_only_sound_ones() -> None:
    good = {"person": "P1", "group": "G", "at": SIX}
    sound_row(CHECKINS, pin_key("P1", "G"), good, ())
    assert not sound_checkin(pin_key("P2", "G"), good)
    for bad in ({**good, "at": "soon"}, {**good, "more": 1}, {**good, "at": None}):
        with pytest.raises(StoreError):
            sound_row(CHECKINS, pin_key("P1", "G"), bad, ())
