"""A plan along the relaxation, duty by duty: what it is surest of is fixed, rosters are priced anew, and so on.

Fixing single duties leaves everybody room to adapt, where fixing whole rosters soon spoils what is left. When a step
makes the relaxation much dearer it is taken back: fewer duties are tried, then the one that was tried is barred.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from scheduler.roster.bound import FINE
from scheduler.roster.columns.generate import Pricing, typical_of
from scheduler.roster.columns.graph import Graph
from scheduler.roster.columns.held import Held
from scheduler.roster.columns.kernels import FAR
from scheduler.roster.columns.master import Answer, Column, Floats, Master
from scheduler.roster.columns.narrow import narrow
from scheduler.roster.linear import Ints

_WHOLE, _SURE = 1e-6, 0.999
_FIXED, _BARRED = 1 << 46, 1 << 54
"""What a fixed duty earns and a barred one costs in a person's graph, far beyond all real prices."""

_ROUNDS, _MORE_ROUNDS = 5, 30
"""Rounds of pricing after a step, and where the step looks bad."""

_FASTER, _FASTEST = 1.5, 0.3
"""By how much a step is greater than one that went well, and the greatest part of the open duties in one step."""

_CLOSE = 3e-4
"""A relaxation whose value and bound are closer than this is as good as solved."""

_SMALL, _LARGE = 5000, 300_000
"""Arcs below which a graph is not narrowed, and up to which rosters within sums outside it are searched for (many
searches each; above, the master's rows alone keep such sums)."""

_CELLS_A_UNIT = 200_000_000.0
"""Arcs priced that count as one unit of work."""


@dataclass(frozen=True)
class Task:
    """What is free and what is wanted.

    Attributes
    ----------
    people
        Whose rosters are free; everybody else's are in ``rhs``.
    rhs : int64 [m]
        What the others leave of the linking rows.
    base : int
        What the others' rosters cost.
    y : int64 [m]
        Multipliers to begin with, in 1/65536.
    start
        Rosters to begin with.
    fixed
        Duty columns to keep by person.
    cut : int or None
        Only plans below this value are wanted.
    pace : float
        Part of the open duties that is fixed at a time, at first and after a step that was dear; more while all goes
        well.
    patience : int
        Steps that may be taken back.
    noise : float
        By how much the order of duties is disturbed.
    most_work : float
        Deterministic seconds after which it is given up.
    """

    people: Sequence[int]
    rhs: Ints
    base: int
    y: Ints
    start: Iterable[Column]
    fixed: dict[int, frozenset[int]] = field(default_factory=dict)
    cut: int | None = None
    pace: float = 0.03
    patience: int = 12
    noise: float = 0.0
    most_work: float = float("inf")


_State = tuple[dict[int, frozenset[int]], dict[int, frozenset[int]]]
"""Duties that are fixed and duties that are barred, by person."""


@dataclass(frozen=True)
class _Node:
    """The relaxation of a state: its last answer, its proven bound in 1/65536, the multipliers that prove it."""

    answer: Answer
    bound: int
    y: Ints
    state: _State


