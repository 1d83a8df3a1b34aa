"""Reading OpenStreetMap files: the fast path must say what the objects themselves say."""

from __future__ import annotations

import osmium
import pytest
import shapely

from geodata.build import build_network
from geodata.osm import read_osm
from geodata.osmtext import plain

from .conftest import ROOT
from .osm_text import CRS, lonlat, osm_file

TOWN = ROOT / "scenarios/library/neubrandenburg/neubrandenburg.osm.pbf"


def test_every_road_of_the_town_is_what_osmium_itself_hands_out():
    data = read_osm(TOWN, roads_only=True)
    row = {int(way): k for k, way in enumerate(data.ways.way)}
    assert len(row) == len(data.ways), "no way of this map is cut"
    seen = 0
    for way in osmium.FileProcessor(str(TOWN)).with_locations():
        if not way.is_way() or not ("highway" in way.tags or "railway" in way.tags):
            continue
        k = row[way.id]
        rows = slice(data.ways.start[k], data.ways.start[k + 1])
        assert data.ways.ref[rows].tolist() == [node.ref for node in way.nodes]
        assert data.ways.lonlat[rows].tolist() == [[node.lon, node.lat] for node in way.nodes]
        assert dict(data.ways.tags[k]) == dict(way.tags)
        seen += 1
    assert seen == len(data.ways)


def test_roads_only_gives_the_same_roads():
    whole, roads = read_osm(TOWN), read_osm(TOWN, roads_only=True)
    assert whole.ways.way.tolist() == roads.ways.way.tolist()
    assert whole.ways.tags == roads.ways.tags
    assert len(whole.restrictions) == len(roads.restrictions) == 18
    assert not any(f.kind == "r" for f in roads.features)
    assert sum(f.kind == "r" for f in whole.features) > 5


def test_odd_letters_in_tags_arrive_whole(tmp_path):
    name = "Straße 50%, A=B@C|\u4e2d\u5c71\u8def \u2028 %20%"
    path = osm_file(tmp_path / "t.osm", {1: (0, 0), 2: (100, 0)}, {7: ([1, 2], {"highway": "service", "name": name})})
    assert read_osm(path).ways.tags[0]["name"] == name
    assert plain("a%20%b") == "a b"


def test_a_clip_cuts_a_way_by_box_and_by_area(tmp_path):
    nodes = {k: (100.0 * k, 0.0) for k in range(6)}
    path = osm_file(tmp_path / "t.osm", nodes, {7: (list(nodes), {"highway": "service"})})
    low, high = lonlat(150, -50), lonlat(450, 50)
    for clip in ((*low, *high), shapely.box(*low, *high)):
        data = read_osm(path, clip_box=clip)
        assert data.ways.ref.tolist() == [2, 3, 4]
        assert [str(d) for d in data.dropped] == ["1 x way cut at the clip box (such as w7)"]


def test_progress_rises_to_one():
    heard: list[tuple[str, float]] = []
    read_osm(TOWN, on_progress=lambda stage, share: heard.append((stage, share)))
    shares = [share for _, share in heard]
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)
    assert len({stage for stage, _ in heard}) >= 2


def test_areas_come_from_text_files_too(tmp_path):
    nodes = {1: (0, 0), 2: (100, 0), 3: (100, 100), 4: (0, 100)}
    ways = {7: ([1, 2, 3], {}), 8: ([3, 4, 1], {}), 9: ([1, 2], {"highway": "service"})}
    rings = (
        '<relation id="5" version="1"><member type="way" ref="7" role="outer"/>'
        '<member type="way" ref="8" role="outer"/>'
        '<tag k="type" v="multipolygon"/><tag k="landuse" v="forest"/></relation>'
    )
    data = read_osm(osm_file(tmp_path / "t.osm", nodes, ways, relations=rings))
    (area,) = [f for f in data.features if f.kind == "r"]
    assert (area.osm_id, area.tags["landuse"]) == (5, "forest")
    assert area.shape.area > 0


def test_ferries_and_timed_access_are_told(tmp_path):
    nodes = {1: (0, 0), 2: (100, 0), 3: (500, 0)}
    ways = {
        7: ([1, 2], {"highway": "residential", "motor_vehicle:conditional": "no @ (22:00-06:00)"}),
        8: ([2, 3], {"route": "ferry"}),
    }
    data = read_osm(osm_file(tmp_path / "t.osm", nodes, ways))
    told = [str(drop) for drop in (*data.dropped, *build_network(data, crs=CRS).dropped)]
    assert told == [
        "1 x ferry, which no profile takes (such as w8)",
        "1 x motor_vehicle:conditional: the access without its condition was taken (such as w7)",
    ]
