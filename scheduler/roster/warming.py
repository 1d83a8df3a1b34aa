"""Compile all kernels of rosters once: the first roster of a day then need not wait for them."""

from __future__ import annotations

import time

import numpy as np

from scheduler.outcome import Limits
from scheduler.roster.build import build
from scheduler.roster.columns import warming
from scheduler.roster.columns.generate import prepare
from scheduler.roster.large import drive
from scheduler.roster.large.price import Prices
from scheduler.roster.problem import Person, Problem, RuleSetting, SeatGroup, Unit
from scheduler.roster.solve import Run

_HOUR, _DAY = 3600, 86400


def warm_up() -> None:
    """Lay out, exchange and price a roster of three people and six seats, so that numba compiles and keeps all."""
    warming.warm_up()
    linear = build(_small())
    prepare(linear)
    run = Run(linear, Limits(work=0.2), 0, 1, None, None, time.monotonic())
    run.bound = [0] * linear.n_levels
    exchanges = drive.first(run)
    exchanges.load(0 * exchanges.plan())
    exchanges.load(1 + 0 * exchanges.plan())
    prices = Prices(linear, exchanges.table, (0,) * (linear.n_levels - 1))
    prices.start()
    prices.improve(2, (0.0, 1.0), lambda: False)


def _small() -> Problem:
    groups = tuple(
        SeatGroup(
            id=f"G{k}", party="G", kind="post", report_place=0, release_place=0, start_s=a, end_s=a + 8 * _HOUR,
            report_s=a, release_s=a + 8 * _HOUR, paid_s=8 * _HOUR, need=1, want=1, most=2,
        )
        for k, a in enumerate(range(0, 2 * _DAY, 8 * _HOUR))
    )
    return Problem(
        people=tuple(Person(f"P{p}", 0, 0, 0, 0) for p in range(3)),
        groups=groups,
        units=(Unit("U", 0),),
        places=("here",),
        categories=("staff",),
        qualifications=(),
        travel_s=np.zeros((1, 1), dtype=np.int32),
        reachable=np.ones((1, 1), dtype=bool),
        distance_m=np.zeros((1, 1), dtype=np.int32),
        horizon_s=2 * _DAY,
        days=(0, _DAY, 2 * _DAY),
        nights=(),
        rules=(
            RuleSetting("minimum_rest", True),
            RuleSetting("hours_cap", True),
            RuleSetting("balanced_hours", False, 1),
        ),
        first_weekday=0,
    )
