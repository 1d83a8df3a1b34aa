"""Rail in the map: tracks merged into lines, lines cut into sections with what lies on them and how to get there.

A planner guards a *line*, while OpenStreetMap draws every *track*. Running tracks (no ``service`` tag) are joined by
their line number or name, the longest way through each becomes a line, and tracks that run beside it are merged into
it. Yards, sidings and spurs are counted apart; disused, abandoned and razed tracks are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import shapely

from geodata.crs import to_metric
from geodata.errors import Dropped, Drops, Fault, GeodataError
from geodata.network import RoadNetwork
from geodata.osm import OsmData
from geodata.railgraph import TrackEdge, cut_line, line_strings, points_at, track_edges

Float64 = npt.NDArray[np.float64]

_STATION_SPAN_M = 250.0
_STATION_NEAR_M = 200.0
_FEATURE_NEAR_M = 12.0
_SHORT_BRIDGE_M = 5.0


@dataclass(frozen=True, eq=False)
class RailFeature:
    """A crossing, bridge or tunnel on a line.

    ``kind`` is ``level_crossing``, ``foot_crossing``, ``bridge`` or ``tunnel``; ``at_m`` the chainage of its middle;
    ``xy`` that place in metres.
    """

    kind: str
    osm_id: str
    at_m: float
    length_m: float
    xy: Float64


@dataclass(frozen=True, eq=False)
class RailAccess:
    """Where a profile's network comes nearest to one place of a section (``start``, ``middle`` or ``end``).

    ``xy`` lies on the road; ``distance_m`` is straight across the ground and says nothing of fences or water.
    """

    profile: str
    at: str
    xy: Float64
    edge: int
    along_m: float
    distance_m: float


@dataclass(frozen=True, eq=False)
class RailSection:
    """A stretch of line of at most the section length; chainage in metres from the line's start.

    ``kind`` is the first that holds of ``station_approach``, ``tunnel``, ``bridge``, ``crossing``, ``open_line``.
    ``crossings``, ``bridges`` and ``tunnels`` lie on it, in order; ``station`` names the nearest one if it is an
    approach.
    """

    id: str
    line_id: str
    line_name: str
    from_m: float
    to_m: float
    xy: Float64
    kind: str
    crossings: tuple[RailFeature, ...]
    bridges: tuple[RailFeature, ...]
    tunnels: tuple[RailFeature, ...]
    in_station: bool
    station: str
    access: tuple[RailAccess, ...] = ()

    @property
    def length_m(self) -> float:
        """Metres of line."""
        return self.to_m - self.from_m

    @property
    def middle_xy(self) -> Float64:
        """The place half way along, in metres."""
        return np.asarray(points_at(self.xy, np.array([0.5]))[0])

    @property
    def place(self) -> str:
        """As a person would say it: line and kilometres."""
        return f"{self.line_name}, km {self.from_m / 1000:.1f}-{self.to_m / 1000:.1f}"


@dataclass(frozen=True, eq=False)
class RailLine:
    """One line between junctions, stations or map borders.

    Attributes
    ----------
    id : str
        ``R01`` and so on, named and long lines first.
    name : str
        For people; two lines share a name where a corridor of another line lies between them.
    xy : float64 [k, 2]
        Course in metres, from its western end.
    start_m : float
        Chainage of the first point; counts on over lines of one name, so "6088, km 12.4" is one place.
    length_m : float
    osm_ways : tuple of int
    """

    id: str
    name: str
    xy: Float64
    start_m: float
    length_m: float
    osm_ways: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class RailLines:
    """All rail of a map.

    ``track_m`` counts every rail in use, ``running_track_m`` without yards, sidings and spurs, ``line_m`` after
    parallel tracks were merged.
    """

    lines: tuple[RailLine, ...]
    sections: tuple[RailSection, ...]
    track_m: float
    running_track_m: float
    line_m: float
    dropped: tuple[Dropped, ...]

    def section(self, section_id: str) -> RailSection:
        """The section of this id."""
        for section in self.sections:
            if section.id == section_id:
                return section
        raise GeodataError(
            [
                Fault(
                    f"there is no rail section {section_id}",
                    mend="See the list of sections on the map.",
                )
            ]
        )

    def of_line(self, line_id: str) -> tuple[RailSection, ...]:
        """Sections of one line in order of chainage."""
        return tuple(section for section in self.sections if section.line_id == line_id)


def read_rail(
    osm: OsmData,
    crs: str,
    *,
    section_m: float = 500.0,
    station_approach_m: float = 1000.0,
    parallel_m: float = 25.0,
) -> RailLines:
    """Merge the tracks of a map into lines and cut these into sections.

    Parameters
    ----------
    osm
        From :func:`geodata.osm.read_osm`.
    crs
        Metric CRS of the result.
    section_m
        Longest section. Sections of one stretch between stations, junctions and line ends are equally long.
    station_approach_m
        Sections that begin or end nearer than this to a station are its approach (straight distance).
    parallel_m
        Tracks that stay this near to a line are part of it.
    """
    drops = Drops()
    edges, track_m, running_m = track_edges(osm, crs, drops)
    lines = tuple(
        RailLine(
            f"R{k + 1:02d}",
            line.label or f"Line R{k + 1:02d}",
            line.xy,
            line.start_m,
            _length(line.xy),
            line.ways,
        )
        for k, line in enumerate(line_strings(edges, parallel_m, drops))
    )
    stations = _stations(osm, crs)
    sections: list[RailSection] = []
    for line in lines:
        cuts = _cuts(line, lines, stations, section_m)
        features = _features(line, osm, crs, edges, parallel_m)
        sections.extend(_sections(line, cuts, features, stations, station_approach_m))
    return RailLines(
        lines,
        tuple(sections),
        track_m,
        running_m,
        sum(line.length_m for line in lines),
        drops.result(),
    )


def with_access(
    rail: RailLines, networks: Mapping[str, RoadNetwork], *, limit_m: float = 300.0
) -> RailLines:
    """Return the rail with the nearest drivable and walkable places of each section's start, middle and end."""
    spots = ("start", "middle", "end")
    points = np.array([points_at(s.xy, np.array([0.0, 0.5, 1.0])) for s in rail.sections]).reshape(
        -1, 2
    )
    access: list[list[RailAccess]] = [[] for _ in rail.sections]
    for name, network in networks.items():
        snapped = network.snap(points, limit_m, main_only=True)
        for row in np.flatnonzero(snapped.ok):
            access[row // 3].append(
                RailAccess(
                    name,
                    spots[row % 3],
                    snapped.xy[row],
                    int(snapped.edge[row]),
                    float(snapped.along_m[row]),
                    float(snapped.distance_m[row]),
                )
            )
    sections = tuple(
        replace(s, access=tuple(a)) for s, a in zip(rail.sections, access, strict=True)
    )
    return replace(rail, sections=sections)


