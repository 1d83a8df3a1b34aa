"""Edits by hand first: saved as made, undone and done again by whoever made them, told apart from others'."""

import pytest
from sqlalchemy import insert

from scenarios.store import shelf
from scenarios.store.conflict import Conflict
from scenarios.store.edits import apply, redo, revision_of, steps, undo
from scenarios.store.errors import StoreError
from scenarios.store.files import keep_bytes, keep_list
from scenarios.store.operations import (
    AddChange,
    Assign,
    Move,
    Pin,
    RemoveChange,
    Rename,
    SetChange,
    Swap,
    Unpin,
)
from scenarios.store.place import Store
from scenarios.store.plans import begin, take_in
from scenarios.store.rows import NAME, duties_sheet
from scenarios.store.tables import VERSIONS
from scenarios.store.trail import read_trail
from tests.scenarios.store.samples import CLOSURE, OTHER, RULE, SESSION, plan_body

ANN, BEN = "Ann", "Ben"


@pytest.fixture
def its(store: Store) -> str:
    """An empty scenario."""
    return shelf.create(store, "Fair", who=ANN, parent="crossroads")


def rows_of(store: Store, scenario: str):
    return dict(shelf.read(store, scenario).rows)


def kinds(store: Store, scenario: str) -> list[str]:
    return [kind for _, kind, _ in shelf.changes_of(shelf.read(store, scenario).rows)]


def test_an_edit_is_there_at_once_and_counts_up(store: Store, its: str) -> None:
    assert revision_of(store, its) == 0
    assert apply(store, its, AddChange("session", SESSION, "a"), who=ANN, seen=0) == 1
    assert apply(store, its, AddChange("closure", CLOSURE, "b"), who=ANN, seen=1) == 2
    assert [(k, v) for _, k, v in shelf.changes_of(rows_of(store, its))] == [("session", SESSION), ("closure", CLOSURE)]


def test_what_changes_nothing_is_no_edit(store: Store, its: str) -> None:
    assert apply(store, its, Rename("  Fair "), who=ANN, seen=0) == 0
    assert apply(store, its, Unpin("P1", "G"), who=ANN, seen=0) == 0
    assert steps(store, its, ANN).undo is None


def test_undo_and_redo_walk_the_stack(store: Store, its: str) -> None:
    """Three edits, two undone, one done again, a new one: what was undone is gone for good."""
    apply(store, its, AddChange("session", SESSION, "a"), who=ANN, seen=0)
    apply(store, its, AddChange("closure", CLOSURE, "b"), who=ANN, seen=1)
    apply(store, its, RemoveChange("a"), who=ANN, seen=2)
    assert kinds(store, its) == ["closure"]
    assert undo(store, its, who=ANN) == "Taken back: Lantern concert expects 400 people."
    assert kinds(store, its) == ["session", "closure"]  # back in its old place
    undo(store, its, who=ANN)
    assert kinds(store, its) == ["session"]
    assert steps(store, its, ANN).redo == "市场街 is closed 2026-06-12 18:30 to 2026-06-12 23:00 within 30 m."
    redo(store, its, who=ANN)
    assert kinds(store, its) == ["session", "closure"]
    apply(store, its, Rename("Market"), who=ANN, seen=revision_of(store, its))
    assert redo(store, its, who=ANN) is None
    assert kinds(store, its) == ["session", "closure"]


def test_each_undoes_their_own(store: Store, its: str) -> None:
    apply(store, its, AddChange("session", SESSION, "a"), who=ANN, seen=0)
    apply(store, its, AddChange("closure", CLOSURE, "b"), who=BEN, seen=1)
    undo(store, its, who=ANN)
    assert kinds(store, its) == ["closure"]
    assert undo(store, its, who=ANN) is None
    undo(store, its, who=BEN)
    assert kinds(store, its) == []


def test_undo_does_not_wipe_out_what_another_wrote_since(store: Store, its: str) -> None:
    apply(store, its, AddChange("session", SESSION, "a"), who=ANN, seen=0)
    apply(store, its, SetChange("a", OTHER), who=BEN, seen=1)
    with pytest.raises(Conflict) as caught:
        undo(store, its, who=ANN)
    told = caught.value.difference
    assert told.clashes == ("session Lantern concert",)
    assert [entry.who for entry in told.theirs] == [BEN]
    assert rows_of(store, its)["changes", "a"]["values"] == OTHER
    undo(store, its, who=BEN)
    undo(store, its, who=ANN)
    assert kinds(store, its) == []


def test_the_trail_tells_who_what_from_and_to(store: Store, its: str) -> None:
    apply(store, its, Rename("Market"), who=BEN, seen=0)
    undo(store, its, who=BEN)
    with store.reading() as conn:
        entries = read_trail(conn, its)
    assert [(e.who, e.what, e.revision) for e in entries] == [
        (ANN, "created", None), (BEN, "edit", 1), (BEN, "undo", 2)
    ]  # fmt: skip
    assert (entries[1].before, entries[1].after) == ({"scenario/name": "Fair"}, {"scenario/name": "Market"})
    assert (entries[2].before, entries[2].after) == ({"scenario/name": "Market"}, {"scenario/name": "Fair"})
    assert entries[1].text == '"Fair" is now called "Market".'
    assert entries[0].at < entries[1].at < entries[2].at


