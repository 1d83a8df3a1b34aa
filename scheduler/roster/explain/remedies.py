"""The cheapest ways out, each kind by a solve of its own: relax one thing, price its use, take the least.

Give up seats; borrow from outside or from other units; train; take back leave; accept a lower rank; loosen one rule
(``loosen``). Every way found is applied to the Problem and shown to work by another solve and the audit.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from scheduler.outcome import Progress
from scheduler.roster.audit import audit
from scheduler.roster.explain.lift import able, lacks_people
from scheduler.roster.explain.patch import (
    Change,
    Fewer,
    Helper,
    Kind,
    LowerRank,
    OpenUnit,
    Prices,
    Qualify,
    Recall,
    Remedy,
    StandIn,
    apply_all,
)
from scheduler.roster.explain.probe import Fill, Prober
from scheduler.roster.plan import RosterPlan
from scheduler.roster.problem import Person, Problem, Qualified, SeatGroup
from scheduler.roster.solve import solve

ALWAYS_S = 10**9
"""Stands for "at any time" in the proofs of people from outside."""

OUTSIDE = "outside"
"""Unit of people who are none of the scenario's."""

_MOST_HELPERS = 40


@dataclass
class Tags:
    """Which duties of a wider Problem stand for which change, and what using it costs."""

    of: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    price: dict[int, int] = field(default_factory=dict)
    change: dict[int, Change] = field(default_factory=dict)
    ids: dict[object, int] = field(default_factory=dict)
    barred: set[tuple[int, int]] = field(default_factory=set)

    def add(self, key: object, price: int, change: Change, cell: tuple[int, int], extra: int = 0) -> None:
        """Duty ``cell`` needs the change named by ``key``."""
        tag = self.ids.setdefault(key, len(self.ids))
        self.price[tag], self.change[tag] = price, change
        self.of[cell] = (tag, extra)


@dataclass(frozen=True)
class GivenUp:
    """The fewest seats that stay empty, then the fewest hours of them, and the roster that leaves just those."""

    changes: tuple[Fewer, ...]
    plan: RosterPlan
    least: bool


