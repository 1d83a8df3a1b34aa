"""Problem -> integer linear model through one door: columns, open posts, bare and single families, waiting.

The mathematics stands in ``docs/models-siting.md``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from scheduler.siting.layout import View
from scheduler.siting.linear import Linear, Sum, nothing
from scheduler.siting.problem import Problem
from scheduler.siting.rules import load
from scheduler.siting.rules.form import OPEN

COVERING = ("must_bare", "bare", "single")


class ViewModel:
    """Variables and rows of one view.

    ``stands[c]`` says that column ``c`` is manned, ``units[c]`` by how many, ``open[j]`` that post ``j`` is.
    """

    def __init__(
        self, model: Linear, problem: Problem, view: View, without: Sequence[str] = ()
    ) -> None:
        self.model, self.problem, self.view = model, problem, view
        self.first = model.n_variables
        self._column = {
            (int(j), int(k)): c for c, (j, k) in enumerate(zip(view.post, view.kind, strict=True))
        }
        n_columns = len(view.post)
        self.stands = model.variables(n_columns)
        self.units = self.stands.copy()
        many = np.flatnonzero(view.most > 1)
        self.units[many] = model.variables(len(many), view.most[many])
        line = np.arange(len(many))
        pair = np.concatenate((line, line))
        both = np.concatenate((self.units[many], self.stands[many]))
        ones = np.repeat([1, -1], len(many))
        model.rows(len(many), pair, both, ones, 0)  # units >= stands
        tops = np.concatenate((np.ones(len(many)), -view.most[many]))
        model.rows(len(many), pair, both, tops, -(2**62), 0)  # units <= most * stands
        self._n_columns = np.bincount(view.post, minlength=len(problem.posts))
        self._lone = (
            not n_columns or int(self._n_columns.max()) == 1
        )  # one kind a post: columns are posts
        self.open = self._open()
        self._either: dict[tuple[int, ...], int] = {}
        self._rules(without)
        self.bare = self.single = np.zeros(0, dtype=np.int64)
        if set(COVERING) & set(problem.levels):
            self._cover()
        if "single" in problem.levels:
            self._backup()
        self.n_variables = model.n_variables - self.first

    def _open(self) -> dict[int, int]:
        columns_of: dict[int, list[int]] = {}
        for c, post in enumerate(self.view.post.tolist()):
            columns_of.setdefault(post, []).append(c)
        opens = {post: int(self.stands[columns[0]]) for post, columns in columns_of.items()}
        for post, columns in columns_of.items():
            if len(columns) == 1:
                continue
            var = int(self.model.variables(1)[0])
            opens[post] = var
            n, its = len(columns), self.stands[columns]
            pair = np.tile(np.arange(n), 2)
            self.model.rows(
                n, pair, np.concatenate((np.full(n, var), its)), np.repeat([1, -1], n), 0
            )
            self.model.rows(1, np.zeros(n + 1), np.append(its, var), np.append(np.ones(n), -1), 0)
        return opens

    def _rules(self, without: Sequence[str]) -> None:
        for name, rule in load().items():
            if not hasattr(rule, "rows") or name in without:
                continue
            for row in rule.rows(self.problem, self.view.periods[0]):
                variables, factors, reach = [], [], [0, 0]
                for term in row.terms:
                    c = self._column.get((term.post, term.kind))
                    if term.kind == OPEN and term.post in self.open:
                        variables.append(self.open[term.post])
                        top = 1
                    elif term.manned and c is not None:
                        variables.append(int(self.stands[c]))
                        top = 1
                    elif term.kind != OPEN and c is not None:
                        variables.append(int(self.units[c]))
                        top = int(self.view.most[c])
                    else:
                        continue
                    factors.append(term.factor)
                    reach[term.factor > 0] += term.factor * top
                total = Sum.of(variables, factors)
                if row.high is not None and reach[1] > row.high:
                    self.model.limit(total, high=row.high)
                if row.low is not None and reach[0] < row.low:
                    self.model.limit(total, low=row.low)

    def _cover(self) -> None:
        """``bare(f) + sum of the posts of a row >= 1``; bare for sure where a row is empty."""
        families = self.view.families
        self.bare = self.model.variables(len(families))
        rows = [
            (f, row if self._lone else self._posts_in(row))
            for f, family in enumerate(families)
            for row in family.rows
        ]
        size = np.array([len(row) for _, row in rows], dtype=np.int64)
        line = np.concatenate((np.arange(len(rows)), np.repeat(np.arange(len(rows)), size)))
        posts = np.fromiter(
            (c for _, row in rows for c in row), dtype=np.int64, count=int(size.sum())
        )
        bare = self.bare[np.array([f for f, _ in rows], dtype=np.int64)]
        posts = self.stands[posts] if self._lone else posts
        self.model.rows(len(rows), line, np.concatenate((bare, posts)), 1, 1)

    def _backup(self) -> None:
        """``bare(f) + single(f) + sum of the distinct posts of a row >= 2`` and ``single >= bare``."""
        self.single = self.model.variables(len(self.view.families))
        for f, family in enumerate(self.view.families):
            if not family.single:
                continue
            mine = [int(self.bare[f]), int(self.single[f])]
            self.model.limit(Sum.of(mine, [-1, 1]), low=0)
            for row in family.rows:
                posts = self._posts_in(row)
                self.model.limit(Sum.of(mine + posts, 1), low=2)

    def _posts_in(self, row: Sequence[int]) -> list[int]:
        """One variable for each distinct post among the columns of a row.

        Two kinds at one post count once, which also keeps the relaxation from halving the post's price.
        """
        if self._lone:
            return [int(v) for v in self.stands[list(row)]]
        by_post: dict[int, list[int]] = {}
        for c in row:
            by_post.setdefault(int(self.view.post[c]), []).append(c)
        return [self._any_of(post, tuple(columns)) for post, columns in by_post.items()]

    def _any_of(self, post: int, columns: tuple[int, ...]) -> int:
        """A variable that is 1 only when one of the columns of a post is manned."""
        if len(columns) == 1:
            return int(self.stands[columns[0]])
        if len(columns) == self._n_columns[post]:
            return self.open[post]
        if columns not in self._either:
            var = int(self.model.variables(1)[0])
            self._either[columns] = var
            self.model.limit(
                Sum.of(np.append(self.stands[list(columns)], var), [1] * len(columns) + [-1]), low=0
            )
            self.model.limit(Sum.of([self.open[post], var], [1, -1]), low=0)
        return self._either[columns]

    def level(self, name: str) -> Sum:
        """The view's share of a level except ``response``, for all its periods, without moving."""
        n = self.view.n_periods
        if name == "posts":
            return Sum.of(
                list(self.open.values()), [n * self.problem.posts[j].price for j in self.open]
            )
        which = self.single if name == "single" else self.bare
        field = {"must_bare": "must", "bare": "bare", "single": "single"}[name]
        weights = np.array(
            [n * getattr(family, field) for family in self.view.families], dtype=np.int64
        )
        used = weights > 0
        return Sum.of(which[used], weights[used])

    def respond(self, model: Linear, upto_s: NDArray[np.int64]) -> Sum:
        """Radius form of the level ``response``, up to a time for each point; a lower bound beyond it.

        ``waits[k, i]`` says that point ``k`` is not reached within its i-th shortest time:
        ``waits[k, i] + columns reaching it in exactly that time >= waits[k, i - 1]``. A site with several
        points waits for the last of them.

        Parameters
        ----------
        upto_s
            int64 ``[n_points]``: times above it are not told apart; all of them count as the next time.
        """
        view, problem = self.view, self.problem
        longest = problem.longest_s
        n_points_of = np.bincount(problem.point_site, minlength=len(problem.sites))
        live = (view.weight[problem.point_site[view.pair_point]] > 0) & self._usable()[
            view.pair_column
        ]
        keep = live & (view.pair_s < longest) & (view.pair_s <= upto_s[view.pair_point])
        point, column, seconds = view.pair_point[keep], view.pair_column[keep], view.pair_s[keep]
        new = np.ones(len(point), dtype=bool)
        new[1:] = (point[1:] != point[:-1]) | (seconds[1:] != seconds[:-1])
        step = np.cumsum(new) - 1
        at_point, at_s = point[new], seconds[new]
        n = len(at_point)
        waits = model.variables(n)
        first = np.ones(n, dtype=bool)
        first[1:] = at_point[1:] != at_point[:-1]
        inner = np.flatnonzero(~first)
        model.rows(
            n,
            np.concatenate((np.arange(n), step, inner)),
            np.concatenate((waits, self.stands[column], waits[inner - 1])),
            np.concatenate((np.ones(n + len(step)), -np.ones(len(inner)))),
            first.astype(np.int64),
        )
        after = self._next_s(upto_s, longest)
        until = np.append(at_s[1:], 0)
        last = np.append(first[1:], True) if n else first
        until[last] = after[at_point[last]]
        single = n_points_of[problem.point_site[at_point]] == 1
        weight = view.weight[problem.point_site[at_point]]
        total = Sum.of(waits[single], (weight * (until - at_s))[single])
        total.constant = int((weight * at_s)[single & first].sum())
        reached = np.zeros(len(problem.point_site), dtype=bool)
        reached[at_point] = True
        lone = (n_points_of[problem.point_site] == 1) & ~reached
        total.constant += int((view.weight[problem.point_site] * after)[lone].sum())
        start = np.searchsorted(at_point, np.arange(len(problem.point_site) + 1))
        for s in np.flatnonzero((n_points_of > 1) & (view.weight > 0)).tolist():
            mine = [
                (at_s[start[k] : start[k + 1]], waits[start[k] : start[k + 1]], int(after[k]))
                for k in np.flatnonzero(problem.point_site == s).tolist()
            ]
            total = total + _last_of(model, mine, int(view.weight[s]))
        return total.times(view.n_periods)

    def _usable(self) -> NDArray[np.bool_]:
        """Tell, as bool ``[n_columns]``, columns not fixed at 0."""
        fixed = self.model.fixed
        return np.array([fixed.get(int(v), 1) > 0 for v in self.stands], dtype=bool)

    def _next_s(self, upto_s: NDArray[np.int64], longest: int) -> NDArray[np.int64]:
        """int64 ``[n_points]``: the first time above ``upto_s``, at most ``longest``."""
        after = np.full(len(self.problem.point_site), longest, dtype=np.int64)
        beyond = (self.view.pair_s > upto_s[self.view.pair_point]) & self._usable()[
            self.view.pair_column
        ]
        np.minimum.at(after, self.view.pair_point[beyond], self.view.pair_s[beyond])
        return after

    def start(self, units: Mapping[tuple[int, int, int], int]) -> dict[int, int]:
        """The values of stands, units and open posts in a plan by indices."""
        p, values = self.view.periods[0], {}
        for (j, k), c in self._column.items():
            n_units = min(units.get((j, p, k), 0), int(self.view.most[c]))
            values[int(self.stands[c])] = int(n_units > 0)
            values[int(self.units[c])] = n_units
        return values

    def read(self, values: NDArray[np.int64]) -> dict[tuple[int, int, int], int]:
        """The view's stands in a solution, for each of its periods."""
        found = {}
        for (j, k), c in self._column.items():
            n_units = int(values[self.units[c]])
            if n_units:
                found.update({(j, p, k): n_units for p in self.view.periods})
        return found


