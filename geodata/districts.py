"""Districts of a map, each with what lies in it, and for each layer how far the districts cover the ground.

Three sources: borders in an OpenStreetMap file (:func:`geodata.boundaries.read_boundaries`), a layer of one's own
(:func:`geodata.boundaries.read_district_layer`), and, where a map knows places only as points, the streets nearest by
car to each place (:func:`districts_by_place`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt
import shapely
from scipy.sparse.csgraph import dijkstra

from geodata.areacut import least_graph
from geodata.areas import both_ways_ms
from geodata.areashapes import area_shapes
from geodata.boundaries import Boundary, close_boundaries
from geodata.errors import Fault, GeodataError
from geodata.network import RoadNetwork
from geodata.saying import say

if TYPE_CHECKING:
    import geopandas

Float64 = npt.NDArray[np.float64]
Bool = npt.NDArray[np.bool_]
_LEAST_OVERLAP_M2 = 1.0


class Placed(Protocol):
    """What has an id and a place in metres, such as a key site."""

    @property
    def id(self) -> str: ...  # noqa: D102
    @property
    def xy(self) -> Float64: ...  # noqa: D102


class Named(Protocol):
    """What has a name and a place in metres, such as a place label."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def xy(self) -> Float64: ...  # noqa: D102


@dataclass(frozen=True, eq=False)
class District:
    """One district, as far as it lies in the frame of the map.

    Attributes
    ----------
    id, name, layer : str
    shape : polygon or multipolygon
        In metres.
    area_m2, road_m, road_share, rail_m : float
        Ground, metres of road and their share of all roads, metres of rail line in it.
    sites : tuple of str
        Ids of the sites in it; a site on a border is in every district it touches.
    whole : bool
        False where the map holds the border only in part, so that the frame closed it.
    """

    id: str
    name: str
    layer: str
    shape: Any
    area_m2: float
    road_m: float
    road_share: float
    rail_m: float
    sites: tuple[str, ...]
    whole: bool


