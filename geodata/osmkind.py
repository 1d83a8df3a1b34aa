"""What an OpenStreetMap file is, by its content and not by its name: packed or text, a map or something else."""

from __future__ import annotations

import bz2
import gzip
import mmap
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from geodata.errors import Fault, GeodataError
from geodata.saying import mark, say

SUFFIXES = (".osm", ".osm.pbf", ".pbf", ".osm.gz", ".osm.bz2")
_HEAD_BYTES = 4096
_CHUNK_BYTES = 1 << 20
_DELETED = re.compile(rb"""\b(?:visible\s*=\s*["']false["']|action\s*=\s*["']delete["'])""")
_REMARK = re.compile(rb"<remark>(.*?)</remark>", re.DOTALL)
_MAP = mark("a map of the area (.osm, .osm.pbf)")


@dataclass(frozen=True)
class OsmKind:
    """How to read a file.

    Attributes
    ----------
    format : str
        osmium's name of the format: ``pbf``, ``osm``, ``osm.gz``, ``osm.bz2``; empty where the name must tell.
    head : bytes
        Its first bytes, unpacked.
    """

    format: str
    head: bytes

    @property
    def is_text(self) -> bool:
        """Whether it is XML, packed or not."""
        return self.format.startswith("osm")


def kind_of_file(path: Path) -> OsmKind:
    """Tell the format of a file.

    Raises
    ------
    GeodataError
        It is a file of changes or an error message, or packed with something else inside.
    """
    with path.open("rb") as file:
        first = file.read(_HEAD_BYTES)
    if b"OSMHeader" in first[:64]:
        return OsmKind("pbf", first)
    packed = "osm.gz" if first[:2] == b"\x1f\x8b" else "osm.bz2" if first[:3] == b"BZh" else ""
    head = _unpacked_head(path, packed) if packed else first
    if head is None:  # damaged at once: osmium says how
        return OsmKind(packed, b"")
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if b"<osmChange" in head:
        raise GeodataError(
            [Fault(say("{name} is a file of changes, not a map", name=path.name), expected=say(_MAP),
                   mend=say("Apply it to the map that it belongs to (osmium apply-changes) and give the result."))]
        )  # fmt: skip
    remark = _REMARK.search(head)
    if remark and b"<node" not in head and b"<way" not in head:
        said = " ".join(remark[1].decode("utf-8", "replace").split())[:120]
        raise GeodataError(
            [Fault(say("{name} is an answer of Overpass without data ({said})", name=path.name, said=said),
                   expected=say(_MAP),
                   mend=say("Ask again, for a smaller area or with a longer timeout."))]
        )  # fmt: skip
    if packed and head and not text.startswith(b"<"):
        packed_map = b"OSMHeader" in head[:64]
        inside = say("a packed map (.osm.pbf)") if packed_map else say("no OpenStreetMap data")
        raise GeodataError(
            [Fault(say("{name} holds {inside} inside", name=path.name, inside=inside), expected=say(_MAP),
                   mend=say("Unpack it and give what is inside."))]
        )  # fmt: skip
    if b"<osm" in head or packed:
        return OsmKind(packed or "osm", head)
    return OsmKind("", head)


def _unpacked_head(path: Path, packed: str) -> bytes | None:
    try:
        with opened(path, packed) as file:
            return file.read(_HEAD_BYTES)
    except (OSError, EOFError, zlib.error, ValueError):
        return None


def opened(path: Path, form: str) -> BinaryIO:
    """Open a text file, packed or not, for reading its bytes."""
    if form == "osm.gz":
        return cast("BinaryIO", gzip.open(path, "rb"))
    if form == "osm.bz2":
        return cast("BinaryIO", bz2.open(path, "rb"))
    return path.open("rb")


def names_deleted(path: Path, kind: OsmKind) -> bool:
    """Whether a text file names deleted objects in a way osmium does not see: an editor's ``action="delete"``.

    Packed text is judged by its head alone: unpacking it twice would double the time of reading.
    """
    if not kind.is_text:
        return False
    if kind.format != "osm":
        return b"JOSM" in kind.head
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as whole:
        # The word alone is searched first: several times faster than the pattern.
        return whole.find(b"delete") >= 0 and _DELETED.search(whole) is not None


def nodes_after_ways(path: Path, kind: OsmKind) -> bool:
    """Whether a node of a text file stands after a way, so that places are not known when they are asked for."""
    if not kind.is_text:
        return False
    way_seen, tail = False, b""
    try:
        for chunk in _chunks(path, kind.format):
            text = tail + chunk
            start = 0 if way_seen else text.find(b"<way")
            if start >= 0:
                way_seen = True
                if text.find(b"<node", start) >= 0:
                    return True
            tail = text[-5:]
    except (OSError, EOFError, zlib.error):
        return False
    return False


def _chunks(path: Path, form: str) -> Iterator[bytes]:
    with opened(path, form) as file:
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk
