"""Runs CP-SAT within a budget, with cancel, and keeps UNKNOWN apart from INFEASIBLE."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ortools.sat.python import cp_model

from scheduler.outcome import Limits, Stop

LOG = logging.getLogger(__name__)
POLL_S = 0.05
MANY = 8  # interleaved sub-solvers: two alone hardly bound at all (docs/models-siting.md)


@dataclass
class Budget:
    """What is left of the limits; ``work`` is counted in the solver's deterministic seconds."""

    limits: Limits
    stop: Stop | None = None
    begun: float = field(default_factory=time.monotonic)
    worked: float = 0.0
    stopped: bool = False

    @property
    def seconds(self) -> float:
        """Wall seconds since the start."""
        return time.monotonic() - self.begun

    def left(self, part: float) -> Limits:
        """A part of what is left."""
        wall, work = self.limits.seconds, self.limits.work
        return Limits(
            None if wall is None else max(0.0, wall - self.seconds) * part,
            None if work is None else max(0.0, work - self.worked) * part,
        )

    def over(self) -> bool:
        """Asked to stop, or nothing left."""
        if self.stop is not None and not self.stopped and self.stop():
            self.stopped = True
        left = self.left(1.0)
        return self.stopped or left.seconds == 0.0 or left.work == 0.0


@dataclass(frozen=True)
class Answer:
    """What one call of the solver found: its status, values by variable index, a proven bound."""

    status: str
    values: Sequence[int] | None
    bound: int | None


class _Watch(cp_model.CpSolverSolutionCallback):
    def __init__(self, told: Callable[[int], None]) -> None:
        super().__init__()
        self.told = told

    def on_solution_callback(self) -> None:
        self.told(round(self.objective_value))


def run(
    model: cp_model.CpModel,
    budget: Budget,
    part: float,
    *,
    seed: int,
    workers: int,
    told: Callable[[int], None],
    bounded: Callable[[int], None],
) -> Answer:
    """Minimise a model within a part of the budget.

    Raises
    ------
    RuntimeError
        The model is invalid (a defect of ours), with the solver's own words.
    """
    solver, limits = cp_model.CpSolver(), budget.left(part)
    solver.parameters.random_seed = seed
    solver.parameters.linearization_level = 2
    solver.parameters.num_workers = 1 if workers < 2 else MANY
    solver.parameters.interleave_search = workers >= 2 and limits.work is not None
    if limits.seconds is not None:
        solver.parameters.max_time_in_seconds = limits.seconds
    if limits.work is not None:
        solver.parameters.max_deterministic_time = limits.work
    solver.best_bound_callback = lambda bound: bounded(_up(bound))
    done = threading.Event()

    def watch() -> None:
        while not done.wait(POLL_S):
            if budget.stop is not None and budget.stop():
                budget.stopped = True
                solver.stop_search()

    watcher = threading.Thread(target=watch, daemon=True)
    if budget.stop is not None:
        watcher.start()
    try:
        status = solver.solve(model, _Watch(told))
    finally:
        done.set()
        if watcher.is_alive():
            watcher.join()
    response = solver.response_proto
    budget.worked += math.ceil(response.deterministic_time * 1000) / 1000
    LOG.debug("siting: %s after %.2f s", status, solver.wall_time)
    if status == cp_model.MODEL_INVALID:
        raise RuntimeError(f"siting built an invalid model: {model.validate()}")
    words = {
        cp_model.OPTIMAL: "optimal",
        cp_model.FEASIBLE: "feasible",
        cp_model.INFEASIBLE: "infeasible",
        cp_model.UNKNOWN: "unknown",
    }
    found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    bound = _up(solver.best_objective_bound) if status != cp_model.INFEASIBLE else None
    return Answer(words[status], list(response.solution) if found else None, bound)


def _up(bound: float) -> int:
    """A float bound as the integer it proves."""
    return math.ceil(bound - 1e-6) if math.isfinite(bound) else -(2**62)
