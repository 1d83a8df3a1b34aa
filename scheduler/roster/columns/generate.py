"""Column generation: a bound that sees whole rosters, and the rosters a good plan is made of.

For any multipliers ``y <= 0`` the Lagrangian bound ``y rhs + sum_p (cheapest roster of p) + sum_j u_j min(0, d_j)`` is
never above the least cost. It is computed in whole 1/65536ths, so no rounding of the LP can make it invalid.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from scheduler.roster.bound import FINE, soft_amounts
from scheduler.roster.columns.graph import Graph, Personal, build_graphs
from scheduler.roster.columns.held import Held
from scheduler.roster.columns.kernels import FAR
from scheduler.roster.columns.master import Answer, Column, Master
from scheduler.roster.columns.split import Linking, PersonalRow, Split, split
from scheduler.roster.columns.within import best_within
from scheduler.roster.linear import BIG, Ints, Linear, Rows


@dataclass
class Pricing:
    """All people's graphs and prices over one linear system, and the rows that link them."""

    parts: Split
    linking: Linking
    graphs: list[Graph]
    graph_of: list[int]
    own: list[Personal]
    outside: tuple[Rows, Rows]

    @property
    def linear(self) -> Linear:
        """The system."""
        return self.parts.linear

    def best(self, p: int, by_x: Ints, scale: int, graph: Graph | None = None) -> tuple[int, Column]:
        """Cheapest roster of a person when each duty costs ``by_x`` more; its value in ``scale``-ths.

        ``graph`` stands for the person's own where only some ways are asked for.
        """
        linear, own = self.linear, self.own[p]
        graph = self.graphs[self.graph_of[p]] if graph is None else graph
        total, groups = graph.best(self.prices(p, by_x, scale), scale)
        if total >= FAR:
            return FAR, Column(p, (), 0)
        duties = tuple(sorted(int(linear.x_of[p, g]) for g in groups))
        cost = (total - int(by_x[list(duties)].sum())) // scale + own.constant
        return total + own.constant * scale, Column(p, duties, cost)

    def within(self, p: int, by_x: Ints, scale: int, graph: Graph | None = None) -> Column | None:
        """A cheap roster that keeps the sums outside the graph too; None where none was found."""
        linear, own = self.linear, self.own[p]
        graph = self.graphs[self.graph_of[p]] if graph is None else graph
        rows = [own.sums[k] for k in graph.left_out]
        total, groups = best_within(graph, rows, self.prices(p, by_x, scale), scale)
        if total >= FAR:
            return None
        duties = tuple(sorted(int(linear.x_of[p, g]) for g in groups))
        return Column(p, duties, (total - int(by_x[list(duties)].sum())) // scale + own.constant)

    def keeps(self, column: Column) -> bool:
        """Whether a roster keeps the hard sums outside its graph."""
        graph, own = self.graphs[self.graph_of[column.person]], self.own[column.person]
        groups = set(self.linear.x_group[list(column.duties)].tolist())
        for k in graph.left_out:
            row = own.sums[k]
            if row.hard and row.amount(sum(coef for g, coef in row.cells if g in groups)):
                return False
        return True

    def prices(self, p: int, by_x: Ints, scale: int) -> Ints:
        """What each group costs a person, int64 ``[n_groups]``, ``FAR`` and more for never."""
        own, mine = self.own[p], self.columns_of[p]
        price: Ints = np.where(own.price >= FAR, FAR, own.price * scale)
        price[self.linear.x_group[mine]] += by_x[mine]
        return price

    def cost_of(self, p: int, groups: tuple[int, ...]) -> int:
        """What a given roster of one person costs in its graph; ``FAR`` where the graph has no such way."""
        own = self.own[p]
        price = np.full(len(own.price), FAR, dtype=np.int64)
        reward = 1 << 40
        price[list(groups)] = own.price[list(groups)] - reward
        total, found = self.graphs[self.graph_of[p]].best(price)
        if total >= FAR or found != tuple(sorted(groups)):
            return FAR
        return total + reward * len(groups) + own.constant

    def __post_init__(self) -> None:
        """Index duties by person."""
        order = np.argsort(self.linear.x_person, kind="stable")
        ends = np.searchsorted(self.linear.x_person[order], np.arange(len(self.own) + 1))
        self.columns_of = [order[a:b] for a, b in pairwise(ends)]


def prepare(linear: Linear, over: Callable[[], bool] = lambda: False) -> Pricing | None:
    """Split the system and build every person's graph; None where the time was over before."""
    parts = split(linear)
    built = build_graphs(parts, over)
    if built is None:
        return None
    graphs, graph_of, own = built
    outside = [
        (p, own[p].sums[k]) for p in range(len(own)) for k in graphs[graph_of[p]].left_out
    ]
    hard, soft = _outside(linear, outside)
    linking = _with_personal(parts, hard, soft) if outside else parts.linking
    return Pricing(parts, linking, graphs, graph_of, own, (hard, soft))


def _outside(linear: Linear, outside: list[tuple[int, PersonalRow]]) -> tuple[Rows, Rows]:
    """Sums that found no room in a graph, hard and soft, as rows over ``[duties, teams]``."""
    n_t = len(linear.teams)
    at, column, coef = [], [], []
    for r, (p, row) in enumerate(outside):
        for g, value in row.cells:
            at.append(r)
            column.append(int(linear.x_of[p, g]))
            coef.append(value)
    matrix = sparse.csr_matrix((coef, (at, column)), shape=(len(outside), linear.n_x + n_t), dtype=np.int64)

    def rows(which: list[int]) -> Rows:
        chosen = [outside[k][1] for k in which]
        return Rows(
            matrix[which].tocsr(),
            np.array([row.low for row in chosen], dtype=np.int64),
            np.array([row.high for row in chosen], dtype=np.int64),
            np.array([row.price for row in chosen], dtype=np.int64),
            np.full(len(chosen), linear.n_levels - 1, dtype=np.int64),
            np.array([row.once for row in chosen], dtype=bool),
            tuple(row.name for row in chosen),
        )

    hard = rows([k for k, (_, row) in enumerate(outside) if row.hard])
    soft = rows([k for k, (_, row) in enumerate(outside) if not row.hard])
    return hard, soft


def _with_personal(parts: Split, hard: Rows, soft: Rows) -> Linking:
    """The linking rows and those sums that found no room in a graph."""
    linear = parts.linear
    n_t = len(linear.teams)
    amounts = soft_amounts(soft, np.ones(linear.n_x + n_t, dtype=np.int64))
    old = parts.linking
    high, low = hard.high < BIG, hard.low > -BIG
    body = sparse.vstack([hard.matrix[high], -hard.matrix[low], amounts.rows]).tocsr()
    n_hard = int(high.sum() + low.sum())
    n_a = len(amounts.price)
    of_a = sparse.block_diag(
        [old.of_a, sparse.vstack([sparse.csr_matrix((n_hard, n_a)), amounts.cells])]
    ).tocsr()
    return Linking(
        sparse.vstack([old.of_x, body[:, : linear.n_x]]).tocsc().astype(np.int64),
        sparse.vstack([old.of_s, body[:, linear.n_x :]]).tocsr().astype(np.int64),
        of_a.astype(np.int64),
        np.concatenate([old.rhs, hard.high[high], -hard.low[low], amounts.rhs]).astype(np.int64),
        np.concatenate([old.price, amounts.price]),
        np.concatenate([old.level, amounts.level]),
        np.concatenate([old.most, amounts.most]),
        np.concatenate([old.of_row, np.full(len(hard.high[high]) + int(low.sum()) + len(amounts.rhs), -1)]),
        np.concatenate([old.equal, np.zeros(body.shape[0], dtype=bool)]),
    )


@dataclass
class Generated:
    """What column generation found for one level.

    Attributes
    ----------
    bound : int
        Proven least value of the last level, the earlier ones held to their aims.
    y : int64 [m]
        The multipliers that prove it, in 1/65536.
    x : float64 [n_x]
        How much the master problem's mix of rosters has of each duty.
    reduced : int64 [n_x]
        By how much (in 1/65536) the level must exceed ``bound`` for a plan that has this duty.
    columns, weight
        Rosters and their weights in the last master problem.
    closed : bool
        Whether the master problem is solved: no better roster exists for its dual values.
    """

    bound: int
    y: Ints
    x: NDArray[np.float64]
    reduced: Ints
    columns: list[Column]
    weight: NDArray[np.float64]
    closed: bool
    rounds: int


def bound_at(
    pricing: Pricing,
    held: Held,
    y: Ints,
    threads: Executor | None = None,
    best: Callable[[int, Ints], tuple[int, Column]] | None = None,
) -> tuple[int, list[Column]]:
    """The Lagrangian bound in 1/65536 and the cheapest roster of each person; ``-FAR`` where one has none.

    ``best`` tells a person's cheapest roster under prices by duty, where not all of that person's ways are open.
    """
    best = best or (lambda p, by_x: pricing.best(p, by_x, FINE))
    linking = held.linking
    by_x = -(linking.of_x.T @ y)
    total = int(y @ linking.rhs)
    reduced = held.cost * FINE - linking.of_a.T @ y
    total += int(np.minimum(reduced, 0) @ held.upper)
    total += int(np.minimum(-(linking.of_s.T @ y), 0).sum())
    people = range(len(pricing.own))
    each: Iterable[tuple[int, Column]]
    if threads is None:
        each = (best(p, by_x) for p in people)
    else:
        try:
            each = threads.map(lambda p: best(p, by_x), people)
        except RuntimeError:  # the run ended meanwhile and its threads are gone; this round is the last one
            each = (best(p, by_x) for p in people)
    found = []
    for value, column in each:
        total += value
        found.append(column)
    return total, found


def generate(
    pricing: Pricing,
    held: Held,
    *,
    over: Callable[[], bool],
    y_start: Ints | None = None,
    start: Sequence[Column] = (),
    target: int | None = None,
    climbed: bool = False,
    rounds: int = 400,
    tell: Callable[[int], None] | None = None,
    threads: Executor | None = None,
) -> Generated:
    """Generate columns until no person has a better roster, the time is over or the rounds are done.

    Parameters
    ----------
    over
        Asked between rounds whether to stop.
    y_start
        Multipliers to begin with, in 1/65536, of the first rows (the rest begins at 0).
    start
        Columns to begin with.
    target
        Value of a plan at hand. Where the first bound lies far below it, multipliers are not kept near the start.
    climbed
        Whether the start was climbed to, so that it is worth keeping near however low it lies.
    threads
        Where people are priced side by side.
    """
    m = len(held.linking.rhs)
    master = Master(held.linking, held.linking.rhs, held.upper, held.cost, list(range(len(pricing.own))))
    for column in start:
        master.add(column)
    best_y = np.zeros(m, dtype=np.int64)
    if y_start is not None:
        best_y[: len(y_start)] = y_start
    best, found = bound_at(pricing, held, best_y, threads)
    for column in found:
        master.add(column)
    typical = max(typical_of(best_y), _usual_price(held))
    near = climbed or target is None or best > 0.8 * target * FINE
    width = 0.3 if near else _ANYWHERE
    answer: Answer | None = None
    closed = False
    turn = 0
    while turn < rounds and not over():
        turn += 1
        center = best_y / FINE
        answer = master.solve(center, width * (np.abs(center) + typical), over) or answer
        if answer is None or over():
            break
        y = held.linking.legal(np.rint(answer.y * FINE).astype(np.int64))
        total, found = bound_at(pricing, held, y, threads)
        promised, gained = answer.value - best / FINE, (total - best) / FINE
        if total > best:
            best, best_y = total, y
            if tell is not None:
                tell(-(-best // FINE))
        added = sum(master.add(column) for column in found)
        if promised < 1e-4 * max(1.0, abs(answer.value)) or added == 0:
            if not answer.boxed:
                closed = True
                break
            width *= 4.0
        elif gained > 0.95 * promised:
            width *= 5.0  # only the box is in the way
        elif gained > 0.3 * promised:
            width *= 1.5
        elif gained < 0:
            width *= 0.8
    return _made(pricing, held, best, best_y, master.columns, answer, closed, turn)


_ANYWHERE = 1e4


def _usual_price(held: Held) -> float:
    """A quarter of what one unit of an amount usually costs: the first box where no multiplier is known."""
    prices = held.cost[(held.cost > 0) & (held.upper > 0)]
    return float(np.median(prices)) / 4 if len(prices) else 1.0


def typical_of(y: Ints) -> float:
    """Size of a multiplier, at least 1: the width of a box where a multiplier is 0."""
    return max(1.0, float(np.abs(y).mean()) / FINE) if len(y) else 1.0


def _made(
    pricing: Pricing,
    held: Held,
    best: int,
    best_y: Ints,
    columns: list[Column],
    answer: Answer | None,
    closed: bool,
    turn: int,
) -> Generated:
    weight = np.zeros(len(columns))
    if answer is not None:
        weight[: len(answer.weight)] = answer.weight
    else:
        weight[-len(pricing.own) :] = 1.0
    x = np.zeros(pricing.linear.n_x)
    for column, share in zip(columns, weight.tolist(), strict=True):
        if share > 1e-9:
            x[list(column.duties)] += share
    reduced = reduced_at(pricing, held, best_y)
    return Generated(-(-best // FINE), best_y, x, reduced, columns, weight, closed, turn)


def reduced_at(pricing: Pricing, held: Held, y: Ints) -> Ints:
    """By how much the bound at ``y`` rises when a person must do a duty, in 1/65536, int64 ``[n_x]``."""
    linear = pricing.linear
    by_x = -(held.linking.of_x.T @ y)
    reduced = np.full(linear.n_x, FAR, dtype=np.int64)
    for p in range(len(pricing.own)):
        mine = pricing.columns_of[p]
        if len(mine) == 0:
            continue
        price = pricing.prices(p, by_x, FINE)
        with_role, least = pricing.graphs[pricing.graph_of[p]].with_each(price, FINE)
        groups = linear.x_group[mine]
        graph = pricing.graphs[pricing.graph_of[p]]
        role = graph.role_of[groups]
        by_role = graph.role_prices(price)
        rise = with_role[role] - by_role[role] + price[groups] - least
        usable = (role >= 0) & (price[groups] < FAR) & (with_role[role] < FAR)
        reduced[mine] = np.where(usable, np.maximum(rise, 0), FAR)
    return reduced
