"""The compiled part of what rows hold of seat groups. Closed in itself (numba's cache)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def cells(
    of_x: Any, of_c: Any, members: Any, group: Any, size: Any, scratch: Any, row: Any, at: Any, values: Any
) -> int:
    """Coefficients by row and group; returns how many pairs there are, which is all that happens without room.

    ``of_x`` and ``of_c`` are the rows over duties and over counters, ``members`` the duties of each counter, each
    as (ptr, index, coef) of whole numbers. ``scratch`` int64 ``[2, n_x]`` comes as 0 and is left so.
    Into ``row`` int64 ``[n]``, ``at`` int64 ``[n]`` (group) and ``values`` int64 ``[3, n]`` (least, greatest and
    usual coefficient over all people of the group, those without any counted as 0) go the pairs, rows ascending.
    """
    n_x, n_g = len(group), len(size)
    coef, seen_x = scratch[0], scratch[1]
    touched, groups = np.empty(n_x, dtype=np.int64), np.empty(n_g, dtype=np.int64)
    count, candidate, votes = np.zeros(n_g, np.int64), np.zeros(n_g, np.int64), np.zeros(n_g, np.int64)
    least, greatest, same = np.zeros(n_g, np.int64), np.zeros(n_g, np.int64), np.zeros(n_g, np.int64)
    n = 0
    for r in range(len(of_x[0]) - 1):
        n_touched, n_groups = 0, 0
        for k in range(of_x[0][r], of_x[0][r + 1]):
            x = of_x[1][k]
            if seen_x[x] == 0:
                seen_x[x] = 1
                touched[n_touched] = x
                n_touched += 1
            coef[x] += of_x[2][k]
        for j in range(of_c[0][r], of_c[0][r + 1]):
            c = of_c[1][j]
            for k in range(members[0][c], members[0][c + 1]):
                x = members[1][k]
                if seen_x[x] == 0:
                    seen_x[x] = 1
                    touched[n_touched] = x
                    n_touched += 1
                coef[x] += of_c[2][j] * members[2][k]
        for t in range(n_touched):
            x = touched[t]
            a, g = coef[x], group[x]
            if a != 0:
                if count[g] == 0:
                    groups[n_groups] = g
                    n_groups += 1
                    least[g], greatest[g], candidate[g], votes[g], same[g] = a, a, a, 0, 0
                count[g] += 1
                least[g], greatest[g] = min(least[g], a), max(greatest[g], a)
                if votes[g] == 0:
                    candidate[g] = a
                votes[g] += 1 if candidate[g] == a else -1
        for t in range(n_touched):
            x = touched[t]
            if coef[x] != 0 and coef[x] == candidate[group[x]]:
                same[group[x]] += 1
            coef[x], seen_x[x] = 0, 0
        for t in range(n_groups):
            g = groups[t]
            if n < len(row):
                part = count[g] < size[g]
                row[n], at[n] = r, g
                values[0, n] = min(least[g], 0) if part else least[g]
                values[1, n] = max(greatest[g], 0) if part else greatest[g]
                values[2, n] = candidate[g] if same[g] >= size[g] - count[g] else 0
            n += 1
            count[g] = 0
    return n


@njit(cache=True, nogil=True)
def rest(
    of_x: Any, of_c: Any, members: Any, part: Any, of_group: Any, group: Any, keep: Any, scratch: Any,
    ptr: Any, index: Any, value: Any,
) -> int:  # fmt: skip
    """Rows that are kept, without what everybody in some groups adds; returns how many entries there are.

    As :func:`cells`; ``part`` are the rows over groups that are taken out, ``of_group`` the duties of each group.
    ``ptr`` int64 ``[n_rows + 1]``; ``index`` and ``value`` are filled as far as there is room.
    """
    coef, seen_x = scratch[0], scratch[1]
    touched = np.empty(len(group), dtype=np.int64)
    n = 0
    for r in range(len(of_x[0]) - 1):
        ptr[r] = n
        if not keep[r]:
            continue
        n_touched = 0
        for k in range(of_x[0][r], of_x[0][r + 1]):
            x = of_x[1][k]
            if seen_x[x] == 0:
                seen_x[x] = 1
                touched[n_touched] = x
                n_touched += 1
            coef[x] += of_x[2][k]
        for j in range(of_c[0][r], of_c[0][r + 1]):
            c = of_c[1][j]
            for k in range(members[0][c], members[0][c + 1]):
                x = members[1][k]
                if seen_x[x] == 0:
                    seen_x[x] = 1
                    touched[n_touched] = x
                    n_touched += 1
                coef[x] += of_c[2][j] * members[2][k]
        for j in range(part[0][r], part[0][r + 1]):
            g = part[1][j]
            for k in range(of_group[0][g], of_group[0][g + 1]):
                x = of_group[1][k]
                if seen_x[x] == 0:
                    seen_x[x] = 1
                    touched[n_touched] = x
                    n_touched += 1
                coef[x] -= part[2][j]
        for t in range(n_touched):
            x = touched[t]
            if coef[x] != 0:
                if n < len(index):
                    index[n], value[n] = x, coef[x]
                n += 1
            coef[x], seen_x[x] = 0, 0
    ptr[len(of_x[0]) - 1] = n
    return n
