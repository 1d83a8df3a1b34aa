"""A bound at any size: rows become prices, and every person's cheapest tour under them is found by itself.

For multipliers ``m`` of rows ``low <= a x <= high`` (above 0 against the high limit, below 0 against the low one; soft
rows within their prices) the least cost is at least::

    sum over rows of (-m high if m > 0 else -m low)  +  sum over people of their cheapest tour under c + A'm

A tour here is a set of duties of which those next to each other in time do not exclude one another, and seats at the
same time are one moment: less is asked than the rules ask, so the sum stays a bound. All of it is counted in whole
1/65536ths. Multipliers follow the subgradient, each with a step of its own (Adam: Kingma and Ba 2015), ever shorter.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from scheduler.roster.bound import FINE, Relaxed
from scheduler.roster.cells import Body
from scheduler.roster.large import pricing
from scheduler.roster.large.kernels import Table
from scheduler.roster.large.known import Known, known
from scheduler.roster.linear import BIG, Ints, Linear

_LONGEST, _SHORTEST = 0.6, 0.01
"""How far a multiplier moves in the first and in the last step for one typical coefficient, in usual prices."""


@dataclass
class Prices:
    """Multipliers of one level with the earlier levels held to ``aim``, and the best bound they gave.

    Attributes
    ----------
    least, most
        Range of each multiplier, in 1/65536.
    over
        Asked while rows are told anew, which may take some seconds.
    bound
        Best bound so far.
    """

    linear: Linear
    table: Table
    aim: tuple[int, ...]
    over: Callable[[], bool] = lambda: False
    bound: int = 0

    def __post_init__(self) -> None:
        """Lay out rows, limits and moments."""
        linear, table = self.linear, self.table
        hard, soft = linear.hard, linear.soft
        self.worth = np.full(len(linear.problem.groups), BIG, dtype=np.int64)
        np.minimum.at(self.worth, linear.x_group, linear.cost[-1])
        self.worth[self.worth == BIG] = 0
        n = hard.n + soft.n
        self.low, self.high = table.low.copy(), table.high.copy()
        level = np.concatenate([np.full(hard.n, -1), soft.level])
        price = np.concatenate([np.full(hard.n, BIG // FINE), np.minimum(soft.price, BIG // FINE)])
        asked = len(self.aim)
        self.level, self.earlier = level, (level >= 0) & (level < asked)
        self.unit = np.where(self.earlier, np.concatenate([np.ones(hard.n, dtype=np.int64), soft.price]), 0)
        price[self.earlier] = BIG // FINE
        self.cap = np.array([0 if v <= 0 else self._dear() for v in self.aim], dtype=np.int64)
        self._once(price)
        price[level > asked] = 0
        here = price[level == asked]
        self.usual = FINE * (float(np.median(here)) if len(here) else 1.0)
        self.most = np.where(self.high < BIG, price, 0) * FINE
        self.least = np.where(self.low > -BIG, -price, 0) * FINE
        self.through = sparse.csc_matrix(
            (table.r_coef, table.r_row, table.r_ptr), shape=(n, len(table.r_ptr) - 1)
        ).tocsr()
        self._most_of_groups()
        self.known: Known | None = None
        self.places = (table.d_ptr, table.d_row, table.d_coef, table.c_ptr, table.c_index)
        self.via = self.through
        if asked == linear.n_levels - 1 and not linear.teams and linear.n_x:
            self._tell_anew()
        both = abs(self.via).sum(axis=1) if n else np.zeros((0, 1))
        size = np.maximum(1, np.diff(self.via.indptr))
        d_row, d_coef = self.places[1], self.places[2]
        direct = np.bincount(d_row, weights=np.abs(d_coef), minlength=n)
        often = np.bincount(d_row, minlength=n)
        self.typical = np.maximum(1.0, np.where(often > 0, direct / np.maximum(often, 1), np.ravel(both) / size))
        self.cost = linear.cost[asked] * FINE
        self._moments()
        self.m = np.zeros(n, dtype=np.float64)
        self.best_m = self.m.copy()
        self.mean, self.spread = np.zeros(n, dtype=np.float64), np.zeros(n, dtype=np.float64)
        self.turn, self.total = 0, -(1 << 62)
        self.price_x = np.empty(linear.n_x, dtype=np.int64)
        self.taken = np.zeros(linear.n_x, dtype=np.int8)
        self.rows_now = np.zeros(n, dtype=np.int64)
        self.counts_now = np.zeros(len(table.r_ptr) - 1, dtype=np.int64)

    def _dear(self) -> int:
        """What an empty seat is worth at first: what the dearest of the cheapest people costs."""
        cost = self.linear.cost[-1]
        return max(1, int(self.worth.max(initial=0))) * FINE if len(cost) else FINE

    def _once(self, price: Ints) -> None:
        """Rows charged once: a unit is priced so low that the greatest miss costs no more than the price."""
        table = self.table
        once = np.flatnonzero(table.once)
        if not len(once):
            return
        rows = self.linear.soft.matrix[once - self.linear.hard.n]
        most = np.concatenate([np.ones(self.linear.n_x), self.linear.counter_most, np.ones(len(self.linear.teams))])
        greatest = np.ravel(rows.maximum(0) @ most) - self.high[once]
        greatest = np.minimum(greatest, self._together(rows) - self.high[once])
        missed = self.low[once] - np.ravel(rows.minimum(0) @ most)
        worst = np.where(self.high[once] < BIG, greatest, missed)
        price[once] = price[once] // np.maximum(1, worst).astype(np.int64)

    def _together(self, rows: Any) -> NDArray[np.float64]:
        """How many duties of one person a row can hold at most; all where it is not about one person's duties alone."""
        linear, groups = self.linear, self.linear.problem.groups
        out = np.full(rows.shape[0], np.inf)
        for r in range(rows.shape[0]):
            part = slice(rows.indptr[r], rows.indptr[r + 1])
            held, coef = rows.indices[part], rows.data[part]
            if len(held) == 0 or held.max() >= linear.n_x or (coef != 1).any():
                continue
            mine = linear.x_group[held]
            if len(np.unique(linear.x_person[held])) > 1:
                continue
            table = linear.conflict[int(linear.conflict_of[linear.x_person[held[0]]])]
            order = sorted(mine.tolist(), key=lambda g: groups[g].release_s)
            count = 0  # a set in which all exclude each other holds one: take such sets greedily
            left = np.array(order)
            while len(left):
                inside = np.array([left[0]])
                for g in left[1:]:
                    if table[g, inside].all():
                        inside = np.append(inside, g)
                left = left[~np.isin(left, inside)]
                count += 1
            out[r] = count
        return out

    def _most_of_groups(self) -> None:
        """Seats needed and the most of a group are one row with two limits."""
        linear, n_hard = self.linear, self.linear.hard.n
        need = np.array([name == "need" for name in linear.soft.name], dtype=bool)
        self.capped = np.zeros(len(self.high), dtype=bool)
        for r in np.flatnonzero(need & (self.level[n_hard:] <= len(self.aim))) + n_hard:
            part = self.through.indices[self.through.indptr[r] : self.through.indptr[r + 1]]
            if len(part) == 1 and self.through.data[self.through.indptr[r]] == 1:
                self.capped[r] = part[0] < linear.counters.shape[0]
                self.high[r] = self.table.c_most[part[0]]
                self.most[r] = BIG

    def _tell_anew(self) -> None:
        """Leave out what is known of seats that are held, and with it rows that then say nothing."""
        linear, table = self.linear, self.table
        n, groups = len(self.high), linear.problem.groups
        direct = sparse.csc_matrix((table.d_coef, table.d_row, table.d_ptr), shape=(n, linear.n_x))
        ones = np.ones(len(table.c_index), dtype=np.int64)
        counted = sparse.csc_matrix((ones, table.c_index, table.c_ptr), shape=(self.through.shape[1], linear.n_x))
        body = Body(direct, self.through, counted, linear.x_group, len(groups))
        source, exact = np.full(len(groups), -1, dtype=np.int64), np.zeros(len(groups), dtype=bool)
        of_counter, members = self._group_of_counter(), np.diff(counted.tocsr().indptr)
        for r in np.flatnonzero(self.capped):
            c = int(self.through.indices[self.through.indptr[r]])
            g = int(of_counter[c])
            if g >= 0 and members[c] == body.size[g]:
                source[g] = r
                exact[g] = self.level[r] < len(self.aim) and self.aim[self.level[r]] <= 0
        matters = (self.least < 0) | (self.most > 0)
        self.known = known(body, self.low, self.high, matters, source, exact, self.over)
        if self.known is None:
            return
        self.low, self.high = self.known.low, self.known.high
        self.least[self.known.idle_low] = 0
        self.most[self.known.idle_high] = 0
        told = self.known.of_x
        none = np.zeros(linear.n_x + 1, dtype=table.c_ptr.dtype)
        types = (table.d_ptr.dtype, table.d_row.dtype, table.d_coef.dtype)
        self.places = (
            *(part.astype(kind) for part, kind in zip((told.indptr, told.indices, told.data), types, strict=True)),
            none, table.c_index[:0],
        )  # fmt: skip
        self.via = self.through * 0

    def _moments(self) -> None:
        linear, groups = self.linear, self.linear.problem.groups
        spans = sorted({(g.report_s, g.release_s) for g in groups})
        number = {span: t for t, span in enumerate(spans)}
        self.time_of = np.array([number[g.report_s, g.release_s] for g in groups], dtype=np.int32)
        order = np.argsort(self.time_of, kind="stable")
        first = np.searchsorted(self.time_of[order], np.arange(len(spans)))
        kinds = sorted(linear.conflict)
        self.apart = np.zeros((len(kinds), len(spans), len(spans)), dtype=bool)
        self.many = np.zeros((len(kinds), len(spans)), dtype=bool)
        for k, kind in enumerate(kinds):
            rows = np.empty((len(spans), len(groups)), dtype=bool)
            for t in range(len(spans)):
                end = first[t + 1] if t + 1 < len(spans) else len(groups)
                members = order[first[t] : end]
                table = linear.conflict[kind][members]
                rows[t] = table.all(axis=0)
                inside = table[:, members].copy()
                np.fill_diagonal(inside, True)
                self.many[k, t] = not inside.all()
            self.apart[k] = np.logical_and.reduceat(rows[:, order], first, axis=1) if spans else False
        self.kind_of = np.searchsorted(kinds, linear.conflict_of).astype(np.int32)

    def start(self) -> None:
        """Begin where each seat is worth what the cheapest person for it costs: no tour is then below 0."""
        n_hard = self.linear.hard.n
        of_counter = self._group_of_counter()
        for r in np.flatnonzero(self.earlier):
            part = self.through.indices[self.through.indptr[r] : self.through.indptr[r + 1]]
            if r >= n_hard and len(part) == 1 and of_counter[part[0]] >= 0:
                self.m[r] = -float(self.worth[of_counter[part[0]]]) * FINE
        self.best_m = self.m.copy()

    def follow(self, other: Prices) -> None:
        """Begin where others of the same level are, whatever the earlier levels were held to there."""
        plain = other.best_m if other.known is None else other.known.plain(other.best_m)
        self.m = plain.copy() if self.known is None else self.known.told(plain)
        self.best_m = self.m.copy()
        self.mean, self.spread, self.turn = other.mean.copy(), other.spread.copy(), other.turn
        worth = np.abs(np.minimum(self.m, 0))
        for level, value in enumerate(self.aim):
            if value > 0 and other.aim[level] > 0:
                self.cap[level] = other.cap[level]
            elif value > 0:
                mine = self.earlier & (self.level == level)
                self.cap[level] = max(1, int(np.quantile(worth[mine], 0.9))) if mine.any() else 1

    def _group_of_counter(self) -> Ints:
        table = self.table
        group = np.full(len(table.r_ptr) - 1, -1, dtype=np.int64)
        at = np.repeat(np.arange(len(table.c_ptr) - 1), np.diff(table.c_ptr))
        group[table.c_index] = table.group[at]
        return group

    def _held(self, m: NDArray[np.float64]) -> Ints:
        """Whole multipliers within their ranges; those of an earlier level stay below that level's own."""
        whole: Ints = np.clip(np.rint(m), self.least, self.most).astype(np.int64)
        for k, value in enumerate(self.aim):
            if value > 0:
                mine = self.earlier & (self.level == k)
                whole[mine] = np.maximum(whole[mine], -self.cap[k] * self.unit[mine])
        return whole

    def ask(self, m: NDArray[np.float64]) -> tuple[int, NDArray[np.float64]]:
        """The bound at these multipliers in 1/65536, and by how much each row is missed by the tours found."""
        table, whole = self.table, self._held(m)
        by_counter = np.asarray(self.via.T @ whole, dtype=np.int64)
        pricing.reduced(self.cost, *self.places, whole, by_counter, self.price_x)
        total = int(
            pricing.tours(
                table.p_first, table.group, self.price_x, self.kind_of, self.time_of, self.apart, self.many, self.taken
            )
        )
        against = np.where(whole > 0, self.high, np.where(whole < 0, self.low, 0))
        total -= sum(int(a) * int(b) for a, b in zip(whole[whole != 0], against[whole != 0], strict=True))
        total -= sum(int(cap) * value for cap, value in zip(self.cap, self.aim, strict=True) if value > 0)
        pricing.values(self.taken, *self.places, self.rows_now, self.counts_now)
        value = self.rows_now + self.via @ self.counts_now
        above, below = value - self.high, self.low - value
        slope = np.where(whole > 0, above, np.where(whole < 0, -below, 0)).astype(np.float64)
        rest = whole == 0
        slope[rest] = np.where(above[rest] > 0, above[rest], np.where(below[rest] > 0, -below[rest], 0))
        self._grow(whole, below)
        return total, slope

    def _grow(self, whole: Ints, below: Ints) -> None:
        """The multiplier of an earlier level itself follows what its rows press for."""
        self.press = np.zeros(len(self.aim))
        for k, value in enumerate(self.aim):
            if value > 0:
                mine = self.earlier & (self.level == k)
                pressing = mine & (whole <= -self.cap[k] * self.unit) & (self.unit > 0)
                self.press[k] = float((below * self.unit)[pressing].sum() - value)

    def relaxed(self) -> Relaxed:
        """The best bound and its multipliers, as those who relax the same rows begin with them."""
        linear, n_hard = self.linear, self.linear.hard.n
        whole = self._held(self.best_m)
        if self.known is not None:
            whole = self.known.plain(whole)
        sides = np.stack([np.minimum(whole, 0), -np.maximum(whole, 0)], axis=1)
        nothing = np.zeros(linear.n_x, dtype=np.int64)
        of_counter = np.zeros(linear.counters.shape[0], dtype=np.int64)
        for r in np.flatnonzero(self.capped & (whole > 0)):  # the most of a group is a counter's there
            of_counter[self.through.indices[self.through.indptr[r]]] = -whole[r]
            sides[r, 1] = 0
        return Relaxed(
            self.bound, nothing.astype(np.float64), nothing, of_hard=sides[:n_hard], of_soft=sides[n_hard:],
            of_counter=of_counter,
            of_level={k: -int(self.cap[k]) for k, value in enumerate(self.aim) if value > 0},
        )  # fmt: skip

    def improve(self, steps: int, part: tuple[float, float], over: Callable[[], bool]) -> None:
        """So many steps; ``part`` is how far the whole search is at the first and after the last, 0 to 1."""
        for k in range(steps):
            if over():
                return
            total, slope = self.ask(self.m)
            if total > self.total:
                self.total, self.best_m = total, self.m.copy()
                self.bound = max(self.bound, -(-total // FINE))
            done = part[0] + (part[1] - part[0]) * k / steps
            length = _LONGEST * (_SHORTEST / _LONGEST) ** done * self.usual
            self.turn += 1
            scaled = slope / self.typical
            self.mean = 0.9 * self.mean + 0.1 * scaled
            self.spread = 0.99 * self.spread + 0.01 * scaled * scaled
            mean, spread = self.mean / (1 - 0.9**self.turn), self.spread / (1 - 0.99**self.turn)
            self.m = np.clip(self.m + length * mean / (np.sqrt(spread) + 1e-3) / self.typical, self.least, self.most)
            for level, value in enumerate(self.aim):
                if value > 0:
                    self.cap[level] = max(1, int(self.cap[level] + 0.3 * length * np.sign(self.press[level])))
