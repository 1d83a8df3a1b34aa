"""Hands a linear model to the solver within a budget, with cancel; UNKNOWN stays apart from INFEASIBLE."""

from __future__ import annotations

import logging
import math
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from ortools.math_opt import model_pb2
from scipy import sparse

from scheduler.outcome import Limits, Stop
from scheduler.siting.linear import FREE, Linear
from scheduler.siting.worker import Header, answer, receive, send

LOG = logging.getLogger(__name__)
POLL_S = 0.05
LP_PART = 0.5  # of what is left, for a relaxation at most
LP_STEPS = 20_000  # simplex steps after which the search for fixable variables gives up
MANY_ROWS = 30_000  # from which on prices come from PDLP, which tells them before its end
PARTS = 1024.0
GRACE_S = 3.0  # beyond its limit before a solver is ended
LARGE = 500_000  # bytes of a model from which on it is solved in a child, so that it can be ended
SAFE = 1e-3  # distance that keeps float error from fixing anything wrongly
NODES_A_WORK = 50  # search nodes that count as one unit of work
VISITS_A_NODE = 20_000_000  # pairs looked at without a solver that count as one search node


class StoppedError(Exception):
    """The caller asked to stop while the solver was at work, or it did not end at its limit."""


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

    def meter(self, part: float, most_visits: int) -> Callable[[int], bool]:
        """Count pairs looked at as search nodes; it says False after a number of them or a part of the time."""
        left = self.seconds_left()
        until = math.inf if left is None else self.seconds + left * part
        counted = 0

        def more(visits: int) -> bool:
            nonlocal counted
            before = counted // VISITS_A_NODE
            counted += visits
            self.nodes += counted // VISITS_A_NODE - before
            return counted < most_visits and self.seconds < until and not self.over()

        return more

    def halted(self) -> bool:
        """Whether the caller asked to stop."""
        if self.stop is not None and not self.stopped and self.stop():
            self.stopped = True
        return self.stopped

    def over(self) -> bool:
        """Asked to stop, or nothing left."""
        return self.halted() or self.seconds_left() == 0.0 or self.nodes_left() == 0


@dataclass(frozen=True)
class Answer:
    """What one call of the solver found: its status, values by variable index, a proven bound."""

    status: str
    values: NDArray[np.int64] | None
    bound: int | None


@dataclass(frozen=True)
class Relaxed:
    """Optimum of a linear relaxation and the reduced cost of each variable."""

    least: float
    costs: NDArray[np.float64]

    def fixable(self, linear: Linear, value: int) -> dict[int, int]:
        """Variables that keep one value in every plan whose objective is at most ``value``.

        Moving a variable with reduced cost ``r`` by one off its bound costs at least ``least + |r|``; where that is
        more than ``value`` the variable is fixed at that bound.
        """
        low, high = linear.bounds()
        sure = np.flatnonzero((low < high) & (self.least + np.abs(self.costs) > value + SAFE))
        return {int(v): int(low[v] if self.costs[v] > 0 else high[v]) for v in sure}


def priced(linear: Linear, prices: NDArray[np.float64]) -> Relaxed:
    """The Lagrangean bound of a linear model at given prices of its rows, and what each variable costs at them.

    Prices are taken in whole parts of 1,024, sums of which are exact in float64, so that no rounding adds to the bound.
    """
    low, high = (np.concatenate([*side, np.zeros(0, dtype=np.int64)]) for side in (linear.low, linear.high))
    price = np.rint(prices * PARTS) / PARTS
    price[((price > 0) & (low <= -FREE)) | ((price < 0) & (high >= FREE))] = 0
    side = np.where(price > 0, low, np.where(price < 0, high, 0)).astype(np.float64)
    least, most = linear.bounds()
    goal = linear.objective
    costs = np.bincount(goal.variables, weights=goal.factors, minlength=linear.n_variables).astype(np.float64)
    for row, variable, factor in zip(linear.row, linear.variable, linear.factor, strict=True):
        costs -= np.bincount(variable, weights=factor * price[row], minlength=linear.n_variables)
    total = float(goal.constant + price @ side + np.minimum(costs * least, costs * most).sum())
    return Relaxed(total, costs)


