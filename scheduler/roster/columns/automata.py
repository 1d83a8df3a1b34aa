"""Small automata along one person's time: what blocks what, and step rules.

Each numbers its states anew in every layer and hands over tables, so that the product of all of them is built with
array arithmetic. A layer is one *role* (seat groups that are the same to this person); it is skipped or taken.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from scheduler.roster.forms import NO
from scheduler.roster.linear import Ints
from scheduler.roster.problem import Problem
from scheduler.roster.rules import ActiveRule

NEVER = -1
"""In transition tables: this state cannot take the role."""


@dataclass(frozen=True)
class Moves:
    """From the states before a layer to those after it.

    Attributes
    ----------
    skip, take : int64 [n_before]
        State after, ``NEVER`` where not allowed.
    skip_cost, take_cost : int64 [n_before]
    n_after : int
    """

    skip: Ints
    take: Ints
    skip_cost: Ints
    take_cost: Ints
    n_after: int


class Automaton(Protocol):
    """What the graph builder asks."""

    def advance(self, i: int) -> Moves:
        """Pass layer ``i``; layers are asked in order, once each."""

    def finish(self) -> Ints:
        """Cost of ending in each state, ``NEVER`` where that is forbidden."""


def _tables(rows: list[tuple[Hashable | None, int, Hashable | None, int]]) -> tuple[Moves, list[Any]]:
    """Number the states after; a row is (skip state, cost, take state, cost), None where not allowed."""
    known: dict[Hashable, int] = {}
    out = np.zeros((4, len(rows)), dtype=np.int64)
    for k, (skipped, skip_cost, taken, take_cost) in enumerate(rows):
        out[0, k] = NEVER if skipped is None else known.setdefault(skipped, len(known))
        out[1, k] = NEVER if taken is None else known.setdefault(taken, len(known))
        out[2, k], out[3, k] = skip_cost, take_cost
    return Moves(out[0], out[1], out[2], out[3], len(known)), list(known)


class Blocked:
    """Which later roles what was taken excludes; bit 0 is the layer at hand."""

    def __init__(self, ahead: Sequence[int]) -> None:
        self.ahead = ahead  # for each role, the later ones it excludes, as bits counted from itself
        self.states: list[int] = [0]

    def advance(self, i: int) -> Moves:
        """One role later."""
        rows: list[tuple[Hashable | None, int, Hashable | None, int]] = [
            (mask >> 1, 0, None if mask & 1 else (mask | self.ahead[i]) >> 1, 0) for mask in self.states
        ]
        moves, states = _tables(rows)
        self.states = states
        return moves

    def finish(self) -> Ints:
        """Any state may end."""
        return np.zeros(len(self.states), dtype=np.int64)


class Steps:
    """What a step rule says of each state and duty, found out once for everybody under one setting.

    States are numbered as they are met; a state's number stands for it in all arrays.
    """

    def __init__(self, problem: Problem, rule: ActiveRule) -> None:
        self.problem, self.rule = problem, rule
        self.module, self.params = rule.rule.module, rule.params
        self.states: list[Any] = []
        self._number: dict[tuple[Hashable], int] = {}
        self._known: dict[Any, Ints] = {}

    def number(self, state: Hashable) -> int:
        """The number of a state."""
        at = self._number.setdefault((state,), len(self.states))
        if at == len(self.states):
            self.states.append(state)
        return at

    def moves(self, duty: Any, ids: Ints) -> Ints:
        """State after waiting, its cost, state after the duty, its cost: int64 ``[4, n]``, ``NEVER`` = not allowed.

        ``ids`` int64 ``[n]`` ascending.
        """
        known = self._known.get(duty)
        if known is None:
            known = np.empty((5, 0), dtype=np.int64)
        at = np.searchsorted(known[0], ids)
        there = at < known.shape[1]
        there[there] = known[0][at[there]] == ids[there]
        if not there.all():
            fresh = [(int(i), *self._ask(duty, self.states[int(i)])) for i in ids[~there]]
            known = np.concatenate([known, np.array(fresh, dtype=np.int64).T], axis=1)
            known = known[:, np.argsort(known[0], kind="stable")]
            self._known[duty] = known
            at = np.searchsorted(known[0], ids)
        found: Ints = known[1:, at]
        return found

    def _ask(self, duty: Any, state: Any) -> tuple[int, int, int, int]:
        """Time passes up to the duty's report; then it is skipped or taken."""
        waited, amount = self.module.step(self.problem, self.params, state, duty.report_s, None)
        passed = self.priced(amount)
        if passed is None:
            return NEVER, 0, NEVER, 0
        after, more = self.module.step(self.problem, self.params, waited, duty.report_s, duty)
        paid = self.priced(more)
        taken = (NEVER, 0) if paid is None else (self.number(after), passed + paid)
        return self.number(waited), passed, *taken

    def priced(self, amount: int) -> int | None:
        """What an amount costs; None where it must not be."""
        if amount == NO or (self.rule.hard and amount > 0):
            return None
        return amount * self.rule.price if amount else 0


class Stepped:
    """A step rule along one person's duties, begun from that person's history."""

    def __init__(self, steps: Steps, person: int, duties: Sequence[Any]) -> None:
        self.steps, self.duties = steps, duties
        self.ids: Ints = np.array([steps.number(steps.module.start(steps.problem, steps.params, person))])

    def advance(self, i: int) -> Moves:
        """One role later."""
        skip, skip_cost, take, take_cost = self.steps.moves(self.duties[i], self.ids)
        after = np.unique(np.concatenate([skip, take]))
        self.ids = after[after >= 0]
        return Moves(_at(self.ids, skip), _at(self.ids, take), skip_cost, take_cost, len(self.ids))

    def finish(self) -> Ints:
        """What is due at the end."""
        steps = self.steps
        if not hasattr(steps.module, "end"):
            return np.zeros(len(self.ids), dtype=np.int64)
        states = [steps.states[k] for k in self.ids.tolist()]
        due = [steps.priced(steps.module.end(steps.problem, steps.params, state)) for state in states]
        return np.array([NEVER if cost is None else cost for cost in due], dtype=np.int64)


def _at(ids: Ints, which: Ints) -> Ints:
    """Where numbers stand among ``ids``; ``NEVER`` stays."""
    return np.where(which < 0, NEVER, np.searchsorted(ids, which))
