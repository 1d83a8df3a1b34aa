"""One scenario as one file: all of it arrives elsewhere, contacts only when asked; a hostile file leaves nothing."""

import io
import json
import shutil
import struct
import zipfile
from pathlib import Path

import pytest

from scenarios.load import check, load_checked, read_raw
from scenarios.store import contacts, files, plans, safezip, shelf, versions
from scenarios.store.edits import apply, redo, steps, undo
from scenarios.store.errors import StoreError
from scenarios.store.operations import AddChange, Assign, Pin, Rename
from scenarios.store.parcel_in import take_in
from scenarios.store.parcel_out import export
from scenarios.store.place import Store, file_url, open_at
from scenarios.store.trail import read_trail
from scenarios.store.versions import Inputs
from scenarios.whatif import load_whatif
from tests.scenarios.store.samples import CLOSURE, SESSION, plan_body

JOB = "20260612-180000-0000abcd"


@pytest.fixture
def folder(tmp_path: Path, project_root: Path) -> Path:
    copy = tmp_path / "fair"
    shutil.copytree(project_root / "scenarios/library/crossroads", copy)
    return copy


def filled(store: Store, folder: Path) -> str:
    """A scenario with changes, a pin, a published plan with a duty set by hand, something undone, and contacts."""
    its = shelf.create(store, "Fair 市", who="Ann", parent=str(folder))
    apply(store, its, AddChange("session", SESSION, "a"), who="Ann", seen=0)
    inputs = Inputs(folder, (), shelf.read(store, its).rows)
    version = versions.keep(store, its, inputs, who="Ann", why="planned")
    plans.begin(store, JOB, its, version.id, who="Ann")
    plans.take_in(store, JOB, plan_body())
    plans.publish(store, JOB, who="Ben")
    apply(store, its, Pin("C01", "G"), who="Ben", seen=1)
    apply(store, its, Assign(JOB, "G/3", "C05"), who="Ann", seen=2)
    apply(store, its, Rename("Market"), who="Ann", seen=3)
    undo(store, its, who="Ann")
    contacts.set_contacts(store, its, {"C01": "+49 000 1"}, who="Ann")
    return its


@pytest.fixture
def its(small: Store, folder: Path) -> str:
    return filled(small, folder)


@pytest.fixture
def parcel(small: Store, its: str, folder: Path, tmp_path: Path) -> Path:
    path = tmp_path / "fair.vedette"
    export(small, its, Inputs(folder), path, who="Ann")
    return path


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory, project_root: Path) -> bytes:
    """The same, made once."""
    home = tmp_path_factory.mktemp("packed")
    store = open_at(file_url(home / "packed.db"))
    folder = project_root / "scenarios/library/crossroads"
    export(store, filled(store, folder), Inputs(folder), home / "fair.vedette", who="Ann")
    store.close()
    return (home / "fair.vedette").read_bytes()


@pytest.fixture
def sent(packed: bytes, tmp_path: Path) -> Path:
    """A file to spoil."""
    path = tmp_path / "sent.vedette"
    path.write_bytes(packed)
    return path


@pytest.fixture
def other(tmp_path: Path):
    """Another machine."""
    store = open_at(file_url(tmp_path / "other.db"))
    yield store
    store.close()


def nothing(_: str) -> None:
    """No parent is known there."""


def trail_of(store: Store, scenario: str):
    with store.reading() as conn:
        return read_trail(conn, scenario)


def test_all_of_it_arrives(small: Store, its: str, parcel: Path, other: Store, folder: Path) -> None:
    there = take_in(other, parcel, who="Eve", known=nothing)
    assert there == its
    old, new = shelf.read(small, its), shelf.read(other, its)
    assert (new.name, new.rows, new.revision) == (old.name, old.rows, old.revision)
    assert new.parent == ""
    assert new.base is not None
    assert load_checked(files.laid_out(other, new.base)).digest == load_checked(folder).digest
    assert [p.published_by for p in plans.plans_of(other, its)] == ["Ben"]
    assert plans.body_of(other, JOB) == plan_body()
    (version,) = versions.versions_of(other, its)
    assert version.content["changes"][0]["values"] == SESSION
    assert (files.laid_out(other, version.manifest) / "people.csv").is_file()
    before, after = trail_of(small, its), trail_of(other, its)
    assert [(e.at, e.who, e.text, e.before, e.after) for e in after[:-1]] == [
        (e.at, e.who, e.text, e.before, e.after) for e in before[: len(after) - 1]
    ]
    assert {len(e.origin) for e in after[:-1]} == {64}
    assert (after[-1].who, after[-1].what, after[-1].origin) == ("Eve", "imported", "")
    # Undo and redo go on where they were.
    assert steps(other, its, "Ann").redo == '"Fair 市" is now called "Market".'
    redo(other, its, who="Ann")
    assert shelf.read(other, its).name == "Market"


