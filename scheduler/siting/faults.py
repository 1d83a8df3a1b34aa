"""What makes a siting Problem unsound: each check yields sentences that name the offenders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from scheduler.errors import name_some

if TYPE_CHECKING:
    from scheduler.siting.problem import Period, Problem

MOST_SECONDS = 100_000_000
MOST_OBJECTIVE = 2**53


def find_faults(problem: Problem) -> list[str]:
    """Every fault of a Problem, in a fixed order; empty when it is sound."""
    faults = [
        *_ids(problem),
        *_sites(problem),
        *_posts(problem),
        *_arrays(problem),
        *_apart(problem),
        *_rings(problem),
    ]
    for period in problem.periods:
        faults += _period(problem, period)
    faults += _order(problem)
    faults += _levels(problem)
    if not faults:  # only sums of sound numbers say anything
        faults += _size(problem)
    return faults


def _ids(problem: Problem) -> Iterator[str]:
    groups: tuple[tuple[str, Sequence[str]], ...] = (
        ("sites", [s.id for s in problem.sites]),
        ("posts", [p.id for p in problem.posts]),
        ("kinds", [k.id for k in problem.kinds]),
        ("periods", [p.id for p in problem.periods]),
    )
    for what, ids in groups:
        twice = [i for i, n in Counter(ids).items() if n > 1]
        if twice:
            yield f"{what}: ids must be unique, {name_some(twice)} stand more than once. Rename or remove one."
        if any(not i for i in ids):
            yield f"{what}: an id is empty. Give every one of them an id."
    if not problem.periods:
        yield "periods: there is none. A problem needs at least one period."
    if not problem.kinds:
        yield "kinds: there is none. Name at least one kind of unit."


def _say(what: str, ids: Iterable[str], expected: str) -> Iterator[str]:
    every = list(ids)
    if every:
        yield f"{what} {name_some(every)}: {expected}"


def _sites(problem: Problem) -> Iterator[str]:
    sites, n_kinds = problem.sites, len(problem.kinds)
    yield from _say(
        "sites",
        (s.id for s in sites if s.weight <= 0),
        "weight must be above 0; leave out a site of no weight.",
    )
    yield from _say(
        "sites",
        (s.id for s in sites if not 0 < s.standard_s <= MOST_SECONDS),
        f"standard_s must lie in 1..{MOST_SECONDS} seconds.",
    )
    by_kind = [s for s in sites if s.standard_by_kind_s]
    yield from _say(
        "sites",
        (s.id for s in by_kind if len(s.standard_by_kind_s) != n_kinds),
        f"standard_by_kind_s must be empty or hold one standard for each of {n_kinds} kinds.",
    )
    yield from _say(
        "sites",
        (s.id for s in by_kind if any(not 0 < t <= MOST_SECONDS for t in s.standard_by_kind_s)),
        f"standard_by_kind_s must lie in 1..{MOST_SECONDS} seconds.",
    )
    yield from _say(
        "sites",
        (s.id for s in sites if any(not 0 <= k < n_kinds for k in s.kinds)),
        f"kinds must be indices below {n_kinds}.",
    )


def _posts(problem: Problem) -> Iterator[str]:
    posts, n_kinds = problem.posts, len(problem.kinds)
    yield from _say("posts", (p.id for p in posts if p.price < 0), "price must be 0 or more.")
    yield from _say(
        "posts",
        (p.id for p in posts if p.capacity < 1),
        "capacity must be 1 or more; else forbid the post.",
    )
    yield from _say("posts", (p.id for p in posts if p.units < 1), "units must be 1 or more.")
    yield from _say(
        "posts",
        (p.id for p in posts if p.required and p.forbidden),
        "required and forbidden at once. Drop one of the two.",
    )
    yield from _say(
        "posts",
        (p.id for p in posts if p.required and p.units > p.capacity >= 1),
        "required with more units than its capacity holds. Lower units or raise capacity.",
    )
    yield from _say(
        "posts",
        (p.id for p in posts if any(not 0 <= k < n_kinds for k in p.kinds)),
        f"kinds must be indices below {n_kinds}.",
    )
    yield from _say(
        "posts",
        (
            p.id
            for p in posts
            if p.open_s is not None and p.close_s is not None and p.open_s >= p.close_s
        ),
        "open_s must come before close_s.",
    )


def _arrays(problem: Problem) -> Iterator[str]:
    n_points, n_posts = len(problem.point_site), len(problem.posts)
    site = np.asarray(problem.point_site)
    if site.ndim != 1 or (n_points and (site.min() < 0 or site.max() >= len(problem.sites))):
        yield f"point_site: indices below {len(problem.sites)} expected."
    else:
        has = (
            np.bincount(site, minlength=len(problem.sites))
            if n_points
            else np.zeros(len(problem.sites))
        )
        yield from _say(
            "sites",
            (s.id for s, n in zip(problem.sites, has, strict=True) if not n),
            "no point belongs to it; give it one.",
        )
    for number, reach in enumerate(problem.reaches):
        name = f"reaches[{number}]"
        if (
            reach.indptr.shape != (n_posts + 1,)
            or reach.indptr[0] != 0
            or np.any(np.diff(reach.indptr) < 0)
        ):
            yield f"{name}.indptr: {n_posts + 1} ascending numbers from 0 expected, found shape {reach.indptr.shape}."
            continue
        if not len(reach.point) == len(reach.seconds) == reach.indptr[-1]:
            found = f"{len(reach.point)} and {len(reach.seconds)}"
            yield f"{name}: {reach.indptr[-1]} points and seconds expected, found {found}."
            continue
        if not len(reach.point):
            continue
        if reach.point.min() < 0 or reach.point.max() >= n_points:
            yield f"{name}.point: indices below {n_points} expected."
        rises = np.diff(reach.point) > 0
        inner = reach.indptr[1:-1]
        rises[inner[(inner > 0) & (inner < len(reach.point))] - 1] = True
        if not rises.all():
            yield f"{name}.point: must ascend inside each row, without repeats."
        if reach.seconds.min() < 0 or reach.seconds.max() > MOST_SECONDS:
            yield f"{name}.seconds: 0..{MOST_SECONDS} expected; leave out what is out of reach."


def _apart(problem: Problem) -> Iterator[str]:
    n = len(problem.posts)
    wrong = [f"({a}, {b})" for a, b in problem.apart if not (0 <= a < n and 0 <= b < n) or a == b]
    yield from _say("apart", wrong, f"pairs of two different post indices below {n} expected.")
    k = len(problem.kinds)
    wrong = [str(row) for row in problem.apart_alike
             if not (0 <= row[0] < n and 0 <= row[1] < n and 0 <= row[2] < k) or row[0] == row[1]]
    expected = f"two different post indices below {n} and a kind below {k} expected."
    yield from _say("apart_alike", wrong, expected)


def _rings(problem: Problem) -> Iterator[str]:
    n, n_kinds, rings = len(problem.posts), len(problem.kinds), problem.rings
    twice = [i for i, times in Counter(r.id for r in rings).items() if times > 1]
    yield from _say("rings", twice, "ids must be unique.")
    yield from _say(
        "rings",
        (r.id for r in rings if any(not 0 <= j < n for j in r.posts) or len(set(r.posts)) < len(r.posts)),
        f"posts must be different indices below {n}.",
    )
    yield from _say(
        "rings",
        (r.id for r in rings if any(not 0 <= k < n_kinds for k in r.kinds)),
        f"kinds must be indices below {n_kinds}.",
    )
    yield from _say(
        "rings",
        (r.id for r in rings if r.least < 0 or (r.most is not None and r.most < r.least)),
        "0 <= least <= most expected.",
    )
    for period in problem.periods:
        cut = [r.id for r in rings if _straddles(period, r.open_s, r.close_s)]
        yield from _say(f"period {period.id} is cut by the window of rings", cut, "cut the period there.")


def _straddles(period: Period, *cuts: int | None) -> bool:
    return any(cut is not None and period.start_s < cut < period.end_s for cut in cuts)


def _period(problem: Problem, period: Period) -> Iterator[str]:
    name, n_kinds, n_sites = f"period {period.id}", len(problem.kinds), len(problem.sites)
    if period.end_s <= period.start_s:
        yield f"{name}: end_s {period.end_s} must come after start_s {period.start_s}."
    if len(period.reach) != n_kinds:
        yield f"{name}.reach: one reach for each of {n_kinds} kinds expected, found {len(period.reach)}."
    elif any(not 0 <= r < len(problem.reaches) for r in period.reach):
        yield f"{name}.reach: indices below {len(problem.reaches)} expected, found {period.reach}."
    if len(period.stock) != n_kinds:
        yield f"{name}.stock: one number for each of {n_kinds} kinds expected, found {len(period.stock)}."
    elif any(n < 0 for n in period.stock):
        short = [k.id for k, n in zip(problem.kinds, period.stock, strict=True) if n < 0]
        yield f"{name}.stock: below 0 for {name_some(short)}; 0 or more expected."
    if period.active.shape != (n_sites,) or period.active.dtype != np.bool_:
        yield f"{name}.active: bool [{n_sites}] expected, found {period.active.dtype} {period.active.shape}."
    if period.weight is not None:
        if period.weight.shape != (n_sites,):
            yield f"{name}.weight: int64 [{n_sites}] expected, found shape {period.weight.shape}."
        else:
            below = [s.id for s, w in zip(problem.sites, period.weight, strict=True) if w < 0]
            yield from _say(f"{name}.weight of", below, "0 or more expected.")
    if period.most_posts is not None and period.most_posts < 0:
        yield f"{name}.most_posts: 0 or more expected, found {period.most_posts}."
    straddle = [
        p.id
        for p in problem.posts
        if _straddles(period, p.open_s, p.close_s)
    ]
    yield from _say(f"{name} is cut by the window of posts", straddle, "cut the period there.")


def _order(problem: Problem) -> Iterator[str]:
    for before, after in zip(problem.periods, problem.periods[1:], strict=False):
        if after.start_s < before.end_s:
            yield f"periods {before.id}, {after.id}: they overlap or are not in the order of time."


def _levels(problem: Problem) -> Iterator[str]:
    from scheduler.siting.problem import LEVELS

    unknown = [name for name in problem.levels if name not in LEVELS]
    yield from _say("levels", unknown, f"a selection from {', '.join(LEVELS)} expected.")
    if not problem.levels:
        yield f"levels: there is none. Name at least one of {', '.join(LEVELS)}."
    if len(set(problem.levels)) != len(problem.levels):
        yield "levels: each may stand once only."
    if problem.move_price < 0:
        yield f"move_price: 0 or more expected, found {problem.move_price}."
    if problem.late_s is not None and not 0 < problem.late_s <= MOST_SECONDS:
        yield f"late_s: 1..{MOST_SECONDS} seconds expected, found {problem.late_s}."


def _size(problem: Problem) -> Iterator[str]:
    weight = sum(int(problem.weights(p).sum()) for p in range(len(problem.periods)))
    if weight * problem.longest_s > MOST_OBJECTIVE:
        heavy = sorted(problem.sites, key=lambda s: -s.weight)
        yield (
            f"weights add up to {weight}, too much to be summed with seconds without loss (the heaviest are "
            f"{name_some(s.id for s in heavy[:3])}). Scale the weights down."
        )
    price = sum(p.price + problem.move_price for p in problem.posts) * len(problem.periods)
    if price > MOST_OBJECTIVE:
        yield f"prices add up to {price}, too much to be summed. Scale them down."
