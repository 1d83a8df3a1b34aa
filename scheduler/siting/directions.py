"""Both directions (P17): one-way streets and closures make the way back another way. Reaches in, Reach out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scheduler.errors import ProblemError
from scheduler.siting.problem import Reach


def slower(there: Reach, back: Reach) -> Reach:
    """The Reach whose seconds are those of the slower direction; only pairs that are joined both ways are listed.

    A Problem with it is in time only where a unit gets there and back within the standard each.

    Parameters
    ----------
    there, back
        Seconds from posts to points, and from the points to the posts, both listed by post then point.

    Raises
    ------
    ProblemError
        Reaches of a different number of posts.
    """
    post, point, seconds, other = _joined(there, back)
    counts = np.bincount(post, minlength=len(there.indptr) - 1)
    indptr = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(counts))).astype(np.int64)
    return Reach(indptr, point.astype(np.int32), np.maximum(seconds, other).astype(np.int32))


def one_way_only(there: Reach, back: Reach) -> list[tuple[int, int]]:
    """Pairs ``(post, point)`` that are joined in one direction only."""
    post, point, _, _ = _joined(there, back)
    both = set(zip(post.tolist(), point.tolist(), strict=True))
    listed = {
        pair
        for reach in (there, back)
        for pair in zip(_posts(reach).tolist(), reach.point.tolist(), strict=True)
    }
    return sorted(listed - both)


def _posts(reach: Reach) -> NDArray[np.int64]:
    return np.repeat(np.arange(len(reach.indptr) - 1), np.diff(reach.indptr))


def _joined(
    there: Reach, back: Reach
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Posts, points and seconds of both directions of the pairs that both list."""
    if len(there.indptr) != len(back.indptr):
        found = f"{len(there.indptr) - 1} and {len(back.indptr) - 1}"
        raise ProblemError([f"there, back: reaches of the same posts expected, found {found} posts."])
    n = 1 + max(int(r.point.max()) if len(r.point) else 0 for r in (there, back))
    one, two = (_posts(r) * n + r.point for r in (there, back))
    key, here, also = np.intersect1d(one, two, assume_unique=True, return_indices=True)
    return (
        key // n,
        key % n,
        there.seconds[here].astype(np.int64),
        back.seconds[also].astype(np.int64),
    )
