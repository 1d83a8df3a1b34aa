"""The linear system as a CP-SAT model: the whole of it, or only a window around a plan at hand.

One door of well-named variables: ``x`` for the duties that are free, integers for all others. Levels come out as
linear expressions; what stays fixed enters as constants, so that a window's value is the merged plan's.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model

from scheduler.roster.forms import NO, Stint
from scheduler.roster.linear import Ints, Linear, Rows, StepRule, walk_groups


class RosterModel:
    """CP-SAT model of a Linear system.

    Parameters
    ----------
    linear
        The system.
    fixed
        int ``[n_x]`` plan whose duties outside ``free`` stay as they are.
    free
        bool ``[n_x]`` duties to decide; None for all.
    """

    def __init__(
        self, linear: Linear, fixed: Ints | None = None, free: NDArray[np.bool_] | None = None
    ) -> None:
        self.linear = linear
        self.model = cp_model.CpModel()
        n_x = linear.n_x
        self.free = np.ones(n_x, dtype=bool) if free is None else free.copy()
        self.fixed = np.zeros(n_x, dtype=np.int64) if fixed is None else fixed.astype(np.int64)
        self._drop_blocked()
        outside = np.where(self.free, 0, self.fixed)
        self.base = linear.columns(outside)
        n = len(self.base)
        self.var: list[Any] = [None] * n
        self.own = np.ones(n, dtype=bool)  # False where a counter is just the one duty it counts
        self.low_of = self.base.copy()
        self.high_of = self.base.copy()
        self.terms: list[list[tuple[Any, int]]] = [[] for _ in linear.levels]
        self.constant = [int(v) for v in linear.cost @ outside]
        self._duties()
        self._counters()
        self._teams()
        self.live = np.array([c for c, var in enumerate(self.var) if var is not None], dtype=np.int64)
        self._cliques()
        self._hard(linear.hard)
        self._soft(linear.soft)
        self._pairs()
        for step in linear.steps:
            self._step(step)

    def _drop_blocked(self) -> None:
        """Duties excluded by one that stays fixed are not free."""
        if self.free.all():
            return
        linear = self.linear
        held = linear.columns(np.where(self.free, 0, self.fixed))
        full = linear.cliques[:, : len(held)] @ held > 0
        if not full.any():
            return
        in_full = np.asarray(linear.cliques[full].sum(axis=0)).ravel() > 0
        x_blocked = in_full[: linear.n_x].copy()
        n_c = linear.counters.shape[0]
        blocked_counter = in_full[linear.n_x : linear.n_x + n_c].astype(np.int64)
        x_blocked |= (linear.counters.T @ blocked_counter) > 0
        self.free &= ~x_blocked

    def _duties(self) -> None:
        linear = self.linear
        for i in np.nonzero(self.free)[0]:
            var = self.model.new_bool_var("")
            self.var[i] = var
            self.low_of[i], self.high_of[i] = 0, 1
            for k in range(linear.n_levels):
                if linear.cost[k, i]:
                    self.terms[k].append((var, int(linear.cost[k, i])))
        for i in linear.forced:
            if self.free[i]:
                self.model.add(self.var[i] == 1)

    def _counters(self) -> None:
        linear = self.linear
        rows = linear.counters[:, self.free]
        index = np.nonzero(self.free)[0]
        for c in np.nonzero(np.diff(rows.indptr))[0]:
            members = [self.var[index[j]] for j in rows.indices[rows.indptr[c] : rows.indptr[c + 1]]]
            column = linear.n_x + int(c)
            base = int(self.base[column])
            if base == 0 and len(members) == 1 and linear.counter_most[c] >= 1:
                self.var[column], self.high_of[column] = members[0], 1
                self.own[column] = False
                continue
            top = min(int(linear.counter_most[c]), base + len(members))
            if base == 0 and top == 1:
                var: Any = self.model.new_bool_var("")
            else:
                var = self.model.new_int_var(base, max(base, top), "")
            self.model.add(cp_model.LinearExpr.sum(members) + base == var)
            self.var[column] = var
            self.low_of[column], self.high_of[column] = base, max(base, top)

    def _teams(self) -> None:
        linear = self.linear
        first = linear.n_x + linear.counters.shape[0]
        for t, members in enumerate(linear.teams):
            if any(self.var[linear.n_x + c] is not None for c, _ in members):
                self.var[first + t] = self.model.new_bool_var("")
                self.low_of[first + t], self.high_of[first + t] = 0, 1

    def _cliques(self) -> None:
        matrix = self.linear.cliques[:, self.live]
        held = self.linear.cliques @ np.where(self.low_of > 0, 1, 0) > 0
        for r in np.nonzero(np.diff(matrix.indptr))[0]:
            columns = self.live[matrix.indices[matrix.indptr[r] : matrix.indptr[r + 1]]]
            if held[r]:
                for c in columns:
                    if self.low_of[c] == 0:
                        self.model.add(self.var[c] == 0)
            elif len(columns) > 1:
                self.model.add_at_most_one([self.var[c] for c in columns])

    def _parts(self, rows: Rows) -> tuple[Any, Ints, Ints, Ints]:
        """Live columns of the rows, and for each row its constant, least and greatest value."""
        fixed = self.base.copy()
        fixed[self.live] = 0
        plus, minus = rows.matrix.maximum(0), rows.matrix.minimum(0)
        least = plus @ self.low_of + minus @ self.high_of
        greatest = plus @ self.high_of + minus @ self.low_of
        return rows.matrix[:, self.live], rows.matrix @ fixed, least, greatest

    def _cells(self, matrix: Any, r: int) -> tuple[list[int], list[int]]:
        part = slice(matrix.indptr[r], matrix.indptr[r + 1])
        return self.live[matrix.indices[part]].tolist(), matrix.data[part].tolist()

    def _hard(self, rows: Rows) -> None:
        matrix, constant, least, greatest = self._parts(rows)
        tight = (np.diff(matrix.indptr) > 0) & ((least < rows.low) | (greatest > rows.high))
        for r in np.nonzero(tight)[0]:
            columns, factors = self._cells(matrix, int(r))
            value = cp_model.LinearExpr.weighted_sum([self.var[c] for c in columns], factors)
            if least[r] < rows.low[r]:
                self.model.add(value >= int(rows.low[r] - constant[r]))
            if greatest[r] > rows.high[r]:
                self.model.add(value <= int(rows.high[r] - constant[r]))

    def _soft(self, rows: Rows) -> None:
        matrix, constant, least, greatest = self._parts(rows)
        live = np.diff(matrix.indptr) > 0
        off = np.maximum(0, np.maximum(rows.low - constant, constant - rows.high))
        off = np.where(rows.once, np.minimum(off, 1), off) * rows.price
        for k in range(self.linear.n_levels):
            self.constant[k] += int(off[~live & (rows.level == k)].sum())
        for r in np.nonzero(live & ((least < rows.low) | (greatest > rows.high)))[0]:
            columns, factors = self._cells(matrix, int(r))
            variables = [self.var[c] for c in columns]
            value = cp_model.LinearExpr.weighted_sum(variables, factors) + int(constant[r])
            low, high, price = int(rows.low[r]), int(rows.high[r]), int(rows.price[r])
            level, once = int(rows.level[r]), bool(rows.once[r])
            if least[r] < low:
                self._short(value, low, low - int(least[r]), price, level, once)
            if greatest[r] > high:
                plain = once and high == constant[r] == 0 and set(factors) == {1}
                if plain and all(self.high_of[c] <= 1 for c in columns):
                    some = self.model.new_bool_var("")
                    for var in variables:
                        self.model.add_implication(var, some)
                    self.terms[level].append((some, price))
                else:
                    self._short(-value, -high, int(greatest[r]) - high, price, level, once)

    def _short(self, value: Any, low: int, most: int, price: int, level: int, once: bool) -> None:
        if once:
            missed = self.model.new_bool_var("")
            self.model.add(value + most * missed >= low)
        else:
            missed = self.model.new_int_var(0, most, "")
            self.model.add(value + missed >= low)
        self.terms[level].append((missed, price))

    def _pairs(self) -> None:
        linear = self.linear
        for (i, j), price, level in zip(
            linear.pairs.tolist(), linear.pair_price.tolist(), linear.pair_level.tolist(), strict=True
        ):
            a, b = self.var[i], self.var[j]
            if a is None and b is None:
                self.constant[level] += price * int(self.base[i] * self.base[j])
            elif a is None or b is None:
                if self.base[i] or self.base[j]:
                    self.terms[level].append((b if a is None else a, price))
            else:
                both = self.model.new_bool_var("")
                self.model.add_bool_or([~a, ~b, both])
                self.terms[level].append((both, price))

    def _step(self, step: StepRule) -> None:
        """Lay one person's states out in layers: one unit of flow goes from state to state, duty by duty."""
        linear, problem = self.linear, self.linear.problem
        module, params, hard = step.rule.rule.module, step.rule.params, step.rule.hard
        mine = np.nonzero(linear.x_person == step.person)[0]
        order = sorted(
            (int(i) for i in mine if self.free[i] or self.fixed[i]),
            key=lambda i: (
                problem.groups[linear.x_group[i]].report_s,
                problem.groups[linear.x_group[i]].release_s,
                int(linear.x_group[i]),
            ),
        )
        if not any(self.free[i] for i in order):
            groups = [int(linear.x_group[i]) for i in order]
            amount = walk_groups(problem, module, params, step.person, groups)
            if amount == NO or (hard and amount > 0):
                self.model.add_bool_or([])  # what is fixed breaks the rule, whatever is decided here
            elif not hard:
                self.constant[-1] += amount * step.rule.price
            return
        flow: dict[Hashable, Any] = {module.start(problem, params, step.person): 1}
        for i in order:
            duty = Stint.of_group(int(linear.x_group[i]), problem.groups[linear.x_group[i]])
            flow = self._layer(step, flow, duty, None, moves=(False,))
            if self.var[i] is None:
                flow = self._layer(step, flow, duty, duty, moves=(True,))
            else:
                flow = self._layer(step, flow, duty, duty, moves=(False, True), x=self.var[i])
        if hasattr(module, "end"):
            for state, literal in flow.items():
                self._charge(step, literal, module.end(problem, params, state))

    def _charge(self, step: StepRule, literal: Any, amount: int) -> bool:
        """Charge or forbid a move; True when it is allowed."""
        if amount == NO or (step.rule.hard and amount > 0):
            self.model.add(literal == 0)
            return False
        if amount > 0:
            price = step.rule.price * amount
            if isinstance(literal, int):
                self.constant[-1] += price * literal
            else:
                self.terms[-1].append((literal, price))
        return True

    def _layer(
        self,
        step: StepRule,
        flow: dict[Hashable, Any],
        at: Stint,
        duty: Stint | None,
        *,
        moves: tuple[bool, ...],
        x: Any = None,
    ) -> dict[Hashable, Any]:
        problem, module, params = self.linear.problem, step.rule.rule.module, step.rule.params
        after: dict[Hashable, list[Any]] = {}
        taken: list[Any] = []
        for state, literal in flow.items():
            if x is None:
                then = duty if moves == (True,) else None
                later, amount = module.step(problem, params, state, at.report_s, then)
                if self._charge(step, literal, amount):
                    after.setdefault(later, []).append(literal)
                continue
            later, amount = module.step(problem, params, state, at.report_s, duty)
            if amount == NO or (step.rule.hard and amount > 0):
                self.model.add(literal + x <= 1)
                after.setdefault(state, []).append(literal)
                continue
            take, skip = self.model.new_bool_var(""), self.model.new_bool_var("")
            self.model.add(take + skip == literal)
            taken.append(take)
            self._charge(step, take, amount)
            after.setdefault(later, []).append(take)
            after.setdefault(state, []).append(skip)
        if x is not None:
            self.model.add(cp_model.LinearExpr.sum(taken) == x if taken else x == 0)
        joined: dict[Hashable, Any] = {}
        for state, parts in after.items():
            if len(parts) == 1:
                joined[state] = parts[0]
            else:
                joined[state] = self.model.new_bool_var("")
                self.model.add(sum(parts) == joined[state])
        return joined

    def level(self, k: int) -> Any:
        """Level ``k`` as an expression."""
        variables = [var for var, _ in self.terms[k]]
        factors = [factor for _, factor in self.terms[k]]
        return cp_model.LinearExpr.weighted_sum(variables, factors) + self.constant[k]

    def level_least(self, k: int) -> int:
        """What level ``k`` costs at least, whatever is decided here."""
        return self.constant[k]

    def level_most(self, k: int) -> int:
        """An upper limit of level ``k``."""
        return self.constant[k] + sum(
            factor * (1 if var.is_boolean else int(var.proto.domain[-1]))
            for var, factor in self.terms[k]
        )

    def hint(self, x: Ints) -> None:
        """Give a plan as a start."""
        columns = self.linear.columns(x)
        self.model.clear_hints()
        for c in self.live:
            if c < self.linear.n_x or self.own[c]:
                self.model.add_hint(self.var[c], int(columns[c]))

    def read(self, value: Any) -> Ints:
        """Duties of the merged plan; ``value`` reads a variable."""
        x = np.where(self.free, 0, self.fixed)
        for i in np.nonzero(self.free)[0]:
            x[i] = int(value(self.var[i]))
        return x
