"""Pieces of one road joined where nothing else meets them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse.csgraph import dijkstra

from geodata.build import build_network
from geodata.osm import read_osm

from .osm_text import CRS, osm_file

ROAD = {"highway": "residential"}


def both(tmp_path, nodes, ways):
    osm = read_osm(osm_file(tmp_path / "t.osm", nodes, ways))
    return build_network(osm, crs=CRS, merge=False), build_network(osm, crs=CRS, merge=True)


def test_a_road_cut_at_every_vertex_becomes_one(tmp_path):
    nodes = {1: (0, 0), 2: (100, 0), 3: (200, 50), 4: (300, 0), 5: (400, 0)}
    # the second is drawn the other way round, the last is a street of its own name
    ways = {11: ([1, 2], ROAD), 12: ([3, 2], ROAD), 13: ([3, 4], ROAD), 14: ([4, 5], {**ROAD, "name": "B"})}
    cut, whole = both(tmp_path, nodes, ways)
    assert (cut.n_edges, whole.n_edges) == (4, 2)
    assert set(whole.node_osm.tolist()) == {1, 4, 5}
    assert whole.edge_length_m.sum() == pytest.approx(cut.edge_length_m.sum(), abs=1e-9)
    course = whole.shape_of(int(np.argmax(whole.edge_length_m)))
    assert course.shape == (4, 2)
    assert np.hypot(*np.diff(course, axis=0).T).sum() == pytest.approx(whole.edge_length_m.max(), rel=5e-3)


def test_what_differs_stays_apart(tmp_path):
    nodes = {k: (100.0 * k, 0.0) for k in range(1, 7)}
    one_way = {**ROAD, "oneway": "yes"}
    ways = {
        11: ([1, 2], ROAD), 12: ([2, 3], {**ROAD, "bridge": "yes"}), 13: ([3, 4], one_way),
        14: ([5, 4], {**ROAD, "oneway": "-1"}), 15: ([6, 5], one_way),
    }  # fmt: skip
    cut, whole = both(tmp_path, nodes, ways)
    assert cut.n_edges == 5
    assert set(whole.node_osm.tolist()) == {1, 2, 3, 5, 6}, "13 and 14 go on, 15 comes towards them"
    assert (whole.ahead_ms > 0).sum() + (whole.back_ms > 0).sum() == 6


def test_rings_without_a_junction_stay_drivable(tmp_path):
    nodes = {1: (0, 0), 2: (100, 0), 3: (50, 100)}
    cut, whole = both(tmp_path, nodes, {11: ([1, 2], ROAD), 12: ([2, 3], ROAD), 13: ([3, 1], ROAD)})
    assert whole.n_edges == cut.n_edges == 3


@pytest.mark.parametrize("seed", range(40))
def test_distances_between_junctions_do_not_change(tmp_path, seed):
    rng = np.random.default_rng(seed)
    nodes = {k: tuple(map(float, rng.integers(0, 1000, 2))) for k in range(1, 15)}
    ways = {}
    for way in range(11, 28):
        a, b = (int(k) for k in rng.choice(14, 2, replace=False) + 1)
        ways[way] = ([a, b], {**ROAD, **({"oneway": "yes"} if rng.random() < 0.3 else {})})
    cut, whole = both(tmp_path, nodes, ways)
    row = {int(k): r for r, k in enumerate(cut.node_osm)}
    kept = [row[int(k)] for k in whole.node_osm]
    slack_ms = cut.n_edges  # each edge is rounded up by less than a millisecond
    before = dijkstra(cut.graph)[np.ix_(kept, kept)]
    after = dijkstra(whole.graph)
    assert np.array_equal(np.isfinite(before), np.isfinite(after))
    there = np.isfinite(before)
    assert (after[there] <= before[there]).all()
    assert (before[there] - after[there] <= slack_ms).all()
    assert whole.edge_length_m.sum() == pytest.approx(cut.edge_length_m.sum())
