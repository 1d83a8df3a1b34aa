"""Running CP-SAT with our limits: wall or deterministic time, seed, cancel within a second."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ortools.sat.python import cp_model

from scheduler.outcome import Status, Stop

_STATUS = {
    cp_model.OPTIMAL: Status.OPTIMAL,
    cp_model.FEASIBLE: Status.FEASIBLE,
    cp_model.INFEASIBLE: Status.INFEASIBLE,
    cp_model.UNKNOWN: Status.UNKNOWN,
    cp_model.MODEL_INVALID: Status.INVALID,
}


@dataclass(frozen=True)
class Run:
    """What one call of the solver gave: status, bound, work done, and a reader of variables."""

    status: Status
    bound: int | None
    work: float
    value: Callable[[Any], int] | None


class _Watch(cp_model.CpSolverSolutionCallback):
    """Tells of each better solution."""

    def __init__(self, tell: Callable[[int, int], None]) -> None:
        super().__init__()
        self.tell = tell

    def on_solution_callback(self) -> None:
        bound = math.ceil(self.best_objective_bound - 1e-6)
        self.tell(round(self.objective_value), bound)


def run(
    model: cp_model.CpModel,
    *,
    seconds: float | None,
    work: float | None,
    seed: int,
    threads: int,
    stop: Stop | None = None,
    tell: Callable[[int, int], None] | None = None,
    has_objective: bool = True,
    quick: bool = False,
) -> Run:
    """Solve once.

    ``threads`` is CP-SAT's own number of sub-solvers. With more than one and a work limit they are interleaved,
    which makes the run repeatable. ``quick`` spares presolve work on small models.
    """
    solver = cp_model.CpSolver()
    solver.parameters.random_seed = seed
    solver.parameters.num_workers = threads
    if threads == 1:
        solver.parameters.linearization_level = 2
    if quick:
        solver.parameters.cp_model_probing_level = 0
        solver.parameters.symmetry_level = 0
        solver.parameters.max_presolve_iterations = 1
    if seconds is not None:
        solver.parameters.max_time_in_seconds = max(0.01, seconds)
    if work is not None:
        solver.parameters.max_deterministic_time = max(1e-4, work)
        solver.parameters.interleave_search = threads > 1
    done = threading.Event()
    watcher = None
    if stop is not None:
        watcher = threading.Thread(target=_wait, args=(solver, stop, done), daemon=True)
        watcher.start()
    try:
        status = solver.solve(model, _Watch(tell) if tell else None)
    finally:
        done.set()
        if watcher is not None:
            watcher.join()
    if status == cp_model.MODEL_INVALID:
        raise RuntimeError(f"roster model refused by the solver: {model.validate()}")
    found = status in {cp_model.OPTIMAL, cp_model.FEASIBLE}
    known = has_objective and status != cp_model.INFEASIBLE
    bound = math.ceil(solver.best_objective_bound - 1e-6) if known else None
    spent = solver.response_proto.deterministic_time
    return Run(_STATUS[status], bound, spent, solver.value if found else None)


def _wait(solver: cp_model.CpSolver, stop: Stop, done: threading.Event) -> None:
    while not done.wait(0.1):
        if stop():
            solver.stop_search()
