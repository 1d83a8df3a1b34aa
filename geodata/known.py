"""Which objects of OpenStreetMap a map holds and where: to tell a wrong id from one of something that is no site."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import shapely

from geodata.crs import to_metric
from geodata.network import RoadNetwork
from geodata.railparts import RailLines

if TYPE_CHECKING:
    from geodata.osm import OsmData

Float64 = npt.NDArray[np.float64]
Int64 = npt.NDArray[np.int64]

_KINDS = "nwr"
_AROUND_DEG = 2.0


@dataclass(frozen=True, eq=False)
class KnownIds:
    """Tagged objects of a map by id, each with the box around it.

    Attributes
    ----------
    key : int64 [n]
        Three times the id of OpenStreetMap plus 0 for nodes, 1 for ways, 2 for relations; ascending.
    box_m : float64 [n, 4]
        ``x_min, y_min, x_max, y_max`` in metres of the ground's CRS.
    """

    key: Int64
    box_m: Float64

    def distance_m(self, osm_id: str, xy: npt.ArrayLike) -> float | None:
        """Metres from a place to the box of an object (``n12``, ``w34``, ``r5``); None where the map has none."""
        key = key_of(osm_id)
        if key is None:
            return None
        row = int(np.searchsorted(self.key, key))
        if row >= len(self.key) or self.key[row] != key:
            return None
        point = np.asarray(xy, dtype=np.float64).reshape(2)
        low, high = self.box_m[row, :2], self.box_m[row, 2:]
        return float(np.hypot(*np.maximum(0.0, np.maximum(low - point, point - high))))


NOTHING_KNOWN = KnownIds(np.zeros(0, dtype=np.int64), np.zeros((0, 4)))


def short_id(text: str) -> str:
    """The short form of an OSM id: ``w401`` for ``osm-w401``, ``way/401`` or ``w401`` itself."""
    bare = text.strip().removeprefix("osm-")
    kind, slash, number = bare.partition("/")
    return kind[:1] + number if slash else bare


def key_of(osm_id: str) -> int | None:
    """``n12``, ``osm-n12`` or ``node/12`` as one number; None for anything else."""
    short = short_id(osm_id)
    kind, number = short[:1], short[1:]
    digits = number.removeprefix("-")
    if kind not in _KINDS or not kind or not (digits.isascii() and digits.isdigit()) or len(digits) > 18:
        return None
    return 3 * int(number) + _KINDS.index(kind)


def known_ids(osm: OsmData, rail: RailLines, crs: str) -> KnownIds:
    """Collect the tagged nodes, the features and the places along the rail of a map."""
    keys = [3 * node for node in osm.nodes]
    keys += [3 * f.osm_id + _KINDS.index(f.kind) for f in osm.features]
    points = np.array([(n.lon, n.lat) for n in osm.nodes.values()]).reshape(-1, 2)
    box = shapely.bounds(np.array([f.shape for f in osm.features], dtype=object)).reshape(-1, 4)
    corners = np.concatenate([np.hstack([points, points]), box])
    # What lies a world away from the roads has no place in their CRS, and is not known.
    low, high = np.array(osm.bounds[:2]) - _AROUND_DEG, np.array(osm.bounds[2:]) + _AROUND_DEG
    near = np.all((corners[:, :2] >= low) & (corners[:, 2:] <= high), axis=1)
    near &= np.all(np.abs(corners) <= (180, 90, 180, 90), axis=1)
    corners = corners[near]
    keys = [key for key, inside in zip(keys, near.tolist(), strict=True) if inside]
    every = np.zeros((0, 4))
    if len(corners):
        ends = to_metric(corners.reshape(-1, 2), crs).reshape(-1, 2, 2)
        every = np.hstack([ends.min(axis=1), ends.max(axis=1)])
    places = [
        (key, place.xy)
        for section in rail.sections
        for place in (*section.crossings, *section.bridges, *section.tunnels)
        if (key := key_of(place.osm_id)) is not None
    ]
    keys += [key for key, _ in places]
    along = np.array([xy for _, xy in places]).reshape(-1, 2)
    every = np.concatenate([every, np.hstack([along, along])])
    ids, first = np.unique(np.array(keys, dtype=np.int64), return_index=True)
    return KnownIds(ids, every[first])


def on_roads_m(networks: Iterable[RoadNetwork], osm_id: str, xy: npt.ArrayLike) -> float | None:
    """Metres from a place to a way or junction of road networks; None where none of them has it."""
    key = key_of(osm_id)
    if key is None:
        return None
    number, kind = key // 3, _KINDS[key % 3]
    place, best = shapely.Point(np.asarray(xy, dtype=np.float64).reshape(2)), None
    for network in networks:
        if kind == "w":
            shapes = network.lines[network.edge_way == number]
        elif kind == "n":
            shapes = shapely.points(network.node_xy[network.node_osm == number])
        else:
            continue
        if len(shapes):
            gap = float(np.min(shapely.distance(shapes, place)))
            best = gap if best is None else min(best, gap)
    return best
