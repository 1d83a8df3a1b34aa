"""Put an OpenStreetMap file in order that the fast reader cannot take as it is.

Editors write negative ids and mark what is deleted, some programs write ways before their nodes, several versions of
one object, or no version of the format; a single place off the globe stops osmium. Such files are small as a rule:
here they are read object by object, the latest version of each is kept, and all of it is written sorted, as lines of
text (OPL), for the fast reader.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.parsers import expat

import osmium

from geodata.errors import Drops, Fault, GeodataError
from geodata.osmkind import OsmKind, opened
from geodata.saying import mark, say

MOST_BYTES = 400 << 20
"""Larger files are not put in order here: every object is held in memory."""

# Far above the ids in use; osmium's filter of areas counts to 2^32, and an area's id is twice its relation's.
_BELOW_ZERO = {"n": 1 << 40, "w": 1 << 40, "r": 1 << 29}
_ESCAPE = re.compile(r"[\x00-\x20,=@%\x7f\x85\xa0]")
_LETTERS = {"node": "n", "way": "w", "relation": "r"}
_REFUSED = mark("a whole file written by an OpenStreetMap tool")


def shifted(osm_id: int, letter: str) -> int:
    """An id that osmium's stores can hold: negative ones are moved far above all others."""
    return osm_id if osm_id >= 0 else _BELOW_ZERO[letter] - osm_id


def unshifted(osm_id: int, letter: str) -> int:
    """The id as the file has it."""
    base = _BELOW_ZERO[letter]
    return osm_id if not base < osm_id < 2 * base else base - osm_id


