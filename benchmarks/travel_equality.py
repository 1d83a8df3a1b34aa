"""The same answers as networkx on random multigraphs and as osmnx on real maps."""

from __future__ import annotations

import tempfile
from pathlib import Path

import networkx as nx
import numpy as np

from benchmarks.travel_maps import compare, read_osmnx, read_ours, write_roads
from benchmarks.travel_networks import at_nodes
from benchmarks.travel_timing import Book
from geodata.network import NO_WAY, Float64, RoadNetwork
from geodata.router import Router

# Small questions are searched unless the hierarchy is there already: ask for both.
_ENGINES = (("numba", False), ("numba", True), ("scipy", False))


def multigraph(rng: np.random.Generator) -> RoadNetwork:
    """A small network with self loops, parallel edges, islands and equal times, drawn by chance."""
    n = int(rng.integers(2, 28))
    e = int(rng.integers(1, 3 * n))
    u, v = rng.integers(0, n, e), rng.integers(0, n, e)
    parallel = rng.random(e) < 0.2
    if e > 1:
        copied = rng.integers(0, e, e)
        u, v = np.where(parallel, u[copied], u), np.where(parallel, v[copied], v)
    # Three kinds of times: many equal ones, road-like ones, and a few that leave 24 and 30 bits behind.
    most = int(rng.choice([3, 1000, 100_000, 40_000_000]))
    ahead, back = rng.integers(1, most + 1, e), rng.integers(1, most + 1, e)
    if rng.random() < 0.05:
        ahead[rng.integers(0, e)] = 2_000_000_000
    way = rng.random(e)
    xy = rng.uniform(0, 3000, (n, 2)) + 500_000
    return RoadNetwork(
        profile="car", crs="EPSG:32632", node_osm=np.arange(1, n + 1, dtype=np.int64), node_xy=xy,
        edge_u=u.astype(np.int32), edge_v=v.astype(np.int32), edge_way=np.arange(e, dtype=np.int64),
        edge_length_m=rng.uniform(5, 500, e),
        ahead_ms=np.where(way < 0.15, NO_WAY, ahead).astype(np.int32),
        back_ms=np.where(way > 0.7, NO_WAY, back).astype(np.int32),
        edge_class=np.zeros(e, dtype=np.int16), edge_name=np.zeros(e, dtype=np.int32),
        class_names=("residential",), names=("",), speed_known=np.ones(e, dtype=bool),
        bridge=np.zeros(e, dtype=bool), tunnel=np.zeros(e, dtype=bool),
        shape_start=np.arange(0, 2 * e + 1, 2, dtype=np.int64),
        shape_xy=np.column_stack([xy[u], xy[v]]).reshape(-1, 2), closed=rng.random(e) < 0.05,
    )  # fmt: skip


def by_networkx(net: RoadNetwork, nodes: np.ndarray) -> Float64:
    """Milliseconds between nodes by networkx, infinite where there is no way."""
    graph = net.to_networkx()
    table = np.full((len(nodes), net.n_nodes), np.inf)
    for row, node in enumerate(nodes.tolist()):
        reach = nx.single_source_dijkstra_path_length(graph, node, weight="ms")
        table[row, list(reach)] = list(reach.values())
    answer: Float64 = table[:, nodes]
    return answer


def multigraphs(book: Book, count: int, seed: int = 7) -> None:
    """Compare tables of every engine with networkx, before and after closing edges, nearest origins too."""
    rng = np.random.default_rng(seed)
    pairs = wrong = unreachable = 0
    for _ in range(count):
        net = multigraph(rng)
        nodes = np.unique(np.concatenate([net.edge_u, net.edge_v])).astype(np.int64)
        places = at_nodes(net, nodes)
        shut = rng.choice(net.n_edges, min(net.n_edges, 3), replace=False)
        wanted, wanted_shut = by_networkx(net, nodes), by_networkx(net.with_closures(shut), nodes)
        for engine, prepared in _ENGINES:
            router = Router(net, engine=engine)
            closed = router.with_closures(shut)
            if prepared:
                closed = router.prepare().with_closures(shut).prepare()
            own, own_shut = router.matrix_ms(places, places), closed.matrix_ms(places, places)
            nearest = router.nodes_ms(places.take([0]))[nodes]
            for a, b in ((own, wanted), (own_shut, wanted_shut), (nearest[None], wanted[:1])):
                pairs += a.size
                wrong += int((a != b).sum())
                unreachable += int(np.isinf(b).sum())
    book.fact("equality with networkx", f"{count:,} random multigraphs; searches, hierarchy, scipy",
              f"{pairs:,} pairs ({unreachable / pairs:.0%} without a way), {wrong} differ", met=wrong == 0)  # fmt: skip


def maps(book: Book, files: list[Path]) -> None:
    """Compare junctions, reach and distances with osmnx on the same roads of real maps."""
    for source in files:
        with tempfile.TemporaryDirectory() as folder:
            roads = Path(folder) / "roads.osm"
            write_roads(source, roads)
            same = compare(read_ours(roads), read_osmnx(roads), n_sources=150)
        text = (
            f"{same.junctions:,} junctions, {len(same.missing)} missing; {same.pairs:,} pairs, "
            f"{same.reach_differs} differ in reach, worst {same.worst_m * 1000:.1g} mm"
        )
        book.fact("equality with osmnx", source.name, text, met=same.holds)
