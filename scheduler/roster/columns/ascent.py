"""First multipliers where nothing is known of them: many cheap steps along the subgradient, before any master problem.

A master problem of few rosters, asked without a place to begin, swings from one end to the other. Steps of Adam
(Kingma and Ba 2015), ever shorter and measured by what a row usually adds, come near in some hundred rounds of pricing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from scheduler.roster.bound import FINE
from scheduler.roster.columns.held import Held
from scheduler.roster.columns.master import Column, Floats
from scheduler.roster.columns.split import Linking
from scheduler.roster.linear import Ints

_LONGEST, _SHORTEST = 0.1, 0.002
"""How far a multiplier moves in the first and in the last step for one usual coefficient, in usual prices."""

_MEAN, _SPREAD = 0.9, 0.99

_KEPT = 40
"""Last steps whose rosters are handed on: what they agree on is what the first master problem needs."""


Ask = Callable[[Ints], tuple[int, list[Column]]]
"""The bound at some multipliers in 1/65536, and everybody's cheapest roster there."""


def ascend(
    held: Held, y: Ints, steps: int, over: Callable[[], bool], ask: Ask, longest: float = _LONGEST
) -> tuple[Ints, list[list[Column]]]:
    """Better multipliers.

    Parameters
    ----------
    y : int64 [m]
        Where to begin, in 1/65536.
    steps
        At most so many rounds of pricing; the steps shorten towards the last one.
    over
        Asked between steps whether to stop.
    longest
        How far a multiplier moves in the first step.

    Returns
    -------
    tuple
        The best multipliers met, and everybody's rosters in each of the last steps.
    """
    linking = held.linking
    rows, usual, typical = linking.of_x.tocsr(), _usual(held), _typical(linking)
    least, most = _range(held), np.where(linking.equal, np.inf, 0.0)
    now = y / FINE
    mean, spread = np.zeros(len(y)), np.zeros(len(y))
    best, best_y = -(1 << 62), y
    found: list[list[Column]] = []
    for k in range(steps):
        if over():
            break
        whole = linking.legal(np.rint(now * FINE).astype(np.int64))
        total, columns = ask(whole)
        if total > best:
            best, best_y = total, whole
        if k >= steps - _KEPT:
            found.append(columns)
        slope = _slope(held, rows, whole, columns) / typical
        slope[((now >= most) & (slope > 0)) | ((now <= least) & (slope < 0))] = 0.0
        mean = _MEAN * mean + (1 - _MEAN) * slope
        spread = _SPREAD * spread + (1 - _SPREAD) * slope * slope
        step = mean / (1 - _MEAN ** (k + 1)) / (np.sqrt(spread / (1 - _SPREAD ** (k + 1))) + 1e-3)
        length = usual * longest * (_SHORTEST / _LONGEST) ** (k / steps)
        now = np.clip(now + length * step / typical, least, most)
    return best_y, found


def _slope(held: Held, rows: Any, y: Ints, columns: list[Column]) -> Floats:
    """What the rows leave free of these rosters and of the amounts that pay: the subgradient."""
    linking = held.linking
    x = np.zeros(linking.of_x.shape[1])
    for column in columns:
        x[list(column.duties)] = 1.0
    paying = np.where(held.cost * FINE - linking.of_a.T @ y < 0, held.upper, 0)
    sent = (linking.of_s.T @ y > 0).astype(np.int64)
    left: Floats = np.asarray(linking.rhs - rows @ x - linking.of_a @ paying - linking.of_s @ sent, dtype=np.float64)
    return left


def _usual(held: Held) -> float:
    """What an amount costs on the average."""
    prices = held.cost[(held.cost > 0) & (held.upper > 0)]
    return float(prices.mean()) if len(prices) else 1.0


def _typical(linking: Linking) -> Floats:
    """Mean size of a coefficient in each row, at least 1."""
    rows = linking.of_x.tocsr()
    size = np.asarray(abs(rows).sum(axis=1), dtype=np.float64).ravel()
    each: Floats = np.maximum(1.0, size / np.maximum(1, np.diff(rows.indptr)))
    return each


def _range(held: Held) -> Floats:
    """Least value of each multiplier: beyond an amount's own price more says nothing."""
    least = np.full(len(held.linking.rhs), -np.inf)
    of_a = held.linking.of_a.tocsc()
    for a in np.flatnonzero((held.upper > 0) & (np.diff(of_a.indptr) == 1)).tolist():
        r, coef = int(of_a.indices[of_a.indptr[a]]), int(of_a.data[of_a.indptr[a]])
        if coef < 0:
            least[r] = max(least[r], held.cost[a] / coef)
    return least
