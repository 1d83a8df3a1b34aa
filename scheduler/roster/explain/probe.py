"""Asking whether a changed Problem can be manned: yes with a plan, no by proof, or unknown at the limit.

Every question is a solve of its own without an objective and without assumptions; what is asked of the solver stands
in the model as plain rows. A no is only ever the solver's proof on the whole Problem, or arithmetic's.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from scheduler.outcome import Limits, Status, Stop
from scheduler.roster import cpsat
from scheduler.roster.audit import audit
from scheduler.roster.build import build, follow_amounts
from scheduler.roster.explain.lift import lacks_people
from scheduler.roster.forms import NO, Stint, Stints
from scheduler.roster.linear import Ints, Linear
from scheduler.roster.model import RosterModel
from scheduler.roster.plan import RosterPlan
from scheduler.roster.problem import Problem, RuleSetting
from scheduler.roster.rules import read_settings
from scheduler.roster.solve import THREADS_PER_CORE, seats_of
from scheduler.roster.start import construct, from_plan

Answer = Literal["yes", "no", "unknown"]

WINDOW_FROM = 4_000
"""Duties above which a question is first asked around the empty seats only, the rest of the plan held."""

_AROUND_S = 20 * 3600
"""How far around empty seats the plan is set free in such a question."""

_BUILD_WORK = 40_000
"""Duties whose model costs one unit of work to build."""


@dataclass(frozen=True)
class Fill:
    """Whether all needed seats can be filled under the hard rules, with the plan that does it.

    ``least`` (for ``cheapest``) says that the value is proven to be the least.
    """

    answer: Answer
    plan: RosterPlan | None = None
    value: int = 0
    least: bool = False


@dataclass
class Prober:
    """Asks questions within one common limit.

    ``share`` of the questions bounds what one of them may take of what is left, so that one hard question does not
    use up all others' time.
    """

    limits: Limits
    seed: int = 0
    workers: int = 2
    stop: Stop | None = None
    began: float = field(default_factory=time.monotonic)
    work: float = 0.0

    def left(self) -> tuple[float | None, float | None]:
        """Seconds and work that are left."""
        seconds = None if self.limits.seconds is None else self.limits.seconds - (time.monotonic() - self.began)
        work = None if self.limits.work is None else self.limits.work - self.work
        return seconds, work

    def sub(self, weight: float, of: float) -> Prober:
        """A prober with ``weight / of`` of what is left; hand its work back with ``take``."""
        return Prober(self.part(min(1.0, weight / of)), self.seed, self.workers, self.stop)

    def take(self, part: Prober) -> None:
        """Count the work of a part."""
        self.work += part.work

    def over(self) -> bool:
        """Whether to ask no more."""
        seconds, work = self.left()
        halted = self.stop is not None and self.stop()
        return halted or (seconds is not None and seconds <= 0.05) or (work is not None and work <= 0)

    def part(self, share: float) -> Limits:
        """A share of what is left."""
        seconds, work = self.left()
        return Limits(
            None if seconds is None else max(0.01, seconds * share),
            None if work is None else max(0.001, work * share),
        )

    def run(self, model: Any, share: float, *, objective: bool, seed: int = 0) -> cpsat.Run:
        """One run of the solver within a share of what is left."""
        part = self.part(share)
        got = cpsat.run(
            model,
            seconds=part.seconds,
            work=part.work,
            seed=self.seed + seed,
            threads=THREADS_PER_CORE * max(1, self.workers),
            stop=self.stop,
            has_objective=objective,
        )
        self.work += got.work
        return got

    def fill(
        self, problem: Problem, hint: RosterPlan | None = None, *, share: float = 0.25, seed: int = 0,
        counting: bool = True,
    ) -> Fill:  # fmt: skip
        """Whether every needed seat of a *bare* Problem (see ``bare``) can be filled.

        ``counting=False`` leaves the arithmetic out, where it is known to say nothing.
        """
        if self.over():
            return Fill("unknown")
        if counting and lacks_people(problem):
            return Fill("no")
        linear = self._build(problem)
        if linear.faults:
            return Fill("no")
        x = _from(linear, hint)
        legal = linear.broken(x) == 0 and bool(x[linear.forced].all())
        if legal and linear.value(x)[0] == 0:
            return self._checked(linear, x)
        masks: list[NDArray[np.bool_] | None] = [None]
        if legal and linear.n_x > WINDOW_FROM:
            masks.insert(0, _window(linear, x))
        for mask in masks:
            if self.over():
                break
            made = RosterModel(linear, None if mask is None else x, mask)
            if made.level_least(0) > 0:
                if mask is None:
                    return Fill("no")
                continue
            made.model.add(made.level(0) <= 0)
            made.hint(x)
            got = self.run(made.model, share, objective=False, seed=seed)
            if got.value is not None:
                return self._checked(linear, made.read(got.value))
            if mask is None and got.status is Status.INFEASIBLE:
                return Fill("no")
        return Fill("unknown")

    def lawful(self, problem: Problem, plan: RosterPlan) -> RosterPlan | None:
        """What of a plan keeps every hard rule of a bare Problem, and each further seat that can be filled at once."""
        linear = self._build(problem)
        x = np.zeros(linear.n_x, dtype=np.int64) if linear.faults else _from(linear, plan)
        if linear.faults or linear.broken(x) or not x[linear.forced].all():
            return None
        return seats_of(linear, x)

    def cheapest(
        self, problem: Problem, tags: Mapping[tuple[int, int], tuple[int, int]], price: Mapping[int, int],
        hint: RosterPlan | None, *, barred: AbstractSet[tuple[int, int]] = frozenset(), share: float = 0.3,
    ) -> Fill:  # fmt: skip
        """Fill every needed seat of a bare Problem with the least use of tagged duties.

        Parameters
        ----------
        tags
            (person, group) indices -> (tag, extra price of this duty).
        price
            Tag -> price of using it at all, however many of its duties are taken.
        barred
            Duties that must not be taken.
        """
        if self.over():
            return Fill("unknown")
        linear = self._build(problem)
        if linear.faults:
            return Fill("no")
        x = np.zeros(linear.n_x, dtype=np.int64)
        masks: list[NDArray[np.bool_] | None] = [None]
        if linear.n_x > WINDOW_FROM and hint is not None:
            held = _without(linear, hint, tags)
            if linear.broken(held) == 0:
                masks.insert(0, _window(linear, held))
                x = held
        best, proven = self._start(linear, hint, barred), False
        for mask in masks:
            if self.over():
                break
            made = RosterModel(linear, None if mask is None else x, mask)
            if made.level_least(0) > 0:
                continue
            made.model.add(made.level(0) <= 0)
            made.model.minimize(_use(made, linear, tags, price))
            for p, g in barred:
                i = int(linear.x_of[p, g])
                if i >= 0 and made.var[i] is not None:
                    made.model.add(made.var[i] == 0)
            made.hint(x if best is None else best)
            got = self.run(made.model, share, objective=True)
            if got.value is None:
                if mask is None and got.status is Status.INFEASIBLE:
                    return Fill("no")
                continue
            best = made.read(got.value)
            proven = mask is None and got.status is Status.OPTIMAL
            x = best
        if best is None:
            return Fill("unknown")
        done = self._checked(linear, best)
        return replace(done, least=proven)

    def _start(
        self, linear: Linear, hint: RosterPlan | None, barred: AbstractSet[tuple[int, int]]
    ) -> Ints | None:
        """What filling seat by seat gives, where that is already enough."""
        x = _from(linear, hint)
        cells = zip(linear.x_person[x > 0].tolist(), linear.x_group[x > 0].tolist(), strict=True)
        enough = linear.broken(x) == 0 and bool(x[linear.forced].all()) and linear.value(x)[0] == 0
        return x if enough and not barred & set(cells) else None

    def _build(self, problem: Problem) -> Linear:
        linear = build(problem)
        self.work += linear.n_x / _BUILD_WORK
        return linear

    def _checked(self, linear: Linear, x: Ints) -> Fill:
        """A yes counts only when the independent audit agrees."""
        plan = seats_of(linear, x)
        found = audit(linear.problem, plan)
        if found.breaches or found.levels[0][1]:
            return Fill("unknown")
        return Fill("yes", plan)


def _from(linear: Linear, hint: RosterPlan | None) -> Ints:
    """The hint as far as it is legal, and every further seat that can be filled one by one."""
    likely = None if hint is None else from_plan(linear, hint).astype(np.float64)
    return construct(linear, likely=likely)


def _use(
    made: RosterModel, linear: Linear, tags: Mapping[tuple[int, int], tuple[int, int]], price: Mapping[int, int]
) -> Any:
    used: dict[int, Any] = {}
    total: Any = 0
    for (p, g), (tag, extra) in sorted(tags.items()):
        i = int(linear.x_of[p, g])
        var = made.var[i] if i >= 0 else None
        if var is None:
            continue
        if tag not in used:
            used[tag] = made.model.new_bool_var("")
            total = total + price[tag] * used[tag]
        made.model.add_implication(var, used[tag])
        if extra:
            total = total + extra * var
    return total


def _without(linear: Linear, hint: RosterPlan, tags: Mapping[tuple[int, int], tuple[int, int]]) -> Ints:
    """The hint's duties that need no tag."""
    people = {person.id: p for p, person in enumerate(linear.problem.people)}
    groups = {group.id: g for g, group in enumerate(linear.problem.groups)}
    x = np.zeros(linear.n_x, dtype=np.int64)
    for duty in hint.duties:
        p, g = people.get(duty.person), groups.get(duty.group)
        if p is None or g is None or (p, g) in tags or linear.x_of[p, g] < 0:
            continue
        x[linear.x_of[p, g]] = 1
    return x


