"""Where rail and road meet: stations and crossings as joints, and a network on which one walks road and track alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import shapely

from geodata.build import build_network
from geodata.crs import to_metric
from geodata.network import RoadNetwork
from geodata.osm import OsmData, OsmWays
from geodata.profiles import PROFILES
from geodata.railgraph import MODES
from geodata.railparts import RailLine, RailLines
from geodata.sites import KeySite

Float64 = npt.NDArray[np.float64]

TRACK_KMH = 4.0
_STATION_KINDS = {"station": "rail", "halt": "rail", "metro_station": "subway", "tram_stop": "tram"}
_STATION_NEAR_M = 300.0


@dataclass(frozen=True, eq=False)
class JointSnap:
    """The place of a joint on one profile's network; ``distance_m`` straight from the joint."""

    edge: int
    along_m: float
    xy: Float64
    distance_m: float


@dataclass(frozen=True, eq=False)
class RailJoint:
    """A place where people change between road and track.

    Attributes
    ----------
    kind : str
        ``station``, ``level_crossing`` or ``foot_crossing``.
    id, name : str
        OSM id of the crossing node or id of the site; several entrances of one station share it.
    line_id, section_id : str
    at_m : float
        Chainage on the line.
    track_xy, xy : float64 [2]
        On the line; and the entrance or crossing itself.
    snaps : mapping
        By profile name; a profile without a way within the limit is absent.
    """

    kind: str
    id: str
    name: str
    line_id: str
    section_id: str
    at_m: float
    track_xy: Float64
    xy: Float64
    snaps: Mapping[str, JointSnap]


def rail_joints(
    rail: RailLines,
    networks: Mapping[str, RoadNetwork],
    sites: Iterable[KeySite] = (),
    *,
    limit_m: float = 150.0,
) -> tuple[RailJoint, ...]:
    """Joints of all lines, by line and chainage.

    Parameters
    ----------
    rail
        From :func:`geodata.rail.read_rail`.
    networks
        By profile name, such as car and foot.
    sites
        From :func:`geodata.sites.find_sites`: stations, halts and stops join the line of their mode nearest to each
        of their entrances (to their place, if none is known) within 300 m.
    limit_m
        Farthest way a joint is laid on (main part of each network).
    """
    raw: list[tuple[str, str, str, RailLine, float, Float64]] = []
    for section in rail.sections:
        line = next(line for line in rail.lines if line.id == section.line_id)
        raw += [(c.kind, c.osm_id, "", line, c.at_m, c.xy) for c in section.crossings]
    shapes = {line.id: shapely.LineString(line.xy) for line in rail.lines}
    for site in sites:
        lines = [line for line in rail.lines if line.mode == _STATION_KINDS.get(site.kind)]
        places = site.entrances if len(site.entrances) else site.xy[None]
        for xy in places if lines else ():
            point = shapely.Point(xy)
            gap, _, line = min(
                (shapes[line.id].distance(point), k, line) for k, line in enumerate(lines)
            )
            if gap <= _STATION_NEAR_M:
                at = line.start_m + shapes[line.id].project(point)
                raw.append(("station", site.id, site.label, line, at, xy))
    raw.sort(key=lambda row: (row[3].id, row[4], row[1]))
    if not raw:
        return ()
    xy = np.array([row[5] for row in raw])
    snapped = {
        name: network.snap(xy, limit_m, main_only=True) for name, network in networks.items()
    }
    joints = []
    for k, (kind, osm_id, name, line, at_m, place) in enumerate(raw):
        inside = [s for s in rail.of_line(line.id) if s.from_m <= at_m] or rail.of_line(line.id)[:1]
        snaps = {
            profile: JointSnap(int(s.edge[k]), float(s.along_m[k]), s.xy[k], float(s.distance_m[k]))
            for profile, s in snapped.items()
            if s.ok[k]
        }
        track = shapes[line.id].interpolate(at_m - line.start_m)
        joints.append(
            RailJoint(kind, osm_id, name, line.id, inside[-1].id, at_m, np.array(track.coords[0]), place,
                      MappingProxyType(snaps))
        )  # fmt: skip
    return tuple(joints)


