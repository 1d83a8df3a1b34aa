"""Edits of any row: one change a row, each edit undone by itself, other rows side by side, the same row a conflict."""

import tempfile
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios import drafts
from scenarios.draft_patch import patch_text, say
from scenarios.errors import ScenarioError
from scenarios.parsing import ROW_TYPES
from scenarios.placing.marks import wkt_of
from scenarios.store import edits, shelf
from scenarios.store.errors import StoreError
from scenarios.store.operations import AddChange
from scenarios.store.place import file_url, open_at
from scenarios.store.row_operations import PutSetting, RowEdit, RowGone, Rows, unlike
from scenarios.store.rows import CHANGES
from scenarios.tablewords import corners
from scenarios.tongue import speaking
from scenarios.whatif_form import KEYS

EVE, HAL = {"id": "C05"}, {"id": "C08"}
DRIVING = {"person": "C05", "qualification": "driving"}
LEAVE = {"person": "C05", "start": "2026-06-12 18:00", "end": "2026-06-12 20:00"}
NEW = {"name": "Ina Example", "unit": "police", "category": "sworn", "rank": "officer"}


@pytest.fixture(autouse=True)
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of the test's own."""
    monkeypatch.setenv("VEDETTE_HOME", str(tmp_path))
    return tmp_path


def its(draft: drafts.Draft):
    """The checked scenario of a draft."""
    return drafts.loaded(drafts.find(draft.id)).scenario


def said(draft: drafts.Draft) -> list[str]:
    """The list of changes as people read it."""
    return [say(change.kind, change.values) for change in drafts.find(draft.id).draft.changes]


def person(draft: drafts.Draft, ident: str):
    """One of the people."""
    return next((p for p in its(draft).people if p.id == ident), None)


def test_every_table_has_a_key() -> None:
    """Else its rows could be added, and never be changed."""
    assert set(KEYS) == set(ROW_TYPES)


def test_a_line_is_told_by_its_corners() -> None:
    """However many there are: list, toast and trail do not grow with them."""
    line = wkt_of([(10 + k * 1e-5, 50.002) for k in range(700)], closed=False)
    draft = drafts.put("crossroads", "sites", {"id": "square"}, {"line": line, "lon": ""}, title="Square")
    told = say(draft.changes[-1].kind, draft.changes[-1].values)
    assert told == "Site Square: line (700 corners), longitude 10.005250 → nothing."
    assert drafts.since(draft, 0)[-1].text == told
    other = wkt_of([(10.0, 50.0), (10.001, -50e-7), (10.002, 50.002)], closed=True)
    values = {"table": "closures", "title": "C", "values": {"shape": other}, "before": {"shape": line}}
    assert say("row", values) == "Closure C: shape redrawn (3 corners)."
    assert say("row", {**values, "values": {"shape": None}}) == "Closure C: shape 700 corners → nothing."
    assert corners("LINESTRING (1 2, 3e-05 4.5)") == 2
    assert corners("POLYGON ((0 0, 1 0, 1 1, 0 0), (0 0, 1 0, 1 1, 0 0))") == 6
    assert corners("MULTILINESTRING Z ((0 0 1, 1 0 1), (2 2 1, 3 3 1, 4 4 1))") == 5
    assert corners("Polygon Street (12)") is None
    with speaking("zh"):
        assert "700 个拐点" in say(draft.changes[-1].kind, draft.changes[-1].values)


def test_several_edits_of_a_row_are_one_change() -> None:
    draft = drafts.put("crossroads", "people", EVE, {"rank": "sergeant"}, title="Eve Example")
    draft = drafts.put(draft.id, "people", EVE, {"share_pct": "50", "tags": None}, title="Eve Example")
    assert said(draft) == [
        "Person Eve Example: rank officer → sergeant, share of hours (%) 50, restrictions no_standing → nothing."
    ]
    eve = person(draft, "C05")
    assert (eve.rank, eve.share_pct, eve.tags) == ("sergeant", 50, ())
    assert drafts.undo(draft) is not None
    assert said(draft) == ["Person Eve Example: rank officer → sergeant."]


