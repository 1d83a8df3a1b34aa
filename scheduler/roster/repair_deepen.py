"""The walk over chains of changes, deepened: one person further, and where that does not do, one seat less.

People who share no seats, directly or through others, are parts of their own: what is least in each is least together.
Where the walk of a part is cut short, its open seats are filled one after the other; that is a plan and no proof.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from scheduler.roster.linear import Ints
from scheduler.roster.repair_chain import Chains
from scheduler.roster.repair_ground import Mask

if TYPE_CHECKING:
    from scheduler.roster.repair_search import Search

_STEP = 2e-5
"""Deterministic seconds that one step of the walk stands for."""

_SHARE = 0.25
"""Of what is left, how much one depth may take."""

_LEAVES = 24
"""Plans of equal length looked at: the best of them is kept."""

_AFTER = 4_000
"""Steps after the first plan in which others of its length are looked for."""

_ALONE = 3_000
"""Steps for one seat, and ``_CHAIN`` people at most, where seats are filled one after the other."""

_CHAIN = 3


@dataclass
class _Part:
    """What the walk found among people who share seats.

    ``plans`` are duties ``[n_x]`` over the start, the fewest people first; ``short`` and ``people`` are the least there
    can be (people beyond those changed in any case, as long as no more than ``short`` is left empty); ``whole`` says
    whether the plans reach both.
    """

    plans: list[Ints]
    short: int
    people: int
    whole: bool


def deepen(search: Search) -> None:
    """Find and prove the fewest changes by counting people; what is not settled here is left to the models."""
    ground = search.ground
    sure = _sure(search)
    if sure is None:
        return
    reach = len(sure)
    if search.most is not None:  # fewer than are changed in any case is no question for the walk
        reach = search.n_forced + search.most - int(sure.sum()) - ground.n_gone
        if reach < 0:
            return
    found = [_part(search, sure, groups, reach) for groups in _parts(search)]
    chosen = [part.plans[0] - ground.start for part in found if part.plans]
    whole = np.asarray(ground.start + sum(chosen, np.zeros_like(ground.start)))
    search.offer(whole)
    for part in found:
        for other in part.plans[1:]:
            search.offer(whole - part.plans[0] + other)
    _bounds(search, found, int(sure.sum()) + ground.n_gone)


def _bounds(search: Search, found: list[_Part], sure: int) -> None:
    """Raise the bounds of the shortage and of the people by what all parts need together."""
    k = search.at_changed
    if not search.value:
        return
    short = sum(part.short for part in found)
    if search.n_filled == 1:
        search.raise_bound(k - 1, short)
    search.walked = (short, sure + sum(part.people for part in found))
    if sum(search.value[k - search.n_filled : k]) == short:
        search.raise_bound(k, search.walked[1])
    search.tell("bound")


def _sure(search: Search) -> Mask | None:
    """People changed in any case; None where who of too many in a seat group has to go would be a choice."""
    ground = search.ground
    linear = ground.linear
    groups = linear.problem.groups
    held = np.bincount(linear.x_group[ground.base > 0], minlength=len(groups))
    if (held > [group.most for group in groups]).any():
        return None
    sure = ground.forced.copy()
    sure[linear.x_person[ground.base > ground.start]] = True
    return sure


def _parts(search: Search) -> list[Mask]:
    """Open groups by the people who share seats, bool ``[n_groups]`` each."""
    linear = search.ground.linear
    n_g = len(linear.problem.groups)
    filled = np.bincount(linear.x_group[search.ground.start > 0], minlength=n_g)
    open_ = filled < search.needs
    found: list[Mask] = []
    if search.most is not None:  # the parts share the people that may change
        return [open_] if open_.any() else found
    for people in search.parts:
        mine = np.zeros(n_g, dtype=bool)
        mine[linear.x_group[people[linear.x_person]]] = True
        if (mine & open_).any():
            found.append(mine & open_)
            open_ &= ~mine
    return [*found, open_] if open_.any() else found


def _chains(search: Search, start: Ints, sure: Mask, groups: Mask) -> Chains:
    """The walk for some open groups alone; all other open seats stay as they are."""
    ground = replace(search.ground, start=start)
    problem = ground.linear.problem
    filled = np.bincount(ground.linear.x_group[start > 0], minlength=len(groups))
    needs = np.where(groups, search.needs, np.minimum(search.needs, filled))
    price = np.array([group.price_short for group in problem.groups], dtype=np.int64)
    return Chains(ground, needs, price, sure, search.over)


def _part(search: Search, sure: Mask, groups: Mask, reach: int) -> _Part:
    """Deepen one part: the least left empty, then the fewest people."""
    ground = search.ground
    walk = _chains(search, ground.start, sure, groups)
    short = 0
    while True:
        for further in range(reach + 1):
            search.tell("stage", f"chains of {further}")
            plans = _leaves(search, walk, further, short)
            if plans:
                return _Part(plans, short, further, whole=True)
            if walk.cut:
                return _Part([_one_by_one(search, sure, groups, reach)], short, further, whole=False)
            if not walk.short_of_people:
                break
        if search.n_filled != 1:  # seats of several rungs are no sum
            return _Part([_one_by_one(search, sure, groups, reach)], 0, 0, whole=False)
        short += walk.least_price


def _leaves(search: Search, walk: Chains, further: int, give_up: int) -> list[Ints]:
    """Plans of one depth, the best first; those that break no rule before the others."""
    linear, steps = search.ground.linear, walk.steps
    found: list[tuple[bool, tuple[int, ...], int, Ints]] = []
    for x in walk.plans(further, give_up, _steps_left(search)):
        found.append((linear.broken(x) > 0, search.value_of(x), len(found), x))
        if len(found) == 1:
            walk.most_steps = min(walk.most_steps, walk.steps + _AFTER)
        if len(found) >= _LEAVES or search.over():
            break
    search.work += (walk.steps - steps) * _STEP
    return [x for *_, x in sorted(found, key=lambda one: one[:3])]


def _one_by_one(search: Search, sure: Mask, groups: Mask, reach: int) -> Ints:
    """A plan that fills open groups one after the other, each with as few further people as it can, or not at all."""
    linear, x, changed, first = search.ground.linear, search.ground.start, sure.copy(), int(sure.sum())
    for g in np.nonzero(groups)[0]:
        alone = np.zeros_like(groups)
        alone[g] = True
        for _ in range(int(search.needs[g])):
            walk = _chains(search, x, changed, alone)
            if not walk.open:
                break
            short = -walk.spare[g] - 1  # one seat at a time
            left = min(_CHAIN, reach - int(changed.sum()) + first)
            plans = (
                plan for further in range(left + 1) for plan in walk.plans(further, short * int(walk.price[g]), _ALONE)
            )
            taken = next(plans, None)
            search.work += walk.steps * _STEP
            if taken is None or search.over():
                break
            changed[linear.x_person[taken != x]] = True
            x = taken
    return x


def _steps_left(search: Search) -> int:
    seconds, work = search.left()
    lefts = [left for left in (seconds, work) if left is not None]
    return max(1_000, int(min(lefts, default=100.0) * _SHARE / _STEP))
