"""A scenario before it is planned, as a view: its sites, zones and closures on their ground, no posts, no people."""

from __future__ import annotations

from geodata.crs import to_lonlat
from scenarios import viewing
from scenarios.bluelights import light_views
from scenarios.desk import prepare
from scenarios.load import Loaded
from scenarios.view import PlanView, SiteView


def ground_view(loaded: Loaded) -> PlanView:
    """The map that a planner changes a scenario on.

    Raises
    ------
    ScenarioError, GeodataError
        Every fault of the places or of the map, in one report.
    """
    desk = prepare(loaded)
    scenario = desk.scenario
    sites = []
    for site in scenario.sites:
        x, y = desk.places[site.id].xy
        lon, lat = to_lonlat([(x, y)], desk.ground.crs)[0]
        sites.append(
            SiteView(
                id=site.id,
                name=site.name,
                kind=site.kind,
                cls=site.class_,
                weight=site.weight,
                xy=(float(x), float(y)),
                lonlat=(float(lon), float(lat)),
                owner=site.owner,
                lead=site.lead,
                standard_s=0,
                cover=(),
                gaps=(),
            )
        )
    return PlanView(
        scenario=scenario.name, title=scenario.title, version=loaded.digest[:8],
        classification=scenario.classification, language=scenario.language, credit=scenario.map.credit,
        crs=desk.ground.crs, timezone=scenario.timezone, start=scenario.start, horizon_s=scenario.horizon_s,
        synthetic=scenario.synthetic_staff, units={u.id: u.name for u in scenario.units},
        leads={p.id: p.name for p in scenario.people}, sessions=tuple(viewing.session_rows(scenario)),
        sites=tuple(sites), posts=(), tours=(), sections=(),
        zones=tuple(viewing.zone_areas(scenario, desk.places)),
        closures=tuple(viewing.closure_areas(scenario, desk)),
        seats=(), duties=(), people=(), background=viewing.background(desk),
        kpis=(), summary=(), lights=light_views(scenario, desk.places, desk.ways),
    )  # fmt: skip