def test_a_row_that_is_as_it_was_is_no_change() -> None:
    draft = drafts.put("crossroads", "people", EVE, {"rank": "sergeant"}, title="Eve")
    draft = drafts.put(draft.id, "people", EVE, {"rank": "officer"}, title="Eve")
    assert draft.changes == ()
    drafts.undo(draft)
    assert person(draft, "C05").rank == "sergeant"


def test_a_row_is_added_changed_and_forgotten_again() -> None:
    """What was only added here leaves nothing behind, with all that hangs on it."""
    draft = drafts.put("crossroads", "people", {"id": "X1"}, {**NEW, "seniority": ""}, title="Ina")
    draft = drafts.put(draft.id, "absences", {**LEAVE, "person": "X1"}, {"kind": "court"}, title="Ina")
    draft = drafts.put(draft.id, "people", {"id": "X1"}, {"rank": "sergeant"}, title="Ina")
    assert said(draft) == ["Absence Ina is added.", "Person Ina is added."]
    assert person(draft, "X1").rank == "sergeant"
    draft = drafts.remove(draft.id, "people", [{"id": "X1"}], ["Ina"])
    assert draft.changes == ()
    assert drafts.undo(draft) == "Person Ina is taken out."
    assert [row.kind for row in its(draft).absences] == ["court"]


def test_rows_are_taken_out_and_come_back() -> None:
    """A row that comes back is as it is said to be, not as it was."""
    draft = drafts.remove("crossroads", "people", [EVE, HAL], ["Eve", "Hal"])
    assert said(draft) == ["Person Eve is taken out.", "Person Hal is taken out."]
    assert person(draft, "C05") is None
    draft = drafts.put(draft.id, "people", EVE, {**NEW, "name": "Eva"}, title="Eva")
    assert (person(draft, "C05").name, person(draft, "C05").tags) == ("Eva", ())
    drafts.undo(draft)
    drafts.undo(draft)
    assert person(draft, "C05").tags == ("no_standing",)


def test_rows_without_an_id_go_by_what_tells_them_apart() -> None:
    draft = drafts.put("crossroads", "absences", LEAVE, {"kind": "training"}, title="Eve")
    draft = drafts.put(draft.id, "absences", LEAVE, {"kind": "medical"}, title="Eve")
    assert [(row.person, row.kind) for row in its(draft).absences] == [("C05", "medical")]
    draft = drafts.remove(draft.id, "absences", [LEAVE], ["Eve"])
    assert its(draft).absences == ()
    wish = {"person": "C06", "start": "2026-06-12 17:00", "end": "2026-06-13 00:00", "wish": "free"}
    before = len(its(draft).wishes)
    draft = drafts.put(draft.id, "wishes", wish, {"importance": "nice"}, title="x")
    draft = drafts.put(draft.id, "wishes", wish, {"importance": "important"}, title="x")
    assert [row.importance for row in its(draft).wishes][before:] == ["important"]
    with pytest.raises(StoreError, match="a row of absences by person and start and end"):
        drafts.put(draft.id, "absences", {"person": "C05"}, {"kind": "leave"}, title="Eve")


def test_a_paste_is_one_edit() -> None:
    rows = [({"id": f"X{n}"}, {**NEW, "name": f"New {n}"}, f"New {n}") for n in range(7)]
    draft = drafts.put_many("crossroads", "people", rows)
    assert len(draft.changes) == 7
    assert drafts.steps(draft).undo == "People: 7 rows."
    assert len(its(draft).people) == 19
    drafts.undo(draft)
    assert len(its(draft).people) == 12


def test_settings_and_lists_of_settings() -> None:
    draft = drafts.put_setting("crossroads", "demand", {"reserve_pct": 20, "per_gate": 3}, title="Demand")
    draft = drafts.put_setting(draft.id, "demand", {"per_gate": None}, title="Demand")
    draft = drafts.put_setting(draft.id, "", {"title": "Lantern night", "end": "2026-06-13 01:00"})
    draft = drafts.put_setting(draft.id, "rules.minimum_rest.params", {"rest_h": 9.5})
    draft = drafts.put(draft.id, "shifts", {"id": "late"}, {"start": "17:00", "hours": 7}, title="late")
    draft = drafts.put(draft.id, "shifts", {"id": "evening"}, {"hours": 6}, title="evening")
    scenario = its(draft)
    assert (scenario.demand.reserve_pct, scenario.demand.per_gate) == (20, 2)
    assert (scenario.title, f"{scenario.end:%d %H:%M}") == ("Lantern night", "13 01:00")
    assert scenario.rules["minimum_rest"].params["rest_h"] == 9.5
    assert [(shift.id, shift.hours) for shift in scenario.shifts] == [("evening", 6), ("late", 7)]
    assert "10 → 20" in said(draft)[0]
    assert said(draft)[-1] == "Shift evening: hours 7 → 6."
    draft = drafts.remove(draft.id, "shifts", [{"id": "late"}], ["late"])
    assert [shift.id for shift in its(draft).shifts] == ["evening"]
    with pytest.raises(StoreError, match="entries of shifts by their ids"):
        drafts.put_setting(draft.id, "", {"shifts": []})


