"""A lock on a file that the system lifts when its holder dies, however it dies."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedRandom
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    def _lock(file: BufferedRandom) -> bool:
        try:
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(file: BufferedRandom) -> bool:
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


@contextmanager
def attempt(path: Path) -> Iterator[bool]:
    """Try to hold ``path`` while the block runs; yields whether it worked."""
    path.touch()
    with path.open("r+b") as file:
        yield _lock(file)


@contextmanager
def take(path: Path) -> Iterator[None]:
    """Hold ``path`` while the block runs.

    Raises
    ------
    RuntimeError
        Another process holds it.
    """
    with attempt(path) as mine:
        if not mine:
            raise RuntimeError(f"{path.name} is held by another process")
        yield


@contextmanager
def wait_for(path: Path, every_s: float = 0.02) -> Iterator[None]:
    """Hold ``path`` while the block runs, once nobody else does."""
    while True:
        with attempt(path) as mine:
            if mine:
                yield
                return
        time.sleep(every_s)


def holds(path: Path) -> bool:
    """Whether some process holds ``path`` now."""
    if not path.is_file():
        return False
    with attempt(path) as mine:
        return not mine
