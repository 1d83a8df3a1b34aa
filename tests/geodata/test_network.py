from __future__ import annotations

import math

import numpy as np
import pytest
import shapely

from geodata.build import build_network
from geodata.crs import to_metric
from geodata.errors import GeodataError
from geodata.network import NO_WAY
from geodata.osm import read_osm

from .osm_text import CRS, lonlat, osm_file

ROAD = {"highway": "residential", "maxspeed": "36"}  # 36 km/h = 10 m/s = 0.1 s a metre


def network(tmp_path, nodes, ways, node_tags=None, profile="car"):
    path = osm_file(tmp_path / "map.osm", nodes, ways, node_tags)
    return build_network(read_osm(path), profile, crs=CRS)


def arcs(net):
    """(from OSM node, to OSM node, ms) of every arc."""
    tail = np.repeat(np.arange(net.n_nodes), np.diff(net.arcs.indptr))
    rows = zip(net.node_osm[tail], net.node_osm[net.arcs.head], net.arcs.w_ms, strict=True)
    return sorted((int(a), int(b), int(ms)) for a, b, ms in rows)


def pairs(net):
    return [(a, b) for a, b, _ in arcs(net)]


def metric(x, y):
    return to_metric([lonlat(x, y)], CRS)


CROSS = {1: (0, 0), 2: (100, 0), 3: (200, 0), 4: (100, 100)}


def test_ways_are_cut_at_junctions_and_timed_in_whole_milliseconds_rounded_up(tmp_path):
    net = network(tmp_path, CROSS, {10: ([1, 2, 3], ROAD), 11: ([2, 4], ROAD)})
    assert net.n_edges == 3
    assert pairs(net) == [(1, 2), (2, 1), (2, 3), (2, 4), (3, 2), (4, 2)]
    for k in range(3):
        exact = net.edge_length_m[k] * 100  # ms at 10 m/s
        assert net.edge_length_m[k] == pytest.approx(100, rel=1e-4)
        assert net.ahead_ms[k] == math.ceil(exact)


def test_a_node_within_one_way_only_is_no_junction(tmp_path):
    net = network(tmp_path, CROSS, {10: ([1, 2, 3], ROAD)})
    assert net.n_edges == 1
    assert len(net.shape_of(0)) == 3


@pytest.mark.parametrize(
    ("said", "expected"), [("yes", [(1, 2)]), ("-1", [(2, 1)]), ("no", [(1, 2), (2, 1)])]
)
def test_one_way_streets(tmp_path, said, expected):
    assert pairs(network(tmp_path, CROSS, {10: ([1, 2], {**ROAD, "oneway": said})})) == expected


def test_roundabout_runs_one_way_and_closes(tmp_path):
    nodes = {1: (0, 0), 2: (20, 0), 3: (20, 20), 4: (0, 20), 5: (-50, 0), 6: (70, 20)}
    ring = ([1, 2, 3, 4, 1], {**ROAD, "junction": "roundabout"})
    net = network(tmp_path, nodes, {10: ring, 11: ([5, 1], ROAD), 12: ([3, 6], ROAD)})
    assert pairs(net) == [(1, 3), (1, 5), (3, 1), (3, 6), (5, 1), (6, 3)]
    assert net.in_main.all()


def test_a_street_written_there_and_back_is_one_two_way_edge(tmp_path):
    net = network(tmp_path, CROSS, {10: ([1, 2, 3, 2, 1], ROAD)})
    assert pairs(net) == [(1, 2), (2, 1), (2, 3), (3, 2)]
    assert sorted(drop.reason for drop in net.dropped) == ["stretch drawn twice by one way"]
    assert net.dropped[0].count == 2


def test_a_one_way_written_there_and_back_is_two_lanes(tmp_path):
    net = network(tmp_path, CROSS, {10: ([1, 2, 1], {**ROAD, "oneway": "yes"})})
    assert pairs(net) == [(1, 2), (2, 1)]


