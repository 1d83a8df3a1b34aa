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

    def point(self, xy: Sequence[float]) -> list[int]:
        """One point ``(x, y)`` in metres as ``[lon, lat]`` in 1e-5 degree."""
        lon, lat = self._whole(np.asarray([xy], dtype=np.float64))[0]
        return [int(lon), int(lat)]

    def lines(self, parts: Iterable[XY], *, tolerance_m: float = TOLERANCE_M) -> list[list[int]]:
        """Lines or rings ``[k, 2]`` in metres as ``[lon, lat, d_lon, d_lat, ...]``; single points are dropped."""
        arrays = [np.asarray(part, dtype=np.float64).reshape(-1, 2) for part in parts]
        arrays = [a for a in arrays if len(a) >= 2]
        if not arrays:
            return []
        index = np.repeat(np.arange(len(arrays)), [len(a) for a in arrays])
        shapes = shapely.linestrings(np.concatenate(arrays), indices=index)
        shapes = shapely.simplify(shapes, tolerance_m, preserve_topology=True)
        points, owner = shapely.get_coordinates(shapes, return_index=True)
        whole = self._whole(points)
        cuts = np.flatnonzero(np.diff(owner)) + 1
        return [line for part in np.split(whole, cuts) if (line := _steps(part))]

    def line_number(self, xy: XY) -> int:
        """The number of a line in the table ``lines``: legs that are driven often are kept once; -1 without a way."""
        coded = self.lines([xy])
        if not coded:
            return -1
        key = tuple(coded[0])
        if key not in self._number:
            self._number[key] = len(self._lines)
            self._lines.append(coded[0])
        return self._number[key]

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
