"""The question turned round: the smallest response standard that the force at hand can keep everywhere."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from scheduler.outcome import Limits, Stop
from scheduler.siting.audit import audit, cover_units
from scheduler.siting.engine import Budget, Engine
from scheduler.siting.fewcover import few_cover
from scheduler.siting.greedy import first_plan
from scheduler.siting.lagrange import exchange, polish, value_of
from scheduler.siting.layout import View, views
from scheduler.siting.linear import nothing
from scheduler.siting.model import SitingModel
from scheduler.siting.plan import SitingPlan
from scheduler.siting.problem import Problem
from scheduler.siting.table import Ints, median_of
from scheduler.siting.units import Units, to_plan

TRY_VISITS = 100_000_000  # pairs that the quick search for a cover may look at


@dataclass(frozen=True, slots=True)
class Standard:
    """The smallest standard that covers every active site of every period.

    Attributes
    ----------
    seconds
        The standard, None where no standard does (a site out of reach, or too little force).
    site, period
        The site that waits longest in ``plan``, and when.
    bound
        No standard below it can be kept. ``proven`` when it equals ``seconds``.
    plan
        A plan that keeps it.
    """

    seconds: int | None
    site: str | None
    period: str | None
    bound: int
    proven: bool
    plan: SitingPlan | None


def smallest_standard(
    problem: Problem,
    n_posts: int | None = None,
    *,
    limits: Limits | None = None,
    seed: int = 0,
    stop: Stop | None = None,
) -> Standard:
    """Find the least time within which all active sites can be reached (p-center), by threshold search.

    All rules, windows and stocks hold; the sites' own standards, backup and prices play no part.

    Parameters
    ----------
    n_posts
        At most so many posts in each period, in place of ``most_posts``; None keeps that.
    limits
        When to give up proving; None: never.

    Notes
    -----
    A time ``t`` can be kept when the cover rows for ``t`` and the rules have a solution. Only times that
    occur matter, so bisection over them ends after ``log2`` of their number of such questions (Minieka 1970).
    """
    if n_posts is not None:
        problem = replace(
            problem, periods=tuple(replace(p, most_posts=n_posts) for p in problem.periods)
        )
    budget = Budget(limits or Limits(), stop)
    engine = Engine(budget, seed)
    least, proven = 0, True
    units: Units = {}
    try:
        for view in views(replace(problem, levels=("bare",))):
            found = _Search(problem, view, engine).least_time()
            least, proven = max(least, found.bound), proven and found.proven
            if found.units is None:
                period = problem.periods[view.periods[0]].id
                return Standard(None, None, period, found.bound, found.proven, None)
            units |= found.units
    finally:
        engine.close()
    where = [(int(c.first_s[c.active].max(initial=-1)), c) for c in cover_units(problem, units)]
    seconds, its = max(where, key=lambda pair: pair[0])
    site = int(np.argmax(np.where(its.active, its.first_s, -1)))
    proven = proven or least >= seconds
    return Standard(
        max(seconds, 0),
        problem.sites[site].id,
        its.period,
        min(least, seconds),
        proven,
        to_plan(problem, units),
    )


@dataclass
class _Found:
    units: Units | None
    seconds: int
    bound: int
    proven: bool


class _Search:
    """Bisection on the times of one view."""

    def __init__(self, problem: Problem, view: View, engine: Engine) -> None:
        self.problem, self.view, self.engine = problem, view, engine
        # a standard must be above 0, a time may be 0: both are counted one second later here
        self.later = tuple(replace(reach, seconds=reach.seconds + 1) for reach in problem.reaches)

    def least_time(self) -> _Found:
        """The smallest time, a plan that keeps it, and what is proven."""
        nearest = self._nearest_each()
        if nearest is None:
            return _Found(None, -1, 0, proven=True)
        times = np.unique(self.view.pair_s[self.view.pair_s >= nearest.max(initial=0)])
        if not len(times):
            times = np.array([0])
        sure, low, high, best = (
            0,
            0,
            len(times),
            None,
        )  # times below index ``sure`` are impossible by proof
        while low < high and not self.engine.budget.over():
            middle = (low + high) // 2
            units, known = self._keep(int(times[middle]))
            if units is not None:
                best, high = units, middle
            else:
                low = middle + 1
                sure = low if known else sure
        bound = int(times[min(sure, len(times) - 1)])
        if best is None:
            return _Found(None, -1, bound, sure == len(times))
        return _Found(best, int(times[high]), bound, sure == high)

    def _nearest_each(self) -> NDArray[np.int64] | None:
        """Seconds of each live point's nearest column; None where a point has none."""
        live = np.flatnonzero(self.view.weight[self.problem.point_site] > 0)
        point, first = np.unique(self.view.pair_point, return_index=True)
        if len(np.intersect1d(point, live)) < len(live):
            return None
        return self.view.pair_s[first][np.isin(point, live)]

    def _keep(self, time: int) -> tuple[Units | None, bool]:
        """A plan that reaches every site within a time, or None and whether there is none for sure."""
        sites = tuple(
            replace(site, standard_s=time + 1, standard_by_kind_s=(), backup=False) for site in self.problem.sites
        )
        tight = replace(self.problem, sites=sites, levels=("bare",), reaches=self.later)
        (view,) = views(replace(tight, periods=(tight.periods[self.view.periods[0]],)))
        view = replace(view, periods=self.view.periods)
        quick = first_plan(tight, view)
        if quick is not None and not self._bare(tight, quick):
            return quick, True
        if self.engine.budget.over():
            return None, False
        found, sure = self._few(tight, view)
        if found is not None or sure:
            return found, True
        model = SitingModel(tight, [view])
        model.linear.fixed |= {int(v): 0 for v in model.views[0].bare}
        model.linear.objective = nothing()
        answer = self.engine.run(model.linear, 1.0)
        if answer.values is not None:
            return model.views[0].read(answer.values), True
        return None, answer.status == "infeasible"

    def _few(self, tight: Problem, view: View) -> tuple[Units | None, bool]:
        """A plan by few columns, or the proof that there is none even without the other rules."""
        table = median_of(tight, view, "bare")
        if table is None or self._bare_for_sure(view):
            return None, False
        more = self.engine.budget.meter(0.2, TRY_VISITS)
        quick = polish(table, exchange(table, np.zeros(0, dtype=np.int64), more), 0, self.engine.seed, more)
        chosen: Ints = quick
        if value_of(table, quick):
            few, known = few_cover(table)
            if few is None:
                return None, known
            chosen = few
        units = {(int(view.post[c]), q, int(view.kind[c])): 1 for c in chosen for q in view.periods}
        kept = audit(tight, to_plan(tight, units)).breaches
        mine = {tight.periods[q].start_s for q in view.periods}
        return (None, False) if any(b.start_s in mine for b in kept) else (units, True)

    def _bare_for_sure(self, view: View) -> bool:
        return any(not row for family in view.families for row in family.rows)

    def _bare(self, tight: Problem, units: Units) -> bool:
        covers = cover_units(tight, units)
        return any(bool((covers[p].bare & (tight.weights(p) > 0)).any()) for p in self.view.periods)
