"""Districts closed from whole and cut borders, their shares, and certificates of grids, rings and reach bands."""

from __future__ import annotations

from types import SimpleNamespace

import geopandas
import numpy as np
import pytest
import shapely

from geodata.boundaries import Boundary, read_boundaries, read_district_layer
from geodata.build import build_network
from geodata.crs import to_metric
from geodata.districts import districts_by_place, districts_of
from geodata.errors import GeodataError
from geodata.osm import read_osm
from geodata.zones import grid_shares, reach_bands, ring_shares

from .osm_text import CRS, lonlat, osm_file

ROAD = {"highway": "residential"}


@pytest.fixture
def street(tmp_path):
    """One kilometre from west to east with a junction each 100 m."""
    nodes = {k + 1: (100 * k, 0) for k in range(11)}
    ways = {k: ([k, k + 1], ROAD) for k in range(1, 11)}
    osm = read_osm(osm_file(tmp_path / "street.osm", nodes, ways))
    return build_network(osm, crs=CRS)


def spot(x, y):
    return to_metric(np.array([lonlat(x, y)]), CRS)[0]


def box(name, west, east, **more):
    corners = [(west, -300), (east, -300), (east, 300), (west, 300), (west, -300)]
    line = np.array([spot(*corner) for corner in corners])
    return Boundary(name, name, "admin 9", (line,), **more)


def frame():
    corners = ((-1, -300), (1001, -300), (1001, 300), (-1, 300))
    return shapely.Polygon([spot(x, y) for x, y in corners])


def test_shares_of_districts_that_part_the_ground(street):
    sites = [SimpleNamespace(id="a", xy=spot(100, 10)), SimpleNamespace(id="b", xy=spot(100, 900))]
    rail = [np.array([spot(0, 50), spot(1000, 50)])]
    two = [box("W", -1, 400), box("E", 400, 1001)]
    found = districts_of(two, street, sites=sites, rail=rail, frame=frame())
    layer = found.layer("admin 9")
    by_name = {d.name: d for d in layer.districts}
    assert by_name["W"].road_share == pytest.approx(0.4, abs=1e-3)
    assert by_name["E"].rail_m == pytest.approx(600, rel=5e-3)
    assert by_name["W"].sites == ("a",)
    assert layer.sites_outside == ("b",)
    assert layer.complete
    total = sum(d.road_share for d in layer.districts) + layer.gap_share - layer.doubled_share
    assert total == pytest.approx(1)
    with pytest.raises(GeodataError, match="no district layer admin 4; expected admin 9"):
        found.layer("admin 4")


def test_gaps_and_overlaps_are_stated(street):
    layer = districts_of([box("W", -1, 500), box("E", 400, 900)], street, frame=frame()).layers[0]
    assert layer.gap_share == pytest.approx(0.1, abs=1e-3)
    assert layer.doubled_share == pytest.approx(0.1, abs=1e-3)
    assert layer.overlaps[0][:2] == ("W", "E") or layer.overlaps[0][:2] == ("E", "W")
    assert layer.overlap_m2 == pytest.approx(100 * 600, rel=5e-3)
    assert layer.gap_m2 == pytest.approx(101 * 600, rel=5e-3)
    assert "overlaps" in str(layer)
    assert not layer.complete


def test_a_border_cut_by_the_map_is_closed_by_its_label_and_its_neighbour(street):
    cut = np.array([spot(400, -900), spot(400, 900)])
    west = Boundary("1", "W", "admin 9", (cut,), labels=np.array([spot(100, 0)]), complete=False)
    east = Boundary("2", "E", "admin 9", (cut,), complete=False)
    found = districts_of([west, east], street, frame=frame())
    assert [(d.name, round(d.road_share, 2), d.whole) for d in found.layers[0].districts] == [
        ("E", 0.6, False), ("W", 0.4, False),
    ]  # fmt: skip
    alone = districts_of([east], street, frame=frame())
    assert alone.left_out == (("E", "which side is inside cannot be told"),)


