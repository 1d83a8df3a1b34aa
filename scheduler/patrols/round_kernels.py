"""Compiled kernels for standing rounds: closed tours that begin anywhere, prizes, a core held in turns.

One file on purpose, as ``kernels``. A plan is ``Rounds(seq, n_in, size, tot, ins, of)``: ``seq[t, :size[t]]`` are the
places of round t in order, the ``n_in[t]`` places of its one core stay first; ``tot`` is the length of the closed
round, ``ins`` the part of it between core places, ``of[v]`` the round of a place or -1. Lengths come as ``w[i, j]``,
dwell at i and the way to j.
"""

# ruff: noqa: ANN001, ANN201, ARG001
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators, disable-error-code="operator, assignment"
# fmt: off

from __future__ import annotations

from typing import Any, NamedTuple

import numba as nb
import numpy as np

jit = nb.njit(cache=True, nogil=True, error_model="numpy")


class Rounds(NamedTuple):
    """Arrays of one plan under search."""

    seq: Any
    n_in: Any
    size: Any
    tot: Any
    ins: Any
    of: Any


@jit
def draw(rng):
    """Uniform float in [0, 1), xorshift64* on ``rng[0]`` (uint64, never 0)."""
    x = rng[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    rng[0] = x
    return float((x * np.uint64(2685821657736338717)) >> np.uint64(11)) / 9007199254740992.0


@jit
def measure(w, P, t):
    """Lengths of round t from nothing."""
    n, tot, ins = P.size[t], np.int64(0), np.int64(0)
    for p in range(n):
        step = w[P.seq[t, p], P.seq[t, (p + 1) % n]]
        if n > 1:
            tot += step
        if p + 1 < P.n_in[t]:
            ins += step
    P.tot[t], P.ins[t] = tot, ins


@jit
def put(w, core, P, t, p, v):
    """Insert place v at position p of round t."""
    for q in range(P.size[t], p, -1):
        P.seq[t, q] = P.seq[t, q - 1]
    P.seq[t, p] = v
    P.size[t] += 1
    if core[v]:
        P.n_in[t] += 1
    P.of[v] = t
    measure(w, P, t)


@jit
def drop(w, core, P, t, p):
    """Take the place at position p out of round t; ``measure`` is left to the caller."""
    v = P.seq[t, p]
    for q in range(p, P.size[t] - 1):
        P.seq[t, q] = P.seq[t, q + 1]
    P.size[t] -= 1
    if core[v]:
        P.n_in[t] -= 1
    P.of[v] = -1


@jit
def rank(w, prize, must, near, P, alone, key, rng):
    """Put the places in no round into ``alone``, in the order they are offered; returns how many.

    By turns the order is drawn, by prize, or by prize against the ways to the two nearest places that are visited.
    """
    n, count = P.of.shape[0], 0
    kind = draw(rng)
    for v in range(n):
        if P.of[v] >= 0 or not (prize[v] > 0.0 or must[v]):
            continue
        if kind < 0.3:
            late = draw(rng)
        elif kind < 0.6:
            late = -prize[v] * (0.7 + 0.6 * draw(rng))
        else:
            met, ways = 0, 0.0
            for q in range(n):
                u = near[v, q]
                if u != v and P.of[u] >= 0:
                    ways += min(w[v, u], w[u, v])
                    met += 1
                    if met == 2:
                        break
            late = -prize[v] / (1.0 + ways) * (0.7 + 0.6 * draw(rng))
        if must[v]:
            late -= 1e6
        z = count
        while z > 0 and key[z - 1] > late:
            key[z], alone[z] = key[z - 1], alone[z - 1]
            z -= 1
        key[z], alone[z] = late, v
        count += 1
    return count


@jit
def fill(w, core, prize, must, longest, room, P, near, alone, key, rng, blink, ops):
    """Offer every place in no round its cheapest position, in the order of ``rank``.

    ``longest`` is the cap of every round, ``room`` that of all lengths outside the core together (-1: none); ``alone``
    and ``key`` are buffers of places not visited.
    """
    m = P.size.shape[0]
    outer = draw(rng) * (0.5 if draw(rng) < 0.5 else 2.0)
    out = np.int64(0)
    for t in range(m):
        out += P.tot[t] - P.ins[t]
    for q in range(rank(w, prize, must, near, P, alone, key, rng)):
        v = alone[q]
        best, best_t, best_p = np.inf, -1, -1
        for t in range(m):
            size, inner = P.size[t], P.n_in[t]
            first, last = (0, inner) if core[v] else (inner, size)
            ops[0] += last - first + 1
            for p in range(first, last + 1):
                if size == 0:
                    d = np.int64(0)
                    a = b = v
                else:
                    a = P.seq[t, p - 1 if p > 0 else size - 1]
                    b = P.seq[t, p if p < size else 0]
                    d = w[a, v] + w[v, b] - (w[a, b] if size > 1 else 0)
                if P.tot[t] + d > longest:
                    continue
                d_out = d
                if room >= 0:
                    if core[v] and inner > 0:
                        if p == 0:
                            d_out = d - w[v, b]
                        elif p == inner:
                            d_out = d - w[a, v]
                        else:
                            d_out = np.int64(0)
                    if d_out > 0 and out + d_out > room:
                        continue
                if draw(rng) < blink:
                    continue
                cost = d + outer * d_out
                if cost < best:
                    best, best_t, best_p = cost, t, p
        if best_t >= 0:
            out -= P.tot[best_t] - P.ins[best_t]
            put(w, core, P, best_t, best_p, v)
            out += P.tot[best_t] - P.ins[best_t]


@jit
def ruin(w, core, P, near, rng, most, relay):
    """Take strings of neighbouring places out, around a drawn place, from every round they lie in."""
    m, n = P.size.shape[0], core.shape[0]
    seed = int(draw(rng) * n)
    wanted = 1 + int(draw(rng) * most)
    guard = relay and draw(rng) < 0.5  # every round keeps a place in the core and one outside
    tours = 1 + int(draw(rng) * m)
    done = 0
    for q in range(n):
        v = near[seed, q]
        t = P.of[v]
        if t < 0:
            continue
        if done >= tours:
            break
        done += 1
        p = 0
        while P.seq[t, p] != v:
            p += 1
        size = min(wanted, P.size[t])
        p -= int(draw(rng) * size)
        keep = draw(rng) < 0.3  # a split string: one inside it stays
        skip = int(draw(rng) * size) if keep else -1
        for z in range(size):
            if P.size[t] == 0:
                break
            at = (p + 2 * P.size[t]) % P.size[t]
            u = P.seq[t, at]
            lonely = guard and ((core[u] and P.n_in[t] == 1) or (not core[u] and P.size[t] - P.n_in[t] == 1))
            if z == skip or lonely:
                p = at + 1
                continue
            drop(w, core, P, t, at)
            p = at
        measure(w, P, t)


@jit
def copy_into(A, B):
    """Make A equal to B."""
    A.seq[:] = B.seq
    A.n_in[:] = B.n_in
    A.size[:] = B.size
    A.tot[:] = B.tot
    A.ins[:] = B.ins
    A.of[:] = B.of


@jit
def worth(prize, must, P, thrift, room):
    """Prize gained (a place that must be seen counts a thousand) less a little for length, much less without relay."""
    total, relay, out = 0.0, room >= 0, np.int64(0)
    for t in range(P.size.shape[0]):
        if relay and (P.n_in[t] == 0 or P.n_in[t] == P.size[t]):
            total -= 1e6
        out += P.tot[t] - P.ins[t]
    if relay and out > room:
        total -= 1e6 * (1.0 + (out - room) / (room + 1.0))
    for v in range(prize.shape[0]):
        if P.of[v] >= 0:
            total += prize[v] + (1e3 if must[v] else 0.0)
    for t in range(P.size.shape[0]):
        total -= thrift * P.tot[t]
    return total


@jit
def run(w, core, prize, must, near, longest, room, C, P, B, alone, key, rng, ops, budget, hot, cold, thrift, most,
        best):
    """Ruin and recreate from C (moved on) for ``budget`` counted steps while the heat falls from hot to cold.

    B and ``best[0]`` keep the best and its worth.
    """
    relay = room >= 0
    cur = worth(prize, must, C, thrift, room)
    begun = ops[0]
    while ops[0] - begun < budget:
        copy_into(P, C)
        ruin(w, core, P, near, rng, most, relay)
        fill(w, core, prize, must, longest, room, P, near, alone, key, rng, 0.01, ops)
        ops[0] += 60
        new = worth(prize, must, P, thrift, room)
        heat = hot * (cold / hot) ** ((ops[0] - begun) / budget)
        if new > cur + heat * np.log(max(draw(rng), 1e-12)):
            copy_into(C, P)
            cur = new
            if new > best[0]:
                best[0] = new
                copy_into(B, P)
