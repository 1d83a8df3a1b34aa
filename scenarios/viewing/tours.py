"""Tours of a plan with the ways drawn on the network, arrival windows and the officers who ride."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
import shapely

from geodata.network import Snapped
from geodata.router import Router
from scenarios.arrivals import arrival_windows
from scenarios.assemble.patrol_places import line_of
from scenarios.assemble.patrols import CrewInfo, PatrolTables, rail_rule
from scenarios.audit import Rebuilt
from scenarios.desk import Desk
from scenarios.plan import Plan
from scenarios.tongue import mark
from scenarios.tongue import say as _
from scenarios.view import DutyView, LegView, StopView, TourView
from scheduler.patrols.plan import Tour
from scheduler.patrols.problem import Crew

MIN_WALK_M = 30.0
"""A place nearer to its road than this is not drawn as a walk of its own."""


class _Drawer:
    """Draws ways, each distinct one once."""

    def __init__(self, desk: Desk, tables: PatrolTables) -> None:
        self.desk, self.tables = desk, tables
        self.known: dict[tuple[int, int, int], tuple[int, np.ndarray]] = {}
        self.modes: list[tuple[Router, Snapped] | None] = []
        self.lines = {s.id: s.xy for s in tables.sections}
        self.on_foot = {
            s.id for s in tables.sections if (rule := rail_rule(desk.scenario, s)) is not None and rule.serve == "walk"
        }
        for site in desk.scenario.sites:
            line = line_of(site, desk.ground.crs)
            if line is not None:
                self.lines[site.id] = line
                self.on_foot |= {site.id} if site.serve == "walk" else set()
        for move in tables.moves:
            router = desk.ways.router(move.mode, move.closures) if move.on_road else None
            self.modes.append(None if router is None else (router, desk.ways.snap(router, tables.xy)[0]))

    def way(self, mode: int, start: int, end: int) -> tuple[int, np.ndarray]:
        """Metres and line of the way between two locations."""
        key = (mode, start, end)
        if key not in self.known:
            self.known[key] = self._drawn(mode, start, end)
        return self.known[key]

    def _drawn(self, mode: int, start: int, end: int) -> tuple[int, np.ndarray]:
        straight = self.tables.xy[[start, end]]
        network = self.modes[mode]
        if start == end:
            return 0, straight
        if network is None:  # a drone flies, a camera round moves nobody
            flies = self.tables.moves[mode].mode == "drone"
            return (round(float(np.hypot(*(straight[1] - straight[0])))), straight) if flies else (0, np.zeros((0, 2)))
        router, snapped = network
        path = router.path(snapped.take([start]), snapped.take([end]))
        return (round(path.length_m), path.xy) if path is not None else (0, straight)

    def said(self, place: str, way: np.ndarray | None) -> str:
        """How and which way a rail section is seen, in front of what to do there; empty at a point."""
        section = next((s for s in self.tables.sections if s.id == place), None)
        if section is None or way is None:
            return ""
        if (way[0] == way[-1]).all():  # seen from one place off the road
            metres = round(float(np.hypot(*(way[1] - way[0]))), -1)
            return _("On foot from the road, {metres:.0f} m each way. ", metres=metres)
        ends = [section.from_m / 1000, section.to_m / 1000]
        first = np.hypot(*(section.xy[0] - way[0]))
        a, b = ends if first <= np.hypot(*(section.xy[-1] - way[0])) else ends[::-1]
        if place in self.on_foot:
            return _("Walk km {a:.1f} to {b:.1f}. ", a=a, b=b)
        return _("Drive km {a:.1f} to {b:.1f}. ", a=a, b=b)

    def along(self, mode: int, place: str, enter: int, leave: int) -> tuple[int, np.ndarray | None]:
        """Metres and line of what a crew goes along while it sees a place; nothing where it stays at a point.

        A line that is looked at from one place off the road is walked to and back: no jump from the road's edge.
        """
        if place not in self.lines:
            return 0, None
        network = self.modes[mode]
        if enter == leave:
            if network is None or not network[1].ok[enter]:
                return 0, None
            road = network[1].xy[enter]
            spot: np.ndarray = self.tables.xy[enter]
            if np.hypot(*(spot - road)) <= MIN_WALK_M:  # the place is where the road passes: the line lies beyond
                track = shapely.LineString(self.lines[place])
                spot = np.array(track.interpolate(track.project(shapely.Point(road))).coords[0])
            off_m = float(np.hypot(*(spot - road)))
            return (round(2 * off_m), np.vstack([road, spot, road])) if off_m > MIN_WALK_M else (0, None)
        move = self.tables.moves[mode]
        if place not in self.on_foot and move.on_road and move.mode != "foot":
            return self.way(mode, enter, leave)
        line = self.lines[place]
        ends = self.tables.xy[[enter, leave]]
        turned = np.hypot(*(line[0] - ends[0])) > np.hypot(*(line[-1] - ends[0]))
        drawn = np.vstack([ends[:1], line[::-1] if turned else line, ends[1:]])
        return round(float(np.hypot(*np.diff(drawn, axis=0).T).sum())), drawn


def tour_views(
    desk: Desk, plan: Plan, rebuilt: Rebuilt, duties: Sequence[DutyView], names: Mapping[str, tuple[str, str]]
) -> tuple[TourView, ...]:
    """Every tour in order of call sign and time.

    ``names`` gives name and kind of each place a patrol can see.
    """
    tables = rebuilt.patrols
    crews = {crew.id: crew for crew in tables.problem.crews}
    places = {place.id: place for place in tables.problem.places}
    slack = arrival_windows(plan.patrols, tables.problem)
    by_party: dict[str, list[DutyView]] = defaultdict(list)
    for duty in duties:
        by_party[duty.party].append(duty)
    drawer = _Drawer(desk, tables)
    found = []
    for tour in plan.patrols.tours:
        crew = crews.get(tour.crew)
        if crew is None:
            continue
        stops, legs = [], []
        at, since, seen_m = crew.depart, tour.depart_s, 0
        seconds = tables.problem.modes[crew.mode].seconds
        for k, stop in enumerate(tour.stops):
            place = places.get(stop.place)
            service = place.services[crew.mode] if place is not None else None
            if place is None or service is None:
                continue
            enter, leave = (service.b, service.a) if stop.reverse else (service.a, service.b)
            metres, line = drawer.way(crew.mode, at, enter)
            legs.append(LegView(max(since, stop.arrive_s - int(seconds[at, enter])), stop.arrive_s, metres, line))
            along_m, way = drawer.along(crew.mode, stop.place, enter, leave)
            seen_m += along_m
            name, kind = names.get(stop.place, (stop.place, ""))
            early, late = slack.get((tour.crew, k), (stop.arrive_s, stop.arrive_s))
            stops.append(
                StopView(stop.place, name, kind, _xy(tables, enter), stop.arrive_s, stop.leave_s,
                         early, late, drawer.said(stop.place, way) + task(kind), stop.reverse, way)
            )
            at, since = leave, stop.leave_s
        metres, line = drawer.way(crew.mode, at, crew.arrive)
        legs.append(
            LegView(max(since, tour.return_s - int(seconds[at, crew.arrive])), tour.return_s, metres, line)
        )
        found.append(_tour(desk, tour, crew, tables.crews[tour.crew], rebuilt, stops, legs, by_party, seen_m))
    return tuple(sorted(found, key=lambda t: (t.depart_s, t.call_sign)))


def _tour(
    desk: Desk,
    tour: Tour,
    crew: Crew,
    info: CrewInfo,
    rebuilt: Rebuilt,
    stops: list[StopView],
    legs: list[LegView],
    by_party: Mapping[str, list[DutyView]],
    seen_m: int,
) -> TourView:
    sign = rebuilt.derived.crews[tour.crew]
    party = rebuilt.derived.parties[tour.crew]
    members = by_party.get(party, [])
    return TourView(
        call_sign=sign, crew=tour.crew, unit=info.unit, kind=info.kind.title, mode=info.kind.mode,
        depart_s=tour.depart_s, return_s=tour.return_s, depot=desk.places[info.depots[0]].name,
        depot_xy=_xy(rebuilt.patrols, crew.depart), stops=tuple(stops), legs=tuple(legs),
        rests=tuple((r.start_s, r.end_s) for r in tour.rests), members=tuple(members),
        metres=sum(leg.metres for leg in legs) + seen_m, party=party,
    )


def _xy(tables: PatrolTables, location: int) -> tuple[float, float]:
    return float(tables.xy[location][0]), float(tables.xy[location][1])


TASKS = {
    "station_approach": mark("Look along the track both ways, fences, access doors"),
    "bridge": mark("Bridge and abutments, under the deck, fences"),
    "tunnel": mark("Portals, doors, lighting"),
    "crossing": mark("Barriers, lights, queue over the track"),
    "open_line": mark("Look along the track both ways, fences"),
    "school": mark("Gate, crossing, parked vehicles; be seen"),
    "kindergarten": mark("Gate, parked vehicles; be seen"),
    "station": mark("Concourse, platforms, forecourt; be seen"),
    "bus_station": mark("Bays, waiting areas; be seen"),
    "fuel": mark("Forecourt, tanks, delivery hatch"),
    "hospital": mark("Entrance, ambulance approach free"),
    "clinic": mark("Entrance, ambulance approach free"),
}
ANYWHERE = mark("Be seen, speak with staff, access and escape ways free")


def task(kind: str) -> str:
    """What a crew does at a stop of this kind."""
    return _(TASKS.get(kind, ANYWHERE))