class Dive:
    """One way down; ``work`` counts deterministic seconds, ``first`` is the bound where it began."""

    def __init__(
        self, pricing: Pricing, held: Held, task: Task, over: Callable[[], bool], rng: np.random.Generator
    ) -> None:
        self.pricing, self.held, self.task, self.over, self.rng = pricing, held, task, over, rng
        self.master = Master(held.linking, task.rhs, held.upper, held.cost, task.people)
        self.sets: list[frozenset[int]] = []
        self.barred: list[bool] = []
        self.ones: dict[int, frozenset[int]] = dict(task.fixed)
        self.zeros: dict[int, frozenset[int]] = {}
        self.y = task.y
        self.typical = typical_of(task.y)
        self.patience, self.noise, self.pace = task.patience, task.noise, task.pace
        self.arcs = 0
        self.first: int | None = None
        for column in task.start:
            self._add(column)
        self.n_start = len(self.sets)
        self.narrowed: dict[int, list[tuple[frozenset[int], Graph]]] = {}

    @property
    def work(self) -> float:
        """Deterministic seconds so far."""
        return self.master.work + self.arcs / _CELLS_A_UNIT

    @property
    def made(self) -> list[Column]:
        """Rosters that were generated on the way."""
        return self.master.columns[self.n_start :]

    def run(self) -> dict[int, Column] | None:
        """Everybody's roster; None when nothing wanted lies this way or the time is over."""
        node = self._relax(None) if self._enter((self.ones, self.zeros)) else None
        if node is None:
            return None
        self.first = self._value(node)
        trail, alone, task_pace = [node], False, self.task.pace
        while not self._too_dear(trail[-1]):
            batch, doubtful = self._next(self._duties(trail[-1].answer), alone=alone)
            if not batch:
                return self._whole(trail[-1].answer)
            after = self._step(batch, trail[-1])
            if after is None and self._over():
                return None
            bad = after is None or self._jumped(trail[-1], after)
            if after is not None and (not bad or (self.patience <= 0 and not self._too_dear(after))):
                trail.append(after)
                alone = False
                self.pace = task_pace if bad else min(_FASTEST, _FASTER * self.pace)
                continue
            self.patience -= 1
            self.pace = task_pace
            if self.patience < 0:
                return None
            self._back_to(trail[-1])
            alone = len(doubtful) > 1
            if not alone and not self._without(doubtful, trail):
                return None
        return None

    def _without(self, duties: list[int], trail: list[_Node]) -> bool:
        """Bar duties that lead nowhere; where that leads nowhere either, go half of the way back and on otherwise."""
        ones, zeros = trail[-1].state
        node = None
        if duties and self._enter((ones, _with(zeros, self.pricing, duties))):
            node = self._relax(trail[-1])
        if node is not None and not self._too_dear(node):
            trail.append(node)
            return True
        if len(trail) < 2 or self._over():
            return False
        del trail[(len(trail) + 1) // 2 :]
        self.noise = max(self.noise, 0.1)
        self._back_to(trail[-1])
        return True

    def _back_to(self, node: _Node) -> None:
        self.y = node.y
        self._enter(node.state)

    def _over(self) -> bool:
        return self.work > self.task.most_work or self.over()

    def _step(self, batch: list[int], node: _Node) -> _Node | None:
        if not self._enter((_with(self.ones, self.pricing, batch), self.zeros)):
            return None
        return self._relax(node)

    def _value(self, node: _Node) -> int:
        return -(-node.bound // FINE) + self.task.base

    def _too_dear(self, node: _Node) -> bool:
        return self.task.cut is not None and self._value(node) >= self.task.cut

    def _jumped(self, before: _Node, after: _Node) -> bool:
        if self._too_dear(after):
            return True
        value = before.bound / FINE + self.task.base
        room = abs(value) if self.task.cut is None else self.task.cut - value
        return (after.bound - before.bound) / FINE > max(0.25 * room, 0.5)

    def _next(self, x: Floats, *, alone: bool) -> tuple[list[int], list[int]]:
        """Duties to fix now, and those among them that the relaxation is in doubt about."""
        taken = np.zeros(len(x), dtype=bool)
        for mine in self.ones.values():
            taken[list(mine)] = True
        open_ = np.nonzero((x > _WHOLE) & ~taken)[0]
        if (x[open_] > 1 - _WHOLE).all():
            return [], []
        sure = open_[x[open_] >= _SURE]
        unsure = open_[x[open_] < _SURE]
        rank = x[unsure] + self.noise * self.rng.random(len(unsure))
        most = 1 if alone else max(1, int(self.pace * float(x[open_].sum())))
        doubtful = unsure[np.argsort(-rank, kind="stable")[:most]].tolist()
        return (doubtful if alone else [*sure.tolist(), *doubtful]), doubtful

    def _duties(self, answer: Answer) -> Floats:
        x = np.zeros(self.pricing.linear.n_x)
        for k in np.nonzero(answer.weight > _WHOLE / 100)[0].tolist():
            x[list(self.master.columns[k].duties)] += answer.weight[k]
        return x

    def _whole(self, answer: Answer) -> dict[int, Column] | None:
        found: dict[int, Column] = {}
        for k in np.argsort(-answer.weight, kind="stable").tolist():
            column = self.master.columns[k]
            if answer.weight[k] > _WHOLE:
                found.setdefault(column.person, column)
        return found if len(found) == len(self.task.people) else None

    def _enter(self, state: _State) -> bool:
        """Go to a state: bar the rosters that do not fit it; False where somebody has none at all."""
        self.ones, self.zeros = state
        none: frozenset[int] = frozenset()
        alive = set()
        for k, column in enumerate(self.master.columns):
            mine = self.sets[k]
            p = column.person
            fits = self.ones.get(p, none) <= mine and self.zeros.get(p, none).isdisjoint(mine)
            if fits:
                alive.add(p)
            if fits is self.barred[k]:
                self.barred[k] = not fits
                self.master.bar(k, barred=not fits)
        by_x = -(self.held.linking.of_x.T @ self.y)
        return all(p in alive or self._price(p, by_x)[0] < FAR for p in self.task.people)

    def _price(self, p: int, by_x: Ints) -> tuple[int, bool]:
        """A person's cheapest roster in this state, handed to the master; its value and whether it is new."""
        ones, zeros = self.ones.get(p), self.zeros.get(p)
        price = by_x
        if ones or zeros:
            price = by_x.copy()
            price[list(ones or ())] -= _FIXED
            price[list(zeros or ())] += _BARRED
        graph = self._graph(p)
        self.arcs += graph.n_arcs
        value, column = self.pricing.best(p, price, FINE, graph)
        if value >= FAR or (ones and not ones <= set(column.duties)):
            return FAR, False
        if zeros and not zeros.isdisjoint(column.duties):
            return FAR, False
        fresh = self._add(column)
        if graph.n_arcs < _LARGE and not self.pricing.keeps(column):
            self.arcs += 20 * graph.n_arcs
            legal = self.pricing.within(p, price, FINE, graph)
            fresh |= legal is not None and self._fits(legal) and self._add(legal)
        return value + _FIXED * len(ones or ()), fresh

    def _graph(self, p: int) -> Graph:
        """The person's graph, narrowed to what is fixed where that saves anything; kept for states further on."""
        full, ones = self.pricing.graphs[self.pricing.graph_of[p]], self.ones.get(p)
        if not ones or full.n_arcs < _SMALL:
            return full
        made = self.narrowed.setdefault(p, [])
        while made and not made[-1][0] <= ones:
            made.pop()
        known, graph = made[-1] if made else (frozenset(), full)
        if len(ones) == len(known) or graph.n_arcs < _SMALL:
            return graph
        groups = self.pricing.linear.x_group[list(ones)]
        self.arcs += 2 * graph.n_arcs
        less = narrow(graph, full.role_of[groups].tolist())
        if less is None:
            return graph
        made.append((ones, less))
        return less

    def _fits(self, column: Column) -> bool:
        p, mine = column.person, set(column.duties)
        return self.ones.get(p, frozenset()) <= mine and self.zeros.get(p, frozenset()).isdisjoint(mine)

    def _add(self, column: Column) -> bool:
        if self.master.add(column):
            self.sets.append(frozenset(column.duties))
            self.barred.append(False)
            return True
        return False

    def _relax(self, before: _Node | None) -> _Node | None:
        """Price and solve until the relaxation of this state is known well enough."""
        best, best_y = self._bound(self.y)
        width, answer, turn = 2.0 if before else 1e3, None, 0
        limit = _ROUNDS if before else _MORE_ROUNDS
        while turn < limit:
            turn += 1
            center = best_y / FINE
            answer = self.master.solve(center, width * (np.abs(center) + self.typical), self._over)
            if answer is None:
                return None
            y = self.held.linking.legal(np.rint(answer.y * FINE).astype(np.int64))
            total, added = self._bound(y)[0], self._added
            if total > best:
                best, best_y = total, y
            if self.task.cut is not None and -(-best // FINE) + self.task.base >= self.task.cut:
                break
            if added == 0 or answer.value - best / FINE < _CLOSE * max(1.0, abs(answer.value)):
                if not answer.boxed:
                    break
                width *= 4.0
            else:
                width *= 1.5
            if before and turn == limit == _ROUNDS and answer.value > before.answer.value * (1 + 2 * _CLOSE):
                limit = _MORE_ROUNDS
        self.y = best_y
        assert answer is not None  # noqa: S101  # there is at least one round
        return _Node(answer, best, best_y, (self.ones, self.zeros))

    _added = 0

    def _bound(self, y: Ints) -> tuple[int, Ints]:
        """The Lagrangian bound of this state in 1/65536; new rosters go to the master."""
        linking = self.held.linking
        by_x = -(linking.of_x.T @ y)
        total = int(y @ self.task.rhs) + int(np.minimum(-(linking.of_s.T @ y), 0).sum())
        total += int(np.minimum(self.held.cost * FINE - linking.of_a.T @ y, 0) @ self.held.upper)
        self._added = 0
        for p in self.task.people:
            value, fresh = self._price(p, by_x)
            total += value
            self._added += fresh
        return total, y


def _with(
    state: dict[int, frozenset[int]], pricing: Pricing, duties: Iterable[int]
) -> dict[int, frozenset[int]]:
    more: dict[int, set[int]] = {}
    for i in duties:
        more.setdefault(int(pricing.linear.x_person[i]), set()).add(i)
    return {**state, **{p: state.get(p, frozenset()) | mine for p, mine in more.items()}}
