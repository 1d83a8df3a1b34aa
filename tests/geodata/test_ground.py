"""The shipped town, read whole; and further maps where they are at hand."""

from __future__ import annotations

from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
import shapely

from geodata.build import build_network
from geodata.candidates import NEVER, candidate_points, snapped
from geodata.errors import GeodataError
from geodata.ground import load_ground
from geodata.network import Snapped
from geodata.osm import read_osm
from geodata.router import Router


def test_the_town_is_read_whole(town):
    assert town.crs == "EPSG:32633"
    assert "OpenStreetMap" in town.credit
    car, foot = town.network("car"), town.network("foot")
    assert 4_600 < car.n_nodes < 5_000
    assert foot.n_edges > car.n_edges
    assert np.mean(car.component == 0) > 0.95
    assert {f.code for f in town.findings} >= {"islands", "speed-unknown", "site-off-network"}
    assert len(town.background.water) > 50
    assert len(town.background.buildings) > 10_000
    assert "Neubrandenburg" in {label.name for label in town.background.places}
    with pytest.raises(GeodataError, match=r"not read for 'boat'; expected car, foot"):
        town.network("boat")


def test_what_was_left_out_is_counted_by_reason(town):
    counts = {drop.reason: drop.count for drop in town.dropped}
    assert counts["turn restriction, not applied"] == 18
    assert counts["access=private for car"] > 0
    assert all(drop.count >= len(drop.ids) > 0 for drop in town.dropped)


def test_the_towns_rail(town):
    rail = town.rail
    assert rail.track_m == pytest.approx(75_200, rel=0.005)
    assert rail.running_track_m == pytest.approx(50_700, rel=0.005)
    assert [line.name.split()[0] for line in rail.lines] == ["1122", "6088", "6088"]
    assert rail.line_m == pytest.approx(42_300, rel=0.01)
    assert len({s.id for s in rail.sections}) == len(rail.sections)
    for section in rail.sections:
        assert 0 < section.length_m <= 500 + 1e-6
        drawn = float(np.hypot(*np.diff(section.xy, axis=0).T).sum())
        assert drawn == pytest.approx(section.length_m, abs=1e-3)
    for line in rail.lines:
        parts = rail.of_line(line.id)
        assert parts[0].from_m == line.start_m
        for a, b in pairwise(parts):
            assert a.to_m == b.from_m
            assert np.allclose(a.xy[-1], b.xy[0])
    assert {s.station for s in rail.sections if s.in_station} >= {"Neubrandenburg"}
    assert sum(len(s.crossings) for s in rail.sections) >= 15


def test_the_towns_sites(town):
    kinds = {site.id: site.kind for site in town.sites}
    assert kinds["osm-w13964261"] == "square"
    assert kinds["osm-w28762718"] == "arena"
    assert kinds["osm-w28774624"] == "stadium"
    assert kinds["osm-n248929513"] == "station"
    assert kinds["osm-w155067852"] == "bus_station"
    assert kinds["osm-w210572994"] == "hospital"
    assert sum(kind == "police" for kind in kinds.values()) == 3
    assert 20 <= sum(kind == "school" for kind in kinds.values()) <= 27
    assert len(kinds) == len(town.sites), "ids are unique"
    for site in town.sites:
        if site.polygon is not None:
            assert shapely.Polygon(site.polygon).distance(shapely.Point(site.xy)) < 1e-6
    with pytest.raises(GeodataError, match="no site osm-n1"):
        town.site("osm-n1")


def test_reading_twice_gives_the_same(town):
    again = build_network(read_osm_of(town), "car", crs=town.crs)
    car = town.network("car")
    for name in ("node_osm", "edge_u", "edge_v", "ahead_ms", "back_ms", "edge_way", "shape_xy"):
        assert np.array_equal(getattr(again, name), getattr(car, name)), name


def read_osm_of(town):
    from .conftest import ROOT

    return read_osm(ROOT / "scenarios/library/neubrandenburg" / town.source)


def at_nodes(net, nodes):
    """Nodes as points: the start of any edge that begins there, or the end of one that ends there."""
    edge, along = [], []
    for node in nodes:
        starts = np.flatnonzero(net.edge_u == node)
        ends = np.flatnonzero(net.edge_v == node)
        edge.append(starts[0] if len(starts) else ends[0])
        along.append(0.0 if len(starts) else net.edge_length_m[ends[0]])
    n = len(nodes)
    return Snapped(
        np.array(edge, dtype=np.int32),
        np.array(along),
        np.zeros(n),
        net.node_xy[nodes],
        np.ones(n, bool),
    )


