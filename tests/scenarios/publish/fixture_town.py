"""Streets, rail and green of the shipped map for the hand-made plan views, read without our own geodata."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import osmium
from pyproj import Transformer
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

ROOT = Path(__file__).resolve().parents[3]
MAP = ROOT / "scenarios" / "library" / "neubrandenburg" / "neubrandenburg.osm.pbf"
CRS = "EPSG:32633"
H = 3600
_TO_M = Transformer.from_crs("EPSG:4326", CRS, always_xy=True)
_TO_LL = Transformer.from_crs(CRS, "EPSG:4326", always_xy=True)
MARKET = _TO_M.transform(13.2611, 53.5570)
_DRIVE = {
    "primary",
    "primary_link",
    "secondary",
    "secondary_link",
    "tertiary",
    "residential",
    "living_street",
    "unclassified",
    "service",
}
_GREEN = {
    ("natural", "wood"),
    ("landuse", "forest"),
    ("leisure", "park"),
    ("landuse", "allotments"),
    ("landuse", "meadow"),
    ("landuse", "grass"),
}


class Town:
    """Roads, rail, water and places of the shipped map in metres, and ways between points."""

    def __init__(self) -> None:
        self.roads: dict[str, list[np.ndarray]] = {}
        self.rail: list[np.ndarray] = []
        self.water: list[np.ndarray] = []
        self.green: list[np.ndarray] = []
        self.places: list[tuple[str, str, float, float]] = []
        self.labels: dict[str, tuple[float, float, float]] = {}
        edges: list[tuple[int, int, float]] = []
        index: dict[int, int] = {}
        self.nodes: list[tuple[float, float]] = []
        for o in osmium.FileProcessor(str(MAP)).with_locations():
            tags = dict(o.tags)
            kind = next(
                (v for k in ("amenity", "leisure", "railway") if (v := tags.get(k)) in _KINDS), ""
            )
            if o.is_node():
                if kind and "name" in tags:
                    self.places.append((kind, tags["name"], *_TO_M.transform(o.lon, o.lat)))
                continue
            if not o.is_way():
                continue
            good = [n for n in o.nodes if n.location.valid()]
            if len(good) < 2:
                continue
            xy = np.column_stack(_TO_M.transform([n.lon for n in good], [n.lat for n in good]))
            if kind and "name" in tags:
                self.places.append((kind, tags["name"], *xy.mean(axis=0)))
            road = tags.get("highway", "")
            if road and road not in {"proposed", "construction"}:
                self.roads.setdefault(road, []).append(xy)
                length = float(np.hypot(*np.diff(xy, axis=0).T).sum())
                name = tags.get("name", "")
                if name and length > self.labels.get(name, (0, 0, 0))[0]:
                    self.labels[name] = (length, *xy[len(xy) // 2])
                if road in _DRIVE:
                    ids = []
                    for n, p in zip(good, xy.tolist(), strict=True):
                        if n.ref not in index:
                            index[n.ref] = len(self.nodes)
                            self.nodes.append(tuple(p))
                        ids.append(index[n.ref])
                    edges += [
                        (a, b, float(np.hypot(*(np.array(self.nodes[a]) - self.nodes[b]))))
                        for a, b in pairwise(ids)
                    ]
            elif tags.get("railway") == "rail":
                self.rail.append(xy)
            elif tags.get("natural") == "water" or tags.get("waterway") in {
                "riverbank",
                "river",
                "stream",
                "canal",
            }:
                self.water.append(xy)
            elif any((k, v) in _GREEN for k, v in tags.items()):
                self.green.append(xy)
        n = len(self.nodes)
        a, b, w = zip(*edges, strict=True)
        self.graph = csr_matrix((np.maximum(w, 0.1), (a, b)), shape=(n, n))
        self.xy = np.array(self.nodes)
        part = dijkstra(self.graph, directed=False, indices=int(cKDTree(self.xy).query(MARKET)[1]))
        self.main = np.flatnonzero(np.isfinite(part))
        self.tree = cKDTree(self.xy[self.main])

    def place(self, kind: str) -> tuple[float, float]:
        return next((x, y) for k, _, x, y in self.places if k == kind)

    def snap(self, x: float, y: float) -> int:
        return int(self.main[self.tree.query((x, y))[1]])

    def way(self, a: int, b: int) -> tuple[int, np.ndarray]:
        length, before = dijkstra(self.graph, directed=False, indices=a, return_predecessors=True)
        path = [b]
        while path[-1] != a:
            path.append(int(before[path[-1]]))
        return round(length[b]), self.xy[path[::-1]]


_KINDS = {
    "school",
    "hospital",
    "stadium",
    "fuel",
    "station",
    "townhall",
    "theatre",
    "place_of_worship",
    "kindergarten",
    "police",
    "bus_station",
    "clinic",
    "cinema",
    "university",
    "college",
}


@lru_cache(maxsize=1)
def town() -> Town:
    return Town()


def lonlat(x: float, y: float) -> tuple[float, float]:
    return tuple(_TO_LL.transform(x, y))
