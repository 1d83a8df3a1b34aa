"""Compile every kernel once, on a network of three nodes."""

from __future__ import annotations

import numpy as np

from geodata.network import RoadNetwork, Snapped


def warm_up() -> None:
    """Compile the travel kernels, or load them from numba's cache.

    Takes some ten seconds once after an installation and a fraction of a second ever after.
    """
    from geodata.router import Router

    net = _triangle()
    points = Snapped(
        np.zeros(4, np.int32), np.array([0.0, 5.0, 6.0, 7.0]), np.zeros(4), np.zeros((4, 2)), np.ones(4, np.bool_)
    )
    Router(net, engine="numba").matrix(points, points)
    net.snap([[1.0, 1.0]])
    router = Router(net, engine="numba").prepare()
    router.matrix(points, points)
    router.matrix_ms(points, points)
    router.with_closures([1]).prepare()
    one = points.take([0])
    router.tree(one)
    router.coverage(points, points, 10)
    router.node_coverage(points, 10)
    router.path(one, points.take([1]))


def _triangle() -> RoadNetwork:
    n = 3
    xy = np.array([[0.0, 0.0], [10.0, 0.0], [0.0, 10.0]])
    u, v = np.array([0, 1, 2], np.int32), np.array([1, 2, 0], np.int32)
    none, ms = np.zeros(n, np.bool_), np.full(n, 1000, np.int32)
    return RoadNetwork(
        profile="car", crs="EPSG:32633", node_osm=np.arange(n), node_xy=xy, edge_u=u, edge_v=v, edge_way=np.arange(n),
        edge_length_m=np.full(n, 10.0), ahead_ms=ms, back_ms=ms.copy(), edge_class=np.zeros(n, np.int16),
        edge_name=np.zeros(n, np.int32), class_names=("residential",), names=("",), speed_known=~none,
        bridge=none.copy(), tunnel=none.copy(), shape_start=np.arange(n + 1) * 2,
        shape_xy=np.stack([xy[u], xy[v]], axis=1).reshape(-1, 2), closed=none.copy(),
    )  # fmt: skip
