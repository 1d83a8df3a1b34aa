"""Key sites: one each, whatever it is drawn as and called; their doors; and what they may be instead."""

from __future__ import annotations

import numpy as np
import pytest

from geodata.build import build_network
from geodata.osm import read_osm
from geodata.sitecheck import check_sites
from geodata.sitedoors import with_doors
from geodata.sitenames import core_name, names_of, same_name
from geodata.sites import find_sites

from .osm_text import CRS, osm_file


def read(tmp_path, nodes, ways=None, tags=None, relations=""):
    return read_osm(osm_file(tmp_path / "s.osm", nodes, ways or {}, tags, relations))


def square(first, x, y, side):
    """Four nodes and the way around them."""
    corners = [(x, y), (x + side, y), (x + side, y + side), (x, y + side)]
    nodes = {first + k: c for k, c in enumerate(corners)}
    return nodes, [first, first + 1, first + 2, first + 3, first]


ROAD = {900: (-500, -500), 901: (5000, -500)}
ROAD_WAY = {900: ([900, 901], {"highway": "residential"})}


def test_ten_drawings_of_one_station_are_one_site(tmp_path):
    building, ring = square(1, 0, 0, 60)
    grounds, outer = square(11, -40, -40, 150)
    nodes = {**ROAD, **building, **grounds, 21: (30, 30), 22: (80, 20), 23: (100, 30), 24: (-60, 10), 25: (120, 60),
             26: (140, 40), 27: (60, -20), 28: (20, 90), 29: (90, 90), 31: (-30, 0), 32: (130, 0)}  # fmt: skip
    tags = {
        21: {"railway": "station", "name": "Neustadt Hbf"},
        22: {
            "railway": "station",
            "name": "Neustadt (Hauptbahnhof)",
            "name:en": "Neustadt Central Station",
        },
        23: {"railway": "station", "name": "Neustadt Central Station"},
        24: {"railway": "station", "name": "新城站", "name:de": "Neustadt"},
        25: {"railway": "halt", "name": "NEUSTADT"},
        26: {"public_transport": "station", "train": "yes", "name": "Neustadt Bahnhof"},
        27: {"railway": "station", "name": "Neustatd"},
        28: {"railway": "station"},
        # Parts of it, which are no sites.
        29: {"railway": "stop", "public_transport": "stop_position", "name": "Neustadt Hbf"},
        31: {"railway": "train_station_entrance", "name": "Nord"},
        32: {"entrance": "main"},
    }
    ways = {
        **ROAD_WAY,
        10: (ring, {"building": "train_station", "name": "Hauptbahnhof Neustadt"}),
        11: (
            outer,
            {
                "railway": "station",
                "public_transport": "station",
                "train": "yes",
                "name": "Neustadt Hbf",
            },
        ),
        12: ([31, 32], {"railway": "platform", "name": "Neustadt Hbf 1/2"}),
    }
    area = (
        '<relation id="50" version="1"><member type="node" ref="21" role=""/>'
        '<member type="way" ref="12" role="platform"/>'
        '<tag k="type" v="public_transport"/><tag k="public_transport" v="stop_area"/>'
        '<tag k="name" v="Neustadt Hbf"/></relation>'
    )
    (site,) = find_sites(read(tmp_path, nodes, ways, tags, area), CRS)
    assert (site.id, site.kind) == ("osm-w11", "station")
    assert sorted(site.merged) == ["n21", "n22", "n23", "n24", "n25", "n26", "n27", "n28", "w10"]


def test_two_stations_near_each_other_stay_two(tmp_path):
    nodes = {**ROAD, 1: (0, 0), 2: (150, 0), 3: (150, 100), 4: (0, 250)}
    tags = {
        1: {"railway": "station", "name": "Oststadt"},
        2: {"railway": "station", "name": "Weststadt"},
        3: {"railway": "station", "station": "subway", "name": "Oststadt"},
        4: {"railway": "station", "name": "Gleis 12 Nord"},
    }
    got = find_sites(read(tmp_path, nodes, ROAD_WAY, tags), CRS)
    assert [(s.kind, s.name) for s in got] == [
        ("metro_station", "Oststadt"), ("station", "Gleis 12 Nord"), ("station", "Oststadt"), ("station", "Weststadt"),
    ]  # fmt: skip


