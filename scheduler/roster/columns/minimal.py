"""The smallest graph with the same ways: waiting without a choice is passed over, nodes with the same future are one.

Layered graphs are mostly waiting: after a duty a person is blocked for many roles, and each of them is a layer. Told
from the end backwards (as an acyclic automaton is minimised: Revuz, Theoretical Computer Science 92, 1992), what is
left are the choices.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scheduler.roster.columns.minimal_kernels import pack, settle
from scheduler.roster.linear import Ints


@dataclass(frozen=True)
class Layer:
    """Where a layer's nodes lead, int64 ``[n]`` each: node (-1: nowhere) and cost, waiting or taking the role."""

    skip_to: Ints
    skip_cost: Ints
    take_to: Ints
    take_cost: Ints


@dataclass(frozen=True)
class Ways:
    """Arcs into each node, nodes in time order, and how many roles lie before each node; see ``Graph``."""

    indptr: Ints
    tail: NDArray[np.int32]
    role: NDArray[np.int32]
    cost: Any
    layer: NDArray[np.int32]


def minimal(layers: list[Layer]) -> Ways:
    """The graph without what leads nowhere and without what says nothing.

    Parameters
    ----------
    layers
        By role; nodes are numbered through all layers, node 0 (the start) is the first layer's only one. Heads lie in
        the next layer, those of the last one are all the end.
    """
    first = np.cumsum([0, *(len(layer.skip_to) for layer in layers)]).astype(np.int64)
    n = int(first[-1])
    skip_to, skip_cost, take_to, take_cost = (
        np.concatenate([getattr(layer, name) for layer in layers]).astype(np.int64)
        for name in ("skip_to", "skip_cost", "take_to", "take_cost")
    )
    stands, bucket, follow = np.empty(n + 1, np.int64), np.full(n + 1, -1, np.int64), np.empty(n + 1, np.int64)
    n_arcs = settle(first, skip_to, skip_cost, take_to, take_cost, stands, bucket, follow)
    number, indptr = np.full(n + 1, -1, dtype=np.int64), np.zeros(n + 2, dtype=np.int64)
    tail, role, layer = (np.empty(k, dtype=np.int32) for k in (n_arcs, n_arcs, n + 1))
    cost = np.empty(n_arcs, dtype=np.int64)
    kept = pack(first, skip_to, skip_cost, take_to, take_cost, number, indptr, tail, role, cost, layer)
    m = int(indptr[kept])
    narrow = m == 0 or int(np.abs(cost[:m]).max()) < 1 << 31
    return Ways(
        indptr[: kept + 1].copy(), tail[:m].copy(), role[:m].copy(),
        cost[:m].astype(np.int32 if narrow else np.int64), layer[:kept].copy(),
    )  # fmt: skip
