"""Can so few columns cover everything? Branching on bits, good where few columns are allowed; else no answer."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from scheduler.siting import kernels
from scheduler.siting.table import Ints, Median

MOST_STEPS = ((8, 4_000_000_000), (15, 500_000_000), (10**9, 30_000_000))
"""Words of bits looked at before giving up, by the number of columns: the more there are, the less it leads to."""
MOST_CELLS = 40_000_000  # rows x columns that are worth a table of bits


def few_cover(table: Median, most_steps: int | None = None) -> tuple[Ints | None, bool]:
    """At most ``n_columns`` columns that reach every site of a table, whatever it costs.

    Dominated rows are left out: a site whose columns include all columns of another one is covered with it.

    Returns
    -------
    tuple
        The columns or None, and whether the answer is certain.
    """
    n_rows = len(table.bare)
    if n_rows * table.n > MOST_CELLS or table.n_columns < 1:
        return None, False
    reached = np.zeros((n_rows, table.n), dtype=bool)
    reached[table.site, np.repeat(np.arange(table.n), np.diff(table.indptr))] = True
    if not reached.any(axis=1).all():
        return None, True
    reached = reached[_least_rows(reached)]
    share = reached.astype(np.float32)
    near = share @ share.T > 0
    if most_steps is None:
        most_steps = next(steps for n, steps in MOST_STEPS if table.n_columns <= n)
    chosen = np.empty(min(table.n_columns, table.n), dtype=np.int64)
    search: Callable[..., int] = kernels.few_cover
    found = search(_bits(reached.T), _bits(reached), _bits(near), len(chosen), most_steps, chosen)
    return (chosen[chosen >= 0] if found == 1 else None), found >= 0


def _least_rows(reached: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Rows that contain no other row; of equal ones the first."""
    share = reached.astype(np.float32)
    size = reached.sum(axis=1)
    both = share @ share.T
    inside = both >= size[None, :]  # row j lies inside row i
    smaller = size[None, :] < size[:, None]
    earlier = np.arange(len(size))[None, :] < np.arange(len(size))[:, None]
    beaten = inside & (smaller | ((size[None, :] == size[:, None]) & earlier))
    return np.flatnonzero(~beaten.any(axis=1))


def _bits(table: NDArray[np.bool_]) -> NDArray[np.uint64]:
    """Rows of bits, 64 in a word, the first in the lowest place."""
    n, m = table.shape
    wide = np.zeros((n, -(-m // 64) * 64), dtype=bool)
    wide[:, :m] = table
    return np.packbits(wide, axis=1, bitorder="little").view("<u8").astype(np.uint64)