def test_two_spellings_of_one_station_that_lie_apart_are_one(tmp_path):
    nodes = {**ROAD, 1: (0, 0), 2: (150, 0), 3: (600, 0)}
    tags = {
        1: {"railway": "station", "name": "Neustadt Hbf"},
        2: {"railway": "station", "name": "Bahnhof Neustadt"},
        3: {"railway": "station", "name": "Neustadt Hbf"},
    }
    got = find_sites(read(tmp_path, nodes, ROAD_WAY, tags), CRS)
    assert sorted(len(s.merged) for s in got) == [0, 1], "the third is too far away"


def test_names():
    assert core_name("Neustadt Hbf") == core_name("Bahnhof Neustadt") == "neustadt"
    assert core_name("新街口站") == core_name("新街口地铁站") == "新街口"
    assert core_name("Bahnhof") == "bahnhof", "a name of that word alone is kept"
    assert names_of({"name": "A;B", "name:zh": "甲", "operator": "X"}) == ("a", "b", "甲")
    helsinki = {"name": "Helsingin päärautatieasema", "name:en": "Helsinki Central Station"}
    assert same_name(helsinki, {"name": "Helsinki"}, station=True)
    assert not same_name({"name": "Grundschule 12"}, {"name": "Grundschule 11"}, close=True)
    assert same_name({"name": "Grundschule Nrod 12"}, {"name": "Grundschule Nord 12"}, close=True)
    assert not same_name({"name": "Grundschule Nrod"}, {"name": "Grundschule Nord"})
    assert not same_name({"name": "Ost"}, {"name": "Ort"}, station=True)


def test_a_school_in_two_languages_and_a_slip_of_the_pen_is_one(tmp_path):
    corners, ring = square(1, 0, 0, 100)
    nodes = {**ROAD, **corners, 5: (50, 50), 6: (60, 60), 7: (70, 50)}
    tags = {
        5: {"amenity": "school", "name": "实验小学", "name:en": "Experimental Primary School"},
        6: {"amenity": "school", "name": "Experimental Primary Scholl"},
        7: {"amenity": "school", "name": "Second Middle School"},
    }
    ways = {**ROAD_WAY, 10: (ring, {"amenity": "school", "name": "Experimental Primary School"})}
    got = find_sites(read(tmp_path, nodes, ways, tags), CRS)
    assert [(s.name, sorted(s.merged)) for s in got] == [
        ("Experimental Primary School", ["n5", "n6"]), ("Second Middle School", []),
    ]  # fmt: skip


def test_kinds_that_planners_guard(tmp_path):
    wanted = {
        "kindergarten": {"amenity": "kindergarten"}, "university": {"amenity": "college"},
        "townhall": {"amenity": "townhall"},
        "embassy": {"office": "diplomatic"}, "bus_station": {"public_transport": "station", "bus": "yes"},
        "ferry_terminal": {"amenity": "ferry_terminal"}, "water": {"man_made": "water_works"},
        "hazard": {"shop": "fireworks"},
        "scenic": {"tourism": "attraction", "name": "Gate"}, "bank": {"amenity": "bank"},
        "tram_stop": {"railway": "tram_stop"},
        "metro_station": {"railway": "station", "station": "subway"}, "courthouse": {"amenity": "courthouse"},
    }  # fmt: skip
    none = [{"tourism": "attraction"}, {"amenity": "bank", "disused": "yes"}, {"railway": "construction", "name": "X"},
            {"public_transport": "platform", "bus": "yes"}, {"disused:amenity": "school"}]  # fmt: skip
    every = [*wanted.values(), *none]
    nodes = {**ROAD, **{k: (400 * k, 0) for k in range(1, len(every) + 1)}}
    got = find_sites(read(tmp_path, nodes, ROAD_WAY, dict(enumerate(every, 1))), CRS)
    assert sorted(s.kind for s in got) == sorted(wanted)


@pytest.fixture
def doors(tmp_path):
    def found(tags=None, extra=None, shift=0.0, kind=None):
        corners, _ = square(1, 0, 0, 100)
        nodes = {**corners, 5: (100, 50), 6: (100, 20), 20: (-200, -40 - shift), 21: (300, -40 - shift),
                 30: (50, -40 - shift), 31: (50, 40), 32: (-60, 70), 33: (40, 70)}  # fmt: skip
        ways = {
            10: ([1, 2, 6, 5, 3, 4, 1], kind or {"amenity": "hospital", "name": "St. Mary"}),
            11: ([20, 30, 21], {"highway": "residential"}),
            **{12 + k: way for k, way in enumerate(extra or [])},
        }
        osm = read(tmp_path, nodes, ways, tags)
        networks = {name: build_network(osm, name, crs=CRS) for name in ("car", "foot")}
        (site,) = with_doors(find_sites(osm, CRS), osm, CRS, networks)
        return site

    return found


