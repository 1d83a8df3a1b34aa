"""The restricted master problem: whole rosters of people as columns, linking rows, amounts, team switches.

Its dual values are kept in a box around the best multipliers so far (the boxstep method of Marsten, Hogan and
Blankenship, Operations Research 23, 1975), so that few rosters are needed for sensible prices. They are only
proposals: the bound is computed in integers elsewhere. One solver lives as long as the master: new rosters and moved
limits start from the last basis.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ortools.math_opt.python.mathopt import (  # type: ignore[attr-defined]
    Emphasis,
    IncrementalSolver,
    LPAlgorithm,
    Model,
    ModelSolveParameters,
    SolveParameters,
    SolverType,
    TerminationReason,
    VariableFilter,
)

from scheduler.roster.columns.split import Linking
from scheduler.roster.linear import Ints

Floats = NDArray[np.float64]

log = logging.getLogger(__name__)

_ASKED = ModelSolveParameters(
    reduced_costs_filter=VariableFilter(filtered_items=[]), variable_values_filter=VariableFilter(skip_zero_values=True)
)
"""Reading an answer costs more than finding it where all zeros come along."""

_STEPS = 1000
"""Simplex iterations between two looks at the clock."""

_DEAREST = 1e9
"""Greatest multiplier that is passed on, far beyond all prices: sums of them in whole 1/65536ths stay in range."""

_MOST_STEPS = 400_000
_CELLS_A_UNIT = 3_000_000.0
"""Rows gone through by simplex iterations that count as one unit of work (about a second)."""


@dataclass(frozen=True)
class Column:
    """One person's whole roster: duty columns, ascending, and what it costs on the last level."""

    person: int
    duties: tuple[int, ...]
    cost: int


@dataclass(frozen=True)
class Answer:
    """Dual values ``[m]`` (<= 0 for ``<=``), the weights of the columns, the value, and whether the box binds."""

    y: Floats
    weight: Floats
    value: float
    boxed: bool


