"""Compiled kernels of the patrol search: exact timing by propagation, ruin, recreate.

One file on purpose: numba's cache of a function is renewed when its own file changes, not when a callee's does.
``S[field, node]`` is the whole state of a plan under search (fields below, node numbers in ``tables``), ``X`` counts
visits and busy seconds of each tour and the stack of free visits; copying the two copies the plan.

Times are difference constraints: along a tour ``x_next >= x + dwell + way``, along a chain ``x_next <= x + dwell +
bound(missing)``. ``E`` and ``L`` are their least and greatest solutions, each a feasible timetable by itself.
"""

# Compiled functions get their types from what they are called with, so annotations would only be decoration.
# ruff: noqa: ANN001, ANN201
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators, disable-error-code="operator"

from __future__ import annotations

import numba as nb
import numpy as np

TOUR, PREV, NEXT, CPREV, CNEXT, MISS, CHAIN, PLACE, DW, ENT, EXT, REV, E, L, LO, HI = range(16)
N_FIELDS = 16
START, END, BREAK, CSTART, CEND, WINDOW, SLOT, FREE = range(8)
MODE, PRICE, CAP, MUST, BEGIN, FINISH = range(6)
OPEN_COST = 1_000_000
TRIES = 4

jit = nb.njit(cache=True, nogil=True)


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
def leg(S, kind, travel, m, a, b):
    """Seconds from node a to node b of one tour; a break is taken where the crew is."""
    if kind[b] == BREAK:
        return np.int64(0)
    return np.int64(travel[m, S[EXT, a], S[ENT, b]])


@jit
def bound(S, chain, i, miss):
    """Longest stretch allowed after node i of a chain while ``miss`` visits are missing there."""
    c = S[CHAIN, i]
    return (miss + 1) * chain[c, 1] + miss * chain[c, 2]


@jit
def raise_early(S, kind, travel, tour, chain, Q, inq, tail, trail, n_trail, ops):
    """Propagate E from the ``tail`` nodes queued in Q; False when some E would pass its L."""
    size = Q.shape[0]
    head, count, n = 0, tail, np.int64(0)
    ok = True
    limit = 40 * size
    while count > 0:
        u = Q[head]
        head = (head + 1) % size
        count -= 1
        inq[u] = 0
        if not ok:
            continue
        n += 1
        if n > limit:
            ok = False
            continue
        t = S[TOUR, u]
        for way in range(2):
            if way == 0:
                if t < 0 or kind[u] == END:
                    continue
                b = S[NEXT, u]
                new = S[E, u] + S[DW, u] + leg(S, kind, travel, tour[t, MODE], u, b)
            else:
                b = S[CPREV, u]
                if b < 0:
                    continue
                new = S[E, u] - S[DW, b] - bound(S, chain, b, S[MISS, b])
            if new > S[E, b]:
                if new > S[L, b]:
                    ok = False
                    break
                if n_trail >= 0:
                    trail[n_trail, 0] = b
                    trail[n_trail, 1] = S[E, b]
                    n_trail += 1
                    if n_trail >= trail.shape[0]:
                        ok = False
                        n_trail -= 1
                        S[E, b] = trail[n_trail, 1]
                        break
                S[E, b] = new
                if inq[b] == 0:
                    inq[b] = 1
                    Q[(head + count) % size] = b
                    count += 1
    ops[0] += n
    return ok, n_trail


