"""A bound from single seats alone, for rosters whose duties are too many to price: each seat its cheapest person."""

from __future__ import annotations

import numpy as np

from scheduler.roster.linear import Ints, Linear, Whole


def seat_bounds(linear: Linear, whole: Whole) -> tuple[list[int], Ints]:
    """Least shortage of each level, and what the cheapest person for each group costs.

    Returns
    -------
    tuple
        Per shortage level the points that no plan can avoid since too few people are allowed at all; and int64
        ``[n_groups]``, 0 where nobody may serve.
    """
    groups = linear.problem.groups
    number = {name: k for k, (name, _) in enumerate(linear.levels)}
    short = [0] * (linear.n_levels - 1)
    cheapest = np.zeros(len(groups), dtype=np.int64)
    for g, group in enumerate(groups):
        allowed = whole.allowed[:, g]
        n = int(allowed.sum())
        short[number[f"short_{group.level}"]] += group.price_short * max(0, group.need - n)
        if n:
            cheapest[g] = int(whole.cost_of(g)[allowed].min())
    return short, cheapest


def least_cost(linear: Linear, cheapest: Ints, aim: tuple[int, ...]) -> int:
    """What all seats needed cost at least, when no more than ``aim`` points are short on each level."""
    need = np.array([group.need for group in linear.problem.groups], dtype=np.int64)
    total = int((need * cheapest).sum())
    for k, value in enumerate(aim):
        mine = [cheapest[g] // max(1, group.price_short) + 1
                for g, group in enumerate(linear.problem.groups)
                if linear.levels[k][0] == f"short_{group.level}" and group.need]  # fmt: skip
        total -= value * int(max(mine, default=0)) if value else 0
    return max(0, total)
