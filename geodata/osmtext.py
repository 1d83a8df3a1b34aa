"""Let osmium filter a map file and hand over what is left as text, and turn that text into arrays.

A Python call for every node is what makes reading slow. Here osmium finds the places of nodes, keeps the objects with
the tags wanted and writes them to a scratch file in its line format (OPL), all without Python; the numbers in that
file are then read as one table, and each different set of tags is taken apart once.
"""

from __future__ import annotations

import ctypes
import io
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import osmium
import pandas as pd
import shapely
from osmium import filter as osmium_filter

Tags = Mapping[str, str]
Progress = Callable[[str, float], None]
"""Called with the name of a stage and a share that rises to 1."""

_CHUNK_BYTES = 24 << 20
_CACHED = 300_000
_ESCAPED = re.compile("%([0-9a-f]+)%")
_OPL = "opl,locations_on_ways=true,add_metadata=version,force_visible_flag=true"
_DEGREE = 1e7  # OpenStreetMap keeps degrees as whole ten-millionths


@dataclass(frozen=True)
class RawRelation:
    """One relation: members are ``(kind, id, role)`` with kind ``n``, ``w`` or ``r``."""

    osm_id: int
    tags: Tags
    members: tuple[tuple[str, int, str], ...]


@dataclass
class RawOsm:
    """What osmium let through. ``lonlat`` is NaN where a node's place is missing or impossible.

    ``deleted`` names objects that the file itself says are no more.
    """

    node: list[int] = field(default_factory=list)
    node_lonlat: npt.NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 2)))
    node_tags: list[Tags] = field(default_factory=list)
    way: list[int] = field(default_factory=list)
    way_tags: list[Tags] = field(default_factory=list)
    count: list[int] = field(default_factory=list)
    ref: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    lonlat: npt.NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 2)))
    relations: list[RawRelation] = field(default_factory=list)
    areas: list[tuple[int, Any]] = field(default_factory=list)
    areas_wanted: dict[int, Tags] = field(default_factory=dict)
    deleted: list[str] = field(default_factory=list)
    n_relations: int = 0


def read_raw(
    path: Path,
    keys: Sequence[str],
    area_keys: Sequence[str],
    *,
    whole_relations: Callable[[Tags], bool],
    form: str = "",
    on_progress: Progress | None = None,
) -> RawOsm:
    """Read the objects of a map file that carry one of ``keys``.

    Parameters
    ----------
    keys
        Tag keys; ``type`` lets relations through.
    area_keys
        Keys that make a multipolygon worth joining; none are joined when empty, which also lets files be read that
        are not sorted by id.
    whole_relations
        Says by its tags whether a relation's members are kept.
    form
        osmium's name of the file's format; told by the file's name where empty.
    on_progress
        Called from this thread, several times a second.

    Raises
    ------
    RuntimeError
        osmium's own words on a damaged or unsorted file.
    OSError
        No room, or no right to write, in the folder for scratch files.
    """
    say = on_progress or _say_nothing
    # Packed files hand out their relations without reading the rest, so that rings can be joined in the one long pass.
    is_packed = form == "pbf" or (not form and path.name.endswith(".pbf"))
    ahead = multipolygons(path, area_keys, form) if area_keys and is_packed else {}
    # osmium does not keep filters and stores alive by itself: they need names here as long as they are at work.
    # Closed ways come as areas too, but are known already; ids below zero are for a second reading, in order.
    rings = osmium_filter.IdFilter([2 * k + 1 for k in ahead if k >= 0])
    manager, found = osmium.area.AreaManager(), osmium.BufferIterator(rings)
    if ahead:
        _note_rings(path, form, manager, area_keys)
    say("reading the file", 0.05)
    with tempfile.TemporaryDirectory(prefix="vedette-map-") as folder:
        text = Path(folder) / "map.opl"
        work = (path, form, text, keys, manager.second_pass_to_buffer(found) if ahead else None)
        if on_progress is None:
            _to_text(*work)
        else:
            with ThreadPoolExecutor(1) as pool:
                _watch(pool.submit(_to_text, *work), path, say)
        raw = _parse(text, whole_relations, say)
        if area_keys and not is_packed and raw.n_relations and (ahead := multipolygons(text, area_keys)):
            rings = osmium_filter.IdFilter([2 * k + 1 for k in ahead if k >= 0])
            found = osmium.BufferIterator(rings)
            _note_rings(text, "", manager, area_keys)
            _to_text(path, form, None, (), manager.second_pass_to_buffer(found))
    raw.areas = list(_areas(found)) if ahead else []
    raw.areas_wanted = ahead
    return raw


