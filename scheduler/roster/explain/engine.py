"""The whole explanation of a roster that comes out short, or cannot be: shortage, ways out, conflict set."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from scheduler.outcome import Limits, OnProgress, Progress, Status, Stop
from scheduler.roster.audit import audit
from scheduler.roster.explain.conflict import Conflict, find_conflict
from scheduler.roster.explain.lift import Lift, able, lifts, surely_short
from scheduler.roster.explain.loosen import loosened
from scheduler.roster.explain.patch import Fewer, Kind, Prices, Remedy, apply_all
from scheduler.roster.explain.probe import Prober, bare, binding
from scheduler.roster.explain.remedies import GivenUp, dropped, give_up, widened
from scheduler.roster.plan import RosterPlan
from scheduler.roster.problem import Problem
from scheduler.roster.shortage import EmptySeat, empty_seats
from scheduler.roster.solve import solve

State = Literal["manned", "better", "short", "contradiction", "unknown"]

WIDER: tuple[tuple[Kind, float], ...] = (
    ("borrow", 3), ("lend", 1.5), ("standin", 1.5), ("qualify", 1.5), ("recall", 2), ("rank", 1),
)  # fmt: skip
"""Kinds of ways out by widening who may serve, in the order they are asked, with their share of the time."""

_LOOSEN, _CONFLICT = 4.0, 3.0

_ALL_RUNGS = 10**6

APART_S = 2 * 3600
"""Empty seats further apart than this, or that nobody could both serve, are told as two shortages."""

CASE_S = 6.0
"""Time that one shortage should have at least; with less, only the largest ones are looked into."""


@dataclass(frozen=True)
class Case:
    """One shortage: empty seats that touch in time and draw on the same people.

    Attributes
    ----------
    empty
        The seats that stay empty.
    lifts
        What counting alone proves about them.
    remedies
        Ways out, cheapest first. Each was applied together with ``others`` and solved again.
    conflict
        A smallest set of rules, seats, pins and absences that cannot hold together, where one was proven.
    others
        Seats of the other shortages, left empty while this one was looked into.
    looked_into
        False where the time went to larger shortages.
    """

    empty: tuple[EmptySeat, ...]
    lifts: tuple[Lift, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    conflict: Conflict | None = None
    others: tuple[Fewer, ...] = ()
    looked_into: bool = True

    def apply(self, problem: Problem, remedy: Remedy) -> Problem:
        """The Problem that ``remedy`` makes possible to man."""
        return remedy.apply(apply_all(problem, self.others))


@dataclass(frozen=True)
class Explanation:
    """What is short, whether that is proven, what would mend it.

    Attributes
    ----------
    state
        ``manned``: nothing is short. ``better``: the plan at hand leaves seats empty that ``plan`` fills, with no
        change of rules or people. ``short``: seats stay empty. ``contradiction``: the hard rules exclude one another
        whatever seats stay empty (then ``cases`` holds one without seats). ``unknown``: the limit came first; nothing
        is claimed.
    level
        The rung of seats that is explained: 0 are the mandatory ones.
    empty
        Needed seats without a person in ``plan``, on that rung or a more important one.
    plan
        The fullest roster found, None where none was.
    proven
        True when it is proven that not all of those seats can be filled.
    lifts
        Everything that counting alone proves short.
    cases
        The shortages, the largest first.
    finished
        False when the limit cut the search for ways out or for conflicts short.
    """

    state: State
    level: int
    empty: tuple[EmptySeat, ...] = ()
    plan: RosterPlan | None = None
    proven: bool = False
    lifts: tuple[Lift, ...] = ()
    cases: tuple[Case, ...] = ()
    finished: bool = True
    seconds: float = field(default=0.0, compare=False)


@dataclass
class _Desk:
    """What one explanation works with."""

    problem: Problem
    asker: Prober
    prices: Prices
    kinds: Sequence[Kind] | None
    with_conflict: bool
    tell: Callable[[str], None]
    stand_in: Mapping[int, frozenset[int]]

    def asked(self, kind: Kind) -> bool:
        """Whether ways out of this kind are wanted."""
        wanted = self.kinds
        return wanted is None or kind in wanted or (kind == "loosen" and bool({"waive", "unpin"} & set(wanted)))


def explain(
    problem: Problem,
    plan: RosterPlan | None = None,
    *,
    limits: Limits,
    level: int | None = None,
    seed: int = 0,
    workers: int = 2,
    prices: Prices | None = None,
    kinds: Sequence[Kind] | None = None,
    stand_in: Mapping[int, frozenset[int]] | None = None,
    with_conflict: bool = True,
    on_progress: OnProgress | None = None,
    stop: Stop | None = None,
) -> Explanation:
    """Explain why needed seats stay empty, or why no roster is possible, and what would mend it.

    Parameters
    ----------
    plan
        A roster at hand: tells which seats to ask about. Without one a roster is searched first.
    limits
        Wall seconds, deterministic work, or both. With ``seconds=None`` the answer is repeatable.
    level
        Rung of seats to explain, with all more important ones; None for the first that is short.
    kinds
        Kinds of ways out to look for, None for all.
    stand_in
        Category -> categories that may serve in its seats where nobody else is left; nobody where it says nothing.

    Returns
    -------
    Explanation
        Every remedy in it was applied and solved again, and its roster audited.
    """
    began = time.monotonic()

    def tell(text: str) -> None:
        if on_progress is not None:
            on_progress(Progress("explain", "stage", "", None, None, time.monotonic() - began, text))

    asker = Prober(limits, seed, workers, stop)
    desk = _Desk(problem, asker, prices or Prices(), kinds, with_conflict, tell, stand_in or {})
    found = _explain(desk, plan, level)
    tell("done")
    return replace(found, seconds=time.monotonic() - began)


def _explain(desk: _Desk, plan: RosterPlan | None, level: int | None) -> Explanation:
    problem, asker = desk.problem, desk.asker
    plan = None if plan is None else _known(problem, plan)
    broken = plan is not None and bool(audit(bare(problem, -1), plan).breaches)
    # What the plan at hand leaves empty, where it breaks rules so that another is gone on with.
    at_hand: tuple[EmptySeat, ...] | None = None
    if broken and plan is not None:
        at_hand = _left(empty_seats(problem, plan), level)
        # what breaks hard rules tells nothing of what is possible: the rest of the plan does
        plan = asker.lawful(bare(problem, _ALL_RUNGS), plan) or plan
        broken = bool(audit(bare(problem, -1), plan).breaches)
    if plan is None or broken:
        desk.tell("looking for the fullest roster")
        first = asker.part(0.2)
        got = solve(problem, limits=first, seed=asker.seed, workers=asker.workers, hint=plan, stop=asker.stop)
        asker.work += first.work or 0.0
        if got.status is Status.INFEASIBLE:
            return _contradiction(desk)
        if got.plan is None:
            return Explanation("unknown", level or 0, lifts=lifts(problem, level), finished=False)
        plan = got.plan
    empty = empty_seats(problem, plan)
    rung = min((seat.level for seat in empty), default=None) if level is None else level
    empty = _left(empty, level)
    if rung is None or not empty:
        return Explanation("better" if at_hand else "manned", rung or 0, at_hand or (), plan)
    goal = bare(problem, rung)
    desk.tell("counting who could serve where")
    counted = lifts(problem, rung)
    desk.tell("fewest seats to give up")
    part = asker.sub(0.2, 1)
    given = give_up(goal, problem, part, plan, surely_short(counted))
    asker.take(part)
    if given is None:
        return Explanation("unknown", rung, empty, lifts=counted, finished=False)
    if not given.changes:
        filled = empty if at_hand is None else at_hand
        return Explanation("better" if filled else "manned", rung, filled, given.plan)
    left = tuple(seat for seat in empty_seats(problem, given.plan) if seat.level <= rung)
    cases = _cases(desk, goal, given, left, counted)
    proven = bool(counted) or given.least or any(case.conflict is not None for case in cases)
    finished = not asker.over() and all(
        case.looked_into and (not desk.with_conflict or (case.conflict is not None and case.conflict.smallest))
        for case in cases
    )
    return Explanation("short", rung, left, given.plan, proven, counted, tuple(cases), finished)


def _left(empty: Sequence[EmptySeat], level: int | None) -> tuple[EmptySeat, ...]:
    """Empty seats up to a rung; up to the first that is short where none is asked for."""
    rung = min((seat.level for seat in empty), default=-1) if level is None else level
    return tuple(seat for seat in empty if seat.level <= rung)


def _known(problem: Problem, plan: RosterPlan) -> RosterPlan:
    """The plan's duties of people and groups that (still) exist."""
    people, groups = {p.id for p in problem.people}, {g.id for g in problem.groups}
    return RosterPlan(tuple(d for d in plan.duties if d.person in people and d.group in groups))


