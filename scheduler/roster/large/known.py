"""Rows that say nothing once the seats are held, and the others without what is known: prices that mean one thing each.

The same as ``columns.implied`` does for whole rosters, here for rows with two limits, whose numbers stay.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from scheduler.roster.cells import Body, Cells
from scheduler.roster.linear import Ints

Multipliers = Any
"""Of rows, ``[n_rows]``, whole or not."""


@dataclass(frozen=True)
class Known:
    """Rows told anew.

    Attributes
    ----------
    of_x : csc [n_rows, n_x]
        What each duty adds, counters counted in.
    low, high : int64 [n_rows]
        Limits without what is known.
    idle_low, idle_high : bool [n_rows]
        Sides that every plan keeps.
    part : csr [n_rows, n_groups]
        What everybody in a fixed group adds to each row, taken out of it.
    source : int64 [n_groups]
        The row that says how many serve in a group, -1 for none.
    """

    of_x: Any
    low: Ints
    high: Ints
    idle_low: NDArray[np.bool_]
    idle_high: NDArray[np.bool_]
    part: Any
    source: Ints

    def told(self, m: Multipliers) -> Multipliers:
        """Multipliers of these rows from those of the rows as they were."""
        return self._moved(m, 1)

    def plain(self, m: Multipliers) -> Multipliers:
        """Multipliers of the rows as they were from those of these rows."""
        return self._moved(m, -1)

    def _moved(self, m: Multipliers, sign: int) -> Multipliers:
        out = m.copy()
        has = np.flatnonzero(self.source >= 0)
        out[self.source[has]] += sign * (self.part.T @ m)[has]
        return out


def known(
    body: Body,
    low: Ints,
    high: Ints,
    matters: NDArray[np.bool_],
    source: Ints,
    exact: NDArray[np.bool_],
    over: Callable[[], bool] = lambda: False,
) -> Known | None:
    """Tell rows anew; None where the time was over before.

    Parameters
    ----------
    body
    low, high : int64 [n_rows]
    matters : bool [n_rows]
        Rows that have a price at all; the others are left empty.
    source : int64 [n_groups]
        The row that counts everybody in a group, -1 for none; its limits are believed where they may not be missed.
    exact : bool [n_groups]
        Groups whose row may not be missed on either side.
    """
    n, n_g = body.shape[0], len(source)
    has = np.flatnonzero(source >= 0)
    least, most = np.zeros(n_g, dtype=np.int64), body.size.copy()
    most[has] = np.minimum(most[has], high[source[has]])
    sure = has[exact[has]]
    least[sure] = low[source[sure]]
    fixed = (least == most) & exact & (source >= 0)
    cells = body.cells(over)
    if cells is None:
        return None
    reach = _sums(cells, np.where(cells.greatest > 0, most[cells.group], least[cells.group]) * cells.greatest, n)
    floor = _sums(cells, np.where(cells.least > 0, least[cells.group], most[cells.group]) * cells.least, n)
    counts = np.zeros(n, dtype=bool)
    counts[source[has]] = True
    idle_low, idle_high = (floor >= low) & ~counts, (reach <= high) & ~counts
    usual = np.where(fixed[cells.group] & ~counts[cells.row], cells.usual, 0)
    part = sparse.csr_matrix((usual, (cells.row, cells.group)), shape=(n, n_g), dtype=np.int64)
    part.eliminate_zeros()
    shift = part @ np.where(fixed, least, 0)
    told = body.without(part, matters & ~(idle_low & idle_high)).tocsc()
    return Known(told, low - shift, high - shift, idle_low, idle_high, part, source)


def _sums(cells: Cells, value: Ints, n: int) -> Ints:
    out = np.zeros(n, dtype=np.int64)
    np.add.at(out, cells.row, value)
    return out
