"""Shapes of areas to draw: they share borders, do not overlap, keep near the streets, and lie in one piece if they can.

Points along the streets stand for them; each point's Voronoi cell goes to the area of its street. Cells are joined by
area, scraps that a bridge or a long street leaves behind go to the neighbour around them, and borders are smoothed
together, so that neighbours still meet. Which area a street is in is not read from the shape.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from geodata.areacut import Float64, Int64
from geodata.network import RoadNetwork

_MOST_POINTS = 60_000
_LEAST_STEP_M = 25.0
_SCRAP_SHARE = 0.08
_MARGIN_M = 150.0


def area_shapes(
    network: RoadNetwork, area_of: Int64, n_areas: int, *, margin_m: float = _MARGIN_M
) -> tuple[Any, ...]:
    """One polygon (or multipolygon) an area, in metres.

    Parameters
    ----------
    area_of
        Area of each edge, -1 for none.
    margin_m
        How far shapes reach beyond the outermost streets.
    """
    xy, area = _points(network, area_of)
    hull = _surroundings(xy, margin_m)
    cells = shapely.get_parts(
        shapely.voronoi_polygons(shapely.multipoints(xy), extend_to=hull, ordered=True)
    )
    pieces = [
        areal(shapely.intersection(shapely.coverage_union_all(cells[area == k]), hull))
        for k in range(n_areas)
    ]
    pieces = [areal(piece) for piece in _without_scraps(pieces)]
    step = 0.6 * float(np.sqrt(hull.area / len(xy)))
    smooth = shapely.coverage_simplify(pieces, step, simplify_boundary=True)
    return tuple(smooth) if shapely.coverage_is_valid(smooth) else tuple(pieces)


def areal(shape: Any) -> Any:
    """The polygons of a shape, lines and points left out."""
    whole = shape if shape.is_valid else shapely.make_valid(shape)
    if whole.geom_type in ("Polygon", "MultiPolygon"):
        return whole
    parts = shapely.get_parts(shapely.get_parts(whole))
    flat = [p for p in parts if p.geom_type == "Polygon" and p.area > 0]
    return shapely.union_all(flat) if flat else shapely.Polygon()


def _points(network: RoadNetwork, area_of: Int64) -> tuple[Float64, Int64]:
    """Points along the streets in areas, ends left out, no place twice."""
    rows = np.flatnonzero(area_of >= 0)
    lines = network.lines[rows]
    length = shapely.length(lines)
    step = max(_LEAST_STEP_M, float(length.sum()) / _MOST_POINTS)
    n_on = np.maximum(1, np.ceil(length / step)).astype(np.int64)
    row = np.repeat(np.arange(len(rows)), n_on)
    nth = np.arange(len(row)) - np.repeat(np.cumsum(n_on) - n_on, n_on)
    share = (nth + 0.5) / n_on[row]
    points = shapely.line_interpolate_point(lines[row], share, normalized=True)
    xy = np.round(shapely.get_coordinates(points), 3)
    _, first = np.unique(xy, axis=0, return_index=True)
    first.sort()
    return xy[first], area_of[rows][row][first]


def _surroundings(xy: Float64, margin_m: float) -> Any:
    """The ground around points: squares that hold one, grown, holes and notches filled."""
    cell = margin_m
    at = np.unique(np.floor(xy / cell).astype(np.int64), axis=0)
    boxes = shapely.box(at[:, 0] * cell, at[:, 1] * cell, (at[:, 0] + 1) * cell, (at[:, 1] + 1) * cell)  # fmt: skip
    ground = shapely.coverage_union_all(boxes)
    closed = ground.buffer(6 * cell, quad_segs=2).buffer(-5.5 * cell, quad_segs=2)
    parts = [p for p in shapely.get_parts(closed) if p.area > 0]
    return shapely.union_all([shapely.Polygon(p.exterior) for p in parts])


def _without_scraps(pieces: list[Any]) -> list[Any]:
    """Give small loose parts of an area's shape to the neighbour they share most border with."""
    kept: list[Any] = []
    loose: list[tuple[float, int, Any]] = []
    for k, piece in enumerate(pieces):
        parts = sorted(shapely.get_parts(piece), key=lambda p: (-p.area, p.bounds))
        whole = [p for p in parts if p.area >= _SCRAP_SHARE * parts[0].area]
        kept.append(whole)
        loose += [(p.area, k, p) for p in parts[len(whole) :]]
    bodies = [shapely.union_all(whole) for whole in kept]
    tree = shapely.STRtree(bodies)
    gifts: dict[int, list[Any]] = {}
    for _, k, scrap in sorted(loose, key=lambda item: (-item[0], item[1])):
        near = [int(j) for j in np.sort(tree.query(scrap, predicate="intersects")) if j != k]
        border = [float(shapely.intersection(scrap, bodies[j].boundary).length) for j in near]
        to = near[int(np.argmax(border))] if border and max(border) > 0 else k
        gifts.setdefault(to, []).append(scrap)
    return [
        shapely.union_all([body, *gifts[k]]) if k in gifts else body for k, body in enumerate(bodies)
    ]


