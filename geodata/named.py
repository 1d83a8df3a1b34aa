"""Everything that a map names, so that people find a place by the name they know it by, key site or not.

Streets are left out: they are long, and found on the map. Names in other languages count too.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from geodata.crs import to_metric
from geodata.sites import kind_of, out_of_use

if TYPE_CHECKING:
    from geodata.osm import OsmData

Float64 = npt.NDArray[np.float64]

_MORE = ("alt_name", "official_name", "short_name", "loc_name", "old_name")
#: Tags that say what a thing is, the most telling first.
_TELLING = (
    "amenity", "shop", "tourism", "leisure", "office", "railway", "public_transport", "historic", "aeroway", "place",
    "natural", "landuse", "highway", "building", "man_made",
)  # fmt: skip
#: Parts of a thing that bear its name and are no place of their own.
_PARTS = {"stop", "stop_position", "subway_entrance", "platform", "switch", "signal", "milestone", "crossing"}


@dataclass(frozen=True, eq=False)
class NamedThings:
    """Named nodes, areas and relations; one row a name, so that a thing with two names has two.

    Attributes
    ----------
    names, kinds, ids : tuple of str
        The name as written; the site kind, else the most telling tag's value, else ""; ``n1``, ``w2`` or ``r3``.
    xy : float64 [n, 2]
        A point inside, metres of the ground's CRS.
    """

    names: tuple[str, ...]
    kinds: tuple[str, ...]
    ids: tuple[str, ...]
    xy: Float64

    def called(self, name: str) -> list[int]:
        """Rows of exactly this name, letter case and width of letters aside."""
        wanted = plain(name)
        return [row for row, its in enumerate(self.names) if plain(its) == wanted] if wanted else []


NOTHING_NAMED = NamedThings((), (), (), np.zeros((0, 2)))


def plain(text: str) -> str:
    """A name for comparing: lower case, full-width letters as others, accents and outer space off."""
    flat = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text)).casefold().strip()
    return "".join(c for c in flat if not unicodedata.combining(c))


def named_things(osm: OsmData, crs: str) -> NamedThings:
    """Collect what a map names.

    Parameters
    ----------
    osm
        From :func:`geodata.osm.read_osm`.
    crs
        Metric CRS of the result.
    """
    rows = []
    for feature in osm.features:
        if feature.shape.is_empty or out_of_use(feature.tags):
            continue
        names = dict.fromkeys(name for name in names_of(feature.tags) if plain(name))
        kind = kind_of(feature.tags) or _telling(feature.tags)
        if names and kind not in _PARTS:
            middle = feature.shape.representative_point()
            rows += [(name, kind, feature.key, middle.x, middle.y) for name in names]
    if not rows:
        return NOTHING_NAMED
    rows.sort(key=lambda row: (row[0], row[2]))
    lonlat = np.array([row[3:] for row in rows], dtype=np.float64)
    names_, kinds, ids = (tuple(str(row[k]) for row in rows) for k in range(3))
    return NamedThings(names_, kinds, ids, to_metric(lonlat, crs))


def names_of(tags: Mapping[str, str]) -> list[str]:
    """Every name that tags give: the name itself, other names, names in other languages; lists are taken apart."""
    keys = ["name", *_MORE, *sorted(key for key in tags if key.startswith("name:") and len(key) <= 12)]
    return [part.strip() for key in keys if key in tags for part in tags[key].split(";")]


def _telling(tags: Mapping[str, str]) -> str:
    return next((tags[key] for key in _TELLING if tags.get(key, "no") not in {"no", "yes"}), "")
