"""Reading OpenStreetMap and laying points onto roads, against osmnx on the very same roads."""

from __future__ import annotations

import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import numpy as np
import numpy.typing as npt
import osmium
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from benchmarks.travel_networks import fresh
from benchmarks.travel_timing import Book, interleave
from geodata.build import build_network
from geodata.mapfile import read_map
from geodata.network import NO_WAY, RoadNetwork
from geodata.profiles import PROFILES, direction, why_not

_SNAP_M = 2000.0  # osmnx knows no limit; no drawn point lies further from a road
_ONEWAY = {"forward": "yes", "backward": "-1", "both": "no"}


def write_roads(source: Path, to: Path) -> int:
    """Write the roads that cars may use as plain OSM XML, the only format that osmnx reads; return their number.

    One-way rules that osmnx does not know are spelt out as a ``oneway`` tag and nodes lose their tags (it knows no
    barriers), so both sides must come to the same network. Pieces of ways cut at the map's edge become ways.
    """
    osm = read_map(source)
    car = PROFILES["car"]
    rows = [k for k, tags in enumerate(osm.ways.tags) if "highway" in tags and why_not(tags, car) is None]
    start = osm.ways.start
    used = np.concatenate([np.arange(start[k], start[k + 1]) for k in rows])
    ref, first = np.unique(osm.ways.ref[used], return_index=True)
    lonlat = osm.ways.lonlat[used][first]
    with to.open("w", encoding="utf-8") as out:
        out.write("<?xml version='1.0' encoding='UTF-8'?>\n<osm version='0.6' generator='vedette'>\n")
        for node, (lon, lat) in zip(ref.tolist(), lonlat.tolist(), strict=True):
            out.write(f"<node id='{node}' lat='{lat:.7f}' lon='{lon:.7f}' version='1'/>\n")
        for number, k in enumerate(rows, 1):
            keep = dict(osm.ways.tags[k])
            keep["oneway"] = _ONEWAY[direction(keep, car)[0]]
            out.write(f"<way id='{number}' version='1'>")
            out.writelines(f"<nd ref='{node}'/>" for node in osm.ways.ref[start[k] : start[k + 1]].tolist())
            out.writelines(f"<tag k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in keep.items())
            out.write("</way>\n")
        out.write("</osm>\n")
    return len(rows)


def read_ours(path: Path) -> RoadNetwork:
    """A map file to a car network, by our own reader."""
    return build_network(read_map(path), "car")


def read_osmnx(path: Path, *, rings: bool = False) -> Any:
    """The same by osmnx: read, simplify, every island kept; lone rings (unsimplified) if asked for."""
    import osmnx

    osmnx.settings.useful_tags_way = ["highway", "name", "maxspeed", "oneway"]
    osmnx.settings.use_cache = False
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        graph = osmnx.graph_from_xml(path, bidirectional=False, simplify=False, retain_all=True)
        return osmnx.simplify_graph(graph, remove_rings=not rings)


@dataclass(frozen=True)
class Equality:
    """How far two networks of one map agree."""

    junctions: int
    missing: tuple[int, ...]
    pairs: int
    reach_differs: int
    worst_m: float
    worst_share: float
    ms_differ: int

    @property
    def holds(self) -> bool:
        """Same junctions, same reach, same distances within what two spellings of one formula leave."""
        return not self.missing and not self.reach_differs and self.worst_share < 1e-6 and not self.ms_differ


def compare(net: RoadNetwork, graph: Any, *, n_sources: int = 200, seed: int = 0) -> Equality:
    """Shortest distances between junctions that both know, from ``n_sources`` of them to all.

    A distance is also turned into milliseconds at 36 km/h, a hundredth of a metre each: they differ where the
    distances do by more than rounding may (half a millisecond to either side of it is rounding).
    """
    theirs_id = np.array(sorted(graph.nodes), dtype=np.int64)
    position = {int(node): k for k, node in enumerate(theirs_id)}
    edges = [(position[u], position[v], data["length"]) for u, v, data in graph.edges(data=True)]
    theirs = _least(*map(np.asarray, zip(*edges, strict=True)), len(theirs_id))

    open_ahead, open_back = net.ahead_ms != NO_WAY, net.back_ms != NO_WAY
    ours = _least(
        np.concatenate([net.edge_u[open_ahead], net.edge_v[open_back]]),
        np.concatenate([net.edge_v[open_ahead], net.edge_u[open_back]]),
        np.concatenate([net.edge_length_m[open_ahead], net.edge_length_m[open_back]]),
        net.n_nodes,
    )
    row_of = {int(node): k for k, node in enumerate(net.node_osm)}
    missing = tuple(int(node) for node in theirs_id if int(node) not in row_of)
    common = np.array([node for node in theirs_id if int(node) in row_of], dtype=np.int64)
    own_rows = np.array([row_of[int(node)] for node in common])
    their_rows = np.array([position[int(node)] for node in common])
    chosen = np.random.default_rng(seed).choice(len(common), min(n_sources, len(common)), replace=False)
    a = dijkstra(ours, indices=own_rows[chosen])[:, own_rows]
    b = dijkstra(theirs, indices=their_rows[chosen])[:, their_rows]
    both = np.isfinite(a) & np.isfinite(b)
    gap = np.abs(a[both] - b[both])
    return Equality(
        junctions=len(theirs_id),
        missing=missing,
        pairs=a.size,
        reach_differs=int((np.isfinite(a) != np.isfinite(b)).sum()),
        worst_m=float(gap.max(initial=0.0)),
        worst_share=float((gap / np.maximum(b[both], 1.0)).max(initial=0.0)),
        ms_differ=int((gap * 100.0 > 0.5).sum()),
    )


def _least(
    tail: npt.NDArray[Any], head: npt.NDArray[Any], length: npt.NDArray[Any], n: int
) -> csr_matrix:
    """Sparse matrix of the shortest of parallel arcs; scipy would add them up."""
    order = np.lexsort([length, head, tail])
    tail, head, length = tail[order], head[order], np.maximum(length[order], 1e-6)
    first = np.ones(len(tail), dtype=bool)
    first[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
    first &= tail != head
    return csr_matrix((length[first], (tail[first], head[first])), (n, n))


def reading(book: Book, source: Path, *, rounds: int) -> None:
    """The same roads from the same XML by both, and our reader on the whole file as it comes."""
    with tempfile.TemporaryDirectory() as folder:
        roads = Path(folder) / "roads.osm"
        n_ways, packed = write_roads(source, roads), Path(folder) / "roads.osm.pbf"
        with osmium.SimpleWriter(str(packed)) as out:
            for item in osmium.FileProcessor(str(roads)):
                out.add(item)
        net, graph = read_ours(roads), read_osmnx(roads)
        same = compare(net, graph)
        if not same.holds:
            book.fact("OSM equality", source.name, str(same), met=False)
        timed = interleave(
            {
                "roads": lambda: read_ours(roads),
                "packed": lambda: read_ours(packed),
                "whole": lambda: read_ours(source),
                "osmnx": lambda: read_osmnx(roads),
            },
            rounds,
        )
        name = source.name.split(".")[0]
        more = {"ways": n_ways, "junctions": same.junctions, "pairs": same.pairs, "worst_m": same.worst_m}
        theirs = timed.median["osmnx"]
        book.note("OSM reading, the same XML", name, timed.median["roads"], "osmnx", theirs, at_least=15, **more)
        book.note("OSM reading, the same as pbf", name, timed.median["packed"], "osmnx, XML", theirs, at_least=15)
        book.note("OSM reading, whole file", source.name, timed.median["whole"], "osmnx, roads only", theirs)
        book.fact("OSM equality", name, f"{same.junctions:,} junctions, {same.pairs:,} pairs, "
                  f"worst {same.worst_m * 1000:.2g} mm", met=same.holds)  # fmt: skip


def snapping(book: Book, source: Path, *, n_points: int, rounds: int) -> None:
    """Points of the map's box to the nearest road, in metres on both sides."""
    import osmnx

    with tempfile.TemporaryDirectory() as folder:
        roads = Path(folder) / "roads.osm"
        write_roads(source, roads)
        net, graph = read_ours(roads), read_osmnx(roads, rings=True)
    graph = osmnx.project_graph(graph, to_crs=net.crs)
    rng = np.random.default_rng(5)
    near = net.node_xy[rng.integers(0, net.n_nodes, n_points)]
    points = near + rng.normal(0.0, 60.0, near.shape)
    _, theirs = osmnx.nearest_edges(graph, points[:, 0], points[:, 1], return_dist=True)
    ours = net.snap(points, limit_m=_SNAP_M)
    worst = float(np.abs(ours.distance_m - np.asarray(theirs)).max())
    name = f"{source.name.split('.')[0]} {n_points:,} points"
    # Both compute in floating point from coordinates of millions of metres: equal means within a micrometre.
    book.fact("snapping, distances equal", name, f"worst {worst:.1g} m", met=bool(ours.ok.all()) and worst < 1e-6)
    cold = [fresh(net) for _ in range(rounds)]
    timed = interleave(
        {
            "cold": lambda: cold.pop().snap(points, limit_m=_SNAP_M),
            "warm": lambda: net.snap(points, limit_m=_SNAP_M),
            "osmnx": lambda: osmnx.nearest_edges(graph, points[:, 0], points[:, 1], return_dist=True),
        },
        rounds,
    )
    theirs_s = timed.median["osmnx"]
    book.note("snapping, tree included", name, timed.median["cold"], "osmnx", theirs_s, at_least=4)
    book.note("snapping, tree at hand", name, timed.median["warm"], "osmnx", theirs_s)
