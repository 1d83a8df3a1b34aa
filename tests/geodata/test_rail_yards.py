"""Yards, stubs and loops without ``service`` tags; ways that a train cannot run; lines of several modes."""

from __future__ import annotations

import numpy as np
import pytest

from geodata.errors import GeodataError
from geodata.osm import read_osm
from geodata.rail import read_rail
from geodata.railyards import is_yard_name

from .osm_text import CRS, osm_file

MAIN = {"railway": "rail", "name": "North Line"}
BARE = {"railway": "rail"}
# Roads far out, so that what ends in the middle of the map is not cut off at its rim.
FRAME_NODES = {901: (-9000, -9000), 902: (9000, -9000), 903: (9000, 9000), 904: (-9000, 9000)}
FRAME = {901: ([901, 902, 903, 904, 901], {"highway": "residential"})}


def rail(tmp_path, nodes, ways, tags=None, **options):
    path = osm_file(tmp_path / "r.osm", {**FRAME_NODES, **nodes}, {**FRAME, **ways}, tags)
    return read_rail(read_osm(path), CRS, **options)


def names(got):
    return [line.name for line in got.lines]


def reasons(got):
    return {drop.reason: drop.count for drop in got.dropped}


def test_a_bundle_of_tracks_without_names_is_a_yard_and_the_named_track_through_it_stays(tmp_path):
    nodes = {1: (-3000, 0), 2: (3000, 0)}
    ways = {1: ([1, 2], MAIN)}
    for k in range(8):
        nodes |= {10 + k: (-600, 60 + 6 * k), 30 + k: (600, 60 + 6 * k)}
        ways[10 + k] = ([10 + k, 30 + k], BARE)
    got = rail(tmp_path, nodes, ways)
    assert names(got) == ["North Line"]
    assert got.running_track_m == pytest.approx(6000, rel=0.005), "yard track is no running track"
    assert got.track_m == pytest.approx(6000 + 8 * 1200, rel=0.005)
    out = [left for left in got.left_out if left.way >= 10]
    assert {left.way for left in out} == set(range(10, 18)), "each with its own id"
    assert all("side by side" in left.reason or "lies beside" in left.reason for left in out)


def test_four_tracks_of_a_main_line_without_a_name_are_no_yard(tmp_path):
    nodes, ways = {}, {}
    for k in range(4):
        nodes |= {10 + k: (-5000, 5 * k), 30 + k: (5000, 5 * k)}
        ways[10 + k] = ([10 + k, 30 + k], BARE)
    got = rail(tmp_path, nodes, ways)
    assert len(got.lines) == 1
    assert got.line_m == pytest.approx(10_000, rel=0.005)
    assert reasons(got) == {"track merged into the line it runs beside": 3}


def test_a_dead_end_is_no_line_but_a_connection_of_two_lines_is(tmp_path):
    nodes = {1: (-4000, 0), 2: (0, 0), 3: (4000, 0), 4: (300, 60), 5: (900, 700), 6: (1500, 2000), 7: (-4000, 2000),
             8: (4000, 2000), 9: (-2000, 0), 10: (-2800, -90), 11: (-3500, -900)}  # fmt: skip
    ways = {
        1: ([1, 9, 2, 3], MAIN),
        2: ([7, 6, 8], {"railway": "rail", "name": "Upper Line"}),
        3: ([2, 4, 5, 6], BARE),
        4: ([9, 10, 11], BARE),
    }
    got = rail(tmp_path, nodes, ways)
    assert names(got) == ["North Line", "Upper Line", "Line R03"]
    assert {left.way for left in got.left_out} == {4}
    assert [left.reason for left in got.left_out] == [
        "dead end or loose piece without name, number or usage"
    ]
    # The same stub, called a branch line by the map, is one.
    main = rail(tmp_path, nodes, {**ways, 4: ([9, 10, 11], {**BARE, "usage": "branch"})})
    assert len(main.lines) == 4


def test_a_track_cut_off_at_the_rim_of_the_map_is_a_line(tmp_path):
    nodes = {1: (-8900, 0), 2: (-7400, 0), 3: (-7400, 4000), 4: (-7400, -8950)}
    got = rail(tmp_path, nodes, {1: ([1, 2], BARE), 2: ([3, 2, 4], MAIN)})
    assert names(got) == ["North Line", "Line R02"]
    moved = {**nodes, 1: (-8400, 0)}
    assert names(rail(tmp_path, moved, {1: ([1, 2], BARE), 2: ([3, 2, 4], MAIN)})) == ["North Line"]


