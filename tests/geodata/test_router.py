"""Travel answers against hand-worked cases and against networkx on random multigraphs, equal to the millisecond."""

from __future__ import annotations

import math

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.coverage import cover_counts, covers, first_and_backup, reachable_edges
from geodata.errors import GeodataError
from geodata.network import NO_WAY, RoadNetwork, Snapped
from geodata.router import Router
from geodata.travel import TravelTimes


def straight_network(n_nodes, edges):
    """Nodes on a circle; edges as (u, v, ahead_ms, back_ms, length_m)."""
    turn = np.arange(n_nodes) * 2 * np.pi / n_nodes
    xy = np.column_stack([np.cos(turn), np.sin(turn)]) * 1000
    table = np.array(edges).reshape(-1, 5)
    n = len(table)
    u, v = table[:, 0].astype(np.int32), table[:, 1].astype(np.int32)
    middle = (xy[u] + xy[v]) / 2 + np.arange(n)[:, None] + 1
    shape = np.stack([xy[u], middle, xy[v]], axis=1).reshape(-1, 2)
    none = np.zeros(n, dtype=bool)
    return RoadNetwork(
        profile="car", crs="EPSG:32633", node_osm=np.arange(n_nodes), node_xy=xy, edge_u=u, edge_v=v,
        edge_way=np.arange(n), edge_length_m=table[:, 4].astype(float), ahead_ms=table[:, 2].astype(np.int32),
        back_ms=table[:, 3].astype(np.int32), edge_class=np.zeros(n, dtype=np.int16),
        edge_name=np.zeros(n, dtype=np.int32), class_names=("residential",), names=("",), speed_known=~none,
        bridge=none.copy(), tunnel=none.copy(), shape_start=np.arange(n + 1) * 3, shape_xy=shape, closed=none.copy(),
    )  # fmt: skip


def on(net, *places):
    """Snapped points from (edge, quarter of the edge 0..4)."""
    edge = np.array([place[0] for place in places], dtype=np.int32)
    along = np.array([place[1] / 4 for place in places]) * net.edge_length_m[edge]
    n = len(places)
    return Snapped(edge, along, np.zeros(n), np.zeros((n, 2)), np.ones(n, dtype=bool))


LINE = [(0, 1, 4000, 4000, 100.0), (1, 2, 8000, NO_WAY, 200.0)]


def test_between_junctions_and_within_edges_by_hand():
    net = straight_network(3, LINE)
    times = Router(net).matrix(on(net, (0, 0), (0, 1)), on(net, (0, 4), (0, 3), (1, 2), (1, 4)))
    # From the start: 4 s to the end, 3 s to its third quarter, 4 + 4 s, 4 + 8 s.
    assert times.seconds.tolist() == [[4, 3, 8, 12], [3, 2, 7, 11]]
    assert times.reachable.all()


def test_one_way_binds_within_an_edge_too():
    net = straight_network(3, LINE)
    times = Router(net).matrix(on(net, (1, 3), (1, 4)), on(net, (1, 1), (0, 2), (1, 3)))
    assert times.reachable.tolist() == [[False, False, True], [False, False, False]]
    assert times.seconds[0, 2] == 0
    assert (times.seconds[~times.reachable] == -1).all()


def test_behind_on_a_one_way_ring_means_all_the_way_round():
    ring = [(0, 1, 4000, NO_WAY, 100.0), (1, 2, 4000, NO_WAY, 100.0), (2, 0, 4000, NO_WAY, 100.0)]
    net = straight_network(3, ring)
    router = Router(net)
    assert router.matrix(on(net, (0, 3)), on(net, (0, 1))).seconds[0, 0] == 10
    path = router.path(on(net, (0, 3)), on(net, (0, 1)))
    assert path.seconds == 10
    assert path.length_m == pytest.approx(250)
    assert path.edges.tolist() == [0, 1, 2, 0]


def test_seconds_are_rounded_up_once():
    net = straight_network(3, [(0, 1, 1001, 1001, 10.0), (1, 2, 1001, 1001, 10.0)])
    assert Router(net).matrix(on(net, (0, 0)), on(net, (1, 4))).seconds[0, 0] == 3
    assert Router(net).matrix(on(net, (0, 0)), on(net, (0, 4))).seconds[0, 0] == 2


def test_a_closed_edge_carries_nobody_not_even_in_part():
    net = straight_network(3, LINE).with_closures([0])
    times = Router(net).matrix(on(net, (0, 1), (0, 4)), on(net, (0, 2), (1, 4)))
    assert times.reachable.tolist() == [[False, False], [False, True]]


def test_points_off_the_network_reach_nothing():
    net = straight_network(3, LINE)
    lost = Snapped(
        np.array([-1], dtype=np.int32),
        np.zeros(1),
        np.full(1, np.inf),
        np.zeros((1, 2)),
        np.zeros(1, bool),
    )
    router = Router(net)
    assert not router.matrix(lost, on(net, (0, 0))).reachable.any()
    assert not router.matrix(on(net, (0, 0)), lost).reachable.any()
    assert router.path(lost, on(net, (0, 0))) is None
    assert len(router.coverage(on(net, (0, 0)), lost, 100).target) == 0


def test_path_asks_for_single_points():
    net = straight_network(3, LINE)
    with pytest.raises(GeodataError, match="one origin and one target"):
        Router(net).path(on(net, (0, 0), (0, 1)), on(net, (0, 2)))


def test_no_points_no_rows():
    net = straight_network(3, LINE)
    empty = on(net, (0, 0)).take([])
    assert Router(net).matrix(empty, on(net, (0, 0))).seconds.shape == (0, 1)
    assert Router(net).matrix(on(net, (0, 0)), empty).seconds.shape == (1, 0)


