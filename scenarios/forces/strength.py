"""Who is on hand by unit and hour, against what the event asks for at least.

On hand is everybody who is not absent for the whole of an hour: nobody works all these hours, so it is the most there
can be. What is asked for follows from the programme; posts and patrols are chosen when it is planned and come on top.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from scenarios.demand import demand_needs, reserve_needs, supervisor_needs
from scenarios.demand.headcount import STEP_S
from scenarios.demand.layers import concurrent
from scenarios.demand.need import Need
from scenarios.schema import Scenario
from scenarios.staff import HOUR_S, Staff, staff_of
from scenarios.strength import Lift, lifts

_STEPS = HOUR_S // STEP_S


@dataclass(frozen=True)
class Party:
    """Some of the force hour by hour.

    Attributes
    ----------
    heads
        How many there are, with those whose names are not known yet.
    present
        How many of them are on hand in each hour.
    needed
        How many of them are asked for at once in each hour.
    """

    id: str
    name: str
    heads: int
    unnamed: int
    present: tuple[int, ...]
    needed: tuple[int, ...]

    @property
    def short(self) -> int:
        """Most that lack in any hour."""
        return max([0, *(n - p for n, p in zip(self.needed, self.present, strict=True))])


@dataclass(frozen=True)
class Strength:
    """The force at a glance: each unit with what is asked of it alone, and the bodies with all that is asked.

    ``tightest`` compares hours needed with hours people can give (formula D11), for all and for single categories.
    """

    hours: tuple[datetime, ...]
    units: tuple[Party, ...]
    bodies: tuple[Party, ...]
    tightest: tuple[Lift, ...]


def strength_of(scenario: Scenario) -> Strength:
    """Derive it; needs no map."""
    staff = staff_of(scenario)
    needs = list(demand_needs(scenario))
    needs += supervisor_needs(scenario, needs)
    needs += reserve_needs(scenario, needs)
    n = -(-scenario.horizon_s // HOUR_S)
    hours = tuple(scenario.clock(k * HOUR_S) for k in range(n))
    units = tuple(
        _party(staff, unit.id, unit.name, staff.eligible(units=(unit.id,)), [d for d in needs if d.unit == unit.id])
        for unit in scenario.units
    )
    outside = set(scenario.categories) - set(scenario.police) - set(scenario.demand.support)
    guards = set(scenario.demand.stewards) or outside
    found = []
    for name, its_own in (("police", set(scenario.categories) - guards), ("stewards", guards)):
        who = staff.eligible(tuple(c for c in scenario.categories if c in its_own))
        asked = [need for need in needs if _by_stewards(need, guards) == (name == "stewards")]
        if its_own and (asked or who.any()):
            found.append(_party(staff, name, name, who, asked))
    return Strength(hours, units, tuple(found), lifts(scenario, staff, needs))


def _by_stewards(need: Need, guards: set[str]) -> bool:
    return bool(need.categories) and set(need.categories) <= guards


def _party(staff: Staff, ident: str, name: str, who: NDArray[np.bool_], needs: Sequence[Need]) -> Party:
    present = staff.present[who].sum(axis=0).astype(int)
    counts = concurrent(needs, staff.scenario.horizon_s)
    needed = [max(counts[k * _STEPS : (k + 1) * _STEPS], default=0) for k in range(len(present))]
    unnamed = sum(1 for k in np.flatnonzero(who) if staff.people[int(k)].id in staff.numbered)
    return Party(ident, name, int(who.sum()), unnamed, tuple(map(int, present)), tuple(needed))
