"""Drafts: changes of the pages become a what-if that the loader accepts, each can be taken back, names stay names."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios import drafts, jobs, standing
from scenarios.draft_patch import KINDS, patch_text, say, toml
from scenarios.rule_list import rule_list
from scenarios.tongue import speaking

START, END = "2026-06-12 18:30", "2026-06-12 23:00"


@pytest.fixture(autouse=True)
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of the test's own."""
    monkeypatch.setenv("VEDETTE_HOME", str(tmp_path))
    return tmp_path


CHANGES = {
    "session": {"id": "lanterns", "title": "Lantern concert", "start": START, "attendance": 400},
    "new_session": {
        "id": "added1",
        "title": 'A "quiet" walk',
        "site": "square",
        "kind": "other",
        "start": START,
        "end": END,
        "attendance": 90,
    },
    "absent": {"people": ["C05"], "names": ["Eve Example"], "start": START, "end": END},
    "away": {
        "people": ["C08"],
        "names": ["Hal"],
        "unit": "Crossroads Police",
        "category": "auxiliary",
    },
    "rule": {
        "name": "minimum_rest",
        "title": "Minimum rest",
        "mode": "hard",
        "importance": "important",
        "params": {"rest_h": 9.5},
    },
    "preset": {"names": ["uk-event"], "titles": ["Event in the United Kingdom"]},
    "closure": {
        "id": "closed1",
        "name": "市场街",
        "lon": 10.005,
        "lat": 50.0027,
        "radius_m": 30,
        "start": START,
        "end": END,
        "profiles": ["car"],
    },
    "incident": {
        "id": "incident-1900", "title": "Fallen tree", "place_name": "Market Square", "number": 2, "start": START,
        "end": END,
        "row": {"id": "incident-1900", "place": "square", "kind": "other", "start": START, "end": END, "need": 2,
                "importance": "must", "owner": "police", "lead": "C01"},
    },
    "perimeter": {
        "id": "ring1", "name": "Inner ring", "start": START, "end": END, "n": 2, "people": 5,
        "tables": {
            "close": [
                {"id": "ring1-g01-zu", "name": "hard", "start": START, "end": END, "lon": 10.005, "lat": 50.0027,
                 "radius_m": 6}
            ],
            "posts": [
                {"id": f"ring1-g0{n}", "name": f"G0{n}", "state": "candidate", "owner": "police", "lead": "C01",
                 "lon": 10.005 + n / 1000, "lat": 50.0027}
                for n in (1, 2)
            ],
            "seats": [
                {"id": "ring1-g02-wache", "place": "ring1-g02", "kind": "gate", "start": START, "end": END, "need": 3,
                 "importance": "must", "owner": "police", "lead": "C01"}
            ],
        },
        "lights": {"from": ["police"], "to": ["station"], "most_delay_s": 75},
    },
    "row": {
        "table": "people", "key": {"id": "C05"}, "title": "Eve Example", "values": {"rank": "sergeant"},
        "before": {"rank": "officer"}, "new": False,
    },
    "gone": {"table": "people", "key": {"id": "C08"}, "title": "Hal"},
    "setting": {"section": ["demand"], "title": "Demand", "values": {"reserve_pct": 20}, "before": {"reserve_pct": 10}},
}  # fmt: skip


def test_every_kind_is_tried_here() -> None:
    """A new kind of change needs its case below."""
    assert set(CHANGES) == set(KINDS)


def changed(kind: str):
    """The scenario after one change."""
    draft = drafts.add("crossroads", kind, CHANGES[kind])
    return drafts.loaded(drafts.find(draft.id)).scenario


def test_a_session_moves_and_grows() -> None:
    session = changed("session").sessions[0]
    assert (f"{session.start:%H:%M}", session.attendance) == ("18:30", 400)


def test_a_preset_is_taken_over() -> None:
    assert drafts.loaded(drafts.find("crossroads")).scenario.rules.get("weekly_rest") is None
    assert changed("preset").rules["weekly_rest"].mode == "hard"


def test_a_session_is_added() -> None:
    assert [s.title for s in changed("new_session").sessions] == [
        "Lantern concert",
        'A "quiet" walk',
    ]


def test_leave_is_noted() -> None:
    assert [row.person for row in changed("absent").absences] == ["C05"]


def test_people_stay_away_with_all_that_is_theirs() -> None:
    its = changed("away")
    assert "C08" not in {p.id for p in its.people}


def test_a_rule_is_changed_and_listed_so() -> None:
    line = next(r for r in rule_list(changed("rule")) if r.name == "minimum_rest")
    assert "9.5 h" in line.says
    assert next(p.value for p in line.parameters if p.name == "rest_h") == 9.5


