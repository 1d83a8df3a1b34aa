"""What a roster Problem must be before anything is solved; every fault is found, none hides another."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from scheduler.errors import name_some

if TYPE_CHECKING:
    from scheduler.roster.problem import Problem


def faults_of(problem: Problem) -> list[str]:
    """All faults as sentences."""
    from scheduler.roster.rules import read_settings

    faults: list[str] = []
    faults += _ids(problem)
    faults += _tables(problem)
    faults += _people(problem)
    faults += _groups(problem)
    faults += _others(problem)
    active, unread = read_settings(problem.rules, len(problem.people))
    faults += unread
    faults += _calendar(problem, [rule.name for rule in active if rule.rule.info.by_day])
    for rule in active:
        if hasattr(rule.rule.module, "faults"):  # parameters that name what the Problem must have
            faults += rule.rule.module.faults(problem, rule.params)
    return faults


def _calendar(problem: Problem, by_day: list[str]) -> list[str]:
    """Weekday, holidays, and days that reach every duty where a rule counts days."""
    faults = []
    n, days = len(problem.days), problem.days
    if not 0 <= problem.first_weekday <= 6:
        faults.append(
            f"first_weekday: {problem.first_weekday}, expected 0 (Monday) to 6 (Sunday), the weekday of the first day."
        )
    lost = sorted(day for day in problem.holidays if not 0 <= day < n)
    if lost:
        faults.append(f"holidays: {name_some(map(str, lost))}: outside the {n} days given. Name positions in days.")
    if by_day:
        reach = (days[0], days[-1]) if n else (0, 0)
        outside = [g.id for g in problem.groups if not reach[0] <= g.start_s < reach[1]]
        if outside or n < 2 or not reach[0] <= 0 < problem.horizon_s <= reach[1]:
            faults.append(
                f"days: rule {name_some(sorted(set(by_day)))} counts local days, and those given do not cover "
                f"{name_some(outside) if outside else 'the horizon'}. Give the starts of all days, one past the end."
            )
    return faults


def _ids(problem: Problem) -> list[str]:
    faults = []
    for kind, ids in (
        ("people", [p.id for p in problem.people]),
        ("seat groups", [g.id for g in problem.groups]),
        ("units", [u.id for u in problem.units]),
        ("places", list(problem.places)),
        ("resources", [r.id for r in problem.resources]),
    ):
        twice = [name for name, n in Counter(ids).items() if n > 1]
        if twice:
            faults.append(f"{kind}: id given twice: {name_some(twice)}. Ids must differ.")
        if any(not name for name in ids):
            faults.append(f"{kind}: an id is empty. Every one needs an id.")
    return faults


def _tables(problem: Problem) -> list[str]:
    n = len(problem.places)
    faults = []
    for name, table, kind in (
        ("travel_s", problem.travel_s, "i"),
        ("reachable", problem.reachable, "b"),
        ("distance_m", problem.distance_m, "i"),
    ):
        if table.shape != (n, n) or table.dtype.kind != kind:
            faults.append(
                f"{name}: shape {table.shape} of {table.dtype}, expected ({n}, {n}) of "
                f"{'whole numbers' if kind == 'i' else 'bool'}."
            )
        elif kind == "i" and n and (np.where(problem.reachable, table, 0) < 0).any():
            faults.append(f"{name}: negative values. Unreachable pairs are a mask, not a number.")
    return faults


def _people(problem: Problem) -> list[str]:
    faults: list[str] = []

    def collect(what: str, bad: list[str], mend: str) -> None:
        if bad:
            faults.append(f"{name_some(bad)}: {what} ({len(bad)} people). {mend}")

    people = problem.people
    collect("unknown unit", [p.id for p in people if not 0 <= p.unit < len(problem.units)], "Name a unit.")
    collect(
        "unknown home place", [p.id for p in people if not 0 <= p.home < len(problem.places)], "Name a place."
    )
    collect(
        "unknown category",
        [p.id for p in people if not 0 <= p.category < len(problem.categories)],
        "Name a category.",
    )
    collect(
        "unknown qualification",
        [
            p.id
            for p in people
            if any(not 0 <= q.qualification < len(problem.qualifications) for q in p.qualified)
        ],
        "Name one of the qualifications.",
    )
    collect(
        "qualification, absence, wish, earlier duty or other work that ends before it begins",
        [
            p.id
            for p in people
            if any(q.until_s <= q.from_s for q in p.qualified)
            or any(a.end_s <= a.start_s for a in p.absences)
            or any(w.end_s <= w.start_s for w in p.wishes)
            or any(w.end_s <= w.start_s for w in p.worked)
            or any(end_s <= start_s for start_s, end_s in p.other_work)
        ],
        "Mend the times.",
    )
    collect(
        "earlier duty that does not begin before the horizon, or at an unknown place",
        [
            p.id
            for p in people
            if any(w.start_s >= 0 or not 0 <= w.place < len(problem.places) for w in p.worked)
        ],
        "Earlier duties begin before second 0.",
    )
    collect(
        "contract share outside 1..200 %, negative ledger or a wish with a negative price",
        [
            p.id
            for p in people
            if not 1 <= p.share_pct <= 200 or p.ledger_s < 0 or any(w.price < 0 for w in p.wishes)
        ],
        "Mend the numbers.",
    )
    known = {g.id for g in problem.groups}
    collect(
        "wish for a seat group that does not exist",
        [p.id for p in people if any(not set(w.groups) <= known for w in p.wishes)],
        "Name existing seat groups.",
    )
    return faults


def _groups(problem: Problem) -> list[str]:
    faults: list[str] = []

    def collect(what: str, bad: list[str], mend: str) -> None:
        if bad:
            faults.append(f"{name_some(bad)}: {what} ({len(bad)} seat groups). {mend}")

    groups, n_places, n_units = problem.groups, len(problem.places), len(problem.units)
    collect(
        "times out of order",
        [g.id for g in groups if not g.report_s <= g.start_s < g.end_s <= g.release_s],
        "report <= start < end <= release is expected.",
    )
    collect(
        "need, want, most out of order or negative",
        [g.id for g in groups if not (0 <= g.need <= g.most and 0 <= g.want <= g.most)],
        "0 <= need, want <= most is expected.",
    )
    collect("demand of more than 10,000", [g.id for g in groups if g.most > 10_000], "Check the number.")
    collect(
        "negative price, paid time or level",
        [
            g.id
            for g in groups
            if min(g.price_short, g.price_want, g.price_over, g.paid_s, g.level) < 0
        ],
        "Prices, paid seconds and levels are 0 or more.",
    )
    collect(
        "unknown place, unit, owner, category, qualification or resource",
        [
            g.id
            for g in groups
            if not (0 <= g.report_place < n_places and 0 <= g.release_place < n_places)
            or (g.unit is not None and not 0 <= g.unit < n_units)
            or (g.owner is not None and not 0 <= g.owner < n_units)
            or any(not 0 <= c < len(problem.categories) for c in g.categories)
            or any(not 0 <= q < len(problem.qualifications) for q in g.qualifications)
            or any(not 0 <= r < len(problem.resources) or n < 0 for r, n in g.uses)
        ],
        "Indices must exist.",
    )
    return faults


def _others(problem: Problem) -> list[str]:
    faults = []
    if list(problem.days) != sorted(set(problem.days)):
        faults.append("days: starts of local days must ascend, each once.")
    if any(end <= start for start, end in problem.nights):
        faults.append("nights: a night ends before it begins. Mend the spans.")
    if any(span.end_s <= span.start_s for span in problem.weather):
        faults.append("weather: a span ends before it begins. Mend the spans.")
    bad = [
        str(i)
        for i, w in enumerate(problem.watches)
        if w.end_s <= w.start_s or not 0 <= w.unit < len(problem.units)
    ]
    if bad:
        faults.append(f"watches {name_some(bad)}: unknown unit, or the end is not after the start.")
    if any(resource.stock < 0 for resource in problem.resources):
        faults.append("resources: a stock is negative; 0 or more is expected.")
    people, groups = {p.id for p in problem.people}, {g.id for g in problem.groups}
    lost = [f"{p.person} in {p.group}" for p in problem.pins if p.person not in people or p.group not in groups]
    if lost:
        faults.append(f"pins: {name_some(lost)}: person or seat group does not exist.")
    on = {(p.person, p.group) for p in problem.pins if p.on}
    off = {(p.person, p.group) for p in problem.pins if not p.on}
    both = [f"{person} in {group}" for person, group in sorted(on & off)]
    if both:
        faults.append(f"pins: {name_some(both)}: both wanted and barred. Keep one of the two.")
    per_group = Counter(group for _, group in on)
    faults += [
        f"pins: {per_group[group.id]} people are pinned to {group.id}; at most {group.most} may serve."
        for group in problem.groups
        if per_group[group.id] > group.most
    ]
    return faults
