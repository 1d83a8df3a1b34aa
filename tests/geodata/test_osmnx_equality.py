"""Our reading of real maps against osmnx: same junctions, same reach, same distances.

osmnx is no dependency; `make bench-travel` makes an environment that has it and runs this comparison there.
"""

import importlib.util
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("osmnx") is None,
    reason="osmnx is not installed here; `make bench-travel ARGS=--equality` compares with it",
)

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "scenarios/library/neubrandenburg/neubrandenburg.osm.pbf"


def test_the_shipped_town_is_the_network_that_osmnx_reads(tmp_path: Path):
    from benchmarks.travel_maps import compare, read_osmnx, read_ours, write_roads

    roads = tmp_path / "roads.osm"
    assert write_roads(SHIPPED, roads) > 1000
    net, graph = read_ours(roads), read_osmnx(roads)
    same = compare(net, graph)
    assert same.junctions > 2000
    assert same.holds, same
    # A net that is wrong by one closed edge must be told apart.
    longest = int(net.edge_length_m.argmax())
    ahead, back = net.ahead_ms.copy(), net.back_ms.copy()
    ahead[longest] = back[longest] = -1
    worse = net._variant(ahead_ms=ahead, back_ms=back)
    assert not compare(worse, graph).holds
