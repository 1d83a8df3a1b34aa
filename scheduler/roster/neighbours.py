"""Windows around the best plan: which duties are freed while all others stay as they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scheduler.roster.bound import FINE, Relaxed
from scheduler.roster.linear import Ints, Linear

if TYPE_CHECKING:
    from scheduler.roster.solve import Run

Mask = NDArray[np.bool_]
def choose(
    run: Run, relaxed: Relaxed | None, rng: np.random.Generator, turn: int, n: int, wide: int
) -> Iterator[Mask]:
    """Windows by turns: around a short seat, some people for all the time, or some hours for all people."""
    linear = run.linear
    assert run.best is not None  # noqa: S101  # windows start from a plan
    likely = np.ones(linear.n_x, dtype=bool)
    if relaxed is not None:
        gap = max(relaxed.bound // 50, run.value[-1] - relaxed.bound, 1)
        slack = gap * FINE * float(rng.choice([0.02, 0.1, 0.5]))
        likely = (relaxed.reduced <= slack) | (run.best > 0)
    size = int(rng.choice([1000, 2000, 3000])) << wide
    short = short_groups(linear, run.best)
    for i in range(n):
        if len(short) and (turn + i) % 4:
            yield _around(linear, int(rng.choice(short)), rng, size)
        elif (turn + i) % 3:
            yield _some_people(linear, likely, rng, size)
        else:
            yield _some_hours(linear, likely, rng, size)


def short_groups(linear: Linear, x: Ints, level: int | None = None) -> Ints:
    """Groups with seats short, of one shortage level (counted from 0) or of the most important that has any."""
    filled = np.bincount(linear.x_group[x > 0], minlength=len(linear.problem.groups))
    groups = linear.problem.groups
    short = [g for g, group in enumerate(groups) if filled[g] < group.need]
    if level is None:
        named = min((groups[g].level for g in short), default=0)
    else:
        named = sorted({group.level for group in groups})[level]
    return np.array([g for g in short if groups[g].level == named], dtype=np.int64)


def _around(linear: Linear, g: int, rng: np.random.Generator, size: int) -> Mask:
    """What could free someone for group ``g``: people who may serve there and some others, about its time."""
    groups = linear.problem.groups
    begin = np.array([other.report_s for other in groups], dtype=np.int64)
    reach = int(rng.choice([10, 20, 40])) * 3600
    near = np.abs(begin - groups[g].report_s) <= reach
    may = np.zeros(len(linear.problem.people), dtype=bool)
    may[linear.x_person[linear.x_group == g]] = True
    per = np.bincount(linear.x_person[near[linear.x_group]], minlength=len(may))
    order = rng.permutation(len(may))
    order = np.concatenate([order[may[order]], order[~may[order]]])
    people = np.zeros(len(may), dtype=bool)
    people[order[np.cumsum(per[order]) <= size]] = True
    return people[linear.x_person] & near[linear.x_group]


def _some_people(linear: Linear, likely: Mask, rng: np.random.Generator, size: int) -> Mask:
    per = np.bincount(linear.x_person[likely], minlength=len(linear.problem.people))
    order = rng.permutation(len(per))
    people = linear.problem.people
    if rng.random() < 0.4:  # people of one unit or category first: they share seats
        lead = people[int(order[0])]
        alike = np.array([p.unit == lead.unit or p.rank == lead.rank for p in people])
        order = np.concatenate([order[alike[order]], order[~alike[order]]])
    take = np.cumsum(per[order]) <= size
    take[:4] = True
    mask = np.zeros(len(per), dtype=bool)
    mask[order[take]] = True
    return mask[linear.x_person] & likely


def _some_hours(linear: Linear, likely: Mask, rng: np.random.Generator, size: int) -> Mask:
    groups = linear.problem.groups
    begin = np.array([g.report_s for g in groups], dtype=np.int64)
    centre = int(begin[int(rng.integers(len(groups)))])
    near = np.argsort(np.abs(begin - centre), kind="stable")
    per = np.bincount(linear.x_group[likely], minlength=len(groups))
    take = np.cumsum(per[near]) <= size
    take[:2] = True
    mask = np.zeros(len(groups), dtype=bool)
    mask[near[take]] = True
    return mask[linear.x_group] & likely
