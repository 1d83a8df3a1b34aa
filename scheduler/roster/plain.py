"""Plain arithmetic on duty lists for the rules' checks: nothing here is used by a form or a model."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence

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


def holders(duties: Sequence[Iterable[int]], people: Iterable[int] | None = None) -> dict[int, list[int]]:
    """For each group the people who hold a seat of it, of all or of some people."""
    found: dict[int, list[int]] = {}
    for p in range(len(duties)) if people is None else people:
        for g in duties[p]:
            found.setdefault(g, []).append(p)
    return found


def moments(
    problem: Problem, groups: Iterable[int], held: Mapping[int, Iterable[int]]
) -> Iterator[tuple[int, int, list[tuple[int, int]]]]:
    """Each of the ``cuts`` of these groups with the (person, group) of all who stand on post during the whole of it.

    ``held`` says who holds seats of which group, as ``holders`` does.
    """
    mine = set(groups)
    pieces = cuts(problem, mine)
    begins = [begin for begin, _ in pieces]
    there: list[list[tuple[int, int]]] = [[] for _ in pieces]
    serving = sorted((p, g) for g in mine for p in held.get(g, ()))
    for p, g in serving:
        group = problem.groups[g]
        for k in range(bisect_left(begins, group.start_s), bisect_left(begins, group.end_s)):
            there[k].append((p, g))
    for (begin, finish), here in zip(pieces, there, strict=True):
        yield begin, finish, here
