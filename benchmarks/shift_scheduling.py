"""Curtois and Qu's employee shift scheduling instances as roster Problems, and our plans back: nothing is solved here.

A shift of a day is a seat group (``"3:E"``) that wants its requirement; all soft terms stand on the costs level. Only
lengths of shifts are given, so all shifts of a day begin when the day does: one duty a day is R01, and the table of
follow-ups is R09's.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from scheduler.outcome import Limits
from scheduler.roster.audit import audit
from scheduler.roster.plan import RosterPlan
from scheduler.roster.problem import (
    Absence,
    Person,
    Problem,
    RuleSetting,
    SeatGroup,
    Unit,
    Wish,
)
from scheduler.roster.solve import solve

DAY = 86400
Result = dict[str, Any]


@dataclass(frozen=True)
class Employee:
    """One row of SECTION_STAFF: caps by shift, then least and most minutes, runs and weekends."""

    id: str
    most: tuple[tuple[str, int], ...]
    most_min: int
    least_min: int
    longest_run: int
    shortest_run: int
    shortest_off: int
    weekends: int


@dataclass(frozen=True)
class Instance:
    """A file as it stands: nothing interpreted."""

    n_days: int
    shifts: dict[str, int]
    barred: dict[str, tuple[str, ...]]
    staff: tuple[Employee, ...]
    days_off: dict[str, tuple[int, ...]]
    wanted: tuple[tuple[str, int, str, int], ...]
    unwanted: tuple[tuple[str, int, str, int], ...]
    cover: tuple[tuple[int, str, int, int, int], ...]


def read(path: Path) -> Instance:
    """The sections of an instance file."""
    sections: dict[str, list[list[str]]] = defaultdict(list)
    name = ""
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        text = line.strip()
        if text.startswith("SECTION_"):
            name = text
        elif text and not text.startswith("#"):
            sections[name].append([cell.strip() for cell in text.split(",")])
    shifts = sections["SECTION_SHIFTS"]
    staff = []
    for row in sections["SECTION_STAFF"]:
        caps = (part.split("=") for part in row[1].split("|"))
        numbers = [int(cell) for cell in row[2:8]]
        staff.append(Employee(row[0], tuple((s, int(n)) for s, n in caps), *numbers))

    def requests(section: str) -> tuple[tuple[str, int, str, int], ...]:
        return tuple((r[0], int(r[1]), r[2], int(r[3])) for r in sections[section])

    return Instance(
        n_days=int(sections["SECTION_HORIZON"][0][0]),
        shifts={row[0]: int(row[1]) for row in shifts},
        barred={row[0]: tuple(s for s in row[2].split("|") if s) for row in shifts if len(row) > 2},
        staff=tuple(staff),
        days_off={r[0]: tuple(int(d) for d in r[1:] if d) for r in sections["SECTION_DAYS_OFF"]},
        wanted=requests("SECTION_SHIFT_ON_REQUESTS"),
        unwanted=requests("SECTION_SHIFT_OFF_REQUESTS"),
        cover=tuple(
            (int(r[0]), r[1], int(r[2]), int(r[3]), int(r[4])) for r in sections["SECTION_COVER"]
        ),
    )


def problem_of(it: Instance) -> Problem:
    """The production Problem that says the same."""
    cover = {(day, shift): (need, under, over) for day, shift, need, under, over in it.cover}
    groups = tuple(
        _group(it, day, shift, *cover.get((day, shift), (0, 0, 0)))
        for day in range(it.n_days)
        for shift in it.shifts
    )
    wishes: dict[str, list[Wish]] = defaultdict(list)
    for rows, on in ((it.wanted, True), (it.unwanted, False)):
        for who, day, shift, weight in rows:
            wishes[who].append(
                Wish(day * DAY, (day + 1) * DAY, on, weight, (f"{day}:{shift}",))
            )
    people = tuple(
        Person(
            one.id, 0, 0, 0, 0,
            absences=tuple(Absence(d * DAY, (d + 1) * DAY) for d in it.days_off.get(one.id, ())),
            wishes=tuple(wishes[one.id]),
        )
        for one in it.staff
    )
    return Problem(
        people=people,
        groups=groups,
        units=(Unit("staff", 0),),
        places=("here",),
        categories=("staff",),
        qualifications=(),
        travel_s=np.zeros((1, 1), dtype=np.int32),
        reachable=np.ones((1, 1), dtype=bool),
        distance_m=np.zeros((1, 1), dtype=np.int32),
        horizon_s=it.n_days * DAY,
        days=tuple(day * DAY for day in range(it.n_days + 1)),
        nights=(),
        rules=_rules(it),
        first_weekday=0,
    )


def _group(it: Instance, day: int, shift: str, need: int, under: int, over: int) -> SeatGroup:
    start, length = day * DAY, it.shifts[shift] * 60
    return SeatGroup(
        id=f"{day}:{shift}", party=shift, kind="post", report_place=0, release_place=0,
        start_s=start, end_s=start + length, report_s=start, release_s=start + length,
        paid_s=length, need=0, want=min(need, len(it.staff)), most=len(it.staff),
        price_want=under, price_over=over, shift=shift,
    )


def _rules(it: Instance) -> tuple[RuleSetting, ...]:
    barred = {shift: list(after) for shift, after in it.barred.items() if after}
    rules = [
        RuleSetting("no_double_duty", True),
        RuleSetting("leave_locked", True),
        RuleSetting("sequence", True, params={"barred": barred, "night_to_morning": False}),
        RuleSetting("preferences", False, 1),
    ]

    def by_person(name: str, params: Callable[[Employee], dict[str, object]]) -> Iterable[RuleSetting]:
        alike: dict[str, list[int]] = {}
        for p, one in enumerate(it.staff):
            alike.setdefault(repr(params(one)), []).append(p)
        for members in alike.values():
            yield RuleSetting(name, True, params=params(it.staff[members[0]]), people=frozenset(members))

    rules += by_person("total_hours", lambda one: {"least_min": one.least_min, "most_min": one.most_min})
    rules += by_person("consecutive_duty_days", lambda one: {"most_days": one.longest_run})
    rules += by_person("shortest_run_of_duty", lambda one: {"least_days": max(1, one.shortest_run)})
    rules += by_person("shortest_run_off", lambda one: {"least_days": max(1, one.shortest_off)})
    rules += by_person("weekends", lambda one: {"most_weekends": one.weekends})
    rules += by_person(
        "shift_type_cap", lambda one: {"most": {s: dict(one.most).get(s, 0) for s in it.shifts}}
    )
    return tuple(rules)


def missing_cover(it: Instance) -> int:
    """What requirements above the head count cost whatever the plan: seats are only wanted for people there are."""
    n = len(it.staff)
    return sum(under * max(0, need - n) for _, _, need, under, _ in it.cover)


def roster_of(it: Instance, plan: RosterPlan) -> dict[str, list[str | None]]:
    """One shift or None for each employee and day, as the scorer reads it."""
    roster: dict[str, list[str | None]] = {one.id: [None] * it.n_days for one in it.staff}
    for duty in plan.duties:
        day, _, shift = duty.group.partition(":")
        roster[duty.person][int(day)] = shift
    return roster


def shift_scheduling(path: Path, limits: Limits, seed: int, workers: int) -> tuple[Result, Result]:
    """One instance through the roster engine."""
    it = read(path)
    began = time.perf_counter()
    problem = problem_of(it)
    outcome = solve(problem, limits=limits, seed=seed, workers=workers)
    seconds = time.perf_counter() - began
    told: Result = {"status": str(outcome.status), "objective": None, "bound": None, "gap": None}
    constant = missing_cover(it)
    level = next((one for one in outcome.levels if one.name == "costs"), None)
    if level is not None and level.bound is not None:
        told["bound"] = level.bound + constant
    if outcome.plan is None:
        return {**told, "seconds": seconds}, {}
    found = audit(problem, outcome.plan)
    assert found.ok, found.breaches[:3]
    told["objective"] = found.value("costs") + constant
    if told["bound"] is not None:
        told["gap"] = round((told["objective"] - told["bound"]) / max(1, abs(told["objective"])), 6)
    return {**told, "seconds": seconds}, {"roster": roster_of(it, outcome.plan)}


KINDS: dict[str, Callable[[Path, Limits, int, int], tuple[Result, Result]]] = {
    "shift_scheduling": shift_scheduling,
}
