"""Better plans out of whole rosters: part of a plan is freed and built anew along the relaxation of that part.

With the rest as it stands the linking rows have less left to ask. A part's relaxation also says at once when it holds
no better plan. Parts are some people's whole rosters, some days of many people, or whatever the relaxation of
everything would do otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scheduler.roster.columns.dive import Dive, Task
from scheduler.roster.columns.generate import Pricing
from scheduler.roster.columns.held import Held
from scheduler.roster.columns.insert import Bench, draw_people
from scheduler.roster.columns.master import Column, Floats
from scheduler.roster.linear import Ints

_MOST_COLUMNS = 40

Pool = dict[int, list[Column]]


@dataclass(frozen=True)
class Part:
    """People whose rosters are free, and the duties of theirs that stay all the same."""

    people: tuple[int, ...]
    fixed: dict[int, frozenset[int]]


@dataclass(frozen=True)
class Tried:
    """What came out of one part: rosters (None: nothing better), deterministic seconds, and the part's own bound."""

    rosters: dict[int, Column] | None
    work: float
    first: int | None
    seen: tuple[Column, ...]


def draw(
    pricing: Pricing, bench: Bench, likely: Floats, regret: Floats, rng: np.random.Generator, size: int
) -> Part:
    """A part of about so many people's work; people who pay most for the plan at hand come first.

    ``likely`` is the relaxation's share of each duty, ``regret`` what each person's roster costs above their best at
    the relaxation's prices.
    """
    n = len(pricing.own)
    kind = int(rng.integers(4)) if n > 2 else 0
    if kind <= 1:
        return Part(_people(bench.related, regret, rng, min(size, n)), {})
    if kind == 2:
        return _days(pricing, bench, regret, rng, size)
    people = _people(bench.related, regret, rng, min(3 * size, n))
    share = float(rng.choice([0.5, 0.8]))
    fixed = {
        p: frozenset(x for x in bench.roster[p].tolist() if likely[x] > 0.5 and rng.random() < share)
        for p in people
    }
    return Part(people, fixed)


def _people(
    related: NDArray[np.float32], regret: Floats, rng: np.random.Generator, k: int
) -> tuple[int, ...]:
    """The first by regret, the others by how much they share with the first, and by regret."""
    n = len(regret)
    if k >= n:
        return tuple(range(n))
    if rng.random() < 0.3:
        return tuple(sorted(draw_people(related, rng, k, int(rng.integers(2)))))
    weight = regret + max(1.0, float(regret.max())) * 0.05
    lead = int(rng.choice(n, p=weight / weight.sum()))
    weight = weight * (related[lead] + 1e-3)
    weight[lead] = 0.0
    others = rng.choice(n, size=k - 1, replace=False, p=weight / weight.sum())
    return tuple(sorted([lead, *(int(p) for p in others)]))


def _days(
    pricing: Pricing, bench: Bench, regret: Floats, rng: np.random.Generator, size: int
) -> Part:
    """A stretch of time, shorter the more people are freed in it."""
    n, linear = len(pricing.own), pricing.linear
    k = min(n, int(rng.choice([2, 4, 8])) * size)
    people = _people(bench.related, regret, rng, k)
    begin = np.array([g.report_s for g in linear.problem.groups], dtype=np.int64)
    span = int(begin.max() - begin.min()) + 1
    window = max(86400, min(span, int(span * 1.5 * size / k)))
    at = int(begin.min()) + int(rng.integers(-window // 2, max(1, span - window // 2)))
    inside = (begin >= at) & (begin < at + window)
    fixed = {
        p: frozenset(x for x in bench.roster[p].tolist() if not inside[linear.x_group[x]]) for p in people
    }
    return Part(people, fixed)


def regroup(
    pricing: Pricing,
    held: Held,
    bench: Bench,
    part: Part,
    y: Ints,
    pool: Pool,
    rng: np.random.Generator,
    *,
    cut: int,
    over: Callable[[], bool],
    most_work: float = float("inf"),
) -> Tried:
    """Build a part anew; only plans below ``cut`` are wanted. The bench is left as it was."""
    kept = {p: (bench.roster[p], int(bench.own_cost[p])) for p in part.people}
    for p in part.people:
        bench.take_out(p)
    rhs = held.linking.rhs - held.linking.of_x @ bench.plan()
    base = int(bench.own_cost.sum())
    start = []
    for p, (duties, cost) in kept.items():
        bench.put(p, duties, cost)
        start.append(Column(p, tuple(int(x) for x in np.sort(duties)), cost))
        start += pool.get(p, [])[-_MOST_COLUMNS:]
    # small parts are cheap enough to go step by step
    task = Task(
        part.people, rhs, base, y, start, part.fixed, cut,
        pace=float(rng.choice([0.02, 0.05, 0.1])), noise=float(rng.choice([0.0, 0.1])),
        most_work=most_work,
    )  # fmt: skip
    dive = Dive(pricing, held, task, over, rng)
    found = dive.run()
    return Tried(found, dive.work, dive.first, tuple(dive.made))


def keep(pool: Pool, columns: Sequence[Column]) -> None:
    """Add rosters to the pool, the latest last, and forget the oldest."""
    for column in columns:
        mine = pool.setdefault(column.person, [])
        if column not in mine[-_MOST_COLUMNS:]:
            mine.append(column)
            del mine[: -2 * _MOST_COLUMNS]
