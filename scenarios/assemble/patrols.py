"""Scenario, ground and posts -> patrol Problem, and tours back to crews with call signs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from geodata.rail import RailSection
from scenarios.assemble.places import WALK_M_S, Places, Ways
from scenarios.schema import Kind, RailClass, Scenario, Site
from scenarios.spans import intervals, separate_intervals, shift_intervals, with_number
from scenarios.staff import HOUR_S
from scenarios.strength import Budget
from scheduler.patrols.bounds import least_crews, least_leg_s
from scheduler.patrols.plan import PatrolPlan
from scheduler.patrols.problem import (
    Break,
    Crew,
    Mode,
    Place,
    Pool,
    Problem,
    Promise,
    Service,
    Window,
)

BREAK_AFTER_S = 2 * HOUR_S
"""No break in the first and last two hours of a shift, so that it really parts the tour."""


@dataclass(frozen=True, slots=True)
class CrewInfo:
    """What stands behind one crew of the Problem."""

    crew: str
    slot: str
    unit: str
    kind: Kind
    shift: str
    start_s: int
    end_s: int
    closures: frozenset[str]


@dataclass(frozen=True, eq=False)
class PatrolTables:
    """The Problem and the names and positions behind its indices."""

    problem: Problem
    crews: Mapping[str, CrewInfo]
    sections: tuple[RailSection, ...]
    xy: NDArray[np.float64]
    modes: tuple[tuple[str, frozenset[str]], ...]


@dataclass(eq=False)
class _Spots:
    """Locations of the Problem, each distinct position once."""

    rows: list[tuple[float, float]] = field(default_factory=list)
    index: dict[tuple[float, float], int] = field(default_factory=dict)

    def add(self, xy: Sequence[float]) -> int:
        key = (round(float(xy[0]), 1), round(float(xy[1]), 1))
        if key not in self.index:
            self.index[key] = len(self.rows)
            self.rows.append(key)
        return self.index[key]


def offered_crews(scenario: Scenario, ways: Ways) -> list[CrewInfo]:
    """Every crew that may go out: each offer in each of its shifts, numbered slots."""
    kinds = {kind.id: kind for kind in scenario.kinds}
    shifts = {shift.id: shift for shift in scenario.shifts}
    found = []
    slots: dict[tuple[str, str], int] = {}
    for offer in scenario.patrols.offers:
        kind = kinds[offer.kind]
        base = slots.get((offer.unit, offer.kind), 0)
        slots[offer.unit, offer.kind] = base + offer.number
        for shift in offer.shifts:
            for day, start, end in shift_intervals(scenario, shifts[shift]):
                closures = ways.active(kind.mode, start, end)
                for k in range(base + 1, base + offer.number + 1):
                    slot = f"{offer.unit}.{kind.id}.{k}"
                    crew = f"{slot}@d{day}.{shift}"
                    found.append(CrewInfo(crew, slot, offer.unit, kind, shift, start, end, closures))
    return found


def _promises(scenario: Scenario, entries: Iterable[str], site: str | None = None) -> tuple[Promise, ...]:
    found = []
    for entry in entries:
        span, minutes = with_number(entry)
        for start, end in intervals(scenario, span, site):
            found.append(Promise(start, end, 60 * minutes))
    return tuple(sorted(found, key=lambda p: (p.start_s, p.end_s, p.gap_s)))


def _windows(scenario: Scenario, spans: Iterable[str], site: str | None = None) -> tuple[Window, ...]:
    found = [Window(a, b) for span in spans for a, b in separate_intervals(scenario, span, site)]
    return tuple(sorted(found, key=lambda w: (w.start_s, w.end_s)))


def rail_rule(scenario: Scenario, section: RailSection) -> RailClass | None:
    """What the scenario promises for a section's class."""
    return {str(kind): rule for kind, rule in scenario.rail.classes.items()}.get(section.kind)


