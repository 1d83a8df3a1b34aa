"""Exchanges for a better response better a bad choice and keep rules and cover (see ``test_siting_brute`` as well)."""

from itertools import combinations

import numpy as np
import pytest

from scheduler.siting.audit import values_in
from scheduler.siting.layout import views
from scheduler.siting.problem import Site
from scheduler.siting.swap import swap


def go_on(_visits):
    return True


@pytest.mark.parametrize("seed", range(6))
def test_a_bad_choice_becomes_a_good_lawful_one(siting, seed):
    """Four of nine posts, of which some stand too close; eight sites of two points each, no more bare than before."""
    draw = np.random.default_rng(seed)
    table = draw.integers(1, 60, (9, 16))
    apart = ((0, 1), (2, 3), (4, 5), (6, 7))
    problem = siting.make(
        table.tolist(), sites=tuple(Site(f"S{s}", 1 + s, 45) for s in range(8)), stock=4,
        levels=("bare", "response"), point_site=np.repeat(np.arange(8), 2).astype(np.int32), apart=apart,
    )  # fmt: skip
    (view,) = views(problem)
    found = {}
    for four in combinations(range(9), 4):
        near = table[list(four)].min(axis=0).reshape(8, 2).max(axis=1)
        lawful = not any(a in four and b in four for a, b in apart)
        found[four] = (int((near > 45) @ np.arange(1, 9)), int(near @ np.arange(1, 9)), lawful)
    begin = max((f for f in found if found[f][2]), key=lambda f: (-found[f][0], found[f][1]))
    least = found[begin][0]
    best = min(response for bare, response, lawful in found.values() if lawful and bare <= least)
    units = swap(problem, view, {(j, 0, 0): 1 for j in begin}, seed=seed, n_moves=30_000, keep_on=go_on)
    bare, response = (values_in(problem, units, name, [0]) for name in ("bare", "response"))
    its = tuple(sorted(j for j, _, _ in units))
    assert found[its] == (bare, response, True)
    assert bare <= least
    assert best <= response < found[begin][1]
    assert len(units) == 4