def test_a_border_that_ends_a_little_short_is_led_to_the_frame(street):
    short = np.array([spot(400, -250.123456), spot(401.23456, 3), spot(400, 240.98765)])
    west = Boundary("1", "W", "admin 9", (short,), labels=np.array([spot(100, 0)]), complete=False)
    (layer,) = districts_of([west], street, frame=frame()).layers
    assert layer.districts[0].road_share == pytest.approx(0.4, abs=5e-3)


def test_boundaries_are_read_from_a_map(tmp_path):
    nodes = {1: (0, 0), 2: (100, 0), 3: (100, 100), 4: (0, 100), 5: (50, 50)}
    ways = {1: ([1, 2, 3], ROAD), 2: ([3, 4, 1], {"source": "x"})}
    relation = (
        '<relation id="7" version="1">'
        '<member type="way" ref="1" role="outer"/><member type="way" ref="2" role="outer"/>'
        '<tag k="type" v="boundary"/><tag k="boundary" v="administrative"/><tag k="admin_level" v="9"/>'
        '<tag k="name" v="Square"/></relation>'
    )
    tags = {5: {"place": "suburb", "name": "Square"}}
    (found,) = read_boundaries(osm_file(tmp_path / "b.osm", nodes, ways, tags, relation), CRS)
    assert (found.id, found.name, found.layer, found.complete) == ("osm-r7", "Square", "admin 9", True)
    assert len(found.labels) == 1
    missing = relation.replace('ref="2"', 'ref="99"')
    (part,) = read_boundaries(osm_file(tmp_path / "c.osm", nodes, ways, tags, missing), CRS)
    assert not part.complete


def test_a_planners_own_layer(tmp_path, street):
    corners = [((a, -50), (b, -50), (b, 50), (a, 50)) for a, b in ((-1, 500), (500, 1001))]
    shapes = [shapely.Polygon([lonlat(x, y) for x, y in four]) for four in corners]
    path = tmp_path / "own.geojson"
    geopandas.GeoDataFrame({"名称": ["一", "二"]}, geometry=shapes, crs="EPSG:4326").to_file(path)
    found = districts_of(read_district_layer(path, CRS), street).layers[0]
    assert [(d.name, round(d.road_share, 2)) for d in found.districts] == [("一", 0.5), ("二", 0.5)]
    with pytest.raises(GeodataError, match="has no column team"):
        read_district_layer(path, CRS, name_column="team")


def test_streets_go_to_the_place_nearest_by_car(street):
    places = [SimpleNamespace(name="West", xy=spot(100, 5)), SimpleNamespace(name="East", xy=spot(700, 5)),
              SimpleNamespace(name="Far", xy=spot(0, 9000))]  # fmt: skip
    found = districts_by_place(street, places)
    assert sorted(d.name for d in found.layers[0].districts) == ["East", "West"]
    assert found.left_out == (("Far", "no road within 500 m"),)


def test_grid_and_rings_certify_themselves():
    points = [(10, 10), (150, 10), (150, 90), (999, 999)]
    cells = grid_shares(points, (0, 0, 200, 100), 100)
    assert (cells.names, cells.counts, cells.n_outside) == (("A1", "B1"), (1, 2), 1)
    assert (cells.overlap_m2, cells.gap_m2) == pytest.approx((0, 0), abs=1e-6)
    ring = ring_shares([(0, 0), (200, 0), (400, 0), (900, 0)], (0, 0), 100, 300, 500)
    assert (ring.counts, ring.n_outside) == ((1, 1, 1), 1)
    assert (ring.overlap_m2, ring.gap_m2) == pytest.approx((0, 0), abs=1e-3)


def test_reach_bands_share_weight_and_keep_equal_times_together():
    band, end_ms = reach_bands([0, 10, 20, 30, 40, 50, np.inf], 3)
    assert band.tolist() == [0, 0, 1, 1, 2, 2, -1]
    assert end_ms.tolist() == [10, 30, 50]
    assert reach_bands([5, 5, 5, 9], 2)[0].tolist() == [0, 0, 0, 1]
    assert reach_bands([0, 10, 20], 2, [1, 1, 2])[0].tolist() == [0, 0, 1]
    with pytest.raises(GeodataError, match="no junction is reached"):
        reach_bands([np.inf], 2)