def _say_nothing(_stage: str, _share: float) -> None:
    """Progress that nobody asked for."""


def multipolygons(path: Path, keys: Sequence[str], form: str = "") -> dict[int, Tags]:
    """Tags by id of the relations that make areas and carry one of ``keys``."""
    wanted: dict[int, Tags] = {}
    files: Any = osmium.FileProcessor(_file(path, form), osmium.osm.RELATION)
    item: Any
    for item in files.with_filter(osmium_filter.KeyFilter(*keys)):
        if not item.deleted and item.tags.get("type") in ("multipolygon", "boundary"):
            wanted[int(item.id)] = dict(item.tags)
    return wanted


def _file(path: Path, form: str) -> Any:
    return osmium.io.File(str(path), form) if form else osmium.io.File(str(path))


def _note_rings(path: Path, form: str, manager: Any, keys: Sequence[str]) -> None:
    with osmium.io.Reader(_file(path, form), osmium.osm.RELATION) as reader:
        chosen, first_pass = osmium_filter.KeyFilter(*keys), manager.first_pass_handler()
        osmium.apply(reader, chosen, first_pass)


def _to_text(
    path: Path, form: str, text: Path | None, keys: Sequence[str], areas: Any
) -> None:
    """Write what carries a key, with the places of its nodes, as lines of text; no Python runs meanwhile."""
    store = osmium.index.create_map("flex_mem")
    places = osmium.NodeLocationsForWays(store)
    places.ignore_errors()
    handlers = [places, *([areas] if areas is not None else [])]
    kinds = osmium.osm.NODE | osmium.osm.WAY | osmium.osm.RELATION
    with osmium.io.Reader(_file(path, form), kinds) as reader:
        if text is None:
            osmium.apply(reader, *handlers)
            return
        with _writer(text) as writer:
            osmium.apply(reader, *handlers, osmium_filter.KeyFilter(*keys), writer)


@contextmanager
def _writer(text: Path) -> Iterator[Any]:
    """A writer of lines that cannot take the process down.

    When osmium fails to write, its writer throws again while it is destroyed, which ends the process without a word.
    A writer that was not closed in good order is therefore never destroyed: its count of references is raised for good.
    """
    text.touch()  # where this fails, it fails with Python's own words
    writer = osmium.SimpleWriter(osmium.io.File(str(text), _OPL), overwrite=True)
    closed = False
    try:
        yield writer
        try:
            writer.close()
        except RuntimeError as error:
            if "Write failed" not in str(error):
                raise
            raise OSError(str(error).removeprefix("Write failed: ")) from None
        closed = True
    finally:
        if not closed:
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(writer))


def _watch(work: Future[None], path: Path, say: Progress) -> None:
    """Tell how far the file was read until the reading is done; Linux tells, elsewhere the share stands still."""
    size = max(1, path.stat().st_size)
    while True:
        try:
            work.result(timeout=0.2)
        except NotYet:
            say("reading the file", 0.05 + 0.65 * min(1.0, _taken(path) / size))
        else:
            return


def _taken(path: Path) -> int:
    """Bytes of ``path`` that this process has read through its open file."""
    try:
        for link in Path("/proc/self/fd").iterdir():
            if link.resolve() == path.resolve():
                info = Path("/proc/self/fdinfo", link.name).read_text(encoding="ascii")
                return int(info.split()[1])
    except (OSError, ValueError, IndexError):
        pass
    return 0


def _areas(found: Any) -> Iterator[tuple[int, Any]]:
    factory = osmium.geom.WKBFactory()
    for area in found:
        if area.from_way():
            continue
        try:
            yield int(area.orig_id()), shapely.from_wkb(factory.create_multipolygon(area))
        except RuntimeError:
            continue  # rings that do not close; the caller names what it wanted and did not get


class _Pairs(dict[str, tuple[str, str]]):
    """Key and value of texts such as ``highway=steps``, each taken apart when it is met first."""

    def __missing__(self, pair: str) -> tuple[str, str]:
        key, _, value = pair.partition("=")
        said = self[pair] = (sys.intern(plain(key)), plain(value))
        return said


