"""What was read of a map, kept on disk between runs: by content, safe against damage, other versions, planted code.

A file is the check sum of what follows, then a pickle of plain values, arrays and the few classes a ground consists
of. Nothing else is ever loaded from it. What cannot be read, for whatever reason, is made anew and said in the log.
"""

from __future__ import annotations

import hashlib
import io
import logging
import os
import pickle
import tempfile
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from geodata.osmkind import SUFFIXES
from geodata.saying import Later

logger = logging.getLogger(__name__)

T = TypeVar("T")

_FORMAT = "2"
"""Part of the key: raise it when the file's own form changes."""

_READERS = ("numpy", "osmium", "pandas", "pyproj", "shapely")
"""Packages whose version is part of the key: another one might read a map otherwise."""

_ROOM_BYTES = 1 << 30
"""Room for all that is kept; what was not used for longest goes first."""

_SUM_BYTES = 32

_CLASSES = {
    "geodata.background": ("Area", "Background", "Label"),
    "geodata.errors": ("Dropped", "Finding"),
    "geodata.ground": ("Ground",),
    "geodata.kept": ("_array", "_made", "_scalar"),
    "geodata.known": ("KnownIds",),
    "geodata.named": ("NamedThings",),
    "geodata.network": ("RoadNetwork",),
    "geodata.railparts": ("Posts", "RailAccess", "RailFeature", "RailLine", "RailLines", "RailSection",
                          "TrackAccess", "TrackWalk"),
    "geodata.railyards": ("LeftOut",),
    "geodata.saying": ("again",),
    "geodata.sites": ("KeySite", "SiteDoor"),
}  # fmt: skip
"""All that a kept file may name."""


def place_of(path: Path, asked: Mapping[str, Any], folder: Path) -> Path | None:
    """Where what is read of a map is kept; None where it is not, since its key could not say all that matters.

    Parameters
    ----------
    path
        The map. Only OpenStreetMap files are one file; GIS formats may have others beside them.
    asked
        Everything the reading depends on; plain values only.
    folder
        Where files are kept.
    """
    if not path.name.lower().endswith(SUFFIXES) or not _is_plain(list(asked.values())):
        return None
    digest = hashlib.sha256(repr((_FORMAT, path.name, sorted(asked.items()), _of_code())).encode())
    try:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    except OSError:
        return None  # reading it says what is wrong
    return folder / f"{digest.hexdigest()[:32]}.ground"


def _is_plain(value: object) -> bool:
    if isinstance(value, (tuple, list)):
        return all(_is_plain(one) for one in value)
    return value is None or isinstance(value, (str, int, float))


def _of_code() -> tuple[object, ...]:
    """The state of this package's files and the versions of what it reads with."""
    here = Path(__file__).parent
    stats = [(str(file.relative_to(here)), file.stat()) for file in sorted(here.rglob("*.py"))]
    return (*((name, its.st_size, its.st_mtime_ns) for name, its in stats), *map(_version, _READERS))


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def read_kept(file: Path, kind: type[T]) -> T | None:
    """What a file keeps; None if there is none, or it is damaged or holds something else."""
    try:
        raw = file.read_bytes()
        if hashlib.sha256(raw[_SUM_BYTES:]).digest() != raw[:_SUM_BYTES]:
            raise ValueError("its check sum is not right")
        found = _Reader(io.BytesIO(raw[_SUM_BYTES:])).load()
        if not isinstance(found, kind):
            raise TypeError("it holds something else")
        os.utime(file)
    except FileNotFoundError:
        return None
    except Exception as why:  # noqa: BLE001 - a damaged pickle may fail in any way; the map itself is still there
        logger.warning("The kept ground %s is not used (%s); the map is read anew.", file.name, why)
        return None
    return found


def write_kept(file: Path, value: object) -> None:
    """Keep a value; a folder that cannot be written to costs time at the next start and nothing else."""
    packed = io.BytesIO()
    try:
        _Writer(packed, protocol=5).dump(value)
        body = packed.getvalue()
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=file.parent, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(hashlib.sha256(body).digest())
                out.write(body)
            Path(name).replace(file)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        _make_room(file)
    except (OSError, pickle.PicklingError) as why:
        logger.info("The ground could not be kept in %s: %s", file.parent, why)


def _make_room(newest: Path) -> None:
    found = [(path.stat(), path) for path in newest.parent.glob("*.ground")]
    room = _ROOM_BYTES
    for its, path in sorted(found, key=lambda one: (one[1] != newest, -one[0].st_mtime_ns)):
        room -= its.st_size
        if room < 0 and path != newest:
            path.unlink(missing_ok=True)


# ------------------------------------------------------------ the form
def _array(kind: str, shape: tuple[int, ...], data: bytes, writeable: bool) -> npt.NDArray[Any]:
    found: npt.NDArray[Any] = np.frombuffer(data, dtype=np.dtype(kind)).reshape(shape)
    return found.copy() if writeable else found


def _scalar(kind: str, data: bytes) -> Any:
    return np.frombuffer(data, dtype=np.dtype(kind))[0]


def _made(kind: type, values: tuple[object, ...]) -> object:
    """A dataclass again, without asking it anything: its values were sound when they were written."""
    made: object = object.__new__(kind)
    for field, value in zip(fields(kind), values, strict=True):
        object.__setattr__(made, field.name, value)
    return made


class _Writer(pickle.Pickler):
    """Arrays as bytes, dataclasses as their fields, nothing that was worked out later."""

    def reducer_override(self, value: Any) -> Any:
        if isinstance(value, np.ndarray):
            if value.dtype.hasobject:
                raise pickle.PicklingError("an array of objects")
            return _array, (value.dtype.str, value.shape, value.tobytes(), bool(value.flags.writeable))
        if isinstance(value, np.generic):
            return _scalar, (value.dtype.str, value.tobytes())
        if isinstance(value, Later):
            return value.__reduce__()
        if isinstance(value, type) or callable(value):
            return NotImplemented  # by name; the reader decides whether it may be named
        if is_dataclass(value):
            kind = type(value)
            if kind.__name__ not in _CLASSES.get(kind.__module__, ()):
                raise pickle.PicklingError(f"{kind.__name__} is not kept")
            stays = tuple(getattr(value, field.name) if field.init else {} for field in fields(value))
            return _made, (kind, stays)
        return NotImplemented


class _Reader(pickle.Unpickler):
    """Knows the classes a ground consists of and no other name."""

    def find_class(self, module: str, name: str) -> Any:
        if name not in _CLASSES.get(module, ()):
            raise pickle.UnpicklingError(f"it names {module}.{name}")
        return super().find_class(module, name)
