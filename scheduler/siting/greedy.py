"""A quick first plan: required posts, then the column that gains most, level before level."""

from __future__ import annotations

from collections import Counter
from heapq import heapify, heappop, heappush

import numpy as np

from scheduler.siting.layout import View
from scheduler.siting.problem import Problem

SHARE = 840  # a site's weight is spread over its points in this many parts


def first_plan(problem: Problem, view: View) -> dict[tuple[int, int, int], int] | None:
    """A plan of one view that keeps all rules, or None where this simple way finds none.

    Returns
    -------
    dict
        ``(post, period, kind) -> units`` for every period of the view.
    """
    hand = _Hand(problem, view)
    if not hand.place_required() or not hand.fill_rings():
        return None
    hand.fill()
    return {
        (int(view.post[c]), p, int(view.kind[c])): n
        for c, n in hand.units.items()
        for p in view.periods
    }


class _Hand:
    """The units laid out so far, and what is left."""

    def __init__(self, problem: Problem, view: View) -> None:
        self.problem, self.view = problem, view
        period = problem.periods[view.periods[0]]
        self.left = list(period.stock)
        self.most = period.most_posts
        self.units: Counter[int] = Counter()
        self.open: Counter[int] = Counter()
        self.apart: dict[int, set[int]] = {}
        for a, b in problem.apart:
            self.apart.setdefault(a, set()).add(b)
            self.apart.setdefault(b, set()).add(a)
        self.alike: dict[tuple[int, int], set[int]] = {}
        for a, b, kind in problem.apart_alike:
            self.alike.setdefault((a, kind), set()).add(b)
            self.alike.setdefault((b, kind), set()).add(a)
        self.manned: set[tuple[int, int]] = set()
        n_points = np.bincount(problem.point_site, minlength=len(problem.sites))
        per_point = (view.weight * SHARE // np.maximum(1, n_points))[problem.point_site]
        sites = problem.sites
        must = np.array([site.must for site in sites], dtype=bool)[problem.point_site]
        backup = np.array([site.backup for site in sites], dtype=bool)[problem.point_site]
        self.point_weight = {
            "must_bare": np.where(must, per_point, 0),
            "bare": per_point,
            "single": np.where(backup, per_point, 0),
        }
        self.rings = self._rings()
        self.pairs = np.argsort(view.pair_column, kind="stable")  # by column
        self.start = np.searchsorted(view.pair_column[self.pairs], np.arange(len(view.post) + 1))
        self.held = np.zeros(len(problem.point_site), dtype=np.int64)
        self.nearest = np.full(len(problem.point_site), problem.longest_s, dtype=np.int64)

    def _place(self, column: int, n_units: int) -> None:
        post = int(self.view.post[column])
        mine = self.pairs[self.start[column] : self.start[column + 1]]
        points = self.view.pair_point[mine]
        if not self._answers(post, column):
            self.held[points[self.view.in_time[mine]]] += 1
        self.nearest[points] = np.minimum(self.nearest[points], self.view.pair_s[mine])
        self.units[column] += n_units
        self.open[post] += n_units
        self.manned.add((post, int(self.view.kind[column])))
        self.left[int(self.view.kind[column])] -= n_units

    def _answers(self, post: int, column: int) -> bool:
        """The post stands already: then its second kind gives no second distinct post."""
        return self.open[post] > 0

    def _free(self, post: int) -> bool:
        if self.open[post]:
            return True
        full = (
            self.most is not None
            and len(self.open) - sum(not n for n in self.open.values()) >= self.most
        )
        return not full and not any(self.open[other] for other in self.apart.get(post, ()))

    def _too_alike(self, post: int, kind: int) -> bool:
        return any((other, kind) in self.manned for other in self.alike.get((post, kind), ()))

    def place_required(self) -> bool:
        """Man the required posts, those with the fewest kinds first; False when that fails."""
        usable: dict[int, list[int]] = {}
        for c, post in enumerate(self.view.post.tolist()):
            usable.setdefault(post, []).append(c)
        period = self.problem.periods[self.view.periods[0]]
        due = [
            j
            for j, post in enumerate(self.problem.posts)
            if post.required
            and (post.open_s is None or post.open_s <= period.start_s)
            and (post.close_s is None or period.end_s <= post.close_s)
        ]
        for j in sorted(due, key=lambda j: (len(usable.get(j, ())), j)):
            if not self._free(j):
                return False
            need = self.problem.posts[j].units
            by_stock = sorted(
                usable.get(j, ()), key=lambda c: (-self.left[int(self.view.kind[c])], c)
            )
            for c in by_stock:
                n_units = min(need, self.left[int(self.view.kind[c])], int(self.view.most[c]))
                if n_units > 0 and not self._too_alike(j, int(self.view.kind[c])):
                    self._place(c, n_units)
                    need -= n_units
            if need > 0:
                return False
        return True

    def _gain(self, name: str, column: int) -> float:
        """What one more column gains on a level."""
        mine = self.pairs[self.start[column] : self.start[column + 1]]
        point = self.view.pair_point[mine]
        if name == "response":
            at_site = self.view.weight[self.problem.point_site[point]]
            return float((at_site * np.maximum(0, self.nearest[point] - self.view.pair_s[mine])).sum())
        lacking = self.held[point] < (2 if name == "single" else 1)
        return float(self.point_weight[name][point[lacking & self.view.in_time[mine]]].sum())

    def fill(self) -> None:
        """Add the column with the greatest gain on the first level that gains at all, until none does.

        Gains only fall while columns are added, so only the one that stands first is counted anew (Minoux 1978).
        """
        for name in self.problem.levels:
            if name == "posts":
                return  # from here on every further post costs
            heap = [(-self._gain(name, c), c) for c in range(len(self.view.post))]
            heapify(heap)
            while heap:
                _, c = heappop(heap)
                if not self._fits(c):
                    continue
                now = (-self._gain(name, c), c)
                if now[0] >= 0:
                    continue
                if heap and heap[0] < now:
                    heappush(heap, now)
                else:
                    self._place(c, 1)

    def fill_rings(self) -> bool:
        """Add units where rings keep a least number; False where one stays short."""
        for columns, least, _ in self.rings:
            for c in sorted(columns):
                if self._in_ring(columns) < least and self._fits(c):
                    self._place(c, 1)
        return all(
            self._in_ring(columns) >= least and (most is None or self._in_ring(columns) <= most)
            for columns, least, most in self.rings
        )

    def _in_ring(self, columns: frozenset[int]) -> int:
        return sum(n for c, n in self.units.items() if c in columns)

    def _rings(self) -> list[tuple[frozenset[int], int, int | None]]:
        """Columns, least and most of every ring whose window holds the period."""
        view, period = self.view, self.problem.periods[self.view.periods[0]]
        return [
            (
                frozenset(
                    c
                    for c, (j, k) in enumerate(zip(view.post.tolist(), view.kind.tolist(), strict=True))
                    if j in set(ring.posts) and (not ring.kinds or k in ring.kinds)
                ),
                ring.least,
                ring.most,
            )
            for ring in self.problem.rings
            if (ring.open_s is None or ring.open_s <= period.start_s)
            and (ring.close_s is None or period.end_s <= ring.close_s)
        ]

    def _fits(self, column: int) -> bool:
        post, kind = int(self.view.post[column]), int(self.view.kind[column])
        return (
            self.units[column] == 0
            and self.left[kind] > 0
            and self.open[post] < self.problem.posts[post].capacity
            and self._free(post)
            and not self._too_alike(post, kind)
            and not any(
                most is not None and column in columns and self._in_ring(columns) >= most
                for columns, _, most in self.rings
            )
        )
