"""One person's time as a graph: every way from its start to its end is a roster that keeps all personal hard rules.

People whose personal rules are the same share a graph; what differs between them (where they may serve, what each
duty costs them) enters as prices. Sums that would make the graph too large stay outside as rows with dual values.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from scheduler.roster.columns.bare import Bare, Bares
from scheduler.roster.columns.kernels import FAR, best_with, room, shortest, to_end, trace
from scheduler.roster.columns.minimal import ways, with_sum
from scheduler.roster.columns.split import PersonalRow, Split
from scheduler.roster.linear import Ints, Linear, StepRule

_PINNED = 1 << 34

NODES_AT_MOST, NODES_IN_ALL = 5_000_000, 15_000_000
"""Nodes of one graph and of all together before it is made small; sums beyond are left out, the widest first."""

_TRIED = 2
"""Sums that may be found too wide for a graph before the rest is not tried."""


@dataclass(frozen=True)
class Way:
    """A way through a graph: its price, its arcs from the first to the last, and the groups it takes in that order."""

    total: int
    arcs: NDArray[np.int32]
    groups: tuple[int, ...]


@dataclass
class Graph:
    """A layered graph shared by some people.

    Attributes
    ----------
    people : tuple of int
    roles : tuple of tuple of int
        Groups of each role, all alike to these people but for prices.
    indptr, tail, role, cost
        Arcs into each node, nodes in time order, node 0 the start and the last one the end.
    layer : int32 [n_nodes]
        How many roles lie before each node; an arc passes those between its ends, and takes at most its own.
    left_out : tuple of int
        Positions in each person's ``Personal.sums`` that are not in the graph: a way may break or cost more.
    """

    people: tuple[int, ...]
    roles: tuple[tuple[int, ...], ...]
    indptr: Ints
    tail: NDArray[np.int32]
    role: NDArray[np.int32]
    cost: Ints
    layer: NDArray[np.int32]
    n_groups: int
    left_out: tuple[int, ...] = ()
    order: Ints = field(init=False)
    starts: Ints = field(init=False)
    role_of: Ints = field(init=False)

    def __post_init__(self) -> None:
        """Lay the groups out by role, and make room for searches."""
        self.order = np.array([g for role in self.roles for g in role], dtype=np.int64)
        self.starts = np.cumsum([0, *(len(role) for role in self.roles)])[:-1].astype(np.int64)
        self.role_of = np.full(self.n_groups, -1, dtype=np.int64)
        for r, role in enumerate(self.roles):
            self.role_of[list(role)] = r

    @property
    def n_arcs(self) -> int:
        """Arcs in all."""
        return len(self.tail)

    def role_prices(self, price: Ints) -> Ints:
        """Least price within each role, and 0 for waiting; ``price`` is int64 ``[n_groups]``."""
        if len(self.roles) == 0:
            return np.zeros(1, dtype=np.int64)
        least = np.minimum.reduceat(price[self.order], self.starts)
        return np.append(least, 0)

    def best(self, price: Ints, scale: int = 1) -> tuple[int, tuple[int, ...]]:
        """Cheapest roster under prices by group (``FAR`` = never), own costs times ``scale``; groups ascending."""
        way = self.way(price, scale)
        return (FAR, ()) if way is None else (way.total, tuple(sorted(way.groups)))

    def way(self, price: Ints, scale: int = 1) -> Way | None:
        """The cheapest way itself; None where there is none."""
        dist, pred = room(len(self.indptr) - 1)
        by_role = self.role_prices(price)
        shortest(self.indptr, self.tail, self.role, self.cost, scale, by_role, dist, pred)
        total = int(dist[-1])
        if total >= FAR:
            return None
        out = np.empty(2 * len(self.roles) + 2, dtype=np.int32)
        arcs = out[: trace(self.tail, pred, out)][::-1].copy()
        chosen = []
        for r in self.role[arcs[self.role[arcs] >= 0]].tolist():
            groups = self.roles[r]
            chosen.append(min(groups, key=lambda g: (price[g], g)) if len(groups) > 1 else groups[0])
        return Way(total, arcs, tuple(chosen))

    def with_each(self, price: Ints, scale: int) -> tuple[Ints, int]:
        """Least cost of a roster that has each role (``FAR`` = none), int64 ``[n_roles + 1]``, and the least of all."""
        n = len(self.indptr) - 1
        dist, pred = room(n)
        back = np.empty(n, dtype=np.int64)
        by_role = self.role_prices(price)
        shortest(self.indptr, self.tail, self.role, self.cost, scale, by_role, dist, pred)
        to_end(self.indptr, self.tail, self.role, self.cost, scale, by_role, back)
        found = np.empty(len(self.roles) + 1, dtype=np.int64)
        best_with(self.indptr, self.tail, self.role, self.cost, scale, by_role, dist, back, found)
        return found, int(dist[-1])


@dataclass(frozen=True)
class Personal:
    """What one person's duties cost or forbid besides the graph: prices and a constant, on the last level.

    ``price`` is int64 ``[n_groups]``, ``FAR`` where the person may not serve.
    """

    price: Ints
    constant: int
    sums: tuple[PersonalRow, ...] = ()


_Key = tuple[int, Hashable, Hashable]
"""Conflicts, step rules and where they begin, limits of the sums."""


@dataclass
class _Class:
    steps: tuple[StepRule, ...]
    sums: list[dict[int, int]]
    rows: tuple[PersonalRow, ...]
    people: list[int]
    allowed: NDArray[np.bool_]


def build_graphs(
    parts: Split, over: Callable[[], bool] = lambda: False
) -> tuple[list[Graph], list[int], list[Personal]] | None:
    """Graphs, the graph of each person, and each person's own prices; None where time or room are too small.

    A person who can keep the personal hard rules in no way at all has a graph without a way to its end.
    """
    linear = parts.linear
    steps: list[list[StepRule]] = [[] for _ in linear.problem.people]
    for step in linear.steps:
        steps[step.person].append(step)
    classes: dict[_Key, list[_Class]] = {}
    own: list[Personal] = []
    for p in range(len(linear.problem.people)):
        if over():
            return None
        own.append(_prices(parts, p))
        _join(classes, linear, p, tuple(steps[p]), own[p].sums)
    graphs: list[Graph] = []
    most = min(NODES_AT_MOST, NODES_IN_ALL // max(1, sum(len(group) for group in classes.values())))
    bares = Bares(linear, [((kind, begun), one.allowed) for (kind, begun, _), all_ in classes.items() for one in all_])
    graph_of = [0] * len(own)
    for (kind, begun, _), group in classes.items():
        for one in group:
            for p in one.people:
                graph_of[p] = len(graphs)
            bare = None if over() else bares.of((kind, begun), one.people[0], one.steps, one.allowed, one.sums)
            if bare is None:
                return None
            graphs.append(_graph(one, bare, len(linear.problem.groups), most))
    return graphs, graph_of, own


def _prices(parts: Split, p: int) -> Personal:
    """Rows over duties that exclude each other become prices; the others stay sums."""
    linear = parts.linear
    column = linear.x_of[p]
    price = np.where(column >= 0, 0, FAR).astype(np.int64)
    held = np.nonzero(column >= 0)[0]
    price[held] = linear.cost[-1][column[held]]
    constant = 0
    conflict = linear.conflict[int(linear.conflict_of[p])]
    sums = []
    for row in parts.personal[p]:
        groups = np.array([g for g, _ in row.cells], dtype=np.int64)
        apart = conflict[np.ix_(groups, groups)]
        idle = row.amount(0)
        if len(groups) > 1 and int(apart.sum()) < len(groups) * (len(groups) - 1):
            sums.append(row)
            continue
        if row.hard and idle:
            sums.append(row)  # one of them must be served
            continue
        constant += idle * row.price
        for g, coef in row.cells:
            amount = row.amount(coef)
            if row.hard and amount:
                price[g] = FAR
            elif price[g] < FAR:
                price[g] += (amount - idle) * row.price
    for g in linear.x_group[linear.forced[linear.x_person[linear.forced] == p]].tolist():
        price[g] -= _PINNED  # a roster without a pinned duty costs so much more that it is never the cheapest
        constant += _PINNED
    return Personal(price, constant, tuple(sums))


def _join(
    classes: dict[_Key, list[_Class]],
    linear: Linear,
    p: int,
    steps: tuple[StepRule, ...],
    sums: tuple[PersonalRow, ...],
) -> None:
    """Put a person among those of the same personal rules."""
    problem = linear.problem
    kind = int(linear.conflict_of[p])
    first_s = min((g.report_s for g in problem.groups), default=0)
    begun = tuple(
        (id(s.rule), s.rule.rule.module.step(
            problem, s.rule.params, s.rule.rule.module.start(problem, s.rule.params, p), first_s, None))
        for s in steps
    )  # fmt: skip
    limits = tuple((r.name, r.low, r.high, r.price, r.once, r.hard) for r in sums)
    cells = [dict(row.cells) for row in sums]
    allowed = linear.x_of[p] >= 0
    for one in classes.setdefault((kind, begun, limits), []):
        if all(_agree(a, b, allowed, one.allowed) for a, b in zip(cells, one.sums, strict=True)):
            for mine, theirs in zip(cells, one.sums, strict=True):
                theirs.update(mine)
            one.people.append(p)
            one.allowed |= allowed
            return
    classes[kind, begun, limits].append(_Class(steps, cells, sums, [p], allowed.copy()))


def _agree(
    mine: dict[int, int], theirs: dict[int, int], allowed: NDArray[np.bool_], open_: NDArray[np.bool_]
) -> bool:
    """Whether two persons' sums count the same wherever both may serve."""
    both = np.nonzero(allowed & open_)[0].tolist()
    return all(mine.get(g, 0) == theirs.get(g, 0) for g in both)


def _graph(one: _Class, bare: Bare, n_groups: int, most: int) -> Graph:
    """The graph without sums and those sums that find room, the narrowest first."""
    made, left = bare.choices, list[int]()
    for k in sorted(range(len(one.rows)), key=lambda k: _width(one, k)):
        more = None if len(left) >= _TRIED else with_sum(made, one.rows[k], bare.coefs(one.sums[k]), most)
        if more is None:
            left.append(k)
        else:
            made = more
    found = ways(made)
    return Graph(
        tuple(one.people), bare.roles, found.indptr, found.tail, found.role, found.cost, found.layer, n_groups,
        tuple(sorted(left)),
    )  # fmt: skip


def _width(one: _Class, k: int) -> tuple[int, int]:
    """How many values a sum may run through, roughly."""
    coefs = np.array([c for c in one.sums[k].values() if c], dtype=np.int64)
    if len(coefs) == 0:
        return 0, k
    unit = int(np.gcd.reduce(np.abs(coefs)))
    reach = min(int(np.abs(coefs).sum()), max(abs(one.rows[k].high), 0))
    return reach // unit, k
