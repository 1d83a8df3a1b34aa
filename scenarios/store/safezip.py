"""A zip file that came from somewhere: read with bounds, and only where it is what it says.

Nothing is ever written to the disk by a name that stands in it.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scenarios.store.errors import StoreError, refuse
from scenarios.tongue import say as _

MOST_MEMBERS = 20_000
MOST_BYTES = 2**30
"""All members together, unpacked."""
MOST_RATIO = 200
"""Tables and plans shrink to a twentieth; far more than that is a bomb."""
_FREE = 2**20
_CHUNK = 2**16
_KINDS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class SafeZip:
    """An open zip file whose members were judged by their names and sizes, and are read with a budget."""

    def __init__(self, file: zipfile.ZipFile, name: str, wanted: re.Pattern[str]) -> None:
        self._file = file
        self._name = name
        self._left = MOST_BYTES
        infos = [info for info in file.infolist() if not info.is_dir()]
        if len(infos) > MOST_MEMBERS:
            raise self.bad(_("at most {n} parts", n=MOST_MEMBERS), str(len(infos)))
        self._infos: dict[str, zipfile.ZipInfo] = {}
        for info in infos:
            if not wanted.fullmatch(info.filename):
                raise self.bad(_("only the parts of a scenario"), repr(info.filename))
            if info.filename in self._infos:
                raise self.bad(_("each part once"), repr(info.filename))
            if info.flag_bits & 0x1 or info.compress_type not in _KINDS:
                raise self.bad(_("plain parts, not encrypted ones"), repr(info.filename))
            self._infos[info.filename] = info
        if sum(info.file_size for info in infos) > MOST_BYTES:
            raise self.bad(_("at most {n} MiB in all", n=MOST_BYTES // 2**20), "")

    def bad(self, expected: str, value: str) -> StoreError:
        """The fault of a file that is not trusted."""
        return refuse(self._name, expected, _("nothing of it was taken in; ask for the file again"), value=value)

    @property
    def names(self) -> frozenset[str]:
        """The names of all parts."""
        return frozenset(self._infos)

    def read(self, name: str, most: int) -> bytes:
        """One part.

        Raises
        ------
        StoreError
            It is not there, larger than ``most`` or than it says, damaged, or a bomb.
        """
        info = self._infos.get(name)
        if info is None:
            raise self.bad(_("all of its parts"), repr(name))
        room = min(most, self._left, info.file_size)
        # What it says of itself is not believed: bytes are counted as they come.
        if info.file_size > room or (info.file_size > _FREE and info.file_size > MOST_RATIO * info.compress_size):
            expected = _(
                "at most {n} MiB in one part, packed {ratio} times at most", n=most // 2**20, ratio=MOST_RATIO
            )
            raise self.bad(expected, repr(name))
        content = bytearray()
        try:
            with self._file.open(info) as part:
                while chunk := part.read(_CHUNK):
                    content += chunk
                    if len(content) > room:
                        raise self.bad(_("parts as large as they say"), repr(name))
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError):
            raise self.bad(_("sound parts"), repr(name)) from None
        self._left -= len(content)
        return bytes(content)


@contextmanager
def open_zip(path: Path, wanted: re.Pattern[str]) -> Iterator[SafeZip]:
    """Open a zip file; ``wanted`` matches every name that it may hold."""
    try:
        file = zipfile.ZipFile(path)
    except FileNotFoundError:
        raise refuse(path.name, _("a file"), _("check the path"), value=str(path)) from None
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError):
        raise refuse(path.name, _("a file that vedette store export wrote"), _("ask for the file again")) from None
    with file:
        yield SafeZip(file, path.name, wanted)
