"""Blue-light ways: no post stands on them, ours or anybody's, and the audit finds one that does by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
import shapely

from scenarios.assemble.siting import assemble_siting
from scenarios.audit import audit_plan
from scenarios.bluelights import light_views, light_ways, on_a_way
from scenarios.desk import Desk, prepare
from scenarios.errors import ScenarioError
from scenarios.load import load_checked
from scenarios.schema import BlueLights, Closure
from scenarios.sentences import breach_sentences
from scheduler.siting.plan import SitingPlan

LIGHTS = BlueLights.model_validate({"from": ["police"], "to": ["station", "clinic"]})


def lit(**changes: object) -> Desk:
    desk = prepare(load_checked("crossroads"))
    scenario = desk.scenario.model_copy(update={"blue_lights": LIGHTS, **changes})
    return prepare(replace(desk.loaded, scenario=scenario))


@pytest.fixture(scope="module")
def desk() -> Desk:
    return lit()


def test_no_place_on_a_way_may_hold_a_post(desk):
    tables = assemble_siting(desk.scenario, desk.places, desk.ways, desk.budget())
    ways = light_ways(desk.scenario, desk.places, desk.ways)
    assert [(w.origin, w.target) for w in ways] == [
        ("police", "station"), ("station", "police"), ("police", "clinic"), ("clinic", "police")
    ]  # fmt: skip
    lines = shapely.union_all([shapely.LineString(w.xy) for w in ways])
    away = shapely.distance(shapely.points([s.xy for s in tables.posts]), lines)
    barred = np.array([post.forbidden for post in tables.problem.posts])
    assert barred.any()
    assert not barred.all()
    assert (barred == (away <= 5)).all()


def test_how_far_a_way_stays_clear_is_a_setting(desk):
    ways = light_ways(desk.scenario, desk.places, desk.ways)
    x, y = ways[0].xy[0]
    beside = np.array([[x, y], [x + 4000.0, y]])
    assert on_a_way(beside, ways, 0.5).tolist() == [True, False]
    assert on_a_way(beside, ways, 4000.0).tolist() == [True, True]
    assert on_a_way(beside, (), 4000.0).tolist() == [False, False]


def test_a_required_post_on_a_way_is_refused():
    desk = prepare(load_checked("crossroads"))
    way = light_ways(lit().scenario, desk.places, lit().ways)[0]
    lon, lat = desk.ground.to_lonlat([way.xy[len(way.xy) // 2]])[0].tolist()
    rows = [row for row in desk.scenario.posts if row.id == "lay-by"]
    bay = rows[0].model_copy(update={"id": "bay", "lon": lon, "lat": lat, "state": "required"})
    held = lit(posts=(*desk.scenario.posts, bay))
    with pytest.raises(ScenarioError, match="bay") as caught:
        assemble_siting(held.scenario, held.places, held.ways, held.budget())
    assert "posts off the blue-light ways" in caught.value.faults[0].sentence()


def test_the_audit_finds_a_post_moved_onto_a_way(desk, crossroads):
    """The plan of the open town, each stand moved to a place on a way: told with its number, and refused."""
    tables = assemble_siting(desk.scenario, desk.places, desk.ways, desk.budget())
    barred = next(post.id for post in tables.problem.posts if post.forbidden)
    free = next(post.id for post in tables.problem.posts if not post.forbidden)
    plan = crossroads.plan

    def moved(place: str):
        stands = tuple(replace(s, post=place) for s in plan.siting.stands)
        return replace(plan, siting=SitingPlan(stands), posts={"P01": place}, territories=(), edited=True)

    on = audit_plan(desk, moved(barred))
    assert [b.where for b in on.breaches if b.rule == "blue_light_way"] == [("P01",)]
    assert any(text.startswith("1 post stands on a blue-light way: P01.") for text in breach_sentences(desk, on))
    off = audit_plan(desk, moved(free))
    assert not [b for b in off.breaches if b.rule == "blue_light_way"]


def test_the_view_shows_each_way_while_it_stays_the_same(desk):
    views = light_views(desk.scenario, desk.places, desk.ways)
    assert [(v.start_s, v.end_s) for v in views] == [(0, desk.scenario.horizon_s)] * 4
    lon, lat = desk.places["station"].lonlat
    its = desk.scenario
    shut = Closure(id="front", name="Forecourt", start=its.start + timedelta(hours=2), end=its.end, lon=lon, lat=lat,
                   radius_m=60)  # fmt: skip
    patient = BlueLights.model_validate({"from": ["police"], "to": ["station"], "most_delay_s": 3600})
    closed = lit(blue_lights=patient, closures=(shut,))
    first, second = [v for v in light_views(closed.scenario, closed.places, closed.ways) if v.origin == "police"]
    assert (first.end_s, second.start_s) == (7200, 7200)
    assert second.seconds != first.seconds
    assert first.seconds == first.free_s == second.free_s
