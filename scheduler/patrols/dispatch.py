"""Compiled dispatch: whole patrol days played forward, each free crew sent to what runs out soonest and lies nearest.

A played day is a plan in a millisecond. How crews choose (``Rule``) is what ``start`` improves on; no chance is here.
"""

# ruff: noqa: ANN001, ANN201
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators, disable-error-code="operator, assignment"
# fmt: off

from __future__ import annotations

from typing import Any, NamedTuple

import numba as nb
import numpy as np

MODE, PRICE, CAP, MUST, BEGIN, FINISH = range(6)
C_PLACE, C_GAP, C_DWELL, C_WEIGHT, C_LEAST, C_BEGIN, C_END, C_STAY = range(8)
B_TOUR, B_EARLIEST, B_LATEST, B_LENGTH = range(4)
W_PLACE, W_LO, W_HI, W_WORTH, W_STAY = range(5)
MISSED, EXCESS, DRIVING, VISITS, STEPS = range(5)
LEAST_WAIT_S, LONGEST_WAIT_S = 30, 900
NO_WAY_S = 100_000_000
FAR = np.int64(1) << np.int64(40)

jit = nb.njit(cache=True, nogil=True, error_model="numpy")


class Tasks(NamedTuple):
    """What is asked for: promises and windows by place in order of time, breaks by crew; ``first[p]:first[p + 1]``."""

    chain: Any
    first_chain: Any
    window: Any
    first_window: Any
    rest: Any
    first_rest: Any
    depot: Any


class Rule(NamedTuple):
    """How crews choose.

    ``weigh``: what a second of slack, of lateness, of way from the crew's centre counts against a second of way;
    ``early`` by place: the part of its gap that must be left at most before it is worth a visit; ``ahead`` by place:
    seconds by which it is seen as running out sooner; ``centre`` the location each crew keeps to; ``at`` when each
    break is wanted; ``out`` which crews may go.
    """

    weigh: Any
    early: Any
    ahead: Any
    centre: Any
    at: Any
    out: Any


