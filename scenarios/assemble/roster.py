"""Scenario and seats -> roster Problem."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios.assemble.lookback import days_back
from scenarios.assemble.places import Places, Spot, Ways
from scenarios.demand.need import Need, Seats
from scenarios.rule_rows import rule_row
from scenarios.schema import PRICE, Ledger, Scenario
from scenarios.spans import day_starts, night_spans, shift_intervals
from scenarios.staff import Staff, staff_of
from scheduler.roster import rules as registry
from scheduler.roster.downward import downward
from scheduler.roster.problem import (
    Absence,
    Person,
    Pin,
    Problem,
    Qualified,
    Resource,
    RuleSetting,
    SeatGroup,
    Unit,
    Watch,
    Weather,
    Wish,
    Worked,
)

SHORTAGE_LEVEL = {"must": 0, "very important": 1, "important": 2, "nice": 3}
"""Which rung of the shortage a seat's importance word stands on."""

NARROW = ("person", "unit", "category")
"""What an exception to a rule may name, the narrowest first; the narrowest that fits a person wins."""


@dataclass(frozen=True, eq=False)
class RosterTables:
    """The Problem and the names behind its indices."""

    problem: Problem
    seats: Mapping[str, Seats]
    spots: Mapping[str, Spot]
    staff: Staff


def assemble_roster(
    scenario: Scenario,
    places: Places,
    ways: Ways,
    staff: Staff,
    seats: Sequence[Seats],
    chosen: Mapping[str, Spot],
) -> RosterTables:
    """Build the roster Problem.

    Parameters
    ----------
    seats
        All seats of the plan, already cut into tours.
    chosen
        Positions of posts that siting opened, by place id.
    """
    spots: dict[str, Spot] = {**places.spots, **chosen}
    names = tuple(
        dict.fromkeys(
            [u.id for u in scenario.units]
            + [h.place for h in scenario.history]
            + [p for s in seats for p in (s.need.place, s.need.release_place or s.need.place)]
        )
    )
    place_of = {name: k for k, name in enumerate(names)}
    seconds, reachable, metres = _travel(ways, np.array([spots[n].at for n in names]))
    back = days_back(scenario)
    days = day_starts(scenario, back)
    problem = Problem(
        people=_people(scenario, staff, place_of, {s.id for s in seats}),
        groups=_groups(scenario, staff, place_of, seats),
        units=tuple(Unit(u.id, place_of[u.id], u.base_need) for u in scenario.units),
        places=names,
        categories=scenario.categories,
        qualifications=_qualifications(scenario),
        travel_s=seconds,
        reachable=reachable,
        distance_m=metres,
        horizon_s=scenario.horizon_s,
        days=days,
        first_weekday=scenario.clock(days[0]).weekday(),
        nights=night_spans(scenario, back),
        watches=_watches(scenario),
        resources=tuple(Resource(r.id, r.number) for r in scenario.resources),
        pins=tuple(Pin(p.person, p.group, p.on) for p in scenario.pins),
        rules=rule_settings(scenario, staff),
        holidays=_holidays(scenario, days),
        published=tuple((row.person, row.group) for row in scenario.published),
        weather=_weather(scenario),
    )
    return RosterTables(problem, {s.id: s for s in seats}, spots, staff)


def pinned_problem(scenario: Scenario, seats: Sequence[Seats]) -> Problem:
    """The Problem of some seats without a map: every place is next door, so only what times and people forbid is left.

    Distances and ways are 0; rules that further duties could still keep are left out.
    """
    staff = staff_of(scenario)
    problem = _mapless(scenario, staff, seats, rule_settings(scenario, staff))
    return replace(problem, rules=tuple(one for one in problem.rules if downward(problem, one)))


def people_problem(scenario: Scenario, staff: Staff) -> Problem:
    """The Problem of the people alone, without seats, map and rules."""
    return _mapless(scenario, staff, (), ())