class _Tagged:
    """Takes texts of tags apart, each different one once; equal keys and values share one string."""

    def __init__(self) -> None:
        self.known: dict[str, dict[str, str]] = {}
        self.pairs = _Pairs()

    def __call__(self, text: str) -> dict[str, str]:
        tags = self.known.get(text)
        if tags is None:
            tags = dict(map(self.pairs.__getitem__, text[1:].split(","))) if len(text) > 1 else {}
            if len(self.known) > _CACHED:
                self.known.clear()
            if len(self.pairs) > _CACHED:
                self.pairs.clear()
            self.known[text] = tags
        return tags


def plain(text: str) -> str:
    """A text without OPL's escapes: ``a%20%b`` is ``a b``."""
    return _ESCAPED.sub(lambda m: chr(int(m[1], 16)), text) if "%" in text else text


def _parse(text: Path, whole_relations: Callable[[Tags], bool], say: Progress) -> RawOsm:
    raw, tags_of = RawOsm(), _Tagged()
    points: list[npt.NDArray[np.float64]] = []
    refs: list[npt.NDArray[np.int64]] = []
    lonlats: list[npt.NDArray[np.float64]] = []
    size, done = max(1, text.stat().st_size), 0
    for lines in _chunks(text):
        tables: list[str] = []
        places: list[str] = []
        for line in lines:
            head, _, seen, tags, *rest = line.split(" ")
            kind = head[:1]
            if seen == "dD":
                raw.deleted.append(head)
            elif kind == "w":
                raw.way.append(int(head[1:]))
                raw.way_tags.append(tags_of(tags))
                nodes = rest[0][1:]
                raw.count.append(nodes.count("n"))
                if nodes:
                    tables.append(nodes)
            elif kind == "n":
                raw.node.append(int(head[1:]))
                raw.node_tags.append(tags_of(tags))
                places.append(f"n0{rest[0]}{rest[1]}")
            elif kind == "r":
                raw.n_relations += 1
                if whole_relations(said := tags_of(tags)):
                    raw.relations.append(RawRelation(int(head[1:]), said, _members(rest[0])))
        points.append(_table(places)[1])
        ref, lonlat = _table(tables)
        refs.append(ref)
        lonlats.append(lonlat)
        done += sum(map(len, lines))
        say("sorting roads and places", min(0.95, 0.7 + 0.25 * done / size))
    if points:
        raw.node_lonlat = np.concatenate(points)
        raw.ref, raw.lonlat = np.concatenate(refs), np.concatenate(lonlats)
    return raw


def _chunks(text: Path) -> Iterator[list[str]]:
    """Whole lines, some megabytes at a time, so that memory does not grow with the file."""
    with text.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            chunk += file.readline()
            yield chunk.decode("utf-8", errors="replace").rstrip("\n").split("\n")


def _members(text: str) -> tuple[tuple[str, int, str], ...]:
    out = []
    for member in text[1:].split(",") if len(text) > 1 else ():
        who, _, role = member.partition("@")
        out.append((who[0], int(who[1:]), plain(role)))
    return tuple(out)


def _table(nodes: list[str]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Ids and degrees of lists such as ``n1x9.5y47.1,n2x9.6y47.2``; a node without a place is ``n3xy``."""
    if not nodes:
        return np.zeros(0, dtype=np.int64), np.zeros((0, 2))
    text = ",".join(nodes).replace(",", "\n").replace("n", "").replace("x", ",").replace("y", ",")
    frame = pd.read_csv(
        io.BytesIO(text.encode("ascii")), header=None, names=["ref", "lon", "lat"],
        dtype={"ref": np.int64, "lon": np.float64, "lat": np.float64}, engine="c", low_memory=False,
    )  # fmt: skip
    # The fast number reader may miss the last bit; rounding to the unit of the format and dividing brings it back.
    lonlat = np.round(frame[["lon", "lat"]].to_numpy() * _DEGREE) / _DEGREE
    impossible = ~((np.abs(lonlat[:, 0]) <= 180) & (np.abs(lonlat[:, 1]) <= 90))
    lonlat[impossible] = np.nan
    return frame["ref"].to_numpy(), lonlat
