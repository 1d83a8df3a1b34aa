"""Compiled pricing of standing rounds: the round of most worth under given prices, by labels over length.

A round begins with its core stay at a given place ``a``, leaves the core once, and comes back to ``a``. A label is
(place, length so far, worth, places remembered). Remembered are only the places of each place's neighbourhood
(ng-routes, Baldacci, Mingozzi and Roberti 2011), so that what the labels find bounds every true round from above; with
``simple`` every bucket keeps one label that remembers its whole path, which finds true rounds only and proves nothing.
"""

# ruff: noqa: ANN001, ANN201, PLR1714, PLR1730, SIM109
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators, disable-error-code="operator, assignment"
# fmt: off

from __future__ import annotations

import numba as nb
import numpy as np

jit = nb.njit(cache=True, nogil=True, error_model="numpy")
NONE = -1e30


@jit
def completions(w, core, gain, sigma, longest, a, comp):
    """Fill ``comp[v, rest]`` with a bound on what can still be gained from v home to a with ``rest`` length left."""
    n = core.shape[0]
    for rest in range(longest + 1):
        for v in range(n):
            best = NONE
            if not core[v] and w[v, a] <= rest:
                best = -sigma * w[v, a]
            for u in range(n):
                d = w[v, u]
                if u == v or u == a or d > rest or (core[u] and not core[v]):
                    continue
                way = gain[u] + comp[u, rest - d]
                if not (core[u] and core[v]):
                    way -= sigma * d
                if way > best:
                    best = way
            comp[v, rest] = best


@jit
def price(w, core, gain, sigma, longest, a, ng, simple, floor, comp, head, val, mem, node, pred, link, dist, routes,
          sizes, worths):
    """Find rounds from ``a`` of reduced worth above ``floor``.

    Returns (labels used, rounds found, best worth); labels -1 when the store overflowed and nothing is proven.
    ``routes[k, :sizes[k]]`` are the best rounds found with ``worths[k]``, in no order.
    """
    n, most = core.shape[0], val.shape[0]
    n_routes = routes.shape[0]
    head[:] = -1
    count = 1
    val[0], node[0], pred[0], link[0], dist[0] = gain[a], a, -1, -1, 0
    mem[0, 0], mem[0, 1] = np.uint64(0), np.uint64(0)
    mem[0, a >> 6] = np.uint64(1) << np.uint64(a & 63)
    head[a, 0] = 0
    found, best = 0, NONE
    full = False
    for length in range(longest + 1):
        for v in range(n):
            k = head[v, length]
            while k >= 0:
                if not core[v] and length + w[v, a] <= longest:  # home
                    whole = val[k] - sigma * w[v, a]
                    best = max(best, whole)
                    if whole > floor:
                        slot = found
                        if found == n_routes:
                            slot = 0
                            for q in range(1, n_routes):
                                if worths[q] < worths[slot]:
                                    slot = q
                            if worths[slot] >= whole:
                                slot = -1
                        else:
                            found += 1
                        if slot >= 0:
                            worths[slot] = whole
                            size, q = 0, k
                            while q >= 0:
                                routes[slot, size] = node[q]
                                size += 1
                                q = pred[q]
                            for z in range(size // 2):
                                y = routes[slot, z]
                                routes[slot, z] = routes[slot, size - 1 - z]
                                routes[slot, size - 1 - z] = y
                            sizes[slot] = size
                for u in range(n):
                    if u == a or (core[u] and not core[v]):
                        continue
                    d = length + w[v, u]
                    if d > longest or (mem[k, u >> 6] >> np.uint64(u & 63)) & np.uint64(1):
                        continue
                    now = val[k] + gain[u]
                    if not (core[u] and core[v]):
                        now -= sigma * w[v, u]
                    if now + comp[u, longest - d] <= floor:
                        continue
                    m0, m1 = mem[k, 0], mem[k, 1]
                    if not simple:
                        m0 &= ng[u, 0]
                        m1 &= ng[u, 1]
                    bit = np.uint64(1) << np.uint64(u & 63)
                    if u < 64:
                        m0 |= bit
                    else:
                        m1 |= bit
                    q, last, ok = head[u, d], -1, True
                    if simple:
                        if q >= 0:
                            if val[q] >= now:
                                continue
                            head[u, d] = -1
                    else:
                        for back in range(1, 5):
                            if d - back < 0:
                                break
                            z = head[u, d - back]
                            while z >= 0:
                                if val[z] >= now and mem[z, 0] & ~m0 == 0 and mem[z, 1] & ~m1 == 0:
                                    ok = False
                                    break
                                z = link[z]
                            if not ok:
                                break
                        if not ok:
                            continue
                        while q >= 0:
                            if val[q] >= now and mem[q, 0] & ~m0 == 0 and mem[q, 1] & ~m1 == 0:
                                ok = False
                                break
                            if now >= val[q] and m0 & ~mem[q, 0] == 0 and m1 & ~mem[q, 1] == 0:
                                if last < 0:
                                    head[u, d] = link[q]
                                else:
                                    link[last] = link[q]
                            else:
                                last = q
                            q = link[q]
                        if not ok:
                            continue
                    if count == most:
                        full = True
                        continue
                    val[count], node[count], pred[count], dist[count] = now, u, k, d
                    mem[count, 0], mem[count, 1] = m0, m1
                    link[count] = head[u, d]
                    head[u, d] = count
                    count += 1
                k = link[k]
    return (-1 if full else count), found, best
