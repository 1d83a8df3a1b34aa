"""Zones on the ground: lettered grid cells, and rings (core, buffer, outer) around what is guarded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from geodata.errors import Faults

Float64 = npt.NDArray[np.float64]
Bounds = tuple[float, float, float, float]

RING_NAMES = ("core", "buffer", "outer")


@dataclass(frozen=True)
class Cell:
    """One cell of a map grid: ``id`` such as ``B4`` (letters east, numbers south, as printed), bounds in metres."""

    id: str
    bounds: Bounds


@dataclass(frozen=True, eq=False)
class Ring:
    """A belt around a place.

    Attributes
    ----------
    name : str
        ``core``, ``buffer`` or ``outer``.
    from_m, to_m : float
        Distances from the place; the core begins at 0 and includes the place itself.
    outer : float64 [k, 2]
        Outer border, closed, in metres.
    inner : float64 [j, 2] or None
        Inner border, None for the core.
    """

    name: str
    from_m: float
    to_m: float
    outer: Float64
    inner: Float64 | None


def grid_cells(bounds: Bounds, cell_m: float) -> tuple[Cell, ...]:
    """Cells that cover ``bounds``, from the north-western corner, row by row.

    Parameters
    ----------
    bounds
        ``(x_min, y_min, x_max, y_max)`` in metres.
    cell_m
        Side of a cell.

    Raises
    ------
    GeodataError
        Empty bounds, or a side that is not above 0.
    """
    n_columns, n_rows = _grid(bounds, cell_m)
    x0, y1 = bounds[0], bounds[3]
    return tuple(
        Cell(
            f"{letters(column)}{row + 1}",
            (
                x0 + column * cell_m,
                y1 - (row + 1) * cell_m,
                x0 + (column + 1) * cell_m,
                y1 - row * cell_m,
            ),
        )
        for row in range(n_rows)
        for column in range(n_columns)
    )


def cell_of(xy: npt.ArrayLike, bounds: Bounds, cell_m: float) -> str | None:
    """Id of the grid cell that holds a point, or None outside; a point on a border is in the cell east or south."""
    n_columns, n_rows = _grid(bounds, cell_m)
    x, y = (float(value) for value in np.asarray(xy, dtype=np.float64).ravel()[:2])
    column, row = int((x - bounds[0]) // cell_m), int((bounds[3] - y) // cell_m)
    if not (0 <= column < n_columns and 0 <= row < n_rows):
        return None
    return f"{letters(column)}{row + 1}"


def letters(column: int) -> str:
    """Column name as on a map sheet: A to Z, then AA, AB and so on."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def rings(
    place: npt.ArrayLike, core_m: float, buffer_m: float, outer_m: float
) -> tuple[Ring, Ring, Ring]:
    """Core, buffer and outer ring around a point ``[2]`` or the polygon ``[k, 2]`` of a site.

    Parameters
    ----------
    place
        Metres; a polygon needs at least three corners.
    core_m, buffer_m, outer_m
        Distances from the place at which each ring ends, rising.

    Raises
    ------
    GeodataError
        Distances that do not rise from above 0.
    """
    _check_rings(core_m, buffer_m, outer_m)
    shape = _shape(place)
    borders = [
        np.asarray(
            shapely.get_coordinates(shape.buffer(m, quad_segs=16).exterior), dtype=np.float64
        )
        for m in (core_m, buffer_m, outer_m)
    ]
    return (
        Ring("core", 0.0, core_m, borders[0], None),
        Ring("buffer", core_m, buffer_m, borders[1], borders[0]),
        Ring("outer", buffer_m, outer_m, borders[2], borders[1]),
    )


def ring_of(
    points_xy: npt.ArrayLike, place: npt.ArrayLike, core_m: float, buffer_m: float, outer_m: float
) -> npt.NDArray[np.int8]:
    """Ring of each point ``[n, 2]``: 0 core, 1 buffer, 2 outer, -1 outside; a border belongs to the inner ring."""
    _check_rings(core_m, buffer_m, outer_m)
    points = np.asarray(points_xy, dtype=np.float64).reshape(-1, 2)
    gap = shapely.distance(_shape(place), shapely.points(points))
    ring = np.searchsorted(np.array([core_m, buffer_m, outer_m]), gap, side="left").astype(np.int8)
    ring[ring == len(RING_NAMES)] = -1
    return ring


def _shape(place: npt.ArrayLike) -> Any:
    xy = np.asarray(place, dtype=np.float64).reshape(-1, 2)
    if len(xy) < 3:
        return shapely.Point(xy[0])
    polygon = shapely.Polygon(xy)
    return polygon if polygon.is_valid else polygon.convex_hull  # a drawing that crosses itself


def _check_rings(core_m: float, buffer_m: float, outer_m: float) -> None:
    faults = Faults()
    if not 0 < core_m < buffer_m < outer_m:
        faults.add(
            f"ring distances {core_m:g}, {buffer_m:g}, {outer_m:g} m do not rise",
            expected="0 < core < buffer < outer",
            mend="Give each ring a distance beyond the one inside it.",
        )
    faults.raise_any()


def _grid(bounds: Bounds, cell_m: float) -> tuple[int, int]:
    faults = Faults()
    if not cell_m > 0:
        faults.add(f"grid cells of {cell_m:g} m", expected="a side above 0 m")
    if not (bounds[0] < bounds[2] and bounds[1] < bounds[3]):
        faults.add(f"bounds {bounds} enclose nothing", expected="x_min < x_max and y_min < y_max")
    faults.raise_any()
    n_columns = int(np.ceil((bounds[2] - bounds[0]) / cell_m - 1e-9))
    n_rows = int(np.ceil((bounds[3] - bounds[1]) / cell_m - 1e-9))
    return max(1, n_columns), max(1, n_rows)
