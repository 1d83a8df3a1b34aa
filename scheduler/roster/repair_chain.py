"""Chains of changes, found and excluded by counting people: who takes what is open, who takes what they leave.

The relaxation of ``repair``: one person's exclusions and upper limits, and the seats that count. A plan of it with
the fewest people changed needs no duty that nobody asks for, so all of them are made by one walk: take an open seat,
give it to somebody changed already or to somebody new, leave what excludes it, and go on with what that opens. Deepened
person by person, the first depth at which the walk closes is the least number; a walk that was cut short proves none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from scheduler.outcome import Stop
from scheduler.roster.linear import Ints, Linear
from scheduler.roster.repair_ground import Ground, Mask


@dataclass(frozen=True, slots=True)
class _Limit:
    """``sum of coef over groups held <= high`` for one person."""

    bits: int
    coef: dict[int, int]
    high: int

    def over(self, held: int) -> bool:
        inside = held & self.bits
        return inside != 0 and sum(self.coef[g] for g in _each(inside)) > self.high


@dataclass(eq=False)
class Chains:
    """The walk over one plan at hand. Sets of groups are whole numbers, one bit a group.

    Parameters
    ----------
    ground
        The plan at hand. No group may be held beyond its most in ``ground.base``.
    needs, price
        int64 ``[n_groups]``: seats of each group that count, and what one left empty weighs.
    sure
        bool ``[n_people]``: people changed in any case; they may take and leave more at no further cost.
    stop
        Asked now and then whether to stop.

    Attributes
    ----------
    steps, cut, short_of_people
        People tried for a seat so far; whether the last walk stopped for their number; whether more people changed
        might have closed it.
    """

    ground: Ground
    needs: Ints
    price: Ints
    sure: Mask
    stop: Stop
    steps: int = 0
    cut: bool = False
    short_of_people: bool = False
    most_steps: int = 0
    spare: list[int] = field(init=False)

    def __post_init__(self) -> None:
        """Lay people and seats out as sets."""
        ground, linear = self.ground, self.ground.linear
        n_p, n_g = linear.x_of.shape
        held = (ground.start > 0) & ground.held
        held[linear.forced] |= ground.start[linear.forced] > 0
        self.start, self.fast, self.may = (_by_person(linear, m) for m in (ground.start > 0, held, ground.may))
        table = {k: [_bits(np.nonzero(row)[0]) for row in its] for k, its in linear.conflict.items()}
        self.clash = [table[int(k)] for k in linear.conflict_of]
        every = [np.asarray(its) for its in linear.conflict.values()]
        self.always = [_bits(np.nonzero(row)[0]) for row in np.logical_and.reduce(every)] if every else [0] * n_g
        filled = np.bincount(linear.x_group[ground.start > 0], minlength=n_g)
        self.spare = [int(v) for v in filled - self.needs]
        self.open = _bits(g for g, v in enumerate(self.spare) if v < 0)
        self.kept, self.taken = list(self.start), [0] * n_p
        self.barred = [self._union(p, self.fast[p]) for p in range(n_p)]
        self.inside = [p for p in range(n_p) if self.sure[p] and self.may[p]]
        self.limits = _limits(ground)
        self.takers: dict[int, list[int]] = {}
        self.least_price = int(self.price[self.needs > 0].min(initial=1)) or 1

    def _union(self, p: int, groups: int) -> int:
        clash, found = self.clash[p], 0
        for g in _each(groups):
            found |= clash[g]
        return found

    # ------------------------------------------------------------ the walk
    def plans(self, further: int, give_up: int, most_steps: int) -> Iterator[Ints]:
        """Plans with at most so many further people changed and so much left empty (by price), int64 ``[n_x]``."""
        self.most_steps, self.cut, self.short_of_people = self.steps + most_steps, False, False
        yield from self._walk(further, give_up)

    def _walk(self, further: int, give_up: int) -> Iterator[Ints]:
        if not self.open:
            yield self._plan()
            return
        free = [(p, self._free_for(p)) for p in self.inside]
        reach = 0
        for _, groups in free:
            reach |= groups
        if self._hopeless(further, give_up, free, reach):
            self.short_of_people = True
            return
        u = self._choose(further, free, reach)
        for p, groups in free:
            if groups >> u & 1:
                yield from self._take(p, u, further, give_up)
        if further:
            yield from self._newcomers(u, further, give_up, reach)
        else:
            self.short_of_people = True
        if give_up >= self.price[u]:
            self._count(u, 1)
            yield from self._walk(further, give_up - int(self.price[u]))
            self._count(u, -1)

    def _newcomers(self, u: int, further: int, give_up: int, reach: int) -> Iterator[Ints]:
        tight = _bits(g for g, v in enumerate(self.spare) if v <= 0)
        rest, slack = self.open & ~(1 << u if self.spare[u] == -1 else 0), give_up // self.least_price
        ranked = []
        for p in self._takers(u):
            if self.sure[p] or self.taken[p]:
                continue
            opens = self.clash[p][u] & self.kept[p] & tight
            if further == 1 and not slack:
                mine = self.may[p] & ~self.barred[p] & ~self.clash[p][u] & ~self.kept[p]
                if (rest | opens) & ~(reach | mine):
                    self.short_of_people = True
                    continue
            ranked.append((opens.bit_count(), p))
        self.steps += len(ranked) + 1
        for _, p in sorted(ranked):
            self.inside.append(p)
            yield from self._take(p, u, further - 1, give_up)
            self.inside.pop()
            if self.cut:
                return

    def _take(self, p: int, u: int, further: int, give_up: int) -> Iterator[Ints]:
        """Give a seat to a person, in every way of leaving as little as that needs."""
        self.steps += 1
        self.cut |= self.steps > self.most_steps or (self.steps % 1024 == 0 and self.stop())
        if self.cut:
            return
        barred = self.barred[p]
        self.taken[p] |= 1 << u
        self.barred[p] |= self.clash[p][u]
        self._count(u, 1)
        yield from self._leave(p, self.clash[p][u] & self.kept[p], further, give_up)
        self._count(u, -1)
        self.barred[p] = barred
        self.taken[p] &= ~(1 << u)

    def _leave(self, p: int, groups: int, further: int, give_up: int) -> Iterator[Ints]:
        self.kept[p] &= ~groups
        for g in _each(groups):
            self._count(g, -1)
        over = next((limit for limit in self.limits[p] if limit.over(self.kept[p] | self.taken[p])), None)
        if over is None:
            yield from self._walk(further, give_up)
        else:
            for g in _each(over.bits & self.kept[p] & ~self.fast[p]):
                yield from self._leave(p, 1 << g, further, give_up)
        for g in _each(groups):
            self._count(g, 1)
        self.kept[p] |= groups

    def _count(self, g: int, by: int) -> None:
        self.spare[g] += by
        if self.spare[g] < 0:
            self.open |= 1 << g
        else:
            self.open &= ~(1 << g)

    # ------------------------------------------------------------ what can still be
    def _free_for(self, p: int) -> int:
        """Groups a changed person could still take."""
        return self.may[p] & ~self.barred[p] & ~self.kept[p] & ~self.taken[p] & ~(self.start[p] & ~self.kept[p])

    def _hopeless(self, further: int, give_up: int, free: list[tuple[int, int]], reach: int) -> bool:
        """Whether seats of one moment are open for more people than there are left to take them."""
        room = further + give_up // self.least_price
        rest = self.open & ~reach
        if rest and not room:
            return True
        for first in (rest, self.open) if rest else (self.open,):
            clique, size, alike = 0, 0, first
            while alike:
                low = alike & -alike
                g = low.bit_length() - 1
                clique |= low
                size -= self.spare[g]
                alike &= self.always[g] & ~low
            if size > room and size > room + sum(1 for _, groups in free if groups & clique):
                return True
        return False

    def _choose(self, further: int, free: list[tuple[int, int]], reach: int) -> int:
        """The open seat that the fewest people could take."""
        rest = (self.open & ~reach) or self.open
        best, least = -1, 1 << 60
        for g in _each(rest):
            n = len(self._takers(g)) if further else 0
            n += sum(1 for _, groups in free if groups >> g & 1)
            if n < least:
                best, least = g, n
        return best

    def _takers(self, g: int) -> list[int]:
        """People who may take a group at all, whatever they have to leave for it."""
        if g not in self.takers:
            bit = 1 << g
            self.takers[g] = [
                p for p, may in enumerate(self.may)
                if may & bit and not self.start[p] & bit and not self.clash[p][g] & self.fast[p]
            ]  # fmt: skip
        return self.takers[g]

    def _plan(self) -> Ints:
        linear = self.ground.linear
        x = self.ground.start.copy()
        for p in self.inside:
            for g in _each(self.start[p] & ~self.kept[p]):
                x[linear.x_of[p, g]] = 0
            for g in _each(self.taken[p]):
                x[linear.x_of[p, g]] = 1
        return x


def _bits(groups: Iterable[int]) -> int:
    found = 0
    for g in groups:
        found |= 1 << int(g)
    return found


def _each(bits: int) -> Iterator[int]:
    while bits:
        low = bits & -bits
        yield low.bit_length() - 1
        bits ^= low


def _by_person(linear: Linear, which: Mask) -> list[int]:
    found = [0] * linear.x_of.shape[0]
    for i in np.nonzero(which)[0]:
        found[int(linear.x_person[i])] |= 1 << int(linear.x_group[i])
    return found


def _limits(ground: Ground) -> list[list[_Limit]]:
    """Each person's own upper limits that can bind."""
    linear = ground.linear
    found: list[list[_Limit]] = [[] for _ in range(linear.x_of.shape[0])]
    rows = ground.own.tocsr()
    binds = np.asarray(rows.sum(axis=1)).ravel() > linear.hard.high
    for r in np.nonzero(binds & (np.diff(rows.indptr) > 0))[0]:
        part = slice(rows.indptr[r], rows.indptr[r + 1])
        columns, coef = rows.indices[part], rows.data[part]
        by = {int(linear.x_group[i]): int(v) for i, v in zip(columns, coef, strict=True) if v}
        found[int(linear.x_person[columns[0]])].append(_Limit(_bits(by), by, int(linear.hard.high[r])))
    return found
