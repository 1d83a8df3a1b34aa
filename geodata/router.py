"""Exact fastest travel over a network: tables, paths, coverage and reach, one-way streets and part edges kept.

A snapped point lies *on* an edge. It leaves and arrives through the edge's ends at a part of the edge's time, and two
points on one edge meet directly where the direction allows. A point that lies on an end counts as the junction itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse.csgraph import dijkstra

from geodata.errors import Fault, GeodataError
from geodata.network import NO_WAY, RoadNetwork, Snapped
from geodata.travel import Bool, Float64, Int32, Int64, Path, SparseTimes, TravelTimes

_AT_END_M = 0.01
_BATCH = 128
_MS = 1000


@dataclass(frozen=True, eq=False)
class _Ends:
    """Up to two nodes per point with the milliseconds between node and point (infinite where not allowed)."""

    node: Int64
    ms: Float64


class Router:
    """Answers travel questions over one network.

    Parameters
    ----------
    network
        With its closures and speeds; a what-if has a router of its own over ``network.with_closures(...)``.

    Notes
    -----
    All arithmetic is in whole milliseconds, so results are equal on every machine; seconds are rounded up once, at
    the end. Dijkstra's algorithm runs in scipy, from the side that has fewer distinct ends.
    """

    def __init__(self, network: RoadNetwork) -> None:
        self.network = network

    def matrix(self, origins: Snapped, targets: Snapped) -> TravelTimes:
        """Seconds from every origin to every target.

        Points that were not laid onto the network (``ok`` false) reach nothing and are not reached.
        """
        ms = self.matrix_ms(origins, targets)
        return _as_times(ms)

    def matrix_ms(self, origins: Snapped, targets: Snapped) -> Float64:
        """As :meth:`matrix` in milliseconds, float64 ``[n, m]`` holding whole numbers; infinite if unreachable."""
        leave, arrive = self._leaving(origins), self._arriving(targets)
        if len(np.unique(leave.node)) <= len(np.unique(arrive.node)):
            ms = self._between(leave, arrive, reverse=False)
        else:
            ms = self._between(arrive, leave, reverse=True).T.copy()
        self._same_edge(origins, targets, ms)
        return ms

    def coverage(self, posts: Snapped, sites: Snapped, limit_s: int) -> SparseTimes:
        """Which sites each post reaches in at most ``limit_s``, sparse."""
        counts, found, seconds = [0], [], []
        arrive = self._arriving(sites)
        for begin in range(0, len(posts), _BATCH):
            part = posts.take(np.arange(begin, min(begin + _BATCH, len(posts))))
            ms = self._between(self._leaving(part), arrive, reverse=False, limit_ms=limit_s * _MS)
            self._same_edge(part, sites, ms)
            row, column = np.nonzero(ms <= limit_s * _MS)
            counts.extend(np.bincount(row, minlength=len(part)).tolist())
            found.append(column)
            seconds.append(np.ceil(ms[row, column] / _MS))
        return SparseTimes(
            np.cumsum(counts).astype(np.int64),
            np.concatenate([*found, np.zeros(0)]).astype(np.int32),
            np.concatenate([*seconds, np.zeros(0)]).astype(np.int32),
            len(sites),
        )

    def nodes_ms(self, origins: Snapped, *, limit_s: int | None = None) -> Float64:
        """Milliseconds from the *nearest* origin to every node, float64 ``[n_nodes]``, infinite beyond the limit."""
        limit_ms = np.inf if limit_s is None else float(limit_s * _MS)
        leave = self._leaving(origins)
        best = np.full(self.network.n_nodes, np.inf)
        if not len(origins):
            return best
        for nodes, rows in self._searches(
            np.unique(leave.node[np.isfinite(leave.ms)]), reverse=False, limit_ms=limit_ms
        ):
            for node, row in zip(nodes, rows, strict=True):
                start = leave.ms[(leave.node == node) & np.isfinite(leave.ms)].min()
                np.minimum(best, row + start, out=best)
        best[best > limit_ms] = np.inf
        return best

    def path(self, origin: Snapped, target: Snapped) -> Path | None:
        """Fastest way between two single points, or None when there is none.

        Of equally fast ways the same one is returned every time.
        """
        if len(origin) != 1 or len(target) != 1:
            raise GeodataError(
                [
                    Fault(
                        "path asks for one origin and one target", n=1, expected="two single points"
                    )
                ]
            )
        if not (origin.ok[0] and target.ok[0]):
            return None
        ms = float(self.matrix_ms(origin, target)[0, 0])
        if not np.isfinite(ms):
            return None
        direct = np.full((1, 1), np.inf)
        self._same_edge(origin, target, direct)
        seconds = int(np.ceil(ms / _MS))
        if direct[0, 0] <= ms:
            return self._direct_path(origin, target, seconds)
        return self._search_path(origin, target, ms, seconds)

    def _leaving(self, points: Snapped) -> _Ends:
        return self._ends(points, self.network.back_ms, self.network.ahead_ms)

    def _arriving(self, points: Snapped) -> _Ends:
        return self._ends(points, self.network.ahead_ms, self.network.back_ms)

    def _ends(self, points: Snapped, u_ms: Int32, v_ms: Int32) -> _Ends:
        """Ends of the points' edges; ``u_ms`` counts between start and point, ``v_ms`` between point and end."""
        net = self.network
        edge = np.where(points.ok, points.edge, 0)
        share = edge_share(net, points)
        node = np.column_stack([net.edge_u[edge], net.edge_v[edge]]).astype(np.int64)
        usable = points.ok & ~net.closed[edge]
        at_u = points.ok & (points.along_m <= _AT_END_M)
        at_v = points.ok & (net.edge_length_m[edge] - points.along_m <= _AT_END_M)
        ms = np.column_stack([_part(u_ms[edge], share), _part(v_ms[edge], 1 - share)])
        ms[~usable] = np.inf
        ms[at_u, 0] = 0.0
        ms[at_v, 1] = 0.0
        return _Ends(node, ms)

    def _searches(
        self, nodes: Int64, *, reverse: bool, limit_ms: float
    ) -> Iterator[tuple[Int64, Float64]]:
        """Yield nodes and their milliseconds to all nodes, a batch at a time so that memory stays bounded."""
        graph = self.network.graph_back if reverse else self.network.graph
        for begin in range(0, len(nodes), _BATCH):
            part = nodes[begin : begin + _BATCH]
            yield part, dijkstra(graph, directed=True, indices=part, limit=limit_ms)

    def _between(
        self, sources: _Ends, sinks: _Ends, *, reverse: bool, limit_ms: float = np.inf
    ) -> Float64:
        """Milliseconds from sources to sinks through their ends, ``[n, m]``."""
        n, m = len(sources.node), len(sinks.node)
        ms = np.full((n, m), np.inf)
        usable = np.isfinite(sources.ms)
        if n == 0 or m == 0 or not usable.any():
            return ms
        nodes = np.unique(sources.node[usable])
        for part, reach in self._searches(nodes, reverse=reverse, limit_ms=limit_ms):
            arrived = np.minimum(
                reach[:, sinks.node[:, 0]] + sinks.ms[:, 0],
                reach[:, sinks.node[:, 1]] + sinks.ms[:, 1],
            )
            for side in range(2):
                at = np.searchsorted(part, sources.node[:, side])
                hit = usable[:, side] & (at < len(part))
                hit[hit] = part[at[hit]] == sources.node[hit, side]
                rows = np.flatnonzero(hit)
                ms[rows] = np.minimum(ms[rows], arrived[at[rows]] + sources.ms[rows, side][:, None])
        return ms

    def _same_edge(self, origins: Snapped, targets: Snapped, ms: Float64) -> None:
        """Lower ``ms`` where both points lie on one open edge and its direction allows the straight way."""
        net = self.network
        usable = np.flatnonzero(targets.ok)
        order = usable[np.argsort(targets.edge[usable], kind="stable")]
        edges = targets.edge[order]
        low = np.searchsorted(edges, origins.edge, side="left")
        high = np.searchsorted(edges, origins.edge, side="right")
        share_o, share_t = edge_share(net, origins), edge_share(net, targets)
        for i in np.flatnonzero(origins.ok & (high > low)):
            edge = origins.edge[i]
            columns = order[low[i] : high[i]]
            gap = share_t[columns] - share_o[i]
            if net.closed[edge]:
                continue
            ahead = _part(np.full(len(columns), net.ahead_ms[edge]), gap)
            back = _part(np.full(len(columns), net.back_ms[edge]), -gap)
            ahead[gap < 0] = np.inf
            back[gap > 0] = np.inf
            straight = np.minimum(ahead, back)
            straight[gap == 0] = 0.0
            ms[i, columns] = np.minimum(ms[i, columns], straight)

    def _direct_path(self, origin: Snapped, target: Snapped, seconds: int) -> Path:
        net = self.network
        edge = int(origin.edge[0])
        a, b = float(origin.along_m[0]), float(target.along_m[0])
        xy = cut_edge(net, edge, a, b)
        return Path(seconds, abs(b - a), xy, np.array([edge], dtype=np.int32))

    def _search_path(self, origin: Snapped, target: Snapped, ms: float, seconds: int) -> Path:
        net = self.network
        leave, arrive = self._leaving(origin), self._arriving(target)
        for a in range(2):
            if not np.isfinite(leave.ms[0, a]):
                continue
            start = int(leave.node[0, a])
            rows, parents = dijkstra(
                net.graph, directed=True, indices=np.array([start]), return_predecessors=True
            )
            reach, before = rows[0], parents[0]
            for b in range(2):
                if leave.ms[0, a] + reach[arrive.node[0, b]] + arrive.ms[0, b] == ms:
                    hops = self._hops(before, start, int(arrive.node[0, b]))
                    return self._join(origin, target, a, b, hops, seconds)
        raise AssertionError("the table and the path search disagree")

    def _hops(self, before: npt.NDArray[np.int32], start: int, end: int) -> list[tuple[int, bool]]:
        """Edges and directions between two nodes, read from Dijkstra's predecessors."""
        arcs, hops = self.network.arcs, []
        while end != start:
            tail = int(before[end])
            low, high = arcs.indptr[tail], arcs.indptr[tail + 1]
            arc = low + int(np.searchsorted(arcs.head[low:high], end))
            hops.append((int(arcs.edge[arc]), bool(arcs.forward[arc])))
            end = tail
        return hops[::-1]

    def _join(
        self,
        origin: Snapped,
        target: Snapped,
        a: int,
        b: int,
        hops: list[tuple[int, bool]],
        seconds: int,
    ) -> Path:
        net = self.network
        first, last = int(origin.edge[0]), int(target.edge[0])
        parts, edges, length = [], [], 0.0
        ends = (
            (first, float(origin.along_m[0]), a, True),
            (last, float(target.along_m[0]), b, False),
        )
        for edge, along, side, leaving in ends:
            end = float(net.edge_length_m[edge]) if side else 0.0
            if not leaving:
                for hop, forward in hops:
                    shape = net.shape_of(hop)
                    parts.append(shape if forward else shape[::-1])
                    edges.append(hop)
                    length += float(net.edge_length_m[hop])
            if abs(end - along) > _AT_END_M:
                parts.append(
                    cut_edge(net, edge, along, end) if leaving else cut_edge(net, edge, end, along)
                )
                edges.append(edge)
                length += abs(end - along)
            elif leaving or not parts:
                parts.append((origin if leaving else target).xy)
        xy = np.concatenate(parts)
        fresh = np.ones(len(xy), dtype=bool)
        fresh[1:] = (xy[1:] != xy[:-1]).any(axis=1)
        xy = xy[fresh]
        return Path(
            seconds,
            length,
            xy if len(xy) > 1 else np.repeat(xy, 2, axis=0),
            np.array(edges, dtype=np.int32),
        )


