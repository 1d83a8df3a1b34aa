"""Compile the kernels once, or load what was compiled: the first search of a day then need not wait for them."""

from __future__ import annotations

import numpy as np

from scheduler.siting import lagrange
from scheduler.siting.anneal import anneal
from scheduler.siting.branch import Tree
from scheduler.siting.fewcover import few_cover
from scheduler.siting.layout import views
from scheduler.siting.problem import Kind, Period, Post, Problem, Site, dense_reach
from scheduler.siting.regions import split
from scheduler.siting.swap import swap
from scheduler.siting.table import table_of


def warm_up() -> None:
    """Run every kernel on a table of four columns and four sites, so that numba compiles and keeps them."""
    seconds = np.array([[0, 3, 5, 9], [3, 0, 4, 7], [5, 4, 0, 2], [9, 7, 2, 0]], dtype=np.int64)
    column, site = np.nonzero(seconds >= 0)
    bare = np.full(4, 20, dtype=np.int64)
    table = table_of(column, site, seconds[column, site], bare, 4, 2)
    start = np.zeros(0, dtype=np.int64)
    chosen = lagrange.exchange(table, start)
    found = lagrange.bound(table, chosen)
    lagrange.prove(table, found, lagrange.value_of(table, chosen), lambda _visits: True)
    few_cover(table)
    anneal(table, chosen, 1.0, seed=0, seconds=None, keep_on=lambda _visits: True, visits=1)
    (region,), mu = split(table, bare, 4)
    Tree(table, region, chosen, bare, mu, 0.5, seed=0, moves=1).run(lambda: True)
    problem = Problem(
        sites=tuple(Site(f"s{s}", 1, 9) for s in range(4)),
        posts=tuple(Post(f"p{j}") for j in range(4)),
        kinds=(Kind("unit"),),
        periods=(Period("all", 0, 1, (0,), np.ones(4, dtype=bool), (2,)),),
        reaches=(dense_reach(seconds),),
        point_site=np.arange(4, dtype=np.int32),
    )
    view = views(problem)[0]
    swap(problem, view, {(0, 0, 0): 1, (1, 0, 0): 1}, seed=0, n_moves=1, keep_on=lambda _visits: True)
