"""The health report: each doubt is found where it is, and nowhere else."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
import shapely

from geodata.build import build_network
from geodata.crs import from_datum, to_datum, to_lonlat, to_metric
from geodata.health import check_map, check_on_network
from geodata.ledger import road_ledger
from geodata.osm import read_osm
from geodata.sites import find_sites
from geodata.suspicion import (
    check_crossings,
    check_extent,
    check_layers,
    check_places,
    leave_out_far,
)

from .osm_text import CRS, lonlat, osm_file

NODES = {1: (0, 0), 2: (300, 0), 3: (600, 0), 4: (600, 300), 5: (2_000, 0), 6: (2_300, 0), 7: (0, 300)}  # fmt: skip
WAYS = {
    11: ([1, 2, 3], {"highway": "residential", "maxspeed": "50"}),
    12: ([3, 4], {"highway": "service", "oneway": "yes"}),
    13: ([5, 6], {"highway": "residential"}),
    14: ([7, 1], {"highway": "tertiary", "oneway": "yes"}),
}


@pytest.fixture(scope="module")
def osm(tmp_path_factory):
    path = osm_file(tmp_path_factory.mktemp("osm") / "t.osm", NODES, WAYS)
    return read_osm(path)


def found(findings):
    return {f.code: (f.n, f.ids) for f in findings}


def test_islands_traps_and_speeds_in_numbers(osm):
    net = build_network(osm, crs=CRS)
    report = check_map(osm, {"car": net}, ())
    assert found(report) == {
        "main-part": (4, ("w12", "w14", "w13")),
        "islands": (1, ("w13",)),
        "one-way-trap": (1, ("w12",)),
        "one-way-source": (1, ("w14",)),
        "speed-unknown": (3, ("w12", "w14", "w13")),
        "roads": (4, ()),
    }
    # The gravest first, and every finding of a place says where it is.
    assert report[0].code == "main-part"
    where = {f.code: to_metric(f.at, CRS) for f in report if f.at}
    assert where["one-way-trap"] == pytest.approx(to_metric([lonlat(600, 150)], CRS), abs=1)
    assert where["islands"] == pytest.approx(to_metric([lonlat(2_150, 0)], CRS), abs=1)
    texts = {f.code: f.text for f in report}
    assert texts["main-part"] == (
        "car: only 33.3% of 6 junctions are joined with each other both ways; 4 junctions with 900 m of road are not"
    )
    assert texts["islands"].startswith("car: 1 piece with 2 junctions and 300 m of road")
    assert texts["speed-unknown"].startswith("car: 60% of road length has no speed limit")
    assert "service (0.3 km, 100% of the class)" in texts["speed-unknown"]


def test_places_off_roads_and_on_islands(osm):
    net = build_network(osm, crs=CRS)
    xy = to_metric([lonlat(*p) for p in ((150, 10), (300, 200), (2_150, 10), (600, 130))], CRS)
    report = {f.code: f for f in check_on_network("car", net, list("abcd"), xy, "candidates")}
    assert found(report.values()) == {
        "site-off-network": (1, ("b",)),
        "site-on-island": (1, ("c",)),
        "site-beside-island": (1, ("d",)),
    }
    assert report["site-on-island"].text.startswith("car: 1 of 4 candidates has roads only that are not joined")
    assert "130 m away" in report["site-beside-island"].text


def test_coordinates_that_cannot_be_right(osm):
    net = build_network(osm, crs=CRS)
    lon, lat = lonlat(100, 0)
    given = [(lon, lat), (lat, lon), (0, 0), (np.nan, 1), (lon + 1, lat), (500, 600)]
    assert found(check_places(net, list("abcdef"), given)) == {
        "place-not-a-number": (1, ("d",)),
        "place-zero": (1, ("c",)),
        "place-swapped": (1, ("b",)),
        "place-outside": (2, ("e", "f")),
    }
    assert check_places(net, ["a"], [(lon, lat)]) == ()


@pytest.fixture(scope="module")
def wuhan(tmp_path_factory):
    """Streets 250 m apart in Wuhan with a house in each block."""
    folder = tmp_path_factory.mktemp("wuhan")
    side = np.arange(9) * 250.0
    nodes = {int(10 * i + j + 1): (x, y) for i, x in enumerate(side) for j, y in enumerate(side)}
    ways = {}
    for k in range(9):
        ways[100 + k] = ([10 * k + j + 1 for j in range(9)], {"highway": "residential"})
        ways[200 + k] = ([10 * i + k + 1 for i in range(9)], {"highway": "residential"})
    corners = 1_000
    for i in range(8):
        for j in range(8):
            x, y = side[i], side[j]
            ring = []
            for dx, dy in ((40, 40), (210, 40), (210, 210), (40, 210)):
                nodes[corners] = (x + dx, y + dy)
                ring.append(corners)
                corners += 1
            ways[1_000 + 10 * i + j] = ([*ring, ring[0]], {"building": "yes"})
    path = osm_file(folder / "t.osm", nodes, ways)
    text = path.read_text("utf-8")
    # The grid of osm_text lies at 13 E, 53 N; only the place matters here, not its shape.
    text = re.sub(r'lon="13\.', 'lon="114.', text)
    text = re.sub(r'lat="53\.', 'lat="30.', text)
    path.write_text(text, "utf-8")
    osm = read_osm(path)
    return osm, build_network(osm)


@pytest.mark.parametrize(
    ("change", "story"),
    [
        (lambda p: to_datum(p, "gcj02"), "if they are GCJ-02"),
        (lambda p: to_datum(p, "bd09"), "if they are BD-09"),
        (lambda p: from_datum(p, "gcj02"), "converted from GCJ-02 once too often"),
        (lambda p: from_datum(p, "bd09"), "converted from BD-09 once too often"),
        (lambda p: p, None),
    ],
)
def test_a_shift_of_posts_is_told(wuhan, change, story):
    _, net = wuhan
    rng = np.random.default_rng(2)
    edge = rng.integers(0, net.n_edges, 40)
    share = rng.random(40)
    xy = np.array([
        shapely.line_interpolate_point(net.lines[e], s, normalized=True).coords[0]
        for e, s in zip(edge, share, strict=True)
    ])  # fmt: skip
    given = change(to_lonlat(xy, net.crs))
    report = [f for f in check_places(net, [f"p{k}" for k in range(40)], given, on_road=True)
              if f.code == "places-shifted"]  # fmt: skip
    assert [story in f.text for f in report] == ([True] if story else [])


def test_buildings_of_another_datum_are_seen(wuhan):
    osm, net = wuhan
    assert check_layers(osm, net) == []
    moved = tuple(
        replace(f, shape=shapely.transform(f.shape, lambda p: to_datum(p, "gcj02")))
        for f in osm.features
    )
    (finding,) = check_layers(replace(osm, features=moved), net)
    assert finding.code == "layers-shifted"
    assert finding.level == "warning"


def test_ways_at_zero_and_far_off(tmp_path, osm):
    assert leave_out_far(osm) is osm
    assert check_extent(osm) == []
    path = osm_file(tmp_path / "t.osm", NODES, WAYS)
    stray = (
        '<node id="90" version="1" lon="0" lat="0"/><node id="91" version="1" lon="0.001" lat="0"/>'
    )
    way = '<way id="99" version="1"><nd ref="90"/><nd ref="91"/><tag k="highway" v="service"/></way></osm>'
    text = path.read_text("utf-8").replace('<way id="11"', stray + '<way id="11"', 1)
    path.write_text(text.replace("</osm>", way), "utf-8")
    cleaned = leave_out_far(read_osm(path))
    (finding,) = cleaned.notes
    assert cleaned.bounds == osm.bounds
    assert cleaned.ways.way.tolist() == osm.ways.way.tolist()
    assert (finding.code, finding.ids) == ("far-out", ("w99",))
    assert "at 0, 0" in finding.text


def test_a_site_of_a_doubtful_kind(tmp_path):
    tags = {
        1: {"amenity": "police", "name": "City Impound Lot"},
        2: {"amenity": "police", "name": "Precinct 2"},
    }
    osm = read_osm(osm_file(tmp_path / "t.osm", NODES, WAYS, tags))
    report = check_map(osm, {}, find_sites(osm, CRS))
    assert found(report) == {"site-class-doubtful": (1, ("osm-n1 City Impound Lot",))}


def test_rails_that_cross_roads_without_a_node(tmp_path):
    nodes = {**NODES, 20: (150, -80), 21: (150, 80), 22: (300, -80), 23: (450, -80), 24: (450, 80)}
    rail = {"railway": "rail"}
    ways = {
        **WAYS,
        31: ([20, 21], rail),
        32: ([22, 2], rail),
        33: ([23, 24], {**rail, "bridge": "yes"}),
    }
    osm = read_osm(osm_file(tmp_path / "t.osm", nodes, ways))
    (finding,) = check_crossings(osm, build_network(osm, crs=CRS))
    assert (finding.n, finding.ids) == (1, ("w31 over w11",))
    nodes = {**nodes, 25: (150, 0)}
    ways = {**ways, 11: ([1, 25, 2, 3], WAYS[11][1]), 31: ([20, 25, 21], rail)}
    osm = read_osm(osm_file(tmp_path / "u.osm", nodes, ways))
    assert check_crossings(osm, build_network(osm, crs=CRS)) == []


def test_a_part_that_is_passed_through_one_way_is_no_trap(tmp_path):
    # 5 -> 1 - 2 - 3 -> 9, and 3 -> 6 -> 4
    nodes = {**NODES, 9: (700, -200)}
    one = {"highway": "residential", "oneway": "yes"}
    ways = {11: ([1, 2, 3], {"highway": "residential"}), 12: ([3, 9], one), 13: ([5, 1], one), 14: ([3, 6], one),
            15: ([6, 4], one)}  # fmt: skip
    osm = read_osm(osm_file(tmp_path / "t.osm", nodes, ways))
    report = found(check_map(osm, {"car": build_network(osm, crs=CRS)}, ()))
    # 6 is entered from 3 and left to 4, from which there is no way back: one piece, and 9 another.
    n, ids = report["one-way-trap"]
    assert (n, sorted(ids)) == (2, ["w12", "w15"])
    assert report["one-way-source"] == (1, ("w13",))


def test_a_road_lost_on_the_way_is_told(osm):
    net = build_network(osm, crs=CRS)
    ledger = road_ledger(osm, net)
    assert (ledger.n_roads, ledger.n_used, ledger.lost) == (4, 4, ())
    kept = np.flatnonzero(net.edge_way != 13)
    fewer = replace(net, edge_way=np.where(net.edge_way == 13, 12, net.edge_way))
    assert len(kept) < net.n_edges
    assert road_ledger(osm, fewer).lost == (13,)
    report = found(check_map(osm, {"car": fewer}, ()))
    assert report["roads-lost"] == (1, ("w13",))
