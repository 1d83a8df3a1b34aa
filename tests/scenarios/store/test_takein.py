"""Drafts kept as files by an earlier Vedette: taken in once, nothing lost, nothing brought back from the dead."""

import json
from pathlib import Path

import pytest

from scenarios.store import shelf
from scenarios.store.edits import apply
from scenarios.store.operations import Rename
from scenarios.store.place import Store
from scenarios.store.takein import take_in
from scenarios.store.trail import read_trail
from tests.scenarios.store.samples import CLOSURE, SESSION

ONE, TWO = "20260101-120000-0000aaaa", "20260101-120000-0000bbbb"


def draft(folder: Path, draft_id: str, **changed: object) -> Path:
    data = {
        "schema": 1, "name": "Fair, changed", "parent": "crossroads+rain",
        "changes": [
            {"id": "0a", "kind": "session", "values": SESSION}, {"id": "0b", "kind": "closure", "values": CLOSURE},
        ],
        **changed,
    }  # fmt: skip
    path = folder / draft_id / "draft.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


def test_a_draft_is_taken_in_once_and_its_file_stays(
    store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = draft(tmp_path, ONE)
    content = path.read_bytes()
    assert take_in(store, tmp_path, who="Ann") == (ONE,)
    its = shelf.read(store, ONE)
    assert (its.name, its.parent) == ("Fair, changed", "crossroads+rain")
    assert shelf.changes_of(its.rows) == [("0a", "session", SESSION), ("0b", "closure", CLOSURE)]
    apply(store, ONE, Rename("Mine"), who="Ann", seen=0)
    draft(tmp_path, TWO, changes=[])
    assert take_in(store, tmp_path, who="Ann") == (TWO,)
    assert shelf.read(store, ONE).name == "Mine"
    assert path.read_bytes() == content
    assert caplog.text == ""
    with store.reading() as conn:
        assert [e.what for e in read_trail(conn, ONE)] == ["taken in", "edit"]


def test_a_removed_draft_does_not_come_back(store: Store, tmp_path: Path) -> None:
    draft(tmp_path, ONE)
    take_in(store, tmp_path, who="Ann")
    shelf.delete(store, ONE, who="Ann")
    assert take_in(store, tmp_path, who="Ann") == ()
    assert shelf.shelf(store) == ()


@pytest.mark.parametrize(
    "changed",
    [
        {"schema": 2},
        {"changes": [{"id": "0a", "kind": "evil", "values": {}}]},
        {"changes": [{"id": "0a", "kind": "session", "values": SESSION}] * 2},
        {"changes": 5},
        {"name": 3},
    ],
)
def test_what_cannot_be_read_is_left_alone_and_told(
    small: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture, changed: dict[str, object]
) -> None:
    path = draft(tmp_path, ONE, **changed)
    draft(tmp_path, TWO)
    assert take_in(small, tmp_path, who="Ann") == (TWO,)
    assert "is left alone" in caplog.text
    assert path.is_file()