def test_a_dead_end_loop_stays_in_the_table_but_not_in_routing(tmp_path):
    nodes = {1: (0, 0), 2: (100, 0), 3: (150, 50), 4: (150, -50)}
    net = network(tmp_path, nodes, {10: ([1, 2], ROAD), 11: ([2, 3, 4, 2], ROAD)})
    assert net.n_edges == 2
    assert pairs(net) == [(1, 2), (2, 1)]
    assert net.snap(metric(150, 0), 30).ok[0]


def test_a_missing_node_parts_the_way_and_is_reported(tmp_path):
    path = osm_file(tmp_path / "cut.osm", CROSS, {10: ([1, 2, 99, 3, 4], ROAD)})
    osm = read_osm(path)
    assert ("way with nodes missing from the file, cut there", 1, ("w10",)) in [
        (d.reason, d.count, d.ids) for d in osm.dropped
    ]
    assert pairs(build_network(osm, crs=CRS)) == [(1, 2), (2, 1), (3, 4), (4, 3)]


def test_a_clip_box_cuts_ways_and_never_bridges(tmp_path):
    nodes = {1: (0, 0), 2: (100, 0), 3: (200, 500), 4: (300, 0), 5: (400, 0)}
    path = osm_file(tmp_path / "clip.osm", nodes, {10: ([1, 2, 3, 4, 5], ROAD)})
    osm = read_osm(path, clip_box=(*lonlat(-10, -10), *lonlat(500, 100)))
    assert pairs(build_network(osm, crs=CRS)) == [(1, 2), (2, 1), (4, 5), (5, 4)]


def test_a_bollard_parts_the_road_for_cars_only(tmp_path):
    ways, tags = {10: ([1, 2, 3], ROAD)}, {2: {"barrier": "bollard"}}
    car = network(tmp_path, CROSS, ways, tags)
    assert car.n_nodes == 4
    assert car.component[car.edge_u[0]] != car.component[car.edge_u[1]]
    assert [d.reason for d in car.dropped] == ["barrier that stops car: bollard"]
    foot = network(tmp_path, CROSS, ways, tags, "foot")
    assert foot.n_edges == 1


def test_roads_that_cross_without_a_shared_node_are_not_joined(tmp_path):
    nodes = {1: (0, 0), 2: (100, 0), 3: (50, -50), 4: (50, 50)}
    net = network(tmp_path, nodes, {10: ([1, 2], ROAD), 11: ([3, 4], {**ROAD, "bridge": "yes"})})
    assert np.unique(net.component).tolist() == [0, 1]
    assert net.bridge.sum() == 1


def test_parallel_roads_are_both_kept_and_a_closed_one_falls_back_to_its_twin(tmp_path):
    nodes = {1: (0, 0), 2: (100, 0), 3: (50, 60)}
    net = network(tmp_path, nodes, {10: ([1, 2], ROAD), 11: ([1, 3, 2], ROAD)})
    quick = int(np.flatnonzero(net.edge_way == 10)[0])
    u, v = net.edge_u[quick], net.edge_v[quick]
    assert net.graph[u, v] == net.ahead_ms[quick]
    closed = net.with_closures([quick])
    assert closed.graph[u, v] == net.ahead_ms[1 - quick]
    assert net.graph[u, v] == net.ahead_ms[quick], "the base network is unchanged"


def test_the_main_part_is_the_largest_in_which_one_can_come_and_go(tmp_path):
    nodes = {1: (0, 0), 2: (100, 0), 3: (200, 0), 4: (500, 0), 5: (600, 0), 6: (0, 90)}
    ways = {
        10: ([6, 1], ROAD),
        11: ([1, 2], ROAD),
        12: ([2, 3], {**ROAD, "oneway": "yes"}),
        13: ([4, 5], ROAD),
    }
    net = network(tmp_path, nodes, ways)
    by_way = dict(zip(net.edge_way.tolist(), net.in_main.tolist(), strict=True))
    assert by_way == {10: True, 11: True, 12: False, 13: False}


