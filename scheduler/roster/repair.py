"""Replanning with the fewest changes (R29, R30): a plan at hand, a changed Problem, few people moved.

Objective, first to last: published duties before the freeze line kept, seats of the first shortage levels filled
that were not empty before, people changed, other seats filled, changes by nearness in time, costs. The number of people
changed is proven least: chains of changes are walked one person deeper each time (``repair_deepen``); what that leaves
open, windows and a relaxation of one person's duties and the seats' sizes settle, at last the whole.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from scheduler.outcome import Level, Limits, OnProgress, Outcome, Progress, Status, Stop
from scheduler.roster.build import build
from scheduler.roster.linear import Ints, Linear
from scheduler.roster.plan import RosterPlan
from scheduler.roster.problem import Problem
from scheduler.roster.repair_count import count_news, counted, empty_before
from scheduler.roster.repair_ground import Ground, lay
from scheduler.roster.repair_rank import Candidate, Ranking, candidates
from scheduler.roster.repair_search import Search
from scheduler.roster.solve import seats_of

__all__ = ["Candidate", "Change", "Ranking", "Repaired", "candidates", "repair"]


@dataclass(frozen=True, slots=True)
class Change:
    """What changes for one person; groups are ids.

    Attributes
    ----------
    left, taken
        Groups served before and not now, and now and not before.
    moved
        Groups served before and now, at other times or another place.
    forced
        True where the changed Problem itself takes a duty away or moves it: no plan could spare this person.
    first_s
        Report of the earliest duty concerned, by the old or new times; None when the old times are not known.
    """

    person: str
    left: tuple[str, ...]
    taken: tuple[str, ...]
    moved: tuple[str, ...]
    forced: bool
    first_s: int | None


@dataclass(frozen=True, slots=True)
class Repaired(Outcome[RosterPlan]):
    """An Outcome with the changes against the plan at hand, nearest in time first."""

    changes: tuple[Change, ...] = ()

    @property
    def proven_least(self) -> bool:
        """Whether no plan fills as many seats with fewer people changed."""
        return any(level.name == "changed" and level.proven for level in self.levels)


def repair(
    problem: Problem,
    plan: RosterPlan,
    *,
    at_s: int | None = None,
    freeze_s: int | None = None,
    most_changes: int | None = None,
    before: Problem | None = None,
    n_filled: int = 1,
    fill_old: bool = False,
    limits: Limits,
    seed: int = 0,
    workers: int = 2,
    on_progress: OnProgress | None = None,
    stop: Stop | None = None,
) -> Repaired:
    """Change a plan as little as its changed Problem allows.

    Parameters
    ----------
    problem
        The Problem as it is now: absences, seats and rules changed.
    plan
        The plan people hold, legal or not.
    at_s
        Now: duties that report before it have begun and stay, and no such duty is given to anybody new.
    freeze_s
        Published duties that report before it stay too, but seats without a holder may still be given.
    most_changes
        How many people may change beyond those whom the Problem itself changes; None for any number.
    before
        The Problem that ``plan`` answered: holders of groups whose times or places moved count as changed.
    n_filled
        Shortage levels that are filled before changes are counted.
    fill_old
        Fill what ``plan`` left empty under ``before`` as well, whomever that moves; else those seats come after the
        people, and the first levels (``newly_short_0``) count the other seats alone.
    limits, seed, workers, on_progress, stop
        As in ``solve``.

    Returns
    -------
    Repaired
        Levels ``frozen_lost`` (where there is a freeze line), the first shortages, ``changed`` (people), the other
        shortages, ``near`` (changed duties by nearness), ``costs``; and the list of changes.
    """
    began = time.monotonic()
    linear = build(problem)
    settings: dict[str, object] = {
        "seed": seed, "workers": workers, "seconds": limits.seconds, "work": limits.work, "duties": linear.n_x,
        "method": "repair",
    }  # fmt: skip
    if linear.faults:
        note = "Proven impossible: " + " ".join(linear.faults[:3])
        return Repaired(Status.INFEASIBLE, None, seconds=time.monotonic() - began, settings=settings, note=note)
    n_filled = max(0, min(n_filled, len(linear.levels) - 1))
    first = counted(linear, n_filled)
    empty = np.zeros(len(problem.groups), dtype=np.int64)
    if not fill_old:
        empty[first] = empty_before(problem, plan, before)[first]
    needs = np.zeros_like(empty)
    needs[first] = [max(0, problem.groups[g].need - empty[g]) for g in first]
    if empty.any():
        linear = count_news(linear, empty, n_filled)
    ground = lay(linear, plan, at_s=at_s, freeze_s=freeze_s, before=before, needs=needs)
    search = Search(
        ground, needs, n_filled=n_filled, most=most_changes, limits=limits, seed=seed, workers=workers, began=began,
        on_progress=on_progress, stop=stop,
    )  # fmt: skip
    search.run()
    if on_progress is not None:
        on_progress(Progress("repair", "done", "", None, None, time.monotonic() - began))
    return _outcome(search, plan, before, settings)


def _outcome(
    search: Search, plan: RosterPlan, before: Problem | None, settings: dict[str, object]
) -> Repaired:
    seconds = time.monotonic() - search.began
    if search.best is None:
        if search.infeasible:
            cap = "" if search.most is None else f" with at most {search.most} more people changed"
            note = f"Proven impossible{cap}: the hard rules contradict each other, whatever seats stay empty."
            return Repaired(Status.INFEASIBLE, None, seconds=seconds, settings=settings, note=note)
        note = "Stopped at the limit without a plan. That does not mean none exists."
        return Repaired(Status.UNKNOWN, None, seconds=seconds, settings=settings, note=note)
    levels, open_yet = [], False
    for (name, unit), value, bound in zip(search.names, search.value, search.bound, strict=True):
        proven = value <= bound
        levels.append(Level(name, unit, value, min(bound, value), proven, conditional=open_yet))
        open_yet |= not proven
    linear = search.ground.linear
    made = seats_of(linear, search.best, plan.duties)
    found = changes_of(linear, search.ground, plan, search.best, before)
    status = Status.FEASIBLE if open_yet else Status.OPTIMAL
    note = _note(found, any(level.name == "changed" and level.proven for level in levels))
    return Repaired(status, made, tuple(levels), seconds, settings, note, found)


def _note(found: tuple[Change, ...], proven: bool) -> str:
    n, forced = len(found), sum(change.forced for change in found)
    if not n:
        return "Nobody's duties change."
    people = f"{n} {'person changes' if n == 1 else 'people change'}, {forced} of them in any case"
    least = "; fewer is proven impossible" if proven else "; whether fewer would do is not proven"
    return f"{people}{least}."


def changes_of(
    linear: Linear, ground: Ground, plan: RosterPlan, x: Ints, before: Problem | None
) -> tuple[Change, ...]:
    """Changes of the duties ``x`` against the plan, nearest first, then by person."""
    problem = linear.problem
    now: dict[str, set[str]] = {}
    for i in x.nonzero()[0]:
        name = problem.people[int(linear.x_person[i])].id
        now.setdefault(name, set()).add(problem.groups[int(linear.x_group[i])].id)
    old: dict[str, set[str]] = {}
    for duty in plan.duties:
        old.setdefault(duty.person, set()).add(duty.group)
    moved = {group.id for group, its in zip(problem.groups, ground.moved, strict=True) if its}
    forced = {person.id for person, its in zip(problem.people, ground.forced, strict=True) if its}
    known = {person.id for person in problem.people}
    times: dict[str, list[int]] = {}
    for group in (*(before.groups if before else ()), *problem.groups):
        times.setdefault(group.id, []).append(group.report_s)
    found = []
    for name in sorted(set(now) | set(old)):
        had, has = old.get(name, set()), now.get(name, set())
        left, taken, shifted = had - has, has - had, had & has & moved
        if left or taken or shifted:
            first = min((t for g in left | taken | shifted for t in times.get(g, ())), default=None)
            found.append(
                Change(
                    name, tuple(sorted(left)), tuple(sorted(taken)), tuple(sorted(shifted)),
                    forced=name in forced or name not in known, first_s=first,
                )
            )  # fmt: skip
    late = max((t for its in times.values() for t in its), default=0) + 1
    return tuple(sorted(found, key=lambda c: (late if c.first_s is None else c.first_s, c.person)))