def sections_under_promise(scenario: Scenario, places: Places, ways: Ways) -> tuple[RailSection, ...]:
    """Rail sections inside the event area whose class carries a promise."""
    if not scenario.rail.on:
        return ()
    centres = [places[z.id].xy for z in scenario.zones if z.kind == "core"] or [
        places[s.site].xy for s in scenario.sessions
    ]
    if not centres:
        return ()
    middle = np.array(centres)
    found = []
    for section in ways.ground.rail.sections:
        rule = rail_rule(scenario, section)
        if rule is None or not (rule.gaps or rule.visits):
            continue
        near = np.hypot(*(section.xy.mean(axis=0) - middle).T).min()
        if near <= scenario.rail.event_area_m:
            found.append(section)
    return tuple(found)


def _access_xy(section: RailSection) -> tuple[tuple[float, float], float | None]:
    """The road access point nearest to the section and how far to walk from it; its middle and None if none."""
    drivable = [a for a in section.access if a.profile == "car"]
    best = min(drivable, key=lambda a: a.distance_m, default=None)
    if best is None:
        mid = section.middle_xy
        return (float(mid[0]), float(mid[1])), None
    return (float(best.xy[0]), float(best.xy[1])), float(best.distance_m)


def _services(
    modes: Sequence[tuple[str, frozenset[str]]], location: int, dwell_s: int
) -> tuple[Service | None, ...]:
    return tuple(Service(location, location, dwell_s) for _ in modes)


def _site_place(
    scenario: Scenario, site: Site, where: int, walk_s: int, modes: Sequence[tuple[str, frozenset[str]]]
) -> Place:
    return Place(
        id=site.id,
        services=_services(modes, where, 60 * site.dwell_min + 2 * walk_s),
        promises=_promises(scenario, site.gaps, site.id),
        windows=_windows(scenario, site.visits, site.id),
        weight=site.weight,
        core=site.core,
    )


def _section_place(
    scenario: Scenario, section: RailSection, rule: RailClass, where: int, walk_s: int,
    modes: Sequence[tuple[str, frozenset[str]]],
) -> Place:
    return Place(
        id=section.id,
        services=_services(modes, where, 60 * rule.dwell_min + 2 * walk_s),
        promises=_promises(scenario, rule.gaps),
        windows=_windows(scenario, rule.visits),
        weight=rule.weight,
    )


def assemble_patrols(
    scenario: Scenario,
    places: Places,
    ways: Ways,
    budget: Budget,
    caps: Mapping[tuple[str, int, int], int] | None = None,
) -> PatrolTables:
    """Build the patrol Problem.

    ``caps`` are tighter pools from the loop: ``("crews:<unit>.<kind>", start, end) -> most crews out``.
    Closures that touch a crew's shift are closed for its whole tour, so that no leg ever meets one.
    """
    crews = offered_crews(scenario, ways)
    modes = tuple(dict.fromkeys((c.kind.mode, c.closures) for c in crews))
    spots = _Spots()
    walk = _Walk(ways)
    rows = []
    for site in scenario.sites:
        if site.gaps or site.visits:
            spot = places[site.id]
            rows.append(
                _site_place(scenario, site, spots.add(spot.at), walk(spot.at) + spot.walk_s, modes)
            )
    sections = sections_under_promise(scenario, places, ways)
    for section in sections:
        access, far_m = _access_xy(section)
        rule = rail_rule(scenario, section)
        # Without an access point the crew walks in from wherever the nearest road is.
        walk_s = walk(access) if far_m is None else int(np.ceil(far_m / WALK_M_S))
        if rule is not None:
            rows.append(_section_place(scenario, section, rule, spots.add(access), walk_s, modes))
    depots = {c.unit: spots.add(places[c.unit].at) for c in crews}
    xy = np.array(spots.rows, dtype=np.float64).reshape(-1, 2)
    pools = _pools(scenario, budget, crews, caps or {})
    pool_of = {pool.id: k for k, pool in enumerate(pools)}
    problem = Problem(
        places=tuple(rows),
        crews=tuple(
            Crew(
                id=c.crew, mode=modes.index((c.kind.mode, c.closures)),
                pool=pool_of[f"{c.unit}.{c.kind.id}"], depart=depots[c.unit], arrive=depots[c.unit],
                start_s=c.start_s, end_s=c.end_s, breaks=_breaks(scenario, c),
            )
            for c in crews
        ),
        modes=tuple(_mode(ways, xy, profile, closures) for profile, closures in modes),
        pools=pools,
        n_locations=len(xy),
        horizon_s=scenario.horizon_s,
        core_crews=scenario.patrols.core_crews,
        core_spans=tuple(i for s in scenario.patrols.core_spans for i in intervals(scenario, s)),
        slack_pct=scenario.patrols.slack_pct,
    )
    return PatrolTables(problem, {c.crew: c for c in crews}, sections, xy, modes)


