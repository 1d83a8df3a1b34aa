"""Cordon: who mans which exit so that the last one is manned soonest, then with the least travel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching


@dataclass(frozen=True, slots=True)
class Cordon:
    """An assignment of units to exits.

    Attributes
    ----------
    unit_of
        For each exit the row of the unit that mans it.
    last_s, total_s
        Seconds until the last exit is manned, and all travel added up; both are proven least, in this order.
    """

    unit_of: tuple[int, ...]
    last_s: int
    total_s: int


def close_exits(
    seconds: NDArray[np.int64], reachable: NDArray[np.bool_] | None = None
) -> Cordon | None:
    """Assign a unit of its own to every exit (bottleneck assignment, then least total).

    Parameters
    ----------
    seconds
        Integers ``[n_units, n_exits]``.
    reachable
        bool of the same shape; None: every unit reaches every exit.

    Returns
    -------
    Cordon or None
        None where no assignment mans every exit (fewer units than exits, or exits out of reach).

    Notes
    -----
    The least time of the last exit is found by bisection over the times that occur, each asking for a
    matching of all exits (Burkard, Dell'Amico and Martello, Assignment Problems, 2009, ch. 6).
    """
    table = np.asarray(seconds, dtype=np.int64)
    able = (
        np.ones(table.shape, dtype=bool) if reachable is None else np.asarray(reachable, dtype=bool)
    )
    n_units, n_exits = table.shape
    if n_exits == 0:
        return Cordon((), 0, 0)
    if n_units < n_exits or not _all_manned(able):
        return None
    times = np.unique(table[able])
    low, high = 0, len(times) - 1
    while low < high:
        middle = (low + high) // 2
        if _all_manned(able & (table <= times[middle])):
            high = middle
        else:
            low = middle + 1
    last = int(times[low])
    allowed = able & (table <= last)
    too_much = (
        int(table[allowed].max()) * n_exits + 1
    )  # one such pair is dearer than any allowed assignment
    unit, exit_of = linear_sum_assignment(np.where(allowed, table, too_much))
    unit_of = np.empty(n_exits, dtype=np.int64)
    unit_of[exit_of] = unit
    return Cordon(tuple(unit_of.tolist()), last, int(table[unit_of, np.arange(n_exits)].sum()))


def _all_manned(able: NDArray[np.bool_]) -> bool:
    match = maximum_bipartite_matching(csr_array(able.T), perm_type="column")
    return bool((match >= 0).all())
