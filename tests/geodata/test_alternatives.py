"""Alternative ways: by hand, against networkx on tiny networks, and their promises one by one."""

from __future__ import annotations

from itertools import combinations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.alternatives import alternatives
from geodata.errors import GeodataError
from geodata.network import NO_WAY
from geodata.router import Router

from .travel_cases import lost, network, networks, on, places

# Three ways from 0 to 1: straight (100 s), a northern bow of two streets (110 s), a southern one (130 s); and a blind
# alley at 4 off the northern bow.
PLACES = [(0, 0), (1000, 0), (500, 300), (500, -400), (500, 500)]
ROADS = [
    (0, 1, 100_000, 100_000),
    (0, 2, 55_000, 55_000),
    (2, 1, 55_000, 55_000),
    (0, 3, 65_000, 65_000),
    (3, 1, 65_000, 65_000),
    (2, 4, 2_000, 2_000),
]


def ways(net, origin, target, **options):
    return alternatives(Router(net), on(net, origin), on(net, target), **options)


def test_three_ways_by_hand():
    net = network(PLACES, ROADS)
    found = ways(net, (0, 0), (0, 4))
    assert [path.seconds for path in found] == [100, 110, 130]
    assert [path.edges.tolist() for path in found] == [[0], [1, 2], [3, 4]]
    assert found[1].length_m == pytest.approx(2 * np.hypot(500, 300))
    assert found[1].xy.tolist() == [[0, 0], [250, 150], [500, 300], [750, 150], [1000, 0]]
    assert [path.seconds for path in ways(net, (0, 0), (0, 4), stretch=1.2)] == [100, 110]
    assert [path.seconds for path in ways(net, (0, 0), (0, 4), k=2)] == [100, 110]
    assert [path.seconds for path in ways(net, (0, 0), (0, 4), k=1)] == [100]


def test_the_stretch_itself_is_within():
    net = network(PLACES, ROADS)
    assert len(ways(net, (0, 0), (0, 4), stretch=1.3)) == 3
    assert len(ways(net, (0, 0), (0, 4), stretch=1.2999)) == 2


def test_between_parts_of_edges():
    net = network(PLACES, ROADS)
    # From the middle of the first northern street to the last quarter of the straight one.
    found = ways(net, (1, 2), (0, 3))
    assert [path.seconds for path in found] == [103, 108]
    assert [path.edges.tolist() for path in found] == [[1, 0], [1, 2, 0]]
    assert found[0].length_m == pytest.approx(np.hypot(250, 150) + 750)
    assert found[1].xy[0].tolist() == [250, 150]
    assert found[1].xy[-1].tolist() == [750, 0]


def test_no_way_runs_back_over_itself():
    # A spur at the origin: both ways must drive it, and it is most of the way.
    net = network([(0, 0), (1000, 0), (1100, 50), (1100, -50), (1200, 0)],
                  [(0, 1, 50_000, 50_000), (1, 2, 5_000, 5_000), (2, 4, 5_000, 5_000),
                   (1, 3, 6_000, 6_000), (3, 4, 6_000, 6_000)])  # fmt: skip
    assert [path.seconds for path in ways(net, (0, 0), (2, 4))] == [60]
    assert [p.seconds for p in ways(net, (0, 0), (2, 4), shared=0.9)] == [60, 62]
    # From within the spur, away from the town first, is no way.
    assert all(p.edges.tolist().count(0) == 1 for p in ways(net, (0, 2), (2, 4), stretch=9))


def test_points_on_one_edge():
    net = network(PLACES, ROADS)
    found = ways(net, (0, 1), (0, 3), stretch=4)
    # Straight 50 s; round by the north 25 + 110 + 25 s, round by the south 25 + 130 + 25 s.
    assert [path.seconds for path in found] == [50, 160, 180]
    assert found[1].edges.tolist() == [0, 1, 2, 0]
    assert ways(net, (0, 1), (0, 3), stretch=4, k=1)[0].seconds == 50
    assert len(ways(net, (0, 1), (0, 1))) == 1, "already there"
    backward = ways(net, (0, 3), (0, 1), stretch=4)
    assert [path.seconds for path in backward] == [50, 160, 180]


def test_a_one_way_ring_behind():
    ring = [(0, 1, 4000, NO_WAY), (1, 2, 4000, NO_WAY), (2, 0, 4000, NO_WAY)]
    net = network([(0, 0), (100, 0), (50, 80)], ring)
    (path,) = ways(net, (0, 3), (0, 1))
    assert path.seconds == 10
    assert path.edges.tolist() == [0, 1, 2, 0]


def test_nowhere_to_go():
    net = network(PLACES, ROADS).with_closures([0, 1, 3])
    assert ways(net, (0, 0), (0, 4)) == ()
    assert ways(net, (0, 2), (2, 2)) == ()
    router = Router(net)
    assert alternatives(router, lost(), on(net, (2, 2))) == ()
    assert alternatives(router, on(net, (2, 2)), lost()) == ()


def test_what_is_asked_is_checked_at_once():
    net = network(PLACES, ROADS)
    with pytest.raises(GeodataError) as error:
        alternatives(
            Router(net),
            on(net, (0, 0), (0, 1)),
            on(net, (0, 2)),
            k=0,
            stretch=0.9,
            shared=1,
            local=2,
        )
    assert len(error.value.faults) == 5
    assert "2 origins" in str(error.value)


def best_graph(net):
    graph = nx.DiGraph()
    graph.add_nodes_from(range(net.n_nodes))
    for u, v, ms in net.to_networkx().edges(data="ms"):
        if u != v and ms < graph.get_edge_data(u, v, {"ms": np.inf})["ms"]:
            graph.add_edge(u, v, ms=ms)
    return graph


