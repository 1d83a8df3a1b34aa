"""Which duties are worth looking at where there are too many to look at all: the cheap ones, and some at random."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scheduler.roster.linear import Whole
from scheduler.roster.problem import Problem


def likely(problem: Problem, whole: Whole, at_most: int) -> NDArray[np.bool_]:
    """For each seat group people in proportion to its seats: two thirds the cheapest, the rest drawn at random.

    Parameters
    ----------
    at_most
        How many duties to keep, more or less.

    Returns
    -------
    numpy.ndarray
        bool ``[n_people, n_groups]``; pinned duties are kept.
    """
    most = np.array([max(group.most, 0) for group in problem.groups], dtype=np.int64)
    share = at_most / max(1, int(most.sum() + 8 * len(most)))
    rng = np.random.default_rng(0)
    keep = np.zeros_like(whole.allowed)
    n_people = len(problem.people)
    noise = rng.permutation(n_people)
    for g in range(len(most)):
        free = np.flatnonzero(whole.allowed[:, g])
        n = int((most[g] + 8) * share) + 1
        if n >= len(free):
            keep[free, g] = True
            continue
        rank = np.lexsort(((noise[free] + 7919 * g) % n_people, whole.cost_of(g)[free]))
        cheap = 2 * n // 3 + 1
        keep[free[rank[:cheap]], g] = True
        rest = rank[cheap:]
        keep[free[rest[rng.integers(0, len(rest), n - cheap)]] if n > cheap else free[:0], g] = True
    at_person = {person.id: p for p, person in enumerate(problem.people)}
    at_group = {group.id: g for g, group in enumerate(problem.groups)}
    for pin in problem.pins:
        if pin.person in at_person and pin.group in at_group:
            keep[at_person[pin.person], at_group[pin.group]] = True
    return keep
