"""Small random multigraphs: self loops, parallel edges, islands, one-way streets, equal ways."""

from __future__ import annotations

import networkx as nx
import numpy as np

from geodata.network import NO_WAY, RoadNetwork, Snapped


def make_network(n_nodes, u, v, ahead, back, length_m=None, xy=None):
    """Arrays to a network drawn with straight edges."""
    u, v = np.asarray(u, np.int32), np.asarray(v, np.int32)
    n = len(u)
    turn = np.arange(n_nodes) * 2 * np.pi / max(n_nodes, 1)
    xy = np.column_stack([np.cos(turn), np.sin(turn)]) * 1000 if xy is None else xy
    none = np.zeros(n, dtype=bool)
    return RoadNetwork(
        profile="car", crs="EPSG:32633", node_osm=np.arange(n_nodes), node_xy=xy, edge_u=u, edge_v=v,
        edge_way=np.arange(n), edge_length_m=np.full(n, 40.0) if length_m is None else length_m,
        ahead_ms=np.asarray(ahead, np.int32), back_ms=np.asarray(back, np.int32),
        edge_class=np.zeros(n, dtype=np.int16), edge_name=np.zeros(n, dtype=np.int32), class_names=("residential",),
        names=("",), speed_known=~none, bridge=none.copy(), tunnel=none.copy(), shape_start=np.arange(n + 1) * 2,
        shape_xy=np.stack([xy[u], xy[v]], axis=1).reshape(-1, 2), closed=none.copy(),
    )  # fmt: skip


def random_network(rng, n_nodes=None, n_edges=None, most_ms=None):
    """A multigraph of up to 40 nodes; small times make many equal ways."""
    n = n_nodes or int(rng.integers(1, 40))
    m = n_edges or int(rng.integers(1, 3 * n + 2))
    most = most_ms or int(rng.choice([3, 50, 100_000]))
    # Ends that lie near each other, as on a map; some pairs twice, some edges from a node to itself.
    u = rng.integers(0, n, m)
    v = np.clip(u + rng.integers(-4, 5, m), 0, n - 1)
    ahead, back = rng.integers(1, most + 1, m), rng.integers(1, most + 1, m)
    kind = rng.random(m)
    ahead[kind < 0.15] = NO_WAY
    back[(kind > 0.6) & (kind < 0.9)] = NO_WAY
    return make_network(n, u, v, ahead, back)


def random_points(rng, net, n):
    """Points on edges, some at their ends, some not laid onto the network."""
    edge = rng.integers(0, net.n_edges, n).astype(np.int32)
    along = rng.choice([0.0, 0.25, 0.5, 1.0, rng.random()], n) * net.edge_length_m[edge]
    ok = rng.random(n) > 0.05
    edge[~ok] = -1
    return Snapped(edge, along, np.zeros(n), np.zeros((n, 2)), ok)


def at_nodes(net, nodes):
    """Points that lie exactly on nodes; a node without edges gives a point that is not laid."""
    nodes = np.asarray(nodes)
    edge, along = np.full(len(nodes), -1, np.int32), np.zeros(len(nodes))
    for k, node in enumerate(nodes):
        starts, ends = np.flatnonzero(net.edge_u == node), np.flatnonzero(net.edge_v == node)
        if len(starts):
            edge[k] = starts[0]
        elif len(ends):
            edge[k], along[k] = ends[0], net.edge_length_m[ends[0]]
    n = len(nodes)
    return Snapped(edge, along, np.zeros(n), np.zeros((n, 2)), edge >= 0)


def oracle(net):
    """Milliseconds between all nodes by networkx, float64 ``[n, n]``."""
    table = np.full((net.n_nodes, net.n_nodes), np.inf)
    for source, row in nx.all_pairs_dijkstra_path_length(net.to_networkx(), weight="ms"):
        for target, ms in row.items():
            table[source, target] = ms
    return table
