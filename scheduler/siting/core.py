"""How far the radius form tells times apart: a small core at first, grown where a plan waits longer."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from scheduler.siting.layout import View
from scheduler.siting.problem import Problem

RANKS = 12  # nearest columns of a point that the first core tells apart
SLACK = 1.25  # and this much beyond what the best plan needs


def core_limits(
    problem: Problem, view: View, units: Mapping[tuple[int, int, int], int] | None
) -> NDArray[np.int64]:
    """int64 ``[n_points]``: seconds up to which the first core tells a point's times apart."""
    n_points = len(problem.point_site)
    start = np.searchsorted(view.pair_point, np.arange(n_points + 1))
    size = np.diff(start)
    limit = np.zeros(n_points, dtype=np.int64)
    some = np.flatnonzero(size)
    limit[some] = view.pair_s[start[some] + np.minimum(size[some], RANKS) - 1]
    if units:
        near = _nearest(problem, view, units)
        limit = np.maximum(
            limit, (np.where(near < problem.longest_s, near, 0) * SLACK).astype(np.int64)
        )
    return limit


def grow(
    problem: Problem,
    view: View,
    limit: NDArray[np.int64],
    units: Mapping[tuple[int, int, int], int],
) -> bool:
    """Raise limits in place where the plan's first responder comes later; False when none does."""
    near = _nearest(problem, view, units)
    live = view.weight[problem.point_site] > 0
    beyond = live & (near > limit) & (limit < problem.longest_s)
    limit[beyond] = np.maximum(near, (limit * SLACK).astype(np.int64))[beyond]
    return bool(beyond.any())


def _nearest(
    problem: Problem, view: View, units: Mapping[tuple[int, int, int], int]
) -> NDArray[np.int64]:
    """int64 ``[n_points]``: seconds of the first responder, at most ``longest_s``."""
    near = np.full(len(problem.point_site), problem.longest_s, dtype=np.int64)
    standing = np.array(
        [
            (int(j), view.periods[0], int(k)) in units
            for j, k in zip(view.post, view.kind, strict=True)
        ],
        dtype=bool,
    )
    if not len(standing):
        return near
    on = standing[view.pair_column]
    point, first = np.unique(view.pair_point[on], return_index=True)  # pairs are sorted by seconds
    near[point] = np.minimum(near[point], view.pair_s[on][first])
    return near