@jit
def lower_late(S, kind, travel, tour, chain, Q, inq, tail, ops):
    """Propagate L from the ``tail`` nodes queued in Q; False when some L would fall below its E."""
    size = Q.shape[0]
    head, count, n = 0, tail, np.int64(0)
    ok = True
    while count > 0:
        u = Q[head]
        head = (head + 1) % size
        count -= 1
        inq[u] = 0
        if not ok:
            continue
        n += 1
        t = S[TOUR, u]
        for way in range(2):
            if way == 0:
                if t < 0 or kind[u] == START:
                    continue
                a = S[PREV, u]
                new = S[L, u] - S[DW, a] - leg(S, kind, travel, tour[t, MODE], a, u)
            else:
                a = S[CNEXT, u]
                if a < 0:
                    continue
                new = S[L, u] + S[DW, u] + bound(S, chain, u, S[MISS, u])
            if new < S[L, a]:
                if new < S[E, a]:
                    ok = False
                    break
                S[L, a] = new
                if inq[a] == 0:
                    inq[a] = 1
                    Q[(head + count) % size] = a
                    count += 1
    ops[0] += n
    return ok


@jit
def retime(S, kind, travel, tour, chain, Q, inq, trail, ops):
    """E and L of the whole plan from nothing; False when no timetable exists."""
    n_tours, n_nodes = tour.shape[0], S.shape[1]
    tail = 0
    for v in range(n_nodes):
        S[E, v] = S[LO, v]
        S[L, v] = S[HI, v]
    for t in range(n_tours):
        v = t
        while True:
            Q[tail] = v
            inq[v] = 1
            tail += 1
            if kind[v] == END:
                break
            v = S[NEXT, v]
    first = tail
    for v in range(n_nodes):
        if kind[v] == CEND:
            Q[tail] = v
            inq[v] = 1
            tail += 1
    ok, _ = raise_early(S, kind, travel, tour, chain, Q, inq, tail, trail, -1, ops)
    if not ok:
        return False
    tail = 0
    for t in range(n_tours):
        v = t + n_tours
        while True:
            Q[tail] = v
            inq[v] = 1
            tail += 1
            if kind[v] == START:
                break
            v = S[PREV, v]
    for v in range(n_nodes):
        if kind[v] == CSTART:
            Q[tail] = v
            inq[v] = 1
            tail += 1
    return lower_late(S, kind, travel, tour, chain, Q, inq, tail, ops) and first >= 0


@jit
def link(S, X, kind, travel, tour, v, a):
    """Put node v behind a in its tour; keeps break locations, visit count and busy seconds."""
    t = S[TOUR, a]
    m = tour[t, MODE]
    b = S[NEXT, a]
    S[TOUR, v], S[PREV, v], S[NEXT, v] = t, a, b
    S[NEXT, a] = v
    S[PREV, b] = v
    if kind[v] == BREAK:
        S[EXT, v] = S[EXT, a]
        X[1, t] += S[DW, v]
        return
    r = b
    while kind[r] == BREAK:
        S[EXT, r] = S[EXT, v]
        r = S[NEXT, r]
    X[0, t] += 1
    X[1, t] += S[DW, v]
    X[1, t] += travel[m, S[EXT, a], S[ENT, v]]
    X[1, t] += travel[m, S[EXT, v], S[ENT, r]]
    X[1, t] -= travel[m, S[EXT, a], S[ENT, r]]


@jit
def unlink(S, X, kind, travel, tour, v):
    """Take node v out of its tour; the opposite of ``link``."""
    t = S[TOUR, v]
    m = tour[t, MODE]
    a, b = S[PREV, v], S[NEXT, v]
    S[NEXT, a] = b
    S[PREV, b] = a
    S[TOUR, v] = -1
    X[1, t] -= S[DW, v]
    if kind[v] == BREAK:
        return
    r = b
    while kind[r] == BREAK:
        S[EXT, r] = S[EXT, a]
        r = S[NEXT, r]
    X[0, t] -= 1
    X[1, t] -= travel[m, S[EXT, a], S[ENT, v]]
    X[1, t] -= travel[m, S[EXT, v], S[ENT, r]]
    X[1, t] += travel[m, S[EXT, a], S[ENT, r]]