def _stations(osm: OsmData, crs: str) -> list[tuple[str, Float64]]:
    """Names and places of stations and halts of the heavy rail, once each."""
    found: list[tuple[str, Float64]] = []
    for feature in osm.features:
        tags = feature.tags
        if tags.get("railway") not in ("station", "halt") or tags.get("station") in (
            "subway",
            "light_rail",
            "monorail",
        ):
            continue
        middle = shapely.get_coordinates(feature.shape.centroid)
        xy = to_metric(middle, crs)[0]
        if all(np.hypot(*(xy - other)) > _STATION_SPAN_M for _, other in found):
            found.append((tags.get("name", "station"), xy))
    return found


def _cuts(
    line: RailLine,
    lines: tuple[RailLine, ...],
    stations: list[tuple[str, Float64]],
    section_m: float,
) -> Float64:
    """Chainages where sections meet: line ends, station borders, junctions, and equal parts between them."""
    shape = shapely.LineString(line.xy)
    hard = {0.0, line.length_m}
    for _, xy in stations:
        point = shapely.Point(xy)
        if shape.distance(point) <= _STATION_NEAR_M:
            at = shape.project(point)
            hard.update(
                m for m in (at - _STATION_SPAN_M, at + _STATION_SPAN_M) if 0 < m < line.length_m
            )
    for other in lines:
        if other.id == line.id:
            continue
        for end in (other.xy[0], other.xy[-1]):
            point = shapely.Point(end)
            if shape.distance(point) <= 60.0:
                hard.add(shape.project(point))
    marks = sorted(hard)
    firm = [marks[0]]
    for mark in marks[1:-1]:
        # A cut nearer than a fifth of a section to another one would only make crumbs.
        if min(mark - firm[-1], marks[-1] - mark) >= section_m / 5:
            firm.append(mark)
    firm.append(marks[-1])
    cuts: list[float] = []
    for low, high in pairwise(firm):
        parts = max(1, int(np.ceil((high - low) / section_m - 1e-9)))
        cuts.extend(np.linspace(low, high, parts + 1)[:-1].tolist())
    return np.array([*cuts, firm[-1]])


