"""Speed limits by hand: texts, national defaults and the country a map names."""

from __future__ import annotations

import pytest

from geodata.build import build_network
from geodata.errors import GeodataError
from geodata.osm import read_osm
from geodata.profiles import CAR, FOOT
from geodata.speeds import NATIONAL, default_kmh, find_country, parse_maxspeed, speeds_kmh

from .osm_text import CRS, osm_file


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
        ("GB:nsl_single", 96.0),
        ("GB:nsl_dual", 112.0),
        ("FR:rural", 80.0),
        ("DE:motorway", 1000.0),
        ("BE-VLG:rural", 70.0),
        ("XX:urban", 50.0),
        ("RU:living_street", 20.0),
        ("30 knots", 55.56),
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


def test_a_limit_that_holds_at_times_is_noted():
    tags = {"highway": "primary", "maxspeed": "50", "maxspeed:conditional": "30 @ (22:00-06:00)"}
    ahead, _, _, note = speeds_kmh(tags, CAR)
    assert ahead == 50
    assert str(note).startswith("maxspeed:conditional")


def test_national_limits_bound_what_the_map_does_not_say():
    assert default_kmh("motorway", CAR) == 120
    assert default_kmh("motorway", CAR, "FR") == 130
    assert default_kmh("motorway", CAR, "DE") == 130, "no limit: the profile's top speed"
    assert default_kmh("trunk", CAR, "CH") == 80
    assert default_kmh("residential", CAR, "RU") == 30, "never raised to the urban limit"
    assert default_kmh("living_street", CAR, "DE") == 7
    assert default_kmh("footway", FOOT, "DE") == 5
    with pytest.raises(GeodataError, match="no speed limits are known for country 'ZZ'"):
        default_kmh("trunk", CAR, "ZZ")
    assert all(0 < n.living_street <= n.urban <= n.rural <= n.motorway for n in NATIONAL.values())


def test_the_country_a_map_names(tmp_path):
    nodes = {1: (0, 0), 2: (1000, 0)}

    def named(zones):
        ways = {k: ([1, 2], {"highway": "trunk", "source:maxspeed": z}) for k, z in enumerate(zones, 7)}
        return read_osm(osm_file(tmp_path / "t.osm", nodes, ways))

    assert find_country(named(["CH:urban"] * 3)) == "CH"
    assert find_country(named(["CH:urban"] * 2)) is None, "too few to tell"
    assert find_country(named(["CH:urban", "DE:urban"] * 3)) is None
    osm = read_osm(osm_file(tmp_path / "u.osm", nodes, {
        7: ([1, 2], {"highway": "trunk"}),
        **{k: ([1, 2], {"highway": "construction", "source:maxspeed": "CH:rural"}) for k in (8, 9, 10)},
    }))  # fmt: skip
    assert build_network(osm, crs=CRS).ahead_ms[0] == pytest.approx(40_000, abs=5)
    assert build_network(osm, crs=CRS, country="map").ahead_ms[0] == pytest.approx(45_000, abs=5)
