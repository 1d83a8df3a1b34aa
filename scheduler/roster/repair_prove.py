"""How few people can change at the least, where the walk over chains was cut short: the solver asked of a relaxation.

The relaxation keeps each person's exclusions and upper limits, and the seats' sizes (``repair_ground.relaxed``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from scheduler.outcome import Status
from scheduler.roster.linear import Ints
from scheduler.roster.model import RosterModel
from scheduler.roster.repair_ground import Mask
from scheduler.roster.repair_window import ask, count_changed, settled

if TYPE_CHECKING:
    from scheduler.roster.repair_search import Search


def prove(search: Search) -> list[Mask]:
    """Bound the first shortages, then the number of changes; the parts in which better is not excluded."""
    if search.best is None:
        return []
    if search.loose:  # what holds for chains from open seats does not bound changes that began elsewhere
        search.bound[search.at_changed] = search.n_forced
        return list(search.parts)
    for j in range(search.at_changed):
        if search.value[j] > search.bound[j]:
            loose = _prove_short(search, j)
            if search.value[j] > search.bound[j]:
                return loose
    k = search.at_changed
    search.bound[k] = max(search.bound[k], min(search.n_forced, search.value[k]))
    if search.value[k] <= search.bound[k]:
        return []
    saved = [(part, _fewer(search, part)) for part in search.parts]
    search.bound[k] = max(search.bound[k], search.value[k] - sum(by for _, by in saved))
    search.tell("bound")
    return [part for part, by in saved if by]


def _prove_short(search: Search, j: int) -> list[Mask]:
    """Bound one of the first shortage levels in the relaxation, over all chains of changes."""
    level = j - (search.at_changed - search.n_filled)
    if level < 0:
        return []
    saved, loose = 0, []
    for part in search.parts:
        reach = len(search.ground.forced) if search.most is None else search.most
        made, changed, mixed = _relaxation(search, reach, part)
        value = made.linear.value(mixed)
        if made.level_least(level) >= value[level]:
            continue
        if search.most is not None:
            made.model.add(changed <= search.n_forced + search.most)
        for earlier in range(level):
            made.model.add(made.level(earlier) <= value[earlier])
        made.model.minimize(made.level(level))
        got = ask(search, made.model, made, share=0.3)
        by = value[level] if got.bound is None else max(0, value[level] - got.bound)
        if by:
            loose.append(part)
            saved += by
    search.bound[j] = max(search.bound[j], search.value[j] - saved)
    return loose


def _fewer(search: Search, part: Mask) -> int:
    """How many people fewer might do at most, as far as one part of the relaxation tells."""
    reach = 1
    while True:
        made, changed, mixed = _relaxation(search, reach, part)
        value, have = made.linear.value(mixed), search.n_changed(mixed)
        floor = int(settled(made, search.ground).sum()) + search.ground.n_gone
        if have <= floor:
            return 0
        for level in range(search.n_filled):
            made.model.add(made.level(level) <= value[level])
        made.model.minimize(changed)
        got = ask(search, made.model, made, share=0.3)
        found = floor if got.bound is None else got.bound
        if got.status is Status.INFEASIBLE:  # so few cannot fill as many seats
            found = have
        # Plans with no more than `reach` further people stand inside these duties; all others change at least one more,
        # whatever `found` says. (One more or less on the left of the two comparisons only moves when to stop asking:
        # with found = floor + reach + 1 nothing outside is shorter, and a wider window would say the same.)
        if search.over() or found <= floor + reach or floor + reach + 1 >= have:
            return max(0, have - min(found, floor + reach + 1))
        reach = have - floor - 1 if found >= have else min(2 * reach, have - floor - 1)


def _relaxation(search: Search, reach: int, part: Mask) -> tuple[RosterModel, Any, Ints]:
    """The relaxation of one part, people changed in it, and the best plan there with the start elsewhere."""
    ground = search.ground
    mask = ground.within(reach) & part[ground.linear.x_person]
    made = RosterModel(search.relaxed, ground.start, mask)
    best = ground.start if search.best is None else search.best
    return made, count_changed(made, ground), np.where(part[ground.linear.x_person], best, ground.start)