def _features(
    line: RailLine, osm: OsmData, crs: str, edges: tuple[TrackEdge, ...], parallel_m: float
) -> list[RailFeature]:
    """Crossings from nodes on any of the line's tracks, bridges and tunnels from its ways, by chainage."""
    shape = shapely.LineString(line.xy)
    found: list[RailFeature] = []
    kinds = {"level_crossing": "level_crossing", "crossing": "foot_crossing"}
    nodes = [node for node in osm.nodes.values() if node.tags.get("railway") in kinds]
    if nodes:
        places = to_metric(np.array([(node.lon, node.lat) for node in nodes]), crs)
        for node, xy in zip(nodes, places, strict=True):
            point = shapely.Point(xy)
            if shape.distance(point) <= _FEATURE_NEAR_M:
                at = line.start_m + float(shape.project(point))
                found.append(
                    RailFeature(kinds[node.tags["railway"]], f"n{node.osm_id}", at, 0.0, xy)
                )
    for edge in edges:
        for kind, marked in (("bridge", edge.bridge), ("tunnel", edge.tunnel)):
            middle = points_at(edge.xy, np.array([0.5]))[0]
            if (
                marked
                and edge.length_m >= _SHORT_BRIDGE_M
                and shape.distance(shapely.Point(middle)) <= parallel_m
            ):
                at = line.start_m + float(shape.project(shapely.Point(middle)))
                found.append(RailFeature(kind, f"w{edge.way}", at, edge.length_m, middle))
    found.sort(key=lambda feature: (feature.at_m, feature.osm_id))
    return _once(found)


def _once(features: list[RailFeature]) -> list[RailFeature]:
    """Keep one of several alike within 25 m: each track of a double line has its own crossing and bridge."""
    kept: list[RailFeature] = []
    for feature in features:
        twin = next(
            (k for k in reversed(kept) if k.kind == feature.kind and feature.at_m - k.at_m <= 25.0),
            None,
        )
        if twin is None:
            kept.append(feature)
    return kept


def _sections(
    line: RailLine,
    cuts: Float64,
    features: list[RailFeature],
    stations: list[tuple[str, Float64]],
    station_approach_m: float,
) -> list[RailSection]:
    made = []
    n = len(cuts) - 1
    for k in range(n):
        xy = cut_line(line.xy, float(cuts[k]), float(cuts[k + 1]))
        low, high = line.start_m + float(cuts[k]), line.start_m + float(cuts[k + 1])
        last = k == n - 1
        half = {"bridge": 0.5, "tunnel": 0.5}
        inside = [
            f for f in features
            if f.at_m + half.get(f.kind, 0) * f.length_m >= low
            and (f.at_m - half.get(f.kind, 0) * f.length_m < high or last)
        ]  # fmt: skip
        crossings = tuple(f for f in inside if f.kind.endswith("crossing"))
        bridges = tuple(f for f in inside if f.kind == "bridge")
        tunnels = tuple(f for f in inside if f.kind == "tunnel")
        shape = shapely.LineString(xy)
        near = sorted((float(shape.distance(shapely.Point(at))), name) for name, at in stations)
        approach = bool(near) and near[0][0] <= station_approach_m
        kind = "open_line"
        for name, holds in (("crossing", crossings), ("bridge", bridges), ("tunnel", tunnels)):
            kind = name if holds else kind
        made.append(
            RailSection(
                f"{line.id}-{k + 1:03d}",
                line.id,
                line.name,
                low,
                high,
                xy,
                "station_approach" if approach else kind,
                crossings,
                bridges,
                tunnels,
                bool(near) and near[0][0] <= _STATION_SPAN_M / 2,
                near[0][1] if approach else "",
            )
        )
    return made


def _length(xy: Float64) -> float:
    return float(np.hypot(*np.diff(xy, axis=0).T).sum())
