"""Problem -> CP-SAT: one door of variables, one objective a level.

The mathematics stands in ``docs/models-siting.md``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from ortools.sat.python import cp_model

from scheduler.siting.layout import View
from scheduler.siting.problem import Problem
from scheduler.siting.rules import load
from scheduler.siting.rules.form import OPEN

Expr = cp_model.LinearExprT


class ViewModel:
    """Variables and rows of one view inside a CpModel.

    ``stands[c]`` says that column ``c`` is manned, ``units[c]`` by how many, ``open[j]`` that post ``j`` is.
    """

    def __init__(self, model: cp_model.CpModel, problem: Problem, view: View, levels: Sequence[str]) -> None:
        self.model, self.problem, self.view = model, problem, view
        self._columns_of: dict[int, list[int]] = {}
        for c, post in enumerate(view.post.tolist()):
            self._columns_of.setdefault(post, []).append(c)
        self._column = {(int(j), int(k)): c for c, (j, k) in enumerate(zip(view.post, view.kind, strict=True))}
        self.stands = [model.new_bool_var(f"x{view.periods[0]}_{j}_{k}") for j, k in self._column]
        self.units: list[cp_model.IntVar] = list(self.stands)
        for c, most in enumerate(view.most.tolist()):
            if most > 1:
                self.units[c] = model.new_int_var(0, most, f"u{c}")
                model.add(self.units[c] >= self.stands[c])
                model.add(self.units[c] <= most * self.stands[c])
        self.open: dict[int, cp_model.IntVar] = {}
        for post, columns in self._columns_of.items():
            if len(columns) == 1:
                self.open[post] = self.stands[columns[0]]
            else:
                self.open[post] = model.new_bool_var(f"o{view.periods[0]}_{post}")
                model.add_max_equality(self.open[post], [self.stands[c] for c in columns])
        self._either: dict[tuple[int, ...], cp_model.IntVar] = {}
        self._bare: list[Expr] = []
        self._single: list[Expr] = []
        self._response: Expr | None = None
        self._rules()
        if {"must_bare", "bare", "single"} & set(levels):
            self._cover("single" in levels)

    def _rules(self) -> None:
        for rule in load().values():
            if not hasattr(rule, "rows"):
                continue
            for row in rule.rows(self.problem, self.view.periods[0]):
                terms: list[cp_model.IntVar] = []
                factors: list[int] = []
                reach = [0, 0]
                for term in row.terms:
                    c = self._column.get((term.post, term.kind))
                    if term.kind == OPEN and term.post in self.open:
                        terms.append(self.open[term.post])
                        top = 1
                    elif term.kind != OPEN and c is not None:
                        terms.append(self.units[c])
                        top = int(self.view.most[c])
                    else:
                        continue
                    factors.append(term.factor)
                    reach[term.factor > 0] += term.factor * top
                total = cp_model.LinearExpr.weighted_sum(terms, factors)
                if row.high is not None and reach[1] > row.high:
                    self.model.add(total <= row.high)
                if row.low is not None and reach[0] < row.low:
                    if reach[1] < row.low:
                        self.model.add_bool_or([])  # no column can serve: the view is impossible
                    else:
                        self.model.add(total >= row.low)

    def _posts_in(self, row: Sequence[int]) -> list[cp_model.IntVar]:
        """One variable for each distinct post among the columns of a row."""
        by_post: dict[int, list[int]] = {}
        for c in row:
            by_post.setdefault(int(self.view.post[c]), []).append(c)
        found = []
        for columns in by_post.values():
            key = tuple(columns)
            if len(key) == 1:
                found.append(self.stands[key[0]])
                continue
            if key not in self._either:
                self._either[key] = self.model.new_bool_var(f"e{len(self._either)}")
                self.model.add(self._either[key] <= sum(self.stands[c] for c in key))
            found.append(self._either[key])
        return found

    def _cover(self, with_backup: bool) -> None:
        for family in self.view.families:
            if any(not row for row in family.rows):
                self._bare.append(1)
                self._single.append(1)
                continue
            bare = self.model.new_bool_var("bare")
            self._bare.append(bare)
            for row in family.rows:
                self.model.add_bool_or([bare, *(self.stands[c] for c in row)])
            if not (with_backup and family.single):
                self._single.append(0)
                continue
            posts = [self._posts_in(row) for row in family.rows]
            if any(len(row) < 2 for row in posts):
                self._single.append(1)
                continue
            single = self.model.new_bool_var("single")
            self._single.append(single)
            self.model.add_implication(bare, single)
            for row in posts:
                self.model.add(sum(row) + bare + single >= 2)

    def _respond(self) -> Expr:
        """Radius form: ``late[i]`` says that the site waits longer than its i-th shortest time."""
        view, longest = self.view, self.problem.longest_s
        start = np.searchsorted(view.pair_point, np.arange(len(self.problem.point_site) + 1))
        points_of: dict[int, list[int]] = {}
        for k, s in enumerate(self.problem.point_site.tolist()):
            points_of.setdefault(s, []).append(k)
        terms: list[cp_model.IntVar] = []
        factors: list[int] = []
        constant = 0
        for s in view.site.tolist():
            rows = [slice(int(start[k]), int(start[k + 1])) for k in points_of[s]]
            times = sorted({min(int(t), longest) for row in rows for t in view.pair_s[row]} | {longest})
            late = [self.model.new_bool_var("late") for _ in times[:-1]]
            weight = int(view.weight[s])
            constant += weight * times[0]
            for var, before, after in zip(late, times, times[1:], strict=False):
                terms.append(var)
                factors.append(weight * (after - before))
            for row in rows:
                self._chain(row, times, late, alone=len(rows) == 1)
        return cp_model.LinearExpr.weighted_sum(terms, factors) + constant

    def _chain(self, row: slice, times: list[int], late: list[cp_model.IntVar], *, alone: bool) -> None:
        view, at = self.view, 0
        seconds, columns = view.pair_s[row].tolist(), view.pair_column[row].tolist()
        before: cp_model.IntVar | None = None
        for time, its in zip(times, late, strict=False):
            now = []
            while at < len(seconds) and seconds[at] <= time:
                now.append(self.stands[columns[at]])
                at += 1
            waits = its if alone else self.model.new_bool_var("waits")
            if before is None:
                self.model.add_bool_or([waits, *now])
            elif now:
                self.model.add_bool_or([waits, before.Not(), *now])
            else:
                self.model.add_implication(before, waits)
            if not alone:
                self.model.add_implication(waits, its)
            before = waits

    def level(self, name: str) -> Expr:
        """The view's share of a level, for all its periods, without the price of moving."""
        n = self.view.n_periods
        if name == "response":
            if self._response is None:
                self._response = self._respond()
            return n * self._response
        if name == "posts":
            price = [n * self.problem.posts[j].price for j in self.open]
            return cp_model.LinearExpr.weighted_sum(list(self.open.values()), price)
        which = self._single if name == "single" else self._bare
        field = {"must_bare": "must", "bare": "bare", "single": "single"}[name]
        weights = [n * getattr(family, field) for family in self.view.families]
        return cp_model.LinearExpr.weighted_sum(which, weights)

    def hint(self, units: Mapping[tuple[int, int, int], int]) -> None:
        """Start from a plan by indices."""
        p = self.view.periods[0]
        for (j, k), c in self._column.items():
            n_units = min(units.get((j, p, k), 0), int(self.view.most[c]))
            self.model.add_hint(self.stands[c], n_units > 0)
            if self.units[c] is not self.stands[c]:
                self.model.add_hint(self.units[c], n_units)

    def read(self, values: Mapping[int, int] | Sequence[int]) -> dict[tuple[int, int, int], int]:
        """The view's stands in a solution, for each of its periods."""
        found = {}
        for (j, k), c in self._column.items():
            n_units = values[self.units[c].index]
            if n_units:
                for p in self.view.periods:
                    found[j, p, k] = int(n_units)
        return found


