"""Files kept once by their content, and lists of them: what a version of a scenario consists of."""

from __future__ import annotations

import hashlib
import re
import secrets
import shutil
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

from sqlalchemy import Connection, Table, select
from sqlalchemy.dialects import postgresql, sqlite

from scenarios import jobs
from scenarios.raw import SETTINGS, TABLES, read_toml
from scenarios.store.errors import refuse
from scenarios.store.place import Store
from scenarios.store.tables import BLOBS, MANIFEST_FILES, MANIFESTS
from scenarios.tongue import say as _

MOST_FILE_BYTES = 512 * 2**20
"""A map of a whole country is smaller."""
OUTSIDE = "outside"
"""Folder for a map that does not lie in the scenario's own folder."""
PATCHES = "patches"
_NAME = re.compile(r"[^\x00-\x1f\x7f<>:\"/\\|?*]{1,120}")
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def sound_path(path: str) -> str:
    """A relative path that is the same file on every system, below the folder it is put into.

    Raises
    ------
    StoreError
        It is absolute, climbs out, or has a part that some system takes for something else.
    """
    parts = path.split("/")
    good = len(parts) <= 4 and all(
        _NAME.fullmatch(part) and part.strip(" .") == part and not _DEVICES.fullmatch(part) for part in parts
    )
    if not good:
        expected = _("plain names below the scenario's folder")
        raise refuse("file", expected, _("this file is left alone"), value=repr(path))
    return path


def put(conn: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Insert what is not there yet; somebody else may be putting the same."""
    if not rows:
        return
    kind = sqlite if conn.dialect.name == "sqlite" else postgresql
    for row in rows:
        conn.execute(kind.insert(table).values(row).on_conflict_do_nothing())


def keep_bytes(conn: Connection, content: bytes) -> str:
    """Keep a file's content; returns its SHA-256."""
    if len(content) > MOST_FILE_BYTES:
        expected = _("at most {n} MiB in one file", n=MOST_FILE_BYTES // 2**20)
        raise refuse("file", expected, _("clip the map: vedette map --clip"))
    sha = hashlib.sha256(content).hexdigest()
    if conn.execute(select(BLOBS.c.sha256).where(BLOBS.c.sha256 == sha)).first() is None:
        put(conn, BLOBS, [{"sha256": sha, "content": content}])
    return sha


def read_bytes(conn: Connection, sha: str) -> bytes:
    """The content of a kept file."""
    return bytes(conn.execute(select(BLOBS.c.content).where(BLOBS.c.sha256 == sha)).scalar_one())


def manifest_id(files: Mapping[str, str]) -> str:
    """SHA-256 over paths and contents, in the order of the paths."""
    text = "".join(f"{sha} {path}\n" for path, sha in sorted(files.items()))
    return hashlib.sha256(text.encode()).hexdigest()


def keep_list(conn: Connection, files: Mapping[str, str]) -> str:
    """Keep a list of files (path -> SHA-256 of what is kept already); returns its id."""
    name = manifest_id(files)
    put(conn, MANIFESTS, [{"id": name}])
    put(conn, MANIFEST_FILES, [{"manifest": name, "path": sound_path(p), "sha256": s} for p, s in files.items()])
    return name


def keep_files(conn: Connection, files: Mapping[str, Path]) -> str:
    """Keep files from the disk under the given paths; returns the list's id.

    Of one that is too large only the name and SHA-256 are kept (``NAME.left-out``): a plan of a whole country is still
    told apart from others, its map must be kept elsewhere.
    """
    kept = {}
    for path, where in files.items():
        if where.stat().st_size > MOST_FILE_BYTES:
            kept[f"{path}.left-out"] = keep_bytes(conn, f"{sha_of(where)}\n".encode())
        else:
            kept[path] = keep_bytes(conn, where.read_bytes())
    return keep_list(conn, kept)


def files_of(conn: Connection, manifest: str) -> dict[str, str]:
    """Path -> SHA-256."""
    asked = select(MANIFEST_FILES.c.path, MANIFEST_FILES.c.sha256).where(MANIFEST_FILES.c.manifest == manifest)
    return {row.path: row.sha256 for row in conn.execute(asked.order_by(MANIFEST_FILES.c.path))}


def scenario_files(folder: Path) -> dict[str, Path]:
    """What belongs to a scenario folder: settings, tables, map, what-ifs, and texts beside them."""
    found = {name: folder / name for name in (SETTINGS, *(f"{table}.csv" for table in TABLES))}
    found |= {f"whatifs/{path.name}": path for path in sorted((folder / "whatifs").glob("*.toml"))}
    found |= {path.name: path for pattern in ("*.txt", "*.md") for path in sorted(folder.glob(pattern))}
    settings = folder / SETTINGS
    stat = settings.stat() if settings.is_file() else None
    name = "" if stat is None else _map_of(str(settings), stat.st_mtime_ns, stat.st_size)
    if name:
        where = (folder / name).resolve()
        inside = where.is_relative_to(folder.resolve())
        shown = where.relative_to(folder.resolve()).as_posix() if inside else f"{OUTSIDE}/{where.name}"
        found[shown] = where
    return {sound_path(name): path for name, path in found.items() if path.is_file()}


@lru_cache(maxsize=512)
def _map_of(path: str, mtime_ns: int, size: int) -> str:  # noqa: ARG001 - the key of the memory
    """The map that settings name, read again only when they were written again."""
    settings, _ = read_toml(Path(path), [], [])
    its = settings.get("map")
    name = its.get("file") if isinstance(its, dict) else None
    return name if isinstance(name, str) else ""


def matters(path: str) -> bool:
    """Whether a plan depends on a file of a scenario folder."""
    return not (path.startswith("whatifs/") or PurePosixPath(path).suffix in {".txt", ".md"})


def digest_of(files: Mapping[str, Path], patches: Iterable[Path] = ()) -> str:
    """SHA-256 over all that a plan depends on in a folder and the patches laid over it, in their order."""
    shas = {name: sha_of(path) for name, path in files.items() if matters(name)}
    shas |= {f"{PATCHES}/{n}.toml": sha_of(path) for n, path in enumerate(patches, start=1)}
    return manifest_id(shas)


def sha_of(path: Path) -> str:
    """SHA-256 of a file on the disk; read again only when it was written again."""
    stat = path.stat()
    return _sha(str(path), stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=512)
def _sha(path: str, mtime_ns: int, size: int) -> str:  # noqa: ARG001 - the key of the memory
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def laid_out(store: Store, manifest: str) -> Path:
    """The files of a list in a folder of this machine, for everything that reads scenario folders."""
    folder = jobs.home() / "cache" / "scenarios" / manifest
    if folder.is_dir():
        return folder
    part = folder.with_name(f"{manifest}.{secrets.token_hex(4)}.part")
    try:
        with store.reading() as conn:
            for path, sha in files_of(conn, manifest).items():
                where = part / sound_path(path)
                where.parent.mkdir(parents=True, exist_ok=True)
                where.write_bytes(read_bytes(conn, sha))
        try:
            part.rename(folder)
        except OSError:
            if not folder.is_dir():  # else another process was first, with the same files
                raise
    finally:
        shutil.rmtree(part, ignore_errors=True)
    # Nothing here is edited in place: what somebody changes by hand would be lost with the cache.
    for one in folder.rglob("*"):
        if one.is_file():
            one.chmod(0o444)
    return folder
