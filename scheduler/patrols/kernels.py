"""Compiled kernels of the patrol search: exact timing by propagation, ruin, recreate.

One file on purpose: numba renews its cache of a function when its own file changes, not when a callee's does.

A plan under search is ``Plan(S, X, stack)``: ``S[field, node]`` int32 with the fields below and the node numbers of
``tables``, ``X[0, tour]`` visits, ``X[1, tour]`` busy seconds, ``X[2, 0]`` height of the stack of free visits.

Times are difference constraints: along a tour ``x_next >= x + dwell + way``, along a chain
``x_next <= x + dwell + bound(missing)``. ``E`` and ``L`` are their least and greatest solutions, each of them a
feasible timetable by itself; inserting a visit raises E and lowers L until nothing moves or a limit is passed.

A visit of a chain may serve one window of its place as well: then each names the other in ``CARRY``, the visit's
``LO`` and ``HI`` keep its begin inside the window, and the window's node itself stands in no tour.
"""

# Compiled functions get their types from what they are called with; annotations would only be decoration.
# ruff: noqa: ANN001, ANN201, PLR1714, SIM109
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators, disable-error-code="operator, assignment"
# fmt: off

from __future__ import annotations

from typing import Any, NamedTuple

import numba as nb
import numpy as np

TOUR, PREV, NEXT, CPREV, CNEXT, MISS, OVER, CHAIN, PLACE, DW, ENT, EXT, REV, E, L, LO, HI, CARRY = range(18)
N_FIELDS = 18
START, END, BREAK, CSTART, CEND, WINDOW, STAY, SLOT, FREE = range(9)
MODE, PRICE, CAP, MUST, BEGIN, FINISH = range(6)
C_PLACE, C_GAP, C_DWELL, C_WEIGHT, C_LEAST, C_BEGIN, C_END, C_STAY = range(8)
MISSED, OPEN, CORE, CREWS, PRESENCE, DRIVING = range(6)
N_WORTH = 6
OPEN_COST = 1_000_000
TRIES = 4
FAR = np.int64(1) << np.int64(40)

jit = nb.njit(cache=True, nogil=True, error_model="numpy")


class Plan(NamedTuple):
    """Arrays of one plan under search."""

    S: Any
    X: Any
    stack: Any


class Data(NamedTuple):
    """Arrays of the Problem, see ``tables``."""

    kind: Any
    travel: Any
    tour: Any
    chain: Any
    svc: Any
    near: Any
    member: Any
    most: Any
    slot: Any
    core: Any
    stay: Any


class Work(NamedTuple):
    """Buffers, the random state, penalties by place (``pen``) and what they grow by (``grow``), the operation count."""

    Q: Any
    inq: Any
    trail: Any
    R: Any
    key: Any
    cand: Any
    touched: Any
    mark: Any
    links: Any
    rng: Any
    pen: Any
    grow: Any
    ops: Any


class Ways(NamedTuple):
    """How to recreate: crews allowed, may new ones be opened, presence slots, gaps stretched, share skipped."""

    allow: Any
    opening: bool
    slots: bool
    soft: bool
    blink: float


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
def leg(D, S, a, b):
    """Seconds from node a to node b of one tour; a break is taken where the crew is."""
    if D.kind[b] == BREAK:
        return np.int64(0)
    return np.int64(D.travel[D.tour[S[TOUR, a], MODE], S[EXT, a], S[ENT, b]])


@jit
def bound(D, S, i, miss, over):
    """Longest stretch allowed after node i of a chain while ``miss`` visits are missing there."""
    c = S[CHAIN, i]
    return (miss + 1) * D.chain[c, C_GAP] + miss * D.chain[c, C_DWELL] + over


@jit
def is_open(D, S, v):
    """Whether node v asks for a visit: an unserved window or stay, or the begin of a link with visits missing."""
    k = D.kind[v]
    if k == WINDOW or k == STAY:
        return S[TOUR, v] < 0 and S[CARRY, v] < 0
    return (k == CSTART or (k == FREE and S[TOUR, v] >= 0)) and (S[MISS, v] > 0 or S[OVER, v] > 0)


@jit
def raise_early(D, P, W, tail, n_trail):
    """Propagate E from the first ``tail`` nodes of Q; False when some E would pass its L. Trail if n_trail >= 0."""
    S, Q, inq, trail = P.S, W.Q, W.inq, W.trail
    size = Q.shape[0]
    head, count, n = 0, tail, np.int64(0)
    ok = True
    while count > 0:
        u = Q[head]
        head = head + 1 if head + 1 < size else 0
        count -= 1
        inq[u] = 0
        if not ok:
            continue
        n += 1
        if n > 40 * size:
            ok = False
            continue
        for way in range(2):
            if way == 0:
                if S[TOUR, u] < 0 or D.kind[u] == END:
                    continue
                b = S[NEXT, u]
                new = S[E, u] + S[DW, u] + leg(D, S, u, b)
            else:
                b = S[CPREV, u]
                if b < 0:
                    continue
                new = S[E, u] - S[DW, b] - bound(D, S, b, S[MISS, b], S[OVER, b])
            if new > S[E, b]:
                if new > S[L, b] or n_trail >= trail.shape[0]:
                    ok = False
                    break
                if n_trail >= 0:
                    trail[n_trail, 0] = b
                    trail[n_trail, 1] = S[E, b]
                    n_trail += 1
                S[E, b] = new
                if inq[b] == 0:
                    inq[b] = 1
                    k = head + count
                    Q[k if k < size else k - size] = b
                    count += 1
    W.ops[0] += n
    if not ok:
        for k in range(n_trail - 1, -1, -1):
            S[E, trail[k, 0]] = trail[k, 1]
    return ok


