"""Solves a siting Problem level by level, each with its proven bound."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from scheduler.outcome import Level, Limits, OnProgress, Outcome, Progress, Status, Stop
from scheduler.siting.audit import audit, values_by_period
from scheduler.siting.engine import Budget, fixable, run
from scheduler.siting.greedy import first_plan
from scheduler.siting.layout import View, views
from scheduler.siting.linear import Linear, nothing
from scheduler.siting.core import core_limits, grow
from scheduler.siting.model import SitingModel
from scheduler.siting.plan import SitingPlan, Stand
from scheduler.siting.precheck import shortages
from scheduler.siting.problem import Problem

UNITS = {"must_bare": "weight", "bare": "weight", "single": "weight", "posts": "price", "response": "weighted s"}
Units = dict[tuple[int, int, int], int]


def solve(
    problem: Problem,
    *,
    limits: Limits,
    seed: int = 0,
    workers: int = 2,
    hint: SitingPlan | None = None,
    on_progress: OnProgress | None = None,
    stop: Stop | None = None,
) -> Outcome[SitingPlan]:
    """Open posts so that the levels of the Problem are least, in their order.

    Parameters
    ----------
    limits
        Wall seconds, deterministic work, or both. With work alone the same call gives the same plan.
    workers
        Cores; the solver's own worker count is fixed by it, never by the machine.
    hint
        A plan to start from; used when it keeps the rules and is better than our own first plan.
    stop
        Polled; when it says True the best plan so far is handed back within about a second.

    Returns
    -------
    Outcome
        OPTIMAL only when every level is proven; INFEASIBLE only by proof, with the reason in ``note``;
        UNKNOWN when the limit came first without a plan.
    """
    budget = Budget(limits, stop)
    settings: dict[str, object] = {
        "engine": "siting",
        "seed": seed,
        "workers": workers,
        "seconds": limits.seconds,
        "work": limits.work,
    }
    short = shortages(problem)
    if short:
        note = "Proven impossible: " + " ".join(short)
        return Outcome(Status.INFEASIBLE, None, _nothing(problem), budget.seconds, settings, note)
    work = _Solve(problem, budget, seed, workers, on_progress)
    work.start(hint)
    status = work.climb()
    if status is Status.INFEASIBLE:
        note = "Proven impossible: the required posts, the stock and the rules of distance contradict each other."
        return Outcome(status, None, _nothing(problem), budget.seconds, settings, note)
    if work.best is None:
        note = "Stopped at the limit without a plan. That does not mean none exists."
        return Outcome(Status.UNKNOWN, None, _nothing(problem), budget.seconds, settings, note)
    work.tell("done", "", None, None)
    return Outcome(status, to_plan(problem, work.best), work.levels(), budget.seconds, settings)


def to_plan(problem: Problem, units: Mapping[tuple[int, int, int], int]) -> SitingPlan:
    """A plan by indices as stands with ids, sorted."""
    stands = (
        Stand(problem.posts[j].id, problem.periods[p].id, problem.kinds[k].id, n)
        for (j, p, k), n in units.items()
        if n > 0
    )
    return SitingPlan(tuple(sorted(stands)))


def _nothing(problem: Problem) -> tuple[Level, ...]:
    return tuple(Level(name, UNITS[name], None, None, proven=False) for name in problem.levels)


class _Solve:
    """The state of one run: the best plan, what is proven, and what is frozen."""

    def __init__(
        self, problem: Problem, budget: Budget, seed: int, workers: int, on_progress: OnProgress | None
    ) -> None:
        self.problem, self.budget, self.seed, self.workers = problem, budget, seed, workers
        self.solver = 'highs'
        self.on_progress = on_progress
        self.views = views(problem)
        self.best: Units | None = None
        self.bounds: dict[str, tuple[int | None, bool, bool]] = {}
        self.models: dict[tuple[int, ...], SitingModel] = {}
        self.frozen: list[tuple[str, tuple[int, ...], int]] = []

    def tell(self, kind: str, level: str, value: int | None, bound: int | None) -> None:
        """Pass a progress event on."""
        if self.on_progress is not None:
            self.on_progress(Progress("siting", kind, level, value, bound, self.budget.seconds))

    # ------------------------------------------------------------------ plans and their values
    def values(self, units: Units) -> dict[str, int]:
        """The levels of a plan, as the audit counts them."""
        by_period = values_by_period(self.problem, units)
        return {name: sum(values[name] for values in by_period) for name in self.problem.levels}

    def start(self, hint: SitingPlan | None) -> None:
        """The better of our first plan and the hint."""
        parts = [first_plan(self.problem, view) for view in self.views]
        if all(part is not None for part in parts):
            self.best = {key: n for part in parts if part is not None for key, n in part.items()}
        if hint is not None and audit(self.problem, hint).ok:
            given = from_plan(self.problem, hint)
            if self.best is None or tuple(self.values(given).values()) < tuple(self.values(self.best).values()):
                self.best = given

    # ------------------------------------------------------------------ levels
    def climb(self) -> Status:
        """Solve the levels in their order; the status of the whole."""
        linked, conditional = False, False
        names = self.problem.levels
        for at, name in enumerate(names):
            linked = linked or (name == "posts" and self.problem.move_price > 0)
            scopes = [tuple(range(len(self.views)))] if linked else [(v,) for v in range(len(self.views))]
            part = 1.0 if at == len(names) - 1 else 0.6
            bound, proven = 0, True
            self.tell("stage", name, None, None)
            for number, scope in enumerate(scopes):
                share = part / (len(scopes) - number)
                ended = self._lower(name, scope, share)
                if ended is None:
                    return Status.INFEASIBLE
                least, done = ended
                bound += least
                proven = proven and done
            if self.best is None:
                return Status.UNKNOWN
            self.bounds[name] = (bound, proven and not conditional, conditional)
            conditional = conditional or not proven
        if not names:
            return self._feasible()
        return Status.OPTIMAL if not conditional else Status.FEASIBLE

    def _feasible(self) -> Status:
        return Status.UNKNOWN if self.best is None else Status.FEASIBLE

    def levels(self) -> tuple[Level, ...]:
        """Levels with the best plan's own values."""
        assert self.best is not None
        value = self.values(self.best)
        return tuple(
            Level(name, UNITS[name], value[name], *self.bounds.get(name, (None, False, True)))
            for name in self.problem.levels
        )

    def _lower(self, name: str, scope: tuple[int, ...], part: float) -> tuple[int, bool] | None:
        """Lower one level on some views: its bound and whether it is proven; None if impossible."""
        views_in = [self.views[v] for v in scope]
        start = None if self.best is None else self._value_in(name, views_in)
        least = self._floor(name, views_in)
        if start is not None and start <= least:
            self.frozen.append((name, scope, start))
            return start, True
        if self.budget.over():
            if start is not None:
                self.frozen.append((name, scope, start))
            return least, False
        model = self._model(scope)
        if name == "response":
            ended = self._respond(model, views_in, part)
        else:
            model.linear.objective = model.level(name)
            ended = self._ask(name, model, model.linear, views_in, part)[0]
        if ended is None:
            return None
        bound = max(least, ended)
        if self.best is None:
            return bound, False
        value = self._value_in(name, views_in)
        self.frozen.append((name, scope, value))
        if name != self.problem.levels[-1]:
            if bound >= value and name != "response":
                model.linear.fixed |= fixable(model.linear, value)
            model.freeze(name, value)
        return min(bound, value), bound >= value

    def _ask(
        self, name: str, model: SitingModel, linear: Linear, views_in: list[View], part: float
    ) -> tuple[int | None, Units]:
        """One call of the solver: its bound (None when it proved that nothing is possible) and its plan."""
        start: dict[int, int] = {}
        if self.best is not None:
            for view in model.views:
                start |= view.start(self.best)
        answer = run(linear, self.budget, part, seed=self.seed, start=start, solver=self.solver)
        if answer.status == "infeasible":
            return None, {}
        found: Units = {}
        if answer.values is not None:
            for view in model.views:
                found |= view.read(answer.values)
            self._take(name, views_in, found)
        least = 0 if answer.bound is None else answer.bound
        self.tell("bound", name, None, least)
        return least, found

    def _respond(self, model: SitingModel, views_in: list[View], part: float) -> int | None:
        """The level ``response`` on a core that grows: times beyond a point's limit count as the next one.

        The core's optimum is a lower bound; once no point of its plan waits beyond its limit, it is the
        optimum itself.
        """
        upto = [core_limits(self.problem, view, self.best) for view in views_in]
        bound = 0
        while True:
            linear = model.linear.copy()
            linear.objective = nothing()
            for view, limit in zip(model.views, upto, strict=True):
                linear.objective = linear.objective + view.respond(linear, limit)
            least, found = self._ask("response", model, linear, views_in, part)
            if least is None:
                return None
            bound = max(bound, least)
            if self.best is None or bound >= self._value_in("response", views_in) or self.budget.over():
                return bound
            grown = [
                grow(self.problem, view, limit, found) for view, limit in zip(views_in, upto, strict=True)
            ]
            if not any(grown):
                return bound

    def _take(self, name: str, views_in: list[View], found: Units) -> None:
        inside = {p for view in views_in for p in view.periods}
        kept = {key: n for key, n in (self.best or {}).items() if key[1] not in inside}
        merged = kept | found
        if self.best is None or self._value_in(name, views_in, merged) < self._value_in(name, views_in):
            self.best = merged
            self.tell("solution", name, self._value_in(name, views_in), None)

    def _value_in(self, name: str, views_in: Iterable[View], units: Units | None = None) -> int:
        """A level of a plan over the periods of some views only."""
        units = self.best if units is None else units
        assert units is not None
        by_period = values_by_period(self.problem, units)
        return sum(by_period[p][name] for view in views_in for p in view.periods)

    def _floor(self, name: str, views_in: list[View]) -> int:
        """What no plan can go below, by looking at each site alone."""
        if name in ("posts", "response"):
            return 0
        field = {"must_bare": "must", "bare": "bare", "single": "single"}[name]
        total = 0
        for view in views_in:
            need = 2 if name == "single" else 1
            for family in view.families:
                if any(len({int(view.post[c]) for c in row}) < need for row in family.rows):
                    total += view.n_periods * getattr(family, field)
        return total

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


def from_plan(problem: Problem, plan: SitingPlan) -> Units:
    """A plan by indices; stands with unknown ids are left out."""
    posts = {post.id: j for j, post in enumerate(problem.posts)}
    periods = {period.id: p for p, period in enumerate(problem.periods)}
    kinds = {kind.id: k for k, kind in enumerate(problem.kinds)}
    return {
        (posts[s.post], periods[s.period], kinds[s.kind]): s.n_units
        for s in plan.stands
        if s.post in posts and s.period in periods and s.kind in kinds
    }
