"""Exchanges for a better response end at the best of small problems (lawful ones: ``test_siting_brute``)."""

from itertools import combinations

import numpy as np
import pytest

from scheduler.siting.audit import values_in
from scheduler.siting.layout import views
from scheduler.siting.problem import Site
from scheduler.siting.swap import swap


def go_on(_visits):
    return True


@pytest.mark.parametrize("seed", range(4))
def test_a_bad_choice_becomes_the_best_one(siting, seed):
    """Four of nine posts; all eight sites of two points each; the plan begun with is the slowest of all."""
    draw = np.random.default_rng(seed)
    table = draw.integers(1, 60, (9, 16)).tolist()
    problem = siting.make(
        table, sites=tuple(Site(f"S{s}", 1 + s, 70) for s in range(8)), stock=4, levels=("bare", "response"),
        point_site=np.repeat(np.arange(8), 2).astype(np.int32),
    )  # fmt: skip
    (view,) = views(problem)
    costs = {}
    for four in combinations(range(9), 4):
        near = np.array(table)[list(four)].min(axis=0).reshape(8, 2).max(axis=1)
        costs[four] = int((near * np.arange(1, 9)).sum())
    slowest = max(costs, key=costs.get)
    found = swap(problem, view, {(j, 0, 0): 1 for j in slowest}, seed=seed, n_moves=30_000, keep_on=go_on)
    assert values_in(problem, found, "response", [0]) == min(costs.values())
    assert len(found) == 4