def at(site, door):
    corner = site.polygon.min(axis=0)
    return tuple(np.round((door.xy - corner) / 5) * 5)


def test_tagged_doors_come_first_with_their_kind(doors):
    site = doors({5: {"entrance": "emergency"}, 6: {"entrance": "main"}, 3: {"barrier": "gate"}})
    assert [(d.kind, d.how, d.osm_id) for d in site.doors] == [
        ("main", "tagged", "n6"), ("gate", "tagged", "n3"), ("emergency", "tagged", "n5"),
    ]  # fmt: skip


def test_else_where_ways_meet_the_outline(doors):
    drive = ([30, 31], {"highway": "service"})
    walk = ([32, 33], {"highway": "footway"})
    site = doors(extra=[walk, drive])
    assert [(d.kind, d.how, d.osm_id) for d in site.doors] == [
        ("main", "way", "w13"),
        ("entrance", "way", "w12"),
    ]
    assert [at(site, d) for d in site.doors] == [(50, 0), (0, 75)], (
        "the grid is turned by 1.6 degrees here"
    )
    assert len(site.entrances) == 0, "entrances stays what the map tags"


def test_else_the_point_nearest_to_a_way(doors):
    site = doors()
    assert [(d.kind, d.how, d.osm_id) for d in site.doors] == [("main", "nearest", "w11")]
    assert at(site, site.doors[0])[1] == 0
    assert doors(shift=200).doors == ()


ODD = [
    ("school", {"amenity": "school", "name": "Fahrschule Schmidt"}, "a driving school"),
    ("school", {"amenity": "school", "name": "平安驾校"}, "a driving school"),
    ("school", {"amenity": "school", "name": "Auto-École du Centre"}, "a driving school"),
    ("hospital", {"amenity": "hospital", "name": "Tierklinik Nord"}, "for animals"),
    ("hospital", {"amenity": "hospital", "name": "爱心动物医院"}, "for animals"),
    ("hospital", {"amenity": "hospital", "name": "City Veterinary Hospital"}, "for animals"),
    ("hospital", {"amenity": "hospital", "name": "时光整形医院"}, "for looks, not for the sick"),
    ("station", {"railway": "station", "name": "Shell Tankstelle"}, "a fuel station"),
    ("station", {"railway": "station", "name": "中石化加油站"}, "a fuel station"),
    ("station", {"railway": "station", "name": "Feuerwache Mitte"}, "a fire or police station"),
    ("station", {"railway": "station", "name": "Parkeisenbahn Süd"}, "a model or park railway"),
    ("station", {"railway": "station", "name": "Dell", "usage": "tourism"}, "a museum railway"),
    ("station", {"railway": "station", "name": "城南汽车站"}, "a bus station"),
    ("police", {"amenity": "police", "name": "Police Impound Lot"}, "a place where cars are kept"),
    ("police", {"amenity": "police", "name": "警察博物馆"}, "a museum"),
    ("fire_station", {"amenity": "fire_station", "name": "Feuerwehrmuseum"}, "a museum"),
    ("stadium", {"leisure": "stadium", "name": "Fanshop am Stadion"}, "a shop, museum or car park"),
    ("fuel", {"amenity": "fuel", "name": "Ladestation Nord"}, "for charging"),
    ("courthouse", {"amenity": "courthouse", "name": "Tennis Court"}, "a sports or food court"),
    ("worship", {"amenity": "place_of_worship", "historic": "wayside_shrine"}, "a shrine or ruin"),
]  # fmt: skip
SOUND = [
    {"amenity": "school", "name": "Grundschule Nord"}, {"amenity": "school", "name": "贵溪市第一中学"},
    {"amenity": "hospital", "name": "Klinikum Altstadt"}, {"amenity": "hospital", "name": "人民医院"},
    {"railway": "station", "name": "Busdorf"}, {"railway": "station", "name": "Altdorf Ost"},
    {"amenity": "police", "name": "Polizeirevier"},
    {"railway": "station", "name": "Modlin"}, {"amenity": "fire_station", "name": "Feuerwehr Altenhof"},
    {"amenity": "courthouse", "name": "Amtsgericht"}, {"leisure": "stadium", "name": "Jahnstadion"},
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "tags", "reason"), ODD, ids=lambda v: v.get("name", "-") if isinstance(v, dict) else ""
)
def test_what_is_something_else_is_flagged_with_its_reason(tmp_path, kind, tags, reason):
    nodes = {**ROAD, 1: (0, 0), 2: (900, 0), 3: (-100, 20), 4: (1000, 20)}
    plain = {key: value for key, value in tags.items() if key not in ("usage", "historic")} | {
        "name": "Plain"
    }
    osm = read(tmp_path, nodes, {**ROAD_WAY, 5: ([3, 4], {"railway": "rail"})}, {1: tags, 2: plain})
    (found,) = check_sites(osm, find_sites(osm, CRS), CRS)
    assert (found.code, found.level, found.n) == ("site-class-doubtful", "warning", 1)
    assert (
        found.text == f"1 of kind {kind.replace('_', ' ')} by tag, by name or other tags {reason}"
    )
    assert found.ids == (f"osm-n1 {tags.get('name', '')}".strip(),)
    assert found.remedy


