"""Forbidden turns: by hand on a crossroads, then against a search over arcs on random small maps."""

from __future__ import annotations

import heapq

import numpy as np
import pytest
from scipy.sparse.csgraph import dijkstra

from geodata.build import build_network
from geodata.network import NO_WAY
from geodata.osm import read_osm
from geodata.turns import JOINT

from .osm_text import CRS, osm_file

# A crossroads: 1 west, 2 south, 3 east, 4 north of 5, 1 km each, driven at 36 km/h; ways 11..14 in that order.
NODES = {1: (-1000, 0), 2: (0, -1000), 3: (1000, 0), 4: (0, 1000), 5: (0, 0)}
ROAD = {"highway": "residential", "maxspeed": "36"}
WAYS = {10 + k: ([k, 5], ROAD) for k in (1, 2, 3, 4)}


def rule(osm_id, tags, begin, via, end, *, via_kind="node"):
    """One restriction as text."""
    said = "".join(f'<tag k="{k}" v="{v}"/>' for k, v in {"type": "restriction", **tags}.items())
    members = "".join(
        f'<member type="{kind}" ref="{ref}" role="{role}"/>'
        for kind, ref, role in (("way", begin, "from"), (via_kind, via, "via"), ("way", end, "to"))
        if ref is not None
    )
    return f'<relation id="{osm_id}" version="1">{members}{said}</relation>'


def crossroads(tmp_path, *rules, profile="car", ways=WAYS, nodes=NODES):
    osm = read_osm(osm_file(tmp_path / "t.osm", nodes, ways, relations="".join(rules)))
    return build_network(osm, profile, crs=CRS, turns=True)


def ms_between(net):
    """Least milliseconds by OSM id; a junction is reached at any of its rows and left from its first."""
    ms = dijkstra(net.graph)
    ids = np.unique(net.node_osm)
    first = [int(np.flatnonzero(net.node_osm == k)[0]) for k in ids]
    return {
        (int(a), int(b)): ms[i][net.node_osm == b].min()
        for a, i in zip(ids, first, strict=True)
        for b in ids
    }


def open_turns(net):
    """Pairs of arms (from, to) driven in one go over the middle, told from the time: 200 s and no detour."""
    ms, leg = ms_between(net), ms_between(net)[1, 5]
    return {(a, b) for a in (1, 2, 3, 4) for b in (1, 2, 3, 4) if a != b and ms[a, b] <= 2 * leg + 5}


ALL = {(a, b) for a in (1, 2, 3, 4) for b in (1, 2, 3, 4) if a != b}


def test_without_restrictions_nothing_is_split(tmp_path):
    net = crossroads(tmp_path)
    assert (net.n_nodes, net.n_edges) == (5, 4)
    assert open_turns(net) == ALL


def test_no_left_turn(tmp_path):
    net = crossroads(tmp_path, rule(1, {"restriction": "no_left_turn"}, 11, 5, 14))
    assert open_turns(net) == ALL - {(1, 4)}
    assert ms_between(net)[1, 4] == pytest.approx(400_000, abs=4), "into another arm, back, and then up"


def test_only_straight_on(tmp_path):
    net = crossroads(tmp_path, rule(1, {"restriction": "only_straight_on"}, 11, 5, 13))
    assert open_turns(net) == ALL - {(1, 2), (1, 4)}


def test_no_u_turn(tmp_path):
    dead_end = {11: ([1, 5], ROAD), 12: ([5, 3], ROAD)}
    no = rule(1, {"restriction": "no_u_turn"}, 11, 5, 11)
    net = crossroads(tmp_path, no, ways=dead_end)
    points = net.snap([net.node_xy[net.node_osm == 1][0]])
    assert points.ok.all()
    # from the middle of 11 towards 5 and back is only possible by turning at 3
    graph = net.to_networkx()
    arrive = next(v for u, v, d in graph.edges(data=True) if net.edge_way[d["edge"]] == 11 and net.node_osm[v] == 5)
    ms = dijkstra(net.graph)[arrive]
    one = ms_between(net)[1, 5]
    assert ms[net.node_osm == 1].min() == pytest.approx(3 * one, abs=3)


@pytest.mark.parametrize(
    ("tags", "profile", "binds"),
    [
        ({"restriction": "no_left_turn"}, "car", True),
        ({"restriction": "no_left_turn"}, "bike", True),
        ({"restriction": "no_left_turn", "except": "bicycle;psv"}, "bike", False),
        ({"restriction": "no_left_turn", "except": "bicycle; psv"}, "car", True),
        ({"restriction": "no_left_turn", "except": "emergency"}, "emergency", False),
        ({"restriction": "no_left_turn"}, "emergency", True),
        ({"restriction": "no_left_turn"}, "foot", False),
        ({"restriction:hgv": "no_left_turn"}, "car", False),
        ({"restriction:motorcar": "no_left_turn"}, "car", True),
        ({"restriction:conditional": "no_left_turn @ (07:00-09:00)"}, "car", False),
        ({"type": "restriction:bus", "restriction": "no_left_turn"}, "car", False),
        ({"restriction": "give_way"}, "car", False),
    ],
)
def test_whom_a_restriction_binds(tmp_path, tags, profile, binds):
    ways = {k: (refs, {**ROAD, "highway": "tertiary"}) for k, (refs, _) in WAYS.items()}
    net = crossroads(tmp_path, rule(1, tags, 11, 5, 14), profile=profile, ways=ways)
    assert (net.n_nodes > 5) == binds
    if not binds and profile != "foot":
        assert sum(drop.count for drop in net.dropped if "turn restriction" in drop.reason) == 1