def _cases(
    desk: _Desk, goal: Problem, given: GivenUp, left: Sequence[EmptySeat], counted: Sequence[Lift]
) -> list[Case]:
    """Each shortage by itself, the largest first, with the time shared among them."""
    clusters = _clusters(goal, given.changes)
    seconds, _ = desk.asker.left()
    most = len(clusters) if seconds is None else max(1, int(seconds / CASE_S))
    made = []
    for k, mine in enumerate(clusters):
        names = {change.group for change in mine}
        others = tuple(change for change in given.changes if change.group not in names)
        empty = tuple(seat for seat in left if seat.group in names)
        about = tuple(one for one in counted if names & set(one.groups))
        if k >= most:
            made.append(Case(empty, about, others=others, looked_into=False))
            continue
        part = desk.asker.sub(1, min(most, len(clusters)) - k)
        without = apply_all(goal, others)
        remedies, conflict = _look_into(desk, without, given, mine, part, f"{k + 1} of {len(clusters)}: ")
        desk.asker.take(part)
        made.append(Case(empty, about, remedies, conflict, others))
    return made


def _look_into(
    desk: _Desk, goal: Problem, given: GivenUp, mine: tuple[Fewer, ...], part: Prober, which: str
) -> tuple[tuple[Remedy, ...], Conflict | None]:
    """Ways out of one shortage, and what cannot hold together in it."""
    found: list[Remedy] = []
    drop = dropped(goal, given, mine, desk.prices) if desk.asked("drop") else None
    if drop is not None:
        found.append(drop)
    total = sum(share for kind, share in WIDER if desk.asked(kind))
    total += (_LOOSEN if desk.asked("loosen") else 0) + (_CONFLICT if desk.with_conflict else 0)
    for kind, share in WIDER:
        if desk.asked(kind):
            desk.tell(f"shortage {which}ways out: {kind}")
            piece = part.sub(share, total)
            found += widened(goal, piece, given.plan, desk.prices, [kind], desk.stand_in)
            part.take(piece)
            total -= share
    if desk.asked("loosen"):
        desk.tell(f"shortage {which}ways out: loosen a rule")
        piece = part.sub(_LOOSEN, total)
        found += loosened(goal, piece, given.plan, desk.prices)
        part.take(piece)
    conflict = None
    if desk.with_conflict:
        desk.tell(f"shortage {which}what cannot hold together")
        conflict = _numbered(desk.problem, find_conflict(goal, part, given.plan))
    return tuple(sorted(found, key=lambda r: (r.price, r.kind))), conflict


