"""From a Problem and its rules to the linear system: forms are asked once, and nothing is written twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from scheduler.roster.cliques import Exclusive
from scheduler.roster.duties import DutyIndex
from scheduler.roster.forms import NO, Chain, Row, Scope, Term, Terms, Who
from scheduler.roster.kinds import by_kind
from scheduler.roster.linear import BIG, Ints, Linear, StepRule, Whole
from scheduler.roster.pairs import Pairs, follow_amounts
from scheduler.roster.problem import Problem
from scheduler.roster.rowlist import RowList
from scheduler.roster.rules import ActiveRule, configure
from scheduler.roster.seats import seat_fits
from scheduler.roster.steps import relevant_steps
from scheduler.roster.thin import likely

Bools = NDArray[np.bool_]


class Halted(Exception):  # noqa: N818  # no fault: the time is over
    """The system was not ready when the time was over."""


_LOOK_EVERY = 256
"""Rows between two looks at the clock."""


class Builder:
    """Collects columns and rows; the work of ``build``."""

    def __init__(self, problem: Problem, over: Callable[[], bool]) -> None:
        self.problem, self.over, self.looked = problem, over, 0
        self.active = configure(problem)
        self.allowed = seat_fits(problem)
        self.fit_costs: list[tuple[NDArray[np.int32], NDArray[np.int32], int]] = []
        self.counter_index: dict[tuple[Who, int], int] = {}
        self.counter_of: dict[Who, Ints] = {}
        self.counter_members: list[Ints] = []
        self.counter_most: list[int] = []
        self.in_crowd: dict[frozenset[int], Bools] = {}
        self.hard_rows, self.soft_rows = RowList(), RowList()
        shortage = sorted({group.level for group in problem.groups})
        self.level_of = {level: i for i, level in enumerate(shortage)}
        plain = {
            level: all(g.price_short == 1 for g in problem.groups if g.level == level)
            for level in shortage
        }
        short = ((f"short_{level}", "seats" if plain[level] else "points") for level in shortage)
        self.levels = (*short, ("costs", "points"))

    def look(self) -> None:
        """Stop here when the time is over."""
        self.looked += 1
        if self.looked % _LOOK_EVERY == 0 and self.over():
            raise Halted

    def run_fits(self) -> None:
        """Ask each rule once for each kind of person."""
        for rule in self.active:
            if rule.rule.form != "fits" or not rule.people:
                continue
            amount, kind_of = by_kind(self.problem, rule.rule.module.fits, rule.params)
            never = (amount != 0) if rule.hard else (amount == NO)
            if never.any():
                self.forbid(list(rule.people), never, kind_of)
            if not rule.hard:
                mine = np.full(len(self.problem.people), -1, dtype=np.int32)
                mine[list(rule.people)] = kind_of[list(rule.people)]
                self.fit_costs.append((np.maximum(amount, 0), mine, rule.price))

    def forbid(self, people: list[int], never: Bools, kind_of: NDArray[np.int32]) -> None:
        """Take away what each person's kind may never do."""
        for p in people:
            self.allowed[p] &= ~never[kind_of[p]]

    def run_follows(self) -> None:
        """Conflict tables by kind of person, and history against every group."""
        self.pairs = Pairs(self.problem, self.active)
        self.past_cost = self.pairs.history(self.allowed)

    def gather_rows(self) -> list[tuple[ActiveRule, Row]]:
        """All rows of the rules; those of one duty and hard are settled at once."""
        scope_rows: list[tuple[ActiveRule, Row]] = []
        self.faults: list[str] = []
        self.forced_pairs: list[tuple[ActiveRule, int, int]] = []
        allowed, self.settled = self.allowed.copy(), False
        for rule in self.active:
            if rule.rule.form != "rows":
                continue
            if self.settled:
                allowed, self.settled = self.allowed.copy(), False
            for row in rule.rule.module.rows(self.problem, rule.params, Scope(rule.people, allowed, rule.hard)):
                self.look()
                if row.weight == 0:  # its amount is 0 whatever the plan: neither forbidden nor charged
                    continue
                single = len(row.terms) == 1 and isinstance(row.terms[0].who, int)
                if rule.hard and single and row.terms[0].coef == 1:
                    self._settle(rule, row)
                else:
                    scope_rows.append((rule, row))
        return scope_rows

    def _settle(self, rule: ActiveRule, row: Row) -> None:
        p, g = row.terms[0].who, row.terms[0].group
        assert isinstance(p, int)  # noqa: S101  # narrowed by the caller
        if row.high is not None and row.high < 1:
            self.allowed[p, g], self.settled = False, True
        if row.high is not None and row.high < 0:
            self.faults.append(f"{rule.name}: no seat can keep it.")
        if row.low is not None and row.low > 0:
            if row.low > 1 or not self.allowed[p, g]:
                self.faults.append(self._contradiction(rule, p, g))
            else:
                self.forced_pairs.append((rule, p, g))

    def settle_forced(self) -> None:
        """Name the wanted duties that a later row forbade: a want must not be lost with its column."""
        for rule, p, g in self.forced_pairs:
            if not self.allowed[p, g]:
                self.faults.append(self._contradiction(rule, p, g))

    def _contradiction(self, rule: ActiveRule, p: int, g: int) -> str:
        person, group = self.problem.people[p].id, self.problem.groups[g].id
        return f"{rule.name} wants {person} in {group}, which another rule forbids."

    def number_columns(self) -> None:
        """Number the duties that are left, by person, then group."""
        self.x_person, self.x_group = (a.astype(np.int32) for a in np.nonzero(self.allowed))
        self.x_of = DutyIndex(self.x_person, self.x_group, self.allowed.shape)
        self.n_x = len(self.x_person)

    def counter(self, who: frozenset[int] | None, g: int) -> int:
        """Column that counts a crowd in a group; the duty itself where only one can; -1 where none can."""
        index = self.counter_index.get((who, g))
        if index is not None:
            return index
        members = self.x_of.of_group(g)
        if who is not None:
            if who not in self.in_crowd:
                self.in_crowd[who] = np.zeros(len(self.problem.people), dtype=bool)
                self.in_crowd[who][list(who)] = True
            members = members[self.in_crowd[who][self.x_person[members]]]
        if len(members) == 0:
            index = -1
        elif len(members) == 1 and who is not None:
            index = int(members[0])
        else:
            index = self.add_counter(members, min(len(members), self.problem.groups[g].most))
        self.counter_index[who, g] = index
        return index

    def add_counter(self, members: Ints, most: int) -> int:
        """A new column for the number of these duties taken."""
        self.counter_members.append(members)
        self.counter_most.append(most)
        return self.n_x + len(self.counter_most) - 1

    def cells(self, terms: Iterable[Term]) -> tuple[Ints, Ints]:
        """Columns and coefficients of a row."""
        if isinstance(terms, Terms) and isinstance(terms.who, int):
            column = self.x_of.find(terms.who, terms.groups).astype(np.int64)
            there = (column >= 0) & (terms.coefs != 0)
            return column[there], terms.coefs[there]
        if isinstance(terms, Chain):
            parts = [self._crowd(part) for part in terms.parts]
            return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])
        columns: list[int] = []
        coefs: list[int] = []
        single: list[tuple[int, int, int]] = []
        known = self.counter_index
        for term in terms:
            if isinstance(term.who, int):
                single.append((term.who, term.group, term.coef))
                continue
            index = known.get((term.who, term.group), -2)
            if index == -2:
                index = self.counter(term.who, term.group)
            if index >= 0 and term.coef:
                columns.append(index)
                coefs.append(term.coef)
        column, coef = np.array(columns, dtype=np.int64), np.array(coefs, dtype=np.int64)
        if single:
            people, groups, factors = np.array(single, dtype=np.int64).T
            found = self.x_of.find(people, groups)
            there = (found >= 0) & (factors != 0)
            column, coef = np.concatenate([column, found[there]]), np.concatenate([coef, factors[there]])
        return column, coef

    def _crowd(self, terms: Terms) -> tuple[Ints, Ints]:
        if isinstance(terms.who, int):
            return self.cells(terms)
        if terms.who not in self.counter_of:
            self.counter_of[terms.who] = np.full(len(self.problem.groups), -2, dtype=np.int64)
        table = self.counter_of[terms.who]
        for g in terms.groups[table[terms.groups] == -2].tolist():
            table[g] = self.counter(terms.who, g)
        column = table[terms.groups]
        there = (column >= 0) & (terms.coefs != 0)
        return column[there], terms.coefs[there]

    def add_row(self, rule: ActiveRule, row: Row) -> None:
        """A rule's row, hard or soft."""
        columns, coefs = self.cells(row.terms)
        low = -BIG if row.low is None else row.low
        high = BIG if row.high is None else row.high
        if rule.hard:
            self.hard_rows.add(columns, coefs, low, high, rule.name)
        else:
            price = rule.price * row.weight
            self.soft_rows.add(columns, coefs, low, high, rule.name, price, len(self.levels) - 1, row.once)

    def add_seats(self) -> None:
        """Shortage, wishes for more, price of more, the most, and teams sent whole."""
        costs = len(self.levels) - 1
        teams: dict[str, list[int]] = {}
        for g, group in enumerate(self.problem.groups):
            filled = self.counter(None, g)
            cells = np.array([filled] if filled >= 0 else [], dtype=np.int64)
            ones = np.ones(len(cells), dtype=np.int64)
            if group.need:
                level = self.level_of[group.level]
                self.soft_rows.add(cells, ones, group.need, BIG, "need", group.price_short, level)
            if group.want > 0 and group.price_want:
                self.soft_rows.add(cells, ones, group.want, BIG, "want", group.price_want, costs)
            if group.price_over:
                top = max(group.need, group.want)
                self.soft_rows.add(cells, ones, -BIG, top, "over", group.price_over, costs)
            self.hard_rows.add(cells, ones, -BIG, group.most, "most")
            if group.team is not None:
                teams.setdefault(group.team, []).append(g)
        self.team_groups = [members for _, members in sorted(teams.items())]

    def add_teams(self) -> tuple[tuple[tuple[int, int], ...], ...]:
        """A switch for each team: its groups are filled to their needs together, or not at all."""
        teams = []
        for t, members in enumerate(self.team_groups):
            cells = []
            for g in members:
                filled, need = self.counter(None, g), max(1, self.problem.groups[g].need)
                if filled < 0:
                    filled = self.add_counter(np.zeros(0, dtype=np.int64), 0)
                cells.append((filled, need))
                both, most = np.array([filled, -1 - t], dtype=np.int64), self.problem.groups[g].most
                self.hard_rows.add(both, np.array([1, -need]), 0, BIG, "team_whole")
                self.hard_rows.add(both, np.array([1, -most]), -BIG, 0, "team_whole")
            teams.append(tuple((c - self.n_x, need) for c, need in cells))
        return tuple(teams)

    def costs(self) -> Ints:
        """What each duty costs by itself, int64 ``[n_levels, n_x]``."""
        cost = np.zeros((len(self.levels), self.n_x), dtype=np.int64)
        for amount, kind_of, price in self.fit_costs:
            kind = kind_of[self.x_person]
            mine = np.flatnonzero(kind >= 0)
            cost[-1, mine] += amount[kind[mine], self.x_group[mine]].astype(np.int64) * price
        for p, past in self.past_cost.items():
            a, b = self.x_of.mine(p)
            cost[-1, a:b] += past[self.x_group[a:b]]
        return cost

    def priced_pairs(self) -> tuple[Ints, Ints]:
        """Two duties of one person that cost something together, and how much."""
        pairs: list[Ints] = []
        prices: list[Ints] = []
        for k, table in self.pairs.price.items():
            a, b = np.nonzero(table)
            for p in np.nonzero(self.pairs.kind_of == k)[0] if len(a) else []:
                column = self.x_of.row(int(p))
                i, j = column[a], column[b]
                both = (i >= 0) & (j >= 0)
                pairs.append(np.stack([i[both], j[both]], axis=1).astype(np.int64))
                prices.append(table[a, b][both])
        if not pairs:
            return np.zeros((0, 2), dtype=np.int64), np.zeros(0, dtype=np.int64)
        return np.concatenate(pairs), np.concatenate(prices)


