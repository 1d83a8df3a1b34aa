"""Ways drawn: from hops over edges to a line with its length."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from geodata.network import RoadNetwork, Snapped
from geodata.routing.ends import AT_END_M
from geodata.travel import Float64, Path


def cut_edge(net: RoadNetwork, edge: int, from_m: float, to_m: float) -> Float64:
    """Points of an edge between two places on it, in travel order."""
    shape = net.shape_of(edge)
    step = np.hypot(*np.diff(shape, axis=0).T)
    at = np.concatenate([[0.0], np.cumsum(step)])
    scale = at[-1] / net.edge_length_m[edge] if net.edge_length_m[edge] > 0 else 0.0
    low, high = sorted((from_m * scale, to_m * scale))
    inner = shape[(at > low) & (at < high)]
    ends = np.column_stack([np.interp([low, high], at, shape[:, axis]) for axis in range(2)])
    xy = np.concatenate([ends[:1], inner, ends[1:]])
    return xy if from_m <= to_m else xy[::-1]


def direct_path(net: RoadNetwork, origin: Snapped, target: Snapped, seconds: int) -> Path:
    """The straight way between two points on one edge."""
    edge = int(origin.edge[0])
    a, b = float(origin.along_m[0]), float(target.along_m[0])
    return Path(seconds, abs(b - a), cut_edge(net, edge, a, b), np.array([edge], dtype=np.int32))


def joined_path(
    net: RoadNetwork, origin: Snapped, target: Snapped, sides: tuple[int, int], rows: npt.NDArray[np.int64],
    seconds: int,
) -> Path:  # fmt: skip
    """The way from a point through one end of its edge, over arcs ``rows``, to a point through one end of its."""
    parts: list[Float64] = []
    edges: list[int] = []
    length = 0.0
    for points, side, is_first in ((origin, sides[0], True), (target, sides[1], False)):
        edge, along = int(points.edge[0]), float(points.along_m[0])
        end = float(net.edge_length_m[edge]) if side else 0.0
        if not is_first:
            for hop, forward in zip(net.arcs.edge[rows].tolist(), net.arcs.forward[rows].tolist(), strict=True):
                shape = net.shape_of(hop)
                parts.append(shape if forward else shape[::-1])
                edges.append(hop)
                length += float(net.edge_length_m[hop])
        if abs(end - along) > AT_END_M:
            parts.append(cut_edge(net, edge, along, end) if is_first else cut_edge(net, edge, end, along))
            edges.append(edge)
            length += abs(end - along)
        elif is_first or not parts:
            parts.append(points.xy)
    xy = np.concatenate(parts)
    fresh = np.ones(len(xy), dtype=bool)
    fresh[1:] = (xy[1:] != xy[:-1]).any(axis=1)
    xy = xy[fresh]
    return Path(seconds, length, xy if len(xy) > 1 else np.repeat(xy, 2, axis=0), np.array(edges, dtype=np.int32))