def test_a_loop_beside_its_line_and_works_tracks_are_left_out(tmp_path):
    nodes = {
        1: (-5000, 0),
        2: (-500, 0),
        3: (500, 0),
        4: (5000, 0),
        5: (-300, 120),
        6: (300, 120),
        7: (2800, 60),
        8: (4600, 2500),
        9: (2500, 0),
    }
    ways = {
        1: ([1, 2, 3, 9, 4], MAIN),
        2: ([2, 5, 6, 3], BARE),
        3: ([9, 7, 8], {**BARE, "usage": "industrial"}),
    }
    got = rail(tmp_path, nodes, ways)
    assert names(got) == ["North Line"]
    assert {left.way: left.reason for left in got.left_out} == {
        2: "loop or siding that leaves a line and comes back to it",
        3: "no running line: usage=industrial",
    }


def test_a_line_does_not_turn_back_where_a_train_cannot(tmp_path):
    # A branch leaves the line at (0, 0) towards the north-west: only from the east does a train get on to it.
    nodes = {1: (-8900, 0), 2: (0, 0), 3: (1000, 0), 4: (-500, 300), 5: (-8900, 4000)}
    main = {**BARE, "usage": "main"}
    got = rail(tmp_path, nodes, {1: ([1, 2, 3], main), 2: ([2, 4, 5], main)})
    branch_m = np.hypot(500, 300) + np.hypot(8400, 3700)
    assert got.lines[0].length_m == pytest.approx(1000 + branch_m, rel=0.01), (
        "not 8900 m and the branch"
    )
    assert got.lines[1].length_m == pytest.approx(8900, rel=0.01)


def test_a_line_with_a_turning_loop_is_one_line_there_and_back(tmp_path):
    nodes = {1: (0, 0), 2: (4000, 0), 3: (4300, 150), 4: (4300, -150), 5: (4000, 9), 6: (0, 9)}
    nodes[3], nodes[4] = (4200, -150), (4200, 160)
    tram = {"railway": "tram", "name": "7"}
    ways = {1: ([1, 2], tram), 2: ([2, 3, 4, 5], tram), 3: ([5, 6], tram)}
    got = rail(tmp_path, nodes, ways, modes=("tram",))
    assert [line.name for line in got.lines] in (["7"], ["7", "7 (2)"])
    assert 4000 < got.lines[0].length_m < 5000
    assert got.line_m < 5000, "the other track is merged into it"


def test_two_tracks_that_leave_a_line_side_by_side_do_not_make_a_way_between_them(tmp_path):
    # From (0, 0) two tracks go east in arcs, north and south of the line, and join it again at 3 and 4 km.
    nodes = {1: (-8900, 0), 2: (0, 0), 3: (3000, 0), 4: (4000, 0), 5: (8900, 0),
             11: (1500, 600), 12: (2000, -700)}  # fmt: skip
    ways = {
        1: ([1, 2, 3, 4, 5], {**BARE, "usage": "main"}),
        2: ([2, 11, 3], BARE),
        3: ([2, 12, 4], BARE),
    }
    got = rail(tmp_path, nodes, ways)
    assert sorted(line.length_m for line in got.lines) == pytest.approx(
        [3232, 4280, 17_800], rel=0.02
    )


def test_a_short_connection_between_two_lines_near_each_other_is_no_loop(tmp_path):
    nodes = {
        1: (-8000, 0),
        2: (0, 0),
        3: (8000, 0),
        11: (-8000, 150),
        12: (700, 150),
        13: (8000, 150),
    }
    ways = {
        1: ([1, 2, 3], MAIN),
        2: ([11, 12, 13], {**MAIN, "name": "Upper Line"}),
        3: ([2, 12], BARE),
    }
    assert names(rail(tmp_path, nodes, ways)) == ["North Line", "Upper Line", "Line R03"]


def test_names_of_tracks_and_depots_name_no_line(tmp_path):
    assert all(is_yard_name(n) for n in ("Gleis 12", "Track 3", "古田车辆段", "Rangierbahnhof"))
    assert not any(is_yard_name(n) for n in ("Hauptgleis Nord", "Depot Road Line", "沪昆线"))
    nodes = {1: (-900, 0), 2: (900, 0)}
    assert names(rail(tmp_path, nodes, {1: ([1, 2], {**BARE, "name": "Gleis 12"})})) == []
    assert names(rail(tmp_path, nodes, {1: ([1, 2], {**BARE, "name": "Hauptgleis Nord"})})) == [
        "Hauptgleis Nord"
    ]


