"""Junctions split by turn restrictions: directions that start and end at copies, equal to networkx on the arcs."""

from __future__ import annotations

from dataclasses import replace

import networkx as nx
import numpy as np
import pytest

from geodata.network import NO_WAY
from geodata.router import Router

from .random_networks import make_network, random_network, random_points


def split_network(rng):
    """A multigraph some of whose directions against the drawing run between other nodes than the drawn ends."""
    net = random_network(rng)
    n = net.n_nodes
    copies = int(rng.integers(1, 8))
    back_from, back_to = net.edge_v.copy(), net.edge_u.copy()
    for ends in (back_from, back_to):
        moved = rng.random(net.n_edges) < 0.3
        ends[moved] = rng.integers(0, n + copies, int(moved.sum()))
    xy = np.concatenate([net.node_xy, net.node_xy[rng.integers(0, n, copies)]])
    return replace(
        net, node_osm=np.arange(n + copies), node_xy=xy, back_from=back_from.astype(np.int32),
        back_to=back_to.astype(np.int32),
    ).with_closures(rng.integers(0, net.n_edges, 1))  # fmt: skip


def by_arcs(net):
    """Milliseconds between nodes by networkx, on the arcs themselves."""
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(range(net.n_nodes))
    for k in np.flatnonzero(~net.closed).tolist():
        if net.ahead_ms[k] != NO_WAY:
            graph.add_edge(int(net.edge_u[k]), int(net.edge_v[k]), ms=int(net.ahead_ms[k]))
        if net.back_ms[k] != NO_WAY:
            graph.add_edge(int(net.back_from[k]), int(net.back_to[k]), ms=int(net.back_ms[k]))
    table = np.full((net.n_nodes, net.n_nodes), np.inf)
    for source, row in nx.all_pairs_dijkstra_path_length(graph, weight="ms"):
        table[source, list(row)] = list(row.values())
    return table


def by_hand(net, table, origins, targets):
    """Times between points within edges: through the ends of their directions, or along one edge."""
    ms = np.full((len(origins), len(targets)), np.inf)
    for i in range(len(origins)):
        for j in range(len(targets)):
            e, f = int(origins.edge[i]), int(targets.edge[j])
            if net.closed[e] or net.closed[f]:
                continue
            a, b = origins.along_m[i] / net.edge_length_m[e], targets.along_m[j] / net.edge_length_m[f]
            out = [(net.edge_v[e], net.ahead_ms[e], 1 - a), (net.back_to[e], net.back_ms[e], a)]
            into = [(net.edge_u[f], net.ahead_ms[f], b), (net.back_from[f], net.back_ms[f], 1 - b)]
            ways = [
                np.ceil(whole * part) + table[x, y] + np.ceil(rest * share)
                for x, whole, part in out if whole != NO_WAY for y, rest, share in into if rest != NO_WAY
            ]  # fmt: skip
            if e == f and b >= a and net.ahead_ms[e] != NO_WAY:
                ways.append(np.ceil(net.ahead_ms[e] * (b - a)))
            if e == f and b <= a and net.back_ms[e] != NO_WAY:
                ways.append(np.ceil(net.back_ms[e] * (a - b)))
            ms[i, j] = 0.0 if e == f and a == b else min(ways, default=np.inf)
    return ms


def within_edges(rng, net, n):
    """Points at quarters of edges, never at an end."""
    points = random_points(rng, net, n)
    edge = np.where(points.ok, points.edge, 0).astype(np.int32)
    along = rng.choice([0.25, 0.5, 0.75], n) * net.edge_length_m[edge]
    return replace(points, edge=edge, along_m=along, ok=np.ones(n, np.bool_))


@pytest.mark.parametrize("block", range(4))
def test_split_junctions_travel_as_their_arcs_do(block):
    rng = np.random.default_rng(800 + block)
    for _ in range(40):
        net = split_network(rng)
        origins, targets = within_edges(rng, net, 6), within_edges(rng, net, 9)
        table = by_arcs(net)
        expected = by_hand(net, table, origins, targets)
        routers = [Router(net, engine="numba"), Router(net, engine="numba").prepare(), Router(net, engine="scipy")]
        for router in routers:
            assert np.array_equal(router.matrix_ms(origins, targets), expected)
            times = router.matrix(origins, targets)
            assert np.array_equal(times.seconds, np.where(np.isfinite(expected), np.ceil(expected / 1000), -1))
            one = origins.take([0])
            ms = router.tree(one).ms
            start = [(net.edge_v, net.ahead_ms, 1.0), (net.back_to, net.back_ms, 0.0)]
            share, e = one.along_m[0] / net.edge_length_m[one.edge[0]], int(one.edge[0])
            rows = [table[end[e]] + np.ceil(w[e] * abs(at - share)) for end, w, at in start
                    if w[e] != NO_WAY and not net.closed[e]]  # fmt: skip
            assert np.array_equal(ms, np.min(rows, axis=0) if rows else np.full(net.n_nodes, np.inf))
        for i in range(3):
            ways = [router.path(origins.take([i]), targets.take([i])) for router in routers]
            assert [way is None for way in ways] == [np.isinf(expected[i, i])] * 3
            if ways[0] is not None:
                assert all(np.array_equal(way.edges, ways[0].edges) for way in ways)
                assert ways[0].seconds == np.ceil(expected[i, i] / 1000)


def test_a_forbidden_turn_by_hand():
    # Street 0 leads to the junction (node 1), streets 1 and 2 on from it; from street 0 one may not enter street 2.
    # Street 0 ends at the copy 4, from which a joint of street 1's time leads on.
    net = make_network(5, [0, 1, 1, 4], [4, 2, 3, 2], [4, 6, 8, 6], [4, 6, 8, NO_WAY])
    net = replace(
        net, back_from=np.array([1, 2, 3, 2], np.int32), back_to=np.array([0, 1, 1, 4], np.int32)
    )
    table = by_arcs(net)
    assert table[0].tolist() == [0, 16, 10, 24, 4], "to node 3 only by turning round at node 2"
    assert table[3, 0] == 12, "back from street 2 into street 0 is allowed"
    points = within_edges(np.random.default_rng(1), net, 4)
    points = replace(points, edge=np.arange(4, dtype=np.int32), along_m=net.edge_length_m / 2)
    for router in (Router(net, engine="numba").prepare(), Router(net, engine="scipy")):
        assert np.array_equal(router.matrix_ms(points, points), by_hand(net, table, points, points))
        assert router.matrix_ms(points, points)[0, 2] == 2 + 6 + 6 + 4