def _window(linear: Linear, x: Ints) -> NDArray[np.bool_]:
    """Duties around the seats that are still empty."""
    problem = linear.problem
    filled = np.bincount(linear.x_group[x > 0], minlength=len(problem.groups))
    short = [group for g, group in enumerate(problem.groups) if filled[g] < group.need]
    near = np.array(
        [
            any(g.report_s < s.release_s + _AROUND_S and s.report_s - _AROUND_S < g.release_s for s in short)
            for g in problem.groups
        ]
    )
    mask: NDArray[np.bool_] = near[linear.x_group]
    return mask


def binding(problem: Problem) -> list[int]:
    """Positions of the rules that can forbid: hard ones, and soft ones that say "not at all" somewhere."""
    return [r for r, rule in enumerate(problem.rules) if rule.hard or _forbids(problem, rule)]


def _forbids(problem: Problem, setting: RuleSetting) -> bool:
    """Whether a soft rule has duties or pairs of duties that no price buys (no way home, no way there)."""
    rule = read_settings([setting], len(problem.people))[0][0]
    if rule.rule.form == "fits":
        amount = np.asarray(rule.rule.module.fits(problem, rule.params))
        return bool((amount[list(rule.people)] == NO).any())
    if rule.rule.form == "follows":
        if problem.reachable.all():
            return False  # a table of all pairs is large, and the only pairs beyond price are those without a way
        stints = Stints.of([Stint.of_group(g, group) for g, group in enumerate(problem.groups)])
        return bool((follow_amounts(problem, rule, stints, stints) == NO).any())
    return False


def bare(problem: Problem, upto: int) -> Problem:
    """The Problem with the rules that bind and seats of rung ``upto`` and more important ones only, all on one rung.

    Wishes, soft rules and seats of lesser rungs cost nothing in it: what can be manned is asked, not how well. A
    plan of the whole Problem that fills those seats is a plan of this one and the other way round. So wishes stay
    where a rule makes them bind, and seats stay wanted, at no price: fair shares are of all seats there are.
    """
    groups = tuple(
        replace(
            group,
            level=0,
            need=group.need if group.level <= upto else 0,
            want=max(group.need, group.want),
            price_short=1,
            price_want=0,
            price_over=0,
        )
        for group in problem.groups
    )
    rules = tuple(problem.rules[r] for r in binding(problem))
    people = problem.people
    if all(rule.name != "preferences" for rule in rules):
        people = tuple(replace(person, wishes=()) for person in people)
    return replace(problem, groups=groups, people=people, rules=rules)
