"""Hand-made tours along real streets."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from scenarios.view import (
    DutyView,
    LegView,
    PersonView,
    SiteView,
    StopView,
    TourView,
)
from tests.scenarios.publish.fixture_town import H, Town


def _tour(
    t: Town,
    i: int,
    n_stops: int,
    depot: tuple[float, float],
    sites: tuple[SiteView, ...],
    crew: list[PersonView],
    rng: np.random.Generator,
    zh: bool,
) -> TourView:
    picks = [sites[int(k)] for k in rng.permutation(len(sites))[: min(n_stops, len(sites))]]
    picks = [picks[k % len(picks)] for k in range(n_stops)]
    # A sensible order: nearest next.
    order, left, at = [], list(picks), np.array(depot)
    while left:
        k = int(
            np.argmin(
                [
                    np.hypot(*(np.array(s.xy) - at)) + (0 if s not in order[-1:] else 1e6)
                    for s in left
                ]
            )
        )
        order.append(left.pop(k))
        at = np.array(order[-1].xy)
    nodes = [t.snap(*depot), *(t.snap(*s.xy) for s in order), t.snap(*depot)]
    depart = (18 + 24 * (i % 3)) * H
    clock, legs, stops = depart, [], []
    for k, (a, b) in enumerate(pairwise(nodes)):
        metres, xy = t.way(a, b)
        arrive = clock + max(60, metres // 7)
        legs.append(LegView(clock, arrive, metres, xy))
        if k < len(order):
            s = order[k]
            task = (
                "入校门口巡查"
                if zh
                else (
                    "Walk round the building, check doors",
                    "Show presence at the entrance",
                    "Speak to the site lead",
                )[k % 3]
            )
            stops.append(
                StopView(
                    s.id,
                    s.name,
                    "site",
                    tuple(t.xy[b]),
                    arrive,
                    arrive + 600,
                    arrive - 300,
                    arrive + 900,
                    task,
                )
            )
            clock = arrive + 600
        else:
            clock = arrive
    sign = f"巡{i + 1}" if zh else f"Heron {i + 1}"
    home = "城中派出所" if zh else "Central Station yard"
    members = tuple(
        DutyView(
            p.id,
            p.name,
            p.unit,
            p.category,
            p.rank,
            f"T{i + 1}",
            s + 1,
            sign,
            "crew",
            "depot",
            home,
            "巡逻" if zh else "Patrol",
            depart - 1800,
            depart,
            clock,
            clock + 900,
            crew[0].name,
            "U1",
            ("lead", "driver", "")[s],
        )
        for s, p in enumerate(crew)
    )
    rest = (stops[len(stops) // 2].leave_s, stops[len(stops) // 2].leave_s + 1800)
    return TourView(
        sign,
        f"K{i + 1}",
        "U1",
        "event",
        "car",
        depart,
        clock,
        home,
        depot,
        tuple(stops),
        tuple(legs),
        (rest,),
        members,
        sum(x.metres for x in legs),
    )
