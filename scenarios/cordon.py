"""Cordons of a scenario: places become rows and columns of seconds, an assignment becomes rows people can read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from scenarios.desk import Desk
from scenarios.errors import Fault, ScenarioError
from scenarios.schema import CordonSettings
from scenarios.tongue import say as _
from scenarios.view import CordonView
from scheduler.siting.cordon import close_exits

MOST_UNITS = 5000
"""Units that one cordon may choose from."""


def cordon(
    desk: Desk,
    exits: Sequence[tuple[str, tuple[float, float]]],
    units: Sequence[tuple[str, int]],
    *,
    at_s: int = 0,
    mode: str = "car",
    ident: str = "cordon",
    title: str = "",
) -> CordonView:
    """Man every exit with a unit of its own, the last as soon as can be, then with the least travel.

    Parameters
    ----------
    exits
        ``(name, xy)`` of the exits or gates, metres in the ground's CRS.
    units
        ``(place id, number)``: so many units leave from there at ``at_s``, over the roads open then.

    Raises
    ------
    ScenarioError
        Places that the scenario does not know, or numbers below 1: all at once.
    """
    faults = [
        Fault(_("cordon"), None, "units", f"{place}:{n}", _("a site, post or unit, and a number of 1 or more"),
              _("see units.csv, sites.csv, posts.csv; write for example main:3"))
        for place, n in units
        if place not in desk.places or not 1 <= n <= MOST_UNITS
    ]  # fmt: skip
    if faults:
        raise ScenarioError(faults)
    homes = [place for place, n in units for _ in range(n)]
    seconds, reachable = _seconds(desk, [place for place, _ in units], exits, at_s, mode)
    row = np.repeat(np.arange(len(units)), [n for _, n in units])
    found = close_exits(seconds[row].astype(np.int64), reachable[row])
    if found is None:
        return CordonView(ident, title, at_s, (), None, None)
    rows = tuple(
        (name, homes[unit], int(seconds[row[unit], k]))
        for k, ((name, _), unit) in enumerate(zip(exits, found.unit_of, strict=True))
    )
    return CordonView(ident, title, at_s, rows, found.last_s, found.total_s)


def _seconds(
    desk: Desk, homes: Sequence[str], exits: Sequence[tuple[str, tuple[float, float]]], at_s: int, mode: str
) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    closed = desk.ways.active(mode, at_s, at_s + 1)
    targets = np.array([xy for _, xy in exits], dtype=np.float64).reshape(-1, 2)
    times = desk.ways.seconds(mode, closed, desk.places.xy(homes), targets)
    walk = desk.places.walk_s(homes)
    return times.seconds + walk[:, None], times.reachable


def of_settings(desk: Desk, its: CordonSettings) -> CordonView:
    """One cordon as the scenario writes it; walking inside an exit's site counts."""
    units = [(text.rpartition(":")[0], int(text.rpartition(":")[2])) for text in its.units]
    at_s = 0 if its.at is None else desk.scenario.seconds(its.at)
    exits = [(desk.places[ident].name, desk.places[ident].at) for ident in its.exits]
    return cordon(desk, exits, units, at_s=at_s, mode=its.mode, ident=its.id, title=its.title or its.id)


def cordons(desk: Desk) -> tuple[CordonView, ...]:
    """Every cordon of the scenario."""
    return tuple(of_settings(desk, its) for its in desk.scenario.cordons)
