"""The restricted master problem: whole rosters of people as columns, linking rows, amounts, team switches.

Its dual values are kept in a box around the best multipliers so far (the boxstep method of Marsten, Hogan and
Blankenship, Operations Research 23, 1975), so that few rosters are needed for sensible prices. They are only
proposals: the bound is computed in integers elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import linprog

from scheduler.roster.columns.split import Linking
from scheduler.roster.linear import Ints

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Column:
    """One person's whole roster: duty columns, ascending, and what it costs on the last level."""

    person: int
    duties: tuple[int, ...]
    cost: int


@dataclass(frozen=True)
class Answer:
    """Dual values ``[m]`` (<= 0), the weights of the columns, the value, and whether the box binds."""

    y: Floats
    weight: Floats
    value: float
    boxed: bool


class Master:
    """The restricted master problem of some people; what others do is in ``rhs`` already."""

    def __init__(self, linking: Linking, rhs: Ints, upper: Ints, cost: Ints, people: list[int]) -> None:
        self.linking, self.rhs = linking, rhs.astype(np.float64)
        self.columns: list[Column] = []
        self.known: set[tuple[int, tuple[int, ...]]] = set()
        self.place = {p: k for k, p in enumerate(people)}
        usable = upper > 0
        self.of_a = linking.of_a.tocsc()[:, usable]
        self.upper = np.concatenate([upper[usable], np.ones(linking.of_s.shape[1])])
        self.cost = np.concatenate([cost[usable], np.zeros(linking.of_s.shape[1])]).astype(np.float64)
        self.done: Any = sparse.csc_matrix((len(rhs), 0), dtype=np.float64)

    def add(self, column: Column) -> bool:
        """Take a column in, unless it is there."""
        key = (column.person, column.duties)
        if key in self.known:
            return False
        self.known.add(key)
        self.columns.append(column)
        return True

    def drop(self, keep: NDArray[np.bool_]) -> None:
        """Forget columns (all but ``keep``)."""
        self.body()
        self.columns = [column for column, stays in zip(self.columns, keep, strict=True) if stays]
        self.known = {(column.person, column.duties) for column in self.columns}
        self.done = self.done[:, keep]

    def body(self) -> Any:
        """What each column adds to each row, csc ``[m, n]``."""
        fresh = self.columns[self.done.shape[1] :]
        if fresh:
            at = np.concatenate([[0], np.cumsum([len(column.duties) for column in fresh])])
            rows = np.array([x for column in fresh for x in column.duties], dtype=np.int64)
            owner = np.repeat(np.arange(len(fresh)), np.diff(at))
            which = sparse.csc_matrix(
                (np.ones(len(rows)), (rows, owner)), shape=(self.linking.of_x.shape[1], len(fresh))
            )
            self.done = sparse.hstack([self.done, (self.linking.of_x @ which)]).tocsc()
        return self.done

    def solve(self, center: Floats, width: Floats, seconds: float | None = None) -> Answer | None:
        """Optimum with dual values in ``center +- width``; None when the time is too short.

        Leaving the box costs: ``rhs`` may be overstepped at ``-(center - width)`` a unit, and slack is paid for
        at ``center + width`` where that is below 0.
        """
        m, n = len(self.rhs), len(self.columns)
        body = self.body()
        eye = sparse.identity(m, format="csc")
        most_y, least_y = np.minimum(center + width, 0.0), center - width
        bound_up = most_y < 0
        matrix = sparse.hstack([body, self.of_a, self.linking.of_s, -eye, eye[:, bound_up]]).tocsr()
        k = len(self.cost)
        cost = np.concatenate(
            [[column.cost for column in self.columns], self.cost, -least_y, most_y[bound_up]]
        )
        upper = np.concatenate(
            [np.full(n, np.inf), self.upper, np.full(m, np.inf), np.full(int(bound_up.sum()), np.inf)]
        )
        owner = [self.place[column.person] for column in self.columns]
        one = sparse.csr_matrix((np.ones(n), (owner, np.arange(n))), shape=(len(self.place), len(cost)))
        options = {} if seconds is None else {"time_limit": max(0.1, seconds)}
        solver: Any = linprog
        got = solver(
            cost, A_ub=matrix, b_ub=self.rhs, A_eq=one, b_eq=np.ones(len(self.place)),
            bounds=np.stack([np.zeros(len(cost)), upper], axis=1), method="highs-ds", options=options,
        )  # fmt: skip
        if got.status != 0 or got.x is None or not np.isfinite(got.ineqlin.marginals).all():
            return None
        left = got.x[n + k :]
        return Answer(
            np.minimum(got.ineqlin.marginals, 0.0), got.x[:n], float(got.fun), bool(left.max(initial=0.0) > 1e-7)
        )
