"""Files that commands leave behind: written whole or not at all, never over what is not ours, one run at a time."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from geodata.routing.store import default_cache
from scenarios import locking
from scenarios.errors import Fault, ScenarioError

HEAD = "Written by vedette"
"""Stands near the start of every single file that a command writes where the user says; such a file may be replaced."""

_HEAD_WITHIN = 300


def write_whole(path: Path, data: str | bytes) -> Path:
    """Write a file so that a reader sees the old one or the new one, and never a part."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data.encode("utf-8") if isinstance(data, str) else data)
        Path(name).chmod(0o666 & ~_umask())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return path


def _umask() -> int:
    """The bits that new files of this process do without."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def refuse_others(paths: Iterable[Path], *, force: bool = False) -> None:
    """Refuse to write over files that no command of ours wrote.

    Raises
    ------
    ScenarioError
        Every such file, and folders in the way; ``force`` passes files over.
    """
    faults = []
    for path in paths:
        if path.is_dir():
            faults.append(Fault("--out", None, "", str(path), "a file; this is a folder", "name a file in it"))
        elif path.exists() and not force and not _is_ours(path):
            expected = "a new file, or one that this command wrote before"
            faults.append(Fault("--out", None, "", str(path), expected, "name another file, or give --force"))
    if faults:
        raise ScenarioError(faults)


def _is_ours(path: Path) -> bool:
    with path.open("rb") as file:
        return HEAD.encode() in file.read(_HEAD_WITHIN)


@contextmanager
def claimed(folder: Path | None) -> Iterator[None]:
    """Hold an output folder while a command plans for it and writes into it; None holds nothing.

    Raises
    ------
    ScenarioError
        Another run holds it: papers of two plans in one folder could not be told apart.
    """
    lock = None if folder is None else _lock_of(folder)
    if folder is None or lock is None:
        yield
        return
    with locking.attempt(lock) as mine:
        if not mine:
            expected = "a folder that no other run is writing into"
            remedy = "wait until that run has ended, or name another folder"
            raise ScenarioError([Fault("--out", None, "", str(folder), expected, remedy)])
        yield


def _lock_of(folder: Path) -> Path | None:
    """The lock of a folder, beside the caches so that no output folder is littered; None where none can be kept."""
    name = hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:32]
    place = default_cache("locks")
    try:
        place.mkdir(parents=True, exist_ok=True)
        path = place / f"{name}.lock"
        path.touch()
    except OSError:
        return None
    return path
