"""Versions and plans: draft, planned, stale and published by content; what is published stands in the trail."""

import os
import shutil
from pathlib import Path

import pytest

from scenarios.load import load_checked
from scenarios.store import files, plans, seats, shelf, versions
from scenarios.store.edits import apply, undo
from scenarios.store.errors import StoreError
from scenarios.store.operations import AddChange, Assign, Pin, Rename
from scenarios.store.place import Store
from scenarios.store.plans import standing
from scenarios.store.rows import CHANGES
from scenarios.store.trail import read_trail
from scenarios.store.versions import Inputs
from tests.scenarios.store.samples import CLOSURE, SESSION, plan_body

JOB, LATER = "20260612-180000-0000abcd", "20260612-190000-0000abcd"


@pytest.fixture
def folder(tmp_path: Path, project_root: Path) -> Path:
    """A scenario folder of one's own."""
    copy = tmp_path / "fair"
    shutil.copytree(project_root / "scenarios/library/crossroads", copy)
    return copy


def now(store: Store, its: str, folder: Path, *patches: Path) -> Inputs:
    return Inputs(folder, patches, shelf.read(store, its).rows)


def made(store: Store, its: str, folder: Path, job: str) -> None:
    """A plan made from the scenario as it is."""
    version = versions.keep(store, its, now(store, its, folder), who="Ann", why="planned")
    plans.begin(store, job, its, version.id, who="Ann")
    plans.take_in(store, job, plan_body())


def state(store: Store, its: str, folder: Path) -> str:
    return standing(now(store, its, folder).digest(), plans.plans_of(store, its))


def test_from_draft_to_published_to_stale_and_back(store: Store, folder: Path) -> None:
    its = shelf.create(store, "Fair", who="Ann", parent=str(folder))
    assert state(store, its, folder) == "draft"
    version = versions.keep(store, its, now(store, its, folder), who="Ann", why="planned")
    plans.begin(store, JOB, its, version.id, who="Ann")
    assert state(store, its, folder) == "draft"  # the search has left nothing yet
    assert plans.waiting(store) == (JOB,)
    plans.take_in(store, JOB, plan_body())
    assert (state(store, its, folder), plans.waiting(store)) == ("planned", ())
    plans.publish(store, JOB, who="Ben")
    assert state(store, its, folder) == "published"
    apply(store, its, AddChange("session", SESSION, "a"), who="Ann", seen=0)
    assert state(store, its, folder) == "stale"
    undo(store, its, who="Ann")
    assert state(store, its, folder) == "published"
    with store.reading() as conn:
        (entry,) = [e for e in read_trail(conn, its) if e.what == "published"]
    assert (entry.who, entry.before["plan/published"], entry.after["plan/id"]) == ("Ben", None, JOB)


def test_a_new_name_makes_no_plan_stale_and_a_pin_does(store: Store, folder: Path) -> None:
    its = shelf.create(store, "Fair", who="Ann", parent=str(folder))
    made(store, its, folder, JOB)
    apply(store, its, Rename("Market"), who="Ann", seen=0)
    assert state(store, its, folder) == "planned"
    apply(store, its, Pin("C01", "G"), who="Ann", seen=1)
    assert state(store, its, folder) == "stale"
    made(store, its, folder, LATER)
    assert state(store, its, folder) == "planned"


@pytest.mark.parametrize("name", ["people.csv", "crossroads.osm", "scenario.toml"])
def test_a_file_that_changes_makes_the_plan_stale(small: Store, folder: Path, name: str) -> None:
    its = shelf.create(small, "Fair", who="Ann", parent=str(folder))
    made(small, its, folder, JOB)
    path = folder / name
    before = path.read_bytes()
    path.write_bytes(before + b"\n")
    assert state(small, its, folder) == "stale"
    path.write_bytes(before)
    os.utime(path, ns=(1, 1))
    assert state(small, its, folder) == "planned"
    (folder / "README.md").write_text("words")
    assert state(small, its, folder) == "planned"


def test_the_order_of_patches_counts(small: Store, folder: Path, tmp_path: Path) -> None:
    one, two = tmp_path / "1.toml", tmp_path / "2.toml"
    one.write_text("a = 1")
    two.write_text("a = 2")
    assert Inputs(folder, (one, two)).digest() != Inputs(folder, (two, one)).digest()


def test_a_version_is_whole_and_can_be_had_again(store: Store, folder: Path) -> None:
    """The folder is gone; the version still loads, and cannot be changed by accident."""
    its = shelf.create(store, "Fair", who="Ann", parent=str(folder))
    apply(store, its, AddChange("closure", CLOSURE, "b"), who="Ann", seen=0)
    first = versions.keep(store, its, now(store, its, folder), who="Ann", why="planned")
    assert versions.keep(store, its, now(store, its, folder), who="Ben", why="planned") == first
    digest = load_checked(folder).digest
    undo(store, its, who="Ann")
    second = versions.keep(store, its, now(store, its, folder), who="Ann", why="planned")
    assert [v.number for v in versions.versions_of(store, its)] == [1, 2]
    assert first.content["changes"] == [{"id": "b", "kind": "closure", "values": CLOSURE}]
    assert second.manifest == first.manifest
    shutil.rmtree(folder)
    laid = files.laid_out(store, first.manifest)
    assert load_checked(laid).digest == digest
    assert files.laid_out(store, first.manifest) == laid
    assert not (laid / "people.csv").stat().st_mode & 0o222


