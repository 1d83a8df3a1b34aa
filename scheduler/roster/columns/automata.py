"""Small automata along one person's time: what blocks what, step rules, and sums over personal rows.

Each numbers its states anew in every layer and hands over tables, so that the product of all of them is built with
array arithmetic. A layer is one *role* (seat groups that are the same to this person); it is skipped or taken.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from scheduler.roster.columns.split import PersonalRow
from scheduler.roster.columns.sum_kernels import AFTER, AT_LAST, BEFORE, INSIDE, sum_moves
from scheduler.roster.forms import NO, Stint
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


class Stepped:
    """A step rule: states of one setting, started from one person's history."""

    def __init__(self, problem: Problem, rule: ActiveRule, person: int, duties: Sequence[Stint]) -> None:
        self.problem, self.rule, self.duties = problem, rule, duties
        self.module, self.params = rule.rule.module, rule.params
        self.states: list[Any] = [self.module.start(problem, self.params, person)]

    def _priced(self, amount: int) -> int | None:
        if amount == NO or (self.rule.hard and amount > 0):
            return None
        return amount * self.rule.price if amount else 0

    def advance(self, i: int) -> Moves:
        """Time passes up to the role's report; then it is skipped or taken."""
        duty = self.duties[i]
        rows: list[tuple[Hashable | None, int, Hashable | None, int]] = []
        for state in self.states:
            waited, amount = self.module.step(self.problem, self.params, state, duty.report_s, None)
            passed = self._priced(amount)
            if passed is None:
                rows.append((None, 0, None, 0))
                continue
            after, more = self.module.step(self.problem, self.params, waited, duty.report_s, duty)
            paid = self._priced(more)
            # states are wrapped, since a rule's own state may be None
            taken = (None, 0) if paid is None else ((after,), passed + paid)
            rows.append(((waited,), passed, *taken))
        moves, states = _tables(rows)
        self.states = [state for (state,) in states]
        return moves

    def finish(self) -> Ints:
        """What is due at the end."""
        if not hasattr(self.module, "end"):
            return np.zeros(len(self.states), dtype=np.int64)
        due = [self._priced(self.module.end(self.problem, self.params, state)) for state in self.states]
        return np.array([NEVER if cost is None else cost for cost in due], dtype=np.int64)



class Summed:
    """A personal row as a running sum, kept from its first role to its last; what is too much is charged at once."""

    def __init__(self, row: PersonalRow, coefs: Sequence[int]) -> None:
        self.row, self.coefs = row, coefs
        used = [i for i, coef in enumerate(coefs) if coef]
        self.first, self.last = (used[0], used[-1]) if used else (0, -1)
        wide = np.array([*coefs, 0], dtype=np.int64)
        self.up = np.cumsum(np.maximum(wide, 0)[::-1])[::-1].tolist()  # what is still to come may add
        self.down = np.cumsum(np.minimum(wide, 0)[::-1])[::-1].tolist()  # and may take away
        self.rising = self.down[0] == 0
        self.states: Ints = np.zeros(1, dtype=np.int64)

    def advance(self, i: int) -> Moves:
        """Add the role's part, and settle after the last one."""
        row, n = self.row, len(self.states)
        where = BEFORE if i < self.first else INSIDE if i < self.last else AT_LAST if i == self.last else AFTER
        out = np.empty((4, n), dtype=np.int64)
        after = np.empty(2 * n, dtype=np.int64)
        kept = sum_moves(
            self.states, self.coefs[i], where, row.low, row.high, row.price, row.once, row.hard, self.rising,
            self.down[i + 1], self.up[i + 1], out, after,
        )  # fmt: skip
        self.states = after[:kept].copy()
        return Moves(out[0], out[1], out[2], out[3], kept)

    def finish(self) -> Ints:
        """Settled already, unless there was no role at all."""
        return np.zeros(len(self.states), dtype=np.int64)
