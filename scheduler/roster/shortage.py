"""What is short, when, and whether that is proven: arithmetic before any search for causes.

Two questions. Of a plan: which needed seats are empty, joined over time by what they ask for. Of a Problem alone:
in which piece of time do the seats ask for more people than could be there at all, even if every rule on rest
and hours were lifted. The second is a proof: those seats cannot be filled by anyone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from scheduler.roster.audit import audit
from scheduler.roster.plan import RosterPlan
from scheduler.roster.problem import Person, Problem, SeatGroup


@dataclass(frozen=True, slots=True)
class Shortage:
    """So many people short during ``[start_s, end_s)``.

    Attributes
    ----------
    category, qualification, unit
        What the short seats ask for, as ids; None where they ask nothing. Several categories that may
        serve are joined by "/".
    n_short
        The most seats short at once in the span.
    groups
        Ids of the seat groups concerned.
    proven
        True when nobody could fill them, whatever the plan.
    """

    start_s: int
    end_s: int
    category: str | None
    qualification: str | None
    unit: str | None
    n_short: int
    groups: tuple[str, ...]
    proven: bool = False


@dataclass(frozen=True, slots=True)
class EmptySeat:
    """One needed seat that nobody fills: its name (``G12/3``), its group's place in the plan and its level."""

    seat: str
    group: str
    party: str
    level: int
    start_s: int
    end_s: int


_Ask = tuple[str | None, str | None, str | None]


def empty_seats(problem: Problem, plan: RosterPlan) -> tuple[EmptySeat, ...]:
    """Needed seats without a person, most important level first, then by time."""
    taken: dict[str, set[int]] = {}
    for duty in plan.duties:
        taken.setdefault(duty.group, set()).add(duty.seat)
    found = []
    for group in problem.groups:
        held = taken.get(group.id, set())
        free = [s for s in range(1, group.most + 1) if s not in held]
        found += [
            EmptySeat(f"{group.id}/{s}", group.id, group.party, group.level, group.start_s, group.end_s)
            for s in free[: max(0, group.need - len(held))]
        ]
    return tuple(sorted(found, key=lambda e: (e.level, e.start_s, e.seat)))


def shortages(problem: Problem, plan: RosterPlan) -> tuple[Shortage, ...]:
    """What a plan leaves short, by category, qualification and unit, joined where spans touch.

    ``proven`` is set where ``impossible`` proves that at least one of the seats concerned stays empty in any plan.
    """
    groups = {group.id: group for group in problem.groups}
    short: dict[_Ask, list[tuple[SeatGroup, int]]] = {}
    for cost in audit(problem, plan).costs:
        if cost.rule == "short":
            group = groups[cost.where[0]]
            short.setdefault(_ask(problem, group), []).append((group, cost.amount))
    proofs = impossible(problem)
    found = []
    for ask, members in sorted(short.items(), key=lambda item: tuple(str(v) for v in item[0])):
        for part in _runs(members):
            start, end = min(g.start_s for g, _ in part), max(g.end_s for g, _ in part)
            ids = tuple(sorted(g.id for g, _ in part))
            proven = any(
                set(ids) & set(p.groups) and p.start_s < end and start < p.end_s for p in proofs
            )
            found.append(Shortage(start, end, *ask, _peak(part), ids, proven))
    return tuple(sorted(found, key=lambda s: (s.start_s, -s.n_short, s.groups)))


