"""The form of a store: made new, brought up from the first, refused when newer; the trail that cannot be changed."""

import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import delete, text, update
from sqlalchemy.exc import DBAPIError

from scenarios.store import place, shelf
from scenarios.store.edits import apply, undo
from scenarios.store.errors import StoreError
from scenarios.store.guards import WORDS
from scenarios.store.operations import RemoveChange
from scenarios.store.place import Store, engine_of, file_url, open_at, open_store, url_of
from scenarios.store.schema import newest, number_of, upgrade
from scenarios.store.tables import METADATA, TRAIL
from scenarios.store.trail import read_trail
from tests.scenarios.store.conftest import REAL_PRAGMAS

GOLDEN = Path(__file__).parent / "golden" / "form1.sql"
OLD = "20260101-120000-0000beef"


def first_form(url: str) -> None:
    """A store as the first release left it, with a scenario of one change and one pin."""
    store = Store(engine_of(url_of(url)))
    with store.writing() as conn:
        assert upgrade(conn, "here", to=1) == (0, 1)
        for line in GOLDEN.read_text(encoding="utf-8").splitlines():
            conn.exec_driver_sql(line)
    store.close()


def test_the_tables_are_what_the_steps_make(store: Store) -> None:
    with store.reading() as conn:
        assert compare_metadata(MigrationContext.configure(conn), METADATA) == []
        assert number_of(conn, "here") == newest() >= 3


def test_a_store_of_the_first_form_opens_with_all_that_was_in_it(url: str) -> None:
    """The golden file: built by the first step alone, then opened as anybody would."""
    first_form(url)
    store = open_at(url_of(url))
    try:
        its = shelf.read(store, OLD)
        assert (its.name, its.parent, its.revision, its.base) == ("Old", "crossroads", 1, None)
        assert shelf.changes_of(its.rows) == [("aa", "session", {"attendance": 5, "id": "x", "title": "X"})]
        assert undo(store, OLD, who="Ann") == "X expects 5 people."
        assert apply_ends_there(store)
        with store.reading() as conn:
            assert compare_metadata(MigrationContext.configure(conn), METADATA) == []
            assert [e.what for e in read_trail(conn, OLD)] == ["edit", "undo"]
    finally:
        store.close()


def apply_ends_there(store: Store) -> bool:
    with pytest.raises(StoreError, match="taken back already"):
        apply(store, OLD, RemoveChange("aa"), who="Ann", seen=2)
    return True


def test_the_old_file_is_kept_beside_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    first_form(str(path))
    open_at(file_url(path)).close()
    aside = Store(engine_of(file_url(tmp_path / "store-form-1.db")))
    with aside.reading() as conn:
        assert number_of(conn, "aside") == 1
        assert conn.execute(text("SELECT count(*) FROM rows")).scalar_one() == 2
    aside.close()


@pytest.mark.parametrize("number", ["0099", "abc"])
def test_a_newer_store_is_refused_and_left_alone(url: str, number: str) -> None:
    open_at(url_of(url)).close()
    raw = Store(engine_of(url_of(url)))
    with raw.writing() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = :n"), {"n": number})
    with pytest.raises(StoreError, match=rf'schema "{number}": expected a store of form {newest()} or older'):
        open_at(url_of(url))
    with raw.reading() as conn:
        assert conn.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == number
    raw.close()


def test_files_that_are_no_store_are_refused(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as raw:
        raw.execute("CREATE TABLE cats (name TEXT)")
    raw.close()
    with pytest.raises(StoreError, match="this holds cats"):
        open_at(file_url(other))
    words = tmp_path / "words.db"
    words.write_text("not a database at all, only words")
    with pytest.raises(StoreError, match=r"words\.db"):
        open_at(file_url(words))
    assert words.read_text() == "not a database at all, only words"


@pytest.mark.parametrize("given", ["mysql://u:secret@h/x", "postgresql://u:secret@h", "://", "postgresql://u:secret@h:x/y"])
def test_an_address_that_is_none_is_refused_without_its_password(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEDETTE_STORE", given)
    with pytest.raises(StoreError, match="VEDETTE_STORE") as caught:
        open_store()
    assert "secret" not in str(caught.value)


def test_a_server_that_does_not_answer_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="a database that answers") as caught:
        open_at(url_of(f"postgresql://u:secret@/x?host={tmp_path}"))
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "change", [update(TRAIL).values(who="nobody"), delete(TRAIL), text("DELETE FROM trail WHERE id = 1")]
)
def test_the_database_itself_keeps_the_trail(store: Store, change) -> None:
    shelf.create(store, "Fair", who="Ann")
    with pytest.raises(StoreError, match=WORDS) as caught, store.writing() as conn:
        conn.execute(change)
    assert isinstance(caught.value.__cause__, DBAPIError)
    with store.reading() as conn:
        assert [e.who for e in read_trail(conn)] == ["Ann"]


def test_truncating_the_trail_is_refused_too(postgres_url: str) -> None:
    store = open_at(url_of(postgres_url))
    with pytest.raises(StoreError, match=WORDS), store.writing() as conn:
        conn.execute(text("TRUNCATE trail"))
    store.close()


def test_the_store_of_the_data_folder_is_opened_once(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place, "_PRAGMAS", REAL_PRAGMAS)
    assert open_store() is open_store()
    assert (home / "store.db").is_file()
    with open_store().reading() as conn:
        names = ("journal_mode", "foreign_keys", "synchronous")
        said = [conn.execute(text(f"PRAGMA {name}")).scalar() for name in names]
    assert said == ["wal", 1, 2]
