"""Places that the map names, found by what people type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from geodata.ground import Ground
from geodata.known import short_id
from geodata.named import plain
from scenarios.placing.marks import LonLat, Mark, text_of
from scenarios.sitewords import site_kind

MOST = 12


@dataclass(frozen=True)
class Named:
    """Something that the map names: its id there, name, kind (may be empty), where it is, and whether we have it."""

    osm: str
    name: str
    kind: str
    at: LonLat
    known: bool


def search(ground: Ground, marks: Sequence[Mark], text: str, most: int = MOST) -> tuple[Named, ...]:
    """Key sites, then whatever else the map names, whose name, kind or id holds every word of ``text``.

    Names that begin with the first word come first. ``known`` says that the scenario has it already.
    """
    words = plain(text).split()
    if not words:
        return ()
    mine = {short_id(text_of(mark.values.get("osm"))) for mark in marks if text_of(mark.values.get("osm"))}
    found = [
        (*_order(words[0], site.name, 0), site.label, site.kind, short_id(site.id), site.xy)
        for site in ground.sites
        if _holds(words, site.name, site.kind, site.id)
    ]
    drawn = {key: site for site in ground.sites for key in (short_id(site.id), *site.merged)}
    named = ground.named
    for row, (name, kind, key) in enumerate(zip(named.names, named.kinds, named.ids, strict=True)):
        site = drawn.get(key)
        if not _holds(words, name, kind, key):
            continue
        if site is None:
            found.append((*_order(words[0], name, 1), name, kind, key, named.xy[row]))
        else:  # another of its names
            found.append((*_order(words[0], name, 0), site.label, site.kind, short_id(site.id), site.xy))
    found.sort(key=lambda row: row[:-1])
    once: dict[str, tuple[str, str, Any]] = {}
    for *_rank, label, kind, key, xy in found:  # a thing with several names is offered by the first that fits
        once.setdefault(key, (label, kind, xy))
    rows = list(once.items())[:most]
    places = ground.to_lonlat([xy for _key, (_l, _k, xy) in rows]).tolist() if rows else []
    return tuple(
        Named(key, label, kind, (lon, lat), key in mine)
        for (key, (label, kind, _xy)), (lon, lat) in zip(rows, places, strict=True)
    )


def _holds(words: Sequence[str], name: str, kind: str, key: str) -> bool:
    whole = plain(f"{name} {kind.replace('_', ' ')} {site_kind(kind)} {key}")
    return all(word in whole for word in words)


def _order(word: str, name: str, rank: int) -> tuple[bool, bool, int, int]:
    """Names that begin with the word, named things, key sites, short names."""
    return not plain(name).startswith(word), not name, rank, len(name)