@jit
def late_cost(weight, over_s):
    """Weighted started minutes."""
    return weight * (-(-over_s // 60)) if over_s > 0 else np.int64(0)


@jit
def play(travel, svc, tour, T, R, stops, used, rest_at, late, out):
    """Play the horizon once.

    Fills ``stops`` ``[n, (crew, place, reverse, arrive, leave)]`` in order of decision, ``used`` visits by crew,
    ``rest_at`` the begin of each break, ``late`` weighted seconds late by place and ``out`` (missed, excess, driving,
    visits, steps).
    """
    n_crews, n_places = tour.shape[0], svc.shape[1]
    free, at, busy = tour[:, BEGIN].copy(), T.depot[:, 0].copy(), np.zeros(n_crews, np.int64)
    done = np.zeros(n_crews, np.bool_)
    rested = T.first_rest[:-1].copy()  # the next break of each crew
    seen = T.chain[:, C_BEGIN].copy()
    head = T.first_chain[:-1].copy()  # the next promise of each place that still asks for something
    served = np.zeros(T.window.shape[0], np.bool_)
    wanted = R.at.copy()
    used[:], late[:], out[:], rest_at[:] = 0, 0.0, 0, -1
    slack_w, late_w, home_w = R.weigh[0], R.weigh[1], R.weigh[2]
    for c in range(n_crews):
        done[c] = R.out[c] == 0
    while True:
        c = -1
        for q in range(n_crews):
            if not done[q] and (c < 0 or free[q] < free[c]):
                c = q
        if c < 0:
            break
        t, m = free[c], tour[c, MODE]
        out[STEPS] += n_crews // 8 + 1
        b, last_b = rested[c], T.first_rest[c + 1]
        if b < last_b and t >= T.rest[b, B_EARLIEST] and (t >= wanted[b] or t >= T.rest[b, B_LATEST]):
            if t <= T.rest[b, B_LATEST]:
                rest_at[b] = t
                busy[c] += T.rest[b, B_LENGTH]
                free[c] = t + T.rest[b, B_LENGTH]
            rested[c] = b + 1
            continue
        owed, latest = np.int64(0), FAR  # seconds of breaks still to come, and when the next must have begun
        for q in range(b, last_b):
            owed += T.rest[q, B_LENGTH]
        if b < last_b:
            latest = T.rest[b, B_LATEST]
        best, best_p, best_w, best_at, soon = np.inf, -1, 0, np.int64(0), FAR
        for p in range(n_places):
            d0 = np.int64(svc[m, p, 2])
            if d0 < 0:
                continue
            # what the place asks for: the window that closes first, the promise that runs out first
            for kind in range(2):
                d = d0
                if kind == 0:
                    q = head[p]
                    while q < T.first_chain[p + 1] and seen[q] + T.chain[q, C_GAP] >= T.chain[q, C_END]:
                        q += 1
                    head[p] = q
                    if q >= T.first_chain[p + 1]:
                        continue
                    opens, due = T.chain[q, C_BEGIN], seen[q] + T.chain[q, C_GAP]
                    opens = max(opens, seen[q])
                    ready = due - np.int64(R.early[p] * T.chain[q, C_GAP])
                    d = max(d, T.chain[q, C_STAY])
                else:
                    q = np.int64(-1)
                    for z in range(T.first_window[p], T.first_window[p + 1]):
                        if not served[z] and T.window[z, W_HI] >= t:
                            q = np.int64(z)
                            break
                    if q < 0:
                        continue
                    opens, due = T.window[q, W_LO], T.window[q, W_HI]
                    ready = opens
                    d = max(d, T.window[q, W_STAY])
                out[STEPS] += 1
                if opens > t + 4 * LONGEST_WAIT_S:
                    soon = min(soon, opens - t)
                    continue
                for way in range(1 if svc[m, p, 0] == svc[m, p, 1] else 2):
                    to = np.int64(travel[m, at[c], svc[m, p, way]])
                    leave_at = svc[m, p, 1 - way]
                    home = np.int64(travel[m, leave_at, T.depot[c, 1]])
                    if to >= NO_WAY_S or home >= NO_WAY_S:
                        continue
                    arrive = t + to
                    end = arrive + d
                    if end > latest or end + owed + home > tour[c, FINISH]:
                        continue
                    if busy[c] + to + d + owed + home > tour[c, CAP]:
                        continue
                    if kind == 1 and arrive > due:
                        continue
                    begin = max(opens, ready)
                    if arrive < begin:
                        soon = min(soon, begin - arrive)
                        continue
                    slack = float(due - R.ahead[p] - arrive)
                    cost = to + slack * (slack_w if slack > 0.0 else late_w)
                    if home_w > 0.0:
                        cost += home_w * travel[m, R.centre[c], svc[m, p, way]]
                    if cost < best:
                        best, best_p, best_w, best_at = cost, p, way, d
        if best_p < 0:
            if b < last_b and t >= T.rest[b, B_EARLIEST] and soon >= LONGEST_WAIT_S:
                wanted[b] = t
                continue
            wait = min(max(soon, LEAST_WAIT_S), LONGEST_WAIT_S)
            if b < last_b:
                turn = max(T.rest[b, B_EARLIEST], wanted[b])
                if t < turn:
                    wait = min(wait, turn - t)
            if t + wait > tour[c, FINISH] or (soon == FAR and b >= last_b):
                done[c] = True
            else:
                free[c] = t + wait
            continue
        p, way, d = best_p, best_w, best_at
        to = np.int64(travel[m, at[c], svc[m, p, way]])
        arrive = t + to
        leave = arrive + d
        for q in range(head[p], T.first_chain[p + 1]):
            if T.chain[q, C_BEGIN] > leave:
                break
            if arrive <= T.chain[q, C_END] and d >= T.chain[q, C_STAY]:
                over = arrive - seen[q] - T.chain[q, C_GAP]
                if over > 0:
                    out[EXCESS] += late_cost(T.chain[q, C_WEIGHT], over)
                    late[p] += T.chain[q, C_WEIGHT] * over
                seen[q] = max(seen[q], leave)
        for q in range(T.first_window[p], T.first_window[p + 1]):
            fits = T.window[q, W_LO] <= arrive <= T.window[q, W_HI] and d >= T.window[q, W_STAY]
            if fits and not served[q]:
                served[q] = True
                break
        n = out[VISITS]
        if n == stops.shape[0]:
            break
        stops[n, 0], stops[n, 1], stops[n, 2], stops[n, 3], stops[n, 4] = c, p, way, arrive, leave
        out[VISITS] = n + 1
        out[DRIVING] += to
        used[c] += 1
        busy[c] += to + d
        at[c], free[c] = svc[m, p, 1 - way], leave
    for q in range(T.chain.shape[0]):
        over = T.chain[q, C_END] - seen[q] - T.chain[q, C_GAP]
        if over > 0:
            p = T.chain[q, C_PLACE]
            out[EXCESS] += late_cost(T.chain[q, C_WEIGHT], over)
            late[p] += T.chain[q, C_WEIGHT] * over
    for q in range(T.window.shape[0]):
        if not served[q]:
            out[MISSED] += T.window[q, W_WORTH]
            late[T.window[q, W_PLACE]] += 3600.0
