"""Better plans out of whole rosters: some people are freed, their best rosters generated against all the others'.

With the others fixed the linking rows have less left to ask. Column generation over the freed people alone is quick
and its relaxation nearly integral; then one roster a person is chosen among those generated, exactly, by CP-SAT.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from ortools.sat.python import cp_model

from scheduler.roster.bound import FINE
from scheduler.roster.columns.generate import Held, Pricing, typical_of
from scheduler.roster.columns.insert import Bench
from scheduler.roster.columns.master import Column, Master
from scheduler.roster.linear import Ints

_ROUNDS, _MOST_COLUMNS = 12, 60


def regroup(
    pricing: Pricing,
    held: Held,
    bench: Bench,
    people: Sequence[int],
    y: Ints,
    pool: dict[int, list[Column]],
    *,
    work: float,
    over: Callable[[], bool],
    slack: int = 0,
) -> float | None:
    """Free ``people``, generate rosters for them and take the best mix; keeps the plan when none is better.

    Parameters
    ----------
    y
        Multipliers to price with at first, in 1/65536.
    pool
        Rosters of each person met before; new ones are added.
    work
        Deterministic seconds for the choice.
    slack
        How much worse the plan may become.

    Returns
    -------
    float or None
        Deterministic seconds spent, None where the time was over before.
    """
    linking = held.linking
    kept = {p: (bench.roster[p], int(bench.own_cost[p])) for p in people}
    before = bench.cost
    for p in people:
        bench.take_out(p)
    rhs = linking.rhs - linking.of_x @ bench.plan()
    master = Master(linking, rhs, held.upper, held.cost, list(people))
    for p in people:
        master.add(Column(p, tuple(int(x) for x in np.sort(kept[p][0])), kept[p][1]))
        for column in pool.get(p, [])[-_MOST_COLUMNS:]:
            master.add(column)
    y = _generate(pricing, held, master, rhs, people, y, over)
    _keep(pool, master.columns)
    # Fixing some at a time makes rosters that fit each other, which the mix alone does not hold.
    plunge(pricing, held, bench, y, pool, over=over, people=people)
    if over():
        for p in people:
            bench.take_out(p)
        _back(bench, kept)
        return None
    along = {p: bench.roster[p] for p in people}
    for p in people:
        master.add(Column(p, tuple(int(x) for x in np.sort(along[p])), int(bench.own_cost[p])))
        bench.take_out(p)
        for column in pool[p][-_MOST_COLUMNS:]:
            master.add(column)
    chosen, spent = _choose(pricing, master, held, rhs, people, kept, work)
    for column in chosen:
        bench.put(column.person, np.array(column.duties, dtype=np.int64), column.cost)
    if len(chosen) < len(people) or bench.cost > before + slack:
        for column in chosen:
            bench.take_out(column.person)
        _back(bench, kept)
    return spent


def _keep(pool: dict[int, list[Column]], columns: Sequence[Column]) -> None:
    """Add rosters to the pool, the latest last, and forget the oldest."""
    for column in columns:
        mine = pool.setdefault(column.person, [])
        if column not in mine[-_MOST_COLUMNS:]:
            mine.append(column)
            del mine[: -4 * _MOST_COLUMNS]


def _back(bench: Bench, kept: dict[int, tuple[Ints, int]]) -> None:
    for p, (duties, cost) in kept.items():
        bench.put(p, duties, cost)


def _generate(
    pricing: Pricing,
    held: Held,
    master: Master,
    rhs: Ints,
    people: Sequence[int],
    y: Ints,
    over: Callable[[], bool],
) -> Ints:
    """A few rounds of column generation over the freed people."""
    best, best_y = _priced(pricing, held, rhs, people, y, master)[0], y
    typical = typical_of(y)
    width = 1.0
    for _ in range(_ROUNDS):
        if over():
            break
        center = best_y / FINE
        answer = master.solve(center, width * (np.abs(center) + typical))
        if answer is None:
            break
        fresh = np.minimum(np.rint(answer.y * FINE), 0).astype(np.int64)
        total, added = _priced(pricing, held, rhs, people, fresh, master)
        if total > best:
            best, best_y = total, fresh
        if added == 0 or answer.value - best / FINE < 1e-3 * max(1.0, abs(answer.value)):
            if not answer.boxed:
                break
            width *= 4.0
    return best_y


def _priced(
    pricing: Pricing, held: Held, rhs: Ints, people: Sequence[int], y: Ints, master: Master
) -> tuple[int, int]:
    linking = held.linking
    by_x = -(linking.of_x.T @ y)
    total = int(y @ rhs) + int(np.minimum(held.cost * FINE - linking.of_a.T @ y, 0) @ held.upper)
    added = 0
    for p in people:
        value, column = pricing.best(p, by_x, FINE)
        total += value
        added += master.add(column)
        if not pricing.keeps(column):
            legal = pricing.within(p, by_x, FINE)
            added += legal is not None and master.add(legal)
    return total, added


def _choose(
    pricing: Pricing,
    master: Master,
    held: Held,
    rhs: Ints,
    people: Sequence[int],
    kept: dict[int, tuple[Ints, int]],
    work: float,
) -> tuple[list[Column], float]:
    """One roster a person, least cost in all, team switches left out."""
    model = cp_model.CpModel()
    linking = held.linking
    body = master.body().tocsr()
    columns = master.columns
    take = [model.new_bool_var("") for _ in columns]
    for k, column in enumerate(columns):
        if not pricing.keeps(column):
            model.add(take[k] == 0)
    for p in people:
        model.add_exactly_one([take[k] for k, column in enumerate(columns) if column.person == p])
    amounts = [
        model.new_int_var(0, int(top), "") if top > 0 else None for top in held.upper.tolist()
    ]
    of_a = linking.of_a.tocsr()
    used = np.zeros(len(amounts), dtype=bool)
    for r in np.nonzero(np.diff(body.indptr))[0]:
        part = slice(body.indptr[r], body.indptr[r + 1])
        where, coefs = body.indices[part], body.data[part].astype(np.int64)
        other = slice(of_a.indptr[r], of_a.indptr[r + 1])
        if int(np.maximum(coefs, 0).sum()) <= rhs[r] and other.start == other.stop:
            continue
        terms = [take[k] * int(c) for k, c in zip(where, coefs, strict=True)]
        for a, c in zip(of_a.indices[other], of_a.data[other], strict=True):
            if amounts[a] is not None:
                terms.append(amounts[a] * int(c))
                used[a] = True
        model.add(cp_model.LinearExpr.sum(terms) <= int(rhs[r]))
    cost = [(take[k], column.cost) for k, column in enumerate(columns)]
    cost += [
        (var, int(price))
        for var, price, here in zip(amounts, held.cost, used, strict=True)
        if here and var is not None
    ]
    model.minimize(
        cp_model.LinearExpr.weighted_sum([var for var, _ in cost], [c for _, c in cost])
    )
    for k, column in enumerate(columns):
        mine = kept[column.person][0]
        model.add_hint(take[k], int(column.duties == tuple(int(x) for x in np.sort(mine))))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.linearization_level = 2
    solver.parameters.max_deterministic_time = work
    status = solver.solve(model)
    spent = solver.response_proto.deterministic_time
    if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return [], spent
    return [column for k, column in enumerate(columns) if solver.value(take[k])], spent


def plunge(
    pricing: Pricing,
    held: Held,
    bench: Bench,
    y: Ints,
    pool: dict[int, list[Column]],
    *,
    over: Callable[[], bool],
    people: Sequence[int] | None = None,
    rounds: int = 3,
) -> bool:
    """Build a plan along the relaxation: fix what it is sure of, price the others anew, until everybody is fixed.

    ``people`` (everybody when None) must have no rosters on the bench; False when the time was over (the bench is then
    filled by insertion).
    """
    linking = held.linking
    left = list(range(len(pricing.own)) if people is None else people)
    while left:
        rhs = linking.rhs - linking.of_x @ bench.plan()
        master = Master(linking, rhs, held.upper, held.cost, left)
        for p in left:
            for column in pool.get(p, [])[-_MOST_COLUMNS // 2 :]:
                master.add(column)
        weight = np.zeros(0)
        for _ in range(rounds):
            center = y / FINE
            _, added = _priced(pricing, held, rhs, left, y, master)
            answer = None if over() else master.solve(center, 2.0 * (np.abs(center) + typical_of(y)))
            if answer is None:
                break
            weight = answer.weight
            y = np.minimum(np.rint(answer.y * FINE), 0).astype(np.int64)
            if added == 0:
                break
        if len(weight) == 0:
            for p in left:
                bench.insert(p)
            return False
        _keep(pool, master.columns)
        order = np.argsort(-weight, kind="stable")
        fixed: set[int] = set()
        least = max(1, len(left) // 8)
        for k in order.tolist():
            column = master.columns[k]
            if weight[k] < 0.9 and len(fixed) >= least:
                break
            if column.person not in fixed and pricing.keeps(column):
                bench.put(column.person, np.array(column.duties, dtype=np.int64), column.cost)
                fixed.add(column.person)
        if not fixed:  # none of these keeps every sum: put the first one in as things stand
            bench.insert(left[0])
            fixed.add(left[0])
        left = [p for p in left if p not in fixed]
    return True
