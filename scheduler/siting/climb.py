"""The climb through the levels: what is best, what is proven, what is frozen."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from scheduler.outcome import Level, OnProgress, Progress, Status
from scheduler.siting import lagrange
from scheduler.siting.apart import bound_and_plan
from scheduler.siting.audit import audit, values_by_period, values_in
from scheduler.siting.core import core_limits, grow
from scheduler.siting.engine import Answer, Budget, Engine
from scheduler.siting.greedy import first_plan
from scheduler.siting.layout import View, views
from scheduler.siting.linear import Linear, nothing
from scheduler.siting.model import SitingModel
from scheduler.siting.plan import SitingPlan
from scheduler.siting.problem import Problem
from scheduler.siting.rules import load
from scheduler.siting.swap import swap
from scheduler.siting.table import COVERING, Ints, Median, median_of
from scheduler.siting.units import Units, from_plan, to_plan

UNITS = {
    "must_bare": "weight",
    "bare": "weight",
    "single": "weight",
    "posts": "price",
    "response": "weighted s",
}
MOST_VISITS = 20_000_000_000  # pairs that the search without a solver looks at before the solver takes over
POLISH_VISITS = 4_000_000_000
WIDE = 60_000  # pairs from which on a cover is bounded by regions
FIRST_STEPS = 300  # of its prices before that
LONE = ("must_bare", "bare", "response")  # levels with a form for that search
NEAR_PCT = 6  # how far above the relaxation the first look goes
PRICES_PART = 0.4  # of the time of the level ``response``, for the prices of its rows
SWAP_FROM = 20_000  # pairs from which exchanges are tried before it: smaller tables are proven sooner than exchanged
SWAPS, SWAP_VISITS, SWAP_PART = 1_000_000, 6_000_000_000, 0.15  # exchanges before it, their pairs, their time
NEVER = 2**62
PART = 0.6  # of what is left, for a level that is not the last


class Climb:
    """The state of one run: the best plan, what is proven, and what is frozen."""

    def __init__(
        self, problem: Problem, budget: Budget, seed: int, on_progress: OnProgress | None, workers: int = 2
    ) -> None:
        self.problem, self.budget, self.engine = problem, budget, Engine(budget, seed)
        self.on_progress, self.workers = on_progress, workers
        self.views = views(problem)
        self.best: Units = {}
        self.cause = ""
        self.bounds: dict[str, tuple[int | None, bool, bool]] = {}
        self.models: dict[tuple[int, ...], SitingModel] = {}
        self.frozen: list[tuple[str, tuple[int, ...], int]] = []
        self.enough = False  # what was found without a model of the whole is as good as any such would find

    def tell(self, kind: str, level: str, value: int | None, bound: int | None) -> None:
        """Pass a progress event on."""
        if self.on_progress is not None:
            self.on_progress(Progress("siting", kind, level, value, bound, self.budget.seconds))

    # ------------------------------------------------------------------ plans and their values
    def values(self, units: Units) -> dict[str, int]:
        """The levels of a plan, as the audit counts them."""
        by_period = values_by_period(self.problem, units)
        return {name: sum(values[name] for values in by_period) for name in self.problem.levels}

    def start(self, hint: SitingPlan | None) -> Status | None:
        """Find some plan: the better of our first plan and the hint, else any; a status when there is none."""
        parts = [first_plan(self.problem, view) for view in self.views]
        given = (
            from_plan(self.problem, hint)
            if hint is not None and audit(self.problem, hint).ok
            else None
        )
        if given is None:
            for v, part in enumerate(parts):
                if part is None:
                    parts[v], status = self._any_plan(v)
                    if status is not None:
                        return status
        own = {key: n for part in parts if part is not None for key, n in part.items()}
        self.best = own
        if given is not None and (None in parts or self._rank(given) < self._rank(own)):
            self.best = given
        return None

    def _rank(self, units: Units) -> tuple[int, ...]:
        return tuple(self.values(units).values())

    def _any_plan(self, v: int) -> tuple[Units | None, Status | None]:
        """Any plan of one view, where the quick way found none; or a status, INFEASIBLE with its causes."""
        if self.budget.over():
            return None, Status.UNKNOWN
        model = self._model((v,))
        answer = self._run(model.linear, PART, {})
        if answer.values is not None:
            return model.views[0].read(answer.values), None
        if answer.status != "infeasible":
            return None, Status.UNKNOWN
        view = self.views[v]
        period = self.problem.periods[view.periods[0]].id
        causes = []
        for name, rule in load().items():
            if hasattr(rule, "rows") and name != "required":
                looser = SitingModel(self.problem, [view], without=(name,))
                if self._run(looser.linear, PART, {}).values is not None:
                    causes.append(
                        f"without the rule {name!r} ({rule.RULE.title.lower()}) it would be possible"
                    )
        why = "; ".join(causes) if causes else "several rules together forbid it"
        self.cause = f"{period}: the required posts and rings cannot all be manned: {why}."
        return None, Status.INFEASIBLE

    # ------------------------------------------------------------------ levels
    def climb(self) -> Status:
        """Solve the levels in their order; the status of the whole."""
        linked, conditional = False, False
        names = self.problem.levels
        for at, name in enumerate(names):
            linked = linked or (name == "posts" and self.problem.move_price > 0)
            scopes = (
                [tuple(range(len(self.views)))]
                if linked
                else [(v,) for v in range(len(self.views))]
            )
            part = 1.0 if at == len(names) - 1 else PART
            bound, proven = 0, True
            self.tell("stage", name, None, None)
            for number, scope in enumerate(scopes):
                share = part / (len(scopes) - number)
                least, done = self._lower(name, scope, share)
                bound += least
                proven = proven and done
            self.bounds[name] = (bound, proven and not conditional, conditional)
            conditional = conditional or not proven
        return Status.OPTIMAL if not conditional else Status.FEASIBLE

    def levels(self) -> tuple[Level, ...]:
        """Levels with the best plan's own values."""
        value = self.values(self.best)
        return tuple(
            Level(name, UNITS[name], value[name], *self.bounds.get(name, (None, False, True)))
            for name in self.problem.levels
        )

    def _lower(self, name: str, scope: tuple[int, ...], part: float) -> tuple[int, bool]:
        """Lower one level on some views: its bound and whether it is proven."""
        views_in = [self.views[v] for v in scope]
        value = self._value_in(name, views_in)
        least = self._floor(name, views_in)
        last = name == self.problem.levels[-1]
        sure: dict[int, int] = {}
        self.enough = False
        if value > least and not self.budget.over() and name in LONE and len(scope) == 1:
            bound, sure = self._median(name, views_in[0], part)
            least, value = max(least, bound), self._value_in(name, views_in)
            if least >= value and last:  # nothing left for the solver
                return value, True
        if not self.enough and ((value > least and not self.budget.over()) or sure):
            model = self._model(scope)
            if name != "response":
                model.linear.objective = model.level(name)  # may add variables
            if value > least and not self.budget.over():
                stands = model.views[0].stands
                fixed = {int(stands[c]): x for c, x in sure.items()}
                solve = self._respond if name == "response" else self._near
                least = max(least, solve(name, model, views_in, part, fixed))
                value = self._value_in(name, views_in)
            if not last:
                if least >= value and name != "response":
                    model.linear.fixed |= self.engine.fixable(model.linear, value)
                model.freeze(name, value)
        elif scope in self.models and name != self.problem.levels[-1]:
            self.models[scope].freeze(name, value)
        self.frozen.append((name, scope, value))
        return min(least, value), least >= value

    def _run(self, linear: Linear, part: float, start: dict[int, int]) -> Answer:
        return self.engine.run(linear, part, start)

    def _ask(
        self,
        name: str,
        model: SitingModel,
        linear: Linear,
        views_in: list[View],
        part: float,
        *,
        must: bool = True,
    ) -> tuple[int, Units]:
        """One call of the solver from the best plan so far: its bound and its plan.

        Where a plan ``must`` be there and the solver denies it, that is a defect; else the bound is without end.
        """
        start: dict[int, int] = {}
        for view in model.views if must else ():  # the solver refuses a start that its limits forbid
            start |= view.start(self.best)
        answer = self._run(linear, part, start)
        if answer.status == "infeasible" and not must:
            return NEVER, {}
        if answer.status == "infeasible":
            raise RuntimeError(
                f"siting: level {name} is called impossible beside a plan that keeps all rules"
            )
        found: Units = {}
        if answer.values is not None:
            for view in model.views:
                found |= view.read(answer.values)
            self._take(name, views_in, found)
        least = 0 if answer.bound is None else answer.bound
        self.tell("bound", name, None, least)
        return least, found

    def _near(
        self, name: str, model: SitingModel, views_in: list[View], part: float, fixed: dict[int, int]
    ) -> int:
        """Look first among plans near the relaxation only: whoever is better than the reach of that is found there.

        With every variable fixed that no plan of at most ``target`` needs, any plan either is in what is left or costs
        ``target + 1`` and more: ``min(bound of the rest, target + 1)`` is a bound for all. Twice is enough.
        """
        linear = model.linear.copy()
        linear.fixed |= fixed
        least, relaxed = 0, self.engine.relaxed(linear)
        if relaxed is None:
            return self._ask(name, model, linear, views_in, part)[0]
        for _ in range(2):
            value, floor = self._value_in(name, views_in), math.ceil(relaxed.least - 1e-6)
            target = min(value, floor + max(1, floor * NEAR_PCT // 100)) if not least else value
            core = linear.copy()
            core.fixed |= relaxed.fixable(linear, target)
            found = self._ask(name, model, core, views_in, part, must=target >= value)[0]
            least = max(least, floor, min(found, target + (target < value)))
            if least >= self._value_in(name, views_in) or target >= value or self.budget.over():
                break
        return least

    def _respond(
        self, name: str, model: SitingModel, views_in: list[View], part: float, fixed: dict[int, int]
    ) -> int:
        """The level ``response`` on a core that grows: times beyond a point's limit count as the next one.

        The core's optimum is a lower bound; once no point of its plan waits beyond its limit, it is the
        optimum itself.
        """
        bound = 0
        if len(views_in) == 1 and len(views_in[0].pair_s) >= SWAP_FROM and not self.budget.over():
            few = self.budget.meter(part * SWAP_PART, SWAP_VISITS)
            tried = swap(self.problem, views_in[0], self.best, seed=self.engine.seed, n_moves=SWAPS, keep_on=few)
            lawful = audit(self.problem, to_plan(self.problem, tried)).ok and self._no_worse(tried, before=name)
            if lawful:
                self._take(name, views_in, {key: n for key, n in tried.items() if key[1] in views_in[0].periods})
        upto = [core_limits(self.problem, view, self.best) for view in views_in]
        while True:
            linear = model.linear.copy()
            linear.fixed |= fixed
            linear.objective = nothing()
            for view, limit in zip(model.views, upto, strict=True):
                linear.objective = linear.objective + view.respond(linear, limit)
            relaxed = self.engine.bounded(linear, part * PRICES_PART)
            if relaxed is not None:
                bound = max(bound, math.ceil(relaxed.least - 1e-6))
                if bound >= self._value_in(name, views_in):
                    return bound
                linear.fixed |= relaxed.fixable(linear, self._value_in(name, views_in))
            least, found = self._ask(name, model, linear, views_in, part)
            bound = max(bound, least)
            if bound >= self._value_in(name, views_in) or self.budget.over():
                return bound
            grown = [
                grow(self.problem, view, limit, found)
                for view, limit in zip(views_in, upto, strict=True)
            ]
            if not any(grown):
                return bound

    def _median(self, name: str, view: View, part: float) -> tuple[int, dict[int, int]]:
        """Bound, better plan and fixed columns of one view without a solver, where its form allows."""
        table = median_of(self.problem, view, name)
        if table is None or table.n_columns == table.n:
            return 0, {}
        p, kept = view.periods[0], self.best
        columns = zip(view.post.tolist(), view.kind.tolist(), strict=True)
        standing = [c for c, (j, k) in enumerate(columns) if (j, p, k) in kept][: table.n_columns]
        if name in COVERING and table.n_pairs > WIDE:
            return self._wide(name, view, part, table, np.array(standing, dtype=np.int64)), {}
        more = self.budget.meter(part / 2, MOST_VISITS)
        quick = lagrange.bound(table, np.array(standing, dtype=np.int64), keep_on=more)
        little = self.budget.meter(part / 8, POLISH_VISITS)
        chosen = lagrange.polish(table, quick.chosen, quick.least, self.engine.seed, little)
        self._try_median(name, view, chosen)
        n, value = view.n_periods, self._value_in(name, [view])
        least, better = quick.least, None
        if n * least < value:
            least, better = lagrange.prove(table, quick, -(-value // n), more)
        if better is not None:
            self._try_median(name, view, better)
        return n * least, lagrange.fix(table, quick.prices, self._value_in(name, [view]) // n)

    def _wide(self, name: str, view: View, part: float, table: Median, standing: Ints) -> int:
        """Bound and better plan of a covering level whose table is too wide to be solved whole."""
        n = view.n_periods
        few = self.budget.meter(part / 6, MOST_VISITS)
        quick = lagrange.bound(table, standing, steps=FIRST_STEPS, keep_on=few)
        self._try_median(name, view, quick.chosen)
        least = quick.least
        if n * least < self._value_in(name, [view]) and not self.budget.over():
            more = self.budget.meter(part, MOST_VISITS)
            prices = quick.prices // lagrange.SCALE
            least, chosen = bound_and_plan(
                table, quick.chosen, prices, least, self.budget, self.engine, self.workers, part, more
            )
            self.enough = self._try_median(name, view, chosen)
        return n * least

    def _try_median(self, name: str, view: View, chosen: Ints) -> bool:
        """Take a choice of columns when it keeps all rules and what earlier levels have reached; whether it does."""
        found = {(int(view.post[c]), q, int(view.kind[c])): 1 for c in chosen for q in view.periods}
        whole = {key: n for key, n in self.best.items() if key[1] not in view.periods} | found
        lawful = audit(self.problem, to_plan(self.problem, whole)).ok and self._no_worse(whole, before=name)
        if lawful:
            self._take(name, [view], found)
        return lawful

    def _no_worse(self, units: Units, before: str) -> bool:
        """Whether a plan keeps what the levels before one have reached."""
        names = self.problem.levels[: self.problem.levels.index(before)]
        mine, its = self.values(self.best), self.values(units)
        return all(its[name] <= mine[name] for name in names)

    def _take(self, name: str, views_in: list[View], found: Units) -> None:
        inside = {p for view in views_in for p in view.periods}
        kept = {key: n for key, n in self.best.items() if key[1] not in inside}
        merged = kept | found
        if self._value_in(name, views_in, merged) < self._value_in(name, views_in):
            self.best = merged
            self.tell("solution", name, self._value_in(name, views_in), None)

    def _value_in(self, name: str, views_in: Sequence[View], units: Units | None = None) -> int:
        """A level of a plan over the periods of some views only."""
        units = self.best if units is None else units
        return values_in(self.problem, units, name, [p for view in views_in for p in view.periods])

    def _floor(self, name: str, views_in: list[View]) -> int:
        """What no plan can go below, by looking at each site alone."""
        if name == "posts":
            return 0
        if name == "response":
            return sum(view.n_periods * self._soonest(view) for view in views_in)
        field = {"must_bare": "must", "bare": "bare", "single": "single"}[name]
        total = 0
        for view in views_in:
            need = 2 if name == "single" else 1
            for family in view.families:
                if any(len({int(view.post[c]) for c in row}) < need for row in family.rows):
                    total += view.n_periods * getattr(family, field)
        return total

    def _soonest(self, view: View) -> int:
        """Weighted seconds if every site had its nearest column, of several points the one reached last."""
        near = np.full(len(self.problem.point_site), self.problem.longest_s, dtype=np.int64)
        np.minimum.at(near, view.pair_point, view.pair_s)
        last = np.zeros(len(self.problem.sites), dtype=np.int64)
        np.maximum.at(last, self.problem.point_site, near)
        return int((view.weight * last).sum())

    def _model(self, scope: tuple[int, ...]) -> SitingModel:
        """The model of some views, with everything frozen so far."""
        if scope not in self.models:
            model = SitingModel(self.problem, [self.views[v] for v in scope])
            for name, its, value in self.frozen:
                if set(its) <= set(scope):
                    model.freeze(name, value, [scope.index(v) for v in its])
            if len(scope) > 1:  # what one view alone has proven holds among the others too
                for at, v in enumerate(scope):
                    if (v,) in self.models:
                        model.adopt(at, self.models[v,])
            self.models[scope] = model
        return self.models[scope]