def _mapless(scenario: Scenario, staff: Staff, seats: Sequence[Seats], rules: tuple[RuleSetting, ...]) -> Problem:
    names = tuple(
        dict.fromkeys(
            [u.id for u in scenario.units]
            + [h.place for h in scenario.history]
            + [p for s in seats for p in (s.need.place, s.need.release_place or s.need.place)]
        )
    )
    place_of, n = {name: k for k, name in enumerate(names)}, len(names)
    zero = np.zeros((n, n), dtype=np.int32)
    back = days_back(scenario)
    days = day_starts(scenario, back)
    return Problem(
        people=_people(scenario, staff, place_of),
        groups=_groups(scenario, staff, place_of, seats),
        units=tuple(Unit(u.id, place_of[u.id], u.base_need) for u in scenario.units),
        places=names, categories=scenario.categories, qualifications=_qualifications(scenario),
        travel_s=zero, reachable=np.ones((n, n), dtype=bool), distance_m=zero, horizon_s=scenario.horizon_s,
        days=days, nights=night_spans(scenario, back),
        first_weekday=scenario.clock(days[0]).weekday(), holidays=_holidays(scenario, days),
        resources=tuple(Resource(r.id, r.number) for r in scenario.resources),
        weather=_weather(scenario), rules=rules,
    )  # fmt: skip


def _travel(
    ways: Ways, xy: NDArray[np.float64]
) -> tuple[NDArray[np.int32], NDArray[np.bool_], NDArray[np.int32]]:
    """Seconds and metres by road between places; relief goes on the open network of quiet hours."""
    times = ways.seconds("car", frozenset(), xy, xy)
    seconds = np.where(times.reachable, times.seconds, 0).astype(np.int32)
    np.fill_diagonal(seconds, 0)
    reachable = times.reachable.copy()
    np.fill_diagonal(reachable, True)
    # Distance stands for the length of the way from home: straight lines times the usual detour of streets.
    straight = np.hypot(*(xy[:, None, :] - xy[None, :, :]).transpose(2, 0, 1))
    return seconds, reachable, np.ceil(1.3 * straight).astype(np.int32)


def _weather(scenario: Scenario) -> tuple[Weather, ...]:
    return tuple(Weather(scenario.seconds(w.start), scenario.seconds(w.end), w.celsius) for w in scenario.weather)


def _holidays(scenario: Scenario, days: Sequence[int]) -> frozenset[int]:
    """Public holidays as positions in the days; those further off play no part."""
    first = scenario.clock(days[0]).date()
    return frozenset(k for day in scenario.roster.holidays if 0 <= (k := (day - first).days) < len(days))


def _qualifications(scenario: Scenario) -> tuple[str, ...]:
    known = dict.fromkeys(scenario.qualifications_known)
    known.update(dict.fromkeys(q.qualification for q in scenario.qualifications))
    return tuple(known)


def _people(
    scenario: Scenario, staff: Staff, place_of: Mapping[str, int], groups: Collection[str] = ()
) -> tuple[Person, ...]:
    units = {u.id: k for k, u in enumerate(scenario.units)}
    categories = {c: k for k, c in enumerate(scenario.categories)}
    proofs = {q: k for k, q in enumerate(_qualifications(scenario))}
    absences: dict[str, list[Absence]] = defaultdict(list)
    for row in scenario.absences:
        span = scenario.seconds(row.start), scenario.seconds(row.end)
        absences[row.person].append(Absence(*span, row.kind))
    wishes: dict[str, list[Wish]] = defaultdict(list)
    for wish in scenario.wishes:
        span = scenario.seconds(wish.start), scenario.seconds(wish.end)
        named = tuple(g for g in wish.groups if g in groups)
        if named or not wish.groups:  # a wish about duties that this plan has not asks for nothing
            wishes[wish.person].append(Wish(*span, wish.wish == "work", PRICE[wish.importance], named))
    elsewhere: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for work in scenario.other_work:
        elsewhere[work.person].append((scenario.seconds(work.start), scenario.seconds(work.end)))
    worked: dict[str, list[Worked]] = defaultdict(list)
    for duty in scenario.history:
        start, end = scenario.seconds(duty.start), scenario.seconds(duty.end)
        worked[duty.person].append(Worked(start, end, place_of[duty.place], end - start, duty.shift or ""))
    carried = {row.person: row for row in scenario.ledger}
    everything = (-(10**9), 10**9)
    found = []
    for p in staff.people:
        ledger = carried.get(p.id)
        qualified = (
            tuple(Qualified(k, *everything) for k in proofs.values())
            if p.id in staff.numbered
            else tuple(Qualified(proofs[q], a, b) for q, a, b in staff.qualified.get(p.id, ()))
        )
        found.append(
            Person(
                id=p.id, unit=units[p.unit], home=place_of[p.unit], category=categories[p.category],
                rank=scenario.ranks.index(p.rank), qualified=qualified, tags=frozenset(p.tags),
                absences=tuple(absences[p.id]), wishes=tuple(wishes[p.id]), worked=tuple(worked[p.id]),
                ledger_s=round(3600 * ledger.hours) if ledger else 0,
                ledger=_burdens(ledger) if ledger else {},
                share_pct=p.share_pct, seniority=p.seniority, numbered=p.id in staff.numbered,
                other_work=tuple(sorted(elsewhere[p.id])),
            )
        )
    return tuple(found)