def test_a_patch_is_done_from_top_to_bottom() -> None:
    """A row that another kind of change made is taken out after it, and an earlier edit does not win over a later."""
    session = {"id": "lanterns", "title": "Lantern concert", "attendance": 500}
    draft = drafts.put("crossroads", "sessions", {"id": "lanterns"}, {"attendance": 300}, title="Lantern concert")
    draft = drafts.add(draft.id, "session", session)
    assert its(draft).sessions[0].attendance == 500
    draft = drafts.put(draft.id, "sessions", {"id": "lanterns"}, {"attendance": 700}, title="Lantern concert")
    assert its(draft).sessions[0].attendance == 700
    times = {name: LEAVE[name] for name in ("start", "end")}
    draft = drafts.add(draft.id, "absent", {"people": ["C05"], "names": ["Eve"], **times})
    draft = drafts.remove(draft.id, "absences", [LEAVE], ["Eve"])
    assert its(draft).absences == ()


def test_different_rows_stand_side_by_side_and_the_same_row_is_a_conflict() -> None:
    seen = drafts.put("crossroads", "people", EVE, {"rank": "sergeant"}, title="Eve", who="Ann")
    drafts.put(seen.id, "people", HAL, {"rank": "sergeant"}, title="Hal", seen=seen.revision, who="Ben")
    drafts.put(seen.id, "absences", LEAVE, {}, title="Eve", seen=seen.revision, who="Cem")
    drafts.put_setting(seen.id, "demand", {"reserve_pct": 30}, seen=seen.revision, who="Ann")
    with pytest.raises(drafts.Conflict) as caught:
        drafts.put(seen.id, "people", HAL, {"share_pct": 50}, title="Hal", seen=seen.revision, who="Ann")
    assert caught.value.difference.clashes == ("Person Hal",)
    with pytest.raises(drafts.Conflict):
        drafts.remove(seen.id, "people", [HAL], ["Hal"], seen=seen.revision, who="Ann")
    *rows, setting = said(seen)
    assert rows == [
        "Person Eve: rank officer → sergeant.", "Person Hal: rank officer → sergeant.", "Absence Eve is added.",
    ]  # fmt: skip
    assert "10 → 30" in setting
    drafts.undo(seen, who="Ann")
    drafts.undo(seen, who="Ann")
    assert said(seen) == ["Person Hal: rank officer → sergeant.", "Absence Eve is added."]


def test_a_session_is_one_thing_whichever_way_it_is_changed() -> None:
    seen = drafts.put("crossroads", "people", EVE, {"rank": "sergeant"}, title="Eve")
    drafts.add(seen.id, "session", {"id": "lanterns", "title": "x", "attendance": 3}, seen=seen.revision, who="Ann")
    with pytest.raises(drafts.Conflict) as caught:
        drafts.put(seen.id, "sessions", {"id": "lanterns"}, {"attendance": 4}, title="x", seen=seen.revision, who="Ben")
    assert caught.value.difference.clashes == ("Session x",)


def kept_mine(seen: drafts.Draft, do) -> drafts.Draft:
    """Ann's edit over what Ben did meanwhile: she keeps hers."""
    with pytest.raises(drafts.Conflict) as caught:
        do(seen.id, seen=seen.revision, who="Ann")
    drafts.resolve(caught.value.difference, "mine", who="Ann")
    draft = drafts.find(seen.id).draft
    assert draft is not None
    return draft


def draft_of_two() -> drafts.Draft:
    """A draft that two people look at."""
    return drafts.put("crossroads", "people", EVE, {"rank": "sergeant"}, title="Eve", who="Ann")