def give_up(
    problem: Problem, original: Problem, prober: Prober, hint: RosterPlan | None, surely: int = 0
) -> GivenUp | None:
    """Fewest seats to give up, then fewest hours, a seat of a lesser rung of ``original`` first.

    ``surely`` seats are known to stay empty in any roster: where no more stay empty, the search ends
    after some time given to the hours.
    """
    rung = {g.id: g.level for g in original.groups}
    worst = max((rung[g.id] for g in problem.groups if g.need), default=0)
    quarters = {g.id: max(1, (g.end_s - g.start_s) // 900) for g in problem.groups}
    scale = 1 + sum(quarters[g.id] * g.need for g in problem.groups)
    rungs = 1 + sum(g.need for g in problem.groups)
    priced = replace(
        problem,
        groups=tuple(
            replace(g, price_short=scale * rungs ** (worst - rung[g.id]) + quarters[g.id]) if g.need else g
            for g in problem.groups
        ),
    )
    part, began = prober.part(1.0), time.monotonic()
    enough = scale * (surely + 1)
    least_at: list[float] = []

    def watch(event: Progress) -> None:
        fewest = event.value is not None and event.level.startswith("short") and event.value < enough
        if fewest and surely and worst == 0:
            least_at.append(event.seconds)

    def stop() -> bool:
        # the clock may only end a search that the clock limits: a repeatable one runs to its work limit
        if part.seconds is not None and least_at and time.monotonic() - began > least_at[0] + 0.4 * part.seconds:
            return True
        return prober.stop is not None and prober.stop()

    got = solve(
        priced, limits=part, seed=prober.seed, workers=prober.workers, hint=hint, stop=stop, on_progress=watch
    )
    prober.work += part.work or 0.0
    if got.plan is None:
        return None
    changes = tuple(Fewer(g.id, g.need - n) for g, n in _filled(problem, got.plan) if n < g.need)
    least = got.levels[0].proven or sum(change.n for change in changes) <= surely
    return GivenUp(changes, got.plan, least)


def dropped(problem: Problem, given: GivenUp, changes: tuple[Fewer, ...], prices: Prices) -> Remedy | None:
    """Giving up ``changes`` (some of ``given``'s, the Problem being without the others) as a way out."""
    if not works(problem, changes, given.plan):
        return None
    groups = {g.id: g for g in problem.groups}
    hours = sum((groups[c.group].end_s - groups[c.group].start_s) / 3600 * c.n for c in changes)
    price = prices.seat * sum(c.n for c in changes) + math.ceil(prices.seat_hour * hours)
    return Remedy("drop", changes, price, given.plan, hours=hours, least=given.least)


def works(problem: Problem, changes: Sequence[Change], plan: RosterPlan) -> bool:
    """Whether the plan mans the changed bare Problem: judged by the audit alone, which knows no solver."""
    found = audit(apply_all(problem, changes), plan)
    return not found.breaches and not found.levels[0][1]


def _filled(problem: Problem, plan: RosterPlan) -> Iterator[tuple[SeatGroup, int]]:
    count: dict[str, int] = {}
    for duty in plan.duties:
        count[duty.group] = count.get(duty.group, 0) + 1
    for group in problem.groups:
        yield group, count.get(group.id, 0)


def widened(
    problem: Problem, prober: Prober, plan: RosterPlan, prices: Prices, kinds: Sequence[Kind],
    stand_in: Mapping[int, frozenset[int]] | None = None,
) -> Iterator[Remedy]:  # fmt: skip
    """Ways out that widen who may serve, for the seats that ``plan`` leaves short.

    ``stand_in`` says for a category which others may serve in its seats: the law knows, we do not.
    """
    lacking = {group.id: group.need - n for group, n in _filled(problem, plan) if n < group.need}
    short = [group for group in problem.groups if group.id in lacking]
    if not short:
        return
    spans = [(group.start_s, group.end_s) for group in short]
    makers = {
        "borrow": lambda: _outside(problem, short, lacking, prices),
        "lend": lambda: _other_units(problem, short, prices),
        "standin": lambda: _standing_in(problem, short, prices, stand_in or {}),
        "qualify": lambda: _training(problem, short, prices),
        "recall": lambda: _leave(problem, short, prices),
        "rank": lambda: _rank(problem, short, prices),
    }
    for kind in kinds:
        if prober.over():
            return
        wide, tags = makers[kind]()
        if not tags.of or lacks_people(wide, spans):
            continue  # not even everybody of this kind would be enough
        got = prober.cheapest(wide, tags.of, tags.price, plan, barred=tags.barred, share=0.6)
        if got.plan is None:
            continue
        remedy = _remedy(kind, problem, wide, tags, got)
        if remedy is not None:
            yield remedy


def _remedy(kind: Kind, problem: Problem, wide: Problem, tags: Tags, got: Fill) -> Remedy | None:
    """What was used of the wider Problem, applied and proven."""
    assert got.plan is not None  # noqa: S101  # narrowed by the caller
    people = {p.id: k for k, p in enumerate(wide.people)}
    groups = {g.id: k for k, g in enumerate(wide.groups)}
    used: dict[int, list[str]] = {}
    price, hours = 0, 0.0
    for duty in got.plan.duties:
        cell = people[duty.person], groups[duty.group]
        if cell in tags.of:
            tag, extra = tags.of[cell]
            used.setdefault(tag, []).append(duty.person)
            price += extra
            group = wide.groups[cell[1]]
            hours += (group.end_s - group.start_s) / 3600
    if not used:
        return None
    price += sum(tags.price[tag] for tag in used)
    changes = tuple(_merged([_named(tags.change[tag], who) for tag, who in sorted(used.items())]))
    if not works(problem, changes, got.plan):
        return None
    who = tuple(sorted({person for persons in used.values() for person in persons}))
    return Remedy(kind, changes, price, got.plan, hours=hours, people=who, least=got.least)


def _named(change: Change, who: Sequence[str]) -> Change:
    return replace(change, people=tuple(sorted(who))) if isinstance(change, OpenUnit | StandIn) else change


def _merged(changes: Sequence[Change]) -> list[Change]:
    """A seat opened for several people is opened once."""
    out: dict[object, Change] = {}
    for k, change in enumerate(changes):
        key: object = (type(change), change.group) if isinstance(change, OpenUnit | StandIn) else k
        first = out.get(key)
        if isinstance(first, StandIn) and isinstance(change, StandIn):
            people = tuple(sorted({*first.people, *change.people}))
            out[key] = replace(first, people=people, categories=first.categories | change.categories)
        elif isinstance(first, OpenUnit) and isinstance(change, OpenUnit):
            out[key] = replace(first, people=tuple(sorted({*first.people, *change.people})))
        else:
            out[key] = change
    return list(out.values())


def _hours(group: SeatGroup) -> int:
    return (group.end_s - group.start_s) // 3600


def _outside(
    problem: Problem, short: Sequence[SeatGroup], lacking: Mapping[str, int], prices: Prices
) -> tuple[Problem, Tags]:
    """People from elsewhere, as many of each description as seats of it are short."""
    strength = np.bincount([p.category for p in problem.people], minlength=len(problem.categories))
    asks: dict[tuple[int, frozenset[int], int | None], list[SeatGroup]] = {}
    for group in short:
        options = sorted(group.categories) or range(len(problem.categories))
        category = max(options, key=lambda c: (int(strength[c]), -c), default=0)
        asks.setdefault((category, group.qualifications, group.unit), []).append(group)
    tags = Tags()
    helpers: list[Helper] = []
    units = {u.id for u in problem.units}
    outside = OUTSIDE
    while outside in units:
        outside = f"{outside}'"
    names = {p.id for p in problem.people}
    number = 0
    for (category, skills, unit), groups in sorted(asks.items(), key=lambda item: str(item[0])):
        place, rank = groups[0].report_place, max(group.rank_min for group in groups)
        proofs = tuple(Qualified(q, -ALWAYS_S, ALWAYS_S) for q in sorted(skills))
        for _ in range(min(_MOST_HELPERS, sum(lacking[group.id] for group in groups))):
            number += 1
            while f"+{number}" in names:
                number += 1
            one = Person(f"+{number}", 0, place, category, rank, proofs, numbered=True)
            helpers.append(Helper(one, outside if unit is None else problem.units[unit].id))
    first = len(problem.people)
    wide = apply_all(problem, helpers)
    can = able(wide)
    needed = [g for g, group in enumerate(wide.groups) if group.need]
    for k, helper in enumerate(helpers):
        for g in needed:
            if can[first + k, g]:
                extra = _hours(wide.groups[g]) // prices.helper_hours
                tags.add(k, prices.outside, helper, (first + k, g), extra)
    return wide, tags


def _other_units(problem: Problem, short: Sequence[SeatGroup], prices: Prices) -> tuple[Problem, Tags]:
    """Seats that ask for one unit, open to people of the unit's own categories from elsewhere."""
    own = {unit: {p.category for p in problem.people if p.unit == unit} for unit in range(len(problem.units))}
    mine = {group.id for group in short if group.unit is not None}
    wide = replace(problem, groups=tuple(replace(g, unit=None) if g.id in mine else g for g in problem.groups))
    can, tags = able(wide), Tags()
    for g, group in enumerate(problem.groups):
        if group.id not in mine:
            continue
        for p in np.nonzero(can[:, g])[0]:
            if problem.people[p].unit == group.unit:
                continue
            if group.unit is not None and problem.people[p].category not in own[group.unit]:
                tags.barred.add((int(p), g))
            else:
                extra = prices.borrowed + _hours(group) // prices.helper_hours
                change = OpenUnit(group.id, ())
                tags.add((group.id, int(p)), 0, change, (int(p), g), extra)
    return wide, tags


def _standing_in(
    problem: Problem, short: Sequence[SeatGroup], prices: Prices, stand_in: Mapping[int, frozenset[int]]
) -> tuple[Problem, Tags]:
    """Short seats open to the categories that may stand in for those they ask for."""
    more = {
        group.id: frozenset[int]().union(*(stand_in.get(c, frozenset()) for c in group.categories)) - group.categories
        for group in short
    }
    wide = replace(
        problem,
        groups=tuple(
            replace(g, categories=g.categories | more[g.id]) if more.get(g.id) else g for g in problem.groups
        ),
    )
    can, tags = able(wide) & ~able(problem), Tags()
    for p, g in zip(*(a.tolist() for a in np.nonzero(can)), strict=True):
        group = problem.groups[g]
        change = StandIn(group.id, frozenset({problem.people[p].category}), ())
        tags.add((group.id, p), 0, change, (p, g), prices.stand_in + _hours(group) // prices.helper_hours)
    return wide, tags


def _training(problem: Problem, short: Sequence[SeatGroup], prices: Prices) -> tuple[Problem, Tags]:
    """Everybody may gain what the short seats ask for."""
    skills = sorted(frozenset[int]().union(*(group.qualifications for group in short)))
    before = able(problem)
    new = tuple(Qualified(q, -ALWAYS_S, ALWAYS_S) for q in skills)
    wide = replace(
        problem, people=tuple(replace(p, qualified=(*p.qualified, *new)) for p in problem.people)
    )
    tags = Tags()
    gained = able(wide) & ~before
    for p, g in zip(*(a.tolist() for a in np.nonzero(gained)), strict=True):
        group = problem.groups[g]
        lacking = [q for q in skills if q in group.qualifications and not _holds(problem.people[p], q, group)]
        if len(lacking) == 1 and group.need:
            change = Qualify(problem.people[p].id, lacking[0], -ALWAYS_S, ALWAYS_S)
            tags.add((p, lacking[0]), prices.trained, change, (p, g))
    tags.barred = {(p, g) for p, g in zip(*(a.tolist() for a in np.nonzero(gained)), strict=True)} - set(tags.of)
    return wide, tags


def _holds(person: Person, q: int, group: SeatGroup) -> bool:
    return any(
        proof.qualification == q and proof.from_s <= group.report_s and group.release_s <= proof.until_s
        for proof in person.qualified
    )


def _leave(problem: Problem, short: Sequence[SeatGroup], prices: Prices) -> tuple[Problem, Tags]:
    """Absences that touch the short seats, one by one."""
    begin, finish = min(g.report_s for g in short), max(g.release_s for g in short)
    wide = replace(
        problem,
        people=tuple(
            replace(p, absences=tuple(a for a in p.absences if not (a.start_s < finish and begin < a.end_s)))
            for p in problem.people
        ),
    )
    gained = able(wide) & ~able(problem)
    tags = Tags()
    for p, g in zip(*(a.tolist() for a in np.nonzero(gained)), strict=True):
        group, person = problem.groups[g], problem.people[p]
        away = [a for a in person.absences if a.start_s < group.release_s and group.report_s < a.end_s]
        if len(away) == 1 and group.need:
            change = Recall(person.id, away[0].start_s, away[0].end_s, away[0].kind)
            tags.add((p, away[0].start_s, away[0].end_s), prices.recalled, change, (p, g))
        else:
            tags.barred.add((p, g))
    return wide, tags


def _rank(problem: Problem, short: Sequence[SeatGroup], prices: Prices) -> tuple[Problem, Tags]:
    """Short seats that ask for a rank take the next lower one."""
    ranks = sorted({p.rank for p in problem.people})
    lower = {
        group.id: max((r for r in ranks if r < group.rank_min), default=None) for group in short if group.rank_min
    }
    wide_groups = []
    for group in problem.groups:
        rank = lower.get(group.id)
        wide_groups.append(group if rank is None else replace(group, rank_min=rank))
    wide = replace(problem, groups=tuple(wide_groups))
    can, tags = able(wide) & ~able(problem), Tags()
    for p, g in zip(*(a.tolist() for a in np.nonzero(can)), strict=True):
        group = wide.groups[g]
        tags.add(group.id, prices.rank, LowerRank(group.id, group.rank_min), (p, g), 1)
    return wide, tags
