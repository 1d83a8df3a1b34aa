"""Where everything of a scenario lies on the map, and the networks that each hour's closures leave open."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.crs import to_lonlat, to_metric
from geodata.ground import Ground
from geodata.known import short_id
from geodata.network import RoadNetwork, Snapped
from geodata.router import Router
from geodata.sites import KeySite
from geodata.travel import TravelTimes
from scenarios.checks_ground import check_ground
from scenarios.errors import Fault, ScenarioError
from scenarios.schema import Closure, Point, Scenario, Site
from scenarios.tongue import say as _

WALK_M_S = 1.2
"""Walking pace from the road to a place, metres a second (a loaded officer in a crowd; practice, editable later)."""

ELSEWHERE_M = 5000.0
"""A place farther than this from every road is on another map, not beside a road."""


@dataclass(frozen=True)
class Spot:
    """A place with its position: metres in the ground's CRS and WGS-84 degrees.

    ``reach_xy`` is where a unit arrives: an entrance, or the point of the outline nearest to a road; the
    position itself where the map has neither. ``walk_s`` is stated walking inside the place.
    """

    id: str
    name: str
    kind: str
    xy: tuple[float, float]
    lonlat: tuple[float, float]
    walk_s: int = 0
    reach_xy: tuple[float, float] | None = None

    @property
    def at(self) -> tuple[float, float]:
        """Where routing begins and ends."""
        return self.xy if self.reach_xy is None else self.reach_xy


@dataclass(frozen=True, eq=False)
class Places:
    """Every named place of a scenario: units, sites, zones, known posts and candidate posts."""

    crs: str
    spots: dict[str, Spot]

    def __getitem__(self, place: str) -> Spot:
        return self.spots[place]

    def __contains__(self, place: object) -> bool:
        return place in self.spots

    def xy(self, ids: Iterable[str]) -> NDArray[np.float64]:
        """Metres ``[n, 2]`` at which units arrive at the named places."""
        return np.array([self.spots[i].at for i in ids], dtype=np.float64).reshape(-1, 2)

    def walk_s(self, ids: Iterable[str]) -> NDArray[np.int32]:
        """Stated walking seconds ``[n]`` inside each place."""
        return np.array([self.spots[i].walk_s for i in ids], dtype=np.int32)


def key_sites(ground: Ground) -> dict[str, KeySite]:
    """Key sites of the map by short OSM id, also by those of the twins that were merged into them."""
    found = {short_id(alias): site for site in ground.sites for alias in site.merged}
    found.update({short_id(site.id): site for site in ground.sites})
    return found


def locate(scenario: Scenario, ground: Ground) -> Places:
    """Find every place of the scenario on the map.

    Raises
    ------
    ScenarioError
        A place has neither coordinates nor a key site of the map, or lies too far from any road; all
        offenders at once.
    """
    found: dict[str, Spot] = {}
    faults: list[Fault] = []
    known = key_sites(ground)

    def add(table: str, row: Point, ident: str, name: str, kind: str, walk_s: int = 0) -> None:
        if row.lon is not None and row.lat is not None:
            lonlat = (row.lon, row.lat)
            metres = to_metric(np.array([lonlat]), ground.crs)[0]
            xy = (float(metres[0]), float(metres[1]))
        elif row.osm is not None:
            site = known.get(short_id(row.osm))
            if site is None:
                faults.append(
                    Fault(
                        file=f"{table}.csv", row=None, field="osm", value=row.osm,
                        expected=_("the id of a key site on the map for {ident}", ident=ident),
                        remedy=_("give lon and lat instead, or take the id of a site that the map has"),
                    )
                )
                return
            lonlat = _lonlat(ground, site.xy)
            xy = (float(site.xy[0]), float(site.xy[1]))
        else:
            faults.append(
                Fault(
                    file=f"{table}.csv", row=None, field="lon, lat", value="",
                    expected=_("a position for {ident}", ident=ident), remedy=_("give lon and lat, or osm"),
                )
            )
            return
        key = known.get(short_id(row.osm)) if row.osm is not None else None
        found[ident] = Spot(ident, name, kind, xy, lonlat, walk_s, _arrival(ground, key))

    for unit in scenario.units:
        add("units", unit, unit.id, unit.name, "unit")
    for site in scenario.sites:
        add("sites", placed(site), site.id, site.name, site.kind)
    for zone in scenario.zones:
        add("zones", zone, zone.id, zone.name, zone.kind)
    for post in scenario.posts:
        if post.site is not None and post.lon is None and post.osm is None and post.site in found:
            base = found[post.site]
            found[post.id] = Spot(
                post.id, post.name, "post", base.xy, base.lonlat, post.walk_s, base.reach_xy
            )
        else:
            add("posts", post, post.id, post.name, "post", post.walk_s)
    faults += check_ground(scenario, ground, known)
    faults += _off_the_road(scenario, ground, found)
    if faults:
        raise ScenarioError(faults)
    return Places(ground.crs, found)


def placed(site: Site) -> Site:
    """The site itself, or half way along where it is a line without a point of its own."""
    if site.line is None or site.lon is not None or site.osm is not None:
        return site
    middle = shapely.from_wkt(site.line).interpolate(0.5, normalized=True)
    return site.model_copy(update={"lon": float(middle.x), "lat": float(middle.y)})


def _off_the_road(scenario: Scenario, ground: Ground, found: dict[str, Spot]) -> list[Fault]:
    limit = float(scenario.map.snap_limit_m)
    spots = list(found.values())
    if not spots:
        return []
    xy = np.array([s.at for s in spots])
    snapped = ground.networks["car"].snap(xy, 1e7, main_only=True)
    far = [k for k in range(len(spots)) if snapped.distance_m[k] > limit]
    if 2 * sum(snapped.distance_m[k] > ELSEWHERE_M for k in far) > len(spots):
        # One wrong map, not a wrong place in every row.
        first = far[0]
        km = snapped.distance_m[first] / 1000
        away = _("{place} is {km:,.0f} km from its nearest road", place=spots[first].id, km=km)
        return [
            Fault(
                file="scenario.toml", row=None, field="map.file", value=scenario.map.file,
                expected=_(
                    "a map of the area of the event; {n} of {all} places lie off it ({away})",
                    n=len(far), all=len(spots), away=away,
                ),
                remedy=_("take the map of that area, or correct the places"),
            )
        ]
    tables = {
        **{u.id: "units" for u in scenario.units}, **{s.id: "sites" for s in scenario.sites},
        **{z.id: "zones" for z in scenario.zones}, **{p.id: "posts" for p in scenario.posts},
    }  # fmt: skip
    return [
        Fault(
            file=f"{tables[spots[k].id]}.csv", row=None, field="lon, lat", value=spots[k].id,
            expected=_(
                "a place within {limit:.0f} m of a road; this one is {away_m:,.0f} m away",
                limit=limit, away_m=snapped.distance_m[k],
            ),
            remedy=_("move it, take a map with that road, or raise map.snap_limit_m"),
        )
        for k in far
    ]


def _arrival(ground: Ground, site: KeySite | None) -> tuple[float, float] | None:
    """The entrance, else the point of the outline, that lies nearest to a road."""
    if site is None:
        return None
    points = site.entrances if len(site.entrances) else site.polygon
    if points is None or not len(points):
        return None
    # A long side of an outline may pass a road far from its corners: add points every 10 metres.
    line = points if len(site.entrances) else shapely.get_coordinates(
        shapely.segmentize(shapely.LineString(points), 10.0)
    )
    snapped = ground.networks["car"].snap(line, 1e6, main_only=True)
    best = int(np.argmin(snapped.distance_m))
    return float(line[best][0]), float(line[best][1])


def _lonlat(ground: Ground, xy: object) -> tuple[float, float]:
    lon, lat = to_lonlat(np.asarray(xy, dtype=np.float64).reshape(1, 2), ground.crs)[0]
    return float(lon), float(lat)


@dataclass(eq=False)
class Ways:
    """Routers by profile and by what is closed; closures are kept as edges of each profile's network.

    ``kept`` holds what others have worked out on these networks, by name and closures.
    """

    scenario: Scenario
    ground: Ground
    closed: dict[str, dict[str, NDArray[np.int64]]] = field(default_factory=dict)
    _routers: dict[tuple[str, frozenset[str]], Router] = field(default_factory=dict)
    kept: dict[Hashable, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        faults = []
        for closure in self.scenario.closures:
            for profile in closure.profiles:
                network = self.ground.networks[profile]
                edges = _closed_edges(closure, network)
                self.closed.setdefault(profile, {})[closure.id] = edges
                if not len(edges):
                    faults.append(
                        Fault(
                            file="closures.csv", row=None, field="id", value=closure.id,
                            expected=_("at least one road inside the closure"),
                            remedy=_("move the point, raise radius_m or mend the shape"),
                        )
                    )
        if faults:
            raise ScenarioError(faults)

    def active(self, profile: str, start_s: int, end_s: int) -> frozenset[str]:
        """Ids of closures that touch ``[start_s, end_s)`` for a profile."""
        return frozenset(
            c.id
            for c in self.scenario.closures
            if profile in c.profiles
            and self.scenario.seconds(c.start) < end_s
            and self.scenario.seconds(c.end) > start_s
        )

    def breaks(self) -> tuple[int, ...]:
        """Seconds at which a closure begins or ends, inside the horizon."""
        cuts = {self.scenario.seconds(t) for c in self.scenario.closures for t in (c.start, c.end)}
        return tuple(sorted(c for c in cuts if 0 < c < self.scenario.horizon_s))

    def router(self, profile: str, closures: frozenset[str] = frozenset()) -> Router:
        """The router of a profile with the named closures in force."""
        key = (profile, closures)
        if key not in self._routers:
            router = self.ground.router(profile)
            if closures:  # a changed router shares what was prepared for the open network
                edges = np.concatenate([self.closed[profile][c] for c in sorted(closures)])
                router = router.with_closures(np.unique(edges))
            self._routers[key] = router
        return self._routers[key]

    def snap(self, router: Router, xy: NDArray[np.float64]) -> tuple[Snapped, NDArray[np.int32]]:
        """Lay points on open roads; the second value is the walk from the road in seconds, rounded up."""
        snapped = router.network.snap(xy, float(self.scenario.map.snap_limit_m) * 4, main_only=True)
        far = np.where(np.isfinite(snapped.distance_m), snapped.distance_m, 0.0)
        return snapped, np.ceil(far / WALK_M_S).astype(np.int32)

    def seconds(
        self,
        profile: str,
        closures: frozenset[str],
        origins: NDArray[np.float64],
        targets: NDArray[np.float64],
        *,
        walk: bool = True,
    ) -> TravelTimes:
        """Seconds between points with closures in force; ``walk`` adds the way from the road to the target."""
        router = self.router(profile, closures)
        start, _ = self.snap(router, origins)
        end, walk_s = self.snap(router, targets)
        times = router.matrix(start, end)
        if not walk:
            return times
        return TravelTimes(
            np.where(times.reachable, times.seconds + walk_s[None, :], times.seconds).astype(np.int32),
            times.reachable,
        )


def _closed_edges(closure: Closure, network: RoadNetwork) -> NDArray[np.int64]:
    if closure.shape:
        return network.edges_near(shapely.from_wkt(closure.shape))
    point = shapely.Point(closure.lon or 0.0, closure.lat or 0.0)
    return network.edges_near(point, radius_m=float(closure.radius_m or 15))
