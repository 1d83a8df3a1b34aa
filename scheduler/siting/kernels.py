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


@njit(cache=True, nogil=True)
def ones(word: Any) -> int:
    """How many bits of a 64-bit word are set."""
    v = word
    v = v - ((v >> np.uint64(1)) & np.uint64(0x5555555555555555))
    v = (v & np.uint64(0x3333333333333333)) + ((v >> np.uint64(2)) & np.uint64(0x3333333333333333))
    v = (v + (v >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return int((v * np.uint64(0x0101010101010101)) >> np.uint64(56))


@njit(cache=True, nogil=True)
def few_cover(covers: Any, reaches: Any, near: Any, most: int, most_steps: int, chosen: Any) -> int:
    """Whether ``most`` columns cover all rows, by branching on the row with the fewest columns left.

    Parameters
    ----------
    covers, reaches
        uint64 bits ``[n_columns, row words]`` and ``[n_rows, column words]``: which rows a column covers, and back.
    near
        uint64 bits ``[n_rows, row words]``: rows that share a column with a row.
    chosen
        int64 ``[most]``: filled with the columns found, -1 where fewer do.

    Returns
    -------
    int
        1 found, 0 there is none, -1 gave up after ``most_steps`` words looked at.
    """
    n_columns, n_words = covers.shape
    n_rows, n_col_words = reaches.shape
    one = np.uint64(1)
    left = np.zeros((most + 1, n_words), dtype=np.uint64)
    for r in range(n_rows):
        left[0, r >> 6] |= one << np.uint64(r & 63)
    free = np.zeros((most + 1, n_col_words), dtype=np.uint64)
    for c in range(n_columns):
        free[0, c >> 6] |= one << np.uint64(c & 63)
    branch = np.zeros((most + 1, n_columns), dtype=np.int64)
    n_branch, at = np.zeros(most + 1, dtype=np.int64), np.zeros(most + 1, dtype=np.int64)
    gain, picked = np.zeros(n_columns, dtype=np.int64), np.zeros(n_columns, dtype=np.bool_)
    rest = np.zeros(n_words, dtype=np.uint64)
    chosen[:] = -1
    depth, steps, fresh = 0, 0, True
    while depth >= 0:
        if fresh:  # a new node: is it done, hopeless, or what are its branches
            fresh, n_branch[depth], at[depth] = False, 0, 0
            n_left = 0
            for w in range(n_words):
                n_left += ones(left[depth, w])
            if n_left == 0:
                return 1
            if depth < most:
                steps += n_columns * n_words
                for c in range(n_columns):
                    gain[c] = 0
                    if free[depth, c >> 6] >> np.uint64(c & 63) & one:
                        for w in range(n_words):
                            gain[c] += ones(covers[c, w] & left[depth, w])
                top = -np.partition(-gain, most - depth - 1)[: most - depth].sum() if (
                    most - depth < n_columns
                ) else gain.sum()
                least, row = n_columns + 1, -1
                if top >= n_left:
                    for w in range(n_words):
                        rest[w] = left[depth, w]
                    for r in range(n_rows):
                        if left[depth, r >> 6] >> np.uint64(r & 63) & one:
                            steps += n_col_words
                            size = 0
                            for w in range(n_col_words):
                                size += ones(reaches[r, w] & free[depth, w])
                            if size < least:
                                least, row = size, r
                    # rows of which no two share a column each need a column of their own
                    n_apart = 0
                    for r in range(n_rows):
                        q = row if n_apart == 0 else r
                        if rest[q >> 6] >> np.uint64(q & 63) & one:
                            n_apart += 1
                            steps += n_words
                            for w in range(n_words):
                                rest[w] &= ~near[q, w]
                    if n_apart > most - depth:
                        least = 0
                if top >= n_left and least > 0:
                    n = 0
                    for c in range(n_columns):
                        picked[c] = False
                        if gain[c] and covers[c, row >> 6] >> np.uint64(row & 63) & one:
                            branch[depth, n] = c
                            n += 1
                    order = np.argsort(-gain[branch[depth, :n]])
                    sorted_ones = branch[depth, :n][order]
                    kept = 0
                    for i in range(n):  # a column that covers no more than another one is not tried
                        c, beaten = sorted_ones[i], False
                        for k in range(kept):
                            b, inside = branch[depth, k], True
                            steps += n_words
                            for w in range(n_words):
                                if covers[c, w] & left[depth, w] & ~covers[b, w]:
                                    inside = False
                                    break
                            if inside:
                                beaten = True
                                break
                        if not beaten:
                            branch[depth, kept] = c
                            kept += 1
                    n_branch[depth] = kept
            if steps > most_steps:
                return -1
        if at[depth] < n_branch[depth]:
            c = branch[depth, at[depth]]
            at[depth] += 1
            chosen[depth] = c
            for w in range(n_words):
                left[depth + 1, w] = left[depth, w] & ~covers[c, w]
            # whoever comes after this branch need not try its column again
            free[depth, c >> 6] &= ~(one << np.uint64(c & 63))
            for w in range(n_col_words):
                free[depth + 1, w] = free[depth, w]
            depth, fresh = depth + 1, True
        else:
            depth -= 1
            if depth >= 0:
                chosen[depth] = -1
    return 0
