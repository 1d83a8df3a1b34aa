"""The compiled part of the exchanges: what a duty taken or given up changes, and chains of such changes.

Everything is whole numbers but the temperature. Random numbers come from a state of our own (xorshift64*), so a seed
gives the same chain of exchanges wherever and on whichever thread it runs.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

HELD_AT_MOST = 96
"""Duties one person may hold while exchanges run."""

TRADED_AT_MOST = 6
"""Duties of one person that change hands in one exchange."""


class Table(NamedTuple):
    """What does not change: columns, the rows they stand in directly and through counters, who may serve where."""

    d_ptr: Any
    d_row: Any
    d_coef: Any
    c_ptr: Any
    c_index: Any
    r_ptr: Any
    r_row: Any
    r_coef: Any
    low: Any
    high: Any
    weight: Any
    hard: Any
    once: Any
    c_most: Any
    person: Any
    group: Any
    cost: Any
    locked: Any
    g_ptr: Any
    g_column: Any
    p_first: Any
    conflict: Any
    kind_of: Any
    need: Any
    most: Any
    want: Any


class State(NamedTuple):
    """A plan: who holds what, the value of every row and counter, and the groups that are short."""

    x: Any
    value: Any
    count: Any
    held: Any
    n_held: Any
    filled: Any
    short: Any
    at: Any
    n_short: Any
    random: Any
    done: Any
    n_done: Any
    trade: Any


@njit(cache=True, nogil=True, inline="always")
def _below(random: Any, n: int) -> int:
    s = random[0]
    s ^= s >> np.uint64(12)
    s ^= s << np.uint64(25)
    s ^= s >> np.uint64(27)
    random[0] = s
    return int((s * np.uint64(2685821657736338717)) >> np.uint64(33)) % n


@njit(cache=True, nogil=True, inline="always")
def _part(random: Any) -> float:
    return _below(random, 1 << 30) / (1 << 30)


@njit(cache=True, nogil=True, inline="always")
def _row(t: Any, s: Any, r: int, change: int) -> tuple[int, int]:
    """Move a row's value; what it costs more, and by how much a hard row is broken more."""
    before = s.value[r]
    after = before + change
    s.value[r] = after
    a = max(0, t.low[r] - before, before - t.high[r])
    b = max(0, t.low[r] - after, after - t.high[r])
    if t.once[r]:
        a, b = min(a, 1), min(b, 1)
    if t.hard[r]:
        return 0, b - a
    return (b - a) * t.weight[r], 0


@njit(cache=True, nogil=True)
def _count(t: Any, s: Any, c: int, sign: int) -> tuple[int, int]:
    before = s.count[c]
    s.count[c] = before + sign
    broken = max(0, before + sign - t.c_most[c]) - max(0, before - t.c_most[c])
    cost = 0
    for k in range(t.r_ptr[c], t.r_ptr[c + 1]):
        more, worse = _row(t, s, t.r_row[k], sign * t.r_coef[k])
        cost += more
        broken += worse
    return cost, broken


@njit(cache=True, nogil=True)
def _own(t: Any, s: Any, i: int, sign: int) -> tuple[int, int]:
    """The duty itself: its price, its person's rows, who holds what."""
    cost = sign * t.cost[i]
    broken = 0
    for k in range(t.d_ptr[i], t.d_ptr[i + 1]):
        more, worse = _row(t, s, t.d_row[k], sign * t.d_coef[k])
        cost += more
        broken += worse
    p = t.person[i]
    if sign > 0:
        s.held[p, s.n_held[p]] = i
        s.n_held[p] += 1
        s.x[i] = 1
    else:
        for k in range(s.n_held[p]):
            if s.held[p, k] == i:
                s.n_held[p] -= 1
                s.held[p, k] = s.held[p, s.n_held[p]]
                break
        s.x[i] = 0
    return cost, broken


@njit(cache=True, nogil=True)
def _fill(t: Any, s: Any, g: int, sign: int) -> None:
    """Keep the list of groups that are short."""
    was = s.filled[g] < t.need[g]
    s.filled[g] += sign
    now = s.filled[g] < t.need[g]
    if now and not was:
        s.at[g] = s.n_short[0]
        s.short[s.n_short[0]] = g
        s.n_short[0] += 1
    elif was and not now:
        s.n_short[0] -= 1
        last = s.short[s.n_short[0]]
        s.short[s.at[g]] = last
        s.at[last] = s.at[g]