def test_contacts_stay_behind_unless_they_are_asked_for(
    small: Store, its: str, parcel: Path, other: Store, folder: Path
) -> None:
    take_in(other, parcel, who="Eve", known=nothing)
    assert contacts.contacts(other, its) == {}
    with zipfile.ZipFile(parcel) as file:
        assert not any(b"+49 000 1" in file.read(name) for name in file.namelist())
    with pytest.raises(StoreError, match="--force"):
        export(small, its, Inputs(folder), parcel, who="Ann", contacts=True)
    export(small, its, Inputs(folder), parcel, who="Ann", contacts=True, force=True)
    copy = take_in(other, parcel, who="Eve", known=nothing)
    assert contacts.contacts(other, copy) == {"C01": "+49 000 1"}
    assert not any("+49" in entry.text or "+49" in str(entry.after) for entry in trail_of(small, its))
    assert contacts.forget_all(other, copy, who="Eve") == 1
    assert contacts.contacts(other, copy) == {}


def test_twice_is_two_scenarios(parcel: Path, other: Store, its: str) -> None:
    first = take_in(other, parcel, who="Eve", known=nothing)
    second = take_in(other, parcel, who="Eve", known=nothing)
    assert first == its != second
    one, two = plans.plans_of(other, first), plans.plans_of(other, second)
    assert one[0].id == JOB != two[0].id
    sheets = {sheet for sheet, _ in shelf.read(other, second).rows}
    assert f"duties:{two[0].id}" in sheets
    assert f"duties:{JOB}" not in sheets
    # The undo of the copy goes to the copy's plan.
    undo(other, second, who="Ann")
    assert f"duties:{two[0].id}" not in {sheet for sheet, _ in shelf.read(other, second).rows}
    assert f"duties:{JOB}" in {sheet for sheet, _ in shelf.read(other, first).rows}


def test_where_the_parent_is_the_same_it_stays_the_parent(parcel: Path, other: Store, folder: Path) -> None:
    there = shelf.read(other, take_in(other, parcel, who="Eve", known=lambda _: Inputs(folder)))
    assert (there.parent, there.base) == (str(folder), None)
    with (folder / "people.csv").open("a", encoding="utf-8") as file:
        file.write("\n")
    there = shelf.read(other, take_in(other, parcel, who="Eve", known=lambda _: Inputs(folder)))
    assert (there.parent, there.base is None) == ("", False)