@jit
def take_out(S, X, stack, kind, travel, tour, chain, v, by):
    """Remove a visit. In a chain, count what is missing afresh by the timetable ``by`` (E or L)."""
    unlink(S, X, kind, travel, tour, v)
    if kind[v] != FREE:
        return
    i, j = S[CPREV, v], S[CNEXT, v]
    miss = S[MISS, i] + S[MISS, v] + 1
    apart = S[by, j] - S[by, i] - S[DW, i]
    while miss > 0 and apart <= bound(S, chain, i, miss - 1):
        miss -= 1
    S[MISS, i] = miss
    S[CNEXT, i] = j
    S[CPREV, j] = i
    stack[X[2, 0]] = v
    X[2, 0] += 1
    S[CPREV, v] = S[CNEXT, v] = -1
    S[MISS, v] = 0


@jit
def dress(S, kind, svc, chain, v, p, m, rev):
    """Give node v the ends, dwell and time span of place p when mode m serves it."""
    S[PLACE, v] = p
    S[DW, v] = svc[m, p, 2]
    S[ENT, v] = svc[m, p, 1] if rev else svc[m, p, 0]
    S[EXT, v] = svc[m, p, 0] if rev else svc[m, p, 1]
    S[REV, v] = 1 if rev else 0


@jit
def put_in(S, X, kind, travel, tour, chain, v, a, i, left, right, Q, inq, trail, ops):
    """Try node v (dressed) behind a, in the link after chain node i (-1: none); False leaves all as it was."""
    t = S[TOUR, a]
    m = tour[t, MODE]
    b = S[NEXT, a]
    j = -1
    early = max(np.int64(S[LO, v]), S[E, a] + S[DW, a] + leg(S, kind, travel, m, a, v))
    if i >= 0:
        j = S[CNEXT, i]
        old = S[MISS, i]
        S[CHAIN, v] = S[CHAIN, i]
        early = max(early, S[E, j] - S[DW, v] - bound(S, chain, i, right))
    link(S, X, kind, travel, tour, v, a)
    late = min(np.int64(S[HI, v]), S[L, b] - S[DW, v] - leg(S, kind, travel, m, v, b))
    if i >= 0:
        late = min(late, S[L, i] + S[DW, i] + bound(S, chain, i, left))
    if early > late or X[1, t] > tour[t, CAP]:
        unlink(S, X, kind, travel, tour, v)
        return False
    S[E, v], S[L, v] = early, late
    if i >= 0:
        S[MISS, i], S[MISS, v] = left, right
        S[CNEXT, i], S[CPREV, v] = v, i
        S[CNEXT, v], S[CPREV, j] = j, v
    Q[0] = v
    inq[v] = 1
    tail = 1
    r = b
    while kind[r] == BREAK:
        Q[tail] = r
        inq[r] = 1
        tail += 1
        r = S[NEXT, r]
    ok, n_trail = raise_early(S, kind, travel, tour, chain, Q, inq, tail, trail, 0, ops)
    if not ok:
        for k in range(n_trail - 1, -1, -1):
            S[E, trail[k, 0]] = trail[k, 1]
        unlink(S, X, kind, travel, tour, v)
        if i >= 0:
            S[MISS, i] = old
            S[CNEXT, i], S[CPREV, j] = j, i
            S[CPREV, v] = S[CNEXT, v] = -1
            S[MISS, v] = 0
        return False
    Q[0] = v
    inq[v] = 1
    tail = 1
    r = b
    while True:
        Q[tail] = r
        inq[r] = 1
        tail += 1
        if kind[r] != BREAK:
            break
        r = S[NEXT, r]
    if j >= 0 and inq[j] == 0:
        Q[tail] = j
        inq[j] = 1
        tail += 1
    lower_late(S, kind, travel, tour, chain, Q, inq, tail, ops)
    return True


