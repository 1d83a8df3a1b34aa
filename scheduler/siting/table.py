"""One view as a sparse table of costs: what each column costs each site, and how many columns may stand.

It carries the response (weight times seconds) and, with costs of 0 and the weight, a covering level too.
Rules other than the number of columns are left out, so that bounds hold with them as well, and plans must be checked.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scheduler.siting.layout import View
from scheduler.siting.problem import Problem

Ints = NDArray[np.int64]
COVERING = {"must_bare": "must", "bare": "bare"}


@dataclass(frozen=True)
class Median:
    """At most ``n_columns`` columns are chosen; each site pays the least cost among them, or ``bare``.

    Attributes
    ----------
    indptr, site, cost
        int64 ``[n + 1]``, int32 and int64 ``[n_pairs]``: by column, only pairs cheaper than the site's ``bare``.
    bare
        int64 ``[n_sites]``: what a site costs when nobody reaches it.
    """

    indptr: Ints
    site: NDArray[np.int32]
    cost: Ints
    bare: Ints
    n_columns: int

    @property
    def n(self) -> int:
        """How many columns there are."""
        return len(self.indptr) - 1

    @property
    def n_pairs(self) -> int:
        """How many pairs the table lists."""
        return len(self.site)


def table_of(column: Ints, site: Ints, cost: Ints, bare: Ints, n: int, most: int) -> Median:
    """A table from pairs in any order; pairs that cost no less than ``bare`` are left out."""
    use = cost < bare[site]
    column, site, cost = column[use], site[use], cost[use]
    order = np.argsort(column, kind="stable")
    indptr = np.zeros(n + 1, dtype=np.int64)
    np.cumsum(np.bincount(column, minlength=n), out=indptr[1:])
    return Median(indptr, site[order].astype(np.int32), cost[order], bare, min(most, n))


def median_of(problem: Problem, view: View, level: str = "response") -> Median | None:
    """The table of a view on one level; None where it does not fit (sites with several points)."""
    if not len(view.post) or not len(view.site):
        return None
    most = _most(problem, view)
    if level in COVERING:
        families = [f for f in view.families if getattr(f, COVERING[level])]
        if not families or any(len(f.rows) != 1 for f in families):
            return None
        size = np.array([len(f.rows[0]) for f in families], dtype=np.int64)
        column = np.fromiter((c for f in families for c in f.rows[0]), np.int64, int(size.sum()))
        site = np.repeat(np.arange(len(families)), size)
        bare = np.array([getattr(f, COVERING[level]) for f in families], dtype=np.int64)
        return table_of(column, site, np.zeros(len(site), dtype=np.int64), bare, len(view.post), most)
    n_points = np.bincount(problem.point_site, minlength=len(problem.sites))
    if (n_points[view.site] > 1).any():
        return None
    row = np.full(len(problem.sites), -1, dtype=np.int64)
    row[view.site] = np.arange(len(view.site))
    weight = view.weight[view.site]
    at = row[problem.point_site[view.pair_point]]
    cost = view.pair_s * weight[at]
    return table_of(view.pair_column, at, cost, weight * problem.longest_s, len(view.post), most)


def _most(problem: Problem, view: View) -> int:
    period, n = problem.periods[view.periods[0]], len(view.post)
    most = min(sum(period.stock), n)
    if period.most_posts is not None:
        kinds = max(1, int(np.bincount(view.post).max()))
        most = min(most, period.most_posts * kinds)
    return most


def part(table: Median, taken: Ints, stay: NDArray[np.bool_]) -> Median:
    """The table once some columns are taken and, beside them, only those that ``stay`` are left."""
    bare = table.bare.copy()
    for c in taken:
        row = slice(table.indptr[c], table.indptr[c + 1])
        bare[table.site[row]] = np.minimum(bare[table.site[row]], table.cost[row])
    sizes = np.diff(table.indptr)
    keep = np.repeat(stay, sizes) & (table.cost < bare[table.site])
    column = np.repeat(np.cumsum(stay) - 1, sizes)[keep]
    n = int(stay.sum())
    indptr = np.zeros(n + 1, dtype=np.int64)
    np.cumsum(np.bincount(column, minlength=n), out=indptr[1:])
    most = min(table.n_columns - len(taken), n)
    return Median(indptr, table.site[keep], table.cost[keep], bare, most)
