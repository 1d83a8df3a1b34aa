"""The compiled engine of one network: which kernel answers what, and what variants share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from geodata.network import RoadNetwork
from geodata.routing import hierarchy
from geodata.routing.compiled import announce
from geodata.routing.ends import Ends
from geodata.routing.metric import Int32, Metric, customised, links
from geodata.routing.searches import BucketSearches, Float64, along_curve
from geodata.routing.store import default_cache
from geodata.routing.topology import Topology, topology_of

INF = int(hierarchy.INF)

_WORTH_ORDERING = 64
_WORTH_TIMING = 8
_WORTH_SWEEPING = 2
_WORTH_KEEPING = 5_000
"""Smaller networks are ordered faster than they are read."""


@dataclass(eq=False)
class Shared:
    """What all variants of one network have in common."""

    cache_dir: Path | None
    topology: Topology | None = None
    curve: Int32 | None = None

    def along_curve(self, net: RoadNetwork) -> Int32:
        """Nodes in the order in which searches keep them."""
        if self.curve is None:
            self.curve = along_curve(net)
        return self.curve

    def prepared(self, net: RoadNetwork) -> Topology:
        """The topology, made or read at the first call."""
        if self.topology is None:
            where = self.cache_dir
            if where is None and net.n_nodes >= _WORTH_KEEPING:
                where = default_cache()
            self.topology = topology_of(net.n_nodes, *links(net), where)
        return self.topology


class Engine:
    """Tables and searches over one network, compiled.

    A few origins are searched one by one. Once the searches of a network have cost about what preparing it costs, it
    is prepared, so that no order of questions takes more than about twice the least possible.
    """

    def __init__(self, network: RoadNetwork, shared: Shared, base: Metric | None = None) -> None:
        self.network = network
        self.shared = shared
        self._base = base
        self._metric: Metric | None = None
        self._searched = 0

    @cached_property
    def searches(self) -> BucketSearches:
        """Bucket searches over the network's arcs."""
        announce("bucket")
        return BucketSearches(self.network, self.shared.along_curve(self.network))

    def metric(self) -> Metric:
        """Customised times, made at the first call; from the network this is a variant of where that pays."""
        if self._metric is None:
            announce("hierarchy")
            topology = self.shared.prepared(self.network)
            base = self._base
            self._metric = customised(topology, self.network) if base is None else base.repaired(self.network)
            self._base = None
        return self._metric

    def known_metric(self) -> Metric | None:
        """The metric if there is one, for variants to start from."""
        return self._metric or self._base

    def table(self, leave: Ends, arrive: Ends, *, whole_seconds: bool) -> Int32 | Float64:
        """Milliseconds (float64, infinite: no way) or seconds (int32, -1: no way) ``[n, m]``."""
        fewer = min(leave, arrive, key=lambda ends: len(ends.node))
        if self._should_sweep(fewer):
            out, some_missing = self.metric().table(leave, arrive, whole_seconds=whole_seconds)
            if some_missing and not self._is_narrow and not self._fits:
                return self._searched_table(leave, arrive, whole_seconds=whole_seconds)
            return out
        self._searched += min(fewer.n_distinct, len(fewer.node))
        return self._searched_table(leave, arrive, whole_seconds=whole_seconds)

    def _should_sweep(self, fewer: Ends) -> bool:
        if self._metric is not None:
            worth = _WORTH_SWEEPING
        elif self._base is not None or self.shared.topology is not None:
            worth = _WORTH_TIMING
        else:
            worth = _WORTH_ORDERING
        if self._metric is None:
            return len(fewer.node) + self._searched > worth
        return len(fewer.node) > worth

    def _searched_table(self, leave: Ends, arrive: Ends, *, whole_seconds: bool) -> Int32 | Float64:
        if len(arrive.node) < len(leave.node):
            out = np.ascontiguousarray(self.searches.between(arrive, leave, reverse=True).T)
        else:
            out = self.searches.between(leave, arrive)
        if not whole_seconds:
            return out
        return np.where(np.isfinite(out), np.ceil(out / 1000), -1).astype(np.int32)

    @cached_property
    def _is_narrow(self) -> bool:
        """Whether all open edges together take less than int32 lanes can hold, so that every way does."""
        net = self.network
        both = np.maximum(net.ahead_ms, net.back_ms).astype(np.int64)
        return int(both.sum()) + 2 * int(both.max(initial=0)) < INF

    @cached_property
    def _fits(self) -> bool:
        """Whether every fastest way stays below INF, by a bound: into and out of one hub, and all that lies outside.

        A way enters and leaves the main strong component at most once; outside it uses every arc at most once, and
        inside no way is longer than the one through the hub.
        """
        net, arcs = self.network, self.network.arcs
        main = net.component == 0
        hub, nothing = np.flatnonzero(main)[:1], np.zeros(1)
        inside = 0.0
        for reverse in (False, True):
            inside += float(self.searches.labels(hub, nothing, np.inf, reverse=reverse)[main].max(initial=0.0))
        tail = np.repeat(np.arange(net.n_nodes), np.diff(arcs.indptr))
        outside = int(arcs.w_ms[~(main[tail] & main[arcs.head])].astype(np.int64).sum())
        longest = int(max(net.ahead_ms.max(initial=0), net.back_ms.max(initial=0)))
        return inside + outside + 2 * longest < INF


__all__ = ["INF", "Engine", "Float64", "Shared"]
