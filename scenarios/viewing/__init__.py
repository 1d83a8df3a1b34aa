"""Builds the PlanView: names, clock times and geometry joined, for every paper, map and page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import shapely

from geodata.crs import to_metric
from geodata.network import RoadNetwork
from geodata.railparts import RailSection
from scenarios import report
from scenarios.assemble.places import Places
from scenarios.audit import PlanAudit
from scenarios.bluelights import light_views
from scenarios.desk import Desk
from scenarios.plan import Plan
from scenarios.presence import presence_views
from scenarios.schema import Closure, Scenario
from scenarios.sentences import Teller
from scenarios.territory import readable
from scenarios.variants import pin_warnings
from scenarios.view import AreaView, Background, PlanView
from scenarios.viewing.people import duty_views, person_views, place_names, seats_views
from scenarios.viewing.posts import post_views, section_views, site_views, territory_views
from scenarios.viewing.tours import tour_views


def build_view(desk: Desk, plan: Plan, audit: PlanAudit) -> PlanView:
    """Join a plan with its scenario and map."""
    # loads scipy's matching, which those who only want names do without
    from scenarios.cordon import cordons

    scenario, rebuilt = desk.scenario, audit.rebuilt
    names = place_names(desk, rebuilt, plan)
    seats = seats_views(plan, rebuilt, names)
    duties = duty_views(desk, plan, rebuilt, names)
    people = person_views(desk, rebuilt, duties)
    # A post or crew with an empty mandatory seat is drawn, and covers and visits nothing.
    sites = site_views(desk, audit.served, rebuilt)
    seen_names = {s.id: (s.name, s.kind) for s in scenario.sites}
    seen_names.update({s.id: (section_name(s), s.kind) for s in rebuilt.patrols.sections})
    tours = tour_views(desk, plan, rebuilt, duties, seen_names)
    sections = section_views(desk, audit.served, rebuilt)
    posts = post_views(desk, plan, rebuilt, sites, names)
    engines = {
        name: {"status": r.status, "levels": [dict(level) for level in r.levels], "note": r.note}
        for name, r in plan.results.items()
    }
    teller = Teller(desk, audit)
    bare = PlanView(
        scenario=scenario.name, title=scenario.title, version=plan.digest[:8],
        classification=scenario.classification, language=scenario.language,
        credit=scenario.map.credit, crs=desk.ground.crs, timezone=scenario.timezone,
        start=scenario.start, horizon_s=scenario.horizon_s, synthetic=scenario.synthetic_staff,
        units={u.id: u.name for u in scenario.units},
        leads={p.id: p.name for p in desk.staff.people},
        sessions=tuple(session_rows(scenario)), sites=sites, posts=posts, tours=tours, sections=sections,
        zones=tuple(zone_areas(scenario, desk.places)), closures=tuple(closure_areas(scenario, desk)),
        seats=seats, duties=duties, people=people, background=background(desk),
        kpis=(), summary=(), engines=engines,
        breaches=teller.breaches(), short=teller.short(),
        cordons=cordons(desk), lights=light_views(scenario, desk.places, desk.ways),
        presence=presence_views(
            scenario, desk.places, rebuilt.siting, readable(rebuilt.siting.problem, audit.served.siting)
        ),
        territories=territory_views(replace(audit.served, territories=plan.territories), rebuilt),
        periods=tuple((p.start_s, p.end_s) for p in rebuilt.siting.problem.periods),
    )
    told = pin_warnings(scenario, plan.patrols, plan.variants, teller.clock, teller.name)
    # What was proven of another version of the scenario says nothing about this one.
    claims = plan if plan.digest == desk.loaded.digest else replace(plan, results={})
    view = report.with_report(bare, claims, audit)
    return replace(view, summary=(*view.summary, *told))


def session_rows(scenario: Scenario) -> list[Mapping[str, object]]:
    """Sessions with the names of their sites and times in seconds."""
    sites = {s.id: s.name for s in scenario.sites}
    return [
        {
            "id": s.id, "name": s.title, "title": s.title, "site": s.site, "site_name": sites.get(s.site, s.site),
            "start_s": scenario.seconds(s.start), "end_s": scenario.seconds(s.end),
            "attendance": s.attendance, "kind": s.kind,
        }
        for s in scenario.sessions
    ]


def _ring(centre: tuple[float, float], radius_m: float) -> np.ndarray:
    angle = np.linspace(0, 2 * np.pi, 73)
    return np.column_stack([centre[0] + radius_m * np.cos(angle), centre[1] + radius_m * np.sin(angle)])


def zone_areas(scenario: Scenario, places: Places) -> list[AreaView]:
    """Zones as rings, metres in the ground's CRS."""
    return [AreaView(z.id, z.name, z.kind, _ring(places[z.id].xy, z.radius_m)) for z in scenario.zones]