@dataclass(frozen=True, eq=False)
class DistrictLayer:
    """The districts of one layer and their certificate.

    It always holds that ``sum(road_share) + gap_share - doubled_share = 1``.

    Attributes
    ----------
    name : str
    districts : tuple of District
    road_m : float
        Metres of road in the network.
    gap_share, doubled_share : float
        Share of road metres in no district, and counted more than once (overlaps, streets on a border).
    frame_m2, gap_m2, overlap_m2 : float
        Ground of the frame, ground of it in no district, and ground in more than one.
    overlaps : tuple of (str, str, float)
        Pairs of districts that overlap, with square metres, largest first.
    sites_outside : tuple of str
        Sites in no district.
    """

    name: str
    districts: tuple[District, ...]
    road_m: float
    gap_share: float
    doubled_share: float
    frame_m2: float
    gap_m2: float
    overlap_m2: float
    overlaps: tuple[tuple[str, str, float], ...]
    sites_outside: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Every street in exactly one district, to a thousandth."""
        return self.gap_share < 1e-3 and self.doubled_share < 1e-3

    def __str__(self) -> str:
        text = (
            f"{self.name}: {len(self.districts)} districts hold {1 - self.gap_share:.2%} of the roads and "
            f"{1 - self.gap_m2 / self.frame_m2 if self.frame_m2 else 0:.2%} of the ground"
        )
        if self.doubled_share >= 1e-6:
            text += f"; {self.doubled_share:.2%} of the roads count twice"
        if self.overlaps:
            a, b, m2 = self.overlaps[0]
            text += f"; {len(self.overlaps)} overlaps, {self.overlap_m2:.0f} m2 in all, "
            text += f"the largest {a} / {b} {m2:.0f} m2"
        return text

    def to_geodataframe(self, crs: str) -> geopandas.GeoDataFrame:
        """One row a district."""
        import geopandas

        keys = ("id", "name", "layer", "area_m2", "road_m", "road_share", "rail_m", "whole")
        columns: dict[str, Any] = {k: [getattr(d, k) for d in self.districts] for k in keys}
        columns["n_sites"] = [len(d.sites) for d in self.districts]
        return geopandas.GeoDataFrame(columns, geometry=[d.shape for d in self.districts], crs=crs)


@dataclass(frozen=True, eq=False)
class Districts:
    """All layers of a map, and borders that could not be used, with the reason."""

    layers: tuple[DistrictLayer, ...]
    left_out: tuple[tuple[str, str], ...]

    def layer(self, name: str) -> DistrictLayer:
        """The layer of this name."""
        for layer in self.layers:
            if layer.name == name:
                return layer
        raise GeodataError(
            [Fault(say("the map has no district layer {name}", name=name),
                   expected=", ".join(x.name for x in self.layers) or say("none at all"))]
        )  # fmt: skip


def districts_of(
    boundaries: Sequence[Boundary],
    network: RoadNetwork,
    *,
    sites: Sequence[Placed] = (),
    rail: Sequence[Float64] = (),
    frame: Any = None,
) -> Districts:
    """Districts with what lies in them.

    Parameters
    ----------
    boundaries
        From :func:`geodata.boundaries.read_boundaries` or ``read_district_layer``, in the network's CRS.
    network
        Whose road metres are shared out.
    sites
        Key sites; each is in the district that holds its point.
    rail
        Courses of rail lines ``[k, 2]`` in metres (``[line.xy for line in ground.rail.lines]``).
    frame
        Polygon in metres; the box of the network when left out.
    """
    low, high = network.node_xy.min(axis=0), network.node_xy.max(axis=0)
    ground = frame if frame is not None else shapely.box(*low, *high)
    closed, left = close_boundaries(boundaries, ground)
    layers = []
    for name in sorted({c.boundary.layer for c in closed}, key=_layer_order):
        mine = [c for c in closed if c.boundary.layer == name]
        keys = [(c.boundary.id, c.boundary.name, c.whole) for c in mine]
        layers.append(_layer(name, keys, [c.shape for c in mine], network, sites, rail, ground))
    return Districts(tuple(layers), tuple((boundary.name, why) for boundary, why in left))


def districts_by_place(
    network: RoadNetwork,
    places: Sequence[Named],
    *,
    sites: Sequence[Placed] = (),
    rail: Sequence[Float64] = (),
    layer: str = "nearest place",
    limit_m: float = 500.0,
) -> Districts:
    """Districts where a map has place names as points only: every street goes to the place nearest by car.

    One-way streets count in both directions. Streets that no way joins to a place are in no district. Shapes are drawn
    around the streets; borders are nobody's official ones.

    Parameters
    ----------
    places
        For example the labels of :class:`geodata.background.Background` of kind suburb or quarter.
    limit_m
        Places further than this from every road are left out.
    """
    xy = np.array([place.xy for place in places], dtype=np.float64).reshape(-1, 2)
    snapped = network.snap(xy, limit_m)
    at = np.flatnonzero(snapped.ok)
    left = tuple(
        (places[int(k)].name, f"no road within {limit_m:g} m") for k in np.flatnonzero(~snapped.ok)
    )
    if not len(at):
        raise GeodataError(say("no place lies near a road: there is nothing to share streets out by."))
    rows = np.flatnonzero(~network.closed)
    u, v = network.edge_u[rows].astype(np.int64), network.edge_v[rows].astype(np.int64)
    graph = least_graph(u, v, both_ways_ms(network, rows), network.n_nodes)
    edge = snapped.edge[at]
    nearer_u = snapped.along_m[at] <= network.edge_length_m[edge] / 2
    seeds = np.where(nearer_u, network.edge_u[edge], network.edge_v[edge]).astype(np.int64)
    # Two places at one junction: the first keeps it.
    seeds, first = np.unique(seeds, return_index=True)
    twins = sorted(set(range(len(at))) - set(first.tolist()))
    left += tuple((places[int(at[k])].name, "shares its junction with another") for k in twins)
    reach, _, source = dijkstra(
        graph, directed=False, indices=seeds, min_only=True, return_predecessors=True
    )
    row_of = np.full(network.n_nodes, -1, dtype=np.int64)
    row_of[seeds] = np.arange(len(seeds))
    label = np.where(np.isfinite(reach), row_of[np.where(np.isfinite(reach), source, 0)], -1)
    area_of = np.full(network.n_edges, -1, dtype=np.int64)
    area_of[rows] = np.where(reach[u] <= reach[v], label[u], label[v])
    used = np.unique(area_of[area_of >= 0])
    compact = np.full(len(seeds) + 1, -1, dtype=np.int64)
    compact[used] = np.arange(len(used))
    area_of = compact[area_of]
    shapes = area_shapes(network, area_of, len(used))
    keys = [(f"place-{k + 1}", places[int(at[first[k]])].name, True) for k in used.tolist()]
    frame = shapely.union_all(list(shapes))
    made = _layer(layer, keys, list(shapes), network, sites, rail, frame)
    return Districts((made,), left)


def _layer_order(name: str) -> tuple[int, str]:
    head, _, level = name.partition(" ")
    return (int(level), "") if head == "admin" and level.isdigit() else (99, name)


def _layer(
    name: str, keys: Sequence[tuple[str, str, bool]], shapes: list[Any], network: RoadNetwork,
    sites: Sequence[Placed], rail: Sequence[Float64], frame: Any,
) -> DistrictLayer:  # fmt: skip
    road = float(network.edge_length_m.sum())
    drawn = shapely.length(network.lines)
    scale = np.where(drawn > 0, network.edge_length_m / np.where(drawn > 0, drawn, 1), 0.0)
    tree = shapely.STRtree(network.lines)
    courses = np.array([shapely.LineString(xy) for xy in rail], dtype=object)
    points = np.asarray(
        shapely.points(np.array([s.xy for s in sites], dtype=np.float64).reshape(-1, 2)), dtype=object
    )
    found = []
    inside_any: Bool = np.zeros(len(points), dtype=np.bool_)
    for (key, title, whole), shape in zip(keys, shapes, strict=True):
        road_m = _length_in(shape, tree, network.lines, scale)
        held = np.asarray(shapely.intersects(shape, points), dtype=bool)
        inside_any = np.logical_or(inside_any, held)
        rail_m = float(shapely.length(shapely.intersection(courses, shape)).sum()) if len(courses) else 0.0  # fmt: skip
        found.append(
            District(key, title, name, shape, float(shape.area), road_m, road_m / road if road else 0.0, rail_m,
                     tuple(sites[int(k)].id for k in np.flatnonzero(held)), whole)
        )  # fmt: skip
    together = shapely.union_all(shapes) if shapes else shapely.Polygon()
    covered = _length_in(together, tree, network.lines, scale)
    overlaps = _overlaps([d.name for d in found], shapes)
    return DistrictLayer(
        name, tuple(found), road, 1 - covered / road if road else 0.0,
        (sum(d.road_m for d in found) - covered) / road if road else 0.0, float(frame.area),
        float(shapely.difference(frame, together).area), float(sum(s.area for s in shapes) - together.area), overlaps,
        tuple(sites[int(k)].id for k in np.flatnonzero(~inside_any)),
    )  # fmt: skip


def _length_in(shape: Any, tree: shapely.STRtree, lines: npt.NDArray[np.object_], scale: Float64) -> float:  # fmt: skip
    """Metres of road in a shape, on the scale of the network's own lengths; streets on its border count."""
    near = np.sort(tree.query(shape, predicate="intersects"))
    if len(near) == 0:
        return 0.0
    shapely.prepare(shape)
    within = np.asarray(shapely.contains_properly(shape, lines[near]), dtype=bool)
    whole = shapely.length(lines[near[within]]) @ scale[near[within]]
    cut = near[~within]
    part = shapely.length(shapely.intersection(lines[cut], shape)) @ scale[cut]
    return float(whole + part)


def _overlaps(names: list[str], shapes: list[Any]) -> tuple[tuple[str, str, float], ...]:
    tree = shapely.STRtree(shapes)
    a, b = tree.query(shapes, predicate="intersects") if shapes else (np.zeros(0), np.zeros(0))
    found = []
    for i, j in zip(a.tolist(), b.tolist(), strict=True):
        if i < j:
            m2 = float(shapely.intersection(shapes[i], shapes[j]).area)
            if m2 > _LEAST_OVERLAP_M2:
                found.append((names[i], names[j], m2))
    return tuple(sorted(found, key=lambda row: (-row[2], row[0], row[1])))
