"""Road networks to measure on: drawn by chance to any size, and real ones where they lie beside the checkout."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import Delaunay

from geodata.network import NO_WAY, RoadNetwork, Snapped

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"

_ONE_WAY = 0.12
_PUT_BACK = 0.10
_ARTERIAL_KMH = (110.0, 80.0, 60.0)


def drawn(n_nodes: int, seed: int = 0) -> RoadNetwork:
    """Return a network drawn by chance, the same one for the same numbers.

    Points cluster as towns do; they are joined by the Urquhart graph of their Delaunay triangles (each triangle
    without its longest side), with a tenth of the sides left out put back. 12 % of the edges are one-way; speeds are
    20..50 km/h, and 60..110 km/h on the ways between 40 hubs that most fastest ways share. Nodes are numbered by
    chance, so that no library profits from neighbours lying together.
    """
    rng = np.random.default_rng([seed, n_nodes])
    xy = _clustered(n_nodes, rng)
    u, v = _urquhart(xy, rng)
    step = np.hypot(*(xy[u] - xy[v]).T)
    length = np.maximum(step * rng.uniform(1.0, 1.3, len(u)), 2.0)
    kmh = rng.choice([20.0, 30.0, 30.0, 50.0], len(u))
    kmh = np.maximum(kmh, _arterial(u, v, length, n_nodes, rng))
    ms = np.ceil(length * 3600.0 / kmh).astype(np.int32)
    one_way = rng.random(len(u)) < _ONE_WAY
    n = len(u)
    return RoadNetwork(
        profile="car",
        crs="EPSG:32632",
        node_osm=np.arange(1, n_nodes + 1, dtype=np.int64),
        node_xy=xy,
        edge_u=u.astype(np.int32),
        edge_v=v.astype(np.int32),
        edge_way=np.arange(1, n + 1, dtype=np.int64),
        edge_length_m=length,
        ahead_ms=ms,
        back_ms=np.where(one_way, NO_WAY, ms).astype(np.int32),
        edge_class=np.zeros(n, dtype=np.int16),
        edge_name=np.zeros(n, dtype=np.int32),
        class_names=("residential",),
        names=("",),
        speed_known=np.ones(n, dtype=bool),
        bridge=np.zeros(n, dtype=bool),
        tunnel=np.zeros(n, dtype=bool),
        shape_start=np.arange(0, 2 * n + 1, 2, dtype=np.int64),
        shape_xy=np.column_stack([xy[u], xy[v]]).reshape(-1, 2),
        closed=np.zeros(n, dtype=bool),
    )


def _clustered(n: int, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """Points on a square that holds 40 nodes a square kilometre: two thirds in towns, the others anywhere."""
    side = 1000.0 * np.sqrt(n / 40.0)
    n_towns = max(6, n // 2500)
    town = rng.uniform(0.0, side, (n_towns, 2))
    share = rng.pareto(1.2, n_towns) + 0.2
    of = rng.choice(n_towns, n, p=share / share.sum())
    spread = side * 0.25 / np.sqrt(n_towns) * (0.4 + share[of] / share.max())
    xy = town[of] + rng.normal(0.0, 1.0, (n, 2)) * spread[:, None]
    anywhere = rng.random(n) < 1 / 3
    xy[anywhere] = rng.uniform(0.0, side, (int(anywhere.sum()), 2))
    return 500_000.0 + xy


def _urquhart(
    xy: npt.NDArray[np.float64], rng: np.random.Generator
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Ends of the edges, in random order and direction."""
    corner = Delaunay(xy).simplices.astype(np.int64)
    side = corner[:, [[0, 1], [1, 2], [2, 0]]]
    squared = ((xy[side[..., 0]] - xy[side[..., 1]]) ** 2).sum(axis=-1)
    key = side.min(axis=-1) * len(xy) + side.max(axis=-1)
    longest = np.zeros(key.shape, dtype=bool)
    longest[np.arange(len(key)), squared.argmax(axis=1)] = True
    every, gone = np.unique(key), np.unique(key[longest])
    keep = np.union1d(np.setdiff1d(every, gone), rng.choice(gone, int(len(gone) * _PUT_BACK), replace=False))
    keep = rng.permutation(keep)
    u, v = keep // len(xy), keep % len(xy)
    turned = rng.random(len(keep)) < 0.5
    return np.where(turned, v, u), np.where(turned, u, v)


