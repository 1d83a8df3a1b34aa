"""The trade-off curve of a scenario: how many posts buy how much cover, backup and speed, each point proven."""

from __future__ import annotations

import time

import numpy as np

from scenarios.assemble.siting import assemble_siting
from scenarios.desk import Desk
from scenarios.view import TradeOff
from scheduler.outcome import Limits, Status, Stop
from scheduler.siting.plan import SitingPlan
from scheduler.siting.problem import Problem
from scheduler.siting.tradeoff import Point, curve

POINT_WORK = 4.0
"""Deterministic work for one point; small events need a small part of it."""


def trade_off(
    desk: Desk,
    plan: SitingPlan | None = None,
    *,
    seconds: float | None = None,
    seed: int = 0,
    stop: Stop | None = None,
) -> tuple[TradeOff, ...]:
    """The best siting for each number of posts that the force at hand allows.

    Parameters
    ----------
    plan
        The plan whose own number of posts is marked, and asked for first.
    seconds
        No further point is begun after so much time; None: the whole curve, the same on every run.
    """
    problem = assemble_siting(desk.scenario, desk.places, desk.ways, desk.budget()).problem
    if not problem.sites or not problem.periods:
        return ()
    begun = time.monotonic()

    def over() -> bool:
        late = seconds is not None and time.monotonic() - begun > seconds
        return late or (stop is not None and stop())

    standing = at_once(plan) if plan is not None else 0
    points = curve(problem, limits=Limits(seconds, POINT_WORK), seed=seed, stop=over, first=standing)
    return tuple(_shown(problem, point, standing) for point in points)


def at_once(plan: SitingPlan) -> int:
    """The most posts of a plan that stand in one period."""
    posts: dict[str, set[str]] = {}
    for stand in plan.stands:
        posts.setdefault(stand.period, set()).add(stand.post)
    return max((len(its) for its in posts.values()), default=0)


def _shown(problem: Problem, point: Point, standing: int) -> TradeOff:
    weight = sum(int(problem.weights(p).sum()) for p in range(len(problem.periods)))
    wants = np.array([site.backup for site in problem.sites], dtype=bool)
    backed = sum(int(problem.weights(p)[wants].sum()) for p in range(len(problem.periods)))
    bare, single, response = (point.value(name) for name in ("bare", "single", "response"))

    def share(lost: int | None, total: int) -> float | None:
        return None if lost is None or not total else round(100 * (1 - lost / total), 1)

    return TradeOff(
        n_posts=point.n_posts,
        in_time_pct=share(bare, weight),
        backed_pct=share(single, backed),
        mean_s=None if response is None or not weight else round(response / weight, 1),
        must_bare=point.value("must_bare"),
        proven=point.status in (Status.OPTIMAL, Status.INFEASIBLE),
        here=point.n_posts == standing,
    )
