"""Lay points onto the nearest edge: a compiled grid over the segments, and shapely's tree with equal answers.

Both find the nearest edge by the same arithmetic, that of the distance between a point and a segment in GEOS, so that
even ties fall alike; the place on the edge is computed by the same lines for both.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from shapely import STRtree

    from geodata.network import RoadNetwork

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]
Bool = npt.NDArray[np.bool_]

_SEGMENTS_PER_CELL = 1.0
_MOST_CELLS = 4_000_000
_SMALL = 20_000
"""Edges up to which shapely's tree answers while nothing compiled is loaded, which takes longer."""
_TREES = 4


@dataclass(frozen=True, eq=False)
class Grid:
    """Segments by the square cells that they touch; depends on the drawn shapes alone, so variants share it.

    Attributes
    ----------
    low : float64 [2]
        Lower left corner, metres.
    size_m : float
        Side of a cell.
    shape : tuple of int
        Columns and rows.
    start, segment : int32 [cells + 1], [k]
        Cell ``column + columns * row`` owns ``segment[start[cell]:start[cell + 1]]``; empty until it is asked for.
    line : float64 [s, 4]
        Both ends of every segment.
    edge : int32 [s]
    first : int64 [e + 1]
        Edge ``k`` owns segments ``first[k]:first[k + 1]``.
    along_m : float64 [s]
        Drawn metres from the edge's start to the segment's.
    drawn_m : float64 [e]
        Drawn length of every edge.
    """

    low: Float64
    size_m: float
    shape: tuple[int, int]
    start: Int32
    segment: Int32
    line: Float64
    edge: Int32
    first: Int64
    along_m: Float64
    drawn_m: Float64


def nearest(net: RoadNetwork, points: Float64, usable: Bool, limit_m: float) -> tuple[Int32, Float64, Float64]:
    """Nearest usable edge of each point, its place on it, and the distance.

    Parameters
    ----------
    net
    points : float64 [n, 2]
        Metres in the network's CRS.
    usable : bool [e]
        Edges that may be taken.
    limit_m
        Points further than this from every usable edge get none.

    Returns
    -------
    edge : int32 [n]
        The lowest row among equally near ones, -1 where none is near enough or the point is not finite.
    share : float64 [n]
        Place on the edge by drawn length, 0 at its start and 1 at its end.
    xy : float64 [n, 2]
        The place, the point itself where there is none.
    """
    if ("numba" not in sys.modules and net.n_edges <= _SMALL) or not find_spec("numba"):
        edge = nearest_by_tree(net, points, usable, limit_m)
        return edge, *_places(grid_of(net), points, edge)
    from geodata.routing.cells import find
    from geodata.routing.compiled import announce

    announce("grid")
    grid = _binned(net)
    points = np.array(points, order="C")  # of one kind, whatever was given: one set of types for the kernel
    edge, share, xy = np.full(len(points), -1, np.int32), np.zeros(len(points)), points.copy()
    if len(grid.line):
        find(
            grid.low, grid.size_m, *grid.shape, grid.start, grid.segment, grid.line, grid.edge, grid.first,
            grid.along_m, grid.drawn_m, usable, points, float(limit_m), edge, share, xy,
        )  # fmt: skip
    return edge, share, xy


def nearest_by_tree(net: RoadNetwork, points: Float64, usable: Bool, limit_m: float) -> Int32:
    """The nearest usable edges by shapely's tree, the reference: int32 ``[n]``, -1 where none is near enough."""
    import shapely

    rows = np.flatnonzero(usable)
    edge = np.full(len(points), -1, dtype=np.int32)
    fine = np.flatnonzero(np.isfinite(points).all(axis=1))
    if len(rows) and len(fine) and limit_m >= 0:
        # The tree takes no limit of 0, and is slower with a limit than without one.
        tree = _tree(net, usable, rows)
        (hit, found), metres = tree.query_nearest(
            np.asarray(shapely.points(points[fine]), dtype=object), all_matches=True, return_distance=True
        )
        near = metres <= limit_m
        hit, found = hit[near], rows[found[near]]
        order = np.lexsort([found, hit])
        first = np.unique(hit[order], return_index=True)[1]
        edge[fine[hit[order][first]]] = found[order][first]
    return edge


def _tree(net: RoadNetwork, usable: Bool, rows: Int64) -> STRtree:
    """The tree of some edges, the last few kept with the network."""
    import shapely

    trees: dict[bytes, STRtree] = net.__dict__.setdefault("_trees_of", {})
    key = np.packbits(usable).tobytes()
    if key not in trees:
        while len(trees) >= _TREES:
            trees.pop(next(iter(trees)))
        trees[key] = shapely.STRtree(net.lines[rows])
    return trees[key]


