"""What comes after the number of people changed, improved by hand: nobody further is changed for it.

Two moves, the best of each kind again and again while any helps: one of the changed people takes a further seat, or
takes a duty over from another of them. Unproven, as these levels are; a model is not worth loading for so few people.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from scheduler.roster.linear import Ints
from scheduler.roster.repair_ground import Mask

if TYPE_CHECKING:
    from scheduler.roster.repair_search import Search


def polish(search: Search) -> None:
    """Offer better plans with the same people changed until there is none within one move."""
    while search.best is not None and not search.over():
        x, people = search.best, _changed(search)
        better = [(search.value_of(new), k, new) for k, new in enumerate(_moves(search, x, people))]
        better = [one for one in better if one[0] < search.value]
        if not any(search.offer(new) for _, _, new in sorted(better, key=lambda one: one[:2])):
            return


def _changed(search: Search) -> Mask:
    ground, best = search.ground, search.best
    people = ground.forced.copy()
    if best is not None:
        people[ground.linear.x_person[best != ground.base]] = True
    return people


def _moves(search: Search, x: Ints, people: Mask) -> Iterator[Ints]:
    """Plans one move from ``x``, as far as no two duties of one person exclude each other."""
    ground, linear = search.ground, search.ground.linear
    groups = linear.problem.groups
    filled = np.bincount(linear.x_group[x > 0], minlength=len(groups))
    wanted = filled < [min(group.most, max(group.need, group.want)) for group in groups]
    mine = people[linear.x_person]
    held = np.zeros(linear.x_of.shape, dtype=bool)
    held[linear.x_person[x > 0], linear.x_group[x > 0]] = True
    for i in np.flatnonzero(mine & ground.may & (x == 0)).tolist():
        p, g = int(linear.x_person[i]), int(linear.x_group[i])
        if (linear.conflict[int(linear.conflict_of[p])][g] & held[p]).any():
            continue
        if wanted[g]:
            yield _with(x, [i])
        for q in np.flatnonzero(people & held[:, g]).tolist():
            j = int(linear.x_of[q, g])
            if not ground.held[j] and j not in linear.forced:
                yield _with(x, [i], [j])


def _with(x: Ints, added: list[int], left: list[int] | None = None) -> Ints:
    new = x.copy()
    new[added] = 1
    new[left or []] = 0
    return new
