"""A plan laid out so that one exchange of duties is judged at once: what it breaks, what it costs, and why not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from scipy import sparse

from scheduler.outcome import Breach
from scheduler.roster.forms import NO, Finding
from scheduler.roster.linear import Linear, Rows, walk_groups
from scheduler.roster.plan import RosterPlan
from scheduler.roster.rules import ActiveRule

Pairs = Sequence[tuple[int, int]]
"""(person, group) indices."""


class _Seen:
    """Rows of the system as the duties see them, with their values under the plan."""

    def __init__(self, linear: Linear, rows: Rows, columns: Any) -> None:
        n_x, n_c = linear.n_x, linear.counters.shape[0]
        matrix = rows.matrix[:, :n_x] + rows.matrix[:, n_x : n_x + n_c] @ linear.counters
        self.rows, self.by_duty = rows, sparse.csc_matrix(matrix)
        self.value = rows.matrix @ columns

    def delta(self, adds: Iterable[int], drops: Iterable[int]) -> list[tuple[int, int, int]]:
        """(row, amount before, amount after) of rows whose amount changes."""
        change: Counter[int] = Counter()
        for sign, its in ((1, adds), (-1, drops)):
            for i in its:
                part = slice(self.by_duty.indptr[i], self.by_duty.indptr[i + 1])
                for r, v in zip(
                    self.by_duty.indices[part].tolist(), self.by_duty.data[part].tolist(), strict=True
                ):
                    change[r] += sign * v
        found = []
        for r, by in sorted(change.items()):
            before, after = self._amount(r, 0), self._amount(r, by)
            if before != after:
                found.append((r, before, after))
        return found

    def _amount(self, r: int, by: int) -> int:
        value = int(self.value[r]) + by
        off = max(0, int(self.rows.low[r]) - value, value - int(self.rows.high[r]))
        return min(off, 1) if self.rows.once[r] else off


class Weigh:
    """The plan's duties by person, and every rule ready to judge an exchange.

    Attributes
    ----------
    held
        Groups of each person; ``matrix`` the same as bool ``[n_people, n_groups]``, ``filled`` their number by group.
    """

    def __init__(self, linear: Linear, plan: RosterPlan) -> None:
        problem = linear.problem
        self.linear, self.problem = linear, problem
        person_of = {person.id: p for p, person in enumerate(problem.people)}
        group_of = {group.id: g for g, group in enumerate(problem.groups)}
        self.matrix = np.zeros((len(problem.people), len(problem.groups)), dtype=bool)
        for duty in plan.duties:
            if duty.person in person_of and duty.group in group_of:
                self.matrix[person_of[duty.person], group_of[duty.group]] = True
        self.held = [np.nonzero(row)[0].tolist() for row in self.matrix]
        self.filled = self.matrix.sum(axis=0)
        self.duties = [self._order(groups) for groups in self.held]
        x = self.matrix[linear.x_person, linear.x_group].astype(np.int64)
        columns = linear.columns(x)
        self.hard, self.soft = _Seen(linear, linear.hard, columns), _Seen(linear, linear.soft, columns)
        self.team = [group.team for group in problem.groups]
        self.steps: dict[int, list[ActiveRule]] = {}
        for step in linear.steps:
            if step.rule.hard:
                self.steps.setdefault(step.person, []).append(step.rule)

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
        linear = self.linear
        now = self.after(adds, drops)
        for p, g in adds:
            if linear.x_of[p, g] < 0:
                return ("seat_asks",)
            clash = linear.conflict[int(linear.conflict_of[p])][g]
            if any(clash[h] for h in now[p] if h != g):
                return ("clash",)
            more = sum(at == g for _, at in adds) - sum(at == g for _, at in drops)
            if self.filled[g] + more > self.problem.groups[g].most:
                return ("over_most",)
        columns = [int(linear.x_of[p, g]) for p, g in adds], [int(linear.x_of[p, g]) for p, g in drops]
        columns = columns[0], [i for i in columns[1] if i >= 0]
        for i in columns[1]:
            if i in linear.forced:
                return ("pins_locked",)
        found = [self.hard.rows.name[r] for r, before, after in self.hard.delta(*columns) if after > before]
        found = [name for name in found if name != "team_whole"]
        found += self._teams(adds, drops)
        for p, groups in now.items():
            for rule in self.steps.get(p, ()):
                if self._walk(rule, p, groups) and not self._walk(rule, p, self.duties[p]):
                    found.append(rule.name)
        return tuple(dict.fromkeys(found))

    def _walk(self, rule: ActiveRule, p: int, groups: Sequence[int]) -> bool:
        amount = walk_groups(self.problem, rule.rule.module, rule.params, p, groups)
        return amount == NO or amount > 0

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
        linear = self.linear
        short = [0] * (linear.n_levels - 1)
        prices: Counter[str] = Counter()
        columns = [[int(linear.x_of[p, g]) for p, g in its] for its in (adds, drops)]
        rows = self.soft.rows
        for r, before, after in self.soft.delta(*([i for i in its if i >= 0] for its in columns)):
            by, level = (after - before) * int(rows.price[r]), int(rows.level[r])
            if level < len(short):
                short[level] += by
            else:
                prices[rows.name[r]] += by
        now = self.after(adds, drops)
        for rule in linear.active:
            if not rule.hard and rule.rule.form != "rows":
                for p, groups in now.items():
                    if p in rule.people:
                        by = self._amount(rule, p, groups) - self._amount(rule, p, self.duties[p])
                        prices[rule.name] += by * rule.price
        return tuple(short), {name: by for name, by in prices.items() if by}

    def _found(self, rule: ActiveRule, p: int, groups: tuple[int, ...], *, alone: bool) -> list[Finding]:
        duties: list[tuple[int, ...]] = [()] * len(self.duties) if alone else list(self.duties)
        duties[p] = groups
        found: list[Finding] = rule.rule.module.check(self.problem, rule.params, (p,), duties)
        return found

    def _amount(self, rule: ActiveRule, p: int, groups: tuple[int, ...]) -> int:
        return sum(one.amount for one in self._found(rule, p, groups, alone=True))

    # ------------------------------------------------------------ words
    def reasons(self, p: int, g: int, drops: Pairs, at_s: int | None) -> tuple[Breach, ...]:
        """Why a person cannot take a seat besides their duties, as breaches that the rules can put into words."""
        group, person = self.problem.groups[g], self.problem.people[p]
        asks = _asks(self.problem, p, g)
        if asks:
            return (_told("seat_asks", f"{person.id} {'; '.join(asks)}.", person.id, group.id),)
        now = self.after([(p, g)], [d for d in drops if d[0] == p])
        broken = set(self.breaks([(p, g)], drops))
        found: list[Breach] = []
        for rule in self.linear.active:
            own = rule.rule.form != "rows"
            if rule.hard and p in rule.people and (own or rule.name in broken):
                found += self._new(rule, p, now[p], alone=own)
        if at_s is not None and group.report_s < at_s:
            return (*found, _told("begun", f"{group.id} has begun.", person.id, group.id))
        if not found:  # a rule of rows that left the seat no column at all
            for rule in self.linear.active:
                if rule.hard and p in rule.people and rule.rule.form == "rows" and rule.name not in broken:
                    found += self._new(rule, p, now[p], alone=False)
        if not found:
            known = {"over_most": f"All seats of {group.id} are held.",
                     "team_whole": f"{group.id} belongs to a team that goes whole or not at all."}
            names = sorted(broken) or ["clash"]
            found = [_told(n, known.get(n, f"{n.replace('_', ' ')} rules it out."), person.id, group.id) for n in names]
        return tuple(found)

    def _new(self, rule: ActiveRule, p: int, groups: tuple[int, ...], *, alone: bool) -> list[Breach]:
        before = {(one.who, one.where, one.amount) for one in self._found(rule, p, self.duties[p], alone=alone)}
        return [
            Breach(
                rule.name, one.amount, rule.rule.info.unit, hard=True, who=one.who, where=one.where,
                start_s=one.start_s, end_s=one.end_s, data=one.data,
            )
            for one in self._found(rule, p, groups, alone=alone)
            if (one.who, one.where, one.amount) not in before
        ]  # fmt: skip


def _told(rule: str, text: str, person: str, group: str) -> Breach:
    return Breach(rule, 1, "duties", hard=True, who=(person,), where=(group,), data={"text": text})


def _asks(problem: Any, p: int, g: int) -> list[str]:
    """What the seat itself asks and the person is not."""
    person, group = problem.people[p], problem.groups[g]
    lacks = []
    if group.categories and person.category not in group.categories:
        names = " or ".join(problem.categories[c] for c in sorted(group.categories))
        lacks.append(f"is {problem.categories[person.category]}, asked for is {names}".replace("_", " "))
    if person.rank < group.rank_min:
        lacks.append(f"has rank {person.rank}, asked for is {group.rank_min} or above")
    if group.unit is not None and group.unit != person.unit:
        lacks.append(f"belongs to {problem.units[person.unit].id}, asked for is {problem.units[group.unit].id}")
    return lacks