def _burdens(row: Ledger) -> dict[str, int]:
    """Burdens of earlier events by the names that the rule about them has."""
    return {"night": row.nights, "holiday": row.holidays, "standing": row.standing}


@dataclass(frozen=True)
class _Names:
    """Indices by name, made once for all groups."""

    scenario: Scenario
    staff: Staff
    places: Mapping[str, int]
    units: Mapping[str, int]
    proofs: Mapping[str, int]
    resources: Mapping[str, int]
    shifts: Sequence[tuple[str, int, int]]


def _groups(
    scenario: Scenario, staff: Staff, place_of: Mapping[str, int], seats: Iterable[Seats]
) -> tuple[SeatGroup, ...]:
    names = _Names(
        scenario, staff, place_of,
        {u.id: k for k, u in enumerate(scenario.units)},
        {q: k for k, q in enumerate(_qualifications(scenario))},
        {r.id: k for k, r in enumerate(scenario.resources)},
        _typed(scenario),
    )  # fmt: skip
    return tuple(_group(names, s) for s in seats)


def _typed(scenario: Scenario) -> list[tuple[str, int, int]]:
    """Shifts that duties are called by, with their times, as the scenario lists them."""
    shifts = {s.id: s for s in scenario.shifts}
    return [(s, a, b) for s in scenario.roster.shift_types for _, a, b in shift_intervals(scenario, shifts[s])]


def _shift(seats: Seats, typed: Sequence[tuple[str, int, int]]) -> str:
    """The type of shift of a duty: as its row says, else the one it shares most time with, the first of equals."""
    if seats.need.shift:
        return seats.need.shift
    shared = [(min(b, seats.end_s) - max(a, seats.start_s), name) for name, a, b in typed]
    most, name = max(shared, key=lambda one: one[0], default=(0, ""))
    return name if most > 0 else ""


def _group(names: _Names, seats: Seats) -> SeatGroup:
    need, scenario = seats.need, names.scenario
    place_of, units = names.places, names.units
    proofs, resources = names.proofs, names.resources
    want = need.number if need.want is None else need.want
    return SeatGroup(
        id=seats.id,
        party=need.party,
        kind=need.kind,
        report_place=place_of[need.place],
        release_place=place_of[need.release_place or need.place],
        start_s=seats.start_s,
        end_s=seats.end_s,
        report_s=seats.report_s,
        release_s=seats.release_s,
        paid_s=seats.paid_s,
        need=need.number,
        want=want,
        most=max(want, need.most if need.most is not None else want),
        level=SHORTAGE_LEVEL[need.importance],
        price_want=PRICE["nice"] if want > need.number else 0,
        categories=frozenset(scenario.categories.index(c) for c in need.categories),
        rank_min=scenario.ranks.index(need.rank_min) if need.rank_min is not None else 0,
        qualifications=frozenset(proofs[q] for q in need.qualifications),
        unit=units[need.unit] if need.unit else None,
        owner=units[need.owner] if _own_people(need, names.staff) else None,
        tags=frozenset(need.tags),
        uses=tuple((resources[r], n) for r, n in sorted(need.uses.items()) if r in resources),
        sector=need.sector,
        shift=_shift(seats, names.shifts),
        team=f"{need.team}{seats.id[len(need.id) :]}" if need.team else None,
    )


