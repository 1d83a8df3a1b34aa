"""A tighter bound for a cover with a limit of posts: whole numbers inside regions, prices between them.

Least is ``sum_f w_f bare_f`` with ``bare_f + sum of the columns of f >= 1`` and at most ``P`` columns. Each family
belongs to one region; a column stands in every region that it reaches, at a price ``pi_jr`` with ``sum_r pi_jr <= mu``.

Then ``least >= sum_r V_r - mu P``,  ``V_r = min sum_{f in r} w_f bare_f + sum_j pi_jr x_j``  over whole ``x``:

a Lagrangean decomposition (Guignard and Kim 1987), never below the linear relaxation whose prices it is given, and far
above it where the columns of a region overlap. Any prices give a bound, so each ``V_r`` may stop at a bound of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import ArpackError, eigsh

from scheduler.siting.linear import Linear, Sum
from scheduler.siting.table import Ints, Median

COLUMNS = 83  # columns that a region has of its own, about


@dataclass(frozen=True)
class Region:
    """Some families, the columns that reach them (indices), and what each of those costs here."""

    families: Ints
    columns: Ints
    price: Ints
    trivial: int


def price_of_a_post(table: Median, lam: Ints) -> int:
    """What the last of the ``n_columns`` columns of greatest worth is worth; at most so much is paid for one more."""
    worth = np.sort(np.add.reduceat(np.append(lam[table.site], 0), table.indptr[:-1]) * (np.diff(table.indptr) > 0))
    return int(worth[-table.n_columns]) if 0 < table.n_columns <= table.n else 0


def split(table: Median, lam: Ints, n_columns: int = COLUMNS) -> tuple[tuple[Region, ...], int]:
    """Regions of a covering table, and the price ``mu`` of one post.

    Parameters
    ----------
    lam
        int64 ``[n_sites]``: what covering each family is worth at most, from a relaxation, ``0 <= lam <= bare``.
    """
    reaches = sparse.csr_array(
        (np.ones(table.n_pairs, dtype=np.int64), table.site, table.indptr),
        shape=(table.n, len(table.bare)),
    )
    mu = price_of_a_post(table, lam)
    label = _labels(reaches, table.bare, max(1, round(table.n / n_columns)))
    n_regions = int(label.max()) + 1
    own = sparse.csr_array((np.ones(table.n, dtype=np.int64), (np.arange(table.n), label)), shape=(table.n, n_regions))
    home = np.asarray((reaches.T @ own).toarray()).argmax(axis=1)
    belongs = sparse.csr_array((lam, (np.arange(len(lam)), home)), shape=(len(lam), n_regions))
    inside = sparse.csr_array((np.ones_like(lam), (np.arange(len(lam)), home)), shape=(len(lam), n_regions))
    prices = np.asarray((reaches @ belongs).toarray())
    stands = np.asarray((reaches @ inside).toarray()) > 0
    rest = mu - prices.sum(axis=1)  # what a post costs beyond what it is worth: shared out, in whole numbers
    n_of = np.maximum(1, stands.sum(axis=1))
    share, more = np.divmod(rest, n_of)
    order = np.cumsum(stands, axis=1)
    extra = np.where(stands, share[:, None] + (order <= more[:, None]), 0)
    found = []
    for r in range(n_regions):
        families, columns = np.flatnonzero(home == r), np.flatnonzero(stands[:, r])
        trivial = int(lam[families].sum() + np.minimum(0, extra[columns, r]).sum())
        found.append(Region(families, columns, (prices + extra)[columns, r], trivial))
    return tuple(found), mu


def _labels(reaches: sparse.csr_array, weight: Ints, n_regions: int) -> Ints:
    """Cut the columns in two by how they overlap, again and again (spectral bisection: Fiedler 1973)."""
    overlap = (reaches @ sparse.diags_array(np.sqrt(weight)) @ reaches.T).tocsr()
    overlap.setdiag(0)
    label = np.zeros(reaches.shape[0], dtype=np.int64)
    parts = [(np.arange(reaches.shape[0]), n_regions)]
    number = 0
    while parts:
        columns, n = parts.pop()
        if n == 1 or len(columns) < 2 * n:
            label[columns], number = number, number + 1
            continue
        order = _in_line(overlap[columns][:, columns])
        cut = len(columns) * (n // 2) // n
        parts += [(columns[order[:cut]], n // 2), (columns[order[cut:]], n - n // 2)]
    return label


def _in_line(near: sparse.csr_array) -> Ints:
    """Columns in an order in which those that overlap stand close together; their own order where none is found."""
    n = near.shape[0]
    degree = np.sqrt(np.asarray(near.sum(axis=0)).ravel() + 1e-9)
    scale = sparse.diags_array(1 / degree)
    try:
        _, vectors = eigsh(scale @ near @ scale, k=2, which="LA", v0=np.linspace(1, 2, n))
    except (ArpackError, TypeError):  # nothing overlaps, no convergence, or too few columns for it
        return np.arange(n)
    return np.argsort(np.round(vectors[:, 0] / degree, 9), kind="stable")


def relaxed(table: Median) -> Linear:
    """The linear model of the whole table: one row a family, in their order, then the limit of posts."""
    linear = Linear()
    stands = linear.variables(table.n)
    bare = linear.variables(len(table.bare))
    column = np.repeat(stands, np.diff(table.indptr))
    n = len(table.bare)
    linear.rows(n, np.concatenate((np.arange(n), table.site)), np.concatenate((bare, column)), 1, 1)
    linear.limit(Sum.of(stands, 1), high=table.n_columns)
    linear.objective = Sum.of(bare, table.bare)
    return linear
