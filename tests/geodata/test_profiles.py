from __future__ import annotations

import pytest

from geodata.profiles import (
    CAR,
    FOOT,
    access,
    barrier_stops,
    direction,
    parse_maxspeed,
    speeds_kmh,
    why_not,
)


@pytest.mark.parametrize(
    ("text", "kmh"),
    [
        ("50", 50.0),
        ("50 km/h", 50.0),
        ("25 mph", 40.2336),
        ("50;40", 40.0),
        ("80|60", 60.0),
        ("walk", 7.0),
        ("DE:urban", 50.0),
        ("RU:urban", 60.0),
        ("DE:zone:30", 30.0),
        ("de:20", 20.0),
        ("DE:living_street", 7.0),
        ("27,5", 27.5),
        ("none", 1000.0),
        ("0", None),
        ("signals", None),
        ("", None),
        ("fast", None),
        ("-30", None),
    ],
)
def test_maxspeed_texts(text, kmh):
    assert parse_maxspeed(text) == kmh


def test_no_limit_is_driven_at_the_profiles_top_speed():
    ahead, back, known, note = speeds_kmh({"highway": "motorway", "maxspeed": "none"}, CAR)
    assert (ahead, back, known, note) == (130, 130, True, None)


def test_limits_by_direction_and_unreadable_text():
    tags = {"highway": "primary", "maxspeed:forward": "30", "maxspeed": "quick"}
    ahead, back, known, note = speeds_kmh(tags, CAR)
    assert (ahead, back, known) == (30, 60, True)
    assert note == "maxspeed=quick not understood"


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
