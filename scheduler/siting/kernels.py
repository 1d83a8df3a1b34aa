"""The compiled parts: prices of columns, exchanges, covers by few columns. Closed in itself (numba's cache).

A *table* is sparse: column ``c`` reaches ``site[indptr[c]:indptr[c + 1]]`` at ``cost`` below what the site costs
when nobody reaches it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def worth(indptr: Any, site: Any, cost: Any, price: Any, scale: int, out: Any) -> None:
    """``out[c] = sum of min(0, scale * cost - price)`` over the column's sites."""
    for c in range(len(indptr) - 1):
        total = price[0] * 0
        for a in range(indptr[c], indptr[c + 1]):
            d = scale * cost[a] - price[site[a]]
            if d < 0:
                total += d
        out[c] = total


@njit(cache=True, nogil=True)
def taken(indptr: Any, site: Any, cost: Any, price: Any, picked: Any, out: Any) -> None:
    """``out[s] =`` how many of the picked columns reach the site below its price."""
    out[:] = 0
    for c in picked:
        for a in range(indptr[c], indptr[c + 1]):
            if cost[a] < price[site[a]]:
                out[site[a]] += 1


@njit(cache=True, nogil=True)
def nearest_two(
    indptr: Any, site: Any, cost: Any, bare: Any, chosen: Any, first: Any, second: Any, at: Any
) -> None:
    """Least and second least cost of each site, and which of the chosen gives the least (-1: none)."""
    first[:] = bare
    second[:] = bare
    at[:] = -1
    for i in range(len(chosen)):
        c = chosen[i]
        for a in range(indptr[c], indptr[c + 1]):
            s, d = site[a], cost[a]
            if d < first[s]:
                second[s] = first[s]
                first[s] = d
                at[s] = i
            elif d < second[s]:
                second[s] = d


@njit(cache=True, nogil=True)
def best_exchange(
    indptr: Any, site: Any, cost: Any, is_chosen: Any, first: Any, second: Any, at: Any, n_chosen: int
) -> Any:
    """The exchange of one chosen column for another that saves most (Resende and Werneck 2004).

    Returns ``(change, column in, place of the column out)``; the change is 0 where nothing helps.
    """
    loss = np.zeros(n_chosen, dtype=np.int64)
    for s in range(len(first)):
        if at[s] >= 0:
            loss[at[s]] += second[s] - first[s]
    extra = np.zeros(n_chosen, dtype=np.int64)
    least, column, place = 0, -1, -1
    for c in range(len(indptr) - 1):
        if is_chosen[c]:
            continue
        gain = 0
        extra[:] = 0
        for a in range(indptr[c], indptr[c + 1]):
            s, d = site[a], cost[a]
            if d < first[s]:
                gain += first[s] - d
            if d < second[s] and at[s] >= 0:
                extra[at[s]] += second[s] - max(first[s], d)
        for i in range(n_chosen):
            change = loss[i] - gain - extra[i]
            if change < least:
                least, column, place = change, c, i
    return least, column, place


@njit(cache=True, nogil=True)
def best_added(indptr: Any, site: Any, cost: Any, first: Any) -> Any:
    """``(gain, column)`` of the column that saves most when added."""
    most, column = 0, -1
    for c in range(len(indptr) - 1):
        gain = 0
        for a in range(indptr[c], indptr[c + 1]):
            if cost[a] < first[site[a]]:
                gain += first[site[a]] - cost[a]
        if gain > most:
            most, column = gain, c
    return most, column
