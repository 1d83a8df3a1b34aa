"""OpenStreetMap files in every order and shape: put in order and read, or refused, and never the end of the process."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import osmium
import pytest

from geodata import osmtext
from geodata.build import build_network
from geodata.errors import Drops, GeodataError
from geodata.ground import load_ground
from geodata.ledger import check_ledger, road_ledger
from geodata.mapfile import read_map
from geodata.network import NO_WAY
from geodata.osm import read_osm
from geodata.osmkind import kind_of_file, nodes_after_ways
from geodata.osmorder import put_in_order, shifted, unshifted

from .osm_text import CRS, osm_file

BROKEN = Path(__file__).parent / "broken"
ROAD = {"highway": "residential"}
NODES = {1: (0, 0), 2: (300, 0), 3: (600, 0), 4: (600, 300)}


@pytest.fixture
def plain(tmp_path):
    return osm_file(tmp_path / "plain.osm", NODES, {11: ([1, 2, 3], ROAD), 12: ([3, 4], ROAD)})


def test_broken_maps_by_the_hundred_do_not_end_the_process(tmp_path):
    # An osmium writer that failed ends the process when it is destroyed: in a process of its own, many times over.
    whole = (BROKEN / "one_node_off_the_globe.osm").read_bytes()
    for k in range(60):
        (tmp_path / f"{k:03}.osm").write_bytes(whole[: len(whole) - k * 7 % len(whole)])
    code = (
        "import gc, sys\nfrom pathlib import Path\nfrom geodata.errors import GeodataError\n"
        "from geodata.osm import read_osm\n"
        "for path in sorted(Path(sys.argv[1]).glob('*.osm')):\n"
        "    try:\n        read_osm(path)\n    except GeodataError:\n        pass\n    gc.collect()\n"
        "print('alive')\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, str(tmp_path)],
        cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "alive\n", "")


def test_a_full_disk_is_told_in_one_sentence(plain, monkeypatch):
    if not Path("/dev/full").exists():
        pytest.skip("no device that is always full")
    real = osmium.io.File
    monkeypatch.setattr(
        osmtext.osmium.io, "File",
        lambda path, *form: real("/dev/full" if path.endswith("map.opl") else path, *form),
    )  # fmt: skip
    with pytest.raises(GeodataError) as caught:
        read_osm(plain)
    (fault,) = caught.value.faults
    assert fault.what.startswith("plain.osm cannot be read: its scratch file in ")
    assert "No space left on device" in fault.what
    assert "set TMPDIR" in fault.mend


def test_a_folder_for_scratch_files_that_is_not_there_is_told(plain, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    with pytest.raises(GeodataError, match=r"scratch file in .*gone cannot be written"):
        read_osm(plain)


def test_negative_ids_come_back_as_the_file_has_them():
    osm = read_osm(BROKEN / "editor_negative_ids.osm")
    assert osm.ways.way.tolist() == [-1, -2]
    assert osm.ways.ref.tolist() == [-1, -2, -3, -2, 5]
    assert osm.nodes[-2].tags["name"] == "a = b, c@d 100%"
    assert [(f.key, f.tags["name"]) for f in osm.features] == [("r-1", "Neue Schule")]
    assert osm.features[0].shape.area == pytest.approx(1e-6)
    for letter in "nwr":
        for k in (-5, -1, 0, 1, 13_000_000):
            assert unshifted(shifted(k, letter), letter) == k
            assert shifted(k, letter) >= 0


def test_a_file_in_any_order_gives_the_network_of_the_sorted_one(plain, tmp_path):
    text = plain.read_text("utf-8")
    first, last = text.index("<way"), text.rindex("</way>") + len("</way>")
    begin = text.index("<node")
    turned = tmp_path / "turned.osm"
    turned.write_text(text[:begin] + text[first:last] + text[begin:first] + text[last:], "utf-8")
    assert nodes_after_ways(turned, kind_of_file(turned))
    assert not nodes_after_ways(plain, kind_of_file(plain))
    one, other = (build_network(read_osm(path), crs=CRS) for path in (plain, turned))
    assert one.edge_length_m.tolist() == other.edge_length_m.tolist()
    assert one.node_osm.tolist() == other.node_osm.tolist()


def test_the_latest_version_counts_and_deleted_objects_are_left_out(tmp_path):
    drops, out = Drops(), tmp_path / "o.opl"
    path = tmp_path / "v.osm"
    path.write_text(
        '<osm version="0.6"><node id="1" version="3" lat="1" lon="2"/><node id="1" version="2" lat="9" lon="9"/>'
        '<node id="2" version="1" lat="1" lon="2"/><node id="2" version="2" visible="false"/></osm>'
    )
    put_in_order(path, kind_of_file(path), out, drops)
    assert out.read_text() == "n1 v3 dV T x2.0000000 y1.0000000\n"
    assert {d.reason: (d.count, d.ids) for d in drops.result()} == {
        "older or second version of an object, left out": (2, ("n1", "n2")),
        "deleted object, left out": (1, ("n2",)),
    }


def test_roads_of_the_file_are_the_used_and_the_left_out(plain):
    osm = read_osm(BROKEN / "one_node_ways.osm")
    net = build_network(osm, crs=CRS)
    ledger = road_ledger(osm, net)
    assert (ledger.n_roads, ledger.n_used, ledger.n_lost) == (3, 1, 0)
    assert osm.n_seen == {"n": 0, "w": 3, "r": 0, "roads": 3}
    assert [(d.reason, d.ids) for d in net.dropped] == [
        ("way that names one node only, over and over", ("w2",))
    ]
    # A way that the reader would have lost on its way is found.
    whole = read_osm(plain)
    more = replace(whole, n_seen={**whole.n_seen, "roads": 3})
    (found,) = check_ledger(more, build_network(whole, crs=CRS))
    assert (found.code, found.n) == ("roads-lost", 1)


def test_a_folder_is_called_a_folder(tmp_path):
    (tmp_path / "town.gdb").mkdir()
    for read in (read_map, read_osm):
        with pytest.raises(GeodataError, match=r"town\.gdb is a folder, not a map"):
            read(tmp_path / "town.gdb")


def test_power_plants_are_features_and_towers_are_not(tmp_path):
    tags = {2: {"power": "tower"}, 4: {"power": "plant", "name": "Works"}, 1: {"aeroway": "heliport"}}
    osm = read_osm(osm_file(tmp_path / "p.osm", NODES, {11: ([1, 2, 3], ROAD)}, tags))
    assert sorted(f.key for f in osm.features) == ["n1", "n4"]


def test_the_country_of_the_map_is_told_in_the_report(tmp_path):
    zoned = {**ROAD, "source:maxspeed": "DE:urban"}
    ways = {k: ([1, 2, 3], zoned) for k in (11, 12, 13)}
    path = osm_file(tmp_path / "de.osm", NODES, ways)
    told = {f.code: f.text for f in load_ground(path, country="map").findings}
    assert "names DE as its country" in told["speed-country"]
    assert "speed-country" not in {f.code for f in load_ground(path).findings}
    nowhere = osm_file(tmp_path / "none.osm", NODES, {11: ([1, 2], ROAD)})
    told = {f.code: f.text for f in load_ground(nowhere, country="map").findings}
    assert told["speed-country"].startswith("the map names no one country")
    unknown = osm_file(
        tmp_path / "qq.osm", NODES,
        {k: ([1, 2, 3], {**ROAD, "addr:country": "QQ"}) for k in (11, 12, 13)},
    )  # fmt: skip
    told = {f.code: f.text for f in load_ground(unknown, country="map").findings}
    assert told["speed-country"].startswith("no limits of QQ")


def test_speed_factors_that_overflow_are_refused(plain):
    net = build_network(read_osm(plain), crs=CRS)
    with pytest.raises(GeodataError, match="longer than can be counted: edge 0"):
        net.with_speeds(1e-9)
    slow = net.with_speeds(1e-4)
    assert (slow.ahead_ms[slow.ahead_ms != NO_WAY] >= 9_999 * net.ahead_ms.min()).all()


def test_a_ground_has_walks_along_the_track_and_doors_of_sites():
    shipped = Path(__file__).parents[2] / "scenarios/library/neubrandenburg/neubrandenburg.osm.pbf"
    ground = load_ground(shipped)
    assert all(section.walk is not None for section in ground.rail.sections)
    assert sum(bool(site.doors) for site in ground.sites) > len(ground.sites) / 4
