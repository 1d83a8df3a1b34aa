"""What a search over a network's arcs answers, and the reference: scipy's Dijkstra. Loads nothing that is compiled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from geodata.network import RoadNetwork
from geodata.routing.ends import Ends

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]

_BATCH = 64


@dataclass(frozen=True, eq=False)
class Found:
    """Targets within a limit by origin, in CSR form and by rising target; ``seconds`` are rounded up."""

    indptr: Int64
    target: Int32
    ms: Int32 | Int64
    seconds: Int32 | None = None

    @property
    def whole_seconds(self) -> Int32:
        """Seconds, rounded up, int32 ``[k]``."""
        return ((self.ms + 999) // 1000).astype(np.int32) if self.seconds is None else self.seconds


@dataclass(frozen=True, eq=False)
class Near:
    """Pairs that meet without any node: origin (rising), target, milliseconds."""

    origin: Int64
    target: Int64
    ms: Float64


@dataclass(frozen=True, eq=False)
class Way:
    """Fastest way through nodes: milliseconds, rows of ``arcs`` in travel order, the ends taken at both points."""

    ms: float
    rows: Int64
    sides: tuple[int, int]


class Searches(Protocol):
    """What both engines answer."""

    def labels(self, nodes: Int64, ms: Float64, limit_ms: float, *, reverse: bool) -> Float64:
        """Milliseconds from the nearest start to every node, infinite where over the limit."""

    def tree(self, nodes: Int64, ms: Float64, limit_ms: float, *, reverse: bool) -> tuple[Float64, Int32]:
        """The labels, and the smallest row of ``arcs`` by which each labelled node is reached in time, -1 at starts."""

    def way(self, leave: Ends, arrive: Ends) -> Way | None:
        """Fastest way from one origin to one target through nodes."""

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

    def tree(self, nodes: Int64, ms: Float64, limit_ms: float, *, reverse: bool) -> tuple[Float64, Int32]:
        """See :class:`Searches`."""
        labels = self.labels(nodes, ms, limit_ms, reverse=reverse)
        arcs = self.network.arcs
        tail = np.repeat(np.arange(self.network.n_nodes), np.diff(arcs.indptr))
        a, b = (arcs.head, tail) if reverse else (tail, arcs.head)
        tight = np.flatnonzero(np.isfinite(labels[a]) & (labels[a] + arcs.w_ms == labels[b]))
        arc = np.full(self.network.n_nodes, len(arcs.head), np.int64)
        np.minimum.at(arc, b[tight], tight)
        arc[arc == len(arcs.head)] = -1
        arc[nodes[labels[nodes] == ms]] = -1
        return labels, arc.astype(np.int32)

    def way(self, leave: Ends, arrive: Ends) -> Way | None:
        """See :class:`Searches`."""
        labels, arc = self.tree(leave.node[0], leave.ms[0], np.inf, reverse=False)
        through = labels[arrive.node[0]] + arrive.ms[0]
        side = int(np.argmin(through))
        if not np.isfinite(through[side]):
            return None
        node, hops, tails = int(arrive.node[0, side]), [], self.network.arc_tail
        while arc[node] >= 0:
            hops.append(int(arc[node]))
            node = int(tails[arc[node]])
        first = int(np.flatnonzero((leave.node[0] == node) & (leave.ms[0] == labels[node]))[0])
        return Way(float(through[side]), np.array(hops[::-1], dtype=np.int64), (first, side))

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
