"""People who are the same to a rule: a ``fits`` rule is asked once for each kind of person, not for each person.

Which people are the same is not listed anywhere: while a rule is asked, what it reads of a person is written down, and
people who agree in all of that are of one kind. A rule that reads the id is asked for everybody.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Hashable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scheduler.roster.problem import Person, Problem


class _Watched:
    """A person that notes which of its fields are read."""

    __slots__ = ("_person", "_read")

    def __init__(self, person: Person, read: set[str]) -> None:
        self._person = person
        self._read = read

    def __getattr__(self, name: str) -> Any:
        self._read.add(name)
        return getattr(self._person, name)


def _hashable(value: Any) -> Hashable:
    if isinstance(value, Mapping):
        return tuple(sorted(value.items()))
    result: Hashable = value
    return result


def with_people(problem: Problem, people: tuple[Any, ...]) -> Problem:
    """The Problem with other people, unchecked: only for asking rules that look at each person alone."""
    view = copy.copy(problem)
    object.__setattr__(view, "people", people)
    return view


def by_kind(
    problem: Problem, fits: Callable[[Problem, Any], NDArray[np.int32]], params: Any
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Ask a ``fits`` form once for each kind of person.

    Parameters
    ----------
    fits, params
        The form and its parameters; a row of its table depends on that row's person alone.

    Returns
    -------
    tuple
        Amounts in the smallest integers that hold them, ``[n_kinds, n_groups]``, and int32 ``[n_people]`` the kind
        of each person.
    """
    people = problem.people
    read: set[str] = set()
    kind_of = np.zeros(len(people), dtype=np.int32)
    lead = [0] if people else []
    while True:
        before = set(read)
        watched: tuple[Any, ...] = tuple(_Watched(people[p], read) for p in lead)
        table = np.asarray(fits(with_people(problem, watched), params))
        if read == before:
            return _narrow(table.reshape(len(lead), len(problem.groups))), kind_of
        names = sorted(read)
        known: dict[Hashable, int] = {}
        lead = []
        for p, person in enumerate(people):
            key = tuple(_hashable(getattr(person, name)) for name in names)
            kind = known.setdefault(key, len(known))
            if kind == len(lead):
                lead.append(p)
            kind_of[p] = kind


def _narrow(table: NDArray[Any]) -> NDArray[Any]:
    least, most = int(table.min(initial=0)), int(table.max(initial=0))
    for small in (np.int8, np.int16, np.int32):
        if np.iinfo(small).min <= least and most <= np.iinfo(small).max:
            return table.astype(small)
    return table.astype(np.int64)