def edge_share(net: RoadNetwork, points: Snapped) -> Float64:
    """Place of each point on its edge, 0 at the start and 1 at the end."""
    length = net.edge_length_m[np.where(points.ok, points.edge, 0)]
    share: Float64 = np.clip(
        np.where(length > 0, points.along_m / np.where(length > 0, length, 1), 0.0), 0.0, 1.0
    )
    return share


def _part(ms: npt.ArrayLike, share: Float64) -> Float64:
    """Milliseconds of a part of an edge, rounded up; infinite where the direction is not allowed."""
    whole = np.asarray(ms)
    part = np.ceil(np.maximum(whole, 0) * np.maximum(share, 0.0) - 1e-6)
    return np.where(whole == NO_WAY, np.inf, np.maximum(part, 0.0))


def cut_edge(net: RoadNetwork, edge: int, from_m: float, to_m: float) -> Float64:
    """Points of an edge between two places on it, in travel order."""
    shape = net.shape_of(edge)
    step = np.hypot(*np.diff(shape, axis=0).T)
    at = np.concatenate([[0.0], np.cumsum(step)])
    scale = at[-1] / net.edge_length_m[edge] if net.edge_length_m[edge] > 0 else 0.0
    low, high = sorted((from_m * scale, to_m * scale))
    inner = shape[(at > low) & (at < high)]
    ends = np.column_stack([np.interp([low, high], at, shape[:, axis]) for axis in range(2)])
    xy = np.concatenate([ends[:1], inner, ends[1:]])
    return xy if from_m <= to_m else xy[::-1]


def _as_times(ms: Float64) -> TravelTimes:
    reachable: Bool = np.isfinite(ms)
    seconds = np.full(ms.shape, -1, dtype=np.int32)
    seconds[reachable] = np.ceil(ms[reachable] / _MS).astype(np.int32)
    return TravelTimes(seconds, reachable)