def arcs_of(net, path, origin_node):
    """Nodes and times of a path that starts and ends at junctions and drives whole edges."""
    at, nodes, times = origin_node, [origin_node], []
    for edge in path.edges.tolist():
        u, v = int(net.edge_u[edge]), int(net.edge_v[edge])
        options = [(int(net.ahead_ms[edge]), v)] * (at == u) + [(int(net.back_ms[edge]), u)] * (
            at == v
        )
        ms, at = min(option for option in options if option[0] != NO_WAY)
        nodes.append(at)
        times.append(ms)
    return nodes, times


@st.composite
def junction_pairs(draw):
    net = draw(networks(max_nodes=7, max_edges=14))
    closed = draw(st.lists(st.integers(0, net.n_edges - 1), max_size=1))
    shut = net.with_closures(closed)
    ends = st.tuples(st.integers(0, net.n_edges - 1), st.sampled_from([0, 4]))
    return shut, draw(ends), draw(ends)


def node_of(net, end):
    return int(net.edge_v[end[0]] if end[1] else net.edge_u[end[0]])


@given(junction_pairs(), st.sampled_from([1.0, 1.4, 3.0]), st.sampled_from([0.0, 0.3, 0.7, 0.95]))
def test_costs_and_promises_against_networkx(case, stretch, shared):
    net, a, b = case
    found = ways(net, a, b, k=4, stretch=stretch, shared=shared, local=0.3)
    graph, s, t = best_graph(net), node_of(net, a), node_of(net, b)
    if not nx.has_path(graph, s, t):
        assert found == ()
        return
    best = nx.shortest_path_length(graph, s, t, weight="ms")
    assert found[0].seconds == np.ceil(best / 1000)
    far = dict(nx.all_pairs_dijkstra_path_length(graph, weight="ms"))
    if s == t:
        assert [path.seconds for path in found] == [0]
        return
    simple = set()
    for nodes in nx.shortest_simple_paths(graph, s, t, weight="ms"):
        cost = nx.path_weight(graph, nodes, "ms")
        if cost > stretch * best:
            break
        simple.add((cost, tuple(nodes)))
    for rank, path in enumerate(found):
        nodes, times = arcs_of(net, path, s)
        assert nodes[-1] == t
        assert path.seconds == np.ceil(sum(times) / 1000)
        assert (sum(times), tuple(nodes)) in simple, "a simple way of this cost exists"
        for i, j in combinations(range(len(nodes)), 2):
            part = sum(times[i:j])
            if rank and part <= 0.3 * best:
                assert part == far[nodes[i]][nodes[j]], "short parts are fastest ways"
    assert [p.seconds for p in found] == sorted(p.seconds for p in found)
    check_sharing(net, found, shared)


def check_sharing(net, found, shared):
    for one, two in combinations(found, 2):
        common = net.edge_length_m[np.intersect1d(one.edges, two.edges)].sum()
        assert common <= shared * min(one.length_m, two.length_m) + 1e-6


@st.composite
def any_pairs(draw):
    net = draw(networks(max_nodes=6, max_edges=12, both_ways=draw(st.booleans())))
    return net, draw(places(net, max_size=1)), draw(places(net, max_size=1))


@given(any_pairs(), st.sampled_from([1.2, 2.0, 5.0]))
def test_promises_between_any_points(case, stretch):
    net, origin, target = case
    router = Router(net)
    best = router.path(origin, target)
    best_ms = router.matrix_ms(origin, target)[0, 0]
    found = alternatives(router, origin, target, k=4, stretch=stretch)
    assert (best is None) == (found == ())
    if best is None:
        return
    assert found[0].seconds == best.seconds
    assert found[0].length_m == pytest.approx(best.length_m)
    for path in found:
        assert path.seconds <= np.ceil(stretch * best_ms / 1000)
        assert np.allclose(path.xy[0], origin.xy[0])
        assert np.allclose(path.xy[-1], target.xy[0])
        drawn = np.hypot(*np.diff(path.xy, axis=0).T).sum()
        assert drawn == pytest.approx(path.length_m, abs=0.05)
        inner = path.edges[1:-1].tolist()
        assert len(set(inner)) == len(inner)
        for shut in (int(origin.edge[0]), int(target.edge[0])):
            whole = net.edge_length_m[shut]
            assert net.edge_length_m[path.edges[path.edges == shut]].sum() <= 2 * whole
    if len(found) > 1:
        texts = {tuple(p.edges.tolist()) for p in found}
        assert len(texts) == len(found), "no way is returned twice"


def test_the_same_again_and_on_a_real_town(town):
    net = town.networks["car"]
    router = Router(net)
    draws = np.random.default_rng(5)
    edges = draws.choice(np.flatnonzero(net.in_main & (net.edge_length_m > 20)), 24)
    several = 0
    for a, b in edges.reshape(-1, 2).tolist():
        origin, target = on(net, (a, 1)), on(net, (b, 3))
        found = alternatives(router, origin, target)
        again = alternatives(Router(net), origin, target)
        assert [p.edges.tolist() for p in found] == [p.edges.tolist() for p in again]
        assert found[0].seconds == router.matrix(origin, target).seconds[0, 0]
        several += len(found) > 1
        for one, two in combinations(found, 2):
            common = net.edge_length_m[np.intersect1d(one.edges[1:-1], two.edges[1:-1])].sum()
            assert common <= 0.7 * min(one.length_m, two.length_m)
            assert two.seconds <= np.ceil(1.4 * found[0].seconds)
    assert several >= 6, "most pairs of a town have a second way"
