"""Unpack archives of map files within bounds: what a map can be made of, folder by folder, and no more."""

from __future__ import annotations

import shutil
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Any

from geodata.errors import Fault, GeodataError
from geodata.saying import say

MAPS = (
    ".shp", ".gpkg", ".geojson", ".json", ".geojsonl", ".parquet", ".fgb", ".graphml", ".kml", ".gml", ".tab", ".mif",
    ".osm", ".pbf",
)  # fmt: skip
_BESIDE = (".dbf", ".shx", ".prj", ".cpg", ".dat", ".map", ".id", ".mid")
_MOST_BYTES = 2 * 2**30
_MOST_RATIO = 200
_SMALL = 64 * 2**20
_MOST_FILES = 10_000


def unpack(path: Path, folder: Path) -> list[Path]:
    """Unpack what can be part of a map from a ``.zip``, ``.kmz``, ``.tar`` or ``.tar.gz``.

    Files of one folder stay together, so that two layers of one name do not overwrite each other; nothing is ever
    written outside of ``folder``.

    Returns
    -------
    list of Path
        The maps among them, in the order of their names.

    Raises
    ------
    GeodataError
        Damaged or locked, no map inside, more than 2 GiB unpacked, or packed so tightly (200 to 1) that it can only be
        meant to fill a disk.
    """
    found: list[Path] = []
    others: list[str] = []
    rooms: dict[str, Path] = {}
    total = 0
    try:
        for name, size, packed_size, stream in _members(path):
            inside = PurePosixPath(name.replace("\\", "/"))
            low = inside.name.lower()
            if low.startswith(".") or "__MACOSX" in inside.parts:
                continue
            if not low.endswith(MAPS + _BESIDE):
                others.append(inside.name)
                continue
            total += size
            if total > _MOST_BYTES or (size > _SMALL and size > _MOST_RATIO * max(1, packed_size)):
                raise _too_large(path.name, inside.name, size)
            room = rooms.setdefault(str(inside.parent), folder / str(len(rooms)))
            room.mkdir(exist_ok=True)
            with stream() as source, (room / inside.name).open("wb") as target:
                _copy(source, target, size, path.name, inside.name)
            if low.endswith(MAPS):
                found.append(room / inside.name)
    except GeodataError:
        raise
    except Exception as error:  # noqa: BLE001 - damaged or locked archives raise all sorts of things
        raise damaged(path.name, str(error)) from None
    if not found:
        raise _no_map(path.name, others)
    return sorted(found, key=lambda p: (p.name, str(p)))


def _members(path: Path) -> Iterator[tuple[str, int, int, Any]]:
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as packed:
            for entry in packed.infolist()[:_MOST_FILES]:
                if not entry.is_dir():
                    yield entry.filename, entry.file_size, entry.compress_size, lambda e=entry: packed.open(e)
    else:
        whole = path.stat().st_size
        with tarfile.open(path) as tar:
            for k, member in enumerate(tar):
                if k >= _MOST_FILES:
                    return
                if member.isfile():
                    yield member.name, member.size, whole, lambda m=member: tar.extractfile(m)


def _copy(source: IO[bytes], target: IO[bytes], size: int, name: str, inside: str) -> None:
    """Copy at most the bytes that the archive's own table promises."""
    left = size
    while left > 0 and (block := source.read(min(left, 2**20))):
        target.write(block)
        left -= len(block)
    if source.read(1):
        raise _too_large(name, inside, size)


def _too_large(name: str, inside: str, size: int) -> GeodataError:
    return GeodataError(
        [Fault(say("{name} holds {inside} of {size:,.0f} MiB unpacked, which is not read from an archive", name=name,
                   inside=inside, size=size / 2**20),
               expected=say("at most 2 GiB in all, packed less than 200 to 1"),
               mend=say("If it is a map, unpack it and give the file itself."))]
    )  # fmt: skip


def _no_map(name: str, others: list[str]) -> GeodataError:
    held = say("it is empty")
    if others:
        names = ", ".join(others[:3])
        held = say("it holds {names}", names=names)
        if len(others) > 3:
            held = say("it holds {names} and more", names=names)
    packed = any(other.lower().endswith((".zip", ".gz", ".7z", ".rar")) for other in others)
    mend = say("Unpack the archive inside and give that.") if packed else say("Give the map file itself.")
    return GeodataError(
        [Fault(say("{name} holds no map ({held})", name=name, held=held),
               expected=say("a file among {endings}", endings=", ".join(MAPS)),
               mend=mend)]
    )


def damaged(name: str, why: str) -> GeodataError:
    """The error for a file that its own reader cannot read."""
    reason = why.strip().splitlines()[0] if why.strip() else say("no reason given")
    for folder in {str(Path(part).parent) for part in reason.replace("'", " ").split() if part.startswith("/")}:
        reason = reason.replace(folder + "/", "")  # where the file lies is no news to who gave it
    reason = reason.split("; It might help")[0]
    return GeodataError(
        [
            Fault(
                say("{name} cannot be read ({reason})", name=name, reason=reason[:200]),
                expected=say("a whole file of the format its name says"),
                mend=say("Export or download it again; it may be cut short."),
            )
        ]
    )


def copy_with_table(shape: Path, table: bytes | None, folder: Path) -> Path:
    """Copy a Shapefile with another attribute table in place of its own; returns the copy's ``.shp``."""
    for beside in shape.parent.iterdir():
        if beside.stem.lower() == shape.stem.lower() and beside.suffix.lower() in (".shx", ".prj"):
            shutil.copyfile(beside, folder / f"copy{beside.suffix.lower()}")
    shutil.copyfile(shape, folder / "copy.shp")
    if table is not None:
        (folder / "copy.dbf").write_bytes(table)
    return folder / "copy.shp"