def _own_people(need: Need, staff: Staff) -> bool:
    """Whether the owner has anybody who may fill the seat; if not, nobody is borrowed for it (R28)."""
    return bool(
        staff.eligible(need.categories, need.qualifications, need.rank_min, (need.owner,)).any()
    )


def _watches(scenario: Scenario) -> tuple[Watch, ...]:
    shifts = {s.id: s for s in scenario.shifts}
    spans = sorted(
        {(a, b) for s in scenario.roster.watch_shifts for _, a, b in shift_intervals(scenario, shifts[s])}
    )
    return tuple(
        Watch(k, a, b) for k, unit in enumerate(scenario.units) if unit.duty_lead for a, b in spans
    )


def rule_settings(scenario: Scenario, staff: Staff) -> tuple[RuleSetting, ...]:
    """Settings of every rule that is on; rules the scenario does not name keep the catalogue's default.

    Exceptions name a person, a unit or a category; they are split off so that exactly one setting of a
    rule holds for each person, the narrowest one.
    """
    found: list[RuleSetting] = []
    for name, rule in sorted(registry.load().items()):
        row = rule_row(scenario, rule)
        left = frozenset(range(len(staff.people)))
        exceptions = sorted(row.exceptions, key=_narrowness)
        for exception in exceptions:
            who = frozenset(k for k in left if _names(exception, staff.people[k]))
            if not who:
                continue
            left -= who
            mode = str(exception.get("mode", row.mode))
            params = {**row.params, **{k: v for k, v in exception.items() if k not in (*NARROW, "mode")}}
            found += _setting(name, mode, PRICE[row.importance], params, who)
        if left and (left or not exceptions):
            everyone = len(left) == len(staff.people)
            price = PRICE[row.importance]
            found += _setting(name, row.mode, price, row.params, None if everyone else left)
    return tuple(found)


def _narrowness(exception: Mapping[str, Any]) -> int:
    return min((NARROW.index(key) for key in exception if key in NARROW), default=len(NARROW))


def _names(exception: Mapping[str, Any], person: Any) -> bool:
    given = {"person": person.id, "unit": person.unit, "category": person.category}
    return all(_holds(exception[key], value) for key, value in given.items() if key in exception)


def _holds(wanted: Any, value: str) -> bool:
    return value in wanted if isinstance(wanted, list | tuple) else wanted == value


def _setting(
    name: str, mode: str, price: int, params: Mapping[str, Any], people: frozenset[int] | None
) -> list[RuleSetting]:
    if mode == "off":
        return []
    return [RuleSetting(name, mode == "hard", price, dict(params), people)]


def groups_json(seats: Iterable[Seats]) -> tuple[dict[str, object], ...]:
    """Seat groups as plain data for ``plan.json``: what each seat asks and why it is there."""
    return tuple(_group_json(s) for s in seats)


def _group_json(seats: Seats) -> dict[str, object]:
    need: Need = seats.need
    return {
        "id": seats.id, "need": need.id, "party": need.party, "kind": need.kind, "place": need.place,
        "start_s": seats.start_s, "end_s": seats.end_s, "report_s": seats.report_s,
        "release_s": seats.release_s, "paid_s": seats.paid_s, "number": need.number,
        "importance": need.importance, "categories": list(need.categories), "rank_min": need.rank_min,
        "qualifications": list(need.qualifications), "unit": need.unit, "owner": need.owner,
        "lead": need.lead, "uses": dict(sorted(need.uses.items())),
    }