def impossible(problem: Problem) -> tuple[Shortage, ...]:
    """Pieces of time in which like seats need more people than there are: a proof without any solver.

    In each piece between neighbouring starts and ends, seats with the same demands (and all seats together) need
    ``n`` people; who could serve any of them by category, rank, unit, qualification, tag and leave is counted.
    Nobody serves two seats at once, so ``n`` less that count stays empty whatever is done.
    """
    if not any(rule.name == "no_double_duty" and rule.hard and rule.people is None for rule in problem.rules):
        return ()
    on = {rule.name for rule in problem.rules if rule.hard and rule.people is None}
    needed = [group for group in problem.groups if group.need > 0]
    cuts = sorted({t for group in needed for t in (group.start_s, group.end_s)})
    able: dict[str, frozenset[int]] = {
        group.id: frozenset(
            p for p, person in enumerate(problem.people) if _could(group, person, on)
        )
        for group in needed
    }
    found: list[Shortage] = []
    for begin, finish in pairwise(cuts):
        now = [group for group in needed if group.start_s <= begin and finish <= group.end_s]
        kinds: dict[_Ask, list[SeatGroup]] = {}
        for group in now:
            kinds.setdefault(_ask(problem, group), []).append(group)
        kinds[None, None, None] = now
        for ask, members in kinds.items():
            people = frozenset[int]().union(*(able[group.id] for group in members))
            lacking = sum(group.need for group in members) - len(people)
            if lacking > 0:
                ids = tuple(sorted(group.id for group in members))
                found.append(Shortage(begin, finish, *ask, lacking, ids, proven=True))
    return tuple(_joined(found))


def least_short(problem: Problem) -> int:
    """Seats that stay empty in any plan, by ``impossible``: the most at any one time."""
    return max((s.n_short for s in impossible(problem)), default=0)


def _ask(problem: Problem, group: SeatGroup) -> _Ask:
    category = "/".join(problem.categories[c] for c in sorted(group.categories)) or None
    skills = "+".join(problem.qualifications[q] for q in sorted(group.qualifications)) or None
    return category, skills, None if group.unit is None else problem.units[group.unit].id


def _could(group: SeatGroup, person: Person, on: Iterable[str]) -> bool:
    """Whether the seat's own demands and the personal rules that are on let this person serve at all."""
    if group.categories and person.category not in group.categories:
        return False
    if person.rank < group.rank_min or (group.unit is not None and group.unit != person.unit):
        return False
    if "leave_locked" in on and any(
        group.report_s < a.end_s and a.start_s < group.release_s for a in person.absences
    ):
        return False
    return "qualification_valid" not in on or all(
        any(
            proof.qualification == q
            and proof.from_s <= group.report_s
            and group.release_s <= proof.until_s
            for proof in person.qualified
        )
        for q in group.qualifications
    )


def _runs(members: Sequence[tuple[SeatGroup, int]]) -> list[list[tuple[SeatGroup, int]]]:
    """Split into runs whose spans touch or overlap."""
    runs: list[list[tuple[SeatGroup, int]]] = []
    until = 0
    for group, n in sorted(members, key=lambda one: (one[0].start_s, one[0].id)):
        if not runs or group.start_s > until:
            runs.append([])
            until = group.end_s
        runs[-1].append((group, n))
        until = max(until, group.end_s)
    return runs


def _peak(members: Sequence[tuple[SeatGroup, int]]) -> int:
    change: Counter[int] = Counter()
    for group, n in members:
        change[group.start_s] += n
        change[group.end_s] -= n
    level = peak = 0
    for t in sorted(change):
        level += change[t]
        peak = max(peak, level)
    return peak


def _joined(found: list[Shortage]) -> list[Shortage]:
    """Neighbouring pieces of the same demands as one, with the greatest lack."""
    out: list[Shortage] = []
    order = sorted(found, key=lambda s: (str(s.category), str(s.qualification), str(s.unit), s.start_s))
    for one in order:
        last = out[-1] if out else None
        same = last is not None and (last.category, last.qualification, last.unit) == (
            one.category,
            one.qualification,
            one.unit,
        )
        if last is not None and same and last.end_s == one.start_s:
            ids = tuple(sorted(set(last.groups) | set(one.groups)))
            n = max(last.n_short, one.n_short)
            out[-1] = Shortage(
                last.start_s, one.end_s, one.category, one.qualification, one.unit, n, ids, proven=True
            )
        else:
            out.append(one)
    return sorted(out, key=lambda s: (s.start_s, -s.n_short, s.groups))
