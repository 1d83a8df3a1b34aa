"""Backup and restore: from and to either database, never over something unseen, whole or not at all."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import select, text

from scenarios.store import backup, contacts, plans, projects, shelf
from scenarios.store.edits import apply, undo
from scenarios.store.errors import StoreError
from scenarios.store.guards import WORDS
from scenarios.store.operations import AddChange, Rename
from scenarios.store.place import Store, file_url, open_at, url_of
from scenarios.store.tables import METADATA, TRAIL
from scenarios.store.trail import WHOLE, read_trail
from scenarios.store.unfinished import keep_fields
from tests.scenarios.store.samples import SESSION
from tests.scenarios.store.test_edits import PLAN, with_plan
from tests.scenarios.store.test_schema import OLD, first_form


def filled(store: Store) -> str:
    """Something in every table."""
    project = projects.create(store, "Summer", who="Ann")
    its = shelf.create(store, "Fair 市", who="Ann", parent="crossroads", project=project.id)
    apply(store, its, AddChange("session", SESSION, "a"), who="Ann", seen=0)
    apply(store, its, Rename("Market"), who="Ben", seen=1)
    undo(store, its, who="Ben")
    with_plan(store, its)
    contacts.set_contacts(store, its, {"C01": "+49 000 1"}, who="Ann")
    keep_fields(store, "Ann", its, "incident", {"what": "Ast auf der Straße"})
    return its


def everything(store: Store):
    with store.reading() as conn:
        return {
            table.name: [tuple(row) for row in conn.execute(select(table).order_by(*table.primary_key))]
            for table in METADATA.sorted_tables
        }


def without_last(found):
    return {**found, "trail": found["trail"][:-1]}


def test_nothing_is_lost_on_the_way_there_and_back(store: Store, url: str, tmp_path: Path) -> None:
    """Into a file, into a fresh store of the other kind of database, and into the first one again."""
    its = filled(store)
    before = everything(store)
    assert all(before.values())
    first = tmp_path / "first.vdb"
    done = backup.backup(store, first, who="Ann")
    assert (done.scenarios, done.entries) == (1, len(before["trail"]))
    assert not [p for p in tmp_path.iterdir() if p.name.startswith("first.vdb") and p != first]
    other = open_at(file_url(tmp_path / "other.db"))
    backup.restore(other, first, who="Ben")
    assert without_last(everything(other)) == before
    apply(other, its, Rename("Elsewhere"), who="Ben", seen=3)
    second = tmp_path / "second.vdb"
    backup.backup(other, second, who="Ben")
    after = everything(other)
    other.close()
    apply(store, its, Rename("To be kept aside"), who="Ann", seen=3)
    done = backup.restore(store, second, who="Ben", force=True)
    # The backup's own entry was written after what it holds.
    assert without_last(everything(store)) == without_last(after)
    assert done.aside is not None
    aside = open_at(file_url(done.aside))
    assert shelf.read(aside, its).name == "To be kept aside"
    aside.close()
    # It goes on living: numbers count on, the trail is guarded, undo works.
    apply(store, its, Rename("Again"), who="Ben", seen=4)
    undo(store, its, who="Ben")
    assert shelf.read(store, its).name == "Elsewhere"
    with pytest.raises(StoreError, match=WORDS), store.writing() as conn:
        conn.execute(text("DELETE FROM trail"))
    with store.reading() as conn:
        whole = [(e.who, e.what) for e in read_trail(conn, WHOLE)]
        ids = list(conn.execute(select(TRAIL.c.id).order_by(TRAIL.c.id)).scalars())
    assert whole == [("Ann", "created"), ("Ben", "restored"), ("Ben", "restored")]
    assert len(set(ids)) == len(ids)
    assert plans.body_of(store, PLAN)


def test_nothing_is_written_over_unasked(small: Store, tmp_path: Path) -> None:
    filled(small)
    path = tmp_path / "b.vdb"
    path.write_text("mine")
    with pytest.raises(StoreError, match="--force"):
        backup.backup(small, path, who="Ann")
    assert path.read_text() == "mine"
    backup.backup(small, path, who="Ann", force=True)
    before = everything(small)
    with pytest.raises(StoreError, match="expected an empty store"):
        backup.restore(small, path, who="Ann")
    assert everything(small) == before


def test_a_backup_of_the_first_form_is_restored_in_the_newest(store: Store, tmp_path: Path) -> None:
    old = tmp_path / "old.vdb"
    first_form(str(old))
    content = old.read_bytes()
    backup.restore(store, old, who="Ann")
    assert shelf.read(store, OLD).name == "Old"
    assert old.read_bytes() == content


def damaged(path: Path, how: str) -> None:
    if how == "words":
        path.write_text("not a store")
    elif how == "cut":
        content = path.read_bytes()
        path.write_bytes(content[: len(content) // 2])
    elif how == "other":
        path.unlink()
        with sqlite3.connect(path) as raw:
            raw.execute("CREATE TABLE cats (name TEXT)")
        raw.close()
    elif how == "loose":
        with sqlite3.connect(path) as raw:
            raw.execute("DELETE FROM projects")
        raw.close()
    elif how == "missing":
        path.unlink()


@pytest.mark.parametrize("how", ["words", "cut", "other", "loose", "missing"])
def test_a_damaged_backup_changes_nothing(small: Store, tmp_path: Path, how: str) -> None:
    filled(small)
    path = tmp_path / "b.vdb"
    backup.backup(small, path, who="Ann")
    before = everything(small)
    damaged(path, how)
    with pytest.raises(StoreError, match=r"b\.vdb"):
        backup.restore(small, path, who="Ann", force=True)
    assert everything(small) == before


def test_a_backup_of_a_newer_form_changes_nothing(small: Store, tmp_path: Path) -> None:
    path = tmp_path / "b.vdb"
    backup.backup(small, path, who="Ann")
    with sqlite3.connect(path) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '0099'")
    raw.close()
    before = everything(small)
    with pytest.raises(StoreError, match="form"):
        backup.restore(small, path, who="Ann", force=True)
    assert everything(small) == before


def test_a_restore_that_fails_in_the_middle_leaves_all_as_it_was(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(store)
    path = tmp_path / "b.vdb"
    backup.backup(store, path, who="Ann")
    before = everything(store)

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(backup, "set_guards", broken)
    with pytest.raises(ZeroDivisionError):
        backup.restore(store, path, who="Ann", force=True)
    assert everything(store) == before
    with pytest.raises(StoreError, match=WORDS), store.writing() as conn:
        conn.execute(text("DELETE FROM trail"))


def test_a_file_store_in_use_is_no_backup(tmp_path: Path, small: Store) -> None:
    store = open_at(url_of(str(tmp_path / "used.db")))
    filled(store)
    with pytest.raises(StoreError, match="not a store in use"):
        backup.restore(small, tmp_path / "used.db", who="Ann")
    store.close()
