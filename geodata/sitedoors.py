"""Entrances of sites: those the map names, else where ways meet the outline, else its point nearest to a way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from geodata.crs import to_metric
from geodata.network import RoadNetwork
from geodata.osm import OsmData
from geodata.sites import KeySite, SiteDoor

Float64 = npt.NDArray[np.float64]

_ON_OUTLINE_M = 4.0
_APART_M = 15.0
_MOST_DOORS = 12
_METRO_NEAR_M = 200.0
_KIND_OF = {"main": "main", "emergency": "emergency", "exit": "exit", "service": "service", "delivery": "service",
            "garage": "service"}  # fmt: skip
_RANK = {"main": 0, "entrance": 1, "gate": 2, "exit": 3, "service": 4, "emergency": 5}
_GATES = frozenset(
    {"gate", "lift_gate", "swing_gate", "sliding_gate", "entrance", "turnstile", "toll_booth"}
)
_RAIL_DOORS = frozenset({"subway_entrance", "train_station_entrance"})
_STATIONS = frozenset({"station", "halt", "metro_station"})


def with_doors(
    sites: Sequence[KeySite],
    osm: OsmData,
    crs: str,
    networks: Mapping[str, RoadNetwork],
    *,
    limit_m: float = 150.0,
) -> tuple[KeySite, ...]:
    """Sites with their doors; ``entrances`` stays what the map tags.

    Parameters
    ----------
    sites, osm, crs
        From :func:`geodata.sites.find_sites` and what it was given.
    networks
        By profile name. Where no door is tagged on an outline, the places where open ways of these networks meet it
        are doors, at least 15 m apart, the nearest to the first network's ways (the vehicles') being the main one.
    limit_m
        An outline without any: its point nearest to a way, if one is within this distance.
    """
    tagged, tree = _tagged(osm, crs)
    nets = [
        (network, np.flatnonzero(~network.closed))
        for network in networks.values()
        if network.n_edges
    ]
    trees = [shapely.STRtree(network.lines[rows]) for network, rows in nets]
    made = []
    for site in sites:
        shape: Any = (
            shapely.Point(site.xy) if site.polygon is None else shapely.Polygon(site.polygon)
        )
        reach = _METRO_NEAR_M if site.kind in _STATIONS else _ON_OUTLINE_M
        doors = []
        for k in np.sort(tree.query(shape, predicate="dwithin", distance=reach)).tolist():
            door, rail = tagged[k]
            gap = (
                shape.boundary.distance(shapely.Point(door.xy)) if site.polygon is not None else 0.0
            )
            if (rail and site.kind in _STATIONS) or (
                not rail and site.polygon is not None and gap <= _ON_OUTLINE_M
            ):
                doors.append(door)
        if not doors and site.polygon is not None:
            doors = _met(shape, nets, trees) or _nearest(shape, nets, trees, limit_m)
        doors.sort(key=lambda door: (_RANK[door.kind], door.osm_id))
        made.append(replace(site, doors=tuple(doors)))
    return tuple(made)


def _tagged(osm: OsmData, crs: str) -> tuple[list[tuple[SiteDoor, bool]], shapely.STRtree]:
    """Doors that the map names, and whether each leads to a platform."""
    nodes = [
        n for n in osm.nodes.values()
        if n.tags.get("entrance", "no") != "no" or n.tags.get("railway") in _RAIL_DOORS
        or n.tags.get("barrier") in _GATES
    ]  # fmt: skip
    if not nodes:
        return [], shapely.STRtree([])
    places = to_metric(np.array([(n.lon, n.lat) for n in nodes]), crs)
    doors = []
    for node, xy in zip(nodes, places, strict=True):
        said = node.tags.get("entrance")
        kind = (
            _KIND_OF.get(said, "entrance")
            if said
            else "gate"
            if "barrier" in node.tags
            else "entrance"
        )
        doors.append(
            (
                SiteDoor(kind, xy, "tagged", f"n{node.osm_id}"),
                node.tags.get("railway") in _RAIL_DOORS,
            )
        )
    return doors, shapely.STRtree([shapely.Point(xy) for xy in places])


def _met(
    shape: Any,
    nets: Sequence[tuple[RoadNetwork, npt.NDArray[np.int64]]],
    trees: Sequence[shapely.STRtree],
) -> list[SiteDoor]:
    """Where ways meet an outline, vehicles' ways first, none within 15 m of another."""
    outline = shape.exterior
    doors: list[SiteDoor] = []
    for (network, rows), tree in zip(nets, trees, strict=True):
        for edge in np.sort(rows[tree.query(outline, predicate="intersects")]).tolist():
            cut = shapely.intersection(network.lines[edge], outline)
            for part in shapely.get_parts(cut):
                # A way that runs along the outline is no door, its ends are no better than its middle.
                xy = (
                    np.array(part.centroid.coords[0])
                    if part.geom_type != "Point"
                    else np.array(part.coords[0])
                )
                if all(np.hypot(*(xy - door.xy)) >= _APART_M for door in doors):
                    kind = "entrance" if doors else "main"
                    doors.append(SiteDoor(kind, xy, "way", f"w{network.edge_way[edge]}"))
    return doors[:_MOST_DOORS]


def _nearest(
    shape: Any,
    nets: Sequence[tuple[RoadNetwork, npt.NDArray[np.int64]]],
    trees: Sequence[shapely.STRtree],
    limit_m: float,
) -> list[SiteDoor]:
    best: tuple[float, SiteDoor] | None = None
    for (network, rows), tree in zip(nets, trees, strict=True):
        hit = tree.query_nearest(shape, max_distance=limit_m, all_matches=True)
        for edge in np.sort(rows[hit])[:1].tolist():
            line = network.lines[edge]
            gap = float(shape.distance(line))
            if best is None or gap < best[0] - 1e-6:
                xy = np.array(shapely.shortest_line(shape.exterior, line).coords[0])
                best = (gap, SiteDoor("main", xy, "nearest", f"w{network.edge_way[edge]}"))
    return [best[1]] if best else []
