"""Searches over a network's arcs: compiled bucket searches, and scipy's Dijkstra with equal answers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
import numpy.typing as npt

from geodata.network import RoadNetwork
from geodata.routing import bucket
from geodata.routing.ends import Ends

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]

FAR = int(bucket.FAR)
_BATCH = 64


@dataclass(frozen=True, eq=False)
class Found:
    """Targets within a limit by origin, in CSR form and by rising target; ``ms`` int64."""

    indptr: Int64
    target: Int32
    ms: Int64


@dataclass(frozen=True, eq=False)
class Near:
    """Pairs that meet without any node: origin (rising), target, milliseconds."""

    origin: Int64
    target: Int64
    ms: Float64


class Searches(Protocol):
    """What both engines answer."""

    def labels(self, nodes: Int64, ms: Float64, limit_ms: float, *, reverse: bool) -> Float64:
        """Milliseconds from the nearest start to every node, infinite where over the limit."""

    def entered(self, labels: Float64, nodes: Int64, ms: Float64, *, reverse: bool) -> Int32:
        """Smallest row of ``arcs`` by which each labelled node can be reached in its time, -1 at starts."""

    def within(self, leave: Ends, arrive: Ends, near: Near, limit_ms: float) -> Found:
        """Targets that each origin reaches within the limit."""


class ScipySearches:
    """The reference: scipy's Dijkstra, dense rows in batches."""

    def __init__(self, network: RoadNetwork) -> None:
        self.network = network

    def labels(self, nodes: Int64, ms: Float64, limit_ms: float, *, reverse: bool) -> Float64:
        """See :class:`Searches`."""
        best = np.full(self.network.n_nodes, np.inf)
        fine = np.isfinite(ms)
        starts = np.unique(nodes[fine])
        offset = np.full(self.network.n_nodes, np.inf)
        np.minimum.at(offset, nodes[fine], ms[fine])
        for part, rows in self._rows(starts, limit_ms, reverse=reverse):
            np.minimum(best, (rows + offset[part][:, None]).min(axis=0), out=best)
        best[best > limit_ms] = np.inf
        return best

    def entered(self, labels: Float64, nodes: Int64, ms: Float64, *, reverse: bool) -> Int32:
        """See :class:`Searches`."""
        arcs = self.network.arcs
        tail = np.repeat(np.arange(self.network.n_nodes), np.diff(arcs.indptr))
        a, b = (arcs.head, tail) if reverse else (tail, arcs.head)
        tight = np.flatnonzero(np.isfinite(labels[a]) & (labels[a] + arcs.w_ms == labels[b]))
        arc = np.full(self.network.n_nodes, len(arcs.head), np.int64)
        np.minimum.at(arc, b[tight], tight)
        arc[arc == len(arcs.head)] = -1
        arc[nodes[labels[nodes] == ms]] = -1
        return arc.astype(np.int32)

    def within(self, leave: Ends, arrive: Ends, near: Near, limit_ms: float) -> Found:
        """See :class:`Searches`."""
        counts, found, times = [0], [np.zeros(0, np.int32)], [np.zeros(0, np.int64)]
        for begin in range(0, len(leave.node), _BATCH):
            part = slice(begin, begin + _BATCH)
            ms = self.between(Ends(leave.node[part], leave.ms[part]), arrive, limit_ms)
            mine = (near.origin >= begin) & (near.origin < begin + _BATCH)
            np.minimum.at(ms, (near.origin[mine] - begin, near.target[mine]), near.ms[mine])
            row, column = np.nonzero(np.isfinite(ms) & (ms <= limit_ms))
            counts.extend(np.bincount(row, minlength=len(ms)).tolist())
            found.append(column.astype(np.int32))
            times.append(ms[row, column].astype(np.int64))
        return Found(np.cumsum(counts).astype(np.int64), np.concatenate(found), np.concatenate(times))

    def between(self, leave: Ends, arrive: Ends, limit_ms: float = np.inf, *, reverse: bool = False) -> Float64:
        """Milliseconds from sources to sinks through their ends, float64 ``[n, m]``."""
        ms = np.full((len(leave.node), len(arrive.node)), np.inf)
        usable = np.isfinite(leave.ms)
        if not ms.size or not usable.any():
            return ms
        for part, reach in self._rows(np.unique(leave.node[usable]), limit_ms, reverse=reverse):
            arrived = np.minimum(
                reach[:, arrive.node[:, 0]] + arrive.ms[:, 0], reach[:, arrive.node[:, 1]] + arrive.ms[:, 1]
            )
            for side in range(2):
                at = np.minimum(np.searchsorted(part, leave.node[:, side]), len(part) - 1)
                rows = np.flatnonzero(usable[:, side] & (part[at] == leave.node[:, side]))
                ms[rows] = np.minimum(ms[rows], arrived[at[rows]] + leave.ms[rows, side][:, None])
        return ms

    def _rows(self, nodes: Int64, limit_ms: float, *, reverse: bool):  # type: ignore[no-untyped-def]  # noqa: ANN202
        from scipy.sparse.csgraph import dijkstra

        graph = self.network.graph_back if reverse else self.network.graph
        for begin in range(0, len(nodes), _BATCH):
            part = nodes[begin : begin + _BATCH]
            yield part, dijkstra(graph, directed=True, indices=part, limit=limit_ms)


