"""What rows over duties hold of each seat group: the same of everybody, or more of some."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from scheduler.roster import cell_kernels
from scheduler.roster.linear import Ints

_ROWS = 256
"""Rows between two looks at the clock."""


@dataclass(frozen=True)
class Cells:
    """What each row holds of each group, one entry for a row and a group that share duties: int64 ``[n]`` each.

    ``usual`` is the coefficient most people have, those without any (0) counted too, or 0 where there is none such;
    ``least`` and ``greatest`` are over all people of the group.
    """

    row: Ints
    group: Ints
    least: Ints
    greatest: Ints
    usual: Ints


class Body:
    """Rows over duties, some of them through counters, never written out in full.

    Parameters
    ----------
    of_x : sparse [n_rows, n_x]
    of_c : sparse [n_rows, n_counters]
    members : sparse [n_counters, n_x]
        What each counter counts.
    x_group : int32 [n_x]
        Group of each duty.
    n_groups : int
    """

    def __init__(self, of_x: Any, of_c: Any, members: Any, x_group: NDArray[np.int32], n_groups: int) -> None:
        self.shape = of_x.shape
        self.parts = (_csr(of_x), _csr(of_c), _csr(members))
        self.group = x_group.astype(np.int64)
        self.size = np.bincount(x_group, minlength=n_groups).astype(np.int64)
        n = len(x_group)
        ones = np.ones(n, dtype=np.int64)
        self.everybody = sparse.csr_matrix((ones, (self.group, np.arange(n))), shape=(n_groups, n))
        self.scratch = np.zeros((2, max(1, len(x_group))), dtype=np.int64)

    @classmethod
    def plain(cls, of_x: Any, x_group: NDArray[np.int32], n_groups: int) -> Body:
        """Rows over duties alone."""
        m, n_x = of_x.shape
        none = sparse.csr_matrix(np.zeros((m, 0), dtype=np.int64))
        return cls(of_x, none, sparse.csr_matrix(np.zeros((0, n_x), dtype=np.int64)), x_group, n_groups)

    def cells(self, over: Callable[[], bool] = lambda: False) -> Cells | None:
        """Coefficients by row and group; None where the time was over before."""
        found: list[tuple[Ints, ...]] = []
        for at in range(0, self.shape[0], _ROWS):
            if over():
                return None
            found.append(self._cells(at, min(at + _ROWS, self.shape[0])))
        none = np.zeros(0, dtype=np.int64)
        return Cells(*(np.concatenate([none, *(part[k] for part in found)]) for k in range(5)))

    def _cells(self, begin: int, end: int) -> tuple[Ints, ...]:
        (x_ptr, *of_x), (c_ptr, *of_c), members = self.parts
        rows = ((x_ptr[begin : end + 1], *of_x), (c_ptr[begin : end + 1], *of_c))
        n, room = 1, 0
        while n > room:  # a counter mostly counts in one group
            room = max(n, int(x_ptr[end] - x_ptr[begin]) + 2 * int(c_ptr[end] - c_ptr[begin]))
            row, at, values = np.empty(room, np.int64), np.empty(room, np.int64), np.empty((3, room), np.int64)
            n = cell_kernels.cells(*rows, members, self.group, self.size, self.scratch, row, at, values)
        return row[:n] + begin, at[:n], values[0, :n], values[1, :n], values[2, :n]

    def without(self, part: Any, keep: NDArray[np.bool_]) -> Any:
        """The rows that are kept, without ``part`` (csr ``[n_rows, n_groups]``) of everybody; csr, others empty."""
        ptr, n = np.empty(self.shape[0] + 1, dtype=np.int64), 0
        for _ in range(2):
            index, value = np.empty(n, dtype=np.int64), np.empty(n, dtype=np.int64)
            n = cell_kernels.rest(
                *self.parts, _csr(part), _csr(self.everybody), self.group, keep, self.scratch, ptr, index, value
            )
        return sparse.csr_matrix((value, index, ptr), shape=self.shape)


def _csr(matrix: Any) -> tuple[Ints, Ints, Ints]:
    rows = matrix.tocsr()
    return rows.indptr.astype(np.int64), rows.indices.astype(np.int64), rows.data.astype(np.int64)