def test_a_road_is_closed() -> None:
    closure = changed("closure").closures[-1]
    assert (closure.name, closure.radius_m, closure.lon) == ("市场街", 30, 10.005)


def test_a_perimeter_brings_closures_posts_seats_and_blue_lights() -> None:
    its = changed("perimeter")
    assert [c.id for c in its.closures] == ["ring1-g01-zu"]
    assert [p.id for p in its.posts][-2:] == ["ring1-g01", "ring1-g02"]
    assert [(s.place, s.need) for s in its.seats] == [("ring1-g02", 3)]
    lights = its.blue_lights
    assert (lights.origins, lights.to, lights.most_delay_s) == (("police",), ("station",), 75)


def test_two_perimeters_watch_all_their_ways() -> None:
    """A setting may stand only once: the ways of both are kept, with the longer patience."""
    other = {**CHANGES["perimeter"], "lights": {"from": ["police", "hall"], "to": ["clinic"], "most_delay_s": 60}}
    text = patch_text("x", "t", [("perimeter", CHANGES["perimeter"]), ("perimeter", other)])
    assert tomllib.loads(text)["blue_lights"] == {
        "from": ["police", "hall"], "to": ["station", "clinic"], "most_delay_s": 75
    }  # fmt: skip


def test_changes_add_up_and_each_can_be_taken_back() -> None:
    """Taking back the first leaves the second; the shipped scenario was never touched."""
    draft = drafts.add("crossroads", "session", CHANGES["session"])
    before = drafts.find(draft.id).revision
    draft = drafts.add(draft.id, "closure", CHANGES["closure"])
    assert drafts.find(draft.id).revision != before
    assert len(draft.changes) == 2
    draft = drafts.take_back(draft, draft.changes[0].id)
    its = drafts.loaded(drafts.find(draft.id)).scenario
    assert its.sessions[0].attendance == 250
    assert len(its.closures) == 1
    assert drafts.loaded(drafts.find("crossroads")).scenario.closures == ()


def test_the_last_word_on_a_rule_counts() -> None:
    """Twice the same rule would be no TOML at all."""
    first = {**CHANGES["rule"], "params": {"rest_h": 8.0}}
    text = patch_text("x", "t", [("rule", first), ("rule", CHANGES["rule"])])
    assert tomllib.loads(text)["rules"]["minimum_rest"]["params"] == {"rest_h": 9.5}


def test_names_are_only_shown() -> None:
    """A name like a path, a copy, and the end of a draft: nothing outside its own folder is touched."""
    draft = drafts.rename(
        drafts.add("crossroads", "session", CHANGES["session"]), "  ../../etc   x "
    )
    assert draft.name == "../../etc x"
    assert draft.folder.parent == jobs.home() / "drafts"
    copy = drafts.duplicate(draft)
    assert drafts.find(copy.id).label == "../../etc x (copy)"
    drafts.delete(draft)
    with pytest.raises(KeyError):
        drafts.find(draft.id)
    assert drafts.find(copy.id).draft is not None
    assert drafts.rename(copy, "   ") == copy


def test_sources_are_shipped_first_and_all_load() -> None:
    """Each shipped what-if is a source of its own, over its scenario."""
    found = drafts.sources()
    assert {"crossroads", "neubrandenburg"} <= {s.ref for s in found}
    for source in found:
        if source.patches:
            assert source.ref.startswith(f"{source.base}+")
        drafts.loaded(source)


def test_own_folders_are_found(house: Path, project_root: Path) -> None:
    """A scenario folder of one's own under the data folder is offered like a shipped one."""
    import shutil

    shutil.copytree(project_root / "scenarios/library/crossroads", house / "scenarios" / "mine")
    source = next(s for s in drafts.sources() if s.label == "mine")
    draft = drafts.add(source.ref, "session", CHANGES["session"])
    assert drafts.loaded(drafts.find(draft.id)).scenario.sessions[0].attendance == 400


def test_a_draft_over_a_what_if_keeps_both(house: Path, project_root: Path) -> None:
    """Patches go over each other in order."""
    import shutil

    mine = house / "scenarios" / "mine"
    shutil.copytree(project_root / "scenarios/library/crossroads", mine)
    (mine / "whatifs").mkdir(exist_ok=True)
    text = '# More people\nschema = 1\nbase = "crossroads"\n[[sessions]]\nid = "lanterns"\nattendance = 999\n'
    (mine / "whatifs" / "more-people.toml").write_text(text, encoding="utf-8")
    source = next(s for s in drafts.sources() if s.label == "mine: more people")
    assert source.about == "More people"
    draft = drafts.add(source.ref, "closure", CHANGES["closure"])
    its = drafts.loaded(drafts.find(draft.id)).scenario
    assert its.sessions[0].attendance == 999
    assert len(its.closures) == 1


