"""Most weight with so many columns, by simulated annealing: one column for another, worse ones rarely and ever less.

(Kirkpatrick, Gelatt and Vecchi 1983.) An exchange costs as many steps as the two columns have pairs, so millions fit
in a few seconds where the best of all exchanges could be looked for some thousand times only. Covering tables only.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit
from scipy import sparse

from scheduler.siting.table import Ints, Median

VISITS = 30_000  # times that each pair is looked at in a whole cooling, about
CHUNKS = 200
NEAR, NEAR_PART = 60, 0.9  # overlapping columns of each that are tried in its place, and how often one of them is
HOT, COLD = 0.5, 0.01  # first and last temperature, in parts of what a post is worth


@njit(cache=True, nogil=True)
def _draw(state: Any) -> Any:
    """A number of ``[0, 1)`` (xorshift64*: Marsaglia 2003, Vigna 2016)."""
    x = state[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    state[0] = x
    return np.float64((x * np.uint64(2685821657736338717)) >> np.uint64(11)) / 9007199254740992.0


@njit(cache=True, nogil=True)
def _cool(
    indptr: Any, site: Any, weight: Any, first: Any, near: Any, chosen: Any, inside: Any, times: Any,
    best: Any, values: Any, n_moves: int, hot: float, cold: float, state: Any,
) -> None:  # fmt: skip
    """``n_moves`` exchanges from temperature ``hot`` to ``cold``; ``values`` is the weight now and the best weight."""
    n_chosen, n = len(chosen), len(inside)
    now, most = values[0], values[1]
    fall = (cold / hot) ** (1.0 / n_moves)
    for _ in range(n_moves):
        hot *= fall
        place = int(_draw(state) * n_chosen)
        old = chosen[place]
        n_near = first[old + 1] - first[old]
        if n_near > 0 and _draw(state) < NEAR_PART:
            new = near[first[old] + int(_draw(state) * n_near)]
        else:
            new = int(_draw(state) * n)
        if inside[new]:
            continue
        change = 0
        for a in range(indptr[old], indptr[old + 1]):
            s = site[a]
            times[s] -= 1
            if times[s] == 0:
                change -= weight[s]
        for a in range(indptr[new], indptr[new + 1]):
            s = site[a]
            if times[s] == 0:
                change += weight[s]
            times[s] += 1
        if change >= 0 or _draw(state) < np.exp(change / hot):
            now += change
            inside[old], inside[new], chosen[place] = False, True, new
            if now > most:
                most = now
                best[:] = chosen
        else:
            for a in range(indptr[new], indptr[new + 1]):
                times[site[a]] -= 1
            for a in range(indptr[old], indptr[old + 1]):
                times[site[a]] += 1
    values[0], values[1] = now, most


def anneal(
    table: Median,
    chosen: Ints,
    worth: float,
    *,
    seed: int,
    seconds: float | None,
    keep_on: Callable[[int], bool],
    visits: int | None = None,
) -> Ints:
    """The best choice of columns met while cooling down, begun with ``chosen``.

    Parameters
    ----------
    worth
        What one more post is worth; sets the temperatures.
    seconds
        Wall seconds for it; the cooling is made as long as fits in them. None: as long as ``visits`` says.
    visits
        Pairs to look at in all; None: ``VISITS`` for each pair.
    keep_on
        Told how many pairs were looked at, after each of many parts; ends the cooling early when it says False.
    """
    if not 0 < len(chosen) < table.n or not table.n_pairs:
        return chosen
    now, best = chosen.copy(), chosen.copy()
    inside = np.zeros(table.n, dtype=np.bool_)
    inside[now] = True
    times = np.zeros(len(table.bare), dtype=np.int64)
    for c in now:
        times[table.site[table.indptr[c] : table.indptr[c + 1]]] += 1
    values = np.full(2, table.bare[times > 0].sum(), dtype=np.int64)
    a_move = max(1, 4 * table.n_pairs // table.n)
    n_moves = max(1, (VISITS * table.n_pairs if visits is None else visits) // a_move // CHUNKS)
    first, near = _overlaps(table)
    state = np.array([2 * seed + 88172645463325252], dtype=np.uint64)
    begun = time.monotonic()
    hot, fall = HOT * max(1.0, worth), (COLD / HOT) ** (1 / CHUNKS)
    for chunk in range(CHUNKS):
        _cool(
            table.indptr, table.site, table.bare, first, near, now, inside, times, best, values, n_moves,
            hot, hot * fall, state,
        )  # fmt: skip
        hot *= fall
        if not keep_on(n_moves * a_move):
            break
        if seconds is not None:  # shorter parts from now on, where the time left asks for it
            gone = time.monotonic() - begun
            pace = gone / (chunk + 1)
            left = max(0.0, seconds - gone) / (CHUNKS - chunk)
            n_moves = max(1, min(n_moves, int(n_moves * left / max(pace, 1e-9))))
    return np.sort(best)


def _overlaps(table: Median) -> tuple[Ints, Ints]:
    """For each column the columns that share most with it, as sparse rows."""
    weight = np.sqrt(table.bare[table.site].astype(np.float64))
    reaches = sparse.csr_array((weight, table.site, table.indptr), shape=(table.n, len(table.bare)))
    shared = (reaches @ reaches.T).tocsr()
    row = np.repeat(np.arange(table.n), np.diff(shared.indptr))
    order = np.lexsort((shared.indices, -np.round(shared.data, 6), row))
    order = order[shared.indices[order] != row[order]]
    row = row[order]
    rank = np.arange(len(row)) - np.searchsorted(row, row)
    order, row = order[rank < NEAR], row[rank < NEAR]
    first = np.zeros(table.n + 1, dtype=np.int64)
    np.cumsum(np.bincount(row, minlength=table.n), out=first[1:])
    return first, shared.indices[order].astype(np.int64)
