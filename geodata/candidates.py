"""Road points where a post could stand: near sites, entrances, stations and junctions, always reachable by vehicle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from geodata.network import RoadNetwork, Snapped

Float64 = npt.NDArray[np.float64]

NEVER = frozenset({"motorway", "motorway_link", "track", "construction"})
"""Road classes on which nobody may be posted."""

_REASONS = ("asked for", "entrance", "site", "station", "junction", "road")

_FEW_PAIRS = 2_000_000
"""Pairs up to which all are measured, in less time than scipy's tree takes to load."""


@dataclass(frozen=True, eq=False)
class Candidate:
    """A place where a post could stand.

    Attributes
    ----------
    id : str
        ``C-<OSM way>-<tens of metres along the edge's way, or node>``: the same map gives the same ids.
    xy : float64 [2]
        On the road, metres.
    edge, along_m : int, float
        Where on the network.
    why : str
        ``asked for``, ``entrance``, ``site``, ``station``, ``junction`` or ``road``.
    """

    id: str
    xy: Float64
    edge: int
    along_m: float
    why: str


def candidate_points(
    network: RoadNetwork,
    *,
    sites_xy: npt.ArrayLike,
    entrances_xy: npt.ArrayLike = (),
    stations_xy: npt.ArrayLike = (),
    extra_xy: npt.ArrayLike = (),
    spacing_m: float = 150.0,
    within_m: float = 800.0,
    snap_limit_m: float = 150.0,
    limit: int | None = None,
) -> tuple[Candidate, ...]:
    """Choose road points for posts.

    Parameters
    ----------
    network
        What vehicles can travel, with its closures.
    sites_xy, entrances_xy, stations_xy, extra_xy
        Metres ``[k, 2]``. The road points nearest to these come first; ``extra_xy`` are the planner's own and always
        stay if a road is within ``snap_limit_m``.
    spacing_m
        No two chosen points are nearer than this, except the planner's own.
    within_m
        Junctions and road points further than this from every site, entrance and station are not used.
    limit
        At most so many; what is nearest to a site goes first.

    Returns
    -------
    tuple of Candidate
        All on edges of the main part, never on a motorway, track or closed road, ids unique, sorted by id.
    """
    usable = _standable(network)
    pinned = [_array(extra_xy), _array(entrances_xy), _array(sites_xy), _array(stations_xy)]
    targets = np.concatenate(pinned)
    if len(targets) == 0 or not usable.any():
        return ()
    barred = network.with_closures(np.flatnonzero(~usable))
    found: list[tuple[Snapped, int]] = [
        (barred.snap(xy, snap_limit_m), rank) for rank, xy in enumerate(pinned) if len(xy)
    ]
    junctions, mids = _network_points(network, usable, spacing_m)
    found += [(junctions, 4), (mids, 5)]
    kept: list[Candidate] = []
    taken: dict[tuple[int, int], list[Float64]] = {}
    ids: dict[str, int] = {}
    for snapped, rank in found:
        gap = _nearest_m(targets, snapped.xy)
        for row in np.lexsort([np.arange(len(snapped)), np.round(gap, 3)]):
            if not snapped.ok[row] or (rank > 3 and gap[row] > within_m):
                continue
            if limit is not None and len(kept) >= limit and rank > 0:
                break
            xy = snapped.xy[row]
            clearance = 1.0 if rank == 0 else spacing_m
            if _is_near(taken, xy, clearance, spacing_m):
                continue
            taken.setdefault(_cell(xy, spacing_m), []).append(xy)
            kept.append(_candidate(network, snapped, int(row), _REASONS[rank], ids))
    return tuple(sorted(kept, key=lambda candidate: candidate.id))


def _nearest_m(targets: Float64, xy: Float64) -> Float64:
    """Metres from each place to the nearest target."""
    if len(targets) * len(xy) > _FEW_PAIRS:
        from scipy.spatial import cKDTree

        return np.asarray(cKDTree(targets).query(xy)[0], dtype=np.float64)
    apart = xy[:, None, :] - targets[None, :, :]
    nearest: Float64 = np.sqrt((apart * apart).sum(axis=2).min(axis=1))
    return nearest