def test_out_of_use_is_counted_by_its_word(tmp_path):
    words = ["disused", "abandoned", "razed", "construction", "proposed"]
    nodes = {k: (100 * k, 0) for k in range(1, 9)}
    ways = {k: ([k, k + 1], {"railway": word}) for k, word in enumerate(words, 1)}
    ways[6] = ([6, 7], {"railway": "rail", "disused": "yes"})
    ways[7] = ([7, 8], {"railway": "rail", "construction": "yes"})
    got = rail(tmp_path, nodes, ways)
    assert reasons(got) == {
        **{f"rail not in use: {word}": 1 for word in words},
        "rail not in use: tagged so beside its kind": 2,
    }
    assert (got.track_m, got.lines) == (0, ())


def test_modes_are_a_setting_and_never_merged(tmp_path):
    nodes = {
        1: (-5000, 0),
        2: (5000, 0),
        3: (-5000, 8),
        4: (5000, 8),
        5: (-5000, 500),
        6: (5000, 500),
        7: (-5000, 1000),
        8: (5000, 1000),
    }
    metro = {"railway": "subway", "name": "地铁4号线"}
    ways = {
        1: ([1, 2], MAIN), 2: ([3, 4], metro), 3: ([5, 6], {"railway": "tram"}), 4: ([7, 8], {"railway": "monorail"}),
    }  # fmt: skip
    plain = rail(tmp_path, nodes, ways)
    assert [line.id for line in plain.lines] == ["R01"]
    assert reasons(plain) == {
        f"railway={kind} is no line guarded here": 1 for kind in ("subway", "tram", "monorail")
    }
    every = rail(tmp_path, nodes, ways, modes=("rail", "subway", "tram", "monorail"))
    assert [(line.id, line.mode) for line in every.lines] == [
        ("R01", "rail"), ("S01", "subway"), ("T01", "tram"), ("M01", "monorail"),
    ]  # fmt: skip
    assert every.lines[1].name == "4 地铁4号线"
    assert {s.mode for s in every.of_line("S01")} == {"subway"}
    assert reasons(every) == {}
    with pytest.raises(GeodataError, match="rail modes not known: boat; expected rail, subway"):
        rail(tmp_path, nodes, ways, modes=("boat",))


def test_two_names_of_one_numbered_city_line_are_one_line(tmp_path):
    nodes = {1: (0, 0), 2: (3000, 0), 3: (6000, 0), 4: (0, 900), 5: (6000, 900)}
    ways = {
        1: ([1, 2], {"railway": "subway", "name": "武汉地铁4号线"}),
        2: ([2, 3], {"railway": "subway", "name": "武汉轨道交通四号线"}),
        3: ([4, 5], {"railway": "subway", "name": "武汉轨道交通十二号线"}),
    }
    got = rail(tmp_path, nodes, ways, modes=("subway",))
    assert [(line.name.split()[0], round(line.length_m, -2)) for line in got.lines] == [
        ("4", 6000),
        ("12", 6000),
    ]


def test_long_structures_cut_and_short_ones_get_a_place_where_asked(tmp_path):
    nodes = {1: (0, 0), 2: (1000, 0), 3: (1400, 0), 4: (2000, 0), 5: (2010, 0), 6: (4000, 0)}
    ways = {
        1: ([1, 2], MAIN), 2: ([2, 3], {**MAIN, "tunnel": "yes"}), 3: ([3, 4], MAIN),
        4: ([4, 5], {**MAIN, "bridge": "yes"}), 5: ([5, 6], MAIN),
    }  # fmt: skip
    got = rail(tmp_path, nodes, ways)
    (tunnel,) = [s for s in got.sections if s.kind == "tunnel"]
    assert (tunnel.from_m, tunnel.to_m) == pytest.approx((1000, 1400), rel=0.005)
    (bridge,) = [s for s in got.sections if s.kind == "bridge"]
    assert bridge.length_m > 300
    fine = rail(tmp_path, nodes, ways, place_m=100)
    (bridge,) = [s for s in fine.sections if s.kind == "bridge"]
    assert (bridge.from_m, bridge.to_m) == pytest.approx((1955, 2055), rel=0.005)
    for a, b in zip(fine.sections, fine.sections[1:], strict=False):
        assert a.to_m == pytest.approx(b.from_m)
    assert max(s.length_m for s in fine.sections) <= 500 + 1e-6


def test_two_ways_of_one_name_have_a_chainage_each(tmp_path):
    nodes = {1: (0, 0), 2: (6000, 0), 3: (0, 3000), 4: (4000, 3000)}
    got = rail(tmp_path, nodes, {1: ([1, 2], MAIN), 2: ([3, 4], MAIN)})
    assert [(line.name, line.start_m) for line in got.lines] == [
        ("North Line", 0),
        ("North Line (2)", 0),
    ]
