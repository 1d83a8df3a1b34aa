"""Wide covers: bounds by regions hold whatever the prices, and cooling ends at good choices."""

from dataclasses import replace
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.outcome import Limits, Status
from scheduler.siting import apart, branch, climb
from scheduler.siting.anneal import anneal
from scheduler.siting.apart import Rounds, bound_and_plan
from scheduler.siting.branch import Tree
from scheduler.siting.engine import Budget, Engine
from scheduler.siting.lagrange import value_of
from scheduler.siting.problem import Site
from scheduler.siting.regions import price_of_a_post, split
from scheduler.siting.solve import solve
from scheduler.siting.table import table_of


def cover_table(rows, weights, n, most):
    """A covering table from the columns of each site."""
    pairs = [(c, s) for s, row in enumerate(rows) for c in row]
    column, site = (np.array(its, dtype=np.int64) for its in zip(*pairs, strict=True))
    cost = np.zeros(len(pairs), dtype=np.int64)
    return table_of(column, site, cost, np.array(weights, dtype=np.int64), n, most)


def best_of(table):
    return min(value_of(table, np.array(c)) for c in combinations(range(table.n), table.n_columns))


def least_in(table, region):
    """``V_r`` by trying every choice of the region's columns."""
    its = []
    for on in product((0, 1), repeat=len(region.columns)):
        chosen = region.columns[np.array(on, dtype=bool)]
        reached = {
            s for c in chosen for s in table.site[table.indptr[c] : table.indptr[c + 1]].tolist()
        }
        bare = sum(int(table.bare[f]) for f in region.families.tolist() if f not in reached)
        its.append(bare + int(region.price @ np.array(on, dtype=np.int64)))
    return min(its)


@st.composite
def tables(draw):
    n = draw(st.integers(3, 7))
    rows = draw(st.lists(st.sets(st.integers(0, n - 1), min_size=1, max_size=4), min_size=3, max_size=8))
    weights = [draw(st.integers(1, 9)) for _ in rows]
    return cover_table(rows, weights, n, draw(st.integers(1, n - 1)))


@given(table=tables(), data=st.data(), of_a_region=st.integers(1, 4))
def test_any_prices_and_any_regions_bound_the_optimum(table, data, of_a_region):
    lam = np.array([data.draw(st.integers(0, int(w))) for w in table.bare], dtype=np.int64)
    regions, mu = split(table, lam, of_a_region)
    assert sorted(f for r in regions for f in r.families.tolist()) == list(range(len(table.bare)))
    paid = np.zeros(table.n, dtype=np.int64)
    for r in regions:
        paid[r.columns] += r.price
    assert (paid <= mu).all()
    values = [least_in(table, r) for r in regions]
    assert sum(values) - mu * table.n_columns <= best_of(table)
    assert all(r.trivial <= v for r, v in zip(regions, values, strict=True))
    rho = np.sort([-int(lam[table.site[a:b]].sum()) for a, b in zip(table.indptr, table.indptr[1:], strict=False)])
    relaxation = int(lam.sum() + rho[: table.n_columns].sum())
    assert sum(r.trivial for r in regions) - mu * table.n_columns == relaxation


def choice_value(table, region, on):
    """What a choice of the region's columns costs."""
    chosen = region.columns[on > 0]
    reached = {s for c in chosen for s in table.site[table.indptr[c] : table.indptr[c + 1]].tolist()}
    bare = sum(int(table.bare[f]) for f in region.families.tolist() if f not in reached)
    return bare + int(region.price[on > 0].sum())


@given(table=tables(), seed=st.integers(0, 999), of_a_region=st.integers(2, 7), tol=st.sampled_from([0.5, 2.0, 5.0]))
def test_a_region_is_solved_to_its_end_and_bounded_at_every_stop(table, seed, of_a_region, tol):
    draw = np.random.default_rng(seed)
    lam = draw.integers(0, table.bare + 1)
    regions, mu = split(table, lam, of_a_region)
    for its in regions:
        prices = draw.integers(-3, 10, len(its.columns))
        region = replace(its, price=prices, trivial=int(np.minimum(0, prices).sum()))
        value = least_in(table, region)
        tree = Tree(table, region, np.array([0]), lam, mu, tol, seed=0, moves=1 + 299 * (seed % 2))
        stops = iter([True] * (seed % 4))
        tree.run(lambda stops=stops: next(stops, False))
        assert tree.least <= value
        assert choice_value(table, region, tree.on) >= value
        tree.run(lambda: True)
        assert value - tol <= tree.least <= value
        assert choice_value(table, region, tree.on) <= tree.least + tol


