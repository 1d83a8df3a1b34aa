"""Compiled bucket searches over a network's arcs, with the same answers as the reference."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from geodata.network import RoadNetwork
from geodata.routing import bucket
from geodata.routing.ends import Ends
from geodata.routing.reference import Found, Near, ScipySearches, Way

Int32 = npt.NDArray[np.int32]
UInt32 = npt.NDArray[np.uint32]
Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]

FAR = bucket.FAR
_BUCKETS_PER_ARC = 4.0
"""Widths of buckets in an arc of mean time, about."""


@dataclass(frozen=True, eq=False)
class _Side:
    indptr: UInt32
    adj: UInt32
    rows: Int32


class BucketSearches:
    """Compiled bucket searches; what they cannot label is handed to scipy.

    Nodes are numbered along a curve within (``new_of`` and back by ``old_of``), so that neighbours lie together in
    memory; questions and answers keep the network's numbers.
    """

    def __init__(self, network: RoadNetwork, old_of: Int32 | None = None) -> None:
        self.network = network
        arcs, n = network.arcs, network.n_nodes
        self.old_of = along_curve(network) if old_of is None else old_of
        self.new_of = np.empty(n, np.int32)
        self.new_of[self.old_of] = np.arange(n, dtype=np.int32)
        self.longest = int(max(network.ahead_ms.max(initial=1), network.back_ms.max(initial=1)))
        mean = float(arcs.w_ms.mean()) if len(arcs.w_ms) else 1.0
        shift = max(0, int(np.floor(np.log2(max(mean / _BUCKETS_PER_ARC, 1.0)))))
        while self.longest >> shift > 1 << 16:
            shift += 1
        self.shift = shift
        self.ring_size = 1 << int(np.ceil(np.log2((self.longest >> shift) + 3)))
        self.pool_size = n + len(arcs.head) // 4 + 64

    @cached_property
    def _slow(self) -> ScipySearches:
        return ScipySearches(self.network)

    @cached_property
    def ahead(self) -> _Side:
        """Arcs by tail."""
        arcs = self.network.arcs
        count = np.diff(arcs.indptr)[self.old_of]
        ends = np.cumsum(count)
        rows = np.repeat(arcs.indptr[:-1][self.old_of] - (ends - count), count) + np.arange(len(arcs.head))
        return _Side(_pointers(ends), self._pairs(arcs.head[rows], arcs.w_ms[rows]), rows.astype(np.int32))

    @cached_property
    def against(self) -> _Side:
        """Arcs by head."""
        arcs, n = self.network.arcs, self.network.n_nodes
        head = self.new_of[arcs.head]
        order = np.argsort(head, kind="stable")
        ends = np.cumsum(np.bincount(head, minlength=n))
        pairs = self._pairs(self.network.arc_tail[order], arcs.w_ms[order])
        return _Side(_pointers(ends), pairs, order.astype(np.int32))

    def _pairs(self, node: Int32, ms: Int32) -> UInt32:
        return np.column_stack([self.new_of[node], ms]).astype(np.uint32)

    def labels(self, nodes: Int64, ms: Float64, limit_ms: float, *, reverse: bool) -> Float64:
        """See :class:`Searches`."""
        found = self._labels(nodes, ms, limit_ms, reverse=reverse)
        if found is None:
            return self._slow.labels(nodes, ms, limit_ms, reverse=reverse)
        return self._outside(found[0], found[1])

    def tree(self, nodes: Int64, ms: Float64, limit_ms: float, *, reverse: bool) -> tuple[Float64, Int32]:
        """See :class:`Searches`."""
        found = self._labels(nodes, ms, limit_ms, reverse=reverse)
        if found is None:
            return self._slow.tree(nodes, ms, limit_ms, reverse=reverse)
        dist, far = found
        side = self.ahead if reverse else self.against
        starts, offsets = self._starts(nodes, ms)
        start = np.full(len(dist), FAR, np.int64)
        np.minimum.at(start, starts, offsets)
        arc = np.empty(len(dist), np.int32)
        bucket.entered(side.indptr, side.adj, side.rows, dist, far, start, arc)
        return self._outside(dist, far), arc[self.new_of]

    def way(self, leave: Ends, arrive: Ends) -> Way | None:
        """See :class:`Searches`; the search ends once the target's ends are final."""
        ends = self.new_of[arrive.node[0]]
        usable = np.isfinite(arrive.ms[0])
        if not usable.any() or not np.isfinite(leave.ms[0]).any():
            return None
        found = self._labels(leave.node[0], leave.ms[0], np.inf, reverse=False, wanted=ends[usable])
        if found is None:
            return self._slow.way(leave, arrive)
        dist, far = found
        through = np.where(dist[ends] < far, dist[ends] + arrive.ms[0], np.inf)
        side = int(np.argmin(through))
        if not np.isfinite(through[side]):
            return None
        starts, offsets = self._starts(leave.node[0], leave.ms[0])
        rows, back = np.empty(len(dist), np.int32), self.against
        hops, first = bucket.walk(back.indptr, back.adj, back.rows, dist, starts, offsets, np.int64(ends[side]), rows)
        begin = int(np.flatnonzero((self.new_of[leave.node[0]] == first) & (leave.ms[0] == dist[first]))[0])
        return Way(float(through[side]), rows[:hops][::-1].astype(np.int64), (begin, side))

    def _starts(self, nodes: Int64, ms: Float64) -> tuple[Int64, Int64]:
        fine = np.isfinite(ms)
        return self.new_of[nodes[fine]].astype(np.int64), ms[fine].astype(np.int64)

    def _outside(self, dist: UInt32, far: int) -> Float64:
        labels = dist[self.new_of].astype(np.float64)
        labels[labels >= far] = np.inf
        return labels

    def _labels(
        self, nodes: Int64, ms: Float64, limit_ms: float, *, reverse: bool, wanted: Int32 | None = None
    ) -> tuple[UInt32, int] | None:
        """Labels by the inner numbers, and what stands for none; None where int32 might have cut a way off."""
        side = self.against if reverse else self.ahead
        starts, offsets = self._starts(nodes, ms)
        n, far = self.network.n_nodes, _far(limit_ms)
        if self._is_cut(limit_ms, int(offsets.max(initial=0))):
            return None
        marked = np.zeros(n, np.uint8)
        if wanted is not None:
            marked[wanted] = 1
        while True:
            dist, touched = np.full(n, far, np.uint32), np.empty(n, np.uint32)
            done = bucket.tree(
                side.indptr, side.adj, starts, offsets, far, dist, touched, self._ring(), self._pool(), self.shift,
                marked, -1 if wanted is None else int(marked.sum()),
            )  # fmt: skip
            if done >= 0:
                break
            self.pool_size *= 2
            marked[marked == 2] = 1
        peak = int(dist[touched[:done]].max(initial=0)) if far == FAR else 0
        return None if self._is_cut(limit_ms, peak) else (dist, far)

    def _is_cut(self, limit_ms: float, peak: int) -> bool:
        """Whether a way within the limit may have been left out because its time does not fit a label."""
        return limit_ms >= FAR and peak + self.longest >= FAR

    def between(self, leave: Ends, arrive: Ends, *, reverse: bool = False) -> Float64:
        """Milliseconds from origins to targets through their ends, float64 ``[n, m]``; see :class:`ScipySearches`."""
        side = self.against if reverse else self.ahead
        n, count = self.network.n_nodes, len(leave.node)
        out = np.full((count, len(arrive.node)), np.inf)
        usable = np.isfinite(arrive.ms)
        wanted = np.zeros(n, np.uint8)
        wanted[self.new_of[arrive.node[usable]]] = 1
        starts, offsets = self._starts(leave.node, leave.ms)
        start_ptr = np.concatenate([[0], np.cumsum(np.isfinite(leave.ms).sum(axis=1))])
        ends = self.new_of[np.where(usable, arrive.node, 0)].view(np.uint32)
        dist, touched, ring, pool = np.full(n, FAR, np.uint32), np.empty(n, np.uint32), self._ring(), self._pool()
        first, most = 0, int(offsets.max(initial=0))
        while out.size and first < count:
            first, peak = bucket.table(
                side.indptr, side.adj, start_ptr, starts, offsets, FAR, dist, touched, ring, pool, self.shift,
                wanted, int((wanted > 0).sum()), ends, arrive.ms, first, out,
            )  # fmt: skip
            most = max(most, peak)
            if first < count:
                self.pool_size *= 2
                pool = self._pool()
        return self._slow.between(leave, arrive, reverse=reverse) if self._is_cut(np.inf, most) else out

    def within(self, leave: Ends, arrive: Ends, near: Near, limit_ms: float) -> Found:
        """See :class:`Searches`."""
        n, m = self.network.n_nodes, len(arrive.node)
        owner, side = np.nonzero(np.isfinite(arrive.ms))
        at = self.new_of[arrive.node[owner, side]]
        order = np.argsort(at, kind="stable")
        owner, side, at = owner[order], side[order], at[order]
        item_ptr = _pointers(np.cumsum(np.bincount(at, minlength=n)))
        wanted, n_wanted = np.zeros(n, np.uint8), -1
        if not np.isfinite(limit_ms):
            wanted[at] = 1
            n_wanted = int(wanted.sum())
        near_ptr = np.concatenate([[0], np.cumsum(np.bincount(near.origin, minlength=len(leave.node)))])
        far = _far(limit_ms)
        items = (
            item_ptr, owner, arrive.ms[owner, side].astype(np.int64), near_ptr, near.target, near.ms.astype(np.int64),
            np.full(m, far, np.int64), np.zeros((m >> 6) + 1, np.uint64), _BIT_INDEX,
        )  # fmt: skip
        room = (np.empty(4 * m + 1024, np.int32), np.empty(4 * m + 1024, np.int64))

        def ask(search: tuple[Any, ...], rest: tuple[Any, ...]) -> tuple[int, int]:
            done: tuple[int, int] = bucket.reach(*search, wanted, n_wanted, *items, *rest)  # type: ignore[call-arg]
            return done

        found = self._reach(leave, limit_ms, ask, room)
        if found is None:
            return self._slow.within(leave, arrive, near, limit_ms)
        return Found(found[0], found[1][0], found[1][1])

    def nodes_within(self, leave: Ends, limit_ms: float) -> Found:
        """Nodes that each origin reaches within the limit."""
        n = self.network.n_nodes
        nobody, bits = np.zeros(n, np.uint8), np.zeros((n >> 6) + 1, np.uint64)
        room = tuple(np.empty(4 * n + 1024, np.int32) for _ in range(3))

        old_of, new_of = self.old_of.view(np.uint32), self.new_of.view(np.uint32)

        def ask(search: tuple[Any, ...], rest: tuple[Any, ...]) -> tuple[int, int]:
            done: tuple[int, int] = bucket.reach_nodes(  # type: ignore[call-arg]
                *search, nobody, old_of, new_of, bits, _BIT_INDEX, *rest
            )
            return done

        found = self._reach(leave, limit_ms, ask, room)
        if found is None:
            at_nodes = Ends(np.repeat(np.arange(n)[:, None], 2, axis=1), np.zeros((n, 2)))
            nobody_near = Near(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
            return self._slow.within(leave, at_nodes, nobody_near, limit_ms)
        return Found(found[0], *found[1])

    def _reach(
        self, leave: Ends, limit_ms: float, ask: Ask, room: tuple[npt.NDArray[Any], ...]
    ) -> tuple[Int64, tuple[npt.NDArray[Any], ...]] | None:
        """Ask a kernel again and again until nothing is short; None where int32 might have cut a way off."""
        side = self.ahead
        n, count, far = self.network.n_nodes, len(leave.node), _far(limit_ms)
        fine = np.isfinite(leave.ms)
        start_ptr = np.concatenate([[0], np.cumsum(fine.sum(axis=1))])
        starts, offsets = self._starts(leave.node, leave.ms)
        out_ptr = np.zeros(count + 1, np.int64)
        dist, touched, ring, pool = np.full(n, far, np.uint32), np.empty(n, np.uint32), self._ring(), self._pool()
        first, most = 0, int(offsets.max(initial=0))
        while first < count:
            done, peak = ask(
                (side.indptr, side.adj, start_ptr, starts, offsets, far, dist, touched, ring, pool, self.shift),
                (first, out_ptr, *room),
            )
            most = max(most, peak)
            if done < 0:
                first = -1 - done
                self.pool_size *= 2
                pool = self._pool()
            elif done < count:
                first = done
                size = len(room[0])
                more = max(2 * size, size + n, int(1.1 * out_ptr[done] * count / max(done, 1)))
                room = tuple(_grown(each, more, int(out_ptr[done])) for each in room)
            else:
                break
        if self._is_cut(limit_ms, most):
            return None
        return out_ptr, tuple(each[: out_ptr[-1]] for each in room)

    def _ring(self) -> UInt32:
        return np.full(self.ring_size, bucket.NONE, np.uint32)

    def _pool(self) -> UInt32:
        return np.empty((self.pool_size, 3), np.uint32)


Ask = Callable[[tuple[Any, ...], tuple[Any, ...]], tuple[int, int]]
_BIT_INDEX = bucket.bit_index()


def along_curve(network: RoadNetwork) -> Int32:
    """Nodes along a Z-shaped curve through the plane, int32 ``[n]``; neighbours mostly follow each other."""
    xy = np.nan_to_num(network.node_xy)
    low = xy.min(axis=0, initial=np.inf)
    span = np.maximum(xy.max(axis=0, initial=-np.inf) - low, 1e-9).max(initial=1e-9)
    code = np.zeros(len(xy), np.uint64)
    for axis in range(2):
        bits = ((xy[:, axis] - low[axis]) / span * 65_535).astype(np.uint64)
        for step, keep in ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
            bits = (bits | (bits << np.uint64(step))) & np.uint64(keep)
        code |= bits << np.uint64(axis)
    return np.argsort(code, kind="stable").astype(np.int32)


def _pointers(ends: Int64) -> UInt32:
    return np.concatenate([[0], ends]).astype(np.uint32)


def _grown(array: npt.NDArray[Any], room: int, used: int) -> npt.NDArray[Any]:
    fresh = np.empty(room, array.dtype)
    fresh[:used] = array[:used]
    return fresh


def _far(limit_ms: float) -> int:
    """The least time out of reach, as labels know it."""
    return int(min(max(limit_ms + 1, 0), FAR))
