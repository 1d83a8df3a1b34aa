"""Areas reached in time: hand-worked shapes, exact nesting, and the parts of roads behind them."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geodata.coverage import parts_within, reachable_edges
from geodata.errors import GeodataError
from geodata.isochrones import isochrones, isochrones_by_post
from geodata.network import NO_WAY
from geodata.router import Router

from .travel_cases import lost, network, networks, on, places

# One street of 1 km, 100 s each way, and a one-way street of 400 m, 40 s, from its end.
STREET = [(0, 1, 100_000, 100_000), (1, 2, 40_000, NO_WAY)]
PLACES = [(0, 0), (1000, 0), (1000, 400)]


def plain(net, posts, limits, **options):
    return isochrones(Router(net), posts, limits, fill_m2=0, simplify_m=0, **options)


def holds(area, *points):
    return [bool(area.contains(shapely.Point(p))) for p in points]


def test_a_strip_along_the_road_part_by_hand():
    net = network(PLACES, STREET)
    found = plain(net, on(net, (0, 2)), [25, 70], buffer_m=10)
    near, far = found.polygons
    # 25 s are 250 m either way; 70 s reach the far end after 50 s and 200 m of the one-way street.
    assert holds(near, (749, 0), (251, 9), (749, 11), (770, 0)) == [True, True, False, False]
    assert holds(far, (1, 0), (1000, 199), (1000, 215), (989, 190)) == [True, True, False, False]
    assert near.area == pytest.approx(500 * 20 + math.pi * 100, rel=0.01)
    assert found.reach[1].length_m == pytest.approx(1200)
    assert found.area_km2[0] == near.area / 1e6
    assert (found.n_posts, found.n_lost) == (1, 0)


def test_a_one_way_street_is_not_entered_from_its_end():
    net = network(PLACES, STREET)
    found = plain(net, on(net, (1, 2)), [10], buffer_m=10)
    assert holds(found.polygons[0], (1000, 295), (1000, 185)) == [True, False]
    found = plain(net, on(net, (1, 4)), [60], buffer_m=10)
    # From the end of a one-way street no road is open: there is only the post's own place.
    assert found.reach[0].length_m == 0
    assert found.polygons[0].area == pytest.approx(math.pi * 100, rel=0.05)


SQUARE = [(0, 0), (100, 0), (100, 100), (0, 100)]
RING = [(k, (k + 1) % 4, 10_000, 10_000) for k in range(4)]


def test_small_blocks_are_filled_large_ones_are_not():
    net = network(SQUARE, RING)
    inner = (100 - 2 * 10) ** 2
    for fill_m2, filled in ((0, False), (inner - 1, False), (inner + 1, True)):
        found = isochrones(
            Router(net), on(net, (0, 0)), [20], buffer_m=10, fill_m2=fill_m2, simplify_m=0
        )
        assert holds(found.polygons[0], (50, 50)) == [filled]
        assert found.bands[0].area == pytest.approx(found.polygons[0].area)


def test_the_nearest_post_counts_and_lost_posts_are_named():
    net = network(PLACES, STREET)
    posts = on(net, (0, 0), (0, 4))
    both = plain(net, posts, [20], buffer_m=10)
    assert holds(both.polygons[0], (150, 0), (500, 0), (850, 0)) == [True, False, True]
    each = isochrones_by_post(Router(net), posts, [20], buffer_m=10, fill_m2=0, simplify_m=0)
    assert [holds(one.polygons[0], (150, 0), (850, 0)) for one in each] == [
        [True, False],
        [False, True],
    ]
    assert "the post" in each[0].meaning(20)
    nobody = plain(net, lost(2), [20])
    assert nobody.polygons[0].is_empty
    assert "2 of 2 posts lie on no open road" in nobody.meaning(20)
    assert isochrones_by_post(Router(net), lost(0)) == ()


def test_a_post_on_a_closed_road_reaches_nothing():
    net = network(PLACES, STREET).with_closures([0])
    found = plain(net, on(net, (0, 2)), [60])
    assert found.polygons[0].is_empty
    assert found.n_lost == 1


def test_the_view_says_what_it_means():
    net = network(PLACES, STREET)
    frame = isochrones(Router(net), on(net, (0, 2))).to_geodataframe()
    assert frame.crs.to_string() == net.crs
    assert frame.limit_s.tolist() == [60, 180, 300]
    assert frame.road_km.tolist() == pytest.approx([1.1, 1.4, 1.4])
    text = frame.meaning[0]
    assert text.startswith("Within 1 minute of the post (car")
    assert "40 m of a road reached in time" in text
    assert "2 ha" in text
    assert "reaction" in text
    assert frame.meaning[1].startswith("Within 3 minutes")
    assert isochrones(Router(net), on(net, (0, 2)), [90]).meaning(90).startswith("Within 90 s")


def test_limits_and_buffer_are_checked_together():
    net = network(PLACES, STREET)
    with pytest.raises(GeodataError) as error:
        isochrones(Router(net), on(net, (0, 2)), [180, 60], buffer_m=0)
    assert len(error.value.faults) == 2
    assert "[180, 60]" in str(error.value)
    for limits in ([], [0, 60], [60, 60]):
        with pytest.raises(GeodataError, match="rise"):
            isochrones(Router(net), on(net, (0, 2)), limits)


@st.composite
def posted(draw):
    net = draw(networks())
    closed = draw(st.lists(st.integers(0, net.n_edges - 1), max_size=2))
    return net.with_closures(closed), draw(places(net, max_size=3))


@given(posted(), st.sampled_from([0.0, 2.0, 15.0]), st.sampled_from([0.0, 3000.0]))
def test_tiers_lie_within_each_other_exactly(case, simplify_m, fill_m2):
    net, posts = case
    found = isochrones(
        Router(net), posts, [1, 3, 4, 9], buffer_m=12, simplify_m=simplify_m, fill_m2=fill_m2
    )
    for inner, outer in zip(found.polygons, found.polygons[1:], strict=False):
        assert outer.is_valid
        assert inner.is_empty or outer.covers(inner)
    for reach, area in zip(found.reach, found.polygons, strict=True):
        assert area.is_empty == (len(reach.edge) == 0)
        if len(reach.edge):
            # Simplified outlines may cut a corner, never the road itself by more than they are allowed to move.
            slack = shapely.buffer(area, 0.1 if simplify_m == 0 else 2 * simplify_m)
            assert shapely.covers(slack, reach.geometry).all()
    assert sum(b.area for b in found.bands) == pytest.approx(found.polygons[-1].area)


@given(posted(), st.integers(1, 12))
def test_parts_of_roads_are_what_the_table_of_times_says(case, limit_s):
    net, posts = case
    router = Router(net)
    reach = reachable_edges(router, posts, limit_s)
    quarters = on(net, *[(edge, q) for edge in range(net.n_edges) for q in (1, 2, 3)])
    within = router.matrix(posts, quarters).within(limit_s).any(axis=0)
    for k in range(len(quarters)):
        at = quarters.along_m[k]
        mine = reach.edge == quarters.edge[k]
        inside = (reach.from_m[mine] <= at + 1e-9) & (at - 1e-9 <= reach.to_m[mine])
        assert inside.any() == within[k]
    assert (np.diff(reach.edge) >= 0).all()
    assert (reach.to_m >= reach.from_m).all()
    same = (np.diff(reach.edge) == 0).nonzero()[0]
    assert (reach.from_m[same + 1] > reach.to_m[same]).all(), "parts of one edge are joined"
    assert reach.length_m <= net.edge_length_m[~net.closed].sum() + 1e-6
    assert len(reach.lines) == len(reach.edge)


@given(posted())
def test_one_search_serves_several_limits(case):
    net, posts = case
    router = Router(net)
    far_ms = router.nodes_ms(posts)
    for limit_s in (2, 7):
        one, two = (
            reachable_edges(router, posts, limit_s),
            parts_within(net, far_ms, posts, limit_s * 1000.0),
        )
        assert np.array_equal(one.edge, two.edge)
        assert np.array_equal(one.to_m, two.to_m)
