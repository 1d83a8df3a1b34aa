"""Yards told apart from running lines where the map does not say so (no ``service`` tag, no name, no line number).

A line is unlikely where many tracks lie side by side, where a short track ends at a buffer, or where it leaves a line
only to come back to it. Tracks with a name, a number or ``usage=main`` are never judged here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import shapely

from geodata.crs import to_metric

if TYPE_CHECKING:
    from geodata.osm import OsmData
    from geodata.railsearch import TrackEdge

Float64 = npt.NDArray[np.float64]

_BUNDLE_REACH_M = 40.0
_BUNDLE_TRACKS = 4
_BUNDLE_SHARE = 0.5
_BUNDLE_SHARE_LOOSE = 0.3
_SAMPLE_M = 25.0
_JOINED_M = 60.0
_BORDER_M = 300.0
_LONGEST_STUB_M = 2_500.0
_LONGEST_WORKS_M = 5_000.0
_LOOP_REACH_M = 200.0
_LONGEST_LOOP_M = 3_000.0
DEAD_END = "dead end or loose piece without name, number or usage"
_YARD_NAME = re.compile(
    r"^(?:gleis|track|tracks|voie|binario|v[ií]a|spår|spor|raide|tor|股道|第?\d+股道?)\s*(?:nr\.?|no\.?)?\s*\d*[a-z]?$"
    r"|\b(?:yard|rail ?yard|depot|works|workshop|sidings?|betriebshof|betriebswerk|bw|rangierbahnhof|"
    r"g(?:ü|ue)terbahnhof|abstellgleise?|anschlussgleis|ladegleis|d[ée]p[ôo]t|triage|deposito)$"
    r"|车辆段|停车场|动车所|动车段|编组站|专用线|机务段|车辆基地|渡线|存车线|出入段线",
    re.IGNORECASE,
)


@dataclass(frozen=True, eq=False)
class LeftOut:
    """Running track by its tags that makes no line: why, its OSM way, and its course in metres.

    ``yard`` is False for crumbs too short to judge, which still count as running track.
    """

    reason: str
    way: int
    xy: Float64
    yard: bool = True

    @property
    def length_m(self) -> float:
        """Metres of track."""
        return float(np.hypot(*np.diff(self.xy, axis=0).T).sum())


def is_yard_name(name: str) -> bool:
    """Whether a name is that of a track, depot or works, not of a line.

    >>> is_yard_name("Gleis 5"), is_yard_name("新街口渡线"), is_yard_name("Buckeye Branch")
    (True, True, False)
    """
    return bool(name) and bool(_YARD_NAME.search(name.strip()))


class Yards:
    """Tells ways without a label that are no lines.

    Parameters
    ----------
    tracks
        Courses of all tracks in use, service tracks too, in metres.
    rim
        Outline of the map in metres: a track that ends there is cut off, not at its end.
    bundles_only
        For city lines, whose loops and ends are lines like the rest: only many tracks side by side are a yard.
    """

    def __init__(self, tracks: Sequence[Float64], rim: Any, *, bundles_only: bool = False) -> None:
        self._bundles_only = bundles_only
        self._tracks = np.array([shapely.LineString(xy) for xy in tracks], dtype=object)
        self._tree = shapely.STRtree(self._tracks)
        self._rim = rim

    def why(self, xy: Float64, used: Sequence[TrackEdge], lines: Sequence[Float64]) -> str:
        """Return why a way is no line, or nothing if it is one.

        Parameters
        ----------
        xy
            Its course in metres.
        used
            Its track edges.
        lines
            Courses of the lines found so far.
        """
        length = _length(xy)
        shape = shapely.LineString(xy)
        near = [shapely.LineString(line) for line in lines]
        bundle = self.bundle_share(xy)
        beside = [k for k, line in enumerate(near) if line.buffer(_LOOP_REACH_M).covers(shape)]
        if beside and bundle >= _BUNDLE_SHARE:
            return "station track of the line it lies beside"
        total = sum(edge.length_m for edge in used)
        if sum(edge.length_m for edge in used if edge.main) >= 0.5 * total:
            return ""
        works = [edge for edge in used if edge.works]
        if sum(edge.length_m for edge in works) >= 0.5 * total and length <= _LONGEST_WORKS_M:
            return f"no running line: usage={works[0].works}"
        held = self._bundles_only or (self.held(xy[0], lines) and self.held(xy[-1], lines))
        if bundle >= (_BUNDLE_SHARE if held else _BUNDLE_SHARE_LOOSE):
            return f"yard: one of {_BUNDLE_TRACKS + 1} or more tracks side by side"
        if self._bundles_only:
            return ""
        if not held and length <= _LONGEST_STUB_M:
            return DEAD_END
        ends = [shapely.Point(xy[0]), shapely.Point(xy[-1])]
        if length <= _LONGEST_LOOP_M and any(
            all(near[k].distance(end) <= _JOINED_M for end in ends) for k in beside
        ):
            return "loop or siding that leaves a line and comes back to it"
        return ""

    def held(self, end: Float64, lines: Sequence[Float64]) -> bool:
        """Whether a way that ends here goes on: at a line, or cut off at the rim of the map."""
        point = shapely.Point(end)
        return self._rim.distance(point) <= _BORDER_M or any(
            shapely.LineString(line).distance(point) <= _JOINED_M for line in lines
        )

    def bundle_share(self, xy: Float64) -> float:
        """Share of a way (0..1) along which at least four other tracks lie within 40 m to its sides."""
        line = shapely.LineString(xy)
        n = max(2, int(np.ceil(line.length / _SAMPLE_M)))
        at = (np.arange(n) + 0.5) / n * line.length
        here = shapely.get_coordinates(shapely.line_interpolate_point(line, at))
        ahead = shapely.get_coordinates(
            shapely.line_interpolate_point(line, np.minimum(at + 1.0, line.length))
        )
        behind = shapely.get_coordinates(
            shapely.line_interpolate_point(line, np.maximum(at - 1.0, 0.0))
        )
        along = ahead - behind
        along /= np.maximum(np.hypot(*along.T), 1e-9)[:, None]
        side = np.column_stack([-along[:, 1], along[:, 0]]) * _BUNDLE_REACH_M
        rays: Any = shapely.linestrings(np.stack([here - side, here + side], axis=1))
        ray, track = self._tree.query(rays, predicate="intersects")
        # Tracks are counted by where they cross the ray: one drawn in two ways that meet there is one.
        cut = shapely.centroid(shapely.intersection(rays[ray], self._tracks[track]))
        place: Float64 = np.round(
            (np.asarray(shapely.line_locate_point(rays[ray], cut)) - _BUNDLE_REACH_M) / 2.0
        )
        count = [len(set(place[ray == k].tolist()) - {0.0}) for k in range(n)]
        return float(np.mean(np.array(count) >= _BUNDLE_TRACKS))


def rim_of(osm: OsmData, crs: str) -> Any:
    """Outline of a map in metres: around all its ways."""
    if not len(osm.ways):
        return shapely.Point()
    return shapely.MultiPoint(to_metric(osm.ways.lonlat, crs)).convex_hull.boundary


def _length(xy: Float64) -> float:
    return float(np.hypot(*np.diff(xy, axis=0).T).sum())
