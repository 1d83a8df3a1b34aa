"""The question turned round on a shipped scenario: answers agree with brute force, words say what the numbers mean."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace

import numpy as np
import pytest
from typer.testing import CliRunner

from scenarios.cli import app
from scenarios.desk import prepare
from scenarios.force import Asked, force_of, next_places, promising
from scenarios.forcewords import sentences, told
from scenarios.load import load_checked
from scheduler.siting.plan import SitingPlan, Stand


@pytest.fixture(scope="module")
def asked():
    return Asked.of(prepare(load_checked("crossroads")))


@pytest.fixture(scope="module")
def seconds(asked):
    """Seconds ``[posts, sites]``; nobody needs more than an hour here."""
    (reach,) = asked.problem.reaches
    found = np.full((len(asked.problem.posts), len(asked.problem.sites)), -1)
    post = np.repeat(np.arange(len(found)), np.diff(reach.indptr))
    found[post, reach.point] = reach.seconds
    assert (found >= 0).all()
    return found


@pytest.mark.parametrize("n", [1, 2])
def test_the_smallest_standard_by_brute_force(asked, seconds, n):
    its = force_of(asked, n_posts=n)
    sets = itertools.combinations(range(len(seconds)), n)
    near = {tuple(pair) for pair in asked.problem.apart}
    best = min(seconds[list(s)].min(axis=0).max() for s in sets if not set(itertools.combinations(s, 2)) & near)
    assert its.standard_s == best
    assert its.standard_proven
    assert its.n_posts == n


@pytest.mark.parametrize("standard", [40, 60, 90])
def test_the_least_force_by_brute_force(asked, seconds, standard):
    its = force_of(asked, standard_s=standard)
    near = {tuple(pair) for pair in asked.problem.apart}
    can = (seconds <= standard).any(axis=0)
    for n in range(1, 5):
        sets = (s for s in itertools.combinations(range(len(seconds)), n)
                if not set(itertools.combinations(s, 2)) & near)  # fmt: skip
        if any(((seconds[list(s)] <= standard).any(axis=0) == can).all() for s in sets):
            break
    assert (its.least_posts, its.least_proven) == (n, True)
    assert its.bare == tuple(site.id for site, ok in zip(asked.problem.sites, can, strict=True) if not ok)


def test_the_next_best_place_by_trying_all(asked, seconds, crossroads):
    """The first named is the place that saves most weighted seconds over all places that rules allow."""
    plan = crossroads.plan.siting
    (stand,) = plan.stands
    names = [post.id for post in asked.problem.posts]
    here = names.index(stand.post)
    weight = np.array([site.weight for site in asked.problem.sites])
    near = {b if a == here else a for a, b in asked.problem.apart if here in (a, b)}
    saved = {
        j: int((weight * (seconds[here] - np.minimum(seconds[here], seconds[j]))).sum())
        for j in range(len(names)) if j != here and j not in near and not asked.problem.posts[j].forbidden
    }  # fmt: skip
    best = max(saved, key=lambda j: (saved[j], -j))
    (first, *_) = next_places(asked, plan)
    assert first.place == names[best]
    assert first.adds == f"mean response {saved[best] / weight.sum():.1f} s shorter"
    assert names.index(first.place) in promising(asked.problem, plan, 3)


def test_what_is_said(crossroads):
    its = crossroads.view.force
    names = {"station": "Station"}
    assert sentences(replace(its, site="station"), names, "Fri")[0] == (
        f"With 1 post at once every site can be reached within {its.standard_s} s; Station sets it (Fri); "
        "no better standard can be kept."
    )
    none = replace(its, standard_s=None, least_posts=None, least_proven=False, bare=("station",), asked_s=9)
    assert sentences(none, names, "Fri") == [
        "With 1 post at once no time is long enough: some site cannot be reached, or the rules cannot be kept.",
        "The least force was not found.",
        "No place reaches Station within 9 s.",
    ]
    several = replace(its, n_posts=4, least_posts=3, least_proven=False, standard_proven=False)
    said = " ".join(sentences(several, {}, "Fri"))
    assert "With 4 posts at once" in said
    assert "not proven to be the smallest" in said
    assert "3 posts at once reach every site within its own standard, perhaps fewer." in said
    assert told(crossroads.view)[1] == "1 post at once reaches every site within its own standard."
    assert told(replace(crossroads.view, force=None)) == []


def test_the_worth_of_a_post_names_the_sites(crossroads):
    (post,) = crossroads.view.posts
    for name in ("Market Square", "Crossroads Station", "East Fuel"):
        assert name in post.worth
    assert post.worth.startswith("Without it nobody reaches ")


def test_the_command_with_a_plan(crossroads, tmp_path):
    path = tmp_path / "plan.json"
    path.write_text(crossroads.plan.dumps(), encoding="utf-8")
    done = CliRunner().invoke(app, ["siting", "crossroads", "--plan", str(path), "--curve", "--json"])
    assert done.exit_code == 0, done.output
    data = json.loads(done.stdout)
    assert data["force"]["n_posts"] == 1
    assert data["curve"][0]["here"]
    assert data["worth"][0]["worth"] == crossroads.view.posts[0].worth
    assert data["force"]["next_places"][0]["place"] == crossroads.view.force.next_places[0].place


def test_a_plan_of_unknown_places_is_asked_all_the_same(asked):
    stray = SitingPlan((Stand("nowhere", asked.problem.periods[0].id, "car_post", 1),))
    assert len(next_places(asked, stray)) == 5
