"""Alternative ways: by hand, against networkx on tiny networks, and their promises one by one."""

from __future__ import annotations

from itertools import combinations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata import plateaus
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


def test_a_slow_street_is_left_and_not_driven_past_the_target():
    net = network(PLACES, [(0, 1, 400_000, 400_000), *ROADS[1:]])
    # From a tenth to nine tenths of the straight street: 40 + 110 + 40 s by the north, 40 + 130 + 40 s by the south;
    # straight on, past the target and back again is no way.
    assert [p.seconds for p in ways(net, (0, 0.4), (0, 3.6), stretch=3)] == [190, 210]


def test_one_way_told_once_where_a_point_is_a_junction():
    net = network(PLACES, ROADS)
    for origin, target in (((0, 0), (0, 1)), ((0, 1), (0, 0)), ((0, 0), (0, 4)), ((1, 4), (1, 2))):
        assert len(ways(net, origin, target, stretch=1)) == 1


def test_what_is_shared_is_measured_on_the_shorter_way():
    # A spur of 700 m, then 300 m one way and 1,000 m the other: 700 m of 1,000 m are shared.
    spots = [(0, 0), (100, 0), (200, 0)]
    roads = [(0, 1, 70_000, 70_000), (1, 2, 30_000, 30_000), (1, 2, 40_000, 40_000)]
    spur = network(spots, [*roads, (0, 1, 600_000, 600_000)], lengths=[700, 300, 1000, 9000])
    inner = network(spots, roads, lengths=[1400, 300, 1000])
    for net, start in ((spur, (0, 0)), (inner, (0, 2))):
        for a, b in ((start, (1, 4)), ((1, 4), start)):
            assert len(ways(net, a, b, shared=0.71)) == 1, "parallel streets are one to the trees"
    middle = [
        (0, 1, 70_000, 70_000),
        (1, 2, 30_000, 30_000),
        (1, 3, 20_000, 20_000),
        (3, 2, 20_000, 20_000),
    ]
    spots = [*spots, (150, 90)]
    for first, start in ((700, (0, 0)), (1400, (0, 2))):
        net = network(spots, middle, lengths=[first, 300, 500, 500])
        for a, b in ((start, (1, 4)), ((1, 4), start)):
            assert len(ways(net, a, b, shared=0.69)) == 1
            assert len(ways(net, a, b, shared=0.71)) == 2


# s = 0, t = 1, straight 100 s; over p = 2 and q = 3 106 s; x = 4 is a kink of p-q (108 s), with a one-way round of
# 36 s; a way of 130 s over y = 7.
KINK = [
    (0, 1, 100_000, 100_000), (0, 2, 38_000, 38_000), (2, 3, 30_000, 30_000), (3, 1, 38_000, 38_000),
    (2, 4, 16_000, 16_000), (4, 3, 16_000, 16_000),
    (4, 5, 12_000, NO_WAY), (5, 6, 12_000, NO_WAY), (6, 4, 12_000, NO_WAY),
    (0, 7, 65_000, 65_000), (7, 1, 65_000, 65_000),
]  # fmt: skip


def test_kinks_and_rounds():
    spots = [
        (0, 0),
        (1000, 0),
        (300, 200),
        (700, 200),
        (500, 300),
        (450, 400),
        (550, 400),
        (500, -300),
    ]
    net = network(spots, KINK, lengths=[road[2] / 100 for road in KINK])
    usual = {"k": 5, "stretch": 1.5, "shared": 0.75}
    assert [p.seconds for p in ways(net, (0, 0), (0, 4), local=0.1, **usual)] == [
        100,
        106,
        108,
        130,
    ]
    # The kink takes 32 s, the round with its way in and out 36 s and more: it is left out since it passes x twice.
    assert [p.seconds for p in ways(net, (0, 0), (0, 4), local=0.35, **usual)] == [100, 106, 130]
    assert [p.seconds for p in ways(net, (0, 0), (0, 4), local=0.31, **usual)] == [
        100,
        106,
        108,
        130,
    ]


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


