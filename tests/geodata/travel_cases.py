"""Tiny networks for the travel features, drawn by hand or by Hypothesis."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from geodata.network import NO_WAY, RoadNetwork, Snapped


def network(nodes, edges, *, profile="car", classes=None, names=None, bridges=(), lengths=None):
    """A network from places in metres and edges (u, v, ahead_ms, back_ms), lines straight, lengths true or given."""
    xy = np.array(nodes, dtype=float).reshape(-1, 2)
    table = np.array(edges, dtype=np.int64).reshape(-1, 4)
    n = len(table)
    u, v = table[:, 0].astype(np.int32), table[:, 1].astype(np.int32)
    middle = (xy[u] + xy[v]) / 2
    # A loop needs some length; everything else is straight.
    middle[u == v] += [0.0, 25.0]
    shape = np.stack([xy[u], middle, xy[v]], axis=1)
    length = np.hypot(*np.moveaxis(np.diff(shape, axis=1), -1, 0)).sum(axis=1)
    length = length if lengths is None else np.array(lengths, dtype=float)
    classes = list(classes or ["residential"] * n)
    names = list(names or [""] * n)
    kinds, titles = sorted(set(classes)), ["", *sorted(set(names) - {""})]
    none = np.zeros(n, dtype=bool)
    bridge = none.copy()
    bridge[list(bridges)] = True
    return RoadNetwork(
        profile=profile, crs="EPSG:32633", node_osm=np.arange(len(xy)), node_xy=xy, edge_u=u, edge_v=v,
        edge_way=np.arange(n), edge_length_m=length, ahead_ms=table[:, 2].astype(np.int32),
        back_ms=table[:, 3].astype(np.int32),
        edge_class=np.array([kinds.index(c) for c in classes], dtype=np.int16),
        edge_name=np.array([titles.index(t) for t in names], dtype=np.int32),
        class_names=tuple(kinds), names=tuple(titles), speed_known=~none, bridge=bridge, tunnel=none.copy(),
        shape_start=np.arange(n + 1) * 3, shape_xy=shape.reshape(-1, 2), closed=none.copy(),
    )  # fmt: skip


def on(net, *places):
    """Snapped points from (edge, quarter of the edge 0..4)."""
    edge = np.array([place[0] for place in places], dtype=np.int32)
    along = np.array([place[1] / 4 for place in places]) * net.edge_length_m[edge]
    n = len(places)
    xy = [net.lines[e].interpolate(q / 4, normalized=True).coords[0] for e, q in places]
    return Snapped(
        edge, along, np.zeros(n), np.array(xy, dtype=float).reshape(-1, 2), np.ones(n, bool)
    )


def lost(n=1):
    """Points that lie on no road."""
    return Snapped(
        np.full(n, -1, dtype=np.int32),
        np.zeros(n),
        np.full(n, np.inf),
        np.zeros((n, 2)),
        np.zeros(n, bool),
    )


@st.composite
def networks(draw, *, max_nodes=6, max_edges=10, both_ways=False):
    """Multigraphs with self loops, parallels, islands and one-way streets; times are multiples of 4 ms."""
    n_nodes = draw(st.integers(2, max_nodes))
    node = st.integers(0, n_nodes - 1)
    ms = st.integers(1, 9).map(lambda s: s * 1000)
    edges = []
    for _ in range(draw(st.integers(1, max_edges))):
        ahead = draw(ms)
        back = draw(ms) if both_ways or draw(st.booleans()) else NO_WAY
        if back != NO_WAY and not both_ways and draw(st.integers(0, 4)) == 0:
            ahead = NO_WAY
        edges.append((draw(node), draw(node), ahead, back))
    turn = np.arange(n_nodes) * 2 * np.pi / n_nodes
    return network(np.column_stack([np.cos(turn), np.sin(turn)]) * 300, edges)


@st.composite
def places(draw, net, *, min_size=1, max_size=4):
    """Points on quarters of edges."""
    place = st.tuples(st.integers(0, net.n_edges - 1), st.integers(0, 4))
    return on(net, *draw(st.lists(place, min_size=min_size, max_size=max_size)))
