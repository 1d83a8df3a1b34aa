"""Hands a linear model to a MathOpt solver within a budget, with cancel; UNKNOWN stays apart from INFEASIBLE."""

from __future__ import annotations

import datetime
import logging
import math
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from ortools.math_opt import model_pb2
from ortools.math_opt.python import mathopt
from ortools.util.python import solve_interrupter
from scipy import sparse

from scheduler.outcome import Limits, Stop
from scheduler.siting.linear import FREE, Linear

LOG = logging.getLogger(__name__)
POLL_S = 0.05
LP_STEPS = 20_000  # simplex steps after which the search for fixable variables gives up
SAFE = 1e-3  # distance that keeps float error from fixing anything wrongly
NODES_A_WORK = 50  # search nodes that count as one unit of work

SOLVERS = {"highs": mathopt.SolverType.HIGHS, "gscip": mathopt.SolverType.GSCIP}


@dataclass
class Budget:
    """What is left of the limits; work is counted in search nodes, so that it repeats exactly."""

    limits: Limits
    stop: Stop | None = None
    begun: float = field(default_factory=time.monotonic)
    nodes: int = 0
    stopped: bool = False

    @property
    def seconds(self) -> float:
        """Wall seconds since the start."""
        return time.monotonic() - self.begun

    def seconds_left(self) -> float | None:
        """Wall seconds left, None without such a limit."""
        return None if self.limits.seconds is None else max(0.0, self.limits.seconds - self.seconds)

    def nodes_left(self) -> int | None:
        """Search nodes left, None without such a limit."""
        if self.limits.work is None:
            return None
        return max(0, math.ceil(self.limits.work * NODES_A_WORK) - self.nodes)

    def over(self) -> bool:
        """Asked to stop, or nothing left."""
        if self.stop is not None and not self.stopped and self.stop():
            self.stopped = True
        return self.stopped or self.seconds_left() == 0.0 or self.nodes_left() == 0


@dataclass(frozen=True)
class Answer:
    """What one call of the solver found: its status, values by variable index, a proven bound."""

    status: str
    values: NDArray[np.int64] | None
    bound: int | None


def run(
    linear: Linear,
    budget: Budget,
    part: float,
    *,
    seed: int,
    start: Mapping[int, int] | None = None,
    solver: str = "gscip",
    bounded: Callable[[int], None] | None = None,
) -> Answer:
    """Minimise a linear model within a part of the budget.

    Parameters
    ----------
    start
        Values of some variables in a known plan.

    Raises
    ------
    RuntimeError
        The model is invalid or the solver failed (a defect of ours), with the solver's own words.
    """
    model = _model(linear)
    seconds, nodes = budget.seconds_left(), budget.nodes_left()
    params = mathopt.SolveParameters(
        time_limit=None if seconds is None else datetime.timedelta(seconds=max(0.01, seconds * part)),
        node_limit=None if nodes is None else max(1, math.ceil(nodes * part)),
        random_seed=seed,
        relative_gap_tolerance=0.0,
        absolute_gap_tolerance=0.0,
    )
    if solver == "highs":
        params.absolute_gap_tolerance = 0.5
    hints = mathopt.ModelSolveParameters()
    if start:
        values = {model.get_variable(v): float(value) for v, value in start.items()}
        hints.solution_hints.append(mathopt.SolutionHint(variable_values=values))
    interrupter = solve_interrupter.SolveInterrupter()
    done = threading.Event()

    def watch() -> None:
        while not done.wait(POLL_S):
            if budget.stop is not None and budget.stop():
                budget.stopped = True
                interrupter.interrupt()
                return

    watcher = threading.Thread(target=watch, daemon=True)
    if budget.stop is not None:
        watcher.start()
    begun = time.monotonic()
    try:
        result = mathopt.solve(model, SOLVERS[solver], params=params, model_params=hints, interrupter=interrupter)
    finally:
        done.set()
        if watcher.is_alive():
            watcher.join()
    budget.nodes += result.solve_stats.node_count
    reason = result.termination.reason
    LOG.debug(
        "siting: %s, %d rows, %d variables, %d nodes, %.2f s",
        reason, linear.n_rows, linear.n_variables, result.solve_stats.node_count, time.monotonic() - begun,
    )
    return _answer(linear, result)


