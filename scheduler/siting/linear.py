"""An integer linear model as arrays, filled block by block and handed to a solver whole."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

FREE = 2**62  # a side of a row without a limit


@dataclass
class Sum:
    """``sum(factor * variable) + constant`` over variable indices."""

    variables: NDArray[np.int64]
    factors: NDArray[np.int64]
    constant: int = 0

    @classmethod
    def of(cls, variables: ArrayLike, factors: ArrayLike, constant: int = 0) -> Sum:
        """From anything array-like; a single factor stands for all."""
        index = np.asarray(variables, dtype=np.int64)
        return cls(
            index, np.broadcast_to(np.asarray(factors, dtype=np.int64), index.shape), constant
        )

    def __add__(self, other: Sum) -> Sum:
        return Sum(
            np.concatenate((self.variables, other.variables)),
            np.concatenate((self.factors, other.factors)),
            self.constant + other.constant,
        )

    def times(self, factor: int) -> Sum:
        """The sum multiplied by an integer."""
        return Sum(self.variables, self.factors * factor, self.constant * factor)


def nothing() -> Sum:
    """The empty sum."""
    return Sum.of([], [])


@dataclass
class Linear:
    """Variables ``0 <= v <= top`` (integers) and rows ``low <= sum <= high``, in blocks of arrays."""

    tops: list[NDArray[np.int64]] = field(default_factory=list)
    n_variables: int = 0
    n_rows: int = 0
    row: list[NDArray[np.int64]] = field(default_factory=list)
    variable: list[NDArray[np.int64]] = field(default_factory=list)
    factor: list[NDArray[np.int64]] = field(default_factory=list)
    low: list[NDArray[np.int64]] = field(default_factory=list)
    high: list[NDArray[np.int64]] = field(default_factory=list)
    objective: Sum = field(default_factory=nothing)
    fixed: dict[int, int] = field(default_factory=dict)

    def variables(self, n: int, top: ArrayLike = 1) -> NDArray[np.int64]:
        """``n`` new variables; their indices."""
        self.tops.append(np.broadcast_to(np.asarray(top, dtype=np.int64), (n,)))
        self.n_variables += n
        return np.arange(self.n_variables - n, self.n_variables)

    def rows(
        self,
        n: int,
        row: ArrayLike,
        variable: ArrayLike,
        factor: ArrayLike,
        low: ArrayLike,
        high: ArrayLike = FREE,
    ) -> None:
        """``n`` new rows; ``row`` counts from 0 within the block."""
        its_row = np.asarray(row, dtype=np.int64)
        self.row.append(its_row + self.n_rows)
        self.variable.append(np.asarray(variable, dtype=np.int64))
        self.factor.append(np.broadcast_to(np.asarray(factor, dtype=np.int64), its_row.shape))
        self.low.append(np.broadcast_to(np.asarray(low, dtype=np.int64), (n,)))
        self.high.append(np.broadcast_to(np.asarray(high, dtype=np.int64), (n,)))
        self.n_rows += n

    def limit(self, total: Sum, low: int = -FREE, high: int = FREE) -> None:
        """One row over a Sum."""
        low = low if low == -FREE else low - total.constant
        high = high if high == FREE else high - total.constant
        self.rows(1, np.zeros(len(total.variables)), total.variables, total.factors, low, high)

    def bounds(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Least and most value of every variable, fixed ones included."""
        high = np.concatenate([*self.tops, np.zeros(0, dtype=np.int64)])
        low = np.zeros_like(high)
        for variable, value in self.fixed.items():
            low[variable] = high[variable] = value
        return low, high

    def copy(self) -> Linear:
        """A copy that can grow on its own."""
        return Linear(
            list(self.tops),
            self.n_variables,
            self.n_rows,
            list(self.row),
            list(self.variable),
            list(self.factor),
            list(self.low),
            list(self.high),
            self.objective,
            dict(self.fixed),
        )