@dataclass(frozen=True, eq=False)
class _Side:
    indptr: Int32
    adj: Int32
    rows: Int32


class BucketSearches:
    """Compiled bucket searches."""

    def __init__(self, network: RoadNetwork) -> None:
        self.network = network
        arcs = network.arcs
        longest = int(max(network.ahead_ms.max(initial=1), network.back_ms.max(initial=1)))
        mean = float(arcs.w_ms.mean()) if len(arcs.w_ms) else 1.0
        shift = max(0, int(np.floor(np.log2(max(mean / 4, 1.0)))))
        while longest >> shift > 1 << 16:
            shift += 1
        self.shift = shift
        self.ring_size = 1 << int(np.ceil(np.log2((longest >> shift) + 3)))
        self.pool_size = network.n_nodes + len(arcs.head) // 4 + 64

    @cached_property
    def ahead(self) -> _Side:
        """Arcs by tail."""
        arcs = self.network.arcs
        rows = np.arange(len(arcs.head), dtype=np.int32)
        return _Side(arcs.indptr, np.column_stack([arcs.head, arcs.w_ms]).astype(np.int32), rows)

    @cached_property
    def against(self) -> _Side:
        """Arcs by head."""
        arcs = self.network.arcs
        n = self.network.n_nodes
        tail = np.repeat(np.arange(n, dtype=np.int32), np.diff(arcs.indptr))
        order = np.argsort(arcs.head, kind="stable")
        indptr = np.concatenate([[0], np.cumsum(np.bincount(arcs.head, minlength=n))]).astype(np.int32)
        adj = np.column_stack([tail[order], arcs.w_ms[order]]).astype(np.int32)
        return _Side(indptr, adj, order.astype(np.int32))

    def labels(self, nodes: Int64, ms: Float64, limit_ms: float, *, reverse: bool) -> Float64:
        """See :class:`Searches`."""
        labels = self._labels(nodes, ms, limit_ms, reverse=reverse).astype(np.float64)
        labels[labels >= FAR] = np.inf
        return labels

    def _labels(self, nodes: Int64, ms: Float64, limit_ms: float, *, reverse: bool) -> Int64:
        side = self.against if reverse else self.ahead
        fine = np.isfinite(ms)
        starts, offsets = nodes[fine].astype(np.int64), ms[fine].astype(np.int64)
        n = self.network.n_nodes
        while True:
            dist = np.full(n, FAR, np.int64)
            done = bucket.tree(
                side.indptr, side.adj, starts, offsets, _whole(limit_ms), dist, np.empty(n, np.int32),
                np.full(self.ring_size, -1, np.int64), self._pool(), self.shift, np.zeros(n, np.uint8), -1,
            )  # fmt: skip
            if done >= 0:
                return dist
            self.pool_size *= 2

    def entered(self, labels: Float64, nodes: Int64, ms: Float64, *, reverse: bool) -> Int32:
        """See :class:`Searches`."""
        side = self.ahead if reverse else self.against
        n = self.network.n_nodes
        dist = np.where(np.isfinite(labels), labels, float(FAR)).astype(np.int64)
        fine = np.isfinite(ms)
        start = np.full(n, FAR, np.int64)
        np.minimum.at(start, nodes[fine], ms[fine].astype(np.int64))
        out = np.empty(n, np.int32)
        bucket.entered(side.indptr, side.adj, side.rows, dist, start, out)
        return out

    def within(self, leave: Ends, arrive: Ends, near: Near, limit_ms: float, *, reverse: bool = False) -> Found:
        """See :class:`Searches`; ``reverse`` travels every arc against its direction."""
        n, m = self.network.n_nodes, len(arrive.node)
        owner, side = np.nonzero(np.isfinite(arrive.ms))
        order = np.argsort(arrive.node[owner, side], kind="stable")
        owner, side = owner[order], side[order]
        at = arrive.node[owner, side]
        item_ptr = np.concatenate([[0], np.cumsum(np.bincount(at, minlength=n))])
        wanted, n_wanted = np.zeros(n, np.uint8), -1
        if not np.isfinite(limit_ms):
            wanted[at] = 1
            n_wanted = int(wanted.sum())
        return self._reach(
            leave, item_ptr, owner, arrive.ms[owner, side].astype(np.int64), near, limit_ms, m, wanted, n_wanted,
            reverse=reverse,
        )

    def nodes_within(self, leave: Ends, limit_ms: float) -> Found:
        """Nodes that each origin reaches within the limit."""
        n = self.network.n_nodes
        nobody = Near(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
        return self._reach(
            leave, np.arange(n + 1), np.arange(n), np.zeros(n, np.int64), nobody, limit_ms, n, np.zeros(n, np.uint8), -1
        )

    def _reach(
        self, leave: Ends, item_ptr: Int64, item_id: Int64, item_ms: Int64, near: Near, limit_ms: float, m: int,
        wanted: npt.NDArray[np.uint8], n_wanted: int, *, reverse: bool = False,
    ) -> Found:  # fmt: skip
        side = self.against if reverse else self.ahead
        n, count = self.network.n_nodes, len(leave.node)
        fine = np.isfinite(leave.ms)
        start_ptr = np.concatenate([[0], np.cumsum(fine.sum(axis=1))])
        near_ptr = np.concatenate([[0], np.cumsum(np.bincount(near.origin, minlength=count))])
        out_ptr = np.zeros(count + 1, np.int64)
        out_id, out_ms = np.empty(4 * m + 1024, np.int32), np.empty(4 * m + 1024, np.int64)
        dist, touched = np.full(n, FAR, np.int64), np.empty(n, np.int32)
        ring, pool = np.full(self.ring_size, -1, np.int64), self._pool()
        best, bits = np.full(m, FAR, np.int64), np.zeros((m >> 6) + 1, np.uint64)
        first = 0
        while first < count:
            done = bucket.reach(
                side.indptr, side.adj, start_ptr, leave.node[fine], leave.ms[fine].astype(np.int64),
                _whole(limit_ms), dist, touched, ring, pool, self.shift, wanted, n_wanted, item_ptr, item_id, item_ms,
                near_ptr, near.target, near.ms.astype(np.int64), best, bits, _BIT_INDEX, first, out_ptr, out_id, out_ms,
            )  # fmt: skip
            if done < 0:
                first = -1 - done
                self.pool_size *= 2
                pool = self._pool()
            elif done < count:
                first = done
                room = max(2 * len(out_id), len(out_id) + m, int(1.1 * out_ptr[done] * count / max(done, 1)))
                out_id, out_ms = _grown(out_id, room), _grown(out_ms, room)
            else:
                break
        used = out_ptr[-1]
        return Found(out_ptr, out_id[:used], out_ms[:used])

    def _pool(self) -> Int64:
        return np.empty((self.pool_size, 3), np.int64)


_BIT_INDEX = bucket.bit_index()


def _grown(array: np.ndarray, room: int) -> np.ndarray:
    fresh = np.empty(room, array.dtype)
    fresh[: len(array)] = array
    return fresh


def _whole(limit_ms: float) -> int:
    return FAR - 1 if not np.isfinite(limit_ms) else int(limit_ms)
