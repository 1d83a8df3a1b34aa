"""The linear system split in two: what concerns one person alone, and what links people.

Personal things (conflicts, step rules, rows over one person's duties) go into that person's pricing graph and hold in
every column. Linking rows (seats, crowds, stocks, teams) stand in the master problem, all as ``<=`` rows over duties,
team switches and amounts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from scheduler.roster.bound import Relaxed, soft_amounts
from scheduler.roster.linear import BIG, Ints, Linear, Rows


@dataclass(frozen=True)
class PersonalRow:
    """One row over the duties of one person: ``low <= sum coef x <= high``, forbidden or charged outside."""

    cells: tuple[tuple[int, int], ...]  # (group, coefficient), by rising group
    low: int
    high: int
    price: int
    once: bool
    hard: bool
    name: str

    def amount(self, value: int) -> int:
        """How far a value lies outside the limits."""
        off = max(0, self.low - value, value - self.high)
        return min(off, 1) if self.once else off


@dataclass(frozen=True)
class Linking:
    """Rows that link people: ``of_x z + of_s s + of_a a <= rhs``.

    Attributes
    ----------
    of_x
        int64 csc ``[m, n_x]`` over duties.
    of_s, of_a
        csr ``[m, n_teams]`` and ``[m, n_amounts]``.
    price, level, most
        int64 ``[n_amounts]``: what one unit of an amount costs, on which level, and its greatest value.
    of_row
        int64: which soft row and side each row after the hard ones measures, see :class:`Amounts`.
    equal
        bool ``[m]``: rows that hold with ``=``; their multipliers have either sign.
    """

    of_x: Any
    of_s: Any
    of_a: Any
    rhs: Ints
    price: Ints
    level: Ints
    most: Ints
    of_row: Ints
    equal: NDArray[np.bool_]

    def legal(self, y: Ints) -> Ints:
        """Multipliers with the signs the rows ask for."""
        return np.where(self.equal, y, np.minimum(y, 0))


@dataclass(frozen=True)
class Split:
    """Both halves of one linear system."""

    linear: Linear
    personal: tuple[tuple[PersonalRow, ...], ...]
    linking: Linking
    linking_soft: Rows
    linking_hard: Rows
    from_hard: Ints
    from_soft: Ints
    from_counter: Ints

    def multipliers(self, relaxed: Relaxed) -> Ints:
        """The multipliers of the plain relaxation as a start, int64 ``[m]``."""
        hard, soft = self.linking_hard, self.linking_soft
        of_hard = relaxed.of_hard[self.from_hard]
        of_hard = np.concatenate(
            [of_hard, np.stack([np.zeros_like(self.from_counter), relaxed.of_counter[self.from_counter]], axis=1)]
        )
        of_soft = relaxed.of_soft[self.from_soft]
        y = np.zeros(len(self.linking.rhs), dtype=np.int64)
        high, low = np.nonzero(hard.high < BIG)[0], np.nonzero(hard.low > -BIG)[0]
        y[: len(high)] = of_hard[high, 1]
        y[len(high) : len(high) + len(low)] = of_hard[low, 0]
        named = np.nonzero(self.linking.of_row >= 0)[0]
        which = self.linking.of_row[named]
        y[len(high) + len(low) + named] = of_soft[which // 2, which % 2]
        assert soft.n == len(of_soft)  # noqa: S101
        return y


def split(linear: Linear) -> Split:
    """Sort every row by whom it concerns."""
    n_x, n_t = linear.n_x, len(linear.teams)
    personal: list[list[PersonalRow]] = [[] for _ in linear.problem.people]
    hard = _seen_from_duties(linear, linear.hard.matrix)
    soft = _seen_from_duties(linear, linear.soft.matrix)
    keep_hard = _take_personal(linear, linear.hard, hard, personal, hard_rows=True)
    keep_soft = _take_personal(linear, linear.soft, soft, personal, hard_rows=False)
    caps = _caps(linear)
    hard_rows = _rows(linear.hard, hard, keep_hard)
    if caps is not None:
        wide = sparse.hstack([linear.counters[caps], sparse.csr_matrix((len(caps), n_t))]).tocsr()
        k = len(caps)
        hard_rows = Rows(
            sparse.vstack([hard_rows.matrix, wide]).tocsr().astype(np.int64),
            np.concatenate([hard_rows.low, np.full(k, -BIG)]),
            np.concatenate([hard_rows.high, linear.counter_most[caps]]),
            np.concatenate([hard_rows.price, np.zeros(k, dtype=np.int64)]),
            np.concatenate([hard_rows.level, np.zeros(k, dtype=np.int64)]),
            np.concatenate([hard_rows.once, np.zeros(k, dtype=bool)]),
            (*hard_rows.name, *("most",) * k),
        )
    soft_rows = _rows(linear.soft, soft, keep_soft)
    assert hard_rows.matrix.shape[1] == n_x + n_t  # noqa: S101  # counters were replaced by what they count
    linking = _linking(n_x, n_t, hard_rows, soft_rows)
    return Split(
        linear, tuple(tuple(rows) for rows in personal), linking, soft_rows, hard_rows,
        keep_hard, keep_soft, np.zeros(0, dtype=np.int64) if caps is None else caps,
    )  # fmt: skip


def _seen_from_duties(linear: Linear, matrix: Any) -> Any:
    """Rows over ``[duties, teams]``: a counter is replaced by the duties it counts."""
    n_x, n_c = linear.n_x, linear.counters.shape[0]
    of_x = matrix[:, :n_x] + matrix[:, n_x : n_x + n_c] @ linear.counters
    return sparse.hstack([of_x, matrix[:, n_x + n_c :]]).tocsr().astype(np.int64)


def _take_personal(
    linear: Linear, rows: Rows, seen: Any, personal: list[list[PersonalRow]], *, hard_rows: bool
) -> Ints:
    """Hand rows over one person's duties to that person; returns the rows that are left."""
    left = []
    last = linear.n_levels - 1
    for r in range(rows.n):
        part = slice(seen.indptr[r], seen.indptr[r + 1])
        columns, factors = seen.indices[part], seen.data[part]
        real = factors != 0
        columns, factors = columns[real], factors[real]
        own = len(columns) > 0 and int(columns.max()) < linear.n_x
        people = np.unique(linear.x_person[columns] if own else np.zeros(0, dtype=np.int32))
        if len(people) != 1 or not (hard_rows or rows.level[r] == last):
            left.append(r)
            continue
        cells = sorted(zip(linear.x_group[columns].tolist(), factors.tolist(), strict=True))
        personal[int(people[0])].append(
            PersonalRow(
                tuple(cells), int(rows.low[r]), int(rows.high[r]), int(rows.price[r]),
                bool(rows.once[r]), hard_rows, rows.name[r],
            )
        )  # fmt: skip
    return np.array(left, dtype=np.int64)


