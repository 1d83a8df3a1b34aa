"""A better response at the same posts' price: one column for another while cooling, all else as penalties.

(Kirkpatrick, Gelatt and Vecchi 1983.) Only stands of one unit at posts without another stand are moved. What is handed
back breaks no row of a rule and leaves no more bare or single than before; the climb has it audited all the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit

from scheduler.siting.layout import View
from scheduler.siting.problem import Problem
from scheduler.siting.rules import load
from scheduler.siting.rules.form import OPEN
from scheduler.siting.table import Ints

Rows = tuple[Ints, Ints, Ints]
CHUNK = 2_000
HOT, COLD = 1 / 300, 1 / 50_000  # first and last temperature, in parts of the response
DEAR = 20  # mean seconds that a unit of weight left bare or single counts for
NEAR = 12  # nearest points of a column, and columns of a point, among which its stand-in is drawn
FREE = 2**62


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
def _waits(site: int, first: Any, now: Any, at: Any) -> Any:
    """Seconds until the last point of a site is reached."""
    last = 0
    for i in range(first[site], first[site + 1]):
        last = max(last, now[at[i]])
    return last


@njit(cache=True, nogil=True)
def _lay(c: int, put: int, rows: Any, line: Any, n_in: Any, family: Any, weights: Any, bare: Any, lone: Any,
         lost: Any) -> None:  # fmt: skip
    """Put a column in (1) or take it out (-1) of the cover rows; ``lost`` are the weights bare and single."""
    for a in range(rows[c], rows[c + 1]):
        f = family[line[a]]
        was_bare, was_lone = bare[f] > 0, lone[f] > 0
        n = n_in[line[a]]
        bare[f] += (n + put == 0) * 1 - (n == 0) * 1
        lone[f] += (n + put < 2) * 1 - (n < 2) * 1
        n_in[line[a]] = n + put
        change = (bare[f] > 0) * 1 - was_bare * 1
        lost[0] += change * weights[f, 0]
        lost[1] += change * weights[f, 1]
        lost[2] += ((lone[f] > 0) * 1 - was_lone * 1) * weights[f, 2]


@njit(cache=True, nogil=True)
def _broken(low: Any, high: Any, sums: Any) -> Any:
    total = 0
    for r in range(len(sums)):
        total += max(0, low[r] - sums[r]) + max(0, sums[r] - high[r])
    return total


@njit(cache=True, nogil=True)
def _cool(
    of: Any, point: Any, seconds: Any, first_at: Any, column: Any, its_s: Any, site: Any, first: Any, at: Any,
    weight: Any, late: int, rows: Any, line: Any, family: Any, weights: Any, n_in: Any, bare: Any, lone: Any,
    lost: Any, allowed: Any, rule_of: Any, rule: Any, factor: Any, low: Any, high: Any, sums: Any, post: Any,
    taken: Any, on: Any, moving: Any, now: Any, waits: Any, near: Any, values: Any, best: Any, dear: float,
    breach: float, n_moves: int, hot: float, cold: float, state: Any,
) -> None:  # fmt: skip
    """``n_moves`` exchanges; ``values`` is the response now and the best lawful one, whose columns are ``best``."""
    log_p, log_t = np.empty(len(now), np.int64), np.empty(len(now), np.int64)
    fall = (cold / hot) ** (1.0 / n_moves)
    penalty = breach * _broken(low, high, sums)
    for i in range(3):
        penalty += dear * max(0, lost[i] - allowed[i])
    for _ in range(n_moves):
        hot *= fall
        i = int(_draw(state) * len(moving))
        a = moving[i]
        p = near[a, int(_draw(state) * near.shape[1])]
        n_near = min(NEAR, first_at[p + 1] - first_at[p])
        b = column[first_at[p] + int(_draw(state) * n_near)] if n_near and _draw(state) < 0.9 else (
            int(_draw(state) * len(on)))
        if on[b] or (taken[post[b]] and post[b] != post[a]):
            continue
        _lay(a, -1, rows, line, n_in, family, weights, bare, lone, lost)
        _lay(b, 1, rows, line, n_in, family, weights, bare, lone, lost)
        for x in range(rule_of[a], rule_of[a + 1]):
            sums[rule[x]] -= factor[x]
        for x in range(rule_of[b], rule_of[b + 1]):
            sums[rule[x]] += factor[x]
        pays = breach * _broken(low, high, sums)
        for x in range(3):
            pays += dear * max(0, lost[x] - allowed[x])
        good, change, n_log = pays - penalty < 20 * hot, 0, 0
        if good:
            on[a], on[b] = 0, 1
            for x in range(of[a], of[a + 1]):
                p = point[x]
                if now[p] == seconds[x]:
                    soonest = late
                    for y in range(first_at[p], first_at[p + 1]):
                        if on[column[y]]:
                            soonest = min(late, its_s[y])
                            break
                    log_p[n_log], log_t[n_log] = p, now[p]
                    n_log += 1
                    now[p] = soonest
            for x in range(of[b], of[b + 1]):
                p = point[x]
                if seconds[x] < now[p]:
                    log_p[n_log], log_t[n_log] = p, now[p]
                    n_log += 1
                    now[p] = seconds[x]
            for x in range(n_log):
                s = site[log_p[x]]
                fresh = _waits(s, first, now, at)
                change += weight[s] * (fresh - waits[s])
                waits[s] = fresh
            worse = change + pays - penalty
            good = worse <= 0 or _draw(state) < np.exp(-worse / hot)
        if good:
            values[0] += change
            penalty = pays
            taken[post[a]], taken[post[b]] = 0, 1
            moving[i] = b
            if penalty == 0 and values[0] < values[1]:
                values[1] = values[0]
                best[:] = on
            continue
        if on[b]:
            on[a], on[b] = 1, 0
        for x in range(n_log - 1, -1, -1):
            now[log_p[x]] = log_t[x]
        for x in range(n_log):
            waits[site[log_p[x]]] = _waits(site[log_p[x]], first, now, at)
        _lay(b, -1, rows, line, n_in, family, weights, bare, lone, lost)
        _lay(a, 1, rows, line, n_in, family, weights, bare, lone, lost)
        for x in range(rule_of[a], rule_of[a + 1]):
            sums[rule[x]] += factor[x]
        for x in range(rule_of[b], rule_of[b + 1]):
            sums[rule[x]] -= factor[x]


def _csr(key: Ints, n: int, *others: Ints) -> tuple[Ints, ...]:
    order = np.argsort(key, kind="stable")
    start = np.zeros(n + 1, dtype=np.int64)
    np.cumsum(np.bincount(key, minlength=n), out=start[1:])
    return (start, *(its[order].astype(np.int64) for its in others))


def _rules(problem: Problem, view: View, units: Ints, standing: Ints) -> tuple[Rows, Ints, Ints, Ints]:
    """Rows of the rules and of the posts' prices over columns of one unit, their limits, and what stands now."""
    column = {(int(j), int(k)): c for c, (j, k) in enumerate(zip(view.post, view.kind, strict=True))}
    at: dict[int, list[int]] = {}
    for (j, _), c in column.items():
        at.setdefault(j, []).append(c)
    entries: list[tuple[int, int, int]] = []
    low: list[int] = []
    high: list[int] = []
    sums: list[int] = []
    for its in load().values():
        for row in its.rows(problem, view.periods[0]) if hasattr(its, "rows") else ():
            total = 0
            for term in row.terms:
                mine = at.get(term.post, []) if term.kind == OPEN else [column.get((term.post, term.kind), -1)]
                mine = [c for c in mine if c >= 0]
                entries += [(c, len(low), term.factor) for c in mine]
                if term.kind == OPEN or term.manned:
                    total += term.factor * any(units[c] for c in mine)
                else:
                    total += term.factor * sum(int(units[c]) for c in mine)
            low.append(-FREE if row.low is None else row.low)
            high.append(FREE if row.high is None else row.high)
            sums.append(total)
    price = np.array([problem.posts[int(j)].price for j in view.post], dtype=np.int64)
    entries += [(c, len(low), int(its)) for c, its in enumerate(price)]
    total = sum(problem.posts[int(j)].price for j in set(view.post[standing].tolist()))
    numbers = (np.array(its, dtype=np.int64) for its in ([*low, -FREE], [*high, total], [*sums, total]))
    columns, lines, factors = np.array(entries, dtype=np.int64).T
    start, line, factor = _csr(columns, len(price), lines, factors)
    low_at, high_at, sums_at = numbers
    return (start, line, factor), low_at, high_at, sums_at


