"""The line of a patrol on paper: moved aside where it doubles back, with arrows along it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]


def joined(legs: Sequence[Points]) -> Points:
    """All legs as one line ``[k, 2]``, without repeated points."""
    parts = [leg for leg in legs if len(leg)]
    if not parts:
        return np.zeros((0, 2))
    line = np.concatenate(parts)
    keep = np.ones(len(line), dtype=bool)
    keep[1:] = np.hypot(*np.diff(line, axis=0).T) > 1e-9
    return line[keep]


def doubled(line: Points, *, grain: float = 0.5) -> NDArray[np.bool_]:
    """For each piece of a line ``[k - 1]`` whether the line also runs it the other way."""
    ends = np.round(line / grain).astype(np.int64)
    pieces = [(*a, *b) for a, b in zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True)]
    seen = set(pieces)
    return np.array([(c, d, a, b) in seen for a, b, c, d in pieces], dtype=bool)


def aside(line: Points, shift: NDArray[np.float64]) -> Points:
    """Move each piece of ``line`` to its right by ``shift`` millimetres (y grows downwards).

    Where two neighbours move alike they meet at their corner; where they do not, a short step joins them.
    """
    if len(line) < 2:
        return line
    d = np.diff(line, axis=0)
    length = np.hypot(d[:, 0], d[:, 1])
    right = np.column_stack([-d[:, 1], d[:, 0]]) / np.maximum(length, 1e-9)[:, None]
    out = [line[0] + right[0] * shift[0]]
    for i in range(len(d) - 1):
        corner = line[i + 1]
        bend = 1 + float(right[i] @ right[i + 1])
        if shift[i] == shift[i + 1] and bend > 0.35:
            out.append(corner + (right[i] + right[i + 1]) * (shift[i] / bend))
        else:
            out.extend((corner + right[i] * shift[i], corner + right[i + 1] * shift[i + 1]))
    out.append(line[-1] + right[-1] * shift[-1])
    return np.array(out)


def arrows(
    line: Points, every: float, *, avoid: Points, clear: float
) -> list[tuple[float, float, float]]:
    """Places and headings of arrow heads along a line, none near the points to avoid.

    Returns
    -------
    list of tuple
        ``(x, y, angle)``: millimetres, and degrees clockwise from east on paper.
    """
    if len(line) < 2:
        return []
    d = np.diff(line, axis=0)
    length = np.hypot(d[:, 0], d[:, 1])
    along = np.concatenate([[0.0], np.cumsum(length)])
    found: list[tuple[float, float, float]] = []
    at = every / 2
    while at < along[-1]:
        i = int(np.searchsorted(along, at, side="right")) - 1
        i = min(i, len(d) - 1)
        spot = line[i] + d[i] * ((at - along[i]) / max(length[i], 1e-9))
        free = not len(avoid) or np.hypot(*(avoid - spot).T).min() > clear
        apart = all((x - spot[0]) ** 2 + (y - spot[1]) ** 2 > (every / 8) ** 2 for x, y, _ in found)
        if free and apart and length[i] > 0.3:
            angle = float(np.degrees(np.arctan2(d[i, 1], d[i, 0])))
            found.append((float(spot[0]), float(spot[1]), angle))
            at += every
        else:
            at += every / 12
    return found
