"""Snapped points as nodes with part-edge offsets, and pairs that meet on one edge."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geodata.network import NO_WAY, RoadNetwork, Snapped

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]

AT_END_M = 0.01
"""A point so near to an end of its edge counts as the junction itself."""


@dataclass(frozen=True, eq=False)
class Ends:
    """Up to two nodes per point with the milliseconds between node and point (infinite where not allowed).

    Attributes
    ----------
    node : int64 [n, 2]
    ms : float64 [n, 2]
    """

    node: Int64
    ms: Float64

    @property
    def n_distinct(self) -> int:
        """Number of different nodes that can be used."""
        return len(np.unique(self.node[np.isfinite(self.ms)]))


def leaving(net: RoadNetwork, points: Snapped) -> Ends:
    """Nodes through which points are left.

    Where turn restrictions split a junction, a point within an edge is left through the copies that its edge leads
    to, a point on the junction through the copy that its edge starts from.
    """
    return _ends(net, points, net.back_ms, net.ahead_ms, net.back_head, net.edge_v)


def arriving(net: RoadNetwork, points: Snapped) -> Ends:
    """Nodes through which points are reached."""
    return _ends(net, points, net.ahead_ms, net.back_ms, net.edge_u, net.back_tail)


def _ends(net: RoadNetwork, points: Snapped, u_ms: Int32, v_ms: Int32, u: Int32, v: Int32) -> Ends:
    """Ends of the points' edges; ``u_ms`` counts between start and point, ``v_ms`` between point and end."""
    edge = np.where(points.ok, points.edge, 0)
    if not net.n_edges:
        return Ends(np.zeros((len(points), 2), np.int64), np.full((len(points), 2), np.inf))
    share = edge_share(net, points)
    at_u = points.ok & (points.along_m <= AT_END_M)
    at_v = points.ok & (net.edge_length_m[edge] - points.along_m <= AT_END_M)
    node = np.empty((len(points), 2), np.int64)
    node[:, 0] = np.where(at_u, net.edge_u[edge], u[edge])
    node[:, 1] = np.where(at_v, net.back_tail[edge], v[edge])
    ms = np.empty((len(points), 2))
    ms[:, 0], ms[:, 1] = part_ms(u_ms[edge], share), part_ms(v_ms[edge], 1 - share)
    ms[~(points.ok & ~net.closed[edge])] = np.inf
    ms[at_u, 0] = 0.0
    ms[at_v, 1] = 0.0
    return Ends(node, ms)


def edge_share(net: RoadNetwork, points: Snapped) -> Float64:
    """Place of each point on its edge, 0 at the start and 1 at the end."""
    length = net.edge_length_m[np.where(points.ok, points.edge, 0)]
    share: Float64 = np.clip(
        np.where(length > 0, points.along_m / np.where(length > 0, length, 1), 0.0), 0.0, 1.0
    )
    return share


def part_ms(ms: npt.ArrayLike, share: Float64) -> Float64:
    """Milliseconds of a part of an edge, rounded up; infinite where the direction is not allowed."""
    whole = np.asarray(ms)
    part = np.ceil(np.maximum(whole, 0) * np.maximum(share, 0.0) - 1e-6)
    return np.where(whole == NO_WAY, np.inf, np.maximum(part, 0.0))


def same_edge(net: RoadNetwork, origins: Snapped, targets: Snapped) -> tuple[Int64, Int64, Float64]:
    """Pairs on one open edge whose direction allows the straight way: origins (rising), targets, milliseconds."""
    usable = np.flatnonzero(targets.ok)
    order = usable[np.argsort(targets.edge[usable], kind="stable")]
    edges = targets.edge[order]
    low = np.searchsorted(edges, origins.edge, side="left")
    count = np.searchsorted(edges, origins.edge, side="right") - low
    count[~origins.ok] = 0
    i = np.repeat(np.arange(len(origins)), count)
    if not len(i):
        return i, i, np.zeros(0)
    j = order[np.arange(len(i)) - np.repeat(np.cumsum(count) - count, count) + low[i]]
    edge = origins.edge[i]
    gap = edge_share(net, targets)[j] - edge_share(net, origins)[i]
    ahead, back = part_ms(net.ahead_ms[edge], gap), part_ms(net.back_ms[edge], -gap)
    ahead[gap < 0] = np.inf
    back[gap > 0] = np.inf
    ms = np.minimum(ahead, back)
    ms[gap == 0] = 0.0
    ms[net.closed[edge]] = np.inf
    meet = np.isfinite(ms)
    return i[meet], j[meet], ms[meet]
