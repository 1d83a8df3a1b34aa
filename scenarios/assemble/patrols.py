"""Scenario, ground and posts -> patrol Problem, and tours back to crews with call signs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geodata.areas import PatrolAreas
from geodata.railparts import RailSection
from scenarios.assemble.patrol_areas import Beat, with_beats
from scenarios.assemble.patrol_modes import Move, mode_table, move_of
from scenarios.assemble.patrol_places import Scout, Spots, seen_sites
from scenarios.assemble.places import Places, Ways
from scenarios.errors import Fault, ScenarioError
from scenarios.patrol_settings import BREAK_AFTER_S
from scenarios.schema import Kind, RailClass, Scenario
from scenarios.spans import intervals, shift_intervals
from scenarios.staff import HOUR_S
from scenarios.strength import Budget
from scenarios.tongue import say as _
from scenarios.tongue import says
from scheduler.patrols.bounds import least_crews, least_leg_s
from scheduler.patrols.plan import PatrolPlan
from scheduler.patrols.problem import Break, Changes, Crew, Pool, Problem


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
    move: Move
    depots: tuple[str, str]


@dataclass(frozen=True, eq=False)
class PatrolTables:
    """The Problem and the names and positions behind its indices; ``moves`` are its modes in order.

    ``walk_kmh`` is the pace along rail lines.
    """

    problem: Problem
    crews: Mapping[str, CrewInfo]
    sections: tuple[RailSection, ...]
    xy: NDArray[np.float64]
    moves: tuple[Move, ...]
    beats: tuple[Beat, ...] = ()
    areas: PatrolAreas | None = None
    walk_kmh: float = 3.0


def offered_crews(scenario: Scenario, ways: Ways) -> list[CrewInfo]:
    """Every crew that may go out: each offer in each of its shifts, numbered slots, changes staggered (Q16)."""
    kinds = {kind.id: kind for kind in scenario.kinds}
    shifts = {shift.id: shift for shift in scenario.shifts}
    together = change_most(scenario)
    found = []
    slots: dict[tuple[str, str], int] = {}
    turn: dict[tuple[str, int], int] = {}
    for offer in scenario.patrols.offers:
        kind = kinds[offer.kind]
        base = slots.get((offer.unit, offer.kind), 0)
        slots[offer.unit, offer.kind] = base + offer.number
        for shift in offer.shifts:
            for day, start, end in shift_intervals(scenario, shifts[shift]):
                for k in range(base + 1, base + offer.number + 1):
                    number = turn.get((shift, day), 0)
                    turn[shift, day] = number + 1
                    later = 60 * scenario.patrols.stagger_min * (number // together)
                    begin, finish = start + later, min(end + later, scenario.horizon_s)
                    slot = f"{offer.unit}.{kind.id}.{k}"
                    move = move_of(scenario, ways, kind.mode, begin, finish)
                    crew = f"{slot}@d{day}.{shift}"
                    found.append(CrewInfo(crew, slot, offer.unit, kind, shift, begin, finish, move, offer.depots))
    return found


def change_most(scenario: Scenario) -> int:
    """How many crews may end their shifts at once: as set, or half of the largest number that a shift is offered."""
    if scenario.patrols.change_most:
        return scenario.patrols.change_most
    offered = {
        shift: sum(o.number for o in scenario.patrols.offers if shift in o.shifts)
        for o in scenario.patrols.offers
        for shift in o.shifts
    }
    return max(1, -(-max(offered.values(), default=1) // 2))


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


def _nobody(n: int) -> Fault:
    """Promises, and no crew that could go out in the whole event."""
    return Fault(
        "scenario.toml", None, "patrols.offers", "",
        says("a crew in a shift that lies wholly within the event: {n} place is to be seen",
             "a crew in a shift that lies wholly within the event: {n} places are to be seen", n),
        _("offer one, let a shift begin and end within the event, or drop what is promised"),
    )  # fmt: skip


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
    moves = tuple(dict.fromkeys(c.move for c in crews))
    spots = Spots()
    scout = Scout(scenario, ways, moves, spots)
    seen = seen_sites(scout, places)
    sections = sections_under_promise(scenario, places, ways)
    for section in sections:
        rule = rail_rule(scenario, section)
        if rule is not None:
            seen.append(scout.section(section, rule))
    if seen and not crews:
        raise ScenarioError([_nobody(len(seen))])
    depots = {place: spots.add(places[place].at) for c in crews for place in c.depots}
    xy = np.array(spots.rows, dtype=np.float64).reshape(-1, 2)
    modes = tuple(mode_table(scenario, ways, xy, move) for move in moves)
    pools = _pools(scenario, budget, crews, caps or {})
    pool_of = {pool.id: k for k, pool in enumerate(pools)}
    patrols = scenario.patrols
    plain = Problem(
        places=tuple(
            replace(
                one.place,
                services=tuple(
                    None if visit is None else visit.service(mode)
                    for visit, mode in zip(one.visits, modes, strict=True)
                ),
            )
            for one in seen
        ),
        crews=tuple(
            Crew(
                id=c.crew, mode=moves.index(c.move), pool=pool_of[f"{c.unit}.{c.kind.id}"],
                depart=depots[c.depots[0]], arrive=depots[c.depots[1]],
                start_s=c.start_s, end_s=c.end_s, breaks=_breaks(scenario, c),
            )
            for c in crews
        ),
        modes=modes,
        pools=pools,
        n_locations=len(xy),
        horizon_s=scenario.horizon_s,
        core_crews=patrols.core_crews,
        core_spans=tuple(i for s in patrols.core_spans for i in intervals(scenario, s)),
        slack_pct=patrols.slack_pct,
        changes=Changes(60 * patrols.stagger_min, change_most(scenario)) if patrols.stagger_min else None,
        balance_pct=patrols.balance_pct,
    )
    problem, beats, areas = with_beats(
        scenario, ways, plain, xy, {c.crew: c.slot for c in crews}, {c.crew: c.kind.id for c in crews}
    )
    return PatrolTables(problem, {c.crew: c for c in crews}, sections, xy, moves, beats, areas, scenario.rail.walk_kmh)


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
    """One break between the first and the last two hours; none on a short shift that has no room for it."""
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

