"""Who covers what: response standards over travel times, and the roads reached from posts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geodata.network import NO_WAY, Snapped
from geodata.router import Router, cut_edge, edge_share
from geodata.travel import Bool, Float64, Int32, TravelTimes


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
    from_m, to_m : float64 [k]
        The part, in metres from the edge's start.
    lines : tuple of float64 [j, 2]
        The parts drawn, in metres of the network's CRS.
    """

    edge: Int32
    from_m: Float64
    to_m: Float64
    lines: tuple[Float64, ...]


def reachable_edges(router: Router, posts: Snapped, limit_s: int) -> Reach:
    """Every part of a road that the nearest post reaches within ``limit_s``.

    The part is exact: an edge that is entered with time left for half of it is returned by half, from either end where
    its directions allow, and the edges the posts stand on are reached from the posts themselves.
    """
    net = router.network
    left_ms = limit_s * 1000.0 - router.nodes_ms(posts, limit_s=limit_s)
    rows = np.flatnonzero(~net.closed)
    ahead = _share_driven(left_ms[net.edge_u[rows]], net.ahead_ms[rows])
    back = _share_driven(left_ms[net.edge_v[rows]], net.back_ms[rows])
    spans: dict[int, list[tuple[float, float]]] = {}
    for edge, a, b in zip(rows.tolist(), ahead.tolist(), back.tolist(), strict=True):
        if a > 0:
            spans.setdefault(edge, []).append((0.0, a))
        if b > 0:
            spans.setdefault(edge, []).append((1.0 - b, 1.0))
    share = edge_share(net, posts)
    for k in np.flatnonzero(posts.ok & ~net.closed[np.where(posts.ok, posts.edge, 0)]):
        edge, at = int(posts.edge[k]), float(share[k])
        on = _share_driven(np.array([limit_s * 1000.0]), net.ahead_ms[[edge]])[0]
        off = _share_driven(np.array([limit_s * 1000.0]), net.back_ms[[edge]])[0]
        spans.setdefault(edge, []).append((max(0.0, at - off), min(1.0, at + on)))
    parts = [(edge, low, high) for edge in sorted(spans) for low, high in _union(spans[edge])]
    length = net.edge_length_m
    return Reach(
        np.array([p[0] for p in parts], dtype=np.int32),
        np.array([p[1] * length[p[0]] for p in parts]),
        np.array([p[2] * length[p[0]] for p in parts]),
        tuple(
            cut_edge(net, e, low * float(length[e]), high * float(length[e]))
            for e, low, high in parts
        ),
    )


def _share_driven(left_ms: Float64, edge_ms: Int32) -> Float64:
    """Share of an edge that fits into the time left, 0 where there is none or the direction is not allowed."""
    share = np.where(edge_ms == NO_WAY, 0.0, np.clip(left_ms, 0.0, None) / np.maximum(edge_ms, 1))
    driven: Float64 = np.where(np.isfinite(left_ms), np.clip(share, 0.0, 1.0), 0.0)
    return driven


def _union(spans: list[tuple[float, float]]) -> list[tuple[float, float]]:
    merged: list[tuple[float, float]] = []
    for low, high in sorted(spans):
        if merged and low <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return merged
