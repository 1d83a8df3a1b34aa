"""Several kinds of unit at posts, tiers by kind, what the minutes mean, both directions, weights by hour, lines."""

from __future__ import annotations

from dataclasses import replace as changed
from datetime import timedelta

import numpy as np
import pytest

from scenarios.assemble.siting import assemble_siting
from scenarios.audit import audit_plan
from scenarios.desk import Desk, prepare
from scenarios.load import load_checked
from scenarios.run import open_scenario, plan_scenario
from scenarios.schema import Interval as Clock
from scenarios.schema import Kind, KindSeat, ResponseSettings, Span
from scheduler.outcome import Limits
from scheduler.siting.audit import audit
from scheduler.siting.plan import SitingPlan
from scheduler.siting.solve import solve
from tests.scenarios.spoil import copy_town, edit, faults, replace

FOOT = Kind(id="foot_pair", title="pair on foot", mode="foot", turnout_s=20,
            seats=(KindSeat(number=2, categories=("sworn", "auxiliary")),))  # fmt: skip
FOOT_TOML = """
[[kinds]]
id = "foot_pair"
title = "pair on foot"
mode = "foot"
turnout_s = 20
seats = [{ number = 2, categories = ["sworn", "auxiliary"] }]

[demand]
"""


def desk_with(siting: dict[str, object] | None = None, **changes: object) -> Desk:
    desk = prepare(load_checked("crossroads"))
    its = desk.scenario
    fields = {"kinds": (*its.kinds, FOOT), "siting": its.siting.model_copy(update=siting or {}), **changes}
    return prepare(changed(desk.loaded, scenario=its.model_copy(update=fields)))


def tables(desk: Desk, **options):
    return assemble_siting(desk.scenario, desk.places, desk.ways, desk.budget(), **options)


def times(reach, n_points: int) -> np.ndarray:
    found = np.full((len(reach.indptr) - 1, n_points), -1)
    post = np.repeat(np.arange(len(reach.indptr) - 1), np.diff(reach.indptr))
    found[post, reach.point] = reach.seconds
    return found


def test_two_kinds_have_their_own_ways_and_share_the_people():
    both = desk_with({"kinds": ("foot_pair",), "most_units": 9})
    its = tables(both)
    assert [kind.id for kind in its.problem.kinds] == ["car_post", "foot_pair"]
    (period,) = its.problem.periods
    car, foot = (times(its.problem.reaches[r], len(its.sites)) for r in period.reach)
    both_reach = (car >= 0) & (foot >= 0)
    assert (foot[both_reach] > car[both_reach]).any(), "on foot it takes longer somewhere"
    # what the first kind takes is not there for the second
    budget = both.budget()
    units = ("police",)
    alone = budget.least(budget.units_left(FOOT, units), period.start_s, period.end_s)
    budget.take_units(its.kinds[0], units, period.start_s, period.end_s, period.stock[0])
    rest = budget.least(budget.units_left(FOOT, units), period.start_s, period.end_s)
    assert period.stock[1] == min(rest, 9 - period.stock[0])
    assert rest < alone
    capped = tables(desk_with({"kinds": ("foot_pair",), "most_units": 9, "units_by_kind": {"car_post": 0}}))
    assert capped.problem.periods[0].stock == (0, min(alone, 9))


def test_tiers_and_answers_by_kind():
    first, *rest = prepare(load_checked("crossroads")).scenario.sites
    only_cars = first.model_copy(update={"answers": ("car_post",)})
    tiers = ResponseSettings.model_validate({"by_kind": {"foot_pair": {"class_2_s": 90}}})
    desk = desk_with({"kinds": ("foot_pair",)}, response=tiers, sites=(only_cars, *rest))
    sites = {site.id: site for site in tables(desk).problem.sites}
    assert sites[first.id].kinds == (0,)
    assert sites["station"].kinds == ()
    assert sites["station"].standard_by_kind_s == (180, 90)
    assert sites[first.id].standard_by_kind_s == (60, 60)
    plain = tables(desk_with({"kinds": ("foot_pair",)})).problem.sites
    assert {site.standard_by_kind_s for site in plain} == {()}


