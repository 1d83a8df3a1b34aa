"""Windows of a repair: the model over some duties, everything else as it stands, with the levels of a repair."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from ortools.sat.python import cp_model

from scheduler.outcome import Status
from scheduler.roster import cpsat
from scheduler.roster.model import RosterModel
from scheduler.roster.repair_ground import Ground, Mask
from scheduler.roster.solve import THREADS_PER_CORE

if TYPE_CHECKING:
    from scheduler.roster.repair_search import Search

_SMALL = 1_000
"""Duties up to which one thread is quicker than starting many."""


def settled(made: RosterModel, ground: Ground) -> Mask:
    """People changed whatever this model decides, bool ``[n_people]``."""
    sure = ground.forced.copy()
    fixed = np.where(made.free, 0, made.fixed)
    sure[ground.linear.x_person[~made.free & (fixed != ground.base)]] = True
    return sure


def count_changed(made: RosterModel, ground: Ground) -> Any:
    """People changed, as an expression over a model around the start (the forced ones are a constant)."""
    linear, model = ground.linear, made.model
    changed: dict[int, Any] = {}
    sure = settled(made, ground)
    for i in np.nonzero(made.free)[0]:
        p = int(linear.x_person[i])
        if sure[p]:
            continue
        if p not in changed:
            changed[p] = model.new_bool_var("")
        if ground.base[i]:
            model.add_bool_or([made.var[i], changed[p]])
        else:
            model.add_implication(made.var[i], changed[p])
    _tighten(made, ground, changed)
    return cp_model.LinearExpr.sum(list(changed.values())) + int(sure.sum()) + ground.n_gone


def _tighten(made: RosterModel, ground: Ground, changed: dict[int, Any]) -> None:
    """New duties of which only one can be held are together at most the change: far stronger than one by one."""
    linear = ground.linear
    n_x, n_c = linear.n_x, linear.counters.shape[0]
    lasting = np.concatenate([ground.base, linear.counters @ ground.base])
    counters = linear.counters
    cliques = linear.cliques
    for r in range(cliques.shape[0]):
        columns = cliques.indices[cliques.indptr[r] : cliques.indptr[r + 1]]
        new = [c for c in columns if c < n_x + n_c and not lasting[c] and made.var[c] is not None]
        if len(new) < 2:
            continue
        first = int(new[0])
        i = first if first < n_x else int(counters.indices[counters.indptr[first - n_x]])
        p = int(linear.x_person[i])
        if p in changed:
            made.model.add(cp_model.LinearExpr.sum([made.var[c] for c in new]) <= changed[p])


def ask(
    search: Search, model: cp_model.CpModel, made: RosterModel, *, has_objective: bool = True, share: float = 1.0
) -> cpsat.Run:
    """One call of the solver within what is left."""
    seconds, work = search.left()
    small = int(made.free.sum()) <= _SMALL
    got = cpsat.run(
        model,
        seconds=None if seconds is None else seconds * share,
        work=None if work is None else work * share,
        seed=search.seed,
        threads=1 if small else max(1, THREADS_PER_CORE * search.workers),
        stop=search.stop,
        has_objective=has_objective,
    )
    search.work += got.work
    return got


class Window:
    """The model over some duties, everything else as the start has it, with the levels of a repair."""

    def __init__(self, search: Search, mask: Mask, *, whole: bool = False) -> None:
        self.search, self.whole = search, whole
        ground = search.ground
        # In the whole model nothing is fixed but what the freeze line holds; duties that may not be held are 0.
        around = ground.start if search.best is None else search.best
        fixed = np.where(ground.held, ground.base, 0) if whole else around
        self.made = RosterModel(ground.linear, fixed, mask)
        self.changed = count_changed(self.made, ground)
        if search.most is not None:
            self.made.model.add(self.changed <= search.n_forced + search.most)
        forced = ground.linear.forced
        self.dead = bool((~self.made.free[forced] & (fixed[forced] == 0)).any())  # a pin that what stays excludes

    def _level(self, k: int) -> Any:
        search, ground, made = self.search, self.search.ground, self.made
        name = search.names[k][0]
        linear = ground.linear
        if name == "changed":
            return self.changed
        if name == "near":
            weight = ground.weight[linear.x_group]
            told = (ground.base > 0) & ground.moved[linear.x_group]
            fixed = np.where(made.free, 0, made.fixed)
            settled = told | (~made.free & (fixed != ground.base))
            free = [int(i) for i in np.nonzero(made.free & ~told)[0]]
            base = [int(ground.base[i]) for i in free]
            terms = [(1 - 2 * b) * int(weight[i]) for i, b in zip(free, base, strict=True)]
            constant = int(weight[settled].sum()) + ground.lost_weight
            constant += sum(int(weight[i]) for i, b in zip(free, base, strict=True) if b)
            return cp_model.LinearExpr.weighted_sum([made.var[i] for i in free], terms) + constant
        if name == "frozen_lost":
            free = [int(i) for i in np.nonzero(made.free & ground.line)[0]]
            fixed_lost = int((ground.line & ~made.free & (made.fixed == 0)).sum())
            kept = cp_model.LinearExpr.sum([made.var[i] for i in free])
            return len(free) + fixed_lost - kept
        return made.level([level for level, _ in linear.levels].index(name))

    def lexicographic(self, n: int, *, eager: bool = True) -> bool | None:
        """Solve the first ``n`` levels in order; None when there is no plan here, False when time was up.

        Without ``eager`` the levels up to the number of changes are only held at what they are.
        """
        search, made = self.search, self.made
        if self.dead:
            search.infeasible |= self.whole
            return None
        for k in range(n):
            if search.over():
                return False
            level = self._level(k)
            settled = self._holds_best() and (
                search.value[k] <= search.bound[k] or (not eager and k <= search.at_changed)
            )
            if not settled:
                got = self._solve(level, k, n)
                if not self._holds_best():
                    search.infeasible |= self.whole and got is Status.INFEASIBLE
                    return None if got is Status.INFEASIBLE else False
            made.model.add(level <= search.value[k])
        return True

    def _holds_best(self) -> bool:
        """Whether the best plan so far can be told by this model."""
        best, made = self.search.best, self.made
        return best is not None and bool((best[~made.free] == made.fixed[~made.free]).all())

    def _solve(self, level: Any, k: int, n: int) -> Status:
        search, made = self.search, self.made
        made.model.minimize(level)
        start = search.best if search.best is not None else search.ground.start
        made.hint(start)
        got = ask(search, made.model, made, share=1.0 if k == n - 1 and k > search.at_changed else 0.5)
        before = search.value[:k]
        if got.value is not None:
            search.offer(made.read(got.value))
        if self.whole and got.bound is not None and search.value[:k] == before and search.value:
            search.bound[k] = max(search.bound[k], min(got.bound, search.value[k]))
            search.tell("bound")
        return got.status
