"""Compile the kernels once: the first roster of a day then need not wait for them."""

from __future__ import annotations

from typing import Any

import numpy as np

from scheduler.roster.columns import kernels
from scheduler.roster.columns.graph import Graph
from scheduler.roster.columns.minimal import Layer, minimal, ways, with_sum
from scheduler.roster.columns.narrow import narrow
from scheduler.roster.columns.split import PersonalRow


def warm_up() -> None:
    """Run every kernel on a graph of two nodes and one row, so that numba compiles and keeps them."""
    indptr = np.array([0, 0, 1], dtype=np.int64)
    tail, role = np.zeros(1, dtype=np.int32), np.zeros(1, dtype=np.int32)
    cost, price = np.zeros(1, dtype=np.int32), np.zeros(2, dtype=np.int64)
    dist, pred = kernels.room(2)
    back, found = np.empty(2, dtype=np.int64), np.empty(2, dtype=np.int64)
    kernels.shortest(indptr, tail, role, cost, 1, price, dist, pred)
    kernels.to_end(indptr, tail, role, cost, 1, price, back)
    kernels.best_with(indptr, tail, role, cost, 1, price, dist, back, found)
    kernels.trace(tail, pred, np.empty(2, dtype=np.int32))
    rows = (np.array([0, 1], dtype=np.int64), np.zeros(1, dtype=np.int64), np.ones(1, dtype=np.int64))
    limits = tuple(np.zeros(1, dtype=np.int64) for _ in range(4))
    once = np.zeros(1, dtype=np.bool_)
    mine = np.zeros(1, dtype=np.int64)
    marginal: Any = kernels.marginal
    shift: Any = kernels.shift
    marginal(*rows, *limits, once, mine, np.empty(1, dtype=np.int64))
    shift(*rows, *limits, once, mine, 1)
    layer = np.arange(3, dtype=np.int32)
    graph = Graph((0,), ((0,),), np.array([0, 0, 1, 2]), layer[:2], *_role_and_cost(), layer, 1)
    narrow(graph, [0])
    one = np.array([1], dtype=np.int64)
    layers = [Layer(one, 0 * one, one, 0 * one), Layer(2 * one, 0 * one, -one, 0 * one)]
    for hard in (False, True):
        made = with_sum(minimal(layers), PersonalRow(((0, 1),), 0, 1, 1, once=False, hard=hard, name=""), [1], 9)
        ways(made or minimal(layers))


def _role_and_cost() -> tuple[Any, Any]:
    return np.array([0, -1], dtype=np.int32), np.zeros(2, dtype=np.int32)
