"""Rosters of any size: exchanges on one core and prices on the other, in turns, until the time is over.

Each turn is a fixed number of exchanges and of price steps, merged when both are done, so that the same seed and work
give the same plan whatever the machine does beside.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from scheduler.roster.large.exchange import Exchanges
from scheduler.roster.large.plain import least_cost, seat_bounds
from scheduler.roster.large.price import Prices
from scheduler.roster.linear import Linear, Whole

if TYPE_CHECKING:
    from scheduler.roster.solve import Run

_MOVES, _MOVES_PER_WORK = 40_000, 400_000
"""Exchanges in one turn, and how many count as one unit of work (about a second)."""

_HOT, _COLD = 1.0, 0.08
"""First and last temperature, in units of the usual price of one amount."""

_FILL_TURNS = 12
"""Turns at the lowest temperature that make the first plan."""

_STEP_WORK = 60_000_000
"""Duties priced in one turn, all steps together."""

_SHORT_STEPS = 600
"""Price steps for each shortage level that is not proven."""

_LAST_STEPS = 4
"""Price steps after the time, for a bound of the last plan's earlier levels."""

_OFFER_EVERY = 8
"""Turns between two looks at the plan, each of which counts every rule anew."""


def able(linear: Linear) -> bool:
    """Whether exchanges see every hard rule: those that follow a person step by step they do not."""
    return not any(step.rule.hard for step in linear.steps)


def unit_price(linear: Linear) -> float:
    """What one amount usually costs on the last level."""
    prices = linear.soft.price[linear.soft.level == linear.n_levels - 1]
    return float(np.median(prices)) if len(prices) else 1.0


def first(run: Run) -> Exchanges:
    """A plan within seconds, from the best at hand or from nothing; it is offered to the run."""
    run.tell("stage", "first plan by exchanges")
    made = Exchanges.of(run.linear, run.seed)
    if run.best is not None:
        made.load(run.best)
    cold = _COLD * unit_price(run.linear)
    turns = max(_FILL_TURNS, len(run.linear.problem.groups) // 150)
    for turn in range(turns):
        made.run(_MOVES, cold, cold)
        run.work += _MOVES / _MOVES_PER_WORK
        if run.over():
            break
        if turn % _OFFER_EVERY == 0:
            _offer(run, made)
    _offer(run, made)
    return made


def _offer(run: Run, made: Exchanges) -> None:
    x = made.plan()
    better = run.best is None or run.linear.value(x) < run.value
    if better and run.linear.broken(x) == 0 and x[run.linear.forced].all():
        run.offer(x)


def improve(run: Run, made: Exchanges, until: float = 1.0) -> Prices | None:
    """Exchanges and prices in turns until this part of the limits is used; returns the prices."""
    begun = run.spent()
    unit = unit_price(run.linear)
    prices: Prices | None = None
    steps = max(1, min(400, _STEP_WORK // max(1, run.linear.n_x + 1000 * len(run.linear.problem.people))))
    turn = 0
    shorts = [0] * run.linear.n_levels
    with ThreadPoolExecutor(max_workers=2) as pool:
        while not run.over() and run.spent() < until and run.proven_up_to() < run.linear.n_levels:
            part = min(1.0, (run.spent() - begun) / max(1e-9, until - begun))
            hot = unit * _HOT * (_COLD / _HOT) ** part
            if run.linear.whole is not None:
                made.run(_MOVES, hot, hot)
                run.work += _MOVES / _MOVES_PER_WORK
                turn += 1
                if turn % _OFFER_EVERY == 0:
                    _offer(run, made)
                continue
            prices = _asked(run, made, prices, shorts)
            last = len(prices.aim) == run.linear.n_levels - 1
            here = (part, part) if last else (shorts[len(prices.aim)] / _SHORT_STEPS,) * 2
            if run.workers > 1:
                job = pool.submit(prices.improve, steps, here, run.over)
                made.run(_MOVES, hot, hot)
                job.result()
            else:
                made.run(_MOVES, hot, hot)
                prices.improve(steps, here, run.over)
            if not last:
                shorts[len(prices.aim)] += steps
            run.work += _MOVES / _MOVES_PER_WORK * (1 if run.workers > 1 else 2)
            turn += 1
            if turn % _OFFER_EVERY == 0:
                _offer(run, made)
            _use(run, prices)
    made.run(_MOVES, unit * _COLD, unit * _COLD)
    _offer(run, made)
    if run.linear.whole is not None:
        _plain(run, run.linear.whole)
    if prices is not None and run.proven_up_to() < run.linear.n_levels:
        shorts = [_SHORT_STEPS] * run.linear.n_levels
        prices = _asked(run, made, prices, shorts)
        prices.improve(_LAST_STEPS, (1.0, 1.0), lambda: False)
        _use(run, prices)
    return prices


def _plain(run: Run, whole: Whole) -> None:
    """Bounds from single seats, where only likely duties are looked at."""
    short, cheapest = seat_bounds(run.linear, whole)
    last = run.linear.n_levels - 1
    for k in range(last):
        run.bound[k] = max(run.bound[k], min(short[k], run.value[k]))
    run.bound[last] = max(run.bound[last], min(run.value[last], least_cost(run.linear, cheapest, run.value[:last])))
    run.tell("bound")


def _asked(run: Run, made: Exchanges, prices: Prices | None, shorts: list[int]) -> Prices:
    """Prices of the first shortage level that is not proven and still worth asking, else of the last level."""
    assert run.best is not None  # noqa: S101  # a plan comes first
    last = run.linear.n_levels - 1
    for k in range(last):
        aim = run.value[:k]
        if run.value[k] > run.bound[k] and shorts[k] < _SHORT_STEPS:
            return prices if prices is not None and prices.aim == aim else Prices(run.linear, made.table, aim, run.over)
    aim = run.value[:last]
    if prices is not None and prices.aim == aim:
        return prices
    found = Prices(run.linear, made.table, aim, run.over)
    if prices is not None and len(prices.aim) == last:
        found.follow(prices)
    else:
        found.start()
    return found


def _use(run: Run, prices: Prices) -> None:
    """Take the bound over where the earlier levels are what it was asked for."""
    k = len(prices.aim)
    if run.value[:k] == prices.aim and run.bound[k] < min(prices.bound, run.value[k]):
        run.bound[k] = min(prices.bound, run.value[k])
        run.tell("bound")
