"""Patrol areas: by hand, against brute force, as properties, and faults the certificate must find."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.areacheck import check_areas
from geodata.areas import patrol_areas, site_work
from geodata.errors import GeodataError
from geodata.network import RoadNetwork


def network(nodes, edges, length=None, *, oneway=()) -> RoadNetwork:
    """Straight streets between places in metres, 1 m = 100 ms."""
    xy = np.array(nodes, dtype=np.float64).reshape(-1, 2)
    u, v = np.array(edges, dtype=np.int32).reshape(-1, 2).T
    metres = np.hypot(*(xy[u] - xy[v]).T) if length is None else np.array(length, dtype=np.float64)
    n, e = len(xy), len(u)
    ms = np.maximum(1, np.ceil(metres * 100)).astype(np.int32)
    back = ms.copy()
    back[list(oneway)] = -1
    none = np.zeros(e, dtype=bool)
    return RoadNetwork(
        "car", "EPSG:32633", np.arange(n, dtype=np.int64), xy, u, v, np.arange(e, dtype=np.int64), metres, ms, back,
        np.zeros(e, dtype=np.int16), np.zeros(e, dtype=np.int32), ("residential",), ("",), ~none, none, none.copy(),
        np.arange(0, 2 * e + 1, 2, dtype=np.int64), np.stack([xy[u], xy[v]], axis=1).reshape(-1, 2), none.copy(),
    )  # fmt: skip


def grid(n: int, m: int, step: float = 100.0) -> RoadNetwork:
    nodes = [(i * step, j * step) for j in range(m) for i in range(n)]
    edges = [(j * n + i, j * n + i + 1) for j in range(m) for i in range(n - 1)]
    edges += [(j * n + i, j * n + i + n) for j in range(m - 1) for i in range(n)]
    return network(nodes, edges)


def works(areas) -> list[float]:
    return [area.work for area in areas.areas]


def test_a_road_is_cut_into_equal_lengths():
    road = network([(100 * i, 0) for i in range(13)], [(i, i + 1) for i in range(12)])
    areas = patrol_areas(road, 3, tolerance=0)
    assert areas.area_of.tolist() == [0] * 4 + [1] * 4 + [2] * 4  # A1 in the west
    assert areas.names == ("A1", "A2", "A3")
    assert works(areas) == [400, 400, 400]
    assert [area.centre for area in areas.areas] == [2, 6, 10]
    assert areas.areas[0].mean_s == pytest.approx(10.0)
    assert areas.areas[0].worst_s == 20.0
    proof = areas.certificate
    assert (proof.worst_deviation, proof.gap, proof.bound_by) == (0, 0, "mean")
    assert [(a.n_tree_edges, a.n_parts) for a in proof.areas] == [(4, 1)] * 3


def test_one_heavy_street_makes_the_bound():
    road = network([(100 * i, 0) for i in range(5)], [(i, i + 1) for i in range(4)])
    areas = patrol_areas(road, 2, work=[1, 1, 10, 1], tolerance=0)
    assert sorted(works(areas)) == [2, 11]
    assert (areas.certificate.bound, areas.certificate.bound_by) == (10, "longest street")


def test_a_grid_falls_into_quarters():
    areas = patrol_areas(grid(9, 9), 4, tolerance=0.03)
    assert areas.certificate.worst_deviation <= 0.03
    # Each area is compact: nowhere further from its centre than a quarter's corner would be, and a little.
    assert max(area.worst_s for area in areas.areas) <= 110
    again = patrol_areas(grid(9, 9), 4, tolerance=0.03)
    assert np.array_equal(areas.area_of, again.area_of)


def test_a_river_parts_what_only_looks_near():
    """Two banks 20 m apart, one bridge far in the east: areas hang together by road."""
    west = [(100 * i, 0) for i in range(9)] + [(100 * i, 20) for i in range(9)]
    edges = [(i, i + 1) for i in range(8)] + [(9 + i, 10 + i) for i in range(8)] + [(8, 17)]
    areas = patrol_areas(network(west, edges), 2, tolerance=0.02)
    south, north = areas.area_of[:8], areas.area_of[8:16]
    assert len(set(south.tolist())) == len(set(north.tolist())) == 1
    assert south[0] != north[0]


def test_barriers_hold_where_both_sides_are_large_enough():
    town = grid(6, 4)
    river = shapely.LineString([(250, -100), (250, 400)])
    free = patrol_areas(town, 2, tolerance=0.02)
    parted = patrol_areas(town, 2, tolerance=0.02, barriers=river)
    crossing = np.flatnonzero(shapely.intersects(town.lines, river))
    east = town.node_xy[:, 0] > 250
    for area in parted.areas:
        dry = np.setdiff1d(area.edges, crossing)
        assert len(set(east[town.edge_u[dry]].tolist())) == 1
    assert len(parted.crossings) == 0
    assert len(free) == 2


def test_a_sliver_beyond_a_barrier_is_joined_over_it():
    town = grid(8, 3)
    river = shapely.LineString([(650, -100), (650, 300)])
    areas = patrol_areas(town, 3, barriers=river, tolerance=0.02)
    assert len(areas.crossings) > 0
    assert areas.certificate.worst_deviation <= 0.1


def test_islands_ride_with_the_nearest_area_and_count():
    nodes = [(100 * i, 0) for i in range(9)] + [(700, 50), (750, 50)]
    areas = patrol_areas(network(nodes, [(i, i + 1) for i in range(8)] + [(9, 10)]), 2, tolerance=0.01)  # fmt: skip
    assert areas.islands == (("A2", 1),)
    assert areas.certificate.areas[1].n_whole_islands == 1
    assert areas.certificate.areas[1].connected
    assert sorted(works(areas)) == [400, 450]


def test_large_parts_without_a_road_between_have_areas_of_their_own():
    nodes = [(100 * i, 0) for i in range(7)] + [(100 * i, 900) for i in range(4)]
    edges = [(i, i + 1) for i in range(6)] + [(7 + i, 8 + i) for i in range(3)]
    areas = patrol_areas(network(nodes, edges), 2, tolerance=0)
    assert sorted(works(areas)) == [300, 600]
    assert (areas.certificate.bound, areas.certificate.bound_by) == (600, "parts no road joins")
    assert areas.certificate.gap == 0


def test_pinned_streets_stay_and_are_joined():
    town = grid(7, 7)
    pins = {"Centre": [0, 41], "Harbour": [5]}
    areas = patrol_areas(town, 4, pins=pins, tolerance=0.05)
    assert areas.names[:2] == ("Centre", "Harbour")
    assert areas.area_of[[0, 41, 5]].tolist() == [0, 0, 1]
    assert not areas.certificate.faults


def test_names_stay_with_what_they_named():
    town = grid(9, 9)
    first = patrol_areas(town, 4, seed=1)
    second = patrol_areas(town, 4, seed=7, like=first)
    same = first.area_of == second.area_of
    assert same.mean() > 0.5
    assert sorted(second.names) == ["A1", "A2", "A3", "A4"]


def test_closed_streets_polygons_and_chosen_edges():
    town = grid(7, 3)
    part = patrol_areas(town.with_closures([0]), 2, within=shapely.box(-1, -1, 301, 400))
    middle = shapely.get_x(shapely.line_interpolate_point(town.lines, 0.5, normalized=True))
    expected = (middle < 301) & (np.arange(town.n_edges) != 0)
    assert np.array_equal(part.area_of >= 0, expected)
    assert part.certificate.n_left_out == town.n_edges - (part.area_of >= 0).sum()
    assert (patrol_areas(town, 1, edges=[0, 1]).area_of >= 0).sum() == 2


def test_work_of_sites_and_where_a_point_belongs():
    road = network([(100 * i, 0) for i in range(7)], [(i, i + 1) for i in range(6)])
    points = road.snap([(50, 3), (60, 3), (550, 3), (0, 9999)])
    load = site_work(road, points, [600, 300, 900, 50])
    assert load.tolist() == [900, 0, 0, 0, 0, 900]
    areas = patrol_areas(road, 2, work=load, tolerance=0)
    assert works(areas) == [900, 900]
    assert areas.area_at(points) == ["A1", "A1", "A2", None]


def test_shapes_cover_without_overlap_and_frame_has_one_row_an_area():
    areas = patrol_areas(grid(9, 9), 4)
    shapes = np.array(areas.polygons)
    assert shapely.coverage_is_valid(shapes)
    assert shapely.union_all(shapes).area == pytest.approx(shapely.area(shapes).sum())
    middle = shapely.line_interpolate_point(areas.network.lines, 0.5, normalized=True)
    assert np.mean(shapely.intersects(shapes[areas.area_of], middle)) > 0.9
    frame = areas.to_geodataframe()
    assert frame["name"].tolist() == list(areas.names)
    assert frame.crs == "EPSG:32633"
    assert set(areas.lines_geodataframe()["area"]) == set(areas.names)


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        ({"n_areas": 0}, "0 areas asked for"),
        ({"n_areas": 13}, "only 12 streets are open"),
        ({"work": [-1.0] * 12}, "work is negative"),
        ({"work": [1.0]}, "one number for each of 12 edges"),
        ({"pins": {"a": [1], "b": [1]}}, "pinned to another area too"),
        ({"pins": {"a": [99]}}, "not among the streets shared out: 99"),
        ({"pins": {"a": [0, 11], "b": [5]}}, "cannot be joined without streets of another"),
        ({"pins": {"a": [0], "b": [5], "c": [9]}}, "more areas are pinned than asked for"),
        ({"tolerance": -1}, "tolerance"),
    ],
)
def test_wishes_that_cannot_be_are_refused_in_words(wish, message):
    road = network([(100 * i, 0) for i in range(13)], [(i, i + 1) for i in range(12)])
    with pytest.raises(GeodataError, match=message):
        patrol_areas(road, **{"n_areas": 2, **wish})


def test_the_check_finds_planted_faults():
    road = network([(100 * i, 0) for i in range(9)], [(i, i + 1) for i in range(8)])
    good = {"A1": [0, 1, 2, 3], "A2": [4, 5, 6, 7]}
    assert check_areas(road, good).faults == ()

    def said(areas, **more):
        return " ".join(str(fault) for fault in check_areas(road, areas, **more).faults)

    assert "streets are in no area: 7" in said({**good, "A2": [4, 5, 6]})
    assert "more than one area, or twice in one: 3" in said({**good, "A2": [3, 4, 5, 6, 7]})
    assert "more than one area, or twice in one: 4" in said({**good, "A2": [4, 4, 5, 6, 7]})
    assert "area A1 is in 2 pieces" in said({"A1": [0, 1, 2, 5], "A2": [3, 4, 6, 7]})
    assert "edges are not in the network: 8" in said({**good, "A2": [4, 5, 6, 7, 8]})
    assert "areas without a street: A3" in said({**good, "A3": []})
    assert "not to be shared out, yet lie in an area: 0" in said(good, taken=np.arange(8) > 0)
    assert "streets pinned to A1 lie elsewhere: 7" in said(good, pins={"A1": [0, 7]})
    assert "area A2 claims work 1" in said(good, stated_work={"A1": 400.0, "A2": 1.0})


def best_by_force(net, n_areas, work):
    """Least greatest deviation, and least greatest work, over all connected sharings."""
    m, mean = net.n_edges, work.sum() / n_areas
    ends = list(zip(net.edge_u.tolist(), net.edge_v.tolist(), strict=True))

    def whole(rows):
        seen, todo = {rows[0]}, [rows[0]]
        while todo:
            at = set(ends[todo.pop()])
            for other in rows:
                if other not in seen and at & set(ends[other]):
                    seen.add(other)
                    todo.append(other)
        return len(seen) == len(rows)

    best, least = np.inf, np.inf
    for label in product(range(n_areas), repeat=m - 1):
        sides = [[e for e, a in enumerate((0, *label)) if a == k] for k in range(n_areas)]
        if all(sides) and all(whole(rows) for rows in sides):
            got = [work[rows].sum() for rows in sides]
            best, least = min(best, max(abs(g - mean) for g in got)), min(least, max(got))
    return best, least


def tiny(rng):
    n = int(rng.integers(4, 7))
    nodes = rng.integers(0, 1000, (n, 2))
    edges = [(int(rng.integers(0, i)), i) for i in range(1, n)]
    while len(edges) < 9:
        a, b = (int(x) for x in rng.integers(0, n, 2))
        if a != b:
            edges.append((a, b))
    return network(nodes, edges, rng.integers(1, 10, 9) * 10.0)


@pytest.mark.parametrize("n_areas", [2, 3])
def test_tiny_networks_against_all_sharings(n_areas):
    """Nearly always the best there is; the bound is never above it."""
    rng = np.random.default_rng(3)
    n_best, n_all, loss = 0, 24 if n_areas == 2 else 8, 0.0
    for _ in range(n_all):
        net = tiny(rng)
        best, least = best_by_force(net, n_areas, net.edge_length_m)
        areas = patrol_areas(net, n_areas, tolerance=0)
        worst = areas.certificate.worst_deviation * areas.certificate.mean
        assert worst >= best - 1e-6
        assert areas.certificate.bound <= least + 1e-6
        n_best += worst <= best + 1e-6
        loss += (worst - best) / areas.certificate.mean
    print(f"k={n_areas}: best in {n_best} of {n_all}, mean loss {loss / n_all:.4f} of the mean work")
    assert n_best >= 0.85 * n_all
    assert loss / n_all < 0.02


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 6), st.booleans())
def test_any_network_is_shared_out_whole(seed, n_areas, parted):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(6, 30))
    nodes = rng.integers(0, 1000, (n, 2))
    edges = rng.integers(0, n, (int(rng.integers(n, 3 * n)), 2))
    net = network(nodes, edges, rng.integers(1, 50, len(edges)), oneway=range(0, len(edges), 3))
    work = rng.integers(0, 4, len(edges)).astype(np.float64)
    barrier = shapely.LineString([(500, -10), (500, 1010)]) if parted else None
    areas = patrol_areas(net, n_areas, work=work, barriers=barrier, seed=seed)
    proof = check_areas(net, {a.name: a.edges for a in areas.areas}, work=work)
    assert proof.faults == ()
    assert proof.n_assigned == net.n_edges
    assert sum(a.work for a in areas.areas) == pytest.approx(work.sum())
    assert proof.greatest >= proof.bound - 1e-9


def test_the_shipped_town_is_shared_out_evenly(town):
    areas = patrol_areas(town.network("car"), 6)
    assert areas.certificate.worst_deviation <= 0.0101
    assert all(proof.connected for proof in areas.certificate.areas)
    assert shapely.coverage_is_valid(np.array(areas.polygons))
