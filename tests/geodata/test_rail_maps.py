"""Rail of the real maps, as read against their pictures."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
import shapely

from geodata.crs import choose_crs
from geodata.mapfile import read_map
from geodata.rail import read_rail
from geodata.railjoints import rail_joints, track_network
from geodata.railplaces import find_place, place_at
from geodata.railwalk import with_walks


def rail_of(path, **options):
    osm = read_map(path)
    crs = choose_crs(np.array(osm.bounds).reshape(2, 2), None)
    return read_rail(osm, crs, **options)


@pytest.fixture(scope="module")
def columbus(more_maps):
    return rail_of(more_maps / "columbus.osm.pbf")


def test_yards_of_a_city_without_service_tags_make_no_lines(columbus):
    named = [line for line in columbus.lines if not line.name.startswith("Line R")]
    assert len(columbus.lines) == 19
    assert len({line.name for line in named}) == 10
    assert columbus.line_m == pytest.approx(131_450, rel=0.005)
    assert columbus.running_track_m < columbus.track_m - 240_000
    counts = {drop.reason: drop.count for drop in columbus.dropped}
    assert counts["yard: one of 5 or more tracks side by side"] > 100
    assert counts["dead end or loose piece without name, number or usage"] > 100
    assert counts["rail not in use: abandoned"] == 54
    # The yard of 4 km in the south-west of the lines, once drawn as a line of its own.
    assert any(left.way == 21351645 and "side by side" in left.reason for left in columbus.left_out)


def test_no_two_lines_run_in_one_corridor(columbus):
    shapes = {line.id: shapely.LineString(line.xy) for line in columbus.lines}
    for a, b in combinations(shapes, 2):
        shared = shapes[a].intersection(shapes[b].buffer(25)).length
        assert shared < 500, (a, b)


@pytest.mark.parametrize(
    ("name", "modes", "lines"),
    [
        ("osm/helsinki_centre.osm.pbf", ("rail", "subway"), {"R01": 868, "S01": 1312}),
        ("osm/liechtenstein.osm.pbf", ("rail",), {"R01": 10_189}),
        ("osm/guixi.osm", ("rail",), {"R01": 14_304, "R02": 8_790, "R03": 2_740, "R04": 1_004}),
        ("gis/wuhan_metro.geojson", ("subway",),
         {"S01": 27_174, "S02": 33_883, "S03": 19_494, "S04": 14_029, "S05": 28_817, "S06": 17_856}),
    ],
)  # fmt: skip
def test_lines_and_lengths(more_maps, name, modes, lines):
    got = rail_of(more_maps.parent / name, modes=modes)
    assert {line.id: round(line.length_m) for line in got.lines} == pytest.approx(lines, rel=0.01)


def test_metro_is_found_where_it_is_asked_for(more_maps):
    got = rail_of(more_maps / "nanjing_xinjiekou.osm", modes=("rail", "subway"))
    assert sorted(line.name.split()[0] for line in got.lines) == ["1", "2", "3"]
    assert {line.mode for line in got.lines} == {"subway"}


def test_the_shipped_towns_sections_keep_their_ids(town):
    ids = [s.id for s in town.rail.sections]
    assert (ids[0], ids[-1], len(ids)) == ("R01-001", "R03-015", 88)
    assert {line.id: (line.start_m, round(line.length_m)) for line in town.rail.lines} == {
        "R01": (0, 25243), "R02": (0, 9560), "R03": (pytest.approx(11_335, abs=1), 7488),
    }  # fmt: skip


def test_the_shipped_towns_track_on_foot(town):
    rail = with_walks(town.rail, town.networks)
    kinds = [s.walk.walkable for s in rail.sections]
    assert (kinds.count("path"), kinds.count("partly"), kinds.count("closure")) == (4, 22, 62)
    for section in rail.sections:
        walk = section.walk
        assert walk.path_m + walk.closure_m == pytest.approx(section.length_m)
        if walk.entry:
            assert section.from_m <= walk.entry.at_m <= walk.exit.at_m <= section.to_m + 1e-6
            assert walk.entry.distance_m <= 100
    assert find_place(rail, "6088, km 12.4-12.9").sections == rail.of_line("R03")[2:4]
    assert place_at(rail, "R01", 0).sections[0].id == "R01-001"


def test_the_shipped_towns_joints_and_track_network(town):
    joints = rail_joints(town.rail, town.networks, town.sites)
    assert {j.name for j in joints if j.kind == "station"} == {
        "Neubrandenburg",
        "Sponholz",
        "Mölln (Mecklenburg)",
    }
    assert sum(j.kind == "level_crossing" for j in joints) >= 15
    osm = read_map(_path_of(town))
    track = track_network(osm, town.rail, town.crs, joints)
    rail_edges = [k for k in range(track.n_edges) if track.class_of(k) == "rail"]
    assert sum(track.edge_length_m[rail_edges]) == pytest.approx(42_300, rel=0.08)
    assert track.in_main[rail_edges].mean() > 0.9, "the track is reached on foot"


def _path_of(town):
    from .conftest import ROOT

    return ROOT / "scenarios/library/neubrandenburg" / town.source
