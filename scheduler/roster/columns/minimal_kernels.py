"""The compiled part of making graphs small. Closed in itself (numba's cache)."""

from __future__ import annotations

from typing import Any

from numba import njit


@njit(cache=True, nogil=True)
def settle(
    first: Any, skip_to: Any, skip_cost: Any, take_to: Any, take_cost: Any, stands: Any, bucket: Any, follow: Any
) -> int:
    """Who stands for each node, from the end backwards; returns how many arcs are left.

    ``first`` int64 ``[n_layers + 1]`` numbers the first node of each layer and the end; ``skip_to`` and ``take_to``
    int64 ``[n]`` (-1: no such way) are overwritten with who stands there; ``stands`` int64 ``[n + 1]`` gets a node's
    own number, that of the node that stands for it, or -1 where no way leads to the end. ``bucket`` int64 ``[n + 1]``
    (-1) and ``follow`` int64 ``[n + 1]`` are space: nodes of a layer that go to the same node, one behind the other.
    """
    n_layers = len(first) - 1
    end = first[n_layers]
    stands[end] = end
    arcs = 0
    for i in range(n_layers - 1, -1, -1):
        for u in range(first[i], first[i + 1]):
            s, t = skip_to[u], take_to[u]
            if s >= 0:
                s = stands[s]
            if t >= 0:
                t = stands[t]
            skip_to[u], take_to[u] = s, t
            if s < 0 and t < 0:
                stands[u] = -1
                continue
            if t < 0 and skip_cost[u] == 0 and i > 0:
                stands[u] = s
                continue
            at = s if s >= 0 else t
            other = bucket[at]
            while other >= 0:
                same = skip_to[other] == s and take_to[other] == t
                if same and (s < 0 or skip_cost[other] == skip_cost[u]) and (t < 0 or take_cost[other] == take_cost[u]):
                    break
                other = follow[other]
            if other >= 0:
                stands[u] = other
                continue
            stands[u] = u
            follow[u] = bucket[at]
            bucket[at] = u
            arcs += (s >= 0) + (t >= 0)
        for u in range(first[i], first[i + 1]):  # nodes of an earlier layer have another role to take
            if stands[u] == u:
                bucket[skip_to[u] if skip_to[u] >= 0 else take_to[u]] = -1
    return arcs


@njit(cache=True, nogil=True)
def squeeze(first: Any, skip_to: Any, skip_cost: Any, take_to: Any, take_cost: Any, number: Any) -> int:
    """Leave the start and what it leads to, in the old order, all arrays in place; returns how many nodes are left.

    Nodes and ways are as :func:`settle` left them; ``number`` int64 ``[n + 1]`` comes as -1. ``first`` and the four
    others, int64, hold the nodes that are left (the end not counted) and their new numbers afterwards.
    """
    n_layers = len(first) - 1
    end = first[n_layers]
    number[0] = 0
    for u in range(end):  # heads lie behind their tails
        if number[u] >= 0:
            if skip_to[u] >= 0:
                number[skip_to[u]] = 0
            if take_to[u] >= 0:
                number[take_to[u]] = 0
    n = 0
    for u in range(end):
        if number[u] >= 0:
            number[u] = n
            n += 1
    number[end] = n
    begin = 0
    for i in range(n_layers):
        stop = first[i + 1]
        for u in range(begin, stop):
            v = number[u]
            if v < 0:
                continue
            s, t = skip_to[u], take_to[u]
            skip_to[v] = number[s] if s >= 0 else -1
            take_to[v] = number[t] if t >= 0 else -1
            skip_cost[v], take_cost[v] = skip_cost[u], take_cost[u]
        left = first[i]
        for u in range(begin, stop):
            left += number[u] >= 0
        begin = stop
        first[i + 1] = left
    return n


@njit(cache=True, nogil=True)
def pack(
    first: Any, skip_to: Any, skip_cost: Any, take_to: Any, take_cost: Any,
    indptr: Any, tail: Any, role: Any, cost: Any, layer: Any,
) -> int:  # fmt: skip
    """Arcs by head in the order of nodes; returns how many arcs there are.

    ``indptr`` int64 ``[n + 2]`` comes as 0 (``n`` without the end), and the others have room for all.
    """
    n_layers = len(first) - 1
    n = first[n_layers] + 1
    for i in range(n_layers):
        for u in range(first[i], first[i + 1]):
            layer[u] = i
            if skip_to[u] >= 0:
                indptr[skip_to[u] + 1] += 1
            if take_to[u] >= 0:
                indptr[take_to[u] + 1] += 1
    layer[n - 1] = n_layers
    for v in range(n):
        indptr[v + 1] += indptr[v]
    at = indptr[:n].copy()
    for i in range(n_layers):
        for u in range(first[i], first[i + 1]):
            for way in range(2):
                to = skip_to[u] if way == 0 else take_to[u]
                if to < 0:
                    continue
                a = at[to]
                at[to] += 1
                tail[a] = u
                role[a] = -1 if way == 0 else i
                cost[a] = skip_cost[u] if way == 0 else take_cost[u]
    return int(indptr[n])
