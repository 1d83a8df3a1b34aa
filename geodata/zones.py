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


@dataclass(frozen=True)
class ZoneShares:
    """Certificate of cells or rings: how points and metres fall on them, and what lies in none.

    Attributes
    ----------
    names : tuple of str
        Zones in order.
    counts : tuple of int
        Points in each.
    n_outside : int
        Points in none; ``sum(counts) + n_outside`` is the number of points, each in one zone at most.
    area_m2 : tuple of float
        Ground of each.
    overlap_m2, gap_m2 : float
        Ground in two zones, and ground of the whole in none: 0 but for rounding where zones part the whole.
    """

    names: tuple[str, ...]
    counts: tuple[int, ...]
    n_outside: int
    area_m2: tuple[float, ...]
    overlap_m2: float
    gap_m2: float


def grid_shares(points_xy: npt.ArrayLike, bounds: Bounds, cell_m: float) -> ZoneShares:
    """Points ``[n, 2]`` by grid cell, and proof from the cells' shapes that they part the ground they cover."""
    cells = grid_cells(bounds, cell_m)
    points = np.asarray(points_xy, dtype=np.float64).reshape(-1, 2)
    found = [cell_of(point, bounds, cell_m) for point in points]
    row = {cell.id: k for k, cell in enumerate(cells)}
    counts = np.bincount([row[cell] for cell in found if cell is not None], minlength=len(cells))
    shapes = [shapely.box(*cell.bounds) for cell in cells]
    whole = shapely.box(*bounds)
    return _shares([cell.id for cell in cells], counts, len(points), shapes, whole)


def ring_shares(
    points_xy: npt.ArrayLike, place: npt.ArrayLike, core_m: float, buffer_m: float, outer_m: float
) -> ZoneShares:
    """Points ``[n, 2]`` by ring, and proof from the rings' shapes that they are nested without gap or overlap."""
    points = np.asarray(points_xy, dtype=np.float64).reshape(-1, 2)
    at = ring_of(points, place, core_m, buffer_m, outer_m)
    made = rings(place, core_m, buffer_m, outer_m)
    shapes = [shapely.Polygon(r.outer, [] if r.inner is None else [r.inner]) for r in made]
    counts = np.bincount(at[at >= 0], minlength=len(RING_NAMES))
    return _shares(list(RING_NAMES), counts, len(points), shapes, shapely.Polygon(made[-1].outer))


def _shares(
    names: list[str], counts: npt.NDArray[np.int64], n_points: int, shapes: list[Any], whole: Any
) -> ZoneShares:
    together = shapely.union_all(shapes)
    area = tuple(float(shape.area) for shape in shapes)
    return ZoneShares(
        tuple(names), tuple(counts.tolist()), n_points - int(counts.sum()), area,
        max(0.0, sum(area) - float(together.area)), float(shapely.difference(whole, together).area),
    )  # fmt: skip


def reach_bands(
    nodes_ms: npt.ArrayLike, n_bands: int, weight: npt.ArrayLike | None = None
) -> tuple[npt.NDArray[np.int64], Float64]:
    """Rings by travel time with like weight: which band each node is in, and where bands end.

    Parameters
    ----------
    nodes_ms
        Milliseconds from the place to every node, infinite where none leads (``Router.nodes_ms``).
    n_bands
        How many; nodes of one time stay together, so bands may be uneven by that much.
    weight
        Of each node, for example half the metres of its streets; 1 when left out.

    Returns
    -------
    tuple
        ``band`` int64 ``[n]``, -1 where unreached; ``end_ms`` float64 ``[n_bands]``, inclusive and rising.
    """
    ms = np.asarray(nodes_ms, dtype=np.float64)
    load = np.ones(len(ms)) if weight is None else np.asarray(weight, dtype=np.float64)
    faults = Faults()
    if n_bands < 1:
        faults.add(f"{n_bands} bands asked for", expected="at least 1")
    if not np.isfinite(ms).any():
        faults.add("no junction is reached from there", mend="Move the place to a road.")
    faults.raise_any()
    reached = np.flatnonzero(np.isfinite(ms))
    times, row = np.unique(ms[reached], return_inverse=True)
    upto = np.cumsum(np.bincount(row, load[reached]))
    cut = np.searchsorted(upto, upto[-1] * np.arange(1, n_bands + 1) / n_bands - 1e-9)
    end_ms = times[np.minimum(cut, len(times) - 1)]
    band = np.full(len(ms), -1, dtype=np.int64)
    band[reached] = np.searchsorted(end_ms, ms[reached], side="left")
    return band, end_ms


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
