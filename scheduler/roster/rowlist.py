"""Rows as they come, then all of them as one sparse matrix without those that can never bind."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from scheduler.roster.linear import Ints, Rows


@dataclass
class RowList:
    """Rows under construction; a column below 0 is a team's switch (-1 the first)."""

    columns: list[Ints] = field(default_factory=list)
    coefs: list[Ints] = field(default_factory=list)
    low: list[int] = field(default_factory=list)
    high: list[int] = field(default_factory=list)
    price: list[int] = field(default_factory=list)
    level: list[int] = field(default_factory=list)
    once: list[bool] = field(default_factory=list)
    name: list[str] = field(default_factory=list)

    def add(
        self,
        columns: Ints,
        coefs: Ints,
        low: int,
        high: int,
        name: str,
        price: int = 0,
        level: int = 0,
        once: bool = False,
    ) -> None:
        """Add ``low <= coefs @ columns <= high``; soft ones with price and level."""
        self.columns.append(columns)
        self.coefs.append(coefs)
        self.low.append(low)
        self.high.append(high)
        self.price.append(price)
        self.level.append(level)
        self.once.append(once)
        self.name.append(name)

    def rows(self, n: int, most: Ints, *, keep_empty: bool) -> tuple[Rows, list[str]]:
        """All rows that can bind when columns lie in ``[0, most]``, and the names of those no column can keep.

        Parameters
        ----------
        n
            Number of columns; the teams' switches are the last.
        keep_empty
            Whether rows without any column stay (their amount is then the same for all plans).
        """
        size = np.array([len(part) for part in self.columns], dtype=np.int64)
        column = np.concatenate([*self.columns, np.zeros(0, dtype=np.int64)])
        coefs = np.concatenate([*self.coefs, np.zeros(0, dtype=np.int64)])
        # every team has rows of its own, so the lowest number tells how many there are
        column = np.where(column < 0, n + int(column.min(initial=0)) - 1 - column, column)
        ends = np.concatenate([[0], np.cumsum(size)])
        matrix = sparse.csr_matrix((coefs, column, ends), shape=(len(size), n))
        matrix.sum_duplicates()
        low, high = np.array(self.low, dtype=np.int64), np.array(self.high, dtype=np.int64)
        least, greatest = matrix.minimum(0) @ most, matrix.maximum(0) @ most
        binds = (low > least) | (high < greatest)
        empty = np.diff(matrix.indptr) == 0
        impossible = [self.name[r] for r in np.flatnonzero(empty & ((low > 0) | (high < 0)))]
        keep = np.flatnonzero(binds if keep_empty else binds & ~empty)
        return Rows(
            matrix=matrix[keep],
            low=low[keep],
            high=high[keep],
            price=np.array(self.price, dtype=np.int64)[keep],
            level=np.array(self.level, dtype=np.int64)[keep],
            once=np.array(self.once, dtype=bool)[keep],
            name=tuple(self.name[r] for r in keep),
        ), impossible
