"""Who is delayed or cut off by closures, and by which: by hand, and against a second way to tell."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.delays import at_nodes, closure_effects
from geodata.errors import GeodataError
from geodata.network import NO_WAY
from geodata.router import Router

from .travel_cases import lost, network, networks, on, places

# A triangle 0-1-2 with a tail 2-3: the short side 0-1 takes 4 s, the way round 3 + 5 s, the tail 2 s.
PLACES = [(0, 0), (100, 0), (50, 80), (50, 200)]
ROADS = [(0, 1, 4000, 4000), (0, 2, 3000, 3000), (2, 1, 5000, 5000), (2, 3, 2000, 2000)]


@pytest.fixture
def net():
    return network(PLACES, ROADS, names=["Ring", "", "", "Tail Lane"])


def test_the_way_round_by_hand(net):
    effects = closure_effects(Router(net), [0], on(net, (0, 0)), on(net, (2, 4), (3, 4)))
    assert effects.before.seconds.tolist() == [[4, 5]]
    assert effects.after.seconds.tolist() == [[8, 5]]
    assert effects.delay_s.tolist() == [[4, 0]]
    assert effects.delayed.tolist() == [[True, False]]
    assert not effects.cut_off.any()
    assert effects.blame(0, 0).tolist() == [0]
    assert effects.blame(0, 1).tolist() == []
    assert effects.by_edge() == ((0, 0, 1, 4),)
    (worst,) = effects.worst()
    assert (worst.origin, worst.target, worst.delay_s, worst.edges) == (0, 0, 4, (0,))


def test_a_site_cut_off_from_every_post(net):
    posts, sites = on(net, (0, 0), (2, 2)), on(net, (3, 4), (0, 4))
    effects = closure_effects(Router(net), [3], posts, sites)
    assert effects.cut_off.tolist() == [[True, False], [True, False]]
    assert effects.targets_cut_off.tolist() == [0]
    assert effects.origins_cut_off.tolist() == []
    assert effects.delay_s.tolist() == [[0, 0], [0, 0]], "cut off is not a delay of 0 or more"
    assert effects.by_edge() == ((3, 2, 0, 0),)
    before, after = effects.nearest()
    # From the middle of edge 2: 2.5 s to either end, then 2 s of the tail.
    assert before.seconds.tolist() == [[5, 3]]
    assert after.reachable.tolist() == [[False, True]]
    assert after.seconds.tolist() == [[-1, 3]]


def test_a_point_within_a_closed_edge_is_cut_off_by_it(net):
    effects = closure_effects(Router(net), [0], on(net, (0, 2), (0, 4)), on(net, (2, 0), (0, 2)))
    assert effects.cut_off.tolist() == [[True, True], [False, True]]
    assert effects.blame(0, 0).tolist() == [0]
    assert effects.blame(0, 1).tolist() == [0], "the same place within a closed edge"
    assert effects.blame(1, 1).tolist() == [0]
    assert effects.blame(1, 0).tolist() == [], "5 s by the other side, before and after"
    assert effects.origins_cut_off.tolist() == [0]


def test_two_closed_edges_on_one_way_are_both_to_blame(net):
    effects = closure_effects(Router(net), [1, 3], on(net, (0, 0)), on(net, (3, 4)))
    assert effects.cut_off.all()
    assert effects.blame(0, 0).tolist() == [1, 3]


def test_the_edge_that_cuts_off_most_comes_first(net):
    effects = closure_effects(Router(net), [0, 3], on(net, (0, 0)), on(net, (2, 4), (3, 4)))
    assert effects.by_edge() == ((3, 1, 0, 0), (0, 0, 1, 4))
    alone = network(PLACES, [*ROADS, (0, 1, 6000, 6000)])
    both = closure_effects(
        Router(alone), [0, 1], on(alone, (0, 0), (0, 4)), on(alone, (0, 4), (1, 4))
    )
    # To 1: 4 -> 6 s over the twin. To 2: 3 -> 6 + 5 s from 0, and none is lost from 1 (5 s).
    assert both.by_edge() == ((1, 0, 1, 8), (0, 0, 1, 2))


def test_a_router_with_other_speeds_is_compared_too(net):
    slow = Router(net.with_speeds(0.5).with_closures([0]))
    effects = closure_effects(Router(net), slow, on(net, (0, 0)), on(net, (0, 4), (3, 4)))
    assert effects.edges.tolist() == [0]
    assert effects.delay_s.tolist() == [[12, 5]]


def test_what_was_closed_before_is_not_to_blame_again(net):
    shut = net.with_closures([3])
    effects = closure_effects(Router(shut), [3, 0], on(net, (0, 0)), on(net, (0, 4), (3, 4)))
    assert effects.edges.tolist() == [0]
    assert not effects.cut_off.any()
    assert effects.before.reachable.tolist() == [[True, False]]


def test_points_off_the_roads_lose_nothing(net):
    effects = closure_effects(Router(net), [0], lost(), on(net, (0, 4)))
    assert not effects.cut_off.any()
    assert effects.worst() == ()
    empty = closure_effects(Router(net), [0], lost().take([]), on(net, (0, 4)))
    assert empty.delay_s.shape == (0, 1)
    assert empty.targets_cut_off.tolist() == []
    assert not empty.nearest()[0].reachable.any()


def test_it_is_said_in_words(net):
    effects = closure_effects(Router(net), [0, 3], on(net, (0, 0)), on(net, (2, 4), (3, 4)))
    said = effects.sentences(["Post A"], ["Gate", "Depot"])
    assert said == (
        "2 edges closed: of 2 pairs with a way 1 have none any more, 1 take longer.",
        "1 of 2 targets are cut off from every origin: Depot.",
        "Post A to Gate: 4 s before, 8 s now, since Ring is closed.",
    )


def test_names_that_are_missing_are_made_up(net):
    effects = closure_effects(Router(net), [0], on(net, (0, 0)), on(net, (2, 4)))
    assert effects.sentences(targets=[""])[1].startswith("origin 0 to target 0: 4 s before")
    assert effects.sentences()[0].startswith("1 edge closed: of 1 pair with a way 0 have none")


def test_other_networks_and_reopened_roads_are_refused(net):
    other = Router(network(PLACES, ROADS[:3]))
    with pytest.raises(GeodataError, match="different networks"):
        closure_effects(Router(net), other, on(net, (0, 0)), on(net, (0, 4)))
    with pytest.raises(GeodataError, match=r"open after: 3.*closures only added"):
        closure_effects(
            Router(net.with_closures([3])), Router(net), on(net, (0, 0)), on(net, (0, 4))
        )
    with pytest.raises(GeodataError, match="99"):
        closure_effects(Router(net), [99], on(net, (0, 0)), on(net, (0, 4)))


def test_junctions_as_points(net):
    points = at_nodes(net, [2, 0])
    assert points.edge.tolist() == [3, 0], "the longest edge of each"
    assert Router(net).matrix(points, on(net, (3, 4), (0, 2))).seconds.tolist() == [[2, 5], [5, 2]]
    shut = at_nodes(net.with_closures([3]), [3, 1])
    assert shut.ok.tolist() == [False, True]


def quicker(net, edge):
    """The network with one edge 4 ms quicker, so that its quarters are whole milliseconds quicker."""

    def less(ms):
        ms = ms.copy()
        ms[edge] -= 4 * (ms[edge] != NO_WAY)
        return ms

    return replace(net, ahead_ms=less(net.ahead_ms), back_ms=less(net.back_ms))


@st.composite
def closures(draw):
    net = draw(networks())
    closed = draw(st.lists(st.integers(0, net.n_edges - 1), max_size=3))
    return net, draw(places(net)), draw(places(net)), closed


@given(closures())
def test_blame_is_what_would_be_quicker_if_the_edge_were(case):
    net, origins, targets, closed = case
    router = Router(net)
    effects = closure_effects(router, closed, origins, targets)
    before = router.matrix_ms(origins, targets)
    for edge in set(closed):
        gains = Router(quicker(net, edge)).matrix_ms(origins, targets) < before
        blamed = effects.blamed(edge)
        apart = before > 0
        assert np.array_equal(blamed & apart, gains & apart)
    for i in range(len(origins)):
        for j in range(len(targets)):
            told = [edge for edge in sorted(set(closed)) if effects.blamed(edge)[i, j]]
            assert effects.blame(i, j).tolist() == told
            if effects.cut_off[i, j] or effects.delayed[i, j]:
                assert told, "whoever loses knows by what"


@given(closures())
def test_the_tables_are_those_of_two_routers(case):
    net, origins, targets, closed = case
    effects = closure_effects(Router(net), closed, origins, targets)
    before = Router(net).matrix(origins, targets)
    after = Router(net.with_closures(closed)).matrix(origins, targets)
    assert np.array_equal(effects.before.seconds, before.seconds)
    assert np.array_equal(effects.after.seconds, after.seconds)
    assert np.array_equal(effects.cut_off, before.reachable & ~after.reachable)
    assert (effects.delay_s >= 0).all()
    assert not (effects.delayed & effects.cut_off).any()
    late = effects.worst(100)
    assert len(late) == effects.delayed.sum()
    assert [d.delay_s for d in late] == sorted((d.delay_s for d in late), reverse=True)