def test_times_through_the_town_equal_networkx_before_and_after_closures(town):
    rng = np.random.default_rng(7)
    base = town.network("car")
    for net in (
        base,
        base.with_closures(rng.choice(base.n_edges, 200, replace=False)).with_speeds(0.7),
    ):
        nodes = rng.choice(net.n_nodes, 40, replace=False)
        points = at_nodes(net, nodes)
        ms = Router(net).matrix_ms(points, points)
        graph = net.to_networkx()
        for i in range(6):
            found = nx.single_source_dijkstra_path_length(graph, int(nodes[i]), weight="ms")
            assert [found.get(int(n), np.inf) for n in nodes] == ms[i].tolist()


def test_paths_through_the_town_are_drawn_as_long_as_they_say(town):
    net, router = town.network("car"), town.router("car")
    sites = net.snap(np.array([s.xy for s in town.sites]), main_only=True)
    sites = sites.take(sites.ok)
    times = router.matrix(sites, sites)
    assert times.reachable.all()
    for i in range(0, len(sites) - 1, 9):
        path = router.path(sites.take([i]), sites.take([i + 1]))
        assert path.seconds == times.seconds[i, i + 1]
        drawn = float(np.hypot(*np.diff(path.xy, axis=0).T).sum())
        assert drawn == pytest.approx(path.length_m, rel=0.005, abs=1)
        assert np.allclose(path.xy[0], sites.xy[i], atol=0.1)
        assert np.allclose(path.xy[-1], sites.xy[i + 1], atol=0.1)


def test_a_closure_only_ever_makes_ways_longer(town):
    net = town.network("car")
    square = town.site("osm-w13964261")
    closed = town.with_closures(
        {"car": net.edges_near(shapely.Point(*town.to_lonlat(square.xy)), radius_m=250)}
    )
    sites = net.snap(np.array([s.xy for s in town.sites[:60]]), main_only=True)
    before, after = town.router().matrix(sites, sites), closed.router().matrix(sites, sites)
    assert (before.reachable | ~after.reachable).all()
    both = before.reachable & after.reachable
    assert (after.seconds[both] >= before.seconds[both]).all()
    assert (after.seconds != before.seconds).any()
    assert not net.closed.any()


def test_candidates_are_places_where_a_vehicle_can_stand(town):
    net = town.network("car")
    wanted = [town.site(k) for k in ("osm-w13964261", "osm-w28762718", "osm-n248929513")]
    own = wanted[0].xy + 60
    closed = net.with_closures(
        net.edges_near(shapely.Point(*town.to_lonlat(wanted[0].xy)), radius_m=40)
    )
    found = candidate_points(
        closed, sites_xy=[s.xy for s in wanted], extra_xy=[own], spacing_m=120, within_m=700
    )
    assert len(found) > 30
    assert len({c.id for c in found}) == len(found)
    assert [c.id for c in found] == sorted(c.id for c in found)
    assert sum(c.why == "asked for" for c in found) == 1
    edges = np.array([c.edge for c in found])
    assert not closed.closed[edges].any()
    assert not {closed.class_of(e) for e in edges} & NEVER
    assert closed.in_main[edges].all()
    xy = np.array([c.xy for c in found if c.why != "asked for"])
    gap = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1)) + np.eye(len(xy)) * 1e9
    assert gap.min() >= 120
    times = Router(closed).matrix(snapped(found), snapped(found))
    assert times.reachable.all()
    assert len(candidate_points(net, sites_xy=[s.xy for s in wanted], limit=5)) == 5


def test_one_data_set_in_two_formats_gives_one_network(more_maps):
    pbf = build_network(read_osm(more_maps / "liechtenstein.osm.pbf"))
    bz2 = build_network(read_osm(more_maps / "liechtenstein.osm.bz2"))
    assert np.array_equal(pbf.node_osm, bz2.node_osm)
    assert np.array_equal(pbf.ahead_ms, bz2.ahead_ms)
    assert np.array_equal(pbf.edge_u, bz2.edge_u)


@pytest.mark.parametrize(
    ("name", "least_nodes", "lines"),
    [
        ("guixi.osm", 300, 4),
        ("nanjing_xinjiekou.osm", 350, 0),
        ("helsinki_centre.osm.pbf", 850, 1),
        ("shanghai_huangpu_degenerate.osm", 700, 0),
    ],
)
def test_further_maps_are_read(more_maps, name, least_nodes, lines):
    ground = load_ground(more_maps / name)
    assert ground.network("car").n_nodes >= least_nodes
    assert len(ground.rail.lines) == lines
    assert ground.findings
