"""Walking beside the track, getting on and off it, and changing between road and track."""

from __future__ import annotations

import numpy as np
import pytest

from geodata.build import build_network
from geodata.osm import read_osm
from geodata.rail import read_rail
from geodata.railjoints import rail_joints, track_network
from geodata.railwalk import with_walks
from geodata.router import Router
from geodata.sites import find_sites

from .osm_text import CRS, osm_file

RAIL = {"railway": "rail", "ref": "1"}
# 400 m of line due east; a path beside its first 200 m, 10 m off; a street that crosses at 300 m.
NODES = {
    1: (0, 0), 2: (300, 0), 3: (400, 0),
    11: (0, 10), 12: (200, 10), 13: (200, 200),
    21: (300, 200), 22: (300, -200),
}  # fmt: skip
WAYS = {
    1: ([1, 2, 3], RAIL),
    2: ([11, 12, 13], {"highway": "path"}),
    3: ([21, 2, 22], {"highway": "residential"}),
    4: ([13, 21], {"highway": "residential"}),
}
TAGS = {2: {"railway": "level_crossing"}}


def read(tmp_path, nodes=NODES, ways=WAYS, tags=TAGS):
    osm = read_osm(osm_file(tmp_path / "w.osm", nodes, ways, tags))
    networks = {name: build_network(osm, name, crs=CRS) for name in ("car", "foot")}
    return osm, read_rail(osm, CRS), networks


def test_the_path_beside_the_track_is_measured_and_the_street_across_is_not(tmp_path):
    _, rail, networks = read(tmp_path)
    (section,) = with_walks(rail, networks).sections
    walk = section.walk
    assert walk.path_m == pytest.approx(200, abs=3)
    assert walk.closure_m == pytest.approx(200, abs=3)
    assert walk.share == pytest.approx(0.5, abs=0.01)
    assert walk.walkable == "partly"
    assert [networks["foot"].class_of(k) for k in walk.edges] == ["path"]
    (path,) = walk.paths
    assert np.hypot(*(path[-1] - path[0])) == pytest.approx(200, abs=30), (
        "with the first metres round its corner"
    )
    near = with_walks(rail, networks, beside_m=8).sections[0].walk
    assert (near.path_m, near.walkable) == (0, "closure")


def test_a_way_that_is_closed_or_above_a_tunnel_is_no_walk_beside_the_track(tmp_path):
    _, rail, networks = read(tmp_path)
    foot = networks["foot"]
    path = [k for k in range(foot.n_edges) if foot.class_of(k) == "path"]
    shut = with_walks(rail, {**networks, "foot": foot.with_closures(path)}).sections[0].walk
    assert shut.path_m == 0
    _, below, nets = read(tmp_path, ways={**WAYS, 1: ([1, 2, 3], {**RAIL, "tunnel": "yes"})})
    walk = with_walks(below, nets).sections[0].walk
    assert (walk.path_m, walk.paths, walk.edges.tolist()) == (0, (), [])
    assert with_walks(rail, {}).sections[0].walk.walkable == "closure"


def test_first_and_last_access_of_a_section(tmp_path):
    _, rail, networks = read(tmp_path)
    walk = with_walks(rail, networks, reach_m=60).sections[0].walk
    # The street is within 60 m between 240 and 360 m of the line.
    assert walk.entry.at_m == pytest.approx(250, abs=15)
    assert walk.exit.at_m == pytest.approx(350, abs=15)
    assert walk.entry.profile == "car"
    at_crossing = with_walks(rail, networks, reach_m=10).sections[0].walk
    assert at_crossing.entry.how == at_crossing.exit.how == "crossing"
    assert at_crossing.entry.distance_m < 1
    apart = {**NODES, 21: (300, 900), 22: (300, 600), 13: (200, 900)}
    ways = {**WAYS, 3: ([21, 22], {"highway": "residential"})}
    _, far, nets = read(tmp_path, apart, ways, {})
    assert with_walks(far, nets).sections[0].walk.entry is None


