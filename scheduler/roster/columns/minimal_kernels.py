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
def pack(
    first: Any, skip_to: Any, skip_cost: Any, take_to: Any, take_cost: Any,
    number: Any, indptr: Any, tail: Any, role: Any, cost: Any, layer: Any,
) -> int:  # fmt: skip
    """Arcs by head in the old order of nodes, which are numbered anew; returns how many nodes there are.

    Nodes and ways are as :func:`settle` left them; ``number`` int64 ``[n + 1]`` comes as -1, ``indptr`` int64
    ``[n + 2]`` as 0, and the others have room for all arcs.
    """
    n_layers = len(first) - 1
    end = first[n_layers]
    number[0] = 0
    for i in range(n_layers):
        for u in range(first[i], first[i + 1]):
            if number[u] < 0:
                continue
            if skip_to[u] >= 0:
                number[skip_to[u]] = 0
            if take_to[u] >= 0:
                number[take_to[u]] = 0
    number[end] = 0
    n = 0
    for i in range(n_layers):
        for u in range(first[i], first[i + 1]):
            if number[u] >= 0:
                number[u] = n
                layer[n] = i
                n += 1
    number[end] = n
    layer[n] = n_layers
    n += 1
    for u in range(end):
        if number[u] >= 0:
            if skip_to[u] >= 0:
                indptr[number[skip_to[u]] + 1] += 1
            if take_to[u] >= 0:
                indptr[number[take_to[u]] + 1] += 1
    for v in range(n):
        indptr[v + 1] += indptr[v]
    at = indptr[: n + 1].copy()
    for i in range(n_layers):
        for u in range(first[i], first[i + 1]):
            if number[u] < 0:
                continue
            for way in range(2):
                to = skip_to[u] if way == 0 else take_to[u]
                if to < 0:
                    continue
                a = at[number[to]]
                at[number[to]] += 1
                tail[a] = number[u]
                role[a] = -1 if way == 0 else i
                cost[a] = skip_cost[u] if way == 0 else take_cost[u]
    return n
