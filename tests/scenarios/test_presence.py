"""People, barriers and cameras in sight: counted apart and by hand; a camera never answers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scenarios.assemble.siting import assemble_siting
from scenarios.desk import prepare
from scenarios.load import load_checked
from scenarios.presence import presence_views
from scenarios.schema import Fixture
from scheduler.siting.plan import SitingPlan, Stand
from tests.scenarios.spoil import copy_town, faults


@pytest.fixture(scope="module")
def base():
    return prepare(load_checked("crossroads"))


def views(base, fixtures, sight_m=100):
    its = base.scenario
    siting = its.siting.model_copy(update={"sight_m": sight_m})
    desk = prepare(replace(base.loaded, scenario=its.model_copy(update={"fixtures": fixtures, "siting": siting})))
    tables = assemble_siting(desk.scenario, desk.places, desk.ways, desk.budget())
    (period,) = tables.problem.periods
    square = np.array(desk.places["square"].at)
    away = [float(np.hypot(*(np.array(spot.xy) - square))) for spot in tables.posts]
    near = int(np.argmin(away))
    plan = SitingPlan((Stand(tables.posts[near].id, period.id, "car_post", 1),))
    return presence_views(desk.scenario, desk.places, tables, plan), away[near]


def camera(base, **changes):
    lon, lat = base.places["square"].lonlat
    row = {"id": "cam", "kind": "camera", "lon": lon, "lat": lat, "presence_pct": 20, "sight_m": 150}
    return Fixture.model_validate({**row, **changes})


def test_each_is_counted_apart(base):
    barrier = camera(base, id="bar", kind="barrier", presence_pct=30)
    away = views(base, (camera(base),))[1]
    rows, _ = views(base, (camera(base), camera(base, id="cam2"), barrier), sight_m=int(away) + 1)
    square = next(row for row in rows if row.site == "square")
    assert (square.people, square.barriers, square.cameras, square.responders) == (100, 30, 40, 1)
    station = next(row for row in rows if row.site == "station")
    assert (station.people, station.barriers, station.cameras, station.responders) == (0, 0, 0, 0)


def test_out_of_sight_and_out_of_hours(base):
    away = views(base, (camera(base),))[1]
    rows, _ = views(base, (camera(base),), sight_m=max(1, int(away) - 1))
    square = next(row for row in rows if row.site == "square")
    assert (square.people, square.cameras, square.responders) == (0, 20, 0)
    never = camera(base, spans=("sessions",), presence_pct=50)
    # the span of posts is longer than any session: it is not there throughout
    assert all(row.cameras in (0, 20) for row in views(base, (camera(base), never))[0])
    whole = camera(base, spans=("concert",), presence_pct=50)
    assert max(row.cameras for row in views(base, (whole,))[0]) == 50


def test_without_fixtures_cover_says_it_all(base):
    assert views(base, ())[0] == ()


def test_faults_of_fixtures(tmp_path):
    town = copy_town(tmp_path)
    path = town / "scenario.toml"
    row = '\n[[fixtures]]\nid = "c"\nkind = "camera"\nlon = 10.0\nlat = 50.0\npresence_pct = 20\nspans = ["{}"]\n'
    text = path.read_text(encoding="utf-8")
    path.write_text(text + "\n" + row.format("evening") + row.format("moon"), encoding="utf-8")
    told = " ".join(faults(town))
    assert 'fixtures[2].id "c": expected an id of its own' in told
    assert 'fixtures[2].spans "moon": expected a span that exists' in told
    text = path.read_text(encoding="utf-8").replace("presence_pct = 20", "presence_pct = -1", 1)
    path.write_text(text, encoding="utf-8")
    assert "fixtures[1].presence_pct" in " ".join(faults(town))
