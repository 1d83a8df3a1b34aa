"""One map file made ready: networks, rail, sites, background, and what was dropped or found wrong on the way."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from geodata.background import Background, read_background
from geodata.build import build_network
from geodata.crs import choose_crs, to_lonlat, to_metric
from geodata.errors import Dropped, Fault, Finding, GeodataError
from geodata.gisfiles import Reading, read_gis
from geodata.gislayers import SUFFIXES as GIS_SUFFIXES
from geodata.gislayers import sniff
from geodata.health import by_weight, check_country, check_map
from geodata.known import NOTHING_KNOWN, KnownIds, known_ids, on_roads_m
from geodata.network import Float64, RoadNetwork
from geodata.osm import SUFFIXES as OSM_SUFFIXES
from geodata.osm import Clip, OsmData, read_osm
from geodata.osmtext import Progress
from geodata.profiles import PROFILES, Profile
from geodata.rail import RailLines, read_rail, with_access
from geodata.railwalk import with_walks
from geodata.router import Router
from geodata.sitedoors import with_doors
from geodata.sites import KeySite, find_sites
from geodata.suspicion import leave_out_far

CREDIT = "(c) OpenStreetMap contributors, ODbL 1.0"


@dataclass(frozen=True, eq=False)
class Ground:
    """Everything a plan needs to know of a map; all coordinates in metres of ``crs`` unless a name says lonlat.

    Attributes
    ----------
    source, crs, credit : str
        File name, metric CRS, and the line every printed map must carry.
    networks : mapping
        By profile name.
    rail : RailLines
    sites : tuple of KeySite
    bounds : tuple of float
        ``(x_min, y_min, x_max, y_max)`` around the roads.
    background : Background
    dropped : tuple of Dropped
        What the file reader and the builders left out.
    findings : tuple of Finding
        The health report.
    known : KnownIds
        Where every tagged object of the map lies, by its id.
    """

    source: str
    crs: str
    credit: str
    networks: Mapping[str, RoadNetwork]
    rail: RailLines
    sites: tuple[KeySite, ...]
    bounds: tuple[float, float, float, float]
    background: Background
    dropped: tuple[Dropped, ...]
    findings: tuple[Finding, ...]
    known: KnownIds = NOTHING_KNOWN
    _routers: dict[str, Router] = field(default_factory=dict, repr=False)

    def network(self, profile: str = "car") -> RoadNetwork:
        """Network of a profile."""
        if profile not in self.networks:
            raise GeodataError(
                [Fault(f"the map was not read for {profile!r}", expected=", ".join(self.networks))]
            )
        return self.networks[profile]

    def router(self, profile: str = "car") -> Router:
        """Router of a profile, made once."""
        if profile not in self._routers:
            self._routers[profile] = Router(self.network(profile))
        return self._routers[profile]

    def to_xy(self, lonlat: npt.ArrayLike) -> Float64:
        """Degrees ``[n, 2]`` to metres."""
        return to_metric(lonlat, self.crs)

    def to_lonlat(self, xy: npt.ArrayLike) -> Float64:
        """Metres ``[n, 2]`` to degrees."""
        return to_lonlat(xy, self.crs)

    def site(self, site_id: str) -> KeySite:
        """The site of this id, or the one it was merged into."""
        for site in self.sites:
            if site.id == site_id or site_id.removeprefix("osm-") in site.merged:
                return site
        near = [
            f"{s.id} ({s.label})" for s in self.sites if site_id.removeprefix("osm-")[1:] in s.id
        ]
        raise GeodataError(
            [
                Fault(
                    f"the map has no site {site_id}",
                    tuple(near[:3]),
                    mend="`find_sites` lists them.",
                )
            ]
        )

    def distance_m(self, osm_id: str, xy: npt.ArrayLike) -> float | None:
        """Metres from a place ``[2]`` to any object of OpenStreetMap that this map holds; None where it has none.

        The object may be a site or no site: a tagged node such as a level crossing, an area (its box counts), a road
        or a junction. Ids are written ``n12``, ``osm-n12`` or ``node/12``.
        """
        known = self.known.distance_m(osm_id, xy)
        roads = on_roads_m(self.networks.values(), osm_id, xy)
        return min((gap for gap in (known, roads) if gap is not None), default=None)

    def with_closures(self, edges: Mapping[str, Sequence[int] | npt.NDArray[np.int64]]) -> Ground:
        """The ground with edges closed, by profile; rail, sites and background are shared."""
        networks = {
            name: net.with_closures(edges[name]) if name in edges else net
            for name, net in self.networks.items()
        }
        return replace(self, networks=networks, _routers={})


def is_osm(path: str | Path) -> bool:
    """Whether a file is OpenStreetMap's own format, by its first bytes and then by its name."""
    path = Path(path)
    kind = sniff(path) if path.is_file() else ""
    return kind == "osm" or (kind == "" and path.name.lower().endswith(OSM_SUFFIXES))