def _numbered(problem: Problem, conflict: Conflict | None) -> Conflict | None:
    """The conflict with rules counted as in the whole Problem: a bare one has those alone that bind."""
    if conflict is None:
        return None
    at = binding(problem)
    return replace(conflict, rules=tuple(at[r] for r in conflict.rules))


def _clusters(goal: Problem, changes: Sequence[Fewer]) -> list[tuple[Fewer, ...]]:
    """Empty seats that touch in time and could be served by the same people, the most seats first."""
    index = {group.id: g for g, group in enumerate(goal.groups)}
    can = able(goal)
    order = sorted(changes, key=lambda c: (goal.groups[index[c.group]].start_s, c.group))
    lead = list(range(len(order)))

    def root(k: int) -> int:
        while lead[k] != k:
            k = lead[k]
        return k

    for b in range(len(order)):
        late = goal.groups[index[order[b].group]]
        for a in range(b):
            early = goal.groups[index[order[a].group]]
            near = late.start_s < early.end_s + APART_S and early.start_s < late.end_s + APART_S
            who, whom = can[:, index[order[a].group]], can[:, index[order[b].group]]
            alike = bool(np.any(who & whom)) or (not who.any() and not whom.any())
            if near and alike:
                lead[root(b)] = root(a)
    found: dict[int, list[Fewer]] = {}
    for k, change in enumerate(order):
        found.setdefault(root(k), []).append(change)
    rows = [tuple(members) for members in found.values()]
    return sorted(rows, key=lambda row: (-sum(c.n for c in row), index[row[0].group]))


def _contradiction(desk: _Desk) -> Explanation:
    """Hard rules that exclude one another whatever seats stay empty."""
    goal = bare(desk.problem, -1)
    remedies: list[Remedy] = []
    if desk.asked("loosen"):
        desk.tell("ways out: loosen a rule")
        part = desk.asker.sub(0.6 if desk.with_conflict else 1, 1)
        remedies = list(loosened(goal, part, None, desk.prices))
        desk.asker.take(part)
    conflict = None
    if desk.with_conflict:
        desk.tell("what cannot hold together")
        conflict = _numbered(desk.problem, find_conflict(goal, desk.asker))
    finished = not desk.asker.over() and (not desk.with_conflict or (conflict is not None and conflict.smallest))
    order = tuple(sorted(remedies, key=lambda r: (r.price, r.kind)))
    case = Case((), (), order, conflict)
    return Explanation("contradiction", 0, (), None, proven=True, cases=(case,), finished=finished)
