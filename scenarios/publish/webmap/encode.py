"""Geometry as whole numbers: 1e-5 degree (about a metre), each point as the step from the one before.

A tenth of GeoJSON's size; ``unpack`` in ``core.js`` is its counterpart.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.crs import to_lonlat
from scenarios.view import XY

#: Whole numbers per degree.
PER_DEGREE = 100_000
#: Bends flatter than this are left out of lines; the eye cannot see them at the map's deepest zoom.
TOLERANCE_M = 0.8


class Coder:
    """Turns metres of one CRS into delta-coded whole numbers.

    Parameters
    ----------
    crs
        The metric CRS of everything that is coded.
    """

    def __init__(self, crs: str) -> None:
        self.crs = crs
        self._lines: list[list[int]] = []
        self._number: dict[tuple[int, ...], int] = {}
        self._points: dict[tuple[float, ...], list[int]] = {}

    def point(self, xy: Sequence[float]) -> list[int]:
        """One point ``(x, y)`` in metres as ``[lon, lat]`` in 1e-5 degree."""
        key = tuple(float(v) for v in xy)
        if key not in self._points:
            lon, lat = self._whole(np.asarray([key], dtype=np.float64))[0]
            self._points[key] = [int(lon), int(lat)]
        return list(self._points[key])

    def know(self, points: Iterable[Sequence[float]]) -> None:
        """Code many points at once, which is far faster than one by one."""
        fresh = [key for key in {tuple(float(v) for v in xy) for xy in points} if key not in self._points]
        if fresh:
            self._points |= zip(fresh, self._whole(np.asarray(fresh, dtype=np.float64)).tolist(), strict=True)

    def lines(self, parts: Iterable[XY], *, tolerance_m: float = TOLERANCE_M) -> list[list[int]]:
        """Lines or rings ``[k, 2]`` in metres as ``[lon, lat, d_lon, d_lat, ...]``; single points are dropped."""
        return [line for line in self._coded(parts, tolerance_m) if line]

    def _coded(self, parts: Iterable[XY], tolerance_m: float) -> list[list[int]]:
        """One entry for each part, empty where nothing of a line is left."""
        every = [np.asarray(part, dtype=np.float64).reshape(-1, 2) for part in parts]
        rows = [k for k, a in enumerate(every) if len(a) >= 2]
        found: list[list[int]] = [[] for _ in every]
        if not rows:
            return found
        arrays = [every[k] for k in rows]
        index = np.repeat(np.arange(len(arrays)), [len(a) for a in arrays])
        shapes = shapely.linestrings(np.concatenate(arrays), indices=index)
        shapes = shapely.simplify(shapes, tolerance_m, preserve_topology=True)
        points, owner = shapely.get_coordinates(shapes, return_index=True)
        whole = self._whole(points)
        cuts = np.flatnonzero(np.diff(owner)) + 1
        for k, part in zip(rows, np.split(whole, cuts), strict=True):
            found[k] = _steps(part)
        return found

    def line_numbers(self, parts: Iterable[XY]) -> list[int]:
        """The number of each line in the table ``lines``: what is driven often is kept once; -1 without a way."""
        numbers = []
        for coded in self._coded(parts, TOLERANCE_M):
            key = tuple(coded)
            if coded and key not in self._number:
                self._number[key] = len(self._lines)
                self._lines.append(coded)
            numbers.append(self._number[key] if coded else -1)
        return numbers

    @property
    def table(self) -> list[list[int]]:
        """All lines that ``line_number`` has seen, by number."""
        return self._lines

    def _whole(self, points: NDArray[np.float64]) -> NDArray[np.int64]:
        return np.rint(to_lonlat(points, self.crs) * PER_DEGREE).astype(np.int64)


def _steps(points: NDArray[np.int64]) -> list[int]:
    """First point, then steps; points that fall together are kept once. Empty when nothing of a line is left."""
    steps = np.diff(points, axis=0)
    steps = steps[np.any(steps != 0, axis=1)]
    if not len(steps):
        return []
    flat: list[int] = np.concatenate([points[:1], steps]).reshape(-1).tolist()
    return flat
