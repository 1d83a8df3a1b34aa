"""The compiled part of the bound: every person's cheapest tour under prices, in whole numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def reduced(
    cost: Any, d_ptr: Any, d_row: Any, d_coef: Any, c_ptr: Any, c_index: Any, by_row: Any, by_counter: Any, out: Any
) -> None:
    """What each duty costs under prices of rows (direct) and counters, int64 ``[n_x]``."""
    for i in range(len(cost)):
        price = cost[i]
        for k in range(d_ptr[i], d_ptr[i + 1]):
            price += by_row[d_row[k]] * d_coef[k]
        for k in range(c_ptr[i], c_ptr[i + 1]):
            price += by_counter[c_index[k]]
        out[i] = price


@njit(cache=True, nogil=True)
def tours(p_first: Any, group: Any, price: Any, kind_of: Any, time_of: Any, apart: Any, many: Any, taken: Any) -> int:
    """Least sum over all people of what a tour costs: duties below 0, neighbours in time not excluding each other.

    Parameters
    ----------
    time_of
        int32 ``[n_groups]``: groups of the same report and release are one moment, numbered in order of time.
    apart
        bool ``[n_kinds, n_times, n_times]``: no duty of the one goes with any of the other.
    many
        bool ``[n_kinds, n_times]``: a person may serve more than once at this moment; all duties below 0 then count.
    taken
        int8 ``[n_x]``, filled: the duties of the tours found.
    """
    n_t = apart.shape[1]
    least = np.zeros(n_t, dtype=np.int64)
    by = np.full(n_t, -1, dtype=np.int64)
    live = np.empty(n_t, dtype=np.int64)
    value = np.empty(n_t, dtype=np.int64)
    back = np.empty(n_t, dtype=np.int64)
    total = 0
    taken[:] = 0
    for p in range(len(p_first) - 1):
        kind = kind_of[p]
        a, b = p_first[p], p_first[p + 1]
        for i in range(a, b):
            if price[i] < 0:
                t = time_of[group[i]]
                if many[kind, t]:
                    least[t] += price[i]
                    by[t] = i
                elif price[i] < least[t]:
                    least[t] = price[i]
                    by[t] = i
        n = 0
        for t in range(n_t):
            if by[t] >= 0:
                live[n] = t
                n += 1
        best, last = 0, -1
        for v in range(n):
            t = live[v]
            value[v], back[v] = 0, -1
            for u in range(v):
                if value[u] < value[v] and not apart[kind, live[u], t]:
                    value[v], back[v] = value[u], u
            value[v] += least[t]
            if value[v] < best:
                best, last = value[v], v
        total += best
        while last >= 0:
            t = live[last]
            if many[kind, t]:
                for i in range(a, b):
                    if price[i] < 0 and time_of[group[i]] == t:
                        taken[i] = 1
            else:
                taken[by[t]] = 1
            last = back[last]
        for v in range(n):
            least[live[v]] = 0
            by[live[v]] = -1
    return total


@njit(cache=True, nogil=True)
def values(taken: Any, d_ptr: Any, d_row: Any, d_coef: Any, c_ptr: Any, c_index: Any, rows: Any, counts: Any) -> None:
    """Value of every row (its direct part) and counter for the duties taken."""
    rows[:] = 0
    counts[:] = 0
    for i in range(len(taken)):
        if taken[i]:
            for k in range(d_ptr[i], d_ptr[i + 1]):
                rows[d_row[k]] += d_coef[k]
            for k in range(c_ptr[i], c_ptr[i + 1]):
                counts[c_index[k]] += 1