def test_reach_counts_parts_of_edges():
    net = straight_network(3, LINE)
    reach = reachable_edges(Router(net), on(net, (0, 2)), 4)
    # 2 s to either end of the first edge; 2 s more cover a quarter of the second.
    assert reach.edge.tolist() == [0, 1]
    assert reach.from_m.tolist() == [0, 0]
    assert reach.to_m.tolist() == [100, 50]
    assert len(reach.lines) == 2


def test_reach_within_the_posts_own_edge():
    net = straight_network(3, LINE)
    two_way = reachable_edges(Router(net), on(net, (0, 2)), 1)
    assert (two_way.from_m.tolist(), two_way.to_m.tolist()) == ([25], [75])
    one_way = reachable_edges(Router(net), on(net, (1, 2)), 2)
    assert (one_way.edge.tolist(), one_way.from_m.tolist(), one_way.to_m.tolist()) == (
        [1],
        [100],
        [150],
    )


def test_first_and_backup_cover():
    seconds = np.array([[60, 300, -1], [50, 100, -1], [60, 90, 400]], dtype=np.int32)
    times = TravelTimes(seconds, seconds >= 0)
    first, backup = first_and_backup(times, 300)
    assert first.tolist() == [1, 2, -1]
    assert backup.tolist() == [0, 1, -1], "of equally near posts the first counts"
    assert cover_counts(times, [55, 300, 400]).tolist() == [1, 3, 1]
    assert covers(times, 60)[:, 0].tolist() == [True, True, True], "the limit itself is within"


@st.composite
def cases(draw):
    n_nodes = draw(st.integers(2, 6))
    node = st.integers(0, n_nodes - 1)
    ms = st.one_of(st.just(NO_WAY), st.integers(1, 9))
    n_edges = draw(st.integers(1, 9))
    edges = []
    for _ in range(n_edges):
        ahead, back = draw(ms), draw(ms)
        if ahead == NO_WAY and back == NO_WAY:
            ahead = draw(st.integers(1, 9))
        edges.append(
            (draw(node), draw(node), ahead * 1000, back * 1000 if back > 0 else NO_WAY, 40.0)
        )
    net = straight_network(
        n_nodes, [(u, v, a if a > 0 else NO_WAY, b, m) for u, v, a, b, m in edges]
    )
    place = st.tuples(st.integers(0, n_edges - 1), st.integers(0, 4))
    origins = draw(st.lists(place, min_size=1, max_size=4))
    targets = draw(st.lists(place, min_size=1, max_size=4))
    closed = draw(st.lists(st.integers(0, n_edges - 1), max_size=2))
    return net.with_closures(closed), on(net, *origins), on(net, *targets)


def oracle_ms(net, origins, targets):
    """Shortest times by networkx, with every point as a node of its own between those of its edge."""
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(range(net.n_nodes))
    stops = [(kind, k, int(points.edge[k]), points.along_m[k] / net.edge_length_m[points.edge[k]])
             for kind, points in (("from", origins), ("to", targets)) for k in range(len(points))]  # fmt: skip
    for edge in range(net.n_edges):
        u, v = int(net.edge_u[edge]), int(net.edge_v[edge])
        here = [(share, (kind, k)) for kind, k, e, share in stops if e == edge]
        for share, stop in here:
            graph.add_node(stop)
            for end, at in ((u, 0.0), (v, 1.0)):
                if share == at:
                    graph.add_edge(end, stop, ms=0)
                    graph.add_edge(stop, end, ms=0)
        if net.closed[edge]:
            continue
        points = [(0.0, u), (1.0, v), *here]
        for whole, sign in ((int(net.ahead_ms[edge]), 1), (int(net.back_ms[edge]), -1)):
            if whole == NO_WAY:
                continue
            for a_at, a in points:
                for b_at, b in points:
                    if (b_at - a_at) * sign > 0 or (
                        a_at == b_at and a != b and a_at not in (0.0, 1.0)
                    ):
                        graph.add_edge(a, b, ms=math.ceil(abs(b_at - a_at) * whole))
    table = np.full((len(origins), len(targets)), np.inf)
    for i in range(len(origins)):
        found = nx.single_source_dijkstra_path_length(graph, ("from", i), weight="ms")
        for j in range(len(targets)):
            table[i, j] = found.get(("to", j), np.inf)
    return table


@given(cases())
def test_matrix_paths_and_coverage_agree_with_networkx(case):
    net, origins, targets = case
    router = Router(net)
    expected = oracle_ms(net, origins, targets)
    assert np.array_equal(router.matrix_ms(origins, targets), expected)
    times = router.matrix(origins, targets)
    assert np.array_equal(times.reachable, np.isfinite(expected))
    reached = times.reachable
    assert np.array_equal(times.seconds[reached], np.ceil(expected[reached] / 1000))
    for limit_s in (0, 7):
        assert np.array_equal(
            router.coverage(origins, targets, limit_s).to_dense().reachable, times.within(limit_s)
        )
    for i in range(len(origins)):
        for j in range(len(targets)):
            path = router.path(origins.take([i]), targets.take([j]))
            assert (path is not None) == reached[i, j]
            if path is not None:
                assert path.seconds == times.seconds[i, j]
                assert len(path.xy) >= 2
                assert not net.closed[path.edges].any()


@given(cases())
def test_the_triangle_inequality_holds_after_rounding(case):
    net, origins, _ = case
    router = Router(net)
    times = router.matrix(origins, origins)
    far = np.where(times.reachable, times.seconds.astype(float), np.inf)
    through = (far[:, :, None] + far[None, :, :]).min(axis=1)
    assert (far <= through).all()