def grid_of(net: RoadNetwork) -> Grid:
    """The grid of a network, made at the first call and kept with it."""
    kept: Grid | None = net.__dict__.get("_grid")
    if kept is None:
        kept = net.__dict__["_grid"] = _grid(net)
    return kept


def _grid(net: RoadNetwork) -> Grid:
    count = np.diff(net.shape_start) - 1
    edge = np.repeat(np.arange(net.n_edges, dtype=np.int32), count)
    first = np.concatenate([[0], np.cumsum(count)])
    begin = np.arange(len(edge)) + edge + net.shape_start[0]  # one point more than segments in every edge
    line = np.concatenate([net.shape_xy[begin], net.shape_xy[begin + 1]], axis=1)
    step = line[:, 2:] - line[:, :2]
    length = np.sqrt(step[:, 0] * step[:, 0] + step[:, 1] * step[:, 1])
    total = np.concatenate([[0.0], np.cumsum(length)])
    along = total[:-1] - total[first[:-1]][edge]
    drawn = total[first[1:]] - total[first[:-1]]
    low = line.reshape(-1, 2).min(axis=0, initial=np.inf)
    span = line.reshape(-1, 2).max(axis=0, initial=-np.inf) - low
    if not len(line):
        return Grid(np.zeros(2), 1.0, (1, 1), np.zeros(2, np.int32), np.zeros(0, np.int32), line, edge, first, along,
                    drawn)  # fmt: skip
    # About as many cells as segments, at least as wide as segments mostly are, and never too many.
    wanted = min(max(len(line) / _SEGMENTS_PER_CELL, 1.0), _MOST_CELLS)
    size = max(float(np.sqrt(span[0] * span[1] / wanted)), float(span.max()) / wanted, float(length.mean()) / 4, 1e-3)
    shape = (int(span[0] / size) + 1, int(span[1] / size) + 1)
    start, segment = np.zeros(shape[0] * shape[1] + 1, np.int32), np.zeros(0, np.int32)
    return Grid(low, size, shape, start, segment, line, edge, first, along, drawn)


def _binned(net: RoadNetwork) -> Grid:
    """The grid with its segments in their cells, which only the compiled search needs."""
    grid = grid_of(net)
    if len(grid.line) and not len(grid.segment):
        from geodata.routing.cells import bin_segments

        start, segment = bin_segments(grid.low, grid.size_m, *grid.shape, grid.line)
        grid = net.__dict__["_grid"] = replace(grid, start=start, segment=segment)
    return grid


def _places(grid: Grid, points: Float64, edge: Int32) -> tuple[Float64, Float64]:
    """Share and place of each point on its edge, by the arithmetic of the compiled search."""
    share, xy = np.zeros(len(points)), points.copy()
    hit = np.flatnonzero(edge >= 0)
    mine = edge[hit]
    count = grid.first[mine + 1] - grid.first[mine]
    ends = np.cumsum(count)
    row = np.repeat(grid.first[mine] - (ends - count), count) + np.arange(int(count.sum()))
    of = np.repeat(np.arange(len(hit)), count)
    a, b, p = grid.line[row, :2], grid.line[row, 2:], points[hit][of]
    metres, r = _to_segments(p, a, b)
    order = np.lexsort([np.arange(len(row)), metres, of])
    best = order[np.unique(of[order], return_index=True)[1]]
    a, b, r = a[best], b[best], np.clip(r[best], 0.0, 1.0)[:, None]
    step = b - a
    xy[hit] = np.where(r <= 0.0, a, np.where(r >= 1.0, b, a + r * step))
    length = np.sqrt(step[:, 0] * step[:, 0] + step[:, 1] * step[:, 1])
    whole = grid.drawn_m[mine]
    part = grid.along_m[row[best]] + r[:, 0] * length
    share[hit] = np.where(whole > 0, np.minimum(part / np.where(whole > 0, whole, 1.0), 1.0), 0.0)
    return share, xy


def _to_segments(p: Float64, a: Float64, b: Float64) -> tuple[Float64, Float64]:
    """Distance between points and segments, and the place of the foot as a share of the segment, unclipped."""
    dx, dy = b[:, 0] - a[:, 0], b[:, 1] - a[:, 1]
    squared = dx * dx + dy * dy
    some = np.where(squared > 0, squared, 1.0)
    r = np.where(squared > 0, ((p[:, 0] - a[:, 0]) * dx + (p[:, 1] - a[:, 1]) * dy) / some, 0.0)
    end = np.where((r >= 1.0)[:, None], b, a)
    ex, ey = end[:, 0] - p[:, 0], end[:, 1] - p[:, 1]
    beside = np.abs(((a[:, 1] - p[:, 1]) * dx - (a[:, 0] - p[:, 0]) * dy) / some) * np.sqrt(squared)
    return np.where((r > 0.0) & (r < 1.0), beside, np.sqrt(ex * ex + ey * ey)), r
