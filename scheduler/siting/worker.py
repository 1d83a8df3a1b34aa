"""The solver call itself, in this process or as a child that can be ended at any moment.

HiGHS knows no interrupt. Where a caller may cancel, the engine therefore runs this file as a script: requests
come in on standard input, answers go out on standard output, each as a length, a JSON header and a binary
part. The child ends with its parent (end of input), also in the middle of a search.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import os
import queue
import struct
import sys
import threading
from typing import IO, Any

import numpy as np
from ortools.math_opt import model_pb2
from ortools.math_opt.python.model import Model
from ortools.math_opt.python.model_parameters import ModelSolveParameters, SolutionHint
from ortools.math_opt.python.parameters import LPAlgorithm, SolveParameters, SolverType
from ortools.math_opt.python.result import TerminationReason
from ortools.math_opt.python.solve import solve

WORDS = {
    TerminationReason.OPTIMAL: "optimal",
    TerminationReason.FEASIBLE: "feasible",
    TerminationReason.INFEASIBLE: "infeasible",
    TerminationReason.NO_SOLUTION_FOUND: "unknown",
}
Header = dict[str, Any]


def answer(ask: Header, proto: bytes) -> tuple[Header, bytes]:
    """Solve one model.

    Parameters
    ----------
    ask
        ``relaxed`` (solve the linear relaxation and give reduced costs), ``seconds``, ``nodes`` and
        ``steps`` (limits or null), ``seed``, ``start`` (a list of variables and a list of their values), ``solver``
        and ``gap`` (HIGHS, GLOP or PDLP, and for whole numbers the gap at which it may stop), ``duals`` (with
        ``relaxed``: HIGHS by interior points, and what comes back are the prices of the rows, also before the end).
    proto
        A serialised MathOpt ModelProto.

    Returns
    -------
    tuple
        ``{"status", "bound", "nodes", "detail"}`` and one float64 for each variable: its value, or its
        reduced cost when relaxed; empty without a solution.
    """
    model = Model.from_model_proto(model_pb2.ModelProto.FromString(proto))
    relaxed, duals, seconds = bool(ask["relaxed"]), bool(ask["duals"]), ask["seconds"]
    params = SolveParameters(
        time_limit=None if seconds is None else dt.timedelta(seconds=seconds),
        iteration_limit=ask["steps"] if relaxed else None,
        node_limit=None if relaxed else ask["nodes"],
        random_seed=None if relaxed else ask["seed"],
        relative_gap_tolerance=None if relaxed else 0.0,
        absolute_gap_tolerance=None if relaxed else ask["gap"],
        lp_algorithm=LPAlgorithm.BARRIER if duals and ask["solver"] == "HIGHS" else None,
    )
    hints = ModelSolveParameters()
    if ask["start"] is not None:
        variables, values = ask["start"]
        its = {model.get_variable(v): float(x) for v, x in zip(variables, values, strict=True)}
        hints.solution_hints.append(SolutionHint(variable_values=its))
    solver = SolverType[ask["solver"]]
    result = solve(model, solver, params=params, model_params=hints)
    status = WORDS.get(result.termination.reason, "failed")
    bound = result.termination.objective_bounds.dual_bound
    n_variables = model.get_num_variables()
    numbers = np.zeros(0)
    found = [its.dual_solution for its in result.solutions if its.dual_solution is not None]
    if duals and found:  # any prices bound, whether they are the best ones or not
        numbers = np.zeros(model.get_num_linear_constraints())
        for row, price in found[0].dual_values.items():
            numbers[row.id] = price
    elif relaxed and status == "optimal" and result.has_dual_feasible_solution():
        numbers = np.zeros(n_variables)
        for variable, cost in result.reduced_costs().items():
            numbers[variable.id] = cost
    elif not relaxed and status in {"optimal", "feasible"}:
        numbers = np.zeros(n_variables)
        for variable, value in result.variable_values().items():
            numbers[variable.id] = value
    header = {
        "status": status,
        "bound": bound if math.isfinite(bound) else None,
        "nodes": result.solve_stats.node_count,
        "detail": f"{result.termination.reason}: {result.termination.detail}",
    }
    return header, numbers.tobytes()


def send(stream: IO[bytes], header: Header, body: bytes) -> None:
    """Write one message."""
    head = json.dumps(header).encode()
    stream.write(struct.pack("<QQ", len(head), len(body)) + head + body)
    stream.flush()


def receive(stream: IO[bytes]) -> tuple[Header, bytes] | None:
    """Read one message; None at the end of the stream."""
    sizes = stream.read(16)
    if len(sizes) < 16:
        return None
    n_head, n_body = struct.unpack("<QQ", sizes)
    head, body = stream.read(n_head), stream.read(n_body)
    return (json.loads(head), body) if len(head) + len(body) == n_head + n_body else None


def _serve() -> None:
    asked: queue.Queue[tuple[Header, bytes]] = queue.Queue()
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a solver prints must not get between the answers

    def work() -> None:
        while True:
            try:
                send(out, *answer(*asked.get()))
            except Exception as error:  # noqa: BLE001 - the parent reports it
                send(
                    out, {"status": "failed", "bound": None, "nodes": 0, "detail": repr(error)}, b""
                )

    threading.Thread(target=work, daemon=True).start()
    while (message := receive(sys.stdin.buffer)) is not None:
        asked.put(message)
    os._exit(0)  # the parent is gone or done: no need to wait for a search


if __name__ == "__main__":
    _serve()