def test_unpacked_by_hand_it_is_a_scenario_folder_and_a_what_if(parcel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(parcel) as file:
        file.extractall(tmp_path / "by-hand")
    raw = read_raw(tmp_path / "by-hand" / "scenario")
    patched, _ = load_whatif(tmp_path / "by-hand" / "whatif.toml", raw)
    assert patched.tables["pins"][-1].values == {"person": "C01", "group": "G", "on": True}
    patched = patched.changed(tables={**patched.tables, "pins": ()})  # G is no seat group of this event
    assert check(patched).scenario.sessions[0].attendance == 400


def test_equal_scenarios_give_equal_bytes(small: Store, its: str, folder: Path, tmp_path: Path) -> None:
    """But for the entry that the first writing left in the trail."""
    export(small, its, Inputs(folder), tmp_path / "1.vedette", who="Ann")
    with zipfile.ZipFile(tmp_path / "1.vedette") as one:
        assert {info.date_time for info in one.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_map_outside_cannot_travel(small: Store, its: str, folder: Path, tmp_path: Path) -> None:
    shutil.move(folder / "crossroads.osm", tmp_path / "far.osm")
    text = (folder / "scenario.toml").read_text(encoding="utf-8")
    (folder / "scenario.toml").write_text(text.replace('"crossroads.osm"', '"../far.osm"'), encoding="utf-8")
    with pytest.raises(StoreError, match="a map inside the scenario's folder"):
        export(small, its, Inputs(folder), tmp_path / "x.vedette", who="Ann")
    assert not list(tmp_path.glob("x.vedette*"))


# ---------------------------------------------------------------- hostile files
def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist()}


def written(path: Path, content: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in content.items():
            file.writestr(name, data)
    return path


def listed(content: dict[str, bytes], change) -> dict[str, bytes]:
    """The parts with the list changed."""
    data = json.loads(content["vedette.json"])
    change(data)
    return {**content, "vedette.json": json.dumps(data).encode()}


def row(sheet: str, key: str, value):
    return lambda data: data["rows"].append({"sheet": sheet, "key": key, "value": value})


def entry_of(data, revision: int):
    return next(e for e in data["trail"] if e["revision"] == revision)


def rename_base(to: str):
    def change(data) -> None:
        data["base"][to] = data["base"].pop("people.csv")

    return change


BAD_LISTS = {
    "a newer form": (lambda d: d.update(format=2), "form 1 or older"),
    "an id that is a path": (lambda d: d.update(id="../../x"), "vedette"),
    "a stranger's field": (lambda d: d.update(evil=1), "evil"),
    "a path that climbs": (rename_base("../../etc/x"), "plain names below"),
    "an absolute path": (rename_base("/etc/x"), "plain names below"),
    "a device": (rename_base("nul.csv"), "plain names below"),
    "another content": (lambda d: d["base"].update({"people.csv": "0" * 64}), "all of its parts"),
    "a member outside": (lambda d: d["members"].update({d["base"]["people.csv"]: "../x"}), "all of its parts"),
    "a wrong content": (lambda d: d["members"].update({d["base"]["people.csv"]: "scenario/units.csv"}), "as they were"),
    "a change of no kind": (row("changes", "z", {"kind": "evil", "values": {}, "place": 9}), "a kind of change"),
    "a change without values": (row("changes", "z", {"kind": "session", "values": {}, "place": 9}), "values of a"),
    "a change without a place": (row("changes", "z", {"kind": "session", "values": SESSION}), "rows as a scenario"),
    "a sheet of no kind": (row("evil", "z", {"a": 1}), "rows as a scenario"),
    "a row twice": (row("changes", "a", {"kind": "session", "values": SESSION, "place": 1}), "each row once"),
    "a seat with a null byte": (row(f"duties:{JOB}", "G/\x001", {"person": "P"}), "id of a seat"),
    "a pin under another key": (row("pins", "x", {"person": "P", "group": "G", "on": True}), "rows as a scenario"),
    "no name": (lambda d: d.update(rows=[r for r in d["rows"] if r["sheet"] != "scenario"]), "the scenario's name"),
    "an undo that plants a row": (lambda d: entry_of(d, 1)["before"].update({"changes/a": {"kind": "evil"}}), "rows"),
    "a redo that plants a row": (lambda d: entry_of(d, 4)["after"].update({"scenario/name": 5}), "rows as a scenario"),
    "a write from nowhere": (lambda d: entry_of(d, 1)["after"].update({"changes/q": None}), "what stood there before"),
    "a revision twice": (lambda d: d["trail"].append(entry_of(d, 1)), "fits together"),
    "an edit without a write": (lambda d: d["edits"].append({"revision": 5, "who": "x", "state": "done"}), "fits"),
    "a plan of no version": (lambda d: d["plans"][0].update(version="20260612-180000-00000000"), "fits together"),
    "a revision to come": (lambda d: d.update(revision=1), "fits together"),
    "a moment that is none": (lambda d: d["trail"][0].update(at="yesterday"), "trail.0.at"),
}


@pytest.mark.parametrize("name", BAD_LISTS)
def test_a_bad_list_leaves_nothing(sent: Path, other: Store, tmp_path: Path, home: Path, name: str) -> None:
    change, match = BAD_LISTS[name]
    bad = written(tmp_path / "bad.vedette", listed(members(sent), change))
    if name == "an edit without a write":
        data = json.loads(members(bad)["vedette.json"])
        data["trail"] = [e for e in data["trail"] if e["revision"] != 5]
        bad = written(bad, {**members(bad), "vedette.json": json.dumps(data).encode()})
    with pytest.raises(StoreError, match=match):
        take_in(other, bad, who="Eve", known=nothing)
    assert shelf.shelf(other) == ()
    assert trail_of(other, None) == ()
    assert not (home / "cache").exists()


@pytest.mark.parametrize(
    "name", ["../evil", "/etc/evil", "scenario/../../evil", "evil", "files/x", "scenario\\evil", "plans/1.json"]
)
def test_a_part_of_another_name_is_refused(sent: Path, other: Store, tmp_path: Path, name: str) -> None:
    content = {**members(sent), name: b"x"}
    if name == "scenario/../../evil":  # the name's form is a part's; it is read by nobody and written nowhere
        take_in(other, written(tmp_path / "bad.vedette", content), who="Eve", known=nothing)
        assert not list(tmp_path.rglob("evil"))
        return
    with pytest.raises(StoreError, match="only the parts of a scenario"):
        take_in(other, written(tmp_path / "bad.vedette", content), who="Eve", known=nothing)


def test_bombs_are_refused_before_they_go_off(
    sent: Path, other: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = members(sent)
    packed = written(tmp_path / "bomb.vedette", {**content, "vedette.json": b" " * 2**24})
    with pytest.raises(StoreError, match="packed 200 times at most"):
        take_in(other, packed, who="Eve", known=nothing)
    monkeypatch.setattr(safezip, "MOST_BYTES", 1000)
    with pytest.raises(StoreError, match="MiB in all"):
        take_in(other, sent, who="Eve", known=nothing)
    monkeypatch.setattr(safezip, "MOST_BYTES", 2**30)
    monkeypatch.setattr(safezip, "MOST_MEMBERS", 3)
    with pytest.raises(StoreError, match="at most 3 parts"):
        take_in(other, sent, who="Eve", known=nothing)


def test_a_part_larger_than_it_says_is_refused(sent: Path, other: Store, tmp_path: Path) -> None:
    """The sizes in the directory are lies: 10 bytes, it says."""
    raw = bytearray(sent.read_bytes())
    at = raw.rindex(b"PK\x01\x02", 0, raw.rindex(b"vedette.json"))
    raw[at + 24 : at + 28] = struct.pack("<L", 10)
    bad = tmp_path / "lies.vedette"
    bad.write_bytes(raw)
    with pytest.raises(StoreError, match=r"sound parts|as large as they say|a sound vedette\.json"):
        take_in(other, bad, who="Eve", known=nothing)


@pytest.mark.parametrize("how", ["words", "cut", "flipped", "twice", "encrypted", "missing"])
def test_a_damaged_file_leaves_nothing(sent: Path, other: Store, tmp_path: Path, how: str) -> None:
    bad = tmp_path / "bad.vedette"
    raw = bytearray(sent.read_bytes())
    if how == "words":
        bad.write_text("no zip at all")
    elif how == "cut":
        bad.write_bytes(raw[: len(raw) // 2])
    elif how == "flipped":
        at = raw.index(b"scenario/crossroads.osm") + 200
        raw[at] ^= 0xFF
        bad.write_bytes(raw)
    elif how == "twice":
        buffer = io.BytesIO(raw)
        with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(buffer, "a") as file:
            file.writestr("vedette.json", b"{}")
        bad.write_bytes(buffer.getvalue())
    elif how == "encrypted":
        at = raw.rindex(b"PK\x01\x02")
        raw[at + 8] |= 1
        bad.write_bytes(raw)
    with pytest.raises(StoreError, match=r"bad\.vedette"):
        take_in(other, bad, who="Eve", known=nothing)
    assert shelf.shelf(other) == ()


def test_into_a_shared_store(parcel: Path, store: Store, its: str) -> None:
    """Both databases take the same file, and a second edit goes on from it."""
    there = take_in(store, parcel, who="Eve", known=nothing)
    assert apply(store, there, AddChange("closure", CLOSURE, "c"), who="Eve", seen=5) == 6
    assert shelf.read(store, there).name == "Fair 市"
