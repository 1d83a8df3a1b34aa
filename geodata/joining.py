"""Give the vertices of drawn lines node ids, so that lines which meet become a network: by ids, else by place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from geodata.errors import Drops

Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]

_SAME_PLACE_M = 5.0
_PER_DEGREE = 10_000_000  # the grid on which OpenStreetMap keeps its nodes, about a centimetre


def levels(tags: Sequence[Mapping[str, str]]) -> Int64:
    """Rows of lines that lie on one level (layer, bridge, tunnel) get one number, int64 ``[n]``."""
    numbers: dict[tuple[str, ...], int] = {}
    return np.array(
        [
            numbers.setdefault(
                (t.get("layer", "0"), t.get("bridge", "no"), t.get("tunnel", "no")), len(numbers)
            )
            for t in tags
        ],
        dtype=np.int64,
    )


def join_by_place(
    xy: Float64, lonlat: Float64, start: Int64, level: Int64, tolerance_m: float, drops: Drops
) -> Int64:
    """Number the vertices: lines meet where ends are near, or where a vertex of one level is shared.

    Parameters
    ----------
    xy, lonlat
        Vertices ``[p, 2]`` in metres and in degrees.
    start
        Line ``k`` owns rows ``start[k]:start[k + 1]``, int64 ``[n + 1]``.
    level
        From :func:`levels`, int64 ``[n]``. Ends meet across levels (a bridge goes on as a street), vertices within a
        line only on their own, and lines that merely cross never meet.
    tolerance_m
        Ends this near are one.
    drops
        Takes note of ends that were drawn together.

    Returns
    -------
    int64 [p]
        Negative node ids.
    """
    line = np.repeat(np.arange(len(start) - 1), np.diff(start))
    key = np.column_stack([np.rint(lonlat * _PER_DEGREE).astype(np.int64), level[line]])
    _, first, place = np.unique(key, axis=0, return_index=True, return_inverse=True)
    place = place.ravel()
    ends = np.unique(place[np.concatenate([start[:-1], start[1:] - 1])])
    at = xy[first[ends]]
    pairs = cKDTree(at).query_pairs(tolerance_m, output_type="ndarray")
    n = len(first)
    graph = coo_matrix((np.ones(len(pairs)), (ends[pairs[:, 0]], ends[pairs[:, 1]])), (n, n))
    _, label = connected_components(graph, directed=False)
    apart = np.hypot(*(at[pairs[:, 0]] - at[pairs[:, 1]]).T) > 0.02
    for k, row in enumerate(first[ends[pairs[apart, 0]]].tolist()):
        where = f"({lonlat[row, 0]:.5f}, {lonlat[row, 1]:.5f})" if k < 3 else "more"
        drops.add(f"pair of line ends up to {tolerance_m:g} m apart, joined", where)
    return np.asarray(-(label[place].astype(np.int64) + 1))


def join_by_ids(
    u: npt.ArrayLike,
    v: npt.ArrayLike,
    xy: Float64,
    start: Int64,
    drops: Drops,
    way: npt.ArrayLike | None = None,
) -> Int64 | None:
    """Number the vertices by node ids at both ends of every line, or return None where the ids do not fit the drawing.

    Lines drawn from ``v`` to ``u`` are recognised. Ids that are not whole numbers are counted through. ``way`` names
    the lines in the report; they are counted from 1 without it.
    """
    both = np.concatenate([np.asarray(u, dtype=object), np.asarray(v, dtype=object)])
    names = np.arange(1, len(start)) if way is None else np.asarray(way)
    none = np.array([value is None or value != value for value in both])  # noqa: PLR0124 - NaN
    if none.any():
        half = none.reshape(2, -1).any(axis=0)
        _note_lines(drops, "line without node ids, so that all ends are joined by place", names[half])
        return None
    try:
        ids = both.astype(np.float64).astype(np.int64)
    except (TypeError, ValueError):
        _, ids = np.unique(both.astype(str), return_inverse=True)
        ids = ids.astype(np.int64) + 1
    n = len(start) - 1
    first, last = xy[start[:-1]], xy[start[1:] - 1]
    unique, row = np.unique(ids, return_inverse=True)
    node = _places(row, np.concatenate([first, last]), len(unique))
    gap = _gap(node, row[:n], row[n:], first, last)
    turned = _gap(node, row[n:], row[:n], first, last) < gap - 1.0
    if turned.any():
        row = np.where(np.tile(turned, 2), np.roll(row, n), row)
        node = _places(row, np.concatenate([first, last]), len(unique))
        gap = _gap(node, row[:n], row[n:], first, last)
    if np.mean(gap > _SAME_PLACE_M) > 0.02:
        what = "line whose node ids do not fit its ends, so that all ends are joined by place"
        _note_lines(drops, what, names[gap > _SAME_PLACE_M])
        return None
    ref = -(np.arange(len(xy), dtype=np.int64) + 1 + max(0, -int(unique.min())))
    ref[start[:-1]], ref[start[1:] - 1] = unique[row[:n]], unique[row[n:]]
    return ref


def _note_lines(drops: Drops, what: str, names: npt.NDArray[Any]) -> None:
    for k, name in enumerate(names[:3].tolist()):
        drops.add(what, f"w{name}", len(names) - 2 if k == 2 else 1)


def _places(row: Int64, xy: Float64, n: int) -> Float64:
    """The middle of all ends that claim a node, by median so that one wrong end does not move it."""
    order = np.lexsort([xy[:, 0], row])
    count = np.bincount(row, minlength=n)
    middle = np.concatenate([[0], np.cumsum(count)[:-1]]) + count // 2
    out = np.empty((n, 2))
    out[:, 0] = xy[order, 0][middle]
    order = np.lexsort([xy[:, 1], row])
    out[:, 1] = xy[order, 1][middle]
    return out


def _gap(node: Float64, u: Int64, v: Int64, first: Float64, last: Float64) -> Float64:
    return np.asarray(
        np.maximum(np.hypot(*(node[u] - first).T), np.hypot(*(node[v] - last).T)), dtype=np.float64
    )


def drawn_twice(
    ref: Int64, lonlat: Float64, start: Int64, tags: Sequence[Mapping[str, str]]
) -> npt.NDArray[np.bool_]:
    """Mark lines that repeat another: osmnx writes a two-way street once for each direction, others by mistake."""
    u, v = ref[start[:-1]], ref[start[1:] - 1]
    pair = np.column_stack([np.minimum(u, v), np.maximum(u, v)])
    _, group, size = np.unique(pair, axis=0, return_inverse=True, return_counts=True)
    twice = np.zeros(len(u), dtype=bool)
    seen: set[tuple[bytes, bool]] = set()
    grid = np.rint(lonlat * _PER_DEGREE).astype(np.int64)
    for k in np.flatnonzero(size[group.ravel()] > 1).tolist():
        points = grid[start[k] : start[k + 1]]
        shape = points.tobytes()
        both = tags[k].get("oneway", "no") in ("no", "false", "0")
        if both:
            shape = min(shape, points[::-1].tobytes())
        key = (shape, both)
        twice[k] = key in seen
        seen.add(key)
    return twice


def planarise(
    lines: npt.NDArray[np.object_], level: Int64, drops: Drops
) -> npt.NDArray[np.object_]:
    """Put a vertex into both lines wherever two of one level cross or touch; the drawing stays as it is."""
    tree = shapely.STRtree(lines)
    a, b = tree.query(lines, predicate="intersects")
    keep = (a < b) & (level[a] == level[b])
    a, b = a[keep], b[keep]
    points: dict[int, list[Any]] = {}
    shared = shapely.intersection(lines[a], lines[b])
    for i, j, where in zip(a.tolist(), b.tolist(), shared, strict=True):
        for x, y in shapely.get_coordinates(where).tolist():
            for k in (i, j):
                points.setdefault(k, []).append((x, y))
    out = lines.copy()
    for k, added in points.items():
        out[k] = _with_points(lines[k], np.array(added))
    if points:
        drops.add("crossing of lines made a junction, as asked", "planarise", len(shared))
    return out


def _with_points(line: Any, added: Float64) -> Any:
    """The line with vertices at ``added``; one that is there already is moved onto the shared place."""
    xy = shapely.get_coordinates(line)
    at = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
    where = shapely.line_locate_point(line, shapely.points(added))
    keep = np.min(np.abs(at[:, None] - where[None, :]), axis=1) > 1e-6
    keep[[0, -1]] = np.min(np.abs(at[[0, -1], None] - where[None, :]), axis=1) > 1e-6
    every = np.concatenate([xy[keep], added])
    order = np.argsort(np.concatenate([at[keep], where]), kind="stable")
    path = every[order]
    fresh = np.concatenate([[True], np.any(np.abs(np.diff(path, axis=0)) > 1e-9, axis=1)])
    return shapely.linestrings(path[fresh]) if fresh.sum() > 1 else line
