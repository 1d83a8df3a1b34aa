"""Groups that exclude each other for one person, packed into few and strong "at most one" sets."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


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
