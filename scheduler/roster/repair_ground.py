"""What a plan at hand means for a changed Problem: what is lost, what stays, and which duties can matter.

Also the relaxation that proves a number of changes least: one person's duties and the seats' sizes alone. In it a
change that no short or vacated seat asks for can be taken back without loss, so only few duties need to be looked at.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from scheduler.roster.linear import Ints, Linear, Rows
from scheduler.roster.plan import Duty, RosterPlan
from scheduler.roster.problem import Problem, SeatGroup

Mask = NDArray[np.bool_]

NEAR = ((4, 16), (12, 8), (24, 4), (48, 2))
"""Hours from now, and what a changed duty weighs that reports within them; later ones weigh 1."""


@dataclass(eq=False)
class Ground:
    """The plan at hand in the columns of the changed Problem.

    Attributes
    ----------
    base, start
        int64 ``[n_x]``: duties of the plan that are still possible; the same less what one person can no longer do
        together or a seat group no longer holds.
    lost
        Duties of the plan that the changed Problem does not allow, whatever else. ``lost_weight`` is what they weigh
        by nearness, ``n_gone`` how many people of the plan the Problem no longer knows.
    forced
        bool ``[n_people]``: changed for certain (lost a duty, holds a moved one, or is pinned to a new one).
    may
        bool ``[n_x]``: duties that may be held in the new plan; what would have begun by now is not given anew.
    line, held
        bool ``[n_x]``: duties before the freeze line; those of them that are held fast.
    roots, short
        bool ``[n_people]`` and ``[n_groups]``: where any change has to begin, as far as seats count before people.
    wanting
        bool ``[n_groups]``: ``short`` and the groups with other seats empty.
    weight
        int64 ``[n_groups]``: what a change of a duty there weighs by its nearness.
    own
        ``own_rows`` of the Problem, ``[n_hard, n_x]``.
    """

    linear: Linear
    base: Ints
    start: Ints
    lost: tuple[Duty, ...]
    moved: Mask
    forced: Mask
    may: Mask
    line: Mask
    held: Mask
    roots: Mask
    short: Mask
    wanting: Mask
    weight: Ints
    lost_weight: int
    n_gone: int
    own: sparse.csc_matrix

    def within(self, radius: int, *, other_seats: bool = False) -> Mask:
        """Duties that can matter while ``radius`` people change beyond the forced ones, bool ``[n_x]``.

        With ``other_seats`` for the seats too that count after the people.
        """
        linear = self.linear
        loose = (self.base > 0) & ~self.held
        groups = (self.wanting if other_seats else self.short).copy()
        groups[linear.x_group[loose & self.roots[linear.x_person]]] = True
        mask = np.zeros(linear.n_x, dtype=bool)
        for _ in range(max(1, radius)):
            adds = self.may & groups[linear.x_group] & ~self.held
            people = self.roots.copy()
            people[linear.x_person[adds]] = True
            drops = loose & people[linear.x_person]
            grown = adds | drops
            if (grown == mask).all():
                break
            mask = grown
            groups[linear.x_group[drops]] = True
        mask[linear.forced] = True
        return mask

    def everything(self) -> Mask:
        """All duties that may change, bool ``[n_x]``."""
        mask = (self.may | (self.base > 0)) & ~self.held
        mask[linear_forced(self.linear)] = True
        return mask


def linear_forced(linear: Linear) -> Ints:
    """Columns that must be held, as int64."""
    return linear.forced.astype(np.int64)


def moved_groups(problem: Problem, before: Problem | None) -> Mask:
    """Groups whose holders must be told although they stay: other times or another place, bool ``[n_groups]``."""
    moved = np.zeros(len(problem.groups), dtype=bool)
    if before is not None:
        old = {group.id: _when_where(before, group) for group in before.groups}
        for g, group in enumerate(problem.groups):
            moved[g] = group.id in old and old[group.id] != _when_where(problem, group)
    return moved


def _when_where(problem: Problem, group: SeatGroup) -> tuple[object, ...]:
    places = problem.places
    return (
        group.report_s, group.start_s, group.end_s, group.release_s,
        places[group.report_place], places[group.release_place],
    )  # fmt: skip


def nearness(groups: Iterable[SeatGroup], now_s: int) -> Ints:
    """What a changed duty weighs by how soon it is, int64 ``[n_groups]``."""
    return np.array([weight_of(group.report_s, now_s) for group in groups], dtype=np.int64)


def weight_of(report_s: int, now_s: int) -> int:
    """The weight of one changed duty that reports then."""
    return next((weight for hours, weight in NEAR if report_s - now_s < hours * 3600), 1)


def lay(
    linear: Linear,
    plan: RosterPlan,
    *,
    at_s: int | None,
    freeze_s: int | None,
    before: Problem | None,
    needs: Ints,
) -> Ground:
    """Lay a plan on a changed Problem; ``needs`` are the seats of each group that count before people do."""
    problem = linear.problem
    groups = problem.groups
    moved = moved_groups(problem, before)
    base, lost, unseen = _base(linear, plan)
    report = np.array([group.report_s for group in groups], dtype=np.int64)
    may = np.ones(linear.n_x, dtype=bool)
    line = np.zeros(linear.n_x, dtype=bool)
    line_s = max((t for t in (at_s, freeze_s) if t is not None), default=None)
    if at_s is not None:
        may = (base > 0) | (report[linear.x_group] >= at_s) | _goes_on(linear, plan, before, at_s)
    if line_s is not None:
        line = (base > 0) & (report[linear.x_group] < line_s)
    may[linear.forced] = True
    own = own_rows(linear)
    start = _start(linear, base, line, own)
    forced = unseen.copy()
    forced[linear.x_person[(base > 0) & moved[linear.x_group]]] = True
    forced[linear.x_person[linear.forced[base[linear.forced] == 0]]] = True
    filled = np.bincount(linear.x_group[start > 0], minlength=len(groups))
    roots = forced.copy()
    roots[linear.x_person[(base > 0) & (start == 0)]] = True
    over = np.bincount(linear.x_group[base > 0], minlength=len(groups)) > [g.most for g in groups]
    roots[linear.x_person[(base > 0) & over[linear.x_group]]] = True
    uneasy = _uneasy(linear, start)
    uneasy[linear.x_group[(base > 0) & (start == 0)]] = True
    short = (filled < needs) | uneasy
    wanting = short | (filled < [group.need for group in groups])
    now_s = at_s if at_s is not None else 0
    old = {group.id: group for group in (*(before.groups if before else ()), *groups)}
    lost_weight = sum(weight_of(old[d.group].report_s, now_s) for d in lost if d.group in old)
    return Ground(
        linear, base, start, lost, moved, forced, may, line, line.copy(), roots, short, wanting,
        nearness(groups, now_s), lost_weight,
        len({d.person for d in lost} - {person.id for person in problem.people}), own,
    )  # fmt: skip


def _goes_on(linear: Linear, plan: RosterPlan, before: Problem | None, at_s: int) -> Mask:
    """Begun duties that are new only because a longer time was cut anew: for those who stand there already."""
    mask = np.zeros(linear.n_x, dtype=bool)
    if before is None:
        return mask
    old = {group.id: group for group in before.groups}
    person_of = {person.id: p for p, person in enumerate(linear.problem.people)}
    new = [(g, its) for g, its in enumerate(linear.problem.groups) if its.report_s < at_s and its.id not in old]
    for duty in plan.duties if new else ():
        held, p = old.get(duty.group), person_of.get(duty.person)
        if held is None or p is None:
            continue
        for g, its in new:
            alike = its.party == held.party and its.kind == held.kind and held.report_s < at_s
            if alike and held.release_s > its.report_s and linear.x_of[p, g] >= 0:
                mask[linear.x_of[p, g]] = True
    return mask


def _base(linear: Linear, plan: RosterPlan) -> tuple[Ints, tuple[Duty, ...], Mask]:
    problem = linear.problem
    person_of = {person.id: p for p, person in enumerate(problem.people)}
    group_of = {group.id: g for g, group in enumerate(problem.groups)}
    base = np.zeros(linear.n_x, dtype=np.int64)
    hit = np.zeros(len(problem.people), dtype=bool)
    lost: list[Duty] = []
    for duty in sorted(plan.duties):
        p, g = person_of.get(duty.person), group_of.get(duty.group)
        column = -1 if p is None or g is None else int(linear.x_of[p, g])
        if column >= 0:
            base[column] = 1
            continue
        lost.append(duty)
        if p is not None:
            hit[p] = True
    return base, tuple(lost), hit


def _start(linear: Linear, base: Ints, held: Mask, rows: sparse.csc_matrix) -> Ints:
    """Duties of the plan that one person can still do together and a group still holds, frozen ones first."""
    groups = linear.problem.groups
    pinned = np.zeros(linear.n_x, dtype=bool)
    pinned[linear.forced] = True
    start = np.zeros(linear.n_x, dtype=np.int64)
    mine: dict[int, list[int]] = {}
    filled = [0] * len(groups)
    value = np.zeros(linear.hard.n, dtype=np.int64)
    high = linear.hard.high
    for i in sorted(
        (int(i) for i in np.nonzero(base)[0]),
        key=lambda i: (not pinned[i], not held[i], groups[linear.x_group[i]].level, i),
    ):
        p, g = int(linear.x_person[i]), int(linear.x_group[i])
        clash = linear.conflict[int(linear.conflict_of[p])][g]
        part = slice(rows.indptr[i], rows.indptr[i + 1])
        its, coef = rows.indices[part], rows.data[part]
        if filled[g] >= groups[g].most or any(clash[h] for h in mine.get(p, ())):
            continue
        if (value[its] + coef > high[its]).any():
            continue
        start[i] = 1
        filled[g] += 1
        value[its] += coef
        mine.setdefault(p, []).append(g)
    return start


def _by_duty(linear: Linear, matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    """Rows as they are seen from the duties alone, teams left out."""
    n_x, n_c = linear.n_x, linear.counters.shape[0]
    seen: sparse.csr_matrix = (matrix[:, :n_x] + matrix[:, n_x : n_x + n_c] @ linear.counters).tocsr()
    return seen


def own_limits(linear: Linear) -> Mask:
    """Hard rows that only limit one person's duties from above, bool ``[n_hard]``."""
    return _own(linear, _by_duty(linear, linear.hard.matrix))


