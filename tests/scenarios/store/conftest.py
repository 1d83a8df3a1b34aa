"""Stores to try things on: a file, and a real PostgreSQL server of the test's own."""

import contextlib
import getpass
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine

from scenarios.store import place
from scenarios.store.place import Store, close_all, file_url, open_at, url_of

PATIENCE_S = 60.0
REAL_PRAGMAS = place._PRAGMAS


def _tool(name: str) -> str | None:
    """A program of PostgreSQL; Debian keeps them out of the path, the newest version last."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda p: int(p.parts[4].split(".")[0]))
    return str(found[-1]) if found else shutil.which(name)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A server on a socket in a folder of its own, nothing listening on the network; yields its address."""
    initdb, server = _tool("initdb"), _tool("postgres")
    if initdb is None or server is None:
        pytest.skip("no PostgreSQL on this machine (Debian: apt-get install postgresql)")
    # The server refuses to run as root: Debian's package brings a user for it.
    user = "postgres" if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="vedette-pg-"))
    try:
        if user is not None:
            try:
                shutil.chown(folder, user)
            except LookupError:
                pytest.skip("root may not run PostgreSQL, and there is no user postgres to run it")
        data = folder / "data"
        environment = {**os.environ, "LC_ALL": "C.UTF-8"}
        made = subprocess.run(
            [initdb, "-D", str(data), "-U", "vedette", "-A", "trust", "-E", "UTF8", "--no-sync"],
            user=user, cwd=folder, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert made.returncode == 0, made.stderr
        with (folder / "log.txt").open("wb") as log:
            child = subprocess.Popen(
                [server, "-D", str(data), "-k", str(folder), "-h", "", "-F", "-c", "max_connections=40"],
                user=user, cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT,
            )  # fmt: skip
        try:
            began = time.monotonic()
            while not _answers(folder):
                assert child.poll() is None, (folder / "log.txt").read_text()
                assert time.monotonic() - began < PATIENCE_S, (folder / "log.txt").read_text()
                time.sleep(0.05)
            yield f"postgresql://vedette@/postgres?host={folder}"
        finally:
            child.send_signal(signal.SIGQUIT)  # at once: nothing of it is kept
            child.wait(PATIENCE_S)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _answers(folder: Path) -> bool:
    import psycopg

    with contextlib.suppress(psycopg.OperationalError):
        psycopg.connect(f"host={folder} user=vedette dbname=postgres").close()
        return True
    return False


_count = iter(range(1_000_000))


@pytest.fixture(scope="session")
def postgres_engine(postgres: str) -> Iterator[Engine]:
    """The server as its owner sees it."""
    engine = create_engine(url_of(postgres), isolation_level="AUTOCOMMIT")
    yield engine
    engine.dispose()


@pytest.fixture
def postgres_url(postgres: str, postgres_engine: Engine) -> Iterator[str]:
    """An empty place in the server (a schema: made in no time, unlike a database); removed afterwards."""
    name = f"store_{next(_count)}"
    with postgres_engine.connect() as conn:
        conn.exec_driver_sql(f"CREATE SCHEMA {name}")
    yield f"{postgres}&options=-csearch_path%3D{name}"
    close_all()
    with postgres_engine.connect() as conn:
        conn.exec_driver_sql(f"DROP SCHEMA {name} CASCADE")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder of the test's own, and no store left open."""
    folder = tmp_path / "home"
    monkeypatch.setenv("VEDETTE_HOME", str(folder))
    monkeypatch.delenv("VEDETTE_STORE", raising=False)
    monkeypatch.setenv("VEDETTE_USER", getpass.getuser())
    # No test pulls the plug: those that kill processes start their own, which sync like anybody's.
    monkeypatch.setattr(place, "_PRAGMAS", (*REAL_PRAGMAS, "PRAGMA synchronous = OFF"))
    yield folder
    close_all()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty store, in each database."""
    if request.param == "sqlite":
        return str(tmp_path / "store.db")
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """An open store, in each database."""
    its = open_at(url_of(url))
    yield its
    its.close()


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Store]:
    """A store in a file, where the database makes no difference."""
    its = open_at(file_url(tmp_path / "small.db"))
    yield its
    its.close()
