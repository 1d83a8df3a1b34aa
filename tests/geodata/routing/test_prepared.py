"""Preparing once: closures repaired instead of redone, topology kept on disk and shared by variants."""

from __future__ import annotations

import logging

import numpy as np
import pytest

from geodata.errors import GeodataError
from geodata.network import NO_WAY
from geodata.router import Router
from geodata.routing import hierarchy, is_compiled, metric, topology, warm_up
from geodata.routing.compiled import KERNELS
from geodata.routing.engine import Engine, Shared
from geodata.routing.metric import links

from .random_networks import at_nodes, make_network, oracle, random_network, random_points


@pytest.mark.parametrize("block", range(4))
def test_a_repaired_metric_equals_a_full_one(block, monkeypatch):
    rng = np.random.default_rng(300 + block)
    full = []
    real = metric.customised
    monkeypatch.setattr(metric, "customised", lambda *a: full.append(1) or real(*a))
    for _ in range(80):
        net = random_network(rng)
        base = real(topology.build(net.n_nodes, *links(net)), net)
        shut = net.with_closures(rng.integers(0, net.n_edges, 3))
        slow = shut.with_speeds(np.where(rng.random(net.n_edges) < 0.1, rng.choice([0.3, 3.0]), 1.0))
        for variant, start in ((shut, base), (slow, base), (net, base.repaired(slow))):
            one, two = start.repaired(variant), real(base.topology, variant)
            assert np.array_equal(one.up, two.up)
            assert np.array_equal(one.down, two.down)
    assert len(full) < 120, "most of these are small enough to be repaired"


def test_a_closed_edge_falls_back_to_its_twin_by_hand():
    net = make_network(3, [0, 0, 1], [1, 1, 2], [5, 9, 4], [NO_WAY, 7, 4])
    router = Router(net, engine="numba").prepare()
    points = at_nodes(net, [0, 1, 2])
    assert router.matrix_ms(points, points).tolist() == [[0, 5, 9], [7, 0, 4], [11, 4, 0]]
    shut = router.with_closures([0])
    assert shut.matrix_ms(points, points).tolist() == [[0, 9, 13], [7, 0, 4], [11, 4, 0]]
    both = shut.with_closures([1])
    assert both.matrix_ms(points, points).tolist() == [[0, np.inf, np.inf], [np.inf, 0, 4], [np.inf, 4, 0]]
    assert router.matrix_ms(points, points)[0, 1] == 5, "the parent stays as it was"


def test_variants_equal_networkx_and_share_the_topology():
    rng = np.random.default_rng(7)
    for _ in range(60):
        net = random_network(rng, n_nodes=12)
        router = Router(net, engine="numba").prepare()
        shut = router.with_closures(rng.integers(0, net.n_edges, 2)).with_speeds(0.7)
        points = at_nodes(net, np.arange(12))
        expected = oracle(shut.network)
        expected[~points.ok], expected[:, ~points.ok] = np.inf, np.inf
        assert np.array_equal(shut.prepare().matrix_ms(points, points), expected)
        assert shut._engine.metric().topology is router._engine.metric().topology


def test_ways_too_long_for_the_lanes_are_searched_and_stay_exact():
    year = 2**29
    net = make_network(5, [0, 1, 2, 3], [1, 2, 3, 4], [year] * 4, [year] * 4)
    router, plain = Router(net, engine="numba").prepare(), Router(net, engine="scipy")
    points = at_nodes(net, range(5))
    assert router.matrix_ms(points, points)[0].tolist() == [0, year, 2 * year, 3 * year, 4 * year]
    assert np.array_equal(router.matrix(points, points).seconds, plain.matrix(points, points).seconds)


def test_the_topology_is_kept_and_read_again(tmp_path, monkeypatch):
    net = random_network(np.random.default_rng(1), 30, 60)
    first = Router(net, engine="numba", cache_dir=tmp_path).prepare()
    (file,) = tmp_path.iterdir()
    monkeypatch.setattr(topology, "build", lambda *_: pytest.fail("it was made again"))
    again = Router(net, engine="numba", cache_dir=tmp_path).prepare()
    assert np.array_equal(first._engine.metric().up, again._engine.metric().up)
    assert file.suffix == ".npz"


@pytest.mark.parametrize("harm", ["cut", "empty", "text", "foreign"])
def test_a_damaged_or_foreign_file_is_made_anew(tmp_path, harm, caplog):
    net, other = (random_network(np.random.default_rng(k), 30, 60) for k in (1, 2))
    Router(net, engine="numba", cache_dir=tmp_path).prepare()
    (file,) = tmp_path.iterdir()
    good = file.read_bytes()
    if harm == "foreign":
        Router(other, engine="numba", cache_dir=tmp_path / "other").prepare()
        file.write_bytes(next((tmp_path / "other").iterdir()).read_bytes())
    else:
        file.write_bytes({"cut": good[: len(good) // 2], "empty": b"", "text": b"not a file of ours"}[harm])
    points = at_nodes(net, range(30))
    with caplog.at_level(logging.WARNING):
        router = Router(net, engine="numba", cache_dir=tmp_path).prepare()
    assert "is not used" in caplog.text
    assert np.array_equal(
        router.matrix_ms(points, points), Router(net, engine="scipy").matrix_ms(points, points)
    )
    caplog.clear()
    Router(net, engine="numba", cache_dir=tmp_path).prepare()
    assert "is not used" not in caplog.text, "it was written anew"


def test_few_origins_are_searched_until_preparing_pays():
    net = random_network(np.random.default_rng(3), 30, 80)
    engine = Engine(net, Shared(None))
    router = Router(net, engine="numba")
    router._engine = engine
    points = at_nodes(net, range(20))
    for _ in range(3):
        router.matrix_ms(points, points)
    assert engine._metric is None
    router.matrix_ms(points, points)
    assert engine._metric is not None


def test_an_unknown_engine_is_refused():
    with pytest.raises(GeodataError, match="no travel engine"):
        Router(random_network(np.random.default_rng(1)), engine="abacus")


def test_two_infinities_fit_the_lane():
    assert np.int32(hierarchy.INF) + np.int64(hierarchy.INF) <= np.iinfo(np.int32).max


def test_every_kernel_is_compiled_for_one_set_of_types():
    # With two sets, two processes that compile at once could each load code that was meant for the other's types.
    warm_up()
    rng = np.random.default_rng(4)
    for _ in range(5):
        net = random_network(rng)
        points = random_points(rng, net, 9)
        for router in (Router(net, engine="numba"), Router(net, engine="numba").prepare().with_closures([0])):
            router.matrix(points, points)
            router.matrix_ms(points.take([0, 1]), points)
            router.matrix_ms(points, points.take([0]))
            router.coverage(points, points, 60)
            router.node_coverage(points, 60)
            router.nodes_ms(points)
            router.tree(points.take([0]), reverse=True)
            router.path(points.take([0]), points.take([1]))
            router.with_speeds(0.5).prepare()
            net.with_closures([0]).snap(net.node_xy, main_only=True)
    assert is_compiled()
    assert {kernel.__name__: len(kernel.signatures) for kernel in KERNELS if len(kernel.signatures) != 1} == {}
