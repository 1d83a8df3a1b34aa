from __future__ import annotations

import numpy as np
import pytest

from geodata.build import build_network
from geodata.errors import GeodataError
from geodata.osm import read_osm
from geodata.rail import read_rail, with_access
from geodata.sites import find_sites, plain_name

from .osm_text import CRS, osm_file

RAIL = {"railway": "rail", "ref": "6088", "name": "North Line"}


def rail(tmp_path, nodes, ways, node_tags=None, **options):
    return read_rail(
        read_osm(osm_file(tmp_path / "rail.osm", nodes, ways, node_tags)), CRS, **options
    )


def test_a_line_is_cut_into_equal_sections_of_at_most_the_limit(tmp_path):
    got = rail(
        tmp_path, {1: (0, 0), 2: (600, 0), 3: (1100, 0)}, {1: ([1, 2], RAIL), 2: ([2, 3], RAIL)}
    )
    assert [s.id for s in got.sections] == ["R01-001", "R01-002", "R01-003"]
    assert [s.length_m for s in got.sections] == pytest.approx([1100 / 3] * 3, rel=0.005)
    assert got.sections[0].from_m == 0
    assert got.sections[1].from_m == got.sections[0].to_m
    assert got.sections[-1].to_m == pytest.approx(got.lines[0].length_m)
    assert {s.kind for s in got.sections} == {"open_line"}
    assert got.sections[0].line_name == "6088 North Line"
    assert got.section("R01-002") is got.sections[1]
    with pytest.raises(GeodataError, match="R09-001"):
        got.section("R09-001")


def test_the_direction_in_which_ways_are_drawn_does_not_matter(tmp_path):
    nodes = {1: (0, 900), 2: (600, 300), 3: (1100, 0)}
    one = rail(tmp_path, nodes, {1: ([1, 2], RAIL), 2: ([2, 3], RAIL)})
    other = rail(tmp_path, nodes, {1: ([3, 2], RAIL), 2: ([2, 1], RAIL)})
    assert np.allclose(one.sections[0].xy[0], other.sections[0].xy[0])
    assert one.sections[0].xy[0][0] < one.sections[-1].xy[-1][0], "lines start in the west"
    assert [s.id for s in one.sections] == [s.id for s in other.sections]


def test_double_track_is_one_line_and_sidings_are_told_apart(tmp_path):
    nodes = {
        1: (0, 0),
        2: (1000, 0),
        3: (0, 5),
        4: (1000, 5),
        5: (300, 10),
        6: (700, 10),
        7: (0, 900),
        8: (900, 900),
    }
    ways = {
        1: ([1, 2], RAIL), 2: ([3, 4], {"railway": "rail"}), 3: ([5, 6], {"railway": "rail", "service": "yard"}),
        4: ([7, 8], {"railway": "disused"}),
    }  # fmt: skip
    got = rail(tmp_path, nodes, ways)
    assert len(got.lines) == 1
    assert got.line_m == pytest.approx(1000, rel=0.005)
    assert got.running_track_m == pytest.approx(2000, rel=0.005)
    assert got.track_m == pytest.approx(2400, rel=0.005)
    assert {d.reason for d in got.dropped} == {
        "rail not in use: disused", "no running track: yard", "track merged into the line it runs beside",
    }  # fmt: skip


def test_a_second_line_ends_where_it_joins_the_corridor_of_the_first(tmp_path):
    nodes = {
        1: (0, 0),
        2: (4000, 0),
        3: (1000, 2000),
        4: (1500, 20),
        5: (2500, 20),
        6: (3000, 2000),
    }
    ways = {1: ([1, 2], RAIL), 2: ([3, 4, 5, 6], {"railway": "rail", "ref": "7"})}
    got = rail(tmp_path, nodes, ways)
    # Line 7 is the longer one (about 5,084 m), so the other keeps only what lies outside its corridor of 50 m.
    assert [(line.id, line.name) for line in got.lines] == [
        ("R01", "7"), ("R02", "6088 North Line"), ("R03", "6088 North Line"),
    ]  # fmt: skip
    west, east = got.lines[1:]
    assert west.start_m == 0
    assert west.length_m == pytest.approx(1500 - 50, abs=40)
    assert east.start_m == pytest.approx(2500 + 50, abs=40)
    assert got.of_line("R03")[0].from_m == east.start_m, "chainage counts on"


def test_crossings_bridges_and_stations_set_the_class(tmp_path):
    nodes = {1: (0, 0), 2: (700, 0), 3: (1600, 0), 4: (1650, 0), 5: (5000, 0), 6: (5000, 10)}
    ways = {1: ([1, 2, 3], RAIL), 2: ([3, 4], {**RAIL, "bridge": "yes"}), 3: ([4, 5], RAIL)}
    tags = {2: {"railway": "level_crossing"}, 6: {"railway": "station", "name": "Northtown"}}
    got = rail(tmp_path, nodes, ways, tags)
    kinds = [s.kind for s in got.sections]
    assert kinds.count("crossing") == 1
    assert kinds.count("bridge") == 1
    crossing = got.sections[kinds.index("crossing")]
    assert [f.osm_id for f in crossing.crossings] == ["n2"]
    assert crossing.from_m <= 700 <= crossing.to_m
    approach = [s for s in got.sections if s.kind == "station_approach"]
    assert min(s.from_m for s in approach) == pytest.approx(4000, abs=550)
    assert {s.station for s in approach} == {"Northtown"}
    assert any(s.in_station for s in approach)
    assert max(s.length_m for s in got.sections) <= 500 + 1e-6


