"""One person's time as a graph: every way from its start to its end is a roster that keeps all personal hard rules.

People whose personal rules are the same share a graph; what differs between them (where they may serve, what each
duty costs them) enters as prices. Sums that would make the graph too large stay outside as rows with dual values.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from scheduler.roster.columns.automata import NEVER, Automaton, Blocked, Stepped, Steps
from scheduler.roster.columns.kernels import FAR, best_with, room, shortest, to_end, trace
from scheduler.roster.columns.minimal import Choices, Layer, minimal, ways, with_sum
from scheduler.roster.columns.split import PersonalRow, Split
from scheduler.roster.forms import Stint
from scheduler.roster.linear import Ints, Linear, StepRule

_PINNED = 1 << 34

NODES_AT_MOST, NODES_IN_ALL = 5_000_000, 15_000_000
"""Nodes of one graph and of all together before it is made small; sums beyond are left out, the widest first."""

_BARE_AT_MOST = 60_000_000
"""Nodes of a graph without sums, waiting included; where there are more there are no graphs at all."""

_TRIED = 2
"""Sums that may be found too wide for a graph before the rest is not tried."""


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
        dist, pred = room(len(self.indptr) - 1)
        by_role = self.role_prices(price)
        shortest(self.indptr, self.tail, self.role, self.cost, scale, by_role, dist, pred)
        total = int(dist[-1])
        if total >= FAR:
            return FAR, ()
        out = np.empty(len(self.roles) + 1, dtype=np.int32)
        n = trace(self.tail, self.role, pred, out)
        chosen = []
        for r in out[:n].tolist():
            groups = self.roles[r]
            chosen.append(min(groups, key=lambda g: (price[g], g)) if len(groups) > 1 else groups[0])
        return total, tuple(sorted(chosen))


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


@dataclass
class _Class:
    kind: int
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
    classes: dict[Hashable, list[_Class]] = {}
    own: list[Personal] = []
    for p in range(len(linear.problem.people)):
        if over():
            return None
        own.append(_prices(parts, p))
        _join(classes, linear, p, tuple(steps[p]), own[p].sums)
    graphs: list[Graph] = []
    most = min(NODES_AT_MOST, NODES_IN_ALL // max(1, sum(len(group) for group in classes.values())))
    walks: dict[int, Steps] = {}
    graph_of = [0] * len(own)
    for group in classes.values():
        for one in group:
            for p in one.people:
                graph_of[p] = len(graphs)
            if over():
                return None
            graph = _graph(linear, one, most, walks)
            if graph is None:
                return None
            graphs.append(graph)
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
    classes: dict[Hashable, list[_Class]],
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
    classes[kind, begun, limits].append(_Class(kind, steps, cells, sums, [p], allowed.copy()))


def _agree(
    mine: dict[int, int], theirs: dict[int, int], allowed: NDArray[np.bool_], open_: NDArray[np.bool_]
) -> bool:
    """Whether two persons' sums count the same wherever both may serve."""
    both = np.nonzero(allowed & open_)[0].tolist()
    return all(mine.get(g, 0) == theirs.get(g, 0) for g in both)


def _roles(linear: Linear, one: _Class) -> list[tuple[int, ...]]:
    """Groups that are the same to these people: same duty, same conflicts, same part in every sum; in time order."""
    problem, conflict = linear.problem, linear.conflict[one.kind]
    alike: dict[Hashable, list[int]] = {}
    for g in np.nonzero(one.allowed)[0].tolist():
        stint = Stint.of_group(-1, problem.groups[g])
        row = conflict[g].copy()
        row[g] = True
        key = (stint, np.packbits(row).tobytes(), tuple(cells.get(g, 0) for cells in one.sums))
        alike.setdefault(key, []).append(g)
    roles: list[tuple[int, ...]] = []
    for members in alike.values():
        # two duties of one role at once must be impossible, else each is a role of its own
        if len(members) > 1 and not conflict[members[0], members[1]]:
            roles += [(g,) for g in members]
        else:
            roles.append(tuple(members))
    groups = problem.groups
    return sorted(roles, key=lambda role: (groups[role[0]].report_s, groups[role[0]].release_s, role[0]))