@njit(cache=True, nogil=True)
def move(t: Any, s: Any, i: int, sign: int) -> tuple[int, int]:
    """Take (1) or give up (-1) duty ``i``; what it costs more, and by how much hard rows are broken more."""
    cost, broken = _own(t, s, i, sign)
    for k in range(t.c_ptr[i], t.c_ptr[i + 1]):
        more, worse = _count(t, s, t.c_index[k], sign)
        cost += more
        broken += worse
    _fill(t, s, t.group[i], sign)
    return cost, broken


@njit(cache=True, nogil=True)
def _hand(t: Any, s: Any, i: int, j: int) -> tuple[int, int]:
    """Hand a duty over, ``i`` to ``j`` of the same group: counters that hold both need not move."""
    cost, broken = _own(t, s, i, -1)
    more, worse = _own(t, s, j, 1)
    cost += more
    broken += worse
    for k in range(t.c_ptr[i], t.c_ptr[i + 1]):
        c, both = t.c_index[k], False
        for n in range(t.c_ptr[j], t.c_ptr[j + 1]):
            both |= t.c_index[n] == c
        if not both:
            more, worse = _count(t, s, c, -1)
            cost += more
            broken += worse
    for k in range(t.c_ptr[j], t.c_ptr[j + 1]):
        c, both = t.c_index[k], False
        for n in range(t.c_ptr[i], t.c_ptr[i + 1]):
            both |= t.c_index[n] == c
        if not both:
            more, worse = _count(t, s, c, 1)
            cost += more
            broken += worse
    return cost, broken


@njit(cache=True, nogil=True)
def _clash(t: Any, s: Any, j: int, but: int) -> int:
    """A duty its person holds that excludes ``j`` (not ``but``); -1 for none, -2 for several or one that must stay."""
    p = t.person[j]
    kind, g = t.kind_of[p], t.group[j]
    if s.n_held[p] >= HELD_AT_MOST - 2:
        return -2
    found = -1
    for k in range(s.n_held[p]):
        i = s.held[p, k]
        if i != but and t.conflict[kind, t.group[i], g]:
            if found >= 0 or t.locked[i]:
                return -2
            found = i
    return found


@njit(cache=True, nogil=True)
def _someone(t: Any, s: Any, g: int) -> int:
    """A duty of this group, cheap ones rather than dear ones; -1 where there is none."""
    n = t.g_ptr[g + 1] - t.g_ptr[g]
    if n == 0:
        return -1
    u = _part(s.random)
    if _below(s.random, 4) > 0:
        u = u * u * u
    found: int = t.g_column[t.g_ptr[g] + min(n - 1, int(u * n))]
    return found


@njit(cache=True, nogil=True)
def _column(t: Any, p: int, g: int) -> int:
    a, b = t.p_first[p], t.p_first[p + 1]
    end = b
    while a < b:
        half = (a + b) // 2
        if t.group[half] < g:
            a = half + 1
        else:
            b = half
    return a if a < end and t.group[a] == g else -1


@njit(cache=True, nogil=True, inline="always")
def _taken(cost: int, broken: int, heat: float, random: Any) -> bool:
    if broken != 0:
        return broken < 0
    return cost <= 0 or (heat > 0.0 and _part(random) < np.exp(-cost / heat))


@njit(cache=True, nogil=True)
def _note(s: Any, i: int, sign: int) -> None:
    s.done[s.n_done[0], 0] = i
    s.done[s.n_done[0], 1] = sign
    s.n_done[0] += 1


@njit(cache=True, nogil=True)
def _undo(t: Any, s: Any) -> None:
    while s.n_done[0] > 0:
        s.n_done[0] -= 1
        move(t, s, s.done[s.n_done[0], 0], -s.done[s.n_done[0], 1])


@njit(cache=True, nogil=True)
def _drawn(t: Any, s: Any, p: int, g: int, into: Any, n: int) -> int:
    """Add what person ``p`` holds and group ``g`` excludes to a list; its new length, -1 where it may not move."""
    kind = t.kind_of[p]
    for k in range(s.n_held[p]):
        i = s.held[p, k]
        if not t.conflict[kind, g, t.group[i]]:
            continue
        known = False
        for m in range(n):
            known |= into[m] == i
        if known:
            continue
        if n == TRADED_AT_MOST or t.locked[i]:
            return -1
        into[n] = i
        n += 1
    return n


