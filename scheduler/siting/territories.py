"""Shares the sites among the posts of a plan: in time first, then balanced, then nearest; proven by the solver."""

from __future__ import annotations

import numpy as np

from scheduler.outcome import Limits, Stop
from scheduler.siting.engine import Budget, Engine
from scheduler.siting.linear import Linear, Sum
from scheduler.siting.plan import SitingPlan
from scheduler.siting.problem import Problem
from scheduler.siting.table import Ints
from scheduler.siting.territory import Territories, prompt, reached, shares


def territories(
    problem: Problem,
    plan: SitingPlan,
    period: int,
    *,
    slack_pct: int = 25,
    limits: Limits,
    seed: int = 0,
    stop: Stop | None = None,
) -> Territories:
    """A territory for every post that stands in a period.

    Each site goes to one post that reaches it. Least is, in this order: the weight of sites given to a post that comes
    late where another is in time; the weight above each post's share; weight times seconds.

    Parameters
    ----------
    slack_pct
        A post's share is its part of all weight by its number of units, and so much more.
    limits
        For the three steps together.

    Notes
    -----
    ``y_sj`` gives site ``s`` to post ``j``: ``sum_j y_sj = 1``, ``sum_s w_s y_sj - over_j <= share_j`` (generalised
    assignment with overload: Martello and Toth 1990, ch. 7). Each level is frozen before the next.
    """
    table, weight = reached(problem, plan, period), problem.weights(period)
    its = problem.periods[period]
    index = {post.id: j for j, post in enumerate(problem.posts)}
    units: dict[int, int] = {}
    for stand in plan.stands:
        if stand.period == its.id:
            units[index[stand.post]] = units.get(index[stand.post], 0) + stand.n_units
    pairs = [(s, j, t) for s, times in sorted(table.items()) for j, t in sorted(times.items())]
    live = sorted({s for s, _, _ in pairs})
    share = shares(sum(int(weight[s]) for s in live), units, slack_pct) if units else {}
    timely = prompt(problem, plan, period)
    late = np.array(
        [int(weight[s]) * (bool(timely[s]) and j not in timely[s]) for s, j, _ in pairs], dtype=np.int64
    )
    load = np.array([int(weight[s]) for s, _, _ in pairs], dtype=np.int64)
    time = np.array([int(weight[s]) * t for s, _, t in pairs], dtype=np.int64)

    linear = Linear()
    gives = linear.variables(len(pairs))
    over = linear.variables(len(share), int(load.sum()) if len(load) else 0)
    site_at, post_at = {s: i for i, s in enumerate(live)}, {j: i for i, j in enumerate(share)}
    linear.rows(len(live), [site_at[s] for s, _, _ in pairs], gives, 1, 1, 1)
    if share:
        linear.rows(
            len(share),
            [*(post_at[j] for _, j, _ in pairs), *range(len(share))],
            np.concatenate((gives, over)),
            np.concatenate((load, np.full(len(share), -1))),
            -(2**62),
            np.array(list(share.values())),
        )
    chosen = np.zeros(len(pairs), dtype=np.int64)
    for group in _groups(pairs).values():  # nearest first: right where shares do not bind
        chosen[min(group, key=lambda i: (pairs[i][2], pairs[i][1]))] = 1
    engine, proven = Engine(Budget(limits, stop), seed), True
    try:
        for goal in (Sum.of(gives, late), Sum.of(over, 1), Sum.of(gives, time)):
            value, done = _lower(engine, linear, goal, gives, over, chosen, load, pairs, share)
            proven = proven and done
            linear.limit(goal, high=value)
    finally:
        engine.close()
    given = [pairs[i] for i in np.flatnonzero(chosen).tolist()]
    loads = dict.fromkeys(share, 0)
    for s, j, _ in given:
        loads[j] += int(weight[s])
    name = [post.id for post in problem.posts]
    return Territories(
        period=its.id,
        post_of={problem.sites[s].id: name[j] for s, j, _ in given},
        seconds_of={problem.sites[s].id: t for s, _, t in given},
        load={name[j]: n for j, n in loads.items()},
        share={name[j]: n for j, n in share.items()},
        late=int(late @ chosen),
        over=sum(max(0, loads[j] - share[j]) for j in share),
        response=int(time @ chosen),
        proven=proven,
    )


def _groups(pairs: list[tuple[int, int, int]]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for i, (s, _, _) in enumerate(pairs):
        found.setdefault(s, []).append(i)
    return found


def _lower(
    engine: Engine,
    linear: Linear,
    goal: Sum,
    gives: Ints,
    over: Ints,
    chosen: Ints,
    load: Ints,
    pairs: list[tuple[int, int, int]],
    share: dict[int, int],
) -> tuple[int, bool]:
    """Lower one level, ``chosen`` in place; its value and whether it is proven."""

    def value_of(choice: Ints) -> int:
        loads = dict.fromkeys(share, 0)
        for i in np.flatnonzero(choice).tolist():
            loads[pairs[i][1]] += int(load[i])
        extra = [max(0, loads[j] - share[j]) for j in share]
        values = np.zeros(linear.n_variables, dtype=np.int64)
        values[gives], values[over] = choice, extra
        return int(values[goal.variables] @ goal.factors)

    now = value_of(chosen)
    if now == 0 or not len(pairs) or engine.budget.over():
        return now, now == 0 or not len(pairs)
    linear.objective = goal
    answer = engine.run(linear, 1.0, {int(v): int(x) for v, x in zip(gives, chosen, strict=True)})
    if answer.values is not None:
        tried = answer.values[gives]
        if value_of(tried) <= now:
            chosen[:] = tried
    now = value_of(chosen)
    return now, answer.bound is not None and answer.bound >= now
