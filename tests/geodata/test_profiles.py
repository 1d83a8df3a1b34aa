from __future__ import annotations

import pytest

from geodata.build import build_network
from geodata.errors import GeodataError
from geodata.osm import read_osm
from geodata.profiles import (
    BIKE,
    CAR,
    EMERGENCY,
    FOOT,
    access,
    barrier_stops,
    direction,
    emergency_profile,
    why_not,
)
from geodata.router import Router

from .osm_text import CRS, osm_file


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({}, "both"),
        ({"oneway": "yes"}, "forward"),
        ({"oneway": "true"}, "forward"),
        ({"oneway": "1"}, "forward"),
        ({"oneway": "-1"}, "backward"),
        ({"oneway": "reverse"}, "backward"),
        ({"oneway": "no", "junction": "roundabout"}, "both"),
        ({"junction": "roundabout"}, "forward"),
        ({"highway": "motorway"}, "forward"),
        ({"oneway": "reversible"}, "both"),
        ({"oneway": "yes; no"}, "forward"),
    ],
)
def test_one_way_in_all_its_forms(tags, expected):
    assert direction({"highway": "residential", **tags}, CAR)[0] == expected


def test_doubtful_one_way_leaves_a_note_and_walkers_are_free():
    assert "yes; no" in str(direction({"oneway": "yes; no"}, CAR)[1])
    assert "reversible" in str(direction({"oneway": "reversible"}, CAR)[1])
    assert "without its condition" in str(direction({"oneway:conditional": "yes @ (7-9)"}, CAR)[1])
    assert direction({"oneway": "yes"}, FOOT) == ("both", None)
    assert direction({"oneway:foot": "yes"}, FOOT)[0] == "forward"


@pytest.mark.parametrize(
    ("tags", "open_"),
    [
        ({"highway": "residential"}, True),
        ({"highway": "footway"}, False),
        ({"highway": "residential", "access": "private"}, False),
        ({"highway": "residential", "access": "no", "motor_vehicle": "yes"}, True),
        ({"highway": "residential", "vehicle": "no"}, False),
        ({"highway": "track"}, False),
        ({"highway": "track", "tracktype": "grade1"}, True),
        ({"highway": "track", "motor_vehicle": "destination"}, True),
        ({"highway": "pedestrian"}, False),
        ({"highway": "pedestrian", "motor_vehicle": "delivery"}, True),
        ({"highway": "service", "area": "yes"}, False),
        ({"highway": "construction"}, False),
        ({"highway": "residential", "access": "agricultural;yes"}, True),
    ],
)
def test_where_a_car_may_go(tags, open_):
    assert (why_not(tags, CAR) is None) == open_


def test_the_most_special_access_tag_decides():
    assert access({"access": "yes", "motorcar": "no"}, CAR) == "no"
    assert access({"access": "no", "foot": "yes"}, FOOT) == "yes"
    assert access({}, CAR) is None


def test_barriers():
    assert barrier_stops({"barrier": "bollard"}, CAR)
    assert not barrier_stops({"barrier": "bollard", "motor_vehicle": "yes"}, CAR)
    assert not barrier_stops({"barrier": "bollard"}, FOOT)
    assert not barrier_stops({"barrier": "gate"}, CAR)
    assert barrier_stops({"barrier": "gate", "access": "private"}, CAR)
    assert barrier_stops({"barrier": "gate", "locked": "yes"}, CAR)
    assert not barrier_stops({"highway": "crossing"}, CAR)


@pytest.mark.parametrize(
    ("tags", "open_"),
    [
        ({"highway": "residential", "access": "emergency"}, True),
        ({"highway": "service", "access": "no", "emergency": "yes"}, True),
        ({"highway": "service", "access": "psv"}, True),
        ({"highway": "service", "emergency": "no"}, False),
        ({"highway": "footway"}, False),
    ],
)
def test_where_a_vehicle_on_a_call_may_go(tags, open_):
    assert (why_not(tags, EMERGENCY) is None) == open_


@pytest.mark.parametrize(
    ("tags", "open_"),
    [
        ({"highway": "cycleway"}, True),
        ({"highway": "footway"}, False),
        ({"highway": "footway", "bicycle": "yes"}, True),
        ({"highway": "motorway"}, False),
        ({"highway": "steps"}, False),
        ({"highway": "residential", "bicycle": "use_sidepath"}, False),
        ({"highway": "service", "vehicle": "no", "bicycle": "yes"}, True),
    ],
)
def test_where_a_bicycle_may_go(tags, open_):
    assert (why_not(tags, BIKE) is None) == open_


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"oneway": "yes"}, "forward"),
        ({"oneway": "yes", "oneway:bicycle": "no"}, "both"),
        ({"oneway": "yes", "cycleway": "opposite_lane"}, "both"),
        ({"oneway": "yes", "cycleway:left": "opposite_track"}, "both"),
        ({"oneway:bicycle": "yes"}, "forward"),
    ],
)
def test_one_way_for_bicycles(tags, expected):
    assert direction({"highway": "residential", **tags}, BIKE)[0] == expected


def test_gates_and_one_way_streets_on_a_call(tmp_path):
    # 1 -> 2 one-way, 2 - gate 3 - 4; 4 -> 5 a roundabout that nobody goes against
    nodes = {1: (0, 0), 2: (500, 0), 3: (600, 0), 4: (1_000, 0), 5: (1_500, 0)}
    ways = {
        11: ([1, 2], {"highway": "residential", "oneway": "yes", "maxspeed": "36"}),
        12: ([2, 3, 4], {"highway": "residential", "maxspeed": "36"}),
        13: ([4, 5], {"highway": "residential", "junction": "roundabout", "maxspeed": "36"}),
    }
    gate = {3: {"barrier": "gate", "access": "private"}}
    osm = read_osm(osm_file(tmp_path / "t.osm", nodes, ways, gate))

    def seconds(profile, begin, end):
        net = build_network(osm, profile, crs=CRS)
        xy = [net.node_xy[net.node_osm == k][0] for k in (begin, end)]
        points = net.snap(xy)
        times = Router(net).matrix(points.take([0]), points.take([1]))
        return int(times.seconds[0, 0]) if times.reachable[0, 0] else None

    assert seconds("car", 1, 4) is None
    assert seconds("emergency", 1, 4) is None
    both = emergency_profile(gates=True, against_factor=0.5)
    assert seconds(both, 1, 4) == pytest.approx(100, abs=1)
    assert seconds("emergency", 2, 1) is None
    assert seconds(both, 2, 1) == pytest.approx(100, abs=1)
    assert seconds(both, 5, 4) is None
    with pytest.raises(GeodataError, match="expected 0 to 1"):
        emergency_profile(against_factor=2)


def test_every_profile_reads_the_town(town):
    from .conftest import ROOT

    osm = read_osm(ROOT / "scenarios/library/neubrandenburg" / town.source)
    car, sirens, bike = (build_network(osm, name, crs=town.crs) for name in ("car", "emergency", "bike"))
    assert sirens.n_edges >= car.n_edges
    assert bike.n_edges > car.n_edges
    assert (bike.component == 0).mean() > 0.95
