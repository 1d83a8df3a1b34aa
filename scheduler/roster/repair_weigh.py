"""A plan laid out so that one exchange of duties is judged at once: what it breaks, what it costs, and why not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from scheduler.outcome import Breach
from scheduler.roster.audit import lacks
from scheduler.roster.forms import NO, Finding, Who
from scheduler.roster.linear import walk_groups
from scheduler.roster.plan import RosterPlan
from scheduler.roster.repair_laid import BY_PINS, Laid, LaidRow, RowBook
from scheduler.roster.rules import ActiveRule

Pairs = Sequence[tuple[int, int]]
"""(person, group) indices."""


class _Seen:
    """Rows under the plan: a row's value is summed up when an exchange first touches it."""

    def __init__(self, book: RowBook, weigh: Weigh) -> None:
        self.book, self.weigh = book, weigh
        self._value: dict[int, int] = {}

    def delta(self, adds: Pairs, drops: Pairs) -> list[tuple[LaidRow, int, int]]:
        """(row, amount before, amount after) of rows whose amount changes."""
        change: Counter[int] = Counter()
        for sign, its in ((1, adds), (-1, drops)):
            for p, g in its:
                if sign < 0 and not self.weigh.counts[p, g]:
                    continue
                for r, by in self.book.touched(p, g):
                    change[r] += sign * by
        found = []
        for r, by in sorted(change.items()):
            if not by:
                continue
            row, value = self.book.rows[r], self.value(r)
            before, after = row.amount(value), row.amount(value + by)
            if before != after:
                found.append((row, before, after))
        return found

    def value(self, r: int) -> int:
        """What a row comes to under the plan."""
        known = self._value.get(r)
        if known is None:
            parts = self.book.rows[r].parts
            known = sum(int(coefs @ self.weigh.count(who)[groups]) for who, groups, coefs in parts)
            self._value[r] = known
        return known


