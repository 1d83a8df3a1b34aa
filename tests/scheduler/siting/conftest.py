"""Tiny siting problems, and a second, naive count of their levels that shares nothing with the engine."""

from collections.abc import Callable, Iterator
from itertools import product

import numpy as np
import pytest

from scheduler.siting.plan import SitingPlan, Stand
from scheduler.siting.problem import Kind, Period, Post, Problem, Site, dense_reach

NEVER = 99


def make(
    table,
    *,
    sites=None,
    posts=None,
    kinds=("car",),
    periods=1,
    stock=9,
    active=None,
    most_posts=None,
    standard=5,
    point_site=None,
    tables=None,
    **more,
):
    """A Problem from a table of seconds [posts][points]; NEVER marks pairs out of reach."""
    tables = [np.asarray(t) for t in (tables or [table] * len(kinds))]
    n_posts, n_points = tables[0].shape
    point_site = list(range(n_points)) if point_site is None else point_site
    n_sites = max(point_site) + 1
    sites = sites or tuple(Site(f"S{s}", 1, standard) for s in range(n_sites))
    posts = posts or tuple(Post(f"P{j}", capacity=len(kinds)) for j in range(n_posts))
    kinds = tuple(k if isinstance(k, Kind) else Kind(k) for k in kinds)
    stock = [stock] * periods if not isinstance(stock, list) else stock
    rows = [True] * n_sites if active is None else active
    rows = rows if isinstance(rows[0], list) else [rows] * periods
    return Problem(
        sites=sites,
        posts=posts,
        kinds=kinds,
        periods=tuple(
            Period(
                f"T{p}",
                p * 10,
                p * 10 + 10,
                tuple(range(len(kinds))),
                np.array(rows[p], dtype=bool),
                stock[p] if isinstance(stock[p], tuple) else (stock[p],) * len(kinds),
                most_posts,
            )
            for p in range(periods)
        ),
        reaches=tuple(dense_reach(t, t < NEVER) for t in tables),
        point_site=np.array(point_site, dtype=np.int32),
        **more,
    )


def plan_of(problem: Problem, units: dict[tuple[int, int, int], int]) -> SitingPlan:
    """A plan from indices ``(post, period, kind)``."""
    return SitingPlan(
        tuple(
            sorted(
                Stand(problem.posts[j].id, problem.periods[p].id, problem.kinds[k].id, n)
                for (j, p, k), n in units.items()
            )
        )
    )


def seconds_of(problem: Problem, p: int, j: int, k: int, point: int) -> int | None:
    reach = problem.reaches[problem.periods[p].reach[k]]
    for at in range(reach.indptr[j], reach.indptr[j + 1]):
        if reach.point[at] == point:
            return int(reach.seconds[at])
    return None


def naive_levels(problem: Problem, p: int, units: dict[tuple[int, int], int]) -> dict[str, int]:
    """Levels of one period but for moving, by plain loops over ``(post, kind) -> units``."""
    period = problem.periods[p]
    late = problem.late_s
    if late is None:
        late = 1 + max(int(t) for r in problem.reaches for t in [0, *r.seconds])
    out = dict.fromkeys(("must_bare", "bare", "single", "posts", "response"), 0)
    for s, site in enumerate(problem.sites):
        if not period.active[s]:
            continue
        weight = int(period.weight[s]) if period.weight is not None else site.weight
        firsts, in_time = [], []
        for point in [q for q in range(len(problem.point_site)) if problem.point_site[q] == s]:
            times, quick = [], set()
            for (j, k), n in units.items():
                if n and problem.kinds[k].responds and (not site.kinds or k in site.kinds):
                    t = seconds_of(problem, p, j, k, point)
                    if t is not None:
                        times.append(t)
                        within = site.standard_by_kind_s[k] if site.standard_by_kind_s else site.standard_s
                        quick |= {j} if t <= within else set()
            firsts.append(min(times, default=None))
            in_time.append(len(quick))
        bare = min(in_time) < 1
        out["bare"] += weight * bare
        out["must_bare"] += weight * (bare and site.must)
        out["single"] += weight * (site.backup and min(in_time) < 2)
        out["response"] += weight * max(late if t is None else min(t, late) for t in firsts)
    out["posts"] = sum(problem.posts[j].price for j in {j for (j, _), n in units.items() if n})
    return out


def lawful(problem: Problem, p: int) -> Iterator[dict[tuple[int, int], int]]:
    """Every lawful way to man one period."""
    period, n_kinds = problem.periods[p], len(problem.kinds)
    choices = []
    for post in problem.posts:
        inside = (post.open_s is None or post.open_s <= period.start_s) and (
            post.close_s is None or period.end_s <= post.close_s
        )
        options = []
        for mix in product(range(post.capacity + 1), repeat=n_kinds):
            allowed = all(not n or (inside and not post.forbidden) for n in mix) and all(
                not n or not post.kinds or k in post.kinds for k, n in enumerate(mix)
            )
            enough = not (post.required and inside) or sum(mix) >= post.units
            if allowed and enough and sum(mix) <= post.capacity:
                options.append(mix)
        choices.append(options)
    for mixes in product(*choices):
        if any(sum(mix[k] for mix in mixes) > period.stock[k] for k in range(n_kinds)):
            continue
        opened = [any(mix) for mix in mixes]
        if period.most_posts is not None and sum(opened) > period.most_posts:
            continue
        if any(opened[a] and opened[b] for a, b in problem.apart):
            continue
        if any(mixes[a][k] and mixes[b][k] for a, b, k in problem.apart_alike):
            continue
        if not all(_ring_kept(ring, period, mixes) for ring in problem.rings):
            continue
        yield {(j, k): n for j, mix in enumerate(mixes) for k, n in enumerate(mix) if n}


def _ring_kept(ring, period, mixes) -> bool:
    if ring.open_s is not None and period.start_s < ring.open_s:
        return True
    if ring.close_s is not None and period.end_s > ring.close_s:
        return True
    found = sum(n for j in ring.posts for k, n in enumerate(mixes[j]) if not ring.kinds or k in ring.kinds)
    return found >= ring.least and (ring.most is None or found <= ring.most)


def brute(problem: Problem) -> tuple[int, ...] | None:
    """The best tuple of levels over all plans; None where no lawful plan exists."""
    best: dict[frozenset[int], list[int]] = {}
    existing = frozenset(j for j, post in enumerate(problem.posts) if post.existing)
    best[existing] = [0] * len(problem.levels)
    for p in range(len(problem.periods)):
        ways: dict[frozenset[int], set[tuple[int, ...]]] = {}
        for units in lawful(problem, p):
            levels = naive_levels(problem, p, units)
            opened = frozenset(j for j, _ in units)
            ways.setdefault(opened, set()).add(tuple(levels[name] for name in problem.levels))
        following: dict[frozenset[int], list[int]] = {}
        for before, so_far in best.items():
            for opened, values in ways.items():
                moved = problem.move_price * len(opened - before)
                for value in values:
                    total = [
                        a + b + (moved if name == "posts" else 0)
                        for a, b, name in zip(so_far, value, problem.levels, strict=True)
                    ]
                    if opened not in following or total < following[opened]:
                        following[opened] = total
        best = following
    return tuple(min(best.values())) if best else None


@pytest.fixture(scope="session")
def siting() -> Callable:
    """The makers above, since test files import nothing from each other."""

    class Tools:
        pass

    tools = Tools()
    for name, value in globals().items():
        if not name.startswith("_") and name not in {"pytest", "siting"}:
            setattr(tools, name, value)
    return tools