@pytest.mark.parametrize(
    ("operation", "match"),
    [
        (AddChange("teleport", {}), "teleport"),
        (AddChange("session", {"attendance": 3}), "values of a session"),
        (AddChange("rule", {**RULE, "mode": "perhaps"}), "values of a rule"),
        (AddChange("session", {**SESSION, "title": "\ud800"}), "plain values"),
        (AddChange("session", {**SESSION, "attendance": float("nan")}), "plain values"),
        (RemoveChange("nobody"), "nobody"),
        (SetChange("nobody", SESSION), "nobody"),
        (Pin("", "G"), "id of a person"),
        (Pin("P\x001", "G"), "id of a person"),
        (Assign("20260101-000000-00000000", "G/1", "P"), "20260101-000000-00000000"),
    ],
)
def test_what_cannot_be_is_refused_by_name(store: Store, its: str, operation, match: str) -> None:
    before = rows_of(store, its)
    with pytest.raises(StoreError, match=match):
        apply(store, its, operation, who=ANN, seen=0)
    assert (rows_of(store, its), revision_of(store, its)) == (before, 0)


def test_a_scenario_that_is_gone_is_told(store: Store, its: str) -> None:
    shelf.delete(store, its, who=ANN)
    with pytest.raises(KeyError, match=its):
        apply(store, its, Rename("x"), who=ANN, seen=0)
    assert its not in {one.id for one in shelf.shelf(store)}
    shelf.bring_back(store, its, who=ANN)
    assert apply(store, its, Rename("x"), who=ANN, seen=0) == 1


def test_pins_and_their_lifting(store: Store, its: str) -> None:
    apply(store, its, Pin("P/1", "G"), who=ANN, seen=0)
    apply(store, its, Pin("P/1", "G", on=False), who=ANN, seen=1)
    apply(store, its, Pin("P", "1/G"), who=ANN, seen=2)
    assert shelf.pins_of(rows_of(store, its)) == [
        {"person": "P", "group": "1/G", "on": True}, {"person": "P/1", "group": "G", "on": False}
    ]  # fmt: skip
    apply(store, its, Unpin("P/1", "G"), who=ANN, seen=3)
    assert len(shelf.pins_of(rows_of(store, its))) == 1
    undo(store, its, who=ANN)
    undo(store, its, who=ANN)
    undo(store, its, who=ANN)
    assert shelf.pins_of(rows_of(store, its)) == [{"person": "P/1", "group": "G", "on": True}]


PLAN = "20260612-180000-0000abcd"


def with_plan(store: Store, scenario: str) -> str:
    """The scenario with a plan whose seats are G/1 P1, G/2 P2, G/3 empty, H/1 empty."""
    with store.writing() as conn:
        manifest = keep_list(conn, {"scenario.toml": keep_bytes(conn, b"x")})
        conn.execute(
            insert(VERSIONS).values(
                id="v", ref=scenario, number=1, inputs="i", manifest=manifest, content="{}", note="", at="", who=ANN
            )
        )
    begin(store, PLAN, scenario, "v", who=ANN)
    take_in(store, PLAN, plan_body())
    return PLAN


def duties(store: Store, scenario: str) -> dict[str, str | None]:
    rows = rows_of(store, scenario)
    return {key: row["person"] for (sheet, key), row in rows.items() if sheet == duties_sheet(PLAN)}


def test_duties_are_moved_swapped_and_emptied(store: Store, its: str) -> None:
    """By hand: P1 to G/3, then P1 and P2 swap, then G/2 is emptied and taken by P9; undone step by step."""
    with_plan(store, its)
    states = [duties(store, its)]
    for n, operation in enumerate(
        [Move(PLAN, "P1", "G/1", "G/3"), Swap(PLAN, "G/3", "G/2"), Assign(PLAN, "G/2", None), Assign(PLAN, "G/2", "P9")]
    ):
        assert apply(store, its, operation, who=ANN, seen=n) == n + 1
        states.append(duties(store, its))
    assert states == [
        {},
        {"G/1": None, "G/3": "P1"},
        {"G/1": None, "G/3": "P2", "G/2": "P1"},
        {"G/1": None, "G/3": "P2", "G/2": None},
        {"G/1": None, "G/3": "P2", "G/2": "P9"},
    ]
    for state in reversed(states[:-1]):
        undo(store, its, who=ANN)
        assert duties(store, its) == state
    for state in states[1:]:
        redo(store, its, who=ANN)
        assert duties(store, its) == state


def test_a_duty_set_back_by_hand_leaves_no_row(store: Store, its: str) -> None:
    with_plan(store, its)
    apply(store, its, Assign(PLAN, "G/1", "P7"), who=ANN, seen=0)
    apply(store, its, Assign(PLAN, "G/1", "P1"), who=ANN, seen=1)
    assert duties(store, its) == {}


@pytest.mark.parametrize(
    ("operation", "match"),
    [
        (Assign(PLAN, "G/4", "P1"), "G/4"),
        (Assign(PLAN, "G/0", "P1"), "G/0"),
        (Assign(PLAN, "G/01", "P1"), "G/01"),
        (Assign(PLAN, "X/1", "P1"), "X/1"),
        (Assign(PLAN, "G", "P1"), "a seat of this plan"),
        (Move(PLAN, "P1", "G/2", "G/3"), "P2 is there now"),
        (Move(PLAN, "P1", "G/1", "G/2"), "P2 is there: swap"),
        (Swap(PLAN, "G/1", "G/3"), "G/3"),
    ],
)
def test_duties_that_cannot_be_are_refused(store: Store, its: str, operation, match: str) -> None:
    with_plan(store, its)
    with pytest.raises(StoreError, match=match):
        apply(store, its, operation, who=ANN, seen=0)
    assert duties(store, its) == {}


def test_names_are_one_line(store: Store, its: str) -> None:
    apply(store, its, Rename(" ../../etc \n x\x00 "), who=ANN, seen=0)
    assert rows_of(store, its)[NAME] == "../../etc x"
    assert apply(store, its, Rename("   "), who=ANN, seen=1) == 1