@njit(cache=True, nogil=True)
def _trade(t: Any, s: Any, i: int, q: int, heat: float) -> int:
    """Person ``q`` takes over duty ``i``, its holder whatever of ``q`` stands in the way, and so on (a Kempe chain)."""
    p = t.person[i]
    if p == q or t.locked[i] or s.n_held[q] >= HELD_AT_MOST - TRADED_AT_MOST:
        return 0
    if s.n_held[p] >= HELD_AT_MOST - TRADED_AT_MOST:
        return 0
    mine, others = s.trade[0], s.trade[1]
    mine[0] = i
    n, m, a, b = 1, 0, 0, 0
    while a < n or b < m:
        if a < n:
            m = _drawn(t, s, q, t.group[mine[a]], others, m)
            a += 1
        else:
            n = _drawn(t, s, p, t.group[others[b]], mine, n)
            b += 1
        if n < 0 or m < 0:
            return 0
    for k in range(n):
        j = _column(t, q, t.group[mine[k]])
        if j < 0 or s.x[j]:
            return 0
        s.trade[2, k] = j
    for k in range(m):
        j = _column(t, p, t.group[others[k]])
        if j < 0 or s.x[j]:
            return 0
        s.trade[3, k] = j
    cost, broken = 0, 0
    for k in range(n):
        more, worse = _hand(t, s, mine[k], s.trade[2, k])
        cost += more
        broken += worse
    for k in range(m):
        more, worse = _hand(t, s, others[k], s.trade[3, k])
        cost += more
        broken += worse
    if _taken(cost, broken, heat, s.random):
        return cost
    for k in range(n):
        _hand(t, s, s.trade[2, k], mine[k])
    for k in range(m):
        _hand(t, s, s.trade[3, k], others[k])
    return 0


@njit(cache=True, nogil=True)
def _insert(t: Any, s: Any, g: int, depth: int, heat: float) -> int:
    """Fill a seat; whoever must give up another duty for it leaves that to a third person, and so on."""
    total, broken = 0, 0
    s.n_done[0] = 0
    for step in range(depth):
        j, clash = -1, -2
        for _ in range(12):
            j = _someone(t, s, g)
            if j < 0:
                break
            clash = -2 if s.x[j] else _clash(t, s, j, -1)
            if clash == -1 or (clash >= 0 and step + 1 < depth):
                break
        if j < 0 or clash == -2 or (clash >= 0 and step + 1 == depth):
            break
        if clash >= 0:
            more, worse = move(t, s, clash, -1)
            _note(s, clash, -1)
            total += more
            broken += worse
        more, worse = move(t, s, j, 1)
        _note(s, j, 1)
        total += more
        broken += worse
        if clash < 0:
            break
        g = t.group[clash]
        if broken <= 0 and total < 0 and s.filled[g] >= t.need[g]:
            break
    if s.n_done[0] > 0 and _taken(total, broken, heat, s.random):
        return total
    _undo(t, s)
    return 0


@njit(cache=True, nogil=True)
def exchange(t: Any, s: Any, n_moves: int, hot: float, cold: float) -> int:
    """So many attempts, the temperature falling from ``hot`` to ``cold``; what the plan costs more afterwards."""
    total = 0
    n_g, n_p = len(t.need), len(s.n_held)
    heat = hot
    fall = (cold / hot) ** (256.0 / max(n_moves, 1)) if hot > 0 else 1.0
    for turn in range(n_moves):
        if turn % 256 == 255:
            heat *= fall
        kind = _below(s.random, 16)
        if kind < 5 and s.n_short[0] > 0:
            total += _insert(t, s, s.short[_below(s.random, s.n_short[0])], 4, heat)
            continue
        if kind == 15:
            g = _below(s.random, n_g)
            if s.filled[g] < t.most[g] and s.filled[g] < t.want[g]:
                total += _insert(t, s, g, 2, heat)
            continue
        p = _below(s.random, n_p)
        if s.n_held[p] == 0:
            continue
        i = s.held[p, _below(s.random, s.n_held[p])]
        g = t.group[i]
        if kind == 14 and s.filled[g] > t.need[g] and not t.locked[i]:
            cost, broken = move(t, s, i, -1)
            if _taken(cost, broken, heat, s.random):
                total += cost
            else:
                move(t, s, i, 1)
            continue
        total += _trade(t, s, i, t.person[_someone(t, s, g)], heat)
    return total
