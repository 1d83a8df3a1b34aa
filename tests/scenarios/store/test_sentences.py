"""What people are told of edits, in their own language, while the trail keeps English."""

import pytest

from scenarios.draft_patch import KINDS, say
from scenarios.store import shelf
from scenarios.store.checkins import CheckIn
from scenarios.store.conflict import Conflict
from scenarios.store.edits import apply, redo, resolve, steps, undo
from scenarios.store.operations import AddChange, Pin, RemoveChange, Rename, Unpin
from scenarios.store.place import Store
from scenarios.store.row_operations import RowEdit, RowGone, Rows
from scenarios.store.sentences import sentence_of
from scenarios.store.trail import read_trail
from scenarios.tongue import speaking
from tests.scenarios.store.samples import CLOSURE, SESSION
from tests.scenarios.test_drafts import CHANGES

RANK = RowEdit("people", {"id": "C05"}, "Eve", {"rank": "sergeant"}, {"rank": "officer"})


@pytest.fixture
def its(small: Store) -> str:
    """A scenario with nothing changed."""
    return shelf.create(small, "Fair", who="Ann", parent="crossroads")


EDITS = [
    (Rows([RANK]), "人员 Eve：职级 officer → sergeant。"),
    (Rows([RowEdit("people", {"id": "N1"}, "Ina", {"name": "Ina"}, new=True)]), "新增人员：Ina。"),
    (Rows(gone=[RowGone("people", {"id": "C05"}, "Eve")]), "删除人员：Eve。"),
    (Rows([RowEdit("people", {"id": f"N{n}"}, "x", {}, new=True) for n in range(5)]), "人员5行。"),
    (AddChange("session", SESSION, "a"), "Lantern concert：预计400人。"),
    (Rename("Market"), "改名为“Market”。"),
    (Pin("C01", "G"), "指定C01到G。"),
    (Pin("C01", "G", on=False), "C01不得安排到G。"),
]


@pytest.mark.parametrize(("edit", "told"), EDITS)
def test_undo_and_redo_say_what_they_do_in_chinese(small: Store, its: str, edit, told: str) -> None:
    with speaking("zh"):
        apply(small, its, edit, who="Ann", seen=0)
        assert steps(small, its, "Ann").undo == told
        assert undo(small, its, who="Ann") == told
        assert steps(small, its, "Ann").redo == told
        assert redo(small, its, who="Ann") == told
    with small.reading() as conn:
        entries = [entry for entry in read_trail(conn, its) if entry.revision]
    kept = [entry.text for entry in entries]
    with speaking("zh"):
        assert [sentence_of(entry) for entry in entries] == [told, f"已撤销：{told}", f"已恢复：{told}"]
    assert kept[0].isascii() or "→" in kept[0]
    assert kept[1:] == [f"Undone: {kept[0]}", f"Done again: {kept[0]}"]


def test_a_conflict_is_told_in_chinese_and_noted_in_english(small: Store, its: str) -> None:
    apply(small, its, Rows([RANK]), who="Ann", seen=0)
    with speaking("zh"):
        with pytest.raises(Conflict) as caught:
            apply(small, its, AddChange("closure", CLOSURE, "b"), who="Ben", seen=0)
        told = caught.value.difference
        assert told.sentences() == ("Ann：人员 Eve：职级 officer → sergeant。",)
        assert told.mine.startswith("市场街封闭：2026-06-12 18:30至")
        with pytest.raises(Conflict) as caught:
            apply(small, its, Rows(gone=[RowGone("people", {"id": "C05"}, "Eve")]), who="Ben", seen=0)
        assert caught.value.difference.clashes == ("人员 Eve",)
        resolve(small, told, "theirs", who="Ben")
    with small.reading() as conn:
        last = read_trail(conn, its)[-1].text
    assert last.startswith("Not done, since others were first: 市场街 is closed 2026-06-12")


def test_what_is_lifted_and_taken_back_is_said(small: Store, its: str) -> None:
    apply(small, its, Pin("C01", "G"), who="Ann", seen=0)
    apply(small, its, Unpin("C01", "G"), who="Ann", seen=1)
    apply(small, its, AddChange("closure", CLOSURE, "b"), who="Ann", seen=2)
    apply(small, its, RemoveChange("b"), who="Ann", seen=3)
    with speaking("zh"):
        assert undo(small, its, who="Ann").startswith("已撤回：市场街封闭")
        assert undo(small, its, who="Ann").startswith("市场街封闭")
        assert undo(small, its, who="Ann") == "取消C01在G的指定。"


def test_an_undo_that_others_are_in_the_way_of_is_told_as_what_it_would_undo(small: Store, its: str) -> None:
    apply(small, its, Pin("C01", "G"), who="Ann", seen=0)
    apply(small, its, Unpin("C01", "G"), who="Ben", seen=1)
    with speaking("zh"), pytest.raises(Conflict) as caught:
        undo(small, its, who="Ann")
    assert caught.value.difference.mine == "已撤销：指定C01到G。"


@pytest.mark.parametrize(
    ("people", "told"),
    [(["P1"], "P1已到G，2026-06-12 18:05。"), (["P1", "P2"], "已记录 2 条签到。")],
)
def test_a_check_in_that_waits_is_told_in_chinese(small: Store, its: str, people: list[str], told: str) -> None:
    apply(small, its, CheckIn([("P1", "G", "2026-06-12 18:00")]), who="Ben", seen=0)
    with speaking("zh"), pytest.raises(Conflict) as caught:
        apply(small, its, CheckIn([(who, "G", "2026-06-12 18:05") for who in people]), who="Ann", seen=0)
    assert caught.value.difference.mine == told


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_change_is_told_in_chinese(kind: str) -> None:
    with speaking("zh"):
        told = say(kind, CHANGES[kind])
    assert told != say(kind, CHANGES[kind])
    assert told.endswith("。")
