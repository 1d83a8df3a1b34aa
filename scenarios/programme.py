"""The programme of an event as planners look at it: who comes when, who is needed for it, and why.

What stands here follows from the scenario alone: posts and patrols are chosen when it is planned and come on top.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from scenarios.demand import (
    HeadCount,
    Need,
    demand_needs,
    reserve_needs,
    session_count,
    supervisor_needs,
)
from scenarios.demand.crowd import session_needs
from scenarios.demand.headcount import STEP_S
from scenarios.demand.layers import concurrent
from scenarios.schema import Scenario, Session

HOUR_S = 3600
_STEPS = HOUR_S // STEP_S
#: What people do, few enough for a chart; every kind of seat is in one.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "stewards": ("gate", "search", "steward"),
    "police": ("post", "guard", "crew"),
    "leads": ("supervisor", "lead"),
    "spare": ("relief", "reserve"),
    "home": ("base",),
    "other": ("other",),
}
_GROUP = {kind: group for group, kinds in GROUPS.items() for kind in kinds}


@dataclass(frozen=True)
class Gathering:
    """One session with the crowd it brings and the people it asks for.

    Attributes
    ----------
    crowd
        Heads in quarter hours, from the first arrival on.
    needs
        What the session itself asks for; supervisors, relief and reserve belong to all sessions together.
    most
        Most people that these ask for at once.
    """

    session: Session
    site: str
    crowd: HeadCount
    needs: tuple[Need, ...]
    most: int


@dataclass(frozen=True)
class Hour:
    """One hour of the horizon: the quarter of it in which most people are needed.

    Attributes
    ----------
    start
        Local time.
    people
        Group of ``GROUPS`` -> people needed at once.
    coming
        Heads that arrive at all sessions together in this hour.
    heads
        Most heads at all sessions together.
    """

    start: datetime
    people: Mapping[str, int]
    coming: int
    heads: int

    @property
    def whole(self) -> int:
        """All people needed at once."""
        return sum(self.people.values())


@dataclass(frozen=True)
class Programme:
    """All sessions, everything that is needed beside them, and both hour by hour."""

    gatherings: tuple[Gathering, ...]
    others: tuple[Need, ...]
    hours: tuple[Hour, ...]
    places: Mapping[str, str]

    @property
    def peak(self) -> Hour | None:
        """The hour in which most people are needed, the first of equals."""
        return max(self.hours, key=lambda hour: hour.whole, default=None)


def group_of(kind: str) -> str:
    """The group of ``GROUPS`` that seats of a kind belong to."""
    return _GROUP.get(kind, "other")


def programme(scenario: Scenario) -> Programme:
    """Derive it; needs no map and takes milliseconds."""
    needs = list(demand_needs(scenario))
    needs += supervisor_needs(scenario, needs)
    needs += reserve_needs(scenario, needs)
    places = {site.id: site.name for site in scenario.sites} | {unit.id: unit.name for unit in scenario.units}
    gatherings = []
    for session in scenario.sessions:
        its = tuple(session_needs(scenario, session))
        most = max(concurrent(its, scenario.horizon_s), default=0)
        crowd = session_count(scenario, session)
        gatherings.append(Gathering(session, places.get(session.site, session.site), crowd, its, most))
    named = {need.id for one in gatherings for need in one.needs}
    others = tuple(need for need in needs if need.id not in named)
    return Programme(tuple(gatherings), others, _hours(scenario, needs, [g.crowd for g in gatherings]), places)


def _hours(scenario: Scenario, needs: Iterable[Need], crowds: Iterable[HeadCount]) -> tuple[Hour, ...]:
    of: dict[str, list[Need]] = {group: [] for group in GROUPS}
    for need in needs:
        of[group_of(need.kind)].append(need)
    counts = {group: concurrent(its, scenario.horizon_s) for group, its in of.items() if its}
    n = -(-scenario.horizon_s // STEP_S)
    coming, heads = [0] * n, [0] * n
    for crowd in crowds:
        for k, (arriving, inside) in enumerate(zip(crowd.arrivals, crowd.inside, strict=True)):
            at = crowd.start_s // STEP_S + k
            if 0 <= at < n:
                coming[at] += arriving
                heads[at] += inside
    found = []
    for first in range(0, n, _STEPS):
        steps = range(first, min(n, first + _STEPS))
        top = max(steps, key=lambda k: sum(its[k] for its in counts.values()))
        people = {group: its[top] for group, its in counts.items()}
        within = slice(first, first + _STEPS)
        found.append(Hour(scenario.clock(first * STEP_S), people, sum(coming[within]), max(heads[within])))
    return tuple(found)
