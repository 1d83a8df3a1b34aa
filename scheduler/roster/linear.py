"""A roster Problem and its rules as one integer linear system, built once and read by every solver part.

Columns are the duties ``x[person, group]`` (0 or 1, only where the rules allow any), then counters (how many of a
crowd serve in a group, or whether a person serves in any of a bundle of like groups), then one switch per team. Hard
rows, soft rows with prices, exclusive sets (at most one), priced pairs and step rules stand on them. The whole
model, every neighbourhood, the bound and the cost of a given plan are all read from here, so that none can
say another thing than the rules do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scheduler.roster.duties import DutyIndex
from scheduler.roster.forms import NO, Stint
from scheduler.roster.problem import Problem
from scheduler.roster.rules import ActiveRule

BIG = 1 << 60
"""Stands for "no limit" in row limits; never enters arithmetic that could decide."""

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Rows:
    """Linear rows ``low <= matrix @ columns <= high``; soft ones are charged per unit outside."""

    matrix: Any
    low: Ints
    high: Ints
    price: Ints
    level: Ints
    once: NDArray[np.bool_]
    name: tuple[str, ...]

    @property
    def n(self) -> int:
        """Number of rows."""
        return len(self.low)

    def amounts(self, columns: Ints) -> Ints:
        """How far each row is outside its limits."""
        value = self.matrix @ columns
        off: Ints = np.maximum(0, np.maximum(self.low - value, value - self.high))
        return np.where(self.once, np.minimum(off, 1), off)


@dataclass(frozen=True)
class StepRule:
    """A step rule of one person, kept because it can really bind or cost."""

    rule: ActiveRule
    person: int


@dataclass(frozen=True)
class Whole:
    """All duties that are allowed, where the system holds only the likely ones.

    Attributes
    ----------
    allowed
        bool ``[n_people, n_groups]``.
    costs
        For each rule that prices duties: amounts ``[n_kinds, n_groups]``, the kind of each person (-1 for none), price.
    """

    allowed: NDArray[np.bool_]
    costs: tuple[tuple[NDArray[np.int32], NDArray[np.int32], int], ...]

    def cost_of(self, g: int) -> Ints:
        """What a group costs each person, int64 ``[n_people]``."""
        total = np.zeros(len(self.allowed), dtype=np.int64)
        for amount, kind_of, price in self.costs:
            total += np.where(kind_of >= 0, amount[:, g].astype(np.int64)[kind_of], 0) * price
        return total


@dataclass(frozen=True)
class Linear:
    """The system. ``n_x`` duties come first, then ``counters`` (rows of x), then ``teams`` switches."""

    problem: Problem
    active: tuple[ActiveRule, ...]
    levels: tuple[tuple[str, str], ...]
    x_person: NDArray[np.int32]
    x_group: NDArray[np.int32]
    x_of: DutyIndex
    counters: Any
    counter_most: Ints
    teams: tuple[tuple[tuple[int, int], ...], ...]
    cost: Ints
    hard: Rows
    soft: Rows
    cliques: Any
    pairs: Ints
    pair_price: Ints
    pair_level: Ints
    steps: tuple[StepRule, ...]
    conflict: dict[int, NDArray[np.bool_]]
    conflict_of: NDArray[np.int32]
    faults: tuple[str, ...] = ()
    forced: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, dtype=np.int32))
    whole: Whole | None = None

    @property
    def n_x(self) -> int:
        """Number of duty columns."""
        return len(self.x_person)

    @property
    def n_levels(self) -> int:
        """Number of objective levels."""
        return len(self.levels)

    def columns(self, x: Ints) -> Ints:
        """All columns from the duties alone."""
        count = self.counters @ x
        team = np.array(
            [all(count[c] >= need for c, need in members) for members in self.teams], dtype=np.int64
        )
        return np.concatenate([x, count, team]).astype(np.int64)

    def broken(self, x: Ints) -> int:
        """How many hard things a set of duties breaks (0: legal)."""
        columns = self.columns(x)
        n = int(np.count_nonzero(self.hard.amounts(columns)))
        # A group's most stands as the range of its counter, not as a row.
        n += int(np.count_nonzero(self.counters @ x > self.counter_most))
        n += int(np.count_nonzero(self.cliques @ columns > 1))
        if self.whole is not None:  # no exclusive sets are laid out for so many duties
            n += self._clashes(x)
        for step in self.steps:
            if step.rule.hard:
                amount = walk(self, step, x)
                n += amount == NO or amount > 0
        return n

    def _clashes(self, x: Ints) -> int:
        """Pairs of duties of one person that exclude each other."""
        n = 0
        for p in range(len(self.problem.people)):
            a, b = self.x_of.mine(p)
            held = self.x_group[a:b][x[a:b] > 0]
            if len(held) > 1:
                table = self.conflict[int(self.conflict_of[p])][np.ix_(held, held)]
                n += int(np.count_nonzero(np.triu(table, 1)))
        return n

    def value(self, x: Ints) -> tuple[int, ...]:
        """The objective of a set of duties, level by level."""
        columns = self.columns(x)
        total = self.cost @ x
        np.add.at(total, self.soft.level, self.soft.amounts(columns) * self.soft.price)
        if len(self.pairs):
            both = x[self.pairs[:, 0]] * x[self.pairs[:, 1]]
            np.add.at(total, self.pair_level, both * self.pair_price)
        for step in self.steps:
            if not step.rule.hard:
                total[-1] += walk(self, step, x) * step.rule.price
        return tuple(int(v) for v in total)


def walk(linear: Linear, step: StepRule, x: Ints) -> int:
    """Amount of a step rule along one person's duties, or NO."""
    problem, module, params = linear.problem, step.rule.rule.module, step.rule.params
    mine = np.nonzero(linear.x_person == step.person)[0]
    groups = [int(linear.x_group[i]) for i in mine if x[i]]
    return walk_groups(problem, module, params, step.person, groups)


def walk_groups(problem: Problem, module: Any, params: Any, person: int, groups: Sequence[int]) -> int:
    """Amount of a step rule along these groups (any order), or NO."""
    order = sorted(groups, key=lambda g: (problem.groups[g].report_s, problem.groups[g].release_s, g))
    state = module.start(problem, params, person)
    total = 0
    for g in order:
        duty = Stint.of_group(g, problem.groups[g])
        state, amount = module.step(problem, params, state, duty.report_s, None)
        if amount == NO:
            return NO
        total += amount
        state, amount = module.step(problem, params, state, duty.report_s, duty)
        if amount == NO:
            return NO
        total += amount
    if hasattr(module, "end"):
        amount = module.end(problem, params, state)
        total = NO if amount == NO else total + amount
    return total
