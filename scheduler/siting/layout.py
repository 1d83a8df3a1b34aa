"""A Problem as the solvers want it: like periods in one view, usable columns, reach pairs, merged rows.

A *column* is a (post, kind) that may stand; a *pair* says that a column reaches a point in so many seconds;
a *family* is the set of cover rows of one site (one row a point, without rows that another row implies).
Sites of the same family are covered or bare together, so they become one class with added weights.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scheduler.siting.problem import Problem
from scheduler.siting.rules import load


@dataclass(frozen=True)
class Family:
    """Sites that are covered or bare together in a view.

    ``rows`` are column indices, one tuple a point; ``weights`` are the added weights by covering level
    (``must_bare``, ``bare``, ``single``).
    """

    rows: tuple[tuple[int, ...], ...]
    must: int
    bare: int
    single: int


@dataclass(frozen=True)
class View:
    """Consecutive like periods, solved as one.

    Attributes
    ----------
    periods
        Indices of the periods.
    post, kind, most
        int64 ``[n_columns]``: post and kind of each column, and the most units worth standing there.
    site
        int64 ``[n_active]``: active sites with a weight above 0.
    pair_point, pair_column, pair_s
        int64 ``[n_pairs]``, by point, then seconds, then column.
    """

    periods: tuple[int, ...]
    post: NDArray[np.int64]
    kind: NDArray[np.int64]
    most: NDArray[np.int64]
    weight: NDArray[np.int64]
    site: NDArray[np.int64]
    pair_point: NDArray[np.int64]
    pair_column: NDArray[np.int64]
    pair_s: NDArray[np.int64]
    in_time: NDArray[np.bool_]
    families: tuple[Family, ...]
    alike: bytes

    @property
    def n_periods(self) -> int:
        """How many periods the view stands for."""
        return len(self.periods)


def views(problem: Problem) -> tuple[View, ...]:
    """Views of a Problem in the order of time.

    Consecutive periods with the same columns, pairs, weights and limits are one view: making the worse of
    two like neighbours a copy of the better never costs anything, on no level (moving included, since the
    number of openings obeys the triangle inequality).
    """
    found: list[View] = []
    for p in range(len(problem.periods)):
        view = view_of(problem, p)
        if found and found[-1].alike == view.alike:
            last = found.pop()
            view = View(**{**last.__dict__, "periods": (*last.periods, p)})
        found.append(view)
    return tuple(found)


def view_of(problem: Problem, p: int) -> View:
    """The view of one period."""
    period, weight = problem.periods[p], problem.weights(p)
    usable = _usable(problem, p)
    needed = _needed(problem)
    responds = np.array([kind.responds for kind in problem.kinds], dtype=bool)
    may = np.zeros((len(problem.kinds), len(problem.sites)), dtype=bool)
    for s, site in enumerate(problem.sites):
        may[list(site.kinds) if site.kinds else slice(None), s] = True
    may &= responds[:, None] & (weight > 0)[None, :]
    lists = [_reached(problem, p, k, usable[:, k], may[k]) for k in range(len(problem.kinds))]
    post_at, kind_at, point, seconds = (np.concatenate(parts) for parts in zip(*lists, strict=True))
    reaches = np.zeros_like(usable)
    reaches[post_at, kind_at] = True
    post, kind = np.nonzero(usable & (reaches | needed[:, None]))
    column = np.full(usable.shape, -1, dtype=np.int64)
    column[post, kind] = np.arange(len(post))
    pair_column = column[post_at, kind_at]
    order = np.lexsort((pair_column, seconds, point))
    point, pair_column, seconds = point[order], pair_column[order], seconds[order]
    in_time = seconds <= problem.standards()[kind[pair_column], problem.point_site[point]]
    units = np.array([post.units if post.required else 1 for post in problem.posts], dtype=np.int64)
    for ring in problem.rings:  # a ring counts units, so its posts may hold as many as they can
        units[list(ring.posts)] = [problem.posts[j].capacity for j in ring.posts]
    rings = [
        (ring.open_s is None or ring.open_s <= period.start_s)
        and (ring.close_s is None or period.end_s <= ring.close_s)
        for ring in problem.rings
    ]
    most = np.minimum(units[post], np.asarray(period.stock, dtype=np.int64)[kind])
    heavy = np.flatnonzero(weight > 0)
    families = _families(problem, weight, heavy, point[in_time], pair_column[in_time])
    parts = (post, kind, weight, point, pair_column, seconds, np.asarray(period.stock))
    alike = (
        b"|".join(a.tobytes() for a in parts) + repr((period.most_posts, usable.tobytes(), rings)).encode()
    )
    return View(
        (p,), post, kind, most, weight, heavy, point, pair_column, seconds, in_time, families, alike
    )


def _usable(problem: Problem, p: int) -> NDArray[np.bool_]:
    """Columns (bool ``[n_posts, n_kinds]``) that the rules and the stock leave."""
    table = np.ones((len(problem.posts), len(problem.kinds)), dtype=bool)
    for rule in load().values():
        if hasattr(rule, "fits"):
            table &= rule.fits(problem, p)
    responds = np.array([kind.responds for kind in problem.kinds], dtype=bool)
    table &= (responds[None, :] | _needed(problem)[:, None]) & (
        np.asarray(problem.periods[p].stock) > 0
    )[None, :]
    return table


def _needed(problem: Problem) -> NDArray[np.bool_]:
    """Tell, as bool ``[n_posts]``, where even units that answer for nobody may be worth their place.

    That is at required posts, in rings that keep a least number, and where standing through a period
    is cheaper than opening again after it.
    """
    linked = "posts" in problem.levels
    ringed = {j for ring in problem.rings if ring.least for j in ring.posts}
    return np.array(
        [
            post.required or j in ringed or (linked and post.price < problem.move_price)
            for j, post in enumerate(problem.posts)
        ],
        dtype=bool,
    )


def _reached(
    problem: Problem, p: int, kind: int, usable: NDArray[np.bool_], may: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    reach = problem.reaches[problem.periods[p].reach[kind]]
    post = np.repeat(np.arange(len(problem.posts)), np.diff(reach.indptr))
    keep = usable[post] & may[problem.point_site[reach.point]]
    post = post[keep]
    return (
        post,
        np.full(len(post), kind, dtype=np.int64),
        reach.point[keep].astype(np.int64),
        reach.seconds[keep].astype(np.int64),
    )


def _families(
    problem: Problem,
    weight: NDArray[np.int64],
    site: NDArray[np.int64],
    point: NDArray[np.int64],
    column: NDArray[np.int64],
) -> tuple[Family, ...]:
    order = np.lexsort((column, point))
    point, column = point[order], column[order]
    start = np.searchsorted(point, np.arange(len(problem.point_site) + 1))
    points_of: list[list[int]] = [[] for _ in problem.sites]
    for k, s in enumerate(problem.point_site.tolist()):
        points_of[s].append(k)
    merged: dict[tuple[tuple[int, ...], ...], list[int]] = {}
    for s in site.tolist():
        rows = {tuple(column[start[k] : start[k + 1]].tolist()) for k in points_of[s]}
        if len(rows) > 1:
            sets = sorted(rows, key=lambda row: (len(row), row))
            kept: list[tuple[int, ...]] = []
            for row in sets:  # a row that contains another's columns is kept whenever that one is
                if not any(set(small) <= set(row) for small in kept):
                    kept.append(row)
            rows = set(kept)
        sums = merged.setdefault(tuple(sorted(rows)), [0, 0, 0])
        its, w = problem.sites[s], int(weight[s])
        sums[0] += w * its.must
        sums[1] += w
        sums[2] += w * its.backup
    return tuple(Family(rows, *sums) for rows, sums in merged.items())
