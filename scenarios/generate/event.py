"""Town, programme and force joined into a scenario folder whose load is a little below what the force can carry."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from scenarios import demand
from scenarios.demand.bodies import is_police
from scenarios.errors import Fault, ScenarioError
from scenarios.generate import programme
from scenarios.generate.force import Cells, UnitPlan, people_of, strengths, unit_plans
from scenarios.generate.sizes import SIZES, Size
from scenarios.generate.town import Town, build_town, lonlat
from scenarios.parsing import ROW_TYPES
from scenarios.raw import nearest
from scenarios.schema import Scenario
from scenarios.spans import intervals, shift_intervals

HOUR_S = 3600
#: Within this many hours nobody works more than one tour: 8 h on post, muster and debrief, and 11 h of rest.
_WINDOW_H, _TOUR_H = 20, 8.0
#: Of people on the list so many are there and free, in percent: leave, restrictions and proofs take the rest.
_THERE_PCT = 94
#: Hours that a week allows by law, less those worked just before the event, as tours of 8 h on post in 8.5 h paid.
_WEEK_H, _WEEK_DAYS = 44.0, 7
#: How many of the posts and crews on offer a plan takes, in percent.
_TAKEN_PCT = 80
_LARGEST_PCT = 400


@dataclass(frozen=True)
class Event:
    """A made-up event: the texts of its folder by file name, and how its load was set.

    Attributes
    ----------
    lift
        Hours the force can give over hours needed, in the tightest stretch; estimated before anything is planned.
    """

    size: Size
    seed: int
    files: Mapping[str, str]
    lift: float
    town: Town

    def write(self, folder: Path) -> tuple[Path, ...]:
        """Write the folder; files of the same names are replaced."""
        folder.mkdir(parents=True, exist_ok=True)
        paths = []
        for name, text in self.files.items():
            path = folder / name
            path.write_text(text, encoding="utf-8", newline="\n")
            paths.append(path)
        return tuple(paths)


def generate(size: str, seed: int, folder: Path) -> Event:
    """Make an event and write it into ``folder``.

    Raises
    ------
    ScenarioError
        No such size.
    """
    if size not in SIZES:
        like = nearest(size, SIZES)
        remedy = f'did you mean "{like}"?' if like else "choose one of them"
        raise ScenarioError([Fault("size", None, "", size, f"one of {', '.join(SIZES)}", remedy)])
    event = make_event(SIZES[size], seed)
    event.write(folder)
    return event


def make_event(size: Size, seed: int) -> Event:
    """The texts of a made-up event.

    Attendance is scaled until the force has ``size.lift_pct`` percent of the hours that the tightest stretch takes;
    the seed draws from that range. The force is parted between police and stewards as their loads are.
    """
    rng = Random(f"{size.name}/{seed}")
    town = build_town(size.town, rng)
    units = unit_plans(size, town, rng)
    sites = programme.place_sites(size, town, units, rng)
    sessions = programme.hold_sessions(size, sites, rng)
    low, high = size.lift_pct
    wanted = (low + rng.random() * (high - low)) / 100
    toml = programme.settings_toml(size, seed, units)
    fixed: dict[str, list[Cells]] = {
        "sites": sites, "units": [u.cells() for u in units], "zones": [_core(size, town, units)],
        "resources": _resources(size, units),
    }  # fmt: skip
    skeleton = _leads_only(units)
    pct, share, lift = _fitting(size, toml, fixed, sessions, skeleton, wanted)
    people = people_of(units, strengths(size, units, share), programme.START, size.n_days, rng)
    tables = {**fixed, "sessions": programme.scaled(sessions, pct), **people}
    files = {"scenario.toml": toml, "town.osm": town.osm()}
    files |= {f"{name}.csv": _csv(rows) for name, rows in tables.items()}
    return Event(size, seed, files, lift, town)


def _core(size: Size, town: Town, units: tuple[UnitPlan, ...]) -> Cells:
    lon, lat = lonlat(town.centre)
    radius = str(round(min(size.town.n_x, size.town.n_y) * 25))
    return {"id": "core", "name": "Town centre", "kind": "core", "radius_m": radius, "owner": units[0].id,
            "lead": f"{units[0].id}-001", "lon": f"{lon:.6f}", "lat": f"{lat:.6f}"}  # fmt: skip


def _resources(size: Size, units: tuple[UnitPlan, ...]) -> list[Cells]:
    cars = round(1.15 * (programme.most_posts(size) + sum(n for _, _, n in programme.offers(size, units)))) + 2
    return [{"id": "car", "name": "Patrol cars", "number": str(cars)},
            {"id": "radio", "name": "Hand radios", "number": str(size.n_people // 2)}]  # fmt: skip


def _leads_only(units: tuple[UnitPlan, ...]) -> list[Cells]:
    """One person a unit and category, enough to know who leads before anybody else is there."""
    return [
        {"id": f"{u.id}-{k:03d}", "name": u.id, "unit": u.id, "category": c, "rank": "inspector", "synthetic": "yes"}
        for u in units for k, c in enumerate(u.categories, start=1)
    ]  # fmt: skip


def scenario_of(toml: str, tables: Mapping[str, Iterable[Cells]]) -> Scenario:
    """A Scenario from texts, without files and without the checks of references."""
    rows = {
        name: [{k: v for k, v in row.items() if v != ""} for row in tables.get(name, ())] for name in ROW_TYPES
    }
    settings = tomllib.loads(toml)
    values: dict[str, Any] = {**settings, **rows}
    return Scenario.model_validate(values, context={"zone": ZoneInfo(settings["timezone"])})


def _fitting(
    size: Size, toml: str, fixed: Mapping[str, list[Cells]], sessions: list[Cells], people: list[Cells], wanted: float
) -> tuple[int, float, float]:
    """The largest attendance (percent) whose lift is at least ``wanted``, the stewards' share, and the lift."""
    low, high = 1, _LARGEST_PCT
    best = (1, 0.2, 0.0)
    while low <= high:
        middle = (low + high) // 2
        tables = {**fixed, "sessions": programme.scaled(sessions, middle), "people": people}
        share, lift = _lift(size, scenario_of(toml, tables))
        if lift >= wanted or middle == 1:
            best, low = (middle, share, lift), middle + 1
        else:
            high = middle - 1
    return best


