"""The longest way that a train can run through tracks, and the little geometry that rail needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import networkx as nx

Float64 = npt.NDArray[np.float64]

_STRANGER = 4.0
_MAX_ENDS = 40
_COS_SHARPEST = 0.26
_HEADING_M = 20.0
_BACK_NEAR_M = 50.0
_BACK_STEP_M = 25.0
_LONGEST_BACK_M = 150.0


@dataclass(frozen=True, eq=False)
class TrackEdge:
    """A stretch of running track between switches; ``label`` is its line's number or name, or empty.

    ``main`` says that the map calls it a main or branch line in so many words; ``works`` that it serves a works, a
    depot or a barracks (``usage``).
    """

    way: int
    u: int
    v: int
    xy: Float64
    length_m: float
    label: str
    bridge: bool
    tunnel: bool
    main: bool = False
    works: str = ""


class Search:
    """Longest ways through tracks; without strange tracks to bridge with, found component by component and kept."""

    def __init__(self, edges: Sequence[TrackEdge], own: Iterable[int]) -> None:
        self._edges = edges
        self._node_xy: dict[int, Float64] = {}
        for k in sorted(own):
            self._node_xy.setdefault(edges[k].u, edges[k].xy[0])
            self._node_xy.setdefault(edges[k].v, edges[k].xy[-1])
        self._degree = Counter(n for edge in edges for n in (edge.u, edge.v))
        self._headings: dict[tuple[int, bool], Float64] = {}
        self._known: dict[frozenset[int], tuple[float, list[tuple[int, bool]]]] = {}

    def longest(self, own: set[int], spare: set[int]) -> list[tuple[int, bool]]:
        """Edges (row, forward) of the way between two ends of ``own`` that holds the most of it."""
        if not spare - own:
            found = []
            for part in _components(self._edges, own):
                if part not in self._known:
                    self._known[part] = self._best(set(part), set())
                found.append((self._known[part][0], -min(part), part))
            return self._known[max(found)[2]][1] if found else []
        return self._best(own, spare)[1]

    def _best(self, own: set[int], spare: set[int]) -> tuple[float, list[tuple[int, bool]]]:
        import networkx as nx

        graph, ends = self._turns(own, spare)
        ways: dict[int, dict[Any, Any]] = {
            n: nx.single_source_dijkstra_path(graph, ("from", n), weight="cost") for n in ends
        }
        found = []
        for a, b in combinations(sorted(ways), 2):
            steps = ways[a].get(("to", b))
            if steps:
                path = steps[1:-1]
                held = sum(self._edges[k].length_m * (1.0 if k in own else -1.0) for k, _ in path)
                found.append((-round(held, 6), a, b, path))
        found.sort(key=lambda row: row[:3])
        for held, _, _, path in found:
            # A way that turns at a balloon or triangle and comes back beside itself is two lines, not one.
            if held < 0 and not _comes_back(join_track(self._edges, path)):
                return -held, path
        if found and found[0][0] < 0:
            path = self._until_back(found[0][3])
            return sum(self._edges[k].length_m for k, _ in path if k in own), path
        return 0.0, []

    def _until_back(self, path: list[tuple[int, bool]]) -> list[tuple[int, bool]]:
        """Return the longest beginning of a way that does not come back beside itself, at least one edge."""
        low, high = 1, len(path)
        while high - low > 1:
            middle = (low + high) // 2
            if _comes_back(join_track(self._edges, path[:middle])):
                high = middle
            else:
                low = middle
        return path[:low]

    def _turns(self, own: set[int], spare: set[int]) -> tuple[nx.DiGraph[Any], list[int]]:
        """Tracks as (row, forward), joined where a train can go on: no sharp turn at a switch. And the far ends."""
        import networkx as nx

        edges = self._edges
        graph: nx.DiGraph[Any] = nx.DiGraph()
        leaving: dict[int, list[tuple[int, bool]]] = {}
        degree: Counter[int] = Counter()
        for k in sorted(own | spare):
            edge = edges[k]
            if edge.u == edge.v:
                continue
            leaving.setdefault(edge.u, []).append((k, True))
            leaving.setdefault(edge.v, []).append((k, False))
            if k in own:
                degree.update((edge.u, edge.v))
        # Where the track of a line found before goes off, a way may end, for it joins that line there.
        joins = set() if spare else {n for n, d in degree.items() if d < self._degree[n]}
        ends = sorted(joins | {n for n, d in degree.items() if d == 1}) or sorted(degree)
        if not ends:
            return graph, []
        # Far ends first: with many loose ends (a yard) only the outermost matter.
        middle = np.mean([self._node_xy[n] for n in ends], axis=0)
        ends.sort(key=lambda n: (-float(np.hypot(*(self._node_xy[n] - middle))), n))
        ends = ends[:_MAX_ENDS]
        cost = {k: edges[k].length_m * (1.0 if k in own else _STRANGER) for k in own | spare}
        for node, arcs in leaving.items():
            for k, back in arcs:
                for m, forward in arcs:
                    smooth = self._degree[node] == 2 or self._goes_on(k, back, m, forward)
                    if k != m and smooth:
                        graph.add_edge((k, not back), (m, forward), cost=cost[m])
            if node in ends:
                for k, forward in arcs:
                    graph.add_edge(("from", node), (k, forward), cost=cost[k])
                    graph.add_edge((k, not forward), ("to", node), cost=0.0)
        return graph, ends

    def _goes_on(self, k: int, back: bool, m: int, forward: bool) -> bool:
        """Whether a train that comes along ``k`` (against ``back``) goes on into ``m``: by 75 degrees at most."""
        for arc in ((k, back), (m, forward)):
            if arc not in self._headings:
                xy = self._edges[arc[0]].xy
                self._headings[arc] = _heading(xy if arc[1] else xy[::-1])
        return bool(-self._headings[k, back] @ self._headings[m, forward] >= _COS_SHARPEST)


def _comes_back(xy: Float64) -> bool:
    """Whether a course runs beside itself for a while; the closing ends of a ring do not count."""
    length = length_of(xy)
    n = max(2, int(length / _BACK_STEP_M))
    at = np.arange(n + 1) / n * length
    from scipy.spatial import KDTree

    pairs = KDTree(points_at(xy, at / length)).query_pairs(_BACK_NEAR_M, output_type="ndarray")
    if len(pairs) == 0:
        return False
    apart = np.abs(at[pairs[:, 0]] - at[pairs[:, 1]])
    beside = pairs[(apart > 4 * _BACK_NEAR_M) & (apart < length - 4 * _BACK_NEAR_M)]
    return len(np.unique(beside)) * _BACK_STEP_M > _LONGEST_BACK_M


def _heading(xy: Float64) -> Float64:
    """Direction in which a course leaves its first point, over some 20 m."""
    far = np.hypot(*(xy - xy[0]).T) >= _HEADING_M
    step = xy[int(np.argmax(far)) if far.any() else -1] - xy[0]
    return np.asarray(step / max(float(np.hypot(*step)), 1e-9))


def _components(edges: Sequence[TrackEdge], own: set[int]) -> list[frozenset[int]]:
    """Edges that hang together."""
    at: dict[int, list[int]] = {}
    for k in own:
        at.setdefault(edges[k].u, []).append(k)
        at.setdefault(edges[k].v, []).append(k)
    left, parts = set(own), []
    while left:
        todo = [left.pop()]
        part = set(todo)
        while todo:
            edge = edges[todo.pop()]
            more = [k for node in (edge.u, edge.v) for k in at[node] if k in left]
            left.difference_update(more)
            part.update(more)
            todo += more
        parts.append(frozenset(part))
    return parts


def join_track(edges: Sequence[TrackEdge], path: Sequence[tuple[int, bool]]) -> Float64:
    """Course of a way through tracks."""
    parts = [edges[k].xy if forward else edges[k].xy[::-1] for k, forward in path]
    xy = np.concatenate([parts[0], *(part[1:] for part in parts[1:])])
    fresh = np.ones(len(xy), dtype=bool)
    fresh[1:] = (xy[1:] != xy[:-1]).any(axis=1)
    return xy[fresh]


def points_at(xy: Float64, share: Float64) -> Float64:
    """Points at shares 0..1 of a line."""
    way = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
    return np.column_stack([np.interp(share * way[-1], way, xy[:, axis]) for axis in range(2)])


def cut_line(xy: Float64, low_m: float, high_m: float) -> Float64:
    """Part of a line between two distances from its start."""
    way = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
    ends = points_at(xy, np.array([low_m, high_m]) / way[-1])
    return np.concatenate([ends[:1], xy[(way > low_m) & (way < high_m)], ends[1:]])


def length_of(xy: Float64) -> float:
    """Metres of a course."""
    return float(np.hypot(*np.diff(xy, axis=0).T).sum())
