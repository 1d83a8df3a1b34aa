"""From a Problem and its rules to the linear system: forms are asked once, and nothing is written twice."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from scheduler.roster.cliques import bundles, clique_cover
from scheduler.roster.forms import NO, Row, Scope, Stint, Stints, Term, Who
from scheduler.roster.linear import BIG, Ints, Linear, Rows, StepRule
from scheduler.roster.problem import Problem
from scheduler.roster.rules import ActiveRule, configure
from scheduler.roster.seats import seat_fits
from scheduler.roster.steps import relevant_steps

Bools = NDArray[np.bool_]


def follow_amounts(
    problem: Problem, rule: ActiveRule, first: Stints, then: Stints
) -> Ints:
    """Amounts of a follow rule for all pairs, by its table where it has one."""
    module = rule.rule.module
    if hasattr(module, "follows_table"):
        table: Ints = module.follows_table(problem, rule.params, first, then)
        return np.asarray(table, dtype=np.int64)
    return np.array(
        [[module.follows(problem, rule.params, a, b) for b in then.stints] for a in first.stints],
        dtype=np.int64,
    ).reshape(len(first.stints), len(then.stints))


def _before(first: Stints, then: Stints) -> Bools:
    """Whether each of ``first`` comes before each of ``then`` (by report, release, position)."""
    a, b = first.report_s[:, None], then.report_s[None, :]
    c, d = first.release_s[:, None], then.release_s[None, :]
    order = np.arange(len(first.stints))[:, None] < np.arange(len(then.stints))[None, :]
    before: Bools = (a < b) | ((a == b) & ((c < d) | ((c == d) & order)))
    return before


class _Builder:
    """Collects columns and rows; the work of ``build``."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.active = configure(problem)
        n_p, n_g = len(problem.people), len(problem.groups)
        self.allowed = seat_fits(problem)
        self.fit_cost = np.zeros((n_p, n_g), dtype=np.int64)
        self.pair_cost: dict[tuple[int, int, int], int] = {}
        self.stints = Stints.of([Stint.of_group(g, group) for g, group in enumerate(problem.groups)])
        self.counter_index: dict[tuple[Who, int], int] = {}
        self.counter_cells: list[tuple[int, int]] = []  # (counter, x)
        self.counter_most: list[int] = []
        self.hard_rows: list[tuple[dict[int, int], int, int, str]] = []
        self.soft_rows: list[tuple[dict[int, int], int, int, int, int, bool, str]] = []
        shortage = sorted({group.level for group in problem.groups})
        self.level_of = {level: i for i, level in enumerate(shortage)}
        plain = {
            level: all(g.price_short == 1 for g in problem.groups if g.level == level)
            for level in shortage
        }
        short = ((f"short_{level}", "seats" if plain[level] else "points") for level in shortage)
        self.levels = (*short, ("costs", "points"))

    def run_fits(self) -> None:
        for rule in self.active:
            if rule.rule.form != "fits" or not rule.people:
                continue
            amount = np.asarray(rule.rule.module.fits(self.problem, rule.params), dtype=np.int64)
            people = list(rule.people)
            mine = amount[people]
            never = (mine != 0) if rule.hard else (mine == NO)
            self.allowed[people] &= ~never
            if not rule.hard:
                self.fit_cost[people] += np.maximum(mine, 0) * rule.price

    def run_follows(self) -> None:
        """Conflict tables by kind of person, and history against every group."""
        problem, n_g = self.problem, len(self.problem.groups)
        rules = [rule for rule in self.active if rule.rule.form == "follows"]
        member = [frozenset(rule.people) for rule in rules]
        kinds: dict[tuple[int, ...], list[int]] = {}
        for p in range(len(problem.people)):
            kinds.setdefault(tuple(i for i, m in enumerate(member) if p in m), []).append(p)
        before = _before(self.stints, self.stints)
        tables = [follow_amounts(problem, rule, self.stints, self.stints) for rule in rules]
        self.conflict: dict[int, Bools] = {}
        self.conflict_of = np.zeros(len(problem.people), dtype=np.int32)
        self.pair_tables: dict[int, Ints] = {}
        for k, (which, people) in enumerate(sorted(kinds.items())):
            banned = np.zeros((n_g, n_g), dtype=bool)
            price = np.zeros((n_g, n_g), dtype=np.int64)
            for i in which:
                banned |= ((tables[i] != 0) if rules[i].hard else (tables[i] == NO)) & before
                if not rules[i].hard:
                    price += np.where(before, np.maximum(tables[i], 0), 0) * rules[i].price
            self.conflict[k] = banned | banned.T
            self.pair_tables[k] = np.where(banned, 0, price)
            self.conflict_of[people] = k
            for p in people:
                self._history(p, [rules[i] for i in which])

    def _history(self, p: int, rules: list[ActiveRule]) -> None:
        worked = Stints.of([Stint.of_worked(w) for w in self.problem.people[p].worked])
        if not worked.stints:
            return
        for rule in rules:
            ahead = _before(worked, self.stints) | (
                (worked.report_s[:, None] == self.stints.report_s[None, :])
                & (worked.release_s[:, None] == self.stints.release_s[None, :])
            )
            after = follow_amounts(self.problem, rule, worked, self.stints)
            prior = follow_amounts(self.problem, rule, self.stints, worked).T
            amount = np.where(ahead, after, prior)
            never = ((amount != 0) if rule.hard else (amount == NO)).any(axis=0)
            self.allowed[p] &= ~never
            if not rule.hard:
                self.fit_cost[p] += np.maximum(amount, 0).sum(axis=0) * rule.price

    def gather_rows(self) -> list[tuple[ActiveRule, Row]]:
        """All rows of the rules; those of one duty and hard are settled at once."""
        scope_rows: list[tuple[ActiveRule, Row]] = []
        self.faults: list[str] = []
        self.forced_pairs: list[tuple[ActiveRule, int, int]] = []
        for rule in self.active:
            if rule.rule.form != "rows":
                continue
            scope = Scope(rule.people, self.allowed.copy())
            for row in rule.rule.module.rows(self.problem, rule.params, scope):
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
            self.allowed[p, g] = False
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
        self.x_person, self.x_group = (a.astype(np.int32) for a in np.nonzero(self.allowed))
        self.x_of = np.full(self.allowed.shape, -1, dtype=np.int32)
        self.x_of[self.x_person, self.x_group] = np.arange(len(self.x_person), dtype=np.int32)
        self.n_x = len(self.x_person)

    def counter(self, who: frozenset[int] | None, g: int) -> int | None:
        """Column that counts a crowd in a group; the duty itself where only one can."""
        key = (who, g)
        if key not in self.counter_index:
            column = self.x_of[:, g]
            members = column[column >= 0] if who is None else column[sorted(who)]
            members = members[members >= 0]
            if len(members) == 0:
                self.counter_index[key] = -1
            elif len(members) == 1 and who is not None:
                self.counter_index[key] = int(members[0])
            else:
                self.counter_index[key] = self.add_counter(
                    [int(i) for i in members], min(len(members), self.problem.groups[g].most)
                )
        index = self.counter_index[key]
        return None if index < 0 else index

    def add_counter(self, members: Iterable[int], most: int) -> int:
        c = len(self.counter_most)
        self.counter_cells += [(c, i) for i in members]
        self.counter_most.append(most)
        return self.n_x + c

    def cells(self, terms: Iterable[Term]) -> dict[int, int]:
        cells: dict[int, int] = {}
        for term in terms:
            if isinstance(term.who, int):
                column = int(self.x_of[term.who, term.group])
                index = None if column < 0 else column
            else:
                index = self.counter(term.who, term.group)
            if index is not None and term.coef:
                cells[index] = cells.get(index, 0) + term.coef
        return cells

    def add_row(self, rule: ActiveRule, row: Row) -> None:
        cells = self.cells(row.terms)
        low = -BIG if row.low is None else row.low
        high = BIG if row.high is None else row.high
        if rule.hard:
            self.hard_rows.append((cells, low, high, rule.name))
        else:
            price = rule.price * row.weight
            self.soft_rows.append((cells, low, high, price, len(self.levels) - 1, row.once, rule.name))

    def add_seats(self) -> None:
        """Shortage, wishes for more, price of more, the most, and teams sent whole."""
        costs = len(self.levels) - 1
        teams: dict[str, list[int]] = {}
        for g, group in enumerate(self.problem.groups):
            filled = self.counter(None, g)
            cells = {} if filled is None else {filled: 1}
            if group.need:
                level = self.level_of[group.level]
                self.soft_rows.append((cells, group.need, BIG, group.price_short, level, False, "need"))
            if group.want > 0 and group.price_want:
                self.soft_rows.append((cells, group.want, BIG, group.price_want, costs, False, "want"))
            if group.price_over:
                top = max(group.need, group.want)
                self.soft_rows.append((cells, -BIG, top, group.price_over, costs, False, "over"))
            self.hard_rows.append((cells, -BIG, group.most, "most"))
            if group.team is not None:
                teams.setdefault(group.team, []).append(g)
        self.team_groups = [members for _, members in sorted(teams.items())]

    def add_bundles(self) -> None:
        """Exclusive sets: at most one of groups that conflict for one person."""
        self.clique_cells: list[list[int]] = []
        for k, conflict in self.conflict.items():
            bundle_of, lead = bundles(conflict)
            quotient = conflict[np.ix_(lead, lead)].copy()
            np.fill_diagonal(quotient, False)
            cover = clique_cover(quotient)
            for p in np.nonzero(self.conflict_of == k)[0]:
                self._person_cliques(int(p), bundle_of, len(lead), cover)

    def _person_cliques(self, p: int, bundle_of: Ints, n: int, cover: list[Ints]) -> None:
        mine: list[list[int]] = [[] for _ in range(n)]
        for g in np.nonzero(self.x_of[p] >= 0)[0]:
            mine[int(bundle_of[g])].append(int(self.x_of[p, g]))
        column = [-1] * n
        covered = {b for clique in cover for b in clique}
        for b, members in enumerate(mine):
            if len(members) == 1:
                column[b] = members[0]
            elif members:
                column[b] = self.add_counter(members, 1)
                if b not in covered:
                    self.clique_cells.append([column[b]])
        for clique in cover:
            held = [column[b] for b in clique if column[b] >= 0]
            if len(held) > 1 or (held and held[0] >= self.n_x):
                self.clique_cells.append(held)

    def add_pairs(self) -> tuple[Ints, Ints]:
        pairs: list[Ints] = []
        prices: list[Ints] = []
        for k, table in self.pair_tables.items():
            a, b = np.nonzero(table)
            for p in np.nonzero(self.conflict_of == k)[0] if len(a) else []:
                i, j = self.x_of[p, a], self.x_of[p, b]
                both = (i >= 0) & (j >= 0)
                pairs.append(np.stack([i[both], j[both]], axis=1).astype(np.int64))
                prices.append(table[a, b][both])
        if not pairs:
            return np.zeros((0, 2), dtype=np.int64), np.zeros(0, dtype=np.int64)
        return np.concatenate(pairs), np.concatenate(prices)

    def matrix(self, rows: list[dict[int, int]], n_columns: int) -> Any:
        indptr = np.cumsum([0, *(len(cells) for cells in rows)])
        column = [c for cells in rows for c in sorted(cells)]
        coef = [cells[c] for cells in rows for c in sorted(cells)]
        return sparse.csr_matrix(
            (np.array(coef, dtype=np.int64), np.array(column, dtype=np.int64), indptr),
            shape=(len(rows), n_columns),
        )


