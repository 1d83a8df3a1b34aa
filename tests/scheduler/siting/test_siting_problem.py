"""Unsound problems are refused with every fault, each naming its offenders."""

from dataclasses import replace

import numpy as np
import pytest

from scheduler.errors import ProblemError
from scheduler.siting.problem import Kind, Post, Reach, Site, dense_reach


def faults(build):
    with pytest.raises(ProblemError) as caught:
        build()
    return caught.value.faults


def test_all_faults_at_once(siting):
    good = siting.make([[1, 2], [3, 4]])
    found = faults(
        lambda: replace(
            good,
            sites=(Site("bank", 0, 0), Site("bank", 1, 5, kinds=(7,))),
            posts=(
                Post("gate", required=True, forbidden=True, price=-1),
                Post("pier", required=True, units=3, capacity=2, open_s=9, close_s=4),
            ),
            apart=((0, 0), (0, 5)),
            levels=("bare", "bare", "beauty"),
            move_price=-1,
            late_s=0,
        )
    )
    for words in (
        "ids must be unique, bank",
        "sites bank: weight must be above 0",
        "sites bank: standard_s must lie in 1..",
        "sites bank: kinds must be indices below 1",
        "posts gate: price must be 0 or more",
        "posts gate: required and forbidden at once",
        "posts pier: required with more units than its capacity",
        "posts pier: open_s must come before close_s",
        "apart (0, 0), (0, 5)",
        "levels beauty",
        "each may stand once only",
        "move_price: 0 or more expected, found -1",
        "late_s: 1..",
    ):
        assert any(words in fault for fault in found), words


def test_periods_are_checked(siting):
    good = siting.make([[1, 2], [3, 4]], periods=2)
    first, second = good.periods
    found = faults(
        lambda: replace(
            good,
            posts=(Post("gate", open_s=5), Post("P1")),
            periods=(
                replace(first, stock=(-1,), active=np.array([True]), most_posts=-2, reach=(4,)),
                replace(second, start_s=5, end_s=5, stock=(1, 1), weight=np.array([1, -1])),
            ),
        )
    )
    for words in (
        "period T0.stock: below 0 for car",
        "period T0.active: bool [2] expected",
        "period T0.most_posts: 0 or more expected, found -2",
        "period T0.reach: indices below 1 expected",
        "period T0 is cut by the window of posts gate",
        "period T1: end_s 5 must come after start_s 5",
        "period T1.stock: one number for each of 1 kinds",
        "period T1.weight of S1: 0 or more",
        "periods T0, T1: they overlap",
    ):
        assert any(words in fault for fault in found), (words, found)


def test_reaches_are_checked(siting):
    good = siting.make([[1, 2], [3, 4]])
    (reach,) = good.reaches
    for broken, words in (
        (Reach(reach.indptr[:-1], reach.point, reach.seconds), "indptr: 3 ascending numbers"),
        (Reach(reach.indptr, reach.point[::-1], reach.seconds), "must ascend inside each row"),
        (Reach(reach.indptr, reach.point + 1, reach.seconds), "point: indices below 2"),
        (Reach(reach.indptr, reach.point, -reach.seconds), "seconds: 0.."),
        (Reach(reach.indptr, reach.point[:2], reach.seconds), "4 points and seconds expected"),
    ):
        found = faults(lambda broken=broken: replace(good, reaches=(broken,)))
        assert any(words in fault for fault in found), words


def test_sites_without_points_and_points_without_sites(siting):
    good = siting.make([[1, 2], [3, 4]])
    found = faults(lambda: replace(good, point_site=np.array([0, 0], dtype=np.int32)))
    assert any("sites S1: no point belongs to it" in fault for fault in found)
    found = faults(lambda: replace(good, point_site=np.array([0, 2], dtype=np.int32)))
    assert any("point_site: indices below 2" in fault for fault in found)


def test_a_weight_that_drowns_the_rest(siting):
    sites = (Site("bank", 10**15, 5), Site("S1", 1, 5))
    found = faults(lambda: siting.make([[90, 2], [3, 4]], sites=sites))
    assert any("heaviest are bank, S1" in fault for fault in found)


def test_dense_reach_keeps_what_is_reachable_and_within_the_limit():
    reach = dense_reach(np.array([[1, 5, 3], [2, 2, 9]]), np.array([[1, 1, 0], [1, 1, 1]]) > 0, 8)
    assert reach.indptr.tolist() == [0, 2, 4]
    assert reach.point.tolist() == [0, 1, 0, 1]
    assert reach.seconds.tolist() == [1, 5, 2, 2]
    with pytest.raises(ProblemError, match="integers"):
        dense_reach(np.array([[1.5]]))
    with pytest.raises(ProblemError, match="shape"):
        dense_reach(np.array([[1]]), np.array([True]))


def test_kinds_and_periods_must_exist(siting):
    good = siting.make([[1]])
    assert any("kinds: there is none" in f for f in faults(lambda: replace(good, kinds=())))
    assert any("periods: there is none" in f for f in faults(lambda: replace(good, periods=())))
    assert any("levels: there is none" in f for f in faults(lambda: replace(good, levels=())))
    assert replace(good, kinds=(Kind("boat"),)).kinds[0].responds


def test_standards_and_distances_by_kind_are_checked(siting):
    good = siting.make([[1, 2], [3, 4]], kinds=("car", "foot"))
    one, two = good.sites
    wrong = (replace(one, standard_by_kind_s=(5,)), replace(two, standard_by_kind_s=(5, 0)))
    found = faults(lambda: replace(good, sites=wrong, apart_alike=((0, 1, 2), (1, 1, 0), (0, 1, 1))))
    for words in (
        "sites S0: standard_by_kind_s must be empty or hold one standard for each of 2 kinds",
        "sites S1: standard_by_kind_s must lie in 1..",
        "apart_alike (0, 1, 2), (1, 1, 0): two different post indices below 2 and a kind below 2",
    ):
        assert any(words in fault for fault in found), (words, found)
