"""The stages of the patrol search in Python: construct, serve everything, fewer crews, less driving."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from scheduler.outcome import Limits
from scheduler.patrols import kernels as k
from scheduler.patrols.state import State, in_use
from scheduler.patrols.tables import Tables

OPS_PER_UNIT = 40_000_000
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

    def __post_init__(self) -> None:
        work = self.limits.work
        if work is None and self.limits.seconds is None:
            work = DEFAULT_WORK
        self.budget = None if work is None else int(work * OPS_PER_UNIT)

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
            parts.append(self.seconds / max(1e-9, self.limits.seconds))
        return max(parts)

    def left_ops(self, left: float, done: float) -> int:
        """Operations that the rest of the limit allows at the pace so far."""
        if self.budget is not None and self.limits.seconds is None:
            return max(0, self.budget - self.ops)
        return int(max(self.ops, CHUNK_OPS) * left / done)

    @property
    def over(self) -> bool:
        """True when a limit is reached or the caller wants to stop."""
        return self.share >= 1.0 or (self.stop is not None and self.stop())


@dataclass
class Search:
    """One search over compiled tables; ``best`` always holds the best state seen by its worth."""

    tables: Tables
    start: State
    seed: int
    clock: Clock
    tell: Callable[[str, int | None], None] = lambda _kind, _value: None

    def __post_init__(self) -> None:
        t = self.tables
        self.rng = np.array([(self.seed * 2 + 1) * 0x9E3779B97F4A7C15 % (1 << 64) or 1], np.uint64)
        self.want = np.ones(t.n_nodes, np.int8)
        self.pen = np.full(max(1, len(t.near)), 3000.0)
        self.best = self.start.copy()
        self.worth = self.worth_of(self.best)

    def worth_of(self, state: State) -> NDArray[np.int64]:
        """Windows missed, minutes open, price, presence (negative), driving: compared in this order."""
        out = np.zeros(5, np.int64)
        k.worth(state.S, state.X, state.kind, self.tables.tour, self.tables.chain, self.pen, out)
        return out

    def construct(self) -> None:
        """A first plan: always the promise that runs out first, at its cheapest place."""
        t, s = self.tables, self.start.copy()
        ops = np.zeros(1, np.int64)
        k.time_all(s.S, s.kind, t.travel, t.tour, t.chain, ops)
        allow = np.ones(max(1, t.n_tours), np.int8)
        k.construct(
            s.S, s.X, s.stack, s.kind, t.travel, t.tour, t.chain, t.svc, allow, t.pool_of, t.pool_seg,
            self.want, self.rng, ops,
        )  # fmt: skip
        self.clock.ops += int(ops[0])
        self.offer(s)

    def offer(self, state: State) -> bool:
        """Keep the state when it is better than the best."""
        worth = self.worth_of(state)
        if tuple(worth) < tuple(self.worth):
            self.best.take(state)
            self.worth = worth
            return True
        return False

    def go(
        self,
        state: State,
        allow: NDArray[np.int8],
        *,
        budget: int,
        until_served: bool = False,
        opening: bool = False,
        slots: bool = False,
        heat: float = 30.0,
        cool_to: float = 0.3,
        mean: float = 6.0,
        longest: int = 8,
    ) -> State:
        """Run ruin and recreate from ``state`` (which is moved on) and return the best state seen."""
        t = self.tables
        top = state.copy()
        best = self.worth_of(state)
        done, rate = 0, 0.0
        pace = heat
        while done < budget and not self.clock.over:
            chunk = min(CHUNK_OPS, budget - done)
            part = done / budget
            pace = heat * (cool_to / heat) ** part
            used, _, found = k.run(
                state.S, state.X, state.stack, top.S, top.X, top.stack, top.kind, t.travel, t.tour,
                t.chain, t.svc, t.near, allow, t.pool_of, t.pool_seg, self.want, slots, opening,
                self.pen, 3000.0, 3000.0, pace, 1.0, mean, longest, self.rng, chunk, until_served, best,
            )  # fmt: skip
            done += int(used)
            self.clock.ops += int(used)
            rate += found
            if until_served and best[0] == 0 and best[1] == 0:
                break
        return top

    def serve_all_in(self, until_share: float) -> None:
        """Bring what is open to nothing, with any crew offered, as long as the share of the limit allows."""
        allow = np.ones(max(1, self.tables.n_tours), np.int8)
        while (
            (self.worth[0] or self.worth[1])
            and self.clock.share < until_share
            and not self.clock.over
        ):
            top = self.go(
                self.best.copy(),
                allow,
                budget=4 * CHUNK_OPS,
                until_served=True,
                opening=True,
                heat=60.0,
            )
            self.offer(top)
        self.pen[:] = 3000.0

    def polish(self, floor: int, *, slots: bool) -> None:
        """Fewer crews and less driving by turns: each makes room for the other."""
        if self.worth[0] == 0 and self.worth[1] == 0:
            while self.clock.share < 0.75 and not self.clock.over and self.worth[2] > floor:
                before = int(self.worth[2])
                self.fewer_crews(0.75, 2 * CHUNK_OPS, floor)
                self.less_driving(10 * CHUNK_OPS, slots=False)
                if int(self.worth[2]) == before and self.clock.share > 0.7:
                    break
        left = 1.0 - self.clock.share
        done = max(self.clock.share, 1e-3)
        budget = self.clock.left_ops(left, done)
        self.less_driving(budget, slots=slots)

    def fewer_crews(self, until_share: float, trial_ops: int, floor: int) -> None:
        """Try to empty one tour after the other; what cannot be emptied is tried again with more work."""
        t = self.tables
        tired: dict[int, int] = {}
        while self.clock.share < until_share and not self.clock.over and self.worth[2] > floor:
            used = in_use(self.best, t)
            open_now = [
                c
                for c in np.flatnonzero(used).tolist()
                if t.tour[c, k.MUST] == 0 and t.tour[c, k.PRICE] > 0
            ]
            if not open_now:
                return
            fewest = min(tired.get(c, 0) for c in open_now)
            if fewest >= 6:
                return
            order = sorted(
                (c for c in open_now if tired.get(c, 0) == fewest),
                key=lambda c: (int(self.best.X[1, c]) // max(1, int(t.tour[c, k.PRICE])), c),
            )
            pick = order[0]
            if not self.close(pick, used, trial_ops * 2**fewest):
                tired[pick] = tired.get(pick, 0) + 1

    def close(self, pick: int, used: NDArray[np.bool_], budget: int) -> bool:
        """Plan without one tour; True when everything is still served."""
        t = self.tables
        state = self.best.copy()
        self.pen[:] = 3000.0
        ops = np.zeros(1, np.int64)
        k.empty_tour(
            state.S, state.X, state.stack, state.kind, t.travel, t.tour, t.chain, pick, k.E
        )
        if not k.time_all(state.S, state.kind, t.travel, t.tour, t.chain, ops):
            return False
        allow = used.astype(np.int8)
        allow[pick] = 0
        top = self.go(state, allow, budget=budget, until_served=True, heat=60.0, cool_to=20.0)
        if self.offer(top):
            self.tell("solution", int(self.worth[2]))
            return True
        return False

    def less_driving(self, budget: int, *, slots: bool) -> None:
        """Shorten the ways with the crews in use (and gain presence where it is asked for)."""
        if budget <= 0:
            return
        allow = in_use(self.best, self.tables).astype(np.int8)
        self.pen[:] = 30000.0
        top = self.go(self.best.copy(), allow, budget=budget, slots=slots, heat=120.0, cool_to=1.0)
        self.offer(top)
