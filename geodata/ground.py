"""One map file made ready: networks, rail, sites, background, and what was dropped or found wrong on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from geodata.background import Background
from geodata.crs import to_lonlat, to_metric
from geodata.errors import Dropped, Fault, Finding, GeodataError
from geodata.kept import place_of, read_kept, write_kept
from geodata.known import NOTHING_KNOWN, KnownIds, on_roads_m
from geodata.named import NOTHING_NAMED, NamedThings
from geodata.network import Float64, RoadNetwork
from geodata.profiles import Profile
from geodata.railparts import RailLines
from geodata.router import Router
from geodata.sites import KeySite

if TYPE_CHECKING:
    from geodata.gisfiles import Reading
    from geodata.osm import Clip
    from geodata.osmtext import Progress

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
    named : NamedThings
        Everything that the map names, streets aside.
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
    named: NamedThings = NOTHING_NAMED
    _routers: dict[str, Router] = field(default_factory=dict, init=False, repr=False)

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
        return replace(self, networks=networks)


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
    keep_in: Path | None = None,
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
    keep_in
        Folder that keeps what was read of OpenStreetMap files between runs, by their content and all that is asked
        here; None reads the file anew.

    Raises
    ------
    GeodataError
        The file cannot be used; every reason is listed.
    """
    asked: dict[str, Any] = {
        "crs": crs, "profiles": tuple(profiles), "clip_box": clip_box, "section_m": section_m,
        "station_approach_m": station_approach_m, "reading": reading, "need_roads": need_roads, "turns": turns,
        "country": country, "merge": merge, "rail_modes": tuple(rail_modes),
    }  # fmt: skip
    file = None if keep_in is None else place_of(Path(path), asked, keep_in)
    kept = None if file is None else read_kept(file, Ground)
    if kept is not None:
        if on_progress is not None:
            on_progress("read before", 1.0)
        return kept
    # by far the most of what reading takes to load is needed only here
    from geodata.groundread import read_ground

    ground = read_ground(path, **asked, on_progress=on_progress)
    if file is not None:
        write_kept(file, ground)
    return ground