def _lift(size: Size, scenario: Scenario) -> tuple[float, float]:
    """Share of stewards that loads both bodies alike, and the lift that is then left."""
    hours = -(-scenario.horizon_s // HOUR_S)
    load = {True: np.zeros(hours), False: np.zeros(hours)}
    needs = list(demand.demand_needs(scenario))
    needs += _engines(size, scenario)
    needs += demand.supervisor_needs(scenario, needs)
    needs += demand.reserve_needs(scenario, needs)
    for need in needs:
        a, b = need.start_s / HOUR_S, need.end_s / HOUR_S
        row = load[is_police(scenario, need)]
        first, last = int(a), min(hours, int(-(-b // 1)))
        for hour in range(first, last):
            row[hour] += need.number * (min(b, hour + 1) - max(a, hour))
    heads = {body: _heads(row, scenario) for body, row in load.items()}
    total = heads[True] + heads[False]
    return heads[False] / total, size.n_people * _THERE_PCT / 100 / total


def _heads(row: NDArray[np.float64], scenario: Scenario) -> float:
    """Heads that the hours take at least: by a tour in any stretch with one rest, and by the week's cap."""
    sums = np.concatenate([[0.0], np.cumsum(row)])
    n = len(row)
    window = min(n, _WINDOW_H)
    by_tour = max(sums[k + window] - sums[k] for k in range(n - window + 1)) / _TOUR_H
    week = min(n, 24 * _WEEK_DAYS)
    share = scenario.horizon_s / HOUR_S / (24 * _WEEK_DAYS)
    cap = _WEEK_H * 8 / 8.5 * min(1.0, max(share, 0.75))
    by_week = max(sums[k + week] - sums[k] for k in range(n - week + 1)) / cap
    return float(max(by_tour, by_week))


def _engines(size: Size, scenario: Scenario) -> list[demand.Need]:
    """What siting and patrols will take, more or less: their choice is not made yet."""
    unit = scenario.units[0].id
    lead = scenario.sites[0].lead
    posts = -(-programme.most_posts(size) * _TAKEN_PCT // 100)
    stands = [
        (f"P{k}", scenario.sites[0].id, scenario.siting.kind, posts, a, b, unit, lead)
        for k, (a, b) in enumerate(intervals(scenario, "event"))
    ]
    shifts = {s.id: s for s in scenario.shifts}
    tours = [
        (f"{offer.unit}{k}.{day}{shift}", "", offer.unit, offer.kind, a, b, offer.unit, lead)
        for offer in scenario.patrols.offers
        for k in range(offer.number)
        for shift in offer.shifts
        for day, a, b in shift_intervals(scenario, shifts[shift])
    ]
    tours = tours[: -(-len(tours) * _TAKEN_PCT // 100)] if tours else []
    return [*demand.post_needs(scenario, stands), *demand.crew_needs(scenario, tours)]


def _csv(rows: list[Cells]) -> str:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
