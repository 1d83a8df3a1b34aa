"""Patrol areas (beats): a road network shared out into contiguous areas with like work, each result with its proof.

Contiguous means by road: an area's streets hang together without leaving it, so a river or a railway parts areas
unless a street crosses it. The unit is the street between two junctions. How areas are found stands in
:mod:`geodata.areacut` and :mod:`geodata.areamoves`, what proves them in :mod:`geodata.areacheck`.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import shapely
from scipy.sparse.csgraph import dijkstra

from geodata.areacheck import AreaCertificate, check_areas
from geodata.areacut import Float64, Int64, least_graph, sums
from geodata.areaparts import Parts, share_out
from geodata.errors import Faults
from geodata.network import NO_WAY, RoadNetwork, Snapped
from geodata.saying import say

if TYPE_CHECKING:
    import geopandas

_log = logging.getLogger(__name__)

Bool = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class PatrolArea:
    """One area.

    Attributes
    ----------
    name : str
        ``A1`` and on, or the name pins gave it.
    edges : int64 [k]
        Rows of the network's edges, rising.
    work, deviation : float
        Sum of its edges' work, and its share above the mean (negative below).
    road_m : float
    centre : int
        Node from which its streets are reached soonest on average, both directions of a street taken alike.
    centre_xy : float64 [2]
    mean_s, worst_s : float
        Driving seconds from the centre to its junctions, one-way streets kept, over the whole network: the mean by
        metres of street, and the longest.
    n_unreached : int
        Junctions no way leads to from the centre (behind one-way streets, or on islands).
    """

    name: str
    edges: Int64
    work: float
    deviation: float
    road_m: float
    centre: int
    centre_xy: Float64
    mean_s: float
    worst_s: float
    n_unreached: int


@dataclass(frozen=True, eq=False)
class PatrolAreas:
    """All areas of one sharing out.

    Attributes
    ----------
    network : RoadNetwork
    area_of : int64 [n_edges]
        Row in ``areas``, -1 for streets that were not to be shared out.
    areas : tuple of PatrolArea
        By name order A1, A2 ... (names that pins gave come where they were given).
    work : float64 [n_edges]
    certificate : AreaCertificate
    islands : tuple of (str, int)
        Area name and number of streets of each island without road to the rest that was given to the nearest area.
    crossings : int64 [c]
        Barrier crossings on which some area depends, since the part beyond is too small for an area of its own.
    """

    network: RoadNetwork
    area_of: Int64
    areas: tuple[PatrolArea, ...]
    work: Float64
    certificate: AreaCertificate
    islands: tuple[tuple[str, int], ...]
    crossings: Int64

    def __len__(self) -> int:
        return len(self.areas)

    @property
    def names(self) -> tuple[str, ...]:
        """Names by row."""
        return tuple(area.name for area in self.areas)

    def area_at(self, points: Snapped) -> list[str | None]:
        """Name of the area of each snapped point, None off the network or in no area."""
        rows = np.where(points.ok, self.area_of[np.where(points.ok, points.edge, 0)], -1)
        return [self.names[row] if row >= 0 else None for row in rows.tolist()]

    @cached_property
    def polygons(self) -> tuple[Any, ...]:
        """Shapes to draw, in metres, that do not overlap; which area a street is in, ``area_of`` says."""
        from geodata.areashapes import area_shapes

        shapes: tuple[Any, ...] = area_shapes(self.network, self.area_of, len(self.areas))
        return shapes

    def to_geodataframe(self) -> geopandas.GeoDataFrame:
        """One row an area, with its polygon, in the network's CRS."""
        import geopandas

        columns: dict[str, Any] = {
            key: [getattr(area, key) for area in self.areas]
            for key in ("name", "work", "deviation", "road_m", "mean_s", "worst_s", "n_unreached")
        }
        columns["n_edges"] = [len(area.edges) for area in self.areas]
        return geopandas.GeoDataFrame(columns, geometry=list(self.polygons), crs=self.network.crs)

    def lines_geodataframe(self) -> geopandas.GeoDataFrame:
        """One row a street, with the name of its area."""
        frame = self.network.to_geodataframe()
        names = np.array([*self.names, ""], dtype=object)
        frame["area"] = names[self.area_of]
        return frame


def site_work(network: RoadNetwork, points: Snapped, seconds: npt.ArrayLike) -> Float64:
    """Work of sites (visits x dwell, say) laid on the edges they stand at: seconds, float64 ``[n_edges]``."""
    load = np.broadcast_to(np.asarray(seconds, dtype=np.float64), (len(points),))
    return sums(points.edge[points.ok].astype(np.int64), load[points.ok], network.n_edges)