@given(networks(max_nodes=7, max_edges=14, both_ways=True), st.integers(0, 6), st.integers(0, 6))
def test_straightness_is_a_promise(net, s, t):
    graph, arcs = best_graph(net), net.arcs
    s, t = s % net.n_nodes, t % net.n_nodes
    far = dict(nx.all_pairs_dijkstra_path_length(graph, weight="ms"))
    f = np.array([far[s].get(x, np.inf) for x in range(net.n_nodes)])
    b = np.array([far[x].get(t, np.inf) for x in range(net.n_nodes)])
    tails = np.repeat(np.arange(net.n_nodes), np.diff(arcs.indptr))
    fa, ba = np.full((2, net.n_nodes), -1, dtype=np.int32)
    for arc in range(len(arcs.head) - 1, -1, -1):
        u, v, ms = tails[arc], arcs.head[arc], arcs.w_ms[arc]
        if v != s and np.isfinite(f[v]) and f[u] + ms == f[v]:
            fa[v] = arc
        if u != t and np.isfinite(b[u]) and ms + b[v] == b[u]:
            ba[u] = arc
    nodes, straight = plateaus.via_nodes(
        f, fa, b, ba, net.arc_tail, arcs.head, arcs.w_ms, 1e9, -1.0
    )
    reached = np.flatnonzero(np.isfinite(f + b))
    ways_over = set()
    for via, promise in zip(nodes.tolist(), straight.tolist(), strict=True):
        way, times = [via], []
        while fa[way[0]] >= 0:
            times.insert(0, int(arcs.w_ms[fa[way[0]]]))
            way.insert(0, int(tails[fa[way[0]]]))
        while ba[way[-1]] >= 0:
            times.append(int(arcs.w_ms[ba[way[-1]]]))
            way.append(int(arcs.head[ba[way[-1]]]))
        assert sum(times) == f[via] + b[via]
        ways_over.add(tuple(way))
        for i, j in combinations(range(len(way)), 2):
            part = sum(times[i:j])
            if part < promise:
                assert part == far[way[i]][way[j]], "what is shorter than promised is a fastest way"
        at = way.index(via)
        bound = [sum(times[i:j]) for i in range(at + 1) for j in range(at, len(way))
                 if f[way[j]] != f[way[i]] + sum(times[i:j]) and b[way[i]] != sum(times[i:j]) + b[way[j]]]  # fmt: skip
        assert promise >= min(bound, default=promise), "and the promise is the longest that holds"
    for x in reached.tolist():
        over = [w for w in ways_over if x in w]
        assert over, "each node lies on a way that was told"


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
    assert found[0].edges.tolist() == best.edges.tolist(), "the same of equally fast ones"
    assert np.array_equal(found[0].xy, best.xy)
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
    # The two halves of a loop are drawn on one line here, so ways round it look alike.
    ends = [int(origin.edge[0]), int(target.edge[0])]
    if (net.edge_u[ends] != net.edge_v[ends]).all():
        texts = {(tuple(p.edges.tolist()), p.xy.tobytes()) for p in found}
        assert len(texts) == len(found), "no way is returned twice"


def test_the_same_again_and_on_a_real_town(town):
    net = town.networks["car"]
    router, slow = Router(net), Router(net, engine="scipy")
    draws = np.random.default_rng(5)
    edges = draws.choice(np.flatnonzero(net.in_main & (net.edge_length_m > 20)), 24)
    several = 0
    for a, b in edges.reshape(-1, 2).tolist():
        origin, target = on(net, (a, 1)), on(net, (b, 3))
        found = alternatives(router, origin, target)
        again = alternatives(slow, origin, target)
        assert [p.edges.tolist() for p in found] == [p.edges.tolist() for p in again]
        assert found[0].seconds == router.matrix(origin, target).seconds[0, 0]
        several += len(found) > 1
        for one, two in combinations(found, 2):
            common = net.edge_length_m[np.intersect1d(one.edges[1:-1], two.edges[1:-1])].sum()
            assert common <= 0.7 * min(one.length_m, two.length_m)
            assert two.seconds <= np.ceil(1.4 * found[0].seconds)
    assert several >= 6, "most pairs of a town have a second way"
