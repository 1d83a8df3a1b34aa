"""The road network as frozen arrays: edges, nodes, arcs, and where a point lies on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import shapely
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from geodata.crs import to_metric
from geodata.errors import Dropped, Fault, GeodataError

if TYPE_CHECKING:
    import geopandas
    import networkx as nx

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]
Bool = npt.NDArray[np.bool_]

_LONGEST_MS = 2_000_000_000
NO_WAY = -1
"""In ``ahead_ms`` and ``back_ms``: the edge may not be travelled in that direction."""


@dataclass(frozen=True, eq=False)
class Snapped:
    """Points laid onto the nearest edge of a network; all arrays have length ``n``.

    Attributes
    ----------
    edge : int32
        Edge row, -1 where no edge is near enough.
    along_m : float64
        Metres from the edge's start, on the scale of ``edge_length_m``.
    distance_m : float64
        How far the point lies from the edge, infinite where ``ok`` is false.
    xy : float64 [n, 2]
        The place on the edge, or the point itself where ``ok`` is false.
    ok : bool
    """

    edge: Int32
    along_m: Float64
    distance_m: Float64
    xy: Float64
    ok: Bool

    def __len__(self) -> int:
        return len(self.edge)

    def take(self, rows: npt.ArrayLike) -> Snapped:
        """Return the points at ``rows`` (indices or mask)."""
        at = np.asarray(rows)
        if at.dtype != np.bool_:
            at = at.astype(np.int64)
        return Snapped(
            self.edge[at], self.along_m[at], self.distance_m[at], self.xy[at], self.ok[at]
        )


@dataclass(frozen=True, eq=False)
class Arcs:
    """Directed arcs by tail node (CSR), closed edges and self loops left out, parallel ones kept.

    Attributes
    ----------
    indptr : int32 [n_nodes + 1]
    head, w_ms, edge : int32 [n_arcs]
    forward : bool [n_arcs]
        Whether the arc runs along its edge as drawn.
    """

    indptr: Int32
    head: Int32
    w_ms: Int32
    edge: Int32
    forward: Bool


@dataclass(frozen=True, eq=False)
class RoadNetwork:
    """What one profile can travel, as frozen arrays in one metric CRS.

    Attributes
    ----------
    profile, crs : str
    node_osm : int64 [n]
        OSM node ids; an id appears more than once where a barrier parts the road.
    node_xy : float64 [n, 2]
        Metres.
    edge_u, edge_v : int32 [e]
        Node rows at both ends; equal for a self loop.
    edge_way : int64 [e]
        OSM way id.
    edge_length_m : float64 [e]
    ahead_ms, back_ms : int32 [e]
        Travel time along and against the edge in whole milliseconds, rounded up, at least 1; ``NO_WAY`` if not allowed.
    edge_class, edge_name : int16, int32 [e]
        Rows of ``class_names`` and ``names`` (row 0 is the empty name).
    speed_known, bridge, tunnel : bool [e]
    shape_start, shape_xy : int64 [e + 1], float64 [p, 2]
        Edge ``k`` is drawn by rows ``shape_start[k]:shape_start[k + 1]``.
    closed : bool [e]
        Edges that may not be used at all.
    dropped : tuple of Dropped
    back_from, back_to : int32 [e], optional
        Node rows where the direction against the drawing starts and ends; ``edge_v`` and ``edge_u`` when left out. They
        differ only where turn restrictions split a junction (:mod:`geodata.turns`).
    """

    profile: str
    crs: str
    node_osm: Int64
    node_xy: Float64
    edge_u: Int32
    edge_v: Int32
    edge_way: Int64
    edge_length_m: Float64
    ahead_ms: Int32
    back_ms: Int32
    edge_class: npt.NDArray[np.int16]
    edge_name: Int32
    class_names: tuple[str, ...]
    names: tuple[str, ...]
    speed_known: Bool
    bridge: Bool
    tunnel: Bool
    shape_start: Int64
    shape_xy: Float64
    closed: Bool
    dropped: tuple[Dropped, ...] = ()
    back_from: Int32 | None = None
    back_to: Int32 | None = None

    def __post_init__(self) -> None:
        for value in vars(self).values():
            if isinstance(value, np.ndarray):
                value.setflags(write=False)

    @property
    def n_nodes(self) -> int:
        """Number of nodes."""
        return len(self.node_osm)

    @property
    def n_edges(self) -> int:
        """Number of edges; an edge that can be driven both ways counts once."""
        return len(self.edge_u)

    @property
    def back_tail(self) -> Int32:
        """Node rows where the direction against the drawing starts, int32 ``[e]``."""
        return self.edge_v if self.back_from is None else self.back_from

    @property
    def back_head(self) -> Int32:
        """Node rows where the direction against the drawing ends, int32 ``[e]``."""
        return self.edge_u if self.back_to is None else self.back_to

    def name_of(self, edge: int) -> str:
        """Street name of an edge, or an empty text."""
        return self.names[int(self.edge_name[edge])]

    def class_of(self, edge: int) -> str:
        """``highway`` value of an edge."""
        return self.class_names[int(self.edge_class[edge])]

    def shape_of(self, edge: int) -> Float64:
        """Points ``[k, 2]`` of an edge in metres, from ``edge_u`` to ``edge_v``."""
        return self.shape_xy[self.shape_start[edge] : self.shape_start[edge + 1]]

    @cached_property
    def arcs(self) -> Arcs:
        """Directed arcs in CSR form."""
        loop, back_loop = self.edge_u == self.edge_v, self.back_tail == self.back_head
        ahead = np.flatnonzero((self.ahead_ms != NO_WAY) & ~self.closed & ~loop)
        back = np.flatnonzero((self.back_ms != NO_WAY) & ~self.closed & ~back_loop)
        tail = np.concatenate([self.edge_u[ahead], self.back_tail[back]])
        head = np.concatenate([self.edge_v[ahead], self.back_head[back]])
        w_ms = np.concatenate([self.ahead_ms[ahead], self.back_ms[back]])
        edge = np.concatenate([ahead, back]).astype(np.int32)
        forward = np.concatenate([np.ones(len(ahead), dtype=bool), np.zeros(len(back), dtype=bool)])
        # The last key decides first: by tail, then head, then time, then edge, so the first of parallels is the best.
        order = np.lexsort([edge, w_ms, head, tail])
        indptr = np.concatenate([[0], np.cumsum(np.bincount(tail, minlength=self.n_nodes))]).astype(
            np.int32
        )
        return Arcs(indptr, head[order], w_ms[order], edge[order], forward[order])

    @cached_property
    def arc_tail(self) -> Int32:
        """Node that each row of ``arcs`` leaves, int32 ``[n_arcs]``."""
        return np.repeat(np.arange(self.n_nodes, dtype=np.int32), np.diff(self.arcs.indptr))

    @cached_property
    def best_arcs(self) -> Int64:
        """Rows of ``arcs`` without slower parallels, int64: scipy would add parallel arcs up, or never return."""
        arcs = self.arcs
        tail = np.repeat(np.arange(self.n_nodes), np.diff(arcs.indptr))
        first = np.ones(len(tail), dtype=bool)
        first[1:] = (tail[1:] != tail[:-1]) | (arcs.head[1:] != arcs.head[:-1])
        return np.flatnonzero(first)

    @cached_property
    def graph(self) -> csr_matrix:
        """Milliseconds from tail to head as a sparse matrix ``[n, n]`` of the best arcs."""
        best = self.best_arcs
        indptr = np.searchsorted(best, self.arcs.indptr).astype(np.int32)
        values = self.arcs.w_ms[best].astype(np.float64)
        return csr_matrix((values, self.arcs.head[best].copy(), indptr), (self.n_nodes,) * 2)

    @cached_property
    def graph_back(self) -> csr_matrix:
        """The same from head to tail, for searches from the targets."""
        return self.graph.T.tocsr()

    @cached_property
    def component(self) -> Int32:
        """Strong component of every node, int32 ``[n]``; 0 is the largest."""
        _, label = connected_components(self.graph, directed=True, connection="strong")
        size = np.bincount(label)
        order = np.argsort(-size, kind="stable")
        rank = np.empty(len(size), dtype=np.int32)
        rank[order] = np.arange(len(size), dtype=np.int32)
        return rank[label]

    @cached_property
    def in_main(self) -> Bool:
        """Edges with both ends in the largest strong component, bool ``[e]``."""
        main: Bool = (self.component[self.edge_u] == 0) & (self.component[self.edge_v] == 0)
        return main

    @cached_property
    def lines(self) -> npt.NDArray[np.object_]:
        """Edges as shapely lines in metres, object ``[e]``."""
        lines: npt.NDArray[np.object_] = np.asarray(
            shapely.linestrings(
                self.shape_xy, indices=np.repeat(np.arange(self.n_edges), np.diff(self.shape_start))
            ),
            dtype=object,
        )
        return lines

    @cached_property
    def _trees(self) -> dict[bool, tuple[shapely.STRtree, Int64]]:
        return {}

    def snap(
        self, points_xy: npt.ArrayLike, limit_m: float = 150.0, *, main_only: bool = False
    ) -> Snapped:
        """Lay points onto the nearest edge that is open.

        Parameters
        ----------
        points_xy
            ``[n, 2]`` metres in the network's CRS.
        limit_m
            Points further than this from every edge are not laid (``ok`` false).
        main_only
            Use only edges of the largest strong component, so that every point can be reached from every other.

        Returns
        -------
        Snapped
            Of equally near edges the one with the lowest row is taken.
        """
        from geodata.snapping import nearest

        points = np.asarray(points_xy, dtype=np.float64).reshape(-1, 2)
        usable: Bool = ~self.closed & self.in_main if main_only else ~self.closed
        edge, share, xy = nearest(self, points, usable, limit_m)
        ok = edge >= 0
        along, distance = np.zeros(len(points)), np.full(len(points), np.inf)
        along[ok] = share[ok] * self.edge_length_m[edge[ok]]
        distance[ok] = np.hypot(*(xy[ok] - points[ok]).T)
        return Snapped(edge, along, distance, xy, ok)

    def _tree(self, main_only: bool) -> tuple[shapely.STRtree, Int64]:
        if main_only not in self._trees:
            usable = ~self.closed & (self.in_main if main_only else True)
            rows = np.flatnonzero(usable)
            self._trees[main_only] = (shapely.STRtree(self.lines[rows]), rows)
        return self._trees[main_only]

    def with_closures(self, edges: npt.ArrayLike) -> RoadNetwork:
        """Return the network without ``edges`` (rows); closures add up, everything else is shared."""
        rows = np.asarray(edges, dtype=np.int64).ravel()
        bad = rows[(rows < 0) | (rows >= self.n_edges)]
        if len(bad):
            raise GeodataError(
                [
                    Fault(
                        "edges to close are not in the network",
                        tuple(map(str, bad[:3])),
                        len(bad),
                        f"0..{self.n_edges - 1}",
                    )
                ]
            )
        closed = self.closed.copy()
        closed[rows] = True
        return self._variant(closed=closed)

    def with_speeds(self, factor: float | npt.ArrayLike) -> RoadNetwork:
        """Return the network with speeds times ``factor`` (one number, or one for each edge), times rounded up."""
        times = np.broadcast_to(np.asarray(factor, dtype=np.float64), (self.n_edges,))
        if not (np.isfinite(times).all() and (times > 0).all()):
            raise GeodataError(
                "speed factors must be above 0; close an edge with with_closures instead."
            )

        def slower(ms: Int32) -> npt.NDArray[np.float64]:
            slowed: npt.NDArray[np.float64] = np.maximum(1, np.ceil(ms / times - 1e-9))
            return np.where(ms == NO_WAY, NO_WAY, slowed)

        ahead, back = slower(self.ahead_ms), slower(self.back_ms)
        longest = np.flatnonzero(np.maximum(ahead, back) > _LONGEST_MS)
        if len(longest):
            raise GeodataError(
                [Fault("speed factors make edges take longer than can be counted",
                       tuple(f"edge {k} (w{self.edge_way[k]})" for k in longest[:3].tolist()), len(longest),
                       expected=f"at most {_LONGEST_MS / 86_400_000:.0f} days an edge",
                       mend="Close these edges with with_closures instead.")]
            )  # fmt: skip
        return self._variant(ahead_ms=ahead.astype(np.int32), back_ms=back.astype(np.int32))

    def _variant(self, **changes: Any) -> RoadNetwork:
        """Change some arrays; what depends on the drawing alone costs most to make and is shared."""
        changed: RoadNetwork = replace(self, **changes)
        changed.__dict__.update({key: self.__dict__[key] for key in ("lines", "_grid") if key in self.__dict__})
        return changed

    def edges_near(self, shape: Any, *, radius_m: float = 15.0) -> Int64:
        """Turn a drawn closure into edge rows.

        Parameters
        ----------
        shape
            A shapely geometry in degrees (longitude, latitude). A point closes all that passes within ``radius_m``;
            a polygon what runs inside it for more than a metre; a line what runs *along* it within ``radius_m``
            (half of the edge, or three times the radius), so that crossing streets stay open.
        radius_m
            For points and lines.

        Returns
        -------
        int64 array
            Edge rows, sorted. An edge is closed whole even if the shape covers part of it.
        """
        metric = shapely.transform(shape, lambda lonlat: to_metric(lonlat, self.crs))
        linear = shapely.get_dimensions(metric) == 1
        area = metric if shapely.get_dimensions(metric) == 2 else shapely.buffer(metric, radius_m)
        tree, rows = self._tree(False)
        near = np.sort(rows[tree.query(area, predicate="intersects")])
        inside = shapely.length(shapely.intersection(self.lines[near], area))
        length = shapely.length(self.lines[near])
        hit = (
            (inside >= np.minimum(length / 2, 3 * radius_m))
            if linear
            else (inside > np.minimum(1.0, length / 2))
        )
        hit &= length > 0  # joints between the copies of a split junction are no street
        closing: Int64 = near[hit].astype(np.int64)
        return closing

    def to_geodataframe(self) -> geopandas.GeoDataFrame:
        """Edges as a GeoDataFrame in the network's CRS; written to a file and read back it travels alike."""
        import geopandas

        columns: Mapping[str, Any] = {
            "edge": np.arange(self.n_edges), "u": self.edge_u, "v": self.edge_v, "osm_way": self.edge_way,
            "highway": np.array(self.class_names, dtype=object)[self.edge_class],
            "name": np.array(self.names, dtype=object)[self.edge_name],
            "length_m": self.edge_length_m, "ahead_ms": self.ahead_ms, "back_ms": self.back_ms,
            "bridge": self.bridge, "tunnel": self.tunnel, "closed": self.closed, "speed_known": self.speed_known,
            "profile": self.profile,
        }  # fmt: skip
        return geopandas.GeoDataFrame(columns, geometry=list(self.lines), crs=self.crs)

    def to_networkx(self) -> nx.MultiDiGraph[int]:
        """Open arcs as a MultiDiGraph with ``ms``, ``edge`` and ``length_m``; self loops included."""
        import networkx as nx

        graph: nx.MultiDiGraph[int] = nx.MultiDiGraph(crs=self.crs)
        for node, (x, y) in enumerate(self.node_xy.tolist()):
            graph.add_node(node, x=x, y=y, osm=int(self.node_osm[node]))
        for k in np.flatnonzero(~self.closed).tolist():
            u, v, length = int(self.edge_u[k]), int(self.edge_v[k]), float(self.edge_length_m[k])
            if self.ahead_ms[k] != NO_WAY:
                graph.add_edge(u, v, ms=int(self.ahead_ms[k]), edge=k, length_m=length)
            if self.back_ms[k] != NO_WAY:
                v, u = int(self.back_tail[k]), int(self.back_head[k])
                graph.add_edge(v, u, ms=int(self.back_ms[k]), edge=k, length_m=length)
        return graph