def _caps(linear: Linear) -> Ints | None:
    """Counters of everybody in a group of which not all may serve: their range is a row here."""
    counters = linear.counters
    members = np.diff(counters.indptr)
    some = np.nonzero((members > linear.counter_most) & (members > 1))[0]
    in_group = np.bincount(linear.x_group, minlength=len(linear.problem.groups))
    found = []
    for c in some.tolist():
        part = counters.indices[counters.indptr[c] : counters.indptr[c + 1]]
        groups = linear.x_group[part]
        everybody = (groups == groups[0]).all() and members[c] == in_group[groups[0]]
        if everybody and len(np.unique(linear.x_person[part])) > 1:
            found.append(c)
    return np.unique(np.array(found, dtype=np.int64)) if found else None


def _rows(rows: Rows, seen: Any, keep: Ints) -> Rows:
    return Rows(
        seen[keep].tocsr(), rows.low[keep], rows.high[keep], rows.price[keep], rows.level[keep],
        rows.once[keep], tuple(rows.name[int(r)] for r in keep),
    )  # fmt: skip


def _linking(n_x: int, n_t: int, hard: Rows, soft: Rows) -> Linking:
    most = np.ones(n_x + n_t, dtype=np.int64)
    amounts = soft_amounts(soft, most)
    n_a = len(amounts.price)
    high, low = hard.high < BIG, hard.low > -BIG
    body = sparse.vstack([hard.matrix[high], -hard.matrix[low], amounts.rows]).tocsr().astype(np.int64)
    n_hard = int(high.sum() + low.sum())
    of_a = sparse.vstack([sparse.csr_matrix((n_hard, n_a)), amounts.cells]).tocsr().astype(np.int64)
    rhs = np.concatenate([hard.high[high], -hard.low[low], amounts.rhs]).astype(np.int64)
    return Linking(
        body[:, :n_x].tocsc(), body[:, n_x:].tocsr(), of_a, rhs, amounts.price, amounts.level, amounts.most,
        amounts.of_row, np.zeros(len(rhs), dtype=bool),
    )
