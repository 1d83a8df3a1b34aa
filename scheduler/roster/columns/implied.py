"""Linking rows that say nothing once the seats are held, and the others said as shortly as can be.

Where a seat group must be filled exactly, how many serve in it is known. A row that adds the same for everybody in the
group can then leave the group out, and a row that even its greatest value keeps says nothing at all: a unit's lead
whose seat is always filled need not be asked for hour by hour. Both leave every plan's cost as it is; what is left is
a fraction of the rows and of their entries, and multipliers that each mean one thing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from scheduler.roster.cells import Body, Cells
from scheduler.roster.columns.split import Linking
from scheduler.roster.linear import Ints


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
    if linking.of_x.nnz == 0:
        return linking, sparse.identity(m, dtype=np.int64, format="csr")
    n_g = int(x_group.max()) + 1
    body = Body.plain(linking.of_x, x_group, n_g)
    cells = body.cells()
    assert cells is not None  # noqa: S101  # it was not asked to hurry
    room = linking.of_a.maximum(0) @ upper + np.asarray(linking.of_s.maximum(0).sum(axis=1)).ravel()
    loose = np.asarray((linking.of_a.minimum(0) @ upper) < 0) | (np.diff(linking.of_s.tocsr().indptr) > 0)
    source, least, most = _ranges(linking, cells, body.size, loose)
    fixed = (least == most) & (least >= 0)
    reach = np.where(cells.greatest > 0, most[cells.group], least[cells.group]) * cells.greatest
    greatest = np.zeros(m, dtype=np.int64)
    np.add.at(greatest, cells.row, reach)
    keep = np.where(source >= 0, ~fixed[source], greatest + room > linking.rhs)
    usual = np.where(fixed[cells.group], cells.usual, 0)
    part = sparse.csr_matrix((usual, (cells.row, cells.group)), shape=(m, n_g), dtype=np.int64)
    return _told(linking, body, keep, np.nonzero(fixed)[0], least, part)


def _ranges(linking: Linking, cells: Cells, size: Ints, loose: NDArray[np.bool_]) -> tuple[Ints, Ints, Ints]:
    """Group of each row that only says how many serve in one group (-1: another row), and the ranges they say."""
    m = len(linking.rhs)
    least, most = np.zeros_like(size), size.copy()
    alone = np.bincount(cells.row, minlength=m)[cells.row] == 1
    plain = alone & (np.abs(cells.usual) == 1) & (cells.least == cells.greatest) & ~loose[cells.row]
    source = np.full(m, -1, dtype=np.int64)
    source[cells.row[plain]] = cells.group[plain]
    for c in np.flatnonzero(plain).tolist():
        g, rhs = int(cells.group[c]), int(linking.rhs[cells.row[c]])
        if cells.usual[c] > 0 or linking.equal[cells.row[c]]:
            most[g] = min(most[g], rhs * int(cells.usual[c]))
        if cells.usual[c] < 0 or linking.equal[cells.row[c]]:
            least[g] = max(least[g], rhs * int(cells.usual[c]))
    never = least > most  # more than can serve: rows that cannot hold stay to say so
    source[np.isin(source, np.flatnonzero(never))] = -1
    return source, np.where(never, 0, least), np.where(never, size, most)


def _told(
    linking: Linking, body: Body, keep: NDArray[np.bool_], fixed: Ints, count: Ints, part: Any
) -> tuple[Linking, Any]:
    """The kept rows without what is known of fixed groups, then one equality for each of these."""
    m = body.shape[0]
    n = len(fixed)

    def longer(matrix: Any) -> Any:
        """A matrix over team switches or amounts, which the equalities do not hold."""
        return sparse.vstack([matrix[keep], sparse.csr_matrix(np.zeros((n, matrix.shape[1]), dtype=np.int64))]).tocsr()

    told = replace(
        linking,
        of_x=sparse.vstack([body.without(part, keep)[keep], body.everybody[fixed]]).tocsc().astype(np.int64),
        of_s=longer(linking.of_s),
        of_a=longer(linking.of_a),
        rhs=np.concatenate([linking.rhs[keep] - part[keep] @ count, count[fixed]]),
        equal=np.concatenate([linking.equal[keep], np.ones(n, dtype=bool)]),
    )
    kept = sparse.identity(m, dtype=np.int64, format="csr")[keep]
    # a row's multiplier on what everybody in a group adds becomes the group's own
    return told, sparse.vstack([kept, part.T.tocsr()[fixed]]).tocsr()