class Engine:
    """The solver for one run; holds the child process where the caller may cancel, or several work side by side."""

    def __init__(self, budget: Budget, seed: int, *, child: bool = False) -> None:
        self.budget, self.seed = budget, seed
        self.by_child = child or budget.stop is not None
        self._child: subprocess.Popen[bytes] | None = None
        self._answers: queue.Queue[tuple[Header, bytes] | None] = queue.Queue()

    def run(
        self,
        linear: Linear,
        part: float,
        start: Mapping[int, int] | None = None,
        *,
        solver: str = "HIGHS",
        gap: float = 0.5,
    ) -> Answer:
        """Minimise a linear model within a part of the budget.

        Parameters
        ----------
        start
            Values of some variables in a known plan.
        gap
            Between plan and bound, at which it may stop; below 1 it is proven, since objectives are integers.

        Raises
        ------
        RuntimeError
            The model is invalid or the solver failed (a defect of ours), with the solver's own words.
        """
        seconds, nodes = self.budget.seconds_left(), self.budget.nodes_left()
        if seconds == 0.0:
            return Answer("unknown", None, None)
        ask: Header = {
            "relaxed": False,
            "seconds": None if seconds is None else max(0.01, seconds * part),
            "nodes": None if nodes is None else max(1, math.ceil(nodes * part)),
            "steps": None,
            "seed": self.seed,
            "start": [list(start), list(start.values())] if start else None,
            "solver": solver,
            "gap": gap,
            "duals": False,
        }
        begun = time.monotonic()
        try:
            found, numbers = self._call(ask, _proto(linear, whole=True))
        except StoppedError:
            return Answer("unknown", None, None)
        self.budget.nodes += int(found["nodes"])
        LOG.debug(
            "siting: %s, %d rows, %d variables, %d nodes, %.2f s",
            found["status"],
            linear.n_rows,
            linear.n_variables,
            found["nodes"],
            time.monotonic() - begun,
        )
        values = np.rint(np.frombuffer(numbers)).astype(np.int64) if numbers else None
        least = found["bound"]
        return Answer(found["status"], values, None if least is None else math.ceil(least - 1e-6))

    def fixable(self, linear: Linear, value: int) -> dict[int, int]:
        """Variables that keep one value in every plan whose objective is at most ``value``.

        With a value that is proven optimal this removes most columns before the next level.
        """
        relaxed = self.relaxed(linear)
        return {} if relaxed is None else relaxed.fixable(linear, value)

    def relaxed(self, linear: Linear) -> Relaxed | None:
        """The linear relaxation; None where it was not solved to its end."""
        ask: Header = {
            "relaxed": True,
            "seconds": None if (left := self.budget.seconds_left()) is None else left * LP_PART,
            "nodes": None,
            "steps": LP_STEPS,
            "seed": None,
            "start": None,
            "solver": "GLOP",
            "gap": None,
            "duals": False,
        }
        try:
            found, numbers = self._call(ask, _proto(linear, whole=False))
        except StoppedError:
            return None
        if not numbers or found["bound"] is None:
            return None
        return Relaxed(float(found["bound"]), np.frombuffer(numbers))

    def bounded(self, linear: Linear, part: float) -> Relaxed | None:
        """A bound by prices of the rows, exact whatever they are; None where none were found in time."""
        many = linear.n_rows > MANY_ROWS
        if self.budget.over() or (many and self.budget.limits.seconds is None):
            return None
        solver = "PDLP" if many else "HIGHS"
        found = self.prices(linear, part, solver=solver)
        return None if found is None else priced(linear, found)

    def prices(self, linear: Linear, part: float, *, solver: str = "HIGHS") -> NDArray[np.float64] | None:
        """What each row is worth in the linear relaxation, by interior points or PDLP; None where none is known."""
        seconds = self.budget.seconds_left()
        ask: Header = {
            "relaxed": True,
            "seconds": None if seconds is None else max(0.01, seconds * part),
            "nodes": None,
            "steps": None,
            "seed": None,
            "start": None,
            "solver": solver,
            "gap": None,
            "duals": True,
        }
        try:
            _, numbers = self._call(ask, _proto(linear, whole=False))
        except StoppedError:
            return None
        return np.frombuffer(numbers) if numbers else None

    def close(self) -> None:
        """End the child process, if there is one."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.wait()
            for pipe in (child.stdin, child.stdout):
                if pipe is not None:
                    pipe.close()

    def _call(self, ask: Header, proto: bytes) -> tuple[Header, bytes]:
        apart = self.by_child or (ask["seconds"] is not None and len(proto) > LARGE)
        found = self._call_child(ask, proto) if apart else answer(ask, proto)
        if found[0]["status"] == "failed":
            raise RuntimeError(f"siting: the solver failed: {found[0]['detail']}")
        return found

    def _call_child(self, ask: Header, proto: bytes) -> tuple[Header, bytes]:
        if self._child is None:
            self._child = subprocess.Popen(
                [sys.executable, "-P", str(Path(__file__).with_name("worker.py"))],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
            self._answers = queue.Queue()  # its own, so that one that was ended says nothing to the next
            threading.Thread(target=self._listen, args=(self._child, self._answers), daemon=True).start()
        if self._child.stdin is None:
            raise RuntimeError("siting: the solver's process has no input")
        send(self._child.stdin, ask, proto)
        until = math.inf if ask["seconds"] is None else time.monotonic() + ask["seconds"] + GRACE_S
        while True:
            try:
                found = self._answers.get(timeout=POLL_S)
            except queue.Empty:
                if self.budget.halted() or time.monotonic() > until:
                    self.close()
                    raise StoppedError from None
                continue
            if found is None:
                raise RuntimeError("siting: the solver's process ended without an answer")
            return found

    @staticmethod
    def _listen(child: subprocess.Popen[bytes], answers: queue.Queue[tuple[Header, bytes] | None]) -> None:
        try:
            while child.stdout is not None and (found := receive(child.stdout)) is not None:
                answers.put(found)
        except ValueError:  # closed while reading: the run is over
            return
        answers.put(None)


def _proto(linear: Linear, *, whole: bool) -> bytes:
    proto = model_pb2.ModelProto()
    n, inf = linear.n_variables, math.inf
    proto.variables.ids.extend(range(n))
    least, most = linear.bounds()
    proto.variables.lower_bounds.extend(least.astype(float).tolist())
    proto.variables.upper_bounds.extend(most.astype(float).tolist())
    proto.variables.integers.extend([whole] * n)
    low, high = (
        np.concatenate([*side, np.zeros(0, dtype=np.int64)]) for side in (linear.low, linear.high)
    )
    proto.linear_constraints.ids.extend(range(linear.n_rows))
    proto.linear_constraints.lower_bounds.extend(np.where(low <= -FREE, -inf, low).tolist())
    proto.linear_constraints.upper_bounds.extend(np.where(high >= FREE, inf, high).tolist())
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
    return bytes(proto.SerializeToString())
