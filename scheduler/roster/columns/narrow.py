"""Graphs without the ways that leave out a duty which is fixed: a dive soon searches small ones. Closed in itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
from numba import njit

from scheduler.roster.columns.graph import Graph


@njit(cache=True, nogil=True)
def _alive(indptr: Any, tail: Any, role: Any, layer: Any, before: Any, alive: Any) -> int:
    """Nodes on a way from start to end that takes every role it must (bit 2); returns how many arcs lie between.

    ``before`` int64 ``[n_roles + 2]`` counts the roles that must be taken before each layer.
    """
    n = len(indptr) - 1
    alive[0] = 1
    for v in range(1, n):
        for a in range(indptr[v], indptr[v + 1]):
            u = tail[a]
            if alive[u] and before[layer[v]] - before[layer[u] + (role[a] >= 0)] == 0:
                alive[v] = 1
                break
    count = 0
    if alive[n - 1]:
        alive[n - 1] = 2
    for v in range(n - 1, 0, -1):
        if alive[v] != 2:
            continue
        for a in range(indptr[v], indptr[v + 1]):
            u = tail[a]
            if alive[u] and before[layer[v]] - before[layer[u] + (role[a] >= 0)] == 0:
                alive[u] = 2
                count += 1
    return count


@njit(cache=True, nogil=True)
def _copy(
    indptr: Any, tail: Any, role: Any, cost: Any, layer: Any, before: Any, alive: Any,
    number: Any, indptr_out: Any, tail_out: Any, role_out: Any, cost_out: Any,
) -> None:  # fmt: skip
    """Nodes and arcs that are left, numbered anew in the same order."""
    v_out = 0
    a_out = 0
    for v in range(len(indptr) - 1):
        if alive[v] != 2:
            continue
        number[v] = v_out
        for a in range(indptr[v], indptr[v + 1]):
            u = tail[a]
            if alive[u] == 2 and before[layer[v]] - before[layer[u] + (role[a] >= 0)] == 0:
                tail_out[a_out] = number[u]
                role_out[a_out] = role[a]
                cost_out[a_out] = cost[a]
                a_out += 1
        v_out += 1
        indptr_out[v_out] = a_out


def narrow(graph: Graph, roles: Iterable[int]) -> Graph | None:
    """The graph with only those ways that take all of ``roles``; None where there is none."""
    n = len(graph.indptr) - 1
    layer = graph.layer
    before = np.zeros(len(graph.roles) + 2, dtype=np.int64)
    before[np.array(list(roles), dtype=np.int64) + 1] = 1
    before = np.cumsum(before)
    alive = np.zeros(n, dtype=np.uint8)
    n_arcs = _alive(graph.indptr, graph.tail, graph.role, layer, before, alive)
    left = int((alive == 2).sum())
    if alive[n - 1] != 2:
        return None
    indptr = np.zeros(left + 1, dtype=np.int64)
    tail, role = np.empty(n_arcs, dtype=np.int32), np.empty(n_arcs, dtype=np.int32)
    cost = np.empty(n_arcs, dtype=graph.cost.dtype)
    number = np.empty(n, dtype=np.int32)
    _copy(
        graph.indptr, graph.tail, graph.role, graph.cost, layer, before, alive, number, indptr, tail, role, cost
    )
    return replace(graph, indptr=indptr, tail=tail, role=role, cost=cost, layer=layer[alive == 2])
