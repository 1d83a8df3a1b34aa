"""Places that the map names, found by what people type."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from geodata.ground import Ground
from geodata.known import short_id
from scenarios.placing.marks import LonLat, Mark, text_of

MOST = 12


@dataclass(frozen=True)
class Named:
    """A key site of the map: its id there, name, kind, and where it is."""

    osm: str
    name: str
    kind: str
    at: LonLat
    known: bool


def search(ground: Ground, marks: Sequence[Mark], text: str, most: int = MOST) -> tuple[Named, ...]:
    """Key sites whose name, kind or id holds every word of ``text``; names that begin with it first.

    ``known`` says that the scenario has it already.
    """
    words = _plain(text).split()
    if not words:
        return ()
    mine = {short_id(text_of(mark.values.get("osm"))) for mark in marks if text_of(mark.values.get("osm"))}
    found = []
    for site in ground.sites:
        whole = _plain(f"{site.name} {site.kind.replace('_', ' ')} {site.id}")
        if all(word in whole for word in words):
            found.append((not _plain(site.name).startswith(words[0]), not site.name, len(site.name), site.name, site))
    found.sort(key=lambda row: row[:4])
    rows = [row[-1] for row in found[:most]]
    places = ground.to_lonlat([site.xy for site in rows]).tolist() if rows else []
    return tuple(
        Named(short_id(site.id), site.label, site.kind, (lon, lat), short_id(site.id) in mine)
        for site, (lon, lat) in zip(rows, places, strict=True)
    )


def _plain(text: str) -> str:
    """Lower case, full-width letters as others, accents off."""
    flat = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text)).casefold()
    return "".join(c for c in flat if not unicodedata.combining(c))
