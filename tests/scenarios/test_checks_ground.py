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


def test_a_junction_and_a_road_of_the_map_are_known_beside_coordinates(desk):
    network = desk.ground.networks["car"]
    xy = network.node_xy[network.edge_u[0]]
    lon, lat = desk.ground.to_lonlat([xy])[0].tolist()
    first, *rest = desk.scenario.sites
    for osm in (f"n{network.node_osm[network.edge_u[0]]}", f"way/{network.edge_way[0]}"):
        near = first.model_copy(update={"lon": lon, "lat": lat, "osm": osm})
        locate(desk.scenario.model_copy(update={"sites": (near, *rest)}), desk.ground)
    x, y = network.node_xy.max(axis=0) + 500.0
    far = desk.ground.to_lonlat([(x, y)])[0].tolist()
    faults = _faults(desk, lon=far[0], lat=far[1], osm=f"n{network.node_osm[network.edge_u[0]]}")
    assert any(f.field == "osm" and "m from lon and lat" in f.expected for f in faults)


def test_the_level_crossings_of_the_shipped_scenario_are_known():
    loaded = load_checked("neubrandenburg")
    ground = prepare(loaded).ground
    rows = [site for site in loaded.scenario.sites if site.kind == "level_crossing"]
    assert len(rows) == 4
    for row in rows:
        assert ground.distance_m(row.osm, ground.to_xy([(row.lon, row.lat)])[0]) < 50
    assert ground.distance_m("n130223716000", (0.0, 0.0)) is None
    assert ground.distance_m("no id", (0.0, 0.0)) is None