@dataclass
class _Object:
    letter: str
    osm_id: int
    version: int
    deleted: bool
    place: tuple[float, float] | None = None
    tags: list[tuple[str, str]] = field(default_factory=list)
    refs: list[int] = field(default_factory=list)
    members: list[tuple[str, int, str]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"{self.letter}{self.osm_id}"

    def line(self) -> str:
        tags = ",".join(f"{_plain(k)}={_plain(v)}" for k, v in self.tags)
        head = f"{self.letter}{shifted(self.osm_id, self.letter)} v{self.version} dV T{tags}"
        if self.letter == "n":
            where = "x y" if self.place is None else f"x{self.place[0]:.7f} y{self.place[1]:.7f}"
            return f"{head} {where}\n"
        if self.letter == "w":
            nodes = ",".join(f"n{shifted(ref, 'n')}" for ref in self.refs)
            return f"{head} N{nodes}\n"
        members = ",".join(f"{kind}{shifted(ref, kind)}@{_plain(role)}" for kind, ref, role in self.members)
        return f"{head} M{members}\n"


def put_in_order(path: Path, kind: OsmKind, out: Path, drops: Drops) -> None:
    """Write ``path`` to ``out`` as sorted OPL without deleted objects and older versions; count these.

    Raises
    ------
    GeodataError
        Not well-formed XML, ids that are no numbers, or ways of Overpass without their nodes.
    """
    latest: dict[tuple[str, int], _Object] = {}
    source = _Xml(path) if kind.is_text or not kind.format else None
    every = source.objects(kind.format) if source is not None else _packed(path, kind)
    for item in every:
        key = (item.letter, item.osm_id)
        known = latest.get(key)
        if known is not None:
            drops.add("older or second version of an object, left out", item.name)
            if item.version < known.version:
                continue
        latest[key] = item
    if source is not None:
        source.check(latest)
        for ref, place in source.places.items():  # Overpass's ``out geom`` writes places into ways
            latest.setdefault(("n", ref), _Object("n", ref, 0, deleted=False, place=place))
    rank = {"n": 0, "w": 1, "r": 2}
    with out.open("w", encoding="utf-8", newline="\n") as file:
        for item in sorted(latest.values(), key=lambda one: (rank[one.letter], shifted(one.osm_id, one.letter))):
            if item.deleted:
                drops.add("deleted object, left out", item.name)
                continue
            if item.letter == "n" and item.place is None:
                drops.add("node without a possible place", item.name)
                continue
            file.write(item.line())


def _plain(text: str) -> str:
    return _ESCAPE.sub(lambda m: f"%{ord(m[0]):x}%", text)


def _packed(path: Path, kind: OsmKind) -> Iterator[_Object]:
    items: Any = osmium.FileProcessor(osmium.io.File(str(path), kind.format))
    for item in items:
        letter = item.type_str()
        if letter not in "nwr":
            continue
        one = _Object(letter, int(item.id), int(item.version), deleted=bool(item.deleted))
        one.tags = [(tag.k, tag.v) for tag in item.tags]
        if letter == "n":
            one.place = (item.lon, item.lat) if item.location.valid() else None
        elif letter == "w":
            one.refs = [int(node.ref) for node in item.nodes]
        else:
            one.members = [(m.type, int(m.ref), m.role) for m in item.members]
        yield one


class _Xml:
    """Objects of an XML file; more forgiving than osmium of what stands around them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.places: dict[int, tuple[float, float]] = {}
        self._done: list[_Object] = []
        self._at: _Object | None = None
        self._centres = 0
        self._bad_ids: list[str] = []

    def objects(self, form: str) -> Iterator[_Object]:
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.buffer_text = True
        try:
            with opened(self.path, form) as file:
                while True:
                    chunk = file.read(1 << 20)
                    parser.Parse(chunk, not chunk)
                    yield from self._done
                    self._done.clear()
                    if not chunk:
                        return
        except (expat.ExpatError, EOFError, OSError) as error:
            raise GeodataError(
                [Fault(say("{name} cannot be read as OpenStreetMap data ({error})", name=self.path.name,
                           error=error), expected=say(_REFUSED),
                       mend=say("Download or export it again; it may be cut short."))]
            ) from None  # fmt: skip

    def check(self, found: dict[tuple[str, int], _Object]) -> None:
        """Refuse what cannot be a map: ids that are words, ways whose nodes Overpass was not asked for."""
        faults = []
        if bad := tuple(dict.fromkeys(self._bad_ids)):
            faults.append(
                Fault(say("ids in {name} are no numbers that OpenStreetMap can have", name=self.path.name), bad[:3],
                      len(bad),
                      expected=say("whole numbers below 2^62"), mend=say("Export it again."))
            )  # fmt: skip
        if self._centres and not self.places and not any(kind == "n" for kind, _ in found):
            faults.append(
                Fault(say("{name} has ways without their nodes, as Overpass writes with `out center`",
                          name=self.path.name),
                      expected=say("ways with all their nodes"),
                      mend=say("Ask Overpass for `(._;>;); out body;` and download it again."))
            )  # fmt: skip
        if faults:
            raise GeodataError(faults)

    def _start(self, name: str, said: dict[str, str]) -> None:
        at = self._at
        if name in _LETTERS and at is None:
            number = self._number(said.get("id", ""))
            version = said.get("version", "0")
            gone = said.get("visible") == "false" or said.get("action") == "delete"
            self._at = _Object(
                _LETTERS[name], 0 if number is None else number, int(version) if version.isdigit() else 0, deleted=gone,
                place=_place(said) if name == "node" else None,
            )  # fmt: skip
        elif at is None:
            return
        elif name == "tag" and "k" in said:
            at.tags.append((said["k"], said.get("v", "")))
        elif name == "nd" and (ref := self._number(said.get("ref", ""))) is not None:
            at.refs.append(ref)
            if (place := _place(said)) is not None:
                self.places[ref] = place
        elif name == "member" and (ref := self._number(said.get("ref", ""))) is not None:
            at.members.append((said.get("type", "node")[:1], ref, said.get("role", "")))
        elif name == "center":
            self._centres += 1

    def _end(self, name: str) -> None:
        if name in _LETTERS and self._at is not None:
            self._done.append(self._at)
            self._at = None

    def _number(self, text: str) -> int | None:
        try:
            number = int(text)
        except ValueError:
            self._bad_ids.append(text[:30])
            return None
        if -_BELOW_ZERO["r"] < number < 1 << 62:
            return number
        self._bad_ids.append(text[:30])
        return None


def _place(said: dict[str, str]) -> tuple[float, float] | None:
    """Degrees of an element, None where they are missing or off the globe."""
    try:
        lon, lat = float(said["lon"]), float(said["lat"])
    except (KeyError, ValueError):
        return None
    return (lon, lat) if abs(lon) <= 180 and abs(lat) <= 90 else None
