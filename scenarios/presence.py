"""People, barriers and cameras in sight of each site (P18); counted apart, since only people and vehicles respond."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from geodata.crs import to_metric
from scenarios.assemble.places import Places
from scenarios.assemble.siting import SitingTables
from scenarios.assemble.siting_parts import points_of
from scenarios.schema import Fixture, Scenario
from scenarios.spans import intervals
from scenarios.view import PresenceView
from scheduler.siting.plan import SitingPlan
from scheduler.siting.presence import presence
from scheduler.siting.problem import dense_reach


def presence_views(
    scenario: Scenario, places: Places, tables: SitingTables, plan: SitingPlan
) -> tuple[PresenceView, ...]:
    """What is in sight of every site that wants cover, by span; spans that touch and are alike are one.

    Parameters
    ----------
    plan
        Only posts that are really manned.

    Returns
    -------
    tuple
        Empty where the scenario has no fixtures and every kind responds: then cover says it all.
    """
    if not scenario.fixtures and all(kind.responds for kind in tables.kinds):
        return ()
    points = points_of(tables.sites, places)
    spots = np.array([s.xy for s in tables.posts], dtype=np.float64).reshape(-1, 2)
    away = _away(spots, points.xy)
    sight = dense_reach(np.ceil(away).astype(np.int64), away <= scenario.siting.sight_m)
    seen = presence(tables.problem, plan, [kind.presence_pct for kind in tables.kinds], sight)
    found: dict[str, list[PresenceView]] = {}
    for period, its in zip(tables.problem.periods, seen, strict=True):
        fixed = {
            kind: _fixed(
                scenario, places, points.xy, points.site, len(tables.sites),
                (f for f in scenario.fixtures if f.kind == kind), (period.start_s, period.end_s),
            )
            for kind in ("barrier", "camera")
        }  # fmt: skip
        for s in np.flatnonzero(period.active).tolist():
            site = tables.sites[s].id
            values = (int(its.seen[s]), int(fixed["barrier"][s]), int(fixed["camera"][s]), int(its.responders[s]))
            rows = found.setdefault(site, [])
            row = PresenceView(site, period.start_s, period.end_s, *values)
            last = rows[-1] if rows else None
            if last and last.end_s == row.start_s and _amounts(last) == values:
                rows[-1] = PresenceView(site, last.start_s, row.end_s, *values)
            else:
                rows.append(row)
    return tuple(row for site in tables.sites for row in found.get(site.id, ()))


def _amounts(row: PresenceView) -> tuple[int, int, int, int]:
    return row.people, row.barriers, row.cameras, row.responders


def _away(some: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """Metres ``[n, m]`` as the crow flies."""
    return np.asarray(np.hypot(*(some[:, None, :] - others[None, :, :]).transpose(2, 0, 1)), dtype=np.float64)


def _fixed(
    scenario: Scenario, places: Places, xy: NDArray[np.float64], owner: NDArray[np.int32], n_sites: int,
    fixtures: Iterable[Fixture], span: tuple[int, int],
) -> NDArray[np.int64]:  # fmt: skip
    """What fixtures weigh at each site: at its point that has least, throughout the span."""
    by_point = np.zeros(len(xy), dtype=np.int64)
    for its in fixtures:
        there = [i for name in its.spans for i in intervals(scenario, name)] if its.spans else [(0, scenario.horizon_s)]
        if any(start <= span[0] and span[1] <= end for start, end in there):
            at = to_metric(np.array([[its.lon, its.lat]]), places.crs)
            by_point += its.presence_pct * (_away(at, xy)[0] <= its.sight_m)
    least = np.full(n_sites, np.iinfo(np.int64).max)
    np.minimum.at(least, owner, by_point)
    return least
