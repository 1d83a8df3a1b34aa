"""Seats that were empty already are no news: only what a change empties has to be filled before people are counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
from scipy import sparse

from scheduler.roster.linear import Ints, Linear, Rows
from scheduler.roster.plan import RosterPlan
from scheduler.roster.problem import Problem

NEWLY = "newly_"
"""Prefix of a shortage level that counts only seats which the plan at hand had filled, or which are new."""


def empty_before(problem: Problem, plan: RosterPlan, before: Problem | None) -> Ints:
    """Needed seats that the plan at hand left empty under its own Problem, int64 ``[n_groups]``; 0 for new groups."""
    filled = Counter(duty.group for duty in plan.duties)
    asked = {group.id: group.need for group in before.groups} if before is not None else {}
    return np.array([max(0, asked.get(g.id, 0) - filled[g.id]) for g in problem.groups], dtype=np.int64)


def counted(linear: Linear, n_filled: int) -> list[int]:
    """Groups whose needs stand on the first ``n_filled`` levels, in the order of their rows."""
    first = {level for level, _ in linear.levels[:n_filled]}
    return [g for g, its in enumerate(linear.problem.groups) if its.need and f"short_{its.level}" in first]


def count_news(linear: Linear, empty: Ints, n_filled: int) -> Linear:
    """The system with ``n_filled`` levels put in front: seats short beyond those that were empty before."""
    soft = linear.soft
    needs = [r for r, name in enumerate(soft.name) if name == "need" and soft.level[r] < n_filled]
    lows = [int(soft.low[r]) - int(empty[g]) for r, g in zip(needs, counted(linear, n_filled), strict=True)]
    rows = [r for r, low in zip(needs, lows, strict=True) if low > 0]
    joined = Rows(
        sparse.csr_matrix(sparse.vstack([soft.matrix[rows], soft.matrix])),
        np.concatenate([np.array([low for low in lows if low > 0], dtype=np.int64), soft.low]),
        np.concatenate([soft.high[rows], soft.high]),
        np.concatenate([soft.price[rows], soft.price]),
        np.concatenate([soft.level[rows], soft.level + n_filled]),
        np.concatenate([soft.once[rows], soft.once]),
        ("need",) * len(rows) + soft.name,
    )
    none = np.zeros((n_filled, linear.n_x), dtype=np.int64)
    return replace(
        linear,
        levels=(*((NEWLY + name, unit) for name, unit in linear.levels[:n_filled]), *linear.levels),
        soft=joined,
        cost=np.concatenate([none, linear.cost]),
        pair_level=linear.pair_level + n_filled,
    )