def patrol_areas(
    network: RoadNetwork,
    n_areas: int,
    *,
    work: npt.ArrayLike | None = None,
    within: Any = None,
    edges: npt.ArrayLike | None = None,
    pins: Mapping[str, npt.ArrayLike] | None = None,
    barriers: Any = None,
    tolerance: float = 0.01,
    seed: int = 0,
    n_starts: int | None = None,
    like: PatrolAreas | None = None,
) -> PatrolAreas:
    """Share a network out into ``n_areas`` contiguous areas with like work.

    Parameters
    ----------
    network
        Its open edges are shared out.
    n_areas
        How many areas.
    work
        Work of each edge, float64 ``[n_edges]``, 0 or more; metres of road when left out. For sites add
        :func:`site_work` to seconds of driving.
    within
        Polygon in metres; only streets whose middle lies in it are shared out.
    edges
        Rows or mask: only these are shared out (to leave motorways away, say).
    pins
        Edge rows that must lie in an area, by its name.
    barriers
        Lines or areas in metres (a river, a railway) that areas must not cross, unless what lies beyond is too small
        (less than half the mean work) for areas of its own.
    tolerance
        Deviations up to this share of the mean count as none, so that shape can be looked after.
    seed, n_starts
        Draws of the first centres, and how many are tried (by size when left out); the same seed gives the same areas.
    like
        Earlier areas of the same network, whose names go to the areas that share the most work with them.

    Returns
    -------
    PatrolAreas
        With a certificate; first the greatest deviation is made small, then travel time to the centres.

    Raises
    ------
    GeodataError
        Fewer streets than areas, work that is negative or not a number, pins that contradict each other or that no
        road joins.
    """
    load = np.asarray(network.edge_length_m if work is None else work, dtype=np.float64)
    pinned = {
        name: np.unique(np.asarray(rows, dtype=np.int64).ravel())
        for name, rows in (pins or {}).items()
    }
    taken = _taken(network, within, edges)
    _refuse(network, n_areas, load, taken, pinned, tolerance)
    parts = Parts(network, np.flatnonzero(taken), load, _crossing(network, barriers))
    starts = n_starts or (6 if taken.sum() <= 3000 else 3 if taken.sum() <= 20_000 else 1)
    shared = share_out(parts, n_areas, list(pinned.values()), tolerance, seed, starts)
    area_of, names = _named(network, shared.area_of, n_areas, list(pinned), load, like)
    certificate = check_areas(
        network,
        {name: np.flatnonzero(area_of == k) for k, name in enumerate(names)},
        work=load,
        taken=taken,
        pins=pinned,
    )
    certificate.raise_any()
    found = tuple(
        _described(network, name, np.flatnonzero(area_of == k), load, certificate.mean)
        for k, name in enumerate(names)
    )
    islands = tuple((names[area_of[rows[0]]], len(rows)) for rows in shared.islands)
    _log.info("patrol areas: %s", certificate)
    area_of.setflags(write=False)
    return PatrolAreas(network, area_of, found, load, certificate, islands, shared.crossings)


def _taken(network: RoadNetwork, within: Any, edges: npt.ArrayLike | None) -> Bool:
    taken: Bool = ~network.closed & ((network.ahead_ms != NO_WAY) | (network.back_ms != NO_WAY))
    if edges is not None:
        rows = np.asarray(edges)
        chosen = np.zeros(network.n_edges, dtype=bool)
        chosen[rows if rows.dtype == np.bool_ else rows.astype(np.int64)] = True
        taken = taken & chosen
    if within is not None:
        middle = shapely.line_interpolate_point(network.lines, 0.5, normalized=True)
        shapely.prepare(within)
        taken = taken & np.asarray(shapely.covers(within, middle), dtype=bool)
    return taken


def _refuse(
    network: RoadNetwork, n_areas: int, load: Float64, taken: Bool, pins: Mapping[str, Int64], tolerance: float
) -> None:  # fmt: skip
    faults = Faults()
    if n_areas < 1:
        faults.add(say("{n_areas} areas asked for", n_areas=n_areas), expected=say("at least 1"))
    elif int(taken.sum()) < n_areas:
        faults.add(
            say("{n_areas} areas asked for, but only {taken} streets are open there", n_areas=n_areas,
                taken=int(taken.sum())),
            expected=say("at least one street an area"),
            mend=say("Ask for fewer areas, or widen the place."),
        )
    if not tolerance >= 0:
        faults.add(say("a tolerance of {tolerance:g}", tolerance=tolerance),
                   expected=say("a share of 0 or more, such as 0.01"))
    if load.shape != (network.n_edges,):
        expected = say("one number for each of {n} edges", n=network.n_edges)
        faults.add(say("work has shape {shape}", shape=load.shape), expected=expected)
    else:
        bad = np.flatnonzero(~(np.isfinite(load) & (load >= 0)))
        if len(bad):
            faults.add(say("work is negative or not a number on edges"), bad.tolist(),
                       expected=say("0 or more"))  # fmt: skip
    if len(pins) > n_areas:
        faults.add(say("more areas are pinned than asked for"), list(pins),
                   expected=say("at most {limit}", limit=n_areas))  # fmt: skip
    owner: dict[int, str] = {}
    for name, rows in pins.items():
        off = [r for r in rows.tolist() if not (0 <= r < network.n_edges and taken[r])]
        if off:
            faults.add(say("edges pinned to {name} are not among the streets shared out", name=name), off)
        twice = [r for r in rows.tolist() if owner.setdefault(r, name) != name]
        if twice:
            what = say("edges pinned to {name} are pinned to another area too", name=name)
            faults.add(what, twice, mend=say("Pin each once."))
    faults.raise_any()


