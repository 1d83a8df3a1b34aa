"""What lies under a printed map: water, green, built-up land, buildings, place names, as plain rings in metres."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import shapely

from geodata.crs import to_metric

if TYPE_CHECKING:
    from geodata.osm import OsmData, OsmFeature

Float64 = npt.NDArray[np.float64]

_LAYERS: tuple[tuple[str, str, frozenset[str]], ...] = (
    ("water", "natural", frozenset({"water", "bay"})),
    ("water", "waterway", frozenset({"riverbank", "dock"})),
    ("water", "landuse", frozenset({"reservoir", "basin"})),
    ("green", "leisure", frozenset({"park", "garden", "pitch", "golf_course", "nature_reserve",
                                    "playground", "common"})),
    ("green", "landuse", frozenset({"forest", "grass", "meadow", "recreation_ground", "cemetery", "allotments",
                                    "village_green", "orchard", "plant_nursery"})),
    ("green", "natural", frozenset({"wood", "scrub", "heath", "grassland", "wetland"})),
    ("built_up", "landuse", frozenset({"residential", "commercial", "industrial", "retail", "railway", "garages",
                                       "construction", "brownfield", "military"})),
)  # fmt: skip
_WATER_LINES = frozenset({"river", "canal", "stream"})
_TRACKS = frozenset({"rail", "narrow_gauge", "light_rail", "subway", "tram", "monorail"})
_PLACES = frozenset(
    {"city", "town", "suburb", "village", "quarter", "neighbourhood", "hamlet", "island"}
)


@dataclass(frozen=True, eq=False)
class Area:
    """A filled shape: what it is (tag value), its name, and rings ``[k, 2]`` in metres, the outer one first."""

    kind: str
    name: str
    rings: tuple[Float64, ...]


@dataclass(frozen=True, eq=False)
class Label:
    """A place name at a point ``[2]`` in metres; ``kind`` is the ``place`` value (city, suburb, village ...)."""

    name: str
    kind: str
    xy: Float64


@dataclass(frozen=True, eq=False)
class Background:
    """Layers from bottom to top; large areas come first in each."""

    built_up: tuple[Area, ...]
    green: tuple[Area, ...]
    water: tuple[Area, ...]
    waterways: tuple[Float64, ...]
    buildings: tuple[Float64, ...]
    places: tuple[Label, ...]
    tracks: tuple[Float64, ...] = ()
    """Every rail in use, metros and trams too: to be drawn, not to be guarded."""


def read_background(osm: OsmData, crs: str) -> Background:
    """Sort a map's areas into drawing layers.

    Parameters
    ----------
    osm
        From :func:`geodata.osm.read_osm`.
    crs
        Metric CRS of the result.
    """
    chosen: dict[str, list[OsmFeature]] = {
        "water": [],
        "green": [],
        "built_up": [],
        "buildings": [],
        "waterways": [],
    }
    for feature in osm.features:
        if feature.kind == "n":
            continue
        layer = _layer(feature.tags)
        dimension = int(shapely.get_dimensions(feature.shape))
        if layer and dimension == 2:
            chosen[layer].append(feature)
        elif feature.tags.get("waterway") in _WATER_LINES and dimension == 1:
            chosen["waterways"].append(feature)
        elif dimension == 2 and feature.tags.get("building", "no") != "no":
            chosen["buildings"].append(feature)
    labels = [
        node
        for node in osm.nodes.values()
        if node.tags.get("place") in _PLACES and node.tags.get("name")
    ]
    labels.sort(key=lambda node: node.osm_id)
    xy = to_metric(np.array([(n.lon, n.lat) for n in labels]), crs) if labels else np.zeros((0, 2))
    return Background(
        built_up=_areas(chosen["built_up"], crs),
        green=_areas(chosen["green"], crs),
        water=_areas(chosen["water"], crs),
        waterways=tuple(
            shapely.get_coordinates(line) for line in _metric(chosen["waterways"], crs)
        ),
        buildings=tuple(
            ring for area in _areas(chosen["buildings"], crs) for ring in area.rings[:1]
        ),
        places=tuple(
            Label(n.tags["name"], n.tags["place"], p) for n, p in zip(labels, xy, strict=True)
        ),
        tracks=_tracks(osm, crs),
    )


def _tracks(osm: OsmData, crs: str) -> tuple[Float64, ...]:
    rows = [k for k, tags in enumerate(osm.ways.tags) if tags.get("railway") in _TRACKS]
    pieces = [osm.ways.lonlat[osm.ways.start[k] : osm.ways.start[k + 1]] for k in rows]
    if not pieces:
        return ()
    xy = to_metric(np.concatenate(pieces), crs)
    return tuple(np.split(xy, np.cumsum([len(piece) for piece in pieces])[:-1]))


def _layer(tags: Mapping[str, str]) -> str | None:
    for layer, key, values in _LAYERS:
        if tags.get(key) in values:
            return layer
    return None


def _metric(features: Sequence[OsmFeature], crs: str) -> npt.NDArray[np.object_]:
    shapes = np.array([feature.shape for feature in features], dtype=object)
    if not len(shapes):
        return shapes
    return np.asarray(
        shapely.transform(shapes, lambda lonlat: to_metric(lonlat, crs)), dtype=object
    )


def _areas(features: Sequence[OsmFeature], crs: str) -> tuple[Area, ...]:
    shapes = _metric(features, crs)
    areas: list[tuple[float, str, Area]] = []
    for feature, shape in zip(features, shapes, strict=True):
        kind = next(
            (
                feature.tags[k]
                for k in ("natural", "landuse", "leisure", "waterway")
                if k in feature.tags
            ),
            "",
        )
        for part in shapely.get_parts(shape):
            rings = tuple(
                shapely.get_coordinates(ring) for ring in (part.exterior, *part.interiors)
            )
            areas.append((-part.area, feature.key, Area(kind, feature.tags.get("name", ""), rings)))
    areas.sort(key=lambda row: row[:2])
    return tuple(area for _, _, area in areas)