def test_an_edit_of_a_row_that_another_took_out_goes_over_the_row_as_it_was_seen() -> None:
    """The row comes back with all that it had, and the edit is no new row with blanks."""
    seen = draft_of_two()
    drafts.remove(seen.id, "people", [HAL], ["Hal"], seen=seen.revision, who="Ben")
    draft = kept_mine(seen, lambda ref, **by: drafts.put(ref, "people", HAL, {"rank": "sergeant"}, title="Hal", **by))
    shipped = drafts.loaded(drafts.find("crossroads")).scenario
    was = next(p for p in shipped.people if p.id == "C08")
    assert person(draft, "C08") == was.model_copy(update={"rank": "sergeant"})
    assert said(draft)[-1] == "Person Hal: rank officer → sergeant."


def test_one_of_two_values_of_a_group_is_put_back_and_no_change_is_left() -> None:
    """By hand: the rule has two parameters of its own, and one is 4 h again; another group was not there at all."""
    two = {"params": {"longest_h": 12.0, "shortest_h": 4.0}}
    before = {"params": {"longest_h": 12.0, "shortest_h": 3.0}}
    assert unlike(two, before) == {"params": {"shortest_h": 4.0}}
    assert unlike({"params": {"shortest_h": 3}}, before) == {}
    assert unlike({"params": {"shortest_h": None}}, before) == {"params": {"shortest_h": None}}
    assert unlike({"params": {"x": None}}, {}) == unlike({"params": {"x": None}}, {"params": None}) == {}
    assert unlike({"params": {}, "mode": "off"}, before) == {"mode": "off"}
    section = ("rules", "police_lead_auxiliary")  # led and leading stand beside each other
    draft = drafts.put_setting("neubrandenburg", section, {"params": {"led": ["steward"]}})
    assert len(draft.changes) == 1
    assert drafts.put_setting(draft.id, section, {"params": {"led": ["auxiliary"]}}).changes == ()


def test_a_row_that_two_add_is_the_seconds_own_where_she_keeps_hers() -> None:
    """Whole, not only the cells in which it differs from the other's."""
    seen, ina = draft_of_two(), {"id": "C99"}
    drafts.put(seen.id, "people", ina, {**NEW, "name": "Bea Example"}, title="Bea", seen=seen.revision, who="Ben")
    draft = kept_mine(seen, lambda ref, **by: drafts.put(ref, "people", ina, NEW, title="Ina", **by))
    assert person(draft, "C99").name == "Ina Example"
    assert said(draft)[-1] == "Person Ina is added."


def test_who_takes_a_person_out_is_told_of_leave_that_another_has_just_entered() -> None:
    """It would go along, unseen and untold."""
    seen = draft_of_two()
    leave = {**LEAVE, "person": "C08"}
    drafts.put(seen.id, "absences", leave, {"kind": "leave"}, title="Leave of Hal", seen=seen.revision, who="Ben")
    with pytest.raises(drafts.Conflict) as caught:
        drafts.remove(seen.id, "people", [HAL], ["Hal"], seen=seen.revision, who="Ann")
    assert caught.value.difference.clashes == ("Absence Leave of Hal",)
    drafts.resolve(caught.value.difference, "mine", who="Ann")
    assert said(seen)[1:] == ["Person Hal is taken out."]
    drafts.undo(seen, who="Ann")
    assert said(seen)[1:] == ["Absence Leave of Hal is added."]


def test_a_setting_is_told_from_what_was_seen() -> None:
    """Ten stood there: neither the other's 20 nor a change that is none."""
    seen = draft_of_two()
    drafts.put_setting(seen.id, "demand", {"reserve_pct": 20}, seen=seen.revision, who="Ben")
    draft = kept_mine(seen, lambda ref, **by: drafts.put_setting(ref, "demand", {"reserve_pct": 30}, **by))
    assert "10 → 30" in said(draft)[-1]
    drafts.put_setting(seen.id, "demand", {"reserve_pct": 20}, who="Ben")
    draft = drafts.put_setting(seen.id, "demand", {"reserve_pct": 10}, who="Ann")
    assert said(draft) == ["Person Eve: rank officer → sergeant."]