@jit
def may_open(X, tour, pool_of, pool_seg, t):
    """Whether the pool of crew t has room for it over its whole shift."""
    for s in range(pool_seg.shape[0]):
        if pool_seg[s, 0] != pool_of[t]:
            continue
        a, b = pool_seg[s, 1], pool_seg[s, 2]
        if tour[t, BEGIN] >= b or tour[t, FINISH] <= a:
            continue
        out = 0
        for u in range(tour.shape[0]):
            if (
                (X[0, u] > 0 or tour[u, MUST] == 1)
                and pool_of[u] == pool_of[t]
                and tour[u, BEGIN] < b
                and tour[u, FINISH] > a
            ):
                out += 1
        if out + 1 > pool_seg[s, 3]:
            return False
    return True


@jit
def positions(
    S,
    X,
    kind,
    travel,
    tour,
    svc,
    allow,
    pool_of,
    pool_seg,
    p,
    lo,
    hi,
    on_end,
    opening,
    blink,
    rng,
    cand,
    ops,
):
    """Cheapest places for a visit at p beginning by hi and beginning (``on_end``: ending) from lo; how many in cand."""
    found = 0
    n_tours = tour.shape[0]
    ops[0] += 20
    for t in range(n_tours):
        m = tour[t, MODE]
        d = np.int64(svc[m, p, 2])
        used = X[0, t] > 0 or tour[t, MUST] == 1
        if d < 0 or allow[t] == 0 or used == opening or tour[t, BEGIN] > hi or tour[t, FINISH] < lo:
            continue
        if opening and not may_open(X, tour, pool_of, pool_seg, t):
            continue
        ways = 1 if svc[m, p, 0] == svc[m, p, 1] else 2
        a = t
        while kind[a] != END:
            b = S[NEXT, a]
            left_s = S[E, a] + S[DW, a]
            if left_s > hi:
                break
            if S[L, b] >= lo:
                r = b
                while kind[r] == BREAK:
                    r = S[NEXT, r]
                for w in range(ways):
                    ent, ext = svc[m, p, w], svc[m, p, 1 - w]
                    to = np.int64(travel[m, S[EXT, a], ent])
                    on = np.int64(travel[m, ext, S[ENT, r]])
                    early = max(left_s + to, lo - d if on_end else lo)
                    after = np.int64(0) if kind[b] == BREAK else on
                    if early > hi or early + d + after > S[L, b] or early + d + on > S[L, r]:
                        continue
                    ops[0] += 1
                    if blink > 0.0 and draw(rng) < blink:
                        continue
                    cost = to + on - travel[m, S[EXT, a], S[ENT, r]]
                    if opening:
                        cost += OPEN_COST * tour[t, PRICE] + max(0, hi - tour[t, BEGIN]) // 4
                    k = found if found < TRIES else TRIES - 1
                    if found == TRIES and cost >= cand[k, 0]:
                        continue
                    while k > 0 and cand[k - 1, 0] > cost:
                        for f in range(4):
                            cand[k, f] = cand[k - 1, f]
                        k -= 1
                    cand[k, 0], cand[k, 1], cand[k, 2], cand[k, 3] = cost, a, w, t
                    if found < TRIES:
                        found += 1
            a = b
    return found


