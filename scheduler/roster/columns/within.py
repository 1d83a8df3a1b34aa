"""Rosters within hard sums that found no room in the graph: prices on the sum's parts are searched until it fits.

Where the cheapest roster is too much at one price and too little at the next, parts of both are put together at the
nodes where they meet: at such a price all mixtures are about as cheap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scheduler.roster.columns.graph import Graph, Way
from scheduler.roster.columns.kernels import FAR
from scheduler.roster.columns.split import PersonalRow
from scheduler.roster.linear import BIG, Ints

_TRIES, _FINER = 80, 256

_MIXERS = (7919, 519032303, 982451653, 179424673, 373587883)
"""By these primes duties are made to differ: first as little as may be, then by a quarter of the highest price."""

_DEAREST = 1 << 50
"""The most that a sum's price may add to one duty: far below what stands for never."""

_MIXED, _EXCHANGES = 30, 60
"""Last rosters met that are mixed, and exchanges of parts that are made."""


class _Sum:
    """One sum and the price on each unit of it that is being searched.

    The price rises while the sum is too great and falls while it is too small or the price not needed; its steps
    double while they go on one way and are halved when they turn (Riedmiller and Braun's rule of 1993).
    """

    def __init__(self, row: PersonalRow, n_groups: int, first: int) -> None:
        self.row = row
        self.coef = np.zeros(n_groups, dtype=np.int64)
        for g, coef in row.cells:
            self.coef[g] = coef
        unit = int(np.gcd.reduce(self.coef)) or 1
        self.part = self.coef // unit  # what the searched price is put on: the sum in its own smallest steps
        self.price, self.step, self.way = 0, first * unit, 0
        self.most = _DEAREST // max(1, int(np.abs(self.part).max()))

    def move(self, groups: Sequence[int]) -> None:
        """Next price."""
        value = int(self.coef[list(groups)].sum())
        way = 1 if value > self.row.high else -1 if value < self.row.low else 0
        if way == 0 and not (self.row.low > -BIG and self.row.high < BIG):
            way = -int(np.sign(self.price))  # kept, perhaps by more than is needed
        if way == 0:
            return
        self.step = 2 * self.step if way == self.way else max(1, self.step // 2) if self.way else self.step
        self.step = min(self.step, self.most)
        self.way = way
        before = self.price
        self.price = min(self.most, max(-self.most, before + way * self.step))
        if before * self.price < 0:  # not beyond what costs nothing
            self.price = 0


def best_within(
    graph: Graph, rows: Sequence[PersonalRow], price: Ints, scale: int
) -> tuple[int, tuple[int, ...]]:
    """A cheap roster that keeps the hard ones of ``rows`` as well, not always the cheapest.

    Returns
    -------
    tuple
        Its price without the searched parts, and its groups; ``FAR`` where none was found.
    """
    way = graph.way(price, scale)
    hard = [row for row in rows if row.hard]
    if way is None:
        return FAR, ()
    if not hard:
        return way.total, tuple(sorted(way.groups))
    open_ = price < FAR
    top = int(np.abs(price[open_]).max()) if open_.any() else 1
    fine = _FINER
    while fine > 1 and top * fine > 1 << 50:
        fine //= 2
    first = [top * fine // max(1, *(abs(c) for _, c in row.cells)) + 1 for row in hard]
    found = None
    for turn, mixer in enumerate(_MIXERS):
        # Duties of one price would all come and go at one price of the sum: some are made dearer than others.
        spread = fine if turn == 0 else top * fine // 4 + 1
        extra = np.where(open_, np.arange(len(price)) * mixer % spread, 0)
        base = np.where(open_, price * fine + extra, FAR)
        sums = [_Sum(row, len(price), step) for row, step in zip(hard, first, strict=True)]
        found = _search(graph, sums, base, open_, scale * fine)
        if found is not None:
            break
    if found is None:
        return FAR, ()
    arcs, groups = found
    total = int(graph.cost[arcs].astype(np.int64).sum()) * scale + int(price[list(groups)].sum())
    return total, tuple(sorted(groups))


def _search(
    graph: Graph, sums: list[_Sum], base: Ints, open_: NDArray[np.bool_], scale: int
) -> tuple[Ints, tuple[int, ...]] | None:
    met: list[Way] = []
    seen = set()
    while len(met) < _TRIES and (state := tuple((one.price, one.step) for one in sums)) not in seen:
        seen.add(state)
        there = base + sum((np.where(open_, one.price * one.part, 0) for one in sums), np.zeros_like(base))
        way = graph.way(there, scale)
        if way is None:
            return None
        if all(one.row.amount(int(one.coef[list(way.groups)].sum())) == 0 for one in sums):
            return way.arcs.astype(np.int64), way.groups
        met.append(way)
        for one in sums:
            one.move(way.groups)
    return _mixed(graph, sums, met[-_MIXED:])


def _mixed(graph: Graph, sums: list[_Sum], met: Sequence[Way]) -> tuple[Ints, tuple[int, ...]] | None:
    """Parts of several rosters, exchanged where they pass the same node, until all sums are kept."""
    coef = np.stack([one.coef for one in sums])
    usual = np.array([max(1.0, float(np.abs(c[c != 0]).mean())) if c.any() else 1.0 for c in coef])
    low, high = (np.array([getattr(one.row, name) for one in sums]) for name in ("low", "high"))

    def off(values: Ints) -> NDArray[np.float64]:
        outside = np.maximum(0, np.maximum(low[:, None] - values, values - high[:, None]))
        found: NDArray[np.float64] = (outside / usual[:, None]).sum(axis=0)
        return found

    taken = [_Taken.of(graph, way, coef) for way in met]
    now = min(taken, key=lambda one: float(off(one.total)[0]))
    for _ in range(_EXCHANGES):
        best, chosen = float(off(now.total)[0]), None
        if best == 0:
            return now.arcs, tuple(now.groups[now.groups >= 0].tolist())
        for other in taken:
            mine, theirs = now.cuts(other)
            if len(mine) < 2:
                continue
            more = np.diff(other.sums[:, theirs], axis=1) - np.diff(now.sums[:, mine], axis=1)
            after = off(now.total + more)
            k = int(after.argmin())
            if after[k] < best - 1e-9:
                best, chosen = float(after[k]), (other, mine[k : k + 2], theirs[k : k + 2])
        if chosen is None:
            return None
        other, (a, b), (c, d) = chosen
        now = _Taken.made(graph, coef, np.concatenate([now.arcs[:a], other.arcs[c:d], now.arcs[b:]]),
                          np.concatenate([now.groups[:a], other.groups[c:d], now.groups[b:]]))
    return None


@dataclass(frozen=True)
class _Taken:
    """A way with the group of each arc (-1: none), the node before each arc, and all sums before each arc."""

    arcs: Ints
    groups: Ints
    nodes: Ints
    sums: Ints

    @classmethod
    def of(cls, graph: Graph, way: Way, coef: Ints) -> _Taken:
        arcs = way.arcs.astype(np.int64)
        groups = np.full(len(arcs), -1, dtype=np.int64)
        groups[graph.role[arcs] >= 0] = way.groups
        return cls.made(graph, coef, arcs, groups)

    @classmethod
    def made(cls, graph: Graph, coef: Ints, arcs: Ints, groups: Ints) -> _Taken:
        sums = np.zeros((len(coef), len(arcs) + 1), dtype=np.int64)
        np.cumsum(np.where(groups >= 0, coef[:, groups], 0), axis=1, out=sums[:, 1:])
        nodes = np.append(graph.tail[arcs].astype(np.int64), len(graph.indptr) - 2)
        return cls(arcs, groups, nodes, sums)

    @property
    def total(self) -> Ints:
        """All sums, int64 ``[n_sums, 1]``."""
        return self.sums[:, -1:]

    def cuts(self, other: _Taken) -> tuple[Ints, Ints]:
        """Where both pass the same node: positions in either's arcs."""
        _, mine, theirs = np.intersect1d(self.nodes, other.nodes, assume_unique=True, return_indices=True)
        return mine, theirs
