"""Improving a roster: the whole model level by level, or windows of it around the best plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scheduler.outcome import Status
from scheduler.roster import cpsat
from scheduler.roster.linear import Ints
from scheduler.roster.model import RosterModel

if TYPE_CHECKING:
    from scheduler.roster.solve import Run


def _threads(run: Run) -> int:
    from scheduler.roster.solve import THREADS_PER_CORE

    return max(1, THREADS_PER_CORE * run.workers)


def first(run: Run, x: Ints) -> None:
    """Find any legal plan with few seats short, or prove that there is none."""
    run.tell("stage", "looking for a first legal plan")
    made = RosterModel(run.linear)
    made.hint(x)
    scale, total = 1, 0
    for k in reversed(range(run.linear.n_levels - 1)):
        total = total + scale * made.level(k)
        scale *= made.level_most(k) + 1
    if run.linear.n_levels > 1:
        made.model.minimize(total)
    seconds, work = run.left()
    got = cpsat.run(
        made.model,
        seconds=None if seconds is None else seconds / 2,
        work=None if work is None else work / 2,
        seed=run.seed,
        threads=_threads(run),
        stop=run.stop,
    )
    run.work += got.work
    if got.status is Status.INFEASIBLE:
        run.infeasible = True
    elif got.value is not None:
        run.offer(made.read(got.value))


def whole(run: Run) -> None:
    """Solve level after level on the whole model; each level is frozen at its value for the next."""
    linear = run.linear
    run.tell("stage", "solving the whole roster")
    made = RosterModel(linear)
    for k in range(linear.n_levels):
        if run.value[k] > run.bound[k]:
            if run.over():
                return
            _level(run, made, k, 1.0 if k == linear.n_levels - 1 else 0.5)
        made.model.add(made.level(k) <= run.value[k])


def _level(run: Run, made: RosterModel, k: int, share: float) -> None:
    made.model.minimize(made.level(k))
    if run.best is not None:
        made.hint(run.best)
    seconds, work = run.left()
    got = cpsat.run(
        made.model,
        seconds=None if seconds is None else seconds * share,
        work=None if work is None else work * share,
        seed=run.seed,
        threads=_threads(run),
        stop=run.stop,
        tell=lambda value, bound: _told(run, k, value, bound),
    )
    run.work += got.work
    if got.value is not None:
        run.offer(made.read(got.value))
    if got.bound is not None and run.proven_up_to() >= k:
        run.bound[k] = max(run.bound[k], min(got.bound, run.value[k]))
    run.tell("bound")


def _told(run: Run, k: int, value: int, bound: int) -> None:
    if run.on_progress is not None:
        from scheduler.outcome import Progress

        name = run.linear.levels[k][0]
        run.on_progress(Progress("roster", "solution", name, value, bound, run.seconds()))


def windows(run: Run) -> None:
    """Free some people for some time, solve that, keep what is better; again until the limit."""
    run.tell("stage", "improving window by window")
    rng = np.random.default_rng(run.seed)
    turn = 0
    while not run.over() and run.proven_up_to() < run.linear.n_levels:
        assert run.best is not None  # noqa: S101  # windows start from a plan
        free = _window(run, rng, turn)
        turn += 1
        if free.any():
            _improve(run, free, turn)


def _window(run: Run, rng: np.random.Generator, turn: int, size: int = 4000) -> NDArray[np.bool_]:
    """Duties to free: about ``size`` of them, by people around a random one and a span of time."""
    linear = run.linear
    n_people = len(linear.problem.people)
    per_person = max(1, linear.n_x // max(1, n_people))
    count = min(n_people, max(4, size // per_person))
    chosen = rng.choice(n_people, size=count, replace=False)
    mask = np.zeros(n_people, dtype=bool)
    mask[chosen] = True
    del turn
    return mask[linear.x_person]


def _improve(run: Run, free: NDArray[np.bool_], turn: int) -> None:
    linear = run.linear
    made = RosterModel(linear, run.best, free)
    scale, total = 1, 0
    for k in reversed(range(linear.n_levels)):
        if run.value[k] <= run.bound[k]:
            made.model.add(made.level(k) <= run.value[k])
            continue
        total = total + scale * made.level(k)
        scale *= min(made.level_most(k) + 1, 10 * run.value[k] + 10)
    made.model.minimize(total)
    assert run.best is not None  # noqa: S101  # windows start from a plan
    made.hint(run.best)
    seconds, work = run.left()
    got = cpsat.run(
        made.model,
        seconds=None if seconds is None else min(seconds, 5.0),
        work=1.0 if work is None else min(work, 1.0),
        seed=run.seed + turn,
        threads=1,
        stop=run.stop,
    )
    run.work += got.work
    if got.value is not None:
        run.offer(made.read(got.value))