@jit
def lower_late(D, P, W, tail):
    """Propagate L from the first ``tail`` nodes of Q; False when some L would fall below its E."""
    S, Q, inq = P.S, W.Q, W.inq
    size = Q.shape[0]
    head, count, n = 0, tail, np.int64(0)
    ok = True
    while count > 0:
        u = Q[head]
        head = head + 1 if head + 1 < size else 0
        count -= 1
        inq[u] = 0
        if not ok:
            continue
        n += 1
        for way in range(2):
            if way == 0:
                if S[TOUR, u] < 0 or D.kind[u] == START:
                    continue
                a = S[PREV, u]
                new = S[L, u] - S[DW, a] - leg(D, S, a, u)
            else:
                a = S[CNEXT, u]
                if a < 0:
                    continue
                new = S[L, u] + S[DW, u] + bound(D, S, u, S[MISS, u], S[OVER, u])
            if new < S[L, a]:
                if new < S[E, a]:
                    ok = False
                    break
                S[L, a] = new
                if inq[a] == 0:
                    inq[a] = 1
                    k = head + count
                    Q[k if k < size else k - size] = a
                    count += 1
    W.ops[0] += n
    return ok


@jit
def queue(W, tail, v):
    """Append v to Q once; the new length."""
    if W.inq[v] == 0:
        W.inq[v] = 1
        W.Q[tail] = v
        tail += 1
    return tail


@jit
def retime(D, P, W):
    """E and L of the whole plan from nothing; False when no timetable exists."""
    S = P.S
    n_tours, n_nodes = D.tour.shape[0], S.shape[1]
    for v in range(n_nodes):
        S[E, v] = S[LO, v]
        S[L, v] = S[HI, v]
    tail = 0
    for t in range(n_tours):
        v = t
        while D.kind[v] != END:
            tail = queue(W, tail, v)
            v = S[NEXT, v]
        tail = queue(W, tail, v)
    for v in range(n_nodes):
        if D.kind[v] == CEND:
            tail = queue(W, tail, v)
    if not raise_early(D, P, W, tail, -1):
        return False
    tail = 0
    for t in range(n_tours):
        v = t + n_tours
        while D.kind[v] != START:
            tail = queue(W, tail, v)
            v = S[PREV, v]
        tail = queue(W, tail, v)
    for v in range(n_nodes):
        if D.kind[v] == CSTART:
            tail = queue(W, tail, v)
    return lower_late(D, P, W, tail)


@jit
def link(D, P, v, a):
    """Put node v behind a in its tour; keeps break locations, visit count and busy seconds."""
    S, X = P.S, P.X
    t = S[TOUR, a]
    m = D.tour[t, MODE]
    b = S[NEXT, a]
    S[TOUR, v], S[PREV, v], S[NEXT, v] = t, a, b
    S[NEXT, a] = v
    S[PREV, b] = v
    X[1, t] += S[DW, v]
    if D.kind[v] == BREAK:
        S[EXT, v] = S[EXT, a]
        return
    r = b
    while D.kind[r] == BREAK:
        S[EXT, r] = S[EXT, v]
        r = S[NEXT, r]
    X[0, t] += 1
    X[1, t] += D.travel[m, S[EXT, a], S[ENT, v]]
    X[1, t] += D.travel[m, S[EXT, v], S[ENT, r]]
    X[1, t] -= D.travel[m, S[EXT, a], S[ENT, r]]


@jit
def unlink(D, P, v):
    """Take node v out of its tour; the opposite of ``link``."""
    S, X = P.S, P.X
    t = S[TOUR, v]
    m = D.tour[t, MODE]
    a, b = S[PREV, v], S[NEXT, v]
    S[NEXT, a] = b
    S[PREV, b] = a
    S[TOUR, v] = -1
    X[1, t] -= S[DW, v]
    if D.kind[v] == BREAK:
        return
    r = b
    while D.kind[r] == BREAK:
        S[EXT, r] = S[EXT, a]
        r = S[NEXT, r]
    X[0, t] -= 1
    X[1, t] -= D.travel[m, S[EXT, a], S[ENT, v]]
    X[1, t] -= D.travel[m, S[EXT, v], S[ENT, r]]
    X[1, t] += D.travel[m, S[EXT, a], S[ENT, r]]


