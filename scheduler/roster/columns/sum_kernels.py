"""The compiled part of running sums. Closed in itself (numba's cache)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

SETTLED = -(1 << 62)
"""A sum that can no longer make a difference."""


@njit(cache=True, nogil=True)
def _more(of: Any) -> Any:
    """The same array with twice the room."""
    wide = np.empty(2 * len(of), dtype=of.dtype)
    wide[: len(of)] = of
    return wide


@njit(cache=True, nogil=True)
def _arrive(
    value: int, coef: int, at: int, to: int, last: int, begun: int, rising: bool,
    down: int, up: int, low: int, high: int, price: int, once: bool, hard: bool,
) -> Any:  # fmt: skip
    """The sum after a role of layer ``at`` where the next choice is in layer ``to``: whether it may be, sum, cost."""
    if value == SETTLED or at > last:
        return True, SETTLED, 0
    value += coef
    if to > last:
        amount = max(0, low - value, value - high)
        if hard:
            return amount == 0, SETTLED, 0
        return True, SETTLED, (min(amount, 1) if once else amount) * price
    if to <= begun:
        return True, value, 0
    cost = 0
    if rising and value > high:
        if hard:
            return False, SETTLED, 0
        if once:
            return True, SETTLED, price
        cost = (value - high) * price
        value = high
    if hard and (value + down > high or value + up < low):
        return False, SETTLED, 0
    if value + down >= low and value + up <= high:
        value = SETTLED
    return True, value, cost


@njit(cache=True, nogil=True)
def add_sum(
    first: Any, skip_to: Any, skip_cost: Any, take_to: Any, take_cost: Any,
    coefs: Any, begun: int, last: int, down: Any, up: Any,
    low: int, high: int, price: int, once: bool, hard: bool, most: int,
) -> Any:  # fmt: skip
    """Every node once for each value that a running sum may have there; see ``minimal.Choices`` for the arrays.

    ``coefs``, ``down`` and ``up`` int64 ``[n_layers + 1]``: what each layer's role adds, and what roles from a layer on
    can take away and add in all; ``begun`` and ``last`` are the layers of the sum's first and last role. Returns the
    five arrays of the graph with the sum, the first of them empty where it has more than ``most`` nodes.
    """
    n_layers = len(first) - 1
    n_old = first[n_layers]
    layer_of = np.empty(n_old + 1, dtype=np.int64)
    for i in range(n_layers):
        layer_of[first[i] : first[i + 1]] = i
    layer_of[n_old] = n_layers
    rising = down[0] == 0
    # ways that wait for their head's states: tail, way and sum, in lists by head; used ones are taken again
    waiting = np.full(n_old + 1, -1, dtype=np.int64)
    behind, tail = np.empty(1024, dtype=np.int64), np.empty(1024, dtype=np.int64)
    sums = np.empty(1024, dtype=np.int64)
    spare = -1
    n_edges = 0
    size = 1024
    to = np.full((2, size), -1, dtype=np.int64)
    cost = np.zeros((2, size), dtype=np.int64)
    first_new = np.zeros(n_layers + 1, dtype=np.int64)
    values, owners = np.empty(1024, dtype=np.int64), np.empty(1024, dtype=np.int64)
    nothing = np.zeros(0, dtype=np.int64)
    n = 0
    layer = 0
    for v in range(n_old + 1):
        while layer < layer_of[v]:
            layer += 1
            first_new[layer] = n
        count = 0
        if v == 0:
            values[0], owners[0] = (0 if begun <= last else SETTLED), -1
            count = 1
        e = waiting[v]
        while e >= 0:
            if count == len(values):
                values, owners = _more(values), _more(owners)
            values[count], owners[count] = sums[e], tail[e]
            count += 1
            after = behind[e]
            behind[e] = spare
            spare = e
            e = after
        if v == n_old:
            for k in range(count):
                to[owners[k] & 1, owners[k] >> 1] = n
            break
        order = np.argsort(values[:count])
        for j in range(count):
            k = order[j]
            if j == 0 or values[k] != values[order[j - 1]]:
                if n >= most:
                    return nothing, nothing, nothing, nothing, nothing
                if n == size:
                    wide_to = np.full((2, 2 * size), -1, dtype=np.int64)
                    wide_cost = np.zeros((2, 2 * size), dtype=np.int64)
                    wide_to[:, :size] = to
                    wide_cost[:, :size] = cost
                    to, cost, size = wide_to, wide_cost, 2 * size
                for way in range(2):
                    head = skip_to[v] if way == 0 else take_to[v]
                    if head < 0:
                        continue
                    there = layer_of[head]
                    fine, value, paid = _arrive(
                        values[k], coefs[layer] if way == 1 else 0, layer, there, last, begun, rising,
                        down[there], up[there], low, high, price, once, hard,
                    )  # fmt: skip
                    if not fine:
                        continue
                    cost[way, n] = paid + (skip_cost[v] if way == 0 else take_cost[v])
                    if spare >= 0:
                        e = spare
                        spare = behind[e]
                    else:
                        if n_edges == len(tail):
                            behind, tail, sums = _more(behind), _more(tail), _more(sums)
                        e = n_edges
                        n_edges += 1
                    behind[e] = waiting[head]
                    waiting[head] = e
                    tail[e] = 2 * n + way
                    sums[e] = value
                n += 1
            if owners[k] >= 0:
                to[owners[k] & 1, owners[k] >> 1] = n - 1
    first_new[n_layers] = n
    return first_new, to[0, :n].copy(), cost[0, :n].copy(), to[1, :n].copy(), cost[1, :n].copy()
