"""How little a hard rule must give so that the seats can be filled.

A rule's numbers are tried along steps a planner would say (half hours, five minutes, whole days): bisection between
the value in force and one with which it works. Then those who really need it are read from a plan that breaks the
strict rule as little as it can, and the looser value is given to them alone where that is enough.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from pydantic.fields import FieldInfo

from scheduler.outcome import Limits
from scheduler.roster.audit import audit
from scheduler.roster.explain.patch import Change, Loosen, Prices, Remedy, Unpin, Waive, apply_all
from scheduler.roster.explain.probe import Prober
from scheduler.roster.plan import RosterPlan
from scheduler.roster.problem import Problem
from scheduler.roster.rules import ActiveRule, configure
from scheduler.roster.solve import solve

NEVER = frozenset({"no_double_duty", "transfer_time"})
"""Rules nobody can give way on: one person in two places."""

ELSEWHERE = frozenset({"leave_locked", "qualification_valid"})
"""Rules that have remedies of their own kind."""

_LADDER = 48
"""The most steps a number is moved either way."""


@dataclass(frozen=True)
class _Ladder:
    """Values of one number, the one in force first, then ever looser (or stricter: who knows)."""

    param: str
    values: tuple[float, ...]


def loosened(
    problem: Problem, prober: Prober, hint: RosterPlan | None, prices: Prices, most: int = 4
) -> Iterator[Remedy]:
    """Ways out by one rule each, for a bare Problem that cannot be manned.

    First every rule that may give way is left out at once: where that does not help, none is tried alone.
    """
    active = [rule for rule in configure(problem) if rule.hard and rule.name not in NEVER | ELSEWHERE]
    names = list(dict.fromkeys(rule.name for rule in active))
    free = replace(problem, rules=tuple(r for r in problem.rules if r.name not in names))
    all_out = prober.fill(free, hint, share=0.35)
    if all_out.answer == "no" or not names:
        return
    found = 0
    for name in _order(problem, names, all_out.plan):
        if prober.over() or found >= most:
            return
        without = replace(problem, rules=tuple(r for r in problem.rules if r.name != name))
        dropped = prober.fill(without, all_out.plan or hint, share=0.15)
        if dropped.plan is None:
            continue
        rules = [rule for rule in active if rule.name == name]
        mild = _least_broken(problem, prober, {name}, dropped.plan) or dropped.plan
        remedy = _numbers(problem, prober, rules, mild, prices) or _waive(problem, prober, rules, mild, prices)
        found += 1
        yield remedy
    if not found and all_out.plan is not None:
        several = _together(problem, prober, active, all_out.plan, prices)
        if several is not None:
            yield several


def _together(
    problem: Problem, prober: Prober, active: list[ActiveRule], plan: RosterPlan, prices: Prices
) -> Remedy | None:
    """Several rules at once where no single one is enough: those that the mildest plan breaks, one after another."""
    names = {rule.name for rule in active}
    mild = _least_broken(problem, prober, names, plan) or plan
    found = {breach.rule for breach in audit(problem, mild).breaches}
    broken = [name for name in dict.fromkeys(rule.name for rule in active) if name in found]
    changes: list[Change] = []
    price, amount, people = 0, 0, set[str]()
    for k, name in enumerate(broken):
        # rules still to be looked at are out, those behind us give way as far as was found
        out = set(broken[k + 1 :])
        base = apply_all(replace(problem, rules=tuple(r for r in problem.rules if r.name not in out)), changes)
        without = replace(base, rules=tuple(r for r in base.rules if r.name != name))
        dropped = prober.fill(without, mild, share=0.15)
        if dropped.plan is None:
            return None
        rules = [rule for rule in active if rule.name == name]
        soft = _least_broken(base, prober, {name}, dropped.plan) or dropped.plan
        one = _numbers(base, prober, rules, soft, prices) or _waive(base, prober, rules, soft, prices)
        changes += one.changes
        price, amount, people = price + one.price, amount + one.amount, people | set(one.people)
    done = prober.fill(apply_all(problem, changes), mild, share=0.2)
    if done.plan is None or not changes:
        return None
    return Remedy("loosen", tuple(changes), price, done.plan, amount=amount, people=tuple(sorted(people)))


def _order(problem: Problem, names: list[str], plan: RosterPlan | None) -> list[str]:
    """Rules that a plan without any of them breaks come first: the others are hardly to blame."""
    if plan is None:
        return names
    broken = {breach.rule for breach in audit(problem, plan).breaches}
    return [n for n in names if n in broken] + [n for n in names if n not in broken]


def _numbers(
    problem: Problem, prober: Prober, rules: list[ActiveRule], mild: RosterPlan, prices: Prices
) -> Remedy | None:
    """The first number of the rule that helps, moved as little as possible.

    ``mild`` fills every seat and breaks nothing but this rule: how far the number must move for it is read off
    without a search; only what is less than that is asked.
    """
    rule = rules[0]
    for ladder in _ladders(rule):
        old = ladder.values[0]

        def change(k: int, ladder: _Ladder = ladder, old: float = old) -> Loosen:
            return Loosen(rule.name, ladder.param, old, ladder.values[k])

        high = _enough(problem, [change(k) for k in range(len(ladder.values))], mild)
        if high is None:
            continue
        low, plan, least, step = 0, mild, True, 1
        while high - low > 1 and not prober.over():
            # the mild roster is nearly as good as can be: look just below it first, then ever further
            middle = max(low + 1, high - step)
            got = prober.fill(apply_all(problem, [change(middle)]), plan, share=0.15)
            if got.plan is not None:
                high, plan, step = middle, got.plan, step * 2
            else:
                low, step = middle, 1 if high - middle <= 2 else (high - middle) // 2
                least = least and got.answer == "no"
        return _for_whom(problem, prober, rule, change(high), plan, prices, mild, least=least and high - low == 1)
    return None


def _enough(problem: Problem, changes: list[Loosen], plan: RosterPlan) -> int | None:
    """The first of ever looser values under which the plan is legal, None where none is."""
    low, high = 0, len(changes) - 1
    if audit(apply_all(problem, changes[-1:]), plan).breaches:
        return None
    while high - low > 1:
        middle = (low + high) // 2
        if audit(apply_all(problem, [changes[middle]]), plan).breaches:
            low = middle
        else:
            high = middle
    return high


def _for_whom(
    problem: Problem, prober: Prober, rule: ActiveRule, change: Loosen, plan: RosterPlan, prices: Prices,
    mild: RosterPlan, *, least: bool,
) -> Remedy:  # fmt: skip
    """The loosening for those alone who need it, where that is enough."""
    strict = _breakers(problem, rule, plan)
    who, amount = strict
    part = abs(change.new - change.old) / max(abs(change.old), abs(change.new), 1e-9)
    if rule.rule.info.by_person and who and not prober.over():
        who, amount, plan, change = _fewest(problem, prober, rule, change, plan, mild, strict)
    n = len(change.people) if change.people is not None else len(who)
    price = prices.loosened * max(1, n) + math.ceil(prices.whole_limit * part)
    price += 0 if change.people is not None else prices.everyone
    return Remedy(
        "loosen", (change,), price, plan, amount=amount, people=tuple(who), least=least,
        data={"rule": rule.name, "unit": rule.rule.info.unit},
    )  # fmt: skip


def _fewest(
    problem: Problem, prober: Prober, rule: ActiveRule, change: Loosen, plan: RosterPlan, mild: RosterPlan,
    strict: tuple[tuple[str, ...], int],
) -> tuple[tuple[str, ...], int, RosterPlan, Loosen]:  # fmt: skip
    """Few people who need the looser value, tried from the least broken plan, then from the one at hand."""
    options = [(_breakers(problem, rule, mild), mild), (strict, plan)]
    options.sort(key=lambda one: (len(one[0][0]), one[0][1]))
    for (who, amount), start in options:
        if not who or len(who) == len(problem.people):
            continue
        narrow = replace(change, people=who)
        got = prober.fill(apply_all(problem, [narrow]), start, share=0.1)
        if got.plan is not None:
            found = _breakers(problem, rule, got.plan)
            # those among them who then do not need it are left as they are
            if set(found[0]) < set(who) and found[0]:
                narrow = replace(change, people=found[0])
            return found[0] or who, found[1] or amount, got.plan, narrow
    return strict[0], strict[1], plan, change


def _least_broken(problem: Problem, prober: Prober, names: set[str], plan: RosterPlan) -> RosterPlan | None:
    """A plan that fills every seat and breaks these rules as little as can be."""
    soft = tuple(replace(r, hard=False, price=1) if r.name in names else r for r in problem.rules)
    part = prober.part(0.12)
    work = part.work
    got = solve(
        replace(problem, rules=soft),
        limits=Limits(part.seconds, work), seed=prober.seed, workers=prober.workers, hint=plan, stop=prober.stop,
    )  # fmt: skip
    prober.work += work or 0.0
    if got.plan is None or got.levels[0].value != 0:
        return None
    return got.plan


def _breakers(problem: Problem, rule: ActiveRule, plan: RosterPlan) -> tuple[tuple[str, ...], int]:
    """Who breaks the rule as it stands in a plan, and by how much in all."""
    found = [b for b in audit(problem, plan).breaches if b.rule == rule.name]
    who = tuple(sorted({person for breach in found for person in breach.who}))
    return who, sum(breach.amount for breach in found)


def _waive(
    problem: Problem, prober: Prober, rules: list[ActiveRule], plan: RosterPlan, prices: Prices
) -> Remedy:
    """The rule set aside: pins by name, other rules for the few who need it in the mildest roster, ``plan``."""
    rule = rules[0]
    found = [b for b in audit(problem, plan).breaches if b.rule == rule.name]
    if rule.name == "pins_locked":
        pins = sorted({(b.who[0], b.where[0], bool(b.data["on"])) for b in found})
        loose = tuple(Unpin(*pin) for pin in pins)
        price = prices.unpinned * len(loose)
        return Remedy("unpin", loose, price, plan, people=tuple(sorted({p for p, _, _ in pins})))
    who, amount = _breakers(problem, rule, plan)
    change = Waive(rule.name, who if rule.rule.info.by_person and who else None)
    if change.people is not None and prober.fill(apply_all(problem, [change]), plan, share=0.1).answer != "yes":
        change = Waive(rule.name)
    n = len(who) if change.people is not None else 0
    price = prices.waived * max(1, n) + (0 if change.people is not None else prices.whole_limit)
    return Remedy(
        "waive", (change,), price, plan, amount=amount, people=who,
        data={"rule": rule.name, "unit": rule.rule.info.unit},
    )  # fmt: skip


def _ladders(rule: ActiveRule) -> Iterator[_Ladder]:
    """For each number of the rule its values down, then up."""
    for name, info in type(rule.params).model_fields.items():
        value = getattr(rule.params, name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            continue
        whole = isinstance(value, int)
        step = _step(name, float(value), whole=whole)
        low, high = _limits(info)
        for sign in (-1, 1):
            values = [value + sign * step * k for k in range(_LADDER + 1)]
            kept = [v for v in values if (low is None or v >= low) and (high is None or v <= high)]
            if len(kept) > 1:
                yield _Ladder(name, tuple(int(v) if whole else v for v in kept))


def _step(name: str, value: float, *, whole: bool) -> float:
    """How a planner would move this number."""
    if name.endswith("_h"):
        return 0.5 if not whole else 1
    if name.endswith("_min"):
        return 5 if value <= 120 else 15 if value <= 600 else 60
    if name.endswith("_pct"):
        return 5
    return 1


def _limits(info: FieldInfo) -> tuple[float | None, float | None]:
    low: float | None = 0.0
    high: float | None = None
    for bound in info.metadata:
        given: Any = getattr(bound, "ge", None)
        low = low if given is None else given
        given = getattr(bound, "gt", None)
        low = low if given is None else given + 1e-9
        given = getattr(bound, "le", None)
        high = high if given is None else given
    return low, high