def test_sound_sites_are_not_flagged(tmp_path):
    nodes = {
        **ROAD,
        **{k: (400 * k, 0) for k in range(1, len(SOUND) + 1)},
        98: (0, 50),
        99: (6000, 50),
    }
    ways = {**ROAD_WAY, 5: ([98, 99], {"railway": "rail"})}
    osm = read(tmp_path, nodes, ways, dict(enumerate(SOUND, 1)))
    sites = find_sites(osm, CRS)
    assert len(sites) == len(SOUND)
    assert check_sites(osm, sites, CRS) == []


def test_sizes_that_do_not_go_with_the_kind(tmp_path):
    small, ring = square(1, 0, 0, 14)
    shrine, shrine_ring = square(11, 300, 0, 2)
    huge, huge_ring = square(21, 1000, 0, 400)
    ways = {
        **ROAD_WAY,
        10: (ring, {"leisure": "stadium", "name": "Bolzplatz"}),
        11: (shrine_ring, {"amenity": "place_of_worship"}),
        12: (huge_ring, {"amenity": "fuel", "name": "Autohof"}),
    }
    osm = read(tmp_path, {**ROAD, **small, **shrine, **huge}, ways)
    found = check_sites(osm, find_sites(osm, CRS), CRS)
    assert [(f.code, f.ids) for f in found] == [
        ("site-size-doubtful", ("osm-w12 Autohof",)), ("site-size-doubtful", ("osm-w10 Bolzplatz",)),
        ("site-size-doubtful", ("osm-w11",)),
    ]  # fmt: skip
    assert "1 of kind stadium under 2,000 m2, the smallest 19" in found[1].text
    assert "1 of kind fuel over 60,000 m2" in found[0].text


def test_a_station_needs_track_in_use_within_300_m(tmp_path):
    nodes = {
        **ROAD,
        1: (0, 0),
        2: (2000, 0),
        3: (-500, 290),
        4: (500, 290),
        5: (1500, 20),
        6: (2500, 20),
    }
    tags = {1: {"railway": "station", "name": "Dell"}, 2: {"railway": "station", "name": "Fell"}}
    ways = {**ROAD_WAY, 5: ([3, 4], {"railway": "rail"}), 6: ([5, 6], {"railway": "abandoned"})}
    osm = read(tmp_path, nodes, ways, tags)
    (found,) = check_sites(osm, find_sites(osm, CRS), CRS)
    assert (found.code, found.n, found.ids) == ("station-without-rail", 1, ("osm-n2 Fell",))
    assert found.text == "1 of 2 stations and stops have no track in use within 300 m"


def test_what_is_out_of_use_is_counted(tmp_path):
    nodes = {**ROAD, 1: (0, 0), 2: (100, 0), 3: (200, 0)}
    tags = {
        1: {"amenity": "school", "disused": "yes"},
        2: {"disused:amenity": "hospital", "building": "yes"},
        3: {"amenity": "bench", "disused": "yes"},
    }
    osm = read(tmp_path, nodes, ROAD_WAY, tags)
    assert find_sites(osm, CRS) == ()
    (found,) = check_sites(osm, (), CRS)
    assert (found.code, found.level, found.n, found.ids) == (
        "site-out-of-use",
        "info",
        2,
        ("n1", "n2"),
    )
