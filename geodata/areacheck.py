"""Certificates of patrol areas: a check that knows nothing of how they were made.

It reads only the network's ends of edges and the lists of edges handed to it. Each area's connection is proven by a
spanning forest built edge by edge (union-find); sums are taken anew; the bound on the greatest work is arithmetic.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geodata.errors import Fault, GeodataError
from geodata.network import RoadNetwork
from geodata.saying import say

Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]


@dataclass(frozen=True)
class AreaProof:
    """What was found of one area.

    Attributes
    ----------
    name : str
    n_edges, n_nodes : int
        Streets, and junctions or ends they touch.
    n_tree_edges : int
        Edges of the spanning forest: ``n_nodes - n_parts``.
    n_parts : int
        Pieces that the area's own roads do not join; 1 where it is connected.
    n_whole_islands : int
        How many of these pieces are whole islands of the network, which no area could join.
    work, deviation : float
        Sum over its edges, and its share above (or below, negative) the mean.
    """

    name: str
    n_edges: int
    n_nodes: int
    n_tree_edges: int
    n_parts: int
    n_whole_islands: int
    work: float
    deviation: float

    @property
    def connected(self) -> bool:
        """Connected by its own roads, whole islands aside."""
        return self.n_parts - self.n_whole_islands <= 1


@dataclass(frozen=True)
class AreaCertificate:
    """What can be said of a set of areas without trusting who made it.

    Attributes
    ----------
    n_edges, n_assigned, n_left_out : int
        Edges that were to be shared out, those in exactly one area, and edges of the network not to be shared out.
    areas : tuple of AreaProof
    mean, greatest : float
        Work of the mean area and of the fullest.
    bound : float
        No sharing into as many connected areas can have a fullest area below this.
    bound_by : str
        What makes the bound: ``mean``, ``longest street``, ``pinned streets`` or ``parts no road joins``.
    faults : tuple of Fault
        Empty when everything holds.
    """

    n_edges: int
    n_assigned: int
    n_left_out: int
    areas: tuple[AreaProof, ...]
    mean: float
    greatest: float
    bound: float
    bound_by: str
    faults: tuple[Fault, ...]

    @property
    def worst_deviation(self) -> float:
        """Greatest deviation from the mean, as a share of it."""
        return max((abs(area.deviation) for area in self.areas), default=0.0)

    @property
    def gap(self) -> float:
        """How far the fullest area may at most lie above the best possible, as a share of the bound."""
        return self.greatest / self.bound - 1 if self.bound > 0 else 0.0

    def raise_any(self) -> None:
        """Raise :class:`GeodataError` with every fault found."""
        if self.faults:
            raise GeodataError(self.faults)

    def __str__(self) -> str:
        parts = sum(area.n_whole_islands for area in self.areas)
        text = (
            f"{self.n_assigned} of {self.n_edges} streets lie in exactly one of {len(self.areas)} areas "
            f"({self.n_left_out} left out on purpose); {sum(a.connected for a in self.areas)} areas are connected"
        )
        text += f", {parts} islands ride along" if parts else ""
        return text + (
            f"; worst deviation {self.worst_deviation:.2%}; fullest area at most {max(self.gap, 0):.2%} above "
            f"the bound ({self.bound_by})"
        )


def check_areas(
    network: RoadNetwork,
    areas: Mapping[str, npt.ArrayLike],
    *,
    work: npt.ArrayLike | None = None,
    taken: npt.ArrayLike | None = None,
    pins: Mapping[str, npt.ArrayLike] | None = None,
    stated_work: Mapping[str, float] | None = None,
) -> AreaCertificate:
    """Check areas that anybody may have made, by hand too.

    Parameters
    ----------
    network
        Of which only the ends of the edges are read.
    areas
        Edge rows by area name.
    work
        Work of each edge, float64 ``[n_edges]``; metres of road when left out.
    taken
        Edges that were to be shared out, bool ``[n_edges]``; all that are open when left out.
    pins
        Edges that must lie in an area.
    stated_work
        What the areas claim to hold.
    """
    load = np.asarray(network.edge_length_m if work is None else work, dtype=np.float64)
    wanted = np.asarray(~network.closed if taken is None else taken, dtype=bool)
    rows = {name: np.asarray(edges, dtype=np.int64).ravel() for name, edges in areas.items()}
    faults: list[Fault] = []
    n_times = _times_assigned(network, rows, wanted, faults)
    u, v = network.edge_u.tolist(), network.edge_v.tolist()
    island_of, island_size = _islands(u, v, np.flatnonzero(wanted).tolist(), network.n_nodes)
    mean = float(load[wanted].sum()) / max(1, len(rows))
    proofs = []
    for name, edges in rows.items():
        proof = _proof(name, edges, u, v, load, mean, island_of, island_size)
        proofs.append(proof)
        if not proof.connected:
            faults.append(
                Fault(say("area {name} is in {n_parts} pieces", name=name,
                          n_parts=proof.n_parts), (name,), proof.n_parts,
                      say("one piece, apart from whole islands"), say("Join them by a street, or give a piece away."))
            )  # fmt: skip
        claim = (stated_work or {}).get(name)
        if claim is not None and abs(claim - proof.work) > 1e-6 * max(1.0, abs(proof.work)):
            what = say("area {name} claims work {claim:g}, its streets add up to {work:g}", name=name, claim=claim,
                       work=proof.work)  # fmt: skip
            faults.append(Fault(what, (name,)))
    for name, must in (pins or {}).items():
        strays = np.setdiff1d(np.asarray(must, dtype=np.int64), rows.get(name, np.zeros(0)))
        if len(strays):
            faults.append(
                Fault(say("streets pinned to {name} lie elsewhere", name=name), tuple(map(str, strays[:3])),
                      len(strays))
            )  # fmt: skip
    bound, bound_by = work_bound(load, wanted, len(rows), pins or {}, island_of)
    greatest = max((proof.work for proof in proofs), default=0.0)
    return AreaCertificate(
        int(wanted.sum()), int((n_times[wanted] == 1).sum()), int((~wanted).sum()), tuple(proofs), mean, greatest,
        bound, bound_by, tuple(faults),
    )  # fmt: skip


def _times_assigned(
    network: RoadNetwork, rows: Mapping[str, Int64], wanted: npt.NDArray[np.bool_], faults: list[Fault]
) -> Int64:  # fmt: skip
    every = np.concatenate([np.zeros(0, dtype=np.int64), *rows.values()])
    strange = every[(every < 0) | (every >= network.n_edges)]
    n_times = np.bincount(every[(every >= 0) & (every < network.n_edges)], minlength=network.n_edges)
    for what, bad in (
        (say("streets are in no area"), np.flatnonzero(wanted & (n_times == 0))),
        (say("streets are in more than one area, or twice in one"), np.flatnonzero(n_times > 1)),
        (say("streets were not to be shared out, yet lie in an area"), np.flatnonzero(~wanted & (n_times > 0))),
        (say("edges are not in the network"), strange),
    ):  # fmt: skip
        if len(bad):
            faults.append(Fault(what, tuple(map(str, bad[:3])), len(bad), say("each in exactly one area")))
    empty = [name for name, edges in rows.items() if len(edges) == 0]
    if empty:
        faults.append(Fault(say("areas without a street"), tuple(empty[:3]), len(empty)))
    return n_times


def _root(parent: dict[int, int] | list[int], node: int) -> int:
    while parent[node] != node:
        parent[node] = parent[parent[node]]
        node = parent[node]
    return node


def _islands(u: list[int], v: list[int], edges: list[int], n: int) -> tuple[list[int], dict[int, int]]:  # fmt: skip
    """For every edge to be shared out the connected part of the network it lies in (-1 for others), and its size."""
    parent = list(range(n))
    for edge in edges:
        a, b = _root(parent, u[edge]), _root(parent, v[edge])
        if a != b:
            parent[b] = a
    part = [-1] * len(u)
    size: dict[int, int] = {}
    for edge in edges:
        root = _root(parent, u[edge])
        part[edge] = root
        size[root] = size.get(root, 0) + 1
    return part, size


def _proof(
    name: str, edges: Int64, u: list[int], v: list[int], load: Float64, mean: float, island_of: list[int],
    island_size: Mapping[int, int],
) -> AreaProof:  # fmt: skip
    parent: dict[int, int] = {}
    n_tree = 0
    own = [edge for edge in edges.tolist() if 0 <= edge < len(u)]
    for edge in own:
        for node in (u[edge], v[edge]):
            parent.setdefault(node, node)
        a, b = _root(parent, u[edge]), _root(parent, v[edge])
        if a != b:
            parent[b] = a
            n_tree += 1
    in_part: dict[int, list[int]] = {}
    for edge in own:
        in_part.setdefault(_root(parent, u[edge]), []).append(edge)
    n_whole = sum(
        len(set(part)) == island_size.get(island_of[part[0]], -1) for part in in_part.values()
    )
    work = float(load[own].sum()) if own else 0.0
    return AreaProof(
        name, len(own), len(parent), n_tree, len(in_part), n_whole if len(in_part) > 1 else 0, work,
        work / mean - 1 if mean > 0 else 0.0,
    )  # fmt: skip


def work_bound(
    load: Float64,
    wanted: npt.NDArray[np.bool_],
    n_areas: int,
    pins: Mapping[str, npt.ArrayLike],
    island_of: list[int],
) -> tuple[float, str]:
    """Lower bound on the work of the fullest area, and what makes it.

    The mean; the longest single street; what is pinned to one area; and, where ``r`` large parts (each above half the
    mean) have no road between them and an area lies in one of them only, the least ``max_i W_i / k_i`` over whole
    ``k_i >= 1`` that sum to at most ``n_areas``: taking the part with the most work per area each time is best.
    """
    n_areas = max(1, n_areas)
    total = float(load[wanted].sum())
    choices = [(total / n_areas, "mean")]
    if wanted.any():
        choices.append((float(load[wanted].max()), "longest street"))
    choices += [
        (float(load[np.asarray(edges, dtype=np.int64)].sum()), "pinned streets")
        for edges in pins.values()
    ]
    part = np.array(island_of)
    _, row = np.unique(part[wanted], return_inverse=True)
    large = [w for w in np.bincount(row, load[wanted]).tolist() if w >= 0.5 * total / n_areas]
    if 1 < len(large) <= n_areas:
        share = [1] * len(large)
        for _ in range(n_areas - len(large)):
            at = max(range(len(large)), key=lambda k: large[k] / share[k])
            share[at] += 1
        choices.append((max(w / k for w, k in zip(large, share, strict=True)), "parts no road joins"))  # fmt: skip
    return max(choices, key=lambda choice: choice[0])
