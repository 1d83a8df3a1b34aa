"""Compiled kernels of the grid over segments: which cells a segment touches, and the nearest edge of a point."""

# Compiled functions get their types from what they are called with; annotations would only be decoration.
# ruff: noqa: ANN001, ANN201, ANN202
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators

from __future__ import annotations

import numba as nb
import numpy as np

jit = nb.njit(cache=True, nogil=True, error_model="numpy")
inner = nb.njit(nogil=True, error_model="numpy")


@inner
def _cell(value, low, size, count):
    """Column or row of a coordinate, kept within the grid."""
    return min(max(int((value - low) / size), 0), count - 1)


@inner
def _columns(ax, ay, bx, by, bottom, top, x0, size, n_columns):
    """First and last column that a segment touches within a row of cells, with a little to spare."""
    left, right = min(ax, bx), max(ax, bx)
    if ay != by:
        s, t = (bottom - ay) / (by - ay), (top - ay) / (by - ay)
        s, t = max(min(s, t), 0.0), min(max(s, t), 1.0)
        one, two = ax + s * (bx - ax), ax + t * (bx - ax)
        left, right = max(left, min(one, two)), min(right, max(one, two))
    spare = size * 1e-6
    return _cell(left - spare, x0, size, n_columns), _cell(right + spare, x0, size, n_columns)


@jit
def bin_segments(low, size, n_columns, n_rows, line):
    """Segments of every cell, in CSR form: counted first, then filled in."""
    start = np.zeros(n_columns * n_rows + 1, np.int32)
    segment = np.empty(0, np.int32)
    spare = size * 1e-6
    for filling in range(2):
        for k in range(len(line)):
            ax, ay, bx, by = line[k, 0], line[k, 1], line[k, 2], line[k, 3]
            begin = _cell(min(ay, by) - spare, low[1], size, n_rows)
            end = _cell(max(ay, by) + spare, low[1], size, n_rows)
            for row in range(begin, end + 1):
                bottom = low[1] + row * size - spare
                c0, c1 = _columns(ax, ay, bx, by, bottom, bottom + size + 2 * spare, low[0], size, n_columns)
                for column in range(c0, c1 + 1):
                    cell = row * n_columns + column
                    if filling:
                        # Pointers stand at the cells' ends and move to their starts.
                        start[cell] -= 1
                        segment[start[cell]] = k
                    else:
                        start[cell] += 1
        if not filling:
            total = 0
            for cell in range(len(start)):
                total += start[cell]
                start[cell] = total
            segment = np.empty(total, np.int32)
    return start, segment


@inner
def _metres(px, py, ax, ay, bx, by):
    """Distance between a point and a segment, and the foot's share of the segment: step for step as GEOS does it."""
    dx, dy = bx - ax, by - ay
    squared = dx * dx + dy * dy
    r = 0.0
    if squared > 0:
        r = ((px - ax) * dx + (py - ay) * dy) / squared
        if 0.0 < r < 1.0:
            return abs(((ay - py) * dx - (ax - px) * dy) / squared) * np.sqrt(squared), r
    ex, ey = (bx - px, by - py) if r >= 1.0 else (ax - px, ay - py)
    return np.sqrt(ex * ex + ey * ey), r


@jit
def find(
    low, size, n_columns, n_rows, start, segment, line, edge_of, first, along_m, drawn_m, usable, points, limit_m,
    edge, share, xy,
):
    """Nearest usable edge of every point within the limit, into ``edge``, ``share`` and ``xy``.

    Cells are looked through ring by ring around the point, until no cell further out can hold anything as near.
    """
    x0, y0 = low[0], low[1]
    x1, y1 = x0 + n_columns * size, y0 + n_rows * size
    for i in range(len(points)):
        px, py = points[i, 0], points[i, 1]
        if not (np.isfinite(px) and np.isfinite(py)):
            continue
        # Comparing in a clipped place: a point far outside starts at the grid's border.
        column = _cell(min(max(px, x0), x1), x0, size, n_columns)
        row = _cell(min(max(py, y0), y1), y0, size, n_rows)
        out_x, out_y = max(x0 - px, px - x1, 0.0), max(y0 - py, py - y1, 0.0)
        best, found = limit_m, -1
        ring = 0
        while True:
            left, right, bottom, top = column - ring, column + ring, row - ring, row + ring
            for cell_row in range(max(bottom, 0), min(top, n_rows - 1) + 1):
                if cell_row in (bottom, top):
                    c0, c1, step = max(left, 0), min(right, n_columns - 1), 1
                else:
                    c0, c1, step = left, right, 2 * ring
                for cell_column in range(c0, c1 + 1, step):
                    if cell_column < 0 or cell_column >= n_columns:
                        continue
                    cell = cell_row * n_columns + cell_column
                    for k in range(start[cell], start[cell + 1]):
                        s = segment[k]
                        e = edge_of[s]
                        if not usable[e]:
                            continue
                        metres, _ = _metres(px, py, line[s, 0], line[s, 1], line[s, 2], line[s, 3])
                        if metres < best or (metres == best and (found < 0 or e < found)):
                            best, found = metres, e
            # What is left lies beyond one of the four sides of the square looked through.
            rest = np.inf
            if left > 0:
                rest = min(rest, np.hypot(max(px - (x0 + left * size), 0.0), out_y))
            if right < n_columns - 1:
                rest = min(rest, np.hypot(max(x0 + (right + 1) * size - px, 0.0), out_y))
            if bottom > 0:
                rest = min(rest, np.hypot(max(py - (y0 + bottom * size), 0.0), out_x))
            if top < n_rows - 1:
                rest = min(rest, np.hypot(max(y0 + (top + 1) * size - py, 0.0), out_x))
            if rest > best + size * 1e-6 or rest == np.inf:
                break
            ring += 1
        if found < 0:
            continue
        edge[i] = found
        near, chosen, at = np.inf, first[found], 0.0
        for s in range(first[found], first[found + 1]):
            metres, r = _metres(px, py, line[s, 0], line[s, 1], line[s, 2], line[s, 3])
            if metres < near:
                near, chosen, at = metres, s, r
        ax, ay, bx, by = line[chosen, 0], line[chosen, 1], line[chosen, 2], line[chosen, 3]
        at = min(max(at, 0.0), 1.0)
        dx, dy = bx - ax, by - ay
        if at <= 0.0:
            xy[i, 0], xy[i, 1] = ax, ay
        elif at >= 1.0:
            xy[i, 0], xy[i, 1] = bx, by
        else:
            xy[i, 0], xy[i, 1] = ax + at * dx, ay + at * dy
        if drawn_m[found] > 0:
            share[i] = min((along_m[chosen] + at * np.sqrt(dx * dx + dy * dy)) / drawn_m[found], 1.0)