def closure_areas(scenario: Scenario, desk: Desk) -> list[AreaView]:
    """Closures as outlines with their times, metres in the ground's CRS."""
    return [
        AreaView(
            c.id, c.name, "closure", _closure_outline(c, desk),
            scenario.seconds(c.start), scenario.seconds(c.end),
        )
        for c in scenario.closures
    ]


def _closure_outline(closure: Closure, desk: Desk) -> np.ndarray:
    if closure.shape:
        shape = shapely.from_wkt(closure.shape)
        outline = shape.exterior if isinstance(shape, shapely.Polygon) else shape
        lonlat = np.asarray(shapely.get_coordinates(outline))
        return np.asarray(to_metric(lonlat, desk.ground.crs))
    centre = to_metric(np.array([[closure.lon or 0.0, closure.lat or 0.0]]), desk.ground.crs)[0]
    return _ring((float(centre[0]), float(centre[1])), float(closure.radius_m or 15))


def background(desk: Desk) -> Background:
    """What lies under a plan: roads by class, foot paths, rail, water, green and names."""
    ground = desk.ground
    roads: dict[str, list[np.ndarray]] = defaultdict(list)
    car = ground.networks["car"]
    for edge in range(car.n_edges):
        roads[car.class_of(edge)].append(car.shape_of(edge))
    foot = ground.networks["foot"]
    driven = set(car.edge_way.tolist())
    for edge in np.flatnonzero([way not in driven for way in foot.edge_way.tolist()]).tolist():
        roads[foot.class_of(edge)].append(foot.shape_of(edge))
    return Background(
        roads={cls: tuple(rows) for cls, rows in sorted(roads.items())},
        rail=tuple(line.xy for line in ground.rail.lines),
        water=tuple(area.rings[0] for area in ground.background.water) + ground.background.waterways,
        green=tuple(area.rings[0] for area in ground.background.green),
        labels=(
            *((p.name, float(p.xy[0]), float(p.xy[1])) for p in ground.background.places),
            *_street_names(car),
        ),
    )


def _street_names(network: RoadNetwork, limit: int = 400) -> list[tuple[str, float, float]]:
    """Streets by name, the longest first, each at the middle of its longest piece."""
    total: dict[str, float] = defaultdict(float)
    longest: dict[str, tuple[float, int]] = {}
    for edge, length in enumerate(network.edge_length_m.tolist()):
        name = network.name_of(edge)
        if name:
            total[name] += length
            longest[name] = max(longest.get(name, (0.0, -1)), (length, edge))
    found = []
    for name in sorted(total, key=lambda n: (-total[n], n))[:limit]:
        middle = shapely.LineString(network.shape_of(longest[name][1])).interpolate(0.5, normalized=True)
        found.append((name, float(middle.x), float(middle.y)))
    return found


def section_name(section: RailSection) -> str:
    """A section as people call it: line and kilometres, with what it crosses or lies at."""
    place = f"{section.line_name} km {section.from_m / 1000:.1f}-{section.to_m / 1000:.1f}"
    return f"{place}, {section.station}" if section.in_station and section.station else place
