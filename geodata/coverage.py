"""Who covers what: response standards over travel times, and the roads reached from posts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import shapely

from geodata.network import NO_WAY, RoadNetwork, Snapped
from geodata.router import Router, cut_edge, edge_share
from geodata.travel import Bool, Float64, Int32, Int64, TravelTimes


def covers(times: TravelTimes, limit_s: int | npt.ArrayLike) -> Bool:
    """Whether each post reaches each site within the standard, bool ``[post, site]``.

    Parameters
    ----------
    times
        From every post to every site.
    limit_s
        One standard for all, or one for each site ``[site]``.
    """
    limit = np.broadcast_to(np.asarray(limit_s, dtype=np.int64), (times.seconds.shape[1],))
    hit: Bool = times.reachable & (times.seconds <= limit[None, :])
    return hit


def cover_counts(times: TravelTimes, limit_s: int | npt.ArrayLike) -> Int32:
    """How many posts cover each site, int32 ``[site]``."""
    return np.asarray(covers(times, limit_s).sum(axis=0), dtype=np.int32)


def first_and_backup(times: TravelTimes, limit_s: int | npt.ArrayLike) -> tuple[Int32, Int32]:
    """Nearest and second nearest post of each site within the standard.

    Returns
    -------
    first, backup : int32 [site]
        Post rows, -1 where there is none; the lower row wins a tie.
    """
    n_posts, n_sites = times.seconds.shape
    first, backup = np.full(n_sites, -1, dtype=np.int32), np.full(n_sites, -1, dtype=np.int32)
    if n_posts == 0:
        return first, backup
    hit = covers(times, limit_s)
    rank = np.where(hit, times.seconds.astype(np.int64), np.iinfo(np.int64).max)
    order = np.argsort(rank, axis=0, kind="stable")
    columns = np.arange(n_sites)
    for place, found in ((0, first), (1, backup)):
        if place < n_posts:
            post = order[place]
            found[:] = np.where(hit[post, columns], post, -1)
    return first, backup


@dataclass(frozen=True, eq=False)
class Reach:
    """Parts of edges that can be reached in time, for a coverage layer.

    Attributes
    ----------
    edge : int32 [k]
        Rising; an edge reached from both ends with a gap between appears twice.
    from_m, to_m : float64 [k]
        The part, in metres from the edge's start; of no length for a post that cannot leave its place.
    network : RoadNetwork
    """

    edge: Int32
    from_m: Float64
    to_m: Float64
    network: RoadNetwork

    @property
    def length_m(self) -> float:
        """Metres of road reached."""
        return float((self.to_m - self.from_m).sum())

    @cached_property
    def lines(self) -> tuple[Float64, ...]:
        """The parts drawn, each ``[j, 2]`` in metres of the network's CRS."""
        return tuple(shapely.get_coordinates(line) for line in self.geometry)

    @cached_property
    def geometry(self) -> npt.NDArray[np.object_]:
        """The parts as shapely lines in metres, object ``[k]``."""
        net = self.network
        lines = net.lines[self.edge].copy()
        short = (self.from_m > 0) | (self.to_m < net.edge_length_m[self.edge])
        for k in np.flatnonzero(short).tolist():
            part = cut_edge(net, int(self.edge[k]), float(self.from_m[k]), float(self.to_m[k]))
            lines[k] = shapely.LineString(part)
        return lines


def reachable_edges(router: Router, posts: Snapped, limit_s: int) -> Reach:
    """Every part of a road that the nearest post reaches within ``limit_s``.

    The part is exact: an edge that is entered with time left for half of it is returned by half, from either end where
    its directions allow, and the edges the posts stand on are reached from the posts themselves.
    """
    return parts_within(
        router.network, router.nodes_ms(posts, limit_s=limit_s), posts, limit_s * 1000.0
    )


def parts_within(net: RoadNetwork, nodes_ms: Float64, posts: Snapped, limit_ms: float) -> Reach:
    """Every part of a road that is reached within ``limit_ms``.

    Parameters
    ----------
    nodes_ms
        Milliseconds from the nearest post to every node, ``[n_nodes]``, infinite where not reached; they may
        reach further than the limit, so that one search serves several limits.
    posts
        The posts themselves, for the edges they stand on.
    """
    left_ms = limit_ms - nodes_ms
    touched = (left_ms > 0)[net.edge_u] | (left_ms > 0)[net.edge_v]
    rows = np.flatnonzero(touched & ~net.closed)
    ahead = _share_driven(left_ms[net.edge_u[rows]], net.ahead_ms[rows])
    back = _share_driven(left_ms[net.edge_v[rows]], net.back_ms[rows])
    own = np.flatnonzero(posts.ok & ~net.closed[np.where(posts.ok, posts.edge, 0)])
    here, at = posts.edge[own], edge_share(net, posts)[own]
    fresh = np.full(len(own), limit_ms)
    edge, low, high = _union(
        np.concatenate([rows[ahead > 0], rows[back > 0], here]),
        np.concatenate(
            [
                np.zeros(int((ahead > 0).sum())),
                1.0 - back[back > 0],
                np.maximum(0.0, at - _share_driven(fresh, net.back_ms[here])),
            ]
        ),
        np.concatenate(
            [
                ahead[ahead > 0],
                np.ones(int((back > 0).sum())),
                np.minimum(1.0, at + _share_driven(fresh, net.ahead_ms[here])),
            ]
        ),
    )
    length = net.edge_length_m[edge]
    return Reach(edge.astype(np.int32), low * length, high * length, net)


def _share_driven(left_ms: Float64, edge_ms: Int32) -> Float64:
    """Share of an edge that fits into the time left, 0 where there is none or the direction is not allowed."""
    share = np.where(edge_ms == NO_WAY, 0.0, np.clip(left_ms, 0.0, None) / np.maximum(edge_ms, 1))
    driven: Float64 = np.where(np.isfinite(left_ms), np.clip(share, 0.0, 1.0), 0.0)
    return driven


def _union(edge: Int64, low: Float64, high: Float64) -> tuple[Int64, Float64, Float64]:
    """Join spans of one edge that touch or overlap; sorted by edge, then place."""
    order = np.lexsort((low, edge))
    edge, low, high = edge[order], low[order], high[order]
    # Spans lie in 0..1, so an offset of two for each edge keeps edges apart while one running maximum serves all.
    shift = 2.0 * np.cumsum(np.diff(edge, prepend=edge[:1]) != 0)
    reach = np.maximum.accumulate(high + shift)
    first = np.ones(len(edge), dtype=bool)
    first[1:] = (low + shift)[1:] > reach[:-1]
    starts = np.flatnonzero(first)
    joined = np.maximum.reduceat(high, starts) if len(starts) else high
    return edge[starts], low[starts], joined
