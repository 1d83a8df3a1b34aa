"""What a closure does to travel: who is delayed and by how much, who is cut off, and which closed road is to blame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from geodata.errors import Faults
from geodata.network import NO_WAY, RoadNetwork, Snapped
from geodata.router import Router
from geodata.travel import Bool, Float64, Int32, Int64, TravelTimes

_AT_END_M = 0.01


@dataclass(frozen=True)
class Delay:
    """One pair that a closure slows down.

    Attributes
    ----------
    origin, target : int
        Rows of the question.
    before_s, after_s : int
    edges : tuple of int
        The closed edges that lay on a fastest way of this pair.
    """

    origin: int
    target: int
    before_s: int
    after_s: int
    edges: tuple[int, ...]

    @property
    def delay_s(self) -> int:
        """Seconds lost."""
        return self.after_s - self.before_s


@dataclass(frozen=True, eq=False)
class ClosureEffects:
    """Travel before and after a closure, pair by pair.

    Attributes
    ----------
    before, after : TravelTimes
        ``[n, m]``, both in whole seconds rounded up.
    edges : int64 [c]
        Rows of the edges that are closed now and were open before.
    """

    before: TravelTimes
    after: TravelTimes
    edges: Int64
    _network: RoadNetwork
    _before_ms: Float64
    _arcs: _Arcs

    @cached_property
    def cut_off(self) -> Bool:
        """Pairs with a way before and none after, bool ``[n, m]``."""
        return np.asarray(self.before.reachable & ~self.after.reachable)

    @cached_property
    def delay_s(self) -> Int32:
        """Seconds lost, int32 ``[n, m]``; 0 where nothing is lost or there is no way to compare (see ``cut_off``)."""
        both = self.before.reachable & self.after.reachable
        return np.where(both, self.after.seconds - self.before.seconds, 0).astype(np.int32)

    @property
    def delayed(self) -> Bool:
        """Pairs that take longer now, bool ``[n, m]``; those cut off are not among them."""
        return np.asarray(self.delay_s > 0)

    @property
    def origins_cut_off(self) -> Int64:
        """Origins that reached a target before and reach none now."""
        return np.flatnonzero(self.before.reachable.any(axis=1) & ~self.after.reachable.any(axis=1))

    @property
    def targets_cut_off(self) -> Int64:
        """Targets that some origin reached before and none reaches now: sites cut off from every post."""
        return np.flatnonzero(self.before.reachable.any(axis=0) & ~self.after.reachable.any(axis=0))

    def nearest(self) -> tuple[TravelTimes, TravelTimes]:
        """Times from the nearest origin to each target before and after, each ``[1, m]``."""
        return _nearest(self.before), _nearest(self.after)

    def blame(self, origin: int, target: int) -> Int64:
        """Closed edges that lay on some fastest way of a pair; empty when none did or there was no way."""
        at = np.ix_([origin], [target])
        hit = [self._arcs.on_way(k, self._before_ms, at)[0, 0] for k in range(len(self._arcs.edge))]
        return np.unique(self._arcs.edge[np.array(hit, dtype=bool)]).astype(np.int64)

    def blamed(self, edge: int) -> Bool:
        """Pairs with ``edge`` on some fastest way before, bool ``[n, m]``, delayed or not."""
        found = np.zeros(self._before_ms.shape, dtype=bool)
        for k in np.flatnonzero(self._arcs.edge == edge):
            found |= self._arcs.on_way(int(k), self._before_ms, ...)
        return found

    def by_edge(self) -> tuple[tuple[int, int, int, int], ...]:
        """Closed edges that hurt, worst first: edge, pairs cut off, pairs delayed, seconds these lose in sum.

        A pair with two closed edges on its way counts for both.
        """
        rows = []
        for edge in np.unique(self._arcs.edge).tolist():
            pairs = self.blamed(edge)
            cut, late = int((pairs & self.cut_off).sum()), int((pairs & self.delayed).sum())
            if cut or late:
                rows.append((edge, cut, late, int(self.delay_s[pairs].sum(dtype=np.int64))))
        return tuple(sorted(rows, key=lambda row: (-row[1], -row[3], row[0])))

    def worst(self, n: int = 10) -> tuple[Delay, ...]:
        """Return the ``n`` pairs that lose most, most first; equal ones by rising origin, then target."""
        rows, columns = np.nonzero(self.delayed)
        lost_s = self.delay_s[rows, columns]
        order = np.lexsort((columns, rows, -lost_s))[:n]
        return tuple(
            Delay(
                i, j, int(self.before.seconds[i, j]), int(self.after.seconds[i, j]),
                tuple(self.blame(i, j).tolist()),
            )
            for i, j in zip(rows[order].tolist(), columns[order].tolist(), strict=True)
        )  # fmt: skip

    def sentences(
        self,
        origins: Sequence[str] | None = None,
        targets: Sequence[str] | None = None,
        *,
        n_worst: int = 3,
    ) -> tuple[str, ...]:
        """Say it in words, with the caller's names for origins and targets."""
        n, m = self.before.seconds.shape
        from_ = [(origins[i] if origins else "") or f"origin {i}" for i in range(n)]
        to = [(targets[j] if targets else "") or f"target {j}" for j in range(m)]
        cut, late = int(self.cut_off.sum()), int(self.delayed.sum())
        had = _count(int(self.before.reachable.sum()), "pair")
        shut = _count(len(self.edges), "edge")
        said = [f"{shut} closed: of {had} with a way {cut} have none any more, {late} take longer."]
        for rows, names, kind in (
            (self.targets_cut_off, to, "targets are cut off from every origin"),
            (self.origins_cut_off, from_, "origins reach no target any more"),
        ):
            if len(rows):
                said.append(f"{len(rows)} of {len(names)} {kind}: {_listed(rows, names)}.")
        for pair in self.worst(n_worst):
            streets = _streets(self._network, pair.edges)
            said.append(
                f"{from_[pair.origin]} to {to[pair.target]}: {pair.before_s} s before, {pair.after_s} s now"
                + (f", since {streets} is closed." if streets else ".")
            )
        return tuple(said)