@jit
def take_out(D, P, W, v, by):
    """Remove a visit. In a chain, count what is missing afresh by the timetable ``by`` (E or L).

    The times of others stay as they are; ``relax`` brings them up to date, W.links tells it which links changed.
    """
    S, X = P.S, P.X
    unlink(D, P, v)
    if D.kind[v] != FREE:
        return
    if S[CARRY, v] >= 0:
        S[CARRY, S[CARRY, v]] = -1
        S[CARRY, v] = -1
    i, j = S[CPREV, v], S[CNEXT, v]
    miss = S[MISS, i] + S[MISS, v] + 1
    over = S[OVER, i] + S[OVER, v]
    apart = S[by, j] - S[by, i] - S[DW, i]
    while miss > 0 and apart <= bound(D, S, i, miss - 1, 0):
        miss -= 1
    S[MISS, i] = miss
    S[OVER, i] = 0 if apart <= bound(D, S, i, miss, 0) else over
    S[CNEXT, i] = j
    S[CPREV, j] = i
    P.stack[X[2, 0]] = v
    X[2, 0] += 1
    S[CPREV, v] = S[CNEXT, v] = -1
    S[MISS, v] = S[OVER, v] = 0
    W.links[W.ops[1]] = i
    W.ops[1] += 1


@jit
def relax(D, P, W):
    """Bring times up to date after visits were taken out of the touched tours; False when no timetable is left.

    Only the touched tours are eased (E down, L up) with all others as they are. What comes out need not be the least
    and greatest timetable, but both are timetables, which is all that insertion relies on.
    """
    S = P.S
    for late in range(2):
        tail = 0
        for q in range(W.ops[1]):
            u = W.links[q] if late == 1 else S[CNEXT, W.links[q]]
            if u >= 0:
                tail = queue(W, tail, u)
        for t in range(D.tour.shape[0]):
            if W.touched[t] == 0:
                continue
            v = np.int64(t) if late == 0 else np.int64(t + D.tour.shape[0])
            stop = END if late == 0 else START
            while D.kind[v] != stop:
                if late == 0:
                    u, v = v, np.int64(S[NEXT, v])
                    ease = max(np.int64(S[LO, v]), S[E, u] + S[DW, u] + leg(D, S, u, v))
                    if S[CNEXT, v] >= 0:
                        ease = max(ease, S[E, S[CNEXT, v]] - S[DW, v] - bound(D, S, v, S[MISS, v], S[OVER, v]))
                    if ease > S[E, v]:
                        tail = queue(W, tail, u)
                    else:
                        S[E, v] = ease
                else:
                    u, v = v, np.int64(S[PREV, v])
                    ease = min(np.int64(S[HI, v]), S[L, u] - S[DW, v] - leg(D, S, v, u))
                    i = S[CPREV, v]
                    if i >= 0:
                        ease = min(ease, S[L, i] + S[DW, i] + bound(D, S, i, S[MISS, i], S[OVER, i]))
                    if ease < S[L, v]:
                        tail = queue(W, tail, u)
                    else:
                        S[L, v] = ease
                W.ops[0] += 1
        if late == 0:
            if not raise_early(D, P, W, tail, -1):
                return False
        elif not lower_late(D, P, W, tail):
            return False
    W.ops[1] = 0
    return True


@jit
def put_in(D, P, W, v, a, i, left, right, over):
    """Try node v (dressed) behind a and in the link after chain node i (-1: none); False leaves all as it was."""
    S, X = P.S, P.X
    t = S[TOUR, a]
    b = S[NEXT, a]
    j = old_miss = old_over = -1
    early = max(np.int64(S[LO, v]), S[E, a] + S[DW, a] + leg(D, S, a, v))
    if i >= 0:
        j, old_miss, old_over = S[CNEXT, i], S[MISS, i], S[OVER, i]
        S[CHAIN, v] = S[CHAIN, i]
        early = max(early, S[E, j] - S[DW, v] - bound(D, S, i, right, over))
    link(D, P, v, a)
    late = min(np.int64(S[HI, v]), S[L, b] - S[DW, v] - leg(D, S, v, b))
    if i >= 0:
        late = min(late, S[L, i] + S[DW, i] + bound(D, S, i, left, over))
    ok = early <= late and X[1, t] <= D.tour[t, CAP]
    if ok:
        S[E, v], S[L, v] = early, late
        if i >= 0:
            S[MISS, i], S[MISS, v] = left, right
            S[OVER, i], S[OVER, v] = over, over
            S[CNEXT, i], S[CPREV, v] = v, i
            S[CNEXT, v], S[CPREV, j] = j, v
        tail = queue(W, 0, v)
        r = b
        while D.kind[r] == BREAK:
            tail = queue(W, tail, r)
            r = S[NEXT, r]
        ok = raise_early(D, P, W, tail, 0)
        if not ok and i >= 0:
            S[MISS, i], S[OVER, i] = old_miss, old_over
            S[CNEXT, i], S[CPREV, j] = j, i
            S[CPREV, v] = S[CNEXT, v] = -1
            S[MISS, v] = S[OVER, v] = 0
    if not ok:
        unlink(D, P, v)
        return False
    tail = queue(W, 0, v)
    r = b
    while D.kind[r] == BREAK:
        tail = queue(W, tail, r)
        r = S[NEXT, r]
    tail = queue(W, tail, r)
    if j >= 0:
        tail = queue(W, tail, j)
    lower_late(D, P, W, tail)
    return True