def _last_of(
    model: Linear, points: list[tuple[NDArray[np.int64], NDArray[np.int64], int]], weight: int
) -> Sum:
    """Weighted seconds until the last of several points is reached."""
    begin = max((int(times[0]) if len(times) else after) for times, _, after in points)
    end = max(after for _, _, after in points)
    grid = np.unique(np.concatenate([times for times, _, _ in points] + [[begin]]))
    grid = grid[(grid >= begin) & (grid < end)]
    if not len(grid):
        return Sum.of([], [], weight * begin)
    late = model.variables(len(grid))
    chain = np.arange(len(grid) - 1)
    model.rows(
        len(chain),
        np.tile(chain, 2),
        np.concatenate((late[:-1], late[1:])),
        np.repeat([1, -1], len(chain)),
        0,
    )
    for times, waits, after in points:
        last = (
            np.searchsorted(grid, np.append(times[1:], after), side="left") - 1
        )  # the wait holds till there
        used = (
            np.flatnonzero(last[: len(times)] >= 0) if len(times) else np.zeros(0, dtype=np.int64)
        )
        if len(used):
            line = np.arange(len(used))
            ones = np.repeat([1, -1], len(used))
            model.rows(
                len(used),
                np.tile(line, 2),
                np.concatenate((late[last[used]], waits[used])),
                ones,
                0,
            )
        elif not len(times):
            at = np.searchsorted(grid, after, side="left") - 1
            if at >= 0:
                model.limit(Sum.of([int(late[at])], 1), low=1)
    steps = np.diff(np.append(grid, end))
    return Sum.of(late, weight * steps, weight * int(grid[0]))