def build(
    problem: Problem,
    only: Bools | None = None,
    likely_of: tuple[int, int] | None = None,
    over: Callable[[], bool] = lambda: False,
) -> Linear:
    """Translate a Problem and its rules into the linear system.

    Parameters
    ----------
    only
        bool ``[n_people, n_groups]``: leave out all other duties. Every plan made of the rest is legal and costs the
        same as in the whole system; what is least may be more.
    likely_of
        Of more duties than the first, about how many to keep: for each seat those who are cheapest, and others at
        random (None: all). Like ``only``, this gives plans but no bound.
    over
        Asked often whether to stop.

    Raises
    ------
    ProblemError
        A rule setting that cannot be read.
    Halted
        The time was over first.
    """
    made = Builder(problem, over)
    made.run_fits()
    if only is not None:
        made.allowed &= only
    made.run_follows()
    pairs = made.pairs
    whole = None
    if likely_of is not None and int(made.allowed.sum()) > likely_of[0]:
        whole = Whole(made.allowed.copy(), tuple(made.fit_costs))
        made.allowed &= likely(problem, whole, likely_of[1])
    step_rules, never = relevant_steps(problem, made.active, made.allowed, pairs.conflict, pairs.kind_of)
    made.allowed &= ~never
    rows = made.gather_rows()
    made.settle_forced()
    made.number_columns()
    made.add_seats()
    for rule, row in rows:
        made.look()
        made.add_row(rule, row)
    exclusive = Exclusive(made.x_of, made.n_x + len(made.counter_most))
    for k, conflict in pairs.conflict.items() if whole is None else ():
        exclusive.add_kind(conflict, np.nonzero(pairs.kind_of == k)[0])
    made.counter_members += exclusive.members
    made.counter_most += [1] * len(exclusive.members)
    teams = made.add_teams()
    return _finish(made, exclusive, teams, step_rules, whole)