@pytest.mark.parametrize(("meaning", "more"), [("react", 20), ("handled", 20 + 45)])
def test_what_the_minutes_mean(meaning, more):
    """Turn-out and handling are added to every way, once each."""
    def ways(**response):
        desk = desk_with({"kind": "foot_pair"}, response=ResponseSettings(handle_s=45, **response))
        its = tables(desk, reach_s=10**6)
        return times(its.problem.reaches[0], len(its.sites))

    way, later = ways(meaning="arrival"), ways(meaning=meaning)
    assert (way >= 0).all()
    assert (later == way + more).all()


def test_both_ways_counts_the_slower():
    desk = desk_with(response=ResponseSettings(both_ways=True))
    its = tables(desk, reach_s=10**6)
    found = times(its.problem.reaches[0], len(its.sites))
    spots = np.array([s.at for s in its.posts])
    goals = desk.places.xy(s.id for s in its.sites)
    there = desk.ways.seconds("car", frozenset(), spots, goals)
    drive = desk.ways.seconds("car", frozenset(), spots, goals, walk=False).seconds
    back = desk.ways.seconds("car", frozenset(), goals, spots, walk=False).seconds.T + (there.seconds - drive)
    assert (found == np.maximum(there.seconds, back)).all()
    assert (back > there.seconds).any(), "no one-way street matters: the test says nothing"


def test_a_weight_by_hour_cuts_the_span():
    sites = tuple(
        s.model_copy(update={"weights": ("sessions:300",)}) if s.id == "square" else s
        for s in prepare(load_checked("crossroads")).scenario.sites
    )
    problem = tables(desk_with(sites=sites)).problem
    names = [site.id for site in problem.sites]
    seen = [int(problem.weights(p)[names.index("square")]) for p in range(len(problem.periods))]
    assert 300 in seen
    assert 60 in seen
    others = [int(problem.weights(p)[names.index("station")]) for p in range(len(problem.periods))]
    assert set(others) == {40}
    assert all(a.end_s == b.start_s for a, b in zip(problem.periods, problem.periods[1:], strict=False))


def test_a_line_is_in_reach_where_each_of_its_points_is():
    base = prepare(load_checked("crossroads"))
    ends = base.ground.to_lonlat([base.places[i].at for i in ("station", "clinic")]).tolist()
    text = "LINESTRING ({:.6f} {:.6f}, {:.6f} {:.6f})".format(*ends[0], *ends[1])
    sites = tuple(
        s.model_copy(update={"line": text}) if s.id == "station" else s for s in base.scenario.sites
    )
    its = tables(desk_with(sites=sites), reach_s=10**6)
    names = [site.id for site in its.sites]
    mine = np.flatnonzero(its.problem.point_site == names.index("station"))
    length = float(np.hypot(*(np.array(base.places["station"].at) - base.places["clinic"].at)))
    assert len(mine) == int(np.ceil(length / 200)) + 1
    found = times(its.problem.reaches[0], len(its.problem.point_site))
    plain = tables(base, reach_s=10**6)
    clinic = times(plain.problem.reaches[0], len(names))[:, names.index("clinic")]
    assert (np.abs(found[:, mine[-1]] - clinic) <= 1).all(), "the far end is the clinic's door"


def test_distance_between_posts_of_one_kind():
    its = tables(desk_with({"kinds": ("foot_pair",), "apart_m": 0, "apart_alike_m": 400})).problem
    assert its.apart == ()
    assert {k for _, _, k in its.apart_alike} == {0, 1}