def build(problem: Problem) -> Linear:
    """Translate a Problem and its rules into the linear system.

    Raises
    ------
    ProblemError
        A rule setting that cannot be read.
    """
    made = _Builder(problem)
    made.run_fits()
    made.run_follows()
    step_rules, never = relevant_steps(problem, made.active, made.allowed, made.conflict, made.conflict_of)
    made.allowed &= ~never
    rows = made.gather_rows()
    made.settle_forced()
    made.number_columns()
    made.add_seats()
    for rule, row in rows:
        made.add_row(rule, row)
    made.add_bundles()
    teams = []
    for t, members in enumerate(made.team_groups):
        cells = []
        for g in members:
            filled = made.counter(None, g)
            need = max(1, problem.groups[g].need)
            if filled is None:
                filled = made.add_counter([], 0)
            cells.append((filled, need))
            made.hard_rows.append(({filled: 1, -1 - t: -need}, 0, BIG, "team_whole"))
            made.hard_rows.append(({filled: 1, -1 - t: -problem.groups[g].most}, -BIG, 0, "team_whole"))
        teams.append(tuple((c - made.n_x, need) for c, need in cells))
    return _finish(made, tuple(teams), step_rules)


def _finish(
    made: _Builder, teams: tuple[tuple[tuple[int, int], ...], ...], steps: list[StepRule]
) -> Linear:
    n_c = len(made.counter_most)
    n = made.n_x + n_c + len(teams)

    def placed(cells: dict[int, int]) -> dict[int, int]:
        return {(c if c >= 0 else made.n_x + n_c - 1 - c): v for c, v in cells.items()}

    hard = [(placed(cells), low, high, name) for cells, low, high, name in made.hard_rows]
    most = np.concatenate(
        [
            np.ones(made.n_x, dtype=np.int64),
            np.array(made.counter_most, dtype=np.int64),
            np.ones(len(teams), dtype=np.int64),
        ]
    )
    hard = [row for row in hard if _binds(row[0], row[1], row[2], most) or not row[0]]
    soft = [row for row in made.soft_rows if _binds(row[0], row[1], row[2], most)]
    cells = np.array(made.counter_cells, dtype=np.int64).reshape(-1, 2)
    counters = sparse.csr_matrix(
        (np.ones(len(cells), dtype=np.int64), (cells[:, 0], cells[:, 1])), shape=(n_c, made.n_x)
    )
    pairs, pair_price = made.add_pairs()
    faults = list(made.faults)
    faults += [f"{name}: no seat can keep it." for c, lo, hi, name in hard if not c and (lo > 0 or hi < 0)]
    hard = [row for row in hard if row[0]]
    cost = np.zeros((len(made.levels), made.n_x), dtype=np.int64)
    cost[-1] = made.fit_cost[made.x_person, made.x_group]
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
        cost=cost,
        hard=_rows(made, [(c, lo, hi, 0, 0, False, name) for c, lo, hi, name in hard], n),
        soft=_rows(made, soft, n),
        cliques=made.matrix([dict.fromkeys(cells, 1) for cells in made.clique_cells], n),
        pairs=pairs,
        pair_price=pair_price,
        pair_level=np.full(len(pairs), len(made.levels) - 1, dtype=np.int64),
        steps=tuple(steps),
        conflict=made.conflict,
        conflict_of=made.conflict_of,
        faults=tuple(faults),
        forced=np.array(sorted(set(forced)), dtype=np.int32),
    )


def _binds(cells: dict[int, int], low: int, high: int, most: Ints) -> bool:
    least = sum(v * int(most[c]) for c, v in cells.items() if v < 0)
    greatest = sum(v * int(most[c]) for c, v in cells.items() if v > 0)
    return low > least or high < greatest


def _rows(
    made: _Builder, rows: list[tuple[dict[int, int], int, int, int, int, bool, str]], n: int
) -> Rows:
    return Rows(
        matrix=made.matrix([row[0] for row in rows], n),
        low=np.array([row[1] for row in rows], dtype=np.int64),
        high=np.array([row[2] for row in rows], dtype=np.int64),
        price=np.array([row[3] for row in rows], dtype=np.int64),
        level=np.array([row[4] for row in rows], dtype=np.int64),
        once=np.array([row[5] for row in rows], dtype=bool),
        name=tuple(row[6] for row in rows),
    )
