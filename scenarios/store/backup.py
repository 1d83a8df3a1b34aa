"""The whole store as one file and back, from and to either database.

A backup is a store in an SQLite file: what one query saw at one moment. To restore is to put its rows in the place of
those that are there, in one transaction, so that others who have the store open see either all of it or nothing, and
so that a crash in between leaves it as it was. What was there is kept aside in the same transaction.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Table, delete, func, insert, select

from scenarios import jobs
from scenarios.store.errors import StoreError, refuse
from scenarios.store.guards import lift_guards, set_guards
from scenarios.store.place import Store, file_url, open_at
from scenarios.store.tables import BLOBS, METADATA, PROJECTS, SCENARIOS, TRAIL, VERSIONS
from scenarios.store.trail import WHOLE, note
from scenarios.tongue import say as _

_AT_ONCE = 500


@dataclass(frozen=True)
class Copied:
    """What was copied, and where the store that was there before is kept, if there was any."""

    scenarios: int
    entries: int
    aside: Path | None = None


def backup(store: Store, path: Path, *, who: str, force: bool = False) -> Copied:
    """Write the whole store into a file.

    Raises
    ------
    StoreError
        The file is there already and ``force`` is not given, or cannot be written.
    """
    if path.exists() and not force:
        raise refuse(path.name, _("a file that is not there yet"), _("name another, or add --force"))
    with store.reading() as conn:
        done = _write(conn, path)
    with store.writing() as conn:
        note(conn, WHOLE, who, "backup", f"A backup is written: {path.name}.", after={"backup/file": path.name})
    return done


def restore(store: Store, path: Path, *, who: str, force: bool = False) -> Copied:
    """Put a backup in the place of the store; what was there is kept aside.

    Raises
    ------
    StoreError
        The store is not empty and ``force`` is not given; or the file is no backup, damaged, or of a newer form.
    """
    with _sound_copy(path) as source, store.writing() as conn:
        if not store.is_file:
            names = ", ".join(table.name for table in METADATA.sorted_tables)
            conn.exec_driver_sql(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE")
        if not force and any(_count(conn, table) for table in (PROJECTS, SCENARIOS, VERSIONS)):
            raise refuse(store.place, _("an empty store"), _("add --force: what is there is kept aside"))
        full = _count(conn, TRAIL) > 0
        aside = jobs.home() / "backups" / f"before-restore-{jobs.new_id()}.db" if full else None
        if aside is not None:
            _write(conn, aside)
        lift_guards(conn)
        for table in reversed(METADATA.sorted_tables):
            conn.execute(delete(table))
        with source.reading() as its:
            _copy(its, conn)
        if not store.is_file:
            top = "SELECT setval(pg_get_serial_sequence('trail', 'id'), COALESCE(MAX(id), 0) + 1, false) FROM trail"
            conn.exec_driver_sql(top)
        set_guards(conn)
        kept = f" What was there is kept in {aside.name}." if aside else ""
        note(conn, WHOLE, who, "restored", f"The store is as in {path.name}.{kept}", after={"backup/file": path.name})
        return Copied(_count(conn, SCENARIOS), _count(conn, TRAIL), aside)


def _write(conn: Connection, path: Path) -> Copied:
    """The rows that a transaction sees, as a file; a reader of ``path`` never finds half of it."""
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        target = open_at(file_url(part))
        try:
            with target.writing() as its:
                _copy(conn, its)
                done = Copied(_count(its, SCENARIOS), _count(its, TRAIL))
        finally:
            target.close()
        with contextlib.closing(sqlite3.connect(part)) as raw:  # one file, without a log beside it
            raw.execute("PRAGMA journal_mode = DELETE")
        part.replace(path)
    except OSError as error:
        raise refuse(path.name, _("a folder that may be written"), error.strerror or str(error)) from None
    finally:
        for name in ("", "-wal", "-shm"):
            with contextlib.suppress(OSError):
                part.with_name(part.name + name).unlink(missing_ok=True)
    return done


def _copy(source: Connection, target: Connection) -> None:
    for table in METADATA.sorted_tables:
        # Files one by one: a map may be large.
        n = 1 if table is BLOBS else _AT_ONCE
        asked = select(table).order_by(*table.primary_key).execution_options(yield_per=n)
        for part in source.execute(asked).mappings().partitions(n):
            target.execute(insert(table), [dict(row) for row in part])


def _count(conn: Connection, table: Table) -> int:
    return int(conn.execute(select(func.count()).select_from(table)).scalar_one())


@contextmanager
def _sound_copy(path: Path) -> Iterator[Store]:
    """A copy of a backup in the newest form, checked; the file itself is only read."""
    if not path.is_file():
        raise refuse(path.name, _("a backup"), _("give the file that vedette store backup wrote"), value=str(path))
    log = path.with_name(path.name + "-wal")
    if log.is_file() and log.stat().st_size:
        raise refuse(path.name, _("a backup, not a store in use"), _("write one: vedette store backup FILE"))
    with tempfile.TemporaryDirectory(prefix="vedette-restore-") as folder:
        copy = Path(folder) / "copy.db"
        shutil.copyfile(path, copy)
        _check(copy, path.name)
        store = open_at(file_url(copy))
        try:
            yield store
        finally:
            store.close()


def _check(copy: Path, name: str) -> None:
    damaged: StoreError = refuse(name, _("a sound backup"), _("take another one: this is no store, or damaged"))
    try:
        with contextlib.closing(sqlite3.connect(copy)) as raw:
            said = raw.execute("PRAGMA integrity_check").fetchone()
            loose = raw.execute("PRAGMA foreign_key_check").fetchone()
            known = raw.execute("SELECT name FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
    except sqlite3.DatabaseError:
        raise damaged from None
    if said != ("ok",) or loose is not None or known is None:
        raise damaged