@dataclass(frozen=True, eq=False)
class _Walk:
    """Seconds to walk from the nearest open road to a point."""

    ways: Ways

    def __call__(self, xy: tuple[float, float]) -> int:
        _, walk_s = self.ways.snap(self.ways.router("car"), np.array([xy]))
        return int(walk_s[0])


def _mode(ways: Ways, xy: NDArray[np.float64], profile: str, closures: frozenset[str]) -> Mode:
    name = profile if not closures else f"{profile} without {', '.join(sorted(closures))}"
    times = ways.seconds(profile, closures, xy, xy, walk=False)
    seconds = np.where(times.reachable, times.seconds, 0).astype(np.int32)
    np.fill_diagonal(seconds, 0)
    reachable = times.reachable.copy()
    np.fill_diagonal(reachable, True)
    return Mode(name, seconds, reachable)


def least_out(tables: PatrolTables, start_s: int, end_s: int) -> int:
    """Fewest crews that the promises holding through all of ``[start_s, end_s)`` take: D12's valid bound."""
    problem = tables.problem
    stops = []
    for place in problem.places:
        dwell = min((s.dwell_s for s in place.services if s is not None), default=0)
        gaps = [p.gap_s for p in place.promises if p.start_s <= start_s and end_s <= p.end_s]
        if gaps:
            stops.append((dwell, least_leg_s(problem, place), min(gaps)))
    return least_crews(stops) if stops else 0


def _breaks(scenario: Scenario, crew: CrewInfo) -> tuple[Break, ...]:
    length = 60 * scenario.patrols.break_min
    first, last = crew.start_s + BREAK_AFTER_S, crew.end_s - BREAK_AFTER_S - length
    if length <= 0 or last <= first:
        return ()
    return (Break(first, last, length),)


def _pools(
    scenario: Scenario,
    budget: Budget,
    crews: Iterable[CrewInfo],
    caps: Mapping[tuple[str, int, int], int],
) -> tuple[Pool, ...]:
    """One pool for each unit and kind: what its free heads can form by hour, and the loop's caps."""
    kinds = {kind.id: kind for kind in scenario.kinds}
    pairs = dict.fromkeys((c.unit, c.kind.id) for c in crews)
    pools = []
    for unit, kind in pairs:
        most = budget.units_left(kinds[kind], (unit,))
        spans: list[tuple[int, int, int]] = []
        for hour, cap in enumerate(most.tolist()):
            start, end = hour * HOUR_S, min((hour + 1) * HOUR_S, scenario.horizon_s)
            if spans and spans[-1][2] == cap:
                spans[-1] = (spans[-1][0], end, cap)
            else:
                spans.append((start, end, cap))
        name = f"{unit}.{kind}"
        spans += [(a, b, cap) for (what, a, b), cap in sorted(caps.items()) if what == f"crews:{name}"]
        pools.append(Pool(name, tuple(spans)))
    return tuple(pools)


def call_signs(
    plan: PatrolPlan, tables: PatrolTables, old: Mapping[str, str], retired: tuple[str, ...]
) -> dict[str, str]:
    """Call sign of each crew slot in the plan: old ones are kept, new ones take the next free number."""
    slot_sign = {slot: sign for sign, slot in old.items()}
    taken = set(old) | set(retired)
    following = 1
    for slot in sorted({tables.crews[t.crew].slot for t in plan.tours if t.crew in tables.crews}):
        if slot in slot_sign:
            continue
        while f"K{following:02d}" in taken:
            following += 1
        slot_sign[slot] = f"K{following:02d}"
        taken.add(f"K{following:02d}")
    return slot_sign

