"""The compiled parts: shortest path through a layered graph and reading it back. Closed in itself (numba's cache)."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
from numba import njit

FAR = 1 << 60
"""No way; sums of it are cut back at every node, so nothing overflows."""

NEAR = 1 << 59
"""Beyond this a sum has no way in it, whatever was earned on the rest."""


@njit(cache=True, nogil=True)
def shortest(
    indptr: Any, tail: Any, role: Any, cost: Any, scale: int, price: Any, dist: Any, pred: Any
) -> None:
    """Least cost from node 0 to every node.

    ``indptr`` int64 ``[n + 1]`` gives each node its arcs in; ``role`` -1 is a wait; ``price`` int64 ``[n_roles + 1]``
    ends with a 0 for it. Of equal ways the first arc is kept.
    """
    dist[0] = 0
    pred[0] = -1
    for v in range(1, len(indptr) - 1):
        best = FAR
        by = -1
        for a in range(indptr[v], indptr[v + 1]):
            d = dist[tail[a]] + cost[a] * scale + price[role[a]]
            if d < best:
                best = d
                by = a
        if best > NEAR:
            best = FAR
            by = -1
        dist[v] = best
        pred[v] = by


@njit(cache=True, nogil=True)
def to_end(
    indptr: Any, tail: Any, role: Any, cost: Any, scale: int, price: Any, back: Any
) -> None:
    """Least cost from every node to the last one."""
    n = len(indptr) - 1
    for v in range(n):
        back[v] = FAR
    back[n - 1] = 0
    for v in range(n - 1, 0, -1):
        far = back[v]
        if far > NEAR:
            continue
        for a in range(indptr[v], indptr[v + 1]):
            d = far + cost[a] * scale + price[role[a]]
            u = tail[a]
            back[u] = min(back[u], d)


@njit(cache=True, nogil=True)
def best_with(
    indptr: Any, tail: Any, role: Any, cost: Any, scale: int, price: Any, dist: Any, back: Any, with_role: Any
) -> None:
    """Least cost of a whole way that takes each role, into ``with_role`` int64 ``[n_roles + 1]``."""
    for r in range(len(with_role)):
        with_role[r] = FAR
    for v in range(1, len(indptr) - 1):
        if back[v] > NEAR:
            continue
        for a in range(indptr[v], indptr[v + 1]):
            r = role[a]
            if r >= 0 and dist[tail[a]] < FAR and price[r] < FAR:
                d = dist[tail[a]] + cost[a] * scale + price[r] + back[v]
                with_role[r] = min(with_role[r], d)


@njit(cache=True, nogil=True)
def trace(tail: Any, pred: Any, out: Any) -> int:
    """Arcs of the best way to the last node, last first; returns how many."""
    v = len(pred) - 1
    n = 0
    while v > 0:
        a = pred[v]
        if a < 0:
            return -1
        out[n] = a
        n += 1
        v = tail[a]
    return n


_own = threading.local()


def room(n_nodes: int) -> tuple[Any, Any]:
    """Space for distances and ways, one for each thread, used over and over."""
    dist = getattr(_own, "dist", None)
    if dist is None or len(dist) < n_nodes:
        _own.dist = np.empty(2 * n_nodes, dtype=np.int64)
        _own.pred = np.empty(2 * n_nodes, dtype=np.int32)
    return _own.dist[:n_nodes], _own.pred[:n_nodes]


@njit(cache=True, nogil=True)
def _charge(value: int, low: int, high: int, weight: int, once: bool) -> int:
    """What one row costs at a value."""
    off = 0
    if value < low:
        off = low - value
    elif value > high:
        off = value - high
    if once and off > 1:
        off = 1
    return off * weight


@njit(cache=True, nogil=True)
def marginal(
    indptr: Any, rows: Any, coef: Any, value: Any, low: Any, high: Any, weight: Any, once: Any, mine: Any, out: Any
) -> None:
    """What each duty of ``mine`` would change in all rows together, if it were added now."""
    for k in range(len(mine)):
        x = mine[k]
        total = 0
        for j in range(indptr[x], indptr[x + 1]):
            r = rows[j]
            before = _charge(value[r], low[r], high[r], weight[r], once[r])
            total += _charge(value[r] + coef[j], low[r], high[r], weight[r], once[r]) - before
        out[k] = total


@njit(cache=True, nogil=True)
def shift(
    indptr: Any, rows: Any, coef: Any, value: Any, low: Any, high: Any, weight: Any, once: Any, duties: Any, sign: int
) -> int:
    """Add (sign 1) or take away (-1) duties; returns the change of all rows' cost."""
    total = 0
    for k in range(len(duties)):
        x = duties[k]
        for j in range(indptr[x], indptr[x + 1]):
            r = rows[j]
            total -= _charge(value[r], low[r], high[r], weight[r], once[r])
            value[r] += sign * coef[j]
            total += _charge(value[r], low[r], high[r], weight[r], once[r])
    return total