@jit
def tighten(D, P, W, i):
    """Let the link after chain node i do with one visit less (or no stretch), by timing alone, if that can be."""
    S = P.S
    j = S[CNEXT, i]
    miss, over = S[MISS, i], S[OVER, i]
    new_miss = miss if over > 0 else miss - 1
    least = S[E, j] - S[L, i] - S[DW, i] - bound(D, S, i, new_miss, 0)
    new_over = np.int64(max(np.int64(0), -(-least // 60) * 60))
    if new_over > 0 and new_over >= over:
        return False
    S[MISS, i], S[OVER, i] = new_miss, new_over
    if not raise_early(D, P, W, queue(W, 0, j), 0):
        S[MISS, i], S[OVER, i] = miss, over
        return False
    lower_late(D, P, W, queue(W, 0, i))
    return True


@jit
def may_open(D, P, t):
    """Whether crew t may go out as well: its pool has room all along its shift, and not too many end with it."""
    for s in range(D.member.shape[0]):
        if D.member[s, t] == 0:
            continue
        out = 1
        for u in range(D.tour.shape[0]):
            if D.member[s, u] == 1 and (P.X[0, u] > 0 or D.tour[u, MUST] == 1):
                out += 1
        if out > D.most[s]:
            return False
    return True


@jit
def positions(D, P, W, ways, p, lo, hi, on_end, dwell, fresh, found, soft, begin, end, most, shift):
    """Add the cheapest positions for a visit at p to W.cand (already ``found`` in it); how many there are.

    The visit begins by ``hi`` and begins (``on_end``: ends) from ``lo``; ``dwell`` -1 is the service's own;
    ``fresh`` looks at tours not yet in use instead of those in use. With ``soft`` above 0 a link of that weight may be
    stretched by up to ``most`` seconds: any such begin in ``[begin - dwell, end]`` will do, at a price for the seconds
    outside ``lo`` and ``hi``.
    ``shift`` 1 or 2 is for voluntary visits: by how much what follows begins later counts too; 2 looks only at the
    tours just torn.
    """
    want_lo, want_hi = lo, hi
    if soft > 0:
        lo, hi = begin, end
    S, X, cand, svc = P.S, P.X, W.cand, D.svc
    W.ops[0] += 20 if shift == 0 else 3
    for t in range(D.tour.shape[0]):
        m = D.tour[t, MODE]
        d = np.int64(svc[m, p, 2])
        if shift == 2 and W.touched[t] == 0:
            continue
        used = X[0, t] > 0 or D.tour[t, MUST] == 1
        if d < 0 or ways.allow[t] == 0 or used == fresh or D.tour[t, BEGIN] > hi or D.tour[t, FINISH] < lo:
            continue
        if fresh and not may_open(D, P, t):
            continue
        d = max(d, dwell)
        both = 1 if svc[m, p, 0] == svc[m, p, 1] else 2
        a = np.int64(t)
        while D.kind[a] != END:
            b = np.int64(S[NEXT, a])
            left_s = S[E, a] + S[DW, a]
            if left_s > hi:
                break
            if S[L, b] >= lo:
                r = b
                while D.kind[r] == BREAK:
                    r = np.int64(S[NEXT, r])
                for w in range(both):
                    ent, ext = svc[m, p, w], svc[m, p, 1 - w]
                    to = np.int64(D.travel[m, S[EXT, a], ent])
                    on = np.int64(D.travel[m, ext, S[ENT, r]])
                    early = max(left_s + to, lo - d if on_end else lo)
                    after = np.int64(0) if D.kind[b] == BREAK else on
                    if early > hi or early + d + after > S[L, b] or early + d + on > S[L, r]:
                        continue
                    W.ops[0] += 1
                    if ways.blink > 0.0 and draw(W.rng) < ways.blink:
                        continue
                    cost = to + on - D.travel[m, S[EXT, a], S[ENT, r]]
                    over = np.int64(0)
                    if shift > 0:
                        cost = cost // 4 + max(np.int64(0), early + d + after - S[E, b])
                    if soft > 0:
                        late = min(S[L, b] - after, S[L, r] - on)  # latest end of the visit
                        over = max(over, early - want_hi, want_lo - late)
                        over = -(-over // 60) * 60
                        if over > most:
                            continue
                        cost += over * soft * 100
                    if fresh:
                        cost += OPEN_COST * D.tour[t, PRICE] + max(0, hi - D.tour[t, BEGIN]) // 4
                    k = found if found < TRIES else TRIES - 1
                    if found == TRIES and cost >= cand[k, 0]:
                        continue
                    while k > 0 and cand[k - 1, 0] > cost:
                        for f in range(6):
                            cand[k, f] = cand[k - 1, f]
                        k -= 1
                    cand[k, 0], cand[k, 1], cand[k, 2], cand[k, 3], cand[k, 4] = cost, a, w, t, p
                    cand[k, 5] = over
                    if found < TRIES:
                        found += 1
            a = b
    return found


@jit
def serve(D, P, W, ways, r, left, right, soft, opening, shift, within):
    """Insert one visit for request r (a chain link, window, stay or slot) where it costs least; its node, or -1.

    ``soft`` lets the link be stretched by as much as the position found needs. ``within`` (-1: none) is a window that
    the visit of a chain link has to serve too.
    """
    S, X = P.S, P.X
    i, dwell = -1, np.int64(-1)
    lo, hi = np.int64(S[LO, r]), np.int64(S[HI, r])
    begin, end, weight, most = lo, hi, np.int64(0), np.int64(0)
    v = np.int64(r)
    k = D.kind[r]
    if k == STAY:
        dwell = np.int64(S[DW, r])
    elif k == WINDOW:
        dwell = np.int64(D.stay[r])
    elif k != SLOT:
        if X[2, 0] == 0:
            return np.int64(-1)
        i = r
        j, c = S[CNEXT, r], S[CHAIN, r]
        v = np.int64(P.stack[X[2, 0] - 1])
        begin, end, dwell = D.chain[c, C_BEGIN], D.chain[c, C_END], D.chain[c, C_STAY]
        hi = min(end, S[L, i] + S[DW, i] + bound(D, S, i, left, 0))
        lo = max(begin, S[E, j] - bound(D, S, i, right, 0))
        weight = max(np.int64(1), D.chain[c, C_WEIGHT]) if soft else np.int64(0)
        most = D.chain[c, C_GAP] // 3  # both sides may be stretched by as much, less than what is missing now
    on_end = i >= 0 and within < 0
    if within >= 0:
        dwell = max(dwell, np.int64(D.stay[within]))
        longest = dwell
        for m in range(D.svc.shape[0]):
            longest = max(longest, np.int64(D.svc[m, S[PLACE, r], 2]))
        lo, hi = max(np.int64(S[LO, within]), lo - longest), min(np.int64(S[HI, within]), hi)
        if lo > hi:
            return np.int64(-1)
    for fresh in range(2 if opening else 1):
        n = 0
        for q in range(D.core.shape[0] if k == STAY else 1):
            at = D.core[q] if k == STAY else np.int64(S[PLACE, r])
            n = positions(D, P, W, ways, at, lo, hi, on_end, dwell, fresh == 1, n, weight, begin, end, most, shift)
        for q in range(n):
            p, m, rev = W.cand[q, 4], D.tour[W.cand[q, 3], MODE], W.cand[q, 2]
            S[PLACE, v], S[REV, v] = p, rev
            S[DW, v] = max(dwell, np.int64(D.svc[m, p, 2]))
            S[ENT, v], S[EXT, v] = D.svc[m, p, rev], D.svc[m, p, 1 - rev]
            if i >= 0:
                S[LO, v] = D.chain[S[CHAIN, i], C_BEGIN] - S[DW, v]
                S[HI, v] = D.chain[S[CHAIN, i], C_END]
            if within >= 0:
                S[LO, v], S[HI, v] = max(S[LO, v], S[LO, within]), min(S[HI, v], S[HI, within])
            if put_in(D, P, W, v, W.cand[q, 1], i, left, right, W.cand[q, 5]):
                if i >= 0:
                    X[2, 0] -= 1
                    if W.cand[q, 5] > 0:  # one of the two sides may need less
                        tighten(D, P, W, i)
                        tighten(D, P, W, v)
                if within >= 0:
                    S[CARRY, v], S[CARRY, within] = within, v
                return v
    return np.int64(-1)


@jit
def has_chain(D, p):
    """Whether place p has a promise, so that one visit may serve it and a window."""
    return np.any(D.chain[:, C_PLACE] == p)


@jit
def confine(D, P, W, v, r):
    """Let the standing chain visit v begin inside window r and serve it; False leaves all as it was."""
    S = P.S
    if S[CARRY, v] >= 0 or S[DW, v] < D.stay[r]:
        return False
    early, late = max(S[E, v], S[LO, r]), min(S[L, v], S[HI, r])
    if early > late:
        return False
    old_early, old_late = S[E, v], S[L, v]
    S[E, v], S[L, v] = early, late
    if not raise_early(D, P, W, queue(W, 0, v), 0):
        S[E, v], S[L, v] = old_early, old_late
        return False
    lower_late(D, P, W, queue(W, 0, v))
    S[LO, v], S[HI, v] = max(S[LO, v], S[LO, r]), min(S[HI, v], S[HI, r])
    S[CARRY, v], S[CARRY, r] = r, v
    return True


@jit
def share(D, P, W, ways, r, opening):
    """Serve window r by a visit of a chain at its place, one that stands or one that a link misses; its node, or -1."""
    S = P.S
    first = np.int64(0)
    while D.kind[first] != CSTART:
        first += 1
    for standing in range(2):
        for c in range(D.chain.shape[0]):
            if D.chain[c, C_PLACE] != S[PLACE, r]:
                continue
            i = first + c
            while D.kind[i] != CEND:
                if standing == 0:
                    if D.kind[i] == FREE and confine(D, P, W, i, r):
                        return i
                elif is_open(D, S, i) and P.X[2, 0] >= 8:
                    miss = max(1, S[MISS, i])
                    for more in range(2):  # as with links: one visit more than needed may have room
                        for left in range(miss + more):
                            v = serve(D, P, W, ways, i, left, miss - 1 + more - left, False, opening, 0, r)
                            if v >= 0:
                                return v
                i = np.int64(S[CNEXT, i])
    return np.int64(-1)


@jit
def serve_window(D, P, W, ways, r):
    """Serve window r with a chain visit of its place if that can be, else by a visit of its own; its node, or -1."""
    if has_chain(D, P.S[PLACE, r]) and draw(W.rng) < 0.9:
        for opening in range(2 if ways.opening else 1):
            v = share(D, P, W, ways, r, opening == 1)
            if v < 0:
                v = serve(D, P, W, ways, r, 0, 0, False, opening == 1, 0, np.int64(-1))
            if v >= 0:
                return v
        return np.int64(-1)
    return serve(D, P, W, ways, r, 0, 0, False, ways.opening, 0, np.int64(-1))


@jit
def mark_gained(D, P, W):
    """W.mark 1 for presence slots that some visit begins in, by the early timetable."""
    S = P.S
    for v in range(S.shape[1]):
        if D.kind[v] == SLOT:
            W.mark[v] = 0
    for v in range(S.shape[1]):
        if S[TOUR, v] >= 0 and D.kind[v] >= WINDOW:
            p = S[PLACE, v]
            a, b = D.slot[p, 0], D.slot[p, 0] + D.slot[p, 1]
            while b - a > 1:
                mid = (a + b) // 2
                if S[LO, mid] <= S[E, v]:
                    a = mid
                else:
                    b = mid
            if a < b and S[LO, a] <= S[E, v] and S[E, v] <= S[HI, a]:
                W.mark[a] = 1


@jit
def requests(D, P, W, order):
    """Collect what must be served and is open into W.R, sorted; how many.

    Orders: 0 time running out first, 1 random, 2 least room first, 3 most often left open first.
    """
    S, R, key = P.S, W.R, W.key
    n = 0
    for v in range(S.shape[1]):
        k = D.kind[v]
        if k == SLOT or not is_open(D, S, v):
            continue
        R[n] = v
        chained = k == CSTART or k == FREE
        late = S[L, v] + S[DW, v] + bound(D, S, v, 0, 0) if chained else np.int64(S[HI, v])
        room = S[L, v] - S[E, v] if chained else S[HI, v] - S[LO, v]
        if order == 0:
            key[n] = late
        elif order == 1:
            key[n] = draw(W.rng)
        elif order == 2:
            key[n] = room
        else:
            key[n] = draw(W.rng) - W.pen[S[PLACE, v] if k != STAY else 0]
        n += 1
    by = np.argsort(key[:n], kind="mergesort")
    R[:n] = R[:n][by]
    return n


@jit
def fill(D, P, W, ways, shift):
    """Make voluntary visits while any fits: always the one with most prize for the time it takes, drawn a little."""
    S, R = P.S, W.R
    mark_gained(D, P, W)
    power, noise = 1.0 + 2.0 * draw(W.rng), 0.6 * draw(W.rng)
    n = 0
    for v in range(S.shape[1]):
        if D.kind[v] == SLOT and S[TOUR, v] < 0 and W.mark[v] == 0:
            R[n] = v
            n += 1
    while n > 0:
        best, least, m = -1, np.inf, 0
        for q in range(n):
            v = np.int64(R[q])
            if W.mark[v] != 0:
                continue
            p, lo, hi = np.int64(S[PLACE, v]), np.int64(S[LO, v]), np.int64(S[HI, v])
            none = np.int64(0)
            if positions(D, P, W, ways, p, lo, hi, False, np.int64(-1), False, 0, none, lo, hi, none, shift) == 0:
                continue  # what fits nowhere now will not fit later
            R[m] = v
            m += 1
            cost = (max(1.0, 1.0 * W.cand[0, 0]) + noise * 30.0) / float(S[MISS, v]) ** power
            cost *= 1.0 - noise + 2.0 * noise * draw(W.rng)
            if cost < least:
                best, least = v, cost
        n = m
        if best < 0:
            return
        W.mark[best] = 1
        v = serve(D, P, W, ways, np.int64(best), 0, 0, False, False, shift, np.int64(-1))
        if v >= 0:
            mark_gained(D, P, W)


@jit
def recreate(D, P, W, ways, order, single):
    """Serve every request that can be served; what cannot stays open.

    ``single`` serves one visit at a time and looks again, so that the promise that runs out first always comes
    next over all places (construction); otherwise each request is served through (neighbourhood search).
    """
    S, X = P.S, P.X
    W.mark[:] = 0
    again = True
    while again:
        again = False
        n, q = requests(D, P, W, order), -1
        while q + 1 < n:
            q += 1
            r = np.int64(W.R[q])
            chained = D.kind[r] == CSTART or D.kind[r] == FREE
            if single and W.mark[r] == 1:
                continue
            from_left = order == 0 or draw(W.rng) < 0.5
            step, v, extras = 0, np.int64(-1), 0 if W.mark[r] == 2 else 2
            while step < 6:
                left, right, soft, opening = 0, 0, False, ways.opening
                if not chained:
                    step = 5
                else:
                    if not is_open(D, S, r) or X[2, 0] < 8:
                        break
                    if tighten(D, P, W, r):
                        continue
                    miss = S[MISS, r]
                    if miss == 0:  # only stretched: a visit more would close it, if it fits as it is
                        if step > 0:
                            break
                        miss = 1
                    if step == 0:
                        left, right = (0, miss - 1) if from_left else (miss - 1, 0)
                    elif step == 1:
                        if miss == 1:
                            step += 1
                            continue
                        left, right = (miss - 1, 0) if from_left else (0, miss - 1)
                    elif step == 2:
                        if miss < 3:
                            step += 1
                            continue
                        left = 1 + int(draw(W.rng) * (miss - 2))
                        right = miss - 1 - left
                    elif step == 3:
                        if extras == 0:
                            step += 1
                            continue
                        left, right = (0, miss) if from_left else (miss, 0)
                    else:
                        if not ways.soft:
                            break
                        step = 5
                        soft = True
                        left, right = (0, miss - 1) if from_left else (miss - 1, 0)
                if D.kind[r] == WINDOW:
                    v = serve_window(D, P, W, ways, r)
                    if v >= 0 and v != r and not single and is_open(D, S, v):
                        W.R[n] = v  # what is missing behind the new visit comes at the end
                        n += 1
                else:
                    v = serve(D, P, W, ways, r, left, right, soft, opening, 0, np.int64(-1))
                step += 1
                if v >= 0 and chained:
                    if step == 4:  # one visit more than needed: the rest has room now, but not for ever more
                        extras -= 1
                        W.mark[v] = 2
                    if single or step > 4:
                        break
                    step = 0
                    if left == 0:
                        r = v
            if single and v >= 0:
                again = True
                break
            if single:
                W.mark[r] = 1
    if ways.slots:
        fill(D, P, W, ways, 1 if single or draw(W.rng) < 0.1 else 2)


@jit
def ruin(D, P, W, mean, longest, by, slots):
    """Tear strings of visits out of neighbouring tours, around a seed place and time; keeps who was touched."""
    S, X, R, key = P.S, P.X, W.R, W.key
    n = n_open = n_free = 0
    wish = -1
    for v in range(S.shape[1]):
        if D.kind[v] >= WINDOW and S[TOUR, v] >= 0:
            R[n] = v
            n += 1
        elif slots and D.kind[v] == SLOT:
            n_free += 1
            if draw(W.rng) * n_free < 1.0:
                wish = v
        if is_open(D, S, v):
            n_open += 1
    W.touched[:] = 0
    if n == 0:
        return
    seed_p, seed_t = -1, np.int64(0)
    if n_open > 0 and draw(W.rng) < 0.7:
        pick = int(draw(W.rng) * n_open)
        for v in range(S.shape[1]):
            if is_open(D, S, v):
                if pick == 0:
                    if D.kind[v] == WINDOW or D.kind[v] == STAY:
                        seed_p, seed_t = S[PLACE, v], (np.int64(S[LO, v]) + S[HI, v]) // 2
                    else:
                        seed_p, seed_t = S[PLACE, v], (np.int64(S[L, v]) + S[E, S[CNEXT, v]]) // 2
                    if D.kind[v] == STAY:
                        seed_p = D.core[int(draw(W.rng) * D.core.shape[0])]
                    break
                pick -= 1
    if seed_p < 0 and wish >= 0 and draw(W.rng) < 0.5:  # make room for a voluntary visit
        seed_p, seed_t = S[PLACE, wish], (np.int64(S[LO, wish]) + S[HI, wish]) // 2
    if seed_p < 0:
        v = R[int(draw(W.rng) * n)]
        seed_p, seed_t = S[PLACE, v], np.int64(S[by, v])
    blur = 0.1 + 0.9 * draw(W.rng)
    for q in range(n):
        v = R[q]
        mid = min(max(seed_t, np.int64(S[E, v])), np.int64(S[L, v]))
        key[q] = D.near[seed_p, S[PLACE, v]] + blur * abs(mid - seed_t)
    W.ops[0] += n // 4
    for _ in range(1 + int(draw(W.rng) * mean)):
        v, least = -1, np.inf
        for q in range(n):
            if key[q] < least and S[TOUR, R[q]] >= 0 and W.touched[S[TOUR, R[q]]] == 0:
                v, least = R[q], key[q]
        if v < 0:
            break
        t = S[TOUR, v]
        W.touched[t] = 1
        size = 1 + int(draw(W.rng) * min(longest, X[0, t]))
        back = int(draw(W.rng) * size)
        u = v
        while back > 0 and D.kind[S[PREV, u]] != START:
            u = S[PREV, u]
            back -= 1
        while size > 0 and D.kind[u] != END:
            w = S[NEXT, u]
            if D.kind[u] != BREAK:
                take_out(D, P, W, u, by)
                size -= 1
            u = w


@jit
def move_breaks(D, P, W):
    """Take each break of a touched tour elsewhere in it, drawn among the positions that fit; False if none does."""
    S = P.S
    for t in range(D.tour.shape[0]):
        if W.touched[t] == 0:
            continue
        v = S[NEXT, t]
        while D.kind[v] != END:
            after = S[NEXT, v]
            if D.kind[v] == BREAK and draw(W.rng) < 0.7:
                unlink(D, P, v)
                if not relax(D, P, W):
                    return False
                best, seen = -1, 0
                a = np.int32(t)
                while D.kind[a] != END:
                    b = S[NEXT, a]
                    early = max(np.int64(S[LO, v]), S[E, a] + S[DW, a])
                    if early <= S[HI, v] and early + S[DW, v] + leg(D, S, a, b) <= S[L, b]:
                        seen += 1
                        if draw(W.rng) * seen < 1.0:
                            best = a
                    a = b
                if best < 0 or not put_in(D, P, W, v, best, -1, 0, 0, 0):
                    return False
            v = after
    return True


@jit
def worth(D, P, W, slots, out):
    """Fill ``out`` (missed, minutes open, core minutes, price, presence, driving); the penalty of what is open."""
    S = P.S
    out[:] = 0
    fine = 0.0
    if slots:
        mark_gained(D, P, W)
    for v in range(S.shape[1]):
        k = D.kind[v]
        if k == SLOT:
            if slots and W.mark[v] == 1:
                out[PRESENCE] -= S[MISS, v]
        elif is_open(D, S, v):
            if k == WINDOW:
                out[MISSED] += S[MISS, v]
                fine += W.pen[S[PLACE, v]] * 3.0
            elif k == STAY:
                out[CORE] += -(-S[DW, v] // 60)
                fine += W.pen[0]
            else:
                c = S[CHAIN, v]
                whole = 1 + (D.chain[c, C_GAP] + D.chain[c, C_DWELL]) // 60
                over = min(whole, np.int64(-(-S[OVER, v] // 60)))
                out[OPEN] += (S[MISS, v] * whole + over) * D.chain[c, C_WEIGHT]
                fine += W.pen[S[PLACE, v]] * (S[MISS, v] + over / whole)
    for t in range(D.tour.shape[0]):
        if P.X[0, t] > 0 or D.tour[t, MUST] == 1:
            out[CREWS] += D.tour[t, PRICE]
            out[DRIVING] += P.X[1, t]
            v = S[NEXT, t]
            while D.kind[v] != END:
                out[DRIVING] -= S[DW, v]
                v = S[NEXT, v]
    return fine


@jit
def copy_into(A, B):
    """Make A equal to B."""
    A.S[:] = B.S
    A.X[:] = B.X
    A.stack[:] = B.stack


@jit
def better(one, other):
    """Whether the first worth comes before the other, number by number."""
    for f in range(N_WORTH):
        if one[f] != other[f]:
            return one[f] < other[f]
    return False


@jit
def run(D, C, P, B, W, ways, first, drop, prize_w, heat, cool, mean, longest, budget, goal, best):
    """Ruin and recreate from plan C (moved on) until ``budget`` operations; B keeps the best. Rounds done, or -1.

    ``best`` int64 ``[6]`` is B's worth, compared in order; the run ends early when it is no more than ``goal`` in its
    first four parts. ``first`` constructs from the empty plan; ``drop`` empties that tour before (-1: none).
    """
    now, cur = np.zeros(N_WORTH, np.int64), np.zeros(N_WORTH, np.int64)
    rounds = taken = 0
    if first or drop >= 0:
        if drop >= 0:
            v = C.S[NEXT, drop]
            while D.kind[v] != END:
                w = C.S[NEXT, v]
                if D.kind[v] != BREAK:
                    take_out(D, C, W, v, E)
                v = w
        W.ops[1] = 0
        if not retime(D, C, W):
            return -1
        copy_into(P, C)
    fine_cur = worth(D, C, W, ways.slots, cur)
    if not first and better(cur, best):
        copy_into(B, C)
        best[:] = cur
    while W.ops[0] < budget:
        if not first:
            copy_into(P, C)
            W.ops[1] = 0
            ruin(D, P, W, mean, longest, E if draw(W.rng) < 0.5 else L, ways.slots)
        W.ops[0] += P.S.shape[1] // 2 + 50
        rounds += 1
        if not first and not relax(D, P, W):
            continue
        if not first and draw(W.rng) < 0.3 and not move_breaks(D, P, W):
            continue
        x = draw(W.rng)
        order = 0 if first or x < 0.35 else (1 if x < 0.65 else (2 if x < 0.85 else 3))
        recreate(D, P, W, ways, order, first)
        fine = worth(D, P, W, ways.slots, now)
        new = fine + 3000.0 * now[CREWS] + prize_w * now[PRESENCE] + now[DRIVING]
        old = fine_cur + 3000.0 * cur[CREWS] + prize_w * cur[PRESENCE] + cur[DRIVING]
        if first or new < old - heat * np.log(max(draw(W.rng), 1e-12)):
            copy_into(C, P)
            taken += 1
            if taken % 16 == 0:
                retime(D, C, W)
            cur[:] = now
            fine_cur = fine
            if better(now, best):
                copy_into(B, P)
                best[:] = now
        if first or (best[0] <= goal[0] and best[1] <= goal[1] and best[2] <= goal[2] and best[3] <= goal[3]):
            break
        if fine > 0.0:
            for v in range(P.S.shape[1]):
                if is_open(D, P.S, v):
                    p = P.S[PLACE, v] if D.kind[v] != STAY else 0
                    W.pen[p] += W.grow[p]
            fine_cur = worth(D, C, W, ways.slots, cur)
        heat *= cool
    return rounds