def _arterial(
    u: npt.NDArray[np.int64],
    v: npt.NDArray[np.int64],
    length: npt.NDArray[np.float64],
    n: int,
    rng: np.random.Generator,
) -> npt.NDArray[np.float64]:
    """Speed of the edges that shortest ways between hubs use, 0 elsewhere."""
    hubs = rng.choice(n, 40, replace=False)
    graph = csr_matrix((length, (u, v)), (n, n))
    graph = graph.maximum(graph.T).tocsr()
    used = np.zeros(len(u), dtype=np.int64)
    low, high = np.minimum(u, v), np.maximum(u, v)
    order = np.argsort(low * n + high)
    sorted_key = (low * n + high)[order]
    for hub in hubs:
        _, before = dijkstra(graph, directed=False, indices=int(hub), return_predecessors=True)
        for other in hubs:
            chain = [int(other)]
            while before[chain[-1]] >= 0:
                chain.append(int(before[chain[-1]]))
            way = np.array(chain, dtype=np.int64)
            key = np.minimum(way[1:], way[:-1]) * n + np.maximum(way[1:], way[:-1])
            used[order[np.searchsorted(sorted_key, key)]] += 1
    level = np.zeros(len(u))
    for kmh, least in zip(_ARTERIAL_KMH, (60, 16, 1), strict=True):
        level = np.maximum(level, np.where(used >= least, kmh, 0.0))
    return level


def real(name: str) -> RoadNetwork | None:
    """A real network (``wuhan``, ``porto``, ``columbus``) for cars, or None where its file is not at hand."""
    from geodata.build import build_network
    from geodata.mapfile import read_map

    path = DATA / {
        "wuhan": "gis/wuhan_roads.parquet",
        "porto": "osm/porto_region_roads.osm.pbf",
        "columbus": "osm/columbus.osm.pbf",
    }[name]
    return build_network(read_map(path), "car") if path.is_file() else None


def fresh(net: RoadNetwork) -> RoadNetwork:
    """The same arrays with nothing prepared from them but the arcs, which every library is handed ready-made."""
    again = replace(net)
    _ = again.arcs
    return again


def at_nodes(net: RoadNetwork, nodes: npt.NDArray[np.int64]) -> Snapped:
    """Points that lie exactly at nodes of the network, each on some edge of its node."""
    edge = np.full(net.n_nodes, -1, dtype=np.int64)
    edge[net.edge_v] = np.arange(net.n_edges)
    edge[net.edge_u] = np.arange(net.n_edges)
    row = edge[nodes]
    if (row < 0).any():
        raise ValueError("a node without an edge cannot be a place to start from")
    starts = net.edge_u[row] == nodes
    along = np.where(starts, 0.0, net.edge_length_m[row])
    n = len(nodes)
    return Snapped(row.astype(np.int32), along, np.zeros(n), net.node_xy[nodes], np.ones(n, dtype=bool))


def some_nodes(net: RoadNetwork, n: int, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """Distinct nodes of the largest strong component, drawn by chance."""
    main = np.flatnonzero(net.component == 0)
    return np.asarray(rng.choice(main, min(n, len(main)), replace=False), dtype=np.int64)


def on_edges(net: RoadNetwork, n: int, rng: np.random.Generator) -> Snapped:
    """Points somewhere along edges of the largest strong component."""
    edge = rng.choice(np.flatnonzero(net.in_main), n)
    share = rng.uniform(0.05, 0.95, n)
    xy = net.shape_xy[net.shape_start[edge]]
    along = share * net.edge_length_m[edge]
    return Snapped(edge.astype(np.int32), along, np.zeros(n), xy, np.ones(n, dtype=bool))
