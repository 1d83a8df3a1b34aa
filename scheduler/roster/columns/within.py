"""Rosters within hard sums that found no room in the graph: prices on the sum's parts are searched until it fits."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from scheduler.roster.columns.graph import Graph
from scheduler.roster.columns.kernels import FAR
from scheduler.roster.columns.split import PersonalRow
from scheduler.roster.linear import Ints

_TRIES, _FINER = 40, 256


class _Sum:
    """One sum and the price on each unit of it that is being searched."""

    def __init__(self, row: PersonalRow, n_groups: int, first: int) -> None:
        self.row = row
        self.coef = np.zeros(n_groups, dtype=np.int64)
        for g, coef in row.cells:
            self.coef[g] = coef
        unit = int(np.gcd.reduce(self.coef)) or 1
        self.part = self.coef // unit  # what the searched price is put on: the sum in its own smallest steps
        self.price, self.step = 0, first * unit
        self.too_low: int | None = None  # a price at which the sum was too great
        self.too_high: int | None = None

    def of(self, groups: tuple[int, ...]) -> int:
        return int(self.coef[list(groups)].sum())

    def off(self, groups: tuple[int, ...]) -> int:
        value = self.of(groups)
        return max(0, self.row.low - value, value - self.row.high)

    def move(self, groups: tuple[int, ...]) -> bool:
        """Next price; False when there is none left between."""
        if self.of(groups) > self.row.high:
            self.too_low = self.price
        else:
            self.too_high = self.price
        if self.too_low is None or self.too_high is None:
            self.price += self.step if self.too_high is None else -self.step
            self.step *= 2
            return abs(self.price) < 1 << 52
        middle = (self.too_low + self.too_high) // 2
        if middle in {self.too_low, self.too_high}:
            return False
        self.price = middle
        return True


def best_within(
    graph: Graph, rows: Sequence[PersonalRow], price: Ints, scale: int
) -> tuple[int, tuple[int, ...]]:
    """A cheap roster that keeps the hard ones of ``rows`` as well, not always the cheapest.

    Returns
    -------
    tuple
        Its price without the searched parts, and its groups; ``FAR`` where none was found.
    """
    total, groups = graph.best(price, scale)
    hard = [row for row in rows if row.hard]
    if not hard or total >= FAR:
        return total, groups
    open_ = price < FAR
    top = int(np.abs(price[open_]).max()) if open_.any() else 1
    fine = _FINER
    while fine > 1 and top * fine > 1 << 50:
        fine //= 2
    # Duties of one price would all come and go at one price of the sum: each is made a little dearer than the last.
    extra = np.where(open_, np.arange(len(price)) * 7919 % fine, 0)
    base = np.where(open_, price * fine + extra, FAR)
    sums = [_Sum(row, len(price), top * fine // max(1, *(abs(c) for _, c in row.cells)) + 1) for row in hard]
    best = FAR
    found: tuple[int, ...] = ()
    for _ in range(_TRIES):
        there = base + sum((np.where(open_, one.price * one.part, 0) for one in sums), np.zeros_like(base))
        total, groups = graph.best(there, scale * fine)
        worst = max(sums, key=lambda one: one.off(groups))
        if worst.off(groups) == 0:
            spent = sum(one.price * int(one.part[list(groups)].sum()) for one in sums) + int(extra[list(groups)].sum())
            best, found = (total - spent) // fine, groups
            break
        if not worst.move(groups):
            break
    return best, found
