"""The compiled part of running sums. Closed in itself (numba's cache)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

SETTLED = -(1 << 62)
"""A sum that can no longer make a difference."""

NEVER = -1
"""No state after."""

BEFORE, INSIDE, AT_LAST, AFTER = 0, 1, 2, 3
"""Where a layer lies: before the sum's first role, between first and last, at the last one, behind it."""


@njit(cache=True, nogil=True)
def sum_moves(
    states: Any, coef: int, where: int, low: int, high: int, price: int, once: bool, hard: bool, rising: bool,
    down: int, up: int, out: Any, after: Any,
) -> int:  # fmt: skip
    """Sums after a layer, numbered in ascending order; returns how many there are.

    ``states`` int64 ``[n]``; ``down`` and ``up`` are what the layers behind can take away and add. Into ``out`` int64
    ``[4, n]`` go the number after skipping and after taking (-1: forbidden) and what either costs; into ``after``
    int64 ``[2 n]`` the sums themselves.
    """
    n = len(states)
    values = np.empty(2 * n, dtype=np.int64)
    fine = np.ones(2 * n, dtype=np.bool_)
    for way in range(2):
        for k in range(n):
            before = states[k]
            value, cost, at = before, 0, way * n + k
            if where == AFTER:
                value = SETTLED
            elif where == AT_LAST:
                if before != SETTLED:
                    value = before + coef * way
                    amount = max(0, low - value, value - high)
                    if hard:
                        fine[at] = amount == 0
                    else:
                        cost = min(amount, 1) * price if once else amount * price
                value = SETTLED
            elif where == INSIDE and before != SETTLED:
                value = before + coef * way
                done = False
                if rising and value > high:
                    if hard:
                        fine[at] = False
                    elif once:
                        cost = price
                        done = True
                    else:
                        cost = (value - high) * price
                        value = high
                least, greatest = value + down, value + up
                if hard and (least > high or greatest < low):
                    fine[at] = False
                if done or (least >= low and greatest <= high):
                    value = SETTLED
            values[at] = value
            out[2 + way, k] = cost
    order = np.argsort(values)
    count = 0
    for j in range(2 * n):
        at = order[j]
        way, k = at // n, at % n
        if not fine[at]:
            out[way, k] = NEVER
            continue
        if count == 0 or after[count - 1] != values[at]:
            after[count] = values[at]
            count += 1
        out[way, k] = count - 1
    return count
