"""Linking rows that say nothing once the seats are held, and the others said as shortly as can be.

Where a seat group must be filled exactly, how many serve in it is known. A row that adds the same for everybody in the
group can then leave the group out, and a row that even its greatest value keeps says nothing at all: a unit's lead
whose seat is always filled need not be asked for hour by hour. Both leave every plan's cost as it is; what is left is
a fraction of the rows and of their entries, and multipliers that each mean one thing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from scheduler.roster.columns.split import Linking
from scheduler.roster.linear import Ints


@dataclass(frozen=True)
class _Cells:
    """What each row holds of each group, one entry for a row and a group that share duties: int64 ``[n]`` each.

    ``usual`` is the coefficient most people have, those without any (0) counted too; ``least`` and ``greatest`` are
    over all people of the group.
    """

    row: Ints
    group: Ints
    least: Ints
    greatest: Ints
    usual: Ints
    full: NDArray[np.bool_]


def told_anew(linking: Linking, upper: Ints, x_group: NDArray[np.int32]) -> tuple[Linking, Any]:
    """The same linking rows for plans that keep the amounts within ``upper``, told anew.

    Parameters
    ----------
    linking
        All rows.
    upper : int64 [n_amounts]
    x_group : int32 [n_x]
        Group of each duty.

    Returns
    -------
    tuple
        The rows that are left, those that fix a group last; and the matrix that makes their multipliers from those
        of all rows.
    """
    m = linking.of_x.shape[0]
    same = linking, sparse.identity(m, dtype=np.int64, format="csr")
    if linking.of_x.nnz == 0:
        return same
    n_g = int(x_group.max()) + 1
    of_x = linking.of_x.tocsr()
    size = np.bincount(x_group, minlength=n_g).astype(np.int64)
    cells = _cells(of_x, x_group, size)
    room = linking.of_a.maximum(0) @ upper + np.asarray(linking.of_s.maximum(0).sum(axis=1)).ravel()
    loose = np.asarray((linking.of_a.minimum(0) @ upper) < 0) | (np.diff(linking.of_s.tocsr().indptr) > 0)
    source, least, most = _ranges(linking, cells, size, loose)
    fixed = (least == most) & (least >= 0)
    if (least > most).any():  # the aims contradict the rows: all of them are needed to say so
        return same
    reach = np.where(cells.greatest > 0, most[cells.group], least[cells.group]) * cells.greatest
    greatest = np.zeros(m, dtype=np.int64)
    np.add.at(greatest, cells.row, reach)
    keep = np.where(source >= 0, ~fixed[source], greatest + room > linking.rhs)
    usual = np.where(fixed[cells.group], cells.usual, 0)
    part = sparse.csr_matrix((usual, (cells.row, cells.group)), shape=(m, n_g), dtype=np.int64)
    return _told(linking, of_x, x_group, np.nonzero(keep)[0], np.nonzero(fixed)[0], least, part)


def _cells(of_x: Any, x_group: NDArray[np.int32], size: Ints) -> _Cells:
    """Coefficients by row and group."""
    n_g = len(size)
    row = np.repeat(np.arange(of_x.shape[0], dtype=np.int64), np.diff(of_x.indptr))
    key = row * max(n_g, 1) + x_group[of_x.indices]
    coef = of_x.data.astype(np.int64)
    order = np.lexsort((coef, key))
    key, coef = key[order], coef[order]
    first = np.flatnonzero(np.diff(key, prepend=-1))
    ends = np.append(first[1:], len(key))
    group = key[first] % max(n_g, 1)
    full = (ends - first) == size[group]
    least, greatest = coef[first], coef[ends - 1]
    # runs of equal coefficients within a row and group; the longest one is usual, unless more have none
    run = np.flatnonzero((np.diff(key, prepend=-1) != 0) | (np.diff(coef, prepend=0) != 0))
    length = np.diff(np.append(run, len(key)))
    of_cell = np.searchsorted(first, run, side="right") - 1
    by_length = np.lexsort((length, of_cell))
    longest = by_length[np.searchsorted(of_cell[by_length], np.arange(len(first)), side="right") - 1]
    usual = np.where(length[longest] >= size[group] - (ends - first), coef[run[longest]], 0)
    return _Cells(
        key[first] // max(n_g, 1), group, np.where(full, least, np.minimum(least, 0)),
        np.where(full, greatest, np.maximum(greatest, 0)), usual, full,
    )  # fmt: skip


def _ranges(linking: Linking, cells: _Cells, size: Ints, loose: NDArray[np.bool_]) -> tuple[Ints, Ints, Ints]:
    """Group of each row that only says how many serve in one group (-1: another row), and the ranges they say."""
    m = len(linking.rhs)
    least, most = np.zeros_like(size), size.copy()
    alone = np.bincount(cells.row, minlength=m)[cells.row] == 1
    plain = alone & cells.full & (np.abs(cells.usual) == 1) & (cells.least == cells.greatest) & ~loose[cells.row]
    source = np.full(m, -1, dtype=np.int64)
    source[cells.row[plain]] = cells.group[plain]
    for c in np.flatnonzero(plain).tolist():
        g, rhs = int(cells.group[c]), int(linking.rhs[cells.row[c]])
        if cells.usual[c] > 0 or linking.equal[cells.row[c]]:
            most[g] = min(most[g], rhs * int(cells.usual[c]))
        if cells.usual[c] < 0 or linking.equal[cells.row[c]]:
            least[g] = max(least[g], rhs * int(cells.usual[c]))
    return source, least, most


def _told(
    linking: Linking, of_x: Any, x_group: NDArray[np.int32], keep: Ints, fixed: Ints, count: Ints, part: Any
) -> tuple[Linking, Any]:
    """The kept rows without what is known of fixed groups, then one equality for each of these."""
    m, n_x = of_x.shape
    n_g = part.shape[1]
    everybody = sparse.csr_matrix((np.ones(n_x, dtype=np.int64), (x_group, np.arange(n_x))), shape=(n_g, n_x))
    body = (of_x[keep] - part[keep] @ everybody).tocsr()
    body.eliminate_zeros()
    n = len(fixed)

    def longer(matrix: Any) -> Any:
        """A matrix over team switches or amounts, which the equalities do not hold."""
        return sparse.vstack([matrix[keep], sparse.csr_matrix(np.zeros((n, matrix.shape[1]), dtype=np.int64))]).tocsr()

    told = replace(
        linking,
        of_x=sparse.vstack([body, everybody[fixed]]).tocsc().astype(np.int64),
        of_s=longer(linking.of_s),
        of_a=longer(linking.of_a),
        rhs=np.concatenate([linking.rhs[keep] - part[keep] @ count, count[fixed]]),
        equal=np.concatenate([linking.equal[keep], np.ones(n, dtype=bool)]),
    )
    kept = sparse.identity(m, dtype=np.int64, format="csr")[keep]
    # a row's multiplier on what everybody in a group adds becomes the group's own
    return told, sparse.vstack([kept, part.T.tocsr()[fixed]]).tocsr()