def read_map(
    path: str | Path,
    reading: Reading | None = None,
    *,
    clip_box: Clip | None = None,
    on_progress: Progress | None = None,
) -> OsmData:
    """Read a map of any format into one form (WGS-84 degrees, tags as in OpenStreetMap).

    ``on_progress`` is called with a stage's name and a share that rises to 1.

    Raises
    ------
    GeodataError
        No such file, empty, not a map, damaged, or nothing of use in it.
    """
    path = Path(path)
    expected = ", ".join((*OSM_SUFFIXES, *GIS_SUFFIXES))
    if not path.is_file():
        what = f"{path.name} is a folder, not a map" if path.is_dir() else f"there is no map file {path.name}"
        mend = "Give the map file in it, or pack the folder as .zip if it is a Shapefile." if path.is_dir() else ""
        raise GeodataError([Fault(what, expected=f"a file ({expected})", mend=mend)])
    if not os.access(path, os.R_OK):
        raise GeodataError(
            [Fault(f"{path.name} may not be read", expected="a file that you have the right to read",
                   mend="Ask its owner for that right.")]
        )  # fmt: skip
    if path.stat().st_size == 0:
        raise GeodataError(
            [Fault(f"{path.name} is empty", expected=f"a map ({expected})",
                   mend="Download or export it again.")]
        )  # fmt: skip
    with path.open("rb") as file:
        head = file.read(200).lstrip().lower()
    if head.startswith((b"<!doctype html", b"<html")):
        raise GeodataError(
            [Fault(f"{path.name} is a web page, not a map", expected=f"a map ({expected})",
                   mend="The server answered with a page, perhaps an error; open it to see, and download again.")]
        )  # fmt: skip
    if is_osm(path):
        return leave_out_far(read_osm(path, clip_box=clip_box, on_progress=on_progress))
    if not sniff(path) and not path.name.lower().endswith(GIS_SUFFIXES):
        raise GeodataError([Fault(f"{path.name} is not a map format read here", expected=expected)])
    data = leave_out_far(read_gis(path, reading, clip_box=clip_box))
    if on_progress is not None:
        on_progress("reading the file", 1.0)
    return data


def load_ground(
    path: str | Path,
    *,
    crs: object = None,
    profiles: Sequence[str | Profile] = ("car", "foot"),
    clip_box: Clip | None = None,
    section_m: float = 500.0,
    station_approach_m: float = 1000.0,
    reading: Reading | None = None,
    need_roads: bool = True,
    turns: bool = False,
    country: str | None = None,
    merge: bool = False,
    rail_modes: Sequence[str] = ("rail",),
    on_progress: Progress | None = None,
) -> Ground:
    """Read a map file into everything a plan needs.

    Parameters
    ----------
    path
        OpenStreetMap file (``.osm``, ``.osm.pbf``, ``.osm.gz``, ``.osm.bz2``) or GIS file (GeoPackage, GeoJSON,
        Shapefile, GeoParquet, FlatGeobuf, GraphML, or an archive of these). What it is, is told by its first bytes.
    crs
        Metric CRS to work in; the UTM zone of the map's middle when left out. ``"cgcs2000"`` chooses the 3-degree
        Gauss-Krueger zone.
    profiles
        Networks to build, the first one being that of vehicles: ``"car"``, ``"emergency"``, ``"bike"``, ``"foot"``, or
        a profile such as ``emergency_profile(gates=True, against_factor=0.5)``.
    clip_box
        ``(west, south, east, north)`` or an area (polygon), in degrees.
    section_m, station_approach_m
        As in :func:`geodata.rail.read_rail`.
    reading
        What a GIS file does not say by itself: its CRS, datum, columns, text encoding, layer, tolerance.
    need_roads
        Whether a map without roads for a profile is refused; else that network is left out and noted.
    turns
        Whether turn restrictions bind cars and bicycles; walkers and vehicles on a call never heed them here.
    country, merge
        As in :func:`geodata.build.build_network`.
    rail_modes
        Which rail is guarded, as in :func:`geodata.rail.read_rail`: ``("rail", "subway", "tram")``.
    on_progress
        Called with a stage's name and a share of the whole that rises to 1.

    Raises
    ------
    GeodataError
        The file cannot be used; every reason is listed.
    """
    say = on_progress or _say_nothing
    osm = read_map(path, reading, clip_box=clip_box, on_progress=lambda stage, share: say(stage, 0.6 * share))
    metric = choose_crs(np.array(osm.bounds).reshape(2, 2), crs)
    networks: dict[str, RoadNetwork] = {}
    missing: list[Finding] = []
    for k, profile in enumerate(profiles):
        name = profile if isinstance(profile, str) else profile.name
        say(f"building the network for {name}", 0.6 + 0.2 * k / len(profiles))
        try:
            networks[name] = build_network(
                osm, profile, crs=metric, turns=turns and name != "emergency", country=country,
                merge=merge,
            )  # fmt: skip
        except GeodataError as error:
            if need_roads or (isinstance(profile, str) and profile not in PROFILES):
                raise
            text = f"{name}: {error.faults[0].what}"
            missing.append(Finding("no-roads", "warning", text, 1, (), "Take a map that has roads."))
    say("finding rail and sites", 0.8)
    rail = read_rail(
        osm, metric, section_m=section_m, station_approach_m=station_approach_m, modes=rail_modes
    )
    rail = with_walks(with_access(rail, networks), networks, vehicle=next(iter(networks), "car"))
    sites = with_doors(find_sites(osm, metric), osm, metric, networks)
    every = np.concatenate(
        [network.node_xy for network in networks.values()]
        or [to_metric(np.array(osm.bounds).reshape(2, 2), metric)]
    )
    low, high = every.min(axis=0), every.max(axis=0)
    dropped = (
        *osm.dropped,
        *(drop for network in networks.values() for drop in network.dropped),
        *rail.dropped,
    )
    say("checking the map", 0.9)
    ground = Ground(
        source=osm.source,
        crs=metric,
        credit=CREDIT if is_osm(path) else f"Map: {osm.source}",
        networks=networks,
        rail=rail,
        sites=sites,
        bounds=(float(low[0]), float(low[1]), float(high[0]), float(high[1])),
        background=read_background(osm, metric),
        dropped=dropped,
        findings=by_weight(
            [*missing, *check_country(osm, country), *check_map(osm, networks, sites)]
        ),
        known=known_ids(osm, rail, metric),
    )
    say("checking the map", 1.0)
    return ground


def _say_nothing(_stage: str, _share: float) -> None:
    """Progress that nobody asked for."""
