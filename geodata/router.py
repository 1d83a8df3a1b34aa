"""Exact fastest travel over a network: tables, trees, paths, coverage and reach.

A snapped point lies *on* an edge. It leaves and arrives through the edge's ends at a part of the edge's time, and two
points on one edge meet directly where the direction allows. A point that lies on an end counts as the junction itself.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from geodata.errors import Fault, GeodataError
from geodata.network import RoadNetwork, Snapped
from geodata.routing.ends import Ends, arriving, edge_share, leaving, same_edge
from geodata.routing.paths import cut_edge, direct_path, joined_path
from geodata.routing.reference import Near, ScipySearches, Searches
from geodata.travel import Float64, NodeTimes, Path, SparseTimes, TravelTimes, Tree

__all__ = ["Router", "cut_edge", "edge_share"]

if TYPE_CHECKING:
    from geodata.routing.engine import Engine

_MS = 1000

_SMALL = 5_000
"""Nodes below which the first few questions are answered before anything compiled is loaded, which takes longer."""

_PATIENCE = 1_500_000
"""Nodes times starts searched in that way."""


class Router:
    """Answers travel questions over one network.

    Parameters
    ----------
    network
        With its closures and speeds.
    engine
        "numba" answers by compiled searches and a contraction hierarchy, "scipy" by scipy's Dijkstra; results are
        equal bit for bit. "auto" is numba where it is installed; a few questions about a small network are left to
        scipy while numba is not loaded.
    cache_dir
        Folder that keeps prepared networks between runs, by content. By default networks of 5,000 nodes and more
        are kept under ``VEDETTE_HOME``, or where the platform keeps caches.

    Notes
    -----
    All arithmetic is in whole milliseconds, so results are equal on every machine; seconds are rounded up once, at
    the end. Of equally fast ways the same one is returned every time: the smallest arc row first.
    """

    def __init__(
        self,
        network: RoadNetwork,
        *,
        engine: Literal["auto", "numba", "scipy"] = "auto",
        cache_dir: FilePath | None = None,
    ) -> None:
        if engine not in {"auto", "numba", "scipy"}:
            raise GeodataError([Fault(f"no travel engine {engine!r}", expected="auto, numba, scipy")])
        asked = engine
        if engine == "auto":
            engine = "numba" if find_spec("numba") else "scipy"
        self.network = network
        self.engine: Literal["numba", "scipy"] = engine
        self._waits = asked == "auto" and engine == "numba" and network.n_nodes < _SMALL
        self._spent, self._cache_dir = 0, cache_dir
        self._reference = ScipySearches(network)
        self._engine: Engine | None = None
        self._compiled(0)

    def _compiled(self, n_starts: int) -> Engine | None:
        """The compiled engine, or None where there is none or it is not worth loading for so many starts more."""
        if self._engine is None and self.engine == "numba":
            self._spent += n_starts * self.network.n_nodes
            if self._waits and "numba" not in sys.modules and self._spent <= _PATIENCE:
                return None
            from geodata.routing.engine import Engine, Shared

            self._engine = Engine(self.network, Shared(self._cache_dir))
        return self._engine

    def _searches(self, n_starts: int) -> Searches:
        engine = self._compiled(n_starts)
        return engine.searches if engine else self._reference

    def prepare(self) -> Router:
        """Order and customise now instead of at the first large question; returns itself."""
        self._waits = False
        if engine := self._compiled(0):
            engine.metric()
        return self

    def with_closures(self, edges: npt.ArrayLike) -> Router:
        """Router of the network without ``edges`` (rows); what was prepared is shared, closures add up."""
        return self._variant(self.network.with_closures(edges))

    def with_speeds(self, factor: float | npt.ArrayLike) -> Router:
        """Router of the network with speeds times ``factor``; the elimination order is shared."""
        return self._variant(self.network.with_speeds(factor))

    def _variant(self, network: RoadNetwork) -> Router:
        fresh = Router(network, engine="auto" if self._waits else self.engine, cache_dir=self._cache_dir)
        fresh._spent = self._spent
        if self._engine:
            from geodata.routing.engine import Engine

            fresh._engine = Engine(network, self._engine.shared, self._engine.known_metric())
        return fresh

    def matrix(self, origins: Snapped, targets: Snapped) -> TravelTimes:
        """Seconds from every origin to every target.

        Points that were not laid onto the network (``ok`` false) reach nothing and are not reached.
        """
        engine = self._compiled(min(len(origins), len(targets)))
        if engine is None:
            ms = self._by_reference(origins, targets)
            seconds = np.full(ms.shape, -1, dtype=np.int32)
            fine = np.isfinite(ms)
            seconds[fine] = np.ceil(ms[fine] / _MS).astype(np.int32)
            return TravelTimes(seconds, fine)
        table = engine.table(self._leaving(origins), self._arriving(targets), whole_seconds=True)
        seconds = table.astype(np.int32, copy=False)
        i, j, direct = same_edge(self.network, origins, targets)
        if len(i):
            before, straight = seconds[i, j], np.ceil(direct / _MS).astype(np.int32)
            seconds[i, j] = np.where(before < 0, straight, np.minimum(before, straight))
        return TravelTimes(seconds, seconds >= 0)

    def matrix_ms(self, origins: Snapped, targets: Snapped) -> Float64:
        """As :meth:`matrix` in milliseconds, float64 ``[n, m]`` holding whole numbers; infinite if unreachable."""
        engine = self._compiled(min(len(origins), len(targets)))
        if engine is None:
            return self._by_reference(origins, targets)
        leave, arrive = self._leaving(origins), self._arriving(targets)
        return self._with_direct(engine.table(leave, arrive, whole_seconds=False), origins, targets)

    def _by_reference(self, origins: Snapped, targets: Snapped) -> Float64:
        leave, arrive = self._leaving(origins), self._arriving(targets)
        if leave.n_distinct <= arrive.n_distinct:
            return self._with_direct(self._reference.between(leave, arrive), origins, targets)
        return self._with_direct(self._reference.between(arrive, leave, reverse=True).T.copy(), origins, targets)

    def _with_direct(self, table: npt.NDArray[Any], origins: Snapped, targets: Snapped) -> Float64:
        """Milliseconds with the ways that meet no node, where both points lie on one edge."""
        ms = table.astype(np.float64, copy=False)
        i, j, direct = same_edge(self.network, origins, targets)
        if len(i):
            ms[i, j] = np.minimum(ms[i, j], direct)
        return ms

    def coverage(self, posts: Snapped, sites: Snapped, limit_s: int) -> SparseTimes:
        """Which sites each post reaches in at most ``limit_s``, sparse."""
        near = Near(*same_edge(self.network, posts, sites))
        found = self._searches(len(posts)).within(
            self._leaving(posts), self._arriving(sites), near, _limit_ms(limit_s)
        )
        return SparseTimes(found.indptr, found.target, found.whole_seconds, len(sites))

    def node_coverage(self, posts: Snapped, limit_s: int) -> NodeTimes:
        """Which nodes each post reaches in at most ``limit_s``, sparse, by rising node."""
        leave, limit_ms = self._leaving(posts), _limit_ms(limit_s)
        n = self.network.n_nodes
        if engine := self._compiled(len(posts)):
            found = engine.searches.nodes_within(leave, limit_ms)
        else:
            at_nodes = Ends(np.repeat(np.arange(n)[:, None], 2, axis=1), np.zeros((n, 2)))
            nobody = Near(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
            found = self._reference.within(leave, at_nodes, nobody, limit_ms)
        return NodeTimes(found.indptr, found.target, found.whole_seconds, n, found.ms)

    def nodes_ms(self, origins: Snapped, *, limit_s: int | None = None) -> Float64:
        """Milliseconds from the *nearest* origin to every node, float64 ``[n_nodes]``, infinite beyond the limit."""
        leave = self._leaving(origins)
        return self._searches(len(origins)).labels(
            leave.node.ravel(), leave.ms.ravel(), _limit_ms(limit_s), reverse=False
        )

    def tree(self, point: Snapped, *, reverse: bool = False, limit_s: int | None = None) -> Tree:
        """Fastest ways from one point to all nodes, or with ``reverse`` from all nodes to the point.

        Raises
        ------
        GeodataError
            Not exactly one point.
        """
        _check_single("tree asks for one point", point)
        ends = self._arriving(point) if reverse else self._leaving(point)
        nodes, at = ends.node.ravel(), ends.ms.ravel()
        return Tree(*self._searches(1).tree(nodes, at, _limit_ms(limit_s), reverse=reverse))

    def path(self, origin: Snapped, target: Snapped) -> Path | None:
        """Fastest way between two single points, or None when there is none.

        Of equally fast ways the same one is returned every time, with either engine.
        """
        _check_single("path asks for one origin and one target", origin, target)
        if not (origin.ok[0] and target.ok[0]):
            return None
        net = self.network
        direct = same_edge(net, origin, target)[2]
        way = self._searches(1).way(self._leaving(origin), self._arriving(target))
        if len(direct) and (way is None or direct[0] <= way.ms):
            return direct_path(net, origin, target, int(np.ceil(direct[0] / _MS)))
        if way is None:
            return None
        return joined_path(net, origin, target, way.sides, way.rows, int(np.ceil(way.ms / _MS)))

    def _leaving(self, points: Snapped) -> Ends:
        return leaving(self.network, points)

    def _arriving(self, points: Snapped) -> Ends:
        return arriving(self.network, points)


def _check_single(what: str, *points: Snapped) -> None:
    if any(len(point) != 1 for point in points):
        raise GeodataError([Fault(what, n=1, expected="two single points" if len(points) > 1 else "one point")])


def _limit_ms(limit_s: int | None) -> float:
    return np.inf if limit_s is None else float(limit_s) * _MS

