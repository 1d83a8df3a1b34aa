"""Perimeters on the shipped town: nothing leaks, blue lights lose nothing, and bad areas are refused at once."""

import numpy as np
import pytest
import shapely

from geodata.errors import GeodataError
from geodata.perimeter import crossings, leaks, open_for_blue_lights

CENTRE = (13.26056, 53.557444)


def disc(radius_deg=0.004):
    return shapely.Point(CENTRE).buffer(radius_deg, quad_segs=8)


@pytest.fixture(scope="module")
def nets(town):
    return {profile: town.network(profile) for profile in ("car", "foot")}


@pytest.fixture(scope="module")
def found(nets):
    return crossings(nets, disc())


def test_every_way_in_is_a_closure_point(nets, found):
    assert [c.id for c in found] == [f"G{i:02d}" for i in range(1, len(found) + 1)]
    assert {c.kind for c in found} == {"hard", "soft"}
    for profile, network in nets.items():
        assert len(leaks(network, disc(), found, profile)) == 0
        # a point left out is noticed: for some of them the proof fails (others lead nowhere by themselves)
        holes = [len(leaks(network, disc(), [c for c in found if c is not out], profile)) for out in found]
        assert max(holes) > 0


def test_closure_points_lie_on_the_line_and_name_their_road(nets, found, town):
    line = shapely.boundary(shapely.transform(disc(), town.to_xy))
    assert max(shapely.distance(line, shapely.Point(c.xy)) for c in found) < 12
    hard = [c for c in found if c.kind == "hard"]
    assert all(c.edges.get("car") for c in hard)
    assert not any(c.edges.get("car") for c in found if c.kind == "soft")
    assert any(c.name for c in hard)
    for crossing in found:
        rows = {int(nets[p].edge_way[e]) for p, edges in crossing.edges.items() for e in edges}
        assert rows == set(crossing.ways)


def test_blue_lights_lose_nothing_and_the_gates_they_need_are_named(nets, found, town):
    outside = town.to_xy(np.array([[13.2450, 53.5530], [13.2750, 53.5650]]))
    inside = town.to_xy(np.array([[13.2618, 53.5578]]))
    final, ways = open_for_blue_lights(nets["car"], found, outside, inside)
    gates = {c.id for c in final if c.kind == "emergency"}
    assert gates
    assert len(ways) == 4
    assert all(way.kept and way.free_s is not None for way in ways)
    assert {gate for way in ways for gate in way.gates} <= gates
    assert all(way.gates for way in ways)
    # without the gates there is no way in at all: that is what the perimeter is for
    shut = [e for c in final for e in c.edges.get("car", ())]
    sealed, blocked = open_for_blue_lights(nets["car"].with_closures(np.array(shut)), found, outside, inside)
    assert all(way.closed_s is None for way in blocked)
    assert not any(c.kind == "emergency" for c in sealed)


@pytest.mark.parametrize(
    ("area", "said"),
    [
        (shapely.Point(CENTRE), "no area"),
        (shapely.Polygon([(13.25, 53.55), (13.27, 53.56), (13.27, 53.55), (13.25, 53.56)]), "crosses itself"),
        (shapely.Point(10.0, 50.0).buffer(0.001), "no road, track or path"),
    ],
)
def test_bad_areas_are_refused(nets, area, said):
    with pytest.raises(GeodataError, match=said):
        crossings(nets, area)
