"""Rail in the map: tracks merged into lines, lines cut into sections with what lies on them and how to get there.

A planner guards a *line*, while OpenStreetMap draws every *track*. Running tracks are joined by their line number or
name, the longest way through each becomes a line, and tracks that run beside it are merged into it. Yards, sidings and
spurs are counted apart, told by their tags or, where these are missing, by their shape; disused, abandoned and razed
tracks are left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import shapely

from geodata.errors import Drops, Fault, GeodataError
from geodata.network import RoadNetwork
from geodata.osm import OsmData
from geodata.railgraph import MODES, LineString, line_strings, track_edges
from geodata.railparts import (
    Posts,
    RailAccess,
    RailFeature,
    RailLine,
    RailLines,
    RailSection,
    TrackAccess,
    TrackWalk,
)
from geodata.railposts import with_posts
from geodata.railsearch import points_at
from geodata.railsections import cuts_of, features_of, marks_of, sections_of, stations_of
from geodata.railyards import LeftOut, Yards, rim_of

__all__ = [
    "LeftOut",
    "Posts",
    "RailAccess",
    "RailFeature",
    "RailLine",
    "RailLines",
    "RailSection",
    "TrackAccess",
    "TrackWalk",
    "read_rail",
    "with_access",
]

_LETTER = {
    "rail": "R",
    "subway": "S",
    "tram": "T",
    "monorail": "M",
    "funicular": "F",
    "preserved": "P",
}


def read_rail(
    osm: OsmData,
    crs: str,
    *,
    section_m: float = 500.0,
    station_approach_m: float = 1000.0,
    parallel_m: float = 25.0,
    modes: Sequence[str] = ("rail",),
    place_m: float = 0.0,
) -> RailLines:
    """Merge the tracks of a map into lines and cut these into sections.

    Parameters
    ----------
    osm
        From :func:`geodata.osm.read_osm`.
    crs
        Metric CRS of the result.
    section_m
        Longest section. Sections of one stretch between stations, junctions, long bridges and tunnels and line ends
        are equally long.
    station_approach_m
        Sections that begin or end nearer than this to a station are its approach (straight distance).
    parallel_m
        Tracks that stay this near to a line are part of it.
    modes
        Which rail is guarded: ``rail`` (with narrow gauge and light rail), ``subway``, ``tram``, ``monorail``,
        ``funicular``, ``preserved``. Lines of different modes are never merged.
    place_m
        Length of a section of its own around each crossing and short bridge or tunnel; 0 leaves them within the
        sections of ``section_m``.

    Raises
    ------
    GeodataError
        A mode that is not known.
    """
    unknown = [mode for mode in modes if mode not in MODES]
    if unknown or not modes:
        raise GeodataError(
            [Fault("rail modes not known" if unknown else "no rail mode named", tuple(unknown[:3]),
                   max(1, len(unknown)), expected=", ".join(MODES))]
        )  # fmt: skip
    drops = Drops()
    lines: list[RailLine] = []
    sections: list[RailSection] = []
    left_out: list[LeftOut] = []
    track_m = running_m = 0.0
    for mode in dict.fromkeys(modes):
        tracks = track_edges(osm, crs, drops, mode=mode, asked=tuple(dict.fromkeys(modes)))
        strings, out = line_strings(
            tracks.edges,
            parallel_m,
            drops,
            Yards(tracks.every, rim_of(osm, crs), bundles_only=mode != "rail"),
        )
        mine = tuple(_line(k, line, mode) for k, line in enumerate(strings))
        stations = stations_of(osm, crs, mode)
        marks = marks_of(osm, crs, tracks.edges)
        features = {line.id: features_of(line, marks, parallel_m) for line in mine}
        for line in mine:
            cuts = cuts_of(line, mine, stations, features[line.id], section_m, place_m)
            sections += sections_of(line, cuts, features[line.id], stations, station_approach_m)
        lines += mine
        left_out += out
        track_m += tracks.track_m
        running_m += tracks.running_m - sum(left.length_m for left in out if left.yard)
    return RailLines(
        with_posts(tuple(lines), osm, crs, drops),
        tuple(sections),
        track_m,
        running_m,
        sum(line.length_m for line in lines),
        drops.result(),
        tuple(left_out),
    )


def _line(k: int, line: LineString, mode: str) -> RailLine:
    line_id = f"{_LETTER[mode]}{k + 1:02d}"
    name = line.label or f"Line {line_id}"
    return RailLine(
        line_id,
        f"{name} ({line.branch})" if line.branch > 1 else name,
        line.xy,
        line.start_m,
        shapely.LineString(line.xy).length,
        line.ways,
        mode,
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
