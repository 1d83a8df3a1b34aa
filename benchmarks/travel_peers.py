"""The peers behind one face: whole milliseconds between nodes, infinite where there is no way."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse.csgraph import dijkstra

from geodata.network import RoadNetwork

Nodes = npt.NDArray[np.int64]
Ms = npt.NDArray[np.float64]

_BATCH_CELLS = 20_000_000  # scipy answers with dense rows: 160 MB of them at a time


class Scipy:
    """``scipy.sparse.csgraph.dijkstra`` over the best arcs, its matrix made beforehand."""

    def __init__(self, net: RoadNetwork) -> None:
        self.graph = net.graph

    def matrix(self, sources: Nodes, targets: Nodes) -> Ms:
        """All sources to all targets."""
        batch = max(1, _BATCH_CELLS // self.graph.shape[0])
        rows = [
            dijkstra(self.graph, indices=sources[begin : begin + batch])[:, targets]
            for begin in range(0, len(sources), batch)
        ]
        return np.concatenate(rows)

    def coverage(self, sources: Nodes, limit_ms: float, batch: int) -> tuple[Nodes, Nodes, Ms]:
        """Nodes within a limit in CSR form: row ends, nodes, milliseconds; in batches, whose size is the caller's."""
        ends, nodes, ms = [0], [], []
        for begin in range(0, len(sources), batch):
            reach = dijkstra(self.graph, indices=sources[begin : begin + batch], limit=limit_ms)
            row, column = np.nonzero(np.isfinite(reach))
            ends.extend((ends[-1] + np.cumsum(np.bincount(row, minlength=len(reach)))).tolist())
            nodes.append(column)
            ms.append(reach[row, column])
        return np.array(ends), np.concatenate(nodes), np.concatenate(ms)


class RoutingKit:
    """pyroutingkit's customizable contraction hierarchy; 2^31 - 1 stands for "no way" there and for "closed" here."""

    def __init__(self, net: RoadNetwork) -> None:
        import pyroutingkit

        self._module = pyroutingkit
        arcs = net.arcs
        self.n = net.n_nodes
        self.tail = np.repeat(np.arange(net.n_nodes), np.diff(arcs.indptr)).astype(np.uint32)
        self.head = arcs.head.astype(np.uint32)
        self.weight = arcs.w_ms.astype(np.uint32)
        self.edge = arcs.edge
        # Degrees are only looked at to cut the map in two; metres scaled down do as well.
        place = (net.node_xy - net.node_xy.mean(axis=0)) / 111_000.0
        self.lat, self.lon = place[:, 1].astype(np.float32), place[:, 0].astype(np.float32)

    def prepare(self) -> Any:
        """Order, contract and customise."""
        cch = self._module.CCH()
        cch.build_topology(self.tail, self.head, self.lat, self.lon, node_count=self.n)
        cch.customize_weights(self.weight)
        return cch

    def closed(self, edges: npt.NDArray[np.int64]) -> npt.NDArray[np.uint32]:
        """Weights with some edges closed."""
        weight = self.weight.copy()
        weight[np.isin(self.edge, edges)] = self._module.INF_WEIGHT
        return weight

    def matrix(self, cch: Any, sources: Nodes, targets: Nodes) -> npt.NDArray[np.uint32]:
        """All sources to all targets as the library gives it."""
        answer: npt.NDArray[np.uint32] = cch.distances_many_to_many(
            sources.astype(np.uint32), targets.astype(np.uint32)
        )
        return answer

    def as_ms(self, answer: npt.NDArray[np.uint32]) -> Ms:
        """The same with infinity where there is no way."""
        return np.where(answer >= self._module.INF_WEIGHT, np.inf, answer.astype(np.float64))


class Networkx:
    """networkx's Dijkstra on a DiGraph of the best arcs."""

    def __init__(self, net: RoadNetwork) -> None:
        import networkx as nx

        self._nx = nx
        coo = net.graph.tocoo()
        self.graph: Any = nx.DiGraph()
        self.graph.add_nodes_from(range(net.n_nodes))
        self.graph.add_weighted_edges_from(
            zip(coo.row.tolist(), coo.col.tolist(), coo.data.astype(np.int64).tolist(), strict=True), "ms"
        )

    def within(self, source: int, limit_ms: float) -> dict[int, int]:
        """Milliseconds of the nodes within a limit."""
        found: dict[int, int] = self._nx.single_source_dijkstra_path_length(
            self.graph, source, cutoff=limit_ms, weight="ms"
        )
        return found

    def row(self, source: int, targets: Nodes) -> Ms:
        """One row of the table."""
        reach = self.within(source, np.inf)
        return np.array([reach.get(int(node), np.inf) for node in targets], dtype=np.float64)


class Igraph:
    """igraph's Yen: k shortest paths between two nodes."""

    def __init__(self, net: RoadNetwork) -> None:
        import igraph

        best = net.best_arcs
        tail = np.repeat(np.arange(net.n_nodes), np.diff(net.arcs.indptr))[best]
        self.ms = net.arcs.w_ms[best].astype(np.int64)
        self.edge = net.arcs.edge[best]
        self.graph = igraph.Graph(
            n=net.n_nodes, edges=np.column_stack([tail, net.arcs.head[best]]), directed=True
        )
        self.graph.es["ms"] = self.ms.tolist()

    def paths(self, source: int, target: int, k: int = 3) -> list[npt.NDArray[np.int64]]:
        """Rows of the arcs of each path, fastest first."""
        found = self.graph.get_k_shortest_paths(
            source, to=target, k=k, weights="ms", mode="out", output="epath"
        )
        return [np.asarray(path, dtype=np.int64) for path in found]