@pytest.mark.parametrize(
    ("do", "told"),
    [
        (lambda: drafts.put("crossroads", "people", {"id": ""}, {"rank": "officer"}, title="x"), StoreError),
        (lambda: drafts.put("crossroads", "people", EVE, {"rank": "officer"}, title="Eve"), drafts.Unchanged),
        (lambda: drafts.put_setting("crossroads", "demand", {"reserve_pct": 10}), drafts.Unchanged),
        (lambda: drafts.add("crossroads", "teleport", {}), StoreError),
        (lambda: drafts.together("crossroads", []), drafts.Unchanged),
    ],
)
def test_what_is_refused_or_changes_nothing_begins_no_draft(do, told: type[StoreError]) -> None:
    before = [source.ref for source in drafts.sources()]
    with pytest.raises(told) as caught:
        do()
    assert type(caught.value) is told
    assert [source.ref for source in drafts.sources()] == before
    draft = draft_of_two()
    assert drafts.put(draft.id, "people", EVE, {"rank": "sergeant"}, title="Eve") == draft


def test_a_row_that_nobody_has_is_told_when_it_is_read(house: Path) -> None:
    """A faulty value is kept as it is typed, and told with its table and column."""
    draft = drafts.put("crossroads", "people", EVE, {"unit": "polcie"}, title="Eve")
    with pytest.raises(ScenarioError) as caught:
        its(draft)
    assert [(fault.field, fault.value) for fault in caught.value.faults] == [("unit", "polcie")]


# ---------------------------------------------------------------- any order
IDS = st.sampled_from(["a", "b"])
CELLS = st.dictionaries(st.sampled_from(["name", "rank", "tags"]), st.sampled_from(["x", "y", ""]), max_size=2)
PUT = st.builds(
    lambda i, v, new: RowEdit("people", {"id": i}, i, v, {} if new else dict.fromkeys(v, "x"), new),
    IDS, CELLS, st.booleans(),
)  # fmt: skip
GONE = st.builds(lambda i: RowGone("people", {"id": i}, i), IDS)
HANGS = st.builds(
    lambda i, v: RowEdit("ledger", {"person": i}, i, {"hours": v}, {"hours": "x"}), IDS, st.sampled_from(["x", "y"])
)
EDITS = st.one_of(
    st.builds(Rows, st.lists(PUT | HANGS, max_size=3), st.lists(GONE, max_size=2)),
    st.builds(lambda v: PutSetting(("demand",), {"n": v}, {"n": 1}), st.integers(0, 2)),
    st.builds(lambda v: PutSetting((), {"title": v, "map": {"file": v}}, {"title": "x"}), st.sampled_from(["x", "y"])),
    st.just(AddChange("session", {"id": "s", "title": "s", "attendance": 3}, "s")),
)


@given(st.lists(st.tuples(st.sampled_from(["ann", "ben"]), EDITS), max_size=8), st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_what_is_undone_in_any_order_leaves_what_was_there(todo, dice) -> None:
    """Two people put rows and undo each their own: all undone is the beginning, and each state writes a sound patch."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_at(file_url(Path(folder) / "s.db"))
        scenario = shelf.create(store, "x", who="ann")
        first = dict(shelf.read(store, scenario).rows)

        def now() -> dict:
            rows = dict(shelf.read(store, scenario).rows)
            changes = shelf.changes_of(rows)
            tomllib.loads(patch_text("b", "t", [(kind, values) for _, kind, values in changes]))
            named = [str(row["values"]["key"]) + row["values"]["table"] for key, row in rows.items()
                     if key[0] == CHANGES and "key" in row["values"]]  # fmt: skip
            assert len(named) == len(set(named)), "one change a row"
            return rows

        states = [first]
        for who, edit in todo:
            try:
                edits.apply(store, scenario, edit, who=who, seen=edits.revision_of(store, scenario))
            except StoreError:
                continue  # the session is there already
            if now() != states[-1]:
                states.append(now())
        left = ["ann", "ben"]
        stuck = 0
        while left and stuck < 4:
            who = dice.choice(left)
            try:
                if edits.undo(store, scenario, who=who) is None:
                    left.remove(who)
                stuck = 0
                now()
            except drafts.Conflict:
                stuck += 1
        if not left:
            assert now() == first
        else:  # each waits for the other: then both have written one row in turn
            assert len({who for who, _ in todo}) == 2
        store.close()
