"""Local days for the checks of rules that count days, on arithmetic of their own: forms use ``day_walk``."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from scheduler.roster.problem import Problem


def date(problem: Problem, t_s: int) -> int:
    """Position of the local day in which ``t_s`` lies."""
    return sum(1 for begins_s in problem.days if begins_s <= t_s) - 1


def planned(problem: Problem, groups: Iterable[int]) -> dict[int, list[str]]:
    """Ids of the duties of each local day, by the day their time on post begins."""
    found: dict[int, list[str]] = {}
    for g in groups:
        found.setdefault(date(problem, problem.groups[g].start_s), []).append(problem.groups[g].id)
    return found


def before(problem: Problem, person: int) -> set[int]:
    """Days worked before the plan, as far as they are known: nobody knows which day lies before the first."""
    return {date(problem, worked.start_s) for worked in problem.people[person].worked} - {-1}


def horizon(problem: Problem) -> range:
    """The days that the plan decides about."""
    starts = [group.start_s for group in problem.groups]
    return range(
        date(problem, min([0, *starts])), date(problem, max([problem.horizon_s - 1, *starts])) + 1
    )


def runs(days: range, on: set[int]) -> list[tuple[bool, int, int]]:
    """Runs of like days as (on, first day, day after the last)."""
    found = []
    for flag, part in groupby(days, key=lambda day: day in on):
        held = list(part)
        found.append((flag, held[0], held[-1] + 1))
    return found


def midnight(problem: Problem, day: int) -> int:
    """When the day begins, in seconds since the horizon's start; the end of the last one for the day after."""
    return problem.days[min(day, len(problem.days) - 1)]
