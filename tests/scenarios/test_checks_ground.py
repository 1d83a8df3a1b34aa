"""A scenario's places against its map: ids and coordinates that contradict are named, never ignored."""

from __future__ import annotations

import pytest

from scenarios.assemble.places import locate
from scenarios.desk import Desk, prepare
from scenarios.errors import ScenarioError
from scenarios.load import load_checked


@pytest.fixture(scope="module")
def desk() -> Desk:
    return prepare(load_checked("crossroads"))


def _faults(desk, **changes):
    first, *rest = desk.scenario.sites
    sites = (first.model_copy(update=changes), *rest)
    with pytest.raises(ScenarioError) as found:
        locate(desk.scenario.model_copy(update={"sites": sites}), desk.ground)
    return found.value.faults


def test_an_unknown_id_beside_coordinates_is_named(desk):
    lon, lat = desk.places[desk.scenario.sites[0].id].lonlat
    (fault,) = _faults(desk, lon=lon, lat=lat, osm="n999999")
    assert (fault.file, fault.field, fault.value) == ("sites.csv", "osm", "n999999")


def test_an_id_far_from_its_coordinates_is_named_with_the_distance(desk):
    site = desk.ground.sites[0]
    lon, lat = desk.ground.to_lonlat([site.xy])[0].tolist()
    near = desk.scenario.sites[0].model_copy(update={"lon": lon, "lat": lat, "osm": site.id})
    sites = (near, *desk.scenario.sites[1:])
    locate(desk.scenario.model_copy(update={"sites": sites}), desk.ground)
    faults = _faults(desk, lon=lon, lat=lat + 0.004, osm=site.id)
    assert faults[0].field == "osm"
    assert "m from lon and lat" in faults[0].expected