def test_a_region_that_needs_many_nodes_keeps_its_bound_when_there_is_no_more_room(monkeypatch):
    """Sixty sites of three columns each, all alike: bounds stay apart from values for long."""
    draw = np.random.default_rng(3)
    rows = [tuple(draw.choice(14, 3, replace=False)) for _ in range(60)]
    table = cover_table(rows, [10] * 60, 14, 4)
    region = split(table, np.full(60, 10), 14)[0][0]
    region = replace(region, price=np.full(14, 70, dtype=np.int64), trivial=0)
    value = least_in(table, region)
    whole = Tree(table, region, np.array([0]), np.full(60, 5), 70, 0.5, seed=0, moves=1)
    whole.run(lambda: True)
    assert whole.least == value
    assert whole.info[3] > 10
    monkeypatch.setattr(branch, "BYTES", 0)
    small = Tree(table, region, np.array([0]), np.full(60, 5), 70, 0.5, seed=0, moves=1)
    small.run(lambda: True)
    assert small.info[3] < whole.info[3]
    assert 0 < small.least < value


@given(table=tables(), seed=st.integers(0, 999), of_a_region=st.integers(1, 3))
def test_every_round_bounds_the_optimum_and_pays_no_more_than_a_post(table, seed, of_a_region):
    draw = np.random.default_rng(seed)
    lam = draw.integers(0, table.bare + 1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(apart, "split", lambda t, its: split(t, its, of_a_region))
        patch.setattr(branch, "MOVES", 1)
        rounds = Rounds(table, lam, np.arange(table.n_columns), Budget(Limits(work=5)), 0, 1, None)
    best = best_of(table)
    for _ in range(4):
        mu, whole = rounds._whole()
        assert (whole.sum(axis=1) <= mu).all()
        assert rounds._round() <= best <= rounds.upper == value_of(table, rounds.chosen)
        rounds._turn(draw.uniform(0.1, 20))


PAIRS = cover_table(list(combinations(range(4), 2)), [6] * 6, 4, 2)
"""Six sites, each between two of four columns; two columns leave one site bare, halves of all four leave none."""


def test_whole_numbers_in_a_region_close_what_the_relaxation_leaves():
    lam = np.full(6, 2, dtype=np.int64)
    assert price_of_a_post(PAIRS, lam) == 6
    (region,), mu = split(PAIRS, lam, 4)
    assert (region.trivial - mu * 2, least_in(PAIRS, region) - mu * 2) == (0, 6)
    assert best_of(PAIRS) == 6


@pytest.mark.parametrize("workers", [1, 2])
def test_the_bound_and_the_plan_together(workers):
    budget = Budget(Limits(work=5))
    engine = Engine(budget, 0)
    lam = np.full(6, 2, dtype=np.int64)
    least, chosen = bound_and_plan(
        PAIRS, np.array([0, 1]), lam, 0, budget, engine, workers, 1.0, lambda _visits: True
    )
    engine.close()
    assert len(chosen) == 2
    assert 0 <= least <= value_of(PAIRS, chosen) == 6


@given(table=tables(), seed=st.integers(0, 9))
def test_cooling_ends_at_the_best_choice_of_a_tiny_table(table, seed):
    begin = np.arange(table.n_columns)
    found = anneal(table, begin, 5, seed=seed, seconds=None, keep_on=lambda _visits: True, visits=2_000_000)
    assert len(set(found.tolist())) == table.n_columns
    assert value_of(table, found) == best_of(table)


def test_a_wide_cover_is_bounded_and_its_plan_keeps_the_rules(siting, monkeypatch):
    monkeypatch.setattr(climb, "WIDE", 0)
    table = [[9 if abs(2 * j - s) > 3 else 1 for s in range(24)] for j in range(12)]
    sites = tuple(Site(f"S{s}", 1 + s % 5, 5) for s in range(24))
    best = min(
        sum(1 + s % 5 for s in range(24) if all(table[j][s] > 5 for j in three))
        for three in combinations(range(12), 3)
    )
    problem = siting.make(table, sites=sites, stock=3, levels=("bare",))
    one, two = (solve(problem, limits=Limits(work=20)) for _ in range(2))
    assert one.plan == two.plan
    assert one.levels == two.levels
    (level,) = one.levels
    assert level.value == best
    assert level.bound <= best
    assert one.status is (Status.OPTIMAL if level.bound == best else Status.FEASIBLE)
    close = siting.make(table, sites=sites, stock=3, levels=("bare",), apart=((2, 5), (5, 9), (3, 6)))
    with_rules = solve(close, limits=Limits(work=20)).levels[0]
    assert with_rules.value >= best
    assert with_rules.bound <= with_rules.value
