"""The public patrol instances: hand-made ones read, solved and worked out; the real ones where the data is at hand."""

import json
from pathlib import Path

import pytest

from benchmarks import hot_spot, patrol_graph, toptw
from scheduler.outcome import Limits

DATA = Path(__file__).resolve().parents[3] / "shared/data/benchmarks"
QUICK = Limits(work=0.05)

TOPTW = """4 1 3 1
0 200
 0 0.00 0.00 0.00 0.00 0 0 0 100
 1 10.00 0.00 5.00 10.00 1 1 1 0 20
 2 20.00 0.00 5.00 7.00 1 1 1 0 20
 3 0.00 30.00 5.00 90.00 1 1 1 0 29
"""


def test_toptw_by_hand(tmp_path):
    # vertex 3 (prize 90) closes one unit before it can be reached; 1 then 2 is possible: 10 + 5 + 10 = 25 > 20 is not,
    # so that one team gains 10 and two teams gain 17
    path = tmp_path / "c1.txt"
    path.write_text(TOPTW)
    one, routes = toptw.run(path, QUICK, 0, 1, teams=1)
    two, _ = toptw.run(path, QUICK, 0, 1, teams=2)
    assert (one["objective"], routes) == (10, {"routes": [[1]]})
    assert two["objective"] == 17


def test_distances_are_truncated_as_published(tmp_path):
    vertices = [toptw.Vertex(0, 0, 0, 0, 0, 0, 100), toptw.Vertex(1, 1, 1, 0, 5, 0, 50)]
    assert toptw.assemble(vertices, 1, 1).modes[0].seconds[0, 1] == 14
    assert toptw.assemble(vertices, 1, 2).modes[0].seconds[0, 1] == 141


GRAPH = "4\n10\n10\n0.05\n0\n0\n" + "\n".join(
    f"{i} {i} 0 {len(e)} " + " ".join(f"{j} E {d}" for j, d in e)
    for i, e in enumerate([[(1, 3)], [(0, 3), (2, 4), (3, 9)], [(1, 4), (3, 4)], [(2, 4), (1, 9)]])
)


def test_closed_walk_by_hand(tmp_path):
    # 0 hangs on 1 (3 there and back); 1-2-3 and back over 2 is 4 + 4 + 8 = 16 (the edge 3-1 of 9 makes 17): 6 + 16
    path = tmp_path / "g.graph"
    path.write_text(GRAPH)
    result, walk = patrol_graph.run(path, QUICK, 0, 1)
    assert (result["objective"], result["bound"], result["status"]) == (22, 22, "optimal")
    assert sorted(walk["walk"]) == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("name", "length"), [("1r5", 1700), ("grid", 1976), ("example", 1872), ("cumberland", 5161)]
)
def test_public_maps_are_proven(name, length):
    path = DATA / f"patrol_graphs/{name}.graph"
    if not path.exists():
        pytest.skip("the public maps are not at hand")
    result, _ = patrol_graph.run(path, Limits(work=10), 0, 1)
    assert (result["objective"], result["bound"], result["status"]) == (length, length, "optimal")


def small_core():
    """Two spots in the core 1 mile apart, three outside; ways of 2 miles between all others."""
    miles = [[0 if i == j else 1.0 if i < 2 and j < 2 else 2.0 for j in range(5)] for i in range(5)]
    coords = [[0.0, 0.0], [0.0, 0.001], [1.0, 1.0], [1.0, 1.1], [1.0, 1.2]]
    return {"n": 5, "prize": [0.5, 0.25, 1.0, 0.75, 0.125], "dist": miles, "coords": coords}


def test_hot_spots_by_hand(tmp_path):
    # in and out of the core costs 4 miles, each further spot outside 2 more; two cars of 8 miles may spend 8 outside
    # together: each sees one core spot and one outside, the best two of each
    path = tmp_path / "x.json"
    path.write_text(json.dumps(small_core()))
    result, tours = hot_spot.run(path, QUICK, 0, 1, cars=2, length=8.0, core=(0.0, 0.0, 1.0))
    assert result["objective"] == 2.5
    assert result["bound"] >= 2.5
    assert result["status"] in {"feasible", "optimal"}
    assert sorted(len(t) for t in tours["tours"]) == [2, 2]


def test_a_real_city_is_scored_as_the_script_does(tmp_path):
    path = DATA / "hot_spot_patrol/HSCPP_real_world_1_0.json"
    if not path.exists():
        pytest.skip("the public instances are not at hand")
    result, tours = hot_spot.run(path, Limits(work=1.0), 0, 1)
    data = json.loads(path.read_text())
    visited = [v for tour in tours["tours"] for v in tour]
    assert len(visited) == len(set(visited))
    assert result["objective"] == pytest.approx(sum(data["prize"][v] for v in visited))
    assert 40 < result["objective"] < result["bound"]
