"""What a seat asks by itself: category, rank and unit. The base under all rules, in its form for the model."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scheduler.roster.problem import Problem


def seat_fits(problem: Problem) -> NDArray[np.bool_]:
    """Who may sit where by category, rank and unit, bool ``[n_people, n_groups]``."""
    category = np.array([p.category for p in problem.people], dtype=np.int64)
    rank = np.array([p.rank for p in problem.people], dtype=np.int64)
    unit = np.array([p.unit for p in problem.people], dtype=np.int64)
    fits = np.ones((len(problem.people), len(problem.groups)), dtype=bool)
    for g, group in enumerate(problem.groups):
        if group.categories:
            fits[:, g] &= np.isin(category, sorted(group.categories))
        fits[:, g] &= rank >= group.rank_min
        if group.unit is not None:
            fits[:, g] &= unit == group.unit
        if group.most < 1:
            fits[:, g] = False
    return fits