@jit
def serve(S, X, stack, kind, travel, tour, chain, svc, allow, pool_of, pool_seg, r, extra, from_left, opening, blink,
          rng, cand, Q, inq, trail, ops):  # fmt: skip
    """Insert one visit for request r (a chain link or a window) where it costs least; its node, or -1."""
    i, left, right = -1, 0, 0
    p = S[PLACE, r]
    lo, hi = np.int64(S[LO, r]), np.int64(S[HI, r])
    v = r
    if kind[r] != WINDOW and kind[r] != SLOT:
        i = r
        miss = S[MISS, r] - 1 + extra
        j = S[CNEXT, r]
        if X[2, 0] == 0:
            return -1
        v = stack[X[2, 0] - 1]
        left, right = (0, miss) if from_left else (miss, 0)
        hi = min(chain[S[CHAIN, i], 6], S[L, i] + S[DW, i] + bound(S, chain, i, left))
        lo = max(chain[S[CHAIN, i], 5], S[E, j] - bound(S, chain, i, right))
    for new in range(2 if opening else 1):
        n = positions(
            S,
            X,
            kind,
            travel,
            tour,
            svc,
            allow,
            pool_of,
            pool_seg,
            p,
            lo,
            hi,
            i >= 0,
            new == 1,
            blink,
            rng,
            cand,
            ops,
        )
        for k in range(n):
            m = tour[cand[k, 3], MODE]
            dress(S, kind, svc, chain, v, p, m, cand[k, 2] == 1)
            if i >= 0:
                c = S[CHAIN, i]
                S[LO, v] = chain[c, 5] - S[DW, v]
                S[HI, v] = chain[c, 6]
            if put_in(
                S, X, kind, travel, tour, chain, v, cand[k, 1], i, left, right, Q, inq, trail, ops
            ):
                if i >= 0:
                    X[2, 0] -= 1
                return v
    return -1


@jit
def requests(S, kind, order, want, pen, n_slots_on, rng, R, key):
    """Collect open links and unserved windows into R, sorted as ``order`` says; returns how many.

    Orders: 0 latest time first come (deadline), 1 random, 2 narrowest, 3 most often left open.
    """
    n = 0
    for v in range(S.shape[1]):
        k = kind[v]
        if (k == WINDOW and S[TOUR, v] < 0) or (k == CSTART and S[MISS, v] > 0) or (k == FREE and S[TOUR, v] >= 0 and S[MISS, v] > 0) or (k == SLOT and n_slots_on and S[TOUR, v] < 0 and want[v] == 1):
            pass
        else:
            continue
        R[n] = v
        late = np.float64(S[HI, v]) if k == WINDOW or k == SLOT else np.float64(S[L, v])
        if order == 0:
            key[n] = late
        elif order == 1:
            key[n] = draw(rng)
        elif order == 2:
            if k == WINDOW or k == SLOT:
                key[n] = S[HI, v] - S[LO, v]
            else:
                key[n] = S[L, v] - S[E, v]
        else:
            key[n] = -pen[S[PLACE, v]] + draw(rng)
        if k == SLOT:
            key[n] += 1e9 - 1e3 * draw(rng)
        n += 1
    idx = np.argsort(key[:n], kind="mergesort")
    R[:n] = R[:n][idx]
    return n


@jit
def recreate(S, X, stack, kind, travel, tour, chain, svc, allow, pool_of, pool_seg, order, opening, blink, want,
             slots_on, pen, rng, cand, Q, inq, trail, R, key, ops):  # fmt: skip
    """Serve every request that can be served; what cannot stays open."""
    n = requests(S, kind, order, want, pen, slots_on, rng, R, key)
    for q in range(n):
        r = R[q]
        if kind[r] == WINDOW or kind[r] == SLOT:
            serve(S, X, stack, kind, travel, tour, chain, svc, allow, pool_of, pool_seg, r, 0, True,
                  opening and kind[r] == WINDOW, blink, rng, cand, Q, inq, trail, ops)  # fmt: skip
            continue
        extras = 1
        from_left = order == 0 or draw(rng) < 0.5
        while S[MISS, r] > 0:
            v = serve(S, X, stack, kind, travel, tour, chain, svc, allow, pool_of, pool_seg, r, 0, from_left,
                      opening, blink, rng, cand, Q, inq, trail, ops)  # fmt: skip
            if v < 0 and extras > 0 and X[2, 0] > 8:
                extras -= 1
                v = serve(S, X, stack, kind, travel, tour, chain, svc, allow, pool_of, pool_seg, r, 1, from_left,
                          False, blink, rng, cand, Q, inq, trail, ops)  # fmt: skip
            if v < 0:
                break
            if from_left:
                r = v


