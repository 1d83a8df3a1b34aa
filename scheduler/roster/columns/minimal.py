"""The smallest graph with the same ways: waiting without a choice is passed over, nodes with the same future are one.

Layered graphs are mostly waiting: after a duty a person is blocked for many roles, and each of them is a layer. Told
from the end backwards (as an acyclic automaton is minimised: Revuz, Theoretical Computer Science 92, 1992), what is
left are the choices. Sums are added to the small graph one at a time, and it is made small again after each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scheduler.roster.columns.minimal_kernels import pack, settle, squeeze
from scheduler.roster.columns.split import PersonalRow
from scheduler.roster.columns.sum_kernels import add_sum
from scheduler.roster.linear import Ints


@dataclass(frozen=True)
class Layer:
    """Where a layer's nodes lead, int64 ``[n]`` each: node (-1: nowhere) and cost, waiting or taking the role."""

    skip_to: Ints
    skip_cost: Ints
    take_to: Ints
    take_cost: Ints


@dataclass(frozen=True)
class Choices:
    """Nodes in time order, each with its two ways; the end is the node behind the last.

    Attributes
    ----------
    first : int64 [n_layers + 1]
        Number of each layer's first node, and of the end. A node of layer ``i`` may take role ``i``.
    skip_to, skip_cost, take_to, take_cost : int64 [n]
        Where waiting and taking lead (-1: nowhere), any number of layers on, and what they cost.
    """

    first: Ints
    skip_to: Ints
    skip_cost: Ints
    take_to: Ints
    take_cost: Ints

    @property
    def n(self) -> int:
        """Nodes without the end."""
        return len(self.skip_to)


@dataclass(frozen=True)
class Ways:
    """Arcs into each node, nodes in time order, and how many roles lie before each node; see ``Graph``."""

    indptr: Ints
    tail: NDArray[np.int32]
    role: NDArray[np.int32]
    cost: Any
    layer: NDArray[np.int32]


def minimal(layers: list[Layer]) -> Choices:
    """The graph without what leads nowhere and without what says nothing.

    Parameters
    ----------
    layers
        By role; nodes are numbered through all layers, node 0 (the start) is the first layer's only one. Heads lie in
        the next layer, those of the last one are all the end.
    """
    first = np.cumsum([0, *(len(layer.skip_to) for layer in layers)]).astype(np.int64)
    return _pressed(
        first,
        *(
            np.concatenate([getattr(layer, name) for layer in layers]).astype(np.int64)
            for name in ("skip_to", "skip_cost", "take_to", "take_cost")
        ),
    )


def with_sum(choices: Choices, row: PersonalRow, coefs: Sequence[int], most: int) -> Choices | None:
    """The same graph where a running sum is kept too, and what lies outside its limits costs or is no way.

    Parameters
    ----------
    coefs
        What each role adds, by layer; the last layer has no role.
    most
        Nodes beyond which it is given up: None.
    """
    used = [i for i, coef in enumerate(coefs) if coef]
    if not used:
        return choices
    wide = np.zeros(len(choices.first), dtype=np.int64)
    wide[: len(coefs)] = coefs
    up = np.cumsum(np.maximum(wide, 0)[::-1])[::-1].copy()  # what is still to come may add
    down = np.cumsum(np.minimum(wide, 0)[::-1])[::-1].copy()  # and may take away
    made = add_sum(
        choices.first, choices.skip_to, choices.skip_cost, choices.take_to, choices.take_cost,
        wide, used[0], used[-1], down, up, row.low, row.high, row.price, row.once, row.hard, most,
    )  # fmt: skip
    return None if len(made[0]) == 0 else _pressed(*made)


def without(choices: Choices, shut: NDArray[np.bool_]) -> Choices:
    """The same graph where some roles cannot be taken; ``shut`` bool ``[n_roles]``."""
    take_to = choices.take_to.copy()
    for i in np.nonzero(shut)[0].tolist():
        take_to[choices.first[i] : choices.first[i + 1]] = -1
    first, skip_to = choices.first.copy(), choices.skip_to.copy()
    return _pressed(first, skip_to, choices.skip_cost.copy(), take_to, choices.take_cost.copy())


def _pressed(first: Ints, skip_to: Ints, skip_cost: Ints, take_to: Ints, take_cost: Ints) -> Choices:
    """Make small; the arrays are used up."""
    n = int(first[-1])
    stands, bucket, follow = np.empty(n + 1, np.int64), np.full(n + 1, -1, np.int64), np.empty(n + 1, np.int64)
    settle(first, skip_to, skip_cost, take_to, take_cost, stands, bucket, follow)
    stands.fill(-1)
    left = squeeze(first, skip_to, skip_cost, take_to, take_cost, stands)
    return Choices(
        first, skip_to[:left].copy(), skip_cost[:left].copy(), take_to[:left].copy(), take_cost[:left].copy()
    )


def ways(choices: Choices) -> Ways:
    """The same graph as arcs by head, which is how it is searched."""
    n = choices.n
    n_arcs = int((choices.skip_to >= 0).sum() + (choices.take_to >= 0).sum())
    indptr = np.zeros(n + 2, dtype=np.int64)
    tail, role, layer = (np.empty(k, dtype=np.int32) for k in (n_arcs, n_arcs, n + 1))
    cost = np.empty(n_arcs, dtype=np.int64)
    pack(
        choices.first, choices.skip_to, choices.skip_cost, choices.take_to, choices.take_cost,
        indptr, tail, role, cost, layer,
    )  # fmt: skip
    narrow = n_arcs == 0 or int(np.abs(cost).max()) < 1 << 31
    return Ways(indptr, tail, role, cost.astype(np.int32 if narrow else np.int64), layer)