def test_ground_path_and_crossing_are_told_apart(tmp_path):
    nodes = {1: (0, 0), 2: (400, 0), 3: (0, 40), 4: (400, 40), 5: (100, 40), 6: (100, 5)}
    ways = {
        1: ([1, 2], RAIL),
        2: ([3, 5, 4], {"highway": "residential"}),
        3: ([5, 6], {"highway": "footway"}),
    }
    _, rail, networks = read(tmp_path, nodes, ways, {})
    walk = with_walks(rail, networks).sections[0].walk
    assert walk.entry.how == "ground"
    assert walk.entry.at_m == 0
    assert walk.walkable == "closure", "the street is 40 m off"
    nodes[6] = (0, 5)
    _, rail, networks = read(tmp_path, nodes, ways, {})
    assert with_walks(rail, networks).sections[0].walk.entry.how == "path"


def test_a_street_that_crosses_aslant_is_not_beside_the_track(tmp_path):
    nodes = {1: (0, 0), 2: (400, 0), 3: (150, -87), 4: (250, 87)}
    ways = {1: ([1, 2], RAIL), 2: ([3, 4], {"highway": "residential"})}
    _, rail, networks = read(tmp_path, nodes, ways, {})
    assert with_walks(rail, networks).sections[0].walk.path_m == 0
    nodes |= {3: (100, -40), 4: (300, 40)}
    _, rail, networks = read(tmp_path, nodes, ways, {})
    assert with_walks(rail, networks).sections[0].walk.path_m > 100, (
        "this one runs along it for a while"
    )


STATION = {5: (100, 60), 6: (90, 15)}
STATION_TAGS = {
    **TAGS,
    5: {"railway": "station", "name": "Halfway"},
    6: {"railway": "train_station_entrance"},
}


def test_joints_say_where_road_and_track_meet(tmp_path):
    osm, rail, networks = read(tmp_path, {**NODES, **STATION}, WAYS, STATION_TAGS)
    sites = find_sites(osm, CRS)
    station, crossing = rail_joints(rail, networks, sites)
    assert (station.kind, station.id, station.name) == ("station", "osm-n5", "Halfway")
    assert (station.line_id, station.section_id) == ("R01", "R01-001")
    assert station.at_m == pytest.approx(100, abs=1)
    assert set(station.snaps) == {"foot"} or station.snaps["car"].distance_m > 100
    assert station.snaps["foot"].distance_m == pytest.approx(50, abs=1)
    assert (crossing.kind, crossing.id) == ("level_crossing", "n2")
    assert crossing.at_m == pytest.approx(300, abs=1)
    assert crossing.snaps["car"].distance_m == pytest.approx(0, abs=0.01)
    assert networks["car"].class_of(crossing.snaps["car"].edge) == "residential"
    assert rail_joints(rail, networks, sites, limit_m=40)[0].snaps == {}
    assert rail_joints(read_rail(osm, CRS, modes=("tram",)), networks, sites) == ()


def test_one_walks_from_the_street_along_the_track(tmp_path):
    osm, rail, networks = read(tmp_path)
    joints = rail_joints(rail, networks)
    track = track_network(osm, rail, CRS, joints)
    assert track.profile == "track"
    line = rail.lines[0].xy
    points = track.snap(np.array([line[-1], line[0]]), 5)
    street = track.snap(np.array([line[0] + (300, 100)]), 5)
    times = Router(track).matrix(street, points)
    # 100 m of street at 5 km/h, then 100 m or 300 m of track at 4 km/h.
    assert times.seconds[0].tolist() == pytest.approx([72 + 90, 72 + 270], abs=8)
    slow = track_network(osm, rail, CRS, joints, kmh=2)
    assert Router(slow).matrix(street, points).seconds[0, 0] == pytest.approx(72 + 180, abs=10)


def test_a_station_links_track_and_foot_way(tmp_path):
    nodes = {1: (0, 0), 2: (100, 0), 3: (400, 0), 11: (100, 30), 12: (100, 300), 5: (100, 20)}
    ways = {1: ([1, 2, 3], RAIL), 2: ([11, 12], {"highway": "footway"})}
    tags = {5: {"railway": "station", "name": "Halfway"}}
    osm = read_osm(osm_file(tmp_path / "s.osm", nodes, ways, tags))
    rail = read_rail(osm, CRS)
    joints = rail_joints(rail, {"foot": build_network(osm, "foot", crs=CRS)}, find_sites(osm, CRS))
    track = track_network(osm, rail, CRS, joints)
    links = [k for k in range(track.n_edges) if track.class_of(k) == "rail_link"]
    assert track.edge_length_m[links] == pytest.approx([30], abs=0.5)
    assert bool(track.in_main.all())
    alone = track_network(osm, rail, CRS, ())
    assert not alone.in_main.all()