def test_a_plan_with_two_kinds_is_planned_and_audited(tmp_path):
    town = copy_town(tmp_path)
    replace(town, "\n[demand]\n", FOOT_TOML)
    replace(town, 'kind = "car_post"\nunits', 'kind = "car_post"\nkinds = ["foot_pair"]\nunits')
    replace(town, "most_units = 1", "most_units = 2\nunits_by_kind = { car_post = 1, foot_pair = 1 }")
    planned = plan_scenario(open_scenario(town), seconds=4, repeatable=True)
    assert planned.audit.agrees
    assert planned.audit.breaches == ()
    kinds = {s.kind for s in planned.plan.siting.stands}
    assert kinds <= {"car_post", "foot_pair"}
    assert audit_plan(planned.desk, planned.plan).agrees


def test_the_second_kind_stands_where_it_serves(tmp_path):
    """One unit of each, and a site that only those on foot may answer for: both stand."""
    base = prepare(load_checked("crossroads"))
    sites = tuple(
        s.model_copy(update={"answers": ("foot_pair",)}) if s.id == "hall" else s for s in base.scenario.sites
    )
    desk = desk_with({"kinds": ("foot_pair",), "most_units": 2, "units_by_kind": {"car_post": 1}}, sites=sites)
    plan = solve(tables(desk).problem, limits=Limits(work=5)).plan
    assert {s.kind for s in plan.stands} == {"car_post", "foot_pair"}


def test_faults_name_row_and_kind(tmp_path):
    town = copy_town(tmp_path)
    edit(town, "posts", 2, "kind", "car_patrol")
    replace(town, "most_units = 1", 'most_units = 1\nunits_by_kind = { car_patrol = 2 }\nkinds = ["boat"]')
    told = " ".join(faults(town))
    assert 'siting.kinds[1] "boat": expected a kind that exists' in told
    assert "siting.units_by_kind.car_patrol" in told
    town = copy_town(tmp_path / "b")
    edit(town, "posts", 2, "kind", "car_patrol")
    (told,) = faults(town)
    assert told.startswith('posts.csv row 2, kind "car_patrol": expected a kind that stands at posts')


def with_times(state: str, spans: str):
    """Crossroads with a post that has two times, a pause between them, and a free one as good beside it."""
    base = prepare(load_checked("crossroads"))
    its = base.scenario
    start = its.start
    times = [
        Span(id=name, times=(Clock(start=start + timedelta(hours=a), end=start + timedelta(hours=b)),))
        for name, a, b in (("early", 1, 2), ("late", 4, 6))
    ]
    posts = tuple(
        p.model_copy(update={"state": state, "spans": tuple(spans.split())}) if p.id == "lay-by" else p
        for p in its.posts
    )
    fields = {"posts": posts, "spans": (*its.spans, *times)}
    siting = its.siting.model_copy(update={"most_units": 2})
    return tables(prepare(changed(base.loaded, scenario=its.model_copy(update={**fields, "siting": siting}))))


def test_a_required_post_stands_at_its_times_and_not_in_between():
    problem = with_times("required", "early late").problem
    assert [(p.start_s // 3600, p.end_s // 3600) for p in problem.periods] == [(1, 2), (2, 4), (4, 6)]
    plan = solve(problem, limits=Limits(work=5)).plan
    standing = [s.period for s in plan.stands if s.post == "lay-by"]
    assert sorted(standing) == sorted(p.id for p in (problem.periods[0], problem.periods[2]))
    assert audit(problem, plan).ok
    moved = SitingPlan((*plan.stands, changed(plan.stands[0], post="lay-by", period=problem.periods[1].id)))
    assert "rings" in [b.rule for b in audit(problem, moved).breaches]
    bare = SitingPlan(tuple(s for s in plan.stands if s.post != "lay-by"))
    assert [b.rule for b in audit(problem, bare).breaches] == ["rings", "rings"]


def test_one_unbroken_time_needs_no_rings():
    problem = with_times("required", "early").problem
    assert problem.rings == ()
    assert [p.id for p in problem.posts if p.required] == ["lay-by"]