def _graph(linear: Linear, one: _Class, most: int, walks: dict[int, Steps]) -> Graph | None:
    roles = _roles(linear, one)
    lead = [role[0] for role in roles]
    conflict = linear.conflict[one.kind][np.ix_(lead, lead)]
    ahead = []
    for i in range(len(lead)):
        later = np.nonzero(conflict[i, i + 1 :])[0].tolist()
        ahead.append(sum(1 << (j + 1) for j in later))
    duties = [Stint.of_group(g, linear.problem.groups[g]) for g in lead]
    own = [walks.setdefault(id(s.rule), Steps(linear.problem, s.rule)) for s in one.steps]
    made = _product([Blocked(ahead), *(Stepped(steps, one.people[0], duties) for steps in own)], len(roles))
    if made is None:
        return None
    # the narrowest sums first; those that would make it too large stay outside
    left: list[int] = []
    for k in sorted(range(len(one.rows)), key=lambda k: _width(one, k)):
        more = None if len(left) >= _TRIED else with_sum(made, one.rows[k], [one.sums[k].get(g, 0) for g in lead], most)
        if more is None:
            left.append(k)
        else:
            made = more
    found = ways(made)
    return Graph(
        tuple(one.people), tuple(roles), found.indptr, found.tail, found.role, found.cost, found.layer,
        len(linear.problem.groups), tuple(sorted(left)),
    )  # fmt: skip


def _width(one: _Class, k: int) -> tuple[int, int]:
    """How many values a sum may run through, roughly."""
    coefs = np.array([c for c in one.sums[k].values() if c], dtype=np.int64)
    if len(coefs) == 0:
        return 0, k
    unit = int(np.gcd.reduce(np.abs(coefs)))
    reach = min(int(np.abs(coefs).sum()), max(abs(one.rows[k].high), 0))
    return reach // unit, k


def _product(parts: list[Automaton], n_roles: int) -> Choices | None:
    """All combinations of states that can be reached and lead to the end; None when there are too many."""
    state = np.zeros((len(parts), 1), dtype=np.int64)
    first = 0  # number of the first node of the layer at hand
    layers: list[Layer] = []
    total = 0
    for i in range(n_roles):
        moves = [part.advance(i) for part in parts]
        skip, skip_cost = _moved(state, [(one.skip, one.skip_cost) for one in moves])
        take, take_cost = _moved(state, [(one.take, one.take_cost) for one in moves])
        u, w = np.nonzero((skip != NEVER).all(axis=0))[0], np.nonzero((take != NEVER).all(axis=0))[0]
        after = np.concatenate([skip[:, u], take[:, w]], axis=1)
        keys = _key(after, [one.n_after for one in moves])
        _, once, head = np.unique(keys, return_index=True, return_inverse=True)
        first += state.shape[1]
        to = np.full((2, state.shape[1]), -1, dtype=np.int64)
        to[0, u], to[1, w] = first + head[: len(u)], first + head[len(u) :]
        layers.append(Layer(to[0], skip_cost, to[1], take_cost))
        total += len(head)
        if total > _BARE_AT_MOST:
            return None
        state = after[:, once]
    due = np.zeros(state.shape[1], dtype=np.int64)
    ends = np.ones(state.shape[1], dtype=bool)
    for k, part in enumerate(parts):
        last = part.finish()[state[k]]
        ends &= last != NEVER
        due += np.maximum(last, 0)
    nowhere = np.full(state.shape[1], -1, dtype=np.int64)
    layers.append(Layer(np.where(ends, first + state.shape[1], -1), due, nowhere, np.zeros_like(due)))
    return minimal(layers)


def _moved(state: Ints, tables: list[tuple[Ints, Ints]]) -> tuple[Ints, Ints]:
    """Every part's state after one way through a layer, and what the way costs in all."""
    after = np.empty_like(state)
    cost = np.zeros(state.shape[1], dtype=np.int64)
    for k, (to, paid) in enumerate(tables):
        after[k] = to[state[k]]
        if paid.any():
            cost += paid[state[k]]
    return after, cost


def _key(states: Ints, sizes: list[int]) -> Ints:
    key = np.zeros(states.shape[1], dtype=np.int64)
    span = 1
    for k, size in enumerate(sizes):
        if span > (1 << 62) // max(size, 1):  # too many combinations to number: number those that occur
            _, key = np.unique(key, return_inverse=True)
            span = int(key.max()) + 1 if len(key) else 1
        key += span * states[k]
        span *= max(size, 1)
    return key
