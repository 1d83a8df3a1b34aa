"""Exchanges of single duties on the linear system, by the million: the first plan and most of the way to a good one.

A duty goes to another person, who hands over what stands in its way (a Kempe chain); a short seat is filled through a
chain of people each taking over from the next. Worse plans are accepted now and then, ever less often (simulated
annealing); a hard row is never broken further. Rules that follow a person step by step are not seen here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from scheduler.roster.large.kernels import (
    HELD_AT_MOST,
    TRADED_AT_MOST,
    State,
    Table,
    exchange,
    move,
)
from scheduler.roster.linear import Ints, Linear


@dataclass
class Exchanges:
    """A plan on which exchanges run.

    Attributes
    ----------
    scale
        What one point of each level weighs, int64 ``[n_levels]``.
    """

    table: Table
    state: State
    scale: Ints

    @classmethod
    def of(cls, linear: Linear, seed: int) -> Exchanges:
        """An empty plan."""
        scale = _scale(linear)
        return cls(_table(linear, scale), _state(linear, seed), scale).begun()

    def begun(self) -> Exchanges:
        """List the groups that are short of the empty plan."""
        short = np.flatnonzero(self.table.need > 0)
        self.state.short[: len(short)] = short
        self.state.at[short] = np.arange(len(short))
        self.state.n_short[0] = len(short)
        return self

    def load(self, x: Ints) -> None:
        """Take a plan over."""
        now = self.state.x
        for i in np.flatnonzero((now > 0) & (x == 0)):
            move(self.table, self.state, int(i), -1)
        for i in np.flatnonzero((now == 0) & (x > 0)):
            move(self.table, self.state, int(i), 1)

    def run(self, n_moves: int, hot: float, cold: float) -> None:
        """Try so many exchanges, temperature falling."""
        exchange(self.table, self.state, n_moves, hot, cold)

    def plan(self) -> Ints:
        """Duties, int64 ``[n_x]``."""
        x: Ints = self.state.x.astype(np.int64)
        return x


def _scale(linear: Linear) -> Ints:
    """A seat of a level weighs more than what a good plan can save below it by leaving it empty."""
    usual = float(np.mean(linear.cost[-1])) if linear.n_x else 1.0
    prices = linear.soft.price[linear.soft.level == linear.n_levels - 1]
    typical = max(usual, float(prices.max(initial=1)), 1.0)
    scale = [1]
    for k in range(linear.n_levels - 1):
        scale.append(scale[-1] * (int(20 * typical) if k == 0 else 20))
    return np.array(scale[::-1], dtype=np.int64)


def _table(linear: Linear, scale: Ints) -> Table:
    n_x, n_c, n_g = linear.n_x, linear.counters.shape[0], len(linear.problem.groups)
    rows = sparse.vstack([linear.hard.matrix, linear.soft.matrix]).tocsc()
    through = rows[:, n_x : n_x + n_c].tocsc()
    used = np.diff(through.indptr) > 0
    used |= _caps(linear)
    index = np.flatnonzero(used)
    direct = rows[:, :n_x].tocsc()
    inside = linear.counters[index].tocsc()
    through = through[:, index].tocsc()
    hard, soft = linear.hard, linear.soft
    cost = (linear.cost * scale[:, None]).sum(axis=0)
    order = np.lexsort((cost, linear.x_group)).astype(np.int32)
    kinds = sorted(linear.conflict)
    single = linear.conflict[kinds[0]][None] if len(kinds) == 1 else np.stack([linear.conflict[k] for k in kinds])
    locked = np.zeros(n_x, dtype=bool)
    locked[linear.forced] = True
    groups = linear.problem.groups
    in_team = np.array([group.team is not None for group in groups], dtype=bool)
    first = np.searchsorted(linear.x_group[order], np.arange(n_g + 1)).astype(np.int64)

    def sizes(values: list[int]) -> Ints:
        size: Ints = np.where(in_team, 0, np.array(values, dtype=np.int64))
        return size

    return Table(
        direct.indptr.astype(np.int64), direct.indices.astype(np.int32), direct.data.astype(np.int64),
        inside.indptr.astype(np.int64), inside.indices.astype(np.int32),
        through.indptr.astype(np.int64), through.indices.astype(np.int32), through.data.astype(np.int64),
        np.concatenate([hard.low, soft.low]), np.concatenate([hard.high, soft.high]),
        np.concatenate([np.zeros(hard.n, dtype=np.int64), soft.price * scale[soft.level]]),
        np.arange(hard.n + soft.n) < hard.n, np.concatenate([np.zeros(hard.n, dtype=bool), soft.once]),
        linear.counter_most[index], linear.x_person, linear.x_group, cost, locked,
        first, order, linear.x_of.first.astype(np.int64), single,
        linear.conflict_of.astype(np.int32), sizes([g.need for g in groups]), sizes([g.most for g in groups]),
        sizes([max(g.need, g.want) for g in groups]),
    )  # fmt: skip


def _caps(linear: Linear) -> Any:
    """Counters that hold more duties than their greatest value and are not one person's."""
    size = np.diff(linear.counters.indptr)
    people = linear.x_person[linear.counters.indices]
    begin = linear.counters.indptr[:-1][size > 0]
    several = np.zeros(len(size), dtype=bool)
    if len(begin):
        several[size > 0] = np.minimum.reduceat(people, begin) != np.maximum.reduceat(people, begin)
    return several & (size > linear.counter_most)


def _state(linear: Linear, seed: int) -> State:
    n_p, n_g, n_rows = len(linear.problem.people), len(linear.problem.groups), linear.hard.n + linear.soft.n
    random = np.array([(seed * 0x9E3779B97F4A7C15 + 0x2545F4914F6CDD1D) & (2**64 - 1)], dtype=np.uint64)
    table_counters = int((np.diff(linear.counters.indptr) >= 0).sum())
    return State(
        np.zeros(linear.n_x, dtype=np.int8), np.zeros(n_rows, dtype=np.int64),
        np.zeros(table_counters, dtype=np.int64), np.zeros((n_p, HELD_AT_MOST), dtype=np.int32),
        np.zeros(n_p, dtype=np.int32), np.zeros(n_g, dtype=np.int64), np.zeros(n_g, dtype=np.int64),
        np.zeros(n_g, dtype=np.int64), np.zeros(1, dtype=np.int64), random,
        np.zeros((16, 2), dtype=np.int64), np.zeros(1, dtype=np.int64),
        np.zeros((4, TRADED_AT_MOST), dtype=np.int64),
    )  # fmt: skip
