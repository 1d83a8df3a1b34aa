"""Laying points onto edges: the compiled grid against shapely's tree, edge for edge, on thousands of points."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import shapely

from geodata import snapping
from geodata.network import Snapped
from geodata.snapping import nearest_by_tree

from .random_networks import make_network, random_network

LINE = ([0, 1, 1], [1, 2, 3])


def without_numba(monkeypatch):
    real = snapping.find_spec
    monkeypatch.setattr(snapping, "find_spec", lambda name: None if name == "numba" else real(name))


def curved(rng, n_edges, *, whole_numbers=False):
    """Edges of two to six points, some of no length at all, some twice, some turned round."""
    count = rng.integers(2, 7, n_edges)
    shapes = [rng.uniform(0, 400, (k, 2)) + rng.uniform(0, 3000, 2) for k in count]
    if whole_numbers:
        shapes = [np.round(shape / 50) * 50 for shape in shapes]
    for k in range(1, n_edges):
        kind = rng.random()
        if kind < 0.05:
            shapes[k] = np.repeat(shapes[k][:1], 2, axis=0)
        elif kind < 0.15:
            shapes[k] = shapes[k - 1].copy()
        elif kind < 0.2:
            shapes[k] = shapes[k - 1][::-1].copy()
        elif kind < 0.5:
            shapes[k][0] = shapes[k - 1][-1]
    net = make_network(2, [0] * n_edges, [1] * n_edges, [5] * n_edges, [5] * n_edges)
    return replace(
        net,
        shape_start=np.concatenate([[0], np.cumsum([len(shape) for shape in shapes])]),
        shape_xy=np.concatenate(shapes),
        edge_length_m=np.array([shapely.length(shapely.linestrings(shape)) * 1.01 for shape in shapes]),
        closed=rng.random(n_edges) < 0.1,
    )


def places(rng, net, n, *, whole_numbers=False):
    """Points all about, on the drawing, on its corners, half-way between two corners, and far outside."""
    about = rng.uniform(-500, 4000, (n, 2))
    corner = net.shape_xy[rng.integers(0, len(net.shape_xy), n)]
    other = net.shape_xy[rng.integers(0, len(net.shape_xy), n)]
    far = rng.uniform(-1, 1, (n // 10, 2)) * 1e6
    points = np.concatenate([about, corner, (corner + other) / 2, corner + rng.normal(0, 20, (n, 2)), far])
    return np.round(points / 25) * 25 if whole_numbers else points


def same(a, b):
    return all(np.array_equal(getattr(a, k), getattr(b, k)) for k in ("edge", "along_m", "distance_m", "xy", "ok"))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("whole_numbers", [False, True])
def test_the_grid_and_the_tree_lay_every_point_alike(seed, whole_numbers, monkeypatch):
    rng = np.random.default_rng([seed, whole_numbers])
    net = curved(rng, int(rng.integers(1, 120)), whole_numbers=whole_numbers)
    points = places(rng, net, 300, whole_numbers=whole_numbers)
    for limit_m in (1e7, 150.0, 5.0):
        ours = net.snap(points, limit_m)
        assert np.array_equal(ours.edge, nearest_by_tree(net, points, ~net.closed, limit_m))
        with monkeypatch.context() as patch:
            without_numba(patch)
            assert same(ours, net.snap(points, limit_m))


def test_place_and_distance_are_those_of_the_line():
    rng = np.random.default_rng(9)
    net = curved(rng, 80)
    points = places(rng, net, 400)
    got = net.snap(points, 1e7)
    line = net.lines[got.edge]
    assert got.ok.all()
    assert np.allclose(got.distance_m, shapely.distance(line, shapely.points(points)), rtol=1e-12, atol=1e-9)
    some = net.edge_length_m[got.edge] > 0
    share = got.along_m[some] / net.edge_length_m[got.edge[some]]
    # Where a line crosses itself, one place has two distances along it: compare the places.
    place = shapely.line_interpolate_point(line[some], share, normalized=True)
    assert np.allclose(shapely.get_coordinates(place), got.xy[some], atol=1e-6)
    assert ((got.along_m >= 0) & (got.along_m <= net.edge_length_m[got.edge] + 1e-9)).all()


def test_limits_closed_edges_and_ties_by_hand():
    xy = np.array([[0.0, 0.0], [100.0, 0.0], [100.0, 100.0], [200.0, 0.0]])
    net = make_network(4, *LINE, [5] * 3, [5] * 3, np.full(3, 100.0), xy)
    got = net.snap([[50, 30], [100, -10], [40, 30.1], [np.nan, 0], [-30, -40]], 50.0)
    assert got.edge.tolist() == [0, 0, 0, -1, 0], "where three edges meet the lowest row is taken"
    assert got.ok.tolist() == [True, True, True, False, True]
    assert got.distance_m.tolist() == [30, 10, 30.1, np.inf, 50], "the limit itself is within"
    assert got.along_m.tolist() == [50, 100, 40, 0, 0]
    assert got.xy[:3].tolist() == [[50, 0], [100, 0], [40, 0]]
    assert net.snap([[50, 30]], 29.9).edge.tolist() == [-1]
    shut = net.with_closures([0])
    assert shut.snap([[60, 10]], 150.0).edge.tolist() == [1]
    assert shut.snap([[60, 10]], 150.0).distance_m[0] == 40
    assert not net.with_closures([0, 1, 2]).snap([[60, 10]], 1e7).ok.any()


def test_the_main_part_alone(monkeypatch):
    xy = np.array([[0.0, 0.0], [100.0, 0.0], [0.0, 50.0], [100.0, 50.0], [50.0, 0.0]])
    net = make_network(5, [0, 2, 1], [1, 3, 4], [5] * 3, [5] * 3, np.full(3, 100.0), xy)
    points = [[50, 40], [50, 10]]
    for patched in (False, True):
        if patched:
            without_numba(monkeypatch)
        assert net.snap(points, 100).edge.tolist() == [1, 0]
        assert net.snap(points, 100, main_only=True).edge.tolist() == [0, 0]


def test_nothing_to_lay_and_nothing_to_lay_upon(monkeypatch):
    net = random_network(np.random.default_rng(1), 10, 12)
    empty = make_network(0, [], [], [], [], np.zeros(0), np.zeros((0, 2)))
    for patched in (False, True):
        if patched:
            without_numba(monkeypatch)
        got = empty.snap([[0.0, 0.0], [5.0, 5.0]], 1e7)
        assert isinstance(got, Snapped)
        assert got.edge.tolist() == [-1, -1]
        assert got.xy.tolist() == [[0, 0], [5, 5]]
        assert len(net.snap(np.zeros((0, 2)))) == 0


def test_a_few_roads_far_apart_are_found_from_anywhere():
    xy = np.array([[0.0, 0.0], [1.0, 0.0], [9e5, 7e5], [9e5, 7e5 + 3], [-4e5, 2e5], [-4e5, 2e5 + 1e5]])
    net = make_network(6, [0, 2, 4], [1, 3, 5], [5] * 3, [5] * 3, np.full(3, 100.0), xy)
    points = np.random.default_rng(3).uniform(-2e6, 2e6, (2000, 2))
    assert np.array_equal(net.snap(points, 1e9).edge, nearest_by_tree(net, points, ~net.closed, 1e9))


def test_variants_share_the_grid():
    net = random_network(np.random.default_rng(1), 10, 12)
    net.snap([[0.0, 0.0]])
    assert snapping.grid_of(net.with_closures([1]).with_speeds(0.5)) is snapping.grid_of(net)


def test_a_grid_begun_without_cells_gets_them_for_the_compiled_search(monkeypatch):
    """Whatever answered first, shapely's tree or the compiled search, the other one answers the same afterwards."""
    rng = np.random.default_rng(5)
    net = curved(rng, 60)
    points = places(rng, net, 100)
    monkeypatch.setattr(snapping, "sys", SimpleNamespace(modules={}))
    before = net.snap(points, 400.0)
    assert len(snapping.grid_of(net).segment) == 0
    monkeypatch.undo()
    after = net.snap(points, 400.0)
    assert len(snapping.grid_of(net).segment) > 0
    for name in ("edge", "along_m", "distance_m", "xy", "ok"):
        assert getattr(before, name).tobytes() == getattr(after, name).tobytes(), name
