"""Smallest sets of rules, seats and absences that counting alone shows to be too much, without a solver.

Seats of which nobody may hold two, by rules between duties that are kept, and too few people who may hold any of them,
by rules on one duty and absences that are kept. Who is refused by what is laid out once; a question is then a flow.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from scheduler.roster.explain.lift import Lift, clashes, fill_all
from scheduler.roster.forms import NO
from scheduler.roster.problem import Problem
from scheduler.roster.rules import ActiveRule, read_settings
from scheduler.roster.seats import seat_fits

Part = tuple[str, ...]
Bools = NDArray[np.bool_]


class Counting:
    """Who may hold which of some seats under which parts of a Problem.

    Parameters
    ----------
    problem
        As ``probe.bare`` makes it.
    lift
        Seats that lack people for certain, as ``lift.lifts`` finds them.
    """

    def __init__(self, problem: Problem, lift: Lift) -> None:
        names = set(lift.groups)
        self.groups = [g for g, group in enumerate(problem.groups) if group.id in names and group.need > 0]
        seats = tuple(problem.groups[g] for g in self.groups)
        small = replace(problem, groups=seats, pins=(), rules=())
        there = replace(small, people=tuple(replace(p, absences=()) if p.absences else p for p in small.people))
        self.need = np.array([group.need for group in seats], dtype=np.int64)
        self.can = seat_fits(small)
        self.parts: list[Part] = [("seats", group.id) for group in seats]
        self.refused: dict[Part, Bools] = {}
        self.refused_there: dict[Part, Bools] = {}
        self.apart: dict[Part, Bools] = {}
        for r, setting in enumerate(problem.rules):
            rule = read_settings([setting], len(problem.people))[0][0]
            part = ("rule", str(r))
            if rule.rule.form == "fits":
                self.refused[part], self.refused_there[part] = _refused(small, rule), _refused(there, rule)
            elif rule.rule.form == "follows" and rule.hard and len(rule.people) == len(problem.people):
                self.apart[part] = clashes(small, range(len(seats)), [rule])
        away = [p for p, person in enumerate(problem.people) if person.absences]
        self.person = {("absences", problem.people[p].id): p for p in away}
        self.parts += [*self.person, *self.refused, *self.apart]

    def too_much(self, parts: Collection[Part]) -> bool:
        """Whether these parts alone leave a seat empty in any roster; False says nothing."""
        kept = set(parts)
        mine = [k for k, part in enumerate(self.parts[: len(self.need)]) if part in kept]
        if not mine:
            return False
        apart = np.eye(len(self.need), dtype=bool)
        for part, table in self.apart.items():
            if part in kept:
                apart |= table
        if not apart[np.ix_(mine, mine)].all():
            return False
        free = [p for part, p in self.person.items() if part not in kept]
        can = self.can.copy()
        for part in self.refused:
            if part in kept:
                refused = self.refused[part].copy()
                refused[free] = self.refused_there[part][free]
                can &= ~refused
        return not fill_all(can[:, mine], self.need[mine])

    def smallest(self, parts: Sequence[Part]) -> list[Part] | None:
        """Parts of which none can be left out without the count being enough; None where it is enough with all."""
        kept = [part for part in parts if part in set(self.parts)]
        if not self.too_much(kept):
            return None
        size = max(1, len(kept) // 2)
        while True:
            at = 0
            while at < len(kept):
                rest = kept[:at] + kept[at + size :]
                if self.too_much(rest):
                    kept = rest
                else:
                    at += size
            if size == 1:
                return kept
            size = max(1, size // 2)


def _refused(problem: Problem, rule: ActiveRule) -> Bools:
    """Who is refused where, bool ``[n_people, n_groups]``."""
    amount = np.asarray(rule.rule.module.fits(problem, rule.params))
    refused = np.zeros(amount.shape, dtype=bool)
    people = list(rule.people)
    refused[people] = (amount[people] != 0) if rule.hard else (amount[people] == NO)
    return refused