def fixable(linear: Linear, value: int) -> dict[int, int]:
    """Variables that keep one value in every plan whose objective is at most ``value``.

    A relaxed optimum ``L`` with reduced cost ``r`` of a variable proves that moving it by one off its bound
    costs at least ``L + |r|``; where that is more than ``value`` the variable is fixed at that bound. With a
    value that is proven optimal this removes most columns before the next level.
    """
    params = mathopt.SolveParameters(iteration_limit=LP_STEPS)
    result = mathopt.solve(_model(linear, whole=False), mathopt.SolverType.GLOP, params=params)
    if result.termination.reason != mathopt.TerminationReason.OPTIMAL or not result.has_dual_feasible_solution():
        return {}
    least, most = linear.bounds()
    floor = result.termination.objective_bounds.dual_bound
    fixed = {}
    for variable, cost in result.reduced_costs().items():
        v = variable.id
        if least[v] < most[v] and floor + abs(cost) > value + SAFE:
            fixed[v] = int(least[v] if cost > 0 else most[v])
    return fixed


def _answer(linear: Linear, result: mathopt.SolveResult) -> Answer:
    reason = result.termination.reason
    words = {
        mathopt.TerminationReason.OPTIMAL: "optimal",
        mathopt.TerminationReason.FEASIBLE: "feasible",
        mathopt.TerminationReason.INFEASIBLE: "infeasible",
        mathopt.TerminationReason.NO_SOLUTION_FOUND: "unknown",
    }
    if reason not in words:
        raise RuntimeError(f"siting: the solver ended with {reason}: {result.termination.detail}")
    values = None
    if words[reason] in ("optimal", "feasible"):
        by_variable = result.variable_values()
        values = np.zeros(linear.n_variables, dtype=np.int64)
        for variable, value in by_variable.items():
            values[variable.id] = round(value)
    least = result.termination.objective_bounds.dual_bound
    return Answer(words[reason], values, math.ceil(least - 1e-6) if math.isfinite(least) else None)


def _model(linear: Linear, *, whole: bool = True) -> mathopt.Model:
    proto = model_pb2.ModelProto()
    n, inf = linear.n_variables, math.inf
    proto.variables.ids.extend(range(n))
    least, most = linear.bounds()
    proto.variables.lower_bounds.extend(least.astype(float).tolist())
    proto.variables.upper_bounds.extend(most.astype(float).tolist())
    proto.variables.integers.extend([whole] * n)
    low, high = (np.concatenate(side) if side else np.zeros(0) for side in (linear.low, linear.high))
    proto.linear_constraints.ids.extend(range(linear.n_rows))
    proto.linear_constraints.lower_bounds.extend(np.where(low <= -FREE, -inf, low).astype(float).tolist())
    proto.linear_constraints.upper_bounds.extend(np.where(high >= FREE, inf, high).astype(float).tolist())
    if linear.row:
        entries = np.concatenate(linear.factor).astype(float)
        places = (np.concatenate(linear.row), np.concatenate(linear.variable))
        matrix = sparse.coo_array((entries, places), shape=(linear.n_rows, n)).tocsr()
        matrix.sum_duplicates()
        matrix.eliminate_zeros()
        matrix.sort_indices()
        rows = np.repeat(np.arange(linear.n_rows), np.diff(matrix.indptr))
        proto.linear_constraint_matrix.row_ids.extend(rows.tolist())
        proto.linear_constraint_matrix.column_ids.extend(matrix.indices.tolist())
        proto.linear_constraint_matrix.coefficients.extend(matrix.data.tolist())
    goal = linear.objective
    totals = np.bincount(goal.variables, weights=goal.factors, minlength=n) if n else np.zeros(0)
    used = np.flatnonzero(totals)
    proto.objective.offset = float(goal.constant)
    proto.objective.linear_coefficients.ids.extend(used.tolist())
    proto.objective.linear_coefficients.values.extend(totals[used].tolist())
    return mathopt.Model.from_model_proto(proto)