def closure_effects(
    router: Router,
    closed: Router | npt.ArrayLike,
    origins: Snapped,
    targets: Snapped,
) -> ClosureEffects:
    """Compare travel before and after roads are closed, exactly, for every pair.

    Parameters
    ----------
    router
        Travel before.
    closed
        Edge rows to close, or the router of a network that has them closed already (and possibly other speeds).
    origins, targets
        ``n`` and ``m`` points laid onto ``router``'s network *before* the closure. A point within a closed edge
        can no longer leave or be reached.

    Returns
    -------
    ClosureEffects

    Raises
    ------
    GeodataError
        Edges that are not in the network; a router over another network, or one in which closed roads are open again.

    Notes
    -----
    Costs two tables of ``n x m`` and two thin ones, ``n x 2c`` and ``2c x m`` for ``c`` closed edges. Edge ``u -> v``
    of time ``w`` lay on a fastest way from s to t if and only if ``D(s,u) + w + D(v,t) = D(s,t)``, in whole
    milliseconds; what lies within an edge has only ways over that edge.
    """
    net = router.network
    after = closed if isinstance(closed, Router) else router.with_closures(closed)
    _check_alike(net, after.network)
    edges = np.flatnonzero(after.network.closed & ~net.closed)
    before_ms = router.matrix_ms(origins, targets)
    return ClosureEffects(
        _times(before_ms),
        after.matrix(origins, targets),
        edges,
        net,
        before_ms,
        _arcs_of(router, edges, origins, targets),
    )


@dataclass(frozen=True, eq=False)
class _Arcs:
    """Closed arcs with their share of the ways: from the origins to the tail, from the head to the targets.

    ``tail``, ``head`` are rows of thin tables; the last entries, with tail -1, stand for edges that carry points.
    """

    edge: Int64
    w_ms: Float64
    tail: Int64
    head: Int64
    to_node_ms: Float64
    from_node_ms: Float64
    starts_on: Int64
    ends_on: Int64

    def on_way(self, k: int, before_ms: Float64, at: Any) -> Bool:
        """Whether closed arc ``k`` lay on a fastest way, for the pairs picked by ``at``."""
        if self.tail[k] < 0:
            on = (self.starts_on == self.edge[k])[:, None] | (self.ends_on == self.edge[k])[None, :]
            return np.asarray((on & np.isfinite(before_ms))[at])
        through = (self.to_node_ms[:, self.tail[k]][:, None] + self.w_ms[k]) + self.from_node_ms[
            self.head[k]
        ][None, :]
        return np.asarray((np.isfinite(before_ms) & (through == before_ms))[at])