@jit
def ruin(
    S, X, stack, kind, travel, tour, chain, near, mean, longest, by, touched, rng, R, key, ops
):
    """Tear adjacent strings of visits out of neighbouring tours, around a seed place and time."""
    n_tours = tour.shape[0]
    n = 0
    n_open = 0
    for v in range(S.shape[1]):
        k = kind[v]
        if S[TOUR, v] >= 0 and (k == WINDOW or k == FREE or k == SLOT):
            R[n] = v
            n += 1
        elif (k == WINDOW and S[TOUR, v] < 0) or ((k == CSTART or k == FREE) and S[MISS, v] > 0):
            n_open += 1
    if n == 0:
        return
    seed_p, seed_t = -1, 0
    if n_open > 0 and draw(rng) < 0.7:
        pick = int(draw(rng) * n_open)
        for v in range(S.shape[1]):
            k = kind[v]
            if (k == WINDOW and S[TOUR, v] < 0) or (
                S[MISS, v] > 0 and (k == CSTART or (k == FREE and S[TOUR, v] >= 0))
            ):
                if pick == 0:
                    seed_p = S[PLACE, v]
                    if k == WINDOW:
                        seed_t = (S[LO, v] + S[HI, v]) // 2
                    else:
                        seed_t = (S[L, v] + S[E, S[CNEXT, v]]) // 2
                    break
                pick -= 1
    if seed_p < 0:
        v = R[int(draw(rng) * n)]
        seed_p, seed_t = S[PLACE, v], S[by, v]
    blur = 0.2 + 1.8 * draw(rng)
    for q in range(n):
        v = R[q]
        mid = min(max(seed_t, np.int64(S[E, v])), np.int64(S[L, v]))
        key[q] = near[seed_p, S[PLACE, v]] + blur * abs(mid - seed_t) * 0.5
    ops[0] += n // 4
    idx = np.argsort(key[:n], kind="mergesort")
    strings = 1 + int(draw(rng) * mean)
    for t in range(n_tours):
        touched[t] = 0
    done = 0
    for q in range(n):
        if done >= strings:
            break
        v = R[idx[q]]
        t = S[TOUR, v]
        if t < 0 or touched[t] == 1:
            continue
        touched[t] = 1
        done += 1
        size = 1 + int(draw(rng) * min(longest, X[0, t]))
        back = int(draw(rng) * size)
        u = v
        while back > 0 and kind[S[PREV, u]] != START:
            u = S[PREV, u]
            back -= 1
        while size > 0 and kind[u] != END:
            w = S[NEXT, u]
            if kind[u] != BREAK:
                take_out(S, X, stack, kind, travel, tour, chain, u, by)
                size -= 1
            u = w


@jit
def move_breaks(S, X, kind, travel, tour, chain, touched, share, rng, Q, inq, trail, ops):
    """Take each break of a touched tour elsewhere in it, drawn among the positions that fit; False if none does."""
    for t in range(tour.shape[0]):
        if touched[t] == 0:
            continue
        m = tour[t, MODE]
        v = S[NEXT, t]
        while kind[v] != END:
            after = S[NEXT, v]
            if kind[v] == BREAK and draw(rng) < share:
                unlink(S, X, kind, travel, tour, v)
                if not retime(S, kind, travel, tour, chain, Q, inq, trail, ops):
                    return False
                best, seen = -1, 0
                a = t
                while kind[a] != END:
                    b = S[NEXT, a]
                    early = max(np.int64(S[LO, v]), S[E, a] + S[DW, a])
                    way = (
                        np.int64(0)
                        if kind[b] == BREAK
                        else np.int64(travel[m, S[EXT, a], S[ENT, b]])
                    )
                    if early <= S[HI, v] and early + S[DW, v] + way <= S[L, b]:
                        seen += 1
                        if draw(rng) * seen < 1.0:
                            best = a
                    a = b
                if best < 0 or not put_in(
                    S, X, kind, travel, tour, chain, v, best, -1, 0, 0, Q, inq, trail, ops
                ):
                    return False
            v = after
    return True