def test_snapping_lays_points_on_the_nearest_edge(tmp_path):
    net = network(tmp_path, CROSS, {10: ([1, 2, 3], ROAD), 11: ([2, 4], ROAD)})
    got = net.snap(np.concatenate([metric(30, 5), metric(105, 60), metric(50, 400)]), 50)
    assert got.ok.tolist() == [True, True, False]
    assert net.edge_way[got.edge[:2]].tolist() == [10, 11]
    assert got.distance_m[:2] == pytest.approx([5, 5], rel=0.01)
    along = got.along_m[0] if net.node_osm[net.edge_u[got.edge[0]]] == 1 else 100 - got.along_m[0]
    assert along == pytest.approx(30, abs=0.1)
    assert got.edge[2] == -1
    assert np.isinf(got.distance_m[2])


def test_snapping_can_keep_to_the_main_part_and_never_uses_closed_roads(tmp_path):
    nodes = {1: (0, 0), 2: (100, 0), 3: (200, 0), 4: (0, 20), 5: (100, 20)}
    net = network(tmp_path, nodes, {10: ([1, 2], ROAD), 11: ([2, 3], ROAD), 12: ([4, 5], ROAD)})
    assert net.edge_way[net.snap(metric(50, 19), 50).edge[0]] == 12
    assert net.edge_way[net.snap(metric(50, 19), 50, main_only=True).edge[0]] == 10
    closed = net.with_closures(np.flatnonzero(net.edge_way == 12))
    assert net.edge_way[closed.snap(metric(50, 19), 50).edge[0]] == 10


def test_closures_drawn_as_point_line_and_area(tmp_path):
    nodes = {1: (0, 0), 2: (100, 0), 3: (200, 0), 4: (100, 100), 5: (100, -100)}
    net = network(tmp_path, nodes, {10: ([1, 2, 3], ROAD), 11: ([4, 2, 5], ROAD)})

    def ways(shape, **options):
        hit = net.edges_near(shape, **options)
        ends = [sorted(net.node_osm[[net.edge_u[k], net.edge_v[k]]].tolist()) for k in hit]
        return sorted(ends)

    assert ways(shapely.Point(lonlat(50, 3)), radius_m=10) == [[1, 2]]
    line = shapely.LineString([lonlat(2, 1), lonlat(198, 1)])
    assert ways(line) == [[1, 2], [2, 3]], "crossing streets stay open"
    area = shapely.box(*lonlat(120, -20), *lonlat(180, 20))
    assert ways(area) == [[2, 3]]
    assert ways(shapely.Point(lonlat(50, 80)), radius_m=10) == []


def test_speeds_change_times_and_keep_one_way(tmp_path):
    net = network(tmp_path, CROSS, {10: ([1, 2], {**ROAD, "oneway": "yes"})})
    slow = net.with_speeds(0.5)
    assert slow.ahead_ms[0] == 2 * net.ahead_ms[0]
    assert slow.back_ms[0] == NO_WAY
    with pytest.raises(GeodataError, match="above 0"):
        net.with_speeds(0)


def test_closing_an_edge_that_is_not_there_names_it(tmp_path):
    net = network(tmp_path, CROSS, {10: ([1, 2], ROAD)})
    with pytest.raises(GeodataError, match=r"not in the network: 7; expected 0\.\.0"):
        net.with_closures([7])


def test_views(tmp_path):
    net = network(tmp_path, CROSS, {10: ([1, 2], {**ROAD, "name": "Long Lane"})})
    frame = net.to_geodataframe()
    assert frame.crs.to_epsg() == 32633
    assert frame["name"].tolist() == ["Long Lane"]
    assert frame.geometry.length.iloc[0] == pytest.approx(100, rel=0.005)
    graph = net.to_networkx()
    assert graph.number_of_edges() == 2


def test_arrays_are_frozen(tmp_path):
    net = network(tmp_path, CROSS, {10: ([1, 2], ROAD)})
    with pytest.raises(ValueError, match="read-only"):
        net.ahead_ms[0] = 1


def test_no_road_for_the_profile_is_refused(tmp_path):
    with pytest.raises(GeodataError, match="holds no road for car"):
        network(tmp_path, CROSS, {10: ([1, 2], {"highway": "footway"})})
    with pytest.raises(GeodataError, match="'boat' is not known; expected car, emergency, bike, foot"):
        network(tmp_path, CROSS, {10: ([1, 2], ROAD)}, profile="boat")