def test_broken_restrictions_are_counted_and_not_applied(tmp_path):
    no = {"restriction": "no_left_turn"}
    net = crossroads(
        tmp_path,
        rule(1, no, None, 5, 14), rule(2, no, 99, 5, 14), rule(3, no, 11, 77, 14),
        rule(4, no, 11, 12, 14, via_kind="way"), rule(5, no, 11, None, 14),
    )  # fmt: skip
    assert net.n_nodes == 5
    assert {drop.reason.removeprefix("turn restriction "): drop.count for drop in net.dropped} == {
        "without from, via or to, not applied": 2,
        "whose roads are missing, not for this profile or one-way against it": 1,
        "at a node where these roads have no junction": 1,
        "over a way, not applied": 1,
    }


def test_a_split_junction_keeps_streets_whole_and_closures_work(tmp_path):
    net = crossroads(tmp_path, rule(1, {"restriction": "no_left_turn"}, 11, 5, 14))
    plain = net.edge_length_m > 0
    assert plain.sum() == 4
    assert (np.array(net.class_names)[net.edge_class[~plain]] == JOINT).all()
    assert set(net.node_osm.tolist()) == {1, 2, 3, 4, 5}
    at = net.snap([net.node_xy[net.node_osm == 5][0] + 0.1, net.node_xy[net.node_osm == 3][0] / 1])
    assert (net.edge_length_m[at.edge] > 0).all(), "points lie on streets, never on joints"
    east = int(np.flatnonzero(net.edge_way == 13)[0])
    shut = net.with_closures([east])
    assert open_turns(shut) == {(a, b) for a, b in ALL if 3 not in (a, b)} - {(1, 4)}
    assert net.to_networkx().number_of_edges() == len(net.arcs.head)


def oracle(net, banned):
    """Least milliseconds between nodes by a search over arcs; ``banned`` holds ways that may not follow over a node."""
    arcs = [
        (int(t), int(h), int(ms), int(net.edge_way[k]))
        for k in range(net.n_edges)
        for t, h, ms in (
            (net.edge_u[k], net.edge_v[k], net.ahead_ms[k]),
            (net.edge_v[k], net.edge_u[k], net.back_ms[k]),
        )
        if ms != NO_WAY
    ]
    found = {}
    for start in range(net.n_nodes):
        least = {start: 0}
        done, heap = set(), [(ms, k) for k, (t, _, ms, _) in enumerate(arcs) if t == start]
        heapq.heapify(heap)
        while heap:
            ms, k = heapq.heappop(heap)
            if k in done:
                continue
            done.add(k)
            _, head, _, way = arcs[k]
            least.setdefault(head, ms)
            for j, (t, _, more, onto) in enumerate(arcs):
                if t == head and (way, int(net.node_osm[head]), onto) not in banned:
                    heapq.heappush(heap, (ms + more, j))
        for end, ms in least.items():
            found[int(net.node_osm[start]), int(net.node_osm[end])] = ms
    return found


@pytest.mark.parametrize("seed", range(120))
def test_equal_to_a_search_over_arcs(tmp_path, seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(4, 8))
    nodes = {k: tuple(map(float, rng.integers(0, 400, 2))) for k in range(1, n + 1)}
    ways = {}
    for way in range(11, 11 + int(rng.integers(n, 2 * n + 2))):
        a, b = rng.choice(n, 2, replace=False) + 1
        one_way = {"oneway": "yes"} if rng.random() < 0.3 else {}
        ways[way] = ([int(a), int(b)], {**ROAD, **one_way})
    rules, only, banned = [], {}, set()
    ends = {node: [w for w, (refs, _) in ways.items() if node in refs] for node in nodes}
    for k in range(int(rng.integers(1, 6))):
        via = int(rng.choice([node for node in nodes if ends[node]]))
        begin, end = (int(w) for w in rng.choice(ends[via], 2))
        is_only = bool(rng.random() < 0.4)
        said = "only_straight_on" if is_only else "no_u_turn" if begin == end else "no_left_turn"
        rules.append(rule(k + 1, {"restriction": said}, begin, via, end))
        can = ways[begin][0][1] == via or "oneway" not in ways[begin][1]
        can &= ways[end][0][0] == via or "oneway" not in ways[end][1]
        if not can:
            continue
        if is_only:
            only.setdefault((begin, via), set()).add(end)
        else:
            banned.add((begin, via, end))
    for (begin, via), kept in only.items():
        banned |= {(begin, via, w) for w in ends[via] if w not in kept}
    osm = read_osm(osm_file(tmp_path / "t.osm", nodes, ways, relations="".join(rules)))
    found = ms_between(build_network(osm, crs=CRS, turns=True))
    expected = oracle(build_network(osm, crs=CRS), banned)
    assert {pair: ms for pair, ms in found.items() if np.isfinite(ms)} == expected
