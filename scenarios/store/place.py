"""Where the store is, and how it is opened: a file in the data folder, or PostgreSQL by ``VEDETTE_STORE``.

SQLite runs with a write-ahead log, foreign keys, and a full sync at every commit: what was acknowledged is on the
disk. A writing transaction takes its lock at its first word, so that what it reads stays true until it ends.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from scenarios import jobs
from scenarios.store.errors import refuse, told
from scenarios.store.schema import newest, number_of, upgrade
from scenarios.tongue import say as _

#: How long a writer waits for another one.
BUSY_MS = 30_000
FILE = "store.db"
_PRAGMAS = (
    f"PRAGMA busy_timeout = {BUSY_MS}",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
)


@dataclass(frozen=True, eq=False)
class Store:
    """An open store in the newest form."""

    engine: Engine

    @property
    def place(self) -> str:
        """What people call it; without the password."""
        url = self.engine.url
        return Path(url.database or "").name if self.is_file else f"{url.database} on {url.host or 'this machine'}"

    @property
    def is_file(self) -> bool:
        """Whether it is a file on this machine."""
        return self.engine.dialect.name == "sqlite"

    @property
    def file(self) -> Path:
        """The file, where it is one."""
        return Path(self.engine.url.database or "")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Read one state of the store, whatever others write meanwhile."""
        with self._transaction(isolation_level=None if self.is_file else "REPEATABLE READ") as conn:
            yield conn

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Write: all of the block is kept, and on the disk when it ends, or nothing of it."""
        with self._transaction(vedette_write=True) as conn:
            yield conn

    @contextmanager
    def _transaction(self, **options: Any) -> Iterator[Connection]:
        try:
            with self.engine.connect() as bare:
                conn = bare.execution_options(**{k: v for k, v in options.items() if v is not None})
                with conn.begin():
                    yield conn
        except DBAPIError as error:
            raise told(error, self.place) from error

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()


def given_url() -> URL:
    """``VEDETTE_STORE``, else the file in the data folder.

    Raises
    ------
    StoreError
        The variable holds no address of a database that is known here.
    """
    text = os.environ.get("VEDETTE_STORE", "").strip()
    return url_of(text) if text else file_url(jobs.home() / FILE)


def file_url(path: Path) -> URL:
    """A file as an address."""
    return URL.create("sqlite", database=str(path.expanduser().resolve()))


def url_of(text: str) -> URL:
    """An address such as ``postgresql://user@host/name``, or the path of a file.

    Raises
    ------
    StoreError
        It is neither.
    """
    if "://" not in text:
        return file_url(Path(text))
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        url = None
    if url is not None and url.drivername in {"postgresql", "postgres", "postgresql+psycopg"} and url.database:
        return url.set(drivername="postgresql+psycopg")
    if url is not None and url.drivername == "sqlite" and url.database:
        return file_url(Path(url.database))
    expected = _("postgresql://USER@HOST/NAME, or the path of a file")
    # The text itself may hold a password: it is not repeated.
    raise refuse("VEDETTE_STORE", expected, _("mend the address, or unset it to use a file"))


def engine_of(url: URL) -> Engine:
    """An engine with our ways of beginning a transaction."""
    if url.drivername != "sqlite":
        return create_engine(url, pool_pre_ping=True, pool_recycle=1800, connect_args={"connect_timeout": 10})
    engine = create_engine(url)

    @event.listens_for(engine, "connect")
    def _set_up(raw: Any, _: Any) -> None:
        raw.isolation_level = None  # SQLAlchemy begins and ends transactions, not the driver
        for pragma in _PRAGMAS:
            raw.execute(pragma).close()

    @event.listens_for(engine, "begin")
    def _begin(conn: Connection) -> None:
        write = conn.get_execution_options().get("vedette_write")
        conn.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


def open_at(url: URL) -> Store:
    """Open a store, made or brought up to the newest form where that is needed.

    Raises
    ------
    StoreError
        It is newer than this program, no store at all, or the database does not answer.
    """
    if url.drivername == "sqlite":
        path = Path(url.database or "")
        with contextlib.suppress(OSError):  # a folder that cannot be made is told by the opening below
            path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_file() and path.stat().st_size and _head(path) != b"SQLite format 3\0":
            raise refuse(path.name, _("a store"), _("name another file; this one was not written by Vedette"))
    store = Store(engine_of(url))
    try:
        with store.reading() as conn:
            number = number_of(conn, store.place)
        if number < newest():
            with store.writing() as conn:  # from here on nobody else writes: look again
                number = number_of(conn, store.place)
                if store.is_file and 0 < number < newest():
                    _copy_aside(store, number)
                upgrade(conn, store.place)
    except BaseException:
        store.close()
        raise
    return store


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(16)


def _copy_aside(store: Store, number: int) -> None:
    """The file as it was before its steps, beside it; made once. The caller holds the lock for writing."""
    aside = store.file.with_name(f"{store.file.stem}-form-{number}.db")
    if aside.exists():
        return
    part = aside.with_name(aside.name + ".part")
    part.unlink(missing_ok=True)
    with store.engine.connect() as conn:  # VACUUM INTO wants no transaction around it
        raw: Any = conn.connection.dbapi_connection
        raw.execute("VACUUM INTO ?", (str(part),)).close()
    part.replace(aside)


_OPEN: dict[str, Store] = {}
_GUARD = threading.Lock()


def open_store() -> Store:
    """The store of this machine; opened once and kept."""
    url = given_url()
    name = url.render_as_string(hide_password=False)
    with _GUARD:
        known = _OPEN.get(name)
        if known is not None and (not known.is_file or known.file.is_file()):
            return known
        close_all()
        _OPEN[name] = open_at(url)
        return _OPEN[name]


def close_all() -> None:
    """Let go of every open store; the next question opens it again."""
    for store in _OPEN.values():
        store.close()
    _OPEN.clear()


atexit.register(close_all)
