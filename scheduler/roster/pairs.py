"""What ``follows`` rules say of two duties of one person, by kind of person and by kind of duty.

Duties of the same times, places and kind are the same to such a rule, so it is asked once for each two kinds of duty.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scheduler.roster.forms import NO, Stint, Stints
from scheduler.roster.linear import Ints
from scheduler.roster.problem import Problem
from scheduler.roster.rules import ActiveRule

Bools = NDArray[np.bool_]

_AT_ONCE = 4_000_000
"""Pairs asked for at one time: what rules lay out for them stays small."""


def follow_amounts(problem: Problem, rule: ActiveRule, first: Stints, then: Stints) -> Ints:
    """Amounts of a follow rule for all pairs, by its table where it has one."""
    module = rule.rule.module
    if hasattr(module, "follows_table"):
        table: Ints = module.follows_table(problem, rule.params, first, then)
        return np.asarray(table, dtype=np.int64)
    return np.array(
        [[module.follows(problem, rule.params, a, b) for b in then.stints] for a in first.stints],
        dtype=np.int64,
    ).reshape(len(first.stints), len(then.stints))


def _before(first: Stints, then: Stints, offset: int = 0) -> Bools:
    """Whether each of ``first`` comes before each of ``then`` (by report, release, position)."""
    a, b = first.report_s[:, None], then.report_s[None, :]
    c, d = first.release_s[:, None], then.release_s[None, :]
    order = offset + np.arange(len(first.stints))[:, None] < np.arange(len(then.stints))[None, :]
    before: Bools = (a < b) | ((a == b) & ((c < d) | ((c == d) & order)))
    return before


def _some(stints: Stints, part: slice) -> Stints:
    return Stints(
        stints.report_s[part],
        stints.release_s[part],
        stints.report_place[part],
        stints.release_place[part],
        stints.stints[part],
    )


@dataclass
class Pairs:
    """Follow rules of a Problem, asked as far as needed.

    Attributes
    ----------
    conflict
        For each kind of person bool ``[n_groups, n_groups]``, symmetric: never both.
    price
        For each kind with soft rules int64 ``[n_groups, n_groups]``, what first and then cost together.
    kind_of
        int32 ``[n_people]``.
    """

    problem: Problem
    active: tuple[ActiveRule, ...]

    def __post_init__(self) -> None:
        """Group duties and people, and ask every rule."""
        problem = self.problem
        self.rules = [rule for rule in self.active if rule.rule.form == "follows"]
        self.stints = Stints.of([Stint.of_group(g, group) for g, group in enumerate(problem.groups)])
        known: dict[Hashable, int] = {}
        lead: list[Stint] = []
        duty = np.zeros(len(problem.groups), dtype=np.int32)
        for g, group in enumerate(problem.groups):
            key = Stint.of_group(-1, group)
            duty[g] = known.setdefault(key, len(known))
            if duty[g] == len(lead):
                lead.append(self.stints.stints[g])
        self.duty_of = duty
        self.lead = Stints.of(lead)
        member = [frozenset(rule.people) for rule in self.rules]
        kinds: dict[tuple[int, ...], list[int]] = {}
        for p in range(len(problem.people)):
            kinds.setdefault(tuple(i for i, m in enumerate(member) if p in m), []).append(p)
        self.kinds = sorted(kinds.items())
        self.kind_of = np.zeros(len(problem.people), dtype=np.int32)
        self.conflict: dict[int, Bools] = {}
        self.price: dict[int, Ints] = {}
        for k, (which, people) in enumerate(self.kinds):
            self.kind_of[people] = k
            self._tables(k, [self.rules[i] for i in which])

    def _tables(self, k: int, rules: list[ActiveRule]) -> None:
        n, n_d = len(self.duty_of), len(self.lead.stints)
        never = np.zeros((n_d, n_d), dtype=bool)
        costly = any(not rule.hard for rule in rules)
        cost = np.zeros((n_d, n_d) if costly else (0, 0), dtype=np.int64)
        step = max(1, _AT_ONCE // max(1, n_d))
        for a in range(0, n_d, step):
            part = slice(a, a + step)
            for rule in rules:
                amount = follow_amounts(self.problem, rule, _some(self.lead, part), self.lead)
                never[part] |= (amount != 0) if rule.hard else (amount == NO)
                if not rule.hard:
                    cost[part] += np.maximum(amount, 0) * rule.price
        banned = np.zeros((n, n), dtype=bool)
        price = np.zeros((n, n) if costly else (0, 0), dtype=np.int64)
        step = max(1, _AT_ONCE // max(1, n))
        for a in range(0, n, step):
            part = slice(a, a + step)
            before = _before(_some(self.stints, part), self.stints, a)
            at = np.ix_(self.duty_of[part], self.duty_of)
            banned[part] = never[at] & before
            if costly:
                price[part] = np.where(before & ~banned[part], cost[at], 0)
        for a in range(0, n, step):  # both ways round, in place
            upper = banned[a : a + step, a:] | banned[a:, a : a + step].T
            banned[a : a + step, a:] = upper
            banned[a:, a : a + step] = upper.T
        self.conflict[k] = banned
        if costly:
            self.price[k] = price

    def history(self, allowed: Bools) -> dict[int, Ints]:
        """What was worked before rules out (in ``allowed``, changed) and costs: int64 ``[n_groups]`` by person."""
        known: dict[Hashable, tuple[Bools, Ints | None]] = {}
        costs: dict[int, Ints] = {}
        for which, people in self.kinds:
            rules = [self.rules[i] for i in which]
            for p in people if rules else ():
                worked = self.problem.people[p].worked
                if not worked:
                    continue
                if (which, worked) not in known:
                    known[which, worked] = self._after(worked, rules)
                never, cost = known[which, worked]
                allowed[p] &= ~never
                if cost is not None:
                    costs[p] = cost
        return costs

    def _after(self, worked: Any, rules: list[ActiveRule]) -> tuple[Bools, Ints | None]:
        past = Stints.of([Stint.of_worked(w) for w in worked])
        n_d = len(self.lead.stints)
        never = np.zeros(n_d, dtype=bool)
        cost = np.zeros(n_d, dtype=np.int64)
        ahead = _before(past, self.lead) | (
            (past.report_s[:, None] == self.lead.report_s[None, :])
            & (past.release_s[:, None] == self.lead.release_s[None, :])
        )
        for rule in rules:
            after = follow_amounts(self.problem, rule, past, self.lead)
            prior = follow_amounts(self.problem, rule, self.lead, past).T
            amount = np.where(ahead, after, prior)
            never |= ((amount != 0) if rule.hard else (amount == NO)).any(axis=0)
            if not rule.hard:
                cost += np.maximum(amount, 0).sum(axis=0) * rule.price
        soft = any(not rule.hard for rule in rules)
        return never[self.duty_of], cost[self.duty_of] if soft else None
