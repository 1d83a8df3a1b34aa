"""Everyone who can serve: named people, and numbered places of units that are given as numbers only."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from scenarios.schema import Person, Scenario
from scenarios.spans import with_number

HOUR_S = 3600


@dataclass(frozen=True)
class Staff:
    """The scenario's people in file order, then numbered places in order of units.

    ``numbered`` holds the ids of places whose names are not known yet.
    """

    scenario: Scenario
    people: tuple[Person, ...]
    numbered: frozenset[str]

    @cached_property
    def index(self) -> dict[str, int]:
        """Row of each person id."""
        return {person.id: k for k, person in enumerate(self.people)}

    @cached_property
    def qualified(self) -> dict[str, tuple[tuple[str, int, int], ...]]:
        """Person id -> (qualification, from, until) in seconds."""
        found: dict[str, list[tuple[str, int, int]]] = defaultdict(list)
        for row in self.scenario.qualifications:
            found[row.person].append(
                (
                    row.qualification,
                    self.scenario.seconds(row.valid_from),
                    self.scenario.seconds(row.valid_until),
                )
            )
        return {person: tuple(rows) for person, rows in found.items()}

    @cached_property
    def present(self) -> NDArray[np.bool_]:
        """Bool ``[n_people, n_hours]``: not absent for the whole of that hour of the horizon.

        An hour in which someone is away for a part only counts as present, so that strength is never
        underestimated.
        """
        n_hours = -(-self.scenario.horizon_s // HOUR_S)
        here = np.ones((len(self.people), n_hours), dtype=np.bool_)
        for row in self.scenario.absences:
            start, end = self.scenario.seconds(row.start), self.scenario.seconds(row.end)
            first, last = max(0, -(-start // HOUR_S)), min(n_hours, end // HOUR_S)
            if last > first:
                here[self.index[row.person], first:last] = False
        return here

    def eligible(
        self,
        categories: tuple[str, ...] = (),
        qualifications: tuple[str, ...] = (),
        rank_min: str | None = None,
        units: tuple[str, ...] = (),
    ) -> NDArray[np.bool_]:
        """Bool ``[n_people]``: who may sit in a seat that asks for this (dates of proofs left aside)."""
        key = (tuple(categories), tuple(qualifications), rank_min, tuple(units))
        if key not in self._found:
            found = np.ones(len(self.people), dtype=np.bool_)
            if categories:
                found &= np.isin(self._columns["category"], list(categories))
            if units:
                found &= np.isin(self._columns["unit"], list(units))
            if rank_min is not None:
                found &= self._rank >= self.scenario.ranks.index(rank_min)
            for proof in qualifications:
                found &= self._holds(proof)
            found.setflags(write=False)  # shared by everyone who asks the same
            self._found[key] = found
        return self._found[key]

    @cached_property
    def _found(self) -> dict[tuple[object, ...], NDArray[np.bool_]]:
        return {}

    @cached_property
    def _columns(self) -> dict[str, NDArray[np.str_]]:
        return {
            "category": np.array([p.category for p in self.people], dtype=np.str_),
            "unit": np.array([p.unit for p in self.people], dtype=np.str_),
        }

    @cached_property
    def _rank(self) -> NDArray[np.int64]:
        place = {rank: k for k, rank in enumerate(self.scenario.ranks)}
        return np.array([place[p.rank] for p in self.people], dtype=np.int64)

    @cached_property
    def _holders(self) -> dict[str, set[str]]:
        held: dict[str, set[str]] = defaultdict(set)
        for row in self.scenario.qualifications:
            held[row.qualification].add(row.person)
        return held

    def _holds(self, proof: str) -> NDArray[np.bool_]:
        held = self._holders.get(proof, set())
        return np.array([p.id in held or p.id in self.numbered for p in self.people], dtype=np.bool_)


def staff_of(scenario: Scenario) -> Staff:
    """Named people plus one numbered place for each head of a unit that gives its strength as numbers.

    Named people count towards the number: a unit of ``sworn:6`` with two names has four numbered places,
    at every rank and with every qualification assumed: ``vedette request`` says which the roster took, and it is
    checked when the name binds.
    """
    people = list(scenario.people)
    numbered: set[str] = set()
    named: dict[tuple[str, str], int] = defaultdict(int)
    for person in people:
        named[person.unit, person.category] += 1
    for unit in scenario.units:
        for entry in unit.strength:
            category, number = with_number(entry)
            for k in range(named[unit.id, category], number):
                ident = f"{unit.id}-{category}-{k + 1:03d}"
                numbered.add(ident)
                people.append(
                    Person(id=ident, name=f"{unit.name} {category} {k + 1}", unit=unit.id,
                           category=category, rank=scenario.ranks[-1])
                )
    return Staff(scenario, tuple(people), frozenset(numbered))