class SitingModel:
    """One CpModel over some views (one view while levels do not link periods, else all)."""

    def __init__(self, problem: Problem, views: Sequence[View]) -> None:
        self.problem, self.model = problem, cp_model.CpModel()
        self.views = [ViewModel(self.model, problem, view, problem.levels) for view in views]
        self._moves: Expr | None = None

    def level(self, name: str) -> Expr:
        """A level over all views of this model, moving included where the level is ``posts``."""
        total: Expr = sum(view.level(name) for view in self.views)
        if name == "posts":
            total = total + self._moving()
        return total

    def _moving(self) -> Expr:
        if self.problem.move_price == 0:
            return 0
        if self._moves is None:
            first = self.views[0].view.periods[0] == 0
            before: dict[int, cp_model.LinearExprT] = {
                j: 1 for j, post in enumerate(self.problem.posts) if post.existing and first
            }
            opens: list[Expr] = []
            for view in self.views:
                for post, var in view.open.items():
                    was = before.get(post, 0)
                    if isinstance(was, int):
                        opens.append(var * (1 - was))
                        continue
                    moved = self.model.new_bool_var("moved")
                    self.model.add(moved >= var - was)
                    opens.append(moved)
                before = dict(view.open)
            self._moves = self.problem.move_price * sum(opens)
        return self._moves

    def freeze(self, name: str, value: int) -> None:
        """No worse than ``value`` on a level from now on."""
        self.model.add(self.level(name) <= value)

    def hint(self, units: Mapping[tuple[int, int, int], int]) -> None:
        """Replace the hint."""
        self.model.clear_hints()
        for view in self.views:
            view.hint(units)