def swap(
    problem: Problem, view: View, units: dict[tuple[int, int, int], int], *, seed: int, n_moves: int,
    keep_on: Callable[[int], bool],
) -> dict[tuple[int, int, int], int]:  # fmt: skip
    """The stands of a view with the least response met; those given where nothing better is.

    Parameters
    ----------
    n_moves
        Exchanges tried in one cooling.
    keep_on
        Told how many pairs were looked at, after some thousand exchanges; ends the cooling early when it says False.
    """
    p, n, n_points = view.periods[0], len(view.post), len(problem.point_site)
    pairs = list(zip(view.post.tolist(), view.kind.tolist(), strict=True))
    its = np.array([units.get((j, p, k), 0) for j, k in pairs], dtype=np.int64)
    on = (its > 0).astype(np.int8)
    at_post = np.bincount(view.post[on > 0], minlength=len(problem.posts))
    held = np.array([q.existing or q.required for q in problem.posts], dtype=np.bool_)
    moving = np.flatnonzero((its == 1) & (at_post[view.post] == 1) & ~held[view.post])
    of, point, seconds = _csr(view.pair_column, n, view.pair_point, view.pair_s)
    keep = view.pair_s < problem.longest_s
    first_at, column, its_s = _csr(view.pair_point[keep], n_points, view.pair_column[keep], view.pair_s[keep])
    if len(moving) < 2 or not len(view.site) or (np.diff(of) == 0)[moving].any():
        return units
    near = np.zeros((n, NEAR), dtype=np.int64)
    for c in np.flatnonzero(np.diff(of)).tolist():
        row = point[of[c] : of[c + 1]][np.argsort(seconds[of[c] : of[c + 1]], kind="stable")[:NEAR]]
        near[c] = np.resize(row, NEAR)
    first, at = _csr(problem.point_site.astype(np.int64), len(problem.sites), np.arange(n_points))
    now = np.full(n_points, problem.longest_s, dtype=np.int64)
    used = on[view.pair_column] > 0
    np.minimum.at(now, view.pair_point[used], view.pair_s[used])
    waits = np.array([_waits(s, first, now, at) for s in range(len(problem.sites))], dtype=np.int64)
    rows = [(f, row) for f, family in enumerate(view.families) for row in family.rows]
    n_in = np.array([len({int(view.post[c]) for c in row if on[c]}) for _, row in rows], dtype=np.int64)
    family = np.array([f for f, _ in rows], dtype=np.int64)
    in_row = np.array([c for _, row in rows for c in row], dtype=np.int64)
    start, line = _csr(in_row, n, np.repeat(np.arange(len(rows)), [len(row) for _, row in rows]))
    weights = np.array([(f.must, f.bare, f.single) for f in view.families], dtype=np.int64).reshape(-1, 3)
    bare, lone = (np.bincount(family[n_in < k], minlength=len(weights)) for k in (1, 2))
    lost = np.array([*weights[bare > 0][:, :2].sum(axis=0), weights[lone > 0][:, 2].sum()], dtype=np.int64)
    (rule_of, rule, factor), low, high, sums = _rules(problem, view, its, np.flatnonzero(on))
    weight, allowed = view.weight.astype(np.int64), lost.copy()
    response = int(weight @ waits)
    values, best = np.array([response, response], dtype=np.int64), on.copy()
    dear = DEAR * max(1.0, response / max(1, int(weight.sum())))
    hot, fall = HOT * response + 1, (COLD / HOT) ** (CHUNK / n_moves)
    state = np.array([2 * seed + 88172645463325252], dtype=np.uint64)
    for _ in range(-(-n_moves // CHUNK)):
        _cool(
            of, point, seconds, first_at, column, its_s, problem.point_site, first, at, weight, problem.longest_s,
            start, line, family, weights, n_in, bare, lone, lost, allowed, rule_of, rule,
            factor, low, high, sums, view.post, at_post, on, moving, now, waits, near, values, best,
            dear, response / 100 + 1, CHUNK, hot, hot * fall, state,
        )  # fmt: skip
        hot *= fall
        if not keep_on(2 * CHUNK * len(point) // n):
            break
    kept = {key: k for key, k in units.items() if key[1] not in view.periods}
    found = {(pairs[c][0], q, pairs[c][1]): max(1, int(its[c])) for c in np.flatnonzero(best) for q in view.periods}
    return kept | found

