"""Lines cut into sections: at stations, junctions, long bridges and tunnels, and into equal parts between these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import shapely

from geodata.crs import to_metric
from geodata.osm import OsmData
from geodata.railparts import RailFeature, RailLine, RailSection
from geodata.railsearch import TrackEdge, cut_line, points_at

Float64 = npt.NDArray[np.float64]

_STATION_SPAN_M = 250.0
_STATION_NEAR_M = 200.0
_FEATURE_NEAR_M = 12.0
_SHORT_BRIDGE_M = 5.0
_CROSSINGS = {
    "level_crossing": "level_crossing",
    "crossing": "foot_crossing",
    "tram_level_crossing": "level_crossing",
    "tram_crossing": "foot_crossing",
}


def stations_of(osm: OsmData, crs: str, mode: str = "rail") -> list[tuple[str, Float64]]:
    """Names and places of the stations and halts of one mode, once each."""
    found: list[tuple[str, Float64]] = []
    for feature in osm.features:
        if not is_stop_of(feature.tags, mode):
            continue
        middle = shapely.get_coordinates(feature.shape.centroid)
        xy = to_metric(middle, crs)[0]
        if all(np.hypot(*(xy - other)) > _STATION_SPAN_M for _, other in found):
            found.append((feature.tags.get("name", "station"), xy))
    return found


def is_stop_of(tags: Mapping[str, str], mode: str) -> bool:
    """Whether tags are those of a station, halt or stop of this mode, in use."""
    kind, sort = tags.get("railway"), tags.get("station", "")
    if any(tags.get(gone) == "yes" for gone in ("disused", "abandoned", "razed")):
        return False
    if mode == "rail":
        return kind in ("station", "halt") and sort not in ("subway", "light_rail", "monorail")
    if mode == "tram":
        return kind == "tram_stop"
    return kind in ("station", "halt") and (sort == mode or (not sort and tags.get(mode) == "yes"))


def cuts_of(
    line: RailLine,
    lines: Sequence[RailLine],
    stations: list[tuple[str, Float64]],
    features: Sequence[RailFeature],
    section_m: float,
    place_m: float,
) -> Float64:
    """Distances from the line's start where sections meet.

    Line ends, station borders, junctions and the ends of bridges and tunnels at least half a section long are cuts;
    between them parts are equal. With ``place_m`` every crossing and shorter structure gets a section of its own.
    """
    shape = shapely.LineString(line.xy)
    hard = {0.0, line.length_m}
    for _, xy in stations:
        point = shapely.Point(xy)
        if shape.distance(point) <= _STATION_NEAR_M:
            at = shape.project(point)
            hard.update((at - _STATION_SPAN_M, at + _STATION_SPAN_M))
    for other in lines:
        if other.id == line.id:
            continue
        for end in (other.xy[0], other.xy[-1]):
            point = shapely.Point(end)
            if shape.distance(point) <= 60.0:
                hard.add(shape.project(point))
    for low, high in _structures(features):
        if high - low >= section_m / 2:
            hard.update((low - line.start_m, high - line.start_m))
    marks = sorted(m for m in hard if 0 <= m <= line.length_m)
    firm = [marks[0]]
    for mark in marks[1:-1]:
        # A cut nearer than a fifth of a section to another one would only make crumbs.
        if min(mark - firm[-1], marks[-1] - mark) >= section_m / 5:
            firm.append(mark)
    firm.append(marks[-1])
    if place_m > 0:
        firm = _own_places(firm, [f.at_m - line.start_m for f in features], place_m)
    cuts: list[float] = []
    for low, high in pairwise(firm):
        parts = max(1, int(np.ceil((high - low) / section_m - 1e-9)))
        cuts.extend(np.linspace(low, high, parts + 1)[:-1].tolist())
    return np.array([*cuts, firm[-1]])


def _structures(features: Sequence[RailFeature]) -> list[tuple[float, float]]:
    """Chainage spans of bridges and tunnels, those drawn in several ways as one."""
    spans: list[tuple[str, float, float]] = []
    for kind in ("bridge", "tunnel"):
        for f in (f for f in features if f.kind == kind):
            low, high = f.at_m - f.length_m / 2, f.at_m + f.length_m / 2
            if spans and spans[-1][0] == kind and low <= spans[-1][2] + 1.0:
                spans[-1] = (kind, spans[-1][1], max(high, spans[-1][2]))
            else:
                spans.append((kind, low, high))
    return [(low, high) for _, low, high in spans]


def _own_places(firm: list[float], middles: Sequence[float], place_m: float) -> list[float]:
    """Cuts on both sides of each crossing; places that would overlap are one, and cuts inside a place fall away."""
    spans: list[list[float]] = []
    for at in sorted(middles):
        low, high = max(firm[0], at - place_m / 2), min(firm[-1], at + place_m / 2)
        if spans and low <= spans[-1][1] + place_m / 5:
            spans[-1][1] = max(spans[-1][1], high)
        elif high > low:
            spans.append([low, high])
    kept = [m for m in firm if not any(low < m < high for low, high in spans)]
    marks = sorted({*kept, *(m for span in spans for m in span)})
    ends = [marks[0]]
    for mark in marks[1:]:
        if mark - ends[-1] > 1.0:
            ends.append(mark)
    ends[-1] = firm[-1]
    return ends


@dataclass(frozen=True, eq=False)
class Marks:
    """Crossing nodes and bridge and tunnel tracks of a map, looked up once for all lines; ``xy`` are their places."""

    kind: tuple[str, ...]
    osm_id: tuple[str, ...]
    length_m: tuple[float, ...]
    xy: Float64


def marks_of(osm: OsmData, crs: str, edges: Sequence[TrackEdge]) -> Marks:
    """Crossings from nodes, bridges and tunnels from tracks."""
    nodes = [node for node in osm.nodes.values() if node.tags.get("railway") in _CROSSINGS]
    rows = [(_CROSSINGS[node.tags["railway"]], f"n{node.osm_id}", 0.0) for node in nodes]
    places = np.array([(n.lon, n.lat) for n in nodes], dtype=np.float64).reshape(-1, 2)
    middles = [to_metric(places, crs)] if nodes else [places]
    for edge in edges:
        for kind, marked in (("bridge", edge.bridge), ("tunnel", edge.tunnel)):
            if marked and edge.length_m >= _SHORT_BRIDGE_M:
                rows.append((kind, f"w{edge.way}", edge.length_m))
                middles.append(points_at(edge.xy, np.array([0.5])))
    kinds, ids, lengths = zip(*rows, strict=True) if rows else ((), (), ())
    return Marks(kinds, ids, lengths, np.concatenate(middles))


def features_of(line: RailLine, marks: Marks, parallel_m: float) -> list[RailFeature]:
    """What lies on any of the line's tracks, by chainage."""
    if not marks.kind:
        return []
    shape = shapely.LineString(line.xy)
    points = np.array([shapely.Point(xy) for xy in marks.xy], dtype=object)
    reach = [_FEATURE_NEAR_M if kind.endswith("crossing") else parallel_m for kind in marks.kind]
    near = np.flatnonzero(np.asarray(shapely.distance(points, shape)) <= np.array(reach))
    at = line.start_m + np.asarray(shapely.line_locate_point(shape, points[near]))
    found = [
        RailFeature(marks.kind[k], marks.osm_id[k], float(at_m), marks.length_m[k], marks.xy[k])
        for k, at_m in zip(near.tolist(), at, strict=True)
    ]
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


def sections_of(
    line: RailLine,
    cuts: Float64,
    features: list[RailFeature],
    stations: list[tuple[str, Float64]],
    station_approach_m: float,
) -> list[RailSection]:
    """Sections of a line between its cuts, with what lies on each and the nearest station."""
    made = []
    n = len(cuts) - 1
    for k in range(n):
        xy = cut_line(line.xy, float(cuts[k]), float(cuts[k + 1]))
        low, high = line.start_m + float(cuts[k]), line.start_m + float(cuts[k + 1])
        last = k == n - 1
        inside = [f for f in features if _lies_on(f, low, high, last)]
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
                mode=line.mode,
            )
        )
    return made


def _lies_on(feature: RailFeature, low: float, high: float, last: bool) -> bool:
    """Whether a feature is on a stretch; a bridge or tunnel that only touches it is not."""
    if feature.kind not in ("bridge", "tunnel"):
        return low <= feature.at_m and (feature.at_m < high or last)
    half = feature.length_m / 2
    shared = min(high, feature.at_m + half) - max(low, feature.at_m - half)
    return shared > min(1.0, half)