class Master:
    """The restricted master problem of some people; what others do is in ``rhs`` already.

    ``work`` counts deterministic seconds spent in the simplex.
    """

    def __init__(self, linking: Linking, rhs: Ints, upper: Ints, cost: Ints, people: Iterable[int]) -> None:
        self.linking = linking
        self.columns: list[Column] = []
        self.at: dict[tuple[int, tuple[int, ...]], int] = {}
        self.work = 0.0
        self._of_x = linking.of_x
        self._model = Model()
        self._rows = [
            self._model.add_linear_constraint(lb=float(r) if same else -np.inf, ub=float(r))
            for r, same in zip(rhs, linking.equal, strict=True)
        ]
        self._one = {p: self._model.add_linear_constraint(lb=1.0, ub=1.0) for p in people}
        self._take: list[Any] = []
        self._number: dict[int, int] = {}
        of_a = linking.of_a.tocsc()
        for a in np.nonzero(upper > 0)[0].tolist():
            self._add(float(upper[a]), float(cost[a]), of_a, a)
        of_s = linking.of_s.tocsc()
        for s in range(of_s.shape[1]):
            self._add(1.0, 0.0, of_s, s)
        self._past, self._spare = [], []  # leaving the box on either side
        for row in self._rows:
            past, spare = self._model.add_variable(lb=0.0), self._model.add_variable(lb=0.0, ub=0.0)
            row.set_coefficient(past, -1.0)
            row.set_coefficient(spare, 1.0)
            self._past.append(past)
            self._spare.append(spare)
        self._leaving = {var.id for var in (*self._past, *self._spare)}
        self._solver: Any = None

    def _add(self, upper: float, cost: float, matrix: Any, j: int) -> None:
        var = self._model.add_variable(lb=0.0, ub=upper)
        self._model.objective.set_linear_coefficient(var, cost)
        part = slice(matrix.indptr[j], matrix.indptr[j + 1])
        for r, coef in zip(matrix.indices[part].tolist(), matrix.data[part].tolist(), strict=True):
            self._rows[r].set_coefficient(var, float(coef))

    def add(self, column: Column) -> bool:
        """Take a column in, unless it is there."""
        key = (column.person, column.duties)
        if key in self.at:
            return False
        self.at[key] = len(self.columns)
        self.columns.append(column)
        var = self._model.add_variable(lb=0.0)
        self._model.objective.set_linear_coefficient(var, float(column.cost))
        self._one[column.person].set_coefficient(var, 1.0)
        of_x, sums = self._of_x, dict[int, int]()
        for x in column.duties:
            part = slice(of_x.indptr[x], of_x.indptr[x + 1])
            for r, coef in zip(of_x.indices[part].tolist(), of_x.data[part].tolist(), strict=True):
                sums[r] = sums.get(r, 0) + coef
        for r, coef in sums.items():
            self._rows[r].set_coefficient(var, float(coef))
        self._number[var.id] = len(self._take)
        self._take.append(var)
        return True

    def bar(self, k: int, *, barred: bool = True) -> None:
        """Forbid a column, or allow it again."""
        self._take[k].upper_bound = 0.0 if barred else np.inf

    def solve(self, center: Floats, width: Floats, over: Callable[[], bool] = lambda: False) -> Answer | None:
        """Optimum with dual values in ``center +- width``; None when the time is over.

        Leaving the box costs: ``rhs`` may be overstepped at ``-(center - width)`` a unit, and slack is paid for
        at ``center + width`` where that is below 0.
        """
        objective = self._model.objective
        width = np.minimum(width, _DEAREST)
        for past, least in zip(self._past, (center - width).tolist(), strict=True):
            objective.set_linear_coefficient(past, -least)
        equal = self.linking.equal
        highest = np.where(equal, center + width, np.minimum(center + width, 0.0))
        for spare, most, same in zip(self._spare, highest.tolist(), equal.tolist(), strict=True):
            spare.upper_bound = np.inf if same or most < 0.0 else 0.0
            objective.set_linear_coefficient(spare, most)
        got = self._run(over)
        if got is None:
            return None
        duals = np.clip(np.nan_to_num(np.array(got.dual_values(self._rows))), -_DEAREST, _DEAREST)
        y = np.where(equal, duals, np.minimum(duals, 0.0))
        weight, out = np.zeros(len(self.columns)), 0.0
        for var, value in got.variable_values().items():
            k = self._number.get(var.id)
            if k is None:
                out = max(out, value if var.id in self._leaving else 0.0)
            else:
                weight[k] = value
        return Answer(y, weight, got.objective_value(), out > 1e-7)

    def _run(self, over: Callable[[], bool]) -> Any:
        """The solver's answer, some iterations at a time; begun anew, and otherwise, when it loses its footing."""
        params = SolveParameters(
            presolve=Emphasis.OFF, lp_algorithm=LPAlgorithm.PRIMAL_SIMPLEX, iteration_limit=_STEPS
        )
        steps, ways = 0, [LPAlgorithm.DUAL_SIMPLEX, LPAlgorithm.PRIMAL_SIMPLEX]
        while steps < _MOST_STEPS and not over():
            if self._solver is None:
                self._solver = IncrementalSolver(self._model, SolverType.GLOP)
            got = self._ask(params)
            done = 0 if got is None else int(got.solve_stats.simplex_iterations)
            steps += max(done, 1)
            self.work += (done + 10) * len(self._rows) / _CELLS_A_UNIT
            if got is not None and got.termination.reason == TerminationReason.OPTIMAL:
                return got
            if got is not None and got.termination.limit is not None and done >= _STEPS:
                continue
            if not ways:
                return None
            self._solver = None
            params.lp_algorithm = ways.pop()
            params.presolve = Emphasis.LOW if ways else Emphasis.HIGH
        return None

    def _ask(self, params: SolveParameters) -> Any:
        """One call of the solver; None where it gave up (GLOP's "abnormal" comes as an error of whatever kind)."""
        try:
            return self._solver.solve(params=params, model_params=_ASKED)
        except Exception:  # noqa: BLE001  # the binding fails in turning the solver's status into an error of its own
            log.info("the master's solver gave up after %d columns", len(self.columns))
            return None
