"""A first plan within seconds: pins, the hint as far as it is legal, then seats one by one, scarcest first."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from scheduler.roster.forms import NO
from scheduler.roster.linear import Ints, Linear, walk_groups
from scheduler.roster.plan import RosterPlan


class Desk:
    """A plan under construction that knows at once which duty may still be added.

    Only what stays legal is ever added, so the plan is legal at any time if its start was.
    """

    def __init__(self, linear: Linear) -> None:
        self.linear = linear
        self.x = np.zeros(linear.n_x, dtype=np.int64)
        self.filled = np.zeros(len(linear.problem.groups), dtype=np.int64)
        self.open = np.ones(linear.n_x, dtype=bool)
        groups = linear.problem.groups
        self.in_team = np.array([g.team is not None for g in groups], dtype=bool)
        self.open &= ~self.in_team[linear.x_group]
        counters = linear.counters.tocsc()
        hard = linear.hard.matrix
        n_x, n_c = linear.n_x, linear.counters.shape[0]
        # rows seen from the duties alone: a duty also moves every counter it stands in
        self.rows = (hard[:, :n_x] + hard[:, n_x : n_x + n_c] @ counters).tocsc()
        self.value = np.zeros(linear.hard.n, dtype=np.int64)
        self.stepped = {step.person for step in linear.steps if step.rule.hard}
        self.load = np.zeros(len(linear.problem.people), dtype=np.int64)
        self.of_person = _by(linear.x_person, len(linear.problem.people))

    def may(self, i: int) -> bool:
        """Whether duty column ``i`` can be added now."""
        linear = self.linear
        if not self.open[i] or self.filled[linear.x_group[i]] >= linear.problem.groups[linear.x_group[i]].most:
            return False
        part = slice(self.rows.indptr[i], self.rows.indptr[i + 1])
        rows, coefs = self.rows.indices[part], self.rows.data[part]
        then = self.value[rows] + coefs
        worse = ((then > linear.hard.high[rows]) & (coefs > 0)) | ((then < linear.hard.low[rows]) & (coefs < 0))
        if worse.any():
            return False
        return int(linear.x_person[i]) not in self.stepped or self._steps_hold(i)

    def _steps_hold(self, i: int) -> bool:
        linear, p = self.linear, int(self.linear.x_person[i])
        mine = [int(linear.x_group[j]) for j in self.of_person[p] if self.x[j]]
        for step in linear.steps:
            if step.person == p and step.rule.hard:
                module, params = step.rule.rule.module, step.rule.params
                amount = walk_groups(
                    linear.problem, module, params, p, [*mine, int(linear.x_group[i])]
                )
                if amount == NO or amount > 0:
                    return False
        return True

    def add(self, i: int) -> None:
        """Add a duty and close what it excludes."""
        linear = self.linear
        p, g = int(linear.x_person[i]), int(linear.x_group[i])
        self.x[i] = 1
        self.filled[g] += 1
        self.load[p] += linear.problem.groups[g].paid_s
        part = slice(self.rows.indptr[i], self.rows.indptr[i + 1])
        self.value[self.rows.indices[part]] += self.rows.data[part]
        conflict = linear.conflict[int(linear.conflict_of[p])][g]
        mine = self.of_person[p]
        self.open[mine[conflict[linear.x_group[mine]]]] = False
        self.open[i] = False


    def remove(self, i: int) -> None:
        """Take a duty away and open again what nothing else excludes."""
        linear = self.linear
        p, g = int(linear.x_person[i]), int(linear.x_group[i])
        self.x[i] = 0
        self.filled[g] -= 1
        self.load[p] -= linear.problem.groups[g].paid_s
        part = slice(self.rows.indptr[i], self.rows.indptr[i + 1])
        self.value[self.rows.indices[part]] -= self.rows.data[part]
        mine = self.of_person[p]
        held = linear.x_group[mine[self.x[mine] > 0]]
        table = linear.conflict[int(linear.conflict_of[p])]
        conflict = np.asarray(table[held].any(axis=0))
        self.open[mine] = ~conflict[linear.x_group[mine]] & (self.x[mine] == 0) & ~self.in_team[linear.x_group[mine]]

    def holds(self) -> bool:
        """Whether all hard rows hold."""
        hard = self.linear.hard
        return not ((self.value > hard.high) | (self.value < hard.low)).any()


def _by(index: Ints | np.ndarray[tuple[int], np.dtype[np.int32]], n: int) -> list[Ints]:
    order = np.argsort(index, kind="stable")
    ends = np.searchsorted(index[order], np.arange(n + 1))
    return [order[ends[k] : ends[k + 1]] for k in range(n)]


def from_plan(linear: Linear, plan: RosterPlan) -> Ints:
    """Columns of a plan; duties the rules never allow are left out."""
    person_of = {person.id: p for p, person in enumerate(linear.problem.people)}
    group_of = {group.id: g for g, group in enumerate(linear.problem.groups)}
    x = np.zeros(linear.n_x, dtype=np.int64)
    for duty in plan.duties:
        p, g = person_of.get(duty.person), group_of.get(duty.group)
        if p is not None and g is not None and linear.x_of[p, g] >= 0:
            x[linear.x_of[p, g]] = 1
    return x


def construct(
    linear: Linear, hint: RosterPlan | None = None, likely: NDArray[np.float64] | None = None
) -> Ints:
    """Build a plan that keeps all upper limits; teams are left to the search.

    Parameters
    ----------
    hint
        A plan to follow as far as it is legal.
    likely
        float ``[n_x]``, how much a relaxation wants each duty; tried in falling order.

    Returns
    -------
    numpy.ndarray
        int64 ``[n_x]``. Legal unless hard lower limits (pins, least strengths) ask for more than it finds.
    """
    if hint is not None:
        x = from_plan(linear, hint)
        if linear.broken(x) == 0 and x[linear.forced].all():
            return x
    desk = Desk(linear)
    first: list[int] = [int(i) for i in linear.forced]
    if hint is not None:
        first += [int(i) for i in np.nonzero(from_plan(linear, hint))[0]]
    for i in first:
        if not desk.x[i] and desk.may(i):
            desk.add(i)
    if likely is not None:
        sure = np.argsort(-likely, kind="stable")
        first_sure = [int(i) for i in sure if likely[i] > 0.5]
        for _ in range(2):
            for i in first_sure:
                if not desk.x[i] and desk.may(i):
                    desk.add(i)
    by_group = _by(linear.x_group, len(linear.problem.groups))
    for _ in range(3):  # a led seat opens only once its leader sits
        before = int(desk.x.sum())
        _fill(desk, by_group, _order(linear, by_group, wanted=False), wanted=False)
        if int(desk.x.sum()) == before:
            break
    for _ in range(2):
        _exchange(desk, by_group, _order(linear, by_group, wanted=False))
    _fill(desk, by_group, _order(linear, by_group, wanted=True), wanted=True)
    return desk.x


def _exchange(desk: Desk, by_group: list[Ints], order: Iterable[int]) -> None:
    """Fill a short seat with someone whose one duty in the way another takes over."""
    if not desk.holds():
        return
    forced = set(desk.linear.forced.tolist())
    for g in order:
        need = desk.linear.problem.groups[g].need
        while desk.filled[g] < need and not desk.in_team[g]:
            if not any(_swap(desk, by_group, int(i), forced) for i in by_group[g] if not desk.x[i]):
                break


def _swap(desk: Desk, by_group: list[Ints], i: int, forced: set[int]) -> bool:
    linear = desk.linear
    p, g = int(linear.x_person[i]), int(linear.x_group[i])
    mine = desk.of_person[p]
    held = mine[desk.x[mine] > 0]
    conflict = linear.conflict[int(linear.conflict_of[p])][g]
    block = [int(j) for j in held if conflict[linear.x_group[j]]]
    if len(block) != 1 or block[0] in forced:
        return False
    j = block[0]
    others = by_group[int(linear.x_group[j])]
    ready = [int(k) for k in others[desk.open[others]] if linear.x_person[k] != p]
    if not ready:
        return False
    desk.remove(j)
    if desk.may(i):
        desk.add(i)
        for k in ready:
            if desk.may(k):
                desk.add(k)
                if desk.holds():
                    return True
                desk.remove(k)
        desk.remove(i)
    desk.add(j)
    return False


def _order(linear: Linear, by_group: list[Ints], *, wanted: bool) -> list[int]:
    groups = linear.problem.groups
    lead = {"supervisor": 0, "lead": 0}
    return sorted(
        (g for g, group in enumerate(groups) if (group.want if wanted else group.need) > 0),
        key=lambda g: (
            groups[g].level,
            lead.get(groups[g].kind, 1),
            len(by_group[g]) // 8,
            groups[g].report_s,
            g,
        ),
    )


def _fill(desk: Desk, by_group: list[Ints], order: Iterable[int], *, wanted: bool) -> None:
    linear = desk.linear
    groups = linear.problem.groups
    cost = linear.cost[-1]
    flexible = np.array([len(mine) for mine in desk.of_person], dtype=np.int64)
    for g in order:
        target = groups[g].want if wanted else groups[g].need
        if wanted and not groups[g].price_want:
            continue
        columns = by_group[g]
        if desk.filled[g] >= target or not len(columns):
            continue
        free = columns[desk.open[columns]]
        who = linear.x_person[free]
        hours = desk.load[who] // 3600
        rank = np.lexsort((free, flexible[who], cost[free], hours // 8))
        for i in free[rank]:
            if desk.filled[g] >= target:
                break
            if desk.may(int(i)):
                desk.add(int(i))
