"""Plain arithmetic on duty lists for the rules' checks: nothing here is used by a form or a model."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from scheduler.roster.problem import Problem


def minutes(seconds: int) -> int:
    """Whole minutes, rounded up; 0 for nothing or less."""
    return max(0, math.ceil(seconds / 60))


def cuts(problem: Problem, groups: Iterable[int]) -> list[tuple[int, int]]:
    """The pieces of time between neighbouring starts and ends of these groups' spans."""
    times: set[int] = set()
    for g in groups:
        times.add(problem.groups[g].start_s)
        times.add(problem.groups[g].end_s)
    ordered = sorted(times)
    return [(ordered[i], ordered[i + 1]) for i in range(len(ordered) - 1)]


def standing(
    problem: Problem, duties: Iterable[tuple[int, Iterable[int]]], start_s: int, end_s: int
) -> Iterator[tuple[int, int]]:
    """(person, group) of all who stand on post during the whole of ``[start_s, end_s)``."""
    for person, groups in duties:
        for g in groups:
            group = problem.groups[g]
            if group.start_s <= start_s and end_s <= group.end_s:
                yield person, g
