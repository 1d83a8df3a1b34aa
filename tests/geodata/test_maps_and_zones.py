"""Files that cannot be read, health findings, grids and rings."""

from __future__ import annotations

import bz2
import gzip

import numpy as np
import pytest

from geodata.build import build_network
from geodata.errors import Dropped, Drops, Fault, Faults, GeodataError
from geodata.ground import load_ground
from geodata.health import check_map
from geodata.osm import read_osm
from geodata.sites import find_sites
from geodata.zones import cell_of, grid_cells, letters, ring_of, rings

from .osm_text import CRS, osm_file

ROAD = {"highway": "residential"}
NODES = {1: (0, 0), 2: (100, 0), 3: (200, 0)}


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress])
def test_packed_files_are_read(tmp_path, pack):
    plain = osm_file(tmp_path / "map.osm", NODES, {1: ([1, 2, 3], ROAD)})
    packed = tmp_path / ("map.osm.gz" if pack is gzip.compress else "map.osm.bz2")
    packed.write_bytes(pack(plain.read_bytes()))
    assert read_osm(packed).ways.ref.tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("none.osm", None, "there is no map file none.osm"),
        ("map.txt", b"x", r"map.txt is not a map format read here; expected .osm"),
        (
            "half.osm",
            b'<osm version="0.6"><node id="1" ',
            "half.osm cannot be read as OpenStreetMap data",
        ),
        (
            "junk.osm.pbf",
            b"\x00\x00\x00\x01junk",
            "junk.osm.pbf cannot be read as OpenStreetMap data",
        ),
        ("empty.osm", b'<osm version="0.6"></osm>', "empty.osm holds no road, rail or site"),
        ("blank.osm", b"", "blank.osm"),
    ],
)
def test_files_of_no_use_are_refused_in_words(tmp_path, name, content, message):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(GeodataError, match=message):
        load_ground(path)


def test_a_truncated_map_is_refused(tmp_path):
    plain = osm_file(tmp_path / "map.osm", NODES, {1: ([1, 2, 3], ROAD)})
    text = plain.read_bytes()
    plain.write_bytes(text[: len(text) // 2])
    with pytest.raises(GeodataError, match="may be cut short"):
        read_osm(plain)


def test_a_map_without_roads_for_cars_says_so(tmp_path):
    path = osm_file(tmp_path / "paths.osm", NODES, {1: ([1, 2, 3], {"highway": "footway"})})
    with pytest.raises(GeodataError, match="no road for car"):
        load_ground(path)
    assert load_ground(path, profiles=("foot",)).network("foot").n_edges == 1


def test_a_geographic_crs_is_refused(tmp_path):
    path = osm_file(tmp_path / "map.osm", NODES, {1: ([1, 2, 3], ROAD)})
    with pytest.raises(GeodataError, match="counts in degrees"):
        load_ground(path, crs="EPSG:4326")


def test_health_names_islands_traps_and_sites_out_of_reach(tmp_path):
    nodes = {**NODES, 4: (0, 2000), 5: (100, 2000), 6: (50, 2010), 7: (0, 5000), 8: (200, 300)}
    ways = {1: ([1, 2, 3], ROAD), 2: ([4, 5], ROAD), 3: ([3, 8], {**ROAD, "oneway": "yes"})}
    tags = {6: {"amenity": "police", "name": "Isle"}, 7: {"amenity": "fuel", "name": "Sea"}}
    osm = read_osm(osm_file(tmp_path / "map.osm", nodes, ways, tags))
    findings = check_map(osm, {"car": build_network(osm, crs=CRS)}, find_sites(osm, CRS))
    by_code = {f.code: f for f in findings}
    # Two junctions in one piece without a way to the main part; the one-way street ends where it leads.
    assert (by_code["islands"].n, by_code["islands"].ids) == (1, ("w2",))
    assert "1 piece with 2 junctions and 100 m of road" in by_code["islands"].text
    assert by_code["one-way-trap"].ids == ("w3",)
    assert by_code["main-part"].level == "warning"
    assert by_code["site-off-network"].ids == ("osm-n7 Sea",)
    assert by_code["site-on-island"].ids == ("osm-n6 Isle",)
    assert by_code["speed-unknown"].text.startswith("car: 100%")


def test_errors_list_every_fault_with_three_ids_and_the_count():
    faults = Faults()
    faults.raise_any()
    faults.add(
        "points off the road", ["a", "b", "c", "d"], expected="within 150 m", mend="Move them."
    )
    faults.add("no name")
    with pytest.raises(GeodataError) as caught:
        faults.raise_any()
    assert str(caught.value) == (
        "points off the road: a, b, c and 1 more; expected within 150 m. Move them.\nno name."
    )
    assert caught.value.faults[1] == Fault("no name")
    drops = Drops()
    for k in range(5):
        drops.add("dull", k)
    assert drops.result() == (Dropped("dull", 5, ("0", "1", "2")),)
    assert str(drops.result()[0]) == "5 x dull (such as 0, 1, 2)"


def test_grid_is_lettered_from_the_north_west():
    cells = grid_cells((0, 0, 250, 150), 100)
    assert [c.id for c in cells] == ["A1", "B1", "C1", "A2", "B2", "C2"]
    assert cells[0].bounds == (0, 50, 100, 150)
    assert cell_of((150, 149), (0, 0, 250, 150), 100) == "B1"
    assert cell_of((0, 0), (0, 0, 250, 150), 100) == "A2"
    assert cell_of((300, 0), (0, 0, 250, 150), 100) is None
    assert [letters(k) for k in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
    with pytest.raises(GeodataError, match="a side above 0 m"):
        grid_cells((0, 0, 0, 0), 0)


def test_rings_meet_and_borders_belong_inside():
    core, buffer, outer = rings((0, 0), 100, 300, 500)
    assert (core.from_m, core.to_m, core.inner) == (0, 100, None)
    assert np.array_equal(buffer.inner, core.outer)
    assert np.hypot(*outer.outer.T).max() == pytest.approx(500)
    points = [(0, 0), (100, 0), (100.1, 0), (300, 0), (500, 0), (501, 0)]
    assert ring_of(points, (0, 0), 100, 300, 500).tolist() == [0, 0, 1, 1, 2, -1]
    square = [(0, 0), (100, 0), (100, 100), (0, 100)]
    assert ring_of([(50, 50), (150, 50), (250, 50)], square, 60, 120, 200).tolist() == [0, 0, 2]
    with pytest.raises(GeodataError, match="do not rise"):
        rings((0, 0), 100, 100, 500)