class Weigh:
    """The plan's duties by person, and every rule ready to judge an exchange.

    Parameters
    ----------
    counting_all
        Count duties too that nobody may do so, as the audit of a roster made by hand does. Else a seat held by
        somebody who may not (who called in sick) counts as empty.

    Attributes
    ----------
    held
        Groups of each person; ``matrix`` the same as bool ``[n_people, n_groups]``, ``filled`` their number by group.
    """

    def __init__(self, laid: Laid, plan: RosterPlan, *, counting_all: bool = False) -> None:
        problem = laid.problem
        self.laid, self.problem = laid, problem
        person_of = {person.id: p for p, person in enumerate(problem.people)}
        group_of = {group.id: g for g, group in enumerate(problem.groups)}
        self.matrix = np.zeros((len(problem.people), len(problem.groups)), dtype=bool)
        for duty in plan.duties:
            if duty.person in person_of and duty.group in group_of:
                self.matrix[person_of[duty.person], group_of[duty.group]] = True
        self.held: list[list[int]] = [[] for _ in problem.people]
        for p, g in zip(*(axis.tolist() for axis in np.nonzero(self.matrix)), strict=True):
            self.held[p].append(g)
        self.filled = self.matrix.sum(axis=0, dtype=np.int64)
        self.counts = self.matrix if counting_all else self.matrix & laid.allowed
        self.staffed = self.counts.sum(axis=0, dtype=np.int64)
        self.duties = [self._order(groups) for groups in self.held]
        self._none: tuple[tuple[int, ...], ...] = ((),) * len(self.duties)
        self._counted: dict[Who, Any] = {None: self.staffed}
        self.hard, self.soft = _Seen(laid.hard, self), _Seen(laid.soft, self)
        self.team = [group.team for group in problem.groups]
        own = [rule for rule in laid.active if _own(rule)]
        asked = [(rule, frozenset(rule.people)) for rule in own]
        self._own = {hard: [pair for pair in asked if pair[0].hard == hard] for hard in (True, False)}

    def count(self, who: Who) -> Any:
        """How many of a crowd hold a seat of each group, int64 ``[n_groups]``."""
        found = self._counted.get(who)
        if found is None:
            rows = [who] if isinstance(who, int) else sorted(who or ())
            found = self.counts[rows].sum(axis=0, dtype=np.int64)
            if not isinstance(who, int):
                self._counted[who] = found
        return found

    def _order(self, groups: Iterable[int]) -> tuple[int, ...]:
        its = self.problem.groups
        return tuple(sorted(groups, key=lambda g: (its[g].report_s, its[g].release_s, g)))

    def hours_s(self, p: int) -> int:
        """Paid seconds of one person in the plan and just before it."""
        inside = sum(self.problem.groups[g].paid_s for g in self.held[p])
        return inside + sum(w.paid_s for w in self.problem.people[p].worked)

    def after(self, adds: Pairs, drops: Pairs) -> dict[int, tuple[int, ...]]:
        """Duties of the people concerned once the exchange is made."""
        now: dict[int, set[int]] = {}
        for p, _ in (*adds, *drops):
            now[p] = set(self.held[p])
        for p, g in drops:
            now[p].discard(g)
        for p, g in adds:
            now[p].add(g)
        return {p: self._order(groups) for p, groups in now.items()}

    # ------------------------------------------------------------ hard
    def breaks(self, adds: Pairs, drops: Pairs) -> tuple[str, ...]:
        """Names of what the exchange would break that is not broken already; empty when it may be made."""
        laid, now = self.laid, self.after(adds, drops)
        for p, g in adds:
            if not laid.allowed[p, g]:
                return ("seat_asks",)
            clash = laid.conflict[int(laid.conflict_of[p])][g]
            if any(clash[h] for h in now[p] if h != g):
                return ("clash",)
            more = sum(at == g for _, at in adds) - sum(at == g for _, at in drops)
            if self.filled[g] + more > self.problem.groups[g].most:
                return ("over_most",)
        found = [row.name for row, before, after in self.hard.delta(adds, drops) if after > before]
        found += self._teams(adds, drops)
        for p, groups in now.items():
            for rule, people in self._own[True]:
                # seats alone and pairs are settled above
                form = rule.rule.form
                if form in ("fits", "follows") or p not in people:
                    continue
                worse = self._walk(rule, p, groups) if form == "step" else self._worse(rule, p, groups)
                if worse:
                    found.append(rule.name)
        return tuple(dict.fromkeys(found))

    def _walk(self, rule: ActiveRule, p: int, groups: Sequence[int]) -> bool:
        return self._stumbles(rule, p, groups) and not self._stumbles(rule, p, self.duties[p])

    def _stumbles(self, rule: ActiveRule, p: int, groups: Sequence[int]) -> bool:
        amount = walk_groups(self.problem, rule.rule.module, rule.params, p, groups)
        return amount == NO or amount > 0

    def _worse(self, rule: ActiveRule, p: int, groups: tuple[int, ...]) -> bool:
        return self._amount(rule, p, groups) > self._amount(rule, p, self.duties[p])

    def _teams(self, adds: Pairs, drops: Pairs) -> list[str]:
        """Teams that would be sent in part."""
        touched = {self.team[g] for _, g in (*adds, *drops)} - {None}
        if not touched:
            return []
        filled = self.filled.copy()
        np.add.at(filled, [g for _, g in adds], 1)
        np.add.at(filled, [g for _, g in drops], -1)

        def split(count: Any, team: str | None) -> int:
            its = [g for g, name in enumerate(self.team) if name == team]
            lacks = sum(max(0, max(1, self.problem.groups[g].need) - int(count[g])) for g in its)
            return lacks if any(count[g] for g in its) else 0

        return ["team_whole" for team in sorted(map(str, touched)) if split(filled, team) > split(self.filled, team)]

    # ------------------------------------------------------------ soft
    def costs(self, adds: Pairs, drops: Pairs) -> tuple[tuple[int, ...], dict[str, int]]:
        """Seats short on each level, and prices by rule: what the exchange adds, below 0 where it gains."""
        levels = self.laid.levels
        short = [0] * len(levels)
        prices: Counter[str] = Counter()
        for row, before, after in self.soft.delta(adds, drops):
            prices[row.name] += (after - before) * row.price
        more = Counter(g for _, g in adds)
        more.subtract(g for p, g in drops if self.counts[p, g])
        for g, by in more.items():
            group, was = self.problem.groups[g], int(self.staffed[g])
            lacks = max(0, group.need - was - by) - max(0, group.need - was)
            short[levels[group.level]] += lacks * group.price_short
            prices["want"] += (max(0, group.want - was - by) - max(0, group.want - was)) * group.price_want
            top = max(group.need, group.want)
            prices["over"] += (max(0, was + by - top) - max(0, was - top)) * group.price_over
        for p, groups in self.after(adds, drops).items():
            for rule, people in self._own[False]:
                if p in people:
                    by = self._amount(rule, p, groups) - self._amount(rule, p, self.duties[p])
                    prices[rule.name] += by * rule.price
        return tuple(short), {name: by for name, by in prices.items() if by}

    def _amount(self, rule: ActiveRule, p: int, groups: tuple[int, ...]) -> int:
        """What a rule that looks at each person alone finds with these duties."""
        duties = list(self._none)
        duties[p] = groups
        found: list[Finding] = rule.rule.module.check(self.problem, rule.params, (p,), duties)
        return sum(one.amount for one in found)

    # ------------------------------------------------------------ words
    def reasons(self, p: int, g: int, drops: Pairs, at_s: int | None) -> tuple[Breach, ...]:
        """Why a person cannot take a seat besides their duties, as breaches that the rules can put into words."""
        group, person = self.problem.groups[g], self.problem.people[p]
        lacked = lacks(self.problem, person, group)
        if lacked:
            return (_found("seat_asks", person.id, group.id, **lacked),)
        now = self.after([(p, g)], drops)
        broken = set(self.breaks([(p, g)], drops))
        found: list[Breach] = []
        for rule in self.laid.active:
            own = _own(rule)
            if rule.hard and p in rule.people and (own or rule.name in broken):
                found += self._new(rule, (p,), now, alone=own)
        if at_s is not None and group.report_s < at_s:
            return (*found, _found("begun", person.id, group.id))
        if not found:  # it is about others (who leaves the seat was their lead), or left the seat no column at all
            for rule in self.laid.active:
                if rule.hard and (not _own(rule) or rule.name in broken):
                    found += self._new(rule, rule.people, now, alone=False)
        if not found:
            told = ("over_most", "team_whole")
            names = sorted(broken) or ["clash"]
            # no rule's own name: its words would ask for what only its check finds
            found = [
                _found(n, person.id, group.id) if n in told else _found("ruled_out", person.id, group.id, by=n)
                for n in names
            ]
        return tuple(found)

    def _new(
        self, rule: ActiveRule, people: tuple[int, ...], now: Mapping[int, tuple[int, ...]], *, alone: bool
    ) -> list[Breach]:
        """What a rule finds about these people once the duties are as in ``now``, and did not before."""
        was = list(self._none if alone else self.duties)
        if alone:
            was[people[0]] = self.duties[people[0]]
        then = list(was)
        for p, groups in now.items():
            if not alone or p in people:
                then[p] = groups
        check = rule.rule.module.check
        known = {(one.who, one.where, one.amount) for one in check(self.problem, rule.params, people, was)}
        return [
            Breach(
                rule.name, one.amount, rule.rule.info.unit, hard=True, who=one.who, where=one.where,
                start_s=one.start_s, end_s=one.end_s, data=one.data,
            )
            for one in check(self.problem, rule.params, people, then)
            if (one.who, one.where, one.amount) not in known
        ]  # fmt: skip


def _own(rule: ActiveRule) -> bool:
    """Whether a rule looks at each person's duties alone."""
    return rule.rule.form != "rows" or rule.name == BY_PINS


def _found(rule: str, person: str, group: str, **values: object) -> Breach:
    return Breach(rule, 1, "duties", hard=True, who=(person,), where=(group,), data=values)
