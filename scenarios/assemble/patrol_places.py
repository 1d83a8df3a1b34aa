"""What patrols see: sites as points or lines, rail sections, and how each mode serves them.

A line seen from end to end is an arc: crews enter at one end and leave at the other, in either direction. On foot one
walks along it; a vehicle crew drives along its access roads, or one officer walks while another brings the vehicle
round. Where a mode gets to one end only, the line is walked out and back, or looked at from there; where it gets to
neither end of a rail section, crews look at it from the nearest road.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.crs import to_metric
from geodata.railparts import RailSection
from scenarios.assemble.patrol_modes import Move, moving
from scenarios.assemble.places import WALK_M_S, Places, Spot, Ways
from scenarios.rows import Serve
from scenarios.schema import RailClass, Scenario, Site
from scenarios.spans import intervals, promise_entry, separate_intervals, visit_entry
from scheduler.patrols.problem import Mode, Place, Promise, Service, Window

Point = tuple[float, float]


@dataclass(eq=False)
class Spots:
    """Locations of the Problem, each distinct position once."""

    rows: list[Point] = field(default_factory=list)
    index: dict[Point, int] = field(default_factory=dict)

    def add(self, xy: Sequence[float] | NDArray[np.float64]) -> int:
        """Number of a position."""
        key = (round(float(xy[0]), 1), round(float(xy[1]), 1))
        if key not in self.index:
            self.index[key] = len(self.rows)
            self.rows.append(key)
        return self.index[key]


@dataclass(frozen=True, slots=True)
class Visit:
    """How one mode serves a place: its ends, the least seconds, and whether the way between them is driven."""

    a: int
    b: int
    least_s: int
    driven: bool = False

    def service(self, mode: Mode) -> Service | None:
        """The service, with the way between the ends where that takes longer; None where that way is shut."""
        if not self.driven:
            return Service(self.a, self.b, self.least_s)
        if not (mode.reachable[self.a, self.b] and mode.reachable[self.b, self.a]):
            return None
        way = max(int(mode.seconds[self.a, self.b]), int(mode.seconds[self.b, self.a]))
        return Service(self.a, self.b, max(self.least_s, way))


@dataclass(frozen=True)
class Seen:
    """A place of the Problem before travel is known: what it asks, and how each mode serves it."""

    place: Place
    visits: tuple[Visit | None, ...]


@dataclass(frozen=True, slots=True)
class _Access:
    """Where a mode gets to a line, and how many metres on foot are left."""

    xy: Point
    off_m: float


def promises_of(scenario: Scenario, entries: Iterable[str], site: str | None = None) -> tuple[Promise, ...]:
    """Longest gaps from entries such as ``festival:120`` or ``festival:120:5``."""
    found = []
    for entry in entries:
        span, minutes, stay = promise_entry(entry)
        for start, end in intervals(scenario, span, site):
            found.append(Promise(start, end, 60 * minutes, 60 * stay))
    return tuple(sorted(found, key=lambda p: (p.start_s, p.end_s, p.gap_s)))


def windows_of(scenario: Scenario, entries: Iterable[str], site: str | None = None) -> tuple[Window, ...]:
    """Calls from entries such as ``gates``, ``gates:2`` or ``gates:2:15``, with the pins of the site."""
    found = []
    for entry in entries:
        span, crews, stay = visit_entry(entry)
        found += [Window(a, b, crews, 60 * stay) for a, b in separate_intervals(scenario, span, site)]
    found += [
        Window(scenario.seconds(pin.start), scenario.seconds(pin.end), pin.crews)
        for pin in scenario.patrols.pins
        if site is not None and pin.site == site
    ]
    return tuple(sorted(found, key=lambda w: (w.start_s, w.end_s, w.crews, w.dwell_s)))


@dataclass(eq=False)
class Scout:
    """Finds how each mode serves a place; adds the locations this takes."""

    scenario: Scenario
    ways: Ways
    moves: Sequence[Move]
    spots: Spots

    def walk_s(self, mode: str, xy: Point) -> int:
        """Seconds to walk from the nearest open road of a mode to a point."""
        _, walk_s = self.ways.snap(self.ways.router(mode), np.array([xy]))
        return int(walk_s[0])

    def dwell_s(self, move: Move, minutes: int) -> int:
        """How long a mode dwells where ``minutes`` are wanted."""
        return -(-60 * minutes * moving(self.scenario, move.mode).dwell_pct // 100)

    def site(self, site: Site, spot: Spot, line: NDArray[np.float64] | None) -> Seen:
        """A site, as a point or as a line."""
        visits = tuple(
            None
            if move.mode not in site.modes
            else self._point(move, spot.at, spot.walk_s, site.dwell_min)
            if line is None
            else self._line(move, line, self._ends(move, line), site.serve, site.dwell_min, WALK_M_S)
            for move in self.moves
        )
        hours = [i for span in site.prize_hours for i in intervals(self.scenario, span, site.id)]
        return Seen(
            Place(
                id=site.id, services=(),
                promises=promises_of(self.scenario, site.gaps, site.id),
                windows=windows_of(self.scenario, site.visits, site.id),
                weight=site.weight, prize=site.prize, prize_every_s=60 * site.prize_min, core=site.core,
                hours=tuple(sorted(set(hours))) if site.prize else (),
            ),
            visits,
        )

    def section(self, section: RailSection, rule: RailClass) -> Seen:
        """A rail section under promise."""
        visits = tuple(self._section(move, section, rule) for move in self.moves)
        return Seen(
            Place(
                id=section.id, services=(), promises=promises_of(self.scenario, rule.gaps),
                windows=windows_of(self.scenario, rule.visits), weight=rule.weight,
            ),
            visits,
        )

    def _point(self, move: Move, at: Point, inside_s: int, minutes: int) -> Visit:
        where = self.spots.add(at)
        walk = self.walk_s(move.mode, at) + inside_s if move.on_road else 0
        return Visit(where, where, self.dwell_s(move, minutes) + 2 * walk)

    def _section(self, move: Move, section: RailSection, rule: RailClass) -> Visit | None:
        limit = self.scenario.rail.access_limit_m
        found = {
            spot: min(
                (a for a in section.access if a.profile == move.mode and a.at == spot and a.distance_m <= limit),
                key=lambda a: a.distance_m, default=None,
            )
            for spot in ("start", "middle", "end")
        }
        near = {
            spot: _Access((float(a.xy[0]), float(a.xy[1])), float(a.distance_m))
            for spot, a in found.items()
            if a is not None
        }
        if move.mode == "camera":
            return None  # no map says what a camera sees of a line
        if rule.serve == "look" and move.on_road:
            return self._look(move, section, list(near.values()), rule.dwell_min)
        ends = (near.get("start"), near.get("end")) if move.on_road else self._ends(move, section.xy)
        pace = self.scenario.rail.walk_kmh / 3.6
        if ends == (None, None):
            return self._look(move, section, list(near.values()), rule.dwell_min)
        return self._line(move, section.xy, ends, rule.serve, rule.dwell_min, pace)

    def _look(self, move: Move, section: RailSection, near: list[_Access], minutes: int) -> Visit:
        """From the access nearest to the section; without one the crew walks in from wherever the nearest road is."""
        best = min(near, key=lambda a: a.off_m, default=None)
        mid = section.middle_xy
        at = best.xy if best is not None else (float(mid[0]), float(mid[1]))
        walk = math.ceil(best.off_m / WALK_M_S) if best is not None else self.walk_s(move.mode, at)
        where = self.spots.add(at)
        return Visit(where, where, self.dwell_s(move, minutes) + 2 * walk)

    def _ends(self, move: Move, line: NDArray[np.float64]) -> tuple[_Access | None, _Access | None]:
        """Both ends of a line, where the mode's roads come within the limit on the way to a place."""
        ends = np.array([line[0], line[-1]])
        if not move.on_road:
            first, last = ((float(x), float(y)) for x, y in ends.tolist())
            return _Access(first, 0.0), _Access(last, 0.0)
        snapped, _ = self.ways.snap(self.ways.router(move.mode), ends)
        found = [
            _Access((float(x), float(y)), float(snapped.distance_m[k])) if snapped.ok[k] else None
            for k, (x, y) in enumerate(ends.tolist())
        ]
        return found[0], found[1]

    def _line(
        self, move: Move, line: NDArray[np.float64], ends: tuple[_Access | None, _Access | None],
        serve: Serve, minutes: int, walk_m_s: float,
    ) -> Visit | None:
        """A line by one mode, from end to end where it gets to both."""
        long_m = float(shapely.LineString(line).length)
        least = self.dwell_s(move, minutes)
        if move.mode == "camera":
            middle = self.spots.add(line[len(line) // 2])
            return Visit(middle, middle, least)
        there = [e for e in ends if e is not None]
        if not there:
            return None
        where = [self.spots.add(e.xy) for e in there]
        if move.mode == "drone":
            fly = math.ceil(long_m * 3.6 / moving(self.scenario, "drone").kmh)
            return Visit(where[0], where[-1], max(least, fly))
        on_foot = move.mode == "foot" or serve == "walk"
        if where[0] == where[-1]:  # one way in: out and back, or a look from there
            off = min(e.off_m for e in there)
            if not on_foot:
                return Visit(where[0], where[0], least + 2 * math.ceil(off / walk_m_s))
            return Visit(where[0], where[0], max(least, 2 * math.ceil((off + long_m) / walk_m_s)))
        walk = math.ceil((sum(e.off_m for e in there) + long_m) / walk_m_s) if on_foot else 0
        return Visit(where[0], where[1], max(least, walk), driven=move.mode != "foot")


def line_of(site: Site, crs: str) -> NDArray[np.float64] | None:
    """Metres ``[n, 2]`` of a site that is a line, its pieces joined; None for a point."""
    if site.line is None:
        return None
    shape = shapely.from_wkt(site.line)
    parts = [np.asarray(part.coords) for part in getattr(shape, "geoms", [shape])]
    lonlat = [parts[0], *(p[1:] for p in parts[1:])]
    return np.asarray(to_metric(np.concatenate(lonlat)[:, :2], crs))


def asked_sites(scenario: Scenario) -> list[Site]:
    """Sites at which patrols have something to do."""
    pinned = {pin.site for pin in scenario.patrols.pins}
    core = scenario.patrols.core_crews > 0
    return [
        s for s in scenario.sites if s.gaps or s.visits or s.prize or (core and s.core) or s.id in pinned
    ]


def seen_sites(scout: Scout, places: Places) -> list[Seen]:
    """All sites that patrols see."""
    return [
        scout.site(site, places[site.id], line_of(site, scout.ways.ground.crs)) for site in asked_sites(scout.scenario)
    ]
