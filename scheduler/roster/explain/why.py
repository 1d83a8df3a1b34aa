"""Why this one and why not that one: for one seat, everybody who could take it, who may not and by which rule.

Plain arithmetic by the rules' own checks: the plan with the seat handed to another is measured, rule by rule. What it
would cost with others moved as well is asked of a small solve around the seat (``moved``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from scheduler.outcome import Breach
from scheduler.roster.audit import audit
from scheduler.roster.build import build
from scheduler.roster.explain.probe import Prober
from scheduler.roster.forms import Duties, Finding
from scheduler.roster.model import RosterModel
from scheduler.roster.plan import RosterPlan
from scheduler.roster.problem import Problem
from scheduler.roster.rules import ActiveRule, configure
from scheduler.roster.solve import seats_of

Verdict = Literal["holds", "could", "busy", "barred"]

_ABOUT_OTHERS = "rows"
_AROUND_S = 20 * 3600


@dataclass(frozen=True)
class Candidate:
    """One person for one seat.

    Attributes
    ----------
    verdict
        ``holds`` it; ``could`` take it at once; ``busy``: only beside duties that do not go with it; ``barred``.
    reasons
        Hard rules that would be broken (Breach, for the rule's own sentence) and demands of the seat.
    lacks
        Demands of the seat itself that are not met: "category", "rank", "unit".
    clashes
        Ids of the person's duties that do not go with the seat.
    cost
        What the soft rules would cost more (less if negative), None where it was not measured.
    costs
        (rule, points more) of the rules that change.
    """

    person: str
    verdict: Verdict
    reasons: tuple[Breach, ...] = ()
    lacks: tuple[str, ...] = ()
    clashes: tuple[str, ...] = ()
    cost: int | None = None
    costs: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class SeatWhy:
    """One seat: who holds it (None when empty) and everybody else, the best first."""

    group: str
    holder: str | None
    candidates: tuple[Candidate, ...]

    def of(self, person: str) -> Candidate:
        """One person's case (KeyError when unknown)."""
        for one in self.candidates:
            if one.person == person:
                return one
        raise KeyError(person)


def why_seat(
    problem: Problem, plan: RosterPlan, group: str, holder: str | None = None, *, measure: int = 8,
    people: Sequence[str] = (),
) -> SeatWhy:  # fmt: skip
    """Everybody for one seat of ``group``.

    Parameters
    ----------
    holder
        Who gives the seat up; None for whoever holds it first, or for an empty seat.
    measure
        For how many of those who could take it the cost is worked out over all rules; those named in ``people``
        are always measured.
    """
    index = {g.id: k for k, g in enumerate(problem.groups)}
    who = {p.id: k for k, p in enumerate(problem.people)}
    g = index[group]
    served: list[list[int]] = [[] for _ in problem.people]
    for duty in plan.duties:
        if duty.group in index and duty.person in who:
            served[who[duty.person]].append(index[duty.group])
    held = [p for p, mine in enumerate(served) if g in mine]
    given = who[holder] if holder is not None else None
    filled = len(held)
    if given is None and held and filled >= problem.groups[g].need:
        given = held[0]
    base = [_ordered(problem, mine) for mine in served]
    rules = configure(problem)
    left = list(base)
    if given is not None:
        left[given] = tuple(k for k in left[given] if k != g)
    found = []
    for p, person in enumerate(problem.people):
        if p in held:
            found.append(Candidate(person.id, "holds"))
        else:
            found.append(_candidate(problem, rules, left, p, g))
    measured = _measured(problem, rules, base, left, g, found, measure, set(people), who)
    rank = {"holds": 0, "could": 1, "busy": 2, "barred": 3}
    measured.sort(key=lambda c: (rank[c.verdict], c.cost is None, c.cost or 0, len(c.reasons), c.person))
    return SeatWhy(group, problem.people[given].id if given is not None else None, tuple(measured))


def _ordered(problem: Problem, mine: Sequence[int]) -> tuple[int, ...]:
    groups = problem.groups
    return tuple(sorted(set(mine), key=lambda k: (groups[k].report_s, groups[k].release_s, k)))


def _lacks(problem: Problem, p: int, g: int) -> tuple[str, ...]:
    person, group = problem.people[p], problem.groups[g]
    found = []
    if group.categories and person.category not in group.categories:
        found.append("category")
    if person.rank < group.rank_min:
        found.append("rank")
    if group.unit is not None and group.unit != person.unit:
        found.append("unit")
    return tuple(found)


def _candidate(
    problem: Problem, rules: Sequence[ActiveRule], left: Sequence[tuple[int, ...]], p: int, g: int
) -> Candidate:
    """One person by the seat's demands and the hard rules on their own duties."""
    lacks = _lacks(problem, p, g)
    alone = _broken(problem, rules, p, (g,))
    mine = _ordered(problem, [*left[p], g])
    together = _broken(problem, rules, p, mine)
    before = {_same(b) for b in _broken(problem, rules, p, left[p])}
    reasons = tuple(b for b in together if _same(b) not in before)
    person = problem.people[p].id
    if lacks or alone:
        return Candidate(person, "barred", alone or reasons, lacks)
    if reasons:
        others = {k for b in reasons for k in b.where} & {problem.groups[k].id for k in left[p]}
        return Candidate(person, "busy", reasons, (), tuple(sorted(others)))
    return Candidate(person, "could")


def _same(breach: Breach) -> tuple[object, ...]:
    return breach.rule, breach.who, breach.where, breach.start_s, breach.amount


def _breach(rule: ActiveRule, one: Finding) -> Breach:
    return Breach(
        rule.name, one.amount, rule.rule.info.unit, rule.hard, one.who, one.where, one.start_s, one.end_s,
        0 if rule.hard else rule.price * one.amount, one.data, "" if rule.hard else "costs",
    )  # fmt: skip


def _personal(rule: ActiveRule) -> bool:
    """Whether a rule's check can be asked about one person alone."""
    return rule.rule.form != _ABOUT_OTHERS


def _broken(
    problem: Problem, rules: Sequence[ActiveRule], p: int, mine: tuple[int, ...]
) -> tuple[Breach, ...]:
    duties: list[tuple[int, ...]] = [()] * len(problem.people)
    duties[p] = mine
    found = []
    for rule in rules:
        if rule.hard and _personal(rule) and p in rule.people:
            found += [
                _breach(rule, one) for one in rule.rule.module.check(problem, rule.params, (p,), duties)
            ]
    return tuple(found)


def _measured(
    problem: Problem, rules: Sequence[ActiveRule], base: Sequence[tuple[int, ...]], left: Sequence[tuple[int, ...]],
    g: int, found: list[Candidate], measure: int, asked: set[str], who: dict[str, int],
) -> list[Candidate]:  # fmt: skip
    """The rules about several people, and the cost, for the most likely candidates.

    Everybody's own cost decides who they are; the rest keep the verdict of the rules about their own duties.
    """
    first = {c.person: _own_cost(problem, rules, left, who[c.person], g) for c in found if c.verdict == "could"}
    likely = set(sorted(first, key=lambda c: (first[c], c))[:measure])
    likely |= asked & {c.person for c in found if c.verdict == "could"}
    before = {id(rule): rule.check(problem, base) for rule in rules} if likely else {}
    out = []
    for one in found:
        if one.person not in likely:
            out.append(one)
            continue
        p = who[one.person]
        after: list[tuple[int, ...]] = list(left)
        after[p] = _ordered(problem, [*left[p], g])
        reasons: list[Breach] = []
        changed: dict[str, int] = {}
        for rule in rules:
            was, now = before[id(rule)], rule.check(problem, after)
            if rule.hard:
                known = {_same(_breach(rule, b)) for b in was}
                reasons += [b for b in (_breach(rule, f) for f in now) if _same(b) not in known]
            else:
                more = rule.price * (sum(f.amount for f in now) - sum(f.amount for f in was))
                changed[rule.name] = changed.get(rule.name, 0) + more
        costs = tuple(sorted(((n, v) for n, v in changed.items() if v), key=lambda c: (-abs(c[1]), c[0])))
        verdict: Verdict = "barred" if reasons else "could"
        out.append(
            replace(one, verdict=verdict, reasons=tuple(reasons), cost=sum(v for _, v in costs), costs=costs)
        )
    return out


def _own_cost(
    problem: Problem, rules: Sequence[ActiveRule], left: Duties, p: int, g: int
) -> int:
    total = 0
    for rule in rules:
        if rule.hard or not _personal(rule) or p not in rule.people:
            continue
        for sign, mine in ((1, _ordered(problem, [*left[p], g])), (-1, left[p])):
            duties: list[Sequence[int]] = [()] * len(problem.people)
            duties[p] = mine
            found = rule.rule.module.check(problem, rule.params, (p,), duties)
            total += sign * rule.price * sum(one.amount for one in found)
    return total


@dataclass(frozen=True)
class Moved:
    """What it takes to have one person in one seat, others moved around them.

    ``answer`` is "yes", "no" (no legal way with the rest of the plan held) or "unknown". ``levels`` are the
    differences of the objective's levels; ``changed`` the people whose duties differ.
    """

    answer: Literal["yes", "no", "unknown"]
    levels: tuple[tuple[str, int], ...] = ()
    changed: tuple[str, ...] = ()
    plan: RosterPlan | None = None


def moved(problem: Problem, plan: RosterPlan, person: str, group: str, prober: Prober) -> Moved:
    """Put ``person`` into ``group`` and re-plan the hours around it as cheaply as can be, the rest held."""
    linear = build(problem)
    p = next(k for k, one in enumerate(problem.people) if one.id == person)
    g = next(k for k, one in enumerate(problem.groups) if one.id == group)
    i = int(linear.x_of[p, g])
    if i < 0:
        return Moved("no")
    people = {one.id: k for k, one in enumerate(problem.people)}
    groups = {one.id: k for k, one in enumerate(problem.groups)}
    x = np.zeros(linear.n_x, dtype=np.int64)
    for duty in plan.duties:
        column = int(linear.x_of[people[duty.person], groups[duty.group]])
        if column >= 0:
            x[column] = 1
    target = problem.groups[g]
    near = np.array(
        [
            one.report_s < target.release_s + _AROUND_S and target.report_s - _AROUND_S < one.release_s
            for one in problem.groups
        ]
    )
    busy = {int(linear.x_person[k]) for k in np.nonzero((x > 0) & (linear.x_group == g))[0]} | {p}
    idle = np.nonzero(np.bincount(linear.x_person[x > 0], minlength=len(problem.people)) == 0)[0][:20]
    crowd = np.isin(linear.x_person, [*busy, *idle.tolist()])
    made = RosterModel(linear, x, crowd & near[linear.x_group])
    if made.var[i] is None:
        return Moved("no")
    made.model.add(made.var[i] == 1)
    scale, total = 1, 0
    for k in reversed(range(linear.n_levels)):
        total = total + scale * made.level(k)
        scale *= made.level_most(k) + 1
    made.model.minimize(total)
    got = prober.run(made.model, 0.5, objective=True)
    if got.value is None:
        return Moved("no" if got.status.value == "infeasible" else "unknown")
    then = seats_of(linear, made.read(got.value), plan.duties)
    was, now = dict(audit(problem, plan).levels), dict(audit(problem, then).levels)
    before, after = {(d.person, d.group) for d in plan.duties}, {(d.person, d.group) for d in then.duties}
    changed = tuple(sorted({who for who, _ in before ^ after}))
    return Moved("yes", tuple((name, now[name] - was[name]) for name in now), changed, then)