def _own(linear: Linear, seen: sparse.csr_matrix) -> Mask:
    """The same for rows already seen from the duties."""
    n_x, n_c = linear.n_x, linear.counters.shape[0]
    no_team = np.asarray(abs(linear.hard.matrix[:, n_x + n_c :]).sum(axis=1)).ravel() == 0
    own = np.diff(seen.indptr) > 0
    if own.any():
        # Where rows are empty their starts repeat; without those, every part runs to the next one's start.
        starts, who = seen.indptr[:-1][own], linear.x_person[seen.indices]
        one = np.minimum.reduceat(who, starts) == np.maximum.reduceat(who, starts)
        own[own] = one & (np.minimum.reduceat(seen.data, starts) >= 0)
    return np.asarray(own & no_team & (linear.hard.low <= 0))


def own_rows(linear: Linear) -> sparse.csc_matrix:
    """Rows of ``own_limits`` by duty, ``[n_hard, n_x]``; all others are empty."""
    seen = _by_duty(linear, linear.hard.matrix)
    rows = seen.tocoo()
    own = _own(linear, seen)[rows.row]
    return sparse.csc_matrix((rows.data[own], (rows.row[own], rows.col[own])), shape=rows.shape)


def _uneasy(linear: Linear, start: Ints) -> Mask:
    """Groups in hard rows that the start breaks, and of teams sent in part."""
    groups = np.zeros(len(linear.problem.groups), dtype=bool)
    columns = linear.columns(start)
    off = linear.hard.amounts(columns) > 0
    if off.any():
        touched = _by_duty(linear, linear.hard.matrix[off])
        groups[linear.x_group[touched.indices]] = True
        teams = {linear.problem.groups[g].team for g in np.nonzero(groups)[0]} - {None}
        groups |= np.array([group.team in teams for group in linear.problem.groups], dtype=bool)
    return groups


def relaxed(linear: Linear, n_filled: int) -> Linear:
    """The Problem with one person's duties and the seats' sizes alone; shortages of the first levels are kept."""
    own = own_limits(linear)
    needs = np.array([name == "need" for name in linear.soft.name], dtype=bool) & (linear.soft.level < n_filled)
    none = np.zeros((0, 2), dtype=np.int64)
    return replace(
        linear,
        hard=_pick(linear.hard, own),
        soft=_pick(linear.soft, needs),
        cost=np.zeros_like(linear.cost),
        pairs=none,
        pair_price=none[:, 0],
        pair_level=none[:, 0],
        steps=(),
    )


def _pick(rows: Rows, which: Mask) -> Rows:
    names = tuple(name for name, taken in zip(rows.name, which, strict=True) if taken)
    return Rows(
        rows.matrix[which], rows.low[which], rows.high[which], rows.price[which], rows.level[which],
        rows.once[which], names,
    )  # fmt: skip
