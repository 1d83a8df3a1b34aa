"""Groups that exclude each other for one person, packed into few and strong "at most one" sets."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from scheduler.roster.duties import DutyIndex


def bundles(conflict: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Bundle groups that exclude each other and exclude the same others (shifts of one time, mostly).

    Parameters
    ----------
    conflict
        bool ``[n, n]``, symmetric.

    Returns
    -------
    tuple
        int64 ``[n]`` bundle of each group, and int64 ``[n_bundles]`` one member of each.
    """
    n = len(conflict)
    closed = conflict.copy()
    np.fill_diagonal(closed, True)
    seen: dict[bytes, int] = {}
    bundle_of = np.zeros(n, dtype=np.int64)
    lead: list[int] = []
    for g in range(n):
        key = np.packbits(closed[g]).tobytes()
        if key not in seen:
            seen[key] = len(lead)
            lead.append(g)
        bundle_of[g] = seen[key]
    return bundle_of, np.array(lead, dtype=np.int64)


def clique_cover(conflict: NDArray[np.bool_]) -> list[NDArray[np.int64]]:
    """Cliques that together hold every conflicting pair, large ones first come.

    Greedy: take the first pair not yet held, and add, in order, everything that conflicts with all so far,
    those with most pairs not yet held first.
    """
    n = len(conflict)
    left = conflict.copy()
    found: list[NDArray[np.int64]] = []
    for i in range(n):
        while left[i].any():
            j = int(np.argmax(left[i]))
            members = [i, j]
            common = conflict[i] & conflict[j]
            while common.any():
                candidates = np.nonzero(common)[0]
                gain = left[candidates][:, members].sum(axis=1)
                k = int(candidates[int(np.argmax(gain))])
                members.append(k)
                common &= conflict[k]
            held = np.array(sorted(members), dtype=np.int64)
            left[np.ix_(held, held)] = False
            found.append(held)
    return found


class Exclusive:
    """At most one of the duties of one person that exclude each other, bundle by bundle.

    Attributes
    ----------
    members
        Duties of each bundle that got a counter, in the order of the counters.
    """

    def __init__(self, x_of: DutyIndex, first: int) -> None:
        self.x_of, self.first, self.n_x = x_of, first, len(x_of.x_person)
        self.members: list[NDArray[np.int64]] = []
        self.columns: list[NDArray[np.int64]] = []
        self.sizes: list[NDArray[np.int64]] = []

    def add_kind(self, conflict: NDArray[np.bool_], people: NDArray[np.int64]) -> None:
        """All people with one table of conflicts."""
        bundle_of, lead = bundles(conflict)
        quotient = conflict[np.ix_(lead, lead)].copy()
        np.fill_diagonal(quotient, False)
        cover = clique_cover(quotient)
        held = np.concatenate([*cover, np.zeros(0, dtype=np.int64)])
        which = np.repeat(np.arange(len(cover)), [len(clique) for clique in cover])
        alone = np.ones(len(lead), dtype=bool)
        alone[held] = False
        for p in people:
            column = self._bundled(int(p), bundle_of, alone)
            mine = column[held]
            there = mine >= 0
            size = np.bincount(which[there], minlength=len(cover))
            # one duty excludes nothing; one bundle is itself "at most one"
            counter = np.bincount(which[there & (mine >= self.n_x)], minlength=len(cover)) > 0
            keep = (size > 1) | ((size == 1) & counter)
            self.columns.append(mine[there & keep[which]])
            self.sizes.append(size[keep])

    def _bundled(
        self, p: int, bundle_of: NDArray[np.int64], alone: NDArray[np.bool_]
    ) -> NDArray[np.int64]:
        """Column of each bundle for one person: the duty itself, or a counter of several."""
        a, b = self.x_of.mine(p)
        bundle = bundle_of[self.x_of.x_group[a:b]]
        order = np.argsort(bundle, kind="stable")
        which, begin, size = np.unique(bundle[order], return_index=True, return_counts=True)
        column = np.full(len(alone), -1, dtype=np.int64)
        column[which[size == 1]] = a + order[begin[size == 1]]
        many = np.flatnonzero(size > 1)
        column[which[many]] = self.first + len(self.members) + np.arange(len(many))
        self.members += [a + order[begin[k] : begin[k] + size[k]] for k in many]
        lone = column[which[many]][alone[which[many]]]
        self.columns.append(lone)
        self.sizes.append(np.ones(len(lone), dtype=np.int64))
        return column

    def matrix(self, n: int) -> Any:
        """The sets as rows over all ``n`` columns."""
        size = np.concatenate([*self.sizes, np.zeros(0, dtype=np.int64)])
        column = np.concatenate([*self.columns, np.zeros(0, dtype=np.int64)])
        ones, ends = np.ones(len(column), dtype=np.int64), np.concatenate([[0], np.cumsum(size)])
        made = sparse.csr_matrix((ones, column, ends), shape=(len(size), n))
        made.sort_indices()
        return made
