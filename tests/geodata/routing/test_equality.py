"""Both engines, every kernel, against networkx on thousands of random multigraphs, equal to the millisecond."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from geodata import router as router_module
from geodata.router import Router
from geodata.routing import hierarchy

from .random_networks import at_nodes, make_network, oracle, random_network, random_points


def same_found(a, b):
    return all(np.array_equal(getattr(a, k), getattr(b, k)) for k in ("indptr", "target", "seconds"))


@pytest.mark.parametrize("block", range(10))
def test_tables_from_junction_to_junction_equal_networkx(block):
    rng = np.random.default_rng(block)
    for _ in range(60):
        net = random_network(rng)
        expected = oracle(net)
        points = at_nodes(net, np.arange(net.n_nodes))
        expected[~points.ok] = np.inf
        expected[:, ~points.ok] = np.inf
        swept = Router(net, engine="numba").prepare().matrix_ms(points, points)
        assert np.array_equal(swept, expected)
        assert np.array_equal(Router(net, engine="numba").matrix_ms(points, points), expected)


@pytest.mark.parametrize("block", range(8))
def test_both_engines_give_the_same_bits(block):
    rng = np.random.default_rng(100 + block)
    for _ in range(25):
        net = random_network(rng)
        net = net.with_closures(rng.integers(0, net.n_edges, 1) if block % 2 else [])
        origins, targets = random_points(rng, net, 7), random_points(rng, net, 12)
        plain, fast = Router(net, engine="scipy"), Router(net, engine="numba")
        ready = Router(net, engine="numba").prepare()
        for a, b in ((origins, targets), (targets, origins)):
            expected = plain.matrix(a, b)
            for router in (fast, ready):
                assert np.array_equal(router.matrix_ms(a, b), plain.matrix_ms(a, b))
                times = router.matrix(a, b)
                assert np.array_equal(times.seconds, expected.seconds)
                assert np.array_equal(times.reachable, expected.reachable)
        for limit_s in (0, 1, 60):
            assert same_found(fast.coverage(origins, targets, limit_s), plain.coverage(origins, targets, limit_s))
            mine, theirs = fast.node_coverage(origins, limit_s), plain.node_coverage(origins, limit_s)
            assert same_found(mine, theirs)
            assert np.array_equal(mine.ms, theirs.ms)
            assert np.array_equal(
                fast.nodes_ms(origins, limit_s=limit_s), plain.nodes_ms(origins, limit_s=limit_s)
            )
        assert np.array_equal(fast.nodes_ms(origins), plain.nodes_ms(origins))
        for reverse in (False, True):
            one, two = (r.tree(origins.take([0]), reverse=reverse) for r in (fast, plain))
            assert np.array_equal(one.ms, two.ms)
            assert np.array_equal(one.arc, two.arc)
        for i in range(3):
            a, b = fast.path(origins.take([i]), targets.take([i])), plain.path(origins.take([i]), targets.take([i]))
            assert (a is None) == (b is None)
            if a is not None:
                assert (a.seconds, a.length_m) == (b.seconds, b.length_m)
                assert np.array_equal(a.edges, b.edges)
                assert np.array_equal(a.xy, b.xy)


@pytest.mark.parametrize("block", range(3))
def test_times_beyond_the_labels_are_handed_to_scipy_and_stay_exact(block):
    rng = np.random.default_rng(500 + block)
    for _ in range(15):
        net = random_network(rng, most_ms=int(rng.choice([2**28, 2**30 - 1, 2_000_000_000])))
        origins, targets = random_points(rng, net, 5), random_points(rng, net, 6)
        plain, fast = Router(net, engine="scipy"), Router(net, engine="numba")
        assert np.array_equal(fast.matrix_ms(origins, targets), plain.matrix_ms(origins, targets))
        assert np.array_equal(fast.matrix_ms(targets, origins), plain.matrix_ms(targets, origins))
        assert np.array_equal(fast.nodes_ms(origins), plain.nodes_ms(origins))
        for limit_s in (2**20, 2**21, 2_000_000_000):
            assert same_found(fast.coverage(origins, targets, limit_s), plain.coverage(origins, targets, limit_s))
            assert same_found(fast.node_coverage(origins, limit_s), plain.node_coverage(origins, limit_s))
            assert np.array_equal(fast.nodes_ms(origins, limit_s=limit_s), plain.nodes_ms(origins, limit_s=limit_s))
        one, two = (r.tree(origins.take([0]), reverse=True) for r in (fast, plain))
        assert np.array_equal(one.ms, two.ms)
        assert np.array_equal(one.arc, two.arc)
        a, b = fast.path(origins.take([0]), targets.take([0])), plain.path(origins.take([0]), targets.take([0]))
        assert (a is None) == (b is None)
        assert a is None or (a.seconds == b.seconds and np.array_equal(a.edges, b.edges))


def test_long_rows_taken_as_vectors_and_rows_with_gaps_are_customised_alike():
    # Ends drawn anywhere leave rows of dozens of arcs, some side by side in the row above, some with gaps.
    rng = np.random.default_rng(77)
    for _ in range(6):
        n, m = int(rng.integers(60, 160)), int(rng.integers(250, 500))
        u, v = rng.integers(0, n, m), rng.integers(0, n, m)
        net = make_network(n, u, v, rng.integers(1, 9999, m), rng.integers(1, 9999, m))
        points = at_nodes(net, np.arange(n))
        swept = Router(net, engine="numba").prepare()
        assert np.diff(swept._engine.metric().topology.indptr).max() > 2 * hierarchy._LONG
        assert np.array_equal(swept.matrix_ms(points, points), Router(net, engine="scipy").matrix_ms(points, points))


def test_a_few_questions_are_answered_before_anything_compiled_is_loaded(monkeypatch):
    """While numba is not loaded scipy answers, up to the router's patience; then the same answers come compiled."""
    rng = np.random.default_rng(7)
    net = random_network(rng)
    origins, targets = random_points(rng, net, 5), random_points(rng, net, 9)
    expected = Router(net, engine="numba").matrix(origins, targets)
    round_it = Router(net.with_closures([0]), engine="numba").matrix(origins, targets)
    monkeypatch.setattr(router_module, "sys", SimpleNamespace(modules={}))
    monkeypatch.setattr(router_module, "_PATIENCE", 12 * net.n_nodes)
    router, shut = Router(net), Router(net).with_closures([0])
    for question in range(4):
        times = router.matrix(origins, targets)
        assert np.array_equal(times.seconds, expected.seconds)
        assert np.array_equal(times.reachable, expected.reachable)
        assert (router._engine is not None) == (question >= 2), question
        assert np.array_equal(shut.matrix(origins, targets).seconds, round_it.seconds)
    assert Router(net).prepare()._engine is not None
    assert Router(net, engine="numba")._engine is not None
    monkeypatch.setattr(router_module, "_SMALL", 1)
    assert Router(net)._engine is not None