def _finish(
    made: Builder,
    exclusive: Exclusive,
    teams: tuple[tuple[tuple[int, int], ...], ...],
    steps: list[StepRule],
    whole: Whole | None,
) -> Linear:
    n_c = len(made.counter_most)
    n = made.n_x + n_c + len(teams)
    most = np.concatenate(
        [
            np.ones(made.n_x, dtype=np.int64),
            np.array(made.counter_most, dtype=np.int64),
            np.ones(len(teams), dtype=np.int64),
        ]
    )
    hard, impossible = made.hard_rows.rows(n, most, keep_empty=False)
    soft, _ = made.soft_rows.rows(n, most, keep_empty=True)
    held = np.array([len(members) for members in made.counter_members], dtype=np.int64)
    inside = np.concatenate([*made.counter_members, np.zeros(0, dtype=np.int64)])
    counters = sparse.csr_matrix(
        (np.ones(len(inside), dtype=np.int64), inside, np.concatenate([[0], np.cumsum(held)])),
        shape=(n_c, made.n_x),
    )
    pairs, pair_price = made.priced_pairs()
    faults = [*made.faults, *(f"{name}: no seat can keep it." for name in impossible)]
    forced = [int(made.x_of[p, g]) for _, p, g in made.forced_pairs if made.allowed[p, g]]
    return Linear(
        problem=made.problem,
        active=made.active,
        levels=made.levels,
        x_person=made.x_person,
        x_group=made.x_group,
        x_of=made.x_of,
        counters=counters,
        counter_most=np.array(made.counter_most, dtype=np.int64),
        teams=teams,
        cost=made.costs(),
        hard=hard,
        soft=soft,
        cliques=exclusive.matrix(n),
        pairs=pairs,
        pair_price=pair_price,
        pair_level=np.full(len(pairs), len(made.levels) - 1, dtype=np.int64),
        steps=tuple(steps),
        conflict=made.pairs.conflict,
        conflict_of=made.pairs.kind_of,
        faults=tuple(faults),
        forced=np.array(sorted(set(forced)), dtype=np.int32),
        whole=whole,
    )


__all__ = ["Halted", "build", "follow_amounts"]