def snapped(candidates: Sequence[Candidate]) -> Snapped:
    """Candidates as snapped points, in their order."""
    n = len(candidates)
    return Snapped(
        np.array([c.edge for c in candidates], dtype=np.int32),
        np.array([c.along_m for c in candidates], dtype=np.float64),
        np.zeros(n),
        np.array([c.xy for c in candidates], dtype=np.float64).reshape(-1, 2),
        np.ones(n, dtype=bool),
    )


def _standable(network: RoadNetwork) -> npt.NDArray[np.bool_]:
    never = np.array([name in NEVER for name in network.class_names])
    usable: npt.NDArray[np.bool_] = (
        ~never[network.edge_class]
        & network.in_main
        & ~network.closed
        & ~network.tunnel
        & ~network.bridge
    )
    return usable


def _network_points(
    network: RoadNetwork, usable: npt.NDArray[np.bool_], spacing_m: float
) -> tuple[Snapped, Snapped]:
    """Junctions of three or more roads, and points along long edges, as places on usable edges."""
    rows = np.flatnonzero(usable)
    degree = np.bincount(
        np.concatenate([network.edge_u, network.edge_v]), minlength=network.n_nodes
    )
    node_edge = np.full(network.n_nodes, -1, dtype=np.int64)
    node_edge[network.edge_u[rows[::-1]]] = rows[::-1]
    nodes = np.flatnonzero((degree > 2) & (node_edge >= 0))
    at = node_edge[nodes]
    junctions = _places(network, at, np.zeros(len(at)))
    parts = np.floor(network.edge_length_m[rows] / spacing_m).astype(np.int64)
    edge = np.repeat(rows, parts)
    step = np.arange(len(edge)) - np.repeat(np.concatenate([[0], np.cumsum(parts)[:-1]]), parts)
    along = (step + 1) / (np.repeat(parts, parts) + 1) * network.edge_length_m[edge]
    return junctions, _places(network, edge, along)


def _places(network: RoadNetwork, edge: npt.NDArray[np.int64], along: Float64) -> Snapped:
    length = np.maximum(network.edge_length_m[edge], 1e-9)
    points = shapely.line_interpolate_point(network.lines[edge], along / length, normalized=True)
    xy = shapely.get_coordinates(points).reshape(-1, 2)
    return Snapped(
        edge.astype(np.int32), along, np.zeros(len(edge)), xy, np.ones(len(edge), dtype=bool)
    )


def _candidate(
    network: RoadNetwork, places: Snapped, row: int, why: str, ids: dict[str, int]
) -> Candidate:
    edge, along = int(places.edge[row]), float(places.along_m[row])
    # Node ids hold when the map's edges are numbered anew; the distance is in tens of metres, enough at any spacing.
    name = f"C-{network.edge_way[edge]}-{network.node_osm[network.edge_u[edge]] % 1000:03d}{round(along / 10):02d}"
    ids[name] = ids.get(name, 0) + 1
    unique = name if ids[name] == 1 else f"{name}-{ids[name]}"
    return Candidate(unique, places.xy[row], edge, along, why)


def _array(points: npt.ArrayLike) -> Float64:
    return np.asarray(points, dtype=np.float64).reshape(-1, 2)


def _cell(xy: Float64, size: float) -> tuple[int, int]:
    return int(xy[0] // size), int(xy[1] // size)


def _is_near(
    taken: dict[tuple[int, int], list[Float64]], xy: Float64, clearance: float, size: float
) -> bool:
    i, j = _cell(xy, size)
    return any(
        np.hypot(*(xy - other)) < clearance
        for a in (i - 1, i, i + 1)
        for b in (j - 1, j, j + 1)
        for other in taken.get((a, b), ())
    )