def track_network(
    osm: OsmData, rail: RailLines, crs: str, joints: Sequence[RailJoint], *, kmh: float = TRACK_KMH
) -> RoadNetwork:
    """Foot ways and running tracks as one network (profile ``track``), for patrols that walk along the line.

    Track and foot way meet where the map gives them a node in common (level and foot crossings), and at every joint
    of a station, by a straight link from the nearest node of track to the nearest node of foot way. Walking on the
    track is for closed track only; class ``rail`` tells these edges, ``rail_link`` the links.

    Parameters
    ----------
    osm, crs
        The map and the metric CRS of ``rail``.
    rail, joints
        From :func:`geodata.rail.read_rail` and :func:`rail_joints`.
    kmh
        Walking speed on the track; on foot ways as in the profile ``foot``.
    """
    foot = PROFILES["foot"]
    profile = replace(
        foot, name="track", kmh_by_class={**foot.kmh_by_class, "rail": kmh, "rail_link": kmh}
    )
    wanted = {way: line for line in rail.lines for way in line.osm_ways}
    kinds = (
        frozenset().union(*(MODES[mode] for mode in {line.mode for line in rail.lines}))
        if rail.lines
        else ()
    )
    tags: list[Mapping[str, str]] = []
    track_rows: list[int] = []
    for k, own in enumerate(osm.ways.tags):
        line = wanted.get(int(osm.ways.way[k]))
        if line is None or own.get("railway") not in kinds:
            tags.append(own)
            continue
        structure = {key: own[key] for key in ("bridge", "tunnel") if key in own}
        tags.append({"highway": "rail", "name": line.name, **structure})
        track_rows.append(k)
    ways = replace(osm.ways, tags=tuple(tags))
    return build_network(
        replace(osm, ways=_with_links(ways, track_rows, joints, crs)), profile, crs=crs
    )


def _with_links(
    ways: OsmWays, track_rows: Sequence[int], joints: Sequence[RailJoint], crs: str
) -> OsmWays:
    """Ways and one straight two-node link for each station joint."""
    stops = [joint for joint in joints if joint.kind == "station"]
    if not stops or not track_rows:
        return ways
    on_track = np.zeros(len(ways.ref), dtype=bool)
    for k in track_rows:
        on_track[ways.start[k] : ways.start[k + 1]] = True
    on_foot = np.zeros(len(ways.ref), dtype=bool)
    for k, tags in enumerate(ways.tags):
        shut = tags.get("highway") not in PROFILES["foot"].kmh_by_class or tags.get(
            "foot", tags.get("access")
        ) in ("no", "private")
        on_foot[ways.start[k] : ways.start[k + 1]] = not shut
    xy = to_metric(ways.lonlat, crs)
    ends = []
    for joint in stops:
        pair = []
        for mask, near, limit in (
            (on_track, joint.track_xy, _STATION_NEAR_M),
            (on_foot, joint.xy, _STATION_NEAR_M),
        ):
            rows = np.flatnonzero(mask)
            gap = np.hypot(*(xy[rows] - near).T)
            if len(rows) and gap.min() <= limit:
                pair.append(int(rows[np.argmin(gap)]))
        if len(pair) == 2 and ways.ref[pair[0]] != ways.ref[pair[1]]:
            ends.append(pair)
    rows = np.array(ends, dtype=np.int64).reshape(-1)
    return OsmWays(
        np.concatenate([ways.way, -np.arange(1, len(ends) + 1)]),
        np.concatenate([ways.start, ways.start[-1] + 2 * np.arange(1, len(ends) + 1)]),
        np.concatenate([ways.ref, ways.ref[rows]]),
        np.concatenate([ways.lonlat, ways.lonlat[rows]]),
        (*ways.tags, *({"highway": "rail_link"} for _ in ends)),
    )
