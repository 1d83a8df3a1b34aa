"""Territories in the plan: every site reached has one post, the file keeps them, and planted faults are found."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pypdf
import pytest

from scenarios.audit import audit_plan
from scenarios.plan import Plan
from scenarios.planform import read_plan
from scenarios.publish.papers import publish
from scenarios.sentences import breach_sentences
from scenarios.territory import check, counted, readable
from scenarios.view import LightView
from scheduler.siting.plan import SitingPlan, Stand


def audited(crossroads, rows, **changes):
    return audit_plan(crossroads.desk, replace(crossroads.plan, territories=tuple(rows), **changes))


def test_every_site_that_is_reached_has_its_post(crossroads):
    (row,) = crossroads.plan.territories
    sites = {s.id for s in crossroads.desk.scenario.sites if s.cover}
    assert {site for its in row["posts"].values() for site in its} == sites
    assert set(row["posts"]) == set(crossroads.plan.posts.values())
    assert row["proven"]


def test_the_file_keeps_them(crossroads, tmp_path):
    path = tmp_path / "plan.json"
    path.write_text(crossroads.plan.dumps(), encoding="utf-8")
    assert read_plan(path) == crossroads.plan
    assert Plan.from_json(replace(crossroads.plan, territories=()).to_json()).territories == ()


def test_the_view_names_post_sites_and_seconds(crossroads):
    view = crossroads.view
    assert {t.post for t in view.territories} == {p.number for p in view.posts}
    for its in view.territories:
        cover = {s.id: s for s in view.sites}
        assert [took for _, took in its.sites] == sorted(took for _, took in its.sites)
        assert its.load == sum(cover[site].weight for site, _ in its.sites)
        # one post: it answers for all, so its seconds are the first answer's
        for site, took in its.sites:
            assert [c.first_s for c in cover[site].cover] == [took]


def test_planted_faults_are_found(crossroads):
    (row,) = crossroads.plan.territories
    ((post, sites),) = row["posts"].items()
    none = {**row, "posts": {post: sites[1:]}}
    elsewhere = {**row, "posts": {post: sites[1:], "nobody": sites[:1]}}
    twice = {**row, "posts": {post: [*sites, sites[0]]}}
    unknown = {**row, "period": "0-1"}
    away = ["nobody", sites[0]]
    for planted, names in ((none, sites[:1]), (elsewhere, away), (twice, sites[:1]), (unknown, ["0-1"])):
        its = audited(crossroads, [planted])
        (breach,) = [b for b in its.breaches if b.rule == "territory"]
        assert list(breach.where) == list(names)
        assert any("territory" in text for text in breach_sentences(crossroads.desk, its))
    assert audited(crossroads, [row]).breaches == ()


@pytest.mark.parametrize("name", ["late", "over", "response"])
def test_a_claimed_sum_that_is_not_true_differs(crossroads, name):
    (row,) = crossroads.plan.territories
    its = audited(crossroads, [{**row, name: row[name] + 1}])
    assert its.breaches == ()
    assert [text for text in its.differences if f"{name}: claimed {row[name] + 1:,}, found {row[name]:,}" in text]
    assert audited(crossroads, [{**row, name: row[name] + 1}], edited=True).differences == ()


def test_a_post_that_fell_away_takes_its_territory_along(crossroads):
    """Nobody stands: the territories of the old plan speak of a post that is not there."""
    problem = crossroads.audit.rebuilt.siting.problem
    breaches, _ = check(problem, SitingPlan(()), crossroads.plan.territories)
    assert breaches[0].amount == 1, "the post; without it no site is reached, so none is left out"
    strange = SitingPlan((Stand("nowhere", "0-1", "boat", 1), *crossroads.plan.siting.stands))
    assert readable(problem, strange) == SitingPlan(crossroads.plan.siting.stands)


def test_two_posts_are_counted_by_hand(crossroads):
    """A second post beside the first: each site by the seconds of the post it is given to."""
    problem = crossroads.audit.rebuilt.siting.problem
    (stand,) = crossroads.plan.siting.stands
    other = next(post.id for post in problem.posts if post.id != stand.post and not post.forbidden)
    plan = SitingPlan((stand, replace(stand, post=other)))
    reach = problem.reaches[0]
    names = [site.id for site in problem.sites]

    def seconds(post):
        j = next(k for k, p in enumerate(problem.posts) if p.id == post)
        row = slice(reach.indptr[j], reach.indptr[j + 1])
        return {names[s]: int(t) for s, t in zip(reach.point[row], reach.seconds[row], strict=True)}

    mine, theirs = names[:3], names[3:]
    row = {"period": stand.period, "posts": {stand.post: mine, other: theirs}}
    its = counted(problem, plan, row)
    weight = {site.id: site.weight for site in problem.sites}
    first, second = seconds(stand.post), seconds(other)
    assert its.wrong == ()
    assert its.load == {stand.post: sum(weight[s] for s in mine), other: sum(weight[s] for s in theirs)}
    share = -(-sum(weight.values()) * 125 // 200)
    assert its.share == {stand.post: share, other: share}
    assert its.response == sum(weight[s] * first[s] for s in mine) + sum(weight[s] * second[s] for s in theirs)
    assert its.over == sum(max(0, load - share) for load in its.load.values())


def test_the_geo_package_and_the_sheet_have_them(crossroads, tmp_path):
    """One spoke for each site and span, with its seconds; the printed sheet names post and sites."""
    way = LightView("police", "station", 0, 3600, 10, 12, np.array([[0.0, 0.0], [50.0, 0.0]]))
    view = replace(crossroads.view, lights=(way,))
    publish(view, tmp_path, ["geopackage", "territories"])
    spokes = gpd.read_file(tmp_path / "plan.gpkg", layer="territories")
    (its,) = view.territories
    assert dict(zip(spokes["site"], spokes["seconds"], strict=True)) == dict(its.sites)
    assert set(spokes["post"]) == {its.post}
    (line,) = gpd.read_file(tmp_path / "plan.gpkg", layer="blue_light_ways").geometry
    assert line.length == 50.0
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(tmp_path / "territories.pdf").pages)
    for word in (its.post, "Crossroads Station", "What each post is worth", "Where one more post would do most"):
        assert word in text, word
