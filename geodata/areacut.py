"""Cut one connected piece of a street graph into contiguous parts of like work: centres, balanced reach, fine moves.

1. *Centres.* On a coarse copy of the graph, centres are spread out and every street goes to the centre with the least
   ``travel time + handicap``; handicaps grow where an area has too much work. Whatever the handicaps, each such area
   is connected, since the fastest way from the centre to a street never leaves its area. Centres then move to the
   middle of their area, as in Lloyd's method, and it begins anew.
2. *Flow.* What is still uneven is a flow problem on the graph of neighbouring areas: the least flow that evens the
   work (Hu and Blake 1999, a Laplace system) says how much each area hands to each neighbour.
3. *Moves.* Streets at borders change sides, alone or with what they would cut off, so that areas stay connected.
   A move must improve the sorted list of deviations, or leave it and make areas more compact.

All is seeded; ties go to the lower row. Nothing here knows maps: nodes, edges, milliseconds and work are numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]

_COARSE_PER_AREA = 40
_COARSE_LEAST = 1500
_LLOYD_ROUNDS = 8
_BALANCE_STEPS = 40


@dataclass(frozen=True, eq=False)
class Streets:
    """A connected street graph to be cut; nodes count from 0.

    ``u, v`` int64 ``[m]``; ``ms`` float64 ``[m]`` whole milliseconds, at least 1; ``work`` and ``length_m`` float64
    ``[m]``; ``xy`` float64 ``[n, 2]`` metres; ``pin`` int64 ``[m]`` the area an edge must belong to, or -1.
    """

    u: Int64
    v: Int64
    ms: Float64
    work: Float64
    length_m: Float64
    xy: Float64
    pin: Int64

    @property
    def n_nodes(self) -> int:
        """Number of nodes."""
        return len(self.xy)


def least_graph(u: Int64, v: Int64, ms: Float64, n: int) -> csr_matrix:
    """Undirected graph with the fastest of parallel edges, loops left out."""
    keep = u != v
    a, b, w = (
        np.minimum(u[keep], v[keep]),
        np.maximum(u[keep], v[keep]),
        ms[keep],
    )
    order = np.lexsort([w, b, a])
    a, b, w = a[order], b[order], w[order]
    first = np.ones(len(a), dtype=bool)
    first[1:] = (a[1:] != a[:-1]) | (b[1:] != b[:-1])
    a, b, w = a[first], b[first], w[first]
    return csr_matrix(
        (np.concatenate([w, w]), (np.concatenate([a, b]), np.concatenate([b, a]))), shape=(n, n)
    )


def sums(rows: Int64, weights: Float64, n: int) -> Float64:
    """Sum of weights by row, float64 ``[n]``."""
    return np.bincount(rows, weights, n).astype(np.float64)


def first_cut(
    streets: Streets, n_areas: int, cores: list[Int64], rng: np.random.Generator
) -> tuple[Int64, Float64]:
    """Connected areas of roughly like work.

    Parameters
    ----------
    cores
        For each area the nodes it must grow from (a connected set), empty where it is free.

    Returns
    -------
    tuple
        ``area`` int64 ``[m]`` and ``far_ms`` float64 ``[n_areas, m]``: time between each area's centre and each edge.
    """
    graph = least_graph(streets.u, streets.v, streets.ms, streets.n_nodes)
    half = streets.work / 2
    node_work = sums(streets.u, half, streets.n_nodes) + sums(streets.v, half, streets.n_nodes)
    centres = _centres(streets, graph, node_work, n_areas, cores, rng)
    far = _far(graph, centres)
    value = np.minimum(far[:, streets.u], far[:, streets.v])
    handicap = _balance(value, streets.work, steps=2 * _BALANCE_STEPS)[0]
    area = np.argmin(value + handicap[:, None], axis=0)
    return area.astype(np.int64), value + streets.ms / 2


def _centres(
    streets: Streets, graph: csr_matrix, node_work: Float64, n_areas: int, cores: list[Int64],
    rng: np.random.Generator,
) -> list[Int64]:  # fmt: skip
    """Nodes that areas grow from: cores as given, else one node in the middle of a well balanced area."""
    seeds, small, work, xy = _coarse(streets, graph, node_work, n_areas, cores, rng)
    row_of = np.full(streets.n_nodes, -1)
    row_of[seeds] = np.arange(len(seeds))
    fixed = [row_of[core] for core in cores]
    rows = _spread(small, work, fixed, rng)
    best, best_key = rows, (np.inf, np.inf)
    scale = max(float(work.sum()) / n_areas, 1e-9)
    for _ in range(_LLOYD_ROUNDS):
        far = _far(small, rows)
        handicap, worst = _balance(far, work, steps=_BALANCE_STEPS)
        value = far + handicap[:, None]
        area = np.argmin(value, axis=0)
        # Spread counts as much as unevenness: the moves that follow mend unevenness, but not a bad shape.
        mean_far = float(far[area, np.arange(len(area))] @ (work + work.mean()))
        key = (worst / scale > 0.1, mean_far)
        if key < best_key:
            best, best_key = rows, key
        rows = [
            core if len(core) else _middle(np.flatnonzero(area == k), work, xy, rows[k])
            for k, core in enumerate(fixed)
        ]
    return [seeds[nodes] for nodes in best]


def _middle(members: Int64, work: Float64, xy: Float64, before: Int64) -> Int64:
    if len(members) == 0:
        return before
    weight = work[members] + 1e-9
    centre = (xy[members] * weight[:, None]).sum(axis=0) / weight.sum()
    return members[[int(np.argmin(((xy[members] - centre) ** 2).sum(axis=1)))]]


def _coarse(
    streets: Streets, graph: csr_matrix, node_work: Float64, n_areas: int, cores: list[Int64],
    rng: np.random.Generator,
) -> tuple[Int64, csr_matrix, Float64, Float64]:  # fmt: skip
    """Nodes gathered around seeds: ``(seed nodes, graph between seeds, work, xy)``; cores are always seeds."""
    n = streets.n_nodes
    wanted = max(_COARSE_LEAST, _COARSE_PER_AREA * n_areas)
    if n <= 2 * wanted:
        return np.arange(n), graph, node_work, streets.xy
    drawn = rng.permutation(n)[:wanted]
    seeds = np.unique(np.concatenate([drawn, *cores]).astype(np.int64))
    reach, _, source = dijkstra(
        graph, directed=False, indices=seeds, min_only=True, return_predecessors=True
    )
    row_of = np.full(n, -1)
    row_of[seeds] = np.arange(len(seeds))
    row = row_of[source]
    a, b = row[streets.u], row[streets.v]
    through = reach[streets.u] + streets.ms + reach[streets.v]
    small = least_graph(a, b, through, len(seeds))
    return seeds, small, sums(row, node_work, len(seeds)), streets.xy[seeds]


def _spread(
    graph: csr_matrix, work: Float64, fixed: list[Int64], rng: np.random.Generator
) -> list[Int64]:
    """Free centres one after the other, drawn with chances work x squared time to the nearest centre so far."""
    near = np.full(graph.shape[0], np.inf)
    for core in fixed:
        if len(core):
            near = np.minimum(near, dijkstra(graph, directed=False, indices=core, min_only=True))
    rows = list(fixed)
    taken = np.zeros(graph.shape[0], dtype=bool)
    taken[np.concatenate([np.zeros(0, dtype=np.int64), *fixed]).astype(np.int64)] = True
    for k, core in enumerate(fixed):
        if len(core):
            continue
        gap = np.where(np.isfinite(near), near, 1.0)
        chance = np.where(taken, 0.0, (work + work.mean() + 1e-9) * gap**2)
        if chance.sum() <= 0:
            chance = np.where(taken, 0.0, 1.0)
        if chance.sum() <= 0:
            chance = np.ones(len(taken))
        at = int(rng.choice(len(chance), p=chance / chance.sum()))
        taken[at] = True
        rows[k] = np.array([at])
        near = np.minimum(near, dijkstra(graph, directed=False, indices=np.array([at]))[0])
    return rows


def _far(graph: csr_matrix, centres: list[Int64]) -> Float64:
    """Milliseconds from each centre (the nearest of its nodes) to every node, ``[n_areas, n]``."""
    single = all(len(nodes) == 1 for nodes in centres)
    if single:
        return np.asarray(dijkstra(graph, directed=False, indices=np.concatenate(centres)))
    return np.array(
        [dijkstra(graph, directed=False, indices=nodes, min_only=True) for nodes in centres]
    )


def _balance(far: Float64, work: Float64, *, steps: int) -> tuple[Float64, float]:
    """Handicaps (whole milliseconds) that even out the work, and the worst deviation they leave."""
    n_areas = len(far)
    mean = work.sum() / n_areas
    handicap = np.zeros(n_areas)
    best, best_worst = handicap, np.inf
    if mean <= 0:
        return handicap, 0.0
    radius = float(np.min(far, axis=0).mean()) + 1.0
    step = radius
    for k in range(steps):
        area = np.argmin(far + handicap[:, None], axis=0)
        got = np.bincount(area, work, n_areas)
        worst = float(np.abs(got - mean).max())
        if worst < best_worst - 1e-12:
            best, best_worst = handicap, worst
        elif k % 5 == 4:
            step *= 0.7
        push = np.clip((got - mean) / mean, -1.0, 1.0)
        handicap = np.round(handicap + step * push)
        handicap -= handicap.min()
    return best, best_worst