plain = st.recursive(
    st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(plain)
def test_any_plain_value_comes_back_from_toml(value: object) -> None:
    """Whatever people type into a name."""
    assert tomllib.loads(f"v = {toml(value)}")["v"] == value


@pytest.mark.parametrize("kind", CHANGES)
def test_every_change_is_told_in_a_sentence(kind: str) -> None:
    assert say(kind, CHANGES[kind]).endswith(".")


def test_lists_of_a_change_are_set_as_the_language_sets_them() -> None:
    """Names and categories in Chinese, between Chinese commas."""
    away = {**CHANGES["away"], "people": ["C08", "C09"], "names": ["Hal", "Ike"]}
    assert "2 auxiliary fewer: Hal, Ike." in say("away", away)
    with speaking("zh"):
        told = say("away", away)
    assert "Hal、Ike" in told
    assert "辅警" in told


def test_an_edit_is_undone_and_done_again() -> None:
    """Through the store: the what-if beside it follows."""
    draft = drafts.add("crossroads", "session", CHANGES["session"])
    patch = drafts.find(draft.id).patches[-1]
    assert drafts.steps(draft).undo == "Lantern concert starts 2026-06-12 18:30, expects 400 people."
    drafts.undo(draft)
    assert drafts.find(draft.id).patches[-1] == patch
    assert drafts.loaded(drafts.find(draft.id)).scenario.sessions[0].attendance == 250
    drafts.redo(draft)
    assert drafts.loaded(drafts.find(draft.id)).scenario.sessions[0].attendance == 400


def test_two_tabs_do_not_overwrite_each_other_silently() -> None:
    """Both saw the same; the second is told, and keeps both."""
    seen = drafts.add("crossroads", "session", CHANGES["session"])
    drafts.add(seen.id, "closure", CHANGES["closure"], seen=seen.revision, who="Ann")
    with pytest.raises(drafts.Conflict) as caught:
        drafts.add(seen.id, "absent", CHANGES["absent"], seen=seen.revision, who="Ben")
    assert caught.value.difference.sentences()[0].startswith("Ann: 市场街 is closed")
    drafts.resolve(caught.value.difference, "both", who="Ben")
    its = drafts.loaded(drafts.find(seen.id)).scenario
    assert (len(its.closures), len(its.absences)) == (1, 1)


def test_drafts_kept_as_files_are_taken_in(house: Path) -> None:
    """The layout of before: nothing is lost, and what the pages show is the same."""
    import json

    folder = house / "drafts" / "20260101-120000-0000aaaa"
    folder.mkdir(parents=True)
    changes = [{"id": f"0{n}", "kind": kind, "values": values} for n, (kind, values) in enumerate(CHANGES.items())]
    data = {"schema": 1, "name": "Before", "parent": "crossroads", "changes": changes}
    (folder / "draft.json").write_text(json.dumps(data), encoding="utf-8")
    source = drafts.find(folder.name)
    assert (source.label, source.about) == ("Before", f"{len(CHANGES)} changes to crossroads")
    assert [(c.id, c.kind, c.values) for c in source.draft.changes] == [
        (c["id"], c["kind"], c["values"]) for c in changes
    ]
    assert json.loads((folder / "draft.json").read_text(encoding="utf-8")) == data


def test_a_draft_whose_folder_is_gone_leaves_the_others(house: Path, project_root: Path) -> None:
    """It is still listed and can be removed; opening it tells what is missing."""
    import shutil

    from scenarios.errors import ScenarioError

    mine = house / "scenarios" / "mine"
    shutil.copytree(project_root / "scenarios/library/crossroads", mine)
    ref = next(s.ref for s in drafts.sources() if s.label == "mine")
    draft = drafts.add(ref, "session", CHANGES["session"])
    shutil.rmtree(mine)
    source = drafts.find(draft.id)
    with pytest.raises(ScenarioError, match="mine"):
        drafts.loaded(source)
    assert standing.standings()[draft.id] == "draft"
    drafts.delete(draft)
    assert draft.id not in {s.ref for s in drafts.sources()}


def test_a_pin_goes_with_the_what_if() -> None:
    """So that loader and engines see it like a row of pins.csv."""
    from scenarios.store.operations import Pin

    draft = drafts.add("crossroads", "session", CHANGES["session"])
    drafts.edit(draft, Pin("C01", "x", on=False))
    text = drafts.find(draft.id).patches[-1].read_text(encoding="utf-8")
    assert tomllib.loads(text)["pins"] == [{"person": "C01", "group": "x", "on": False}]