class SitingModel:
    """One linear model over some views (one view while levels do not link periods, else all)."""

    def __init__(
        self, problem: Problem, views: Sequence[View], without: Sequence[str] = ()
    ) -> None:
        self.problem, self.linear = problem, Linear()
        self.views = [ViewModel(self.linear, problem, view, without) for view in views]
        self._moves: Sum | None = None

    def level(self, name: str) -> Sum:
        """A level over all views of this model, moving included where the level is ``posts``."""
        total = nothing()
        for view in self.views:
            total = total + view.level(name)
        return total + self._moving() if name == "posts" else total

    def adopt(self, at: int, lone: SitingModel) -> None:
        """Fix what the model of one view alone has fixed; both number a view's variables in one order."""
        mine, its = self.views[at], lone.views[0]
        shift = mine.first - its.first
        for variable, value in lone.linear.fixed.items():
            if variable < its.first + its.n_variables:
                self.linear.fixed[variable + shift] = value

    def _moving(self) -> Sum:
        if self.problem.move_price == 0:
            return nothing()
        if self._moves is None:
            first = self.views[0].view.periods[0] == 0
            existing = {j for j, post in enumerate(self.problem.posts) if post.existing and first}
            before: dict[int, int] = {}
            moved: list[int] = []
            for number, view in enumerate(self.views):
                for post, var in view.open.items():
                    if number == 0 and post in existing:
                        continue
                    if post not in before:
                        moved.append(var)
                        continue
                    fresh = int(self.linear.variables(1)[0])
                    self.linear.limit(Sum.of([fresh, var, before[post]], [1, -1, 1]), low=0)
                    moved.append(fresh)
                before = view.open
            self._moves = Sum.of(moved, self.problem.move_price)
        return self._moves

    def freeze(self, name: str, value: int, only: Sequence[int] | None = None) -> None:
        """No worse than ``value`` on a level from now on, over all views or ``only`` some of them."""
        views = self.views if only is None else [self.views[v] for v in only]
        total = nothing()
        for view in views:
            if name == "response":
                every = np.full(len(self.problem.point_site), self.problem.longest_s)
                total = total + view.respond(self.linear, every)
            else:
                total = total + view.level(name)
        if name == "posts" and len(views) == len(self.views):
            total = total + self._moving()
        if value == total.constant and (total.factors > 0).all():
            self.linear.fixed.update((int(v), 0) for v in total.variables)
        else:
            self.linear.limit(total, high=value)