@jit
def worth(S, X, kind, tour, chain, pen, out):
    """Fill ``out``: windows missed, minutes open, price of crews, presence slots served, driving; the penalty."""
    out[:] = 0
    fine = 0.0
    for v in range(S.shape[1]):
        k = kind[v]
        if k == WINDOW:
            if S[TOUR, v] < 0:
                out[0] += S[MISS, v]
                fine += pen[S[PLACE, v]] * 3.0
        elif k == SLOT:
            if S[TOUR, v] >= 0:
                out[3] -= S[MISS, v]
        elif S[MISS, v] > 0 and (k == CSTART or S[TOUR, v] >= 0):
            c = S[CHAIN, v]
            out[1] += S[MISS, v] * chain[c, 3] * (1 + (chain[c, 1] + chain[c, 2]) // 60)
            fine += S[MISS, v] * pen[S[PLACE, v]]
    for t in range(tour.shape[0]):
        if X[0, t] > 0 or tour[t, MUST] == 1:
            out[2] += tour[t, PRICE]
            m = tour[t, MODE]
            busy = X[1, t]
            v = S[NEXT, t]
            while kind[v] != END:
                busy -= S[DW, v]
                v = S[NEXT, v]
            out[4] += busy
    return fine


@jit
def empty_tour(S, X, stack, kind, travel, tour, chain, t, by):
    """Take every visit of a tour out."""
    v = S[NEXT, t]
    while kind[v] != END:
        w = S[NEXT, v]
        if kind[v] != BREAK:
            take_out(S, X, stack, kind, travel, tour, chain, v, by)
        v = w


@jit
def run(C, CX, cstack, B, BX, bstack, kind, travel, tour, chain, svc, near, allow, pool_of, pool_seg, want, slots_on,
        opening, pen, price_w, prize_w, heat, cool, mean, longest, rng, budget, until_served, best):  # fmt: skip
    """Ruin and recreate from plan C until ``budget`` operations; B keeps the best. Returns (operations, heat, found).

    ``best`` int64 ``[5]`` is B's worth, compared in order. With ``until_served`` it ends when nothing is open.
    """
    S, X, stack = C.copy(), CX.copy(), cstack.copy()
    n_nodes = S.shape[1]
    Q = np.zeros(n_nodes + 1, np.int32)
    inq = np.zeros(n_nodes, np.int8)
    trail = np.zeros((4 * n_nodes, 2), np.int32)
    R = np.zeros(n_nodes, np.int32)
    key = np.zeros(n_nodes, np.float64)
    cand = np.zeros((TRIES, 4), np.int64)
    touched = np.zeros(tour.shape[0], np.int8)
    now = np.zeros(5, np.int64)
    ops = np.zeros(1, np.int64)
    found = 0
    fine = worth(C, CX, kind, tour, chain, pen, now)
    cost = fine + price_w * now[2] + prize_w * now[3] + now[4]
    while ops[0] < budget:
        S[:] = C
        X[:] = CX
        stack[:] = cstack
        ops[0] += n_nodes // 4 + 50
        by = E if draw(rng) < 0.5 else L
        ruin(
            S,
            X,
            stack,
            kind,
            travel,
            tour,
            chain,
            near,
            mean,
            longest,
            by,
            touched,
            rng,
            R,
            key,
            ops,
        )
        if not retime(S, kind, travel, tour, chain, Q, inq, trail, ops):
            continue
        if draw(rng) < 0.3 and not move_breaks(
            S, X, kind, travel, tour, chain, touched, 0.7, rng, Q, inq, trail, ops
        ):
            continue
        x = draw(rng)
        order = 0 if x < 0.35 else (1 if x < 0.65 else (2 if x < 0.85 else 3))
        recreate(S, X, stack, kind, travel, tour, chain, svc, allow, pool_of, pool_seg, order, opening, 0.02, want,
                 slots_on, pen, rng, cand, Q, inq, trail, R, key, ops)  # fmt: skip
        fine = worth(S, X, kind, tour, chain, pen, now)
        new = fine + price_w * now[2] + prize_w * now[3] + now[4]
        old_fine = worth_fine(C, kind, pen)
        cost = cost_of(C, CX, kind, tour, chain, pen, price_w, prize_w) if old_fine > 0.0 else cost
        if new < cost - heat * np.log(max(draw(rng), 1e-12)):
            C[:] = S
            CX[:] = X
            cstack[:] = stack
            cost = new
            for f in range(5):
                if now[f] < best[f]:
                    B[:] = S
                    BX[:] = X
                    bstack[:] = stack
                    best[:] = now
                    found += 1
                    break
                if now[f] > best[f]:
                    break
        if fine > 0.0:
            for v in range(n_nodes):
                k = kind[v]
                if (k == WINDOW and S[TOUR, v] < 0) or (
                    S[MISS, v] > 0 and (k == CSTART or (k == FREE and S[TOUR, v] >= 0))
                ):
                    pen[S[PLACE, v]] += 20.0
        elif until_served:
            break
        heat *= cool
    return ops[0], heat, found


@jit
def worth_fine(S, kind, pen):
    """Penalty of what is open, 0.0 when everything is served."""
    fine = 0.0
    for v in range(S.shape[1]):
        k = kind[v]
        if k == WINDOW and S[TOUR, v] < 0:
            fine += pen[S[PLACE, v]] * 3.0
        elif S[MISS, v] > 0 and (k == CSTART or (k == FREE and S[TOUR, v] >= 0)):
            fine += S[MISS, v] * pen[S[PLACE, v]]
    return fine


@jit
def cost_of(S, X, kind, tour, chain, pen, price_w, prize_w):
    """Scalar worth under the present penalties."""
    now = np.zeros(5, np.int64)
    fine = worth(S, X, kind, tour, chain, pen, now)
    return fine + price_w * now[2] + prize_w * now[3] + now[4]


@jit
def construct(
    S, X, stack, kind, travel, tour, chain, svc, allow, pool_of, pool_seg, want, rng, ops
):
    """Serve open requests one visit at a time, always the one whose time runs out first."""
    n_nodes = S.shape[1]
    Q = np.zeros(n_nodes + 1, np.int32)
    inq = np.zeros(n_nodes, np.int8)
    trail = np.zeros((4 * n_nodes, 2), np.int32)
    cand = np.zeros((TRIES, 4), np.int64)
    dead = np.zeros(n_nodes, np.int8)
    while True:
        best, due = -1, np.int64(1 << 40)
        for v in range(n_nodes):
            k = kind[v]
            if dead[v] == 1:
                continue
            if k == WINDOW and S[TOUR, v] < 0:
                late = np.int64(S[HI, v])
            elif S[MISS, v] > 0 and (k == CSTART or (k == FREE and S[TOUR, v] >= 0)):
                late = S[L, v] + S[DW, v] + bound(S, chain, v, 0)
            else:
                continue
            if late < due:
                best, due = v, late
        if best < 0:
            return
        v = serve(S, X, stack, kind, travel, tour, chain, svc, allow, pool_of, pool_seg, best, 0, True, True, 0.0,
                  rng, cand, Q, inq, trail, ops)  # fmt: skip
        if v < 0:
            dead[best] = 1


@jit
def time_all(S, kind, travel, tour, chain, ops):
    """``retime`` with buffers of its own, for callers outside the kernels."""
    n_nodes = S.shape[1]
    Q = np.zeros(n_nodes + 1, np.int32)
    inq = np.zeros(n_nodes, np.int8)
    trail = np.zeros((1, 2), np.int32)
    return retime(S, kind, travel, tour, chain, Q, inq, trail, ops)
