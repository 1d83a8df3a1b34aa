"""Maps that are broken in the ways real ones are, and the exact report that each must give.

The maps lie in ``broken/`` as files, so that they can be opened with any tool; the report of ``x.osm`` is
``x.osm.report.txt``. A map that cannot be used names every fault in it; one that can be used is read, and its report
says what is wrong.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from geodata.errors import GeodataError
from geodata.ground import load_ground

BROKEN = Path(__file__).parent / "broken"
MAPS = sorted(p.name for p in BROKEN.iterdir() if not p.name.endswith(".report.txt"))


def told(path):
    """What is said of a map: its faults, or its size and findings and what was left out of it."""
    try:
        ground = load_ground(path, need_roads=False)
    except GeodataError as error:
        # The words of the libraries below change from version to version.
        lines = [
            re.sub(r"( cannot be read[\w ]*) \(.*\);", r"\1 (...);", str(f)) for f in error.faults
        ]
        return "\n".join(["refused", *lines]) + "\n"
    size = [
        f"{n.profile}: {n.n_nodes} junctions, {n.n_edges} edges" for n in ground.networks.values()
    ]
    sites = [f"site {s.id} {s.kind} {s.name}" for s in ground.sites]
    findings = [f"{f.level} {f.code}: {f}" for f in ground.findings]
    left = sorted({str(d) for d in ground.dropped})
    return "\n".join(["read", *size, *sites, *findings, *left]) + "\n"


def expected(name):
    return (BROKEN / f"{name}.report.txt").read_text("utf-8")


@pytest.mark.parametrize("name", MAPS)
def test_a_broken_map_gives_its_report(name):
    assert told(BROKEN / name) == expected(name)


def test_every_report_belongs_to_a_map():
    reports = {p.name.removesuffix(".report.txt") for p in BROKEN.glob("*.report.txt")}
    assert reports == set(MAPS)


def test_a_street_drawn_there_and_back_is_one_street():
    ground = load_ground(BROKEN / "there_and_back.osm")
    net, router = ground.network("car"), ground.router("car")
    ends = np.array([net.node_xy[net.node_osm == k][0] for k in (1, 4)])
    points = net.snap(ends)
    seconds = router.matrix(points, points).seconds
    # 600 m along and 300 m up at 30 km/h, as far back as there; service roads do not shorten it.
    assert seconds[0, 1] == pytest.approx(109, abs=1)
    assert seconds[1, 0] == seconds[0, 1]


def test_speeds_of_odd_texts():
    net = load_ground(BROKEN / "odd_tags.osm").network("car")
    kmh = {
        int(net.edge_way[k]): round(net.edge_length_m[k] * 3.6e3 / net.ahead_ms[k])
        for k in range(net.n_edges)
        if net.ahead_ms[k] > 0
    }
    # RU:urban, walk, none, 25 mph, 50;40, fast, signals, 0
    assert [kmh[200 + k] for k in range(8)] == [60, 7, 130, 40, 40, 30, 30, 30]
    ways = {
        int(w): (a > 0, b > 0)
        for w, a, b in zip(net.edge_way, net.ahead_ms, net.back_ms, strict=True)
    }
    # yes; no, -1, reversible, maybe, 1, alternating
    assert [ways[400 + k] for k in range(6)] == [
        (True, False), (False, True), (True, True), (True, True), (True, False), (True, True)
    ]  # fmt: skip


@pytest.mark.parametrize(
    "name",
    ["ten_stations.osm", "odd_tags.osm", "no_geometry.geojson", "placeless.graphml", "no_prj.zip",
     "truncated.parquet"],
)  # fmt: skip
def test_bytes_changed_at_random_end_in_a_report(name, tmp_path):
    whole = (BROKEN / name).read_bytes()
    rng = np.random.default_rng(len(name))
    for _ in range(40):
        data = bytearray(whole)
        for at in rng.integers(0, len(whole), rng.integers(1, 6)).tolist():
            data[at] = int(rng.integers(256))
        (tmp_path / name).write_bytes(data[: int(rng.integers(len(data) // 2, len(data) + 1))])
        assert told(tmp_path / name).startswith(("read", "refused"))
