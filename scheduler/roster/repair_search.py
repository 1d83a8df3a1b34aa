"""The search behind ``repair``: windows around what was lost, a bound from the relaxation, then the whole."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from scheduler.outcome import Limits, OnProgress, Progress, Stop
from scheduler.roster.linear import Ints, Linear
from scheduler.roster.repair_deepen import deepen
from scheduler.roster.repair_ground import Ground, Mask, relaxed
from scheduler.roster.repair_polish import polish
from scheduler.roster.repair_shed import kept_together
from scheduler.roster.solve import seats_of, solve
from scheduler.roster.start import from_plan

log = logging.getLogger(__name__)

WHOLE_AT_MOST = 2_000
"""Duties up to which the whole model is solved at once; above, windows come first."""

WIDEST = 3
"""People in a chain of changes up to which windows grow before the whole is taken."""

_FEW = 6
"""People changed up to which what comes after them is improved by hand, in milliseconds, and not by a model."""

_MANY = 12
"""Seats that a plan leaves open once its own breaches are taken out, above which chains of changes are not counted."""

_FEW_FIRST, _REFILL = 0.6, 0.8
"""Share of the limits for filling such a plan with few changes, and of what is left then for filling it anyhow."""


@dataclass(eq=False)
class Search:
    """One run of ``repair``: limits, the best plan so far, and what is proven of it.

    ``names`` are the levels in order; ``value`` and ``bound`` go with them.
    """

    ground: Ground
    needs: Ints
    n_filled: int
    most: int | None
    limits: Limits
    seed: int
    workers: int
    began: float
    on_progress: OnProgress | None
    stop: Stop | None
    work: float = 0.0
    best: Ints | None = None
    value: tuple[int, ...] = ()
    bound: list[int] = field(default_factory=list)
    infeasible: bool = False
    walked: tuple[int, int] | None = None
    """What the walk proved: the least left empty, and the fewest people changed where no more than that is."""
    loose: bool = False
    """The plan at hand broke rules and was thinned: its changes need not begin where a seat is open."""

    def __post_init__(self) -> None:
        """Name the levels."""
        levels = self.ground.linear.levels
        kept = [("frozen_lost", "duties")] if self.ground.line.any() else []
        self.names = [
            *kept, *levels[: self.n_filled], ("changed", "people"), *levels[self.n_filled : -1], ("near", "points"),
            levels[-1],
        ]  # fmt: skip
        self.at_changed = len(kept) + self.n_filled
        self.bound = [0] * len(self.names)

    # ------------------------------------------------------------ values
    def value_of(self, x: Ints) -> tuple[int, ...]:
        """All levels of a set of duties."""
        ground, linear = self.ground, self.ground.linear
        plain = linear.value(x)
        differ = x != ground.base
        told = (ground.base > 0) & ground.moved[linear.x_group]
        near = int(ground.weight[linear.x_group[differ | told]].sum()) + ground.lost_weight
        kept = (int((ground.line & (x == 0)).sum()),) if ground.line.any() else ()
        people = self.n_changed(x)
        return (*kept, *plain[: self.n_filled], people, *plain[self.n_filled : -1], near, plain[-1])

    @property
    def n_forced(self) -> int:
        """People changed in any case."""
        return int(self.ground.forced.sum()) + self.ground.n_gone

    def offer(self, x: Ints) -> bool:
        """Take a plan if it is legal, within the cap, and better."""
        value = self.value_of(x)
        if self.best is not None and value >= self.value:
            return False
        if self.most is not None and value[self.at_changed] > self.n_forced + self.most:
            return False
        linear = self.ground.linear
        if linear.broken(x) or not x[linear.forced].all() or (x > self.ground.may).any():
            log.debug("a window around duties that break hard rules among themselves")
            return False
        first = next((k for k, (a, b) in enumerate(zip(value, self.value, strict=False)) if a != b), 0)
        self.bound[first + 1 :] = [0] * (len(self.bound) - first - 1)  # proven under the old values
        self.best, self.value = x.copy(), value
        self._as_walked()
        self.tell("solution")
        return True

    def _as_walked(self) -> None:
        """What holds of the people changed under any plan that leaves as little empty as this one."""
        k = self.at_changed
        self.raise_bound(k, self.n_forced)
        if self.walked is not None and not self.loose and sum(self.value[k - self.n_filled : k]) == self.walked[0]:
            self.raise_bound(k, self.walked[1])

    def raise_bound(self, k: int, least: int) -> None:
        """Keep a better bound of a level; no bound stands above the value."""
        self.bound[k] = max(self.bound[k], min(least, self.value[k]))

    def tell(self, kind: str, text: str = "") -> None:
        """Report progress on the number of people changed."""
        if self.on_progress is not None:
            k = self.at_changed
            value, bound = (self.value[k], self.bound[k]) if self.value else (None, None)
            seconds = time.monotonic() - self.began
            self.on_progress(Progress("repair", kind, self.names[k][0], value, bound, seconds, text))

    def left(self) -> tuple[float | None, float | None]:
        """What is left of wall seconds and work."""
        used = time.monotonic() - self.began
        seconds = None if self.limits.seconds is None else self.limits.seconds - used
        return seconds, None if self.limits.work is None else self.limits.work - self.work

    def over(self) -> bool:
        """Whether to stop now."""
        if self.stop is not None and self.stop():
            return True
        return any(left is not None and left <= 0.02 for left in self.left())

    # ------------------------------------------------------------ the way
    def run(self) -> None:
        """Windows first, then the whole, until the number of changes is proven or time is up."""
        ground = self.ground
        quiet = ground.linear.broken(ground.start) == 0 and ground.start[ground.linear.forced].all()
        if quiet and self._kept(ground.start):
            self.offer(ground.start)
        elif (some := kept_together(ground.linear, ground.start, ground.held)) is not None:
            self.loose = True
            self.offer(some)
        many = not quiet and bool(self.value) and sum(self.value[: self.at_changed]) > _MANY
        if ground.linear.n_x > WHOLE_AT_MOST and not self._line_breaks():
            if not many:
                deepen(self)
            if many:
                whole, self.limits = self.limits, self.limits.share(_FEW_FIRST)
                self._windows()
                self.limits = whole
                self._refill()
            elif not self.least():
                self._windows()
            if self.best is not None and not self.least() and not self.over():
                self._whole(self.at_changed + 1)
            if self.best is not None:
                self._finish()
                return
        self._whole(len(self.names))

    def _refill(self) -> None:
        """Fill what a plan that broke hard rules still leaves open: by any roster, where few changes do not do it."""
        if self.best is None or not any(self.value[: self.at_changed]):
            return
        linear, (seconds, work) = self.ground.linear, self.left()
        part = Limits(*(None if left is None else _REFILL * left for left in (seconds, work)))
        self.tell("stage", "filling what its breaches leave open")
        got = solve(
            linear.problem, limits=part, seed=self.seed, workers=self.workers, hint=seats_of(linear, self.best),
            stop=self.stop,
        )  # fmt: skip
        self.work += part.work or 0.0
        if got.plan is not None:
            self.offer(from_plan(linear, got.plan))

    def _windows(self) -> None:
        """Short chains of changes first; longer ones only among people for whom the bound leaves something to gain."""
        everybody = np.ones(len(self.ground.forced), dtype=bool)
        for radius in range(1, WIDEST + 1):
            if not self.over() and (radius == 1 or self.best is None):
                self._improve(radius, everybody)
        from scheduler.roster.repair_prove import (
            prove,  # loads the solver, which short repairs do without
        )

        for radius in range(2, WIDEST + 2):
            loose = prove(self)
            if self.least() or self.over() or radius > WIDEST:
                return
            for part in loose:
                self._improve(radius, part)

    def _improve(self, radius: int, people: Mask) -> None:
        mask = self.ground.within(radius) & people[self.ground.linear.x_person]
        self.tell("stage", f"chains of {radius}: {int(mask.sum())} duties")
        self._window(mask, self.at_changed + 1)

    def _finish(self) -> None:
        """What comes after the people, with nobody more changed."""
        if self.least() and self.value[self.at_changed] <= _FEW:
            polish(self)
        else:
            self._window(self.ground.within(1, other_seats=True), len(self.names), eager=False)

    def _window(self, mask: Mask, n: int, *, whole: bool = False, eager: bool = True) -> None:
        from scheduler.roster.repair_window import (
            Window,  # loads the solver, which short repairs do without
        )

        Window(self, mask, whole=whole).lexicographic(n, eager=eager)

    def _kept(self, x: Ints) -> bool:
        return bool((x[self.ground.held] > 0).all())

    def _line_breaks(self) -> bool:
        """Whether duties before the freeze line contradict each other: then only the whole model can tell which go."""
        return not self._kept(self.ground.start)

    def least(self) -> bool:
        """Whether seats filled and people changed are proven."""
        return bool(self.value) and all(
            v <= b for v, b in zip(self.value[: self.at_changed + 1], self.bound, strict=False)
        )

    def _whole(self, n: int) -> None:
        if self.over():
            return
        self.tell("stage", "the whole roster")
        if not self._line_breaks():
            self._window(self.ground.everything(), n, whole=True)
        if self.best is None and self.ground.held.any() and not self.over():
            # what the freeze line holds cannot all be kept: give up as little of it as possible
            self.ground.held = np.zeros_like(self.ground.held)
            self.infeasible = False
            self._window(self.ground.everything(), n, whole=True)

    @cached_property
    def relaxed(self) -> Linear:
        """One person's exclusions and upper limits, and the seats' sizes: what bounds are proven from."""
        return relaxed(self.ground.linear, self.n_filled)

    @cached_property
    def parts(self) -> list[Mask]:
        """People who share seats, directly or through others: the relaxation falls apart into these masks."""
        ground, linear = self.ground, self.ground.linear
        n_people, n_groups = len(linear.problem.people), len(linear.problem.groups)
        live = ground.within(n_people)
        cells = (linear.x_person[live].astype(np.int64), linear.x_group[live].astype(np.int64) + n_people)
        graph = sparse.coo_matrix((np.ones(int(live.sum())), cells), shape=(n_people + n_groups,) * 2)
        _, label = connected_components(graph, directed=False)
        return [label[:n_people] == k for k in np.unique(label[linear.x_person[live]])]

    def n_changed(self, x: Ints) -> int:
        """People whose duties ``x`` changes, those gone counted too."""
        ground = self.ground
        changed = ground.forced.copy()
        changed[ground.linear.x_person[x != ground.base]] = True
        return int(changed.sum()) + ground.n_gone