def test_access_points_lie_on_roads_near_the_section(tmp_path):
    nodes = {1: (0, 0), 2: (400, 0), 3: (0, 50), 4: (400, 50)}
    path = osm_file(
        tmp_path / "a.osm", nodes, {1: ([1, 2], RAIL), 2: ([3, 4], {"highway": "residential"})}
    )
    osm = read_osm(path)
    got = with_access(read_rail(osm, CRS), {"car": build_network(osm, crs=CRS)}, limit_m=60)
    assert [(a.profile, a.at, round(a.distance_m)) for a in got.sections[0].access] == [
        ("car", "start", 50), ("car", "middle", 50), ("car", "end", 50),
    ]  # fmt: skip
    far = with_access(read_rail(osm, CRS), {"car": build_network(osm, crs=CRS)}, limit_m=40)
    assert far.sections[0].access == ()


def test_no_rail_no_lines(tmp_path):
    got = rail(tmp_path, {1: (0, 0), 2: (90, 0)}, {1: ([1, 2], {"highway": "residential"})})
    assert (got.lines, got.sections, got.track_m) == ((), (), 0)


SQUARE = {1: (0, 0), 2: (100, 0), 3: (100, 100), 4: (0, 100)}


def sites(tmp_path, nodes, ways, node_tags=None, relations=""):
    return find_sites(
        read_osm(osm_file(tmp_path / "sites.osm", nodes, ways, node_tags, relations)), CRS
    )


def test_a_station_drawn_three_times_is_one_site(tmp_path):
    nodes = {**SQUARE, 5: (150, 50), 6: (50, 50), 7: (0, 50)}
    ways = {10: ([1, 2, 3, 4, 7, 1], {"building": "train_station"})}
    tags = {
        5: {"railway": "station", "name": "Neustadt Hbf"},
        6: {"railway": "station", "name": "Neustadt"},
        7: {"entrance": "main"},
    }
    (site,) = sites(tmp_path, nodes, ways, tags)
    assert (site.id, site.kind) == ("osm-w10", "station")
    assert site.name in ("Neustadt", "Neustadt Hbf")
    assert sorted(site.merged) == ["n5", "n6"]
    assert site.polygon is not None
    assert len(site.entrances) == 1


def test_two_schools_side_by_side_stay_two(tmp_path):
    nodes = {**SQUARE, 5: (50, 50), 6: (60, 50), 7: (140, 50)}
    ways = {10: ([1, 2, 3, 4, 1], {"amenity": "school", "name": "East School"})}
    tags = {
        5: {"amenity": "school", "name": "East  school"},
        6: {"amenity": "school"},
        7: {"amenity": "school", "name": "West School"},
    }
    got = sites(tmp_path, nodes, ways, tags)
    assert [(s.name, sorted(s.merged)) for s in got] == [
        ("East School", ["n5", "n6"]),
        ("West School", []),
    ]


def test_kinds_and_what_is_no_site(tmp_path):
    nodes = {k: (k * 500, 0) for k in range(1, 9)}
    tags = {
        1: {"amenity": "fuel"}, 2: {"shop": "mall", "name": "Centre"}, 3: {"amenity": "bench"},
        4: {"leisure": "sports_centre", "name": "Yoga"}, 5: {"railway": "disused", "name": "Old halt"},
        6: {"amenity": "police"}, 7: {"railway": "halt", "name": "Dell"},
        8: {"railway": "station", "station": "subway", "name": "Deep"},
    }  # fmt: skip
    ways = {10: ([1, 2], {"highway": "residential"})}
    got = sites(tmp_path, nodes, ways, tags)
    assert [(s.kind, s.id) for s in got] == [
        ("fuel", "osm-n1"), ("halt", "osm-n7"), ("mall", "osm-n2"), ("metro_station", "osm-n8"), ("police", "osm-n6"),
    ]  # fmt: skip
    assert got[0].label == "fuel osm-n1"


def test_a_multipolygon_becomes_a_site_and_a_broken_one_is_reported(tmp_path):
    ways = {10: ([1, 2, 3], {}), 11: ([3, 4, 1], {}), 12: ([1, 2], {"highway": "residential"})}
    relation = (
        '<relation id="{0}" version="1"><member type="way" ref="10" role="outer"/>'
        '<member type="way" ref="{1}" role="outer"/><tag k="type" v="multipolygon"/>'
        '<tag k="leisure" v="stadium"/><tag k="name" v="Bowl"/></relation>'
    )
    (site,) = sites(tmp_path, SQUARE, ways, relations=relation.format(20, 11))
    assert (site.id, site.name, site.kind) == ("osm-r20", "Bowl", "stadium")
    osm = read_osm(osm_file(tmp_path / "b.osm", SQUARE, ways, relations=relation.format(21, 99)))
    assert [d.ids for d in osm.dropped if "rings do not close" in d.reason] == [("r21",)]


def test_plain_names():
    assert plain_name("Café  am-Markt") == plain_name("cafe am markt")
    assert plain_name("新街口") == "新街口"