def _arcs_of(router: Router, edges: Int64, origins: Snapped, targets: Snapped) -> _Arcs:
    net = router.network
    road = edges[net.edge_u[edges] != net.edge_v[edges]]
    ahead, back = road[net.ahead_ms[road] != NO_WAY], road[net.back_ms[road] != NO_WAY]
    tails = np.concatenate([net.edge_u[ahead], net.edge_v[back]]).astype(np.int64)
    heads = np.concatenate([net.edge_v[ahead], net.edge_u[back]]).astype(np.int64)
    nodes, place = np.unique(np.concatenate([tails, heads]), return_inverse=True)
    points = at_nodes(net, nodes)
    starts, ends = _inner_edge(net, origins), _inner_edge(net, targets)
    carrying = np.intersect1d(np.concatenate([starts, ends]), edges)
    return _Arcs(
        np.concatenate([ahead, back, carrying]).astype(np.int64),
        np.concatenate([net.ahead_ms[ahead], net.back_ms[back], np.zeros(len(carrying))]).astype(
            np.float64
        ),
        np.concatenate([place[: len(tails)], np.full(len(carrying), -1)]).astype(np.int64),
        np.concatenate([place[len(tails) :], np.full(len(carrying), -1)]).astype(np.int64),
        router.matrix_ms(origins, points),
        router.matrix_ms(points, targets),
        starts,
        ends,
    )


def at_nodes(net: RoadNetwork, nodes: npt.ArrayLike) -> Snapped:
    """Junctions as points laid onto the network, so that travel questions can be asked about them.

    Parameters
    ----------
    nodes
        Node rows, each at the end of some open edge.

    Returns
    -------
    Snapped
        On the longest open edge of each node, at its end; ``ok`` false for a node that has none.
    """
    wanted = np.asarray(nodes, dtype=np.int64)
    rank = np.full(net.n_nodes, -1, dtype=np.int64)
    rank[wanted] = np.arange(len(wanted))
    near = np.flatnonzero(~net.closed & ((rank[net.edge_u] >= 0) | (rank[net.edge_v] >= 0)))
    node = np.concatenate([net.edge_u[near], net.edge_v[near]])
    edge = np.concatenate([near, near])
    along = np.concatenate([np.zeros(len(near)), net.edge_length_m[near]])
    kept = np.flatnonzero(rank[node] >= 0)
    kept = kept[np.lexsort([edge[kept], -net.edge_length_m[edge[kept]], node[kept]])]
    first = kept[np.unique(node[kept], return_index=True)[1]]
    choice = np.full(net.n_nodes, -1, dtype=np.int64)
    choice[node[first]] = first
    at = choice[wanted]
    ok = at >= 0
    return Snapped(
        np.where(ok, edge[at] if len(edge) else -1, -1).astype(np.int32),
        np.where(ok, along[at] if len(edge) else 0.0, 0.0),
        np.where(ok, 0.0, np.inf),
        net.node_xy[wanted],
        ok,
    )


def _inner_edge(net: RoadNetwork, points: Snapped) -> Int64:
    """Edge that each point lies on, -1 for points at a junction or off the network."""
    length = net.edge_length_m[np.where(points.ok, points.edge, 0)]
    inner = points.ok & (points.along_m > _AT_END_M) & (length - points.along_m > _AT_END_M)
    return np.asarray(np.where(inner, points.edge, -1), dtype=np.int64)


def _check_alike(before: RoadNetwork, after: RoadNetwork) -> None:
    faults = Faults()
    alike = before.n_edges == after.n_edges and np.array_equal(before.edge_u, after.edge_u)
    if not (alike and np.array_equal(before.edge_v, after.edge_v)):
        faults.add(
            "the two routers travel different networks",
            [f"{before.n_edges} edges", f"{after.n_edges} edges"],
            n=2,
            expected="one network, with and without closures",
            mend="Make the second from the first with with_closures.",
        )
    else:
        opened = np.flatnonzero(before.closed & ~after.closed)
        if len(opened):
            faults.add(
                "edges that were closed before are open after",
                opened.tolist(),
                expected="closures only added",
                mend="Ask the other way round.",
            )
    faults.raise_any()


def _times(ms: Float64) -> TravelTimes:
    reachable = np.isfinite(ms)
    seconds = np.full(ms.shape, -1, dtype=np.int32)
    seconds[reachable] = np.ceil(ms[reachable] / 1000).astype(np.int32)
    return TravelTimes(seconds, reachable)


def _nearest(times: TravelTimes) -> TravelTimes:
    reachable = np.asarray(times.reachable.any(axis=0, keepdims=True))
    far = np.iinfo(np.int32).max
    best = np.where(times.reachable, times.seconds, far).min(axis=0, initial=far, keepdims=True)
    return TravelTimes(np.where(reachable, best, -1).astype(np.int32), reachable)


def _count(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n} {what}s"


def _listed(rows: Int64, names: Sequence[str]) -> str:
    more = f" and {len(rows) - 3} more" if len(rows) > 3 else ""
    return ", ".join(names[k] for k in rows[:3].tolist()) + more


def _streets(net: RoadNetwork, edges: Sequence[int]) -> str:
    """Names of the closed roads to blame, a number where a road has no name."""
    return ", ".join(dict.fromkeys(net.name_of(e) or f"edge {e}" for e in edges))