def test_a_plan_with_duties_set_by_hand_says_so(store: Store, folder: Path) -> None:
    its = shelf.create(store, "Fair", who="Ann", parent=str(folder))
    made(store, its, folder, JOB)
    body = plans.body_of(store, JOB)
    assert seats.by_hand(body, shelf.read(store, its).rows, JOB)["edited"] is False
    apply(store, its, Assign(JOB, "G/3", "P3"), who="Ann", seen=0)
    apply(store, its, Assign(JOB, "G/1", None), who="Ann", seen=1)
    data = seats.by_hand(body, shelf.read(store, its).rows, JOB)
    assert data["edited"] is True
    assert data["roster"]["duties"] == [{"seat": "G/2", "person": "P2"}, {"seat": "G/3", "person": "P3"}]
    assert plans.body_of(store, JOB) == body
    assert state(store, its, folder) == "planned"  # what was asked for has not changed


def test_plans_of_a_shipped_scenario_are_kept_under_its_name(small: Store, folder: Path) -> None:
    version = versions.keep(small, "crossroads", Inputs(folder), who="Ann", why="planned")
    plans.begin(small, JOB, "crossroads", version.id, who="Ann")
    assert standing(Inputs(folder).digest(), plans.every_plan(small)["crossroads"], {JOB}) == "planned"
    assert standing("0" * 64, plans.every_plan(small)["crossroads"], {JOB}) == "stale"
    assert standing("0" * 64, (), {JOB}) == "stale"  # a job that the store knows nothing about
    with pytest.raises(StoreError, match="a plan that was made"):
        plans.publish(small, JOB, who="Ann")
    with pytest.raises(StoreError, match="expected a plan"):
        plans.take_in(small, JOB, b"{}")
    with pytest.raises(KeyError):
        plans.publish(small, LATER, who="Ann")


def test_a_copy_has_the_changes_and_pins_and_no_history(store: Store) -> None:
    its = shelf.create(store, "Fair", who="Ann", parent="crossroads")
    apply(store, its, AddChange("session", SESSION, "a"), who="Ann", seen=0)
    apply(store, its, Pin("C01", "G"), who="Ann", seen=1)
    copy = shelf.read(store, shelf.duplicate(store, its, who="Ben"))
    old = shelf.read(store, its)
    assert (copy.name, copy.parent, copy.revision) == ("Fair (copy)", "crossroads", 0)
    assert shelf.changes_of(copy.rows) == shelf.changes_of(old.rows)
    assert shelf.pins_of(copy.rows) == shelf.pins_of(old.rows)
    assert undo(store, copy.id, who="Ben") is None
    apply(store, copy.id, Rename("Other"), who="Ben", seen=0)
    assert {one.name for one in shelf.shelf(store)} == {"Fair", "Other"}
    assert [key for sheet, key in copy.rows if sheet == CHANGES] == ["a"]


@pytest.mark.parametrize(
    "path",
    ["../x", "/x", "a/../b", "a//b", "C:/x", "a\\b", "", "a/", ".", "..", "con.csv", "x.", "x ", "a/b/c/d/e", "x\n"],
)
def test_paths_that_climb_or_mean_something_else_are_refused(path: str) -> None:
    with pytest.raises(StoreError, match="plain names below"):
        files.sound_path(path)


def test_a_map_outside_the_folder_is_still_kept(small: Store, folder: Path, tmp_path: Path) -> None:
    shutil.move(folder / "crossroads.osm", tmp_path / "far.osm")
    text = (folder / "scenario.toml").read_text(encoding="utf-8")
    (folder / "scenario.toml").write_text(text.replace('"crossroads.osm"', '"../far.osm"'), encoding="utf-8")
    assert "outside/far.osm" in files.scenario_files(folder)
    first = Inputs(folder).digest()
    with (tmp_path / "far.osm").open("a") as file:
        file.write("\n")
    assert Inputs(folder).digest() != first


def test_a_map_too_large_to_keep_blocks_no_plan(
    small: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its SHA-256 stands for it; everything else of the version is there."""
    monkeypatch.setattr(files, "MOST_FILE_BYTES", (folder / "crossroads.osm").stat().st_size - 1)
    version = versions.keep(small, "crossroads", Inputs(folder), who="Ann", why="planned")
    with small.reading() as conn:
        kept = files.files_of(conn, version.manifest)
        left_out = files.read_bytes(conn, kept["crossroads.osm.left-out"])
    assert left_out.decode().strip() == files.sha_of(folder / "crossroads.osm")
    assert "people.csv" in kept
    assert "crossroads.osm" not in kept
