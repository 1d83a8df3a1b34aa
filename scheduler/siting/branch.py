"""One region to its end: which columns stand there, at its prices, by branching with prices of the families as bound.

Least is ``sum_f w_f bare_f + sum_j price_j x_j`` with ``bare_f + sum of the columns of f >= 1`` over whole numbers.
With ``0 <= lam_f <= w_f`` no choice is below ``sum_f lam_f + sum_j min(0, price_j - sum of lam_f over the families of
j)`` (Geoffrion 1974); steps along averaged choices raise it (volume algorithm: Barahona and Anbil 2000), columns
that no better choice needs are fixed by it, the node of the lowest bound is split first. A node costs some sixty looks
at each pair, about a millisecond, where a linear program of the same region takes some ten.

Bounds are exact: prices are whole parts of 64, and sums of these are exact in float64 below 2**46. Compiled, closed in
itself (numba's cache).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit

from scheduler.siting.regions import Region
from scheduler.siting.table import Ints, Median

ROOT_STEPS, STEPS = 600, 30
PARTS = 64.0  # of a unit of weight, in which prices are counted
LARGEST = 2**46  # sums of weights up to which bounds are exact
MOVES = 200_000  # exchanges that look for a first choice
BYTES = 96 * 2**20  # what the open nodes of one region may take
NODES_A_LOOK = 25
ROOM, FREE, VALUE, DONE, VISITS = range(5)  # places in ``info``: open nodes, free slots, best value, nodes, pairs


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
def _flip(indptr: Any, family: Any, weight: Any, price: Any, on: Any, times: Any, j: int) -> Any:
    """Put a column in or take it out; what that costs."""
    if on[j]:
        change = -price[j]
        for a in range(indptr[j], indptr[j + 1]):
            times[family[a]] -= 1
            if times[family[a]] == 0:
                change += weight[family[a]]
    else:
        change = price[j]
        for a in range(indptr[j], indptr[j + 1]):
            if times[family[a]] == 0:
                change -= weight[family[a]]
            times[family[a]] += 1
    on[j] = 1 - on[j]
    return change


@njit(cache=True, nogil=True)
def _value(indptr: Any, family: Any, weight: Any, price: Any, on: Any, times: Any) -> Any:
    """What a choice costs; ``times`` becomes how often each family is reached."""
    times[:] = 0
    total = 0
    for j in range(len(price)):
        if on[j]:
            total += price[j]
            for a in range(indptr[j], indptr[j + 1]):
                times[family[a]] += 1
    for f in range(len(weight)):
        if times[f] == 0:
            total += weight[f]
    return total


@njit(cache=True, nogil=True)
def _cool(
    indptr: Any, family: Any, weight: Any, price: Any, on: Any, n_moves: int, hot: float, cold: float, seed: int
) -> Any:  # fmt: skip
    """Flip or exchange columns while cooling; ``on`` becomes the best choice met, its value is returned."""
    n, times = len(price), np.zeros(len(weight), dtype=np.int64)
    state = np.array([2 * seed + 88172645463325252], dtype=np.uint64)
    now = _value(indptr, family, weight, price, on, times)
    least, best = now, on.copy()
    fall = (cold / hot) ** (1.0 / n_moves)
    for _ in range(n_moves):
        hot *= fall
        j, k = int(_draw(state) * n), -1
        if _draw(state) < 0.5:
            k = int(_draw(state) * n)
            if on[j] == on[k]:
                continue
        change = _flip(indptr, family, weight, price, on, times, j)
        if k >= 0:
            change += _flip(indptr, family, weight, price, on, times, k)
        if change <= 0 or _draw(state) < np.exp(-change / hot):
            now += change
            if now < least:
                least = now
                best[:] = on
        else:
            _flip(indptr, family, weight, price, on, times, j)
            if k >= 0:
                _flip(indptr, family, weight, price, on, times, k)
    on[:] = best
    return least


@njit(cache=True, nogil=True)
def _push(heap: Any, key: Any, size: int, node: int) -> None:
    i = size
    heap[i] = node
    while i > 0:
        above = (i - 1) // 2
        if key[heap[above]] <= key[heap[i]]:
            break
        heap[above], heap[i] = heap[i], heap[above]
        i = above


@njit(cache=True, nogil=True)
def _pop(heap: Any, key: Any, size: int) -> Any:
    top, i, size = heap[0], 0, size - 1
    heap[0] = heap[size]
    while 2 * i + 1 < size:
        low = 2 * i + 1
        if low + 1 < size and key[heap[low + 1]] < key[heap[low]]:
            low += 1
        if key[heap[i]] <= key[heap[low]]:
            break
        heap[i], heap[low] = heap[low], heap[i]
        i = low
    return top


@njit(cache=True, nogil=True)
def _worth(indptr: Any, family: Any, price: Any, state: Any, lam: Any, rho: Any) -> Any:
    """``rho``: what each free column costs beyond the prices of its families; the sum of those below 0."""
    total = 0.0
    for j in range(len(price)):
        if state[j] < 0:
            r = price[j] * 1.0
            for a in range(indptr[j], indptr[j + 1]):
                r -= lam[family[a]]
            rho[j] = r
            if r < 0:
                total += r
    return total


@njit(cache=True, nogil=True)
def _raise(
    indptr: Any, family: Any, price: Any, state: Any, left: Any, lam: Any, mean: Any, paid: float, upper: float,
    tol: float, steps: int, patience: int, last_step: float,
) -> Any:  # fmt: skip
    """Raise the bound of a node by steps of its prices ``lam`` (in place: the best); ``mean`` is the averaged choice.

    ``left`` is what each family still costs when bare, ``paid`` what the columns put in cost. Returns the steps made.
    """
    n, n_families = len(price), len(left)
    rho, turn, best_lam = np.zeros(n), np.empty(n_families), lam.copy()
    theta, stale, best, made = 0.3, 0, -np.inf, 0
    mean[:] = -1.0
    for _ in range(steps):
        made += 1
        now = paid + lam.sum() + _worth(indptr, family, price, state, lam, rho)
        stale = stale + 1 if now < best + 0.0005 * (upper - best) else 0
        if now > best:
            best = now
            best_lam[:] = lam
        if best >= upper - tol:
            break
        if stale >= patience:
            theta, stale = theta / 2, 0
            lam[:] = best_lam
            if theta < last_step:
                break
            continue
        for f in range(n_families):
            turn[f] = 1.0
        for j in range(n):
            if state[j] < 0:
                x = 1.0 if rho[j] < 0 else 0.0
                mean[j] = x if mean[j] < 0 else 0.8 * mean[j] + 0.2 * x
                if mean[j] > 1e-3:
                    for a in range(indptr[j], indptr[j + 1]):
                        turn[family[a]] -= mean[j]
        norm = 0.0
        for f in range(n_families):
            if left[f] <= 0 or (turn[f] > 0 and lam[f] >= left[f]) or (turn[f] < 0 and lam[f] <= 0):
                turn[f] = 0.0
            norm += turn[f] * turn[f]
        if norm < 1e-9:
            break
        step = theta * (upper + 4 * tol - now) / norm  # beyond the aim, so that steps do not fade out before it
        for f in range(n_families):
            lam[f] = min(max(lam[f] + step * turn[f], 0.0), left[f])
    lam[:] = best_lam
    return made


@njit(cache=True, nogil=True)
def _branch(
    indptr: Any, family: Any, state: Any, left: Any, rho: Any, mean: Any, now: float, aim: float
) -> Any:
    """Fix what no choice below ``aim`` needs otherwise, and name the column to split by; -1 where none is left."""
    found, most = -1, -1.0
    for j in range(len(state)):
        if state[j] >= 0:
            continue
        if now + abs(rho[j]) >= aim:
            state[j] = 0 if rho[j] > 0 else 1
            continue
        size = 0.0
        for a in range(indptr[j], indptr[j + 1]):
            size += left[family[a]]
        x = max(0.0, mean[j])
        size *= min(x, 1 - x) + 1e-3 - 1e-4 * abs(rho[j]) / max(1.0, aim - now)
        if found < 0 or size > most:
            found, most = j, size
    return found


@njit(cache=True, nogil=True)
def _search(
    indptr: Any, family: Any, weight: Any, price: Any, tol: float, on: Any, states: Any, lams: Any, key: Any,
    heap: Any, slots: Any, info: Any, n_nodes: int, root_steps: int, steps: int,
) -> None:  # fmt: skip
    """Look at ``n_nodes`` more nodes; ends sooner when none is open or there is no room for two more."""
    n, n_families = len(price), len(weight)
    left, lam, mean, rho = np.empty(n_families), np.empty(n_families), np.empty(n), np.zeros(n)
    its, tried, times = np.empty(n, np.int8), np.empty(n, np.int8), np.empty(n_families, np.int64)
    for _ in range(n_nodes):
        if info[ROOM] == 0 or info[FREE] < 2:
            return
        node = heap[0]
        if key[node] >= info[VALUE] - tol:  # the lowest of all: nothing is left
            info[ROOM] = 0
            return
        _pop(heap, key, info[ROOM])
        info[ROOM] -= 1
        slots[info[FREE]] = node
        info[FREE] += 1
        its[:] = states[node]
        paid, before = 0.0, key[node]
        left[:] = weight
        for j in range(n):
            if its[j] == 1:
                paid += price[j]
                for a in range(indptr[j], indptr[j + 1]):
                    left[family[a]] = 0.0
        for f in range(n_families):
            lam[f] = min(left[f], lams[node, f])
        first = info[DONE] == 0
        made = _raise(
            indptr, family, price, its, left, lam, mean, paid, info[VALUE] * 1.0, tol,
            root_steps if first else steps, 20 if first else 3, 0.002 if first else 0.03,
        )  # fmt: skip
        info[DONE] += 1
        info[VISITS] += (2 * made + 3) * indptr[n]
        for f in range(n_families):
            lam[f] = np.floor(lam[f] * PARTS) / PARTS
        now = paid + lam.sum() + _worth(indptr, family, price, its, lam, rho)
        for j in range(n):
            tried[j] = 1 if its[j] == 1 or (its[j] < 0 and rho[j] < 0) else 0
        value = _value(indptr, family, weight, price, tried, times)
        if value < info[VALUE]:
            info[VALUE] = value
            on[:] = tried
        aim = info[VALUE] - tol
        least = max(before, np.ceil(now))
        if least >= aim:
            continue
        split = _branch(indptr, family, its, left, rho, mean, now, aim)
        if split < 0:  # all is fixed: the node is one choice
            value = _value(indptr, family, weight, price, its, times)
            if value < info[VALUE]:
                info[VALUE] = value
                on[:] = its
            continue
        for x in range(2):
            costs = max(least, np.ceil(now + max(0.0, rho[split] if x else -rho[split])))
            if costs < aim:
                info[FREE] -= 1
                slot = slots[info[FREE]]
                its[split] = x
                states[slot] = its
                lams[slot, :] = lam
                key[slot] = costs
                _push(heap, key, info[ROOM], slot)
                info[ROOM] += 1


class Tree:
    """The search in one region, which may be gone on with.

    Attributes
    ----------
    on
        int8 ``[n_columns]``: the best choice met.
    """

    def __init__(
        self, table: Median, region: Region, chosen: Ints, lam: Ints, mu: int, tol: float, *, seed: int,
        moves: int = MOVES,
    ) -> None:  # fmt: skip
        """Look for a first choice around ``chosen``; ``lam`` are prices of all families, ``mu`` that of a post."""
        row = np.full(len(table.bare), -1, dtype=np.int64)
        row[region.families] = np.arange(len(region.families))
        rows = [row[table.site[table.indptr[c] : table.indptr[c + 1]]] for c in region.columns]
        rows = [its[its >= 0] for its in rows]
        self.indptr = np.concatenate(([0], np.cumsum([len(its) for its in rows]))).astype(np.int64)
        self.family = np.concatenate([*rows, np.zeros(0, dtype=np.int64)])
        self.weight, self.price = table.bare[region.families], region.price
        self.tol = max(0.5, tol)
        n, n_families = len(self.price), len(self.weight)
        room = max(4, min(2**20, BYTES // (4 * n_families + n + 32)))
        self.on = np.isin(region.columns, chosen).astype(np.int8)
        value = _cool(
            self.indptr, self.family, self.weight, self.price, self.on, moves, 0.3 * max(1, mu), 0.01 * max(1, mu), seed
        ) if n else int(self.weight.sum())  # fmt: skip
        self.states = np.full((room, n), -1, dtype=np.int8)
        self.lams = np.empty((room, n_families), dtype=np.float32)
        self.lams[0] = lam[region.families]
        self.key, self.heap = np.zeros(room), np.zeros(room, dtype=np.int64)
        self.key[0] = region.trivial
        self.slots = np.arange(room)[::-1].copy()
        self.info = np.array([1, room - 1, value, 0, 0], dtype=np.int64)
        self.exact = int(self.weight.sum()) + int(np.abs(self.price).sum()) < LARGEST

    @property
    def least(self) -> int:
        """No choice costs less."""
        best = float(self.info[VALUE]) - self.tol
        return int(np.ceil(min(best, self.key[self.heap[0]]) if self.info[ROOM] else best))

    @property
    def visits(self) -> int:
        """Pairs looked at so far."""
        return int(self.info[VISITS])

    def run(self, keep_on: Callable[[], bool]) -> None:
        """Search to the end, until there is no more room, or until ``keep_on`` says no."""
        done = -1
        while self.exact and self.info[ROOM] and done < self.info[DONE] and keep_on():
            done = int(self.info[DONE])
            _search(
                self.indptr, self.family, self.weight, self.price, self.tol, self.on, self.states, self.lams,
                self.key, self.heap, self.slots, self.info, NODES_A_LOOK if done else 1, ROOT_STEPS, STEPS,
            )  # fmt: skip

