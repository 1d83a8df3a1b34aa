"""The window of a map on paper: true scale, and the lettered grid that all papers of a plan share."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.view import XY, PlanView

UNIT = 100
"""Drawing units in one millimetre of paper; whole numbers keep the drawing small."""

SCALES = (
    500, 1000, 1500, 2000, 2500, 3000, 4000, 5000, 6000, 7500, 10_000, 12_500, 15_000, 20_000,
    25_000, 30_000, 40_000, 50_000, 60_000, 75_000, 100_000, 150_000, 200_000, 300_000, 500_000, 1_000_000,
)  # fmt: skip
_CELLS_M = (100, 200, 250, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000)
_BARS_M = (50, 100, 200, 250, 500, 1000, 2000, 2500, 5000, 10_000, 20_000, 50_000)

Bounds = tuple[float, float, float, float]


def bounds_of(points: Iterable[tuple[float, float]]) -> Bounds:
    """``(west, south, east, north)`` of some points; a kilometre round the origin when there are none."""
    xy = np.array(list(points), dtype=np.float64).reshape(-1, 2)
    if not len(xy):
        return (-500.0, -500.0, 500.0, 500.0)
    west, south = xy.min(axis=0)
    east, north = xy.max(axis=0)
    return (float(west), float(south), float(east), float(north))


@dataclass(frozen=True)
class Frame:
    """A rectangle of paper that shows a rectangle of ground, north up.

    Attributes
    ----------
    centre_x, centre_y
        Metres in the view's CRS.
    scale
        Metres of ground in one metre of paper.
    width_mm, height_mm
        The paper.
    """

    centre_x: float
    centre_y: float
    scale: int
    width_mm: float
    height_mm: float

    @property
    def metres_per_mm(self) -> float:
        """Ground metres under one millimetre of paper."""
        return self.scale / 1000

    @property
    def bounds(self) -> Bounds:
        """Ground shown, in metres: west, south, east, north."""
        dx = self.width_mm * self.metres_per_mm / 2
        dy = self.height_mm * self.metres_per_mm / 2
        return (self.centre_x - dx, self.centre_y - dy, self.centre_x + dx, self.centre_y + dy)

    def paper(self, xy: XY | tuple[float, float]) -> NDArray[np.float64]:
        """Ground metres ``[k, 2]`` to paper millimetres ``[k, 2]`` from the upper left corner."""
        a = np.asarray(xy, dtype=np.float64).reshape(-1, 2)
        west, _, _, north = self.bounds
        return np.column_stack([a[:, 0] - west, north - a[:, 1]]) / self.metres_per_mm

    def holds(self, x: float, y: float, inside_mm: float = 0.0) -> bool:
        """Whether a point of the ground lies on the paper, at least ``inside_mm`` from its edge."""
        (px, py) = self.paper((x, y))[0]
        return bool(
            inside_mm <= px <= self.width_mm - inside_mm
            and inside_mm <= py <= self.height_mm - inside_mm
        )

    def bar_m(self, most_mm: float = 50.0) -> int:
        """The longest round length whose bar is at most ``most_mm`` long."""
        fitting = [b for b in _BARS_M if b / self.metres_per_mm <= most_mm]
        return fitting[-1] if fitting else _BARS_M[0]


def fit(
    bounds: Bounds,
    width_mm: float,
    height_mm: float,
    *,
    margin_mm: float = 12.0,
    least_scale: int = 2000,
) -> Frame:
    """The frame of the largest round scale that shows ``bounds`` with a margin."""
    west, south, east, north = bounds
    room_x, room_y = width_mm - 2 * margin_mm, height_mm - 2 * margin_mm
    needed = 1000 * max((east - west) / room_x, (north - south) / room_y)
    scale = next((s for s in SCALES if s >= max(needed, least_scale)), 0)
    if not scale:
        scale = math.ceil(needed / 1_000_000) * 1_000_000
    return Frame((west + east) / 2, (south + north) / 2, scale, width_mm, height_mm)


@dataclass(frozen=True)
class Grid:
    """Lettered squares: columns A, B, C from the west, rows 1, 2, 3 from the north.

    One grid serves all papers of a plan, so that "C4" means one place on all of them.
    """

    west: float
    north: float
    cell_m: int
    n_cols: int
    n_rows: int

    def square(self, x: float, y: float) -> str:
        """The square of a point, e.g. ``C4``; a dash outside the grid."""
        col = math.floor((x - self.west) / self.cell_m)
        row = math.floor((self.north - y) / self.cell_m)
        if not (0 <= col < self.n_cols and 0 <= row < self.n_rows):
            return "–"
        return f"{column_letters(col)}{row + 1}"

    def lines(self, frame: Frame) -> tuple[list[tuple[int, float]], list[tuple[int, float]]]:
        """Grid lines inside a frame: ``(index, millimetres)`` of columns and of rows."""
        west, south, east, north = frame.bounds
        mpm = frame.metres_per_mm
        cols = [(i, (self.west + i * self.cell_m - west) / mpm) for i in range(self.n_cols + 1)]
        rows = [(i, (north - self.north + i * self.cell_m) / mpm) for i in range(self.n_rows + 1)]
        return (
            [(i, x) for i, x in cols if -(self.cell_m / mpm) <= x <= (east - west) / mpm],
            [(i, y) for i, y in rows if -(self.cell_m / mpm) <= y <= (north - south) / mpm],
        )


def column_letters(index: int) -> str:
    """A .. Z, AA .. ZZ."""
    head, tail = divmod(index, 26)
    return (chr(64 + head) if head else "") + chr(65 + tail)


def plan_grid(view: PlanView) -> Grid:
    """The grid of a plan: it covers every site, post, stop and depot; cells of 500 m if 26 letters suffice."""
    west, south, east, north = bounds_of(_points(view))
    wide, high = east - west + 400, north - south + 400
    small = wide < 2500 and high < 2500
    for cell in _CELLS_M:
        if cell < (200 if small else 500):
            continue
        left = math.floor((west - 200) / cell) * cell
        top = math.ceil((north + 200) / cell) * cell
        n_cols = math.ceil((east + 200 - left) / cell)
        n_rows = math.ceil((top - south + 200) / cell)
        if max(n_cols, n_rows) <= 26:
            break
    return Grid(left, top, cell, n_cols, n_rows)


def _points(view: PlanView) -> Iterable[tuple[float, float]]:
    yield from (s.xy for s in view.sites)
    yield from (p.xy for p in view.posts)
    for tour in view.tours:
        yield tour.depot_xy
        yield from (s.xy for s in tour.stops)
