"""Every level and combination against all plans of tiny problems."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from scheduler.outcome import Limits, Status
from scheduler.siting import climb, core
from scheduler.siting.audit import audit, values_in
from scheduler.siting.layout import views
from scheduler.siting.problem import LEVELS, Kind, Period, Post, Problem, Ring, Site, dense_reach
from scheduler.siting.solve import solve
from scheduler.siting.swap import swap
from scheduler.siting.units import from_plan, to_plan

NEVER = 9


@st.composite
def rings(draw, n_posts, n_kinds):
    """Often none; else one ring of some posts with a least, sometimes a most, a kind or a window."""
    if draw(st.integers(0, 2)):
        return ()
    least = draw(st.integers(0, 2))
    return (
        Ring(
            "core",
            tuple(sorted(draw(st.sets(st.integers(0, n_posts - 1), min_size=1)))),
            least,
            draw(st.sampled_from([None, least, least + 1])),
            draw(st.sampled_from([(), (n_kinds - 1,)])),
            draw(st.sampled_from([None, 10])),
        ),
    )


@st.composite
def problems(draw):
    """Two to four posts, one to three sites, one or two kinds, one or two periods; limits are hit exactly."""
    n_posts, n_kinds = draw(st.sampled_from([(2, 1), (3, 1), (4, 1), (2, 2), (3, 2)]))
    n_periods = draw(st.integers(1, 2))
    few = st.integers(0, n_kinds - 1)
    n_sites = draw(st.integers(1, 3))
    tiers = st.one_of(st.just(()), st.lists(st.integers(1, 6), min_size=n_kinds, max_size=n_kinds))
    sites = tuple(
        Site(
            f"S{s}",
            draw(st.integers(1, 4)),
            draw(st.integers(1, 5)),
            must=draw(st.booleans()),
            backup=draw(st.booleans()),
            kinds=draw(st.sampled_from([(), (), (0,), (n_kinds - 1,)])),
            standard_by_kind_s=tuple(draw(tiers)),
        )
        for s in range(n_sites)
    )
    point_site = [*range(n_sites), *draw(st.lists(st.integers(0, n_sites - 1), max_size=2))]
    posts = tuple(
        Post(
            f"P{j}",
            price=draw(st.integers(0, 2)),
            capacity=draw(st.integers(1, 2)),
            kinds=draw(st.sampled_from([(), (), (draw(few),)])),
            required=draw(st.integers(0, 5)) == 0,
            existing=draw(st.booleans()),
            open_s=draw(st.sampled_from([None, None, 10])),
        )
        for j in range(n_posts)
    )
    posts = tuple(
        Post(
            p.id, p.price, p.capacity, p.kinds, p.required, not p.required and draw(st.integers(0, 5)) == 0,
            p.existing, draw(st.integers(1, p.capacity)), p.open_s,
            draw(st.sampled_from([None, None, None, 10])) if p.open_s is None else None,
        )
        for p in posts
    )  # fmt: skip
    seconds = st.integers(0, NEVER)
    tables = [
        np.array(draw(st.lists(st.lists(seconds, min_size=len(point_site), max_size=len(point_site)),
                               min_size=n_posts, max_size=n_posts)))
        for _ in range(n_kinds)
    ]  # fmt: skip
    periods = tuple(
        Period(
            f"T{p}",
            p * 10,
            p * 10 + 10,
            tuple(draw(st.permutations(range(n_kinds)))),
            np.array([draw(st.booleans()) or s == 0 for s in range(n_sites)]),
            tuple(draw(st.integers(0, 3)) for _ in range(n_kinds)),
            draw(st.sampled_from([None, None, 1, 2])),
            draw(st.sampled_from([None, np.arange(n_sites)])),
        )
        for p in range(n_periods)
    )
    levels = tuple(name for name in LEVELS if draw(st.integers(0, 3)))
    if draw(st.integers(0, 4)) == 0:
        levels = tuple(draw(st.permutations(levels)))
    return Problem(
        sites,
        posts,
        (Kind("car"), Kind("foot", responds=draw(st.booleans())))[:n_kinds],
        periods,
        tuple(dense_reach(t, t < NEVER) for t in tables),
        np.array(point_site, dtype=np.int32),
        apart=draw(st.sampled_from([(), (), ((0, 1),)])),
        levels=levels or ("bare",),
        move_price=draw(st.integers(0, 2)),
        late_s=draw(st.sampled_from([None, None, 4, 12])),
        rings=draw(rings(n_posts, n_kinds)),
        apart_alike=draw(st.sampled_from([(), (), ((0, 1, n_kinds - 1),), ((0, n_posts - 1, 0),)])),
    )


@given(problem=problems())
def test_the_engine_finds_and_proves_the_optimum(siting, problem):
    best = siting.brute(problem)
    outcome = solve(problem, limits=Limits(work=20))
    if best is None:
        assert outcome.status is Status.INFEASIBLE
        assert outcome.plan is None
        assert "impossible" in outcome.note
        return
    assert outcome.status is Status.OPTIMAL
    found = audit(problem, outcome.plan)
    assert found.ok, found.breaches
    assert tuple(value for _, value in found.levels) == best
    assert tuple(level.value for level in outcome.levels) == best
    assert tuple(level.bound for level in outcome.levels) == best
    assert all(level.proven and not level.conditional for level in outcome.levels)


@given(problem=problems(), data=st.data())
def test_the_audit_counts_as_plain_loops_do(siting, problem, data):
    units = {}
    ways = []
    for p in range(len(problem.periods)):
        options = list(siting.lawful(problem, p))
        if not options:
            return
        ways.append(data.draw(st.sampled_from(options)))
        units |= {(j, p, k): n for (j, k), n in ways[-1].items()}
    found = audit(problem, siting.plan_of(problem, units))
    assert found.ok, found.breaches
    sums = dict.fromkeys(LEVELS, 0)
    before = {j for j, post in enumerate(problem.posts) if post.existing}
    for p, way in enumerate(ways):
        for name, value in siting.naive_levels(problem, p, way).items():
            sums[name] += value
        now = {j for j, _ in way}
        sums["posts"] += problem.move_price * len(now - before)
        before = now
    assert dict(found.levels) == {name: sums[name] for name in problem.levels}


@given(problem=problems())
def test_a_core_that_must_grow_ends_at_the_same_optimum(siting, problem):
    before = core.RANKS, core.SLACK, climb.LONE
    core.RANKS, core.SLACK, climb.LONE = 1, 1.0, ()  # no table: all through the radius form
    try:
        outcome = solve(problem, limits=Limits(work=20))
    finally:
        core.RANKS, core.SLACK, climb.LONE = before
    best = siting.brute(problem)
    assert outcome.status is (Status.INFEASIBLE if best is None else Status.OPTIMAL)
    assert best is None or tuple(level.value for level in outcome.levels) == best
    assert best is None or tuple(level.bound for level in outcome.levels) == best


@given(problem=problems(), seed=st.integers(0, 9))
def test_exchanges_for_a_better_response_are_lawful_and_cost_no_other_level(problem, seed):
    outcome = solve(problem, limits=Limits(work=20))
    if outcome.plan is None:
        return
    units = from_plan(problem, outcome.plan)
    for view in views(problem):
        tried = swap(problem, view, units, seed=seed, n_moves=100, keep_on=lambda _visits: True)
        assert audit(problem, to_plan(problem, tried)).ok
        inside = list(view.periods)
        for name in ("must_bare", "bare", "single", "response"):
            assert values_in(problem, tried, name, inside) <= values_in(problem, units, name, inside)
