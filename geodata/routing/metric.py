"""Times laid over a topology: customised once per what-if, then tables in milliseconds of computing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geodata.network import NO_WAY, RoadNetwork
from geodata.routing import hierarchy
from geodata.routing.ends import Ends
from geodata.routing.topology import Topology

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]

_PARTIAL = 0.6
"""A repair is given up for a full customisation after so many steps for each joined arc: by then it has cost about a
third of one. A step is a search in a row."""
_FLOOR = 1024


def links(net: RoadNetwork) -> tuple[Int32, Int32]:
    """Node rows that each link joins: edges, or each direction by itself where split junctions part them."""
    if net.back_from is None and net.back_to is None:
        return net.edge_u, net.edge_v
    return np.concatenate([net.edge_u, net.back_tail]), np.concatenate([net.edge_v, net.back_head])


def open_times(net: RoadNetwork) -> tuple[Int32, Int32]:
    """Times along and against every link, INF where it is closed or not allowed."""
    inf = int(hierarchy.INF)
    ahead = np.where(net.closed | (net.ahead_ms == NO_WAY), inf, np.minimum(net.ahead_ms, inf)).astype(np.int32)
    back = np.where(net.closed | (net.back_ms == NO_WAY), inf, np.minimum(net.back_ms, inf)).astype(np.int32)
    if net.back_from is None and net.back_to is None:
        return ahead, back
    return np.concatenate([ahead, back]), np.full(2 * net.n_edges, inf, np.int32)


@dataclass(frozen=True, eq=False)
class Metric:
    """Times of every joined arc, up and down.

    Attributes
    ----------
    topology
    ahead, back : int32 [e]
        Open times of the links.
    up, down : int32 [a]
    """

    topology: Topology
    ahead: Int32
    back: Int32
    up: Int32
    down: Int32

    def repaired(self, net: RoadNetwork) -> Metric:
        """The metric of a variant of the network; equal to a full customisation, often much quicker."""
        topology = self.topology
        ahead, back = open_times(net)
        seeds = topology.edge_arc[np.flatnonzero((ahead != self.ahead) | (back != self.back))]
        seeds = np.unique(seeds[seeds >= 0])
        limit = int(topology.n_arcs * _PARTIAL) + _FLOOR
        if 16 * len(seeds) > limit:
            return customised(topology, net)
        up, down = self.up.copy(), self.down.copy()
        by_arc, key = topology.by_arc
        done = hierarchy.recustomise(
            topology.indptr, topology.head, topology.low_at, topology.low_arc, topology.low_tail, topology.arc_tail,
            by_arc, key, topology.edge_up, ahead, back, up, down, seeds, limit,
        )  # fmt: skip
        return Metric(topology, ahead, back, up, down) if done else customised(topology, net)

    def table(self, sources: Ends, sinks: Ends, *, whole_seconds: bool) -> tuple[Int32 | Float64, bool]:
        """Milliseconds (float64, infinite: no way) or whole seconds (int32, -1: no way) ``[n, m]``.

        And whether some pairs have no way.
        """
        n, m = len(sources.node), len(sinks.node)
        out: Int32 | Float64 = np.empty((n, m), np.int32) if whole_seconds else np.empty((n, m))
        if not n or not m:
            return out, False
        rank = self.topology.rank
        up, down = self.up, self.down
        starts, ends = sources, sinks
        turned = m < n
        if turned:
            up, down, starts, ends = down, up, sinks, sources
        start, start_ms = self._sides(starts)
        end, end_ms = self._sides(ends)
        row_of, *graph = hierarchy.restrict(
            self.topology.indptr, self.topology.head, up, down,
            rank[start[start_ms < hierarchy.INF]], rank[end[end_ms < hierarchy.INF]],
        )  # fmt: skip
        first = rank[start]
        # Neighbouring origins share most of their ancestors, so they go into one batch.
        order = np.argsort(first[:, 0], kind="stable")
        end_row = np.where(end_ms < hierarchy.INF, row_of[rank[end]], len(graph[0])).astype(np.int32)
        sweep = hierarchy.sweep_seconds if whole_seconds else hierarchy.sweep_ms
        some = sweep(
            tuple(graph), row_of[first], start_ms, order, end_row, end_ms, out.reshape(-1),
            1 if turned else m, m if turned else 1,
        )  # fmt: skip
        return out, bool(some)

    @staticmethod
    def _sides(ends: Ends) -> tuple[Int64, Int32]:
        ms = np.minimum(ends.ms, float(hierarchy.INF)).astype(np.int32)
        return np.ascontiguousarray(ends.node), ms


def customised(topology: Topology, net: RoadNetwork) -> Metric:
    """Times of every joined arc from scratch."""
    ahead, back = open_times(net)
    up, down = np.empty(topology.n_arcs, np.int32), np.empty(topology.n_arcs, np.int32)
    hierarchy.customise(
        topology.indptr, topology.head, topology.low_at, topology.low_arc, topology.low_tail, topology.edge_arc,
        topology.edge_up, ahead, back, up, down,
    )  # fmt: skip
    return Metric(topology, ahead, back, up, down)
