"""Improving a roster: the relaxation's bound and guidance, windows around the best plan, then the whole model.

Levels are asked in order. The relaxation of a level gives a proven bound, and tells which duties a good plan is
made of: the model over those alone is small and its best plan near the bound. Windows (some people, or some hours)
then free what lies around the best plan, two at a time, merged by position so that no finishing order decides.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from scheduler.outcome import Progress, Status
from scheduler.roster import cpsat
from scheduler.roster.bound import Relaxation, Relaxed
from scheduler.roster.columns.guide import Rosters
from scheduler.roster.linear import Ints
from scheduler.roster.model import RosterModel
from scheduler.roster.neighbours import Mask, choose, short_groups
from scheduler.roster.start import construct

if TYPE_CHECKING:
    from scheduler.roster.large.price import Prices
    from scheduler.roster.solve import Run

log = logging.getLogger(__name__)

_LP_WORK = 40_000
"""Non-zeros of a relaxation that count as one unit of work (about a second)."""

_PARTS_EVERY = 4
"""Where master problems are slow, parts are built anew only every so many turns, ruin and recreate does the others."""

_MEANWHILE = 500
"""Rounds of ruin and recreate at a time while the relaxation is at work."""

_LAST_WORDS_S = 5.0
"""Seconds that a relaxation may take to notice that the time is over."""

_IDLE_ROUNDS, _WIDEST = 4, 2
"""Windows double after so many rounds without a better plan, and how often: narrow ones no longer hold a gain."""

_WINDOW_WORK, _BUILD_WORK = 0.05, 20_000
"""What a window costs in work before it is searched: a part for itself, and duties that count as one unit."""


def _by_rosters_from() -> int:
    from scheduler.roster.solve import BY_ROSTERS_FROM

    return BY_ROSTERS_FROM


def _threads(run: Run) -> int:
    from scheduler.roster.solve import THREADS_PER_CORE

    return max(1, THREADS_PER_CORE * run.workers)


def first(run: Run, x: Ints) -> None:
    """Find any legal plan with few seats short, or prove that there is none."""
    run.tell("stage", "looking for a first legal plan")
    made = RosterModel(run.linear)
    made.hint(x)
    seconds, work = run.left()
    got = cpsat.run(
        made.model,
        seconds=None if seconds is None else seconds / 2,
        work=None if work is None else work / 2,
        seed=run.seed,
        threads=_threads(run),
        stop=run.stop,
        has_objective=False,
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
    before = run.value[:k]
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
    if got.bound is not None and run.value[:k] == before:
        run.bound[k] = max(run.bound[k], min(got.bound, run.value[k]))
    run.tell("bound")


def _told(run: Run, k: int, value: int, bound: int) -> None:
    if run.on_progress is not None:
        name = run.linear.levels[k][0]
        bound = max(bound, run.bound[k])
        run.on_progress(Progress("roster", "solution", name, value, bound, run.seconds()))


class Guide:
    """The relaxation of the last level, with the earlier levels at the least that is thought possible.

    ``aim`` are the values the earlier levels are held to: all seats filled at first, the relaxation's own bounds
    where that is impossible, and what was reached where more cannot be had. The bound of the last level counts
    only while the plan's earlier levels are what it was asked for.
    """

    def __init__(
        self,
        run: Run,
        rosters: Rosters | None = None,
        meanwhile: Callable[[], None] | None = None,
        prices: Prices | None = None,
    ) -> None:
        self.run = run
        self.prices = prices
        self.rosters = rosters
        self.meanwhile = meanwhile
        self.relaxation = Relaxation(run.linear)
        self.aim: tuple[int, ...] = ()
        self.known: dict[tuple[int, ...], Relaxed] = {}
        self.last: Relaxed | None = None
        self.charge = self.relaxation.less.nnz / _LP_WORK
        self.blind = bool(run.linear.steps) and run.linear.n_x > _by_rosters_from()

    def _ask(self, k: int, value: tuple[int, ...]) -> Relaxed | None:
        run = self.run
        seconds, work = run.left()
        if run.over() or (work is not None and self.charge > work * 0.7):
            return None
        run.tell("stage", f"relaxation of {run.linear.levels[k][0]}")
        got = self._wait(k, value, None if seconds is None else seconds * 0.85)
        run.work += self.charge
        if got is not None and k == run.linear.n_levels - 1 and not got.infeasible:
            self.known[value] = got
        return got

    def _wait(self, k: int, value: tuple[int, ...], seconds: float | None) -> Relaxed | None:
        """Let the LP run on a core of its own; without a work limit the others improve the plan meanwhile."""
        run = self.run
        answer: list[Relaxed | None] = []
        asked = threading.Thread(target=lambda: answer.append(self._relax(k, value, seconds)), daemon=True)
        asked.start()
        while asked.is_alive():
            if run.over():
                asked.join(_LAST_WORDS_S)  # it looks at the same limits; a solver's last step may still take a while
                return answer[0] if answer else None
            if run.limits.work is None and self.meanwhile is not None:
                self.meanwhile()
            asked.join(0.02)
        return answer[0] if answer else None

    def _relax(self, k: int, value: tuple[int, ...], seconds: float | None) -> Relaxed | None:
        last = k == self.run.linear.n_levels - 1
        if last and self.rosters is not None and self.prices is not None and self.prices.aim == value:
            return self.rosters.tighten(self.run, self.prices.relaxed(), value)
        reached = value == self.run.value[:-1] and self.run.proven_up_to() >= len(value)
        if last and self.rosters is not None and reached and self.blind:
            return self.rosters.tighten(self.run, None, value)
        relaxed = self.relaxation.ask(k, value, seconds)
        if self.rosters is None or relaxed is None or relaxed.infeasible or not last:
            return relaxed
        return self.rosters.tighten(self.run, relaxed, value)

    def begin(self) -> None:
        """Ask with all seats filled; where that cannot be, find how far each level can go."""
        run, last = self.run, self.run.linear.n_levels - 1
        self._shorts()
        proven = run.proven_up_to() >= last
        self.aim = run.value[:last] if proven else (0,) * last
        self.last = self._ask(last, self.aim)
        if self.last is not None and self.last.infeasible:
            self.last = None
            aim: tuple[int, ...] = ()
            for k in range(last):
                got = self._ask(k, aim)
                if got is None:
                    break
                if run.value[:k] == aim:
                    run.bound[k] = max(run.bound[k], min(got.bound, run.value[k]))
                aim += (got.bound,)
            if len(aim) == last:
                self.aim, self.last = aim, self._ask(last, aim)
        self.use()

    def _shorts(self) -> None:
        """Prove seats short that nobody can fill: only what hangs together with them is asked."""
        run, linear = self.run, self.run.linear
        for k in range(linear.n_levels - 1):
            if run.value[k] <= run.bound[k] or run.over():
                continue
            assert run.best is not None  # noqa: S101  # a plan comes first
            run.tell("stage", f"seats that nobody can fill, {linear.levels[k][0]}")
            short = short_groups(linear, run.best, k)
            seconds, work = run.left()
            if work is not None and self.charge > work * 0.3:
                return
            seconds = None if seconds is None else seconds * 0.3
            found = self.relaxation.shortage(k, run.value[:k], np.isin(linear.x_group, short), seconds)
            run.work += self.charge / 4
            if run.value[:k] == tuple(run.bound[:k]):
                run.bound[k] = max(run.bound[k], min(found, run.value[k]))
            run.tell("bound")
            if run.value[k] > run.bound[k]:
                return

    def settle(self) -> None:
        """Ask anew for the earlier levels that were really reached."""
        reached = self.run.value[:-1]
        if reached not in self.known:
            self._ask(self.run.linear.n_levels - 1, reached)
        self.use()

    def use(self) -> None:
        """Take the bound over where it holds."""
        run = self.run
        known = self.known.get(run.value[:-1])
        if known is not None and run.bound[-1] < min(known.bound, run.value[-1]):
            run.bound[-1] = min(known.bound, run.value[-1])
            run.tell("bound")


def windows(
    run: Run, rosters: Rosters | None, rng: np.random.Generator, prices: Prices | None = None
) -> None:
    """Bound, dive and improve until proven or out of time; ``prices`` were found on the way to the first plan."""
    turn, settled, dived, idle = 0, False, False, 0
    # Rules that follow a person step by step make models large and slow to build: graphs do better there.
    stepped = rosters is not None and bool(run.linear.steps)
    if rosters is not None:
        rosters.recreate(run, rng)
    with ThreadPoolExecutor(max_workers=max(1, run.workers)) as pool:

        def meanwhile() -> None:
            nonlocal turn
            turn += 1
            if stepped:
                return  # pricing has the cores
            if rosters is not None and run.proven_up_to() < run.linear.n_levels - 1:
                rosters.recreate(run, rng, _MEANWHILE)
            else:
                _round(run, pool, None, rng, turn, max(1, run.workers - 1))

        if rosters is not None:
            rosters.threads = pool
        guide = Guide(run, rosters, meanwhile, prices)
        guide.begin()
        relaxed = guide.last
        if relaxed is not None and rosters is None:
            x = construct(run.linear, likely=relaxed.x)
            if run.linear.broken(x) == 0:
                run.offer(x)
        if relaxed is not None and rosters is not None:
            rosters.dive(run, rng)
        while not run.over() and run.proven_up_to() < run.linear.n_levels:
            guide.use()
            turn += 1
            late = run.spent() > 0.6
            if late and not settled:
                settled = True
                guide.settle()
            full = run.proven_up_to() >= run.linear.n_levels - 1
            before = run.value
            if relaxed is not None and not dived and not stepped and (full or late or rosters is not None):
                dived = True
                dive(run, relaxed, 2 if rosters is None else 1)
            elif rosters is not None and rosters.slow and turn % _PARTS_EVERY:
                rosters.recreate(run, rng)
            elif rosters is not None and relaxed is not None and turn % 12 < (11 if stepped else 3):
                rosters.regroup(run, pool, rng)
            else:
                _round(run, pool, relaxed, rng, turn, run.workers, min(idle // _IDLE_ROUNDS, _WIDEST))
            idle = 0 if run.value < before else idle + 1
        guide.use()


def dive(run: Run, relaxed: Relaxed, width: int) -> None:
    """The best plan from duties of the relaxation and the best plan, and ``width`` times as many nearly as good."""
    if run.over():
        return
    assert run.best is not None  # noqa: S101  # a plan comes first
    used = (relaxed.x > 1e-6) | (run.best > 0)
    order = np.argsort(relaxed.reduced, kind="stable")
    free = used.copy()
    free[order[: width * int(used.sum())]] = True
    run.tell("stage", f"plan along the relaxation, {int(free.sum())} duties")
    seconds, work = run.left()
    _solve_window(
        run,
        free,
        np.zeros_like(run.best),
        seconds=None if seconds is None else max(1.0, seconds * 0.35),
        work=None if work is None else work * 0.35,
        threads=_threads(run),
        seed=run.seed,
        down_to=run.proven_up_to(),
    )


def _solve_window(
    run: Run,
    free: Mask,
    fixed: Ints,
    *,
    seconds: float | None,
    work: float | None,
    threads: int,
    seed: int,
    down_to: int,
) -> None:
    """Solve a window with duties outside it as in ``fixed`` and offer what comes out."""
    got = _window(run, free, fixed, seconds, work, threads, seed, down_to)
    run.work += got[1]
    if got[0] is not None:
        run.offer(got[0])


def _window(
    run: Run,
    free: Mask,
    fixed: Ints,
    seconds: float | None,
    work: float | None,
    threads: int,
    seed: int,
    down_to: int,
) -> tuple[Ints | None, float]:
    """One sub-model: proven levels frozen, the rest in one weighted sum that never trades an earlier level."""
    linear = run.linear
    assert run.best is not None  # noqa: S101  # windows start from a plan
    made = RosterModel(linear, fixed, free)
    last = linear.n_levels - 1
    for k in range(min(down_to, last)):
        made.model.add(made.level(k) <= run.value[k])
    spent = 0.0
    x: Ints | None = None
    while down_to < last and run.value[down_to] <= made.level_least(down_to):
        made.model.add(made.level(down_to) <= run.value[down_to])  # nothing to win on this level here
        down_to += 1
    if down_to < last:
        scale, total = 1, 0
        for k in reversed(range(down_to, last)):
            total = total + scale * made.level(k)
            scale *= made.level_most(k) + 1
        made.model.minimize(total)
        made.hint(run.best)
        got = cpsat.run(
            made.model,
            seconds=None if seconds is None else seconds / 2,
            work=None if work is None else work / 2,
            seed=seed,
            threads=threads,
            stop=run.stop,
            quick=threads == 1,
        )
        spent += got.work
        if got.value is None:
            return None, spent
        x = made.read(got.value)
        for k, value in list(enumerate(linear.value(x)))[down_to:last]:
            made.model.add(made.level(k) <= value)
    made.model.minimize(made.level(last))
    made.hint(run.best if x is None else x)
    got = cpsat.run(
        made.model,
        seconds=seconds,
        work=None if work is None else max(0.01, work - spent),
        seed=seed,
        threads=threads,
        stop=run.stop,
        quick=threads == 1,
    )
    return (x if got.value is None else made.read(got.value)), spent + got.work


def _round(
    run: Run,
    pool: ThreadPoolExecutor,
    relaxed: Relaxed | None,
    rng: np.random.Generator,
    turn: int,
    n: int,
    wide: int = 0,
) -> None:
    """One window for each core at once, all around the same plan; merged by position.

    Each step of ``wide`` doubles what a window frees and gives it the time of one more.
    """
    assert run.best is not None  # noqa: S101  # windows start from a plan
    base, k = run.best.copy(), run.proven_up_to()
    masks = list(choose(run, relaxed, rng, turn, max(1, n), wide))
    seconds, work = run.left()
    limit = None if seconds is None else min(seconds, 3.0 * (1 + wide))
    allowance = 2.0 * (1 + wide)
    allowance = allowance if work is None else min(work / len(masks), allowance)
    jobs = [
        pool.submit(_window, run, mask, base, limit, allowance, 1, run.seed + 1000 * turn + i, k)
        for i, mask in enumerate(masks)
    ]
    for mask, job in zip(masks, jobs, strict=True):
        x, work_done = job.result()
        run.work += work_done + _WINDOW_WORK + mask.sum() / _BUILD_WORK
        log.debug("window of %d: %s, work %.2f", mask.sum(), x is not None and run.linear.value(x), work_done)
        if x is None:
            continue
        merged = np.where(mask, x, run.best)
        both = run.linear.broken(merged) == 0 and run.linear.value(merged) < run.value
        run.offer(merged if both else x)
