"""The stages of the patrol search in Python: construct, serve everything, fewer crews, less driving."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from scheduler.outcome import Limits
from scheduler.patrols import kernels as k
from scheduler.patrols.squeeze import least_excess
from scheduler.patrols.state import copy, empty, in_use
from scheduler.patrols.tables import BIG_S, Tables

OPS_PER_UNIT = 20_000_000
"""Counted kernel operations that make one unit of ``Limits.work`` (about a second on one core)."""
CHUNK_OPS = 1_000_000
DEFAULT_WORK = 10.0


@dataclass
class Clock:
    """Counts operations and seconds, and says when to stop."""

    limits: Limits
    stop: Callable[[], bool] | None
    began: float = field(default_factory=time.perf_counter)
    ops: int = 0
    spare: float = 0.0
    """Seconds of the time limit kept for what comes after the search: timing, reading back, audit."""

    def __post_init__(self) -> None:
        work = self.limits.work
        if work is None and self.limits.seconds is None:
            work = DEFAULT_WORK
        self.budget = None if work is None else int(work * OPS_PER_UNIT)
        self.chunk = (
            CHUNK_OPS if self.budget is None else max(20_000, min(CHUNK_OPS, self.budget // 20))
        )

    @property
    def seconds(self) -> float:
        """Wall seconds since the start."""
        return time.perf_counter() - self.began

    @property
    def share(self) -> float:
        """Part of the limit used up, the larger of work and time."""
        parts = [0.0]
        if self.budget is not None:
            parts.append(self.ops / max(1, self.budget))
        if self.limits.seconds is not None:
            parts.append(self.seconds / max(1e-9, self.limits.seconds - self.spare))
        return max(parts)

    def keep(self, seconds: float) -> None:
        """Keep so many seconds for the end, but no more than a quarter of the limit; work limits know no such thing."""
        if self.limits.seconds is not None:
            self.spare = max(self.spare, min(seconds, 0.25 * self.limits.seconds))

    def left_ops(self) -> int:
        """Operations that the rest of the limit allows at the pace so far."""
        if self.budget is not None and self.limits.seconds is None:
            return max(0, self.budget - self.ops)
        done = max(self.share, 1e-3)
        return int(max(self.ops, CHUNK_OPS) * (1.0 - done) / done)

    @property
    def over(self) -> bool:
        """True when a limit is reached or the caller wants to stop."""
        return self.share >= 1.0 or (self.stop is not None and self.stop())


PEN = 3000.0
"""Starting penalty of a visit of mean weight left open, in seconds of driving; it grows while it stays open."""
NEVER = np.full(4, -1, np.int64)


@dataclass
class Search:
    """One search over compiled tables; ``best`` always holds the best plan seen by its worth."""

    tables: Tables
    seed: int
    clock: Clock
    tell: Callable[[str, int], None] = lambda _kind, _value: None

    def __post_init__(self) -> None:
        n, n_tours = self.tables.n_nodes, max(1, self.tables.n_tours)
        self.data = self.tables.data
        self.work = k.Work(
            Q=np.zeros(n + 1, np.int32),
            inq=np.zeros(n, np.int8),
            trail=np.zeros((4 * n, 2), np.int32),
            R=np.zeros(n, np.int32),
            key=np.zeros(n, np.float64),
            cand=np.zeros((k.TRIES, 6), np.int64),
            touched=np.zeros(n_tours, np.int8),
            mark=np.zeros(n, np.int8),
            links=np.zeros(n, np.int32),
            rng=np.array([(self.seed * 2 + 1) * 0x9E3779B97F4A7C15 % (1 << 64) or 1], np.uint64),
            pen=np.zeros(max(1, len(self.data.near))),
            grow=20.0 * self._importance(),
            ops=np.zeros(2, np.int64),
        )
        self.penalise()
        self.everyone = np.ones(n_tours, np.int8)
        self.slots = False
        self.soft = False
        self.rounds = 0
        self.best = empty(self.tables)
        self.spare = copy(self.best)
        self.worth = np.full(k.N_WORTH, 1 << 60, np.int64)

    def _importance(self) -> NDArray[np.float64]:
        """``[place]`` weight against the mean of all places that ask for something, within a factor of five."""
        out = np.ones(max(1, len(self.data.near)))
        kinds = self.data.kind[: self.tables.first_free]
        windows = self.tables.fixed[kinds == k.WINDOW]
        for places, weights in (
            (self.data.chain[:, k.C_PLACE], self.data.chain[:, k.C_WEIGHT]),
            (windows[:, 3], windows[:, 4]),
        ):
            out[places] = weights
        asked = np.unique(np.append(self.data.chain[:, k.C_PLACE], windows[:, 3]))
        if len(asked) and out[asked].mean() > 0:
            out[asked] /= out[asked].mean()
        return np.clip(out, 0.2, 5.0)

    def penalise(self, times: float = 1.0) -> None:
        """Set the penalties back to those of the start: by weight, so that the heavier is served if not all can be."""
        self.work.pen[:] = times * PEN * self.work.grow / 20.0

    def go(
        self,
        plan: k.Plan,
        allow: NDArray[np.int8],
        *,
        budget: int,
        goal: NDArray[np.int64] = NEVER,
        drop: int = -1,
        first: bool = False,
        heat: tuple[float, float] = (30.0, 0.3),
        mean: float = 6.0,
        longest: int = 8,
        until_share: float = 1.0,
        prize_w: float = 3000.0,
    ) -> bool:
        """Run ruin and recreate from ``plan`` (which is moved on), in chunks; True when the best got better.

        Only crews of ``allow`` go out; one that a ruin emptied may go out again, at the price of opening it.
        """
        top, best = copy(plan), np.full(k.N_WORTH, 1 << 60, np.int64)
        ways = k.Ways(allow, True, self.slots, self.soft, 0.0 if first else 0.02)
        work = self.work
        done = 0
        while done < budget and self.clock.share < until_share and not self.clock.over:
            part = done / budget
            work.ops[0] = 0
            rounds = k.run(
                self.data, plan, self.spare, top, work, ways, first, drop, prize_w,
                heat[0] * (heat[1] / heat[0]) ** part, 1.0, mean, longest,
                min(self.clock.chunk, budget - done), goal, best,
            )  # fmt: skip
            if rounds < 0:
                return False
            self.rounds += rounds
            drop = -1
            done += int(work.ops[0])
            self.clock.ops += int(work.ops[0])
            if first or (best[:4] <= goal).all():
                break
        if tuple(best) < tuple(self.worth):
            self.best, self.worth = top, best
            return True
        return False

    def finish(self) -> k.Plan:
        """The best plan at its least timetable, or at one that exceeds open gaps as little as can be."""
        k.retime(self.data, self.best, self.work)
        if self.worth[k.OPEN]:
            least_excess(self.tables, self.best)
        return self.best

    def adopt(self, plan: k.Plan) -> None:
        """Start from a plan made elsewhere if it is no worse than the best once its open visits are served."""
        ways = k.Ways(self.everyone, True, False, False, 0.0)
        k.recreate(self.data, plan, self.work, ways, 0, False)
        self.take(plan)

    def take(self, plan: k.Plan) -> None:
        """Start from a plan made elsewhere if it is no worse than the best as it is."""
        value = np.zeros(k.N_WORTH, np.int64)
        k.worth(self.data, plan, self.work, False, value)
        if tuple(value) <= tuple(self.worth):
            self.best, self.worth = plan, value

    @property
    def served(self) -> bool:
        """True when no window, gap or core minute is open."""
        return not self.worth[:3].any()

    def construct(self) -> None:
        """A first plan: always the promise that runs out first, at its cheapest place."""
        self.go(copy(self.best), self.everyone, budget=1 << 40, first=True)

    def serve_all(self, until_share: float, floors: tuple[int, int]) -> None:
        """Bring what is open to its proven floors with any crew offered, within a share of the limit."""
        goal = np.array([*floors, 0, 1 << 60], np.int64)
        half = (self.clock.share + until_share) / 2
        while (
            (self.worth[:3] > goal[:3]).any()
            and self.clock.share < until_share
            and not self.clock.over
        ):
            self.soft = self.clock.share >= half
            self.go(
                copy(self.best), self.everyone, budget=8 * self.clock.chunk, goal=goal, heat=(60.0, 6.0),
                until_share=until_share if self.soft else half,
            )  # fmt: skip
        self.penalise()

    def polish(self, floor: int) -> None:
        """Fewer crews and less driving by turns: each makes room for the other."""
        if self.slots and self.worth[k.CREWS] <= floor:
            self.more_presence()
            return
        trial = 2 * self.clock.chunk
        while self.clock.share < 0.8 and not self.clock.over and self.worth[k.CREWS] > floor:
            self.fewer_crews(0.8, trial, floor)
            if self.clock.share < 0.8:
                self.less_driving(10 * self.clock.chunk)
            trial *= 2
        self.less_driving(self.clock.left_ops())

    def fewer_crews(self, until_share: float, trial_ops: int, floor: int) -> None:
        """Try to empty one tour after the other, the least busy first, until none of them gives way."""
        tour = self.data.tour
        tired: set[int] = set()
        while (
            self.clock.share < until_share and not self.clock.over and self.worth[k.CREWS] > floor
        ):
            used = in_use(self.best, self.tables)
            left = [
                c
                for c in np.flatnonzero(used).tolist()
                if tour[c, k.MUST] == 0 and tour[c, k.PRICE] > 0 and c not in tired
            ]
            if not left:
                return
            pick = min(left, key=lambda c: (int(self.best.X[1, c]) // int(tour[c, k.PRICE]), c))
            if self.close(pick, used, trial_ops):
                self.tell("solution", int(self.worth[k.CREWS]))
            else:
                tired.add(pick)

    def close(self, pick: int, used: NDArray[np.bool_], budget: int) -> bool:
        """Plan without one tour; True when nothing more is open than before."""
        self.penalise()
        allow = used.astype(np.int8)
        allow[pick] = 0
        goal = self.worth[:4].copy()
        goal[k.CREWS] -= 1
        return self.go(
            copy(self.best), allow, budget=budget, goal=goal, drop=pick, heat=(60.0, 20.0)
        )

    def less_driving(self, budget: int) -> None:
        """Shorten the ways with the crews in use (and gain presence where it is asked for)."""
        if budget > 0:
            self.penalise(10)
            allow = in_use(self.best, self.tables).astype(np.int8)
            self.go(copy(self.best), allow, budget=budget, heat=(120.0, 1.0))

    def more_presence(self) -> None:
        """Gain presence with the crews in use: rounds of falling heat, each longer than the one before.

        The heat is a share of the mean prize, so that a plan may give one visit up to find two elsewhere. Where
        nothing is promised, every other round starts anew.
        """
        kinds = self.data.kind[: self.tables.first_free]
        prizes = self.tables.fixed[kinds == k.SLOT, 4]
        bare = bool((kinds[kinds >= k.CSTART] == k.SLOT).all())
        near = self.data.near[(self.data.near > 0) & (self.data.near < BIG_S)]
        # a mean prize outweighs five ways, or the search saves driving that nobody asked it to save
        dear = max(PEN, 5.0 * float(near.mean()) if len(near) else 0.0)
        unit = dear / max(1.0, float(prizes.mean()))
        self.penalise(10)
        budget, turn = 15 * self.clock.chunk, 0
        while not self.clock.over:
            allow = in_use(self.best, self.tables).astype(np.int8)
            start = copy(self.best)
            if bare and turn % 2:
                start = self._anew(allow)
            turn += 1
            self.go(
                start, allow, budget=min(budget, max(self.clock.chunk, self.clock.left_ops())),
                heat=(dear, 0.05 * dear), prize_w=unit, mean=3.0,
            )  # fmt: skip
            budget = budget * 5 // 4

    def _anew(self, allow: NDArray[np.int8]) -> k.Plan:
        """A plan made from nothing, leaving out what chance says."""
        plan = empty(self.tables)
        k.retime(self.data, plan, self.work)
        self.work.touched[:] = 1
        k.recreate(self.data, plan, self.work, k.Ways(allow, False, True, False, 0.3), 0, False)
        return plan