def _crossing(network: RoadNetwork, barriers: Any) -> Bool:
    """Edges that meet a barrier."""
    crossing = np.zeros(network.n_edges, dtype=bool)
    if barriers is None:
        return crossing
    shapes = np.atleast_1d(np.asarray(barriers, dtype=object))
    tree = shapely.STRtree(network.lines)
    crossing[np.unique(tree.query(shapes, predicate="intersects")[1])] = True
    return crossing


def _named(
    network: RoadNetwork, area_of: Int64, n_areas: int, pinned: list[str], load: Float64, like: PatrolAreas | None
) -> tuple[Int64, list[str]]:  # fmt: skip
    """Rows in name order: pinned areas as given, others from north to south in bands, west to east within a band."""
    middle = np.array(
        [network.node_xy[network.edge_u[area_of == k]].mean(axis=0) for k in range(n_areas)]
    )
    free = list(range(len(pinned), n_areas))
    names: dict[int, str] = dict(enumerate(pinned))
    if like is not None and len(like.area_of) == len(area_of):
        both = (area_of >= len(pinned)) & (like.area_of >= 0)
        shared = np.zeros((n_areas, len(like.areas)))
        np.add.at(shared, (area_of[both], like.area_of[both]), load[both] + 1e-9)
        from scipy.optimize import (
            linear_sum_assignment,  # costs more to load than all the rest of this file
        )

        mine, theirs = linear_sum_assignment(-shared)
        for k, j in zip(mine.tolist(), theirs.tolist(), strict=True):
            if k >= len(pinned) and shared[k, j] > 0 and like.names[j] not in names.values():
                names[k] = like.names[j]
    band = max(1.0, float(np.ptp(middle, axis=0).max()) / max(1.0, np.sqrt(n_areas)))
    top = middle[:, 1].max()
    free.sort(key=lambda k: ((top - middle[k, 1]) // band, middle[k, 0], k))
    fresh = (f"A{k}" for k in range(1, 2 * n_areas + 2))
    for k in free:
        if k not in names:
            names[k] = next(name for name in fresh if name not in names.values())
    order = list(range(len(pinned))) + sorted(free, key=lambda k: (len(names[k]), names[k]))
    row_of = np.full(n_areas + 1, -1, dtype=np.int64)
    row_of[order] = np.arange(n_areas)
    return row_of[area_of], [names[k] for k in order]


def _described(network: RoadNetwork, name: str, rows: Int64, load: Float64, mean: float) -> PatrolArea:  # fmt: skip
    """Sums, centre and driving times of one area."""
    nodes, ends = np.unique(
        np.concatenate([network.edge_u[rows], network.edge_v[rows]]), return_inverse=True
    )
    length = network.edge_length_m[rows]
    weight = np.bincount(ends, np.tile(length, 2) / 2, len(nodes)) + 1e-9
    u, v = ends[: len(rows)], ends[len(rows) :]
    graph = least_graph(u, v, both_ways_ms(network, rows), len(nodes))
    middle = (network.node_xy[nodes] * weight[:, None]).sum(axis=0) / weight.sum()
    near = np.argsort(((network.node_xy[nodes] - middle) ** 2).sum(axis=1), kind="stable")[:24]
    far = np.asarray(dijkstra(graph, directed=False, indices=near))
    reached = np.isfinite(far)
    cost = np.where(reached, far, 0.0) @ weight
    most = reached.sum(axis=1).max()
    centre = int(nodes[near[int(np.argmin(np.where(reached.sum(axis=1) == most, cost, np.inf)))]])
    drive = dijkstra(network.graph, indices=np.array([centre]))[0, nodes]
    ok = np.isfinite(drive)
    return PatrolArea(
        name, rows, float(load[rows].sum()), float(load[rows].sum()) / mean - 1 if mean > 0 else 0.0,
        float(length.sum()), centre, network.node_xy[centre].copy(),
        float(drive[ok] @ weight[ok] / weight[ok].sum()) / 1000, float(drive[ok].max()) / 1000, int((~ok).sum()),
    )  # fmt: skip


def both_ways_ms(network: RoadNetwork, rows: Int64) -> Float64:
    """Milliseconds along edges in the faster allowed direction, float64."""
    ahead = network.ahead_ms[rows].astype(np.float64)
    back = network.back_ms[rows].astype(np.float64)
    fast = np.minimum(np.where(ahead < 0, np.inf, ahead), np.where(back < 0, np.inf, back))
    return np.where(np.isfinite(fast), np.maximum(fast, 1.0), 1.0)
